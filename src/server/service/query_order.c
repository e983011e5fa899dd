/* Orders as callers read them: one, its timeline, and lists newest first. A cursor holds the place of the last row, sealed;
 * rows that come later do not move it. Another store's order is as absent as one that never was. */
#include "query.h"

#include <medterm/base/utf8.h>
#include <medterm/repo/orders.h>
#include <medterm/wire/doc.h>

#include <string.h>

static enum mt_rc find(struct mt_session *x, const struct mt_caller *c, struct mt_sv order_no, struct mt_order *o,
                       struct mt_problem *problem, struct mt_err *err) {
    enum mt_rc rc = mt_repo_order_by_no(x->db, order_no, &x->scratch, o, err);
    if (rc == MT_NOTFOUND || (rc == MT_OK && !mt_id_eq(&o->store_id, &c->store_id))) {
        (void)mt_problem_set(problem, MT_P_ORDER_NOT_FOUND, "%s", "There is no such order.");
        return MT_NOTFOUND;
    }
    return rc;
}

enum mt_rc mt_query_order(struct mt_session *x, const struct mt_caller *c, struct mt_sv order_no, struct mt_buf *out,
                          int64_t *version, struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_order o;
    enum mt_rc rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    rc = find(x, c, order_no, &o, problem, &err);
    if (rc == MT_OK) {
        *version = o.version;
        mt_order_print(&o, MT_ORDER_FULL, out);
        rc = mt_buf_rc(out);
    }
    return query_end(x, rc, &err, problem);
}

static void event_print(struct mt_doc *d, struct mt_node *list, const struct mt_repo_event *e) {
    char at[MT_TIME_TEXT], created[MT_TIME_TEXT];
    mt_time_format(e->at, at);
    mt_time_format(e->created_at, created);
    struct mt_node *n = mt_node_object(d, list, NULL);
    mt_node_int(d, n, "version", e->version);
    mt_node_text(d, n, "kind", e->kind);
    mt_node_text(d, n, "from", e->from_status[0] != '\0' ? e->from_status : NULL);
    mt_node_text(d, n, "to", e->to_status);
    mt_node_text(d, n, "register", e->register_code);
    mt_node_text(d, n, "staff_id", e->staff_id[0] != '\0' ? e->staff_id : NULL);
    mt_node_text(d, n, "op_id", e->op_id);
    mt_node_text(d, n, "note", e->note);
    mt_node_text(d, n, "at", at);
    mt_node_text(d, n, "created_at", created);
}

enum mt_rc mt_query_order_events(struct mt_session *x, const struct mt_caller *c, struct mt_sv order_no, struct mt_buf *out,
                                 struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_order o;
    struct mt_repo_event *events = NULL;
    size_t count = 0;
    enum mt_rc rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    rc = find(x, c, order_no, &o, problem, &err);
    if (rc == MT_OK)
        rc = mt_repo_events(x->db, o.order_id.s, &x->scratch, &events, &count, &err);
    if (rc == MT_OK) {
        struct mt_doc *d = mt_doc_new();
        struct mt_node *list = mt_node_array(d, mt_doc_root(d), "events");
        for (size_t i = 0; i < count; i++)
            event_print(d, list, &events[i]);
        mt_node_text(d, mt_doc_root(d), "next_cursor", NULL);
        rc = mt_doc_print(d, out);
        mt_doc_free(d);
    }
    return query_end(x, rc, &err, problem);
}

static enum mt_rc read_limit(struct mt_sv text, int64_t *limit, struct mt_problem *problem) {
    *limit = 100;
    if (text.n > 0 && (mt_sv_int(text, limit) != MT_OK || *limit < 1 || *limit > 1000))
        return query_invalid(problem, "limit", "must be a number from 1 to 1000");
    return MT_OK;
}

/* A point in time, or a day: its start, or for an upper bound its end. */
static enum mt_rc read_bound(struct mt_sv text, bool upper, const char *field, bool *has, mt_time *out,
                             struct mt_problem *problem) {
    struct mt_date day;
    *has = text.n > 0;
    if (!*has || mt_time_parse(text, out) == MT_OK)
        return MT_OK;
    if (mt_date_parse(text, &day) != MT_OK)
        return query_invalid(problem, field, "must be a time such as 2027-03-31T14:32:05Z, or a day");
    *out = ((mt_time)day.day + (upper ? 1 : 0)) * 86400000;
    return MT_OK;
}

