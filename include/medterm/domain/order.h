/* An order, its items and its life: pending_payment -> paid -> preparing -> shipped -> completed, or cancelled. */
#ifndef MEDTERM_DOMAIN_ORDER_H
#define MEDTERM_DOMAIN_ORDER_H

#include <medterm/domain/drug.h>
#include <medterm/domain/payment.h>

/* X(symbol, wire name, words, Chinese, name of the timestamp it sets) */
#define MT_ORDER_STATUS_TABLE(X)                                                                                                   \
    X(MT_ORDER_PENDING, "pending_payment", "Unpaid", "待支付", "created_at")                                                       \
    X(MT_ORDER_PAID, "paid", "Paid", "已支付", "pay_time")                                                                         \
    X(MT_ORDER_PREPARING, "preparing", "Preparing", "配药中", "drug_time")                                                         \
    X(MT_ORDER_SHIPPED, "shipped", "Ready", "已发货", "send_time")                                                                 \
    X(MT_ORDER_COMPLETED, "completed", "Completed", "已完成", "finish_time")                                                       \
    X(MT_ORDER_CANCELLED, "cancelled", "Cancelled", "已取消", "cancel_time")
enum mt_order_status {
#define MT_X(symbol, name, words, zh, stamp) symbol,
    MT_ORDER_STATUS_TABLE(MT_X)
#undef MT_X
};
#define MT_ORDER_STATUS_COUNT 6

const char *mt_order_status_name(enum mt_order_status s);
const char *mt_order_status_words(enum mt_order_status s);
MT_MUST enum mt_rc mt_order_status_parse(struct mt_sv name, enum mt_order_status *out);

/* What becomes of the stock when an order takes an edge. */
enum mt_stock_effect { MT_STOCK_KEEP, MT_STOCK_REDUCE, MT_STOCK_RELEASE, MT_STOCK_RESTOCK };

/* One row of the transition table; NULL when there is no such edge. */
struct mt_order_edge {
    enum mt_order_status from, to;
    enum mt_stock_effect stock;
    bool refund; /* captured money has to go back */
};
const struct mt_order_edge *mt_order_edge(enum mt_order_status from, enum mt_order_status to);
bool mt_order_status_final(enum mt_order_status s);
/* The next status on the way to completed that Space on the board leads to; same status when final or unpaid. */
enum mt_order_status mt_order_status_next(enum mt_order_status s);

enum mt_fulfilment { MT_PICKUP, MT_DELIVERY };
const char *mt_fulfilment_name(enum mt_fulfilment f); /* "pickup" "delivery" */
MT_MUST enum mt_rc mt_fulfilment_parse(struct mt_sv name, enum mt_fulfilment *out);

/* Order numbers: <register code>-<sequence of at least six digits>, "A03-000417". */
#define MT_ORDER_NO_TEXT 32
#define MT_REGISTER_CODE_TEXT 9 /* 2 to 8 of A-Z 0-9, first a letter, and NUL */
MT_MUST enum mt_rc mt_order_no_make(const char *register_code, int64_t sequence, char out[MT_ORDER_NO_TEXT]);
MT_MUST enum mt_rc mt_order_no_parse(struct mt_sv text, char code[MT_REGISTER_CODE_TEXT], int64_t *sequence);
bool mt_register_code_ok(struct mt_sv code);

#define MT_QUANTITY_MAX 999 /* packs a line */
#define MT_ITEMS_MAX 200    /* lines an order */
#define MT_PAYMENTS_MAX 16  /* payments in one order.create */
#define MT_SERIALS_MAX 1000 /* packs with a serial an order: each is compared with all others */

/* A scanned pack (GS1 DataMatrix). */
struct mt_pack {
    const char *lot_no, *serial; /* "" when the code did not carry it */
    struct mt_date expires_on;
};

struct mt_lot_taken {
    const char *lot_no;
    struct mt_date expires_on;
    int64_t quantity;
    bool scanned; /* wire: "source":"scanned" or "fefo" */
};

/* All texts: NUL-terminated valid UTF-8, "" when none, never NULL; all arrays: owned by the arena that made the order. */
struct mt_order_item {
    int32_t line; /* from 1 */
    struct mt_id drug_id;
    const char *drug_name, *drug_spec;
    int64_t quantity;
    struct mt_money price, subtotal;
    struct mt_pack *packs;
    size_t pack_count;
    struct mt_lot_taken *lots; /* reserved or taken, earliest first */
    size_t lot_count;
};

struct mt_order {
    struct mt_id order_id;
    char order_no[MT_ORDER_NO_TEXT];
    struct mt_id store_id;
    const char *register_code;
    enum mt_order_status status;
    int64_t version; /* rises by one with every change at the service; 0: known only here */
    const char *user_id, *user_name, *user_phone, *doctor_id, *doctor_name, *address_id,
        *address_detail; /* ids "" mean null on the wire */
    enum mt_fulfilment fulfilment;
    const char *currency;
    struct mt_money total_amount, paid_amount, refunded_amount, original_amount, discount_amount;
    const char *pay_type; /* method name, "mixed", or "" (null on the wire) */
    struct mt_order_item *items;
    size_t item_count;
    struct mt_payment *payments;
    size_t payment_count;
    bool taken_offline;
    mt_time taken_at, created_at, updated_at, pay_time, drug_time, send_time, finish_time, cancel_time;
    const char *remark;
    const char *printed_no;   /* of a salvaged order; "" otherwise */
    struct mt_id *exceptions; /* ids of open exceptions */
    size_t exception_count;
};

/* An order with nothing in it: all zero, and every text "" instead of NULL. */
void mt_order_blank(struct mt_order *o);

/* The timestamp a status sets. */
mt_time *mt_order_stamp(struct mt_order *o, enum mt_order_status s);

/* Sets subtotals, original_amount = their sum and total_amount = original - discount. MT_LIMIT on overflow,
 * MT_INVALID when the discount is negative or beyond the sum. */
MT_MUST enum mt_rc mt_order_total(struct mt_order *o);
/* Sum of succeeded payments, and pay_type from them. */
MT_MUST enum mt_rc mt_order_paid(struct mt_order *o);

#endif
