/* return.record: goods of an order that came back. They go to the shelf only when somebody said so and the lot they are from may be
 * sold: known here, neither recalled nor expired. Everything else goes into a lot of its own beside it, "<lot> returned", which is
 * in quarantine, so that the ledger has the packs and no sale can take them. A lot that a pharmacist has let out of quarantine
 * since is not mixed with: the packs then go to "<lot> returned 2". Never more packs come in than were sold. */
#include "give_back.h"
#include "goods.h"

#include <medterm/domain/stock.h>
#include <medterm/repo/goods.h>

#include <stdio.h>
#include <string.h>

#define LOT_TEXT 512
#define NAMES_MOST 1000 /* lots of returned packs beside one lot */

enum mt_rc returns_load(struct apply *a, const struct mt_order *o, struct returns *out) {
    return mt_repo_returns_of_order(a->db, o->order_id.s, a->arena, &out->rows, &out->count, &a->err);
}

int64_t returns_of(const struct returns *r, int32_t line, const char *lot_no) {
    int64_t packs = 0;
    for (size_t i = 0; i < r->count; i++)
        if (r->rows[i].line == line && (lot_no == NULL || strcmp(r->rows[i].lot_no, lot_no) == 0))
            packs += r->rows[i].quantity;
    return packs;
}

static const struct mt_lot *lot_at(const struct mt_stock *stock, const char *lot_no) {
    for (size_t i = 0; i < stock->lot_count; i++)
        if (strcmp(stock->lots[i].lot_no, lot_no) == 0)
            return &stock->lots[i];
    return NULL;
}

/* "L1 returned", or the first of "L1 returned 2", … that nobody has let out of quarantine. */
static enum mt_rc quarantine_lot(struct apply *a, const struct mt_stock *stock, const char *lot_no, char out[LOT_TEXT]) {
    static const char word[] = "returned";
    const char *again = strstr(lot_no, " returned");
    const int base = (int)(again != NULL ? (size_t)(again - lot_no) : strcmp(lot_no, word) == 0 ? 0 : strlen(lot_no));
    const char *gap = base > 0 ? " " : "";
    for (int n = 1; n <= NAMES_MOST; n++) {
        int written = n == 1 ? snprintf(out, LOT_TEXT, "%.*s%s%s", base, lot_no, gap, word)
                             : snprintf(out, LOT_TEXT, "%.*s%s%s %d", base, lot_no, gap, word, n);
        if (written < 0 || written >= LOT_TEXT)
            return mt_fail(&a->err, MT_LIMIT, "a lot's number is too long");
        const struct mt_lot *there = lot_at(stock, out);
        if (there == NULL || there->state != MT_LOT_OK)
            return MT_OK;
    }
    return mt_fail(&a->err, MT_LIMIT, "no name left for a lot of returned packs");
}

struct coming_back {
    const struct mt_order *order;
    const struct mt_order_item *item;
    const struct mt_back_line *asked;
};

/* Packs that were sold from lot_no ("": nobody knows) come in. */
static enum mt_rc put_away(struct apply *a, const struct coming_back *b, const char *lot_no, int64_t quantity) {
    struct mt_stock stock;
    char aside[LOT_TEXT];
    enum mt_rc rc = mt_repo_stock_lots(a->db, a->lane.store_id.s, b->item->drug_id.s, a->arena, &stock, &a->err);
    if (rc != MT_OK)
        return rc;
    const struct mt_lot *lot = lot_at(&stock, lot_no);
    const bool resale = !b->asked->quarantine && lot != NULL && lot_no[0] != '\0' && mt_lot_sellable(lot, mt_date_of(a->op->at));
    if (!resale) {
        rc = quarantine_lot(a, &stock, lot_no, aside);
        if (rc == MT_OK)
            rc = mt_repo_lot_quarantined(a->db, a->lane.store_id.s, b->item->drug_id.s, aside,
                                         lot != NULL ? lot->expires_on : MT_NO_DATE, &a->err);
        if (rc != MT_OK)
            return rc;
    }
    const struct mt_repo_packs packs = {.store_id = a->lane.store_id.s,
                                        .drug_id = b->item->drug_id.s,
                                        .lot_no = resale ? lot_no : aside,
                                        .quantity = quantity,
                                        .order_id = b->order->order_id.s,
                                        .op_id = a->op->op_id.s,
                                        .line = b->item->line,
                                        .at = a->now};
    rc = mt_repo_stock_return(a->db, &packs, &a->err);
    const struct mt_repo_return_line row = {.return_id = a->op->body.returned.return_id,
                                            .order_id = b->order->order_id,
                                            .op_id = a->op->op_id,
                                            .line = b->item->line,
                                            .lot_no = lot_no,
                                            .quantity = quantity,
                                            .quarantine = !resale,
                                            .reason = a->op->body.returned.reason,
                                            .at = a->fact ? a->op->at : a->now,
                                            .created_at = a->now};
    return rc == MT_OK ? mt_repo_return_line_insert(a->db, &row, &a->err) : rc;
}

