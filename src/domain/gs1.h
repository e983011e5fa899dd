/* GS1 element strings; private to the domain. */
#ifndef MEDTERM_SRC_DOMAIN_GS1_H
#define MEDTERM_SRC_DOMAIN_GS1_H

#include <medterm/domain/scan.h>

/* True when the text is to be read as GS1: a symbology identifier or a separator in front or inside, "(01)", or 01 with
 * fourteen digits. */
bool gs1_looks_like(struct mt_sv text);
/* Fills gtin, lot_no, serial, expires_on and kind (MT_SCAN_CODE, MT_SCAN_BAD_CHECK or MT_SCAN_BAD_GS1). */
void gs1_read(struct mt_sv text, struct mt_date today, struct mt_scan *out);

#endif
