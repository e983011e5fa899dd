/* One rule a test: a good operation, one thing changed, and the one error that must come of it. */
#include "check.h"

#include <medterm/domain/operation.h>

#include <stdlib.h>

/* Everything one operation points into. */
struct world {
    struct mt_op op;
    struct mt_order_item items[MT_ITEMS_MAX + 1];
    struct mt_payment payments[MT_PAYMENTS_MAX + 1];
    struct mt_pack packs[4];
    struct mt_field_errors errors;
};

static struct mt_id id(const char *text) {
    struct mt_id out = {""};
    assert_true(snprintf(out.s, sizeof out.s, "%s", text) < MT_ID_TEXT);
    return out;
}

static void good_order(struct mt_order *o, struct world *w) {
    mt_order_blank(o);
    o->order_id = id("order-1");
    (void)snprintf(o->order_no, sizeof o->order_no, "A03-000417");
    o->items = w->items;
    o->item_count = 2;
    o->payments = w->payments;
    o->payment_count = 0;
}

/* Two lines of 25.60 and 18.50. */
static struct mt_order *create(struct world *w) {
    memset(w, 0, sizeof *w);
    for (size_t i = 0; i < MT_ITEMS_MAX + 1; i++)
        w->items[i] = (struct mt_order_item){.drug_id = id(i == 0 ? "drug-1" : "drug-2"), .quantity = 1, .price = yuan(1850)};
    w->items[0].quantity = 2;
    w->items[0].price = yuan(1280);
    for (size_t i = 0; i < 4; i++)
        w->packs[i] = (struct mt_pack){.lot_no = "L1", .serial = "", .expires_on = MT_NO_DATE};
    for (size_t i = 0; i < MT_PAYMENTS_MAX + 1; i++) {
        char name[MT_ID_TEXT];
        assert_true(snprintf(name, sizeof name, "pay-%zu", i) > 0);
        w->payments[i] = (struct mt_payment){.payment_id = id(name), .method = MT_PAY_CASH, .amount = yuan(100), .reference = ""};
    }
    w->op.kind = MT_OP_ORDER_CREATE;
    w->op.body.create.prescription = w->op.body.create.buyer_id_no = "";
    good_order(&w->op.body.create.order, w);
    return &w->op.body.create.order;
}

static void good(struct world *w) {
    w->errors.count = 0;
    enum mt_rc rc = mt_op_validate(&w->op, &w->errors);
    if (rc != MT_OK)
        fail_msg("%s %s", w->errors.at[0].field, w->errors.at[0].message);
    assert_int_equal(w->errors.count, 0);
}

static void bad(struct world *w, const char *field) {
    w->errors.count = 0;
    assert_int_equal(mt_op_validate(&w->op, &w->errors), MT_INVALID);
    assert_int_equal(w->errors.count, 1);
    assert_string_equal(w->errors.at[0].field, field);
}

static struct world *world(void **state) {
    return *state;
}

static int setup(void **state) {
    *state = calloc(1, sizeof(struct world));
    return *state == NULL;
}

static int teardown(void **state) {
    free(*state);
    return 0;
}

static void test_good_create(void **state) {
    (void)create(world(state));
    good(world(state));
}

static void test_order_id(void **state) {
    create(world(state))->order_id.s[0] = '\0';
    bad(world(state), "order_id");
}

static void test_order_no(void **state) {
    static const char *const wrong[] = {"", "417", "A03-417", "a03-000417"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct mt_order *o = create(world(state));
        (void)snprintf(o->order_no, sizeof o->order_no, "%s", wrong[i]);
        bad(world(state), "order_no");
    }
}

static void test_items_present(void **state) {
    create(world(state))->item_count = 0;
    bad(world(state), "items");
}

static void test_items_not_too_many(void **state) {
    create(world(state))->item_count = MT_ITEMS_MAX;
    good(world(state));
    create(world(state))->item_count = MT_ITEMS_MAX + 1;
    bad(world(state), "items");
}

static void test_drug_id(void **state) {
    create(world(state))->items[1].drug_id.s[0] = '\0';
    bad(world(state), "items[1].drug_id");
}

static void test_quantity(void **state) {
    static const int64_t wrong[] = {0, -1, 1000, INT64_MAX, INT64_MIN};
    create(world(state))->items[1].quantity = 999;
    good(world(state));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct mt_order *o = create(world(state));
        o->items[1].quantity = wrong[i];
        o->items[1].price = yuan(0);
        bad(world(state), "items[1].quantity");
    }
}

