/* What a restore can not bring back, in the document and line by line: operations of REST callers, enrolments, and what
 * administrators did since. Ids, codes and numbers only: no names, no phones. */
#include "restore.h"

#include <string.h>

#define LINES_MOST 200 /* said one by one; --json has them all */

struct telling {
    struct mt_command *c;
    struct restore_side *stage;
    struct restore_report *report;
};

static void add_text(struct mt_command *c, struct mt_node *n, const char *key, const char *value) {
    if (value[0] != '\0')
        mt_node_text(c->doc, n, key, value);
}

static void say_line(struct mt_command *c, const struct mt_lost *lost) {
    struct mt_buf line;
    mt_buf_init(&line, 512);
    const bool by_code = lost->register_code[0] != '\0';
    if (strcmp(lost->kind, "operation") == 0)
        mt_buf_fmt(&line, "lost: %s of client %s, %s%s%s", lost->action, lost->register_code, lost->outcome,
                   lost->order_no[0] != '\0' ? ", order " : "", lost->order_no);
    else if (strcmp(lost->kind, "enrolment") == 0)
        mt_buf_fmt(&line, "lost: the enrolment of register %s; bring it back with: medtermd register recover --code %s",
                   lost->register_code, lost->register_code);
    else if (lost->count > 1)
        mt_buf_fmt(&line, "lost: %s %s, %lld times", lost->kind, lost->action, (long long)lost->count);
    else
        mt_buf_fmt(&line, "lost: %s %s %s", lost->kind, lost->action, by_code ? lost->register_code : lost->id);
    c->say(c->ctx, mt_buf_text(&line));
    mt_buf_fini(&line);
}

static enum mt_rc tell(void *ctx, const struct mt_lost *lost, struct mt_err *err) {
    const struct telling *t = ctx;
    struct mt_command *c = t->c;
    struct mt_node *n = mt_node_object(c->doc, t->report->list, NULL);
    char at[MT_TIME_TEXT];
    mt_time_format(lost->at, at);
    mt_node_text(c->doc, n, "kind", lost->kind);
    add_text(c, n, "action", lost->action);
    add_text(c, n, "register", lost->register_code);
    add_text(c, n, strcmp(lost->kind, "operation") == 0 ? "op_id" : "id", lost->id);
    add_text(c, n, "order_no", lost->order_no);
    add_text(c, n, "outcome", lost->outcome);
    mt_node_int(c->doc, n, "count", lost->count);
    mt_node_text(c->doc, n, "at", at);
    if (++t->report->lost <= LINES_MOST)
        say_line(c, lost);
    const bool has_code = strcmp(lost->kind, "enrolment") == 0 || strcmp(lost->kind, "client") == 0;
    return has_code && lost->register_code[0] != '\0' ? mt_admin_register_expect(t->stage->session, lost, err) : MT_OK;
}

enum mt_rc restore_tell_lost(struct mt_command *c, const char *old, struct restore_side *stage, struct restore_report *report,
                             struct mt_err *err) {
    struct restore_side replaced = {.service = NULL};
    struct mt_err unreadable = {.rc = MT_OK};
    struct telling t = {.c = c, .stage = stage, .report = report};
    report->compared = false;
    if (old == NULL || restore_open(c, old, NULL, false, &replaced, &unreadable) != MT_OK) {
        if (old != NULL)
            c->say(c->ctx, mt_err_text(&unreadable));
        return MT_OK;
    }
    enum mt_rc rc = mt_admin_lost(replaced.session, stage->session, tell, &t, err);
    if (rc == MT_OK)
        rc = mt_admin_numbers_keep(replaced.session, stage->session, err);
    report->compared = rc == MT_OK;
    restore_close(&replaced);
    return rc;
}
