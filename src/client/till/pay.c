/* Payment of the cart, or of an order that stands unpaid. Enter takes cash: what was typed was handed over, nothing typed
 * is the exact sum. The commit is emitted once; till_commit refuses a second one until the first is answered. */
#include "parts.h"

#include <string.h>

static void open(struct mt_till *t, struct mt_money due) {
    if (mt_money_cmp(due, t->pay.due) != 0)
        till_edit_wipe(&t->pay.cash); /* what was typed belonged to another sum */
    t->pay.due = due;
    t->screen = MT_SCREEN_PAY;
    t->burst.count = 0;
}

const char *mt_till_lack_key(enum mt_rx_lack lack) {
    switch (lack) {
    case MT_RX_LACK_DOCTOR:
    case MT_RX_LACK_PATIENT:
    case MT_RX_LACK_BUYER_ID:
    case MT_RX_LACK_ADDRESS:
        return " (F3)";
    case MT_RX_LACK_PHARMACIST:
        return " (F10)";
    case MT_RX_LACK_CAP:
    case MT_RX_LACK_NOTHING:
        break;
    }
    return "";
}

void till_pay_open(struct mt_till *t, struct mt_effects *fx) {
    if (!mt_role_may_sell(t->staff.role)) {
        till_say(t, MT_NOTICE_BAD, "Taking payment is not part of the role %s. F10 switches staff.", mt_role_name(t->staff.role));
        return;
    }
    if (t->screen != MT_SCREEN_NEW)
        till_open_new(t);
    if (t->sale.lookups > 0) {
        t->sale.pay_waits = true;
        till_say(t, MT_NOTICE_INFO, "Looking up the last scan; payment opens by itself.");
    } else if (t->cart.count == 0)
        till_say(t, MT_NOTICE_INFO, "There is nothing to pay yet. Scan a pack or type a name.");
    else if (till_cart_reckon(t) != MT_OK)
        till_refuse(t, fx, "The order could not be summed up: not enough memory. Start medterm again; the order is kept.");
    else if (t->cart.lack == MT_RX_LACK_ADDRESS)
        till_say(t, MT_NOTICE_BAD, "The %s%s.", mt_rx_lack_words(t->cart.lack), mt_till_lack_key(t->cart.lack));
    else if (t->cart.lack != MT_RX_LACK_NOTHING) {
        t->cart.current = t->cart.lack_line;
        till_say(t, MT_NOTICE_BAD, "Line %zu %s%s.", t->cart.lack_line + 1, mt_rx_lack_words(t->cart.lack),
                 mt_till_lack_key(t->cart.lack));
    } else {
        t->pay.order_no[0] = '\0';
        open(t, t->cart.total);
    }
}

void till_pay_order(struct mt_till *t, const struct mt_order *order) {
    struct mt_money due;
    if (mt_money_sub(order->total_amount, order->paid_amount, &due) != MT_OK)
        due = order->total_amount;
    till_set(t->pay.order_no, sizeof t->pay.order_no, order->order_no);
    t->pay.order_id = order->order_id;
    till_edit_wipe(&t->pay.cash);
    open(t, due);
}

/* What was handed over; false, with words, when it can not be the payment. */
static bool read_cash(struct mt_till *t, struct mt_payment *p) {
    char typed[MT_MONEY_TEXT], due[MT_MONEY_TEXT];
    struct mt_sv text = mt_sv_n(t->pay.cash.s, t->pay.cash.n);
    *p = (struct mt_payment){.method = MT_PAY_CASH,
                             .status = MT_PAY_SUCCEEDED,
                             .amount = t->pay.due,
                             .tendered = t->pay.due,
                             .has_tendered = text.n > 0,
                             .reference = ""};
    p->change = mt_money_zero();
    if (text.n == 0)
        return true;
    if (mt_money_parse(text, &p->tendered) != MT_OK) {
        till_say(t, MT_NOTICE_BAD, "%s is not a sum. Type what was handed over, such as 70 or 70.50.", t->pay.cash.s);
        return false;
    }
    if (mt_money_cmp(p->tendered, t->pay.due) < 0) {
        mt_money_format(p->tendered, typed);
        mt_money_format(t->pay.due, due);
        till_say(t, MT_NOTICE_BAD, "%s is less than the %s due. Type the cash handed over.", typed, due);
        return false;
    }
    return mt_money_sub(p->tendered, p->amount, &p->change) == MT_OK;
}

