/* The cart. Each change of a line is journaled by its effect in the same update, and total and lacks are reckoned anew,
 * so the model is never out of step with either. A change that can not be summed up is taken back. Packs that were
 * scanned stand in their line, so that lot and serial travel with the order. */
#include "parts.h"

#include <string.h>

static void journal(struct mt_till *t, size_t line, struct mt_effects *fx) {
    struct mt_effect *e = till_effect(fx, MT_EFFECT_CART_LINE);
    e->index = line;
    e->line = &t->cart.lines[line];
}

static const char *text_of(const struct mt_edit *e) {
    return e->s;
}

static enum mt_rc build_items(struct mt_till *t, struct mt_order *o) {
    o->items = mt_arena_array(&t->op_arena, t->cart.count > 0 ? t->cart.count : 1, sizeof *o->items);
    if (o->items == NULL)
        return MT_NOMEM;
    o->item_count = t->cart.count;
    for (size_t i = 0; i < t->cart.count; i++) {
        const struct mt_cart_line *l = &t->cart.lines[i];
        struct mt_order_item *item = &o->items[i];
        *item = (struct mt_order_item){.line = (int32_t)i + 1,
                                       .drug_id = l->drug.drug_id,
                                       .drug_name = l->drug.name,
                                       .drug_spec = l->drug.spec,
                                       .quantity = l->quantity,
                                       .price = l->drug.price,
                                       .pack_count = l->pack_count};
        item->packs = mt_arena_array(&t->op_arena, l->pack_count > 0 ? l->pack_count : 1, sizeof *item->packs);
        if (item->packs == NULL)
            return MT_NOMEM;
        if (l->pack_count > 0)
            memcpy(item->packs, l->packs, l->pack_count * sizeof *l->packs);
    }
    return MT_OK;
}

enum mt_rc till_cart_order(struct mt_till *t, struct mt_op_order_create *out) {
    const struct mt_edit *text = t->customer.text;
    mt_arena_reset(&t->op_arena);
    *out = (struct mt_op_order_create){
        .prescription = text_of(&text[MT_FIELD_PRESCRIPTION]),
        .buyer_id_no = text_of(&text[MT_FIELD_BUYER_ID]),
        .order = {.register_code = t->register_code,
                  .status = MT_ORDER_PENDING,
                  .user_id = "",
                  .user_name = text_of(&text[MT_FIELD_PATIENT]),
                  .user_phone = text_of(&text[MT_FIELD_PHONE]),
                  .doctor_id = "",
                  .doctor_name = text_of(&text[MT_FIELD_DOCTOR]),
                  .address_id = "",
                  .address_detail = text_of(&text[MT_FIELD_ADDRESS]),
                  .fulfilment = t->customer.fulfilment,
                  .currency = t->currency,
                  .pay_type = "",
                  .taken_offline = t->link.link != MT_LINK_ONLINE,
                  .remark = text_of(&text[MT_FIELD_REMARK]),
                  .printed_no = ""},
    };
    if (t->signed_in && mt_role_may_dispense_controlled(t->staff.role))
        out->approved_by = t->staff.staff_id;
    enum mt_rc rc = build_items(t, &out->order);
    return rc == MT_OK ? mt_order_total(&out->order) : rc;
}

enum mt_rc till_cart_reckon(struct mt_till *t) {
    struct mt_op_order_create create;
    enum mt_rx rx[MT_ITEMS_MAX];
    if (t->commit.busy)
        return MT_OK; /* what is being saved is not touched */
    enum mt_rc rc = till_cart_order(t, &create);
    if (rc != MT_OK)
        return rc;
    for (size_t i = 0; i < t->cart.count; i++)
        rx[i] = t->cart.lines[i].drug.rx;
    t->cart.total = create.order.total_amount;
    t->cart.lack = mt_rx_check(&create, rx, mt_rx_limits_default(), mt_id_is(&create.approved_by), &t->cart.lack_line);
    return MT_OK;
}

void till_cart_forget(struct mt_till *t) {
    t->cart.count = t->cart.current = t->cart.lack_line = 0;
    t->cart.total = mt_money_zero();
    t->cart.lack = MT_RX_LACK_NOTHING;
    till_customer_take(t, NULL);
    mt_arena_reset(&t->cart_arena);
}

/* ---- packs ---- */

