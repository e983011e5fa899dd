/* What operations come to, counted. A decided operation adds to the session's tally; only the commit hands the tally on, so a batch
 * that is undone, or tried again, is not counted. */
#include "apply.h"

#define MT_X(...) +1
_Static_assert(0 MT_OP_TABLE(MT_X) <= MT_METRIC_KINDS, "every kind has its count");
_Static_assert(0 MT_OUTCOME_TABLE(MT_X) <= MT_METRIC_OUTCOMES, "every outcome has its count");
_Static_assert(0 MT_PAY_METHOD_TABLE(MT_X) <= MT_METRIC_METHODS, "every method has its count");
#undef MT_X

static void count_payment(struct apply *a, enum mt_pay_method method) {
    const size_t result = a->outcome == MT_APPLIED ? MT_PAID_OK : MT_PAID_FAILED;
    mt_metric_add(a->x->tally, MT_METRIC_PAYMENTS, (size_t)method, result, 1);
}

void count_operation(struct apply *a) {
    struct mt_metrics *tally = a->x->tally;
    const bool create = a->op->kind == MT_OP_ORDER_CREATE;
    mt_metric_add(tally, MT_METRIC_OPERATIONS, (size_t)a->op->kind, (size_t)a->outcome, 1);
    mt_metric_add(tally, MT_METRIC_SHORTAGES, MT_SHORT_WENT_OUT, 0, a->went_out_short);
    if (a->outcome == MT_QUARANTINED)
        return; /* its body may be unreadable, and it may yet be applied */
    if (create && a->outcome == MT_APPLIED) {
        mt_metric_add(tally, MT_METRIC_ORDERS, 0, 0, 1);
        for (size_t i = 0; i < a->op->body.create.order.payment_count; i++)
            count_payment(a, a->op->body.create.order.payments[i].method);
    } else if (a->op->kind == MT_OP_PAYMENT_RECORD) {
        count_payment(a, a->op->body.payment.payment.method);
    } else if (a->op->kind == MT_OP_PAYMENT_START && a->outcome == MT_REFUSED) {
        count_payment(a, a->op->body.start.method); /* one that begins is not taken yet */
    }
    if (a->outcome == MT_REFUSED && a->problem->code == MT_P_INSUFFICIENT_STOCK)
        mt_metric_add(tally, MT_METRIC_SHORTAGES, MT_SHORT_REFUSED, 0, 1);
}

void count_committed(struct mt_session *x, struct mt_write *const *writes, size_t count) {
    int64_t operations = 0;
    for (size_t i = 0; i < count; i++)
        operations += writes[i]->kind == MT_WRITE_PUSH ? (int64_t)writes[i]->request.push.count : 1;
    mt_metric_observe(x->service->metrics, MT_METRIC_BATCH, 0, operations);
    mt_metrics_move(x->tally, x->service->metrics);
}

void count_undone(struct mt_session *x) {
    mt_metrics_move(x->tally, NULL);
    mt_metric_add(x->service->metrics, MT_METRIC_COMMITS_FAILED, 0, 0, 1);
}
