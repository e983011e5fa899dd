/* Delivers webhooks: POSTs what is queued, signed, until the subscriber has it.
 *
 * Headers of a delivery: Medterm-Delivery (its id: the same when it is sent again), Medterm-Timestamp (seconds since 1970, of this
 * try) and Medterm-Signature: v1=hex(HMAC-SHA-256(secret, timestamp "." body)). An answer of 2xx within ten seconds ends it;
 * anything else is tried again after 5 seconds to an hour, growing, with jitter, and given up after three days. Redirects are not
 * followed, the answer's body is not read. At least once, in the order of versions for each order. A month after its end a delivery
 * is forgotten. */
#ifndef MEDTERM_NOTIFY_NOTIFY_H
#define MEDTERM_NOTIFY_NOTIFY_H

#include <medterm/service/notify.h>

struct sockaddr;

#define MT_NOTIFY_SIGNATURE_TEXT 68 /* "v1=" and 64 digits, with NUL */
void mt_notify_sign(const char *secret, int64_t timestamp, struct mt_sv body, char out[MT_NOTIFY_SIGNATURE_TEXT]);

/* The way out. */
struct mt_notify_post {
    const char *url, *delivery_id, *signature; /* borrowed, like the body */
    int64_t timestamp;
    struct mt_sv body;
};
struct mt_notify_line {
    void *ctx; /* borrowed */
    /* MT_OK: there was an answer, *status is its. MT_OFFLINE: none in time. MT_DENIED: the address is one we do not send to.
     * MT_BUSY: the program stops, it does not count as a try. */
    enum mt_rc (*post)(void *ctx, const struct mt_notify_post *p, int *status);
};

struct mt_notify_options {
    struct mt_session *session; /* one that writes, of the worker alone; borrowed */
    struct mt_clock clock;
    struct mt_random random;
    struct mt_notify_line line;
    const struct mt_log *log;   /* borrowed, may be NULL */
    struct mt_metrics *metrics; /* borrowed, may be NULL */
};
/* Takes what is due, sends it, writes down what came of it. *worked: there was something, so there may be more. */
MT_MUST enum mt_rc mt_notify_step(const struct mt_notify_options *o, bool *worked, struct mt_err *err);

/* Whether a webhook may go to this address (IPv4 or IPv6, as connect(2) takes it): this machine always; public ones over TLS;
 * private ones (RFC 1918, 4193, 6598, link-local …) only over TLS and when they are allowed. */
bool mt_notify_target_ok(const struct sockaddr *to, bool tls, bool allow_private);

/* The line over the network (libcurl). One a thread. */
struct mt_notify_net;
MT_MUST enum mt_rc mt_notify_net_new(bool allow_private, struct mt_notify_net **out, struct mt_err *err);
void mt_notify_net_free(struct mt_notify_net *n);
struct mt_notify_line mt_notify_net_line(struct mt_notify_net *n);
void mt_notify_net_stop(struct mt_notify_net *n); /* from any thread: the post under way ends, and all later ones, with MT_BUSY */

/* A thread that steps while there is work, and looks again each second. It opens a session of its own. */
struct mt_notify_worker;
MT_MUST enum mt_rc mt_notify_start(struct mt_service *service,
                                   const struct mt_notify_options *o /* session and line are set here */, bool allow_private,
                                   struct mt_notify_worker **out, struct mt_err *err);
void mt_notify_stop(struct mt_notify_worker *w); /* soon: what is being sent is broken off and sent again later; NULL is fine */

#endif
