/* The loop. A message goes to update; the effects of that update are run in order; their answers go to update in turn,
 * until nothing is left; then the screen is painted. Keys are read one at a time and each is finished before the next,
 * so typing ahead of the till loses nothing. The line, the helper and signals are looked at between keys. */
#include "loop_impl.h"

#include <string.h>

#define TICK_MS 1000
#define KEYS_A_PAINT 64 /* a long burst is shown in pieces */

static void update(struct loop *l, const struct mt_msg *m) {
    struct mt_effects fx;
    mt_till_update(l->till, m, &fx);
    for (size_t i = 0; i < fx.count; i++) {
        loop_effect(l, &fx.at[i]);
    }
    l->painted = false;
}

/* The queue to its end; answers may ask for more. */
static void settle(struct loop *l) {
    while (l->count > 0) {
        const struct mt_msg m = l->queue[l->first];
        l->first = (l->first + 1) % LOOP_MESSAGES;
        l->count--;
        update(l, &m);
    }
    mt_arena_reset(&l->arena);
}

static struct mt_msg now_msg(const struct loop *l, enum mt_msg_kind kind) {
    const struct mt_clock *c = &l->app->o.clock;
    return (struct mt_msg){.kind = kind, .now = c->wall(c->ctx), .mono = c->mono(c->ctx)};
}

static void tell(struct loop *l, const struct mt_msg *m) {
    update(l, m);
    settle(l);
}

static void tell_start(struct loop *l) {
    struct mt_msg m = now_msg(l, MT_MSG_START);
    loop_start_of(l, &m);
    m.text = mt_sv(l->app->server != NULL ? l->app->server : "");
    tell(l, &m);
}

static void count_catalogue(struct loop *l) {
    struct mt_cache_facts facts;
    if (l->app->filled && l->app->reader != NULL && mt_cache_facts(l->app->reader, &l->arena, &facts, NULL) == MT_OK) {
        l->catalogue = facts.drugs;
    }
    l->app->filled = false;
}

static struct mt_link_state link_now(struct loop *l) {
    struct mt_sync_state s;
    struct mt_outbox_sum sum;
    mt_app_sync_state(l->app, &s);
    if (mt_register_sum(l->app->reg, &sum, NULL) != MT_OK) {
        sum = (struct mt_outbox_sum){
            .unsent = l->told.unsent, .oldest_unsent = l->told.oldest_unsent, .attention = l->told.attention};
    }
    static const enum mt_link links[] = {
        [MT_SYNC_OFFLINE] = MT_LINK_OFFLINE, [MT_SYNC_CONNECTING] = MT_LINK_CONNECTING, [MT_SYNC_ONLINE] = MT_LINK_ONLINE};
    return (struct mt_link_state){
        .link = links[s.link],
        .since = s.offline_since,
        .last_contact = s.last_contact,
        .unsent = sum.unsent,
        .oldest_unsent = sum.oldest_unsent,
        .attention = sum.attention,
        .frozen = s.frozen,
        .paused = s.paused,
        .why = s.why,
        .skew_ms = s.skew_ms,
        .service_time = l->app->service_time,
        .catalogue = l->catalogue,
        .filling = l->app->filling,
    };
}

static void tell_link(struct loop *l) {
    if (!l->app->changed) {
        return;
    }
    l->app->changed = false;
    count_catalogue(l);
    struct mt_link_state s = link_now(l);
    struct mt_msg m = now_msg(l, MT_MSG_LINK);
    m.link = &s;
    l->told = s;
    l->told.why = "";
    tell(l, &m);
}

static void tell_refused(struct loop *l) {
    struct mt_sync_refused r;
    while (mt_app_refused(l->app, &r)) {
        struct mt_msg m = now_msg(l, MT_MSG_REFUSED);
        m.op_kind = r.kind;
        m.order_no = r.order_no;
        m.text = mt_sv(r.words);
        tell(l, &m);
    }
}

static void pin_checked(struct loop *l, struct job *j, struct mt_msg *m) {
    struct mt_err err = {0};
    if (j->match < j->staff_count) {
        m->rc = mt_register_pin_right(l->app->reg, &j->staff[j->match].staff_id, &err);
        m->staff = &j->staff[j->match];
        l->staff.staff_id = m->staff->staff_id;
    } else {
        m->rc = mt_register_pin_wrong(l->app->reg, &m->tries_left, &m->locked_ms, &err);
        m->rc = m->rc == MT_OK ? MT_DENIED : m->rc;
    }
}

