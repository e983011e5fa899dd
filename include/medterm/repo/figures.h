/* Sums over orders, and a payment looked at by itself. Conventions: people.h. */
#ifndef MEDTERM_REPO_FIGURES_H
#define MEDTERM_REPO_FIGURES_H

#include <medterm/db/db.h>
#include <medterm/domain/order.h>

#define MT_PAY_METHOD_COUNT 4

struct mt_repo_figure {
    int64_t count;
    struct mt_money amount;
};
/* Of a store's orders with from <= created_at < to: their totals by status, and what was paid for them and paid back (succeeded),
 * whenever that was. */
struct mt_repo_figures {
    struct mt_repo_figure orders[MT_ORDER_STATUS_COUNT]; /* by enum mt_order_status */
    struct mt_repo_figure payments[MT_PAY_METHOD_COUNT]; /* by enum mt_pay_method */
    struct mt_repo_figure refunds;
};
/* Costs in proportion to the orders of that time. */
MT_MUST enum mt_rc mt_repo_figures(struct mt_db *db, const char *store_id, mt_time from, mt_time to, struct mt_repo_figures *out,
                                   struct mt_err *err);

struct mt_repo_payment {
    struct mt_payment payment; /* reference in the arena */
    struct mt_id order_id, store_id;
    char order_no[MT_ORDER_NO_TEXT];
};
MT_MUST enum mt_rc mt_repo_payment_get(struct mt_db *db, const char *payment_id, struct mt_arena *arena,
                                       struct mt_repo_payment *out, struct mt_err *err);

#endif
