/* Local orders, inside a transaction of the caller. */
#ifndef MEDTERM_STORE_ORDERS_H
#define MEDTERM_STORE_ORDERS_H

#include <medterm/store/register.h>

/* A copy that owns all it points to. */
MT_MUST enum mt_rc mt_order_own(const struct mt_order *o, struct mt_arena *arena, struct mt_order *out, struct mt_err *err);
/* The order as shown from now on; base: as the service knew it (NULL or version 0: not yet). */
MT_MUST enum mt_rc mt_local_order_put(struct mt_register *r, const struct mt_order *shown, const struct mt_order *base,
                                      struct mt_err *err);
/* The service's word on an order, laid under what still waits. Older versions of the same epoch are dropped. */
MT_MUST enum mt_rc mt_local_order_answered(struct mt_register *r, const struct mt_id *order_id, struct mt_sv json,
                                           const char *epoch, struct mt_err *err);
/* An operation on it was refused: back to the service's word and what still waits. */
MT_MUST enum mt_rc mt_local_order_refused(struct mt_register *r, const struct mt_id *order_id, bool create, struct mt_err *err);

#endif
