/* Group commit. While one commit waits for the disk, the next writes gather in the queue; a writer then takes all of
 * them (up to a limit) into one transaction. So the batch grows by itself with the load, and a single write never waits for
 * company.
 *
 * SQLite has one writer. Where the database lets stores be written side by side there are a few: each takes only writes of stores
 * that no other has in hand, because these would but wait for the store inside the database, in smaller batches.
 *
 * After a failed read or write of the database the session is given up, never used again, and a new one is opened for the next
 * batch. */
#include "edge.h"

#include <stdlib.h>

static size_t weight(const struct call *c) {
    return c->write->kind == MT_WRITE_PUSH ? c->write->request.push.count : 1;
}

static bool in_hand(const struct writer *w, const struct mt_id *store_id) {
    for (size_t i = 0; i < w->store_count; i++)
        if (mt_id_eq(&w->stores[i], store_id))
            return true;
    return false;
}

static bool taken_by_another(const struct batch *b, const struct writer *w, const struct mt_id *store_id) {
    for (size_t i = 0; i < b->writer_count; i++)
        if (&b->writers[i] != w && in_hand(&b->writers[i], store_id))
            return true;
    return false;
}

/* Under the lock: moves the oldest calls that w may take from the queue into its hands. */
static void pick(struct mt_http *h, struct writer *w) {
    struct batch *b = &h->batch;
    size_t ops = 0;
    struct call **at = &b->first;
    while (*at && w->count < h->o.limits.batch_writes) {
        struct call *c = *at;
        const struct mt_id *store_id = &c->write->caller.store_id;
        if (taken_by_another(b, w, store_id)) {
            at = &c->next;
            continue;
        }
        if (w->count > 0 && ops + weight(c) > h->o.limits.batch_ops)
            break;
        *at = c->next;
        c->next = NULL;
        ops += weight(c);
        if (!in_hand(w, store_id))
            w->stores[w->store_count++] = *store_id;
        w->calls[w->count] = c;
        w->writes[w->count++] = c->write;
    }
    while (*at)
        at = &(*at)->next;
    b->last = at;
}

/* Waits for work; takes at most limits.batch_writes calls and about limits.batch_ops operations. False: closed and empty. */
static bool take(struct writer *w) {
    struct batch *b = &w->http->batch;
    (void)pthread_mutex_lock(&b->lock);
    for (pick(w->http, w); w->count == 0 && !(b->closed && !b->first); pick(w->http, w))
        (void)pthread_cond_wait(&b->filled, &b->lock);
    bool more = w->count > 0;
    (void)pthread_mutex_unlock(&b->lock);
    return more;
}

/* The stores are free for the other writers, and nobody looks at the calls any more. */
static void let_go(struct writer *w) {
    struct batch *b = &w->http->batch;
    (void)pthread_mutex_lock(&b->lock);
    w->count = w->store_count = 0;
    (void)pthread_cond_broadcast(&b->filled);
    (void)pthread_mutex_unlock(&b->lock);
}

static void log_failure(struct mt_http *h, const char *what, enum mt_rc rc, const struct mt_err *err) {
    mt_log_event(h->o.log, MT_LOG_ERROR, what, MT_L_TEXT("rc", mt_rc_name(rc)), MT_L_TEXT("detail", mt_err_text(err)));
}

static enum mt_rc apply(struct writer *w, bool *feed_moved) {
    struct mt_http *h = w->http;
    struct mt_err err = {0};
    enum mt_rc rc = w->session ? MT_OK : mt_session_open(h->o.service, true, &w->session, &err);
    if (rc != MT_OK) {
        w->session = NULL;
        log_failure(h, "writer_open", rc, &err);
        return rc;
    }
    rc = mt_service_apply(w->session, w->writes, w->count, feed_moved, &err);
    if (rc == MT_OK)
        return MT_OK;
    log_failure(h, "commit", rc, &err);
    if (rc == MT_IO || rc == MT_CORRUPT || rc == MT_FULL || rc == MT_READONLY) {
        mt_session_close(w->session);
        w->session = NULL;
    }
    return rc;
}

static void *work(void *arg) {
    struct writer *w = arg;
    while (take(w)) {
        bool feed_moved = false;
        const size_t n = w->count;
        enum mt_rc rc = apply(w, &feed_moved);
        let_go(w);
        for (size_t i = 0; i < n; i++) {
            struct mt_problem *p = &w->writes[i]->problem;
            if (rc != MT_OK && p->code == MT_P_NONE)
                (void)mt_problem_set(p, MT_P_OVERLOADED, "Nothing was stored: the database could not commit. Send the same again.");
            w->calls[i]->state = CALL_WRITTEN;
            MHD_resume_connection(w->calls[i]->mhd); /* from here the call is its MHD thread's again */
        }
        if (feed_moved)
            keeper_feed_moved(w->http);
    }
    return NULL;
}

static enum mt_rc open_writer(struct mt_http *h, struct writer *w, struct mt_err *err) {
    const size_t most = h->o.limits.batch_writes;
    w->http = h;
    w->writes = calloc(most, sizeof *w->writes);
    w->calls = calloc(most, sizeof *w->calls);
    w->stores = calloc(most, sizeof *w->stores);
    if (!w->writes || !w->calls || !w->stores)
        return mt_fail(err, MT_NOMEM, "not enough memory for the writer");
    enum mt_rc rc = mt_session_open(h->o.service, true, &w->session, err);
    if (rc != MT_OK) {
        w->session = NULL;
        return rc;
    }
    if (pthread_create(&w->thread, NULL, work, w))
        return mt_fail(err, MT_NOMEM, "the writer's thread could not be started");
    w->started = true;
    return MT_OK;
}

enum mt_rc batch_open(struct mt_http *h, struct mt_err *err) {
    struct batch *b = &h->batch;
    enum mt_rc rc = MT_OK;
    size_t count = mt_service_writers(h->o.service);
    b->last = &b->first;
    b->writer_count = count < WRITERS_MAX ? count : WRITERS_MAX; /* before the first of them looks at the others */
    for (size_t i = 0; rc == MT_OK && i < b->writer_count; i++)
        rc = open_writer(h, &b->writers[i], err);
    return rc;
}

bool batch_add(struct mt_http *h, struct call *c) {
    struct batch *b = &h->batch;
    (void)pthread_mutex_lock(&b->lock);
    bool open = !b->closed;
    if (open) {
        c->next = NULL;
        *b->last = c;
        b->last = &c->next;
        (void)pthread_cond_broadcast(&b->filled); /* not every writer may take it */
    }
    (void)pthread_mutex_unlock(&b->lock);
    return open;
}

static void close_writer(struct writer *w) {
    if (w->started)
        (void)pthread_join(w->thread, NULL);
    mt_session_close(w->session);
    free(w->writes);
    free(w->calls);
    free(w->stores);
}

void batch_close(struct mt_http *h) {
    struct batch *b = &h->batch;
    (void)pthread_mutex_lock(&b->lock);
    b->closed = true;
    (void)pthread_cond_broadcast(&b->filled);
    (void)pthread_mutex_unlock(&b->lock);
    for (size_t i = 0; i < b->writer_count; i++)
        close_writer(&b->writers[i]);
    (void)pthread_cond_destroy(&b->filled);
    (void)pthread_mutex_destroy(&b->lock);
}
