/* stock.receive, stock.adjust and stock.count: each line moves one lot. Packs that come in open their lot; the expiry date that is
 * known stays when a later one says something else. What would take packs that unpaid orders hold is refused to a client; a
 * register tells a fact, so what is free goes, and the rest is an exception.
 *
 * Receipts and counts cover sales that went out short (shortfall.c). A count is of what is there after those packs went, so the
 * ledger first gets them, then gives them to their orders, and comes to what was counted. */
#include "give_back.h"
#include "goods.h"
#include "words.h"

#include <medterm/domain/stock.h>
#include <medterm/repo/goods.h>

#include <stdio.h>
#include <string.h>

/* One line while it is worked on. */
struct work {
    const struct mt_stock_line *line;
    size_t at; /* its index */
    struct mt_drug drug;
    struct mt_lot lot; /* as it stands; without packs when it is new */
    bool known;
};

#define FIELD_TEXT 48
static const char *field_of(const struct work *w, const char *name, char out[FIELD_TEXT]) {
    return snprintf(out, FIELD_TEXT, "lines[%zu].%s", w->at, name) < 0 ? "lines" : out;
}

static enum mt_rc load(struct apply *a, struct work *w) {
    struct mt_stock stock;
    char field[FIELD_TEXT];
    enum mt_rc rc = mt_repo_drug_get(a->db, w->line->drug_id.s, a->arena, &w->drug, &a->err);
    if (rc == MT_NOTFOUND) {
        if (a->fact)
            return set_aside(a, "person", MT_P_DRUG_NOT_FOUND, "Line %zu names a drug that is not in the catalogue.", w->at + 1);
        return refuse_field(a, MT_P_DRUG_NOT_FOUND, field_of(w, "drug_id", field),
                            "Line %zu names a drug that is not in the catalogue.", w->at + 1);
    }
    if (rc == MT_OK)
        rc = mt_repo_stock_lots(a->db, a->lane.store_id.s, w->line->drug_id.s, a->arena, &stock, &a->err);
    if (rc != MT_OK)
        return rc;
    w->lot = (struct mt_lot){.lot_no = w->line->lot_no, .expires_on = w->line->expires_on, .state = MT_LOT_OK};
    for (size_t i = 0; i < stock.lot_count; i++)
        if (strcmp(stock.lots[i].lot_no, w->line->lot_no) == 0) {
            w->lot = stock.lots[i];
            w->known = true;
        }
    if (!mt_date_is(w->lot.expires_on))
        w->lot.expires_on = w->line->expires_on;
    return MT_OK;
}

/* The lot under another date than the one that is known. */
static enum mt_rc judge_expiry(struct apply *a, const struct work *w) {
    char words[DRUG_WORDS], field[FIELD_TEXT], known[MT_DATE_TEXT], told[MT_DATE_TEXT];
    const struct mt_date is = w->lot.expires_on, says = w->line->expires_on;
    if (!mt_date_is(is) || !mt_date_is(says) || is.day == says.day)
        return MT_OK;
    drug_words(w->drug.name, w->drug.spec, words);
    mt_date_format(is, known);
    mt_date_format(says, told);
    if (a->fact)
        return open_exception(a, MT_EXC_RULE_BROKEN, NULL, &w->drug.drug_id, 0, 0,
                              "%s, lot %.*s: came with expiry %s, known with %s, which stays. Look at a pack.", words,
                              words_fit(w->lot.lot_no, 40), w->lot.lot_no, told, known);
    return refuse_field(a, MT_P_VALIDATION_FAILED, field_of(w, "expires_on", field),
                        "Lot %.*s expires on %s by what is known. Look at a pack.", words_fit(w->lot.lot_no, 40), w->lot.lot_no,
                        known);
}

static struct mt_repo_packs packs_of(const struct apply *a, const struct work *w, int64_t quantity) {
    return (struct mt_repo_packs){.store_id = a->lane.store_id.s,
                                  .drug_id = w->drug.drug_id.s,
                                  .lot_no = w->line->lot_no,
                                  .quantity = quantity,
                                  .order_id = "",
                                  .op_id = a->op->op_id.s,
                                  .at = a->now};
}