static enum mt_rc add_pack(struct mt_till *t, size_t line, const struct mt_pack *pack) {
    struct mt_cart_line *l = &t->cart.lines[line];
    if (l->pack_count == t->cart.pack_room[line]) {
        size_t room = t->cart.pack_room[line] > 0 ? t->cart.pack_room[line] * 2 : 4;
        struct mt_pack *more = mt_arena_array(&t->cart_arena, room, sizeof *more);
        if (more == NULL)
            return MT_NOMEM;
        if (l->pack_count > 0)
            memcpy(more, l->packs, l->pack_count * sizeof *more);
        l->packs = more;
        t->cart.pack_room[line] = room;
    }
    struct mt_pack *packs = (struct mt_pack *)l->packs; /* the arena's own, const only for readers */
    enum mt_rc rc = till_copy_pack(&t->cart_arena, pack, &packs[l->pack_count]);
    if (rc == MT_OK)
        l->pack_count++;
    return rc;
}

static enum mt_rc add_scanned(struct mt_till *t, size_t line, const struct mt_scan *scan, int64_t quantity) {
    if (scan == NULL || (scan->lot_no[0] == '\0' && scan->serial[0] == '\0'))
        return MT_OK;
    struct mt_pack pack = {.lot_no = scan->lot_no, .serial = scan->serial, .expires_on = scan->expires_on};
    enum mt_rc rc = MT_OK;
    for (int64_t i = 0; rc == MT_OK && i < quantity; i++)
        rc = add_pack(t, line, &pack);
    return rc;
}

static bool serial_taken(const struct mt_till *t, const struct mt_id *drug_id, const char *serial) {
    for (size_t i = 0; i < t->cart.count; i++)
        if (mt_id_eq(&t->cart.lines[i].drug.drug_id, drug_id))
            for (size_t j = 0; j < t->cart.lines[i].pack_count; j++)
                if (strcmp(t->cart.lines[i].packs[j].serial, serial) == 0)
                    return true;
    return false;
}

/* ---- adding ---- */

bool mt_found_sellable(const struct mt_found *f) {
    return f->drug.has_price && f->drug.sellable;
}

/* True when the pack can not be sold; says why. */
static bool refuse_pack(struct mt_till *t, const struct mt_found *f, const struct mt_scan *scan, struct mt_effects *fx) {
    const struct mt_drug *d = &f->drug;
    if (!d->has_price) {
        till_refuse(t, fx, "%s %s has no price yet and was not added. The manager sets one.", d->name, d->spec);
        return true;
    }
    if (!d->sellable) {
        till_refuse(t, fx, "%s %s is off the market and was not added. Put the pack aside.", d->name, d->spec);
        return true;
    }
    if (scan == NULL)
        return false;
    if (mt_date_is(scan->expires_on) && scan->expires_on.day < mt_till_today(t).day) {
        char day[MT_DATE_TEXT];
        mt_date_format(scan->expires_on, day);
        till_refuse(t, fx, "Expired %s: %s %s, lot %s. Not added; put the pack aside.", day, d->name, d->spec,
                    scan->lot_no[0] != '\0' ? scan->lot_no : "unknown");
        return true;
    }
    if (scan->serial[0] != '\0' && serial_taken(t, &d->drug_id, scan->serial)) {
        till_refuse(t, fx, "This very pack is in the order already: %s, serial %s. Not added again.", d->name, scan->serial);
        return true;
    }
    return false;
}

static size_t line_of(const struct mt_till *t, const struct mt_drug *d) {
    for (size_t i = 0; i < t->cart.count; i++)
        if (mt_id_eq(&t->cart.lines[i].drug.drug_id, &d->drug_id) && mt_money_cmp(t->cart.lines[i].drug.price, d->price) == 0)
            return i;
    return t->cart.count;
}

static void say_stock(struct mt_till *t, const struct mt_found *f, int64_t quantity) {
    const struct mt_drug *d = &f->drug;
    long long free_packs = (long long)(f->free > 0 ? f->free : 0);
    if (quantity <= f->free)
        return;
    if (f->expired > 0)
        till_say(t, MT_NOTICE_WARN, "Stock shows %lld of %s %s and %lld expired. Check the date on the pack.", free_packs, d->name,
                 d->spec, (long long)f->expired);
    else
        till_say(t, MT_NOTICE_WARN, "Stock shows %lld of %s %s, the order has %lld. Sell it when the pack is in your hand.",
                 free_packs, d->name, d->spec, (long long)quantity);
}

