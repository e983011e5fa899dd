/* The route table and the way through it. A request is matched by path first (404), then by method (405 with Allow), then
 * the caller is looked up (401, 403), then the media type (415), the query (400), and only then the handler runs. A new
 * route is one row and one handler. */
#include "route.h"

#include <stdio.h>
#include <strings.h>

#define TILL MT_FROM_REGISTER
#define BOTH (MT_FROM_REGISTER | MT_FROM_CLIENT)
#define CLIENT MT_FROM_CLIENT
#define ANYBODY MT_FROM_ANYBODY

/* X(method, path, query, callers, right of a client's role, body, handler) */
#define ROUTE_TABLE(X)                                                                                                             \
    X("POST", "/v1/operations", NULL, TILL, MT_RIGHT_READ, MT_BODY_MUST, post_operations)                                          \
    X("POST", "/v1/enrolments", NULL, ANYBODY, MT_RIGHT_READ, MT_BODY_MUST, post_enrolments)                                       \
    X("GET", "/v1/register", NULL, TILL, MT_RIGHT_READ, MT_BODY_NONE, get_register)                                                \
    X("GET", "/v1/orders", orders_query, BOTH, MT_RIGHT_READ, MT_BODY_NONE, get_orders)                                            \
    X("GET", "/v1/orders/{}", NULL, BOTH, MT_RIGHT_READ, MT_BODY_NONE, get_order)                                                  \
    X("GET", "/v1/orders/{}/events", NULL, BOTH, MT_RIGHT_READ, MT_BODY_NONE, get_order_events)                                    \
    X("GET", "/v1/changes", changes_query, BOTH, MT_RIGHT_READ, MT_BODY_NONE, get_changes)                                         \
    X("GET", "/v1/drugs/{}", NULL, BOTH, MT_RIGHT_READ, MT_BODY_NONE, get_drug)                                                    \
    X("GET", "/v1/drugs/{}/stock", NULL, BOTH, MT_RIGHT_READ, MT_BODY_NONE, get_drug_stock)                                        \
    X("GET", "/v1/drugs", drugs_query, BOTH, MT_RIGHT_READ, MT_BODY_NONE, get_drugs)                                               \
    X("GET", "/v1/users", users_query, BOTH, MT_RIGHT_READ, MT_BODY_NONE, get_users)                                               \
    X("GET", "/v1/users/{}/orders", page_query, BOTH, MT_RIGHT_READ, MT_BODY_NONE, get_user_orders)                                \
    X("GET", "/v1/payments/{}", NULL, BOTH, MT_RIGHT_READ, MT_BODY_NONE, get_payment)                                              \
    X("GET", "/v1/stats", stats_query, BOTH, MT_RIGHT_SEE_FIGURES, MT_BODY_NONE, get_stats)                                        \
    X("GET", "/v1/exceptions", exceptions_query, BOTH, MT_RIGHT_READ, MT_BODY_NONE, get_exceptions)                                \
    X("POST", "/v1/orders", NULL, CLIENT, MT_RIGHT_SELL, MT_BODY_MUST, post_orders)                                                \
    X("POST", "/v1/orders/{}/status", NULL, CLIENT, MT_RIGHT_FULFIL, MT_BODY_MUST, post_order_status)                              \
    X("POST", "/v1/orders/{}/cancel", NULL, CLIENT, MT_RIGHT_SELL, MT_BODY_MUST, post_order_cancel)                                \
    X("POST", "/v1/orders/{}/payments", NULL, CLIENT, MT_RIGHT_SELL, MT_BODY_MUST, post_order_payments)                            \
    X("POST", "/v1/orders/{}/returns", NULL, CLIENT, MT_RIGHT_GIVE_BACK, MT_BODY_MUST, post_order_returns)                         \
    X("POST", "/v1/payments/{}/cancel", NULL, CLIENT, MT_RIGHT_SELL, MT_BODY_MAY, post_payment_cancel)                             \
    X("POST", "/v1/payments/{}/refunds", NULL, CLIENT, MT_RIGHT_GIVE_BACK, MT_BODY_MUST, post_payment_refunds)                     \
    X("POST", "/v1/payment-callbacks/{}", NULL, ANYBODY, MT_RIGHT_READ, MT_BODY_NONE, post_payment_callback)                       \
    X("POST", "/v1/stock/receipts", NULL, CLIENT, MT_RIGHT_RECEIVE, MT_BODY_MUST, post_stock_receipts)                             \
    X("POST", "/v1/stock/adjustments", NULL, CLIENT, MT_RIGHT_CORRECT_STOCK, MT_BODY_MUST, post_stock_adjustments)                 \
    X("POST", "/v1/stock/counts", NULL, CLIENT, MT_RIGHT_RECEIVE, MT_BODY_MUST, post_stock_counts)                                 \
    X("POST", "/v1/stock/recalls", NULL, CLIENT, MT_RIGHT_RECALL, MT_BODY_MUST, post_stock_recalls)                                \
    X("POST", "/v1/stock/quarantines", NULL, CLIENT, MT_RIGHT_CORRECT_STOCK, MT_BODY_MUST, post_stock_quarantines)                 \
    X("POST", "/v1/users", NULL, CLIENT, MT_RIGHT_KEEP_PEOPLE, MT_BODY_MUST, post_users)                                           \
    X("POST", "/v1/doctors", NULL, CLIENT, MT_RIGHT_KEEP_PEOPLE, MT_BODY_MUST, post_doctors)                                       \
    X("POST", "/v1/exceptions/{}/resolve", NULL, CLIENT, MT_RIGHT_SETTLE, MT_BODY_MUST, post_exception_resolve)                    \
    X("GET", "/livez", NULL, ANYBODY, MT_RIGHT_READ, MT_BODY_NONE, get_livez)                                                      \
    X("GET", "/readyz", NULL, ANYBODY, MT_RIGHT_READ, MT_BODY_NONE, get_readyz)                                                    \
    X("GET", "/metrics", NULL, ANYBODY, MT_RIGHT_READ, MT_BODY_NONE, get_metrics)                                                  \
    X("GET", "/openapi.json", NULL, ANYBODY, MT_RIGHT_READ, MT_BODY_NONE, get_openapi)

