/* order.create. The service takes names from its catalogue and computes every sum itself. What a request may not do is
 * refused; the same in a fact has happened, so the order stands at the till's prices and each difference is an exception.
 * Paid orders (and only those) take their stock at once, others reserve it. The row is written in its last state; the
 * events tell the way there, one a version. */
#include "apply.h"
#include "words.h"

#include <medterm/domain/rx.h>
#include <medterm/repo/goods.h>
#include <medterm/repo/orders.h>

#include <stdio.h>
#include <string.h>

/* The longest way: created, paid, preparing, shipped, completed. */
#define WAY_MAX MT_ORDER_STATUS_COUNT

struct creation {
    const struct mt_op_order_create *asked;
    struct mt_order order;
    struct mt_drug *drugs; /* of each item */
    enum mt_order_status way[WAY_MAX];
    size_t steps;
};

/* "items[2].price" for the item at index 2. */
static void item_field(char out[48], size_t item, const char *field) {
    if (snprintf(out, 48, "items[%zu].%s", item, field) < 0)
        out[0] = '\0';
}

static enum mt_rc judge_number(struct apply *a, const struct mt_order *asked) {
    char code[MT_REGISTER_CODE_TEXT];
    int64_t sequence;
    if (mt_order_no_parse(mt_sv(asked->order_no), code, &sequence) != MT_OK || strcmp(code, a->lane.code) != 0)
        return set_aside(a, "person", MT_P_VALIDATION_FAILED, "Order number %s is not one of register %s.", asked->order_no,
                         a->lane.code);
    bool known = false;
    enum mt_rc rc = mt_repo_order_known(a->db, asked->order_id.s, asked->order_no, &known, &a->err);
    if (rc == MT_OK && known)
        return set_aside(a, "person", MT_P_VALIDATION_FAILED, "Order number %s or its id is in use for another order.",
                         asked->order_no);
    return rc;
}

static enum mt_rc load_drugs(struct apply *a, struct creation *c) {
    const struct mt_order *asked = &c->asked->order;
    struct mt_order_item *items = mt_arena_array(a->arena, asked->item_count, sizeof *items);
    c->drugs = mt_arena_array(a->arena, asked->item_count, sizeof *c->drugs);
    if (items == NULL || c->drugs == NULL)
        return mt_fail(&a->err, MT_NOMEM, "no memory for an order");
    c->order.items = items;
    for (size_t i = 0; i < asked->item_count; i++) {
        enum mt_rc rc = mt_repo_drug_get(a->db, asked->items[i].drug_id.s, a->arena, &c->drugs[i], &a->err);
        if (rc == MT_NOTFOUND) {
            char field[48];
            item_field(field, i, "drug_id");
            if (a->fact)
                return set_aside(a, "person", MT_P_DRUG_NOT_FOUND, "Line %zu names a drug that is not in the catalogue.", i + 1);
            return refuse_field(a, MT_P_DRUG_NOT_FOUND, field, "Line %zu names a drug that is not in the catalogue.", i + 1);
        }
        if (rc != MT_OK)
            return rc;
        items[i] = asked->items[i];
        items[i].line = (int32_t)i + 1;
        items[i].drug_name = c->drugs[i].name;
        items[i].drug_spec = c->drugs[i].spec;
        items[i].lots = NULL;
        items[i].lot_count = 0;
    }
    return MT_OK;
}

static enum mt_rc take_payments(struct apply *a, struct creation *c) {
    struct mt_order *o = &c->order;
    struct mt_payment *payments = mt_arena_array(a->arena, o->payment_count + 1, sizeof *payments);
    if (payments == NULL)
        return mt_fail(&a->err, MT_NOMEM, "no memory for payments");
    for (size_t i = 0; i < o->payment_count; i++) {
        bool exists = false;
        payments[i] = c->asked->order.payments[i];
        enum mt_rc rc = captured(a, &payments[i], &exists);
        if (rc != MT_OK)
            return rc;
        if (exists)
            return set_aside(a, "person", MT_P_VALIDATION_FAILED, "Payment %zu is recorded already, for another order.", i + 1);
    }
    o->payments = payments;
    return mt_order_paid(o);
}

