/* Staff: a person with a PIN and a role at a store. */
#ifndef MEDTERM_DOMAIN_STAFF_H
#define MEDTERM_DOMAIN_STAFF_H

#include <medterm/base/id.h>

/* X(symbol, wire name) */
#define MT_ROLE_TABLE(X)                                                                                                           \
    X(MT_ROLE_COUNTER, "counter")                                                                                                  \
    X(MT_ROLE_FULFILMENT, "fulfilment")                                                                                            \
    X(MT_ROLE_PHARMACIST, "pharmacist")                                                                                            \
    X(MT_ROLE_MANAGER, "manager")
enum mt_role {
#define MT_X(symbol, name) symbol,
    MT_ROLE_TABLE(MT_X)
#undef MT_X
};
const char *mt_role_name(enum mt_role r);
MT_MUST enum mt_rc mt_role_parse(struct mt_sv name, enum mt_role *out);
bool mt_role_may_sell(enum mt_role r);
bool mt_role_may_fulfil(enum mt_role r);
bool mt_role_may_dispense_controlled(enum mt_role r);

/* What a role may do; the one table that staff at tills and clients of the API are judged by. Whoever may ask the service at all
 * may read. X(symbol, counter, fulfilment, pharmacist, manager) */
#define MT_RIGHT_TABLE(X)                                                                                                          \
    X(MT_RIGHT_READ, true, true, true, true)                                                                                       \
    X(MT_RIGHT_SELL, true, false, true, true)  /* create, pay, cancel what is unpaid */                                            \
    X(MT_RIGHT_FULFIL, true, true, true, true) /* move an order on: counter staff hand over what they sold */                      \
    X(MT_RIGHT_DISPENSE_CONTROLLED, false, false, true, true)                                                                      \
    X(MT_RIGHT_GIVE_BACK, false, false, true, true)     /* refunds, returns, cancelling what is paid */                            \
    X(MT_RIGHT_RECEIVE, false, true, true, true)        /* goods in, counts */                                                     \
    X(MT_RIGHT_CORRECT_STOCK, false, false, true, true) /* adjustments, quarantine */                                              \
    X(MT_RIGHT_RECALL, false, false, true, true)                                                                                   \
    X(MT_RIGHT_KEEP_PEOPLE, true, false, true, true) /* patients, addresses, doctors */                                            \
    X(MT_RIGHT_SEE_FIGURES, false, false, true, true)                                                                              \
    X(MT_RIGHT_SETTLE, false, false, false, true) /* exceptions */
enum mt_right {
#define MT_X(symbol, counter, fulfilment, pharmacist, manager) symbol,
    MT_RIGHT_TABLE(MT_X)
#undef MT_X
};
bool mt_role_has(enum mt_role role, enum mt_right right);

#define MT_PIN_MIN 4
#define MT_PIN_MAX 8
#define MT_PIN_TRIES 5            /* wrong PINs in a row before the lock; the counter survives a restart */
bool mt_pin_ok(struct mt_sv pin); /* 4 to 8 digits */

struct mt_staff {
    struct mt_id staff_id;
    const char *name; /* borrowed, never NULL */
    enum mt_role role;
    const char *verifier; /* Argon2id string of the PIN; borrowed */
    bool active;
    int64_t version;
};

#endif
