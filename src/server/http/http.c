/* Starting and stopping. The order of a stop matters: new connections are turned away and long polls sent home, answers under way
 * finished, then the writer applies what is queued and ends, then the keeper; only now is no connection asleep, which MHD demands
 * before it may be stopped.
 *
 * MHD_quiesce_daemon would refuse new connections sooner, but it takes the listening socket out of each worker's epoll set while
 * the worker may be doing the same, and whoever comes second ends the program ("Failed to remove listen FD from epoll set"). */
#include "edge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MEMORY_EXTRA = 32 << 10, MEMORY_STEP = 16 << 10 };

struct mt_http_limits mt_http_limits_default(void) {
    return (struct mt_http_limits){.head_ms = 20000,
                                   .body_ms = 60000,
                                   .answer_ms = 120000,
                                   .idle_ms = 75000,
                                   .recheck_ms = 1000,
                                   .stop_ms = 5000,
                                   .header_max = 16 << 10,
                                   .bodies_max = (size_t)512 << 20,
                                   .connections = 768,
                                   .per_address = 512,
                                   .threads = 2,
                                   .rate = 200,
                                   .batch_writes = 64,
                                   .batch_ops = 2000};
}

int64_t edge_now(const struct mt_http *h) {
    return h->o.clock.mono(h->o.clock.ctx);
}

static void mhd_says(void *ctx, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
static void mhd_says(void *ctx, const char *format, va_list args) {
    const struct mt_http *h = ctx;
    char text[200];
    int n = vsnprintf(text, sizeof text, format, args);
    if (n > 0)
        mt_log_event(h->o.log, MT_LOG_DEBUG, "mhd", MT_L_TEXT("detail", text));
}

static enum mt_rc start_daemon(struct mt_http *h, struct mt_err *err) {
    const struct mt_http_limits *l = &h->o.limits;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem tls[] = {{MHD_OPTION_END, 0, NULL}, {MHD_OPTION_END, 0, NULL}, {MHD_OPTION_END, 0, NULL}};
    if (h->tls.identity) {
        flags |= MHD_USE_TLS;
        tls[0] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)tls_greet};
        tls[1] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0,
                                         (void *)(uintptr_t) "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"};
    }
    h->daemon = MHD_start_daemon(
        flags, 0, conn_welcome, h, call_go_on, h, MHD_OPTION_EXTERNAL_LOGGER, mhd_says, h, MHD_OPTION_LISTEN_SOCKET, h->listen_fd,
        MHD_OPTION_THREAD_POOL_SIZE, l->threads, MHD_OPTION_CONNECTION_LIMIT, l->connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)(l->idle_ms / 1000 + 1), MHD_OPTION_CONNECTION_MEMORY_LIMIT, l->header_max + MEMORY_EXTRA,
        MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)MEMORY_STEP, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK,
        call_new, h, MHD_OPTION_NOTIFY_COMPLETED, call_over, h, MHD_OPTION_NOTIFY_CONNECTION, conn_changed, h, MHD_OPTION_ARRAY,
        tls, MHD_OPTION_END);
    if (!h->daemon)
        return mt_fail(err, MT_IO, "The server can not be started.");
    h->listen_fd = -1; /* MHD closes it when it stops */
    return MT_OK;
}

static enum mt_rc make_locks(struct mt_http *h, struct mt_err *err) {
    if (pthread_mutex_init(&h->id_lock, NULL) || pthread_mutex_init(&h->pool.lock, NULL) ||
        pthread_cond_init(&h->pool.returned, NULL) || pthread_mutex_init(&h->batch.lock, NULL) ||
        pthread_cond_init(&h->batch.filled, NULL) || pthread_mutex_init(&h->keeper.lock, NULL) ||
        pthread_mutex_init(&h->rate.lock, NULL) || pthread_mutex_init(&h->tls.lock, NULL) ||
        pthread_mutex_init(&h->flight.lock, NULL))
        return mt_fail(err, MT_NOMEM, "no lock could be made");
    return MT_OK;
}

static enum mt_rc check_options(const struct mt_http_options *o, struct mt_err *err) {
    const struct mt_http_limits *l = &o->limits;
    if (!o->tls_cert != !o->tls_key)
        return mt_fail(err, MT_INVALID, "A certificate needs its key and a key its certificate: give --tls-cert and --tls-key.");
    if (!l->threads || l->threads > THREADS_MAX || !l->batch_writes || l->connections < l->threads || l->head_ms <= 0 ||
        l->body_ms <= 0 || l->answer_ms <= 0 || l->idle_ms <= 0 || l->recheck_ms <= 0)
        return mt_fail(err, MT_INVALID, "The limits of the server do not fit together.");
    return MT_OK;
}

enum mt_rc mt_http_start(const struct mt_http_options *o, struct mt_http **out, char bound[MT_HTTP_ADDRESS_TEXT],
                         struct mt_err *err) {
    enum mt_rc rc = check_options(o, err);
    if (rc != MT_OK)
        return rc;
    struct mt_http *h = calloc(1, sizeof *h);
    if (!h)
        return mt_fail(err, MT_NOMEM, "not enough memory for the server");
    h->o = *o;
    h->started = o->clock.wall(o->clock.ctx);
    h->listen_fd = h->keeper.wake_fd = h->keeper.idle_fd = -1;
    h->keeper.sleeps_until = NEVER;
    mt_id_source_init(&h->ids, o->clock, o->random);
    rc = make_locks(h, err);
    if (rc == MT_OK)
        rc = listen_open(o->listen, o->tls_cert != NULL, &h->listen_fd, bound, err);
    if (rc == MT_OK && o->tls_cert)
        rc = mt_http_renew_tls(h, o->tls_cert, o->tls_key, err);
    h->o.tls_cert = h->o.tls_key = NULL; /* taken */
    if (rc == MT_OK)
        rc = rate_open(h, err);
    if (rc == MT_OK)
        rc = pool_open(&h->pool, o->service, o->limits.threads, err);
    if (rc == MT_OK)
        rc = batch_open(h, err);
    if (rc == MT_OK)
        rc = keeper_open(h, err);
    if (rc == MT_OK)
        rc = start_daemon(h, err);
    if (rc != MT_OK) {
        mt_http_stop(h);
        return rc;
    }
    *out = h;
    return MT_OK;
}

void mt_http_stop(struct mt_http *h) {
    if (!h)
        return;
    if (h->daemon)
        keeper_drain(h);
    batch_close(h);
    keeper_end(h);
    if (h->daemon)
        MHD_stop_daemon(h->daemon);
    keeper_close(h);
    pool_close(&h->pool);
    rate_close(h);
    tls_close(h);
    (void)pthread_mutex_destroy(&h->flight.lock);
    (void)pthread_mutex_destroy(&h->id_lock);
    if (h->listen_fd >= 0)
        (void)close(h->listen_fd);
    free(h);
}
