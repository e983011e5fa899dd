/* An order as callers read it, and its timeline. Another store's order is as absent as one that never was. */
#include "query.h"

#include <medterm/repo/orders.h>
#include <medterm/wire/doc.h>

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
