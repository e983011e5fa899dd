/* `medtermd restore FILE`, while nothing serves the database. Everything that can fail is done beside it first: the backup is
 * copied, brought to this program's schema, told what is lost (by comparison with the database that it replaces), given a new epoch
 * and copied once more into one whole file. Only then the names change: the replaced database gets a second name, and the new one
 * takes its place in one step, so that there is a database under that name at every moment. The replaced one's log is folded into
 * it before; a log that can not be read is set aside with it, because SQLite would lay it over the new database. */
#include "restore.h"

#include "arguments.h"

#include <medterm/base/lock.h>
#include <medterm/db/db.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum mt_rc restore_open(struct mt_command *c, const char *path, const char *key_path, bool write, struct restore_side *out,
                        struct mt_err *err) {
    const struct mt_service_options o = {
        .db_url = path, .key_path = key_path, .read_only = !write, .clock = c->clock, .random = c->random};
    *out = (struct restore_side){.service = NULL};
    enum mt_rc rc = mt_service_open(&o, &out->service, err);
    if (rc == MT_OK)
        rc = mt_session_open(out->service, write, &out->session, err);
    if (rc != MT_OK)
        restore_close(out);
    return rc;
}

void restore_close(struct restore_side *side) {
    mt_session_close(side->session);
    mt_service_close(side->service);
    *side = (struct restore_side){.service = NULL};
}

/* The names a restore works with, in the command's arena. */
struct names {
    const char *db, *key, *claim, *stage, *ready, *aside;
};

/* "20261123T064744123Z": no signs that a shell or a copy over the net would read as something else. */
static void time_name(mt_time at, char out[MT_TIME_TEXT]) {
    char text[MT_TIME_TEXT];
    size_t n = 0;
    mt_time_format(at, text);
    for (const char *p = text; *p != '\0'; p++)
        if (*p != '-' && *p != ':' && *p != '.')
            out[n++] = *p;
    out[n] = '\0';
}

static enum mt_rc name_all(struct mt_command *c, struct names *n, struct mt_err *err) {
    static const char scheme[] = "sqlite://";
    const char *url = c->db_url;
    if (mt_db_url_engine(url) != MT_ENGINE_SQLITE)
        return mt_fail(err, MT_INVALID,
                       "A PostgreSQL database is put back with its own tools (pg_restore); then run `medtermd epoch renew` on it.");
    n->db = strncmp(url, scheme, sizeof scheme - 1) == 0 ? url + sizeof scheme - 1 : url;
    char at[MT_TIME_TEXT];
    time_name(c->clock.wall(c->clock.ctx), at);
    const char *key_file = mt_config_get(c->options, c->option_count, "key-file");
    n->key = key_file != NULL ? key_file : mt_arena_fmt(c->arena, "%s.key", n->db);
    n->claim = mt_arena_fmt(c->arena, "%s.serving", n->db);
    n->stage = mt_arena_fmt(c->arena, "%s.restoring", n->db);
    n->ready = mt_arena_fmt(c->arena, "%s.restored", n->db);
    n->aside = mt_arena_fmt(c->arena, "%s.replaced-%s", n->db, at);
    const bool all = n->key != NULL && n->claim != NULL && n->stage != NULL && n->ready != NULL && n->aside != NULL;
    return all ? MT_OK : mt_fail(err, MT_NOMEM, "not enough memory");
}

static const char *beside(struct mt_command *c, const char *path, const char *tail) {
    const char *name = mt_arena_fmt(c->arena, "%s%s", path, tail);
    return name != NULL ? name : "";
}

/* Files of our own making that a restore before this one may have left. */
static void clear(struct mt_command *c, const struct names *n) {
    static const char *const tails[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        (void)unlink(beside(c, n->stage, tails[i])); /* absent is as good as gone */
        (void)unlink(beside(c, n->ready, tails[i]));
    }
}

static bool exists(const char *path) {
    return access(path, F_OK) == 0;
}

/* One of the names a restore makes and clears away, however it is spelt. */
static bool is_ours(const char *path, const struct names *n) {
    const char *const ours[] = {n->db, n->stage, n->ready};
    struct stat st, other;
    if (stat(path, &st) != 0)
        return false;
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (stat(ours[i], &other) == 0 && other.st_dev == st.st_dev && other.st_ino == st.st_ino)
            return true;
    return false;
}

/* The backup into the stage, and from there, with its new epoch, into one whole file. */
static enum mt_rc prepare(struct mt_command *c, const struct names *n, struct restore_report *report, struct mt_err *err) {
    struct restore_side kept = {.service = NULL}, stage = {.service = NULL};
    enum mt_rc rc = restore_open(c, c->words[0], NULL, false, &kept, err);
    if (rc == MT_STALE) { /* of an older program: as it is, and then brought forward */
        struct mt_db *db = NULL;
        const struct mt_db_options o = {.url = c->words[0], .mode = MT_DB_READ, .no_checkpoint = true};
        rc = mt_db_open(&o, &db, err);
        if (rc == MT_OK)
            rc = mt_db_backup(db, n->stage, err);
        mt_db_close(db);
    } else if (rc == MT_OK) {
        rc = mt_admin_backup(kept.session, n->stage, err);
    }
    if (rc == MT_OK)
        rc = restore_open(c, n->stage, n->key, true, &stage, err);
    if (rc == MT_OK)
        rc = restore_tell_lost(c, exists(n->db) ? n->db : NULL, &stage, report, err);
    if (rc == MT_OK)
        rc = mt_admin_epoch_renew(stage.session, report->epoch, err);
    if (rc == MT_OK)
        rc = mt_admin_backup(stage.session, n->ready, err);
    restore_close(&stage);
    restore_close(&kept);
    return rc;
}

