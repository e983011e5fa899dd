/* Lots: what a number of one may hold, and FEFO, which lots an order takes. Pure: the caller loads the lots and writes what comes
 * out. */
#ifndef MEDTERM_DOMAIN_STOCK_H
#define MEDTERM_DOMAIN_STOCK_H

#include <medterm/domain/drug.h>

struct mt_stock_take {
    size_t lot;       /* index into the lots given */
    int64_t quantity; /* packs, >= 1 */
    bool scanned;     /* the lot was scanned; otherwise FEFO chose it */
};

/* What a lot number that comes in may hold: something, nothing that can't be seen, no blank at either end, because a recall finds
 * a lot by its number as it is printed. Packs carry up to 20 characters of GS1's set 82, which has neither (GS1 General
 * Specifications 3.4.1); national numbers hold other letters, too. Case counts, as it does there. */
bool mt_lot_no_ok(struct mt_sv lot_no);

/* True when a pack of the lot may be sold on that day: state ok and not past its expiry day. */
bool mt_lot_sellable(const struct mt_lot *lot, struct mt_date today);

/* Takes `quantity` packs: first from the scanned lot (by number; "" for none), then the sellable lots by earliest
 * expiry (then lot number). Lots must be sorted by expiry, then number. Writes at most count takes (one a lot at most, scanned
 * first) to takes[count], their number to *taken, and what could not be covered to *shortfall (0 when all was). `already[i]` (may
 * be NULL) are packs of lot i that earlier lines of the same order took. The scanned lot gives whatever its state, since the pack
 * is in the customer's hand; a caller that may still refuse asks mt_lot_sellable about it. */
void mt_stock_fefo(const struct mt_lot *lots, const int64_t *already, size_t count, const char *scanned_lot, int64_t quantity,
                   struct mt_date today, struct mt_stock_take *takes, size_t *taken, int64_t *shortfall);

#endif