static void walk(struct creation *c, struct apply *a, enum mt_order_status to) {
    order_step(&c->order, to, a->op->at, a->now);
    c->way[c->steps++] = to;
}

/* Sums, and how far the order has come when it is written. */
static enum mt_rc settle(struct apply *a, struct creation *c) {
    struct mt_order *o = &c->order;
    enum mt_rc rc = mt_order_total(o);
    if (rc == MT_INVALID)
        return a->fact ? set_aside(a, "person", MT_P_VALIDATION_FAILED, "The discount is more than the order.")
                       : refuse_field(a, MT_P_VALIDATION_FAILED, "discount_amount", "The discount is more than the order.");
    if (rc == MT_OK)
        rc = take_payments(a, c);
    if (rc != MT_OK || !going_on(a))
        return rc;
    if (mt_money_cmp(o->paid_amount, o->total_amount) < 0)
        return MT_OK;
    walk(c, a, MT_ORDER_PAID);
    while (c->asked->handed_over && !mt_order_status_final(o->status))
        walk(c, a, mt_order_status_next(o->status));
    return MT_OK;
}

static enum mt_rc begin(struct apply *a, struct creation *c) {
    struct mt_order *o = &c->order;
    *o = c->asked->order;
    o->store_id = a->lane.store_id;
    o->register_code = a->lane.code;
    o->status = MT_ORDER_PENDING;
    o->version = 1;
    o->refunded_amount = mt_money_zero();
    o->taken_offline = a->prior != NULL ? a->prior->taken_offline : a->offline;
    o->taken_at = a->op->at;
    o->updated_at = a->now;
    o->created_at = a->prior != NULL && a->prior->created_at < a->now ? a->prior->created_at : a->now;
    o->pay_time = o->drug_time = o->send_time = o->finish_time = o->cancel_time = 0;
    o->printed_no = a->printed_no != NULL ? a->printed_no : "";
    o->exceptions = NULL;
    o->exception_count = 0;
    struct mt_repo_store store;
    enum mt_rc rc = mt_repo_store_get(a->db, &a->lane.store_id, &store, &a->err);
    if (rc == MT_OK) {
        o->currency = mt_arena_str(a->arena, store.currency);
        rc = o->currency != NULL ? MT_OK : mt_fail(&a->err, MT_NOMEM, "no memory for an order");
    }
    return rc == MT_OK ? load_drugs(a, c) : rc;
}

static enum mt_rc write_rows(struct apply *a, struct creation *c) {
    const struct mt_order *o = &c->order;
    struct mt_repo_order_extra extra = {.register_id = a->lane.register_id,
                                        .create_op_id = a->op->op_id,
                                        .approved_by = c->asked->approved_by,
                                        .prescription = c->asked->prescription,
                                        .buyer_id_no = c->asked->buyer_id_no};
    enum mt_rc rc = mt_repo_order_insert(a->db, o, &extra, &a->err);
    for (size_t i = 0; rc == MT_OK && i < o->payment_count; i++)
        rc = mt_repo_payment_insert(a->db, o->order_id.s, &o->payments[i], a->op->op_id.s, a->now, &a->err);
    const char *from = "";
    int64_t version = 1;
    if (rc == MT_OK)
        rc = order_event(a, o, "status", from, mt_order_status_name(MT_ORDER_PENDING), version, a->op->at,
                         a->revived ? "revived" : "");
    from = mt_order_status_name(MT_ORDER_PENDING);
    for (size_t i = 0; rc == MT_OK && i < c->steps; i++) {
        const char *to = mt_order_status_name(c->way[i]);
        rc = order_event(a, o, "status", from, to, ++version, a->op->at, "");
        from = to;
    }
    return rc;
}

