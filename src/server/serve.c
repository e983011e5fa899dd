/* medtermd serve: the signals it knows are blocked before any thread starts, so that all threads inherit that, and the first
 * thread waits for them; everything else happens on the threads of the edge. */
#include "program.h"

#include <medterm/http/http.h>
#include <medterm/notify/notify.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PEM_MAX = 256 << 10 };

static enum mt_rc read_pem(const char *path, struct mt_buf *out, struct mt_err *err) {
    char bytes[4096];
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return mt_fail(err, MT_IO, "%.160s can not be opened: %s.", path, strerror(errno));
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        mt_buf_add(out, bytes, (size_t)n);
    (void)close(fd);
    explicit_bzero(bytes, sizeof bytes);
    if (n < 0 || mt_buf_rc(out) != MT_OK)
        return mt_fail(err, MT_IO, "%.160s can not be read as a PEM file.", path);
    return MT_OK;
}

/* The TLS files' texts; the key is wiped when it is done with. */
struct pem {
    struct mt_buf cert, key;
};

static void pem_done(struct pem *p) {
    mt_buf_fini(&p->cert);
    if (p->key.p)
        explicit_bzero(p->key.p, p->key.cap);
    mt_buf_fini(&p->key);
}

static enum mt_rc pem_read(const struct mt_command *c, struct pem *p, struct mt_err *err) {
    const char *cert = mt_config_get(c->options, c->option_count, "tls-cert");
    const char *key = mt_config_get(c->options, c->option_count, "tls-key");
    mt_buf_init(&p->cert, PEM_MAX);
    mt_buf_init(&p->key, PEM_MAX);
    enum mt_rc rc = cert ? read_pem(cert, &p->cert, err) : MT_OK;
    return rc == MT_OK && key ? read_pem(key, &p->key, err) : rc;
}

/* SIGHUP: the certificate's files are read again. What can not be used is logged, and the one in use stays. */
static void renew_tls(const struct mt_command *c, struct mt_http *http, const struct mt_log *log) {
    struct pem p;
    struct mt_err err = {0};
    enum mt_rc rc = pem_read(c, &p, &err);
    if (rc == MT_OK)
        rc = mt_http_renew_tls(http, mt_buf_text(&p.cert), mt_buf_text(&p.key), &err);
    pem_done(&p);
    if (rc == MT_OK)
        mt_log_event(log, MT_LOG_INFO, "certificate_renewed", MT_L_TEXT("signal", "HUP"));
    else
        mt_log_event(log, MT_LOG_ERROR, "certificate_kept", MT_L_TEXT("rc", mt_rc_name(rc)),
                     MT_L_TEXT("detail", mt_err_text(&err)));
}

/* --rate: requests a second; 0 lifts the limit. */
static enum mt_rc take_rate(struct mt_command *c, struct mt_http_limits *limits, struct mt_err *err) {
    const char *given = mt_config_get(c->options, c->option_count, "rate");
    int64_t rate = 0;
    if (!given)
        return MT_OK;
    if (mt_sv_int(mt_sv(given), &rate) != MT_OK || rate < 0 || rate > 1000000) {
        c->usage = true;
        return mt_fail(err, MT_INVALID, "--rate is how many requests a second one caller may send: 0 (no limit) to 1000000.");
    }
    limits->rate = (unsigned)rate;
    return MT_OK;
}

/* --unpaid-minutes: how long a web shop's order may stand unpaid. */
static enum mt_rc take_unpaid(struct mt_command *c, int64_t *minutes, struct mt_err *err) {
    const char *given = mt_config_get(c->options, c->option_count, "unpaid-minutes");
    *minutes = MT_UNPAID_MINUTES;
    if (!given || (mt_sv_int(mt_sv(given), minutes) == MT_OK && *minutes >= 1 && *minutes <= MT_UNPAID_MINUTES_MAX))
        return MT_OK;
    c->usage = true;
    return mt_fail(err, MT_INVALID, "--unpaid-minutes is how long an order of another program may stand unpaid: 1 to %d.",
                   MT_UNPAID_MINUTES_MAX);
}

