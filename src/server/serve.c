/* medtermd serve: the signals that end it are blocked before any thread starts, so that all threads inherit that, and the
 * first thread waits for them; everything else happens on the threads of the edge. */
#include "program.h"

#include <medterm/http/http.h>

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
    if (n < 0 || mt_buf_rc(out) != MT_OK)
        return mt_fail(err, MT_IO, "%.160s can not be read as a PEM file.", path);
    return MT_OK;
}

/* TLS files into the options; both or neither, which the edge checks. */
static enum mt_rc take_tls(struct mt_command *c, struct mt_http_options *o, struct mt_buf *cert, struct mt_buf *key,
                           struct mt_err *err) {
    const char *cert_path = mt_config_get(c->options, c->option_count, "tls-cert");
    const char *key_path = mt_config_get(c->options, c->option_count, "tls-key");
    enum mt_rc rc = cert_path ? read_pem(cert_path, cert, err) : MT_OK;
    if (rc == MT_OK && key_path)
        rc = read_pem(key_path, key, err);
    o->tls_cert = cert_path ? mt_buf_text(cert) : NULL;
    o->tls_key = key_path ? mt_buf_text(key) : NULL;
    return rc;
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

static enum mt_rc block_signals(sigset_t *ends, struct mt_err *err) {
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct rlimit none = {0, 0};
    (void)sigemptyset(ends);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        (void)sigaddset(ends, signals[i]);
    if (sigaction(SIGPIPE, &ignore, NULL) || setrlimit(RLIMIT_CORE, &none) || pthread_sigmask(SIG_BLOCK, ends, NULL))
        return mt_fail(err, MT_IO, "Signals can not be set up: %s.", strerror(errno));
    return MT_OK;
}

static enum mt_rc run(struct mt_command *c, const struct mt_http_options *o, struct mt_err *err) {
    sigset_t ends;
    struct mt_http *http = NULL;
    char bound[MT_HTTP_ADDRESS_TEXT];
    int which = 0;
    enum mt_rc rc = block_signals(&ends, err);
    if (rc == MT_OK)
        rc = mt_http_start(o, &http, bound, err);
    if (rc != MT_OK) {
        c->usage = rc == MT_INVALID;
        return rc;
    }
    if (printf("listening on %s://%s\n", o->tls_cert ? "https" : "http", bound) < 0 || fflush(stdout) != 0)
        rc = mt_fail(err, MT_IO, "The address can not be printed: %s.", strerror(errno));
    mt_log_event(o->log, MT_LOG_INFO, "listening", MT_L_TEXT("address", bound));
    if (rc == MT_OK && sigwait(&ends, &which) != 0)
        rc = mt_fail(err, MT_BUG, "Waiting for signals failed.");
    mt_log_event(o->log, MT_LOG_INFO, "stopping", MT_L_INT("signal", which));
    mt_http_stop(http);
    mt_log_event(o->log, MT_LOG_INFO, "stopped", MT_L_INT("signal", which));
    return rc;
}

enum mt_rc program_serve(struct mt_command *c, struct mt_service *service, struct mt_metrics *metrics, const struct mt_log *log,
                            struct mt_err *err) {
    struct mt_buf cert, key;
    struct mt_http_options o = {.listen = mt_config_get(c->options, c->option_count, "listen"),
                                .service = service,
                                .clock = c->clock,
                                .random = mt_random_system(),
                                .log = log,
                                .metrics = metrics,
                                .limits = mt_http_limits_default()};
    mt_buf_init(&cert, PEM_MAX);
    mt_buf_init(&key, PEM_MAX);
    enum mt_rc rc = take_rate(c, &o.limits, err);
    if (rc == MT_OK)
        rc = mt_service_claim(service, err);
    if (rc == MT_OK)
        rc = take_tls(c, &o, &cert, &key, err);
    if (rc == MT_OK)
        rc = run(c, &o, err);
    mt_buf_fini(&cert);
    if (key.p)
        explicit_bzero(key.p, key.cap);
    mt_buf_fini(&key);
    return rc;
}
