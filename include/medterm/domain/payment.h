/* A payment: one attempt to collect money for an order. */
#ifndef MEDTERM_DOMAIN_PAYMENT_H
#define MEDTERM_DOMAIN_PAYMENT_H

#include <medterm/base/id.h>
#include <medterm/domain/money.h>

/* X(symbol, wire name, words, works offline) */
#define MT_PAY_METHOD_TABLE(X)                                                                                                     \
    X(MT_PAY_CASH, "cash", "Cash", true)                                                                                           \
    X(MT_PAY_BANK_CARD, "bank_card", "Bank card", true)                                                                            \
    X(MT_PAY_WECHAT, "wechat", "WeChat Pay", false)                                                                                \
    X(MT_PAY_ALIPAY, "alipay", "Alipay", false)
enum mt_pay_method {
#define MT_X(symbol, name, words, offline) symbol,
    MT_PAY_METHOD_TABLE(MT_X)
#undef MT_X
};

/* X(symbol, wire name) */
#define MT_PAY_STATUS_TABLE(X)                                                                                                     \
    X(MT_PAY_CREATED, "created")                                                                                                   \
    X(MT_PAY_PENDING, "pending")                                                                                                   \
    X(MT_PAY_CANCELLING, "cancelling")                                                                                             \
    X(MT_PAY_SUCCEEDED, "succeeded")                                                                                               \
    X(MT_PAY_FAILED, "failed")                                                                                                     \
    X(MT_PAY_CANCELLED, "cancelled")
enum mt_pay_status {
#define MT_X(symbol, name) symbol,
    MT_PAY_STATUS_TABLE(MT_X)
#undef MT_X
};

const char *mt_pay_method_name(enum mt_pay_method m);
const char *mt_pay_method_words(enum mt_pay_method m);
bool mt_pay_method_offline(enum mt_pay_method m); /* may be taken without the line, and recorded as a fact */
MT_MUST enum mt_rc mt_pay_method_parse(struct mt_sv name, enum mt_pay_method *out);
const char *mt_pay_status_name(enum mt_pay_status s);
MT_MUST enum mt_rc mt_pay_status_parse(struct mt_sv name, enum mt_pay_status *out);

struct mt_payment {
    struct mt_id payment_id;
    enum mt_pay_method method;
    enum mt_pay_status status;
    struct mt_money amount;
    struct mt_money tendered; /* cash handed over; zero when not told */
    struct mt_money change;   /* tendered - amount, for cash */
    bool has_tendered;
    const char *reference; /* slip number of a stand-alone terminal, "" when none; borrowed */
    mt_time at;
};

#endif
