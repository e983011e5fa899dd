/* `medtermd backup FILE`: the copy is made under a second name, opened and looked at, and gets its own name last, so that a file of
 * that name is always a whole backup. */
#include "arguments.h"

#include <medterm/db/db.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Whether this program could restore it; its epoch. */
static enum mt_rc look_at(struct mt_command *c, const char *path, char epoch[MT_ID_TEXT], struct mt_err *err) {
    struct mt_service *copy = NULL;
    struct mt_session *x = NULL;
    const struct mt_service_options o = {.db_url = path, .read_only = true, .clock = c->clock, .random = c->random};
    enum mt_rc rc = mt_service_open(&o, &copy, err);
    if (rc == MT_OK)
        rc = mt_session_open(copy, false, &x, err);
    if (rc == MT_OK)
        rc = mt_admin_epoch(x, epoch, err);
    mt_session_close(x);
    mt_service_close(copy);
    return rc;
}

/* A name nobody has; a file system without hard links has to be believed. */
static enum mt_rc give_name(const char *from, const char *to, struct mt_err *err) {
    if (link(from, to) == 0) {
        (void)unlink(from); /* a second name of a whole backup would do no harm */
        return mt_db_sync_name(to, err);
    }
    if (errno == EEXIST || access(to, F_OK) == 0)
        return mt_fail(err, MT_CONFLICT, "%.160s is there already; name a file that is not", to);
    if (rename(from, to) != 0)
        return mt_fail(err, MT_IO, "%.160s can not be named (%s)", to, strerror(errno));
    return mt_db_sync_name(to, err);
}

enum mt_rc mt_command_backup(struct mt_command *c, struct mt_err *err) {
    const char *to = c->words[0], *part = mt_arena_fmt(c->arena, "%s.part", to);
    char epoch[MT_ID_TEXT];
    if (part == NULL)
        return mt_fail(err, MT_NOMEM, "not enough memory");
    if (access(to, F_OK) == 0)
        return mt_fail(err, MT_CONFLICT, "%.160s is there already; name a file that is not", to);
    (void)unlink(part); /* of a backup that was cut off; absent is as good */
    enum mt_rc rc = mt_admin_backup(c->session, part, err);
    if (rc != MT_OK)
        return rc;
    rc = look_at(c, part, epoch, err);
    if (rc == MT_OK)
        rc = give_name(part, to, err);
    if (rc != MT_OK) {
        (void)unlink(part);
        return rc;
    }
    mt_node_text(c->doc, mt_doc_root(c->doc), "epoch", epoch);
    mt_buf_fmt(&c->sentence, "%s is a whole backup, of epoch %s.", to, epoch);
    return MT_OK;
}
