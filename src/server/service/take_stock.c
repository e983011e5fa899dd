/* Which packs an order takes. Scanned packs come first, from the very lot that was scanned; the rest is first expired, first
 * out, over what no other order holds. Each line is planned and written before the next, so two lines of one drug see
 * each other. A request is covered wholly or refused; a fact takes what is there, and what is not is one exception for the
 * line, with no move: the ledger never says that packs left which it never had. */
#include "give_back.h"
#include "goods.h"
#include "words.h"

#include <medterm/domain/stock.h>
#include <medterm/repo/goods.h>
#include <medterm/repo/orders.h>

#include <stdio.h>
#include <string.h>

struct plan {
    struct mt_stock stock;
    int64_t *taken; /* packs a lot, by index */
    bool *scanned;  /* by index */
    int64_t shortfall;
    struct mt_date today;
};

static enum mt_rc plan_take(struct apply *a, struct plan *p, const char *lot_no, int64_t quantity) {
    size_t n = 0;
    int64_t missing = 0;
    struct mt_stock_take *takes = mt_arena_array(a->arena, p->stock.lot_count + 1, sizeof *takes);
    if (takes == NULL)
        return mt_fail(&a->err, MT_NOMEM, "no memory to plan a line");
    mt_stock_fefo(p->stock.lots, p->taken, p->stock.lot_count, lot_no, quantity, p->today, takes, &n, &missing);
    for (size_t i = 0; i < n; i++) {
        p->taken[takes[i].lot] += takes[i].quantity;
        p->scanned[takes[i].lot] = p->scanned[takes[i].lot] || takes[i].scanned;
    }
    p->shortfall += missing;
    return MT_OK;
}

/* Packs of one lot that were scanned, from the pack at `from` on; 0 when an earlier pack stands for the same lot. */
static int64_t scanned_together(const struct mt_order_item *item, size_t from) {
    int64_t n = 0;
    for (size_t i = 0; i < item->pack_count; i++) {
        if (strcmp(item->packs[i].lot_no, item->packs[from].lot_no) != 0)
            continue;
        if (i < from)
            return 0;
        n++;
    }
    return n;
}

static enum mt_rc plan_line(struct apply *a, const struct mt_order_item *item, struct plan *p) {
    int64_t left = item->quantity;
    p->today = mt_date_of(a->op->at);
    enum mt_rc rc = mt_repo_stock_lots(a->db, a->lane.store_id.s, item->drug_id.s, a->arena, &p->stock, &a->err);
    if (rc != MT_OK)
        return rc;
    p->taken = mt_arena_array(a->arena, p->stock.lot_count + 1, sizeof *p->taken);
    p->scanned = mt_arena_array(a->arena, p->stock.lot_count + 1, sizeof *p->scanned);
    if (p->taken == NULL || p->scanned == NULL)
        return mt_fail(&a->err, MT_NOMEM, "no memory to plan a line");
    for (size_t i = 0; rc == MT_OK && i < item->pack_count; i++) {
        if (item->packs[i].lot_no[0] == '\0')
            continue;
        int64_t packs = scanned_together(item, i);
        left -= packs;
        if (packs > 0)
            rc = plan_take(a, p, item->packs[i].lot_no, packs);
    }
    return rc == MT_OK && left > 0 ? plan_take(a, p, "", left) : rc;
}

static const struct mt_lot *lot_of(const struct plan *p, const char *lot_no) {
    for (size_t i = 0; i < p->stock.lot_count; i++)
        if (strcmp(p->stock.lots[i].lot_no, lot_no) == 0)
            return &p->stock.lots[i];
    return NULL;
}

/* The lot of a scanned pack: what the store knows of it, otherwise the date on the pack and what is recalled everywhere. */
static enum mt_rc lot_scanned(struct apply *a, const struct mt_order_item *item, const struct mt_pack *pack, const struct plan *p,
                              struct mt_lot *out) {
    const struct mt_lot *known = lot_of(p, pack->lot_no);
    bool recalled = false;
    *out = (struct mt_lot){.lot_no = pack->lot_no, .expires_on = pack->expires_on, .state = MT_LOT_OK};
    if (known != NULL)
        *out = *known;
    if (known != NULL || pack->lot_no[0] == '\0')
        return MT_OK;
    enum mt_rc rc = mt_repo_lot_recalled(a->db, item->drug_id.s, pack->lot_no, &recalled, &a->err);
    out->state = recalled ? MT_LOT_RECALLED : MT_LOT_OK;
    return rc;
}

/* A scanned pack that must not be sold. */
static enum mt_rc judge_packs(struct apply *a, const struct mt_order *o, const struct mt_order_item *item, const struct plan *p) {
    for (size_t i = 0; i < item->pack_count; i++) {
        const struct mt_pack *pack = &item->packs[i];
        struct mt_lot lot;
        enum mt_rc rc = lot_scanned(a, item, pack, p, &lot);
        if (rc != MT_OK)
            return rc;
        if (mt_lot_sellable(&lot, p->today))
            continue;
        char words[DRUG_WORDS];
        drug_words(item->drug_name, item->drug_spec, words);
        if (a->fact)
            return open_exception(a, MT_EXC_EXPIRED_LOT, o, &item->drug_id, item->line, 1,
                                  "%s, lot %.*s: expired, recalled or in quarantine.", words, words_fit(pack->lot_no, 40),
                                  pack->lot_no);
        char field[48];
        if (snprintf(field, sizeof field, "items[%d].packs[%zu].lot_no", item->line - 1, i) < 0)
            return mt_fail(&a->err, MT_BUG, "a field without a name");
        return refuse_field(a, MT_P_DRUG_NOT_SELLABLE, field,
                            "%s, lot %.*s: expired, recalled or in quarantine. Take another pack.", words,
                            words_fit(pack->lot_no, 40), pack->lot_no);
    }
    return MT_OK;
}