/* Prices and the catalogue's word on each line. */
static enum mt_rc judge_line(struct apply *a, const struct creation *c, size_t i) {
    const struct mt_order_item *item = &c->order.items[i];
    const struct mt_drug *drug = &c->drugs[i];
    char words[DRUG_WORDS], field[48], was[MT_MONEY_TEXT], is[MT_MONEY_TEXT];
    drug_words(drug->name, drug->spec, words);
    if (!drug->sellable) {
        if (a->fact)
            return open_exception(a, MT_EXC_RULE_BROKEN, &c->order, &item->drug_id, item->line, item->quantity,
                                  "%s is not for sale.", words);
        item_field(field, i, "drug_id");
        return refuse_field(a, MT_P_DRUG_NOT_SELLABLE, field, "%s is not for sale.", words);
    }
    if (mt_money_cmp(item->price, drug->price) == 0)
        return MT_OK;
    mt_money_format(item->price, was);
    mt_money_format(drug->price, is);
    if (a->fact)
        return open_exception(a, MT_EXC_PRICE_DIFFERS, &c->order, &item->drug_id, item->line, item->quantity,
                              "%s: sold at %s, the catalogue says %s.", words, was, is);
    item_field(field, i, "price");
    return refuse_field(a, MT_P_PRICE_CHANGED, field, "The price of %s has changed: %s, was %s.", words, is, was);
}

static enum mt_rc approver_ok(struct apply *a, const struct mt_id *staff_id, bool *ok) {
    *ok = false;
    if (!mt_id_is(staff_id))
        return MT_OK;
    struct mt_staff staff;
    struct mt_id store_id;
    enum mt_rc rc = mt_repo_staff_get(a->db, staff_id->s, a->arena, &staff, &store_id, &a->err);
    if (rc == MT_NOTFOUND)
        return MT_OK;
    *ok = rc == MT_OK && staff.active && mt_id_eq(&store_id, &a->lane.store_id) && mt_role_may_dispense_controlled(staff.role);
    return rc;
}

static enum mt_rc judge_rx(struct apply *a, const struct creation *c) {
    const size_t count = c->order.item_count;
    enum mt_rx *rx = mt_arena_array(a->arena, count, sizeof *rx);
    bool approved = false;
    if (rx == NULL)
        return mt_fail(&a->err, MT_NOMEM, "no memory for an order");
    for (size_t i = 0; i < count; i++)
        rx[i] = c->drugs[i].rx;
    enum mt_rc rc = approver_ok(a, &c->asked->approved_by, &approved);
    if (rc != MT_OK)
        return rc;
    size_t line = 0;
    enum mt_rx_lack lack = mt_rx_check(c->asked, rx, mt_rx_limits_default(), approved, &line);
    if (lack == MT_RX_LACK_NOTHING)
        return MT_OK;
    char words[DRUG_WORDS];
    drug_words(c->drugs[line].name, c->drugs[line].spec, words);
    const char *subject = lack == MT_RX_LACK_ADDRESS ? "The" : words; /* "delivery needs an address" */
    if (a->fact)
        return open_exception(a, MT_EXC_RULE_BROKEN, &c->order, lack == MT_RX_LACK_ADDRESS ? NULL : &c->drugs[line].drug_id,
                              (int32_t)line + 1, 0, "%s %s.", subject, mt_rx_lack_words(lack));
    return refuse_field(a, MT_P_RX_RULE, mt_rx_lack_field(lack), "%s %s.", subject, mt_rx_lack_words(lack));
}

