/* The service as a node: requests go through the real routes, writes wait a little and are applied as one batch (the
 * production's group commit), long polls are answered when the feed moves or their time is over. A crash drops all of it. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

bool sim_service_up(struct sim_world *w) {
    struct sim_service *s = &w->service;
    struct mt_service_options o = {.db_url = "sqlite:///svc/medtermd.db",
                                   .key_path = w->key_path,
                                   .vfs = SIM_VFS,
                                   .clock = sim_clock(w),
                                   .random = sim_random(&s->random)};
    struct mt_err err = {0};
    enum mt_rc rc = mt_service_open(&o, &s->service, &err);
    if (rc == MT_OK)
        rc = mt_session_open(s->service, true, &s->write, &err);
    if (rc == MT_OK)
        rc = mt_session_open(s->service, false, &s->read, &err);
    s->up = rc == MT_OK;
    if (!s->up) {
        sim_service_down(w);
        if (!sim_disk_crashed(w->disk, "svc"))
            sim_violated(w, "the service does not start again: %s", mt_err_text(&err));
        s->restart_at = w->now + 1000;
    }
    sim_trace(w, "service-up", (int)s->up, NULL, 0);
    return s->up;
}

void sim_service_down(struct sim_world *w) {
    struct sim_service *s = &w->service;
    for (size_t i = 0; i < s->pending_count; i++) {
        free(s->pending[i].asked.bytes);
        mt_arena_fini(&s->pending[i].arena);
    }
    for (size_t i = 0; i < sizeof s->waiters / sizeof s->waiters[0]; i++) {
        free(s->waiters[i].used ? s->waiters[i].asked.bytes : NULL);
        s->waiters[i] = (struct sim_waiter){0};
    }
    s->pending_count = 0;
    mt_session_close(s->read);
    mt_session_close(s->write);
    mt_service_close(s->service);
    s->read = s->write = NULL;
    s->service = NULL;
    s->up = false;
    s->apply_at = SIM_NEVER;
    sim_trace(w, "service-down", 0, NULL, 0);
}

static void answer(struct sim_world *w, const struct sim_exchange *asked, struct mt_response *r) {
    sim_trace(w, "answer", r->status, r->body.p, r->body.n);
    sim_net_reply(w, asked, r->status, r->content_type, r->retry_after, mt_buf_view(&r->body));
}

static void copy_exchange(struct sim_exchange *to, const struct sim_exchange *x) {
    *to = *x;
    to->bytes = malloc(x->n + 1);
    if (!to->bytes)
        abort();
    memcpy(to->bytes, x->bytes, x->n + 1);
}

static void wait_for_feed(struct sim_world *w, const struct sim_exchange *x, int64_t wait_ms) {
    for (size_t i = 0; i < sizeof w->service.waiters / sizeof w->service.waiters[0]; i++) {
        struct sim_waiter *p = &w->service.waiters[i];
        if (p->used)
            continue;
        *p = (struct sim_waiter){.used = true, .until = w->now + wait_ms};
        copy_exchange(&p->asked, x);
        return;
    }
    /* No place: the caller times out and asks again. */
}

static void enqueue(struct sim_world *w, struct mt_write *write, struct sim_exchange kept) {
    struct sim_service *s = &w->service;
    struct sim_pending *p = &s->pending[s->pending_count++]; /* its arena holds the write already */
    p->asked = kept;
    p->write = write;
    if (s->apply_at == SIM_NEVER)
        s->apply_at = w->now + sim_between(&w->net, 0, 3);
}

/* Whether a disk call was the service's last: then it is down, and comes up again later. */
static bool died(struct sim_world *w) {
    if (!sim_disk_crashed(w->disk, "svc"))
        return false;
    sim_service_down(w);
    w->service.restart_at = w->now + sim_between(&w->crash, 100, 60000);
    return true;
}

