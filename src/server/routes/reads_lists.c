/* Lists, each with a Link to its next page, and figures. */
#include "route.h"

#include <medterm/service/lists.h>

void route_link_next(struct exchange *x, const char *const *names, size_t cursor_at, const char *next) {
    struct mt_response *r = x->response;
    struct mt_buf link;
    mt_buf_init(&link, sizeof r->link - 1);
    mt_buf_char(&link, '<');
    mt_buf_sv(&link, x->request->path);
    bool first = true;
    for (size_t i = 0; names[i]; i++) {
        if (i == cursor_at || !x->values[i].n)
            continue;
        query_write(&link, first, names[i], x->values[i]);
        first = false;
    }
    query_write(&link, first, names[cursor_at], mt_sv(next));
    mt_buf_str(&link, ">; rel=\"next\"");
    if (mt_buf_rc(&link) != MT_OK || mt_sv_copy(mt_buf_view(&link), r->link, sizeof r->link) != MT_OK)
        r->link[0] = '\0';
    mt_buf_fini(&link);
}

/* Ends a list. */
static enum mt_route_next listed(struct exchange *x, enum mt_rc rc, const char *const *names, size_t cursor_at, const char *next) {
    if (rc == MT_OK && next[0])
        route_link_next(x, names, cursor_at, next);
    return route_answer(x, rc, 200);
}

enum { D_Q, D_LIMIT, D_CURSOR };
const char *const drugs_query[] = {[D_Q] = "q", [D_LIMIT] = "limit", [D_CURSOR] = "cursor", NULL};

enum mt_route_next get_drugs(struct exchange *x) {
    const struct mt_list_filter f = {.q = x->values[D_Q], .limit = x->values[D_LIMIT], .cursor = x->values[D_CURSOR]};
    int64_t limit;
    const char *next = "";
    enum mt_rc rc = route_limit(x, D_LIMIT, &limit);
    if (rc == MT_OK)
        rc = mt_query_drugs(x->read, &x->caller, &f, &x->response->body, &next, &x->problem);
    return listed(x, rc, drugs_query, D_CURSOR, next);
}

enum { U_PHONE, U_Q, U_LIMIT, U_CURSOR };
const char *const users_query[] = {[U_PHONE] = "phone", [U_Q] = "q", [U_LIMIT] = "limit", [U_CURSOR] = "cursor", NULL};

enum mt_route_next get_users(struct exchange *x) {
    const struct mt_sv *v = x->values;
    const struct mt_list_filter f = {.phone = v[U_PHONE], .q = v[U_Q], .limit = v[U_LIMIT], .cursor = v[U_CURSOR]};
    int64_t limit;
    const char *next = "";
    enum mt_rc rc = route_limit(x, U_LIMIT, &limit);
    if (rc == MT_OK)
        rc = mt_query_users(x->read, &x->caller, &f, &x->response->body, &next, &x->problem);
    return listed(x, rc, users_query, U_CURSOR, next);
}

enum { P_LIMIT, P_CURSOR };
const char *const page_query[] = {[P_LIMIT] = "limit", [P_CURSOR] = "cursor", NULL};

enum mt_route_next get_user_orders(struct exchange *x) {
    const struct mt_list_filter f = {.limit = x->values[P_LIMIT], .cursor = x->values[P_CURSOR]};
    int64_t limit;
    const char *next = "";
    enum mt_rc rc = route_limit(x, P_LIMIT, &limit);
    if (rc == MT_OK)
        rc = mt_query_user_orders(x->read, &x->caller, x->name, &f, &x->response->body, &next, &x->problem);
    return listed(x, rc, page_query, P_CURSOR, next);
}

enum { E_STATE, E_LIMIT, E_CURSOR };
const char *const exceptions_query[] = {[E_STATE] = "state", [E_LIMIT] = "limit", [E_CURSOR] = "cursor", NULL};

enum mt_route_next get_exceptions(struct exchange *x) {
    const struct mt_list_filter f = {.state = x->values[E_STATE], .limit = x->values[E_LIMIT], .cursor = x->values[E_CURSOR]};
    int64_t limit;
    const char *next = "";
    enum mt_rc rc = route_limit(x, E_LIMIT, &limit);
    if (rc == MT_OK)
        rc = mt_query_exceptions(x->read, &x->caller, &f, &x->response->body, &next, &x->problem);
    return listed(x, rc, exceptions_query, E_CURSOR, next);
}

enum { S_STORE, S_FROM, S_TO };
const char *const stats_query[] = {[S_STORE] = "store_id", [S_FROM] = "from", [S_TO] = "to", NULL};

enum mt_route_next get_stats(struct exchange *x) {
    const struct mt_sv *v = x->values;
    return route_answer(x, mt_query_stats(x->read, &x->caller, v[S_STORE], v[S_FROM], v[S_TO], &x->response->body, &x->problem),
                        200);
}

enum mt_route_next get_payment(struct exchange *x) {
    return route_answer(x, mt_query_payment(x->read, &x->caller, x->name, &x->response->body, &x->problem), 200);
}
