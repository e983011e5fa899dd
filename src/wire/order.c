/* Orders as JSON and back. The two directions stand side by side, object by object, in the order of the contract's example. */
#include <medterm/wire/order.h>

#include "print.h"
#include "tree.h"

void *tree_array(struct fields *f, const struct json *list, size_t size, size_t *count) {
    *count = 0;
    if (list == NULL || list->count == 0)
        return NULL;
    void *array = mt_arena_array(f->arena, list->count, size);
    if (array == NULL)
        f->failed = MT_NOMEM;
    else
        *count = list->count;
    return array;
}

static void print_lots(const struct mt_order_item *item, struct mt_buf *out) {
    print_key(out, "lots");
    print_open(out, '[');
    for (size_t i = 0; i < item->lot_count; i++) {
        const struct mt_lot_taken *lot = &item->lots[i];
        print_open(out, '{');
        print_text(out, "lot_no", lot->lot_no);
        print_date(out, "expires_on", lot->expires_on);
        print_int(out, "quantity", lot->quantity);
        print_text(out, "source", lot->scanned ? "scanned" : "fefo");
        print_close(out, '}');
    }
    print_close(out, ']');
}

static enum mt_rc source_parse(struct mt_sv name, bool *scanned) {
    *scanned = mt_sv_is(name, "scanned");
    return *scanned || mt_sv_is(name, "fefo") ? MT_OK : MT_INVALID;
}

static void lots_read(struct fields *f, struct json *item, struct mt_order_item *out) {
    const struct json *list = field_array(f, item, "lots", MAY);
    out->lots = tree_array(f, list, sizeof *out->lots, &out->lot_count);
    struct json *n = out->lots != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++) {
        struct mt_lot_taken *lot = &out->lots[i];
        (void)field_expect(f, n, JSON_OBJECT);
        lot->lot_no = field_text(f, n, "lot_no", MAY);
        lot->expires_on = field_date(f, n, "expires_on", MAY);
        lot->quantity = field_int(f, n, "quantity", MUST, 0);
        FIELD_NAME(f, n, "source", MAY, source_parse, &lot->scanned);
    }
}

static void print_items(const struct mt_order *o, struct mt_buf *out) {
    print_key(out, "items");
    print_open(out, '[');
    for (size_t i = 0; i < o->item_count; i++) {
        const struct mt_order_item *item = &o->items[i];
        print_open(out, '{');
        print_int(out, "line", item->line);
        print_text(out, "drug_id", item->drug_id.s);
        print_text(out, "drug_name", item->drug_name);
        print_text(out, "drug_spec", item->drug_spec);
        print_int(out, "quantity", item->quantity);
        print_money(out, "price", item->price);
        print_money(out, "subtotal", item->subtotal);
        print_lots(item, out);
        print_close(out, '}');
    }
    print_close(out, ']');
}

static void items_read(struct fields *f, struct json *o, struct mt_order *out) {
    const struct json *list = field_array(f, o, "items", MAY);
    out->items = tree_array(f, list, sizeof *out->items, &out->item_count);
    struct json *n = out->items != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++) {
        struct mt_order_item *item = &out->items[i];
        (void)field_expect(f, n, JSON_OBJECT);
        int64_t line = field_int(f, n, "line", MAY, (int64_t)i + 1);
        if (line < 1 || line > INT32_MAX)
            field_wrong_at(f, n, "line", "is not a line number");
        else
            item->line = (int32_t)line;
        field_id(f, n, "drug_id", MUST, &item->drug_id);
        item->drug_name = field_text(f, n, "drug_name", MAY);
        item->drug_spec = field_text(f, n, "drug_spec", MAY);
        item->quantity = field_int(f, n, "quantity", MUST, 0);
        item->price = field_money(f, n, "price", MUST, NULL);
        item->subtotal = field_money(f, n, "subtotal", MAY, NULL);
        lots_read(f, n, item);
    }
}

void print_payment(const struct mt_payment *p, struct mt_buf *out) {
    print_text(out, "payment_id", p->payment_id.s);
    print_text(out, "method", mt_pay_method_name(p->method));
    print_money(out, "amount", p->amount);
    print_text(out, "status", mt_pay_status_name(p->status));
    if (p->has_tendered) {
        print_money(out, "tendered", p->tendered);
        print_money(out, "change", p->change);
    }
    print_text_if(out, "reference", p->reference);
    print_time(out, "at", p->at);
}

