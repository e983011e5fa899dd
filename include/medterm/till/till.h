/* The till: its whole state, and the one function that changes it. update(model, message) -> effects; pure: no I/O, no
 * clock, time comes with every message. Views read the fields below and never write them. What the till asks of the
 * world and what comes back is in effect.h. */
#ifndef MEDTERM_TILL_TILL_H
#define MEDTERM_TILL_TILL_H

#include <medterm/base/arena.h>
#include <medterm/till/effect.h>

/* ---- parts ---- */

/* X(symbol) — a new screen is one row here, a file with its update functions in the table of till.c, and a view. */
#define MT_SCREEN_TABLE(X)                                                                                                         \
    X(MT_SCREEN_GUIDE) /* not enrolled: server and code */                                                                         \
    X(MT_SCREEN_SIGN_IN)                                                                                                           \
    X(MT_SCREEN_NEW)      /* the order being taken */                                                                              \
    X(MT_SCREEN_CUSTOMER) /* dialog over MT_SCREEN_NEW */                                                                          \
    X(MT_SCREEN_PAY)                                                                                                               \
    X(MT_SCREEN_PAID)   /* change due, until the next key */                                                                       \
    X(MT_SCREEN_FULFIL) /* the board */                                                                                            \
    X(MT_SCREEN_PICK)   /* one order of the board */                                                                               \
    X(MT_SCREEN_SYNC)
enum mt_screen_id {
#define MT_X(symbol) symbol,
    MT_SCREEN_TABLE(MT_X)
#undef MT_X
        MT_SCREENS
};

/* Text being typed: valid harmless UTF-8 (a GS separator of a scan is kept), NUL-terminated. */
#define MT_EDIT_MAX 512
struct mt_edit {
    char s[MT_EDIT_MAX + 1];
    size_t n, cursor; /* bytes */
};

/* The message line. GOOD and INFO go with the next key; WARN and BAD stay until Esc, another screen or another notice. */
enum mt_notice_kind { MT_NOTICE_NONE, MT_NOTICE_INFO, MT_NOTICE_GOOD, MT_NOTICE_WARN, MT_NOTICE_BAD };
struct mt_notice {
    enum mt_notice_kind kind;
    char text[400];
};

/* A question over the screen; the safe answer is the default. */
enum mt_ask { MT_ASK_NONE, MT_ASK_CLEAR_CART, MT_ASK_ADVANCE, MT_ASK_CANCEL, MT_ASK_DROP };

/* Characters closer together than a hand types them. */
#define MT_BURST_GAP_MS 30
#define MT_BURST_CHARS 6
struct mt_burst {
    int64_t last; /* mono of the last character */
    int count;    /* characters since the last pause */
};

/* X(symbol, label, longest text in code points). The delivery row has no text: it is pickup or delivery. */
#define MT_CUSTOMER_FIELD_TABLE(X)                                                                                                 \
    X(MT_FIELD_PATIENT, "Patient", 120)                                                                                            \
    X(MT_FIELD_PHONE, "Phone", 64)                                                                                                 \
    X(MT_FIELD_DOCTOR, "Prescriber", 120)                                                                                          \
    X(MT_FIELD_PRESCRIPTION, "Prescription no", 64)                                                                                \
    X(MT_FIELD_BUYER_ID, "Buyer's ID no", 64)                                                                                      \
    X(MT_FIELD_FULFILMENT, "Handover", 0)                                                                                          \
    X(MT_FIELD_ADDRESS, "Delivery address", 120)                                                                                   \
    X(MT_FIELD_REMARK, "Remark", 120)
enum mt_customer_field {
#define MT_X(symbol, label, most) symbol,
    MT_CUSTOMER_FIELD_TABLE(MT_X)
#undef MT_X
        MT_CUSTOMER_FIELDS
};
const char *mt_customer_field_label(enum mt_customer_field f);

#define MT_SUGGESTIONS_MAX 20
#define MT_PASTE_CHARS 200

/* ---- the model ---- */

struct mt_till {
    /* The world as last told. */
    mt_time now;      /* wall clock of the last message */
    int64_t mono;     /* its monotonic milliseconds */
    int64_t last_key; /* mono of the last key, for the idle lock */
    bool started, enrolled;
    char store_name[256], register_code[MT_REGISTER_CODE_TEXT], currency[8];
    int64_t next_order_seq;
    int64_t utc_offset_minutes;
    bool handed_over_default;
    int64_t idle_lock_ms;
    struct mt_link_state link; /* .why points to link_why; .service_time is kept from START on */
    char link_why[256];

    bool signed_in;
    struct {
        struct mt_id staff_id;
        char name[256];
        enum mt_role role;
        bool left; /* not on the staff any more: locked as soon as nothing is being saved */
    } staff;

    /* What is on the screen. */
    enum mt_screen_id screen;
    bool help; /* the keys of the screen, over it */
    enum mt_ask ask;
    char ask_no[MT_ORDER_NO_TEXT]; /* the order the question is about */
    int64_t ask_seq;               /* the outbox row it is about */
    struct mt_notice notice;
    struct mt_burst burst;

    /* First start. */
    struct {
        struct mt_edit url, code;
        int field; /* 0: url, 1: code */
        bool busy; /* waiting for MT_MSG_ENROLLED */
    } guide;

    /* Sign-in. The digits are wiped as soon as they are answered. */
    struct {
        struct mt_edit pin;
        bool busy;            /* waiting for MT_MSG_PIN */
        int64_t locked_until; /* mono; 0: not locked */
        int tries_left;       /* after a wrong one; -1: nothing wrong yet */
    } sign_in;

