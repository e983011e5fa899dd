/* Lists of orders, newest first. A cursor holds the place of the last row looked at; rows that come later do not move it. */
#include "query.h"

#include <medterm/repo/orders.h>
#include <medterm/repo/patients.h>
#include <medterm/service/lists.h>

#include <stdio.h>

/* "<created_at>:<order_id>" */
static enum mt_rc read_place(struct mt_session *x, struct mt_sv cursor, struct mt_repo_order_filter *f,
                             struct mt_problem *problem) {
    struct mt_sv place;
    enum mt_rc rc = query_cursor(x, cursor, "o", &place, problem);
    if (rc != MT_OK || place.n == 0)
        return rc;
    if (mt_sv_int(mt_sv_cut(&place, ':'), &f->after_time) != MT_OK)
        return query_invalid(problem, "cursor", "is not one this list gave");
    f->after_id = place;
    f->has_after = true;
    return MT_OK;
}

static enum mt_rc read_filter(const struct mt_caller *c, const struct mt_order_filter *in, struct mt_repo_order_filter *f,
                              struct mt_problem *problem) {
    enum mt_order_status status;
    struct mt_id id;
    *f = (struct mt_repo_order_filter){.store_id = mt_sv(c->store_id.s),
                                       .status = in->status,
                                       .user_id = in->user_id,
                                       .user_phone = in->user_phone,
                                       .register_code = in->register_code,
                                       .q = mt_sv_trim(in->q)};
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
    enum mt_rc rc = in->user_phone.n > 64 ? query_invalid(problem, "user_phone", "is not a phone number")
                                          : query_text(in->user_phone, "user_phone", problem);
    if (rc == MT_OK)
        rc = query_text(in->q, "q", problem);
    if (rc == MT_OK)
        rc = query_bound(in->created_from, false, "created_from", &f->has_from, &f->from, problem);
    return rc == MT_OK ? query_bound(in->created_to, true, "created_to", &f->has_to, &f->to, problem) : rc;
}

static enum mt_rc print_page(struct mt_session *x, const struct mt_repo_order_page *page, struct mt_buf *out) {
    char place[80];
    mt_buf_str(out, "{\"orders\":[");
    for (size_t i = 0; i < page->count; i++) {
        query_comma(out, i);
        mt_order_print(&page->orders[i], MT_ORDER_SUMMARY, out);
    }
    if (snprintf(place, sizeof place, "%lld:%s", (long long)page->after_time, page->after_id.s) < 0)
        return MT_BUG;
    return query_list_end(x, out, page->more ? "o" : "", place);
}

enum mt_rc mt_query_orders(struct mt_session *x, const struct mt_caller *c, const struct mt_order_filter *in, struct mt_buf *out,
                           const char **next_cursor, struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_repo_order_filter f;
    struct mt_repo_order_page page;
    int64_t limit;
    enum mt_rc rc = query_page(x, next_cursor, in->limit, &limit, problem);
    if (rc == MT_OK)
        rc = read_filter(c, in, &f, problem);
    if (rc == MT_OK)
        rc = read_place(x, in->cursor, &f, problem);
    if (rc == MT_OK)
        rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    f.limit = limit;
    rc = mt_repo_order_list(x->db, &f, &x->scratch, &page, &err);
    if (rc == MT_OK)
        rc = print_page(x, &page, out);
    return query_end(x, rc, &err, problem);
}

static enum mt_rc find_user(struct mt_session *x, const struct mt_caller *c, struct mt_sv user_id, struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_id id, store;
    struct mt_user user;
    enum mt_rc rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    rc = mt_id_parse(user_id, &id) == MT_OK ? mt_repo_user_get(x->db, id.s, &x->scratch, &user, &store, &err) : MT_NOTFOUND;
    if (rc == MT_OK && !mt_id_eq(&store, &c->store_id))
        rc = MT_NOTFOUND;
    if (rc == MT_NOTFOUND)
        (void)mt_problem_set(problem, MT_P_NOT_FOUND, "%s", "There is no such patient.");
    return query_end(x, rc, &err, problem);
}

enum mt_rc mt_query_user_orders(struct mt_session *x, const struct mt_caller *c, struct mt_sv user_id,
                                const struct mt_list_filter *f, struct mt_buf *out, const char **next_cursor,
                                struct mt_problem *problem) {
    const struct mt_order_filter in = {.user_id = user_id, .limit = f->limit, .cursor = f->cursor};
    enum mt_rc rc = find_user(x, c, user_id, problem);
    *next_cursor = "";
    return rc == MT_OK ? mt_query_orders(x, c, &in, out, next_cursor, problem) : rc;
}
