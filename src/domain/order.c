/* The life of an order as one table of edges, and its sums. What is not a row of the table is not allowed. */
#include <medterm/domain/order.h>

#include "names.h"

static const char *const status_names[] = {
#define MT_X(symbol, name, words, zh, stamp) name,
    MT_ORDER_STATUS_TABLE(MT_X)
#undef MT_X
};
static const char *const status_words[] = {
#define MT_X(symbol, name, words, zh, stamp) words,
    MT_ORDER_STATUS_TABLE(MT_X)
#undef MT_X
};
static const char *const fulfilment_names[] = {"pickup", "delivery"};

/* The life of an order, edge by edge. Goods of a shipped order come back only as a return. */
static const struct mt_order_edge edges[] = {
    {MT_ORDER_PENDING, MT_ORDER_PAID, MT_STOCK_REDUCE, false},    {MT_ORDER_PENDING, MT_ORDER_CANCELLED, MT_STOCK_RELEASE, false},
    {MT_ORDER_PAID, MT_ORDER_PREPARING, MT_STOCK_KEEP, false},    {MT_ORDER_PAID, MT_ORDER_CANCELLED, MT_STOCK_RESTOCK, true},
    {MT_ORDER_PREPARING, MT_ORDER_SHIPPED, MT_STOCK_KEEP, false}, {MT_ORDER_PREPARING, MT_ORDER_CANCELLED, MT_STOCK_RESTOCK, true},
    {MT_ORDER_SHIPPED, MT_ORDER_COMPLETED, MT_STOCK_KEEP, false},
};

const char *mt_order_status_name(enum mt_order_status s) {
    return name_at(status_names, NAME_COUNT(status_names), (size_t)s);
}

const char *mt_order_status_words(enum mt_order_status s) {
    return name_at(status_words, NAME_COUNT(status_words), (size_t)s);
}

enum mt_rc mt_order_status_parse(struct mt_sv name, enum mt_order_status *out) {
    size_t at = name_find(status_names, NAME_COUNT(status_names), name);
    if (at == NAME_COUNT(status_names))
        return MT_INVALID;
    *out = (enum mt_order_status)at;
    return MT_OK;
}

const struct mt_order_edge *mt_order_edge(enum mt_order_status from, enum mt_order_status to) {
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++)
        if (edges[i].from == from && edges[i].to == to)
            return &edges[i];
    return NULL;
}

bool mt_order_status_final(enum mt_order_status s) {
    return s == MT_ORDER_COMPLETED || s == MT_ORDER_CANCELLED;
}

enum mt_order_status mt_order_status_next(enum mt_order_status s) {
    switch (s) {
    case MT_ORDER_PAID:
        return MT_ORDER_PREPARING;
    case MT_ORDER_PREPARING:
        return MT_ORDER_SHIPPED;
    case MT_ORDER_SHIPPED:
        return MT_ORDER_COMPLETED;
    case MT_ORDER_PENDING:
    case MT_ORDER_COMPLETED:
    case MT_ORDER_CANCELLED:
        break;
    }
    return s;
}

const char *mt_fulfilment_name(enum mt_fulfilment f) {
    return name_at(fulfilment_names, NAME_COUNT(fulfilment_names), (size_t)f);
}

enum mt_rc mt_fulfilment_parse(struct mt_sv name, enum mt_fulfilment *out) {
    size_t at = name_find(fulfilment_names, NAME_COUNT(fulfilment_names), name);
    if (at == NAME_COUNT(fulfilment_names))
        return MT_INVALID;
    *out = (enum mt_fulfilment)at;
    return MT_OK;
}

mt_time *mt_order_stamp(struct mt_order *o, enum mt_order_status s) {
    switch (s) {
    case MT_ORDER_PENDING:
        break;
    case MT_ORDER_PAID:
        return &o->pay_time;
    case MT_ORDER_PREPARING:
        return &o->drug_time;
    case MT_ORDER_SHIPPED:
        return &o->send_time;
    case MT_ORDER_COMPLETED:
        return &o->finish_time;
    case MT_ORDER_CANCELLED:
        return &o->cancel_time;
    }
    return &o->created_at;
}

enum mt_rc mt_order_total(struct mt_order *o) {
    struct mt_money sum = mt_money_zero();
    for (size_t i = 0; i < o->item_count; i++) {
        struct mt_order_item *item = &o->items[i];
        enum mt_rc rc = mt_money_times(item->price, item->quantity, &item->subtotal);
        if (rc == MT_OK)
            rc = mt_money_add(sum, item->subtotal, &sum);
        if (rc != MT_OK)
            return rc;
    }
    if (mt_money_is_negative(o->discount_amount) || mt_money_cmp(o->discount_amount, sum) > 0)
        return MT_INVALID;
    o->original_amount = sum;
    return mt_money_sub(sum, o->discount_amount, &o->total_amount);
}

enum mt_rc mt_order_paid(struct mt_order *o) {
    struct mt_money sum = mt_money_zero();
    const char *type = "";
    for (size_t i = 0; i < o->payment_count; i++) {
        const struct mt_payment *p = &o->payments[i];
        if (p->status != MT_PAY_SUCCEEDED)
            continue;
        enum mt_rc rc = mt_money_add(sum, p->amount, &sum);
        if (rc != MT_OK)
            return rc;
        const char *name = mt_pay_method_name(p->method);
        if (type[0] == '\0')
            type = name;
        else if (type != name)
            type = "mixed";
    }
    o->paid_amount = sum;
    o->pay_type = type;
    return MT_OK;
}

void mt_order_blank(struct mt_order *o) {
    *o = (struct mt_order){.status = MT_ORDER_PENDING};
    const char **texts[] = {&o->register_code, &o->user_id,        &o->user_name, &o->user_phone, &o->doctor_id, &o->doctor_name,
                            &o->address_id,    &o->address_detail, &o->currency,  &o->pay_type,   &o->remark,    &o->printed_no};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = "";
}
