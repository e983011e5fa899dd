/* Push: the outbox in order, a batch at a time, the bytes as they were committed. An answer counts for an operation only when it
 * names its id and its sequence; one wrong name and the whole answer is taken for somebody else's. The first push of a
 * run is empty: its last_seq shows a copied or put-back file before a sale is made with it.
 *
 * What the batch as a whole is refused for: too large or unreadable, it is halved until one operation is left; that one is
 * declared void, but only after an empty push has shown that the envelope is not the fault. A gap makes the missing ones
 * wait again; when they were answered before, the service was put back from a backup, and its epoch is asked for first.
 * Other content under a known id, or another machine under our name, freezes the lane. */
#include "sync_impl.h"

#include <medterm/wire/doc.h>

#include <stdlib.h>
#include <string.h>

#define PUSH_TIMEOUT_MS 30000
#define PUSH_ANSWER_MAX (64u << 20)
#define ENVELOPE_BYTES 4096u
#define FORGOT_PAUSE_MS 1000
#define ASK_AGAIN_MS 60000
#define GREET_AGAIN_MS 600000 /* a till that sells nothing must find out too that the service was put back */
#define STUCK_MOST 16         /* long past the longest wait */

static const char copied_words[] =
    "This till's files were copied: the service has operations under its name that it never made. Nothing is lost and nothing more "
    "is sent. Enrol it again with a new code.";
static const char cloned_words[] =
    "Another machine works as this register. Nothing is lost and nothing more is sent. Enrol this till again with a new code.";

static void freeze(struct mt_sync *s, const char *why) {
    struct mt_err err = {0};
    if (mt_register_freeze(s->reg, why, &err) != MT_OK) {
        sync_failed(s, MT_LANE_PUSH, false, 0, mt_err_text(&err));
        return;
    }
    s->lane[MT_LANE_PUSH].failed = true;
    mt_log_event(s->log, MT_LOG_ERROR, "lane_frozen", MT_L_TEXT("why", why));
}

/* {"epoch","outcome","result"} of an operation that a restored service has forgotten. */
static struct mt_sv prior_of(const struct mt_outbox_op *o, const char *epoch, struct mt_arena *arena) {
    struct mt_sv none = {NULL, 0};
    if (!o->has_outcome || o->answered_epoch[0] == '\0' || strcmp(o->answered_epoch, epoch) == 0) {
        return none;
    }
    struct mt_doc *d = mt_doc_new();
    struct mt_node *root = mt_doc_root(d);
    mt_node_text(d, root, "epoch", o->answered_epoch);
    mt_node_text(d, root, "outcome", mt_outcome_name(o->outcome));
    if (o->result.n > 0) {
        mt_node_raw(d, root, "result", o->result);
    }
    struct mt_buf text;
    mt_buf_init(&text, 1u << 20);
    if (mt_doc_print(d, &text) == MT_OK) {
        const char *kept = mt_arena_sv(arena, mt_buf_view(&text));
        none = kept != NULL ? mt_sv_n(kept, text.n) : none;
    }
    mt_buf_fini(&text);
    mt_doc_free(d);
    return none;
}

static void remember(struct mt_sync *s, const struct mt_outbox_op *o) {
    struct sent *to = &s->sent[s->sent_count++];
    *to = (struct sent){.seq = o->seq, .op_id = o->op_id, .row_op_id = o->op_id, .kind = o->kind, .settled = o->settled};
    to->kept = o->has_outcome && o->outcome == MT_QUARANTINED;
    if (mt_sv_copy(mt_sv(o->order_no), to->order_no, sizeof to->order_no) != MT_OK) {
        to->order_no[0] = '\0';
    }
}

#ifdef MT_PLANT_FRESH_OP_ID_ON_RETRY
static void plant_fresh_id(struct mt_sync *s, struct mt_outbox_op *o, struct mt_arena *arena) {
    char *copy = mt_arena_sv(arena, o->bytes);
    char *at = copy != NULL ? strstr(copy, "\"op_id\":\"") : NULL;
    if (at == NULL || o->attempts == 0) {
        return;
    }
    struct mt_id_source ids;
    mt_id_source_init(&ids, s->clock, s->random);
    struct sent *last = &s->sent[s->sent_count - 1];
    last->op_id = mt_id_new(&ids);
    memcpy(at + 9, last->op_id.s, 36);
    o->bytes.p = copy;
}
#endif

