/* Bodies about patients and doctors, and about what a person has settled. */
#include "op_body.h"
#include "print.h"
#include "tree.h"

void user_op_read(struct fields *f, struct json *body, struct mt_op_user *out, bool *unknown) {
    struct mt_user *u = &out->user;
    mt_user_blank(u);
    field_uuid(f, body, "user_id", MUST, &u->user_id);
    u->name = field_text(f, body, "name", MUST);
    u->phone = field_text(f, body, "phone", MAY);
    const struct json *list = field_array(f, body, "addresses", MAY);
    u->addresses = tree_array(f, list, sizeof *u->addresses, &u->address_count);
    struct json *n = u->addresses != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++) {
        (void)field_expect(f, n, JSON_OBJECT);
        field_uuid(f, n, "address_id", MUST, &u->addresses[i].address_id);
        u->addresses[i].detail = field_text(f, n, "detail", MUST);
        note_unknown(n, unknown);
    }
}

void doctor_op_read(struct fields *f, struct json *body, struct mt_op_doctor *out) {
    mt_doctor_blank(&out->doctor);
    field_uuid(f, body, "doctor_id", MUST, &out->doctor.doctor_id);
    out->doctor.name = field_text(f, body, "name", MUST);
    out->doctor.licence = field_text(f, body, "licence", MAY);
    out->doctor.active = field_bool(f, body, "active", MAY, true);
}

void resolve_read(struct fields *f, struct json *body, struct mt_op_resolve *out) {
    field_uuid(f, body, "exception_id", MUST, &out->exception_id);
    FIELD_NAME(f, body, "action", MUST, mt_resolve_parse, &out->action);
    out->note = field_text(f, body, "note", MUST);
}

void print_user_op(const struct mt_op_user *u, struct mt_buf *out) {
    if (u->user.address_count > 0) {
        print_key(out, "addresses");
        print_open(out, '[');
        for (size_t i = 0; i < u->user.address_count; i++) {
            print_open(out, '{');
            print_text(out, "address_id", u->user.addresses[i].address_id.s);
            print_text(out, "detail", u->user.addresses[i].detail);
            print_close(out, '}');
        }
        print_close(out, ']');
    }
    print_text(out, "name", u->user.name);
    print_text_if(out, "phone", u->user.phone);
    print_text(out, "user_id", u->user.user_id.s);
}

void print_doctor_op(const struct mt_op_doctor *d, struct mt_buf *out) {
    if (!d->doctor.active)
        print_bool(out, "active", false);
    print_text(out, "doctor_id", d->doctor.doctor_id.s);
    print_text_if(out, "licence", d->doctor.licence);
    print_text(out, "name", d->doctor.name);
}

void print_resolve(const struct mt_op_resolve *r, struct mt_buf *out) {
    print_text(out, "action", mt_resolve_name(r->action));
    print_text(out, "exception_id", r->exception_id.s);
    print_text(out, "note", r->note);
}
