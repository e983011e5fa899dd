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

#endif