/* A serial is one pack, and a pack is sold once. */
static enum mt_rc take_serials(struct apply *a, const struct creation *c, size_t i) {
    const struct mt_order_item *item = &c->order.items[i];
    for (size_t k = 0; k < item->pack_count; k++) {
        bool taken = true;
        if (item->packs[k].serial[0] == '\0')
            continue;
        enum mt_rc rc =
            mt_repo_serial_take(a->db, item->drug_id.s, item->packs[k].serial, c->order.order_id.s, item->line, &taken, &a->err);
        if (rc != MT_OK)
            return rc;
        if (taken)
            continue;
        char words[DRUG_WORDS], field[48];
        drug_words(item->drug_name, item->drug_spec, words);
        if (a->fact) {
            rc = open_exception(a, MT_EXC_RULE_BROKEN, &c->order, &item->drug_id, item->line, 1,
                                "%s: a pack with this serial was sold before.", words);
            if (rc != MT_OK)
                return rc;
            continue;
        }
        if (snprintf(field, sizeof field, "items[%zu].packs[%zu].serial", i, k) < 0)
            return mt_fail(&a->err, MT_BUG, "a field without a name");
        return refuse_field(a, MT_P_VALIDATION_FAILED, field, "%s: a pack with this serial was sold before.", words);
    }
    return MT_OK;
}

static enum mt_rc judge_clock(struct apply *a, const struct creation *c) {
    if (!a->clock_wrong)
        return MT_OK;
    char said[MT_TIME_TEXT];
    mt_time_format(a->op->at, said);
    return open_exception(a, MT_EXC_CLOCK, &c->order, NULL, 0, 0, "The till said %s when this was taken. Its clock must be set.",
                          said);
}

/* What was paid too much, or handed over too early. */
static enum mt_rc judge_money(struct apply *a, const struct creation *c) {
    const struct mt_order *o = &c->order;
    char paid[MT_MONEY_TEXT], due[MT_MONEY_TEXT];
    mt_money_format(o->paid_amount, paid);
    mt_money_format(o->total_amount, due);
    if (mt_money_cmp(o->paid_amount, o->total_amount) > 0)
        return open_exception(a, MT_EXC_OVERPAID, o, NULL, 0, 0, "%s taken, %s due.", paid, due);
    if (c->asked->handed_over && o->status == MT_ORDER_PENDING)
        return open_exception(a, MT_EXC_STATUS_CONFLICT, o, NULL, 0, 0, "Handed over with %s of %s paid.", paid, due);
    return MT_OK;
}

/* The usual sale is answered from memory; what an answer may show in another order, or with exceptions, is read again. */
static enum mt_rc made(struct apply *a, const struct creation *c) {
    a->order_id = c->order.order_id;
    if (a->told || c->order.payment_count > 1)
        return MT_OK;
    struct mt_order *order = mt_arena_array(a->arena, 1, sizeof *order);
    if (order == NULL)
        return mt_fail(&a->err, MT_NOMEM, "no memory for an order");
    *order = c->order;
    a->made = order;
    return MT_OK;
}

enum mt_rc apply_order_create(struct apply *a) {
    struct creation c = {.asked = &a->op->body.create};
    enum mt_rc rc = judge_number(a, &c.asked->order);
    if (rc == MT_OK && going_on(a))
        rc = begin(a, &c);
    if (rc == MT_OK && going_on(a))
        rc = settle(a, &c);
    if (rc == MT_OK && going_on(a))
        rc = write_rows(a, &c);
    if (rc == MT_OK && going_on(a))
        rc = demand_right(a, MT_RIGHT_SELL, &c.order);
    for (size_t i = 0; rc == MT_OK && going_on(a) && i < c.order.item_count; i++)
        rc = judge_line(a, &c, i);
    if (rc == MT_OK && going_on(a))
        rc = judge_rx(a, &c);
    const enum stock_mode mode = c.order.status == MT_ORDER_PENDING ? STOCK_RESERVE : STOCK_SELL;
    for (size_t i = 0; rc == MT_OK && going_on(a) && i < c.order.item_count; i++) {
        rc = take_serials(a, &c, i);
        if (rc == MT_OK && going_on(a))
            rc = stock_take_line(a, &c.order, &c.order.items[i], mode);
    }
    if (rc == MT_OK && going_on(a))
        rc = judge_money(a, &c);
    if (rc == MT_OK && going_on(a))
        rc = judge_clock(a, &c);
    if (rc == MT_OK && going_on(a))
        rc = made(a, &c);
    return rc;
}
