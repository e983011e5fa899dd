/* What the till asks of the world, as data, and what comes back. update(model, message) -> effects; the app runs
 * them and answers by message. All pointers in an effect are borrowed from the model until the next update; all
 * pointers in a message are borrowed by update for the call and copied where they are kept. */
#ifndef MEDTERM_TILL_EFFECT_H
#define MEDTERM_TILL_EFFECT_H

#include <medterm/domain/change.h>
#include <medterm/domain/rx.h>
#include <medterm/domain/scan.h>

/* A drug as the till shows it: the catalogue's row and what is free here (cached stock minus own unsynced lines). */
struct mt_found {
    struct mt_drug drug;
    int64_t free;                /* packs; may be negative when more was sold than stock shows */
    struct mt_date first_expiry; /* of the lot FEFO would take; MT_NO_DATE when none */
    int64_t expired;             /* packs on hand that are past their expiry day, so not in free */
};

/* One line of the cart as it is journaled. */
struct mt_cart_line {
    struct mt_drug drug; /* as shown when it was added; the price is the one shown */
    int64_t quantity;
    const struct mt_pack *packs; /* scanned lots and serials */
    size_t pack_count;
};
/* What the cart knows beside its lines. Texts "" when not given. */
struct mt_cart_head {
    const char *user_name, *user_phone, *doctor_name, *buyer_id_no, *prescription, *address_detail, *remark;
    enum mt_fulfilment fulfilment;
};

enum mt_effect_kind {
    MT_EFFECT_SEARCH, /* text, generation, limit -> MT_MSG_FOUND */
    MT_EFFECT_LOOKUP, /* scan, generation -> MT_MSG_LOOKED_UP */
    /* The four of the cart are answered by MT_MSG_NOT_KEPT when they fail, by nothing otherwise. */
    MT_EFFECT_CART_LINE,  /* journal line (index, cart line) at once, before the screen shows it as safe */
    MT_EFFECT_CART_CUT,   /* remove journaled line index; later ones move up */
    MT_EFFECT_CART_HEAD,  /* journal the head */
    MT_EFFECT_CART_CLEAR, /* the cart was thrown away by its owner */
    MT_EFFECT_COMMIT,     /* op: commit to the outbox with its local effect -> MT_MSG_COMMITTED. For order.create op_id, seq, at,
                             order_id, order_no, payment ids are filled by the app; the journaled cart is cleared in the same
                             transaction.     For the other kinds the app fills op_id, seq, at, payment_id, and order_id from order_no
                             when     it is "" */
    MT_EFFECT_PRINT,      /* receipt of order_no (copy: marked COPY) -> MT_MSG_PRINTED */
    MT_EFFECT_LOAD_BOARD, /* -> MT_MSG_BOARD */
    MT_EFFECT_LOAD_ORDER, /* order_no -> MT_MSG_ORDER */
    MT_EFFECT_LOAD_SYNC,  /* -> MT_MSG_SYNC */
    MT_EFFECT_SYNC_NOW,   /* try at once whatever the back-off says */
    MT_EFFECT_SETTLE, /* seq of a needs-attention item, settle, order_no: what a person calls it -> MT_MSG_SETTLED, MT_MSG_SYNC */
    MT_EFFECT_CHECK_PIN, /* text: the PIN (wiped by the app) -> MT_MSG_PIN */
    MT_EFFECT_SIGN_OUT,
    MT_EFFECT_ENROL,  /* text: server URL, text2: code -> MT_MSG_ENROLLED */
    MT_EFFECT_EXPORT, /* write the outbox to a file -> MT_MSG_EXPORTED */
    MT_EFFECT_BELL,
    MT_EFFECT_QUIT
};
enum mt_settle {
    MT_SETTLE_AGAIN /* a new operation with the same body */,
    MT_SETTLE_DROP /* seen and settled: leaves the list, stays in the log */
};

struct mt_effect {
    enum mt_effect_kind kind;
    uint64_t generation;
    const char *text, *text2;
    int limit;
    struct mt_scan scan;
    size_t index;
    const struct mt_cart_line *line;
    const struct mt_cart_head *head;
    const struct mt_op *op;
    const char *order_no;
    bool copy;
    int64_t seq;
    enum mt_settle settle;
};
#define MT_EFFECTS_MAX 16
struct mt_effects {
    struct mt_effect at[MT_EFFECTS_MAX];
    size_t count;
};

