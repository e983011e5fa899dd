/* Prescription and controlled-drug rules (what a sale of such drugs must carry). */
#ifndef MEDTERM_DOMAIN_RX_H
#define MEDTERM_DOMAIN_RX_H

#include <medterm/domain/operation.h>
#include <medterm/domain/staff.h>

/* X(symbol, field it is missing in, words: what is to be done) */
#define MT_RX_LACK_TABLE(X)                                                                                                        \
    X(MT_RX_LACK_NOTHING, "", "")                                                                                                  \
    X(MT_RX_LACK_DOCTOR, "doctor_name", "needs a prescriber")                                                                      \
    X(MT_RX_LACK_PATIENT, "user_name", "needs the patient's name")                                                                 \
    X(MT_RX_LACK_BUYER_ID, "buyer_id_no", "needs the buyer's identity")                                                            \
    X(MT_RX_LACK_PHARMACIST, "approved_by", "needs a pharmacist's PIN")                                                            \
    X(MT_RX_LACK_CAP, "quantity", "is above the cap for one sale")                                                                 \
    X(MT_RX_LACK_ADDRESS, "address_detail", "delivery needs an address")
enum mt_rx_lack {
#define MT_X(symbol, field, words) symbol,
    MT_RX_LACK_TABLE(MT_X)
#undef MT_X
};
const char *mt_rx_lack_words(enum mt_rx_lack l);
const char *mt_rx_lack_field(enum mt_rx_lack l);

struct mt_rx_limits {
    int64_t controlled_per_sale; /* packs of one controlled drug a sale */
};
struct mt_rx_limits mt_rx_limits_default(void); /* 2 packs */

/* First thing an order lacks; *item is the index of the item that asks for it (0 for an order-wide lack).
 * rx[i] is the class of items[i]. approver_ok: approved_by names an active pharmacist or manager. */
enum mt_rx_lack mt_rx_check(const struct mt_op_order_create *create, const enum mt_rx *rx, struct mt_rx_limits limits,
                            bool approver_ok, size_t *item);

#endif
