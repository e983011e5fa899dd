/* Patients and exceptions of a store, page by page. */
#include "query.h"

#include <medterm/repo/patients.h>
#include <medterm/service/lists.h>

static enum mt_rc print_users(struct mt_session *x, const struct mt_repo_user_page *page, struct mt_buf *out) {
    mt_buf_str(out, "{\"users\":[");
    for (size_t i = 0; i < page->count; i++) {
        query_comma(out, i);
        mt_user_print(&page->users[i], out);
    }
    return query_list_end(x, out, mt_id_is(&page->after) ? "u" : "", page->after.s);
}

enum mt_rc mt_query_users(struct mt_session *x, const struct mt_caller *c, const struct mt_list_filter *in, struct mt_buf *out,
                          const char **next_cursor, struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_repo_user_filter f = {.store_id = c->store_id.s, .phone = mt_sv_trim(in->phone), .q = mt_sv_trim(in->q)};
    struct mt_repo_user_page page;
    enum mt_rc rc = query_page(x, next_cursor, in->limit, &f.limit, problem);
    if (rc == MT_OK)
        rc = query_text(in->phone, "phone", problem);
    if (rc == MT_OK)
        rc = query_text(in->q, "q", problem);
    if (rc == MT_OK)
        rc = query_cursor(x, in->cursor, "u", &f.after, problem);
    if (rc == MT_OK)
        rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    rc = mt_repo_users(x->db, &f, &x->scratch, &page, &err);
    if (rc == MT_OK)
        rc = print_users(x, &page, out);
    return query_end(x, rc, &err, problem);
}

/* One row more than asked for was read, to know whether a page follows. */
static enum mt_rc print_exceptions(struct mt_session *x, const struct mt_exception *list, size_t count, int64_t limit,
                                   struct mt_buf *out) {
    const bool more = count > (size_t)limit;
    const size_t shown = more ? (size_t)limit : count;
    mt_buf_str(out, "{\"exceptions\":[");
    for (size_t i = 0; i < shown; i++) {
        query_comma(out, i);
        mt_exception_print(&list[i], out);
    }
    return query_list_end(x, out, more ? "e" : "", more ? list[shown - 1].exception_id.s : "");
}

enum mt_rc mt_query_exceptions(struct mt_session *x, const struct mt_caller *c, const struct mt_list_filter *in, struct mt_buf *out,
                               const char **next_cursor, struct mt_problem *problem) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_exception *list = NULL;
    size_t count = 0;
    int64_t limit;
    struct mt_sv after;
    enum mt_rc rc = query_page(x, next_cursor, in->limit, &limit, problem);
    if (rc == MT_OK && in->state.n > 0 && !mt_sv_is(in->state, "open") && !mt_sv_is(in->state, "resolved"))
        rc = query_invalid(problem, "state", "must be open or resolved");
    if (rc == MT_OK)
        rc = query_cursor(x, in->cursor, "e", &after, problem);
    if (rc == MT_OK)
        rc = query_begin(x, problem);
    if (rc != MT_OK)
        return rc;
    rc = mt_repo_exceptions(x->db, c->store_id.s, in->state, after, limit + 1, &x->scratch, &list, &count, &err);
    if (rc == MT_OK)
        rc = print_exceptions(x, list, count, limit, out);
    return query_end(x, rc, &err, problem);
}
