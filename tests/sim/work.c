/* What people do at a till: sell for cash and take orders unpaid (hands.c), take money for them, move orders on, cancel, take back.
 * Each intent goes to the oracle before it is committed; whether the till said "saved" decides what the oracle expects of it. */
#include "sim.h"

#include <medterm/crypto/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct draft {
    struct mt_op op;
    struct mt_local_order base;
    struct mt_back_line line;
};

static void id_of(struct sim_till *t, struct mt_id *out) {
    struct mt_id_source source;
    mt_id_source_init(&source, sim_clock(t->world), sim_random(&t->random));
    *out = mt_id_new(&source);
}

/* One of the orders this till can see, in the wanted status; false when there is none. */
static bool pick_order(struct sim_world *w, struct sim_till *t, enum mt_order_status status, bool own, struct mt_arena *arena,
                       struct mt_local_order *out) {
    struct mt_local_order *all = NULL;
    size_t n = 0, fit = 0;
    struct mt_err err = {0};
    if (mt_orders_pick(t->reg, t->reader, MT_ORDERS_OPEN, MT_ORDER_PENDING, 200, arena, &all, &n, &err) != MT_OK)
        return false;
    for (size_t i = 0; i < n; i++) {
        sim_check_shown(w, t, &all[i].order);
        if (all[i].order.status == status && (all[i].own || !own) && !all[i].refused)
            all[fit++] = all[i];
    }
    if (fit)
        *out = all[sim_draw(&w->work) % fit];
    return fit > 0;
}

static void draft_payment(struct draft *d) {
    d->op.kind = MT_OP_PAYMENT_RECORD;
    struct mt_op_payment_record *p = &d->op.body.payment;
    p->order_id = d->base.order.order_id;
    memcpy(p->order_no, d->base.order.order_no, sizeof p->order_no);
    p->payment = (struct mt_payment){
        .method = MT_PAY_CASH, .status = MT_PAY_SUCCEEDED, .amount = d->base.order.total_amount, .reference = ""};
}

static void draft_advance(struct draft *d) {
    d->op.kind = MT_OP_ORDER_ADVANCE;
    struct mt_op_order_advance *a = &d->op.body.advance;
    a->order_id = d->base.order.order_id;
    memcpy(a->order_no, d->base.order.order_no, sizeof a->order_no);
    a->to = mt_order_status_next(d->base.order.status);
    a->if_version = d->base.order.version;
}

static void draft_cancel(struct draft *d) {
    d->op.kind = MT_OP_ORDER_CANCEL;
    struct mt_op_order_cancel *c = &d->op.body.cancel;
    c->order_id = d->base.order.order_id;
    memcpy(c->order_no, d->base.order.order_no, sizeof c->order_no);
    c->reason = "changed their mind";
}

/* Money and goods that go back: told of an order that was paid here or elsewhere, or with an order that is cancelled. */
static void draft_back(struct sim_world *w, struct sim_till *t, struct draft *d) {
    const struct mt_order *o = &d->base.order;
    const bool shipped = o->status == MT_ORDER_SHIPPED;
    if (!shipped && sim_chance(&w->work, 500)) {
        draft_cancel(d);
        return;
    }
    if (shipped && sim_chance(&w->work, 500)) {
        d->op.kind = MT_OP_RETURN_RECORD;
        d->line = (struct mt_back_line){.line = 1, .quantity = 1, .lot_no = "", .quarantine = sim_chance(&w->work, 300)};
        struct mt_op_return *r = &d->op.body.returned;
        *r = (struct mt_op_return){.order_id = o->order_id, .reason = "not wanted", .lines = &d->line, .line_count = 1};
        memcpy(r->order_no, o->order_no, sizeof r->order_no);
        id_of(t, &r->return_id);
        return;
    }
    d->op.kind = MT_OP_REFUND_RECORD;
    struct mt_op_refund *r = &d->op.body.refund;
    *r = (struct mt_op_refund){
        .order_id = o->order_id, .payment_id = o->payments[0].payment_id, .amount = o->items[0].price, .reason = "damaged"};
    memcpy(r->order_no, o->order_no, sizeof r->order_no);
    id_of(t, &r->refund_id);
}

/* Something about an order that stands; false when there is none for it. */
static bool draft_any(struct sim_world *w, struct sim_till *t, struct draft *d, struct mt_arena *arena) {
    static const enum mt_order_status board[] = {MT_ORDER_PAID, MT_ORDER_PREPARING, MT_ORDER_SHIPPED};
    int64_t what = sim_between(&w->work, 0, 39);
    enum mt_order_status want = what < 20 ? MT_ORDER_PENDING : board[sim_draw(&w->work) % 3];
    if (!pick_order(w, t, want, want == MT_ORDER_PENDING, arena, &d->base))
        return false;
    if (what < 10)
        draft_payment(d);
    else if (what < 20)
        draft_cancel(d);
    else if (what < 35 || d->base.order.payment_count == 0 || d->base.order.item_count == 0)
        draft_advance(d);
    else
        draft_back(w, t, d);
    d->op.staff_id = w->staff_id;
    return true;
}

