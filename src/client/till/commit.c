/* One commit at a time: from the effect to its answer the till takes no other action, so that Enter twice pays once.
 * What is typed meanwhile, usually the next scan, is kept and played afterwards. Only a good answer clears the cart. */
#include "parts.h"

#include <string.h>

bool till_commit(struct mt_till *t, const struct mt_op *op, const char *order_no, struct mt_effects *fx) {
    if (t->commit.busy)
        return false;
    t->commit.busy = true;
    t->commit.pay_later = false;
    t->commit.op = *op;
    t->commit.op.kind_name = mt_op_kind_name(op->kind);
    t->commit.op.staff_id = t->staff.staff_id;
    t->commit.op.fact = mt_op_is_fact(&t->commit.op, true);
    t->commit.kind = op->kind;
    till_set(t->commit.order_no, sizeof t->commit.order_no, order_no);
    till_edit_wipe(&t->commit.typed);
    till_effect(fx, MT_EFFECT_COMMIT)->op = &t->commit.op;
    return true;
}

void till_hold_typed(struct mt_till *t, uint32_t code) {
    struct mt_edit *e = &t->commit.typed;
    if (code != '\n')
        (void)till_edit_insert(e, code, MT_PASTE_CHARS);
    else if (e->n > 0 && e->n < MT_EDIT_MAX && e->s[e->n - 1] != '\n') { /* a lone Enter is the second half of a double one */
        e->s[e->n++] = '\n';
        e->s[e->n] = '\0';
        e->cursor = e->n;
    }
}

static void play_typed(struct mt_till *t, struct mt_effects *fx) {
    enum { ROOM = MT_EFFECTS_MAX - 4 }; /* one character asks for no more than that */
    struct mt_edit held = t->commit.typed;
    struct mt_sv rest = mt_sv_n(held.s, held.n);
    till_edit_wipe(&t->commit.typed);
    t->burst.count = 0;
    while (rest.n > 0 && fx->count < ROOM)
        till_feed(t, mt_utf8_next(&rest), fx);
    if (rest.n > 0)
        till_refuse(t, fx, "More scans came while saving than could be kept. Check the lines and scan again what is missing.");
    if (held.n > 0 && t->screen == MT_SCREEN_NEW && till_sale.typed)
        till_sale.typed(t, fx);
}

static void print(struct mt_till *t, struct mt_effects *fx) {
    till_effect(fx, MT_EFFECT_PRINT)->order_no = t->paid.order_no;
    t->paid.receipt = MT_RECEIPT_WAITING;
    t->paid.path[0] = '\0';
}

static void show_paid(struct mt_till *t, const char *order_no, struct mt_money total, const struct mt_payment *p, bool handed_over,
                      struct mt_effects *fx) {
    till_set(t->paid.order_no, sizeof t->paid.order_no, order_no);
    t->paid.total = total;
    t->paid.has_tendered = p != NULL && p->has_tendered;
    t->paid.tendered = p != NULL ? p->tendered : mt_money_zero();
    t->paid.change = p != NULL ? p->change : mt_money_zero();
    t->paid.handed_over = handed_over;
    t->paid.since = t->mono;
    t->screen = MT_SCREEN_PAID;
    till_edit_wipe(&t->pay.cash);
    print(t, fx);
}

static void count_number(struct mt_till *t, const char *order_no) {
    char code[MT_REGISTER_CODE_TEXT];
    int64_t seq;
    if (mt_order_no_parse(mt_sv(order_no), code, &seq) == MT_OK && strcmp(code, t->register_code) == 0 && seq >= t->next_order_seq)
        t->next_order_seq = seq + 1;
}

static void created(struct mt_till *t, const char *order_no, struct mt_effects *fx) {
    const struct mt_op_order_create *c = &t->commit.op.body.create;
    count_number(t, order_no);
    if (t->commit.pay_later) {
        char total[MT_MONEY_TEXT];
        mt_money_format(c->order.total_amount, total);
        till_open_new(t);
        till_say(t, MT_NOTICE_GOOD, "%s is saved unpaid, %s due. F5, F4 takes the payment later.", order_no, total);
    } else
        show_paid(t, order_no, c->order.total_amount, c->order.payment_count > 0 ? &c->order.payments[0] : NULL, c->handed_over,
                  fx);
    till_cart_forget(t);
    till_edit_wipe(&t->pay.cash);
    t->pay.handed_over = t->handed_over_default;
}

static void advanced(struct mt_till *t, struct mt_effects *fx) {
    static const char *const words[MT_ORDER_STATUS_COUNT] = {
        [MT_ORDER_PREPARING] = "is being prepared",
        [MT_ORDER_SHIPPED] = "is ready",
        [MT_ORDER_COMPLETED] = "is completed",
    };
    const char *now = words[t->commit.to] != NULL ? words[t->commit.to] : mt_order_status_words(t->commit.to);
    till_say(t, MT_NOTICE_GOOD, "%s %s.", t->commit.order_no, now);
    if (t->screen == MT_SCREEN_PICK && t->commit.to != MT_ORDER_COMPLETED)
        till_pick_load(t, t->commit.order_no, false, fx);
    else if (t->screen == MT_SCREEN_PICK || t->screen == MT_SCREEN_FULFIL)
        t->screen = MT_SCREEN_FULFIL;
    till_board_load(t, fx);
}

