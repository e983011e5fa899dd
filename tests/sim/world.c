/* The world: one loop that moves the clock to whatever comes next (a message, a timer, a person, a crash), lets it
 * happen, and lets the tills draw their conclusions. A run has a time of faults and a time of healing, then the oracle judges. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE INT64_C(60000)
#define WALL_START INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */

struct sim_rng sim_rng(uint64_t seed, uint64_t concern) {
    struct sim_rng r = {seed * UINT64_C(0x9E3779B97F4A7C15) + concern * UINT64_C(0xD1B54A32D192ED03) + 1};
    (void)sim_draw(&r);
    return r;
}

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t sim_draw(struct sim_rng *r) {
    uint64_t z = (r->s += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

int64_t sim_between(struct sim_rng *r, int64_t low, int64_t high) {
    return low + (int64_t)(sim_draw(r) % (uint64_t)(high - low + 1));
}

bool sim_chance(struct sim_rng *r, unsigned per_mille) {
    return sim_draw(r) % 1000 < per_mille;
}

static mt_time wall(void *ctx) {
    return WALL_START + ((struct sim_world *)ctx)->now;
}

static int64_t mono(void *ctx) {
    return ((struct sim_world *)ctx)->now;
}

struct mt_clock sim_clock(struct sim_world *w) {
    return (struct mt_clock){.ctx = w, .wall = wall, .mono = mono};
}

static void fill(void *ctx, void *bytes, size_t n) {
    unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)sim_draw(ctx);
}

struct mt_random sim_random(struct sim_rng *r) {
    return (struct mt_random){.ctx = r, .fill = fill};
}

/* FNV-1a over everything that happened. */
static void trace_add(struct sim_world *w, const void *bytes, size_t n) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        w->trace = (w->trace ^ p[i]) * UINT64_C(1099511628211);
}

void sim_trace(struct sim_world *w, const char *event, int node, const void *bytes, size_t n) {
    trace_add(w, &w->now, sizeof w->now);
    trace_add(w, event, strlen(event));
    trace_add(w, &node, sizeof node);
    trace_add(w, bytes, n);
    if (w->verbose)
        (void)fprintf(stderr, "%9lld %-12s %3d %.*s\n", (long long)w->now, event, node, n > 4000 ? 4000 : (int)n,
                      n ? (const char *)bytes : "");
}

void sim_violated(struct sim_world *w, const char *format, ...) {
    if (w->violation[0])
        return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(w->violation, sizeof w->violation, format, args);
    va_end(args);
    sim_trace(w, "VIOLATION", 0, w->violation, strlen(w->violation));
}

/* ---- what goes wrong ---- */

static void crash_service(struct sim_world *w, enum sim_crash how) {
    sim_disk_crash(w->disk, "svc", how, sim_draw(&w->crash));
    sim_service_down(w);
    w->service.restart_at = w->now + sim_between(&w->crash, 100, 3 * MINUTE);
}

static void crash_till(struct sim_world *w, struct sim_till *t, enum sim_crash how) {
    sim_disk_crash(w->disk, t->node, how, sim_draw(&w->crash));
    sim_till_down(w, t);
    t->restart_at = w->now + sim_between(&w->crash, 100, 3 * MINUTE);
}

static void something_breaks(struct sim_world *w) {
    w->next_crash = w->now + sim_between(&w->crash, MINUTE / 2, 6 * MINUTE);
    int64_t who = sim_between(&w->crash, -1, SIM_TILLS - 1);
    enum sim_crash how = sim_chance(&w->crash, 500) ? SIM_POWER : SIM_KILL;
    bool later = sim_chance(&w->crash, 600); /* in the middle of a commit rather than between two */
    unsigned at = (unsigned)sim_between(&w->crash, 1, 24);
    struct sim_till *t = who < 0 ? NULL : &w->till[who];
    if (sim_chance(&w->crash, 300)) {
        struct sim_till *cut = &w->till[sim_draw(&w->crash) % 2];
        cut->cut_until = w->now + sim_between(&w->crash, 10000, 12 * MINUTE);
        return;
    }
    if (t ? !t->up : !w->service.up)
        return;
    if (later)
        sim_disk_arm(w->disk, t ? t->node : "svc", at, how, sim_draw(&w->crash));
    else if (t)
        crash_till(w, t, how);
    else
        crash_service(w, how);
}

