/* A till as a node: the production's store and sync over the simulated disk and network, with its helper inline. */
#include "sim.h"

#include <stdio.h>
#include <string.h>

static bool open_reader(struct sim_till *t, struct mt_err *err) {
    mt_cache_reader_close(t->reader);
    t->reader = NULL;
    struct mt_cache_options o = {.dir = t->dir, .vfs = SIM_VFS, .clock = sim_clock(t->world)};
    return mt_cache_reader_open(&o, &t->reader, err) == MT_OK;
}

bool sim_till_up(struct sim_world *w, struct sim_till *t) {
    struct mt_err err = {0};
    struct mt_register_options o = {.dir = t->dir, .vfs = SIM_VFS, .clock = sim_clock(w), .random = sim_random(&t->random)};
    struct mt_cache_options c = {.dir = t->dir, .vfs = SIM_VFS, .clock = sim_clock(w)};
    t->boot++;
    enum mt_rc rc = mt_register_open(&o, &t->reg, &err);
    if (rc == MT_OK)
        rc = mt_cache_open(&c, &t->cache, &err);
    if (rc == MT_OK && !open_reader(t, &err))
        rc = err.rc;
    if (rc == MT_OK) {
        struct mt_sync_options s = {
            .reg = t->reg, .instance_id = "sim-machine", .clock = sim_clock(w), .random = sim_random(&t->random), .wait_s = 25};
        rc = mt_sync_new(&s, &t->sync, &err);
    }
    sim_trace(w, "till-up", t->index, &rc, sizeof rc);
    if (rc != MT_OK) {
        bool crashed = sim_disk_crashed(w->disk, t->node);
        sim_till_down(w, t);
        t->restart_at = w->now + 1000;
        if (!crashed)
            sim_violated(w, "I1: till %s does not start again: %s: %s", t->node, mt_rc_name(rc), mt_err_text(&err));
        return false;
    }
    t->up = true;
    mt_sync_cursor(t->sync, mt_cache_cursor(t->cache));
    sim_check_till(w, t);
    sim_hands_begin(w, t);
    return true;
}

void sim_till_down(struct sim_world *w, struct sim_till *t) {
    mt_till_free(t->model);
    t->model = NULL;
    mt_sync_free(t->sync);
    mt_cache_reader_close(t->reader);
    mt_cache_close(t->cache);
    mt_register_close(t->reg);
    t->sync = NULL;
    t->reader = NULL;
    t->cache = NULL;
    t->reg = NULL;
    t->up = false;
    memset(t->due, 0, sizeof t->due);
    if (sim_disk_power_lost(w->disk, t->node))
        t->seen_count = 0; /* cache.db is synced at checkpoints only, so it may go back; the feed then brings it forward */
    sim_trace(w, "till-down", t->index, NULL, 0);
}

bool sim_till_struck(struct sim_world *w, struct sim_till *t) {
    if (!sim_disk_crashed(w->disk, t->node))
        return false;
    sim_till_down(w, t);
    t->restart_at = w->now + sim_between(&w->crash, 100, 120000);
    return true;
}

void sim_till_take(struct sim_world *w, struct sim_till *t, const struct sim_exchange *x) {
    if (!t->up || x->boot != t->boot)
        return;
    bool timeout = x->leg == SIM_TIMEOUT;
    if (timeout && t->due[x->lane] != x->serial)
        return;
    if (x->serial == t->due[x->lane])
        t->due[x->lane] = 0;
    struct mt_reply r = {.serial = x->serial,
                         .transport = timeout || x->status == 0 ? MT_OFFLINE : MT_OK,
                         .words = timeout ? "no answer" : "the line broke",
                         .status = x->status,
                         .content_type = mt_sv(x->content_type),
                         .retry_after = x->retry_after,
                         .body = mt_sv_n(x->bytes, x->n)};
    sim_trace(w, timeout ? "timeout" : "reply", t->index, x->bytes, x->n);
    mt_sync_answer(t->sync, x->lane, &r);
    (void)sim_till_struck(w, t);
}

static bool take_page(struct sim_world *w, struct sim_till *t) {
    struct mt_sync_page page;
    if (!mt_sync_page(t->sync, &page))
        return false;
    struct mt_cache_applied done = {0};
    struct mt_err err = {0};
    enum mt_rc rc = page.restart ? mt_cache_restart(t->cache, &err) : mt_cache_apply(t->cache, page.asked, page.body, &done, &err);
    if (sim_till_struck(w, t))
        return false;
    if (rc == MT_OK && done.swapped && !open_reader(t, &err))
        rc = err.rc;
    if (rc != MT_OK)
        sim_violated(w, "I10: till %s can not apply a page: %s", t->node, mt_err_text(&err));
    mt_sync_page_done(t->sync, rc, mt_err_text(&err), mt_cache_cursor(t->cache), &done);
    return !sim_till_struck(w, t);
}

static void told(struct sim_world *w, struct sim_till *t) {
    struct mt_sync_refused r;
    while (t->up && mt_sync_refused(t->sync, &r))
        sim_trace(w, "refused", t->index, r.order_no, strlen(r.order_no));
}

void sim_till_pump(struct sim_world *w, struct sim_till *t) {
    for (int guard = 0; t->up && guard < 64; guard++) {
        bool moved = take_page(w, t);
        for (int lane = 0; t->up && lane < MT_LANE_COUNT; lane++) {
            struct mt_sync_request q;
            if (!mt_sync_next(t->sync, (enum mt_lane)lane, &q)) {
                (void)sim_till_struck(w, t);
                continue;
            }
            if (sim_till_struck(w, t))
                break;
            sim_net_send(w, t, &q);
            moved = true;
        }
        told(w, t);
        if (!moved)
            return;
    }
}
