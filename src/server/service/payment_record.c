/* payment.record: money that is in the drawer already, for an order that stands. It is recorded whatever the order has
 * become. When the money that an unpaid order holds covers its total, the reservation becomes a sale and the order is paid,
 * all in one; what the order can't absorb is an exception. */
#include "give_back.h"

#include <medterm/repo/log.h>
#include <medterm/repo/orders.h>

enum mt_rc captured(struct apply *a, struct mt_payment *p, bool *exists) {
    p->status = MT_PAY_SUCCEEDED;
    p->at = a->op->at;
    p->change = mt_money_zero();
    if (p->has_tendered) {
        enum mt_rc rc = mt_money_sub(p->tendered, p->amount, &p->change);
        if (rc != MT_OK)
            return rc;
    }
    return mt_repo_payment_exists(a->db, p->payment_id.s, exists, &a->err);
}

static enum mt_rc add_payment(struct apply *a, struct mt_order *o, const struct mt_payment *p) {
    struct mt_payment *all = mt_arena_array(a->arena, o->payment_count + 1, sizeof *all);
    if (all == NULL)
        return mt_fail(&a->err, MT_NOMEM, "no memory for payments");
    for (size_t i = 0; i < o->payment_count; i++)
        all[i] = o->payments[i];
    all[o->payment_count++] = *p;
    o->payments = all;
    enum mt_rc rc = mt_repo_payment_insert(a->db, o->order_id.s, p, a->op->op_id.s, a->now, &a->err);
    return rc == MT_OK ? mt_order_paid(o) : rc;
}

/* Before the service was put back it came first, and a cancellation that gave it back waits for it. One that did not know of it
 * leaves it in the drawer. */
static enum mt_rc awaited(struct apply *a, const struct mt_order *o, bool *is) {
    *is = false;
    if (a->prior == NULL || a->prior->status == MT_ORDER_CANCELLED)
        return MT_OK;
    return mt_repo_operation_cancel_waiting(a->db, o->order_id.s, a->lane.store_id.s, is, &a->err);
}

static enum mt_rc judge(struct apply *a, const struct mt_order *o, struct mt_money held, enum mt_order_status was) {
    char paid[MT_MONEY_TEXT], due[MT_MONEY_TEXT], taken[MT_MONEY_TEXT];
    mt_money_format(held, paid);
    mt_money_format(o->total_amount, due);
    mt_money_format(a->op->body.payment.payment.amount, taken);
    if (was == MT_ORDER_CANCELLED) {
        bool is_awaited = false;
        enum mt_rc rc = awaited(a, o, &is_awaited);
        if (rc != MT_OK || is_awaited)
            return rc;
        return open_exception(a, MT_EXC_STATUS_CONFLICT, o, NULL, 0, 0,
                              "%s taken for an order that was cancelled. Give it back, or sell anew.", taken);
    }
    if (mt_money_cmp(held, o->total_amount) > 0)
        return open_exception(a, MT_EXC_OVERPAID, o, NULL, 0, 0, "%s taken, %s due.", paid, due);
    return MT_OK;
}

enum mt_rc apply_payment_record(struct apply *a) {
    const struct mt_op_payment_record *body = &a->op->body.payment;
    struct mt_order o;
    struct mt_payment payment = body->payment;
    bool exists = false;
    struct mt_money held = mt_money_zero();
    enum mt_rc rc = find_order(a, &body->order_id, body->order_no, &o);
    if (rc == MT_OK && going_on(a) && a->lane.is_client)
        rc = demand_right(a, MT_RIGHT_SELL, &o);
    if (rc == MT_OK && going_on(a))
        rc = captured(a, &payment, &exists);
    if (rc != MT_OK || !going_on(a))
        return rc;
    if (exists)
        return set_aside(a, "person", MT_P_VALIDATION_FAILED, "This payment is recorded already.");
    const enum mt_order_status was = o.status;
    rc = add_payment(a, &o, &payment);
    if (rc == MT_LIMIT)
        return uncountable(a);
    if (rc == MT_OK)
        rc = money_held(&o, &held);
    if (rc == MT_OK)
        rc = judge(a, &o, held, was);
    if (rc != MT_OK)
        return rc;
    if (was != MT_ORDER_PENDING || mt_money_cmp(held, o.total_amount) < 0)
        return order_noted(a, &o, "payment", "");
    rc = stock_reduce_held(a, &o);
    return rc == MT_OK ? order_moved(a, &o, MT_ORDER_PAID, a->op->at, "") : rc;
}
