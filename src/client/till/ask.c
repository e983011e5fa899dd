/* Questions before dangerous things. Only the one key says yes; every other answer is the safe one. */
#include "parts.h"

void till_ask(struct mt_till *t, enum mt_ask ask, const char *order_no) {
    t->ask = ask;
    till_set(t->ask_no, sizeof t->ask_no, order_no);
}

static void clear_cart(struct mt_till *t, struct mt_effects *fx) {
    till_cart_forget(t);
    (void)till_effect(fx, MT_EFFECT_CART_CLEAR);
    till_say(t, MT_NOTICE_INFO, "The order was thrown away. Scan a pack or type a name.");
}

void till_answer(struct mt_till *t, enum mt_action action, struct mt_effects *fx) {
    enum mt_ask ask = t->ask;
    t->ask = MT_ASK_NONE;
    if (action != MT_ACT_YES)
        return;
    till_hush(t);
    switch (ask) {
    case MT_ASK_NONE:
        break;
    case MT_ASK_CLEAR_CART:
        clear_cart(t, fx);
        break;
    case MT_ASK_ADVANCE:
        till_advance(t, t->ask_no, fx);
        break;
    case MT_ASK_CANCEL:
        till_cancel(t, fx);
        break;
    case MT_ASK_DROP:
        till_sync_settle(t, t->ask_seq, MT_SETTLE_DROP, fx);
        break;
    }
}