/* Over the lots of the line, latest expiry first; what they do not cover went out without one. */
static enum mt_rc put_away_line(struct apply *a, const struct coming_back *b, const struct returns *before, int64_t quantity) {
    enum mt_rc rc = MT_OK;
    if (b->asked->lot_no[0] != '\0')
        return put_away(a, b, b->asked->lot_no, quantity);
    for (size_t i = b->item->lot_count; rc == MT_OK && quantity > 0 && i > 0; i--) {
        const struct mt_lot_taken *lot = &b->item->lots[i - 1];
        int64_t packs = lot->quantity - returns_of(before, b->item->line, lot->lot_no);
        if (packs > quantity)
            packs = quantity;
        if (packs <= 0)
            continue;
        quantity -= packs;
        rc = put_away(a, b, lot->lot_no, packs);
    }
    return rc == MT_OK && quantity > 0 ? put_away(a, b, "", quantity) : rc;
}

/* Packs of the line that can come back now. */
static int64_t outside(const struct mt_order *o, const struct mt_order_item *item, const struct returns *before) {
    switch (o->status) {
    case MT_ORDER_PAID:
    case MT_ORDER_PREPARING:
    case MT_ORDER_SHIPPED:
    case MT_ORDER_COMPLETED:
        return item->quantity - returns_of(before, item->line, NULL);
    case MT_ORDER_PENDING:
    case MT_ORDER_CANCELLED:
        break; /* nothing was sold, or it is back already */
    }
    return 0;
}

/* A line that says more than can come back. */
static enum mt_rc judge_line(struct apply *a, const struct mt_order *o, const struct mt_order_item *item, size_t i, int64_t most) {
    const struct mt_back_line *line = &a->op->body.returned.lines[i];
    char field[32];
    if (a->fact)
        return open_exception(a, MT_EXC_RETURN_DIFFERS, o, item != NULL ? &item->drug_id : NULL, line->line, line->quantity - most,
                              "Line %d: %lld packs came back, %lld could. The others are not in the stock.", line->line,
                              (long long)line->quantity, (long long)most);
    if (o->status == MT_ORDER_PENDING || o->status == MT_ORDER_CANCELLED)
        return refuse(a, MT_P_INVALID_ORDER_STATUS, "Order %s is %s; nothing of it can come back.", o->order_no,
                      mt_order_status_words(o->status));
    if (snprintf(field, sizeof field, "lines[%zu].%s", i, item != NULL ? "quantity" : "line") < 0)
        return mt_fail(&a->err, MT_BUG, "a field without a name");
    return refuse_field(a, MT_P_VALIDATION_FAILED, field, "Line %d: %lld packs can come back, not %lld.", line->line,
                        (long long)most, (long long)line->quantity);
}

/* A line whose packs are all back may be sold again, serial by serial. */
static enum mt_rc free_serials(struct apply *a, const struct mt_order *o, const struct mt_order_item *item, int64_t left) {
    return left == 0 ? mt_repo_serials_free_line(a->db, o->order_id.s, item->line, &a->err) : MT_OK;
}

static enum mt_rc take_line(struct apply *a, const struct mt_order *o, size_t i, int64_t *taken) {
    const struct mt_back_line *line = &a->op->body.returned.lines[i];
    const bool known = line->line >= 1 && (size_t)line->line <= o->item_count;
    const struct mt_order_item *item = known ? &o->items[line->line - 1] : NULL;
    struct returns before = {.count = 0};
    enum mt_rc rc = returns_load(a, o, &before); /* lines of this return before it stand there too */
    if (rc != MT_OK)
        return rc;
    const int64_t most = item != NULL ? outside(o, item, &before) : 0;
    if (line->quantity > most)
        rc = judge_line(a, o, item, i, most);
    const int64_t packs = line->quantity < most ? line->quantity : most;
    if (rc != MT_OK || !going_on(a) || item == NULL || packs <= 0)
        return rc;
    *taken += packs;
    const struct coming_back b = {.order = o, .item = item, .asked = line};
    rc = put_away_line(a, &b, &before, packs);
    if (rc == MT_OK)
        rc = free_serials(a, o, item, most - packs);
    return rc == MT_OK ? stock_touched(a, item->drug_id.s) : rc;
}

