/* Bodies about patients and doctors, and about what a person has settled. */
#include "validate.h"

void check_user(const struct mt_op_user *u, struct mt_field_errors *errors) {
    struct place body = {.errors = errors, .path = ""};
    body_id(&body, "user_id", &u->user.user_id);
    body_text(&body, "name", u->user.name, NAME_MAX_POINTS, true);
    body_text(&body, "phone", u->user.phone, NUMBER_MAX_POINTS, false);
    if (u->user.address_count > MT_ADDRESSES_MAX)
        body_wrong(&body, "addresses", "has more than 20 addresses");
    for (size_t i = 0; i < u->user.address_count && i < MT_ADDRESSES_MAX; i++) {
        struct place p = body_line(errors, "addresses", i);
        body_id(&p, "address_id", &u->user.addresses[i].address_id);
        body_text(&p, "detail", u->user.addresses[i].detail, NOTE_MAX_POINTS, true);
        for (size_t k = 0; k < i; k++)
            if (mt_id_eq(&u->user.addresses[k].address_id, &u->user.addresses[i].address_id))
                body_wrong(&p, "address_id", "stands twice");
    }
}

void check_doctor(const struct mt_op_doctor *d, struct mt_field_errors *errors) {
    struct place body = {.errors = errors, .path = ""};
    body_id(&body, "doctor_id", &d->doctor.doctor_id);
    body_text(&body, "name", d->doctor.name, NAME_MAX_POINTS, true);
    body_text(&body, "licence", d->doctor.licence, NUMBER_MAX_POINTS, false);
}

void check_resolve(const struct mt_op_resolve *r, struct mt_field_errors *errors) {
    struct place body = {.errors = errors, .path = ""};
    body_id(&body, "exception_id", &r->exception_id);
    body_text(&body, "note", r->note, NAME_MAX_POINTS, true);
}
