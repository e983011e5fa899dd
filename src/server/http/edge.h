/* What the parts of the edge share. Private to src/server/http.
 *
 * Threads: MHD's own (limits.threads), the writers (batch.c), the keeper of deadlines and long polls (keeper.c), and the
 * one that starts and stops. Each part guards itself with a lock of its own; no part takes another's lock while it holds one. */
#ifndef MEDTERM_SERVER_HTTP_EDGE_H
#define MEDTERM_SERVER_HTTP_EDGE_H

#include <medterm/http/http.h>
#include <medterm/routes/routes.h>

#include <gnutls/abstract.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>

#define NEVER INT64_MAX
#define THREADS_MAX 16
#define WRITERS_MAX 8

/* trace.c: the trace id of a traceparent header; "" when there is none, or it is malformed. */
#define TRACE_ID_TEXT 33
void trace_read(struct mt_sv header, char out[TRACE_ID_TEXT]);

/* One TCP connection, in the keeper's list while it is open. */
struct conn {
    struct conn *prev, *next;
    struct mt_http *http;
    struct identity *identity; /* held from the handshake on; NULL: none yet */
    int fd;                    /* borrowed from MHD; open as long as we are in the list */
    struct in6_addr from;      /* IPv4 mapped */
    int64_t deadline;          /* monotonic; past it the connection is cut */
};

enum call_state {
    CALL_HEAD,        /* headers are being read */
    CALL_BODY,        /* the body is being read */
    CALL_QUEUED,      /* suspended: waits for the writer */
    CALL_WRITTEN,     /* applied: the answer can be printed */
    CALL_WAITING,     /* suspended: a long poll */
    CALL_TURNED_AWAY, /* came too late: the service stops */
    CALL_ANSWERED
};

/* One request, from its first line to the end of its answer. Belongs to the MHD thread of its connection, except while
 * suspended: then to the writer's queue or the keeper's list. */
struct call {
    struct mt_http *http;
    struct conn *conn;
    struct MHD_Connection *mhd;
    enum call_state state;
    struct mt_arena arena;
    struct mt_buf body;
    size_t body_max, body_claim, discarded; /* claim: what the body may take of bodies_max */
    struct mt_request request;
    struct mt_response response;
    char id_made[MT_ID_TEXT], trace_id[TRACE_ID_TEXT];
    struct mt_write *write;
    int64_t wait_until, recheck_at; /* monotonic; wait_until 0: has not waited yet */
    bool wants_gzip, close_after;
    bool counted_queued, counted_waiting; /* in the gauges */
    void *packed;                         /* the gzipped body; owned */
    int64_t started;
    struct call *next; /* in the queue or the list */
    struct call *flight_next;
    bool in_flight; /* its key is held */
};

/* pool.c: read sessions, one an MHD thread, lent for the time of one query. */
struct pool {
    pthread_mutex_t lock;
    pthread_cond_t returned;
    struct mt_session *free[THREADS_MAX];
    size_t free_count;
};
MT_MUST enum mt_rc pool_open(struct pool *p, struct mt_service *service, size_t count, struct mt_err *err);
void pool_close(struct pool *p);
struct mt_session *pool_take(struct pool *p); /* never NULL */
void pool_give(struct pool *p, struct mt_session *s);

/* batch.c: the writers. */
struct writer {
    struct mt_http *http;
    pthread_t thread;
    struct mt_session *session; /* of its thread; NULL after it failed */
    struct mt_write **writes;   /* limits.batch_writes of each, owned */
    struct call **calls;
    struct mt_id *stores; /* whose writes it has in hand; under the lock, as the two counts */
    size_t count, store_count;
    bool started;
};
struct batch {
    pthread_mutex_t lock;
    pthread_cond_t filled; /* something to take, a store free again, or the end */
    struct call *first, **last;
    struct writer writers[WRITERS_MAX];
    size_t writer_count;
    bool closed;
};
MT_MUST enum mt_rc batch_open(struct mt_http *h, struct mt_err *err);
bool batch_add(struct mt_http *h, struct call *c); /* false: closed, nothing is taken any more */
void batch_close(struct mt_http *h);               /* applies what waits, then ends */

/* flight.c: Idempotency-Keys under way. false: the same client's same key is, in another call. Safe to end twice. */
struct flight {
    pthread_mutex_t lock;
    struct call *first;
};
bool flight_begins(struct call *c);
void flight_ends(struct call *c);