enum mt_link { MT_LINK_OFFLINE, MT_LINK_CONNECTING, MT_LINK_ONLINE };
/* What line 1 and the Sync screen say of the line. */
struct mt_link_state {
    enum mt_link link;
    mt_time since;        /* offline since */
    mt_time last_contact; /* 0: never */
    int64_t unsent;
    mt_time oldest_unsent; /* 0: none */
    int64_t attention;
    bool frozen;          /* the lane is frozen: this till was copied */
    bool paused;          /* 401: the token is not accepted */
    const char *why;      /* words for frozen, paused or offline; "" otherwise */
    int64_t skew_ms;      /* service clock - ours */
    mt_time service_time; /* the service's clock when it last told it; 0: never */
    int64_t catalogue;    /* packs in the cache */
    bool filling;         /* the first fill runs */
};

/* One row of the Sync screen. */
struct mt_outbox_row {
    int64_t seq;
    enum mt_op_kind kind;
    const char *order_no;
    mt_time at;
    int attempts;
    const char *state; /* "waiting", "refused", "quarantined", "frozen" */
    const char *why;   /* last answer in words, "" when none */
};

/* One order on the board. */
struct mt_board_row {
    const char *order_no, *who; /* who: patient's name, or "Walk-in" */
    enum mt_order_status status;
    int64_t version, packs, lines;
    mt_time since;      /* when it reached this status */
    bool own, unsynced; /* taken at this register; has operations not yet answered */
};

enum mt_msg_kind {
    MT_MSG_START,  /* after the app has opened its files: store, register, cart and enrolled are given */
    MT_MSG_ACTION, /* an action of the screen's key table */
    MT_MSG_TEXT,   /* typed text; mono says when, so a scanner's burst can be told from a hand */
    MT_MSG_PASTE,  /* pasted text: never triggers an action */
    MT_MSG_TICK,   /* clock, at most once a second */
    MT_MSG_LINK,
    MT_MSG_FOUND,
    MT_MSG_LOOKED_UP,
    MT_MSG_COMMITTED,
    MT_MSG_PRINTED,
    MT_MSG_BOARD,
    MT_MSG_ORDER,
    MT_MSG_SYNC,
    MT_MSG_PIN,
    MT_MSG_ENROLLED,
    MT_MSG_EXPORTED,
    MT_MSG_SETTLED,
    MT_MSG_NOT_KEPT, /* a change of the cart could not be journaled: rc, text */
    MT_MSG_STAFF,    /* who is signed in, as the service has them now: staff */
    MT_MSG_REFUSED   /* an operation of ours was refused just now: order_no, text says why */
};

