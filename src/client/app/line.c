/* The line: sync says what to ask, net asks it, the helper applies what came. A turn starts what can be started, waits
 * once, and takes everything that has come; nothing here waits twice. */
#include "app_impl.h"

#include <medterm/crypto/crypto.h>

#include <stdlib.h>
#include <string.h>

#define ENROL_TIMEOUT_MS 30000

static void refuse_request(struct mt_app *a, enum mt_lane lane, const struct mt_err *err) {
    const struct mt_reply reply = {.serial = a->serial[lane], .transport = MT_OFFLINE, .words = mt_err_text(err)};
    mt_sync_answer(a->sync, lane, &reply);
    a->changed = true;
}

static void start_requests(struct mt_app *a) {
    for (int i = 0; i < MT_LANE_COUNT; i++) {
        struct mt_sync_request q;
        const enum mt_lane lane = (enum mt_lane)i;
        if (a->left_alone[i] || !mt_sync_next(a->sync, lane, &q)) {
            continue;
        }
        a->serial[i] = q.serial;
        const struct mt_net_request n = {
            .method = q.method,
            .base = a->server != NULL ? a->server : q.base,
            .path = q.path,
            .token = q.token,
            .body = q.body,
            .timeout_ms = q.timeout_ms,
            .max_answer = q.max_answer,
        };
        struct mt_err err = {0};
        if (mt_net_start(a->net, (size_t)i, &n, &err) != MT_OK) {
            refuse_request(a, lane, &err);
        }
    }
}

static struct mt_reply reply_of(const struct mt_net_reply *r, uint64_t serial) {
    return (struct mt_reply){
        .serial = serial,
        .transport = r->rc,
        .words = r->words,
        .status = r->status,
        .content_type = mt_sv(r->content_type),
        .retry_after = r->retry_after,
        .date = r->date,
        .body = r->body,
    };
}

static void keep_enrol_answer(struct mt_app *a, const struct mt_net_reply *r) {
    a->enrol_reply = reply_of(r, 0);
    mt_buf_clear(&a->enrol_answer);
    mt_buf_sv(&a->enrol_answer, r->body);
    if (mt_sv_copy(mt_sv(r->content_type), a->enrol_type, sizeof a->enrol_type) != MT_OK) {
        a->enrol_type[0] = '\0';
    }
    a->enrol_reply.body = mt_buf_view(&a->enrol_answer);
    a->enrol_reply.content_type = mt_sv(a->enrol_type);
    a->enrolling = false;
    a->enrol_done = true;
}

/* Judges expiry from now on, and after a restart with a clock that was set back. */
static void note_service_time(struct mt_app *a) {
    struct mt_sync_state s;
    struct mt_err err = {0};
    mt_sync_state(a->sync, &s);
    if (s.service_time == 0 || s.service_time == a->service_time) {
        return;
    }
    a->service_time = s.service_time;
    if (mt_register_note_service_time(a->reg, a->service_time, &err) != MT_OK) { /* the next contact tries again */
        mt_log_event(a->o.log, MT_LOG_WARN, "service_time", MT_L_TEXT("why", mt_err_text(&err)));
    }
}

static void take_replies(struct mt_app *a) {
    struct mt_net_reply r;
    while (mt_net_done(a->net, &r)) {
        a->changed = true;
        if (r.slot == SLOT_ENROL) {
            keep_enrol_answer(a, &r);
            continue;
        }
        const struct mt_reply reply = reply_of(&r, a->serial[r.slot]);
        mt_sync_answer(a->sync, (enum mt_lane)r.slot, &reply);
    }
}

static void give_page(struct mt_app *a) {
    struct mt_sync_page page;
    if (!mt_sync_page(a->sync, &page)) {
        return;
    }
    struct job *j = job_new(page.restart ? JOB_RESTART : JOB_PAGE);
    if (j == NULL) {
        mt_sync_page_done(a->sync, MT_NOMEM, "Not enough memory to take in what the service sent.", NULL, NULL);
        return;
    }
    j->asked = page.asked;
    j->page = page.body;
    app_give(a, j);
}

static void page_done(struct mt_app *a, struct job *j) {
    struct mt_err err = j->err;
    enum mt_rc rc = j->rc;
    if (j->applied.swapped || a->reader == NULL) {
        enum mt_rc opened = app_reader_open(a, &err);
        rc = rc == MT_OK ? opened : rc;
    }
    if (rc == MT_OK && (j->applied.staff || j->applied.swapped) && a->reader != NULL) {
        bool moved = false;
        rc = mt_register_adopt(a->reg, a->reader, &moved, &err);
        a->staff_moved = a->staff_moved || moved;
    }
    mt_sync_page_done(a->sync, rc, mt_err_text(&err), j->cursor, &j->applied);
    a->changed = a->filled = true;
    a->filling = j->applied.filling;
}

static void take_jobs(struct mt_app *a) {
    struct job *j;
    while ((j = helper_take(a->helper)) != NULL) {
        switch (j->kind) {
        case JOB_PAGE:
        case JOB_RESTART:
            page_done(a, j);
            job_free(j);
            break;
        case JOB_PIN:
        case JOB_RECEIPT:
            j->next = NULL;
            *a->finished_last = j;
            a->finished_last = &j->next;
            break;
        case JOB_RANK:
            if (j->rc != MT_OK) {
                mt_log_event(a->o.log, MT_LOG_WARN, "cache", MT_L_TEXT("why", mt_err_text(&j->err)));
            }
            job_free(j);
            break;
        }
    }
}