static void test_price(void **state) {
    create(world(state))->items[1].price = yuan(0);
    good(world(state));
    create(world(state))->items[1].price = yuan(-1);
    bad(world(state), "items[1].price");
}

static void test_total_overflow(void **state) {
    create(world(state))->items[0].price = yuan(MT_MONEY_MAX);
    bad(world(state), "items[0].price");
    struct mt_order *o = create(world(state));
    o->items[0].quantity = 1;
    o->items[0].price = yuan(MT_MONEY_MAX);
    bad(world(state), "items[1].price");
}

static void test_discount(void **state) {
    create(world(state))->discount_amount = yuan(4410);
    good(world(state));
    create(world(state))->discount_amount = yuan(4411);
    bad(world(state), "discount_amount");
    create(world(state))->discount_amount = yuan(-1);
    bad(world(state), "discount_amount");
}

static void test_packs_within_quantity(void **state) {
    struct mt_order *o = create(world(state));
    o->items[0].packs = world(state)->packs;
    o->items[0].pack_count = 2;
    good(world(state));
    o->items[0].pack_count = 3;
    bad(world(state), "items[0].packs");
}

static void test_serial_once(void **state) {
    struct world *w = world(state);
    struct mt_order *o = create(w);
    o->items[0].packs = w->packs;
    o->items[0].pack_count = 2;
    w->packs[0].serial = w->packs[1].serial = "S1";
    bad(w, "items[0].packs[1].serial");
}

static void test_serial_once_over_lines(void **state) {
    struct world *w = world(state);
    struct mt_order *o = create(w);
    o->items[0].packs = &w->packs[0];
    o->items[1].packs = &w->packs[1];
    o->items[0].pack_count = o->items[1].pack_count = 1;
    w->packs[0].serial = w->packs[1].serial = "S1";
    /* Another drug may have the same serial: it is unique for its GTIN only. */
    good(w);
    o->items[1].drug_id = o->items[0].drug_id;
    bad(w, "items[1].packs[0].serial");
}

static void test_serials_not_too_many(void **state) {
    struct world *w = world(state);
    struct mt_order *o = create(w);
    static struct mt_pack packs[2][MT_QUANTITY_MAX];
    static char serials[2][MT_QUANTITY_MAX][8];
    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; k < MT_QUANTITY_MAX; k++) {
            assert_true(snprintf(serials[i][k], sizeof serials[i][k], "%zu-%zu", i, k) > 0);
            packs[i][k] = (struct mt_pack){.lot_no = "L1", .serial = serials[i][k], .expires_on = MT_NO_DATE};
        }
        w->items[i].quantity = MT_QUANTITY_MAX;
        w->items[i].packs = packs[i];
    }
    assert_int_equal(o->item_count, 2);
    w->items[0].pack_count = MT_QUANTITY_MAX;
    w->items[1].pack_count = MT_SERIALS_MAX - MT_QUANTITY_MAX;
    good(w);
    w->items[1].pack_count++;
    bad(w, "items");
    packs[1][0].serial = ""; /* packs without one do not count */
    good(w);
}

static void test_serial_length(void **state) {
    struct world *w = world(state);
    struct mt_order *o = create(w);
    o->items[0].packs = w->packs;
    o->items[0].pack_count = 1;
    w->packs[0].serial = "12345678901234567890";
    good(w);
    w->packs[0].serial = "123456789012345678901";
    bad(w, "items[0].packs[0].serial");
}

/* A text of n two-byte characters. */
static const char *text_of(size_t n) {
    static char text[4096];
    for (size_t i = 0; i < n; i++)
        memcpy(text + 2 * i, "é", 2);
    text[2 * n] = '\0';
    return text;
}

static void test_names_are_counted_in_characters(void **state) {
    create(world(state))->user_name = text_of(255);
    good(world(state));
    create(world(state))->user_name = text_of(256);
    bad(world(state), "user_name");
}

static void test_lengths(void **state) {
    create(world(state))->doctor_name = text_of(256);
    bad(world(state), "doctor_name");
    create(world(state))->user_phone = text_of(65);
    bad(world(state), "user_phone");
    create(world(state))->address_detail = text_of(1001);
    bad(world(state), "address_detail");
    create(world(state))->remark = text_of(1001);
    bad(world(state), "remark");
    (void)create(world(state));
    world(state)->op.body.create.prescription = text_of(65);
    bad(world(state), "prescription");
    (void)create(world(state));
    world(state)->op.body.create.buyer_id_no = text_of(65);
    bad(world(state), "buyer_id_no");
}

