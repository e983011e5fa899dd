/* What the law asks of an order before it may be sold. Lines are judged in their order, so that the message names the
 * first line a person has to look at; the address, which belongs to no line, comes last. */
#include <medterm/domain/rx.h>

#include "names.h"

static const char *const lack_fields[] = {
#define MT_X(symbol, field, words) field,
    MT_RX_LACK_TABLE(MT_X)
#undef MT_X
};
static const char *const lack_words[] = {
#define MT_X(symbol, field, words) words,
    MT_RX_LACK_TABLE(MT_X)
#undef MT_X
};

const char *mt_rx_lack_words(enum mt_rx_lack l) {
    return name_at(lack_words, NAME_COUNT(lack_words), (size_t)l);
}

const char *mt_rx_lack_field(enum mt_rx_lack l) {
    return name_at(lack_fields, NAME_COUNT(lack_fields), (size_t)l);
}

struct mt_rx_limits mt_rx_limits_default(void) {
    return (struct mt_rx_limits){.controlled_per_sale = 2};
}

static bool blank(const char *text) {
    return mt_sv_trim(mt_sv(text)).n == 0;
}

/* Packs of one drug over all lines: splitting a line does not get round the cap. */
static int64_t packs_of(const struct mt_order *o, const struct mt_id *drug_id) {
    int64_t sum = 0;
    for (size_t i = 0; i < o->item_count; i++)
        if (mt_id_eq(&o->items[i].drug_id, drug_id))
            sum += o->items[i].quantity;
    return sum;
}

static enum mt_rx_lack check_line(const struct mt_op_order_create *c, size_t line, enum mt_rx rx, struct mt_rx_limits limits,
                                  bool approver_ok) {
    const struct mt_order *o = &c->order;
    if (rx == MT_RX_NONE)
        return MT_RX_LACK_NOTHING;
    if (blank(o->doctor_name) && blank(o->doctor_id))
        return MT_RX_LACK_DOCTOR;
    if (blank(o->user_name) && blank(o->user_id))
        return MT_RX_LACK_PATIENT;
    if (rx != MT_RX_CONTROLLED)
        return MT_RX_LACK_NOTHING;
    if (blank(c->buyer_id_no))
        return MT_RX_LACK_BUYER_ID;
    if (!mt_id_is(&c->approved_by) || !approver_ok)
        return MT_RX_LACK_PHARMACIST;
    if (packs_of(o, &o->items[line].drug_id) > limits.controlled_per_sale)
        return MT_RX_LACK_CAP;
    return MT_RX_LACK_NOTHING;
}

enum mt_rx_lack mt_rx_check(const struct mt_op_order_create *create, const enum mt_rx *rx, struct mt_rx_limits limits,
                            bool approver_ok, size_t *item) {
    const struct mt_order *o = &create->order;
    *item = 0;
    for (size_t i = 0; i < o->item_count; i++) {
        enum mt_rx_lack lack = check_line(create, i, rx[i], limits, approver_ok);
        if (lack != MT_RX_LACK_NOTHING) {
            *item = i;
            return lack;
        }
    }
    if (o->fulfilment == MT_DELIVERY && blank(o->address_detail) && blank(o->address_id))
        return MT_RX_LACK_ADDRESS;
    return MT_RX_LACK_NOTHING;
}
