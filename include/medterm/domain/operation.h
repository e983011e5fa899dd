/* Operations: the one way in for writes. Kinds, their fact-or-request rule and their validators stand in one table;
 * the till predicts with it, the service decides with it. */
#ifndef MEDTERM_DOMAIN_OPERATION_H
#define MEDTERM_DOMAIN_OPERATION_H

#include <medterm/domain/order.h>
#include <medterm/domain/person.h>

/* X(symbol, wire name, words for the Sync screen) — a new kind is one row here, a body and a validator in
 * operation.c, a row in wire's body table, and an apply function in the service. */
#define MT_OP_TABLE(X)                                                                                                             \
    X(MT_OP_ORDER_CREATE, "order.create", "Order")                                                                                 \
    X(MT_OP_ORDER_ADVANCE, "order.advance", "Move order on")                                                                       \
    X(MT_OP_ORDER_CANCEL, "order.cancel", "Cancel order")                                                                          \
    X(MT_OP_PAYMENT_RECORD, "payment.record", "Payment")                                                                           \
    X(MT_OP_REFUND_RECORD, "refund.record", "Refund")                                                                              \
    X(MT_OP_REFUND_START, "refund.start", "Refund")                                                                                \
    X(MT_OP_RETURN_RECORD, "return.record", "Return")                                                                              \
    X(MT_OP_PAYMENT_START, "payment.start", "Start payment")                                                                       \
    X(MT_OP_PAYMENT_CANCEL, "payment.cancel", "Cancel payment")                                                                    \
    X(MT_OP_STOCK_RECEIVE, "stock.receive", "Goods in")                                                                            \
    X(MT_OP_STOCK_ADJUST, "stock.adjust", "Stock correction")                                                                      \
    X(MT_OP_STOCK_COUNT, "stock.count", "Stock count")                                                                             \
    X(MT_OP_LOT_RECALL, "lot.recall", "Recall")                                                                                    \
    X(MT_OP_LOT_QUARANTINE, "lot.quarantine", "Quarantine")                                                                        \
    X(MT_OP_USER_PUT, "user.put", "Patient")                                                                                       \
    X(MT_OP_DOCTOR_PUT, "doctor.put", "Doctor")                                                                                    \
    X(MT_OP_EXCEPTION_RESOLVE, "exception.resolve", "Settle")                                                                      \
    X(MT_OP_VOID, "void", "Void")                                                                                                  \
    X(MT_OP_SALVAGE, "salvage", "Salvage")                                                                                         \
    X(MT_OP_UNKNOWN, "", "Unknown")
enum mt_op_kind {
#define MT_X(symbol, name, words) symbol,
    MT_OP_TABLE(MT_X)
#undef MT_X
};
const char *mt_op_kind_name(enum mt_op_kind k);
const char *mt_op_kind_words(enum mt_op_kind k);
enum mt_op_kind mt_op_kind_parse(struct mt_sv name); /* MT_OP_UNKNOWN when not in the table */

/* order.create: the order as the till took it. In `order` the texts, items (drug_id, quantity, price, packs), payments, fulfilment,
 * discount and remark are given; names, lots, totals and status are not read from the operation. */
struct mt_op_order_create {
    struct mt_order order;
    bool handed_over;
    const char *prescription; /* its number; "" */
    const char *buyer_id_no;  /* "" */
    struct mt_id approved_by; /* pharmacist's staff_id, "" when none */
};
/* Nothing in it, every text "". */
void mt_op_order_create_blank(struct mt_op_order_create *c);

struct mt_op_order_advance {
    struct mt_id order_id;
    char order_no[MT_ORDER_NO_TEXT];
    enum mt_order_status to;
    int64_t if_version; /* 0: not given */
};
struct mt_op_order_cancel {
    struct mt_id order_id;
    char order_no[MT_ORDER_NO_TEXT];
    const char *reason;
    int64_t if_version; /* the one that was seen when this was decided; 0: not given */
};
struct mt_op_payment_record {
    struct mt_id order_id;
    char order_no[MT_ORDER_NO_TEXT];
    struct mt_payment payment;
};
/* refund.record: money that went back over the counter (a fact). refund.start: money that shall go back; a payment a provider
 * took is paid back by it. lines: what the refund is for, lot_no unused. */