static enum mt_rc write_lot(struct apply *a, const struct mt_order *o, struct mt_order_item *item, const struct plan *p, size_t at,
                            enum stock_mode mode) {
    const struct mt_lot *lot = &p->stock.lots[at];
    struct mt_lot_taken row = {
        .lot_no = lot->lot_no, .expires_on = lot->expires_on, .quantity = p->taken[at], .scanned = p->scanned[at]};
    enum mt_rc rc = mt_repo_item_lot_insert(a->db, o->order_id.s, item->line, &row, &a->err);
    if (rc != MT_OK)
        return rc;
    item->lots[item->lot_count++] = row;
    struct mt_repo_packs packs = {.store_id = a->lane.store_id.s,
                                  .drug_id = item->drug_id.s,
                                  .lot_no = lot->lot_no,
                                  .quantity = p->taken[at],
                                  .order_id = o->order_id.s,
                                  .op_id = a->op->op_id.s,
                                  .line = item->line,
                                  .at = a->now};
    switch (mode) {
    case STOCK_RESERVE:
        return mt_repo_stock_reserve(a->db, &packs, &a->err);
    case STOCK_SELL:
        return mt_repo_stock_sell(a->db, &packs, &a->err);
    }
    return mt_fail(&a->err, MT_BUG, "stock taken in no way");
}

enum mt_rc stock_touched(struct apply *a, const char *drug_id) {
    enum mt_rc rc = mt_repo_stock_touch(a->db, a->lane.store_id.s, drug_id, &a->err);
    return rc == MT_OK ? trail_change(a->x, a->lane.store_id.s, MT_ENTITY_STOCK, drug_id, &a->err) : rc;
}

static enum mt_rc short_line(struct apply *a, const struct mt_order *o, const struct mt_order_item *item, const struct plan *p) {
    char words[DRUG_WORDS];
    drug_words(item->drug_name, item->drug_spec, words);
    long long wanted = (long long)item->quantity, left = (long long)(item->quantity - p->shortfall);
    if (a->fact)
        return open_exception(a, MT_EXC_STOCK_SHORTFALL, o, &item->drug_id, item->line, p->shortfall,
                              "%s: %lld sold, stock showed %lld.", words, wanted, left);
    char field[32];
    if (snprintf(field, sizeof field, "items[%d].quantity", item->line - 1) < 0)
        return mt_fail(&a->err, MT_BUG, "a field without a name");
    return refuse_field(a, MT_P_INSUFFICIENT_STOCK, field, "Not enough stock: %s, %lld wanted, %lld left.", words, wanted, left);
}

enum mt_rc stock_take_line(struct apply *a, const struct mt_order *o, struct mt_order_item *item, enum stock_mode mode) {
    struct plan p = {.shortfall = 0};
    enum mt_rc rc = plan_line(a, item, &p);
    if (rc == MT_OK)
        rc = judge_packs(a, o, item, &p);
    if (rc == MT_OK && going_on(a) && p.shortfall > 0)
        rc = short_line(a, o, item, &p);
    if (rc != MT_OK || !going_on(a))
        return rc;
    item->lots = mt_arena_array(a->arena, p.stock.lot_count + 1, sizeof *item->lots);
    if (item->lots == NULL)
        return mt_fail(&a->err, MT_NOMEM, "no memory for the lots of a line");
    for (size_t i = 0; rc == MT_OK && i < p.stock.lot_count; i++)
        if (p.taken[i] > 0)
            rc = write_lot(a, o, item, &p, i, mode);
    return rc == MT_OK ? stock_touched(a, item->drug_id.s) : rc;
}

typedef enum mt_rc (*end_fn)(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err);

static enum mt_rc end_held(struct apply *a, const struct mt_order *o, end_fn end) {
    struct mt_repo_held *held;
    size_t count;
    enum mt_rc rc = mt_repo_reservations_held(a->db, o->order_id.s, a->arena, &held, &count, &a->err);
    for (size_t i = 0; rc == MT_OK && i < count; i++) {
        struct mt_repo_packs packs = {.store_id = o->store_id.s,
                                      .drug_id = held[i].drug_id.s,
                                      .lot_no = held[i].lot_no,
                                      .quantity = held[i].quantity,
                                      .order_id = o->order_id.s,
                                      .op_id = a->op->op_id.s,
                                      .line = held[i].line,
                                      .at = a->now};
        rc = end(a->db, &packs, &a->err);
        if (rc == MT_OK)
            rc = stock_touched(a, held[i].drug_id.s);
    }
    return rc;
}

enum mt_rc stock_reduce_held(struct apply *a, const struct mt_order *o) {
    enum mt_rc rc = holdings_make_good(a, o);
    return rc != MT_OK || !going_on(a) ? rc : end_held(a, o, mt_repo_reservation_reduce);
}

enum mt_rc stock_release_held(struct apply *a, const struct mt_order *o) {
    enum mt_rc rc = end_held(a, o, mt_repo_reservation_release);
    return rc == MT_OK ? shortfalls_end(a, &o->order_id, 0) : rc;
}
