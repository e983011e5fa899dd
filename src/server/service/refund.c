/* refund.record tells of money that went back over the counter; refund.start asks whether it may. Cash and slips of a stand-alone
 * terminal go back over the counter too, so the asked one is recorded as given in the moment it is allowed; what a provider took
 * only that provider can pay back. Never more than a payment brought in, and never more than the order holds: a request beyond it
 * is refused, and a fact beyond it is money that is gone, so it is recorded with an exception. */
#include "give_back.h"

#include <medterm/repo/orders.h>

#include <stdio.h>

enum mt_rc money_held(const struct mt_order *o, struct mt_money *held) {
    enum mt_rc rc = mt_money_sub(o->paid_amount, o->refunded_amount, held);
    if (rc == MT_OK && mt_money_is_negative(*held))
        *held = mt_money_zero();
    return rc;
}

enum mt_rc refunds_load(struct apply *a, const struct mt_order *o, struct refunds *out) {
    *out = (struct refunds){.order = o};
    return mt_repo_refunds_of_order(a->db, o->order_id.s, a->arena, &out->rows, &out->count, &a->err);
}

/* What is left of `captured` after the refunds of the payment; payment_id NULL: after all of the order. */
static enum mt_rc left_after(const struct refunds *r, struct mt_money captured, const struct mt_id *payment_id,
                             struct mt_money *left) {
    enum mt_rc rc = MT_OK;
    *left = captured;
    for (size_t i = 0; rc == MT_OK && i < r->count; i++)
        if (r->rows[i].status != MT_PAY_FAILED && (payment_id == NULL || mt_id_eq(payment_id, &r->rows[i].payment_id)))
            rc = mt_money_sub(*left, r->rows[i].amount, left);
    if (rc == MT_OK && mt_money_is_negative(*left))
        *left = mt_money_zero();
    return rc;
}

enum mt_rc refunds_left(const struct refunds *r, struct mt_money *left) {
    return left_after(r, r->order->paid_amount, NULL, left);
}

enum mt_rc refunds_left_of(const struct refunds *r, const struct mt_payment *p, struct mt_money *left) {
    return left_after(r, p->amount, &p->payment_id, left);
}

enum mt_rc refund_given(struct apply *a, struct mt_order *o, const struct mt_id *refund_id, const struct mt_id *payment_id,
                        struct mt_money amount, const char *reason, mt_time at) {
    const struct mt_repo_refund row = {.refund_id = *refund_id,
                                       .payment_id = *payment_id,
                                       .order_id = o->order_id,
                                       .op_id = a->op->op_id,
                                       .amount = amount,
                                       .status = MT_PAY_SUCCEEDED,
                                       .reason = reason,
                                       .at = at,
                                       .created_at = a->now};
    enum mt_rc rc = mt_repo_refund_insert(a->db, &row, &a->err);
    return rc == MT_OK ? mt_money_add(o->refunded_amount, amount, &o->refunded_amount) : rc;
}

static const struct mt_payment *captured_payment(const struct mt_order *o, const struct mt_id *payment_id) {
    const struct mt_payment *last = NULL;
    for (size_t i = 0; i < o->payment_count; i++) {
        const struct mt_payment *p = &o->payments[i];
        if (p->status == MT_PAY_SUCCEEDED && (payment_id == NULL || mt_id_eq(&p->payment_id, payment_id)))
            last = p;
    }
    return last;
}

/* The payment that the money goes back on; NULL when the decision is made without it. */
static enum mt_rc find_payment(struct apply *a, const struct mt_order *o, const struct mt_payment **out) {
    const struct mt_op_refund *body = &a->op->body.refund;
    *out = captured_payment(o, &body->payment_id);
    if (*out == NULL && !a->fact)
        return refuse_field(a, MT_P_PAYMENT_FAILED, "payment_id",
                            "Order %s has no such payment to give back; look at its payments.", o->order_no);
    if (*out != NULL && !a->fact && !mt_pay_method_offline((*out)->method)) {
        refuse_field(a, MT_P_PAYMENT_FAILED, "payment_id", "It was paid with %s, and no provider for it is set up at this service.",
                     mt_pay_method_words((*out)->method));
        *out = NULL;
        return MT_OK;
    }
    if (*out != NULL)
        return MT_OK;
    *out = captured_payment(o, NULL);
    if (*out == NULL)
        return set_aside(a, "order", MT_P_PAYMENT_FAILED, "Order %s has no payment yet that could go back; this waits for it.",
                         o->order_no);
    return open_exception(a, MT_EXC_REFUND_DIFFERS, o, NULL, 0, 0, "Money went back on a payment that is not one of this order's.");
}

