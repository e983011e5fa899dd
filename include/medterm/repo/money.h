/* Rows of money and goods that went back: refunds and what they were for, returned packs. Conventions: people.h. */
#ifndef MEDTERM_REPO_MONEY_H
#define MEDTERM_REPO_MONEY_H

#include <medterm/db/db.h>
#include <medterm/domain/order.h>

/* An unpaid order of a REST client that nothing speaks for: it holds no money, no payment of it is under way, and no operation on
 * it waits. */
struct mt_repo_unpaid {
    struct mt_id order_id, register_id;
    char order_no[MT_ORDER_NO_TEXT];
};
/* Those made at `until` or before, oldest first, at most `limit`. */
MT_MUST enum mt_rc mt_repo_unpaid_of_clients(struct mt_db *db, mt_time until, int64_t limit, struct mt_arena *arena,
                                             struct mt_repo_unpaid **out, size_t *count, struct mt_err *err);

struct mt_repo_refund {
    struct mt_id refund_id, payment_id, order_id, op_id;
    struct mt_money amount;
    enum mt_pay_status status; /* created, pending, succeeded or failed */
    const char *reason;
    mt_time at; /* in the world */
    mt_time created_at;
};
MT_MUST enum mt_rc mt_repo_refund_insert(struct mt_db *db, const struct mt_repo_refund *r, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_refund_exists(struct mt_db *db, const char *refund_id, bool *exists, struct mt_err *err);
/* What was paid back of a payment, or for an order; oldest first. None is MT_OK with count 0. */
MT_MUST enum mt_rc mt_repo_refunds_of_payment(struct mt_db *db, const char *payment_id, struct mt_arena *arena,
                                              struct mt_repo_refund **out, size_t *count, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_refunds_of_order(struct mt_db *db, const char *order_id, struct mt_arena *arena,
                                            struct mt_repo_refund **out, size_t *count, struct mt_err *err);

/* How many packs of an order's line a refund was for. */
MT_MUST enum mt_rc mt_repo_refund_line_insert(struct mt_db *db, const char *refund_id, int32_t line, int64_t quantity,
                                              struct mt_err *err);
/* packs[i]: of line i + 1, over all refunds of the order; lines beyond count are not looked at. */
MT_MUST enum mt_rc mt_repo_refunded_packs(struct mt_db *db, const char *order_id, int64_t *packs, size_t count, struct mt_err *err);

/* Packs of one lot of one line that came back. */
struct mt_repo_return_line {
    struct mt_id return_id, order_id, op_id;
    int32_t line;
    const char *lot_no; /* the one they were sold from; "" when it is not known */
    int64_t quantity;
    bool quarantine; /* they went there, not to the shelf */
    const char *reason;
    mt_time at; /* in the world */
    mt_time created_at;
};
MT_MUST enum mt_rc mt_repo_return_line_insert(struct mt_db *db, const struct mt_repo_return_line *r, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_return_exists(struct mt_db *db, const char *return_id, bool *exists, struct mt_err *err);
/* All of an order by line and lot; texts in the arena. */
MT_MUST enum mt_rc mt_repo_returns_of_order(struct mt_db *db, const char *order_id, struct mt_arena *arena,
                                            struct mt_repo_return_line **out, size_t *count, struct mt_err *err);

#endif
