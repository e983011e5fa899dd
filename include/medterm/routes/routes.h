/* Routes: request struct in, response struct out. Pure but for the read session; no sockets, no threads, so the
 * simulator calls them with the bytes a till really sends. */
#ifndef MEDTERM_ROUTES_ROUTES_H
#define MEDTERM_ROUTES_ROUTES_H

#include <medterm/service/service.h>

struct mt_request {
    struct mt_sv method, path; /* path as sent (percent signs and all), without query; all views borrowed for the whole exchange */
    struct mt_sv query;        /* as sent, without '?' */
    struct mt_sv authorization, content_type, content_encoding, if_none_match, if_match, idempotency_key,
        request_id; /* header values, empty when
absent; if_match.p is NULL then, and only then */
    struct mt_sv body;
    const char *trace_id;                                 /* borrowed, for the log; may be NULL */
    bool wait_over;                                       /* a long poll's time is up: answer now */
    void (*print_metrics)(void *ctx, struct mt_buf *out); /* for GET /metrics; NULL: there are none */
    void *metrics_ctx;                                    /* borrowed */
};
struct mt_response {
    int status;
    const char *content_type; /* static */
    struct mt_buf body;       /* owned: mt_response_fini. Of a 304 that of the 200, whose length it tells, and nothing more */
    char etag[32], link[1024], location[128], request_id[MT_REQUEST_ID_TEXT]; /* "" when the header is not sent */
    char allow[32];                                                           /* of a 405 */
    bool challenge;                                                           /* a 401: WWW-Authenticate: Bearer */
    bool replayed;                                                            /* Idempotency-Replayed: true */
    int retry_after;                                                          /* seconds, 0 none */
    /* For logs and counters, not sent: the pattern of the route that answered (static, NULL: none did) and the code of the register
     * or client that asked ("" when it is not known). */
    const char *route;
    size_t route_no; /* its place in the table, from 1; 0: none */
    char caller[MT_REGISTER_CODE_TEXT];
};
void mt_response_init(struct mt_response *r);
void mt_response_fini(struct mt_response *r);

enum mt_route_next {
    MT_ROUTE_DONE,  /* response is complete */
    MT_ROUTE_WRITE, /* *write is filled (owned by arena): apply it, then mt_route_finish */
    MT_ROUTE_WAIT   /* nothing yet: ask again when the feed moves, or with wait_over after *wait_ms */
};
/* request_id_made: an id for the answer when the caller sent none, or one that is not 1 to 64 visible ASCII characters.
 * A HEAD is answered as the GET it stands for; the edge leaves the body out. `read` may be NULL for paths that ask nothing of the
 * database. */
enum mt_route_next mt_route_begin(struct mt_session *read, const struct mt_request *q, const char *request_id_made,
                                  struct mt_arena *arena, struct mt_response *r, struct mt_write **write, int64_t *wait_ms);
void mt_route_finish(const struct mt_write *write, struct mt_response *r);
/* The sender's request id when it is harmless, otherwise the one made. out: MT_REQUEST_ID_TEXT bytes. */
void mt_route_request_id(struct mt_sv sent, const char *made, char *out);
/* A problem as an answer, for the edge's own refusals (413, 431, 429 …). */
void mt_route_problem(const struct mt_problem *p, struct mt_response *r);
/* The table of routes, for whoever describes, counts or tries them. All static. */
enum { MT_FROM_ANYBODY = 0, MT_FROM_REGISTER = 1, MT_FROM_CLIENT = 2 };
enum mt_route_body { MT_BODY_NONE, MT_BODY_MAY, MT_BODY_MUST };
struct mt_route_info {
    const char *method, *path; /* path: {} stands for a segment */
    const char *const *query;  /* names of its parameters, NULL at the end; NULL: none */
    unsigned callers;          /* MT_FROM_REGISTER, MT_FROM_CLIENT or both; MT_FROM_ANYBODY needs no token */
    enum mt_right right;       /* what a client's role must have; what staff at a register may do is judged by operation */
    enum mt_route_body body;   /* JSON; NONE: not looked at */
    bool key;                  /* needs an Idempotency-Key */
};
const struct mt_route_info *mt_routes(size_t *count);
/* Largest body a path takes, bytes. */
size_t mt_route_body_max(struct mt_sv path);

#endif
