/* Rows of orders, their lines, lots and payments. Conventions: people.h. */
#ifndef MEDTERM_REPO_ORDERS_H
#define MEDTERM_REPO_ORDERS_H

#include <medterm/db/db.h>
#include <medterm/domain/order.h>

/* What an order's row keeps beside the order itself. */
struct mt_repo_order_extra {
    struct mt_id register_id, create_op_id, approved_by;
    const char *prescription, *buyer_id_no;
};
/* The order with its items; lots and payments are put one by one. */
MT_MUST enum mt_rc mt_repo_order_insert(struct mt_db *db, const struct mt_order *o, const struct mt_repo_order_extra *extra,
                                        struct mt_err *err);
/* More packs of a lot that the line has already are added to them. */
MT_MUST enum mt_rc mt_repo_item_lot_insert(struct mt_db *db, const char *order_id, int32_t line, const struct mt_lot_taken *lot,
                                           struct mt_err *err);
MT_MUST enum mt_rc mt_repo_payment_insert(struct mt_db *db, const char *order_id, const struct mt_payment *p, const char *op_id,
                                          mt_time now, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_payment_exists(struct mt_db *db, const char *payment_id, bool *exists, struct mt_err *err);
/* Status, version, sums and timestamps; MT_STALE unless the row stands at o->version - 1. */
MT_MUST enum mt_rc mt_repo_order_update(struct mt_db *db, const struct mt_order *o, struct mt_err *err);

/* Whole orders: items with lots, payments, open exceptions. */
MT_MUST enum mt_rc mt_repo_order_load(struct mt_db *db, const char *order_id, struct mt_arena *arena, struct mt_order *out,
                                      struct mt_err *err);
MT_MUST enum mt_rc mt_repo_order_by_no(struct mt_db *db, struct mt_sv order_no, struct mt_arena *arena, struct mt_order *out,
                                       struct mt_err *err);

/* Whether an order has the id or the number. */
MT_MUST enum mt_rc mt_repo_order_known(struct mt_db *db, const char *order_id, const char *order_no, bool *known,
                                       struct mt_err *err);

/* Newest first. Views borrowed; an empty one does not filter. */
struct mt_repo_order_filter {
    struct mt_sv store_id, status, user_id, user_phone, register_code;
    struct mt_sv q; /* a number, whole or its sequence; the beginnings of words of the patient's name; the last digits (four or
                       more) of the patient's telephone; a drug's code, or the beginnings of words of its name (50 drugs at most) */
    bool has_from, has_to, has_after;
    mt_time from, to;   /* from <= created_at < to */
    mt_time after_time; /* the last row of the page before */
    struct mt_sv after_id;
    int64_t limit;
};
/* Summaries: no items, payments or exceptions. */
struct mt_repo_order_page {
    struct mt_order *orders; /* in the arena */
    size_t count;
    bool more; /* there may be more, behind these */
    mt_time after_time;
    struct mt_id after_id;
};
/* What one page looks at is bounded: it may be short, or empty, and still be followed by another. */
MT_MUST enum mt_rc mt_repo_order_list(struct mt_db *db, const struct mt_repo_order_filter *f, struct mt_arena *arena,
                                      struct mt_repo_order_page *out, struct mt_err *err);

#endif
