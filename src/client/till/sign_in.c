/* Sign-in by PIN. Digits at any human pace; what a scanner sends is taken out again and its Enter is ignored. */
#include "parts.h"

#include <inttypes.h>
#include <string.h>

static void character(struct mt_till *t, uint32_t code, struct mt_effects *fx) {
    (void)fx;
    if (t->sign_in.busy || t->sign_in.locked_until > 0)
        return;
    if (till_burst_is(&t->burst)) {
        till_edit_wipe(&t->sign_in.pin);
        till_say(t, MT_NOTICE_WARN, "A scan came in. The PIN is typed by hand.");
    } else if (code >= '0' && code <= '9')
        (void)till_edit_insert(&t->sign_in.pin, code, MT_PIN_MAX);
}

static void enter(struct mt_till *t, struct mt_effects *fx) {
    struct mt_edit *pin = &t->sign_in.pin;
    if (till_burst_ends(&t->burst, t->mono) || pin->n == 0 || t->sign_in.locked_until > 0)
        return;
    if (!mt_pin_ok(mt_sv_n(pin->s, pin->n))) {
        till_edit_wipe(pin);
        till_say(t, MT_NOTICE_BAD, "A PIN has %d to %d digits. Type yours and press Enter.", MT_PIN_MIN, MT_PIN_MAX);
        return;
    }
    till_effect(fx, MT_EFFECT_CHECK_PIN)->text = pin->s;
    t->sign_in.busy = true;
}

static void action(struct mt_till *t, enum mt_action a, struct mt_effects *fx) {
    if (t->sign_in.busy)
        return;
    if (a == MT_ACT_ENTER)
        enter(t, fx);
    else if (a == MT_ACT_RUBOUT)
        (void)till_edit_action(&t->sign_in.pin, a);
    else if (a == MT_ACT_BACK || a == MT_ACT_DELETE)
        till_edit_wipe(&t->sign_in.pin);
}

static void wrong(struct mt_till *t, const struct mt_msg *msg) {
    t->sign_in.tries_left = msg->tries_left;
    struct mt_sv why = msg->text;
    if (msg->locked_ms > 0) {
        t->sign_in.locked_until = t->mono + msg->locked_ms;
        till_say(t, MT_NOTICE_BAD, "Locked after %d wrong PINs. The cart and every sale are safe.", MT_PIN_TRIES);
    } else if (why.n > 0)
        till_say(t, MT_NOTICE_BAD, "%.*s", (int)why.n, why.p);
    else if (msg->rc == MT_DENIED)
        till_say(t, MT_NOTICE_BAD, "That PIN belongs to nobody here. %d %s left before this till locks for a while.",
                 msg->tries_left, msg->tries_left == 1 ? "try" : "tries");
    else if (msg->rc == MT_NOTFOUND)
        till_say(t, MT_NOTICE_BAD, "No staff are known here yet. They come with the first contact to the service.");
    else
        till_say(t, MT_NOTICE_BAD, "The PIN could not be checked: %s. Try again.", mt_rc_text(msg->rc));
}

void till_pin(struct mt_till *t, const struct mt_msg *msg) {
    t->sign_in.busy = false;
    till_edit_wipe(&t->sign_in.pin);
    till_hush(t);
    if (msg->rc != MT_OK || msg->staff == NULL) {
        wrong(t, msg);
        return;
    }
    t->signed_in = true;
    t->last_key = t->mono;
    t->sign_in.tries_left = -1;
    t->sign_in.locked_until = 0;
    t->staff.staff_id = msg->staff->staff_id;
    t->staff.role = msg->staff->role;
    t->staff.left = false;
    till_set(t->staff.name, sizeof t->staff.name, msg->staff->name);
    till_open_new(t);
    if (till_cart_reckon(t) != MT_OK)
        till_say(t, MT_NOTICE_BAD, "The cart could not be summed up: not enough memory. Start medterm again.");
    else if (t->cart.count > 0)
        till_say(t, MT_NOTICE_INFO, "The order is as it was left: %zu %s.", t->cart.count, t->cart.count == 1 ? "line" : "lines");
    else if (!mt_role_may_sell(t->staff.role))
        till_say(t, MT_NOTICE_INFO, "F5 opens the fulfilment board.");
}

void till_staff(struct mt_till *t, const struct mt_msg *msg) {
    const struct mt_staff *who = msg->staff;
    if (!t->signed_in || who == NULL || !mt_id_eq(&who->staff_id, &t->staff.staff_id))
        return;
    t->staff.left = !who->active;
    if (t->staff.left)
        return;
    till_set(t->staff.name, sizeof t->staff.name, who->name);
    if (who->role == t->staff.role)
        return;
    t->staff.role = who->role;
    if (t->screen == MT_SCREEN_PAY && !mt_role_may_sell(who->role) && !t->commit.busy)
        till_open_new(t);
    till_say(t, MT_NOTICE_INFO, "%s has the role %s from now on.", t->staff.name, mt_role_name(who->role));
}

const struct till_screen till_sign_in = {.character = character, .action = action};
