/* Bodies about money and goods that go back, and about payments a provider takes. */
#include "op_body.h"
#include "print.h"
#include "tree.h"

/* A refund's lines say what it is for; a return's say where the packs went too. */
static struct mt_back_line *lines_read(struct fields *f, struct json *body, bool packs, size_t *count, bool *unknown) {
    const struct json *list = field_array(f, body, "lines", packs ? MUST : MAY);
    struct mt_back_line *lines = tree_array(f, list, sizeof *lines, count);
    struct json *n = lines != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++) {
        (void)field_expect(f, n, JSON_OBJECT);
        lines[i] = (struct mt_back_line){.lot_no = ""};
        const int64_t line = field_int(f, n, "line", MUST, 0);
        lines[i].line = line > 0 && line <= MT_ITEMS_MAX ? (int32_t)line : 0;
        lines[i].quantity = field_int(f, n, "quantity", MUST, 0);
        if (packs) {
            lines[i].lot_no = field_text(f, n, "lot_no", MAY);
            const struct mt_sv to = mt_sv(field_text(f, n, "to", MAY));
            lines[i].quarantine = mt_sv_is(to, "quarantine");
            if (to.n > 0 && !lines[i].quarantine && !mt_sv_is(to, "resale"))
                field_wrong_at(f, n, "to", "is resale or quarantine");
        }
        note_unknown(n, unknown);
    }
    return lines;
}

void refund_read(struct fields *f, struct json *body, bool may_lapse, struct mt_op_refund *out, bool *unknown) {
    order_ref_read(f, body, &out->order_id, out->order_no);
    field_uuid(f, body, "refund_id", MUST, &out->refund_id);
    field_uuid(f, body, "payment_id", MUST, &out->payment_id);
    out->amount = field_money(f, body, "amount", MUST, NULL);
    out->reason = field_text(f, body, "reason", MUST);
    out->lines = lines_read(f, body, false, &out->line_count, unknown);
    out->valid_for = may_lapse ? field_int(f, body, "valid_for", MAY, 0) : 0;
}

void return_read(struct fields *f, struct json *body, struct mt_op_return *out, bool *unknown) {
    order_ref_read(f, body, &out->order_id, out->order_no);
    field_uuid(f, body, "return_id", MUST, &out->return_id);
    out->reason = field_text(f, body, "reason", MUST);
    out->lines = lines_read(f, body, true, &out->line_count, unknown);
}

void payment_start_read(struct fields *f, struct json *body, struct mt_op_payment_start *out) {
    order_ref_read(f, body, &out->order_id, out->order_no);
    field_uuid(f, body, "payment_id", MUST, &out->payment_id);
    FIELD_NAME(f, body, "method", MUST, mt_pay_method_parse, &out->method);
    out->amount = field_money(f, body, "amount", MUST, NULL);
    out->valid_for = field_int(f, body, "valid_for", MAY, 0);
}

static void print_lines(const struct mt_back_line *lines, size_t count, bool packs, struct mt_buf *out) {
    if (count == 0)
        return;
    print_key(out, "lines");
    print_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        print_open(out, '{');
        print_int(out, "line", lines[i].line);
        print_text_if(out, "lot_no", lines[i].lot_no);
        print_int(out, "quantity", lines[i].quantity);
        if (packs)
            print_text(out, "to", lines[i].quarantine ? "quarantine" : "resale");
        print_close(out, '}');
    }
    print_close(out, ']');
}

void print_refund(const struct mt_op_refund *r, struct mt_buf *out) {
    print_money(out, "amount", r->amount);
    print_lines(r->lines, r->line_count, false, out);
    print_text(out, "order_id", r->order_id.s);
    print_text(out, "order_no", r->order_no);
    print_text(out, "payment_id", r->payment_id.s);
    print_text(out, "reason", r->reason);
    print_text(out, "refund_id", r->refund_id.s);
    if (r->valid_for != 0)
        print_int(out, "valid_for", r->valid_for);
}

void print_return(const struct mt_op_return *r, struct mt_buf *out) {
    print_lines(r->lines, r->line_count, true, out);
    print_text(out, "order_id", r->order_id.s);
    print_text(out, "order_no", r->order_no);
    print_text(out, "reason", r->reason);
    print_text(out, "return_id", r->return_id.s);
}

void print_payment_start(const struct mt_op_payment_start *s, struct mt_buf *out) {
    print_money(out, "amount", s->amount);
    print_text(out, "method", mt_pay_method_name(s->method));
    print_text(out, "order_id", s->order_id.s);
    print_text(out, "order_no", s->order_no);
    print_text(out, "payment_id", s->payment_id.s);
    if (s->valid_for != 0)
        print_int(out, "valid_for", s->valid_for);
}