static void print_payments(const struct mt_order *o, struct mt_buf *out) {
    print_key(out, "payments");
    print_open(out, '[');
    for (size_t i = 0; i < o->payment_count; i++) {
        print_open(out, '{');
        print_payment(&o->payments[i], out);
        print_close(out, '}');
    }
    print_close(out, ']');
}

static void payments_read(struct fields *f, struct json *o, struct mt_order *out) {
    const struct json *list = field_array(f, o, "payments", MAY);
    out->payments = tree_array(f, list, sizeof *out->payments, &out->payment_count);
    struct json *n = out->payments != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++) {
        struct mt_payment *p = &out->payments[i];
        (void)field_expect(f, n, JSON_OBJECT);
        field_id(f, n, "payment_id", MUST, &p->payment_id);
        FIELD_NAME(f, n, "method", MUST, mt_pay_method_parse, &p->method);
        p->amount = field_money(f, n, "amount", MUST, NULL);
        FIELD_NAME(f, n, "status", MUST, mt_pay_status_parse, &p->status);
        p->tendered = field_money(f, n, "tendered", MAY, &p->has_tendered);
        p->change = field_money(f, n, "change", MAY, NULL);
        p->reference = field_text(f, n, "reference", MAY);
        p->at = field_time(f, n, "at", MAY);
    }
}

static void print_exceptions(const struct mt_order *o, struct mt_buf *out) {
    print_key(out, "exceptions");
    print_open(out, '[');
    for (size_t i = 0; i < o->exception_count; i++)
        print_element(out, o->exceptions[i].s);
    print_close(out, ']');
}

static void exceptions_read(struct fields *f, struct json *o, struct mt_order *out) {
    const struct json *list = field_array(f, o, "exceptions", MAY);
    out->exceptions = tree_array(f, list, sizeof *out->exceptions, &out->exception_count);
    struct json *n = out->exceptions != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++)
        if (field_expect(f, n, JSON_STRING) && mt_id_parse(mt_sv_n(n->p, n->n), &out->exceptions[i]) != MT_OK)
            field_wrong(f, n, "is not an id");
}

static void print_people(const struct mt_order *o, struct mt_buf *out) {
    print_text_or_null(out, "user_id", o->user_id);
    print_text(out, "user_name", o->user_name);
    print_text(out, "user_phone", o->user_phone);
    print_text_or_null(out, "doctor_id", o->doctor_id);
    print_text(out, "doctor_name", o->doctor_name);
    print_text_or_null(out, "address_id", o->address_id);
    print_text(out, "address_detail", o->address_detail);
}

static void people_read(struct fields *f, struct json *o, struct mt_order *out) {
    out->user_id = field_text(f, o, "user_id", MAY);
    out->user_name = field_text(f, o, "user_name", MAY);
    out->user_phone = field_text(f, o, "user_phone", MAY);
    out->doctor_id = field_text(f, o, "doctor_id", MAY);
    out->doctor_name = field_text(f, o, "doctor_name", MAY);
    out->address_id = field_text(f, o, "address_id", MAY);
    out->address_detail = field_text(f, o, "address_detail", MAY);
}

static void print_amounts(const struct mt_order *o, struct mt_buf *out) {
    print_text(out, "fulfilment", mt_fulfilment_name(o->fulfilment));
    print_text(out, "currency", o->currency);
    print_money(out, "total_amount", o->total_amount);
    print_money(out, "paid_amount", o->paid_amount);
    print_money(out, "refunded_amount", o->refunded_amount);
    print_text_or_null(out, "pay_type", o->pay_type);
    print_money(out, "original_amount", o->original_amount);
    print_money(out, "discount_amount", o->discount_amount);
}

