/* Bodies of operations, read out of a tree and printed in canonical order; private to the wire. Whatever fails, every text of
 * *out is set. */
#ifndef MEDTERM_SRC_WIRE_OP_BODY_H
#define MEDTERM_SRC_WIRE_OP_BODY_H

#include "fields.h"

void note_unknown(const struct json *object, bool *unknown);
void order_ref_read(struct fields *f, struct json *body, struct mt_id *order_id, char order_no[MT_ORDER_NO_TEXT]);

/* op_back.c */
void refund_read(struct fields *f, struct json *body, bool may_lapse, struct mt_op_refund *out, bool *unknown);
void return_read(struct fields *f, struct json *body, struct mt_op_return *out, bool *unknown);
void payment_start_read(struct fields *f, struct json *body, struct mt_op_payment_start *out);
void print_refund(const struct mt_op_refund *r, struct mt_buf *out);
void print_return(const struct mt_op_return *r, struct mt_buf *out);
void print_payment_start(const struct mt_op_payment_start *s, struct mt_buf *out);

/* op_goods.c */
void stock_op_read(struct fields *f, struct json *body, enum mt_op_kind kind, struct mt_op_stock *out, bool *unknown);
void lot_op_read(struct fields *f, struct json *body, bool may_release, struct mt_op_lot *out);
void print_stock_op(const struct mt_op *op, struct mt_buf *out);
void print_lot_op(const struct mt_op_lot *l, struct mt_buf *out);

/* op_people.c */
void user_op_read(struct fields *f, struct json *body, struct mt_op_user *out, bool *unknown);
void doctor_op_read(struct fields *f, struct json *body, struct mt_op_doctor *out);
void resolve_read(struct fields *f, struct json *body, struct mt_op_resolve *out);
void print_user_op(const struct mt_op_user *u, struct mt_buf *out);
void print_doctor_op(const struct mt_op_doctor *d, struct mt_buf *out);
void print_resolve(const struct mt_op_resolve *r, struct mt_buf *out);

#endif