static enum mt_rc judge_amount(struct apply *a, const struct refunds *r, const struct mt_payment *p) {
    const struct mt_op_refund *body = &a->op->body.refund;
    struct mt_money of_order, left;
    char asked[MT_MONEY_TEXT], rest[MT_MONEY_TEXT];
    enum mt_rc rc = refunds_left(r, &of_order);
    if (rc == MT_OK)
        rc = refunds_left_of(r, p, &left);
    if (rc != MT_OK)
        return rc;
    if (mt_money_cmp(of_order, left) < 0)
        left = of_order;
    if (mt_money_cmp(body->amount, left) <= 0)
        return MT_OK;
    mt_money_format(body->amount, asked);
    mt_money_format(left, rest);
    if (a->fact)
        return open_exception(a, MT_EXC_REFUND_DIFFERS, r->order, NULL, 0, 0, "%s went back, %s could.", asked, rest);
    if (mt_money_is_zero(of_order))
        return refuse_field(a, MT_P_INVALID_ORDER_STATUS, "amount", "Order %s holds no money that could go back.",
                            r->order->order_no);
    return refuse_field(a, MT_P_PAYMENT_FAILED, "amount", "%s is more than the %s left of this payment.", asked, rest);
}

/* One line of what the refund is for. *good: it can be written down. */
static enum mt_rc judge_line(struct apply *a, const struct mt_order *o, const int64_t *refunded, size_t i, bool *good) {
    const struct mt_back_line *line = &a->op->body.refund.lines[i];
    char field[32];
    *good = line->line >= 1 && (size_t)line->line <= o->item_count;
    const int64_t sold = *good ? o->items[line->line - 1].quantity : 0;
    const int64_t before = *good ? refunded[line->line - 1] : 0;
    if (*good && before + line->quantity <= sold)
        return MT_OK;
    if (a->fact)
        return open_exception(a, MT_EXC_REFUND_DIFFERS, o, NULL, line->line, line->quantity,
                              "Line %d: %lld packs refunded, %lld sold, %lld refunded before.", line->line,
                              (long long)line->quantity, (long long)sold, (long long)before);
    if (snprintf(field, sizeof field, "lines[%zu].%s", i, *good ? "quantity" : "line") < 0)
        return mt_fail(&a->err, MT_BUG, "a field without a name");
    return refuse_field(a, MT_P_VALIDATION_FAILED, field, "Line %d: %lld packs were sold, %lld refunded before.", line->line,
                        (long long)sold, (long long)before);
}

static enum mt_rc write_lines(struct apply *a, const struct mt_order *o) {
    const struct mt_op_refund *body = &a->op->body.refund;
    int64_t *refunded = mt_arena_array(a->arena, o->item_count + 1, sizeof *refunded);
    if (refunded == NULL)
        return mt_fail(&a->err, MT_NOMEM, "no memory for a refund");
    enum mt_rc rc = mt_repo_refunded_packs(a->db, o->order_id.s, refunded, o->item_count, &a->err);
    for (size_t i = 0; rc == MT_OK && going_on(a) && i < body->line_count; i++) {
        bool good = false;
        rc = judge_line(a, o, refunded, i, &good);
        if (rc == MT_OK && going_on(a) && good)
            rc = mt_repo_refund_line_insert(a->db, body->refund_id.s, body->lines[i].line, body->lines[i].quantity, &a->err);
    }
    return rc;
}

/* The same refund told again by another operation. */
static enum mt_rc judge_id(struct apply *a) {
    bool known = false;
    enum mt_rc rc = mt_repo_refund_exists(a->db, a->op->body.refund.refund_id.s, &known, &a->err);
    if (rc != MT_OK || !known)
        return rc;
    if (a->fact)
        return set_aside(a, "person", MT_P_VALIDATION_FAILED, "This refund is recorded already.");
    return refuse_field(a, MT_P_VALIDATION_FAILED, "refund_id",
                        "This refund is recorded already; another one needs an id of its own.");
}

/* Before the service was put back it came before the order was cancelled; the cancellation, which has come again first, has given
 * back all that the order held, and this with it. */
static bool given_back_since(const struct apply *a, const struct mt_order *o) {
    return a->prior != NULL && a->prior->status != MT_ORDER_CANCELLED && o->status == MT_ORDER_CANCELLED &&
           mt_money_cmp(a->prior->refunded_amount, o->refunded_amount) <= 0;
}

enum mt_rc apply_refund(struct apply *a) {
    const struct mt_op_refund *body = &a->op->body.refund;
    struct mt_order o;
    struct refunds before = {.order = NULL};
    const struct mt_payment *payment = NULL;
    enum mt_rc rc = find_order(a, &body->order_id, body->order_no, &o);
    if (rc == MT_OK && going_on(a) && given_back_since(a, &o))
        return MT_OK;
    if (rc == MT_OK && going_on(a))
        rc = demand_right(a, MT_RIGHT_GIVE_BACK, &o);
    if (rc == MT_OK && going_on(a))
        rc = demand_fresh(a, body->valid_for);
    if (rc == MT_OK && going_on(a))
        rc = judge_id(a);
    if (rc == MT_OK && going_on(a))
        rc = find_payment(a, &o, &payment);
    if (rc == MT_OK && going_on(a))
        rc = refunds_load(a, &o, &before);
    if (rc == MT_OK && going_on(a))
        rc = judge_amount(a, &before, payment);
    if (rc != MT_OK || !going_on(a))
        return rc;
    rc = refund_given(a, &o, &body->refund_id, &payment->payment_id, body->amount, body->reason, a->fact ? a->op->at : a->now);
    if (rc == MT_LIMIT)
        return uncountable(a);
    if (rc == MT_OK)
        rc = write_lines(a, &o);
    return rc == MT_OK && going_on(a) ? order_noted(a, &o, "refund", body->reason) : rc;
}
