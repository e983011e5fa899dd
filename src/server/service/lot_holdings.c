/* Packs that unpaid orders hold of lots which may not be sold any more: recalled, set aside, or expired while the order waited.
 * They go over to other lots, first expired first out, from what is free; the order keeps its place with what can't be moved, and
 * its payment decides: a client hears that it can't be paid, a register tells that the customer paid, which is recorded with an
 * exception. */
#include "give_back.h"
#include "goods.h"
#include "words.h"

#include <medterm/domain/stock.h>
#include <medterm/repo/goods.h>
#include <medterm/repo/orders.h>

#include <string.h>

static struct mt_repo_packs packs_of(const struct apply *a, const struct mt_order *o, const struct mt_repo_held *held,
                                     const char *lot_no, int64_t quantity) {
    return (struct mt_repo_packs){.store_id = o->store_id.s,
                                  .drug_id = held->drug_id.s,
                                  .lot_no = lot_no,
                                  .quantity = quantity,
                                  .order_id = o->order_id.s,
                                  .op_id = a->op->op_id.s,
                                  .line = held->line,
                                  .at = a->now};
}

static enum mt_rc hold(struct apply *a, const struct mt_order *o, const struct mt_repo_held *held, const struct mt_lot *lot,
                       int64_t quantity) {
    const struct mt_lot_taken row = {.lot_no = lot->lot_no, .expires_on = lot->expires_on, .quantity = quantity};
    const struct mt_repo_packs p = packs_of(a, o, held, lot->lot_no, quantity);
    enum mt_rc rc = mt_repo_item_lot_insert(a->db, o->order_id.s, held->line, &row, &a->err);
    return rc == MT_OK ? mt_repo_stock_reserve(a->db, &p, &a->err) : rc;
}

/* *moved: packs that found another lot. The lot they are held of is not for sale, so FEFO does not choose it. */
static enum mt_rc move(struct apply *a, const struct mt_order *o, const struct mt_repo_held *held, const struct mt_stock *stock,
                       int64_t *moved) {
    size_t count = 0;
    int64_t missing = 0;
    struct mt_stock_take *takes = mt_arena_array(a->arena, stock->lot_count + 1, sizeof *takes);
    if (takes == NULL)
        return mt_fail(&a->err, MT_NOMEM, "no memory to move packs that are held");
    mt_stock_fefo(stock->lots, NULL, stock->lot_count, "", held->quantity, mt_date_of(a->op->at), takes, &count, &missing);
    *moved = held->quantity - missing;
    if (*moved == 0)
        return MT_OK;
    const struct mt_repo_packs p = packs_of(a, o, held, held->lot_no, *moved);
    enum mt_rc rc = mt_repo_reservation_shrink(a->db, &p, &a->err);
    for (size_t i = 0; rc == MT_OK && i < count; i++)
        rc = hold(a, o, held, &stock->lots[takes[i].lot], takes[i].quantity);
    return rc == MT_OK ? stock_touched(a, held->drug_id.s) : rc;
}

static bool may_be_sold(const struct apply *a, const struct mt_stock *stock, const char *lot_no) {
    for (size_t i = 0; i < stock->lot_count; i++)
        if (strcmp(stock->lots[i].lot_no, lot_no) == 0)
            return mt_lot_sellable(&stock->lots[i], mt_date_of(a->op->at));
    return false;
}

/* Takes care of one reservation; *left: packs that stay where they are, though they may not be sold. */
static enum mt_rc make_good(struct apply *a, const struct mt_order *o, const struct mt_repo_held *held, int64_t *moved,
                            int64_t *left) {
    struct mt_stock stock;
    *moved = *left = 0;
    enum mt_rc rc = mt_repo_stock_lots(a->db, o->store_id.s, held->drug_id.s, a->arena, &stock, &a->err);
    if (rc != MT_OK || may_be_sold(a, &stock, held->lot_no))
        return rc;
    rc = move(a, o, held, &stock, moved);
    *left = held->quantity - *moved;
    return rc;
}

static enum mt_rc holdings_of_order(struct apply *a, const struct mt_id *order_id, const char *drug_id, const char *lot_no) {
    struct mt_order o;
    struct mt_repo_held *held;
    size_t count;
    int64_t all = 0;
    enum mt_rc rc = mt_repo_order_load(a->db, order_id->s, a->arena, &o, &a->err);
    if (rc == MT_OK)
        rc = mt_repo_reservations_held(a->db, order_id->s, a->arena, &held, &count, &a->err);
    for (size_t i = 0; rc == MT_OK && i < count; i++) {
        int64_t moved = 0, left = 0;
        if (strcmp(held[i].drug_id.s, drug_id) != 0 || strcmp(held[i].lot_no, lot_no) != 0)
            continue;
        rc = make_good(a, &o, &held[i], &moved, &left);
        all += moved;
    }
    if (rc != MT_OK || all == 0)
        return rc;
    rc = order_noted(a, &o, "exception", "packs of a lot that is not for sale were exchanged");
    return rc == MT_OK ? trail_change(a->x, o.store_id.s, MT_ENTITY_ORDER, o.order_id.s, &a->err) : rc;
}

enum mt_rc holdings_move(struct apply *a, const char *drug_id, const char *lot_no) {
    struct mt_id *orders;
    size_t count;
    enum mt_rc rc = mt_repo_orders_holding(a->db, a->lane.store_id.s, drug_id, lot_no, a->arena, &orders, &count, &a->err);
    for (size_t i = 0; rc == MT_OK && i < count; i++)
        rc = holdings_of_order(a, &orders[i], drug_id, lot_no);
    return rc;
}

static enum mt_rc judge_left(struct apply *a, const struct mt_order *o, const struct mt_repo_held *held, int64_t left) {
    const struct mt_order_item *item = held->line >= 1 && (size_t)held->line <= o->item_count ? &o->items[held->line - 1] : NULL;
    char words[DRUG_WORDS] = "";
    if (item != NULL)
        drug_words(item->drug_name, item->drug_spec, words);
    if (a->fact && !a->lane.is_client)
        return open_exception(a, MT_EXC_EXPIRED_LOT, o, &held->drug_id, held->line, left,
                              "%s, lot %.*s: expired, recalled or in quarantine, and paid for.", words, words_fit(held->lot_no, 40),
                              held->lot_no);
    return refuse(a, MT_P_DRUG_NOT_SELLABLE, "%s, lot %.*s: expired, recalled or in quarantine. Cancel the order and make it anew.",
                  words, words_fit(held->lot_no, 40), held->lot_no);
}

enum mt_rc holdings_make_good(struct apply *a, const struct mt_order *o) {
    struct mt_repo_held *held;
    size_t count;
    enum mt_rc rc = mt_repo_reservations_held(a->db, o->order_id.s, a->arena, &held, &count, &a->err);
    for (size_t i = 0; rc == MT_OK && going_on(a) && i < count; i++) {
        int64_t moved = 0, left = 0;
        rc = make_good(a, o, &held[i], &moved, &left);
        if (rc == MT_OK && left > 0)
            rc = judge_left(a, o, &held[i], left);
    }
    return rc;
}
