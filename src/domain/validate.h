/* What the validators share; private to the domain. A validator adds all it finds, with paths relative to the body. */
#ifndef MEDTERM_SRC_DOMAIN_VALIDATE_H
#define MEDTERM_SRC_DOMAIN_VALIDATE_H

#include <medterm/domain/operation.h>

#define NAME_MAX_POINTS 255
#define NOTE_MAX_POINTS 1000
#define NUMBER_MAX_POINTS 64

/* Where in the body one stands: "items[2]." in front of the field's name. */
struct place {
    struct mt_field_errors *errors;
    char path[40];
};

struct place body_line(struct mt_field_errors *errors, const char *list, size_t i);
void body_wrong(const struct place *p, const char *field, const char *message);
void body_id(const struct place *p, const char *field, const struct mt_id *id);
void body_text(const struct place *p, const char *field, const char *text, size_t most, bool needed);
void body_lot_no(const struct place *p, const char *field, const char *lot_no, bool needed);
void body_outer_id(const struct place *p, const char *field, const char *text);
void body_order(struct mt_field_errors *errors, const struct mt_id *order_id, const char *order_no);

/* validate_goods.c */
void check_stock(const struct mt_op *op, struct mt_field_errors *errors);
void check_lot(const struct mt_op_lot *l, struct mt_field_errors *errors);
/* validate_back.c */
void check_refund(const struct mt_op_refund *r, struct mt_field_errors *errors);
void check_return(const struct mt_op_return *r, struct mt_field_errors *errors);
void check_payment_start(const struct mt_op_payment_start *s, struct mt_field_errors *errors);
void check_payment_cancel(const struct mt_op_payment_cancel *c, struct mt_field_errors *errors);
/* validate_people.c */
void check_user(const struct mt_op_user *u, struct mt_field_errors *errors);
void check_doctor(const struct mt_op_doctor *d, struct mt_field_errors *errors);
void check_resolve(const struct mt_op_resolve *r, struct mt_field_errors *errors);

#endif
