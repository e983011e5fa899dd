/* Covering sales that went out short. When packs come in, or are counted, the ledger learns what it did not know: the packs that
 * had gone leave the lot with the sale's own move, the order's line gets the lot, and the exception falls by as many, to its end.
 * An unpaid order's packs have not gone; they are reserved. So sold = lots + shortfall holds for every line all the time. */
#include "give_back.h"
#include "goods.h"

#include <medterm/repo/goods.h>
#include <medterm/repo/orders.h>

enum mt_rc shortfalls_load(struct apply *a, const char *drug_id, struct shortfalls *out) {
    *out = (struct shortfalls){.count = 0};
    enum mt_rc rc = mt_repo_shortfalls_open(a->db, a->lane.store_id.s, drug_id, a->arena, &out->rows, &out->count, &a->err);
    for (size_t i = 0; rc == MT_OK && i < out->count; i++)
        out->gone += out->rows[i].unpaid ? 0 : out->rows[i].quantity;
    return rc;
}

static enum mt_rc take(struct apply *a, const char *drug_id, const struct mt_lot *lot, const struct mt_repo_shortfall *s,
                       int64_t packs) {
    const struct mt_lot_taken row = {.lot_no = lot->lot_no, .expires_on = lot->expires_on, .quantity = packs};
    const struct mt_repo_packs p = {.store_id = a->lane.store_id.s,
                                    .drug_id = drug_id,
                                    .lot_no = lot->lot_no,
                                    .quantity = packs,
                                    .order_id = s->order_id.s,
                                    .op_id = a->op->op_id.s,
                                    .line = s->line,
                                    .at = a->now};
    enum mt_rc rc = mt_repo_item_lot_insert(a->db, s->order_id.s, s->line, &row, &a->err);
    if (rc == MT_OK)
        rc = s->unpaid ? mt_repo_stock_reserve(a->db, &p, &a->err) : mt_repo_stock_sell(a->db, &p, &a->err);
    return rc;
}

static enum mt_rc cover(struct apply *a, const char *drug_id, const struct mt_lot *lot, const struct mt_repo_shortfall *s,
                        int64_t packs) {
    struct mt_order o;
    enum mt_rc rc = take(a, drug_id, lot, s, packs);
    if (rc == MT_OK)
        rc = mt_repo_shortfall_cover(a->db, s->exception_id.s, packs, a->now, &a->err);
    if (rc == MT_OK)
        rc = trail_change(a->x, a->lane.store_id.s, MT_ENTITY_EXCEPTION, s->exception_id.s, &a->err);
    if (rc == MT_OK)
        rc = goods_audit(a, "cover", "exception", s->exception_id.s);
    if (rc == MT_OK)
        rc = mt_repo_order_load(a->db, s->order_id.s, a->arena, &o, &a->err);
    if (rc == MT_OK)
        rc = order_noted(a, &o, "exception", "packs that were short are in the books");
    return rc == MT_OK ? trail_change(a->x, a->lane.store_id.s, MT_ENTITY_ORDER, s->order_id.s, &a->err) : rc;
}

enum mt_rc shortfalls_cover(struct apply *a, const char *drug_id, const struct mt_lot *lot, int64_t free, int64_t owed,
                            const struct shortfalls *s) {
    enum mt_rc rc = MT_OK;
    for (size_t i = 0; rc == MT_OK && i < s->count; i++) {
        const int64_t room = s->rows[i].unpaid ? free - owed : free;
        const int64_t packs = s->rows[i].quantity < room ? s->rows[i].quantity : room;
        if (packs <= 0)
            continue;
        free -= packs;
        if (!s->rows[i].unpaid)
            owed = owed > packs ? owed - packs : 0;
        rc = cover(a, drug_id, lot, &s->rows[i], packs);
    }
    return rc;
}

enum mt_rc shortfalls_end(struct apply *a, const struct mt_id *order_id, int32_t line) {
    struct mt_id *ids;
    size_t count;
    enum mt_rc rc = mt_repo_shortfalls_end(a->db, order_id->s, line, a->now, a->arena, &ids, &count, &a->err);
    for (size_t i = 0; rc == MT_OK && i < count; i++)
        rc = trail_change(a->x, a->lane.store_id.s, MT_ENTITY_EXCEPTION, ids[i].s, &a->err);
    return rc;
}