static void test_names_may_hold_anything(void **state) {
    create(world(state))->user_name = "\x1b[2J\r\n\t\xe2\x80\xae'; DROP TABLE";
    good(world(state));
}

static void test_outer_ids(void **state) {
    create(world(state))->user_id = "no space";
    bad(world(state), "user_id");
    create(world(state))->doctor_id = "1234567890123456789012345678901234567";
    bad(world(state), "doctor_id");
    create(world(state))->address_id = "é";
    bad(world(state), "address_id");
}

static void test_payment_id(void **state) {
    struct mt_order *o = create(world(state));
    o->payment_count = 1;
    good(world(state));
    o->payments[0].payment_id.s[0] = '\0';
    bad(world(state), "payments[0].payment_id");
}

static void test_payment_id_once(void **state) {
    struct mt_order *o = create(world(state));
    o->payment_count = 3;
    good(world(state));
    o->payments[2].payment_id = o->payments[0].payment_id;
    bad(world(state), "payments[2].payment_id");
}

static void test_payment_amount(void **state) {
    struct mt_order *o = create(world(state));
    o->payment_count = 1;
    o->payments[0].amount = yuan(0);
    bad(world(state), "payments[0].amount");
    o->payments[0].amount = yuan(-1);
    bad(world(state), "payments[0].amount");
}

static void test_payment_tendered(void **state) {
    struct mt_order *o = create(world(state));
    o->payment_count = 1;
    o->payments[0].has_tendered = true;
    o->payments[0].tendered = yuan(100);
    good(world(state));
    o->payments[0].tendered = yuan(99);
    bad(world(state), "payments[0].tendered");
    o->payments[0].tendered = yuan(100);
    o->payments[0].method = MT_PAY_BANK_CARD;
    bad(world(state), "payments[0].tendered");
}

static void test_payment_method(void **state) {
    struct mt_order *o = create(world(state));
    o->payment_count = 1;
    o->payments[0].method = MT_PAY_BANK_CARD;
    good(world(state));
    o->payments[0].method = MT_PAY_WECHAT;
    bad(world(state), "payments[0].method");
    o->payments[0].method = MT_PAY_ALIPAY;
    bad(world(state), "payments[0].method");
}

static void test_payments_not_too_many(void **state) {
    struct mt_order *o = create(world(state));
    o->payment_count = MT_PAYMENTS_MAX;
    good(world(state));
    o->payment_count = MT_PAYMENTS_MAX + 1;
    bad(world(state), "payments");
}

static void test_payments_sum(void **state) {
    struct mt_order *o = create(world(state));
    o->payment_count = 2;
    o->payments[0].amount = o->payments[1].amount = yuan(MT_MONEY_MAX);
    world(state)->op.fact = true;
    bad(world(state), "payments[1].amount");
}

static void test_request_is_not_overpaid(void **state) {
    struct mt_order *o = create(world(state));
    o->payment_count = 1;
    o->payments[0].amount = yuan(4410);
    good(world(state));
    o->payments[0].amount = yuan(4411);
    bad(world(state), "payments");
    /* Of a fact the money is in the drawer: it is recorded. */
    world(state)->op.fact = true;
    good(world(state));
}

static void test_all_faults_at_once(void **state) {
    struct world *w = world(state);
    struct mt_order *o = create(w);
    o->items[0].quantity = 0;
    o->items[1].drug_id.s[0] = '\0';
    o->user_name = text_of(256);
    w->errors.count = 0;
    assert_int_equal(mt_op_validate(&w->op, &w->errors), MT_INVALID);
    assert_int_equal(w->errors.count, 3);
}

static void test_full_list_still_says_invalid(void **state) {
    struct world *w = world(state);
    (void)create(w);
    w->errors.count = MT_FIELD_ERRORS_MAX;
    assert_int_equal(mt_op_validate(&w->op, &w->errors), MT_OK);
    w->op.body.create.order.item_count = 0;
    assert_int_equal(mt_op_validate(&w->op, &w->errors), MT_INVALID);
    assert_int_equal(w->errors.count, MT_FIELD_ERRORS_MAX);
}