static void pay_cart(struct mt_till *t, const struct mt_payment *payment, struct mt_effects *fx) {
    struct mt_op op = {.kind = MT_OP_ORDER_CREATE};
    struct mt_op_order_create *c = &op.body.create;
    enum mt_rc rc = till_cart_order(t, c);
    if (rc == MT_OK && payment != NULL && !mt_money_is_zero(t->pay.due)) {
        c->order.payments = mt_arena_array(&t->op_arena, 1, sizeof *c->order.payments);
        if (c->order.payments == NULL)
            rc = MT_NOMEM;
        else {
            c->order.payments[0] = *payment;
            c->order.payment_count = 1;
            rc = mt_order_paid(&c->order);
        }
    }
    if (rc != MT_OK) {
        till_say(t, MT_NOTICE_BAD, "Not saved: %s. No payment was recorded and the order is kept.", mt_rc_text(rc));
        return;
    }
    if (payment != NULL) {
        c->handed_over = t->pay.handed_over;
        c->order.status = c->handed_over ? MT_ORDER_COMPLETED : MT_ORDER_PAID;
    }
    if (till_commit(t, &op, "", fx))
        t->commit.pay_later = payment == NULL;
}

static void pay_standing(struct mt_till *t, const struct mt_payment *payment, struct mt_effects *fx) {
    struct mt_op op = {.kind = MT_OP_PAYMENT_RECORD};
    op.body.payment.order_id = t->pay.order_id;
    till_set(op.body.payment.order_no, sizeof op.body.payment.order_no, t->pay.order_no);
    op.body.payment.payment = *payment;
    (void)till_commit(t, &op, t->pay.order_no, fx);
}

static void take_cash(struct mt_till *t, struct mt_effects *fx) {
    struct mt_payment p;
    if (till_burst_ends(&t->burst, t->mono) || !read_cash(t, &p))
        return;
    if (t->pay.order_no[0] != '\0')
        pay_standing(t, &p, fx);
    else
        pay_cart(t, &p, fx);
}

static void character(struct mt_till *t, uint32_t code, struct mt_effects *fx) {
    enum { SUM_CHARS = 12 };
    bool part = (code >= '0' && code <= '9') || code == '.';
    if (till_burst_is(&t->burst)) {
        if (t->burst.count == MT_BURST_CHARS) {
            size_t before = t->pay.cash.cursor;
            till_edit_drop_last(&t->pay.cash, before < MT_BURST_CHARS - 1 ? before : MT_BURST_CHARS - 1);
            till_refuse(t, fx, "A scan came in while paying and was not taken. Esc goes back to the order; scan it there.");
        }
    } else if (part)
        (void)till_edit_insert(&t->pay.cash, code, SUM_CHARS);
}

static void action(struct mt_till *t, enum mt_action a, struct mt_effects *fx) {
    if (a == MT_ACT_ENTER || a == MT_ACT_CASH)
        take_cash(t, fx);
    else if (a == MT_ACT_PAY_LATER && t->pay.order_no[0] == '\0')
        pay_cart(t, NULL, fx);
    else if (a == MT_ACT_HANDED_OVER && t->pay.order_no[0] == '\0')
        t->pay.handed_over = !t->pay.handed_over;
    else if (a == MT_ACT_BACK && t->pay.order_no[0] != '\0')
        till_board_open(t, fx);
    else if (a == MT_ACT_BACK)
        till_open_new(t);
    else
        (void)till_edit_action(&t->pay.cash, a);
}

const struct till_screen till_pay = {.character = character, .action = action};

/* ---- paid: the change stays until the next key, which already belongs to the next order ---- */

static void paid_character(struct mt_till *t, uint32_t code, struct mt_effects *fx) {
    till_open_new(t);
    till_feed(t, code, fx);
}

static void paid_action(struct mt_till *t, enum mt_action a, struct mt_effects *fx) {
    if (a == MT_ACT_REPRINT) {
        struct mt_effect *e = till_effect(fx, MT_EFFECT_PRINT);
        e->order_no = t->paid.order_no;
        e->copy = true;
        t->paid.receipt = MT_RECEIPT_WAITING;
    } else
        till_open_new(t);
}

const struct till_screen till_paid = {.character = paid_character, .action = paid_action};