/* Opening it for writing folds the log in, and closing the last connection takes the log away. */
static enum mt_rc fold_log(struct mt_command *c, const struct names *n, struct mt_err *err) {
    struct mt_db *db = NULL;
    struct mt_err unreadable = {.rc = MT_OK};
    const struct mt_db_options o = {.url = n->db, .mode = MT_DB_WRITE, .sync = MT_DB_SYNC_FULL};
    if (!exists(n->db) || mt_db_open(&o, &db, &unreadable) != MT_OK)
        return MT_OK;
    mt_db_close(db);
    return !exists(beside(c, n->db, "-wal"))
               ? MT_OK
               : mt_fail(err, MT_BUSY, "%.160s is open in another program. End that one first.", n->db);
}

static enum mt_rc rename_over(const char *from, const char *to, struct mt_err *err) {
    return rename(from, to) == 0 ? MT_OK : mt_fail(err, MT_IO, "%.120s can not be renamed (%s)", from, strerror(errno));
}

/* An administrator is somebody else than the service: what it could open it must be able to open again. */
static enum mt_rc give_to_owner(const struct names *n, struct mt_err *err) {
    const char *const ours[] = {n->ready, n->claim, n->key};
    struct stat st;
    if (stat(n->db, &st) != 0 || st.st_uid == geteuid())
        return MT_OK;
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (chown(ours[i], st.st_uid, st.st_gid) != 0)
            return mt_fail(err, MT_IO,
                           "%.120s can not be given to the owner of the database (%s). Restore as root, or as that owner.", ours[i],
                           strerror(errno));
    return MT_OK;
}

/* A second name; where links do not exist the name changes, and there is no database for a moment. */
static enum mt_rc keep_aside(const struct names *n, struct mt_err *err) {
    if (!exists(n->db) || link(n->db, n->aside) == 0)
        return MT_OK;
    if (errno == EEXIST)
        return mt_fail(err, MT_CONFLICT, "%.160s is there already. Try again.", n->aside);
    return rename_over(n->db, n->aside, err);
}

static enum mt_rc put_in_place(struct mt_command *c, const struct names *n, struct mt_err *err) {
    enum mt_rc rc = give_to_owner(n, err);
    if (rc == MT_OK)
        rc = fold_log(c, n, err);
    if (rc == MT_OK && exists(beside(c, n->db, "-wal")))
        rc = rename_over(beside(c, n->db, "-wal"), beside(c, n->aside, "-wal"), err);
    (void)unlink(beside(c, n->db, "-shm")); /* an index of the log, made anew when needed */
    if (rc == MT_OK)
        rc = keep_aside(n, err);
    if (rc == MT_OK)
        rc = rename_over(n->ready, n->db, err);
    return rc == MT_OK ? mt_db_sync_name(n->db, err) : rc;
}

static void say_done(struct mt_command *c, const struct names *n, const struct restore_report *report) {
    struct mt_node *root = mt_doc_root(c->doc);
    const bool kept = exists(n->aside);
    mt_node_text(c->doc, root, "epoch", report->epoch);
    mt_node_bool(c->doc, root, "compared", report->compared);
    mt_node_text(c->doc, root, "replaced", kept ? n->aside : NULL);
    mt_buf_fmt(&c->sentence, "%s is back, as epoch %s.\n", c->words[0], report->epoch);
    if (kept)
        mt_buf_fmt(&c->sentence, "What it replaced is kept as %s.\n", n->aside);
    if (!report->compared)
        mt_buf_str(&c->sentence, "Nothing readable was replaced, so what is lost is not known.");
    else if (report->lost == 0)
        mt_buf_str(&c->sentence, "Tills send again what they did since; nothing else is lost.");
    else
        mt_buf_fmt(&c->sentence,
                   "Tills send again what they did since. Listed above: %lld things that do not come back by themselves.",
                   (long long)report->lost);
}

enum mt_rc mt_command_restore(struct mt_command *c, struct mt_err *err) {
    struct names n = {.db = NULL};
    struct restore_report report = {.list = mt_node_array(c->doc, mt_doc_root(c->doc), "lost")};
    int claim = -1;
    enum mt_rc rc = name_all(c, &n, err);
    if (rc == MT_OK && !exists(c->words[0]))
        rc = mt_fail(err, MT_NOTFOUND, "There is no backup at %.160s: %s.", c->words[0], strerror(errno));
    if (rc == MT_OK && is_ours(c->words[0], &n))
        rc = mt_fail(err, MT_CONFLICT,
                     "%.160s is the database, or a name that a restore works under. Give the backup another name.", c->words[0]);
    if (rc == MT_OK)
        rc = mt_lock_file(n.claim, &claim, err);
    if (rc == MT_BUSY)
        rc = mt_fail(err, MT_BUSY, "%.160s is served by a medtermd. Stop that one first.", n.db);
    if (rc == MT_OK) {
        clear(c, &n);
        rc = prepare(c, &n, &report, err);
        if (rc == MT_OK)
            rc = put_in_place(c, &n, err);
        clear(c, &n);
    }
    if (rc == MT_OK)
        say_done(c, &n, &report);
    mt_lock_release(claim);
    return rc;
}