static void keep_snapshot(struct sim_world *w) {
    w->snapshot_at = SIM_NEVER;
    if (!sim_disk_clone(w->disk, "svc", "old"))
        abort();
    sim_trace(w, "snapshot", 0, NULL, 0);
}

static void put_back(struct sim_world *w) {
    w->put_back_at = SIM_NEVER;
    w->put_back = true;
    sim_note_told(w);
    crash_service(w, SIM_KILL);
    if (!sim_disk_clone(w->disk, "old", "svc"))
        abort();
    sim_trace(w, "put-back", 0, NULL, 0);
}

static void fork_first_till(struct sim_world *w) {
    struct sim_till *copy = &w->till[SIM_TILLS - 1];
    w->fork_at = SIM_NEVER;
    if (!sim_disk_clone(w->disk, w->till[0].node, copy->node))
        abort();
    w->fork_taken_at = w->now;
    copy->exists = true;
    memcpy(copy->cart_sure, w->till[0].cart_sure, sizeof copy->cart_sure);
    memcpy(copy->cart_maybe, w->till[0].cart_maybe, sizeof copy->cart_maybe);
    copy->restart_at = w->now + sim_between(&w->crash, 1000, MINUTE);
    copy->next_work = copy->restart_at + 1000;
    sim_trace(w, "fork", 0, NULL, 0);
}

/* ---- the loop ---- */

