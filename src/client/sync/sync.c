/* The two lanes, their back-off and what the screen is told. A failure doubles the wait up to a minute, half of it
 * random, so that tills of a chain do not come back in step; what the service asks for with Retry-After is the least.
 * Whatever is answered on one lane ends the wait of the other when that one only waited for the line. */
#include "sync_impl.h"

#include <stdlib.h>
#include <string.h>

#define BACKOFF_FIRST_MS INT64_C(1000)
#define BACKOFF_MOST_MS INT64_C(60000)
#define PAUSED_MS INT64_C(300000)
#define RETRY_AFTER_MOST_S 3600
#define CURSOR_MAX 4096
#define PAGE_MAX (64u << 20)

int64_t sync_mono(const struct mt_sync *s) {
    return s->clock.mono(s->clock.ctx);
}

void sync_say(struct mt_sync *s, const char *why) {
    size_t n = strlen(why);
    n = n < sizeof s->why ? n : sizeof s->why - 1;
    memcpy(s->why, why, n);
    s->why[n] = '\0';
}

enum mt_rc mt_sync_new(const struct mt_sync_options *o, struct mt_sync **out, struct mt_err *err) {
    *out = NULL;
    struct mt_sync *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory to sync.");
    }
    s->reg = o->reg;
    s->clock = o->clock;
    s->random = o->random;
    s->log = o->log;
    s->wait_s = o->wait_s;
    s->link = MT_SYNC_CONNECTING;
    s->dirty = true;
    s->most = MT_PUSH_MAX_OPS;
    mt_buf_init(&s->push_body, MT_PUSH_MAX_BYTES);
    mt_buf_init(&s->cursor, CURSOR_MAX);
    mt_buf_init(&s->asked, CURSOR_MAX);
    mt_buf_init(&s->path, 4 * CURSOR_MAX);
    mt_buf_init(&s->page, PAGE_MAX);
    s->sent = calloc(MT_PUSH_MAX_OPS, sizeof *s->sent);
    enum mt_rc rc = s->sent != NULL ? mt_sv_copy(mt_sv(o->instance_id), s->instance_id, sizeof s->instance_id) : MT_NOMEM;
    if (rc != MT_OK) {
        mt_sync_free(s);
        return mt_fail(err, rc, "The till can not sync: %s.", mt_rc_text(rc));
    }
    *out = s;
    return MT_OK;
}

void mt_sync_free(struct mt_sync *s) {
    if (s == NULL) {
        return;
    }
    mt_buf_fini(&s->push_body);
    mt_buf_fini(&s->cursor);
    mt_buf_fini(&s->asked);
    mt_buf_fini(&s->path);
    mt_buf_fini(&s->page);
    free(s->sent);
    free(s);
}

static int64_t back_off(struct mt_sync *s, int failures, int retry_after) {
    int64_t most = BACKOFF_FIRST_MS;
    for (int i = 1; i < failures && most < BACKOFF_MOST_MS; i++) {
        most *= 2;
    }
    most = most < BACKOFF_MOST_MS ? most : BACKOFF_MOST_MS;
    uint32_t random = 0;
    s->random.fill(s->random.ctx, &random, sizeof random);
    int64_t ms = most / 2 + (int64_t)(random % (uint32_t)(most / 2 + 1));
    const int64_t asked = (int64_t)(retry_after < RETRY_AFTER_MOST_S ? retry_after : RETRY_AFTER_MOST_S) * 1000;
    return ms > asked ? ms : asked;
}

void sync_succeeded(struct mt_sync *s, enum mt_lane lane, const struct mt_reply *reply) {
    struct lane *l = &s->lane[lane];
    const int64_t now = sync_mono(s);
    l->failures = 0;
    l->failed = l->line_failed = false;
    l->not_before = now;
    s->link = MT_SYNC_ONLINE;
    s->offline_since = 0;
    s->paused = false;
    s->last_contact = s->clock.wall(s->clock.ctx);
    sync_say(s, "");
    if (reply != NULL && reply->date != 0) {
        s->skew_ms = reply->date - s->last_contact;
        s->service_time = reply->date;
    }
    for (int i = 0; i < MT_LANE_COUNT; i++) {
        if (s->lane[i].line_failed) {
            s->lane[i].line_failed = false;
            s->lane[i].failures = 0;
            s->lane[i].not_before = now;
        }
    }
}

void sync_failed(struct mt_sync *s, enum mt_lane lane, bool line, int retry_after, const char *why) {
    struct lane *l = &s->lane[lane];
    l->failures++;
    l->failed = true;
    l->line_failed = line;
    l->not_before = sync_mono(s) + back_off(s, l->failures, retry_after);
    if (line && s->offline_since == 0) {
        s->offline_since = s->clock.wall(s->clock.ctx);
    }
    if (line) {
        s->link = MT_SYNC_OFFLINE;
    }
    sync_say(s, why);
    mt_log_event(s->log, MT_LOG_INFO, "sync_failed", MT_L_TEXT("lane", lane == MT_LANE_PUSH ? "push" : "pull"),
                 MT_L_INT("failures", l->failures), MT_L_TEXT("why", s->why));
}