static void amounts_read(struct fields *f, struct json *o, struct mt_order *out) {
    FIELD_NAME(f, o, "fulfilment", MAY, mt_fulfilment_parse, &out->fulfilment);
    out->currency = field_text(f, o, "currency", MAY);
    out->total_amount = field_money(f, o, "total_amount", MUST, NULL);
    out->paid_amount = field_money(f, o, "paid_amount", MAY, NULL);
    out->refunded_amount = field_money(f, o, "refunded_amount", MAY, NULL);
    out->pay_type = field_text(f, o, "pay_type", MAY);
    out->original_amount = field_money(f, o, "original_amount", MAY, NULL);
    out->discount_amount = field_money(f, o, "discount_amount", MAY, NULL);
}

static void print_times(const struct mt_order *o, struct mt_buf *out) {
    print_bool(out, "taken_offline", o->taken_offline);
    print_time(out, "taken_at", o->taken_at);
    print_time(out, "created_at", o->created_at);
    print_time(out, "updated_at", o->updated_at);
    print_time(out, "pay_time", o->pay_time);
    print_time(out, "drug_time", o->drug_time);
    print_time(out, "send_time", o->send_time);
    print_time(out, "finish_time", o->finish_time);
    print_time(out, "cancel_time", o->cancel_time);
}

static void times_read(struct fields *f, struct json *o, struct mt_order *out) {
    out->taken_offline = field_bool(f, o, "taken_offline", MAY, false);
    out->taken_at = field_time(f, o, "taken_at", MAY);
    out->created_at = field_time(f, o, "created_at", MAY);
    out->updated_at = field_time(f, o, "updated_at", MAY);
    out->pay_time = field_time(f, o, "pay_time", MAY);
    out->drug_time = field_time(f, o, "drug_time", MAY);
    out->send_time = field_time(f, o, "send_time", MAY);
    out->finish_time = field_time(f, o, "finish_time", MAY);
    out->cancel_time = field_time(f, o, "cancel_time", MAY);
}

void mt_order_print(const struct mt_order *o, enum mt_order_form form, struct mt_buf *out) {
    print_open(out, '{');
    print_text(out, "order_id", o->order_id.s);
    print_text(out, "order_no", o->order_no);
    print_text(out, "store_id", o->store_id.s);
    print_text(out, "register", o->register_code);
    print_text(out, "status", mt_order_status_name(o->status));
    print_int(out, "version", o->version);
    print_people(o, out);
    print_amounts(o, out);
    if (form == MT_ORDER_FULL) {
        print_items(o, out);
        print_payments(o, out);
    }
    print_times(o, out);
    print_text(out, "remark", o->remark);
    print_text_if(out, "printed_no", o->printed_no);
    print_exceptions(o, out);
    print_close(out, '}');
}

/* A number names files and barcodes, so nothing but a number passes. */
static void order_no_read(struct fields *f, struct json *o, char out[MT_ORDER_NO_TEXT]) {
    char code[MT_REGISTER_CODE_TEXT];
    int64_t sequence;
    field_copy(f, o, "order_no", MUST, out, MT_ORDER_NO_TEXT);
    if (out[0] != '\0' && mt_order_no_parse(mt_sv(out), code, &sequence) != MT_OK)
        field_wrong_at(f, o, "order_no", "is not an order number");
}

void order_read(struct fields *f, struct json *o, struct mt_order *out) {
    *out = (struct mt_order){.version = 0};
    (void)field_expect(f, o, JSON_OBJECT);
    field_id(f, o, "order_id", MUST, &out->order_id);
    order_no_read(f, o, out->order_no);
    field_id(f, o, "store_id", MAY, &out->store_id);
    out->register_code = field_text(f, o, "register", MAY);
    FIELD_NAME(f, o, "status", MUST, mt_order_status_parse, &out->status);
    out->version = field_int(f, o, "version", MUST, 0);
    people_read(f, o, out);
    amounts_read(f, o, out);
    items_read(f, o, out);
    payments_read(f, o, out);
    times_read(f, o, out);
    out->remark = field_text(f, o, "remark", MAY);
    out->printed_no = field_text(f, o, "printed_no", MAY);
    exceptions_read(f, o, out);
}

static void root_read(struct fields *f, struct json *root, void *out) {
    order_read(f, root, out);
}

enum mt_rc mt_order_parse(struct mt_sv json, struct mt_arena *arena, struct mt_order *out, struct mt_err *err) {
    return fields_answer(json, arena, root_read, out, err);
}