/* The write and its views live in the pending entry's arena and bytes, so both are made before the route is asked. */
static void ask(struct sim_world *w, const struct sim_exchange *x, bool wait_over) {
    struct sim_service *s = &w->service;
    if (s->pending_count == sizeof s->pending / sizeof s->pending[0])
        return;
    struct sim_exchange kept;
    copy_exchange(&kept, x);
    char bearer[80] = "Bearer ";
    memcpy(bearer + 7, x->token, strlen(x->token) + 1);
    struct mt_sv path = mt_sv(kept.path), query = path;
    path = mt_sv_cut(&query, '?');
    struct mt_request q = {.method = mt_sv(kept.method),
                           .path = path,
                           .query = query,
                           .authorization = x->token[0] ? mt_sv(bearer) : MT_SV(""),
                           .content_type = kept.n ? MT_SV("application/json") : MT_SV(""),
                           .body = mt_sv_n(kept.bytes, kept.n),
                           .wait_over = wait_over};
    struct sim_pending *p = &s->pending[s->pending_count];
    mt_arena_init(&p->arena, 32u << 20);
    struct mt_response r;
    mt_response_init(&r);
    struct mt_write *write = NULL;
    int64_t wait_ms = 0;
    enum mt_route_next next = mt_route_begin(s->read, &q, "sim", &p->arena, &r, &write, &wait_ms);
    if (died(w)) { /* a page of the feed that proves a put-back begins a new epoch, so a read may write */
        mt_arena_fini(&p->arena);
        free(kept.bytes);
    } else if (next == MT_ROUTE_WRITE) {
        enqueue(w, write, kept);
    } else {
        if (next == MT_ROUTE_DONE)
            answer(w, x, &r);
        else
            wait_for_feed(w, x, wait_ms);
        mt_arena_fini(&p->arena);
        free(kept.bytes);
    }
    mt_response_fini(&r);
}

void sim_service_take(struct sim_world *w, const struct sim_exchange *x) {
    if (!w->service.up)
        return; /* nobody listens: the caller's timeout tells it */
    sim_trace(w, "take", x->till, x->bytes, x->n);
    ask(w, x, false);
}

static void wake_waiters(struct sim_world *w, bool moved) {
    struct sim_service *s = &w->service;
    for (size_t i = 0; i < sizeof s->waiters / sizeof s->waiters[0] && s->up; i++) {
        if (!s->waiters[i].used || (!moved && s->waiters[i].until > w->now))
            continue;
        struct sim_waiter p = s->waiters[i];
        s->waiters[i].used = false;
        ask(w, &p.asked, p.until <= w->now);
        free(p.asked.bytes);
    }
}

static void apply(struct sim_world *w) {
    struct sim_service *s = &w->service;
    struct mt_write *writes[32];
    size_t n = s->pending_count;
    for (size_t i = 0; i < n; i++)
        writes[i] = s->pending[i].write;
    s->apply_at = SIM_NEVER;
    bool moved = false;
    struct mt_err err = {0};
    enum mt_rc rc = mt_service_apply(s->write, writes, n, &moved, &err);
    if (died(w))
        return;
    if (rc != MT_OK)
        sim_violated(w, "the service failed without a fault of its disk: %s", mt_err_text(&err));
    for (size_t i = 0; i < n; i++) {
        struct mt_response r;
        mt_response_init(&r);
        mt_route_finish(writes[i], &r);
        answer(w, &s->pending[i].asked, &r);
        mt_response_fini(&r);
        free(s->pending[i].asked.bytes);
        mt_arena_fini(&s->pending[i].arena);
    }
    s->pending_count = 0;
    if (moved)
        wake_waiters(w, true);
}

void sim_service_step(struct sim_world *w) {
    if (w->service.up && w->service.pending_count && w->service.apply_at <= w->now)
        apply(w);
    wake_waiters(w, false);
}

int64_t sim_service_wake(const struct sim_world *w) {
    const struct sim_service *s = &w->service;
    int64_t at = s->up ? s->apply_at : s->restart_at;
    for (size_t i = 0; s->up && i < sizeof s->waiters / sizeof s->waiters[0]; i++)
        if (s->waiters[i].used && s->waiters[i].until < at)
            at = s->waiters[i].until;
    return at;
}