static bool print_batch(struct mt_sync *s, struct mt_outbox_op *ops, size_t count, struct mt_arena *arena) {
    struct mt_outbox_sum sum;
    struct mt_push_item *items = mt_arena_array(arena, count + 1, sizeof *items);
    if (items == NULL || mt_register_sum(s->reg, &sum, NULL) != MT_OK) {
        return false;
    }
    const char *epoch = mt_register_enrolled(s->reg)->info.epoch;
    s->sent_count = 0;
    for (size_t i = 0; i < count; i++) {
        remember(s, &ops[i]);
#ifdef MT_PLANT_FRESH_OP_ID_ON_RETRY
        plant_fresh_id(s, &ops[i], arena);
#endif
        items[i] = (struct mt_push_item){ops[i].seq, ops[i].bytes, prior_of(&ops[i], epoch, arena)};
    }
    mt_buf_clear(&s->push_body);
    const struct mt_push_acked acked = {sum.acked_seq, sum.acked_op_id.s, sum.acked_epoch};
    mt_push_print(s->instance_id, s->clock.wall(s->clock.ctx), mt_id_is(&sum.acked_op_id) ? &acked : NULL, items, count,
                  &s->push_body);
    return mt_buf_rc(&s->push_body) == MT_OK;
}

/* The next batch into push_body. An empty one greets, or tries the envelope. */
static bool make_batch(struct mt_sync *s) {
    struct mt_arena arena;
    mt_arena_init(&arena, 64u << 20);
    struct mt_outbox_op *ops = NULL;
    size_t count = 0;
    struct mt_err err = {0};
    enum mt_rc rc = MT_OK;
    if (s->greeted && s->suspect == 0) {
        rc = mt_register_batch(s->reg, s->most, MT_PUSH_MAX_BYTES - ENVELOPE_BYTES, &arena, &ops, &count, &err);
    }
    bool made = rc == MT_OK && (count > 0 || !s->greeted || s->suspect != 0);
    if (rc == MT_OK && !made) {
        s->dirty = false;
    }
    if (made && !print_batch(s, ops, count, &arena)) { /* prior answers made it too long, or memory is short */
        made = false;
        s->most = s->most > 1 ? s->most / 2 : 1;
        sync_failed(s, MT_LANE_PUSH, false, 0, "The next operations can not be put together.");
    }
    if (rc != MT_OK) {
        sync_failed(s, MT_LANE_PUSH, false, 0, mt_err_text(&err));
    }
    mt_arena_fini(&arena);
    return made;
}

/* An operation in quarantine is applied by itself when what it waited for arrives, and then has another answer. The feed tells that
 * something moved; a greeting finds out what moved while nobody listened. */
static void ask_again(struct mt_sync *s) {
    struct mt_err err = {0};
    int64_t count = 0;
    s->ask_again = false;
    s->ask_again_at = sync_mono(s) + ASK_AGAIN_MS;
    if (mt_register_ask_again(s->reg, &count, &err) != MT_OK) {
        sync_failed(s, MT_LANE_PUSH, false, 0, mt_err_text(&err));
    }
    s->dirty = s->dirty || count > 0;
}

/* Another epoch: what the service knows of this lane has to be heard too. */
void sync_feed_moved(struct mt_sync *s, bool anew) {
    s->ask_again = true;
    if (anew) {
        s->greeted = false;
    }
}

bool sync_push_next(struct mt_sync *s, struct mt_sync_request *out) {
    const int64_t now = sync_mono(s);
    if (s->greeted && s->ask_again && now >= s->ask_again_at && !mt_register_enrolled(s->reg)->frozen) {
        ask_again(s);
    }
    s->greeted = s->greeted && (s->dirty || now < s->greet_at);
    if (mt_register_enrolled(s->reg)->frozen || (!s->dirty && s->greeted) || !make_batch(s)) {
        return false;
    }
    *out = (struct mt_sync_request){
        .method = "POST",
        .path = "/v1/operations",
        .body = mt_buf_view(&s->push_body),
        .timeout_ms = PUSH_TIMEOUT_MS,
        .max_answer = PUSH_ANSWER_MAX,
    };
    return true;
}

/* A greeting that fails counts as a try of what waits behind it. */
static enum mt_rc count_try(struct mt_sync *s, const char *why, struct mt_err *err) {
    struct mt_outbox_sum sum;
    if (s->sent_count > 0) {
        return mt_register_tried(s->reg, s->sent[0].seq, s->sent[s->sent_count - 1].seq, why, err);
    }
    enum mt_rc rc = mt_register_sum(s->reg, &sum, err);
    return rc == MT_OK && sum.waiting > 0 ? mt_register_tried(s->reg, sum.acked_seq + 1, sum.acked_seq + MT_PUSH_MAX_OPS, why, err)
                                          : rc;
}