static int64_t min64(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t next_moment(struct sim_world *w) {
    int64_t at = min64(min64(w->next_crash, w->fork_at), min64(w->snapshot_at, w->put_back_at));
    const struct sim_exchange *x = sim_net_next(w);
    at = min64(at, x ? x->at : SIM_NEVER);
    at = min64(at, sim_service_wake(w));
    for (int i = 0; i < SIM_TILLS; i++) {
        const struct sim_till *t = &w->till[i];
        if (!t->exists)
            continue;
        at = min64(at, t->up ? mt_sync_wake_at(t->sync) : t->restart_at);
        at = min64(at, t->up ? t->next_work : SIM_NEVER);
    }
    return at < w->now ? w->now : at;
}

static void deliver(struct sim_world *w) {
    for (struct sim_exchange *x = sim_net_next(w); x && x->at <= w->now; x = sim_net_next(w)) {
        struct sim_exchange taken = *x;
        x->bytes = NULL;
        sim_net_drop(x);
        if (taken.leg == SIM_REQUEST)
            sim_service_take(w, &taken);
        else
            sim_till_take(w, &w->till[taken.till], &taken);
        free(taken.bytes);
    }
}

static void people(struct sim_world *w) {
    for (int i = 0; i < SIM_TILLS; i++) {
        struct sim_till *t = &w->till[i];
        if (!t->exists)
            continue;
        if (!t->up && t->restart_at <= w->now)
            (void)sim_till_up(w, t);
        if (t->up && t->model && t->next_work <= w->now) {
            t->next_work = w->now + sim_between(&w->work, 2000, 45000);
            sim_work(w, t);
        }
    }
}

/* Until `end`, or the first violation. A clock that stands still for long is one too: something asks without end. */
static void run_until(struct sim_world *w, int64_t end) {
    int still = 0;
    while (!w->violation[0]) {
        int64_t at = next_moment(w);
        if (at >= end)
            break;
        still = at == w->now ? still + 1 : 0;
        if (still > 2000)
            sim_violated(w, "I11: the same millisecond without end");
        w->now = at;
        if (w->next_crash <= w->now)
            something_breaks(w);
        if (w->fork_at <= w->now)
            fork_first_till(w);
        if (w->snapshot_at <= w->now)
            keep_snapshot(w);
        if (w->put_back_at <= w->now)
            put_back(w);
        if (!w->service.up && w->service.restart_at <= w->now)
            (void)sim_service_up(w);
        deliver(w);
        sim_service_step(w);
        people(w);
        for (int i = 0; i < SIM_TILLS; i++)
            sim_till_pump(w, &w->till[i]);
    }
    if (w->now < end)
        w->now = end;
}

static void heal(struct sim_world *w) {
    w->faults = (struct sim_faults){.calm = true};
    w->next_crash = w->fork_at = w->snapshot_at = w->put_back_at = SIM_NEVER;
    sim_disk_arm(w->disk, "svc", 0, SIM_KILL, 0);
    if (!w->service.up)
        w->service.restart_at = w->now;
    for (int i = 0; i < SIM_TILLS; i++) {
        struct sim_till *t = &w->till[i];
        sim_disk_arm(w->disk, t->node, 0, SIM_KILL, 0);
        t->cut_until = 0;
        t->next_work = SIM_NEVER;
        if (t->exists && !t->up)
            t->restart_at = w->now;
    }
}

static void prepare(struct sim_world *w) {
    w->now = 0;
    w->sent = 0;
    w->trace = UINT64_C(14695981039346656037);
    w->violation[0] = '\0';
    w->op_count = 0;
    w->net = sim_rng(w->seed, 1);
    w->work = sim_rng(w->seed, 2);
    w->crash = sim_rng(w->seed, 3);
    w->service.random = sim_rng(w->seed, 4);
    w->service.apply_at = SIM_NEVER;
    struct sim_rng f = sim_rng(w->seed, 5);
    w->faults = (struct sim_faults){.lose = (unsigned)sim_between(&f, 0, 200),
                                    .duplicate = (unsigned)sim_between(&f, 0, 200),
                                    .cut = (unsigned)sim_between(&f, 0, 80),
                                    .portal = (unsigned)sim_between(&f, 0, 40),
                                    .slow = (unsigned)sim_between(&f, 0, 150)};
    w->next_crash = sim_between(&f, 1000, 4 * MINUTE);
    w->fork_taken_at = 0;
    w->fork_at = sim_chance(&f, 150) ? sim_between(&f, MINUTE, 10 * MINUTE) : SIM_NEVER;
    for (int i = 0; i < SIM_TILLS; i++) {
        struct sim_till *t = &w->till[i];
        *t = (struct sim_till){.world = w, .index = i, .exists = i < SIM_TILLS - 1, .random = sim_rng(w->seed, 10 + (uint64_t)i)};
        (void)snprintf(t->node, sizeof t->node, "t%d", i);
        (void)snprintf(t->dir, sizeof t->dir, "/t%d", i);
        t->next_work = sim_between(&f, 0, 20000);
    }
    w->put_back = false;
    w->snapshot_at = w->put_back_at = SIM_NEVER;
    if (w->fork_at == SIM_NEVER && sim_chance(&f, 200)) { /* a copied till and a copied service at once are nobody's promise */
        w->snapshot_at = sim_between(&f, MINUTE / 2, 6 * MINUTE);
        w->put_back_at = w->snapshot_at + sim_between(&f, MINUTE / 2, 8 * MINUTE);
    }
}

void sim_run(struct sim_world *w) {
    prepare(w);
    if (!sim_base_use(w))
        abort();
    (void)sim_service_up(w);
    for (int i = 0; i < SIM_TILLS - 1; i++)
        (void)sim_till_up(w, &w->till[i]);
    run_until(w, sim_between(&w->crash, 8, 20) * MINUTE);
    heal(w);
    run_until(w, w->now + 20 * MINUTE);
    if (!w->violation[0])
        sim_check_end(w);
    for (int i = 0; i < SIM_TILLS; i++)
        if (w->till[i].up)
            sim_till_down(w, &w->till[i]);
    sim_service_down(w);
    sim_net_clear(w);
}