static void test_advance(void **state) {
    struct world *w = world(state);
    memset(w, 0, sizeof *w);
    w->op.kind = MT_OP_ORDER_ADVANCE;
    struct mt_op_order_advance *a = &w->op.body.advance;
    a->order_id = id("order-1");
    (void)snprintf(a->order_no, sizeof a->order_no, "A03-000417");
    for (int to = 0; to < MT_ORDER_STATUS_COUNT; to++) {
        a->to = (enum mt_order_status)to;
        good(w);
    }
    a->if_version = -1;
    bad(w, "if_version");
    a->if_version = 3;
    a->order_id.s[0] = '\0';
    bad(w, "order_id");
}

static void test_cancel(void **state) {
    struct world *w = world(state);
    memset(w, 0, sizeof *w);
    w->op.kind = MT_OP_ORDER_CANCEL;
    struct mt_op_order_cancel *c = &w->op.body.cancel;
    c->order_id = id("order-1");
    (void)snprintf(c->order_no, sizeof c->order_no, "A03-000417");
    c->reason = "expired";
    good(w);
    c->reason = " ";
    bad(w, "reason");
    c->reason = text_of(256);
    bad(w, "reason");
    c->reason = "expired";
    c->order_no[0] = '\0';
    bad(w, "order_no");
}

static void test_payment_record(void **state) {
    struct world *w = world(state);
    memset(w, 0, sizeof *w);
    w->op.kind = MT_OP_PAYMENT_RECORD;
    struct mt_op_payment_record *r = &w->op.body.payment;
    r->order_id = id("order-1");
    (void)snprintf(r->order_no, sizeof r->order_no, "A03-000417");
    r->payment = (struct mt_payment){.payment_id = id("pay-1"), .method = MT_PAY_CASH, .amount = yuan(1), .reference = ""};
    good(w);
    r->payment.reference = text_of(65);
    bad(w, "reference");
    r->payment.reference = "";
    r->payment.amount = yuan(0);
    bad(w, "amount");
    r->payment.amount = yuan(1);
    r->payment.method = MT_PAY_WECHAT;
    bad(w, "method");
}

static void test_void(void **state) {
    struct world *w = world(state);
    memset(w, 0, sizeof *w);
    w->op.kind = MT_OP_VOID;
    w->op.body.voided.reason = "the service could not read it";
    w->op.body.voided.original = "";
    good(w);
    w->op.body.voided.reason = "";
    bad(w, "reason");
}

static void test_salvage(void **state) {
    struct world *w = world(state);
    memset(w, 0, sizeof *w);
    w->op.kind = MT_OP_SALVAGE;
    w->op.body.salvage = (struct mt_op_salvage){.register_code = "A03", .register_seq = 1, .op_id = id("op-1"), .original = "{}"};
    good(w);
    w->op.body.salvage.register_code = "a";
    bad(w, "register");
    w->op.body.salvage.register_code = "A03";
    w->op.body.salvage.register_seq = 0;
    bad(w, "register_seq");
    w->op.body.salvage.register_seq = 1;
    w->op.body.salvage.op_id.s[0] = '\0';
    bad(w, "op_id");
    w->op.body.salvage.op_id = id("op-1");
    w->op.body.salvage.original = "";
    bad(w, "original");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_good_create),
        TEST(test_order_id),
        TEST(test_order_no),
        TEST(test_items_present),
        TEST(test_items_not_too_many),
        TEST(test_drug_id),
        TEST(test_quantity),
        TEST(test_price),
        TEST(test_total_overflow),
        TEST(test_discount),
        TEST(test_packs_within_quantity),
        TEST(test_serial_once),
        TEST(test_serial_once_over_lines),
        TEST(test_serials_not_too_many),
        TEST(test_serial_length),
        TEST(test_names_are_counted_in_characters),
        TEST(test_lengths),
        TEST(test_names_may_hold_anything),
        TEST(test_outer_ids),
        TEST(test_payment_id),
        TEST(test_payment_id_once),
        TEST(test_payment_amount),
        TEST(test_payment_tendered),
        TEST(test_payment_method),
        TEST(test_payments_not_too_many),
        TEST(test_payments_sum),
        TEST(test_request_is_not_overpaid),
        TEST(test_all_faults_at_once),
        TEST(test_full_list_still_says_invalid),
        TEST(test_advance),
        TEST(test_cancel),
        TEST(test_payment_record),
        TEST(test_void),
        TEST(test_salvage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
