/* The hands at the counter. A sale goes the whole way a person's does: codes typed into the real till model, its effects run
 * over the real store, the answers given back as messages, until the change is on the screen. What the journal of the
 * cart acknowledged is kept in mind, and a till that starts again must show that cart. */
#include "sim.h"

#include <medterm/store/cart.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWERS 16

struct hands {
    struct sim_world *w;
    struct sim_till *t;
    struct mt_arena arena; /* what the answers point to */
    struct mt_msg answer[ANSWERS];
    size_t count;
};

static struct mt_msg *answer(struct hands *h, enum mt_msg_kind kind) {
    if (h->count == ANSWERS)
        abort();
    h->answer[h->count] = (struct mt_msg){.kind = kind};
    return &h->answer[h->count++];
}

static int drug_index(const struct sim_world *w, const struct mt_id *id) {
    for (int k = 0; k < SIM_DRUGS; k++)
        if (mt_id_eq(&w->drug_id[k], id))
            return k;
    return -1;
}

/* What the cart holds after this change, if the disk takes it. */
static void cart_after(struct sim_world *w, const struct sim_till *t, const struct mt_effect *e, int64_t packs[SIM_DRUGS]) {
    memcpy(packs, t->cart_sure, sizeof t->cart_sure);
    if (e->kind == MT_EFFECT_CART_CLEAR)
        memset(packs, 0, sizeof t->cart_sure);
    int k = e->kind == MT_EFFECT_CART_LINE ? drug_index(w, &e->line->drug.drug_id) : -1;
    if (k >= 0)
        packs[k] = e->line->quantity;
}

static enum mt_rc journal(struct sim_till *t, const struct mt_effect *e, struct mt_err *err) {
    if (e->kind == MT_EFFECT_CART_CLEAR)
        return mt_cart_clear(t->reg, err);
    if (e->kind == MT_EFFECT_CART_CUT)
        return mt_cart_cut_line(t->reg, e->index, err);
    if (e->kind != MT_EFFECT_CART_LINE)
        return MT_OK; /* the head: nobody here fills one in */
    struct mt_journal_line line = {e->line->drug, e->line->quantity, e->line->packs, e->line->pack_count};
    return mt_cart_put_line(t->reg, e->index, &line, err);
}

static void keep_cart(struct hands *h, const struct mt_effect *e) {
    struct mt_err err = {0};
    cart_after(h->w, h->t, e, h->t->cart_maybe);
    enum mt_rc rc = journal(h->t, e, &err);
    if (sim_till_struck(h->w, h->t))
        return;
    if (rc != MT_OK)
        sim_violated(h->w, "I11: %s can not keep its cart: %s", h->t->node, mt_err_text(&err));
    memcpy(h->t->cart_sure, h->t->cart_maybe, sizeof h->t->cart_sure);
}

static void look_up(struct hands *h, const struct mt_effect *e) {
    struct mt_cached_drug drug;
    struct mt_found *found = mt_arena_alloc(&h->arena, sizeof *found);
    struct mt_err err = {0};
    enum mt_rc rc = mt_cache_by_code(h->t->reader, e->scan.gtin, mt_till_today(h->t->model), &h->arena, &drug, &err);
    struct mt_msg *m = answer(h, MT_MSG_LOOKED_UP);
    m->generation = e->generation;
    m->scan = e->scan;
    if (rc != MT_OK || !found)
        return;
    *found = (struct mt_found){.drug = drug.drug, .free = drug.free, .first_expiry = drug.first_expiry};
    m->found = found;
    m->found_count = 1;
}

static void commit(struct hands *h, const struct mt_effect *e) {
    struct mt_op op = *e->op;
    struct mt_order *saved = mt_arena_alloc(&h->arena, sizeof *saved);
    struct mt_payment *payments = mt_arena_array(&h->arena, MT_PAYMENTS_MAX, sizeof *payments);
    if (!saved || !payments)
        abort();
    if (op.body.create.order.payment_count)
        memcpy(payments, op.body.create.order.payments, op.body.create.order.payment_count * sizeof *payments);
    op.body.create.order.payments = payments;
    memset(h->t->cart_maybe, 0, sizeof h->t->cart_maybe);
    enum mt_rc rc = sim_commit(h->w, h->t, &op, NULL, &h->arena, saved);
    if (!h->t->up)
        return;
    if (rc == MT_OK)
        memset(h->t->cart_sure, 0, sizeof h->t->cart_sure);
    struct mt_msg *m = answer(h, MT_MSG_COMMITTED);
    m->rc = rc;
    m->op_kind = op.kind;
    m->order = saved;
    m->order_no = saved->order_no;
}

static void run(struct hands *h, const struct mt_effect *e) {
    switch (e->kind) {
    case MT_EFFECT_LOOKUP:
        look_up(h, e);
        break;
    case MT_EFFECT_CART_LINE:
    case MT_EFFECT_CART_CUT:
    case MT_EFFECT_CART_HEAD:
    case MT_EFFECT_CART_CLEAR:
        keep_cart(h, e);
        break;
    case MT_EFFECT_COMMIT:
        commit(h, e);
        break;
    case MT_EFFECT_PRINT:
        answer(h, MT_MSG_PRINTED)->path = "receipt";
        break;
    case MT_EFFECT_SEARCH:
        answer(h, MT_MSG_FOUND)->generation = e->generation;
        break;
    case MT_EFFECT_LOAD_BOARD:
    case MT_EFFECT_LOAD_ORDER:
    case MT_EFFECT_LOAD_SYNC:
    case MT_EFFECT_SYNC_NOW:
    case MT_EFFECT_SETTLE:
    case MT_EFFECT_CHECK_PIN:
    case MT_EFFECT_SIGN_OUT:
    case MT_EFFECT_ENROL:
    case MT_EFFECT_EXPORT:
    case MT_EFFECT_BELL:
    case MT_EFFECT_QUIT:
        break; /* these hands only sell */
    }
}

