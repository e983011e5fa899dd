/* The rules a body meets whoever reads it, one function a kind. Every function adds all it finds, so that a person
 * sees every fault at once; field paths are relative to the body. */
#include "validate.h"

#include <medterm/base/utf8.h>
#include <medterm/domain/stock.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct place body_line(struct mt_field_errors *errors, const char *list, size_t i) {
    struct place p = {.errors = errors, .path = ""};
    if (snprintf(p.path, sizeof p.path, "%s[%zu].", list, i) < 0)
        p.path[0] = '\0';
    return p;
}

void body_wrong(const struct place *p, const char *field, const char *message) {
    char path[64];
    int n = snprintf(path, sizeof path, "%s%s", p->path, field);
    mt_field_error(p->errors, n > 0 ? path : field, "%s", message);
}

void body_id(const struct place *p, const char *field, const struct mt_id *id) {
    if (!mt_id_is(id))
        body_wrong(p, field, "is missing");
}

void body_text(const struct place *p, const char *field, const char *text, size_t most, bool needed) {
    struct mt_sv rest = mt_sv(text);
    size_t points = 0;
    if (needed && mt_sv_trim(rest).n == 0)
        body_wrong(p, field, "is missing");
    for (; rest.n > 0 && points <= most; points++)
        (void)mt_utf8_next(&rest);
    if (points > most)
        body_wrong(p, field, "is too long");
}

void body_lot_no(const struct place *p, const char *field, const char *lot_no, bool needed) {
    body_text(p, field, lot_no, NUMBER_MAX_POINTS, needed);
    const bool missing = needed ? mt_sv_trim(mt_sv(lot_no)).n == 0 : lot_no[0] == '\0';
    if (!missing && !mt_lot_no_ok(mt_sv(lot_no)))
        body_wrong(p, field, "must not hold control characters, or begin or end with a blank");
}

void body_outer_id(const struct place *p, const char *field, const char *text) {
    struct mt_id id;
    if (text != NULL && text[0] != '\0' && mt_id_parse(mt_sv(text), &id) != MT_OK)
        body_wrong(p, field, "is not an id: 1 to 36 printable characters without space");
}

void body_order(struct mt_field_errors *errors, const struct mt_id *order_id, const char *order_no) {
    struct place body = {.errors = errors, .path = ""};
    char code[MT_REGISTER_CODE_TEXT];
    int64_t sequence;
    body_id(&body, "order_id", order_id);
    if (mt_order_no_parse(mt_sv(order_no), code, &sequence) != MT_OK)
        body_wrong(&body, "order_no", "is not an order number such as A03-000417");
}

static void check_payment(const struct place *p, const struct mt_payment *payment) {
    body_id(p, "payment_id", &payment->payment_id);
    if (!mt_pay_method_offline(payment->method))
        body_wrong(p, "method", "can not be recorded; it has to be started with the provider");
    if (mt_money_cmp(payment->amount, mt_money_zero()) <= 0)
        body_wrong(p, "amount", "must be more than zero");
    if (payment->has_tendered) {
        if (payment->method != MT_PAY_CASH)
            body_wrong(p, "tendered", "belongs to cash only");
        else if (mt_money_cmp(payment->tendered, payment->amount) < 0)
            body_wrong(p, "tendered", "is less than the amount");
    }
    body_text(p, "reference", payment->reference, NUMBER_MAX_POINTS, false);
}

/* A GS1 serial is unique for its GTIN, so it may stand once for each drug of the order. */
static bool serial_repeats(const struct mt_order *o, size_t line, size_t pack) {
    const struct mt_order_item *item = &o->items[line];
    const char *serial = item->packs[pack].serial;
    if (serial[0] == '\0')
        return false;
    for (size_t i = 0; i <= line; i++) {
        const struct mt_order_item *other = &o->items[i];
        if (i != line && !mt_id_eq(&other->drug_id, &item->drug_id))
            continue;
        size_t end = i == line ? pack : other->pack_count;
        for (size_t k = 0; k < end; k++)
            if (strcmp(other->packs[k].serial, serial) == 0)
                return true;
    }
    return false;
}

static bool serials_too_many(const struct mt_order *o) {
    size_t n = 0;
    for (size_t i = 0; i < o->item_count; i++)
        for (size_t k = 0; k < o->items[i].pack_count; k++)
            n += o->items[i].packs[k].serial[0] != '\0';
    return n > MT_SERIALS_MAX;
}