/* "o:<created_at>:<order_id>" */
static enum mt_rc read_cursor(struct mt_session *x, struct mt_sv cursor, struct mt_repo_order_filter *f,
                              struct mt_problem *problem) {
    struct mt_sv plain, head;
    if (cursor.n == 0)
        return MT_OK;
    if (mt_unseal(x->service->key, cursor, &plain) != MT_OK)
        return query_invalid(problem, "cursor", "is not one this service gave");
    head = mt_sv_cut(&plain, ':');
    if (!mt_sv_is(head, "o") || mt_sv_int(mt_sv_cut(&plain, ':'), &f->after_time) != MT_OK || plain.n == 0)
        return query_invalid(problem, "cursor", "is not one this list gave");
    f->after_id = plain;
    f->has_after = true;
    return MT_OK;
}

static enum mt_rc read_filter(struct mt_session *x, const struct mt_caller *c, const struct mt_order_filter *in,
                              struct mt_repo_order_filter *f, struct mt_problem *problem) {
    enum mt_order_status status;
    struct mt_id id;
    *f = (struct mt_repo_order_filter){.store_id = mt_sv(c->store_id.s),
                                       .status = in->status,
                                       .user_id = in->user_id,
                                       .user_phone = in->user_phone,
                                       .register_code = in->register_code,
                                       .q = in->q};
    if (in->store_id.n > 0 && !mt_sv_eq(in->store_id, f->store_id)) {
        (void)mt_problem_set(problem, MT_P_NOT_FOUND, "%s", "There is no such store.");
        return MT_NOTFOUND;
    }
    if (in->status.n > 0 && mt_order_status_parse(in->status, &status) != MT_OK)
        return query_invalid(problem, "status", "is not a status of an order");
    if (in->user_id.n > 0 && mt_id_parse(in->user_id, &id) != MT_OK)
        return query_invalid(problem, "user_id", "is not an id");
    if (in->register_code.n > 0 && !mt_register_code_ok(in->register_code))
        return query_invalid(problem, "register", "is not a register's code");
    if (in->user_phone.n > 64 || !mt_utf8_valid(in->user_phone))
        return query_invalid(problem, "user_phone", "is not a phone number");
    if (in->q.n > 255 || !mt_utf8_valid(in->q))
        return query_invalid(problem, "q", "is not a text of at most 255 bytes");
    enum mt_rc rc = read_bound(in->created_from, false, "created_from", &f->has_from, &f->from, problem);
    if (rc == MT_OK)
        rc = read_bound(in->created_to, true, "created_to", &f->has_to, &f->to, problem);
    if (rc == MT_OK)
        rc = read_limit(in->limit, &f->limit, problem);
    return rc == MT_OK ? read_cursor(x, in->cursor, f, problem) : rc;
}

static enum mt_rc write_cursor(struct mt_session *x, const struct mt_order *last) {
    struct mt_buf plain, sealed;
    mt_buf_init(&plain, 128);
    mt_buf_init(&sealed, sizeof x->next_cursor);
    mt_buf_fmt(&plain, "o:%lld:%s", (long long)last->created_at, last->order_id.s);
    enum mt_rc rc = mt_buf_rc(&plain);
    if (rc == MT_OK)
        rc = mt_seal(x->service->key, mt_buf_view(&plain), &sealed);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_buf_view(&sealed), x->next_cursor, sizeof x->next_cursor);
    mt_buf_fini(&plain);
    mt_buf_fini(&sealed);
    return rc;
}

/* One row more than asked for was read, to know whether a page follows. */
static enum mt_rc print_list(struct mt_session *x, const struct mt_order *orders, size_t count, int64_t limit, struct mt_buf *out) {
    const bool more = count > (size_t)limit;
    const size_t shown = more ? (size_t)limit : count;
    mt_buf_str(out, "{\"orders\":[");
    for (size_t i = 0; i < shown; i++) {
        if (i > 0)
            mt_buf_char(out, ',');
        mt_order_print(&orders[i], MT_ORDER_SUMMARY, out);
    }
    enum mt_rc rc = more ? write_cursor(x, &orders[shown - 1]) : MT_OK;
    if (rc != MT_OK)
        return rc;
    if (more)
        mt_buf_fmt(out, "],\"next_cursor\":\"%s\"}", x->next_cursor); /* sealed: URL-safe characters only */
    else
        mt_buf_str(out, "],\"next_cursor\":null}");
    return mt_buf_rc(out);
}

enum mt_rc mt_query_orders(struct mt_session *x, const struct mt_caller *c, const struct mt_order_filter *in, struct mt_buf *out,
                           const char **next_cursor, struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_repo_order_filter f;
    struct mt_order *orders = NULL;
    size_t count = 0;
    x->next_cursor[0] = '\0';
    *next_cursor = x->next_cursor;
    enum mt_rc rc = read_filter(x, c, in, &f, problem);
    if (rc == MT_OK)
        rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    const int64_t limit = f.limit;
    f.limit = limit + 1;
    rc = mt_repo_order_list(x->db, &f, &x->scratch, &orders, &count, &err);
    if (rc == MT_OK)
        rc = print_list(x, orders, count, limit, out);
    return query_end(x, rc, &err, problem);
}
