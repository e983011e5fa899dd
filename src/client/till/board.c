/* The board: what is to be prepared and handed over, oldest first within its status. The selection follows an order, not
 * a row, so that a board that moves under a hand does not move the hand. A typed or scanned order number jumps to it. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

/* Where a status stands on the board; -1: not on it. */
static int rank(enum mt_order_status s) {
    switch (s) {
    case MT_ORDER_PAID:
        return 0;
    case MT_ORDER_PREPARING:
        return 1;
    case MT_ORDER_SHIPPED:
        return 2;
    case MT_ORDER_PENDING:
        return 3;
    case MT_ORDER_COMPLETED:
    case MT_ORDER_CANCELLED:
        break;
    }
    return -1;
}

static int by_age(const void *left, const void *right) {
    const struct mt_board_row *a = left, *b = right;
    int d = rank(a->status) - rank(b->status);
    if (d != 0)
        return d;
    if (a->since != b->since)
        return a->since < b->since ? -1 : 1;
    return strcmp(a->order_no, b->order_no);
}

const struct mt_board_row *mt_till_board_row(const struct mt_till *t) {
    return t->board.selected < t->board.count ? &t->board.rows[t->board.selected] : NULL;
}

static size_t find(const struct mt_till *t, const char *order_no) {
    size_t i = 0;
    while (i < t->board.count && strcmp(t->board.rows[i].order_no, order_no) != 0)
        i++;
    return i;
}

void till_board_load(struct mt_till *t, struct mt_effects *fx) {
    (void)till_effect(fx, MT_EFFECT_LOAD_BOARD);
    t->board.loaded_at = t->mono;
}

void till_board_open(struct mt_till *t, struct mt_effects *fx) {
    t->screen = MT_SCREEN_FULFIL;
    till_board_load(t, fx);
}

static void read_in(struct mt_till *t, const struct mt_msg *msg) {
    mt_arena_reset(&t->board_arena);
    t->board.count = 0;
    t->board.rows = mt_arena_array(&t->board_arena, msg->board_count > 0 ? msg->board_count : 1, sizeof *t->board.rows);
    if (t->board.rows == NULL)
        return;
    for (size_t i = 0; i < msg->board_count; i++) {
        struct mt_board_row row = msg->board[i];
        row.order_no = till_copy_text(&t->board_arena, row.order_no);
        row.who = till_copy_text(&t->board_arena, row.who);
        if (row.order_no == NULL || row.who == NULL)
            break;
        if (rank(row.status) >= 0)
            t->board.rows[t->board.count++] = row;
    }
    if (t->board.count > 1)
        qsort(t->board.rows, t->board.count, sizeof *t->board.rows, by_age);
}

void till_board_take(struct mt_till *t, const struct mt_msg *msg) {
    char kept[MT_ORDER_NO_TEXT] = "";
    size_t at = t->board.selected;
    if (mt_till_board_row(t) != NULL)
        till_set(kept, sizeof kept, mt_till_board_row(t)->order_no);
    read_in(t, msg);
    t->board.loaded = true;
    size_t found = find(t, kept);
    t->board.selected = found < t->board.count ? found : at < t->board.count ? at : t->board.count > 0 ? t->board.count - 1 : 0;
}

/* ---- moving an order on ---- */

static bool order_state(const struct mt_till *t, const char *order_no, enum mt_order_status *status, int64_t *version,
                        struct mt_id *order_id, bool *own) {
    size_t at = find(t, order_no);
    if (t->screen == MT_SCREEN_PICK && t->pick.loaded && strcmp(t->pick.order_no, order_no) == 0) {
        *status = t->pick.order.status;
        *version = t->pick.order.version;
        *order_id = t->pick.order.order_id;
        *own = strcmp(t->pick.order.register_code, t->register_code) == 0;
        return true;
    }
    if (t->board.rows == NULL || at >= t->board.count)
        return false;
    *status = t->board.rows[at].status;
    *version = t->board.rows[at].version;
    *order_id = (struct mt_id){.s = ""};
    *own = t->board.rows[at].own;
    return true;
}