/* Whether packs of the lot may go to orders: it may have been opened a moment ago, as a recalled one. */
static enum mt_rc may_cover(struct apply *a, const struct work *w, bool *may) {
    bool recalled = false;
    enum mt_rc rc = w->known ? MT_OK : mt_repo_lot_recalled(a->db, w->drug.drug_id.s, w->lot.lot_no, &recalled, &a->err);
    *may = rc == MT_OK && !recalled && mt_lot_sellable(&w->lot, mt_date_of(a->op->at));
    return rc;
}

static enum mt_rc receive(struct apply *a, const struct work *w) {
    struct shortfalls s;
    int64_t on_hand = 0;
    bool may = false;
    const struct mt_repo_packs p = packs_of(a, w, w->line->quantity);
    enum mt_rc rc = judge_expiry(a, w);
    if (rc != MT_OK || !going_on(a))
        return rc;
    rc = mt_repo_stock_receive(a->db, &p, w->lot.expires_on, &on_hand, &a->err);
    if (rc == MT_OK)
        rc = may_cover(a, w, &may);
    if (rc != MT_OK || !may)
        return rc;
    rc = shortfalls_load(a, p.drug_id, &s);
    const int64_t free = w->lot.on_hand - w->lot.reserved + p.quantity;
    return rc == MT_OK ? shortfalls_cover(a, p.drug_id, &w->lot, free, 0, &s) : rc;
}

/* `beyond` packs are said to be missing that unpaid orders hold, or that were never there. */
static enum mt_rc below_held(struct apply *a, const struct work *w, const char *name, int64_t beyond) {
    char words[DRUG_WORDS], field[FIELD_TEXT];
    drug_words(w->drug.name, w->drug.spec, words);
    if (a->fact)
        return open_exception(a, MT_EXC_STOCK_DIFFERS, NULL, &w->drug.drug_id, 0, beyond,
                              "%s, lot %.*s: %lld packs fewer than the books can give; %lld of %lld are held for unpaid orders.",
                              words, words_fit(w->lot.lot_no, 40), w->lot.lot_no, (long long)beyond, (long long)w->lot.reserved,
                              (long long)w->lot.on_hand);
    if (w->lot.reserved == 0)
        return refuse_field(a, MT_P_INVENTORY_UPDATE_FAILED, field_of(w, name, field),
                            "Lot %.*s has %lld packs; no more can go. Look at the lot number, or count it.",
                            words_fit(w->lot.lot_no, 40), w->lot.lot_no, (long long)w->lot.on_hand);
    return refuse_field(a, MT_P_INVENTORY_UPDATE_FAILED, field_of(w, name, field),
                        "Lot %.*s has %lld packs, %lld of them held for unpaid orders; cancel these first.",
                        words_fit(w->lot.lot_no, 40), w->lot.lot_no, (long long)w->lot.on_hand, (long long)w->lot.reserved);
}

static enum mt_rc correct(struct apply *a, const struct work *w, const char *kind, int64_t change) {
    const struct mt_repo_packs p = packs_of(a, w, change);
    return change != 0 ? mt_repo_stock_correct(a->db, &p, kind, w->lot.expires_on, &a->err) : MT_OK;
}

static enum mt_rc adjust(struct apply *a, const struct work *w) {
    const int64_t free = w->lot.on_hand - w->lot.reserved;
    int64_t change = w->line->quantity;
    enum mt_rc rc = MT_OK;
    if (change < -free) {
        rc = below_held(a, w, "change", -change - free);
        change = -free;
    }
    return rc == MT_OK && going_on(a) ? correct(a, w, "adjust", change) : rc;
}