static void check_item(struct mt_field_errors *errors, const struct mt_order *o, size_t line) {
    const struct mt_order_item *item = &o->items[line];
    struct place p = body_line(errors, "items", line);
    body_id(&p, "drug_id", &item->drug_id);
    if (item->quantity < 1 || item->quantity > MT_QUANTITY_MAX)
        body_wrong(&p, "quantity", "must be from 1 to 999");
    if (mt_money_is_negative(item->price))
        body_wrong(&p, "price", "must not be below zero");
    if (item->pack_count > MT_QUANTITY_MAX || (item->pack_count > 0 && (int64_t)item->pack_count > item->quantity)) {
        body_wrong(&p, "packs", "are more than the quantity");
        return;
    }
    for (size_t i = 0; i < item->pack_count; i++) {
        char field[32];
        if (snprintf(field, sizeof field, "packs[%zu].serial", i) < 0)
            continue;
        body_text(&p, field, item->packs[i].serial, 20, false);
        if (serial_repeats(o, line, i))
            body_wrong(&p, field, "stands twice: a serial is one pack");
        if (snprintf(field, sizeof field, "packs[%zu].lot_no", i) >= 0)
            body_lot_no(&p, field, item->packs[i].lot_no, false);
    }
}

/* Sums of lines and payments; *total is what is due. */
static bool check_sums(struct mt_field_errors *errors, const struct mt_order *o, struct mt_money *total) {
    struct place body = {.errors = errors, .path = ""};
    struct mt_money sum = mt_money_zero(), subtotal;
    for (size_t i = 0; i < o->item_count; i++)
        if (mt_money_times(o->items[i].price, o->items[i].quantity, &subtotal) != MT_OK ||
            mt_money_add(sum, subtotal, &sum) != MT_OK) {
            struct place p = body_line(errors, "items", i);
            body_wrong(&p, "price", "makes a total that is too large");
            return false;
        }
    if (mt_money_is_negative(o->discount_amount) || mt_money_cmp(o->discount_amount, sum) > 0) {
        body_wrong(&body, "discount_amount", "must be from zero to the sum of the lines");
        return false;
    }
    return mt_money_sub(sum, o->discount_amount, total) == MT_OK;
}

static void check_payments(struct mt_field_errors *errors, const struct mt_op *op, const struct mt_money *total) {
    const struct mt_order *o = &op->body.create.order;
    struct place body = {.errors = errors, .path = ""};
    struct mt_money sum = mt_money_zero();
    if (o->payment_count > MT_PAYMENTS_MAX) {
        body_wrong(&body, "payments", "are too many");
        return;
    }
    for (size_t i = 0; i < o->payment_count; i++) {
        struct place p = body_line(errors, "payments", i);
        check_payment(&p, &o->payments[i]);
        for (size_t k = 0; k < i; k++)
            if (mt_id_is(&o->payments[k].payment_id) && mt_id_eq(&o->payments[k].payment_id, &o->payments[i].payment_id)) {
                body_wrong(&p, "payment_id", "stands twice");
                break;
            }
        if (mt_money_add(sum, o->payments[i].amount, &sum) != MT_OK) {
            body_wrong(&p, "amount", "makes a sum that is too large");
            return;
        }
    }
    /* Of a fact the money is in the drawer already: the service records it and opens an exception. */
    if (!op->fact && total != NULL && mt_money_cmp(sum, *total) > 0)
        body_wrong(&body, "payments", "are more than the total");
}

static void check_people(struct mt_field_errors *errors, const struct mt_op_order_create *c) {
    struct place body = {.errors = errors, .path = ""};
    const struct mt_order *o = &c->order;
    body_outer_id(&body, "user_id", o->user_id);
    body_text(&body, "user_name", o->user_name, NAME_MAX_POINTS, false);
    body_text(&body, "user_phone", o->user_phone, NUMBER_MAX_POINTS, false);
    body_outer_id(&body, "doctor_id", o->doctor_id);
    body_text(&body, "doctor_name", o->doctor_name, NAME_MAX_POINTS, false);
    body_outer_id(&body, "address_id", o->address_id);
    body_text(&body, "address_detail", o->address_detail, NOTE_MAX_POINTS, false);
    body_text(&body, "remark", o->remark, NOTE_MAX_POINTS, false);
    body_text(&body, "prescription", c->prescription, NUMBER_MAX_POINTS, false);
    body_text(&body, "buyer_id_no", c->buyer_id_no, NUMBER_MAX_POINTS, false);
}