static int wait_ms(const struct mt_app *a, int64_t timeout_ms) {
    const int64_t wake = mt_sync_wake_at(a->sync);
    if (wake != INT64_MAX && !a->left_alone[MT_LANE_PULL]) {
        const int64_t left = wake - a->o.clock.mono(a->o.clock.ctx);
        timeout_ms = left < timeout_ms ? left : timeout_ms;
    }
    return timeout_ms < 0 ? 0 : timeout_ms > 60000 ? 60000 : (int)timeout_ms;
}

enum mt_rc mt_app_turn(struct mt_app *a, const int *fds, bool *ready, size_t count, int64_t timeout_ms, struct mt_err *err) {
    int all[MT_NET_FDS];
    bool told[MT_NET_FDS] = {false};
    size_t n = count < MT_NET_FDS - 1 ? count : MT_NET_FDS - 1;
    for (size_t i = 0; i < n; i++) {
        all[i] = fds[i];
    }
    const size_t own = n;
    if (helper_fd(a->helper) >= 0) {
        all[n++] = helper_fd(a->helper);
    }
    take_jobs(a); /* without a thread they are done already */
    start_requests(a);
    give_page(a);
    take_jobs(a);
    enum mt_rc rc = mt_net_wait(a->net, all, told, n, wait_ms(a, timeout_ms), err);
    for (size_t i = 0; i < own && ready != NULL; i++) {
        ready[i] = told[i];
    }
    if (rc == MT_OK) {
        take_replies(a);
        take_jobs(a);
        give_page(a);
        take_jobs(a);
        note_service_time(a);
        start_requests(a);
    }
    return rc;
}

static bool at_rest(const struct mt_app *a, enum mt_sync_goal goal) {
    struct mt_sync_state s;
    mt_sync_state(a->sync, &s);
    return s.push_idle && (goal == MT_SYNC_PUSH || s.pull_idle);
}

enum mt_rc mt_app_sync(struct mt_app *a, enum mt_sync_goal goal, int64_t for_ms, struct mt_err *err) {
    const int64_t end = a->o.clock.mono(a->o.clock.ctx) + for_ms;
    a->left_alone[MT_LANE_PULL] = goal == MT_SYNC_PUSH;
    mt_sync_now(a->sync);
    enum mt_rc rc = MT_OK;
    while (rc == MT_OK && !at_rest(a, goal)) {
        const int64_t left = end - a->o.clock.mono(a->o.clock.ctx);
        if (left <= 0) {
            rc = mt_fail(err, MT_OFFLINE, "The service did not answer in time.");
            break;
        }
        rc = mt_app_turn(a, NULL, NULL, 0, left, err);
    }
    struct mt_sync_state s;
    mt_sync_state(a->sync, &s);
    if (rc == MT_OK && (s.push_failed || s.paused || s.frozen || (goal == MT_SYNC_ALL && s.pull_failed))) {
        rc = mt_fail(err,
                     s.frozen   ? MT_CLONED
                     : s.paused ? MT_DENIED
                                : MT_OFFLINE,
                     "%s", s.why[0] != '\0' ? s.why : "The line failed.");
    }
    return rc;
}

bool mt_app_refused(struct mt_app *a, struct mt_sync_refused *out) {
    return mt_sync_refused(a->sync, out);
}

enum mt_rc app_enrol_begin(struct mt_app *a, const char *url, const char *code, struct mt_err *err) {
    char normal[MT_ENROL_CODE_TEXT];
    if (a->enrolling) {
        return mt_fail(err, MT_BUSY, "The enrolment is under way.");
    }
    if (mt_enrol_code_normalise(mt_sv(code), normal) != MT_OK) {
        return mt_fail(err, MT_INVALID, "That is not an enrolment code. It looks like ABCD-EFGH-JKLM.");
    }
    if (mt_sv_copy(mt_sv_trim(mt_sv(url)), a->enrol_url, sizeof a->enrol_url) != MT_OK) {
        return mt_fail(err, MT_INVALID, "The address of the service is too long.");
    }
    mt_buf_clear(&a->enrol_body);
    mt_enrol_request(normal, a->instance_id, NULL, &a->enrol_body);
    const struct mt_net_request q = {.method = "POST",
                                     .base = a->enrol_url,
                                     .path = MT_ENROL_PATH,
                                     .body = mt_buf_view(&a->enrol_body),
                                     .timeout_ms = ENROL_TIMEOUT_MS,
                                     .max_answer = 65000};
    enum mt_rc rc = mt_net_start(a->net, SLOT_ENROL, &q, err);
    a->enrolling = rc == MT_OK;
    a->enrol_done = false;
    return rc;
}

enum mt_rc app_enrol_end(struct mt_app *a, struct mt_err *err) {
    struct mt_register_info info;
    a->enrol_done = false;
    enum mt_rc rc = mt_enrol_answer(&a->enrol_reply, &info, err);
    if (rc == MT_OK) {
        rc = mt_register_enrol(a->reg, a->enrol_url, &info, err);
    }
    explicit_bzero(&info, sizeof info);
    mt_buf_clear(&a->enrol_answer);
    if (rc == MT_OK) {
        mt_sync_enrolled(a->sync);
        a->changed = true;
    }
    return rc;
}

enum mt_rc mt_app_enrol(struct mt_app *a, const char *url, const char *code, struct mt_err *err) {
    enum mt_rc rc = app_enrol_begin(a, url, code, err);
    const bool alone = a->left_alone[MT_LANE_PULL];
    a->left_alone[MT_LANE_PUSH] = a->left_alone[MT_LANE_PULL] = true;
    while (rc == MT_OK && !a->enrol_done) {
        rc = mt_app_turn(a, NULL, NULL, 0, ENROL_TIMEOUT_MS, err);
    }
    a->left_alone[MT_LANE_PUSH] = false;
    a->left_alone[MT_LANE_PULL] = alone;
    return rc == MT_OK ? app_enrol_end(a, err) : rc;
}
