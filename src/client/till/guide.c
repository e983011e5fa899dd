/* The first start: which service, and the code that makes this till a register. */
#include "parts.h"

enum { FIELDS = 2, MOST = 200 };

static struct mt_edit *focus(struct mt_till *t) {
    return t->guide.field == 0 ? &t->guide.url : &t->guide.code;
}

static void character(struct mt_till *t, uint32_t code, struct mt_effects *fx) {
    (void)fx;
    if (!t->guide.busy && code != ' ')
        (void)till_edit_insert(focus(t), code, MOST);
}

static void enter(struct mt_till *t, struct mt_effects *fx) {
    if (t->guide.url.n == 0) {
        t->guide.field = 0;
        till_say(t, MT_NOTICE_INFO, "Type the address of the order service, such as https://orders.example.org");
    } else if (t->guide.code.n == 0) {
        if (t->guide.field == 1)
            till_say(t, MT_NOTICE_INFO, "Type the enrolment code. The manager gets one from: medtermd register add");
        t->guide.field = 1;
    } else {
        struct mt_effect *e = till_effect(fx, MT_EFFECT_ENROL);
        e->text = t->guide.url.s;
        e->text2 = t->guide.code.s;
        t->guide.busy = true;
    }
}

static void action(struct mt_till *t, enum mt_action a, struct mt_effects *fx) {
    if (t->guide.busy || till_edit_action(focus(t), a))
        return;
    if (a == MT_ACT_ENTER)
        enter(t, fx);
    else if (a == MT_ACT_NEXT_FIELD || a == MT_ACT_DOWN)
        t->guide.field = (t->guide.field + 1) % FIELDS;
    else if (a == MT_ACT_PREV_FIELD || a == MT_ACT_UP)
        t->guide.field = (t->guide.field + FIELDS - 1) % FIELDS;
}

void till_enrolled(struct mt_till *t, const struct mt_msg *msg) {
    t->guide.busy = false;
    if (msg->rc != MT_OK) {
        struct mt_sv why = till_why(msg);
        till_say(t, MT_NOTICE_BAD, "Not enrolled: %.*s. Check the address and the code, then press Enter.", (int)why.n, why.p);
        return;
    }
    till_take_start(t, msg);
    t->enrolled = true;
    t->screen = MT_SCREEN_SIGN_IN;
    till_edit_wipe(&t->guide.code);
    till_say(t, MT_NOTICE_GOOD, "This till is now %s at %s. Sign in with your PIN.", t->register_code, t->store_name);
}

const struct till_screen till_guide = {.character = character, .action = action, .takes_paste = true};