struct mt_back_line {
    int32_t line; /* of the order, from 1 */
    int64_t quantity;
    const char *lot_no; /* the returned packs' lot; "": the lots of the line, latest expiry first */
    bool quarantine;    /* wire "to": "resale" or "quarantine" */
};
#define MT_VALID_FOR_MAX_S 86400
struct mt_op_refund {
    struct mt_id order_id;
    char order_no[MT_ORDER_NO_TEXT];
    struct mt_id refund_id, payment_id;
    struct mt_money amount;
    const char *reason;
    struct mt_back_line *lines;
    size_t line_count;
    int64_t valid_for; /* seconds; 0: for ever (refund.start only) */
};
/* return.record: goods that came back, to the shelf or into quarantine. Money is a refund of its own. */
struct mt_op_return {
    struct mt_id order_id;
    char order_no[MT_ORDER_NO_TEXT];
    struct mt_id return_id;
    const char *reason;
    struct mt_back_line *lines;
    size_t line_count;
};
struct mt_op_payment_start {
    struct mt_id order_id;
    char order_no[MT_ORDER_NO_TEXT];
    struct mt_id payment_id;
    enum mt_pay_method method; /* what a provider takes: not cash */
    struct mt_money amount;
    int64_t valid_for; /* seconds; 0: for ever */
};
struct mt_op_payment_cancel {
    struct mt_id order_id;
    char order_no[MT_ORDER_NO_TEXT];
    struct mt_id payment_id;
};
/* stock.receive, stock.adjust, stock.count: one line a lot. */
#define MT_STOCK_MOVE_MAX 1000000 /* packs a line */
struct mt_stock_line {
    struct mt_id drug_id;
    const char *lot_no;
    struct mt_date expires_on; /* receive and count; none: not told */
    int64_t quantity;          /* receive: packs; adjust ("change"): plus or minus; count ("counted"): what is there */
};
struct mt_op_stock {
    struct mt_stock_line *lines;
    size_t line_count;
    const char *reference; /* receive: delivery note; "" */
    const char *reason;    /* adjust: why; "" otherwise */
};
/* lot.recall: everywhere. lot.quarantine: in the sender's store, or out of quarantine when released. */
struct mt_op_lot {
    struct mt_id drug_id;
    const char *lot_no, *reason;
    bool release; /* quarantine only */
};
struct mt_op_user {
    struct mt_user user; /* version unused */
};
struct mt_op_doctor {
    struct mt_doctor doctor; /* version unused */
};
/* X(symbol, wire name, words) — what a person decides about an exception. */
#define MT_RESOLVE_TABLE(X)                                                                                                        \
    X(MT_RESOLVE_SETTLED, "settled", "seen to by hand")                                                                            \
    X(MT_RESOLVE_APPLY, "apply", "apply what was kept")                                                                            \
    X(MT_RESOLVE_DROP, "drop", "it did not happen")
enum mt_resolve {
#define MT_X(symbol, name, words) symbol,
    MT_RESOLVE_TABLE(MT_X)
#undef MT_X
};
const char *mt_resolve_name(enum mt_resolve r);
MT_MUST enum mt_rc mt_resolve_parse(struct mt_sv name, enum mt_resolve *out);
struct mt_op_resolve {
    struct mt_id exception_id;
    enum mt_resolve action; /* apply and drop: of a quarantined or salvaged operation */
    const char *note;
};
/* void: stands for an operation that no service could read; keeps its id and sequence. original is its bytes as text. */
struct mt_op_void {
    const char *reason, *original;
};
/* salvage: an operation of a frozen lane, for a manager to settle. */
struct mt_op_salvage {
    const char *register_code;
    int64_t register_seq;
    struct mt_id op_id;
    const char *original;
};

struct mt_op {
    struct mt_id op_id;
    int64_t register_seq; /* from 1, without gaps */
    enum mt_op_kind kind;
    const char *kind_name; /* as sent; borrowed */
    struct mt_id staff_id;
    mt_time at;
    bool fact; /* as the sender says; mt_op_is_fact is what holds */
    union {
        struct mt_op_order_create create;
        struct mt_op_order_advance advance;
        struct mt_op_order_cancel cancel;
        struct mt_op_payment_record payment;
        struct mt_op_refund refund; /* record and start */
        struct mt_op_return returned;
        struct mt_op_payment_start start;
        struct mt_op_payment_cancel payment_cancel;
        struct mt_op_stock stock; /* receive, adjust and count */
        struct mt_op_lot lot;     /* recall and quarantine */
        struct mt_op_user user;
        struct mt_op_doctor doctor;
        struct mt_op_resolve resolve;
        struct mt_op_void voided;
        struct mt_op_salvage salvage;
    } body;
};

/* Fact or request, derived from kind and body; from_register: REST callers' advances are requests. void, salvage and unknown
 * kinds carry what nobody may read here: there the sender's `fact` stands. */
bool mt_op_is_fact(const struct mt_op *op, bool from_register);
/* The order an operation is about ("" when none). */
const struct mt_id *mt_op_order_id(const struct mt_op *op);

/* Field errors of a body: {field path, message}. */
#define MT_FIELD_ERRORS_MAX 16
struct mt_field_errors {
    struct {
        char field[64], message[128];
    } at[MT_FIELD_ERRORS_MAX];
    size_t count; /* further ones are dropped */
};
void mt_field_error(struct mt_field_errors *errors, const char *field, const char *format, ...) MT_PRINTF(3, 4);

/* The rules a body must meet whoever reads it: quantities 1..999, prices >= 0, amounts > 0, cash tendered >= amount, sums
 * without overflow, ids present, payment ids and serials of a drug once, names within 255 code points. Paths are relative to the
 * body. Which status an order may go to is not judged here: INVALID_ORDER_STATUS is the service's answer. Adds to errors;
 * MT_INVALID when any was added. Rules that need the catalogue or the stock are rx.h and the service's. */
MT_MUST enum mt_rc mt_op_validate(const struct mt_op *op, struct mt_field_errors *errors);

#endif
