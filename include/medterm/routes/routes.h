/* Routes: request struct in, response struct out. Pure but for the read session; no sockets, no threads, so the
 * simulator calls them with the bytes a till really sends. */
#ifndef MEDTERM_ROUTES_ROUTES_H
#define MEDTERM_ROUTES_ROUTES_H

#include <medterm/service/service.h>

struct mt_request {
    struct mt_sv method, path;  /* path without query; all views borrowed for the whole exchange */
    struct mt_sv query;         /* raw, without '?' */
    struct mt_sv authorization, content_type, if_none_match, request_id; /* header values, empty when absent */
    struct mt_sv body;
    bool wait_over; /* a long poll's time is up: answer now */
};
struct mt_response {
    int status;
    const char *content_type; /* static */
    struct mt_buf body;       /* owned: mt_response_fini */
    char etag[32], link[512], location[128], request_id[MT_REQUEST_ID_TEXT];
    int retry_after; /* seconds, 0 none */
};
void mt_response_init(struct mt_response *r);
void mt_response_fini(struct mt_response *r);

enum mt_route_next {
    MT_ROUTE_DONE,  /* response is complete */
    MT_ROUTE_WRITE, /* *write is filled (owned by arena): apply it, then mt_route_finish */
    MT_ROUTE_WAIT   /* nothing yet: ask again when the feed moves, or with wait_over after *wait_ms */
};
/* request_id_made: an id for the answer when the caller sent none. */
enum mt_route_next mt_route_begin(struct mt_session *read, const struct mt_request *q, const char *request_id_made, struct mt_arena *arena,
                                  struct mt_response *r, struct mt_write **write, int64_t *wait_ms);
void mt_route_finish(const struct mt_write *write, struct mt_response *r);
/* A problem as an answer, for the edge's own refusals (413, 431, 429 …). */
void mt_route_problem(const struct mt_problem *p, struct mt_response *r);
/* Largest body a path takes, bytes. */
size_t mt_route_body_max(struct mt_sv path);

#endif
