/* Bodies about goods: what came in, was corrected or counted, and lots that must not be sold. */
#include "op_body.h"
#include "print.h"
#include "tree.h"

static const char *quantity_key(enum mt_op_kind kind) {
    return kind == MT_OP_STOCK_ADJUST ? "change" : kind == MT_OP_STOCK_COUNT ? "counted" : "quantity";
}

void stock_op_read(struct fields *f, struct json *body, enum mt_op_kind kind, struct mt_op_stock *out, bool *unknown) {
    const struct json *list = field_array(f, body, "lines", MUST);
    out->lines = tree_array(f, list, sizeof *out->lines, &out->line_count);
    struct json *n = out->lines != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++) {
        struct mt_stock_line *line = &out->lines[i];
        (void)field_expect(f, n, JSON_OBJECT);
        *line = (struct mt_stock_line){.expires_on = MT_NO_DATE};
        field_id(f, n, "drug_id", MUST, &line->drug_id);
        line->lot_no = field_text(f, n, "lot_no", MUST);
        if (kind != MT_OP_STOCK_ADJUST)
            line->expires_on = field_date(f, n, "expires_on", MAY);
        line->quantity = field_int(f, n, quantity_key(kind), MUST, 0);
        note_unknown(n, unknown);
    }
    out->reference = kind == MT_OP_STOCK_RECEIVE ? field_text(f, body, "reference", MAY) : "";
    out->reason = kind == MT_OP_STOCK_ADJUST ? field_text(f, body, "reason", MUST) : "";
}

void lot_op_read(struct fields *f, struct json *body, bool may_release, struct mt_op_lot *out) {
    field_id(f, body, "drug_id", MUST, &out->drug_id);
    out->lot_no = field_text(f, body, "lot_no", MUST);
    out->reason = field_text(f, body, "reason", MUST);
    out->release = may_release && field_bool(f, body, "release", MAY, false);
}

void print_stock_op(const struct mt_op *op, struct mt_buf *out) {
    const struct mt_op_stock *s = &op->body.stock;
    print_key(out, "lines");
    print_open(out, '[');
    for (size_t i = 0; i < s->line_count; i++) {
        const struct mt_stock_line *line = &s->lines[i];
        print_open(out, '{');
        if (op->kind != MT_OP_STOCK_RECEIVE) /* "change" and "counted" sort before "drug_id", "quantity" behind "lot_no" */
            print_int(out, quantity_key(op->kind), line->quantity);
        print_text(out, "drug_id", line->drug_id.s);
        if (mt_date_is(line->expires_on))
            print_date(out, "expires_on", line->expires_on);
        print_text(out, "lot_no", line->lot_no);
        if (op->kind == MT_OP_STOCK_RECEIVE)
            print_int(out, "quantity", line->quantity);
        print_close(out, '}');
    }
    print_close(out, ']');
    print_text_if(out, "reason", s->reason);
    print_text_if(out, "reference", s->reference);
}

void print_lot_op(const struct mt_op_lot *l, struct mt_buf *out) {
    print_text(out, "drug_id", l->drug_id.s);
    print_text(out, "lot_no", l->lot_no);
    print_text(out, "reason", l->reason);
    if (l->release)
        print_bool(out, "release", true);
}
