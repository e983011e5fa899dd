/* Orders, drugs, stock, staff and the rest as JSON (field names of the contract), and back. */
#ifndef MEDTERM_WIRE_ORDER_H
#define MEDTERM_WIRE_ORDER_H

#include <medterm/base/arena.h>
#include <medterm/domain/change.h>

enum mt_order_form { MT_ORDER_FULL, MT_ORDER_SUMMARY /* without items and payments */ };
void mt_order_print(const struct mt_order *o, enum mt_order_form form, struct mt_buf *out);
/* Tolerant of fields it does not know (a newer service); MT_INVALID when a known one has the wrong type. */
MT_MUST enum mt_rc mt_order_parse(struct mt_sv json, struct mt_arena *arena, struct mt_order *out, struct mt_err *err);
void mt_drug_print(const struct mt_drug *d, struct mt_buf *out);
MT_MUST enum mt_rc mt_drug_parse(struct mt_sv json, struct mt_arena *arena, struct mt_drug *out, struct mt_err *err);
void mt_stock_print(const struct mt_stock *s, struct mt_buf *out);
void mt_staff_print(const struct mt_staff *s, struct mt_buf *out);
void mt_exception_print(const struct mt_exception *e, struct mt_buf *out);
void mt_user_print(const struct mt_user *u, struct mt_buf *out);
void mt_doctor_print(const struct mt_doctor *d, struct mt_buf *out);

/* A payment as its own resource: with the order it is for and what went back of it. */
struct mt_payment_refund {
    struct mt_id refund_id;
    struct mt_money amount;
    enum mt_pay_status status;
    const char *reason;
    mt_time at;
};
struct mt_payment_detail {
    struct mt_payment payment;
    struct mt_id order_id;
    char order_no[MT_ORDER_NO_TEXT];
    struct mt_payment_refund *refunds; /* oldest first */
    size_t refund_count;
    struct mt_money refunded_amount; /* what has gone back, or is on its way */
};
void mt_payment_print(const struct mt_payment_detail *p, struct mt_buf *out);

#endif