bool till_cart_add(struct mt_till *t, const struct mt_found *found, const struct mt_scan *scan, int64_t quantity,
                   struct mt_effects *fx) {
    const struct mt_drug *d = &found->drug;
    if (refuse_pack(t, found, scan, fx))
        return false;
    size_t at = line_of(t, d);
    bool fresh = at == t->cart.count;
    if (fresh && at == MT_ITEMS_MAX) {
        till_refuse(t, fx, "An order has at most %d lines. Pay this one and start another.", MT_ITEMS_MAX);
        return false;
    }
    struct mt_cart_line before = t->cart.lines[at];
    struct mt_cart_line *l = &t->cart.lines[at];
    if (!fresh && l->quantity + quantity > MT_QUANTITY_MAX) {
        till_refuse(t, fx, "A line has at most %d packs. %s %s stays at %lld.", MT_QUANTITY_MAX, d->name, d->spec,
                    (long long)l->quantity);
        return false;
    }
    enum mt_rc rc = MT_OK;
    if (fresh) {
        *l = (struct mt_cart_line){.quantity = 0};
        t->cart.pack_room[at] = 0;
        rc = till_copy_drug(&t->cart_arena, d, &l->drug);
        t->cart.count++;
    }
    l->quantity += quantity;
    if (rc == MT_OK)
        rc = add_scanned(t, at, scan, quantity);
    if (rc == MT_OK)
        rc = till_cart_reckon(t);
    if (rc != MT_OK) {
        l->quantity = before.quantity;
        l->pack_count = fresh ? 0 : before.pack_count;
        t->cart.count -= fresh ? 1 : 0;
        till_refuse(t, fx, "%s %s was not added: %s. Pay this order and start another.", d->name, d->spec,
                    rc == MT_LIMIT ? "the total would be too large" : mt_rc_text(rc));
        return false;
    }
    t->cart.current = at;
    journal(t, at, fx);
    say_stock(t, found, l->quantity);
    return true;
}

/* ---- changing ---- */

void till_cart_quantity(struct mt_till *t, size_t line, int64_t quantity, struct mt_effects *fx) {
    if (line >= t->cart.count)
        return;
    struct mt_cart_line *l = &t->cart.lines[line];
    struct mt_cart_line before = *l;
    if (quantity < 1) {
        till_say(t, MT_NOTICE_INFO, "One pack is the least. Del takes the line out.");
        return;
    }
    if (quantity > MT_QUANTITY_MAX) {
        till_refuse(t, fx, "A line has at most %d packs. %s %s stays at %lld.", MT_QUANTITY_MAX, l->drug.name, l->drug.spec,
                    (long long)l->quantity);
        return;
    }
    l->quantity = quantity;
    if ((int64_t)l->pack_count > quantity)
        l->pack_count = (size_t)quantity; /* the packs scanned last go back */
    enum mt_rc rc = till_cart_reckon(t);
    if (rc != MT_OK) {
        *l = before;
        till_refuse(t, fx, "The quantity stays at %lld: %s.", (long long)before.quantity,
                    rc == MT_LIMIT ? "the total would be too large" : mt_rc_text(rc));
        return;
    }
    journal(t, line, fx);
}

void till_cart_cut(struct mt_till *t, size_t line, struct mt_effects *fx) {
    if (line >= t->cart.count)
        return;
    size_t behind = t->cart.count - line - 1;
    memmove(&t->cart.lines[line], &t->cart.lines[line + 1], behind * sizeof t->cart.lines[0]);
    memmove(&t->cart.pack_room[line], &t->cart.pack_room[line + 1], behind * sizeof t->cart.pack_room[0]);
    t->cart.count--;
    if (t->cart.current >= t->cart.count)
        t->cart.current = t->cart.count > 0 ? t->cart.count - 1 : 0;
    till_effect(fx, MT_EFFECT_CART_CUT)->index = line;
    if (till_cart_reckon(t) != MT_OK)
        till_say(t, MT_NOTICE_BAD, "The order could not be summed up: not enough memory. Start medterm again; the order is kept.");
}

void till_not_kept(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx) {
    struct mt_sv why = till_why(msg);
    till_refuse(t, fx, "The order is on the screen only: %.*s. Once the disk takes it, the next change keeps all of it.",
                (int)why.n, why.p);
}

enum mt_rc till_cart_restore(struct mt_till *t, const struct mt_cart_line *lines, size_t count, const struct mt_cart_head *head) {
    till_cart_forget(t);
    till_customer_take(t, head);
    enum mt_rc rc = MT_OK;
    for (size_t i = 0; rc == MT_OK && i < count && i < MT_ITEMS_MAX; i++) {
        struct mt_cart_line *l = &t->cart.lines[i];
        *l = (struct mt_cart_line){.quantity = lines[i].quantity};
        t->cart.pack_room[i] = 0;
        rc = till_copy_drug(&t->cart_arena, &lines[i].drug, &l->drug);
        for (size_t j = 0; rc == MT_OK && j < lines[i].pack_count; j++)
            rc = add_pack(t, i, &lines[i].packs[j]);
        t->cart.count += rc == MT_OK ? 1 : 0;
    }
    t->cart.current = t->cart.count > 0 ? t->cart.count - 1 : 0;
    return rc == MT_OK ? till_cart_reckon(t) : rc;
}
