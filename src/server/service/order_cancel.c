/* order.cancel: an unpaid order gives its reservation back. One that holds money has to be refunded first. Cancelling again
 * is no change. */
#include "apply.h"

#include <medterm/repo/goods.h>
#include <medterm/repo/orders.h>

static enum mt_rc give_back(struct apply *a, const struct mt_order *o, const struct mt_order_edge *edge) {
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

enum mt_rc apply_order_cancel(struct apply *a) {
    const struct mt_op_order_cancel *body = &a->op->body.cancel;
    struct mt_order o;
    enum mt_rc rc = find_order(a, &body->order_id, body->order_no, &o);
    if (rc != MT_OK || !going_on(a) || o.status == MT_ORDER_CANCELLED)
        return rc;
    const struct mt_order_edge *edge = mt_order_edge(o.status, MT_ORDER_CANCELLED);
    if (edge == NULL)
        return refuse(a, MT_P_INVALID_ORDER_STATUS, "Order %s is %s; it can not be cancelled any more.", o.order_no,
                      mt_order_status_words(o.status));
    if (mt_money_cmp(o.paid_amount, o.refunded_amount) > 0) {
        char paid[MT_MONEY_TEXT];
        mt_money_format(o.paid_amount, paid);
        return refuse(a, MT_P_INVALID_ORDER_STATUS, "Order %s holds %s; refund it first, then cancel.", o.order_no, paid);
    }
    rc = give_back(a, &o, edge);
    if (rc == MT_OK)
        rc = mt_repo_serials_free(a->db, o.order_id.s, &a->err);
    return rc == MT_OK ? order_moved(a, &o, MT_ORDER_CANCELLED, a->now, body->reason) : rc;
}