static enum mt_rc block_signals(sigset_t *known, struct mt_err *err) {
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct rlimit none = {0, 0};
    (void)sigemptyset(known);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        (void)sigaddset(known, signals[i]);
    if (sigaction(SIGPIPE, &ignore, NULL) || setrlimit(RLIMIT_CORE, &none) || pthread_sigmask(SIG_BLOCK, known, NULL))
        return mt_fail(err, MT_IO, "Signals can not be set up: %s.", strerror(errno));
    return MT_OK;
}

/* Until a signal that ends; SIGHUP renews, where there is something to renew. */
static enum mt_rc wait_for_end(const struct mt_command *c, const sigset_t *signals, struct mt_http *http, const struct mt_log *log,
                               int *which, struct mt_err *err) {
    const bool tls = mt_config_get(c->options, c->option_count, "tls-cert") != NULL;
    for (;;) {
        if (sigwait(signals, which) != 0)
            return mt_fail(err, MT_BUG, "Waiting for signals failed.");
        if (*which != SIGHUP)
            return MT_OK;
        if (tls)
            renew_tls(c, http, log);
    }
}

static enum mt_rc start_webhooks(const struct mt_command *c, const struct mt_http_options *o, struct mt_notify_worker **out,
                                 struct mt_err *err) {
    const struct mt_notify_options options = {.clock = o->clock, .random = o->random, .log = o->log, .metrics = o->metrics};
    const bool allow_private = mt_config_get(c->options, c->option_count, "webhooks-private") != NULL;
    return mt_notify_start(o->service, &options, allow_private, out, err);
}

static enum mt_rc run(struct mt_command *c, struct mt_http_options *o, int64_t unpaid_minutes, struct mt_err *err) {
    sigset_t signals;
    struct expiry expiry = {.service = NULL};
    struct pem p;
    struct mt_http *http = NULL;
    struct mt_notify_worker *webhooks = NULL;
    char bound[MT_HTTP_ADDRESS_TEXT];
    int which = 0;
    enum mt_rc rc = pem_read(c, &p, err);
    o->tls_cert = mt_config_get(c->options, c->option_count, "tls-cert") ? mt_buf_text(&p.cert) : NULL;
    o->tls_key = mt_config_get(c->options, c->option_count, "tls-key") ? mt_buf_text(&p.key) : NULL;
    const char *scheme = o->tls_cert ? "https" : "http";
    if (rc == MT_OK)
        rc = block_signals(&signals, err);
    if (rc == MT_OK)
        rc = mt_http_start(o, &http, bound, err);
    pem_done(&p);
    o->tls_cert = o->tls_key = NULL;
    if (rc != MT_OK) {
        c->usage = rc == MT_INVALID;
        return rc;
    }
    mt_log_event(o->log, MT_LOG_INFO, "listening", MT_L_TEXT("address", bound));
    rc = start_webhooks(c, o, &webhooks, err);
    if (rc == MT_OK)
        rc = expiry_start(&expiry, o->service, unpaid_minutes, o->log, err);
    if (rc == MT_OK && (printf("listening on %s://%s\n", scheme, bound) < 0 || fflush(stdout) != 0))
        rc = mt_fail(err, MT_IO, "The address can not be printed: %s.", strerror(errno));
    if (rc == MT_OK)
        rc = wait_for_end(c, &signals, http, o->log, &which, err);
    mt_log_event(o->log, MT_LOG_INFO, "stopping", MT_L_INT("signal", which));
    expiry_stop(&expiry);
    mt_notify_stop(webhooks);
    mt_http_stop(http);
    mt_log_event(o->log, MT_LOG_INFO, "stopped", MT_L_INT("signal", which));
    return rc;
}

enum mt_rc program_serve(struct mt_command *c, struct mt_service *service, struct mt_metrics *metrics, const struct mt_log *log,
                         struct mt_err *err) {
    struct mt_http_options o = {.listen = mt_config_get(c->options, c->option_count, "listen"),
                                .service = service,
                                .clock = c->clock,
                                .random = mt_random_system(),
                                .log = log,
                                .metrics = metrics,
                                .limits = mt_http_limits_default()};
    int64_t unpaid_minutes = 0;
    enum mt_rc rc = take_rate(c, &o.limits, err);
    if (rc == MT_OK)
        rc = take_unpaid(c, &unpaid_minutes, err);
    if (rc == MT_OK)
        rc = mt_service_claim(service, err);
    return rc == MT_OK ? run(c, &o, unpaid_minutes, err) : rc;
}
