/* Orders in the files of the till. What writes local ones runs inside a transaction of the caller. */
#ifndef MEDTERM_STORE_ORDERS_H
#define MEDTERM_STORE_ORDERS_H

#include <medterm/store/register.h>

/* Of a row with a status, as the partial indexes have it: a query uses them when it says the same. */
#define MT_ORDER_OPEN "status NOT IN ('completed','cancelled')"

/* By enum mt_orders_wanted: ?1 limit, ?2 status when that is wanted. */
extern const char *const mt_local_orders_sql[], *const mt_cache_orders_sql[];

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