static void succeeded(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    const char *order_no = msg->order != NULL ? msg->order->order_no : msg->order_no != NULL ? msg->order_no : t->commit.order_no;
    switch (t->commit.kind) {
    case MT_OP_ORDER_CREATE:
        created(t, order_no, fx);
        break;
    case MT_OP_PAYMENT_RECORD:
        show_paid(t, t->commit.order_no, t->pay.due, &t->commit.op.body.payment.payment, false, fx);
        break;
    case MT_OP_ORDER_ADVANCE:
        advanced(t, fx);
        break;
    case MT_OP_ORDER_CANCEL:
        t->screen = MT_SCREEN_FULFIL;
        till_say(t, MT_NOTICE_GOOD, "%s is cancelled.", t->commit.order_no);
        till_board_load(t, fx);
        break;
    case MT_OP_REFUND_RECORD:
    case MT_OP_REFUND_START:
    case MT_OP_RETURN_RECORD:
    case MT_OP_PAYMENT_START:
    case MT_OP_PAYMENT_CANCEL:
    case MT_OP_STOCK_RECEIVE:
    case MT_OP_STOCK_ADJUST:
    case MT_OP_STOCK_COUNT:
    case MT_OP_LOT_RECALL:
    case MT_OP_LOT_QUARANTINE:
    case MT_OP_USER_PUT:
    case MT_OP_DOCTOR_PUT:
    case MT_OP_EXCEPTION_RESOLVE:
    case MT_OP_VOID:
    case MT_OP_SALVAGE:
    case MT_OP_UNKNOWN:
        break;
    }
}

/* The first letter small, so that the words go on a sentence. */
static const char *status_now(enum mt_order_status s) {
    static const char *const words[MT_ORDER_STATUS_COUNT] = {"unpaid", "paid", "preparing", "ready", "completed", "cancelled"};
    return (size_t)s < MT_ORDER_STATUS_COUNT ? words[s] : "elsewhere";
}

static void failed(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    struct mt_sv why = till_why(msg);
    bool overtaken = msg->rc == MT_CONFLICT || msg->rc == MT_STALE;
    if (msg->rc == MT_DOUBTFUL)
        till_say(t, MT_NOTICE_BAD, "%.*s.%s", (int)why.n, why.p,
                 t->commit.kind == MT_OP_ORDER_CREATE ? " An order that is then gone from this screen is saved." : "");
    else if (t->commit.kind == MT_OP_ORDER_CREATE || t->commit.kind == MT_OP_PAYMENT_RECORD)
        till_say(t, MT_NOTICE_BAD, "Not saved: %.*s. %s Nothing was recorded; try again or call the manager.", (int)why.n, why.p,
                 t->commit.kind == MT_OP_ORDER_CREATE ? "The order is kept." : "");
    else if (overtaken && msg->order != NULL)
        till_say(t, MT_NOTICE_BAD, "%s is already %s.", t->commit.order_no, status_now(msg->order->status));
    else if (overtaken && msg->text.n > 0)
        till_say(t, MT_NOTICE_BAD, "%.*s.", (int)why.n, why.p);
    else
        till_say(t, MT_NOTICE_BAD, "%s was not changed: %.*s. Try again.", t->commit.order_no, (int)why.n, why.p);
    if (t->screen == MT_SCREEN_FULFIL || t->screen == MT_SCREEN_PICK)
        till_board_load(t, fx);
    if (t->screen == MT_SCREEN_PICK)
        till_pick_load(t, t->pick.order_no, false, fx);
}

void till_committed(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    if (!t->commit.busy || msg->op_kind != t->commit.kind)
        return;
    t->commit.busy = false;
    if (msg->rc == MT_OK)
        succeeded(t, msg, fx);
    else
        failed(t, msg, fx);
    if (till_cart_reckon(t) != MT_OK)
        till_say(t, MT_NOTICE_BAD, "The order could not be summed up: not enough memory. Start medterm again; the order is kept.");
    if (msg->rc == MT_OK)
        play_typed(t, fx);
    else
        till_edit_wipe(&t->commit.typed);
}

void till_printed(struct mt_till *t, const struct mt_msg *msg) {
    bool mine = msg->order_no == NULL || strcmp(msg->order_no, t->paid.order_no) == 0;
    if (mine) {
        t->paid.receipt = msg->rc == MT_OK ? MT_RECEIPT_PRINTED : MT_RECEIPT_FAILED;
        till_set(t->paid.path, sizeof t->paid.path, msg->path);
    }
    if (msg->rc != MT_OK) {
        struct mt_sv why = till_why(msg);
        till_say(t, MT_NOTICE_BAD, "The receipt was not printed: %.*s. The sale is saved.", (int)why.n, why.p);
    } else if (t->screen != MT_SCREEN_PAID && !mine)
        till_say(t, MT_NOTICE_GOOD, "The receipt of %s is printed.", msg->order_no);
}
