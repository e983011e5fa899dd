/* Bodies about goods: what came in, what was corrected or counted, lots that must not be sold. */
#include "validate.h"

static void check_stock_line(const struct mt_op *op, size_t i, struct mt_field_errors *errors) {
    const struct mt_stock_line *line = &op->body.stock.lines[i];
    struct place p = body_line(errors, "lines", i);
    body_id(&p, "drug_id", &line->drug_id);
    body_lot_no(&p, "lot_no", line->lot_no, true);
    for (size_t k = 0; k < i; k++)
        if (mt_id_eq(&op->body.stock.lines[k].drug_id, &line->drug_id) &&
            mt_sv_eq(mt_sv(op->body.stock.lines[k].lot_no), mt_sv(line->lot_no))) {
            body_wrong(&p, "lot_no", "stands twice; put its packs in one line");
            break;
        }
    const bool beyond = line->quantity > MT_STOCK_MOVE_MAX || line->quantity < -MT_STOCK_MOVE_MAX;
    if (op->kind == MT_OP_STOCK_RECEIVE && (line->quantity < 1 || beyond))
        body_wrong(&p, "quantity", "must be from 1 to 1000000");
    else if (op->kind == MT_OP_STOCK_ADJUST && (line->quantity == 0 || beyond))
        body_wrong(&p, "change", "must be from -1000000 to 1000000, and not 0");
    else if (op->kind == MT_OP_STOCK_COUNT && (line->quantity < 0 || beyond))
        body_wrong(&p, "counted", "must be from 0 to 1000000");
}

void check_stock(const struct mt_op *op, struct mt_field_errors *errors) {
    const struct mt_op_stock *s = &op->body.stock;
    struct place body = {.errors = errors, .path = ""};
    if (s->line_count == 0)
        body_wrong(&body, "lines", "is empty");
    if (s->line_count > MT_ITEMS_MAX)
        body_wrong(&body, "lines", "has more than 200 lines");
    for (size_t i = 0; i < s->line_count && i < MT_ITEMS_MAX; i++)
        check_stock_line(op, i, errors);
    body_text(&body, "reference", s->reference, NUMBER_MAX_POINTS, false);
    body_text(&body, "reason", s->reason, NAME_MAX_POINTS, op->kind == MT_OP_STOCK_ADJUST);
}

void check_lot(const struct mt_op_lot *l, struct mt_field_errors *errors) {
    struct place body = {.errors = errors, .path = ""};
    body_id(&body, "drug_id", &l->drug_id);
    body_lot_no(&body, "lot_no", l->lot_no, true);
    body_text(&body, "reason", l->reason, NAME_MAX_POINTS, true);
}