/* The same return told again by another operation. */
static enum mt_rc judge_id(struct apply *a) {
    bool known = false;
    enum mt_rc rc = mt_repo_return_exists(a->db, a->op->body.returned.return_id.s, &known, &a->err);
    if (rc != MT_OK || !known)
        return rc;
    if (a->fact)
        return set_aside(a, "person", MT_P_VALIDATION_FAILED, "This return is recorded already.");
    return refuse_field(a, MT_P_VALIDATION_FAILED, "return_id",
                        "This return is recorded already; another one needs an id of its own.");
}

enum mt_rc apply_return(struct apply *a) {
    const struct mt_op_return *body = &a->op->body.returned;
    struct mt_order o;
    int64_t taken = 0;
    enum mt_rc rc = find_order(a, &body->order_id, body->order_no, &o);
    if (rc == MT_OK && going_on(a))
        rc = demand_right(a, MT_RIGHT_GIVE_BACK, &o);
    if (rc == MT_OK && going_on(a))
        rc = judge_id(a);
    for (size_t i = 0; rc == MT_OK && going_on(a) && i < body->line_count; i++)
        rc = take_line(a, &o, i, &taken);
    if (rc != MT_OK || !going_on(a))
        return rc;
    return order_noted(a, &o, taken > 0 ? "return" : "exception", body->reason);
}

/* Ends what was short of the line. Packs that came back without a lot are in the stock by now, and their sale is still owed to the
 * ledger: as many stay short, for the next receipt to settle. */
static enum mt_rc end_shortfall(struct apply *a, const struct mt_order *o, const struct mt_order_item *item, int64_t of_lots,
                                int64_t returned) {
    struct mt_id changed;
    if (returned <= of_lots)
        return shortfalls_end(a, &o->order_id, item->line);
    enum mt_rc rc = mt_repo_shortfall_owes(a->db, o->order_id.s, item->line, returned - of_lots, &changed, &a->err);
    return rc == MT_OK && mt_id_is(&changed) ? trail_change(a->x, a->lane.store_id.s, MT_ENTITY_EXCEPTION, changed.s, &a->err) : rc;
}

static enum mt_rc restock_line(struct apply *a, const struct mt_order *o, const struct mt_order_item *item,
                               const struct returns *before) {
    const int64_t returned = returns_of(before, item->line, NULL);
    int64_t of_lots = 0;
    enum mt_rc rc = MT_OK;
    for (size_t i = 0; i < item->lot_count; i++)
        of_lots += item->lots[i].quantity;
    int64_t left = of_lots - returned;
    for (size_t i = 0; rc == MT_OK && left > 0 && i < item->lot_count; i++) {
        int64_t packs = item->lots[i].quantity - returns_of(before, item->line, item->lots[i].lot_no);
        if (packs > left)
            packs = left;
        if (packs <= 0)
            continue;
        left -= packs;
        const struct mt_repo_packs back = {.store_id = o->store_id.s,
                                           .drug_id = item->drug_id.s,
                                           .lot_no = item->lots[i].lot_no,
                                           .quantity = packs,
                                           .order_id = o->order_id.s,
                                           .op_id = a->op->op_id.s,
                                           .line = item->line,
                                           .at = a->now};
        rc = mt_repo_stock_restock(a->db, &back, &a->err);
    }
    if (rc == MT_OK)
        rc = end_shortfall(a, o, item, of_lots, returned);
    return rc == MT_OK ? stock_touched(a, item->drug_id.s) : rc;
}

enum mt_rc stock_restock(struct apply *a, const struct mt_order *o) {
    struct returns before = {.count = 0};
    enum mt_rc rc = returns_load(a, o, &before);
    for (size_t i = 0; rc == MT_OK && i < o->item_count; i++)
        rc = restock_line(a, o, &o->items[i], &before);
    return rc;
}
