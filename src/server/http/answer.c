/* A response struct becomes an MHD response. The body is not copied: MHD sends it from the call, which lives until the
 * answer is out. Bodies worth it are gzipped whole when the caller asks. */
#include "edge.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { GZIP_LEAST = 1024, GZIP_LEVEL = 3, GZIP_WINDOW = 15 + 16, GZIP_MEMORY = 8 };

/* The gzipped body, or NULL: then it goes out as it is. */
static void *gzip(struct mt_sv plain, size_t *packed_n) {
    z_stream z = {0};
    if (plain.n > UINT32_MAX || deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    uLong room = deflateBound(&z, (uLong)plain.n);
    void *packed = malloc(room);
    z.next_in = (z_const Bytef *)plain.p;
    z.avail_in = (uInt)plain.n;
    z.next_out = packed;
    z.avail_out = (uInt)room;
    if (packed && deflate(&z, Z_FINISH) != Z_STREAM_END) {
        free(packed);
        packed = NULL;
    }
    *packed_n = z.total_out;
    (void)deflateEnd(&z);
    return packed;
}

static bool header(struct MHD_Response *m, const char *name, const char *value) {
    return !value[0] || MHD_add_response_header(m, name, value) == MHD_YES;
}

static bool number_header(struct MHD_Response *m, const char *name, int value) {
    char text[16];
    return !value || (snprintf(text, sizeof text, "%d", value) > 0 && header(m, name, text));
}

static bool headers(struct call *c, struct MHD_Response *m) {
    const struct mt_response *r = &c->response;
    const bool body = r->body.n && r->status != MHD_HTTP_NOT_MODIFIED;
    return header(m, "Content-Type", body ? r->content_type : "") && header(m, "X-Request-Id", r->request_id) &&
           header(m, "Cache-Control", "no-store") && header(m, "X-Content-Type-Options", "nosniff") && header(m, "ETag", r->etag) &&
           header(m, "Link", r->link) && header(m, "Location", r->location) && header(m, "Allow", r->allow) &&
           header(m, "WWW-Authenticate", r->challenge ? "Bearer realm=\"medterm\"" : "") && header(m, "Vary", "Accept-Encoding") &&
           header(m, "Idempotency-Replayed", r->replayed ? "true" : "") &&
           header(m, "Content-Encoding", body && c->packed ? "gzip" : "") &&
           header(m, "Connection", c->close_after ? "close" : "") && number_header(m, "Retry-After", r->retry_after);
}

/* One line a request. The route's pattern, never the path or the query: those name orders and may name a patient. */
static void log_answer(const struct call *c) {
    const struct mt_response *r = &c->response;
    char method[12];
    if (mt_sv_copy(c->request.method, method, sizeof method) != MT_OK)
        (void)snprintf(method, sizeof method, "other");
    mt_log_event(c->http->o.log, r->status >= 500 ? MT_LOG_ERROR : MT_LOG_INFO, "request", MT_L_TEXT("method", method),
                 MT_L_TEXT("route", r->route ? r->route : "none"), MT_L_INT("status", r->status),
                 MT_L_INT("ms", edge_now(c->http) - c->started), MT_L_TEXT("caller", r->caller[0] ? r->caller : "-"),
                 MT_L_TEXT("request_id", r->request_id), MT_L_TEXT("trace_id", c->trace_id[0] ? c->trace_id : "-"));
}

/* A 304 tells the length its 200 would have, or none (RFC 9110 section 8.6). libmicrohttpd tells one of its own for want of it, so
 * it gets that body, and keeps it to itself. */
enum MHD_Result answer_send(struct call *c) {
    struct mt_response *r = &c->response;
    struct mt_sv body = mt_buf_view(&r->body);
    size_t packed_n = 0;
    if (c->wants_gzip && body.n > GZIP_LEAST)
        c->packed = gzip(body, &packed_n);
    void *bytes = c->packed ? c->packed : r->body.p;
    struct MHD_Response *m = MHD_create_response_from_buffer(c->packed ? packed_n : body.n, bytes, MHD_RESPMEM_PERSISTENT);
    if (!m)
        return MHD_NO;
    c->state = CALL_ANSWERED;
    if (keeper_stopping(c->http))
        c->close_after = true;
    keeper_deadline(c->http, c->conn, c->http->o.limits.answer_ms);
    enum MHD_Result sent = headers(c, m) ? MHD_queue_response(c->mhd, (unsigned)r->status, m) : MHD_NO;
    MHD_destroy_response(m);
    log_answer(c);
    metrics_answered(c);
    return sent;
}

enum MHD_Result answer_problem(struct call *c, enum mt_problem_code code, int retry_after, const char *detail) {
    struct mt_problem p;
    mt_problem_init(&p);
    (void)mt_problem_set(&p, code, "%s", detail);
    p.retry_after = retry_after;
    mt_route_request_id(c->request.request_id, c->id_made, c->response.request_id);
    mt_route_problem(&p, &c->response);
    return answer_send(c);
}

enum MHD_Result answer_too_often(struct call *c, int retry_after) {
    c->close_after = c->close_after || (c->state == CALL_HEAD && c->body_claim > 0); /* the body stays unread */
    mt_metric_add(c->http->o.metrics, MT_METRIC_RATE_LIMITED, 0, 0, 1);
    return answer_problem(c, MT_P_TOO_MANY, retry_after,
                          "There are too many requests from this caller. Send this one again later.");
}
