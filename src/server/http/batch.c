/* Group commit. While one commit waits for the disk, the next writes gather in the queue; the writer then takes all of
 * them (up to a limit) into one transaction. So the batch grows by itself with the load, and a single write never waits for
 * company.
 *
 * After a failed read or write of the database the session is given up, never used again, and a new one is opened for the next
 * batch. */
#include "edge.h"

#include <stdlib.h>

static size_t weight(const struct call *c) {
    return c->write->kind == MT_WRITE_PUSH ? c->write->request.push.count : 1;
}

/* Waits for work; takes the oldest calls, at most limits.batch_writes of them and about limits.batch_ops operations. 0: closed and
 * empty. */
static size_t take(struct mt_http *h) {
    struct batch *b = &h->batch;
    size_t n = 0, ops = 0;
    (void)pthread_mutex_lock(&b->lock);
    while (!b->first && !b->closed)
        (void)pthread_cond_wait(&b->filled, &b->lock);
    while (b->first && n < h->o.limits.batch_writes && (n == 0 || ops + weight(b->first) <= h->o.limits.batch_ops)) {
        struct call *c = b->first;
        b->first = c->next;
        c->next = NULL;
        ops += weight(c);
        b->calls[n] = c;
        b->writes[n++] = c->write;
    }
    if (!b->first)
        b->last = &b->first;
    (void)pthread_mutex_unlock(&b->lock);
    return n;
}

static void log_failure(struct mt_http *h, const char *what, enum mt_rc rc, const struct mt_err *err) {
    mt_log_event(h->o.log, MT_LOG_ERROR, what, MT_L_TEXT("rc", mt_rc_name(rc)), MT_L_TEXT("detail", mt_err_text(err)));
}

static enum mt_rc apply(struct mt_http *h, size_t n, bool *feed_moved) {
    struct batch *b = &h->batch;
    struct mt_err err = {0};
    enum mt_rc rc = b->session ? MT_OK : mt_session_open(h->o.service, true, &b->session, &err);
    if (rc != MT_OK) {
        b->session = NULL;
        log_failure(h, "writer_open", rc, &err);
        return rc;
    }
    rc = mt_service_apply(b->session, b->writes, n, feed_moved, &err);
    if (rc == MT_OK)
        return MT_OK;
    log_failure(h, "commit", rc, &err);
    if (rc == MT_IO || rc == MT_CORRUPT || rc == MT_FULL || rc == MT_READONLY) {
        mt_session_close(b->session);
        b->session = NULL;
    }
    return rc;
}

static void *work(void *arg) {
    struct mt_http *h = arg;
    struct batch *b = &h->batch;
    for (size_t n; (n = take(h)) > 0;) {
        bool feed_moved = false;
        enum mt_rc rc = apply(h, n, &feed_moved);
        for (size_t i = 0; i < n; i++) {
            struct mt_problem *p = &b->writes[i]->problem;
            if (rc != MT_OK && p->code == MT_P_NONE)
                (void)mt_problem_set(p, MT_P_OVERLOADED, "Nothing was stored: the database could not commit. Send the same again.");
            b->calls[i]->state = CALL_WRITTEN;
            MHD_resume_connection(b->calls[i]->mhd); /* from here the call is its MHD thread's again */
        }
        if (feed_moved)
            keeper_feed_moved(h);
    }
    return NULL;
}

enum mt_rc batch_open(struct mt_http *h, struct mt_err *err) {
    struct batch *b = &h->batch;
    b->last = &b->first;
    b->writes = calloc(h->o.limits.batch_writes, sizeof(struct mt_write *));
    b->calls = calloc(h->o.limits.batch_writes, sizeof(struct call *));
    if (!b->writes || !b->calls)
        return mt_fail(err, MT_NOMEM, "not enough memory for the writer");
    enum mt_rc rc = mt_session_open(h->o.service, true, &b->session, err);
    if (rc != MT_OK) {
        b->session = NULL;
        return rc;
    }
    if (pthread_create(&b->thread, NULL, work, h))
        return mt_fail(err, MT_NOMEM, "the writer's thread could not be started");
    b->started = true;
    return MT_OK;
}

bool batch_add(struct mt_http *h, struct call *c) {
    struct batch *b = &h->batch;
    (void)pthread_mutex_lock(&b->lock);
    bool open = !b->closed;
    if (open) {
        c->next = NULL;
        *b->last = c;
        b->last = &c->next;
        (void)pthread_cond_signal(&b->filled);
    }
    (void)pthread_mutex_unlock(&b->lock);
    return open;
}

void batch_close(struct mt_http *h) {
    struct batch *b = &h->batch;
    if (b->started) {
        (void)pthread_mutex_lock(&b->lock);
        b->closed = true;
        (void)pthread_cond_signal(&b->filled);
        (void)pthread_mutex_unlock(&b->lock);
        (void)pthread_join(b->thread, NULL);
    }
    mt_session_close(b->session);
    free(b->writes);
    free(b->calls);
    (void)pthread_cond_destroy(&b->filled);
    (void)pthread_mutex_destroy(&b->lock);
}
