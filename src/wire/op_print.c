/* Operations in canonical form, written directly: the fields below stand in the order RFC 8785 sorts them, and what is empty is
 * left out, so equal operations have equal bytes. */
#include <medterm/wire/push.h>

#include "op_body.h"
#include "print.h"

static void print_packs(const struct mt_order_item *item, struct mt_buf *out) {
    if (item->pack_count == 0)
        return;
    print_key(out, "packs");
    print_open(out, '[');
    for (size_t i = 0; i < item->pack_count; i++) {
        print_open(out, '{');
        if (mt_date_is(item->packs[i].expires_on))
            print_date(out, "expires_on", item->packs[i].expires_on);
        print_text_if(out, "lot_no", item->packs[i].lot_no);
        print_text_if(out, "serial", item->packs[i].serial);
        print_close(out, '}');
    }
    print_close(out, ']');
}

static void print_items(const struct mt_order *o, struct mt_buf *out) {
    print_key(out, "items");
    print_open(out, '[');
    for (size_t i = 0; i < o->item_count; i++) {
        print_open(out, '{');
        print_text(out, "drug_id", o->items[i].drug_id.s);
        print_packs(&o->items[i], out);
        print_money(out, "price", o->items[i].price);
        print_int(out, "quantity", o->items[i].quantity);
        print_close(out, '}');
    }
    print_close(out, ']');
}

static void print_payments(const struct mt_order *o, struct mt_buf *out) {
    if (o->payment_count == 0)
        return;
    print_key(out, "payments");
    print_open(out, '[');
    for (size_t i = 0; i < o->payment_count; i++) {
        const struct mt_payment *p = &o->payments[i];
        print_open(out, '{');
        print_money(out, "amount", p->amount);
        print_text(out, "method", mt_pay_method_name(p->method));
        print_text(out, "payment_id", p->payment_id.s);
        print_text_if(out, "reference", p->reference);
        if (p->has_tendered)
            print_money(out, "tendered", p->tendered);
        print_close(out, '}');
    }
    print_close(out, ']');
}

static void print_create(const struct mt_op_order_create *c, struct mt_buf *out) {
    const struct mt_order *o = &c->order;
    print_text_if(out, "address_detail", o->address_detail);
    print_text_if(out, "address_id", o->address_id);
    print_text_if(out, "approved_by", c->approved_by.s);
    print_text_if(out, "buyer_id_no", c->buyer_id_no);
    if (!mt_money_is_zero(o->discount_amount))
        print_money(out, "discount_amount", o->discount_amount);
    print_text_if(out, "doctor_id", o->doctor_id);
    print_text_if(out, "doctor_name", o->doctor_name);
    print_text(out, "fulfilment", mt_fulfilment_name(o->fulfilment));
    if (c->handed_over)
        print_bool(out, "handed_over", true);
    print_items(o, out);
    print_text(out, "order_id", o->order_id.s);
    print_text(out, "order_no", o->order_no);
    print_payments(o, out);
    print_text_if(out, "prescription", c->prescription);
    print_text_if(out, "remark", o->remark);
    print_text_if(out, "user_id", o->user_id);
    print_text_if(out, "user_name", o->user_name);
    print_text_if(out, "user_phone", o->user_phone);
}

static void print_advance(const struct mt_op_order_advance *a, struct mt_buf *out) {
    if (a->if_version != 0)
        print_int(out, "if_version", a->if_version);
    print_text(out, "order_id", a->order_id.s);
    print_text(out, "order_no", a->order_no);
    print_text(out, "to", mt_order_status_name(a->to));
}

static void print_payment_record(const struct mt_op_payment_record *r, struct mt_buf *out) {
    print_money(out, "amount", r->payment.amount);
    print_text(out, "method", mt_pay_method_name(r->payment.method));
    print_text(out, "order_id", r->order_id.s);
    print_text(out, "order_no", r->order_no);
    print_text(out, "payment_id", r->payment.payment_id.s);
    print_text_if(out, "reference", r->payment.reference);
    if (r->payment.has_tendered)
        print_money(out, "tendered", r->payment.tendered);
}

static void print_cancel(const struct mt_op_order_cancel *c, struct mt_buf *out) {
    if (c->if_version != 0)
        print_int(out, "if_version", c->if_version);
    print_text(out, "order_id", c->order_id.s);
    print_text(out, "order_no", c->order_no);
    print_text(out, "reason", c->reason);
}

static void print_salvage(const struct mt_op_salvage *s, struct mt_buf *out) {
    print_text(out, "op_id", s->op_id.s);
    print_text(out, "original", s->original);
    print_text(out, "register", s->register_code);
    print_int(out, "register_seq", s->register_seq);
}

static void print_body(const struct mt_op *op, struct mt_buf *out) {
    switch (op->kind) {
    case MT_OP_ORDER_CREATE:
        print_create(&op->body.create, out);
        break;
    case MT_OP_ORDER_ADVANCE:
        print_advance(&op->body.advance, out);
        break;
    case MT_OP_ORDER_CANCEL:
        print_cancel(&op->body.cancel, out);
        break;
    case MT_OP_PAYMENT_RECORD:
        print_payment_record(&op->body.payment, out);
        break;
    case MT_OP_REFUND_RECORD:
    case MT_OP_REFUND_START:
        print_refund(&op->body.refund, out);
        break;
    case MT_OP_RETURN_RECORD:
        print_return(&op->body.returned, out);
        break;
    case MT_OP_PAYMENT_START:
        print_payment_start(&op->body.start, out);
        break;
    case MT_OP_PAYMENT_CANCEL:
        print_text(out, "order_id", op->body.payment_cancel.order_id.s);
        print_text(out, "order_no", op->body.payment_cancel.order_no);
        print_text(out, "payment_id", op->body.payment_cancel.payment_id.s);
        break;
    case MT_OP_STOCK_RECEIVE:
    case MT_OP_STOCK_ADJUST:
    case MT_OP_STOCK_COUNT:
        print_stock_op(op, out);
        break;
    case MT_OP_LOT_RECALL:
    case MT_OP_LOT_QUARANTINE:
        print_lot_op(&op->body.lot, out);
        break;
    case MT_OP_USER_PUT:
        print_user_op(&op->body.user, out);
        break;
    case MT_OP_DOCTOR_PUT:
        print_doctor_op(&op->body.doctor, out);
        break;
    case MT_OP_EXCEPTION_RESOLVE:
        print_resolve(&op->body.resolve, out);
        break;
    case MT_OP_VOID:
        print_text_if(out, "original", op->body.voided.original);
        print_text(out, "reason", op->body.voided.reason);
        break;
    case MT_OP_SALVAGE:
        print_salvage(&op->body.salvage, out);
        break;
    case MT_OP_UNKNOWN:
        break;
    }
}

void mt_op_print(const struct mt_op *op, struct mt_buf *out) {
    print_open(out, '{');
    print_time(out, "at", op->at);
    print_key(out, "body");
    print_open(out, '{');
    print_body(op, out);
    print_close(out, '}');
    print_bool(out, "fact", op->fact);
    print_text(out, "kind", op->kind != MT_OP_UNKNOWN ? mt_op_kind_name(op->kind) : op->kind_name);
    print_text(out, "op_id", op->op_id.s);
    print_text_if(out, "staff_id", op->staff_id.s);
    print_close(out, '}');
}
