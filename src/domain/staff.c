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
    return r == MT_ROLE_COUNTER || r == MT_ROLE_PHARMACIST || r == MT_ROLE_MANAGER;
}

/* Counter staff hand over what they sold, so everybody may move an order on. */
bool mt_role_may_fulfil(enum mt_role r) {
    switch (r) {
    case MT_ROLE_COUNTER:
    case MT_ROLE_FULFILMENT:
    case MT_ROLE_PHARMACIST:
    case MT_ROLE_MANAGER:
        return true;
    }
    return false;
}

bool mt_role_may_dispense_controlled(enum mt_role r) {
    return r == MT_ROLE_PHARMACIST || r == MT_ROLE_MANAGER;
}

bool mt_pin_ok(struct mt_sv pin) {
    if (pin.n < MT_PIN_MIN || pin.n > MT_PIN_MAX)
        return false;
    for (size_t i = 0; i < pin.n; i++)
        if (pin.p[i] < '0' || pin.p[i] > '9')
            return false;
    return true;
}