static void advance(struct mt_till *t, const char *order_no, bool asked, struct mt_effects *fx) {
    enum mt_order_status status;
    struct mt_op op = {.kind = MT_OP_ORDER_ADVANCE};
    struct mt_op_order_advance *a = &op.body.advance;
    bool own;
    if (!mt_role_may_fulfil(t->staff.role) || !order_state(t, order_no, &status, &a->if_version, &a->order_id, &own))
        return;
    a->to = mt_order_status_next(status);
    if (status == MT_ORDER_PENDING)
        till_say(t, MT_NOTICE_INFO, "%s is not paid. F4 takes the payment.", order_no);
    else if (a->to == status)
        till_say(t, MT_NOTICE_INFO, "%s has nothing left to do.", order_no);
    else if (!own && !asked && t->link.link != MT_LINK_ONLINE && status == MT_ORDER_PAID)
        till_ask(t, MT_ASK_ADVANCE, order_no);
    else {
        till_set(a->order_no, sizeof a->order_no, order_no);
        if (till_commit(t, &op, order_no, fx))
            t->commit.to = a->to;
    }
}

void till_advance(struct mt_till *t, const char *order_no, struct mt_effects *fx) {
    advance(t, order_no, true, fx);
}

void till_board_pay(struct mt_till *t, struct mt_effects *fx) {
    const struct mt_board_row *row = mt_till_board_row(t);
    const char *order_no = t->screen == MT_SCREEN_PICK ? t->pick.order_no : row != NULL ? row->order_no : "";
    enum mt_order_status status;
    int64_t version;
    struct mt_id id;
    bool own;
    if (!order_state(t, order_no, &status, &version, &id, &own)) {
        till_pay_open(t, fx);
        return;
    }
    if (!mt_role_may_sell(t->staff.role))
        till_say(t, MT_NOTICE_BAD, "Taking payment is not part of the role %s. F10 switches staff.", mt_role_name(t->staff.role));
    else if (status != MT_ORDER_PENDING)
        till_say(t, MT_NOTICE_INFO, "%s is paid. F2 goes back to the order being taken.", order_no);
    else if (!own && t->link.link != MT_LINK_ONLINE)
        till_say(t, MT_NOTICE_BAD, "%s belongs to another counter. Offline it is paid there, or here when the line is back.",
                 order_no);
    else
        till_pick_load(t, order_no, true, fx);
}

/* ---- finding ---- */

void till_find_character(struct mt_till *t, uint32_t code, struct mt_effects *fx) {
    (void)fx;
    if (code != ' ')
        (void)till_edit_insert(&t->find, code, MT_ORDER_NO_TEXT);
}

bool till_find_enter(struct mt_till *t, struct mt_effects *fx) {
    struct mt_scan scan;
    if (t->find.n == 0)
        return false;
    mt_scan_read(mt_sv_n(t->find.s, t->find.n), mt_till_today(t), &scan);
    if (scan.kind != MT_SCAN_ORDER_NO) {
        till_refuse(t, fx, "%s is no order number. Scan a receipt, or type a number such as %s-000123.", t->find.s,
                    t->register_code);
        till_edit_wipe(&t->find);
        return true;
    }
    till_edit_wipe(&t->find);
    size_t at = find(t, scan.order_no);
    if (at < t->board.count) {
        t->board.selected = at;
        t->screen = MT_SCREEN_FULFIL;
    } else
        till_pick_load(t, scan.order_no, false, fx);
    return true;
}

static void move(struct mt_till *t, int by) {
    size_t at = t->board.selected, n = (size_t)(by < 0 ? -by : by);
    if (t->board.count == 0)
        return;
    t->board.selected = by < 0 ? (at < n ? 0 : at - n) : at + n >= t->board.count ? t->board.count - 1 : at + n;
}

static void action(struct mt_till *t, enum mt_action a, struct mt_effects *fx) {
    enum { PAGE = 10 };
    const struct mt_board_row *row = mt_till_board_row(t);
    if (a == MT_ACT_UP || a == MT_ACT_DOWN)
        move(t, a == MT_ACT_UP ? -1 : 1);
    else if (a == MT_ACT_PAGE_UP || a == MT_ACT_PAGE_DOWN)
        move(t, a == MT_ACT_PAGE_UP ? -PAGE : PAGE);
    else if (a == MT_ACT_HOME)
        t->board.selected = 0;
    else if (a == MT_ACT_END)
        t->board.selected = t->board.count > 0 ? t->board.count - 1 : 0;
    else if (a == MT_ACT_RUBOUT)
        (void)till_edit_action(&t->find, a);
    else if (a == MT_ACT_ADVANCE && row != NULL)
        advance(t, row->order_no, false, fx);
    else if (a == MT_ACT_ENTER && !till_find_enter(t, fx) && row != NULL)
        till_pick_load(t, row->order_no, false, fx);
    else if (a == MT_ACT_BACK)
        till_open_new(t);
}

const struct till_screen till_board = {.character = till_find_character, .action = action};
