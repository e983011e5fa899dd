/* First expired, first out. Free packs of a lot are on_hand - reserved - what earlier lines of the order took. The
 * scanned lot is what the customer holds, so it comes first whatever its state; all others must be sellable. */
#include <medterm/domain/stock.h>

#include <medterm/base/utf8.h>

#include <string.h>

/* Unicode's space separators. */
static bool blank(uint32_t code) {
    return code == ' ' || code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x202f ||
           code == 0x205f || code == 0x3000;
}

bool mt_lot_no_ok(struct mt_sv lot_no) {
    bool ends_well = false;
    for (bool first = true; lot_no.n > 0; first = false) {
        const uint32_t code = mt_utf8_next(&lot_no);
        if (mt_utf8_harmful(code) || (first && blank(code)))
            return false;
        ends_well = !blank(code);
    }
    return ends_well;
}

bool mt_lot_sellable(const struct mt_lot *lot, struct mt_date today) {
    if (lot->state != MT_LOT_OK)
        return false;
    return !mt_date_is(lot->expires_on) || lot->expires_on.day >= today.day;
}

static int64_t lot_free(const struct mt_lot *lot, int64_t already) {
    int64_t left = lot->on_hand - lot->reserved - already;
    return left > 0 ? left : 0;
}

static size_t find_lot(const struct mt_lot *lots, size_t count, const char *lot_no) {
    size_t at = 0;
    if (lot_no == NULL || lot_no[0] == '\0')
        return count;
    while (at < count && strcmp(lots[at].lot_no, lot_no) != 0)
        at++;
    return at;
}

/* Takes what the lot can give of *left; returns packs taken. */
static int64_t take(const struct mt_lot *lot, int64_t already, int64_t *left) {
    int64_t packs = lot_free(lot, already);
    if (packs > *left)
        packs = *left;
    *left -= packs;
    return packs;
}

void mt_stock_fefo(const struct mt_lot *lots, const int64_t *already, size_t count, const char *scanned_lot, int64_t quantity,
                   struct mt_date today, struct mt_stock_take *takes, size_t *taken, int64_t *shortfall) {
    int64_t left = quantity > 0 ? quantity : 0;
    size_t n = 0;
    size_t scanned = find_lot(lots, count, scanned_lot);
    if (scanned < count) {
        int64_t packs = take(&lots[scanned], already ? already[scanned] : 0, &left);
        if (packs > 0)
            takes[n++] = (struct mt_stock_take){.lot = scanned, .quantity = packs, .scanned = true};
    }
    for (size_t i = 0; i < count && left > 0; i++) {
        if (i == scanned || !mt_lot_sellable(&lots[i], today))
            continue;
        int64_t packs = take(&lots[i], already ? already[i] : 0, &left);
        if (packs > 0)
            takes[n++] = (struct mt_stock_take){.lot = i, .quantity = packs, .scanned = false};
    }
    *taken = n;
    *shortfall = left;
}
