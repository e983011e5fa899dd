/* payment.start and payment.cancel: money that a provider takes. Whether the order wants it is judged here; no provider can be
 * reached by this version, so what passes every rule is refused in words, and the customer pays another way. */
#include "give_back.h"

#include <string.h>

static bool live(const struct mt_payment *p) {
    switch (p->status) {
    case MT_PAY_CREATED:
    case MT_PAY_PENDING:
    case MT_PAY_CANCELLING:
        return true;
    case MT_PAY_SUCCEEDED:
    case MT_PAY_FAILED:
    case MT_PAY_CANCELLED:
        break;
    }
    return false;
}

enum mt_rc demand_fresh(struct apply *a, int64_t valid_for) {
    const mt_time judged = a->sent_at != 0 ? a->sent_at : a->now;
    if (valid_for == 0 || a->fact || judged - a->op->at <= valid_for * 1000)
        return MT_OK;
    return refuse(a, MT_P_STALE,
                  "It was asked for more than %lld seconds ago and makes no sense any more. Ask again if it is wanted.",
                  (long long)valid_for);
}

static enum mt_rc no_provider(struct apply *a, enum mt_pay_method method) {
    return refuse(a, MT_P_PAYMENT_FAILED, "No provider for %s is set up at this service. Take the money another way.",
                  mt_pay_method_words(method));
}

static enum mt_rc judge_start(struct apply *a, const struct mt_order *o) {
    const struct mt_op_payment_start *body = &a->op->body.start;
    struct mt_money held, due;
    char asked[MT_MONEY_TEXT], open[MT_MONEY_TEXT];
    if (o->status != MT_ORDER_PENDING)
        return refuse(a, MT_P_INVALID_ORDER_STATUS, "Order %s is %s; there is nothing to pay.", o->order_no,
                      mt_order_status_words(o->status));
    for (size_t i = 0; i < o->payment_count; i++) {
        if (mt_id_eq(&o->payments[i].payment_id, &body->payment_id))
            return refuse_field(a, MT_P_PAYMENT_FAILED, "payment_id",
                                "This payment was started before; a new attempt needs a new id.");
        if (live(&o->payments[i]))
            return refuse(a, MT_P_PAYMENT_FAILED, "Order %s has a payment under way. Wait for it, or cancel it first.",
                          o->order_no);
    }
    enum mt_rc rc = money_held(o, &held);
    if (rc == MT_OK)
        rc = mt_money_sub(o->total_amount, held, &due);
    if (rc != MT_OK || mt_money_cmp(body->amount, due) <= 0)
        return rc;
    mt_money_format(body->amount, asked);
    mt_money_format(due, open);
    return refuse_field(a, MT_P_PAYMENT_FAILED, "amount", "%s is more than the %s that are due.", asked, open);
}

enum mt_rc apply_payment_start(struct apply *a) {
    const struct mt_op_payment_start *body = &a->op->body.start;
    struct mt_order o;
    enum mt_rc rc = find_order(a, &body->order_id, body->order_no, &o);
    if (rc == MT_OK && going_on(a) && a->lane.is_client)
        rc = demand_right(a, MT_RIGHT_SELL, &o);
    if (rc == MT_OK && going_on(a))
        rc = demand_fresh(a, body->valid_for);
    if (rc == MT_OK && going_on(a))
        rc = judge_start(a, &o);
    return rc == MT_OK && going_on(a) ? no_provider(a, body->method) : rc;
}

enum mt_rc apply_payment_cancel(struct apply *a) {
    const struct mt_op_payment_cancel *body = &a->op->body.payment_cancel;
    const struct mt_payment *found = NULL;
    struct mt_order o;
    enum mt_rc rc = find_order(a, &body->order_id, body->order_no, &o);
    if (rc == MT_OK && going_on(a) && a->lane.is_client)
        rc = demand_right(a, MT_RIGHT_SELL, &o);
    if (rc != MT_OK || !going_on(a))
        return rc;
    for (size_t i = 0; i < o.payment_count; i++)
        if (mt_id_eq(&o.payments[i].payment_id, &body->payment_id))
            found = &o.payments[i];
    if (found == NULL)
        return refuse_field(a, MT_P_NOT_FOUND, "payment_id", "Order %s has no such payment.", o.order_no);
    if (!live(found))
        return refuse(a, MT_P_INVALID_ORDER_STATUS, "This payment has ended: %s. Captured money goes back by a refund.",
                      mt_pay_status_name(found->status));
    return no_provider(a, found->method);
}
