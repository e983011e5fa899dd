/* Patients and doctors as JSON and back, and a payment as its own resource. */
#include <medterm/wire/order.h>

#include "print.h"
#include "tree.h"

void mt_user_print(const struct mt_user *u, struct mt_buf *out) {
    print_open(out, '{');
    print_text(out, "user_id", u->user_id.s);
    print_text(out, "name", u->name);
    print_text(out, "phone", u->phone);
    print_key(out, "addresses");
    print_open(out, '[');
    for (size_t i = 0; i < u->address_count; i++) {
        print_open(out, '{');
        print_text(out, "address_id", u->addresses[i].address_id.s);
        print_text(out, "detail", u->addresses[i].detail);
        print_close(out, '}');
    }
    print_close(out, ']');
    print_int(out, "version", u->version);
    print_close(out, '}');
}

void user_read(struct fields *f, struct json *u, struct mt_user *out) {
    mt_user_blank(out);
    (void)field_expect(f, u, JSON_OBJECT);
    field_id(f, u, "user_id", MUST, &out->user_id);
    out->name = field_text(f, u, "name", MAY);
    out->phone = field_text(f, u, "phone", MAY);
    out->version = field_int(f, u, "version", MAY, 0);
    const struct json *list = field_array(f, u, "addresses", MAY);
    out->addresses = tree_array(f, list, sizeof *out->addresses, &out->address_count);
    struct json *n = out->addresses != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++) {
        (void)field_expect(f, n, JSON_OBJECT);
        field_id(f, n, "address_id", MUST, &out->addresses[i].address_id);
        out->addresses[i].detail = field_text(f, n, "detail", MAY);
    }
}

void mt_doctor_print(const struct mt_doctor *d, struct mt_buf *out) {
    print_open(out, '{');
    print_text(out, "doctor_id", d->doctor_id.s);
    print_text(out, "name", d->name);
    print_text(out, "licence", d->licence);
    print_bool(out, "active", d->active);
    print_int(out, "version", d->version);
    print_close(out, '}');
}

void doctor_read(struct fields *f, struct json *d, struct mt_doctor *out) {
    mt_doctor_blank(out);
    (void)field_expect(f, d, JSON_OBJECT);
    field_id(f, d, "doctor_id", MUST, &out->doctor_id);
    out->name = field_text(f, d, "name", MAY);
    out->licence = field_text(f, d, "licence", MAY);
    out->active = field_bool(f, d, "active", MAY, true);
    out->version = field_int(f, d, "version", MAY, 0);
}

void mt_payment_print(const struct mt_payment_detail *p, struct mt_buf *out) {
    print_open(out, '{');
    print_payment(&p->payment, out);
    print_text(out, "order_id", p->order_id.s);
    print_text(out, "order_no", p->order_no);
    print_key(out, "refunds");
    print_open(out, '[');
    for (size_t i = 0; i < p->refund_count; i++) {
        const struct mt_payment_refund *r = &p->refunds[i];
        print_open(out, '{');
        print_text(out, "refund_id", r->refund_id.s);
        print_money(out, "amount", r->amount);
        print_text(out, "status", mt_pay_status_name(r->status));
        print_text(out, "reason", r->reason);
        print_time(out, "at", r->at);
        print_close(out, '}');
    }
    print_close(out, ']');
    print_money(out, "refunded_amount", p->refunded_amount);
    print_close(out, '}');
}
