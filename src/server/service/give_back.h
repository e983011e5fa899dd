/* Money and goods that go back: what the files about them share, beside apply.h. */
#ifndef MEDTERM_SERVICE_GIVE_BACK_H
#define MEDTERM_SERVICE_GIVE_BACK_H

#include "apply.h"

#include <medterm/repo/money.h>

/* The reason of cancelling what was not paid in time. */
#define EXPIRED "expired"

MT_MUST enum mt_rc apply_refund(struct apply *a); /* refund.record and refund.start */
MT_MUST enum mt_rc apply_return(struct apply *a);
MT_MUST enum mt_rc apply_payment_start(struct apply *a);
MT_MUST enum mt_rc apply_payment_cancel(struct apply *a);

/* Refuses a request that came later than `valid_for` seconds after it was asked for (0: it never lapses), by the sender's own
 * clock: how old it was when it was sent. Facts do not lapse. */
MT_MUST enum mt_rc demand_fresh(struct apply *a, int64_t valid_for);

/* Cancels an order that can be: its goods come back, its money stays where it is. */
MT_MUST enum mt_rc order_cancelled(struct apply *a, struct mt_order *o, mt_time at, const char *note);

/* Money of an order and what of it went back, payment by payment. */
struct refunds {
    const struct mt_order *order; /* borrowed */
    struct mt_repo_refund *rows;  /* those that failed are left out of the sums */
    size_t count;
};
MT_MUST enum mt_rc refunds_load(struct apply *a, const struct mt_order *o, struct refunds *out);
/* What can still go back: captured and not paid back yet, never below zero. */
MT_MUST enum mt_rc refunds_left(const struct refunds *r, struct mt_money *left);
MT_MUST enum mt_rc refunds_left_of(const struct refunds *r, const struct mt_payment *p, struct mt_money *left);
/* A refund over the counter: its row, and the order's sum (the order's own row is the caller's to write). */
MT_MUST enum mt_rc refund_given(struct apply *a, struct mt_order *o, const struct mt_id *refund_id, const struct mt_id *payment_id,
                                struct mt_money amount, const char *reason, mt_time at);
/* Money that the order holds: paid and not refunded, never below zero. */
MT_MUST enum mt_rc money_held(const struct mt_order *o, struct mt_money *held);

/* Packs of an order that came back before. line and lot_no: of which line (0: none matches), of which lot (NULL: of all). */
struct returns {
    struct mt_repo_return_line *rows;
    size_t count;
};
MT_MUST enum mt_rc returns_load(struct apply *a, const struct mt_order *o, struct returns *out);
int64_t returns_of(const struct returns *r, int32_t line, const char *lot_no);

/* What a cancelled order had taken comes back, apart from what was returned before; shortfalls of packs that need not leave any
 * more end. */
MT_MUST enum mt_rc stock_restock(struct apply *a, const struct mt_order *o);
/* The drug's stock has a new version, for the feed. */
MT_MUST enum mt_rc stock_touched(struct apply *a, const char *drug_id);

#endif