static const struct mt_route_info routes[] = {
#define X(method, path, query, callers, right, body, handle)                                                                       \
    {method, path, query, callers, right, body, (callers) == CLIENT && (body) != MT_BODY_NONE},
    ROUTE_TABLE(X)
#undef X
};
static enum mt_route_next (*const handlers[])(struct exchange *x) = {
#define X(method, path, query, callers, right, body, handle) handle,
    ROUTE_TABLE(X)
#undef X
};
#define ROUTE_COUNT (sizeof routes / sizeof routes[0])
_Static_assert(ROUTE_COUNT < MT_METRIC_ROUTES, "every route has its count");

const struct mt_route_info *mt_routes(size_t *count) {
    *count = ROUTE_COUNT;
    return routes;
}

size_t mt_route_body_max(struct mt_sv path) {
    return mt_sv_is(path, "/v1/operations") ? MT_PUSH_MAX_BYTES : MT_BODY_MAX_BYTES;
}

/* {} stands for one segment that is not empty; *name is that segment as sent. */
static bool path_matches(const char *pattern, struct mt_sv path, struct mt_sv *name) {
    struct mt_sv want = mt_sv(pattern);
    while (want.n && path.n) {
        struct mt_sv w = mt_sv_cut(&want, '/'), p = mt_sv_cut(&path, '/');
        if (mt_sv_is(w, "{}")) {
            if (!p.n)
                return false;
            *name = p;
        } else if (!mt_sv_eq(w, p)) {
            return false;
        }
    }
    return !want.n && !path.n;
}

static bool method_matches(const struct mt_route_info *r, struct mt_sv method) {
    return mt_sv_is(method, r->method) || (mt_sv_is(method, "HEAD") && mt_sv_is(mt_sv(r->method), "GET"));
}