    /* New order: the input line and what it finds. */
    struct {
        struct mt_edit input;
        bool spent;                                /* the input was refused: shown until the next character replaces it */
        uint64_t generation;                       /* of the newest search; older answers are dropped */
        bool searching;                            /* the answer to the newest search is not here */
        bool enter_waits;                          /* Enter was pressed before the answer came */
        bool picked;                               /* the selection was moved by hand */
        char asked[MT_EDIT_MAX + 1];               /* the text of the newest search, without its quantity */
        struct mt_found found[MT_SUGGESTIONS_MAX]; /* texts in found_arena */
        size_t found_count, selected;
        uint64_t lookup_generation;
        size_t lookups;       /* scans asked and not answered */
        int64_t looked_up_at; /* mono of the last one asked or answered */
        bool pay_waits;       /* F4 was pressed before they were answered */
    } sale;
    struct mt_arena found_arena;

    /* The cart. Journaled line by line. */
    struct {
        struct mt_cart_line lines[MT_ITEMS_MAX];
        size_t pack_room[MT_ITEMS_MAX]; /* packs the line's array has room for */
        size_t count;
        size_t current;        /* the line under the cursor; last added by default */
        struct mt_money total; /* of the lines, always in step */
        enum mt_rx_lack lack;  /* the first thing it lacks to be sold */
        size_t lack_line;      /* index of the line that asks for it */
    } cart;
    struct mt_arena cart_arena;

    /* Customer dialog; the texts are the cart's head. */
    struct {
        struct mt_edit text[MT_CUSTOMER_FIELDS];
        enum mt_fulfilment fulfilment;
        enum mt_customer_field field;
        bool changed; /* since it was journaled */
    } customer;
    struct mt_cart_head head; /* what the journal's effect points to; texts in customer */

    /* Pay: the cart, or an order that stands unpaid. */
    struct {
        struct mt_edit cash;
        bool handed_over;                /* of the cart; an order that stands goes to the board */
        char order_no[MT_ORDER_NO_TEXT]; /* "" for the cart */
        struct mt_id order_id;
        struct mt_money due;
    } pay;

    /* The last sale, shown until the next key. */
    struct {
        char order_no[MT_ORDER_NO_TEXT];
        struct mt_money total, tendered, change;
        bool has_tendered, handed_over;
        int64_t since; /* mono */
        enum { MT_RECEIPT_WAITING, MT_RECEIPT_PRINTED, MT_RECEIPT_FAILED } receipt;
        char path[256]; /* of the receipt */
    } paid;

    /* One commit at a time: what it is about, from the effect to MT_MSG_COMMITTED. */
    struct {
        bool busy;
        enum mt_op_kind kind;
        char order_no[MT_ORDER_NO_TEXT]; /* "" for a new order */
        enum mt_order_status to;         /* of an advance */
        bool pay_later;
        struct mt_op op;      /* what the effect points to; texts in op_arena or the cart */
        struct mt_edit typed; /* came in meanwhile: the next scan; '\n' stands for Enter */
    } commit;
    struct mt_arena op_arena;

    /* The board, oldest first within a status. */
    struct {
        bool loaded;
        struct mt_board_row *rows; /* in board_arena */
        size_t count, selected;
        int64_t loaded_at; /* mono of the last request */
    } board;
    struct mt_arena board_arena;
    struct mt_edit find; /* an order number being typed or scanned on the board or the pick list */

    /* One order of the board. */
    struct {
        char order_no[MT_ORDER_NO_TEXT];
        bool loaded;
        bool pay;              /* it is wanted for payment, not for picking */
        struct mt_order order; /* texts in pick_arena */
        const char **shelf;    /* one an item; "" when not known */
        size_t selected;
    } pick;
    struct mt_arena pick_arena;

    /* Unsent operations and needs attention: refused and quarantined first, then by number. */
    struct {
        bool loaded;
        struct mt_outbox_row *rows; /* in sync_arena */
        size_t count, selected;
        const char *cursor, *epoch;
        int64_t loaded_at;
    } sync;
    struct mt_arena sync_arena;

    bool quitting;
};

/* On the heap: it is large. NULL when memory is short. */
struct mt_till *mt_till_new(void);
void mt_till_free(struct mt_till *t); /* wipes PIN and names; NULL is fine */

/* Takes one message, changes the model, and appends what is to be done to *fx (cleared first). Never fails: what goes wrong
 * becomes a notice. Pointers in *fx are good until the next call. */
void mt_till_update(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx);

/* ---- what views and key tables ask ---- */

/* The store's calendar day: by the clock, or by the service's at the last contact when that is later. */
struct mt_date mt_till_today(const struct mt_till *t);
/* Some text is typed into the input line that a key must not jump over. */
bool mt_till_typing(const struct mt_till *t);
/* What the cart's head holds, pointing into the model. */
struct mt_cart_head mt_till_head(const struct mt_till *t);
/* The selected row, or NULL. */
const struct mt_board_row *mt_till_board_row(const struct mt_till *t);
const struct mt_outbox_row *mt_till_sync_row(const struct mt_till *t);
/* True when the row waits for a person, not for the line. */
bool mt_outbox_row_attention(const struct mt_outbox_row *row);
/* True when it can be sent again: refused for good. What is in quarantine the service applies by itself. */
bool mt_outbox_row_again(const struct mt_outbox_row *row);
/* The pack is gone for sale: not priced, not marketed. */
bool mt_found_sellable(const struct mt_found *f);

/* The key behind which a lack is mended, to stand behind its words: " (F3)"; "" when none does. */
const char *mt_till_lack_key(enum mt_rx_lack lack);

#endif
