/* What has not been answered by the service yet, and what waits for a person. Needs-attention rows come first. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

bool mt_outbox_row_attention(const struct mt_outbox_row *row) {
    return strcmp(row->state, "refused") == 0 || strcmp(row->state, "quarantined") == 0;
}

bool mt_outbox_row_again(const struct mt_outbox_row *row) {
    return strcmp(row->state, "refused") == 0;
}

const struct mt_outbox_row *mt_till_sync_row(const struct mt_till *t) {
    return t->sync.selected < t->sync.count ? &t->sync.rows[t->sync.selected] : NULL;
}

static int by_need(const void *left, const void *right) {
    const struct mt_outbox_row *a = left, *b = right;
    int d = (int)mt_outbox_row_attention(b) - (int)mt_outbox_row_attention(a);
    return d != 0 ? d : a->seq < b->seq ? -1 : a->seq > b->seq;
}

void till_sync_load(struct mt_till *t, struct mt_effects *fx) {
    (void)till_effect(fx, MT_EFFECT_LOAD_SYNC);
    t->sync.loaded_at = t->mono;
}

void till_sync_open(struct mt_till *t, struct mt_effects *fx) {
    t->screen = MT_SCREEN_SYNC;
    till_sync_load(t, fx);
}

static void read_in(struct mt_till *t, const struct mt_msg *msg) {
    struct mt_arena *a = &t->sync_arena;
    mt_arena_reset(a);
    t->sync.count = 0;
    t->sync.cursor = till_copy_text(a, msg->cursor);
    t->sync.epoch = till_copy_text(a, msg->epoch);
    if (t->sync.cursor == NULL || t->sync.epoch == NULL)
        t->sync.cursor = t->sync.epoch = "";
    t->sync.rows = mt_arena_array(a, msg->outbox_count > 0 ? msg->outbox_count : 1, sizeof *t->sync.rows);
    if (t->sync.rows == NULL)
        return;
    for (size_t i = 0; i < msg->outbox_count; i++) {
        struct mt_outbox_row row = msg->outbox[i];
        row.order_no = till_copy_text(a, row.order_no);
        row.state = till_copy_text(a, row.state);
        row.why = till_copy_text(a, row.why);
        if (row.order_no == NULL || row.state == NULL || row.why == NULL)
            break;
        t->sync.rows[t->sync.count++] = row;
    }
    if (t->sync.count > 1)
        qsort(t->sync.rows, t->sync.count, sizeof *t->sync.rows, by_need);
}

void till_sync_take(struct mt_till *t, const struct mt_msg *msg) {
    const struct mt_outbox_row *row = mt_till_sync_row(t);
    int64_t kept = row != NULL ? row->seq : 0;
    size_t at = t->sync.selected;
    read_in(t, msg);
    t->sync.loaded = true;
    t->sync.selected = at < t->sync.count ? at : t->sync.count > 0 ? t->sync.count - 1 : 0;
    for (size_t i = 0; i < t->sync.count; i++)
        if (t->sync.rows[i].seq == kept)
            t->sync.selected = i;
}

void till_sync_settle(struct mt_till *t, int64_t seq, enum mt_settle how, struct mt_effects *fx) {
    const struct mt_outbox_row *row = NULL;
    for (size_t i = 0; i < t->sync.count; i++)
        if (t->sync.rows[i].seq == seq && mt_outbox_row_attention(&t->sync.rows[i]))
            row = &t->sync.rows[i];
    if (row == NULL)
        return; /* it was answered while the question stood */
    struct mt_effect *e = till_effect(fx, MT_EFFECT_SETTLE);
    e->seq = row->seq;
    e->settle = how;
    e->order_no = row->order_no[0] != '\0' ? row->order_no : mt_op_kind_words(row->kind);
}

/* Said only now: before, the disk might still have failed. */
void till_settled(struct mt_till *t, const struct mt_msg *msg) {
    struct mt_sv why = till_why(msg);
    const char *what = msg->order_no != NULL ? msg->order_no : "It";
    if (msg->rc != MT_OK)
        till_say(t, MT_NOTICE_BAD, "%s stays in the list: %.*s.", what, (int)why.n, why.p);
    else if (msg->settle == MT_SETTLE_AGAIN)
        till_say(t, MT_NOTICE_GOOD, "%s is sent again.", what);
}

void till_exported(struct mt_till *t, const struct mt_msg *msg) {
    struct mt_sv why = till_why(msg);
    if (msg->rc == MT_OK)
        till_say(t, MT_NOTICE_GOOD, "The unsent operations are written to %s.", msg->path != NULL ? msg->path : "a file");
    else
        till_say(t, MT_NOTICE_BAD, "Nothing was written: %.*s.", (int)why.n, why.p);
}

static void move(struct mt_till *t, int by) {
    size_t at = t->sync.selected, n = (size_t)(by < 0 ? -by : by);
    if (t->sync.count == 0)
        return;
    t->sync.selected = by < 0 ? (at < n ? 0 : at - n) : at + n >= t->sync.count ? t->sync.count - 1 : at + n;
}

static void action(struct mt_till *t, enum mt_action a, struct mt_effects *fx) {
    enum { PAGE = 10 };
    const struct mt_outbox_row *row = mt_till_sync_row(t);
    bool attention = row != NULL && mt_outbox_row_attention(row);
    if (a == MT_ACT_UP || a == MT_ACT_DOWN)
        move(t, a == MT_ACT_UP ? -1 : 1);
    else if (a == MT_ACT_PAGE_UP || a == MT_ACT_PAGE_DOWN)
        move(t, a == MT_ACT_PAGE_UP ? -PAGE : PAGE);
    else if (a == MT_ACT_BACK)
        till_open_new(t);
    else if (a == MT_ACT_SYNC_NOW) {
        (void)till_effect(fx, MT_EFFECT_SYNC_NOW);
        till_say(t, MT_NOTICE_INFO, "Trying now.");
    } else if (a == MT_ACT_EXPORT)
        (void)till_effect(fx, MT_EFFECT_EXPORT);
    else if (a == MT_ACT_AGAIN && row != NULL && mt_outbox_row_again(row))
        till_sync_settle(t, row->seq, MT_SETTLE_AGAIN, fx);
    else if (a == MT_ACT_DROP && attention) {
        till_ask(t, MT_ASK_DROP, row->order_no);
        t->ask_seq = row->seq;
    }
}

const struct till_screen till_sync = {.action = action};