void sync_pause(struct mt_sync *s, enum mt_lane lane) {
    const int64_t until = sync_mono(s) + PAUSED_MS;
    for (int i = 0; i < MT_LANE_COUNT; i++) {
        s->lane[i].not_before = until;
    }
    s->lane[lane].failed = true;
    s->paused = true;
    s->last_contact = s->clock.wall(s->clock.ctx);
    sync_say(s, "The service does not accept this till's token. Nothing is lost. Enrol this till again.");
    mt_log_event(s->log, MT_LOG_WARN, "sync_paused", MT_L_INT("status", 401));
}

static bool may_ask(const struct mt_sync *s, enum mt_lane lane) {
    const struct lane *l = &s->lane[lane];
    return !l->busy && mt_register_enrolled(s->reg) != NULL && sync_mono(s) >= l->not_before;
}

bool mt_sync_next(struct mt_sync *s, enum mt_lane lane, struct mt_sync_request *out) {
    if (!may_ask(s, lane) || !(lane == MT_LANE_PUSH ? sync_push_next(s, out) : sync_pull_next(s, out))) {
        return false;
    }
    const struct mt_enrolled *e = mt_register_enrolled(s->reg);
    out->lane = lane;
    out->base = e->url;
    out->token = e->info.token;
    out->serial = ++s->next_serial;
    s->lane[lane].serial = out->serial;
    s->lane[lane].busy = true;
    return true;
}

void mt_sync_answer(struct mt_sync *s, enum mt_lane lane, const struct mt_reply *reply) {
    struct lane *l = &s->lane[lane];
    if (!l->busy || reply->serial != l->serial) {
        return; /* a reply to a question nobody asks any more */
    }
    l->busy = false;
    if (lane == MT_LANE_PUSH) {
        sync_push_answer(s, reply);
    } else {
        sync_pull_answer(s, reply);
    }
}

void mt_sync_poke(struct mt_sync *s) {
    s->dirty = true;
}

void mt_sync_now(struct mt_sync *s) {
    const int64_t now = sync_mono(s);
    for (int i = 0; i < MT_LANE_COUNT; i++) {
        s->lane[i].not_before = now;
        s->lane[i].failures = 0;
        s->lane[i].failed = false;
    }
    s->dirty = true;
    s->caught_up = false;
}

void mt_sync_enrolled(struct mt_sync *s) {
    s->greeted = false;
    s->paused = false;
    s->suspect = 0;
    s->stuck = 0;
    s->most = MT_PUSH_MAX_OPS;
    sync_say(s, "");
    mt_sync_now(s);
}

static bool frozen(const struct mt_sync *s) {
    const struct mt_enrolled *e = mt_register_enrolled(s->reg);
    return e != NULL && e->frozen;
}

int64_t mt_sync_wake_at(const struct mt_sync *s) {
    int64_t at = INT64_MAX;
    if (mt_register_enrolled(s->reg) == NULL) {
        return at;
    }
    const struct lane *push = &s->lane[MT_LANE_PUSH], *pull = &s->lane[MT_LANE_PULL];
    if (!push->busy && !frozen(s)) {
        const int64_t due = s->dirty || !s->greeted                         ? 0
                            : s->ask_again && s->ask_again_at < s->greet_at ? s->ask_again_at
                                                                            : s->greet_at;
        at = due > push->not_before ? due : push->not_before;
    }
    const bool wants = !s->caught_up || s->wait_s > 0;
    if (!pull->busy && !s->page_ready && !s->page_out && wants && pull->not_before < at) {
        at = pull->not_before;
    }
    return at;
}

void mt_sync_state(const struct mt_sync *s, struct mt_sync_state *out) {
    const struct mt_enrolled *e = mt_register_enrolled(s->reg);
    const struct lane *push = &s->lane[MT_LANE_PUSH], *pull = &s->lane[MT_LANE_PULL];
    const bool out_of_use = e == NULL || s->paused;
    *out = (struct mt_sync_state){
        .link = s->link == MT_SYNC_CONNECTING && e == NULL ? MT_SYNC_OFFLINE : s->link,
        .offline_since = s->offline_since,
        .last_contact = s->last_contact,
        .paused = s->paused,
        .frozen = e != NULL && e->frozen,
        .why = e != NULL && e->frozen                                    ? e->why
               : s->stuck > 0 && s->link == MT_SYNC_ONLINE && !s->paused ? s->stuck_why
                                                                         : s->why,
        .skew_ms = s->skew_ms,
        .service_time = s->service_time,
        .push_failed = push->failed,
        .pull_failed = pull->failed,
        .pushed = s->pushed,
        .pulled = s->pulled,
    };
    out->push_idle = !push->busy && (out_of_use || out->frozen || push->failed || (!s->dirty && s->greeted));
    out->pull_idle = !pull->busy && !s->page_ready && !s->page_out && (out_of_use || pull->failed || s->caught_up);
}

bool mt_sync_refused(struct mt_sync *s, struct mt_sync_refused *out) {
    if (s->refused_count == 0) {
        return false;
    }
    *out = s->refused[0];
    s->refused_count--;
    memmove(&s->refused[0], &s->refused[1], s->refused_count * sizeof s->refused[0]);
    return true;
}
