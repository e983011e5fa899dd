/* register.db: what a till must not lose. Identity, enrolment, the outbox, orders taken here, the cart, staff,
 * the PIN counter, settings and the audit. One connection, one thread. Everything is committed with
 * synchronous=FULL; what mt_register_commit has returned MT_OK for is saved, and only then may anything say so.
 * No function here deletes an operation or an order. */
#ifndef MEDTERM_STORE_REGISTER_H
#define MEDTERM_STORE_REGISTER_H

#include <medterm/base/ports.h>
#include <medterm/wire/order.h>
#include <medterm/wire/push.h>

struct mt_register;

struct mt_register_options {
    const char *dir; /* state directory; must exist (store/files.h makes it) */
    const char *vfs; /* NULL: the system's; the simulator names its own */
    bool read_only;  /* reading commands; takes no lock */
    bool lock;       /* refuse (MT_BUSY) when another program works on this directory */
    struct mt_clock clock;
    struct mt_random random;
};
/* Errors in words: MT_BUSY another till is open here; MT_CORRUPT (the file was copied aside, nothing is deleted);
 * MT_NEWER; MT_READONLY; MT_FULL; MT_NOTFOUND when reading and there is no file. */
MT_MUST enum mt_rc mt_register_open(const struct mt_register_options *o, struct mt_register **out, struct mt_err *err);
void mt_register_close(struct mt_register *r); /* NULL is fine */

/* 64 hex digits made when the file was; with the machine's id it gives the instance_id. Borrowed. */
const char *mt_register_secret(const struct mt_register *r);

/* Enrolment. A lane is one numbering of operations: a register_id. */
#define MT_URL_TEXT 512
struct mt_enrolled {
    char url[MT_URL_TEXT];
    struct mt_register_info info; /* token, codes, store, currency; epoch: the last one answered */
    int64_t lane;
    bool frozen;   /* this file was copied: nothing more is sent on this lane */
    char why[256]; /* words for frozen, cut to fit */
};
/* NULL when not enrolled. Borrowed until the next enrol, answer or freeze. */
const struct mt_enrolled *mt_register_enrolled(const struct mt_register *r);
/* The same register_id, or the same code in the same store, keeps its lane. Another one starts a new lane, and what the old lane
 * has not got answered is put into the new one as salvage operations, in the same transaction. */
MT_MUST enum mt_rc mt_register_enrol(struct mt_register *r, const char *url, const struct mt_register_info *info,
                                     struct mt_err *err);

/* Commit: one transaction takes the next order number (order.create) and the next sequence, prints the canonical
 * bytes, writes outbox row, local order, sold counts and audit, and empties the cart. Nothing remains when it fails. */
struct mt_commit {
    struct mt_op *op;            /* kind, staff_id and body given. Filled in when empty: op_id, at, order_id, order_no,
                                    payment ids; always filled: register_seq, fact. Items may carry drug_name and drug_spec
                                    for the local order. */
    const struct mt_order *base; /* advance, cancel, payment: the order as last seen (mt_order_pick); NULL for order.create */
    bool offline;                /* the line was down: marks the receipt and taken_offline */
    bool clear_cart;             /* the sale came from the journaled cart */
};
/* *order (owned by the arena, may be NULL): the order as saved here. MT_INVALID: the operation breaks a rule, err says which. */
MT_MUST enum mt_rc mt_register_commit(struct mt_register *r, const struct mt_commit *c, struct mt_arena *arena,
                                      struct mt_order *order, struct mt_err *err);
/* The number the next sale will probably take. */
MT_MUST enum mt_rc mt_register_next_order(struct mt_register *r, int64_t *sequence, struct mt_err *err);

/* Outbox. X(symbol, name in the file and for people) */
#define MT_OUTBOX_TABLE(X)                                                                                                         \
    X(MT_OUT_WAITING, "waiting") /* not answered */                                                                                \
    X(MT_OUT_APPLIED, "applied")                                                                                                   \
    X(MT_OUT_REFUSED, "refused")         /* needs attention */                                                                     \
    X(MT_OUT_QUARANTINED, "quarantined") /* stored at the service, not applied; needs attention */                                 \
    X(MT_OUT_FROZEN, "frozen")           /* unanswered on a frozen lane */                                                         \
    X(MT_OUT_SETTLED, "settled")         /* was refused or quarantined, and a person has settled it */
enum mt_outbox_state {
#define MT_X(symbol, name) symbol,
    MT_OUTBOX_TABLE(MT_X)
#undef MT_X
};
const char *mt_outbox_state_name(enum mt_outbox_state s);

struct mt_outbox_sum {
    int64_t unsent;        /* waiting, and frozen ones not salvaged */
    int64_t waiting;       /* of this lane */
    mt_time oldest_unsent; /* 0: none */
    int64_t attention;
    int64_t last_seq;  /* of this lane, 0: none */
    int64_t acked_seq; /* last answered one below which all are answered; 0: none */
    struct mt_id acked_op_id;
    char acked_epoch[MT_ID_TEXT]; /* of its answer */
};
MT_MUST enum mt_rc mt_register_sum(struct mt_register *r, struct mt_outbox_sum *out, struct mt_err *err);