static enum mt_rc count(struct apply *a, const struct work *w) {
    struct shortfalls s = {.count = 0};
    int64_t there = w->line->quantity;
    bool may = false;
    enum mt_rc rc = judge_expiry(a, w);
    if (rc != MT_OK || !going_on(a) || (!w->known && there == 0))
        return rc;
    if (there < w->lot.reserved) {
        rc = below_held(a, w, "counted", w->lot.reserved - there);
        there = w->lot.reserved;
    }
    if (rc == MT_OK && going_on(a))
        rc = may_cover(a, w, &may);
    if (rc == MT_OK && going_on(a) && may)
        rc = shortfalls_load(a, w->drug.drug_id.s, &s);
    if (rc != MT_OK || !going_on(a))
        return rc;
    rc = correct(a, w, "count", there + s.gone - w->lot.on_hand);
    return rc == MT_OK ? shortfalls_cover(a, w->drug.drug_id.s, &w->lot, there + s.gone - w->lot.reserved, s.gone, &s) : rc;
}

static enum mt_rc take_line(struct apply *a, size_t at) {
    struct work w = {.line = &a->op->body.stock.lines[at], .at = at};
    enum mt_rc rc = load(a, &w);
    if (rc != MT_OK || !going_on(a))
        return rc;
    if (a->op->kind == MT_OP_STOCK_RECEIVE)
        return receive(a, &w);
    return a->op->kind == MT_OP_STOCK_ADJUST ? adjust(a, &w) : count(a, &w);
}

enum mt_rc goods_audit(struct apply *a, const char *action, const char *entity, const char *entity_id) {
    const struct mt_repo_audit row = {.at = a->now,
                                      .actor = a->lane.code,
                                      .staff_id = a->op->staff_id.s,
                                      .action = action,
                                      .entity = entity,
                                      .entity_id = entity_id,
                                      .op_id = a->op->op_id.s,
                                      .version = 1};
    return trail_audit(a->x, &row, &a->err);
}

enum mt_rc stock_answer(struct apply *a, const struct mt_id *drugs, size_t count) {
    enum mt_rc rc = MT_OK;
    mt_buf_str(&a->result, "{\"stock\":[");
    for (size_t i = 0; rc == MT_OK && i < count; i++) {
        struct mt_stock stock;
        rc = mt_repo_stock_load(a->db, a->lane.store_id.s, drugs[i].s, a->arena, &stock, &a->err);
        if (i > 0)
            mt_buf_char(&a->result, ',');
        if (rc == MT_OK)
            mt_stock_print(&stock, &a->result);
    }
    mt_buf_str(&a->result, "]}");
    return rc == MT_OK ? mt_buf_rc(&a->result) : rc;
}

/* Each drug of the lines once, in their order. */
static size_t drugs_of(const struct mt_op_stock *s, struct mt_id *out) {
    size_t n = 0;
    for (size_t i = 0; i < s->line_count; i++) {
        size_t k = 0;
        while (k < n && !mt_id_eq(&out[k], &s->lines[i].drug_id))
            k++;
        if (k == n)
            out[n++] = s->lines[i].drug_id;
    }
    return n;
}

enum mt_rc apply_stock(struct apply *a) {
    const struct mt_op_stock *body = &a->op->body.stock;
    const bool corrects = a->op->kind == MT_OP_STOCK_ADJUST;
    const char *action = a->op->kind == MT_OP_STOCK_RECEIVE ? "receive" : corrects ? "adjust" : "count";
    struct mt_id *drugs = mt_arena_array(a->arena, body->line_count, sizeof *drugs);
    if (drugs == NULL)
        return mt_fail(&a->err, MT_NOMEM, "no memory for the drugs of a delivery");
    enum mt_rc rc = demand_right(a, corrects ? MT_RIGHT_CORRECT_STOCK : MT_RIGHT_RECEIVE, NULL);
    for (size_t i = 0; rc == MT_OK && going_on(a) && i < body->line_count; i++)
        rc = take_line(a, i);
    const size_t count = drugs_of(body, drugs);
    for (size_t i = 0; rc == MT_OK && going_on(a) && i < count; i++) {
        rc = stock_touched(a, drugs[i].s);
        if (rc == MT_OK)
            rc = goods_audit(a, action, "stock", drugs[i].s);
    }
    return rc == MT_OK && going_on(a) ? stock_answer(a, drugs, count) : rc;
}
