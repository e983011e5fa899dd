/* One order of the board: what to take from which shelf and lot. Also the way to the payment of an order saved unpaid. */
#include "parts.h"

#include <string.h>

void till_pick_load(struct mt_till *t, const char *order_no, bool pay, struct mt_effects *fx) {
    if (strcmp(t->pick.order_no, order_no) != 0)
        t->pick.loaded = false;
    if (order_no != t->pick.order_no)
        till_set(t->pick.order_no, sizeof t->pick.order_no, order_no);
    t->pick.pay = pay;
    till_effect(fx, MT_EFFECT_LOAD_ORDER)->order_no = t->pick.order_no;
    if (!pay)
        t->screen = MT_SCREEN_PICK;
}

static enum mt_rc keep(struct mt_till *t, const struct mt_msg *msg) {
    mt_arena_reset(&t->pick_arena);
    t->pick.loaded = false;
    enum mt_rc rc = till_copy_order(&t->pick_arena, msg->order, &t->pick.order);
    size_t count = t->pick.order.item_count;
    t->pick.shelf = mt_arena_array(&t->pick_arena, count > 0 ? count : 1, sizeof *t->pick.shelf);
    if (rc != MT_OK || t->pick.shelf == NULL)
        return MT_NOMEM;
    for (size_t i = 0; i < count; i++)
        if ((t->pick.shelf[i] = till_copy_text(&t->pick_arena, msg->shelf != NULL ? msg->shelf[i] : NULL)) == NULL)
            return MT_NOMEM;
    t->pick.loaded = true;
    if (t->pick.selected >= count)
        t->pick.selected = 0;
    return MT_OK;
}

void till_pick_take(struct mt_till *t, const struct mt_msg *msg) {
    const char *order_no = msg->order != NULL ? msg->order->order_no : msg->order_no != NULL ? msg->order_no : "";
    if (order_no[0] != '\0' && strcmp(order_no, t->pick.order_no) != 0)
        return; /* asked for before the hand moved on */
    enum mt_rc rc = msg->order == NULL ? (msg->rc != MT_OK ? msg->rc : MT_NOTFOUND) : keep(t, msg);
    if (rc != MT_OK) {
        if (t->screen == MT_SCREEN_PICK)
            t->screen = MT_SCREEN_FULFIL;
        if (rc == MT_NOTFOUND)
            till_say(t, MT_NOTICE_BAD, "%s is not known at this till. Orders of other counters come with the line.",
                     t->pick.order_no);
        else
            till_say(t, MT_NOTICE_BAD, "%s could not be opened: %s.", t->pick.order_no, mt_rc_text(rc));
    } else if (t->pick.pay && (t->screen == MT_SCREEN_FULFIL || t->screen == MT_SCREEN_PICK)) {
        t->pick.pay = false;
        if (t->pick.order.status == MT_ORDER_PENDING)
            till_pay_order(t, &t->pick.order);
        else
            till_say(t, MT_NOTICE_INFO, "%s is paid.", t->pick.order_no);
    }
}

void till_cancel(struct mt_till *t, struct mt_effects *fx) {
    struct mt_op op = {.kind = MT_OP_ORDER_CANCEL};
    op.body.cancel.order_id = t->pick.order.order_id;
    till_set(op.body.cancel.order_no, sizeof op.body.cancel.order_no, t->pick.order_no);
    op.body.cancel.reason = "cancelled at the counter";
    (void)till_commit(t, &op, t->pick.order_no, fx);
}

static void advance(struct mt_till *t, struct mt_effects *fx) {
    bool own = strcmp(t->pick.order.register_code, t->register_code) == 0;
    if (!t->pick.loaded)
        return;
    if (!own && t->link.link != MT_LINK_ONLINE && t->pick.order.status == MT_ORDER_PAID)
        till_ask(t, MT_ASK_ADVANCE, t->pick.order_no);
    else
        till_advance(t, t->pick.order_no, fx);
}

static void action(struct mt_till *t, enum mt_action a, struct mt_effects *fx) {
    if (a == MT_ACT_BACK)
        till_board_open(t, fx);
    else if (a == MT_ACT_ENTER)
        (void)till_find_enter(t, fx);
    else if (a == MT_ACT_RUBOUT)
        (void)till_edit_action(&t->find, a);
    else if (!t->pick.loaded)
        return;
    else if (a == MT_ACT_ADVANCE)
        advance(t, fx);
    else if (a == MT_ACT_DOWN && t->pick.selected + 1 < t->pick.order.item_count)
        t->pick.selected++;
    else if (a == MT_ACT_UP && t->pick.selected > 0)
        t->pick.selected--;
    else if (a == MT_ACT_CANCEL && t->pick.order.status == MT_ORDER_PENDING)
        till_ask(t, MT_ASK_CANCEL, t->pick.order_no);
    else if (a == MT_ACT_REPRINT) {
        struct mt_effect *e = till_effect(fx, MT_EFFECT_PRINT);
        e->order_no = t->pick.order_no;
        e->copy = true;
    }
}

const struct till_screen till_pick = {.character = till_find_character, .action = action};
