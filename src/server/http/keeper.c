/* One thread keeps time for all: it sleeps in poll() until the earliest deadline it knows, or until it is woken.
 *
 * libmicrohttpd drops a connection that is silent for a while, but one that sends a byte now and then could stay for ever.
 * So each connection has a deadline for the part it is in; past it the socket is shut down and MHD cleans up. A connection leaves
 * the list before MHD closes its socket, so the number is never somebody else's.
 *
 * A long poll sleeps in `waiting`. It is woken when the feed moves, when its time is up, and once in recheck_ms, because an
 * administrator's command in another process moves the feed too and can not tell us. */
#include "edge.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

static void tell(int fd) {
    uint64_t one = 1;
    ssize_t n;
    do
        n = write(fd, &one, sizeof one);
    while (n < 0 && errno == EINTR); /* EAGAIN: it is told already */
}

/* Waits up to ms (NEVER: without end) for fd to be told, and takes that back. */
static void await(int fd, int64_t ms) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    uint64_t count;
    int timeout = ms == NEVER ? -1 : ms > INT_MAX ? INT_MAX : (int)ms;
    if (poll(&p, 1, timeout) > 0 && read(fd, &count, sizeof count) < 0)
        return; /* another waiter took it: nothing is lost, the caller looks again */
}

static void lock(struct keeper *k) {
    (void)pthread_mutex_lock(&k->lock);
}

static void unlock(struct keeper *k) {
    (void)pthread_mutex_unlock(&k->lock);
}

