/* Patient, prescriber, delivery: the cart's head, typed in a dialog. What is typed is part of the cart at once and is
 * journaled when a field is left, so no key can lose it. */
#include "parts.h"

static const struct {
    const char *label;
    size_t most;
} fields[] = {
#define MT_X(symbol, label, most) {label, most},
    MT_CUSTOMER_FIELD_TABLE(MT_X)
#undef MT_X
};

const char *mt_customer_field_label(enum mt_customer_field f) {
    return (size_t)f < MT_CUSTOMER_FIELDS ? fields[f].label : "";
}

struct mt_cart_head mt_till_head(const struct mt_till *t) {
    const struct mt_edit *text = t->customer.text;
    return (struct mt_cart_head){
        .user_name = text[MT_FIELD_PATIENT].s,
        .user_phone = text[MT_FIELD_PHONE].s,
        .doctor_name = text[MT_FIELD_DOCTOR].s,
        .buyer_id_no = text[MT_FIELD_BUYER_ID].s,
        .prescription = text[MT_FIELD_PRESCRIPTION].s,
        .address_detail = text[MT_FIELD_ADDRESS].s,
        .remark = text[MT_FIELD_REMARK].s,
        .fulfilment = t->customer.fulfilment,
    };
}

static void set(struct mt_till *t, enum mt_customer_field f, const char *text) {
    till_edit_set(&t->customer.text[f], text == NULL ? "" : text);
}

void till_customer_take(struct mt_till *t, const struct mt_cart_head *head) {
    static const struct mt_cart_head empty;
    const struct mt_cart_head *h = head != NULL ? head : &empty;
    set(t, MT_FIELD_PATIENT, h->user_name);
    set(t, MT_FIELD_PHONE, h->user_phone);
    set(t, MT_FIELD_DOCTOR, h->doctor_name);
    set(t, MT_FIELD_BUYER_ID, h->buyer_id_no);
    set(t, MT_FIELD_PRESCRIPTION, h->prescription);
    set(t, MT_FIELD_ADDRESS, h->address_detail);
    set(t, MT_FIELD_REMARK, h->remark);
    t->customer.fulfilment = h->fulfilment;
    t->customer.changed = false;
    t->customer.field = MT_FIELD_PATIENT;
}

/* The field of what the order asks for first, or `other`. */
static enum mt_customer_field asked_for(const struct mt_till *t, enum mt_customer_field other) {
    static const struct {
        enum mt_rx_lack lack;
        enum mt_customer_field field;
    } asked[] = {
        {MT_RX_LACK_DOCTOR, MT_FIELD_DOCTOR},
        {MT_RX_LACK_PATIENT, MT_FIELD_PATIENT},
        {MT_RX_LACK_BUYER_ID, MT_FIELD_BUYER_ID},
        {MT_RX_LACK_ADDRESS, MT_FIELD_ADDRESS},
    };
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        if (t->cart.lack == asked[i].lack)
            return asked[i].field;
    return other;
}

void till_customer_open(struct mt_till *t) {
    t->screen = MT_SCREEN_CUSTOMER;
    t->customer.field = asked_for(t, MT_FIELD_PATIENT);
}

void till_customer_journal(struct mt_till *t, struct mt_effects *fx) {
    if (!t->customer.changed)
        return;
    t->customer.changed = false;
    till_effect(fx, MT_EFFECT_CART_HEAD)->head = &t->head;
    t->head = mt_till_head(t);
    if (till_cart_reckon(t) != MT_OK)
        till_say(t, MT_NOTICE_BAD, "Not enough memory to check the order. Start medterm again; the order is kept.");
}

static void toggle_handover(struct mt_till *t) {
    t->customer.fulfilment = t->customer.fulfilment == MT_PICKUP ? MT_DELIVERY : MT_PICKUP;
    t->customer.changed = true;
}

static void character(struct mt_till *t, uint32_t code, struct mt_effects *fx) {
    (void)fx;
    enum mt_customer_field f = t->customer.field;
    if (f == MT_FIELD_FULFILMENT) {
        if (code == ' ')
            toggle_handover(t);
        return;
    }
    if (till_edit_insert(&t->customer.text[f], code, fields[f].most))
        t->customer.changed = true;
    else if (!mt_utf8_harmful(code))
        till_say(t, MT_NOTICE_WARN, "Input truncated: %s takes %zu characters.", fields[f].label, fields[f].most);
}

static void focus(struct mt_till *t, enum mt_customer_field f) {
    t->customer.field = f;
    t->customer.text[f].cursor = t->customer.text[f].n;
}

static void move(struct mt_till *t, int by, struct mt_effects *fx) {
    till_customer_journal(t, fx);
    focus(t, (enum mt_customer_field)(((int)t->customer.field + by + MT_CUSTOMER_FIELDS) % MT_CUSTOMER_FIELDS));
}

/* On to what the order still asks for; when that is this field, or nothing, the dialog is done. */
static void confirm(struct mt_till *t, struct mt_effects *fx) {
    till_customer_journal(t, fx);
    enum mt_customer_field next = asked_for(t, t->customer.field);
    if (next == t->customer.field)
        till_open_new(t);
    else
        focus(t, next);
}

static void action(struct mt_till *t, enum mt_action a, struct mt_effects *fx) {
    enum mt_customer_field f = t->customer.field;
    if (a == MT_ACT_NEXT_FIELD || a == MT_ACT_DOWN)
        move(t, 1, fx);
    else if (a == MT_ACT_PREV_FIELD || a == MT_ACT_UP)
        move(t, -1, fx);
    else if (a == MT_ACT_ENTER && till_burst_ends(&t->burst, t->mono))
        move(t, 1, fx); /* a scanned card fills its field and goes on */
    else if (a == MT_ACT_ENTER)
        confirm(t, fx);
    else if (a == MT_ACT_BACK) {
        till_customer_journal(t, fx);
        till_open_new(t);
    } else if (f == MT_FIELD_FULFILMENT) {
        if (a == MT_ACT_LEFT || a == MT_ACT_RIGHT)
            toggle_handover(t);
    } else if (till_edit_action(&t->customer.text[f], a) && (a == MT_ACT_RUBOUT || a == MT_ACT_DELETE))
        t->customer.changed = true;
}

const struct till_screen till_customer = {.character = character, .action = action, .takes_paste = true};
