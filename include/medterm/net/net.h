/* HTTP as bytes in, bytes out, over libcurl's multi interface. A few slots, each with one request at a time; connections
 * are kept. Redirects are not followed, certificates are checked, plain http goes only to this machine. One thread. */
#ifndef MEDTERM_NET_NET_H
#define MEDTERM_NET_NET_H

#include <medterm/base/time.h>

struct mt_net;
#define MT_NET_SLOTS 3

MT_MUST enum mt_rc mt_net_new(struct mt_net **out, struct mt_err *err);
void mt_net_free(struct mt_net *n); /* drops what is under way; NULL is fine */

struct mt_net_request {
    const char *method; /* "GET" "POST" */
    const char *base;   /* "https://service.example:8443", a slash at the end does no harm */
    const char *path;   /* with query */
    const char *token;  /* NULL or "": none */
    struct mt_sv body;  /* application/json; borrowed until the reply */
    int timeout_ms;     /* of the whole exchange */
    size_t max_answer;  /* bytes after decompression */
};
/* MT_BUSY when the slot has a request; MT_DENIED for plain http beyond this machine; MT_INVALID for an address that is none. */
MT_MUST enum mt_rc mt_net_start(struct mt_net *n, size_t slot, const struct mt_net_request *q, struct mt_err *err);
void mt_net_cancel(struct mt_net *n, size_t slot);

struct mt_net_reply {
    size_t slot;
    enum mt_rc rc;     /* MT_OK: a whole answer; MT_OFFLINE: none, or half of one; MT_LIMIT: too large */
    const char *words; /* for a person when not MT_OK; static */
    int status;
    const char *content_type; /* "" when none */
    int retry_after;          /* seconds; 0: none */
    mt_time date;             /* of the answer; 0: none */
    struct mt_sv body;
};
/* The next finished exchange; false when there is none. Borrowed until the slot is started again. */
bool mt_net_done(struct mt_net *n, struct mt_net_reply *out);

/* Waits for curl's sockets and for fds to become readable, at most timeout_ms; a signal ends it early. ready[i] (may be NULL) tells
 * which of the fds are. Drives the exchanges. */
#define MT_NET_FDS 8
MT_MUST enum mt_rc mt_net_wait(struct mt_net *n, const int *fds, bool *ready, size_t count, int timeout_ms, struct mt_err *err);

#endif
