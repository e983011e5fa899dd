/* The service at the network: HTTP/1.1 over libmicrohttpd, group commit of what is written, long polls, limits.
 *
 * A write is read and checked on the thread that received it, then its connection sleeps; one writer thread applies all
 * that wait in one transaction and wakes them. A long poll's connection sleeps likewise, until the feed moves or its time is up. */
#ifndef MEDTERM_HTTP_HTTP_H
#define MEDTERM_HTTP_HTTP_H

#include <medterm/service/service.h>

struct mt_http;

/* Milliseconds and counts; mt_http_limits_default fills in what a program uses. */
struct mt_http_limits {
    int64_t head_ms;    /* from a connection's opening, or a request's first line, to the end of its headers */
    int64_t body_ms;    /* from there to the end of the body */
    int64_t answer_ms;  /* to the end of the answer */
    int64_t idle_ms;    /* between the requests of one connection */
    int64_t recheck_ms; /* how often a long poll looks for changes that another process made */
    int64_t stop_ms;    /* how long a stop waits for answers that are under way */
    size_t header_max;  /* bytes */
    size_t bodies_max;  /* bytes of all bodies being received or worked on; more are answered 503 */
    unsigned connections, per_address, threads;
    unsigned rate; /* requests a second that one token, or one address without a valid token, may send for long; twice that at
                      once. 0: any number */
    size_t batch_writes, batch_ops; /* at most so many in one commit */
};
struct mt_http_limits mt_http_limits_default(void);

struct mt_http_options {
    const char *listen;             /* "127.0.0.1:8080", "[::1]:0", "localhost:0"; port 0 picks one. Without TLS loopback only */
    const char *tls_cert, *tls_key; /* PEM texts, borrowed until it has started; both or neither */
    struct mt_service *service;     /* borrowed */
    struct mt_clock clock;
    struct mt_random random;
    const struct mt_log *log;   /* borrowed, may be NULL */
    struct mt_metrics *metrics; /* borrowed, may be NULL: then GET /metrics is not found */
    struct mt_http_limits limits;
};
#define MT_HTTP_ADDRESS_TEXT 80
/* bound: "127.0.0.1:41235", as an URL shows it. MT_INVALID for an address that can't be used, MT_BUSY when the port is taken;
 * the words say what to do. The service must outlive the server. */
MT_MUST enum mt_rc mt_http_start(const struct mt_http_options *o, struct mt_http **out, char bound[MT_HTTP_ADDRESS_TEXT],
                                 struct mt_err *err);
/* Another certificate (chain, the server's own first) and key, PEM texts, for the handshakes from now on; open connections keep
 * theirs. MT_INVALID in words when they can not be used or do not belong together: then the old ones stay. Only for a server that
 * was started with TLS. */
MT_MUST enum mt_rc mt_http_renew_tls(struct mt_http *h, const char *cert, const char *key, struct mt_err *err);
/* Accepts no more, answers long polls at once, finishes what was accepted, then ends. NULL is fine. */
void mt_http_stop(struct mt_http *h);

#endif
