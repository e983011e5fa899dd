/* One step of delivering. Rows are leased first and settled last, each in a transaction of its own; the posts happen between,
 * outside of any. When the program dies there, the lease runs out and somebody sends them again: the id tells the subscriber.
 *
 * A subscriber that does not answer costs ten seconds a try, so the first failure ends the step for it. From then on it is asked by
 * one delivery at a time, and all others to it wait, also those that come meanwhile, until one gets through. The pauses grow with
 * its failures in a row: the next delivery begins where a given-up one ended. A delivery that fails while others get through has
 * pauses of its own, and who was tried least goes first: what a subscriber never takes does not keep the rest from it. */
#include <medterm/notify/notify.h>

#include <inttypes.h>
#include <stdio.h>

enum { AT_ONCE = 16, POST_MS = 10 * 1000 };
#define SECOND_MS INT64_C(1000)
#define FIRST_MS (5 * SECOND_MS)
#define LONGEST_MS (3600 * SECOND_MS)
#define KEEP_MS (3 * 86400 * SECOND_MS)
#define FORGET_MS (30 * 86400 * SECOND_MS) /* what has ended may be asked for that long */
/* Long enough for all of them to fail slowly. Looking up a name can outlast a post's time; what has no time left then is released.
 */
#define LEASE_MS ((int64_t)(AT_ONCE + 2) * POST_MS)
enum { ARENA_MAX = 16 << 20 };

void mt_notify_sign(const char *secret, int64_t timestamp, struct mt_sv body, char out[MT_NOTIFY_SIGNATURE_TEXT]) {
    struct mt_buf text;
    char hex[MT_HASH_TEXT];
    mt_buf_init(&text, body.n + 64);
    mt_buf_fmt(&text, "%" PRId64 ".", timestamp);
    mt_buf_sv(&text, body);
    out[0] = '\0'; /* without memory there is no signature, and nobody takes it for one */
    if (mt_buf_rc(&text) == MT_OK) {
        mt_hmac_hex(mt_sv(secret), mt_buf_view(&text), hex);
        (void)snprintf(out, MT_NOTIFY_SIGNATURE_TEXT, "v1=%s", hex); /* it fits */
    }
    mt_buf_fini(&text);
}

/* 5 s, 10 s … 1 h, and up to a quarter more: subscribers that failed together do not come back together. */
static int64_t pause_after(const struct mt_notify_options *o, int64_t failures) {
    int64_t wait = FIRST_MS;
    uint32_t draw = 0;
    for (int64_t i = 1; i < failures && wait < LONGEST_MS; i++)
        wait *= 2;
    o->random.fill(o->random.ctx, &draw, sizeof draw);
    wait += (int64_t)(draw % (uint32_t)(wait < LONGEST_MS ? wait / 4 : LONGEST_MS / 4));
    return wait < LONGEST_MS ? wait : LONGEST_MS;
}

static mt_time now_of(const struct mt_notify_options *o) {
    return o->clock.wall(o->clock.ctx);
}

static void tell(const struct mt_notify_options *o, const struct mt_delivery *d, enum mt_rc rc, int status) {
    const bool over = d->result == MT_DELIVERED_GIVE_UP;
    /* Never the URL: it may hold a secret. */
    mt_log_event(o->log, over ? MT_LOG_WARN : MT_LOG_INFO, over ? "webhook_given_up" : "webhook_failed",
                 MT_L_TEXT("subscription", d->row.subscription_id.s), MT_L_TEXT("rc", mt_rc_name(rc)), MT_L_INT("status", status),
                 MT_L_INT("attempts", d->row.attempts));
}

static void failed(const struct mt_notify_options *o, struct mt_delivery *d, enum mt_rc rc, int status) {
    const mt_time now = now_of(o);
    const bool over = now - d->row.created_at > KEEP_MS;
    const int64_t in_a_row = d->row.failures + 1;
    d->silent_until = now + pause_after(o, in_a_row);
    d->next_at = d->row.attempts > in_a_row ? now + pause_after(o, d->row.attempts) : d->silent_until;
    d->result = over ? MT_DELIVERED_GIVE_UP : MT_DELIVERED_RETRY;
    mt_metric_add(o->metrics, MT_METRIC_DELIVERIES, over ? MT_DELIVERY_GIVEN_UP : MT_DELIVERY_FAILED, 0, 1);
    tell(o, d, rc, status);
}

/* MT_BUSY: the program stops. */
static enum mt_rc send_one(const struct mt_notify_options *o, struct mt_delivery *d) {
    char signature[MT_NOTIFY_SIGNATURE_TEXT];
    const struct mt_notify_post p = {.url = d->row.url,
                                     .delivery_id = d->row.delivery_id,
                                     .signature = signature,
                                     .timestamp = now_of(o) / SECOND_MS,
                                     .body = mt_sv(d->row.body)};
    int status = 0;
    mt_notify_sign(d->row.secret, p.timestamp, p.body, signature);
    enum mt_rc rc = signature[0] ? o->line.post(o->line.ctx, &p, &status) : MT_BUSY;
    if (rc == MT_BUSY)
        return rc;
    d->row.attempts++;
    if (rc == MT_OK && status >= 200 && status < 300) {
        d->result = MT_DELIVERED_YES;
        mt_metric_add(o->metrics, MT_METRIC_DELIVERIES, MT_DELIVERY_DONE, 0, 1);
    } else {
        failed(o, d, rc, status);
    }
    return MT_OK;
}

static bool has_failed(const struct mt_delivery *list, size_t count, const struct mt_id *subscription_id) {
    for (size_t i = 0; i < count; i++)
        if (list[i].result != MT_DELIVERED_YES && mt_id_eq(&list[i].row.subscription_id, subscription_id))
            return true;
    return false;
}

enum mt_rc mt_notify_step(const struct mt_notify_options *o, bool *worked, struct mt_err *err) {
    struct mt_arena arena;
    struct mt_delivery *list = NULL;
    size_t count = 0;
    bool go = true;
    mt_arena_init(&arena, ARENA_MAX);
    enum mt_rc rc = mt_delivery_claim(o->session, AT_ONCE, LEASE_MS, &arena, &list, &count, err);
    for (size_t i = 0; rc == MT_OK && go && i < count && now_of(o) + POST_MS <= list[i].row.leased_until; i++)
        if (!has_failed(list, i, &list[i].row.subscription_id))
            go = send_one(o, &list[i]) == MT_OK;
    if (rc == MT_OK && count > 0)
        rc = mt_delivery_settle(o->session, list, count, KEEP_MS, err);
    *worked = rc == MT_OK && go && count > 0;
    if (rc == MT_OK && go && count == 0)
        rc = mt_delivery_forget(o->session, FORGET_MS, worked, err);
    mt_arena_fini(&arena);
    return rc;
}
