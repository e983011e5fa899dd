/* A drug: one sellable pack of the catalogue, and what a store has of it. */
#ifndef MEDTERM_DOMAIN_DRUG_H
#define MEDTERM_DOMAIN_DRUG_H

#include <medterm/base/id.h>
#include <medterm/domain/money.h>

/* X(symbol, wire name, sign on the screen, words) */
#define MT_RX_TABLE(X)                                                                                                             \
    X(MT_RX_NONE, "none", "", "over the counter")                                                                                  \
    X(MT_RX_REQUIRED, "rx", "Rx", "prescription only")                                                                             \
    X(MT_RX_CONTROLLED, "controlled", "CD", "controlled drug")

enum mt_rx {
#define MT_X(symbol, name, sign, words) symbol,
    MT_RX_TABLE(MT_X)
#undef MT_X
};
const char *mt_rx_name(enum mt_rx rx);
const char *mt_rx_sign(enum mt_rx rx);
MT_MUST enum mt_rc mt_rx_parse(struct mt_sv name, enum mt_rx *out);

/* Texts: NUL-terminated, valid UTF-8, borrowed from the arena that made the drug, "" when unknown, never NULL. */
struct mt_drug {
    struct mt_id drug_id;
    const char *code; /* GTIN digits: 8, 12, 13 or 14 */
    const char *name, *spec, *form, *maker, *generic, *pinyin, *shelf;
    bool has_price; /* without a price a drug can not be sold */
    bool sellable;  /* has a price and is marketed */
    struct mt_money price;
    enum mt_rx rx;
    int32_t vat_bp; /* basis points, included in the price */
    int64_t version;
};

enum mt_lot_state { MT_LOT_OK, MT_LOT_QUARANTINED, MT_LOT_RECALLED };
const char *mt_lot_state_name(enum mt_lot_state s); /* "ok" "quarantined" "recalled" */
MT_MUST enum mt_rc mt_lot_state_parse(struct mt_sv name, enum mt_lot_state *out);

/* One lot of one drug at one store; 0 <= reserved <= on_hand. Quantities are whole packs. */
struct mt_lot {
    const char *lot_no; /* borrowed as above */
    struct mt_date expires_on;
    enum mt_lot_state state;
    int64_t on_hand, reserved;
};

/* What a store has of a drug; version rises with every change of any of its lots. */
struct mt_stock {
    struct mt_id drug_id;
    int64_t version;
    int64_t on_hand, reserved;
    struct mt_lot *lots; /* owned by the arena, earliest expiry first */
    size_t lot_count;
};

#endif
