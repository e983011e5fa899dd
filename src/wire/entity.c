/* What the feed carries beside orders: drugs, stock, staff, exceptions. */
#include <medterm/wire/order.h>

#include "print.h"
#include "tree.h"

void mt_drug_print(const struct mt_drug *d, struct mt_buf *out) {
    print_open(out, '{');
    print_text(out, "drug_id", d->drug_id.s);
    print_text(out, "code", d->code);
    print_text(out, "name", d->name);
    print_text(out, "spec", d->spec);
    print_text(out, "form", d->form);
    print_text(out, "maker", d->maker);
    print_text(out, "generic", d->generic);
    print_text(out, "pinyin", d->pinyin);
    if (d->has_price)
        print_money(out, "price", d->price);
    else
        print_null(out, "price");
    print_text(out, "rx", mt_rx_name(d->rx));
    print_int(out, "vat_bp", d->vat_bp);
    print_text(out, "shelf", d->shelf);
    print_bool(out, "sellable", d->sellable);
    print_close(out, '}');
}

void drug_read(struct fields *f, struct json *d, struct mt_drug *out) {
    *out = (struct mt_drug){.version = 0};
    (void)field_expect(f, d, JSON_OBJECT);
    field_id(f, d, "drug_id", MUST, &out->drug_id);
    out->code = field_text(f, d, "code", MAY);
    out->name = field_text(f, d, "name", MUST);
    out->spec = field_text(f, d, "spec", MAY);
    out->form = field_text(f, d, "form", MAY);
    out->maker = field_text(f, d, "maker", MAY);
    out->generic = field_text(f, d, "generic", MAY);
    out->pinyin = field_text(f, d, "pinyin", MAY);
    out->price = field_money(f, d, "price", MAY, &out->has_price);
    FIELD_NAME(f, d, "rx", MAY, mt_rx_parse, &out->rx);
    int64_t vat = field_int(f, d, "vat_bp", MAY, 0);
    if (vat < 0 || vat > 1000000)
        field_wrong_at(f, d, "vat_bp", "is not a rate in basis points");
    else
        out->vat_bp = (int32_t)vat;
    out->shelf = field_text(f, d, "shelf", MAY);
    out->sellable = field_bool(f, d, "sellable", MAY, out->has_price) && out->has_price;
}

static void root_read(struct fields *f, struct json *root, void *out) {
    drug_read(f, root, out);
}

enum mt_rc mt_drug_parse(struct mt_sv json, struct mt_arena *arena, struct mt_drug *out, struct mt_err *err) {
    return fields_answer(json, arena, root_read, out, err);
}

void mt_stock_print(const struct mt_stock *s, struct mt_buf *out) {
    print_open(out, '{');
    print_text(out, "drug_id", s->drug_id.s);
    print_int(out, "on_hand", s->on_hand);
    print_int(out, "reserved", s->reserved);
    print_key(out, "lots");
    print_open(out, '[');
    for (size_t i = 0; i < s->lot_count; i++) {
        const struct mt_lot *lot = &s->lots[i];
        print_open(out, '{');
        print_text(out, "lot_no", lot->lot_no);
        print_date(out, "expires_on", lot->expires_on);
        print_text(out, "state", mt_lot_state_name(lot->state));
        print_int(out, "on_hand", lot->on_hand);
        print_int(out, "reserved", lot->reserved);
        print_close(out, '}');
    }
    print_close(out, ']');
    print_close(out, '}');
}

void stock_read(struct fields *f, struct json *s, struct mt_stock *out) {
    *out = (struct mt_stock){.version = 0};
    (void)field_expect(f, s, JSON_OBJECT);
    field_id(f, s, "drug_id", MUST, &out->drug_id);
    out->on_hand = field_int(f, s, "on_hand", MUST, 0);
    out->reserved = field_int(f, s, "reserved", MAY, 0);
    const struct json *list = field_array(f, s, "lots", MAY);
    out->lots = tree_array(f, list, sizeof *out->lots, &out->lot_count);
    struct json *n = out->lots != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++) {
        struct mt_lot *lot = &out->lots[i];
        (void)field_expect(f, n, JSON_OBJECT);
        lot->lot_no = field_text(f, n, "lot_no", MAY);
        lot->expires_on = field_date(f, n, "expires_on", MAY);
        FIELD_NAME(f, n, "state", MAY, mt_lot_state_parse, &lot->state);
        lot->on_hand = field_int(f, n, "on_hand", MUST, 0);
        lot->reserved = field_int(f, n, "reserved", MAY, 0);
    }
}

void mt_staff_print(const struct mt_staff *s, struct mt_buf *out) {
    print_open(out, '{');
    print_text(out, "staff_id", s->staff_id.s);
    print_text(out, "name", s->name);
    print_text(out, "role", mt_role_name(s->role));
    print_text(out, "verifier", s->verifier);
    print_bool(out, "active", s->active);
    print_close(out, '}');
}

void staff_read(struct fields *f, struct json *s, struct mt_staff *out) {
    *out = (struct mt_staff){.version = 0};
    (void)field_expect(f, s, JSON_OBJECT);
    field_id(f, s, "staff_id", MUST, &out->staff_id);
    out->name = field_text(f, s, "name", MAY);
    FIELD_NAME(f, s, "role", MUST, mt_role_parse, &out->role);
    out->verifier = field_text(f, s, "verifier", MAY);
    out->active = field_bool(f, s, "active", MAY, true);
}

void mt_exception_print(const struct mt_exception *e, struct mt_buf *out) {
    print_open(out, '{');
    print_text(out, "exception_id", e->exception_id.s);
    print_text(out, "kind", mt_exception_kind_name(e->kind));
    print_text(out, "state", e->open ? "open" : "resolved");
    print_text_or_null(out, "order_id", e->order_id.s);
    print_text_or_null(out, "order_no", e->order_no);
    print_text_or_null(out, "op_id", e->op_id.s);
    print_text_or_null(out, "drug_id", e->drug_id.s);
    print_int(out, "quantity", e->quantity);
    print_text(out, "detail", e->detail);
    print_text_or_null(out, "resolution", e->resolution);
    print_text_or_null(out, "resolved_by", e->resolved_by);
    print_time(out, "created_at", e->created_at);
    print_close(out, '}');
}

static enum mt_rc state_parse(struct mt_sv name, bool *open) {
    *open = mt_sv_is(name, "open");
    return *open || mt_sv_is(name, "resolved") ? MT_OK : MT_INVALID;
}

void exception_read(struct fields *f, struct json *e, struct mt_exception *out) {
    *out = (struct mt_exception){.version = 0};
    (void)field_expect(f, e, JSON_OBJECT);
    field_id(f, e, "exception_id", MUST, &out->exception_id);
    FIELD_NAME(f, e, "kind", MUST, mt_exception_kind_parse, &out->kind);
    FIELD_NAME(f, e, "state", MUST, state_parse, &out->open);
    field_id(f, e, "order_id", MAY, &out->order_id);
    field_copy(f, e, "order_no", MAY, out->order_no, sizeof out->order_no);
    field_id(f, e, "op_id", MAY, &out->op_id);
    field_id(f, e, "drug_id", MAY, &out->drug_id);
    out->quantity = field_int(f, e, "quantity", MAY, 0);
    out->detail = field_text(f, e, "detail", MAY);
    out->resolution = field_text(f, e, "resolution", MAY);
    out->resolved_by = field_text(f, e, "resolved_by", MAY);
    out->created_at = field_time(f, e, "created_at", MAY);
}
