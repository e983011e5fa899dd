/* The table of screens. */
#include "parts.h"

static const struct screen *const screens[MT_SCREENS] = {
    [MT_SCREEN_GUIDE] = &screen_guide,  [MT_SCREEN_SIGN_IN] = &screen_sign_in,   [MT_SCREEN_NEW] = &screen_sale,
    [MT_SCREEN_PAY] = &screen_pay,      [MT_SCREEN_CUSTOMER] = &screen_customer, [MT_SCREEN_PAID] = &screen_paid,
    [MT_SCREEN_FULFIL] = &screen_board, [MT_SCREEN_PICK] = &screen_pick,         [MT_SCREEN_SYNC] = &screen_sync,
};

const struct screen *screen_of(const struct mt_till *t) {
    return screens[t->screen];
}
