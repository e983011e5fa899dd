#include <medterm/domain/staff.h>

#include "names.h"

static const char *const role_names[] = {
#define MT_X(symbol, name) name,
    MT_ROLE_TABLE(MT_X)
#undef MT_X
};

const char *mt_role_name(enum mt_role r) {
    return name_at(role_names, NAME_COUNT(role_names), (size_t)r);
}

enum mt_rc mt_role_parse(struct mt_sv name, enum mt_role *out) {
    size_t at = name_find(role_names, NAME_COUNT(role_names), name);
    if (at == NAME_COUNT(role_names))
        return MT_INVALID;
    *out = (enum mt_role)at;
    return MT_OK;
}

bool mt_role_may_sell(enum mt_role r) {
    return mt_role_has(r, MT_RIGHT_SELL);
}

bool mt_role_may_fulfil(enum mt_role r) {
    return mt_role_has(r, MT_RIGHT_FULFIL);
}

bool mt_role_may_dispense_controlled(enum mt_role r) {
    return mt_role_has(r, MT_RIGHT_DISPENSE_CONTROLLED);
}

bool mt_pin_ok(struct mt_sv pin) {
    if (pin.n < MT_PIN_MIN || pin.n > MT_PIN_MAX)
        return false;
    for (size_t i = 0; i < pin.n; i++)
        if (pin.p[i] < '0' || pin.p[i] > '9')
            return false;
    return true;
}

bool mt_role_has(enum mt_role role, enum mt_right right) {
    static const bool rights[][MT_ROLE_MANAGER + 1] = {
#define MT_X(symbol, counter, fulfilment, pharmacist, manager) {counter, fulfilment, pharmacist, manager},
        MT_RIGHT_TABLE(MT_X)
#undef MT_X
    };
    return (size_t)right < sizeof rights / sizeof rights[0] && role <= MT_ROLE_MANAGER && rights[right][role];
}
