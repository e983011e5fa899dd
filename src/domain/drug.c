#include <medterm/domain/drug.h>

#include "names.h"

static const char *const rx_names[] = {
#define MT_X(symbol, name, sign, words) name,
    MT_RX_TABLE(MT_X)
#undef MT_X
};
static const char *const rx_signs[] = {
#define MT_X(symbol, name, sign, words) sign,
    MT_RX_TABLE(MT_X)
#undef MT_X
};
static const char *const lot_states[] = {"ok", "quarantined", "recalled"};

const char *mt_rx_name(enum mt_rx rx) {
    return name_at(rx_names, NAME_COUNT(rx_names), (size_t)rx);
}

const char *mt_rx_sign(enum mt_rx rx) {
    return name_at(rx_signs, NAME_COUNT(rx_signs), (size_t)rx);
}

enum mt_rc mt_rx_parse(struct mt_sv name, enum mt_rx *out) {
    size_t at = name_find(rx_names, NAME_COUNT(rx_names), name);
    if (at == NAME_COUNT(rx_names))
        return MT_INVALID;
    *out = (enum mt_rx)at;
    return MT_OK;
}

const char *mt_lot_state_name(enum mt_lot_state s) {
    return name_at(lot_states, NAME_COUNT(lot_states), (size_t)s);
}

enum mt_rc mt_lot_state_parse(struct mt_sv name, enum mt_lot_state *out) {
    size_t at = name_find(lot_states, NAME_COUNT(lot_states), name);
    if (at == NAME_COUNT(lot_states))
        return MT_INVALID;
    *out = (enum mt_lot_state)at;
    return MT_OK;
}
