/* Operations on goods that no order asked for, and what they mean for orders: shortfalls that are covered, packs that are held of
 * lots which may not be sold any more. Beside apply.h. */
#ifndef MEDTERM_SERVICE_GOODS_H
#define MEDTERM_SERVICE_GOODS_H

#include "apply.h"

#include <medterm/repo/settle.h>

MT_MUST enum mt_rc apply_stock(struct apply *a); /* stock.receive, stock.adjust, stock.count */
MT_MUST enum mt_rc apply_lot_quarantine(struct apply *a);
MT_MUST enum mt_rc apply_lot_recall(struct apply *a);

/* Sales of a drug that went out short in the caller's store. */
struct shortfalls {
    struct mt_repo_shortfall *rows;
    size_t count;
    int64_t gone; /* packs that have left the store: of orders that are not unpaid */
};
MT_MUST enum mt_rc shortfalls_load(struct apply *a, const char *drug_id, struct shortfalls *out);
/* Covers them from the lot, oldest first: what has gone leaves it as sold, what is promised is reserved. `free`: packs of the lot
 * that may be taken; `owed` of these are for what has gone. */
MT_MUST enum mt_rc shortfalls_cover(struct apply *a, const char *drug_id, const struct mt_lot *lot, int64_t free, int64_t owed,
                                    const struct shortfalls *s);

/* A cancelled order's: its packs never have to leave any more. line 0: of all its lines. */
MT_MUST enum mt_rc shortfalls_end(struct apply *a, const struct mt_id *order_id, int32_t line);

/* Packs that unpaid orders of the caller's store hold of the lot go over to other lots by FEFO, as far as these have free ones. */
MT_MUST enum mt_rc holdings_move(struct apply *a, const char *drug_id, const char *lot_no);
/* The same for one order, for all its packs of lots that may not be sold. What can't be moved: a client is refused, a fact leaves
 * an exception. */
MT_MUST enum mt_rc holdings_make_good(struct apply *a, const struct mt_order *o);

/* The audit row of a change of goods. */
MT_MUST enum mt_rc goods_audit(struct apply *a, const char *action, const char *entity, const char *entity_id);
/* The answer: {"stock":[…]} of these drugs, each once. */
MT_MUST enum mt_rc stock_answer(struct apply *a, const struct mt_id *drugs, size_t count);

#endif
