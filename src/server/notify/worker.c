/* The thread that delivers. Between steps it sleeps in poll() until a second has gone by or it is to stop. */
#include <medterm/notify/notify.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { LOOK_MS = 1000, AFTER_FAULT_MS = 5000 };

struct mt_notify_worker {
    struct mt_service *service; /* borrowed */
    struct mt_notify_options o;
    struct mt_notify_net *net;
    pthread_t thread;
    int stop_fd;
    bool started;
};

/* True when it is to stop. */
static bool rest(struct mt_notify_worker *w, int ms) {
    struct pollfd p = {.fd = w->stop_fd, .events = POLLIN};
    return poll(&p, 1, ms) > 0;
}

/* A session that has failed is given up, as the writer's is. */
static enum mt_rc step(struct mt_notify_worker *w, bool *worked) {
    struct mt_err err = {0};
    *worked = false;
    enum mt_rc rc = w->o.session ? MT_OK : mt_session_open(w->service, true, &w->o.session, &err);
    if (rc == MT_OK) {
        rc = mt_notify_step(&w->o, worked, &err);
        if (rc != MT_OK && rc != MT_BUSY && rc != MT_NOTFOUND) {
            mt_session_close(w->o.session);
            w->o.session = NULL;
        }
    } else {
        w->o.session = NULL;
    }
    if (rc != MT_OK)
        mt_log_event(w->o.log, MT_LOG_ERROR, "webhooks", MT_L_TEXT("rc", mt_rc_name(rc)), MT_L_TEXT("detail", mt_err_text(&err)));
    return rc;
}

static void *work(void *arg) {
    struct mt_notify_worker *w = arg;
    bool worked = false;
    for (enum mt_rc rc = MT_OK; !rest(w, rc != MT_OK ? AFTER_FAULT_MS : worked ? 0 : LOOK_MS);)
        rc = step(w, &worked);
    return NULL;
}

enum mt_rc mt_notify_start(struct mt_service *service, const struct mt_notify_options *o, bool allow_private,
                           struct mt_notify_worker **out, struct mt_err *err) {
    struct mt_notify_worker *w = calloc(1, sizeof *w);
    if (!w)
        return mt_fail(err, MT_NOMEM, "not enough memory for webhooks");
    w->service = service;
    w->o = *o;
    w->o.session = NULL;
    w->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    enum mt_rc rc = w->stop_fd < 0 ? mt_fail(err, MT_IO, "no event descriptor could be opened") : MT_OK;
    if (rc == MT_OK)
        rc = mt_notify_net_new(allow_private, &w->net, err);
    if (rc == MT_OK) {
        w->o.line = mt_notify_net_line(w->net);
        w->started = pthread_create(&w->thread, NULL, work, w) == 0;
        if (!w->started)
            rc = mt_fail(err, MT_NOMEM, "the webhooks' thread could not be started");
    }
    if (rc != MT_OK) {
        mt_notify_stop(w);
        return rc;
    }
    *out = w;
    return MT_OK;
}

void mt_notify_stop(struct mt_notify_worker *w) {
    const uint64_t one = 1;
    if (!w)
        return;
    if (w->started) {
        mt_notify_net_stop(w->net);
        while (write(w->stop_fd, &one, sizeof one) < 0 && errno == EINTR)
            continue;
        (void)pthread_join(w->thread, NULL);
    }
    mt_session_close(w->o.session);
    mt_notify_net_free(w->net);
    if (w->stop_fd >= 0)
        (void)close(w->stop_fd);
    free(w);
}