/* The row for the request, or NULL with the problem set and Allow filled. */
static const struct mt_route_info *find(struct exchange *x, struct mt_sv *name) {
    struct mt_sv path = x->request->path;
    struct mt_buf allow;
    mt_buf_init(&allow, sizeof x->response->allow - 1);
    const struct mt_route_info *found = NULL;
    bool ends_well = path.n > 0 && path.p[path.n - 1] != '/';
    for (size_t i = 0; ends_well && i < ROUTE_COUNT && !found; i++) {
        if (!path_matches(routes[i].path, path, name))
            continue;
        if (method_matches(&routes[i], x->request->method)) {
            found = &routes[i];
        } else {
            mt_buf_fmt(&allow, "%s%s", allow.n ? ", " : "", routes[i].method);
            if (mt_sv_is(mt_sv(routes[i].method), "GET"))
                mt_buf_str(&allow, ", HEAD");
        }
    }
    if (!found && allow.n) {
        (void)snprintf(x->response->allow, sizeof x->response->allow, "%s",
                       mt_buf_text(&allow)); /* the buffer's maximum is its size */
        (void)mt_problem_set(&x->problem, MT_P_METHOD_NOT_ALLOWED, "This address takes %s.", x->response->allow);
    } else if (!found) {
        (void)mt_problem_set(&x->problem, MT_P_NOT_FOUND, "There is nothing under this address.");
    }
    mt_buf_fini(&allow);
    return found;
}

static bool same_word(struct mt_sv a, struct mt_sv word) {
    return a.n == word.n && (a.n == 0 || strncasecmp(a.p, word.p, a.n) == 0);
}

/* Authorization: Bearer <token> (RFC 6750); the scheme in any case. */
static enum mt_rc bearer(struct exchange *x, struct mt_sv *token) {
    struct mt_sv rest = mt_sv_trim(x->request->authorization);
    struct mt_sv scheme = mt_sv_cut(&rest, ' ');
    *token = mt_sv_trim(rest);
    if (same_word(scheme, MT_SV("Bearer")) && token->n)
        return MT_OK;
    return mt_problem_set(&x->problem, MT_P_UNAUTHENTICATED, "This address needs a token: Authorization: Bearer …");
}

/* Says whose token would do, so that an integrator need not look it up. */
static enum mt_rc refuse_role(struct exchange *x, enum mt_right right) {
    struct mt_buf who;
    mt_buf_init(&who, 128);
    for (enum mt_role role = 0; role <= MT_ROLE_MANAGER; role++)
        if (mt_role_has(role, right))
            mt_buf_fmt(&who, "%s%s", who.n ? ", " : "", mt_role_name(role));
    enum mt_rc rc =
        mt_problem_set(&x->problem, MT_P_FORBIDDEN, "The role %s does not allow it; use a client with one of these: %s.",
                       mt_role_name(x->caller.role), mt_buf_text(&who));
    mt_buf_fini(&who);
    return rc;
}

/* Who may come: the row says which kind of caller, and what the role of a client must allow. */
static enum mt_rc judge_caller(struct exchange *x, const struct mt_route_info *r) {
    switch (x->caller.kind) {
    case MT_CALLER_REGISTER:
        if (r->callers & MT_FROM_REGISTER)
            return MT_OK;
        return mt_problem_set(&x->problem, MT_P_FORBIDDEN, "A register sends operations; this address is for clients of the API.");
    case MT_CALLER_CLIENT:
        if (!(r->callers & MT_FROM_CLIENT))
            return mt_problem_set(&x->problem, MT_P_FORBIDDEN, "Only an enrolled register may do this.");
        if (mt_role_has(x->caller.role, r->right))
            return MT_OK;
        return refuse_role(x, r->right);
    case MT_CALLER_NOBODY:
        break;
    }
    return mt_problem_set(&x->problem, MT_P_UNAUTHENTICATED, "The token is not known or no longer valid.");
}

static enum mt_rc admit(struct exchange *x, const struct mt_route_info *r) {
    struct mt_sv token;
    if (r->callers == MT_FROM_ANYBODY)
        return MT_OK;
    enum mt_rc rc = bearer(x, &token);
    if (rc == MT_OK)
        rc = mt_session_authenticate(x->read, token, &x->caller, &x->problem);
    if (rc == MT_OK)
        (void)snprintf(x->response->caller, sizeof x->response->caller, "%s", x->caller.code); /* the same size: never cut */
    if (rc != MT_OK) {
        if (rc == MT_DENIED && x->problem.code == MT_P_NONE)
            (void)mt_problem_set(&x->problem, MT_P_UNAUTHENTICATED, "The token is not known or no longer valid.");
        return rc;
    }
    return judge_caller(x, r);
}