static struct sim_op *intent(struct sim_world *w, struct sim_till *t, const struct mt_op *op) {
    if (w->op_count == SIM_OPS)
        return NULL;
    struct sim_op *o = &w->op[w->op_count++];
    *o = (struct sim_op){
        .known = SIM_MAYBE, .till = t->index, .op_id = op->op_id, .kind = op->kind, .fact = mt_op_is_fact(op, true)};
    o->forked = w->fork_taken_at && (t->index == 0 || t->index == SIM_TILLS - 1);
    o->order_id = *mt_op_order_id(op);
    if (op->kind == MT_OP_REFUND_RECORD)
        o->total = mt_money_to_minor(op->body.refund.amount);
    if (op->kind != MT_OP_ORDER_CREATE)
        return o;
    const struct mt_order *order = &op->body.create.order;
    o->total = mt_money_to_minor(order->total_amount);
    for (int k = 0; order->item_count > 0 && k < SIM_DRUGS; k++)
        if (mt_id_eq(&order->items[0].drug_id, &w->drug_id[k]))
            o->first_drug = k;
    o->first_packs = order->item_count > 0 ? order->items[0].quantity : 0;
    for (size_t i = 0; i < order->item_count; i++)
        for (size_t k = 0; k < SIM_DRUGS; k++)
            if (mt_id_eq(&order->items[i].drug_id, &w->drug_id[k]))
                o->packs[k] += order->items[i].quantity;
    return o;
}

static void acknowledged(struct sim_world *w, struct sim_till *t, struct sim_op *o, struct mt_op *op,
                         const struct mt_order *saved) {
    struct mt_buf bytes;
    mt_buf_init(&bytes, 1u << 20);
    mt_op_print(op, &bytes);
    o->known = SIM_ACKNOWLEDGED;
    o->seq = op->register_seq;
    mt_hash_hex(mt_buf_view(&bytes), o->hash);
    mt_buf_fini(&bytes);
    (void)snprintf(o->order_no, sizeof o->order_no, "%s", saved->order_no);
    const struct mt_enrolled *e = mt_register_enrolled(t->reg);
    o->lane = e ? e->lane : 0;
    if (o->kind == MT_OP_ORDER_CREATE && mt_money_to_minor(saved->total_amount) != o->total)
        sim_violated(w, "I6: %s was saved with another total than was shown", saved->order_no);
}

enum mt_rc sim_commit(struct sim_world *w, struct sim_till *t, struct mt_op *op, const struct mt_order *base,
                      struct mt_arena *arena, struct mt_order *saved) {
    const bool create = op->kind == MT_OP_ORDER_CREATE;
    id_of(t, &op->op_id);
    if (create)
        id_of(t, &op->body.create.order.order_id);
    struct sim_op *o = intent(w, t, op);
    if (!o)
        return MT_LIMIT;
    struct mt_commit c = {.op = op, .base = base, .offline = w->now < t->cut_until, .clear_cart = create};
    struct mt_err err = {0};
    enum mt_rc rc = mt_register_commit(t->reg, &c, arena, saved, &err);
    sim_trace(w, "work", t->index, saved->order_no, strlen(saved->order_no));
    if (sim_till_struck(w, t)) /* whoever stood there saw no "saved" */
        return rc == MT_OK ? MT_IO : rc;
    if (rc == MT_OK) {
        acknowledged(w, t, o, op, saved);
        mt_sync_poke(t->sync);
        return rc;
    }
    w->op_count--; /* refused before it was confirmed: nothing happened */
    if (rc != MT_DENIED)
        sim_violated(w, "I11: till %s could not take %s: %s", t->node, mt_op_kind_name(op->kind), mt_err_text(&err));
    return rc;
}

void sim_work(struct sim_world *w, struct sim_till *t) {
    int64_t what = sim_between(&w->work, 0, 99);
    if (what < 60) {
        sim_hands_sell(w, t, what < 40);
        return;
    }
    struct mt_arena arena;
    struct draft d = {0};
    struct mt_order saved = {0};
    mt_arena_init(&arena, 8u << 20);
    if (draft_any(w, t, &d, &arena))
        (void)sim_commit(w, t, &d.op, &d.base.order, &arena, &saved);
    mt_arena_fini(&arena);
}