struct mt_outbox_op {
    int64_t lane, seq;
    struct mt_id op_id, order_id;
    enum mt_op_kind kind;
    enum mt_outbox_state state;
    struct mt_sv bytes; /* canonical */
    const char *order_no;
    mt_time at, answered_at;
    int64_t attempts;
    const char *words;            /* last answer for a person, "" when none */
    struct mt_sv result, problem; /* JSON or empty */
    bool has_outcome;             /* it was answered once; also true while it waits again after a restore */
    bool settled;                 /* a person has settled it; also true while it waits again after a restore */
    enum mt_outcome outcome;
    const char *answered_epoch; /* "" when never */
};
/* The next operations to push, in order: at most max_ops and max_bytes, but one at least when one waits. */
MT_MUST enum mt_rc mt_register_batch(struct mt_register *r, size_t max_ops, size_t max_bytes, struct mt_arena *arena,
                                     struct mt_outbox_op **ops, size_t *count, struct mt_err *err);
/* A try on seq first..last of this lane ended without an answer; words say how. */
MT_MUST enum mt_rc mt_register_tried(struct mt_register *r, int64_t first, int64_t last, const char *words, struct mt_err *err);
/* Answers, already matched: states, results, local orders and the epoch in one transaction. */
MT_MUST enum mt_rc mt_register_answered(struct mt_register *r, const struct mt_push_result *results, size_t count,
                                        const char *epoch, struct mt_err *err);
/* The service knows nothing beyond last_seq: answered operations above it wait again, with their answers kept. *count how many.
 * What a person has settled is settled again when it is not applied this time either. */
MT_MUST enum mt_rc mt_register_reopen(struct mt_register *r, int64_t last_seq, int64_t *count, struct mt_err *err);
/* What the service keeps in quarantine waits again, to be asked for its answer: it may have one by now. *count how many. */
MT_MUST enum mt_rc mt_register_ask_again(struct mt_register *r, int64_t *count, struct mt_err *err);
MT_MUST enum mt_rc mt_register_freeze(struct mt_register *r, const char *why, struct mt_err *err);
/* Sends the operation as void from now on, with its op_id and sequence; the original bytes stay. */
MT_MUST enum mt_rc mt_register_void(struct mt_register *r, int64_t seq, const char *reason, struct mt_err *err);
/* Needs attention, of this lane or an older one: seen and settled (leaves the list, stays in the file). MT_NOTFOUND when seq needs
 * none. */
MT_MUST enum mt_rc mt_register_settle(struct mt_register *r, int64_t seq, const char *staff_id, struct mt_err *err);
/* A new operation with the body of a refused one, of this lane or an older one; the refused one is settled in the same transaction.
 * MT_DENIED for one in quarantine: the service has it, and applies it by itself. */
MT_MUST enum mt_rc mt_register_again(struct mt_register *r, int64_t seq, const char *staff_id, struct mt_err *err);

enum mt_outbox_pick { MT_PICK_OPEN /* unsent and needs attention */, MT_PICK_UNSENT, MT_PICK_ALL };
/* By lane and sequence; at most `limit` (0: all). */
MT_MUST enum mt_rc mt_register_outbox(struct mt_register *r, enum mt_outbox_pick pick, size_t limit, struct mt_arena *arena,
                                      struct mt_outbox_op **ops, size_t *count, struct mt_err *err);

/* Orders taken or touched here: the service's last word with what waits laid over it. */
struct mt_local_order {
    struct mt_order order;
    bool own;               /* taken at this register */
    int64_t unsent;         /* operations on it not yet answered */
    bool refused;           /* its order.create was refused */
    char epoch[MT_ID_TEXT]; /* of the version; "" when known only here */
};
MT_MUST enum mt_rc mt_register_order(struct mt_register *r, const char *order_no, struct mt_arena *arena,
                                     struct mt_local_order *out, struct mt_err *err);
/* Which orders of a list. */
enum mt_orders_wanted {
    MT_ORDERS_ALL,
    MT_ORDERS_OPEN,   /* not completed, not cancelled */
    MT_ORDERS_STATUS, /* in that one status */
};
/* Newest first, at most limit; `status` for MT_ORDERS_STATUS only. */
MT_MUST enum mt_rc mt_register_orders(struct mt_register *r, enum mt_orders_wanted wanted, enum mt_order_status status,
                                      size_t limit, struct mt_arena *arena, struct mt_local_order **out, size_t *count,
                                      struct mt_err *err);
/* Packs of the drug in operations not yet answered: what the shown stock is lowered by. */
MT_MUST enum mt_rc mt_register_unsynced(struct mt_register *r, const struct mt_id *drug_id, int64_t *packs, struct mt_err *err);
/* Packs sold here by drug, for the ranking of the search; the whole list. */
struct mt_sold {
    struct mt_id drug_id;
    int64_t packs;
};
MT_MUST enum mt_rc mt_register_sold_one(struct mt_register *r, const struct mt_id *drug_id, int64_t *packs, struct mt_err *err);
MT_MUST enum mt_rc mt_register_sold(struct mt_register *r, struct mt_arena *arena, struct mt_sold **out, size_t *count,
                                    struct mt_err *err);

#endif
