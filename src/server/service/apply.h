/* One operation while it is applied: what the apply functions read and what they decide.
 *
 * An apply function returns MT_OK with outcome set (applied unless it says otherwise). When it refuses or sets aside,
 * everything it wrote is undone by the caller. Any other code is a fault: of ours (the operation goes to quarantine), or of
 * the disk (the batch fails). */
#ifndef MEDTERM_SERVICE_APPLY_H
#define MEDTERM_SERVICE_APPLY_H

#include "core.h"

struct apply {
    struct mt_session *x;
    struct mt_db *db;             /* x's, for short */
    struct mt_arena *arena;       /* x's scratch */
    struct mt_repo_register lane; /* whose operation it is */
    const struct mt_op *op;
    bool fact;
    bool revived;                      /* a refused create that a later fact brings to life */
    bool offline;                      /* it waited before it was sent */
    bool clock_wrong;                  /* by what the sender said of the time */
    bool prior_applied, prior_refused; /* its outcome in an earlier epoch (prior.h) */
    const struct mt_order *prior;      /* the order as it left it then; NULL: not known */
    struct mt_sv prior_result;         /* its answer then, JSON; empty: none */
    const struct mt_push_op *pushed;   /* that says so; NULL: nothing does */
    const char *printed_no;            /* an order.create under a number of the service's: the one on paper; NULL: none */
    mt_time now;
    mt_time sent_at;                    /* by the sender's clock; 0: it was not sent now */
    struct mt_repo_operation *row;      /* its place in the log, borrowed */
    enum mt_rc (*log)(struct apply *a); /* writes the row */
    struct mt_buf result, said;         /* the answer's JSON: what it changed (left empty: the order), or the problem */
    /* out */
    enum mt_outcome outcome;
    const char *waits;                /* of a quarantined one: "version" "order" "operation" "person" */
    enum mt_exception_kind exception; /* of a quarantined one */
    struct mt_problem *problem;
    struct mt_id order_id;       /* the order it changed, "" when none */
    struct mt_id freed;          /* an order whose waiting operations may go on, "" when none */
    const struct mt_order *made; /* the order it made, as the rows say it; NULL: read it */
    bool told;                   /* it opened an exception */
    int64_t went_out_short;      /* lines that opened a stock_shortfall */
    struct mt_err err;
};

/* notify.c: queues the status change for those who want to be told. */
MT_MUST enum mt_rc notify_order(struct apply *a, const struct mt_order *o, const char *from, const char *to, int64_t version,
                                mt_time at);
/* count.c: the operation is decided and its savepoint stands. */
void count_operation(struct apply *a);

/* The table of kinds: NULL for one that is not applied. */
typedef enum mt_rc (*apply_fn)(struct apply *a);
apply_fn apply_of(enum mt_op_kind kind);

MT_MUST enum mt_rc apply_order_create(struct apply *a);
MT_MUST enum mt_rc apply_order_advance(struct apply *a);
MT_MUST enum mt_rc apply_order_cancel(struct apply *a);
MT_MUST enum mt_rc apply_payment_record(struct apply *a);
MT_MUST enum mt_rc apply_void(struct apply *a);
MT_MUST enum mt_rc apply_salvage(struct apply *a);

/* Decisions; they return MT_OK so that an apply function can return them. */
enum mt_rc refuse(struct apply *a, enum mt_problem_code code, const char *format, ...) MT_PRINTF(3, 4);
enum mt_rc refuse_field(struct apply *a, enum mt_problem_code code, const char *field, const char *format, ...) MT_PRINTF(4, 5);
enum mt_rc set_aside(struct apply *a, const char *waits, enum mt_problem_code code, const char *format, ...) MT_PRINTF(4, 5);
/* For money that would bring an order's sums beyond MT_MONEY_MAX: a client is refused, what a till tells waits for a person. */
enum mt_rc uncountable(struct apply *a);
static inline bool going_on(const struct apply *a) {
    return a->outcome == MT_APPLIED;
}

/* Whether who sent it has the right: a client by its role, a register's staff by theirs. A request without it is refused, a fact
 * leaves an exception (o may be NULL) and goes on. */
MT_MUST enum mt_rc demand_right(struct apply *a, enum mt_right right, const struct mt_order *o);

/* Loads the order the operation names, after the checks all of them share: it exists in this store (a fact may revive a refused
 * one), and number and id belong together. Without it the decision is made: going_on() is false. */
MT_MUST enum mt_rc find_order(struct apply *a, const struct mt_id *order_id, const char *order_no, struct mt_order *out);

/* Order changes, each with its row, event and audit. `at`: when it happened in the world. */
void order_step(struct mt_order *o, enum mt_order_status to, mt_time at, mt_time now);
MT_MUST enum mt_rc order_moved(struct apply *a, struct mt_order *o, enum mt_order_status to, mt_time at, const char *note);
/* A new version without a new status: kind "payment" or "exception". */
MT_MUST enum mt_rc order_noted(struct apply *a, struct mt_order *o, const char *kind, const char *note);
MT_MUST enum mt_rc order_event(struct apply *a, const struct mt_order *o, const char *kind, const char *from, const char *to,
                               int64_t version, mt_time at, const char *note);
/* Opens an exception; o, drug_id may be NULL. line 0: none. */
MT_MUST enum mt_rc open_exception(struct apply *a, enum mt_exception_kind kind, const struct mt_order *o,
                                  const struct mt_id *drug_id, int32_t line, int64_t quantity, const char *format, ...)
    MT_PRINTF(7, 8);

/* Makes a payment a captured one of this operation, with its change; *exists when its id is recorded already. */
MT_MUST enum mt_rc captured(struct apply *a, struct mt_payment *p, bool *exists);

/* Stock of one line: takes the lots it needs, scanned ones first, and reserves or sells them. A request that can not be
 * covered is refused; a fact leaves an exception. The order's rows stand already; the item gets the lots. */
enum stock_mode { STOCK_RESERVE, STOCK_SELL };
MT_MUST enum mt_rc stock_take_line(struct apply *a, const struct mt_order *o, struct mt_order_item *item, enum stock_mode mode);
/* All held reservations of the order end: sold, or free again. */
MT_MUST enum mt_rc stock_reduce_held(struct apply *a, const struct mt_order *o);
MT_MUST enum mt_rc stock_release_held(struct apply *a, const struct mt_order *o);

#endif
