/* What an operation came to in an earlier epoch, before the service was put back to an older state. It has been acted on, so it
 * stands: applied is applied as a fact, refused is recorded as refused. Tills come back in any order, so the operations of two of
 * them on one order may come in another order than they first did; the answer an operation had then, the order as it left it, says
 * what had happened before it. */
#ifndef MEDTERM_SERVICE_PRIOR_H
#define MEDTERM_SERVICE_PRIOR_H

#include "apply.h"

/* Reads what the till says of it; nothing when it was answered in this epoch. */
MT_MUST enum mt_rc prior_heed(struct apply *a, const struct mt_push_op *p, const char *epoch);
/* Writes it beside an operation that goes to quarantine, and reads it back when that is tried again. */
MT_MUST enum mt_rc prior_keep(struct apply *a);
MT_MUST enum mt_rc prior_recall(struct apply *a);

/* Brings the order to where the operation found it, as far as that is known: an order that had been cancelled is cancelled first.
 * Money it had and that nobody has brought again is waited for: going_on() is false then. *o is the order as it stands afterwards.
 */
MT_MUST enum mt_rc prior_meet(struct apply *a, struct mt_order *o);
/* Whether the order has the payment. */
bool prior_has(const struct mt_order *o, const struct mt_id *payment_id);
/* Whether the order, as the operation left it then, had been taken to that status or beyond. False without an earlier answer. */
bool prior_reached(const struct apply *a, enum mt_order_status status);
/* What an order.advance to that status did then: the order as it left it has the time of the one that moved it. */
enum prior_move {
    PRIOR_UNKNOWN,
    PRIOR_MOVED,    /* it moved the order */
    PRIOR_REPEATED, /* the order had been moved there before */
    PRIOR_HELD_UP   /* the order could not be moved there: a person was told */
};
enum prior_move prior_move(const struct apply *a, enum mt_order_status to);

#endif
