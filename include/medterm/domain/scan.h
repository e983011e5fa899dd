/* What a scanner or a hand typed: EAN-13, EAN-8, UPC-A, GTIN-14, or GS1 element strings (GS1 General
 * Specifications, section 3, and 7.9 for the check digit). */
#ifndef MEDTERM_DOMAIN_SCAN_H
#define MEDTERM_DOMAIN_SCAN_H

#include <medterm/base/time.h>

enum mt_scan_kind {
    MT_SCAN_NONE,      /* not a code: text for the search */
    MT_SCAN_CODE,      /* a GTIN, perhaps with lot, expiry, serial */
    MT_SCAN_ORDER_NO,  /* a receipt's barcode */
    MT_SCAN_BAD_CHECK, /* has the form of a code, the check digit is wrong */
    MT_SCAN_BAD_GS1    /* starts as GS1 and can not be read */
};

struct mt_scan {
    enum mt_scan_kind kind;
    char gtin[15];               /* digits without leading zeros beyond 13: EAN-13 form when it fits, else 14 */
    char lot_no[21], serial[21]; /* "" when absent */
    struct mt_date expires_on;   /* MT_NO_DATE when absent; day 00 means the last of the month (GS1 3.4.7) */
    char order_no[32];
    int32_t quantity; /* of a prefix "3*" or suffix "*3"; 1 otherwise */
    bool has_quantity;
    struct mt_sv rest; /* the input without the quantity, trimmed, borrowed from it; "*3" alone leaves nothing: the line just added
                          is meant */
};

/* Mod-10 check digit over all digits, last one included. */
bool mt_gtin_check(struct mt_sv digits);
/* Reads one input line as typed or scanned; FNC1 may come as GS (0x1D) or "]d2"/"]C1" in front. `today` places two-digit years
 * (GS1 7.12). Never fails. */
void mt_scan_read(struct mt_sv input, struct mt_date today, struct mt_scan *out);
/* The code as catalogues store it: digits only, 8/12/13/14 long, check digit right; GTIN-14 with a leading 0 and UPC-A become
 * EAN-13, a GTIN-8 padded with zeros becomes EAN-8. */
MT_MUST enum mt_rc mt_gtin_normalise(struct mt_sv text, char out[15]);

#endif
