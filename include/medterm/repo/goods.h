/* Rows of the catalogue and of the stock: drugs, lots, the ledger of moves, reservations, serials. Conventions: people.h. */
#ifndef MEDTERM_REPO_GOODS_H
#define MEDTERM_REPO_GOODS_H

#include <medterm/db/db.h>
#include <medterm/domain/drug.h>
#include <medterm/domain/order.h>

MT_MUST enum mt_rc mt_repo_drug_get(struct mt_db *db, const char *drug_id, struct mt_arena *arena, struct mt_drug *out,
                                    struct mt_err *err);
MT_MUST enum mt_rc mt_repo_drug_by_code(struct mt_db *db, struct mt_sv code, struct mt_arena *arena, struct mt_drug *out,
                                        struct mt_err *err);
/* Inserts, or replaces the row of the same drug_id, with the words it is found by. */
MT_MUST enum mt_rc mt_repo_drug_put(struct mt_db *db, const struct mt_drug *drug, struct mt_err *err);

/* With q by name, then drug_id; without by drug_id. Views borrowed. */
struct mt_repo_drug_filter {
    struct mt_sv q; /* the beginnings of words of name, generic, maker, code, pinyin, spec: all of them, in any order */
    struct mt_sv after_name, after_id; /* the last one of the page before; empty: from the start */
    int64_t limit;
    int64_t look_at; /* rows to look at beyond those shown; 0: as many as a page of a list may */
};
struct mt_repo_drug_page {
    struct mt_drug *drugs; /* in the arena */
    size_t count;
    bool more; /* there may be more, behind after_name and after_id */
    const char *after_name;
    struct mt_id after_id;
};
/* What one page looks at is bounded: it may be short, or empty, and still be followed by another. */
MT_MUST enum mt_rc mt_repo_drugs(struct mt_db *db, const struct mt_repo_drug_filter *f, struct mt_arena *arena,
                                 struct mt_repo_drug_page *out, struct mt_err *err);

/* What a store has of a drug, lots by expiry (none last), then number: the order mt_stock_fefo takes. No lots is MT_OK with
 * count 0 and version 0. */
MT_MUST enum mt_rc mt_repo_stock_load(struct mt_db *db, const char *store_id, const char *drug_id, struct mt_arena *arena,
                                      struct mt_stock *out, struct mt_err *err);
/* The same without the version: for those who only take from the lots. */
MT_MUST enum mt_rc mt_repo_stock_lots(struct mt_db *db, const char *store_id, const char *drug_id, struct mt_arena *arena,
                                      struct mt_stock *out, struct mt_err *err);
/* The version rises by one. */
MT_MUST enum mt_rc mt_repo_stock_touch(struct mt_db *db, const char *store_id, const char *drug_id, struct mt_err *err);

/* Where packs are and why they move. */
struct mt_repo_packs {
    const char *store_id, *drug_id, *lot_no; /* borrowed */
    int64_t quantity;                        /* >= 1 */
    const char *order_id, *op_id;            /* "" when none; borrowed */
    int32_t line;
    mt_time at;
};
/* New packs: makes the lot when it is new. expires_on: kept when the lot already has one; MT_CONFLICT when both differ. */
MT_MUST enum mt_rc mt_repo_stock_receive(struct mt_db *db, const struct mt_repo_packs *p, struct mt_date expires_on,
                                         int64_t *on_hand, struct mt_err *err);
/* Packs of a lot that were corrected (kind "adjust") or counted ("count"), with a move; quantity may be below zero, but takes only
 * what no order holds (MT_CONFLICT). Packs that come in make the lot as receiving does. */
MT_MUST enum mt_rc mt_repo_stock_correct(struct mt_db *db, const struct mt_repo_packs *p, const char *kind,
                                         struct mt_date expires_on, struct mt_err *err);
/* Unreserved packs go out, with a move. MT_CONFLICT when the lot has too few. */
MT_MUST enum mt_rc mt_repo_stock_sell(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err);
/* Packs of an order come back, with a move. */
MT_MUST enum mt_rc mt_repo_stock_restock(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err);
/* Packs of an order that the customer had come back, with a move. */
MT_MUST enum mt_rc mt_repo_stock_return(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err);
/* Makes a lot without packs, in quarantine, or recalled when it is; one that stands already is left as it is. */
MT_MUST enum mt_rc mt_repo_lot_quarantined(struct mt_db *db, const char *store_id, const char *drug_id, const char *lot_no,
                                           struct mt_date expires_on, struct mt_err *err);
/* The line's lot (mt_repo_item_lot_insert) stands already. Packs that the line holds of the lot already become more. */
MT_MUST enum mt_rc mt_repo_stock_reserve(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err);

struct mt_repo_held {
    struct mt_id drug_id;
    const char *lot_no;
    int32_t line;
    int64_t quantity;
};
MT_MUST enum mt_rc mt_repo_reservations_held(struct mt_db *db, const char *order_id, struct mt_arena *arena,
                                             struct mt_repo_held **out, size_t *count, struct mt_err *err);
/* Ends one held reservation: the packs go out with a move, or become free again. MT_CONFLICT when it has ended before. */
MT_MUST enum mt_rc mt_repo_reservation_reduce(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_reservation_release(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err);

/* The order holds fewer packs of the lot, in the reservation, in the line's lot and in the lot itself; the last ones take the rows
 * with them. MT_CONFLICT when it does not hold that many. */
MT_MUST enum mt_rc mt_repo_reservation_shrink(struct mt_db *db, const struct mt_repo_packs *p, struct mt_err *err);

/* Recalls hold in all stores, and for packs that customers bring back ("L1 returned"). A second one of the same lot is no change.
 */
MT_MUST enum mt_rc mt_repo_recall_insert(struct mt_db *db, const char *drug_id, const char *lot_no, const char *reason,
                                         const char *op_id, mt_time at, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_lot_recalled(struct mt_db *db, const char *drug_id, const char *lot_no, bool *recalled,
                                        struct mt_err *err);
struct mt_repo_lot_at {
    struct mt_id store_id;
    const char *lot_no; /* in the arena */
};
/* Lots a recall is about that do not say so yet, by store. */
MT_MUST enum mt_rc mt_repo_lots_to_recall(struct mt_db *db, const char *drug_id, const char *lot_no, struct mt_arena *arena,
                                          struct mt_repo_lot_at **out, size_t *count, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_lot_state(struct mt_db *db, const char *store_id, const char *drug_id, const char *lot_no,
                                     enum mt_lot_state state, struct mt_err *err);
/* Unpaid orders that hold packs of the lot, oldest reservation first. */
MT_MUST enum mt_rc mt_repo_orders_holding(struct mt_db *db, const char *store_id, const char *drug_id, const char *lot_no,
                                          struct mt_arena *arena, struct mt_id **out, size_t *count, struct mt_err *err);

/* *taken is false when the serial was sold before. */
MT_MUST enum mt_rc mt_repo_serial_take(struct mt_db *db, const char *drug_id, const char *serial, const char *order_id,
                                       int32_t line, bool *taken, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_serials_free(struct mt_db *db, const char *order_id, struct mt_err *err);
MT_MUST enum mt_rc mt_repo_serials_free_line(struct mt_db *db, const char *order_id, int32_t line, struct mt_err *err);

#endif
