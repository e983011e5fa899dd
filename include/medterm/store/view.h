/* Orders as this till shows them: the cache's copy and the local one, whichever knows more. */
#ifndef MEDTERM_STORE_VIEW_H
#define MEDTERM_STORE_VIEW_H

#include <medterm/store/cache.h>
#include <medterm/store/register.h>

/* The higher version of the same epoch wins; at the same version the local one while it has unsent operations. */
bool mt_order_prefer_local(const struct mt_local_order *local, const struct mt_order *cached, const char *cache_epoch);
/* One order; cache may be NULL. out->unsent and own are told also when the cached copy is shown. */
MT_MUST enum mt_rc mt_order_pick(struct mt_register *r, struct mt_cache_reader *cache, const char *order_no, struct mt_arena *arena,
                                 struct mt_local_order *out, struct mt_err *err);
/* Newest first, at most limit of those wanted. Only MT_ORDERS_ALL has refused ones; `status` is for MT_ORDERS_STATUS only. */
MT_MUST enum mt_rc mt_orders_pick(struct mt_register *r, struct mt_cache_reader *cache, enum mt_orders_wanted wanted,
                                  enum mt_order_status status, size_t limit, struct mt_arena *arena, struct mt_local_order **out,
                                  size_t *count, struct mt_err *err);

/* What an operation makes of an order, by the rules the service decides with. base is NULL for order.create.
 * MT_DENIED when the edge does not exist (requests only: a fact is laid over whatever is there). */
MT_MUST enum mt_rc mt_order_predict(const struct mt_op *op, const struct mt_order *base, struct mt_arena *arena,
                                    struct mt_order *out, struct mt_err *err);

#endif
