/* Somebody who works fast at an enrolled till: operations go into the till's own file as its screens would commit them, while no
 * program of it runs; `medterm sync --once` then sends them. */
#ifndef MEDTERM_TESTS_HANDS_H
#define MEDTERM_TESTS_HANDS_H

#include "shop.h"

#include <medterm/store/cache.h>

struct mt_hands {
    struct mt_register *reg; /* owned, like the reader */
    struct mt_cache_reader *reader;
    struct mt_arena arena;
    struct mt_id staff;
};
void mt_hands_open(struct mt_hands *h, const struct mt_counter *till);
void mt_hands_close(struct mt_hands *h);
/* An order of one line; handed_over needs paid. Its number into order_no (may be NULL). */
void mt_hands_sell(struct mt_hands *h, const char *code, int64_t quantity, bool paid, bool handed_over,
                   char order_no[MT_ORDER_NO_TEXT]);
/* All its money, in cash. */
void mt_hands_pay(struct mt_hands *h, const char *order_no);
void mt_hands_advance(struct mt_hands *h, const char *order_no, enum mt_order_status to);
void mt_hands_cancel(struct mt_hands *h, const char *order_no);

#endif
