/* The receipt as text, 48 columns. Pure: who writes it where is the app's business. Every text of an order goes through one
 * function that leaves nothing a printer or a terminal could take for a command. */
#ifndef MEDTERM_PRINT_RECEIPT_H
#define MEDTERM_PRINT_RECEIPT_H

#include <medterm/base/buf.h>
#include <medterm/domain/order.h>

#define MT_RECEIPT_COLUMNS 48

struct mt_receipt {
    const struct mt_order *order;
    const char *store_name, *register_code, *staff_name; /* staff_name: "" when not known */
    const int32_t *vat_bp;                               /* of each item; NULL: no VAT line */
    int64_t utc_offset_minutes;
    bool offline; /* taken while the line was down */
    bool copy;    /* printed before */
};
void mt_receipt_text(const struct mt_receipt *r, struct mt_buf *out);

/* Columns a text takes on paper; wide characters count two, marks none. */
size_t mt_paper_width(struct mt_sv text);

#endif
