/* order.advance: along the edges to preparing, shipped and completed. To preparing is a request and the claim of the order;
 * to shipped or completed a register tells what it has done, and edges that were skipped are walked with it. Doing again
 * what this register did is no change; what another one did before is a conflict, told with who and when. */
#include "give_back.h"
#include "prior.h"
#include "words.h"

#include <medterm/repo/goods.h>
#include <medterm/repo/orders.h>

static const struct mt_repo_event *arrival(const struct mt_repo_event *events, size_t count, enum mt_order_status to) {
    for (size_t i = count; i > 0; i--)
        if (mt_sv_is(mt_sv(events[i - 1].kind), "status") && mt_sv_is(mt_sv(events[i - 1].to_status), mt_order_status_name(to)))
            return &events[i - 1];
    return NULL;
}

static enum mt_rc conflict(struct apply *a, struct mt_order *o, enum mt_problem_code code, const char *words) {
    if (!a->fact)
        return refuse(a, code, "%s", words);
    enum mt_rc rc = open_exception(a, MT_EXC_STATUS_CONFLICT, o, NULL, 0, 0, "%s", words);
    return rc == MT_OK ? order_noted(a, o, "exception", "") : rc;
}

/* The order has been where it is sent to. */
static enum mt_rc again(struct apply *a, struct mt_order *o, const struct mt_repo_event *before) {
    if (mt_sv_is(mt_sv(before->register_id), a->lane.register_id.s))
        return MT_OK; /* a repeat: the answer is the order as it stands */
    char words[160];
    struct mt_buf text;
    mt_buf_init(&text, sizeof words);
    char at[MT_TIME_TEXT];
    mt_time_format(before->at, at);
    mt_buf_fmt(&text, "Order %s: %s moved it to %s at %.16s UTC.", o->order_no, before->register_code, before->to_status, at);
    enum mt_rc rc = mt_buf_rc(&text);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_buf_view(&text), words, sizeof words);
    mt_buf_fini(&text);
    return rc == MT_OK ? conflict(a, o, MT_P_INVALID_ORDER_STATUS, words) : rc;
}

static bool reaches(enum mt_order_status from, enum mt_order_status to) {
    while (from != to && mt_order_status_next(from) != from)
        from = mt_order_status_next(from);
    return from == to;
}

/* Of a lot that was recalled after it was sold: such packs stay here, or went out all the same, apart from those that were given
 * back. It is asked where the order can still be cancelled, before it is ready. */
static enum mt_rc judge_lot(struct apply *a, const struct mt_order *o, const struct mt_order_item *item,
                            const struct mt_lot_taken *lot) {
    bool recalled = false;
    struct returns before = {.count = 0};
    char words[DRUG_WORDS];
    enum mt_rc rc = mt_repo_lot_recalled(a->db, item->drug_id.s, lot->lot_no, &recalled, &a->err);
    if (rc == MT_OK && recalled)
        rc = returns_load(a, o, &before);
    const int64_t packs = lot->quantity - returns_of(&before, item->line, lot->lot_no);
    if (rc != MT_OK || !recalled || packs <= 0)
        return rc;
    drug_words(item->drug_name, item->drug_spec, words);
    if (a->fact)
        return open_exception(a, MT_EXC_EXPIRED_LOT, o, &item->drug_id, item->line, packs,
                              "%s, lot %.*s: recalled after it was sold, and went out all the same.", words,
                              words_fit(lot->lot_no, 40), lot->lot_no);
    return refuse(a, MT_P_DRUG_NOT_SELLABLE,
                  "%s, lot %.*s: recalled after it was sold. Keep it here, cancel the order and make it anew.", words,
                  words_fit(lot->lot_no, 40), lot->lot_no);
}

static enum mt_rc judge_lots(struct apply *a, const struct mt_order *o) {
    enum mt_rc rc = MT_OK;
    for (size_t i = 0; i < o->item_count; i++)
        for (size_t k = 0; rc == MT_OK && going_on(a) && k < o->items[i].lot_count; k++)
            rc = judge_lot(a, o, &o->items[i], &o->items[i].lots[k]);
    return rc;
}

static enum mt_rc walk(struct apply *a, struct mt_order *o, enum mt_order_status to) {
    const bool leaves = o->status < MT_ORDER_SHIPPED && to >= MT_ORDER_SHIPPED;
    enum mt_rc rc = leaves ? judge_lots(a, o) : MT_OK;
    if (rc != MT_OK || !going_on(a))
        return rc;
    const mt_time at = a->fact ? a->op->at : a->now;
    while (rc == MT_OK && o->status != to)
        rc = order_moved(a, o, mt_order_status_next(o->status), at, "");
    return rc;
}

/* Before the service was put back another register had moved it there; that one has not come again yet. */
static enum mt_rc walk_second(struct apply *a, struct mt_order *o, enum mt_order_status to) {
    enum mt_rc rc = open_exception(a, MT_EXC_STATUS_CONFLICT, o, NULL, 0, 0,
                                   "Order %s: another register had moved it to %s before.", o->order_no, mt_order_status_words(to));
    return rc == MT_OK ? walk(a, o, to) : rc;
}

enum mt_rc apply_order_advance(struct apply *a) {
    const struct mt_op_order_advance *body = &a->op->body.advance;
    struct mt_order o;
    struct mt_repo_event *events = NULL;
    size_t count = 0;
    enum mt_rc rc = find_order(a, &body->order_id, body->order_no, &o);
    if (rc == MT_OK && going_on(a))
        rc = mt_repo_events(a->db, o.order_id.s, a->arena, &events, &count, &a->err);
    if (rc != MT_OK || !going_on(a))
        return rc;
    if (body->to == MT_ORDER_PENDING || body->to == MT_ORDER_PAID || body->to == MT_ORDER_CANCELLED)
        return refuse_field(a, MT_P_INVALID_ORDER_STATUS, "to", "An order is paid by a payment and cancelled by a cancellation.");
    const struct mt_repo_event *before = arrival(events, count, body->to);
    const enum prior_move then = prior_move(a, body->to);
    if (then == PRIOR_MOVED && (before != NULL || o.status == MT_ORDER_CANCELLED))
        return MT_OK; /* what came after it then is here already */
    if (before != NULL)
        return again(a, &o, before);
    if (!a->fact && body->if_version != 0 && body->if_version != o.version)
        return refuse(a, MT_P_VERSION_CONFLICT, "Order %s has changed meanwhile; it is %s now.", o.order_no,
                      mt_order_status_words(o.status));
    const bool there = a->fact ? reaches(o.status, body->to) : mt_order_edge(o.status, body->to) != NULL;
    const bool allowed = there && then != PRIOR_HELD_UP;
    if (allowed)
        return then == PRIOR_REPEATED ? walk_second(a, &o, body->to) : walk(a, &o, body->to);
    if (o.status == MT_ORDER_PENDING && prior_reached(a, body->to))
        return set_aside(a, "order", MT_P_INVALID_ORDER_STATUS,
                         "Order %s was paid when this was done and is unpaid again; this waits for the money.", o.order_no);
    char words[160];
    struct mt_buf text;
    mt_buf_init(&text, sizeof words);
    mt_buf_fmt(&text, "Order %s is %s; it can not become %s.", o.order_no, mt_order_status_words(o.status),
               mt_order_status_words(body->to));
    rc = mt_buf_rc(&text);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_buf_view(&text), words, sizeof words);
    mt_buf_fini(&text);
    return rc == MT_OK ? conflict(a, &o, MT_P_INVALID_ORDER_STATUS, words) : rc;
}
