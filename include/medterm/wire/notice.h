/* The body of a webhook: what happened to which order, and nothing about a patient. Who wants to know more asks for the order. */
#ifndef MEDTERM_WIRE_NOTICE_H
#define MEDTERM_WIRE_NOTICE_H

#include <medterm/domain/order.h>

struct mt_notice { /* all texts borrowed */
    const char *store_id, *order_id, *order_no;
    const char *from, *to; /* statuses; from "" for a new order */
    int64_t version;
    mt_time at;
};
/* {"event":"order.status","store_id":…,"order_no":…,"order_id":…,"from":… or null,"to":…,"version":…,"at":…} */
void mt_notice_print(const struct mt_notice *n, struct mt_buf *out);

#endif
