/* Answers: what a response holds, and every problem in its one shape. */
#include "route.h"

#include <stdio.h>

enum { RESPONSE_MAX = 64 << 20 };

void mt_response_init(struct mt_response *r) {
    *r = (struct mt_response){.status = 200, .content_type = "application/json"};
    mt_buf_init(&r->body, RESPONSE_MAX);
}

void mt_response_fini(struct mt_response *r) {
    mt_buf_fini(&r->body);
}

void mt_route_request_id(struct mt_sv sent, const char *made, char *out) {
    bool harmless = sent.n >= 1 && sent.n < MT_REQUEST_ID_TEXT;
    for (size_t i = 0; harmless && i < sent.n; i++)
        harmless = sent.p[i] > ' ' && sent.p[i] < 0x7f;
    if (!harmless || mt_sv_copy(sent, out, MT_REQUEST_ID_TEXT) != MT_OK)
        if (mt_sv_copy(mt_sv(made), out, MT_REQUEST_ID_TEXT) != MT_OK)
            out[0] = '\0';
}

/* Who is to come back later is told when (RFC 9110 section 10.2.3), also when nobody knows better than "soon". */
static int when_again(const struct mt_problem *p) {
    const int status = mt_problem_status(p->code);
    return p->retry_after == 0 && (status == 429 || status == 503) ? 1 : p->retry_after;
}

void mt_route_problem(const struct mt_problem *p, struct mt_response *r) {
    struct mt_problem copy = *p;
    if (!copy.request_id[0])
        (void)snprintf(copy.request_id, sizeof copy.request_id, "%s", r->request_id); /* the same size: never cut */
    r->status = mt_problem_status(copy.code);
    r->content_type = "application/problem+json";
    r->retry_after = when_again(&copy);
    r->challenge = copy.code == MT_P_UNAUTHENTICATED;
    r->etag[0] = r->link[0] = r->location[0] = '\0';
    mt_buf_clear(&r->body);
    mt_problem_print(&copy, &r->body);
}

/* What a failure means to the caller when the query itself has not said: ours is generic here and detailed in the log. */
static void problem_from_rc(enum mt_rc rc, struct mt_problem *p) {
    switch (rc) {
    case MT_NOTFOUND:
        (void)mt_problem_set(p, MT_P_NOT_FOUND, "There is nothing under this address.");
        return;
    case MT_INVALID:
        (void)mt_problem_set(p, MT_P_VALIDATION_FAILED, "The request is not valid.");
        return;
    case MT_DENIED:
        (void)mt_problem_set(p, MT_P_FORBIDDEN, "This caller may not do that.");
        return;
    case MT_BUSY:
        (void)mt_problem_set(p, MT_P_OVERLOADED, "The service is busy. Try again in a moment.");
        return;
    case MT_LIMIT:
    case MT_OK:
    case MT_NOMEM:
    case MT_CONFLICT:
    case MT_STALE:
    case MT_IO:
    case MT_DOUBTFUL:
    case MT_FULL:
    case MT_READONLY:
    case MT_CORRUPT:
    case MT_NEWER:
    case MT_OFFLINE:
    case MT_CLONED:
    case MT_BUG:
        break;
    }
    (void)mt_problem_set(p, MT_P_INTERNAL, "The service failed; its log says more under this request id.");
}

enum mt_route_next route_refuse(struct exchange *x, enum mt_rc rc) {
    if (x->problem.code == MT_P_NONE)
        problem_from_rc(rc, &x->problem);
    mt_route_problem(&x->problem, x->response);
    return MT_ROUTE_DONE;
}

enum mt_route_next route_answer(struct exchange *x, enum mt_rc rc, int status) {
    if (rc == MT_OK)
        rc = mt_buf_rc(&x->response->body);
    if (rc != MT_OK)
        return route_refuse(x, rc);
    x->response->status = status;
    return MT_ROUTE_DONE;
}

void route_version_tag(int64_t version, char etag[32]) {
    (void)snprintf(etag, 32, "\"%lld\"", (long long)version); /* 22 characters at most */
}

/* If-None-Match (RFC 9110 section 13.1.2): a list of tags, weak ones count, or '*'. */
static bool tag_matches(struct mt_sv header, const char *etag) {
    while (header.n) {
        struct mt_sv one = mt_sv_trim(mt_sv_cut(&header, ','));
        if (mt_sv_starts(one, MT_SV("W/")))
            one = mt_sv_n(one.p + 2, one.n - 2);
        if (mt_sv_is(one, "*") || mt_sv_is(one, etag))
            return true;
    }
    return false;
}

enum mt_route_next route_answer_tagged(struct exchange *x) {
    struct mt_response *r = x->response;
    if (!tag_matches(x->request->if_none_match, r->etag))
        return route_answer(x, MT_OK, 200);
    return route_answer(x, MT_OK, 304);
}