/* Bodies come as they are (RFC 9110 section 8.4: "identity" is no coding). */
static bool encoded(struct mt_sv codings) {
    bool found = false;
    while (!found && codings.n) {
        struct mt_sv one = mt_sv_trim(mt_sv_cut(&codings, ','));
        found = one.n && !same_word(one, MT_SV("identity"));
    }
    return found;
}

/* application/json, with any parameters but another charset than UTF-8. */
static enum mt_rc check_type(struct exchange *x) {
    if (encoded(x->request->content_encoding))
        return mt_problem_set(&x->problem, MT_P_MEDIA_TYPE, "Send the body as it is, without Content-Encoding.");
    struct mt_sv rest = x->request->content_type;
    bool json = same_word(mt_sv_trim(mt_sv_cut(&rest, ';')), MT_SV("application/json"));
    while (json && rest.n) {
        struct mt_sv value = mt_sv_cut(&rest, ';');
        struct mt_sv name = mt_sv_trim(mt_sv_cut(&value, '='));
        value = mt_sv_trim(value);
        if (same_word(name, MT_SV("charset")))
            json = same_word(value, MT_SV("utf-8")) || same_word(value, MT_SV("\"utf-8\""));
    }
    return json ? MT_OK : mt_problem_set(&x->problem, MT_P_MEDIA_TYPE, "Send the body as Content-Type: application/json in UTF-8.");
}

/* Idempotency-Key: 1 to 255 visible ASCII characters. */
static enum mt_rc check_key(struct exchange *x) {
    const struct mt_sv key = x->request->idempotency_key;
    bool good = key.n >= 1 && key.n <= MT_REST_KEY_MAX;
    for (size_t i = 0; good && i < key.n; i++)
        good = key.p[i] > ' ' && key.p[i] < 0x7f;
    if (good)
        return MT_OK;
    mt_field_error(&x->problem.errors, "Idempotency-Key", "must be 1 to %d visible ASCII characters", MT_REST_KEY_MAX);
    return mt_problem_set(&x->problem, MT_P_VALIDATION_FAILED,
                          "This address needs the header Idempotency-Key: a text of your own, the same when you send it again.");
}

static enum mt_rc prepare(struct exchange *x, const struct mt_route_info *r, struct mt_sv name) {
    enum mt_rc rc = admit(x, r);
    if (rc == MT_OK && (r->body == MT_BODY_MUST || (r->body == MT_BODY_MAY && x->request->body.n)))
        rc = check_type(x);
    if (rc == MT_OK && r->key)
        rc = check_key(x);
    if (rc == MT_OK)
        rc = query_read(x->request->query, r->query, x->arena, x->values, x->given, &x->problem);
    if (rc == MT_OK && percent_decode(name, false, x->arena, &x->name) != MT_OK)
        rc = mt_problem_set(&x->problem, MT_P_MALFORMED, "The address holds a bad percent escape or text that is not UTF-8.");
    return rc;
}

enum mt_route_next mt_route_begin(struct mt_session *read, const struct mt_request *q, const char *request_id_made,
                                  struct mt_arena *arena, struct mt_response *r, struct mt_write **write, int64_t *wait_ms) {
    struct exchange x = {.read = read, .request = q, .arena = arena, .response = r};
    mt_problem_init(&x.problem);
    mt_route_request_id(q->request_id, request_id_made, r->request_id);
    (void)snprintf(x.problem.request_id, sizeof x.problem.request_id, "%s", r->request_id); /* the same size: never cut */
    struct mt_sv name = {0};
    const struct mt_route_info *row = find(&x, &name);
    r->route = row ? row->path : NULL;
    r->route_no = row ? (size_t)(row - routes) + 1 : 0;
    if (read)
        mt_session_about(read, r->request_id, q->trace_id);
    enum mt_rc rc = row ? prepare(&x, row, name) : MT_NOTFOUND;
    if (rc != MT_OK)
        return route_refuse(&x, rc);
    enum mt_route_next next = handlers[row - routes](&x);
    if (x.write) {
        x.write->request_id = r->request_id;
        x.write->trace_id = q->trace_id;
    }
    *write = x.write;
    *wait_ms = x.wait_ms;
    return next;
}
