/* Reads: each is one query of the service, its parameters checked, its answer printed into the body. */
#include "openapi_text.h"
#include "route.h"

#include <stdio.h>

enum mt_rc route_limit(struct exchange *x, size_t at, int64_t *limit) {
    *limit = ROUTE_LIMIT_DEFAULT;
    if (!x->given[at])
        return MT_OK;
    if (mt_sv_int(x->values[at], limit) == MT_OK && *limit >= 1 && *limit <= ROUTE_LIMIT_MAX)
        return MT_OK;
    enum mt_rc rc = mt_problem_set(&x->problem, MT_P_VALIDATION_FAILED, "limit is a whole number from 1 to %d.", ROUTE_LIMIT_MAX);
    mt_field_error(&x->problem.errors, "limit", "must be a whole number from 1 to %d", ROUTE_LIMIT_MAX);
    return rc;
}

enum mt_route_next get_register(struct exchange *x) {
    return route_answer(x, mt_query_register(x->read, &x->caller, &x->response->body, &x->problem), 200);
}

enum { O_STATUS, O_USER_ID, O_USER_PHONE, O_STORE, O_REGISTER, O_Q, O_FROM, O_TO, O_LIMIT, O_CURSOR };
const char *const orders_query[] = {
    [O_STATUS] = "status",
    [O_USER_ID] = "user_id",
    [O_USER_PHONE] = "user_phone",
    [O_STORE] = "store_id",
    [O_REGISTER] = "register",
    [O_Q] = "q",
    [O_FROM] = "created_from",
    [O_TO] = "created_to",
    [O_LIMIT] = "limit",
    [O_CURSOR] = "cursor",
    NULL,
};

enum mt_route_next get_orders(struct exchange *x) {
    int64_t limit;
    enum mt_rc rc = route_limit(x, O_LIMIT, &limit);
    if (rc != MT_OK)
        return route_refuse(x, rc);
    const struct mt_sv *v = x->values;
    struct mt_order_filter f = {.status = v[O_STATUS],
                                .user_id = v[O_USER_ID],
                                .user_phone = v[O_USER_PHONE],
                                .store_id = v[O_STORE],
                                .register_code = v[O_REGISTER],
                                .q = v[O_Q],
                                .created_from = v[O_FROM],
                                .created_to = v[O_TO],
                                .limit = v[O_LIMIT],
                                .cursor = v[O_CURSOR]};
    const char *next = "";
    rc = mt_query_orders(x->read, &x->caller, &f, &x->response->body, &next, &x->problem);
    if (rc == MT_OK && next && next[0])
        route_link_next(x, orders_query, O_CURSOR, next);
    return route_answer(x, rc, 200);
}

enum mt_route_next get_order(struct exchange *x) {
    struct mt_response *r = x->response;
    int64_t version = 0;
    enum mt_rc rc = mt_query_order(x->read, &x->caller, x->name, &r->body, &version, &x->problem);
    if (rc != MT_OK)
        return route_refuse(x, rc);
    route_version_tag(version, r->etag);
    return route_answer_tagged(x);
}

enum mt_route_next get_order_events(struct exchange *x) {
    return route_answer(x, mt_query_order_events(x->read, &x->caller, x->name, &x->response->body, &x->problem), 200);
}

enum { C_CURSOR, C_LIMIT, C_WAIT };
const char *const changes_query[] = {[C_CURSOR] = "cursor", [C_LIMIT] = "limit", [C_WAIT] = "wait", NULL};

static enum mt_rc wait_seconds(struct exchange *x, int64_t *wait) {
    *wait = 0;
    if (!x->given[C_WAIT] || (mt_sv_int(x->values[C_WAIT], wait) == MT_OK && *wait >= 0)) {
        if (*wait > ROUTE_WAIT_MAX_S)
            *wait = ROUTE_WAIT_MAX_S;
        return MT_OK;
    }
    enum mt_rc rc = mt_problem_set(&x->problem, MT_P_VALIDATION_FAILED, "wait is a whole number of seconds.");
    mt_field_error(&x->problem.errors, "wait", "must be a whole number of seconds, 0 or more");
    return rc;
}

enum mt_route_next get_changes(struct exchange *x) {
    int64_t limit, wait;
    bool empty = false;
    enum mt_rc rc = route_limit(x, C_LIMIT, &limit);
    if (rc == MT_OK)
        rc = wait_seconds(x, &wait);
    if (rc == MT_OK)
        rc = mt_query_changes(x->read, &x->caller, x->values[C_CURSOR], limit, &x->response->body, &empty, &x->problem);
    if (rc != MT_OK || !empty || wait == 0 || x->request->wait_over)
        return route_answer(x, rc, 200);
    mt_buf_clear(&x->response->body);
    x->wait_ms = wait * 1000;
    return MT_ROUTE_WAIT;
}

enum mt_route_next get_drug(struct exchange *x) {
    return route_answer(x, mt_query_drug(x->read, &x->caller, x->name, &x->response->body, &x->problem), 200);
}

enum mt_route_next get_drug_stock(struct exchange *x) {
    return route_answer(x, mt_query_drug_stock(x->read, &x->caller, x->name, &x->response->body, &x->problem), 200);
}

enum mt_route_next get_openapi(struct exchange *x) {
    struct mt_response *r = x->response;
    (void)snprintf(r->etag, sizeof r->etag, "%s", openapi_text_etag); /* 18 characters */
    mt_buf_add(&r->body, (const char *)openapi_text, openapi_text_size);
    return route_answer_tagged(x);
}

enum mt_route_next get_livez(struct exchange *x) {
    mt_buf_str(&x->response->body, "{\"status\":\"live\"}");
    return route_answer(x, MT_OK, 200);
}

/* Why the service is not ready, as a field of its problem. */
static const char *not_ready(enum mt_rc rc) {
    switch (rc) {
    case MT_STALE:
    case MT_NEWER:
        return "schema";
    case MT_FULL:
    case MT_READONLY:
    case MT_NOTFOUND:
        return "disk";
    case MT_OK:
    case MT_NOMEM:
    case MT_INVALID:
    case MT_LIMIT:
    case MT_CONFLICT:
    case MT_DENIED:
    case MT_BUSY:
    case MT_IO:
    case MT_DOUBTFUL:
    case MT_CORRUPT:
    case MT_OFFLINE:
    case MT_CLONED:
    case MT_BUG:
        break;
    }
    return "database";
}

enum mt_route_next get_readyz(struct exchange *x) {
    struct mt_err err = {0};
    enum mt_rc rc = x->read ? mt_query_ready(x->read, &err) : MT_IO;
    if (rc != MT_OK) {
        (void)mt_problem_set(&x->problem, MT_P_OVERLOADED, "The service can not do its work now.");
        mt_field_error(&x->problem.errors, not_ready(rc), "%s", mt_rc_text(rc));
        x->problem.retry_after = 5;
        return route_refuse(x, MT_BUSY);
    }
    mt_buf_str(&x->response->body, "{\"status\":\"ready\"}");
    return route_answer(x, MT_OK, 200);
}

enum mt_route_next get_metrics(struct exchange *x) {
    if (!x->request->print_metrics)
        return route_refuse(x, MT_NOTFOUND);
    x->response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    x->request->print_metrics(x->request->metrics_ctx, &x->response->body);
    return route_answer(x, MT_OK, 200);
}
