/* Readers of whole rows that more than one file of this folder needs; s stands on a row with the columns named. */
#ifndef MEDTERM_REPO_ROWS_H
#define MEDTERM_REPO_ROWS_H

#include <medterm/db/db.h>
#include <medterm/domain/change.h>

#define MT_DRUG_COLUMNS                                                                                                            \
    "d.drug_id, d.code, d.name, d.spec, d.form, d.maker, d.generic, d.pinyin, d.shelf, d.price, d.sellable, d.rx, d.vat_bp,"       \
    " d.version"
MT_MUST enum mt_rc mt_row_drug(struct mt_stmt *s, int col, struct mt_arena *arena, struct mt_drug *out);
MT_MUST enum mt_rc mt_row_exception(struct mt_stmt *s, struct mt_arena *arena, struct mt_exception *x);

#define MT_ORDER_COLUMNS                                                                                                           \
    "o.order_id, o.order_no, o.store_id, r.code, o.status, o.version, o.user_id, o.user_name, o.user_phone, o.doctor_id,"          \
    " o.doctor_name, o.address_id, o.address_detail, o.fulfilment, o.currency, o.original_amount, o.discount_amount,"              \
    " o.total_amount, o.paid_amount, o.refunded_amount, o.pay_type, o.taken_offline, o.taken_at, o.created_at, o.updated_at,"      \
    " o.pay_time, o.drug_time, o.send_time, o.finish_time, o.cancel_time, o.remark, o.printed_no"
#define MT_ORDER_FROM " FROM mt_order o JOIN mt_register r ON r.register_id = o.register_id"
/* A summary: no items, payments or exceptions. */
MT_MUST enum mt_rc mt_row_order(struct mt_stmt *s, struct mt_arena *arena, struct mt_order *o);
/* payment_id, method, status, amount, tendered, change, reference, at. */
MT_MUST enum mt_rc mt_row_payment(struct mt_stmt *s, struct mt_arena *arena, struct mt_payment *p);
/* Summaries of at most MT_ROW_ORDERS orders, in the order of their ids; MT_NOTFOUND when one is not there. */
#define MT_ROW_ORDERS 16
MT_MUST enum mt_rc mt_row_orders_by_id(struct mt_db *db, const char *const *ids, size_t count, struct mt_arena *arena,
                                       struct mt_order *out, struct mt_err *err);
/* The open exceptions of summaries, any number. */
MT_MUST enum mt_rc mt_row_orders_exceptions(struct mt_db *db, struct mt_order *orders, size_t count, struct mt_arena *arena,
                                            struct mt_err *err);

#endif