static int64_t sooner(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* Under the lock: makes sure the thread is awake by `at`. */
static void wake_by(struct keeper *k, int64_t at) {
    if (at < k->sleeps_until) {
        k->sleeps_until = at;
        tell(k->wake_fd);
    }
}

/* Under the lock: cuts what is late; the earliest deadline left. */
static int64_t cut_late(struct mt_http *h, int64_t now, size_t *cut) {
    int64_t next = NEVER;
    for (struct conn *c = h->keeper.conns; c; c = c->next) {
        if (c->deadline <= now) {
            (void)shutdown(c->fd, SHUT_RDWR); /* fails only when the peer is gone already */
            c->deadline = NEVER;
            ++*cut;
        }
        next = sooner(next, c->deadline);
    }
    return next;
}

/* Under the lock: takes those whose time has come (or all) off the list; the earliest time left. */
static int64_t take_due(struct keeper *k, int64_t now, bool all, struct call **due) {
    int64_t next = NEVER;
    for (struct call **at = &k->waiting; *at;) {
        struct call *c = *at;
        int64_t when = sooner(c->wait_until, c->recheck_at);
        if (all || when <= now) {
            *at = c->next;
            c->next = *due;
            *due = c;
        } else {
            next = sooner(next, when);
            at = &c->next;
        }
    }
    return next;
}

static void resume(struct call *due) {
    while (due) {
        struct call *c = due;
        due = c->next;
        c->next = NULL;
        MHD_resume_connection(c->mhd);
    }
}

static void *work(void *arg) {
    struct mt_http *h = arg;
    struct keeper *k = &h->keeper;
    for (bool go = true; go;) {
        struct call *due = NULL;
        size_t cut = 0;
        lock(k);
        int64_t now = edge_now(h);
        int64_t next = cut_late(h, now, &cut);
        next = sooner(next, take_due(k, now, k->stopping, &due));
        k->sleeps_until = next;
        go = !k->ended;
        unlock(k);
        resume(due);
        if (cut)
            mt_log_event(h->o.log, MT_LOG_INFO, "too_slow", MT_L_INT("connections_cut", (int64_t)cut));
        if (go)
            await(k->wake_fd, next == NEVER ? NEVER : next - now);
    }
    return NULL;
}

enum mt_rc keeper_open(struct mt_http *h, struct mt_err *err) {
    struct keeper *k = &h->keeper;
    k->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    k->idle_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (k->wake_fd < 0 || k->idle_fd < 0)
        return mt_fail(err, MT_IO, "no event descriptor could be opened");
    if (pthread_create(&k->thread, NULL, work, h))
        return mt_fail(err, MT_NOMEM, "the timekeeper's thread could not be started");
    k->started = true;
    return MT_OK;
}

size_t keeper_conns_from(struct mt_http *h, const struct in6_addr *from) {
    size_t n = 0;
    lock(&h->keeper);
    for (const struct conn *c = h->keeper.conns; c; c = c->next)
        n += IN6_ARE_ADDR_EQUAL(&c->from, from) != 0;
    unlock(&h->keeper);
    return n;
}

void keeper_conn_add(struct mt_http *h, struct conn *c, int64_t after_ms) {
    struct keeper *k = &h->keeper;
    lock(k);
    c->deadline = edge_now(h) + after_ms;
    c->prev = NULL;
    c->next = k->conns;
    if (c->next)
        c->next->prev = c;
    k->conns = c;
    wake_by(k, c->deadline);
    unlock(k);
}

void keeper_conn_remove(struct mt_http *h, struct conn *c) {
    struct keeper *k = &h->keeper;
    lock(k);
    if (c->prev)
        c->prev->next = c->next;
    else
        k->conns = c->next;
    if (c->next)
        c->next->prev = c->prev;
    unlock(k);
}

void keeper_deadline(struct mt_http *h, struct conn *c, int64_t after_ms) {
    struct keeper *k = &h->keeper;
    lock(k);
    c->deadline = after_ms == NEVER ? NEVER : edge_now(h) + after_ms;
    wake_by(k, c->deadline);
    unlock(k);
}

void keeper_call_begins(struct mt_http *h) {
    lock(&h->keeper);
    h->keeper.active++;
    unlock(&h->keeper);
}

bool keeper_claim_body(struct mt_http *h, size_t n) {
    lock(&h->keeper);
    bool room = n <= h->o.limits.bodies_max && h->keeper.bodies <= h->o.limits.bodies_max - n;
    if (room)
        h->keeper.bodies += n;
    unlock(&h->keeper);
    return room;
}

void keeper_call_ends(struct mt_http *h, size_t body_claim) {
    struct keeper *k = &h->keeper;
    lock(k);
    k->bodies -= body_claim;
    if (--k->active == 0 && k->stopping)
        tell(k->idle_fd);
    unlock(k);
}

bool keeper_stopping(struct mt_http *h) {
    lock(&h->keeper);
    bool stopping = h->keeper.stopping;
    unlock(&h->keeper);
    return stopping;
}

uint64_t keeper_feed(struct mt_http *h) {
    lock(&h->keeper);
    uint64_t feed = h->keeper.feed;
    unlock(&h->keeper);
    return feed;
}

bool keeper_wait(struct mt_http *h, struct call *c, uint64_t feed) {
    struct keeper *k = &h->keeper;
    lock(k);
    bool sleeps = !k->stopping && k->feed == feed;
    if (sleeps) {
        c->recheck_at = edge_now(h) + h->o.limits.recheck_ms;
        c->next = k->waiting;
        k->waiting = c;
        wake_by(k, sooner(c->wait_until, c->recheck_at));
    }
    unlock(k);
    return sleeps;
}

void keeper_feed_moved(struct mt_http *h) {
    struct keeper *k = &h->keeper;
    struct call *due = NULL;
    lock(k);
    k->feed++;
    (void)take_due(k, 0, true, &due);
    unlock(k);
    resume(due);
}

void keeper_drain(struct mt_http *h) {
    struct keeper *k = &h->keeper;
    int64_t until = edge_now(h) + h->o.limits.stop_ms;
    lock(k);
    k->stopping = true;
    tell(k->wake_fd);
    size_t active = k->active;
    unlock(k);
    while (active > 0 && edge_now(h) < until) {
        await(k->idle_fd, until - edge_now(h));
        lock(k);
        active = k->active;
        unlock(k);
    }
    if (active)
        mt_log_event(h->o.log, MT_LOG_WARN, "stop_cuts", MT_L_INT("requests", (int64_t)active));
}

void keeper_end(struct mt_http *h) {
    struct keeper *k = &h->keeper;
    if (!k->started)
        return;
    lock(k);
    k->stopping = k->ended = true;
    tell(k->wake_fd);
    unlock(k);
    (void)pthread_join(k->thread, NULL);
    k->started = false;
}

void keeper_close(struct mt_http *h) {
    struct keeper *k = &h->keeper;
    if (k->wake_fd >= 0)
        (void)close(k->wake_fd);
    if (k->idle_fd >= 0)
        (void)close(k->idle_fd);
    (void)pthread_mutex_destroy(&k->lock);
}