static void tell(struct hands *h, struct mt_msg msg) {
    struct mt_effects fx;
    const struct mt_clock clock = sim_clock(h->w);
    msg.now = clock.wall(clock.ctx);
    msg.mono = clock.mono(clock.ctx) + (h->t->typed += 200);
    mt_till_update(h->t->model, &msg, &fx);
    for (size_t i = 0; i < fx.count && h->t->up; i++)
        run(h, &fx.at[i]);
}

/* One thing a person does, and all that follows from it. */
static void act(struct sim_world *w, struct sim_till *t, struct mt_msg msg) {
    struct hands h = {.w = w, .t = t};
    if (!t->up)
        return;
    mt_arena_init(&h.arena, 16u << 20);
    tell(&h, msg);
    for (size_t i = 0; i < h.count && t->up; i++)
        tell(&h, h.answer[i]);
    mt_arena_fini(&h.arena);
}

static void press(struct sim_world *w, struct sim_till *t, enum mt_action action) {
    act(w, t, (struct mt_msg){.kind = MT_MSG_ACTION, .action = action});
}

static void check_cart(struct sim_world *w, struct sim_till *t, const struct mt_journal_line *lines, size_t count) {
    int64_t found[SIM_DRUGS] = {0};
    for (size_t i = 0; i < count; i++) {
        int k = drug_index(w, &lines[i].drug.drug_id);
        if (k >= 0)
            found[k] += lines[i].quantity;
    }
    bool sure = !memcmp(found, t->cart_sure, sizeof found), maybe = !memcmp(found, t->cart_maybe, sizeof found);
    if (!sure && !maybe)
        sim_violated(w, "I1: %s started with another cart than the one it had kept", t->node);
    memcpy(t->cart_sure, found, sizeof found);
    memcpy(t->cart_maybe, found, sizeof found);
}

void sim_hands_begin(struct sim_world *w, struct sim_till *t) {
    struct mt_arena arena;
    struct mt_journal_line *lines = NULL;
    struct mt_journal_head head;
    size_t count = 0;
    struct mt_err err = {0};
    mt_arena_init(&arena, 16u << 20);
    t->model = mt_till_new();
    if (!t->model || mt_cart_load(t->reg, &arena, &lines, &count, &head, &err) != MT_OK)
        sim_violated(w, "I1: the cart of %s can not be read: %s", t->node, mt_err_text(&err));
    struct mt_cart_line *cart = mt_arena_array(&arena, count + 1, sizeof *cart);
    const struct mt_enrolled *e = mt_register_enrolled(t->reg);
    if (!t->model || !cart || !e) {
        mt_arena_fini(&arena);
        return;
    }
    check_cart(w, t, lines, count);
    for (size_t i = 0; i < count; i++)
        cart[i] = (struct mt_cart_line){lines[i].drug, lines[i].quantity, lines[i].packs, lines[i].pack_count};
    act(w, t,
        (struct mt_msg){.kind = MT_MSG_START,
                        .start = {.enrolled = true,
                                  .store_name = e->info.store_name,
                                  .register_code = e->info.register_code,
                                  .currency = e->info.currency,
                                  .next_order_seq = 1,
                                  .cart = cart,
                                  .cart_count = count}});
    struct mt_staff who = {.staff_id = w->staff_id, .name = "Chen Mei", .role = MT_ROLE_PHARMACIST, .verifier = "", .active = true};
    act(w, t, (struct mt_msg){.kind = MT_MSG_PIN, .staff = &who, .tries_left = MT_PIN_TRIES});
    mt_arena_fini(&arena);
}

void sim_hands_sell(struct sim_world *w, struct sim_till *t, bool paid) {
    int64_t lines = sim_between(&w->work, 1, 3);
    for (int64_t i = 0; i < lines && t->up; i++) {
        char typed[48];
        (void)snprintf(typed, sizeof typed, "%lld*%s", (long long)sim_between(&w->work, 1, 3),
                       w->code[sim_draw(&w->work) % SIM_DRUGS]);
        act(w, t, (struct mt_msg){.kind = MT_MSG_TEXT, .text = mt_sv(typed)});
        press(w, t, MT_ACT_ENTER);
    }
    if (sim_chance(&w->work, 100))
        return; /* called away: the cart waits for the next who comes */
    press(w, t, MT_ACT_PAY);
    if (paid && sim_chance(&w->work, 300))
        press(w, t, MT_ACT_HANDED_OVER);
    press(w, t, paid ? MT_ACT_ENTER : MT_ACT_PAY_LATER);
    if (sim_chance(&w->work, 200))
        press(w, t, paid ? MT_ACT_ENTER : MT_ACT_PAY_LATER); /* an impatient finger */
    press(w, t, MT_ACT_NEW);
}
