/* A thread that lets unpaid orders expire. It sleeps in poll() until the next time, or until it is told to end. A database that can
 * not be written now is tried again the next time, with a new session. */
#include "program.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { EVERY_MS = 30000 };

/* False when the session is of no use any more. */
static bool expire(struct expiry *e, struct mt_session *x) {
    struct mt_err err = {.rc = MT_OK};
    size_t expired = 0;
    int64_t sum = 0;
    enum mt_rc rc;
    do {
        rc = mt_service_expire(x, e->unpaid_minutes, &expired, &err);
        sum += (int64_t)expired;
    } while (rc == MT_OK && expired == MT_EXPIRE_MOST);
    if (sum > 0)
        mt_log_event(e->log, MT_LOG_INFO, "orders_expired", MT_L_INT("orders", sum));
    if (rc != MT_OK)
        mt_log_event(e->log, MT_LOG_WARN, "expiry_failed", MT_L_TEXT("rc", mt_rc_name(rc)), MT_L_TEXT("detail", mt_err_text(&err)));
    return rc == MT_OK || rc == MT_BUSY;
}

/* Waits; false when it is time to end. */
static bool sleep_on(const struct expiry *e) {
    struct pollfd p = {.fd = e->stop_fd, .events = POLLIN};
    int n = poll(&p, 1, EVERY_MS);
    return n == 0 || (n < 0 && errno == EINTR);
}

static void *work(void *arg) {
    struct expiry *e = arg;
    struct mt_session *x = NULL;
    do {
        struct mt_err err = {.rc = MT_OK};
        if (x == NULL && mt_session_open(e->service, true, &x, &err) != MT_OK) {
            mt_log_event(e->log, MT_LOG_WARN, "expiry_failed", MT_L_TEXT("detail", mt_err_text(&err)));
            x = NULL;
        }
        if (x != NULL && !expire(e, x)) {
            mt_session_close(x);
            x = NULL;
        }
    } while (sleep_on(e));
    mt_session_close(x);
    return NULL;
}

enum mt_rc expiry_start(struct expiry *e, struct mt_service *service, int64_t unpaid_minutes, const struct mt_log *log,
                        struct mt_err *err) {
    *e = (struct expiry){.log = log, .unpaid_minutes = unpaid_minutes, .stop_fd = eventfd(0, EFD_CLOEXEC)};
    if (e->stop_fd < 0)
        return mt_fail(err, MT_IO, "No event descriptor could be opened.");
    e->service = service;
    if (pthread_create(&e->thread, NULL, work, e) == 0)
        return MT_OK;
    (void)close(e->stop_fd);
    e->service = NULL;
    return mt_fail(err, MT_NOMEM, "The thread that lets unpaid orders expire could not be started.");
}

void expiry_stop(struct expiry *e) {
    const uint64_t one = 1;
    if (e->service == NULL)
        return;
    while (write(e->stop_fd, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    (void)pthread_join(e->thread, NULL);
    (void)close(e->stop_fd);
    e->service = NULL;
}