/* keeper.c: deadlines of connections, and long polls. */
struct keeper {
    pthread_mutex_t lock;
    pthread_t thread;
    int wake_fd;
    int64_t sleeps_until;
    struct conn *conns;
    struct call *waiting;
    uint64_t feed; /* counts the feed's moves */
    size_t active; /* requests between their first line and the end of their answer */
    size_t bodies; /* bytes claimed for their bodies */
    int idle_fd;   /* told when active falls to 0 while stopping */
    bool started, stopping, ended;
};
MT_MUST enum mt_rc keeper_open(struct mt_http *h, struct mt_err *err);
size_t keeper_conns_from(struct mt_http *h, const struct in6_addr *from); /* how many are open */
void keeper_conn_add(struct mt_http *h, struct conn *c, int64_t after_ms);
void keeper_conn_remove(struct mt_http *h, struct conn *c);
void keeper_deadline(struct mt_http *h, struct conn *c, int64_t after_ms); /* NEVER: none */
void keeper_call_begins(struct mt_http *h);
void keeper_call_ends(struct mt_http *h, size_t body_claim);
bool keeper_claim_body(struct mt_http *h, size_t n); /* false: too much is claimed already */
bool keeper_stopping(struct mt_http *h);
uint64_t keeper_feed(struct mt_http *h);
/* Puts a suspended call to sleep; false when the feed has moved since `feed` was read, or the service stops. */
bool keeper_wait(struct mt_http *h, struct call *c, uint64_t feed);
void keeper_feed_moved(struct mt_http *h);
void keeper_drain(struct mt_http *h); /* wakes all long polls for good, waits for answers under way up to stop_ms */
void keeper_end(struct mt_http *h);   /* ends the thread; nothing sleeps from here on */
void keeper_close(struct mt_http *h); /* after the last connection is gone */

/* rate.c: how often a caller may ask. */
#define RATE_KEY_BYTES 32
struct rate_key {
    unsigned char who[RATE_KEY_BYTES]; /* of a hash */
};
struct rate {
    pthread_mutex_t lock;
    struct rate_table *table; /* owned; NULL: no limit */
};
MT_MUST enum mt_rc rate_open(struct mt_http *h, struct mt_err *err);
void rate_close(struct mt_http *h);
struct rate_key rate_by_address(const struct conn *c);
struct rate_key rate_by_caller(const struct conn *c, struct mt_sv authorization); /* by the address when it is empty */
int rate_take(struct mt_http *h, const struct rate_key *k); /* 0: granted; otherwise seconds until it would be */

/* metrics.c: what is counted, as text. http: struct mt_http. */
void metrics_print(void *http, struct mt_buf *out);
/* A gauge goes up and down with the call; safe to repeat. */
void metrics_queued(struct call *c, bool queued);
void metrics_waiting(struct call *c, bool waiting);
void metrics_answered(const struct call *c);

/* tls.c: the certificate. */
struct tls {
    pthread_mutex_t lock;
    struct identity *identity; /* the one in use; NULL: no TLS */
};
int tls_greet(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
              const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **chain, unsigned *count,
              gnutls_privkey_t *key);
void tls_release(struct mt_http *h, struct conn *c); /* the connection is closed */
void tls_close(struct mt_http *h);                   /* after the last of them */

/* listen.c: a listening socket, and its address in words. */
MT_MUST enum mt_rc listen_open(const char *address, bool tls, int *fd, char bound[MT_HTTP_ADDRESS_TEXT], struct mt_err *err);

/* answer.c: hands the call's response to MHD. */
enum MHD_Result answer_send(struct call *c);
enum MHD_Result answer_problem(struct call *c, enum mt_problem_code code, int retry_after, const char *detail);
enum MHD_Result answer_too_often(struct call *c, int retry_after);

/* call.c: the callbacks MHD calls. */
void *call_new(void *http, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result call_go_on(void *http, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                           const char *upload, size_t *upload_size, void **call);
void call_over(void *http, struct MHD_Connection *mhd, void **call, enum MHD_RequestTerminationCode why);
enum MHD_Result conn_welcome(void *http, const struct sockaddr *from, socklen_t n);
void conn_changed(void *http, struct MHD_Connection *mhd, void **conn, enum MHD_ConnectionNotificationCode what);

struct mt_http {
    struct mt_http_options o;
    struct MHD_Daemon *daemon;
    int listen_fd; /* ours until the daemon has it */
    pthread_mutex_t id_lock;
    struct mt_id_source ids;
    struct pool pool;
    struct batch batch;
    struct flight flight;
    struct keeper keeper;
    struct rate rate;
    struct tls tls;
    mt_time started; /* of the program, near enough */
};
int64_t edge_now(const struct mt_http *h); /* monotonic milliseconds */

#endif