static void tell_jobs(struct loop *l) {
    struct job *j;
    while ((j = app_finished(l->app)) != NULL) {
        struct mt_msg m = now_msg(l, j->kind == JOB_PIN ? MT_MSG_PIN : MT_MSG_PRINTED);
        if (j->kind == JOB_PIN) {
            pin_checked(l, j, &m);
        } else {
            m.rc = j->rc;
            m.order_no = j->order_no;
            m.path = mt_buf_text(&j->path);
            m.text = mt_sv(j->rc != MT_OK ? mt_err_text(&j->err) : "");
        }
        tell(l, &m);
        job_free(j);
    }
}

/* The one at the till may have another role by now, or none. */
static void tell_staff(struct loop *l) {
    struct mt_err err = {0};
    struct mt_staff who;
    const bool moved = l->app->staff_moved && mt_id_is(&l->staff.staff_id);
    l->app->staff_moved = false;
    if (!moved)
        return;
    enum mt_rc rc = mt_register_staff_one(l->app->reg, &l->staff.staff_id, &l->arena, &who, &err);
    if (rc == MT_NOTFOUND) {
        who = (struct mt_staff){.staff_id = l->staff.staff_id, .name = "", .verifier = "", .active = false};
    } else if (rc != MT_OK) {
        mt_log_event(l->app->o.log, MT_LOG_WARN, "staff", MT_L_TEXT("why", mt_err_text(&err)));
        return;
    }
    struct mt_msg m = now_msg(l, MT_MSG_STAFF);
    m.staff = &who;
    tell(l, &m);
}

static void tell_enrolled(struct loop *l) {
    if (!l->app->enrol_done) {
        return;
    }
    struct mt_err err = {0};
    struct mt_msg m = now_msg(l, MT_MSG_ENROLLED);
    enum mt_rc rc = app_enrol_end(l->app, &err);
    loop_words(l, &m, rc, &err);
    loop_start_of(l, &m);
    tell(l, &m);
}

/* False when the terminal is gone. */
static bool read_keys(struct loop *l) {
    const struct mt_clock *c = &l->app->o.clock;
    for (int i = 0; i < KEYS_A_PAINT && !l->quit; i++) {
        struct mt_msg m = {0};
        switch (l->port->read(l->port->ctx, l->till, c->wall(c->ctx), c->mono(c->ctx), &m)) {
        case MT_SCREEN_MSG:
            tell(l, &m);
            break;
        case MT_SCREEN_NOTHING:
            break;
        case MT_SCREEN_QUIET:
            return true;
        case MT_SCREEN_GONE:
            return false;
        }
    }
    l->more_keys = true;
    return true;
}

static void paint(struct loop *l) {
    if (!l->painted) {
        l->port->paint(l->port->ctx, l->till);
        l->painted = true;
    }
}

static bool take_signal(struct loop *l) {
    switch (l->port->signal(l->port->ctx)) {
    case MT_SIGNAL_RESIZE:
        l->port->resize(l->port->ctx);
        l->painted = false;
        break;
    case MT_SIGNAL_STOP:
        return false;
    case MT_SIGNAL_NONE:
        break;
    }
    return true;
}

static enum mt_rc turn(struct loop *l, int64_t *next_tick, struct mt_err *err) {
    const struct mt_clock *c = &l->app->o.clock;
    const int fds[] = {l->port->fd, l->port->signal_fd};
    bool ready[2] = {false, false};
    const int64_t left = *next_tick - c->mono(c->ctx);
    enum mt_rc rc = mt_app_turn(l->app, fds, ready, 2, l->more_keys || left < 0 ? 0 : left, err);
    l->more_keys = false;
    if (rc == MT_OK && ready[1] && !take_signal(l)) {
        l->quit = true;
    }
    tell_jobs(l);
    tell_staff(l);
    tell_enrolled(l);
    tell_refused(l);
    tell_link(l);
    if (c->mono(c->ctx) >= *next_tick) {
        const struct mt_msg m = now_msg(l, MT_MSG_TICK);
        tell(l, &m);
        *next_tick = c->mono(c->ctx) + TICK_MS;
    }
    return rc;
}

enum mt_rc mt_app_run(struct mt_app *a, struct mt_till *till, const struct mt_screen_port *port, struct mt_err *err) {
    struct loop l = {.app = a, .till = till, .port = port, .staff = {.name = "", .verifier = ""}};
    int64_t next_tick = a->o.clock.mono(a->o.clock.ctx) + TICK_MS;
    enum mt_rc rc = MT_OK;
    mt_arena_init(&l.arena, 256u << 20);
    a->changed = a->filled = true;
    tell_start(&l);
    tell_link(&l);
    paint(&l);
    if (a->reader != NULL) {
        mt_cache_warm(a->reader);
    }
    while (rc == MT_OK && !l.quit) {
        if (!read_keys(&l)) {
            break;
        }
        paint(&l);
        if (!l.quit) {
            rc = turn(&l, &next_tick, err);
        }
    }
    mt_arena_fini(&l.arena);
    return rc;
}
