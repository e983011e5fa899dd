#include "prior.h"

#include "give_back.h"

#include <medterm/repo/orders.h>

#include <string.h>

static enum mt_rc take(struct apply *a, enum mt_outcome outcome, struct mt_sv result) {
    struct mt_order *was = mt_arena_array(a->arena, 1, sizeof *was);
    struct mt_err unreadable = {.rc = MT_OK};
    if (was == NULL)
        return mt_fail(&a->err, MT_NOMEM, "no memory for an earlier answer");
    a->prior_applied = outcome == MT_APPLIED;
    a->prior_refused = outcome == MT_REFUSED;
    a->prior_result = result;
    a->fact = a->fact || a->prior_applied;
    const struct mt_id *about = mt_op_order_id(a->op);
    if (a->prior_applied && result.n > 0 && mt_id_is(about) && mt_order_parse(result, a->arena, was, &unreadable) == MT_OK &&
        mt_id_eq(&was->order_id, about))
        a->prior = was;
    return MT_OK;
}

enum mt_rc prior_heed(struct apply *a, const struct mt_push_op *p, const char *epoch) {
#ifdef MT_PLANT_PRIOR_IGNORED
    return MT_OK; /* the simulator's restored service must notice */
#endif
    if (!p->has_prior || strcmp(p->prior.epoch, epoch) == 0)
        return MT_OK;
    a->pushed = p;
    return take(a, p->prior.outcome, p->prior.result);
}

enum mt_rc prior_keep(struct apply *a) {
    if (a->outcome != MT_QUARANTINED || a->pushed == NULL || a->pushed->prior.epoch[0] == '\0')
        return MT_OK;
    const struct mt_repo_prior row = {
        .epoch = a->pushed->prior.epoch, .outcome = mt_outcome_name(a->pushed->prior.outcome), .result = a->pushed->prior.result};
    return mt_repo_prior_insert(a->db, a->op->op_id.s, &row, &a->err);
}

enum mt_rc prior_recall(struct apply *a) {
    struct mt_repo_prior row;
    enum mt_outcome outcome = MT_QUARANTINED;
    enum mt_rc rc = mt_repo_prior_get(a->db, a->op->op_id.s, a->arena, &row, &a->err);
    if (rc == MT_NOTFOUND)
        return MT_OK;
    if (rc == MT_OK)
        rc = mt_outcome_parse(mt_sv(row.outcome), &outcome);
    return rc == MT_OK ? take(a, outcome, row.result) : rc;
}

bool prior_has(const struct mt_order *o, const struct mt_id *payment_id) {
    for (size_t i = 0; i < o->payment_count; i++)
        if (mt_id_eq(&o->payments[i].payment_id, payment_id))
            return true;
    return false;
}

/* Payment by payment: money that came later does not stand for it. What this operation brings itself is none it waits for. */
static bool waits_for_money(const struct apply *a, const struct mt_order *o) {
    bool waits = false;
    for (size_t i = 0; !waits && i < a->prior->payment_count; i++)
        waits = a->prior->payments[i].status == MT_PAY_SUCCEEDED && !prior_has(o, &a->prior->payments[i].payment_id);
    return waits && a->op->kind != MT_OP_PAYMENT_RECORD;
}

enum mt_rc prior_meet(struct apply *a, struct mt_order *o) {
    if (a->prior == NULL)
        return MT_OK;
    if (waits_for_money(a, o)) {
        char had[MT_MONEY_TEXT], has[MT_MONEY_TEXT];
        mt_money_format(a->prior->paid_amount, had);
        mt_money_format(o->paid_amount, has);
        return set_aside(a, "order", MT_P_INVALID_ORDER_STATUS,
                         "Order %s had %s when this was done and has %s again; this waits for the rest.", o->order_no, had, has);
    }
    const bool cancelled = a->prior->status == MT_ORDER_CANCELLED && a->op->kind != MT_OP_ORDER_CANCEL;
    return cancelled && mt_order_edge(o->status, MT_ORDER_CANCELLED) != NULL
               ? order_cancelled(a, o, a->prior->cancel_time, "It had been cancelled before the service was put back.")
               : MT_OK;
}

bool prior_reached(const struct apply *a, enum mt_order_status status) {
    return a->prior != NULL && a->prior->status != MT_ORDER_CANCELLED && a->prior->status >= status;
}

enum prior_move prior_move(const struct apply *a, enum mt_order_status to) {
    if (a->prior == NULL)
        return PRIOR_UNKNOWN;
    struct mt_order was = *a->prior;
    const mt_time moved_at = *mt_order_stamp(&was, to);
    if (moved_at == 0)
        return PRIOR_HELD_UP;
    /* A request is stamped by the service's clock, and is refused when it comes second. */
    return moved_at == a->op->at || !mt_op_is_fact(a->op, !a->lane.is_client) ? PRIOR_MOVED : PRIOR_REPEATED;
}