static void try_again(struct mt_sync *s, bool line, int retry_after, const char *why) {
    struct mt_err err = {0};
    const enum mt_rc rc = count_try(s, why, &err);
    sync_failed(s, MT_LANE_PUSH, line, retry_after, rc == MT_OK ? why : mt_err_text(&err));
}

static int by_seq(const void *a, const void *b) {
    const struct sent *x = a, *y = b;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* NULL when no such sequence is in the batch that was out. */
static const struct sent *find_sent(const struct mt_sync *s, int64_t seq) {
    const struct sent key = {.seq = seq};
    return bsearch(&key, s->sent, s->sent_count, sizeof *s->sent, by_seq);
}

/* Every answer names an operation of the batch by id and sequence. */
static bool matches(struct mt_sync *s, struct mt_push_answer *a) {
    for (size_t i = 0; i < a->count; i++) {
        struct mt_push_result *r = &a->results[i];
        const struct sent *x = find_sent(s, r->register_seq);
        if (x == NULL || !mt_id_eq(&x->op_id, &r->op_id)) {
            return false;
        }
        r->op_id = x->row_op_id;
    }
    return a->count > 0 || s->sent_count == 0;
}

static void note_refused(struct mt_sync *s, const struct mt_push_answer *a) {
    for (size_t i = 0; i < a->count; i++) {
        const struct mt_push_result *r = &a->results[i];
        if (r->outcome == MT_APPLIED || s->refused_count == MT_REFUSED_MAX) {
            continue;
        }
        const struct sent *x = find_sent(s, r->register_seq);
        if (x == NULL || x->settled || (x->kept && r->outcome == MT_QUARANTINED)) {
            continue;
        }
        struct mt_sync_refused *to = &s->refused[s->refused_count++];
        *to = (struct mt_sync_refused){.seq = r->register_seq, .kind = x->kind};
        memcpy(to->order_no, x->order_no, sizeof to->order_no);
        struct mt_problem p;
        mt_problem_init(&p);
        const char *words = r->outcome == MT_REFUSED ? "Refused by the service." : "Kept by the service, not applied yet.";
        if (r->problem.n > 0 && mt_problem_parse(r->problem, &p) == MT_OK && p.detail[0] != '\0') {
            words = p.detail;
        }
        if (mt_sv_copy(mt_sv(words), to->words, sizeof to->words) != MT_OK) {
            to->words[0] = '\0';
        }
    }
}

/* What the service's last_seq says of us. False when the lane is frozen by it. */
static bool check_last_seq(struct mt_sync *s, int64_t last_seq) {
    struct mt_outbox_sum sum;
    struct mt_err err = {0};
    int64_t reopened = 0;
    enum mt_rc rc = mt_register_sum(s->reg, &sum, &err);
    if (rc == MT_OK && last_seq > sum.last_seq) {
        freeze(s, copied_words);
        return false;
    }
    if (rc == MT_OK && last_seq < sum.acked_seq) { /* restored from an older backup: it forgot what it had answered */
        rc = mt_register_reopen(s->reg, last_seq, &reopened, &err);
        s->lane[MT_LANE_PUSH].not_before = sync_mono(s) + FORGOT_PAUSE_MS; /* never in a circle with a service that can't count */
        mt_log_event(s->log, MT_LOG_WARN, "service_forgot", MT_L_INT("last_seq", last_seq), MT_L_INT("operations", reopened));
    }
    if (rc != MT_OK) {
        sync_failed(s, MT_LANE_PUSH, false, 0, mt_err_text(&err));
        return false;
    }
    s->dirty = true;
    return true;
}

/* Not even a void of it is taken. The empty push between two tries is answered, which is no progress: the wait grows all the
 * same. */
static void stuck(struct mt_sync *s, int64_t seq, const char *why) {
    struct mt_err err = {0};
    if (mt_register_tried(s->reg, seq, seq, why, &err) != MT_OK) {
        why = mt_err_text(&err);
    }
    s->lane[MT_LANE_PUSH].failures = s->stuck;
    s->stuck += s->stuck < STUCK_MOST ? 1 : 0;
    sync_failed(s, MT_LANE_PUSH, false, 0, why);
    memcpy(s->stuck_why, s->why, sizeof s->stuck_why);
}

static void void_suspect(struct mt_sync *s) {
    struct mt_err err = {0};
    const int64_t seq = s->suspect;
    s->suspect = 0;
    if (seq != 0 && mt_register_void(s->reg, seq, "The service could not read it.", &err) != MT_OK) {
        stuck(s, seq, mt_err_text(&err));
    }
}

static void take_answers(struct mt_sync *s, const struct mt_reply *reply, struct mt_arena *arena) {
    struct mt_push_answer a;
    struct mt_err err = {0};
    if (reply->status != 200 || mt_push_answer_parse(reply->body, arena, &a, &err) != MT_OK) {
        try_again(s, true, 0, "The service's answer can not be read.");
        return;
    }
    if (!matches(s, &a)) {
        try_again(s, true, 0, "The answer is about other operations.");
        return;
    }
    if (mt_register_answered(s->reg, a.results, a.count, a.epoch, &err) != MT_OK) {
        sync_failed(s, MT_LANE_PUSH, false, 0, mt_err_text(&err));
        return;
    }
    note_refused(s, &a);
    s->pushed += (int64_t)a.count;
    s->stuck = a.count > 0 ? 0 : s->stuck;
    s->most = s->most < MT_PUSH_MAX_OPS / 2 ? s->most * 2 : MT_PUSH_MAX_OPS;
    sync_succeeded(s, MT_LANE_PUSH, reply);
    if (check_last_seq(s, a.last_seq)) {
        if (!s->greeted) {
            s->ask_again = true;
            s->ask_again_at = sync_mono(s);
        }
        s->greeted = true;
        s->greet_at = sync_mono(s) + GREET_AGAIN_MS;
        void_suspect(s);
    }
}

static void halve(struct mt_sync *s, const struct mt_reply *reply, const char *why) {
    if (s->sent_count > 1) {
        s->most = s->sent_count / 2;
        s->lane[MT_LANE_PUSH].not_before = sync_mono(s);
        return;
    }
    if (s->sent_count == 1) {
        s->suspect = s->sent[0].seq; /* an empty push comes next and tells whether it is the operation */
    }
    if (s->sent_count == 0) {
        s->suspect = 0;
        try_again(s, false, reply->retry_after, why);
    }
}

static void gap(struct mt_sync *s, const struct mt_problem *p) {
    struct mt_outbox_sum sum;
    struct mt_err err = {0};
    int64_t reopened = 0;
    enum mt_rc rc = mt_register_sum(s->reg, &sum, &err);
    if (rc == MT_OK && p->last_seq > sum.last_seq) {
        freeze(s, copied_words);
        return;
    }
    if (rc == MT_OK && p->last_seq >= 0 && p->last_seq < sum.acked_seq) {
        /* Put back from a backup. An empty push tells its epoch: only then do the answers kept here go along with what it forgot.
         */
        s->greeted = false;
        s->lane[MT_LANE_PUSH].not_before = sync_mono(s) + FORGOT_PAUSE_MS; /* never in a circle with a service that can't count */
        return;
    }
    if (rc == MT_OK && p->last_seq >= 0) {
        rc = mt_register_reopen(s->reg, p->last_seq, &reopened, &err);
    }
    if (rc != MT_OK || reopened == 0) { /* nothing of ours fills it: wait, then ask again */
        try_again(s, false, 0, rc != MT_OK ? mt_err_text(&err) : "The service misses operations this till does not have.");
    }
}

static void take_problem(struct mt_sync *s, const struct mt_reply *reply) {
    struct mt_problem p;
    mt_problem_init(&p);
    if (mt_problem_parse(reply->body, &p) != MT_OK) {
        try_again(s, true, reply->retry_after, "The service's answer can not be read.");
        return;
    }
    const char *why = p.detail[0] != '\0' ? p.detail : mt_problem_title(p.code);
    if (reply->status == 401) {
        sync_pause(s, MT_LANE_PUSH);
    } else if (reply->status == 409 && p.code == MT_P_SEQUENCE_GAP) {
        gap(s, &p);
    } else if (reply->status == 409 && p.code == MT_P_REGISTER_CLONED) {
        freeze(s, cloned_words);
    } else if (reply->status == 422 && p.code == MT_P_IDEMPOTENCY_KEY_REUSED) {
        freeze(s, copied_words);
    } else if (reply->status == 400 || reply->status == 413) {
        halve(s, reply, why);
    } else {
        try_again(s, reply->status >= 500, reply->retry_after, reply->status >= 500 ? "The service is not ready." : why);
    }
}

void sync_push_answer(struct mt_sync *s, const struct mt_reply *reply) {
    struct mt_arena arena;
    mt_arena_init(&arena, 256u << 20);
    switch (sync_reply_kind(reply)) {
    case REPLY_JSON:
        take_answers(s, reply, &arena);
        break;
    case REPLY_PROBLEM:
        take_problem(s, reply);
        break;
    case REPLY_NONE:
        if (reply->transport == MT_OK && reply->status == 413 && s->sent_count > 1) {
            halve(s, reply, ""); /* a proxy's own limit */
        } else {
            try_again(s, true, reply->retry_after, sync_reply_words(reply));
        }
        break;
    }
    mt_arena_fini(&arena);
}
