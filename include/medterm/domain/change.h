/* A change of the feed: one entity at its latest version. */
#ifndef MEDTERM_DOMAIN_CHANGE_H
#define MEDTERM_DOMAIN_CHANGE_H

#include <medterm/domain/order.h>
#include <medterm/domain/person.h>
#include <medterm/domain/staff.h>

/* X(symbol, wire name) */
#define MT_ENTITY_TABLE(X)                                                                                                         \
    X(MT_ENTITY_DRUG, "drug")                                                                                                      \
    X(MT_ENTITY_STOCK, "stock")                                                                                                    \
    X(MT_ENTITY_ORDER, "order")                                                                                                    \
    X(MT_ENTITY_PAYMENT, "payment")                                                                                                \
    X(MT_ENTITY_STAFF, "staff")                                                                                                    \
    X(MT_ENTITY_USER, "user")                                                                                                      \
    X(MT_ENTITY_DOCTOR, "doctor")                                                                                                  \
    X(MT_ENTITY_EXCEPTION, "exception")                                                                                            \
    X(MT_ENTITY_SETTING, "setting")                                                                                                \
    X(MT_ENTITY_UNKNOWN, "")
enum mt_entity {
#define MT_X(symbol, name) symbol,
    MT_ENTITY_TABLE(MT_X)
#undef MT_X
};
const char *mt_entity_name(enum mt_entity e);
enum mt_entity mt_entity_parse(struct mt_sv name);

/* X(symbol, wire name, words) */
#define MT_EXCEPTION_TABLE(X)                                                                                                      \
    X(MT_EXC_STOCK_SHORTFALL, "stock_shortfall", "More went out than stock shows")                                                 \
    X(MT_EXC_PRICE_DIFFERS, "price_differs", "Sold at another price than the catalogue's")                                         \
    X(MT_EXC_RULE_BROKEN, "rule_broken", "Sold without what the rules ask for")                                                    \
    X(MT_EXC_STATUS_CONFLICT, "status_conflict", "It happened after the order had moved elsewhere")                                \
    X(MT_EXC_OVERPAID, "overpaid", "More money was taken than was due")                                                            \
    X(MT_EXC_QUARANTINED, "quarantined", "The service could not apply it")                                                         \
    X(MT_EXC_SALVAGE, "salvage", "Sold on a till that worked from a copied file")                                                  \
    X(MT_EXC_EXPIRED_LOT, "expired_lot", "An expired or recalled pack went out")                                                   \
    X(MT_EXC_REFUND_DIFFERS, "refund_differs", "More money went back than was taken, or for another payment")                      \
    X(MT_EXC_RETURN_DIFFERS, "return_differs", "More packs came back than were sold")                                              \
    X(MT_EXC_STOCK_DIFFERS, "stock_differs", "Stock was counted or corrected below what unpaid orders hold")                       \
    X(MT_EXC_CLOCK, "clock_wrong", "The till's clock was wrong when this was taken")
enum mt_exception_kind {
#define MT_X(symbol, name, words) symbol,
    MT_EXCEPTION_TABLE(MT_X)
#undef MT_X
};
const char *mt_exception_kind_name(enum mt_exception_kind k);
const char *mt_exception_kind_words(enum mt_exception_kind k);
MT_MUST enum mt_rc mt_exception_kind_parse(struct mt_sv name, enum mt_exception_kind *out);

struct mt_exception {
    struct mt_id exception_id;
    enum mt_exception_kind kind;
    struct mt_id order_id, op_id, drug_id; /* "" when it has none */
    char order_no[MT_ORDER_NO_TEXT];
    int64_t quantity;   /* packs short, for a shortfall */
    const char *detail; /* words for a person; no patient data */
    bool open;
    const char *resolution;  /* how it ended, in words; "" while it is open */
    const char *resolved_by; /* the staff_id, or the code of who sent it; "" when it ended by itself */
    mt_time created_at;
    int64_t version;
};

struct mt_change {
    enum mt_entity entity;
    const char *id; /* borrowed */
    int64_t version;
    bool removed; /* data is null */
    union {
        struct mt_drug drug;
        struct mt_stock stock;
        struct mt_order order;
        struct mt_staff staff;
        struct mt_exception exception;
        struct mt_user user;
        struct mt_doctor doctor;
        struct {
            const char *name, *value;
        } setting;
    } data; /* entities without a member are skipped by this version */
};

#endif