static void check_create(const struct mt_op *op, struct mt_field_errors *errors) {
    const struct mt_op_order_create *c = &op->body.create;
    const struct mt_order *o = &c->order;
    struct place body = {.errors = errors, .path = ""};
    body_order(errors, &o->order_id, o->order_no);
    check_people(errors, c);
    if (o->item_count < 1 || o->item_count > MT_ITEMS_MAX) {
        body_wrong(&body, "items", o->item_count < 1 ? "are missing" : "are too many");
        return;
    }
    if (serials_too_many(o)) {
        body_wrong(&body, "items", "hold more than 1000 packs with a serial");
        return;
    }
    for (size_t i = 0; i < o->item_count; i++)
        check_item(errors, o, i);
    struct mt_money total;
    bool summed = check_sums(errors, o, &total);
    check_payments(errors, op, summed ? &total : NULL);
}

/* Whether the status may be reached from where the order stands is the service's answer (INVALID_ORDER_STATUS), not a
 * fault of the body. */
static void check_advance(const struct mt_op_order_advance *a, struct mt_field_errors *errors) {
    struct place body = {.errors = errors, .path = ""};
    body_order(errors, &a->order_id, a->order_no);
    if (a->if_version < 0)
        body_wrong(&body, "if_version", "must not be below zero");
}

static void check_cancel(const struct mt_op_order_cancel *c, struct mt_field_errors *errors) {
    struct place body = {.errors = errors, .path = ""};
    body_order(errors, &c->order_id, c->order_no);
    body_text(&body, "reason", c->reason, NAME_MAX_POINTS, true);
    if (c->if_version < 0)
        body_wrong(&body, "if_version", "must not be below zero");
}

static void check_payment_record(const struct mt_op_payment_record *r, struct mt_field_errors *errors) {
    struct place body = {.errors = errors, .path = ""};
    body_order(errors, &r->order_id, r->order_no);
    check_payment(&body, &r->payment);
}

static void check_salvage(const struct mt_op_salvage *s, struct mt_field_errors *errors) {
    struct place body = {.errors = errors, .path = ""};
    if (!mt_register_code_ok(mt_sv(s->register_code)))
        body_wrong(&body, "register", "is not a register code such as A03");
    if (s->register_seq < 1)
        body_wrong(&body, "register_seq", "must be at least 1");
    body_id(&body, "op_id", &s->op_id);
    if (mt_sv(s->original).n == 0)
        body_wrong(&body, "original", "is missing");
}

enum mt_rc mt_op_validate(const struct mt_op *op, struct mt_field_errors *errors) {
    struct mt_field_errors found = {.count = 0};
    struct place body = {.errors = &found, .path = ""};
    switch (op->kind) {
    case MT_OP_ORDER_CREATE:
        check_create(op, &found);
        break;
    case MT_OP_ORDER_ADVANCE:
        check_advance(&op->body.advance, &found);
        break;
    case MT_OP_ORDER_CANCEL:
        check_cancel(&op->body.cancel, &found);
        break;
    case MT_OP_PAYMENT_RECORD:
        check_payment_record(&op->body.payment, &found);
        break;
    case MT_OP_VOID:
        body_text(&body, "reason", op->body.voided.reason, NOTE_MAX_POINTS, true);
        break;
    case MT_OP_SALVAGE:
        check_salvage(&op->body.salvage, &found);
        break;
    case MT_OP_REFUND_RECORD:
    case MT_OP_REFUND_START:
        check_refund(&op->body.refund, &found);
        break;
    case MT_OP_RETURN_RECORD:
        check_return(&op->body.returned, &found);
        break;
    case MT_OP_PAYMENT_START:
        check_payment_start(&op->body.start, &found);
        break;
    case MT_OP_PAYMENT_CANCEL:
        check_payment_cancel(&op->body.payment_cancel, &found);
        break;
    case MT_OP_STOCK_RECEIVE:
    case MT_OP_STOCK_ADJUST:
    case MT_OP_STOCK_COUNT:
        check_stock(op, &found);
        break;
    case MT_OP_LOT_RECALL:
    case MT_OP_LOT_QUARANTINE:
        check_lot(&op->body.lot, &found);
        break;
    case MT_OP_USER_PUT:
        check_user(&op->body.user, &found);
        break;
    case MT_OP_DOCTOR_PUT:
        check_doctor(&op->body.doctor, &found);
        break;
    case MT_OP_EXCEPTION_RESOLVE:
        check_resolve(&op->body.resolve, &found);
        break;
    case MT_OP_UNKNOWN:
        break;
    }
    for (size_t i = 0; i < found.count; i++)
        mt_field_error(errors, found.at[i].field, "%s", found.at[i].message);
    return found.count == 0 ? MT_OK : MT_INVALID;
}
