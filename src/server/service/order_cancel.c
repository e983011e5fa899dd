/* order.cancel. An unpaid order gives its reservation back. One that holds money gives the money back too, each payment on itself,
 * and its goods return to their lots; that is a decision about money, so it needs the right to give back, and whoever decides must
 * have known of the money: by the version they saw, or else by having decided after the service had it. The refunds' ids derive
 * from the operation, so that the same cancellation, sent again after a restore, pays nothing back twice. Cancelling again is no
 * change. */
#include "give_back.h"
#include "prior.h"

#include <medterm/repo/goods.h>
#include <medterm/repo/orders.h>

#include <stdio.h>
#include <string.h>

static enum mt_rc stock_back(struct apply *a, const struct mt_order *o, const struct mt_order_edge *edge) {
    switch (edge->stock) {
    case MT_STOCK_KEEP:
    case MT_STOCK_REDUCE:
        return MT_OK;
    case MT_STOCK_RELEASE:
        return stock_release_held(a, o);
    case MT_STOCK_RESTOCK:
        return stock_restock(a, o);
    }
    return mt_fail(&a->err, MT_BUG, "an edge without a stock effect");
}

/* When the service learnt of the last money that others took for the order; 0: of none. What a till took itself it knew of. */
static enum mt_rc money_known_at(struct apply *a, const struct mt_order *o, mt_time *at) {
    struct mt_repo_event *events;
    size_t count;
    enum mt_rc rc = mt_repo_events(a->db, o->order_id.s, a->arena, &events, &count, &a->err);
    *at = 0;
    for (size_t i = 0; rc == MT_OK && i < count; i++) {
        const bool paid =
            strcmp(events[i].kind, "status") == 0 && strcmp(events[i].to_status, mt_order_status_name(MT_ORDER_PAID)) == 0;
        const bool own = strcmp(events[i].register_id, a->lane.register_id.s) == 0;
        if (!own && (paid || strcmp(events[i].kind, "payment") == 0))
            *at = events[i].created_at;
    }
    return rc;
}

/* A till that saw the order unpaid asked for something else than giving money back. Its clock may be wrong: what counts is how long
 * before sending it was asked. */
static enum mt_rc demand_knowledge(struct apply *a, const struct mt_order *o, struct mt_money held) {
    mt_time known = 0;
    char money[MT_MONEY_TEXT];
    if (a->fact || a->lane.is_client || a->op->body.cancel.if_version != 0)
        return MT_OK;
    enum mt_rc rc = money_known_at(a, o, &known);
    const mt_time asked = a->sent_at != 0 ? a->now - (a->sent_at - a->op->at) : a->op->at;
    if (rc != MT_OK || asked >= known)
        return rc;
    mt_money_format(held, money);
    return refuse(a, MT_P_INVALID_ORDER_STATUS,
                  "Order %s was paid meanwhile and holds %s. Look at it again, then cancel or refund it.", o->order_no, money);
}

static enum mt_rc refund_id(const struct apply *a, const struct mt_payment *p, struct mt_id *out) {
    char cause[2 * MT_ID_TEXT + 16];
    int n = snprintf(cause, sizeof cause, "refund:%s:%s", a->op->op_id.s, p->payment_id.s);
    if (n < 0 || (size_t)n >= sizeof cause)
        return MT_BUG;
    return mt_id_from_cause(mt_sv(cause), out);
}

/* What may still go back: what the order holds; when the cancellation comes again after the service was put back, no more than it
 * gave then. */
static enum mt_rc most_back(const struct apply *a, const struct mt_order *o, struct mt_money *most) {
    struct mt_money then = mt_money_zero();
    enum mt_rc rc = money_held(o, most);
    if (rc != MT_OK || a->prior == NULL)
        return rc;
    rc = mt_money_sub(a->prior->refunded_amount, o->refunded_amount, &then);
    if (rc == MT_OK && mt_money_cmp(then, *most) < 0)
        *most = mt_money_is_negative(then) ? mt_money_zero() : then;
    return rc;
}

/* What of the payment goes back: all that is left of it, as far as that may be. Money that came behind the cancellation before the
 * service was put back was not given back by it. */
static enum mt_rc give_one(struct apply *a, struct mt_order *o, const struct refunds *before, const struct mt_payment *p) {
    struct mt_money left, most;
    struct mt_id id;
    if (a->prior != NULL && !prior_has(a->prior, &p->payment_id))
        return MT_OK;
    enum mt_rc rc = refunds_left_of(before, p, &left);
    if (rc == MT_OK)
        rc = most_back(a, o, &most);
    if (rc == MT_OK && mt_money_cmp(most, left) < 0)
        left = most;
    if (rc != MT_OK || mt_money_is_zero(left))
        return rc;
    rc = refund_id(a, p, &id);
    return rc == MT_OK ? refund_given(a, o, &id, &p->payment_id, left, a->op->body.cancel.reason, a->op->at) : rc;
}