/* What an action does; the screens' key tables name them, update knows them. X(symbol, help line) */
#define MT_ACTION_TABLE(X)                                                                                                         \
    X(MT_ACT_NONE, "")                                                                                                             \
    X(MT_ACT_HELP, "Show all keys of this screen")                                                                                 \
    X(MT_ACT_NEW, "New order")                                                                                                     \
    X(MT_ACT_CUSTOMER, "Customer, prescriber and delivery")                                                                        \
    X(MT_ACT_PAY, "Take payment")                                                                                                  \
    X(MT_ACT_FULFIL, "Fulfilment board")                                                                                           \
    X(MT_ACT_SYNC, "Unsent operations and needs attention")                                                                        \
    X(MT_ACT_LOCK, "Lock, switch staff")                                                                                           \
    X(MT_ACT_ENTER, "Confirm")                                                                                                     \
    X(MT_ACT_BACK, "One step back")                                                                                                \
    X(MT_ACT_UP, "Choose a line")                                                                                                  \
    X(MT_ACT_DOWN, "Down")                                                                                                         \
    X(MT_ACT_PAGE_UP, "A page up")                                                                                                 \
    X(MT_ACT_PAGE_DOWN, "A page down")                                                                                             \
    X(MT_ACT_LEFT, "Left")                                                                                                         \
    X(MT_ACT_RIGHT, "Right")                                                                                                       \
    X(MT_ACT_HOME, "To the start")                                                                                                 \
    X(MT_ACT_END, "To the end")                                                                                                    \
    X(MT_ACT_RUBOUT, "Delete the character before")                                                                                \
    X(MT_ACT_DELETE, "Delete the line or character")                                                                               \
    X(MT_ACT_NEXT_FIELD, "Next field")                                                                                             \
    X(MT_ACT_PREV_FIELD, "Previous field")                                                                                         \
    X(MT_ACT_MORE, "One more")                                                                                                     \
    X(MT_ACT_LESS, "One less")                                                                                                     \
    X(MT_ACT_CASH, "Cash")                                                                                                         \
    X(MT_ACT_PAY_LATER, "Pay later")                                                                                               \
    X(MT_ACT_HANDED_OVER, "Goods handed over now")                                                                                 \
    X(MT_ACT_ADVANCE, "Move the order on")                                                                                         \
    X(MT_ACT_REPRINT, "Print a copy")                                                                                              \
    X(MT_ACT_SYNC_NOW, "Try to send now")                                                                                          \
    X(MT_ACT_AGAIN, "Send again")                                                                                                  \
    X(MT_ACT_DROP, "Seen and settled")                                                                                             \
    X(MT_ACT_EXPORT, "Write the unsent operations to a file")                                                                      \
    X(MT_ACT_CLEAR, "Throw the cart away")                                                                                         \
    X(MT_ACT_CANCEL, "Cancel the unpaid order")                                                                                    \
    X(MT_ACT_YES, "Yes, do it")                                                                                                    \
    X(MT_ACT_QUIT, "Quit")
enum mt_action {
#define MT_X(symbol, help) symbol,
    MT_ACTION_TABLE(MT_X)
#undef MT_X
};
const char *mt_action_help(enum mt_action a);

struct mt_msg {
    enum mt_msg_kind kind;
    mt_time now;  /* wall clock when the message was made; every message carries it */
    int64_t mono; /* milliseconds, for bursts and idle */
    enum mt_action action;
    struct mt_sv text; /* TEXT, PASTE: what came in; START: the service's address when one is given; others: words for a person */
    bool truncated;    /* PASTE: more came than was kept */
    uint64_t generation;
    enum mt_rc rc; /* of COMMITTED, PRINTED, ORDER, PIN, ENROLLED, EXPORTED, SETTLED, NOT_KEPT */
    struct {       /* START, ENROLLED */
        bool enrolled;
        const char *store_name, *register_code, *currency;
        int64_t next_order_seq; /* the number the next sale will probably take */
        const struct mt_cart_line *cart;
        size_t cart_count;
        bool cart_unread; /* there is one, and it can not be read */
        const struct mt_cart_head *head;
        int64_t utc_offset_minutes; /* of the store's wall clock, for display */
        bool handed_over_default;
        int64_t idle_lock_ms; /* lock after so long without a key; 0: never */
        mt_time service_time; /* the service's clock when it last told it, in a run before; 0: never */
    } start;
    const struct mt_link_state *link;
    const struct mt_found *found; /* FOUND: hits; LOOKED_UP: one or none */
    size_t found_count;
    struct mt_scan scan;          /* LOOKED_UP: what was asked */
    const struct mt_order *order; /* COMMITTED (order.create): as saved; ORDER */
    const char *const *shelf;     /* ORDER: the shelf of each item, item_count of them; NULL when not known */
    enum mt_op_kind op_kind;      /* COMMITTED, REFUSED */
    const char *order_no;
    const char *path; /* PRINTED, EXPORTED */
    const struct mt_board_row *board;
    size_t board_count;
    const struct mt_outbox_row *outbox;
    size_t outbox_count;
    const char *cursor, *epoch;   /* SYNC */
    enum mt_settle settle;        /* SETTLED, with order_no as in the effect */
    const struct mt_staff *staff; /* PIN: who it was; STAFF */
    int tries_left;               /* PIN: after a wrong one */
    int64_t locked_ms;            /* PIN: > 0 while locked */
};

#endif
