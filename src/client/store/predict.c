/* What an operation makes of an order, by the transition table the service decides with. The till shows it at once;
 * the service's answer replaces it. A request over an edge that does not exist is denied here, before it is saved; a
 * fact has happened and is laid over whatever is there. */
#include <medterm/store/view.h>

#include <string.h>

static enum mt_rc set_status(struct mt_order *o, enum mt_order_status to, mt_time at) {
    o->status = to;
    o->updated_at = at;
    mt_time *stamp = mt_order_stamp(o, to);
    if (stamp != NULL && *stamp == 0) {
        *stamp = at;
    }
    return MT_OK;
}

static enum mt_rc settle_payments(struct mt_order *o, mt_time at, bool *full) {
    for (size_t i = 0; i < o->payment_count; i++) {
        struct mt_payment *p = &o->payments[i];
        if (p->at == 0) {
            p->at = at;
        }
        p->change = mt_money_zero();
        if (p->has_tendered && mt_money_cmp(p->tendered, p->amount) > 0 &&
            mt_money_sub(p->tendered, p->amount, &p->change) != MT_OK) {
            return MT_LIMIT;
        }
    }
    enum mt_rc rc = mt_order_paid(o);
    *full = rc == MT_OK && o->payment_count > 0 && mt_money_cmp(o->paid_amount, o->total_amount) >= 0;
    return rc;
}

/* Arrays are copied: the operation stays as it was given. */
static enum mt_rc own_arrays(struct mt_order *o, size_t more_payments, struct mt_arena *arena) {
    struct mt_order_item *items = mt_arena_array(arena, o->item_count + 1, sizeof *items);
    struct mt_payment *payments = mt_arena_array(arena, o->payment_count + more_payments + 1, sizeof *payments);
    if (items == NULL || payments == NULL) {
        return MT_NOMEM;
    }
    if (o->item_count > 0) {
        memcpy(items, o->items, o->item_count * sizeof *items);
    }
    if (o->payment_count > 0) {
        memcpy(payments, o->payments, o->payment_count * sizeof *payments);
    }
    o->items = items;
    o->payments = payments;
    return MT_OK;
}

static enum mt_rc create(const struct mt_op *op, struct mt_arena *arena, struct mt_order *o) {
    *o = op->body.create.order;
    enum mt_rc rc = own_arrays(o, 0, arena);
    if (rc != MT_OK) {
        return rc;
    }
    for (size_t i = 0; i < o->item_count; i++) {
        o->items[i].line = (int32_t)i + 1;
    }
    for (size_t i = 0; i < o->payment_count; i++) {
        o->payments[i].status = MT_PAY_SUCCEEDED; /* only captured money is in the operation */
    }
    o->version = 0;
    o->refunded_amount = mt_money_zero();
    o->taken_at = o->created_at = op->at;
    bool full = false;
    rc = mt_order_total(o);
    if (rc == MT_OK) {
        rc = settle_payments(o, op->at, &full);
    }
    if (rc == MT_OK) {
        rc = set_status(o, MT_ORDER_PENDING, op->at);
    }
    if (rc == MT_OK && full) {
        rc = set_status(o, MT_ORDER_PAID, op->at);
    }
    if (rc == MT_OK && full && op->body.create.handed_over) {
        static const enum mt_order_status walk[] = {MT_ORDER_PREPARING, MT_ORDER_SHIPPED, MT_ORDER_COMPLETED};
        for (size_t i = 0; i < sizeof walk / sizeof walk[0] && rc == MT_OK; i++) {
            rc = set_status(o, walk[i], op->at);
        }
    }
    return rc;
}

static enum mt_rc move_on(const struct mt_op *op, enum mt_order_status to, struct mt_order *o, struct mt_err *err) {
    if (o->status == to) {
        return MT_OK; /* a repeat is a no-op */
    }
    if (mt_order_edge(o->status, to) == NULL && !mt_op_is_fact(op, true)) {
        return mt_fail(err, MT_DENIED, "Order %s is %s and can not become %s.", o->order_no, mt_order_status_words(o->status),
                       mt_order_status_words(to));
    }
    return set_status(o, to, op->at);
}

static enum mt_rc add_payment(const struct mt_op *op, struct mt_arena *arena, struct mt_order *o, struct mt_err *err) {
    enum mt_rc rc = own_arrays(o, 1, arena);
    if (rc != MT_OK) {
        return rc;
    }
    struct mt_payment *p = &o->payments[o->payment_count++];
    *p = op->body.payment.payment;
    p->status = MT_PAY_SUCCEEDED;
    bool full = false;
    rc = settle_payments(o, op->at, &full);
    if (rc == MT_OK && full && o->status == MT_ORDER_PENDING) {
        rc = move_on(op, MT_ORDER_PAID, o, err);
    }
    return rc;
}

enum mt_rc mt_order_predict(const struct mt_op *op, const struct mt_order *base, struct mt_arena *arena, struct mt_order *out,
                            struct mt_err *err) {
    if (op->kind != MT_OP_ORDER_CREATE) {
        if (base == NULL) {
            return mt_fail(err, MT_NOTFOUND, "There is no such order on this till.");
        }
        *out = *base;
    }
    enum mt_rc rc = MT_BUG;
    switch (op->kind) {
    case MT_OP_ORDER_CREATE:
        rc = create(op, arena, out);
        break;
    case MT_OP_ORDER_ADVANCE:
        rc = move_on(op, op->body.advance.to, out, err);
        break;
    case MT_OP_ORDER_CANCEL:
        rc = move_on(op, MT_ORDER_CANCELLED, out, err);
        break;
    case MT_OP_PAYMENT_RECORD:
        rc = add_payment(op, arena, out, err);
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
        rc = MT_OK; /* changes no order */
        break;
    }
    return rc == MT_OK || rc == MT_DENIED ? rc : mt_fail(err, rc, "The order can not be worked out: %s.", mt_rc_text(rc));
}