static enum mt_rc money_back(struct apply *a, struct mt_order *o) {
    struct refunds before;
    enum mt_rc rc = refunds_load(a, o, &before);
    const struct mt_order was = *o; /* the sums before, while *o moves on */
    before.order = &was;
    for (size_t i = 0; rc == MT_OK && i < o->payment_count; i++)
        if (o->payments[i].status == MT_PAY_SUCCEEDED)
            rc = give_one(a, o, &before, &o->payments[i]);
    return rc == MT_OK ? order_noted(a, o, "refund", a->op->body.cancel.reason) : rc;
}

/* Before the service was put back, this cancellation gave money back that the order holds again: it is in the customer's hands.
 * Money that came after it stays, with the exception it has. */
static bool gave_back_then(const struct apply *a, const struct mt_order *o) {
    return a->prior != NULL && mt_money_cmp(a->prior->refunded_amount, o->refunded_amount) > 0;
}

enum mt_rc order_cancelled(struct apply *a, struct mt_order *o, mt_time at, const char *note) {
    const struct mt_order_edge *edge = mt_order_edge(o->status, MT_ORDER_CANCELLED);
    enum mt_rc rc = edge != NULL ? stock_back(a, o, edge) : mt_fail(&a->err, MT_BUG, "no edge to cancelled");
    if (rc == MT_OK)
        rc = mt_repo_serials_free(a->db, o->order_id.s, &a->err);
    return rc == MT_OK ? order_moved(a, o, MT_ORDER_CANCELLED, at != 0 ? at : a->now, note) : rc;
}

/* What must hold before money goes back. */
static enum mt_rc judge_money(struct apply *a, const struct mt_order *o, struct mt_money held) {
    if (!a->fact && strcmp(a->op->body.cancel.reason, EXPIRED) == 0)
        return refuse(a, MT_P_INVALID_ORDER_STATUS, "Order %s holds money, so it does not expire.", o->order_no);
    enum mt_rc rc = demand_knowledge(a, o, held);
    for (size_t i = 0; rc == MT_OK && going_on(a) && i < o->payment_count; i++)
        if (o->payments[i].status == MT_PAY_SUCCEEDED && !mt_pay_method_offline(o->payments[i].method))
            rc = refuse(a, MT_P_PAYMENT_FAILED, "Order %s was paid with %s, and no provider for it is set up at this service.",
                        o->order_no, mt_pay_method_words(o->payments[i].method));
    return rc;
}

static enum mt_rc judge(struct apply *a, const struct mt_order *o, struct mt_money held) {
    const int64_t seen = a->op->body.cancel.if_version;
    const bool unpaid = o->status == MT_ORDER_PENDING && mt_money_is_zero(held);
    if (!a->fact && seen != 0 && seen != o->version)
        return refuse(a, MT_P_VERSION_CONFLICT, "Order %s has changed meanwhile; it is %s now.", o->order_no,
                      mt_order_status_words(o->status));
    enum mt_rc rc = unpaid ? MT_OK : demand_right(a, MT_RIGHT_GIVE_BACK, o);
    return rc == MT_OK && going_on(a) && !mt_money_is_zero(held) ? judge_money(a, o, held) : rc;
}

/* It can not be cancelled any more. One that had been before the service was put back stays told. */
static enum mt_rc too_late(struct apply *a, struct mt_order *o) {
    if (!a->fact)
        return refuse(a, MT_P_INVALID_ORDER_STATUS, "Order %s is %s; it can not be cancelled any more.", o->order_no,
                      mt_order_status_words(o->status));
    enum mt_rc rc = open_exception(a, MT_EXC_STATUS_CONFLICT, o, NULL, 0, 0, "It had been cancelled, and is %s.",
                                   mt_order_status_words(o->status));
    return rc == MT_OK ? order_noted(a, o, "exception", "") : rc;
}

enum mt_rc apply_order_cancel(struct apply *a) {
    const struct mt_op_order_cancel *body = &a->op->body.cancel;
    struct mt_order o;
    struct mt_money held;
    enum mt_rc rc = find_order(a, &body->order_id, body->order_no, &o);
    if (rc != MT_OK || !going_on(a))
        return rc;
    if (o.status == MT_ORDER_CANCELLED)
        return gave_back_then(a, &o) ? money_back(a, &o) : MT_OK;
    const struct mt_order_edge *edge = mt_order_edge(o.status, MT_ORDER_CANCELLED);
    if (edge == NULL)
        return too_late(a, &o);
    rc = money_held(&o, &held);
    if (rc == MT_OK)
        rc = judge(a, &o, held);
    if (rc != MT_OK || !going_on(a))
        return rc;
    if (!mt_money_is_zero(held) && (a->prior == NULL || gave_back_then(a, &o)))
        rc = money_back(a, &o);
    return rc == MT_OK ? order_cancelled(a, &o, a->prior != NULL ? a->prior->cancel_time : a->now, body->reason) : rc;
}
