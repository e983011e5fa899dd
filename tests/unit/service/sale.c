/* Orders and payments: what the service makes of them, and what it refuses or opens an exception for. */
#include "shop.h"

#include <string.h>

#define METFORMIN "6900000000018"
#define ASPIRIN "6900000000025"
#define OPIATE "6900000000032"

struct goods {
    const char *metformin, *aspirin, *opiate; /* rx, none, controlled */
};

static struct goods stock_up(struct shop *s) {
    struct goods g = {.metformin = shop_drug(s, METFORMIN, "Metformin", "0.5 g × 48", 2100, MT_RX_REQUIRED),
                      .aspirin = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE),
                      .opiate = shop_drug(s, OPIATE, "Morphine", "10 mg × 10", 5000, MT_RX_CONTROLLED)};
    shop_goods(s, METFORMIN, "M1", "2028-01-31", 10);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 10);
    shop_goods(s, OPIATE, "O1", "2028-01-31", 10);
    return g;
}

static void test_cash_sale(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    struct till t = shop_till(s, "A03");
    struct mt_push_result r = shop_send(
        s, &t, "order.create", true,
        shop_create(s, "A03", 1, shop_item(s, g.aspirin, 2, 900),
                    shop_fmt(s, ",\"payments\":[{\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":1800,\"tendered\":2000}]",
                             shop_payment_id(s, 1))));
    struct mt_order o = shop_order(s, r);
    assert_string_equal(o.order_no, "A03-000001");
    assert_int_equal(o.status, MT_ORDER_PAID);
    assert_int_equal(o.version, 2);
    assert_int_equal(mt_money_to_minor(o.total_amount), 1800);
    assert_int_equal(mt_money_to_minor(o.paid_amount), 1800);
    assert_string_equal(o.pay_type, "cash");
    assert_string_equal(o.currency, "CNY");
    assert_int_equal(o.pay_time, s->now);
    assert_int_equal(o.drug_time, 0);
    assert_int_equal(o.item_count, 1);
    assert_string_equal(o.items[0].drug_name, "Aspirin");
    assert_int_equal(mt_money_to_minor(o.items[0].subtotal), 1800);
    assert_int_equal(o.items[0].lot_count, 1);
    assert_string_equal(o.items[0].lots[0].lot_no, "S1");
    assert_int_equal(mt_money_to_minor(o.payments[0].change), 200);
    assert_int_equal(o.exception_count, 0);
    assert_int_equal(shop_int(s, "SELECT on_hand * 100 + reserved FROM mt_lot WHERE lot_no = 'S1'"), 800);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_event"), 2);
}

static void test_handed_over_walks_all_edges(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    struct till t = shop_till(s, "A03");
    struct mt_order o = shop_order(s, shop_send(s, &t, "order.create", true,
                                                shop_create(s, "A03", 1, shop_item(s, g.aspirin, 1, 900),
                                                            shop_fmt(s, "%s,\"handed_over\":true", shop_cash(s, 1, 900)))));
    assert_int_equal(o.status, MT_ORDER_COMPLETED);
    assert_int_equal(o.version, 5);
    assert_int_equal(o.pay_time, s->now);
    assert_int_equal(o.drug_time, s->now);
    assert_int_equal(o.send_time, s->now);
    assert_int_equal(o.finish_time, s->now);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_event"), 5);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE entity = 'order'"), 5);
}

/* Each row: a request that is refused leaves nothing but its log row. */
static void test_requests_refused(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    const char *unpriced = shop_drug(s, "6900000000049", "Unpriced", "", -1, MT_RX_NONE);
    struct till t = shop_till(s, "A03");
    const struct {
        const char *items, *more;
        enum mt_problem_code code;
        const char *words;
    } rows[] = {
        {shop_item(s, g.aspirin, 11, 900), "", MT_P_INSUFFICIENT_STOCK,
         "Not enough stock: Aspirin 100 mg × 30, 11 wanted, 10 left."},
        {shop_item(s, g.aspirin, 1, 899), "", MT_P_PRICE_CHANGED, "The price of Aspirin 100 mg × 30 has changed: 9.00, was 8.99."},
        {shop_item(s, "01940000-0000-7000-8003-000000000009", 1, 1), "", MT_P_DRUG_NOT_FOUND,
         "Line 1 names a drug that is not in the catalogue."},
        {shop_item(s, unpriced, 1, 0), "", MT_P_DRUG_NOT_SELLABLE, "Unpriced is not for sale."},
        {shop_item(s, g.metformin, 1, 2100), "", MT_P_RX_RULE, "Metformin 0.5 g × 48 needs a prescriber."},
        {shop_item(s, g.metformin, 1, 2100), ",\"doctor_name\":\"Dr Li\"", MT_P_RX_RULE,
         "Metformin 0.5 g × 48 needs the patient's name."},
        {shop_item(s, g.opiate, 1, 5000), ",\"doctor_name\":\"Dr Li\",\"user_name\":\"W\"", MT_P_RX_RULE,
         "Morphine 10 mg × 10 needs the buyer's identity."},
        {shop_item(s, g.opiate, 1, 5000), ",\"doctor_name\":\"Dr Li\",\"user_name\":\"W\",\"buyer_id_no\":\"1\"", MT_P_RX_RULE,
         "Morphine 10 mg × 10 needs a pharmacist's PIN."},
        {shop_item(s, g.aspirin, 0, 900), "", MT_P_VALIDATION_FAILED, NULL},
        {shop_item(s, g.aspirin, 1, 900), ",\"discount_amount\":901", MT_P_VALIDATION_FAILED, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_push_result r =
            shop_send(s, &t, "order.create", false, shop_create(s, "A03", (int)i + 1, rows[i].items, rows[i].more));
        assert_refused(r, rows[i].code);
        if (rows[i].words != NULL)
            assert_string_equal(shop_detail(s, r), rows[i].words);
    }
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 0);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception"), 0);
    assert_int_equal(shop_int(s, "SELECT sum(reserved) FROM mt_lot"), 0);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation"), sizeof rows / sizeof rows[0]);
}

static void test_rx_met(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    struct till t = shop_till(s, "A03");
    struct mt_id chen = shop_staff(s, "Chen Mei", MT_ROLE_PHARMACIST), lin = shop_staff(s, "Lin", MT_ROLE_COUNTER);
    struct mt_push_result r = shop_send(
        s, &t, "order.create", false,
        shop_create(
            s, "A03", 1, shop_item(s, g.opiate, 1, 5000),
            shop_fmt(s, ",\"doctor_name\":\"Dr Li\",\"user_name\":\"W\",\"buyer_id_no\":\"1\",\"approved_by\":\"%s\"", lin.s)));
    assert_refused(r, MT_P_RX_RULE);
    r = shop_send(
        s, &t, "order.create", false,
        shop_create(
            s, "A03", 2, shop_item(s, g.opiate, 1, 5000),
            shop_fmt(s, ",\"doctor_name\":\"Dr Li\",\"user_name\":\"W\",\"buyer_id_no\":\"1\",\"approved_by\":\"%s\"", chen.s)));
    assert_int_equal(shop_order(s, r).status, MT_ORDER_PENDING);
}

/* The same breaches in facts: the sale stands, each is an exception. */
static void test_facts_stand(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    const char *unpriced = shop_drug(s, "6900000000049", "Unpriced", "", -1, MT_RX_NONE);
    shop_goods(s, "6900000000049", "U1", "2028-01-31", 5);
    struct till t = shop_till(s, "A03");
    const struct {
        const char *items;
        int paid;
        const char *kind;
        enum mt_order_status status;
    } rows[] = {
        {shop_item(s, g.aspirin, 1, 899), 899, "price_differs", MT_ORDER_PAID},
        {shop_item(s, unpriced, 1, 100), 100, "rule_broken", MT_ORDER_PAID},
        {shop_item(s, g.metformin, 1, 2100), 2100, "rule_broken", MT_ORDER_PAID},
        {shop_item(s, g.aspirin, 1, 900), 1000, "overpaid", MT_ORDER_PAID},
        {shop_item(s, g.aspirin, 20, 900), 18000, "stock_shortfall", MT_ORDER_PAID},
        {shop_item(s, g.metformin, 1, 2000), 2000, "price_differs", MT_ORDER_PAID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int n = (int)i + 1;
        struct mt_order o = shop_order(
            s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", n, rows[i].items, shop_cash(s, n, rows[i].paid))));
        assert_int_equal(o.status, rows[i].status);
        assert_true(o.exception_count >= 1);
        assert_true(
            shop_int(s, shop_fmt(s, "SELECT count(*) FROM mt_exception WHERE order_no = '%s' AND kind = '%s' AND state = 'open'",
                                 o.order_no, rows[i].kind)) == 1);
    }
    /* 10 came in, 2 were sold before: 8 went out of the lot, 12 are one shortfall without a move */
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot WHERE lot_no = 'S1'"), 0);
    assert_int_equal(shop_int(s, "SELECT quantity FROM mt_exception WHERE kind = 'stock_shortfall'"), 12);
}

/* Who may not sell is asked to fetch somebody who may; what was sold all the same stands, and the manager hears of it. */
static void test_who_sells(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    struct till t = shop_till(s, "A03");
    const struct mt_id packer = shop_staff(s, "Wu", MT_ROLE_FULFILMENT), stranger = {"01940000-0000-7000-8000-0000000000ff"};
    const struct {
        const struct mt_id *who;
        bool may;
    } rows[] = {{&packer, false}, {&stranger, false}, {&s->clerk, true}};
    for (int i = 0; i < 3; i++) {
        s->acts = *rows[i].who;
        const char *items = shop_item(s, g.aspirin, 1, 900);
        struct mt_push_result asked = shop_send(s, &t, "order.create", false, shop_create(s, "A03", 10 + i, items, ""));
        if (rows[i].may)
            assert_int_equal(shop_order(s, asked).status, MT_ORDER_PENDING);
        else
            assert_refused(asked, MT_P_FORBIDDEN);
        struct mt_order o =
            shop_order(s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", 20 + i, items, shop_cash(s, 20 + i, 900))));
        assert_int_equal(o.status, MT_ORDER_PAID);
        assert_int_equal(shop_int(s, shop_fmt(s,
                                              "SELECT count(*) FROM mt_exception WHERE order_no = '%s' AND kind = 'rule_broken'"
                                              " AND detail LIKE '%%role%%'",
                                              o.order_no)),
                         rows[i].may ? 0 : 1);
    }
    assert_int_equal(shop_int(s, "SELECT on_hand * 100 + reserved FROM mt_lot WHERE lot_no = 'S1'"), 701);
}

static void test_partly_paid_waits(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    struct till t = shop_till(s, "A03");
    struct mt_order o = shop_order(
        s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", 1, shop_item(s, g.aspirin, 2, 900), shop_cash(s, 1, 800))));
    assert_int_equal(o.status, MT_ORDER_PENDING);
    assert_int_equal(mt_money_to_minor(o.paid_amount), 800);
    assert_int_equal(shop_int(s, "SELECT on_hand * 100 + reserved FROM mt_lot WHERE lot_no = 'S1'"), 1002);
    const char *card = shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"bank_card\",\"amount\":1000,\"reference\":\"slip 7\"",
                                shop_payment_id(s, 2));
    o = shop_order(s, shop_send(s, &t, "payment.record", true, shop_about(s, "A03", 1, card)));
    assert_int_equal(o.status, MT_ORDER_PAID);
    assert_string_equal(o.pay_type, "mixed");
    assert_int_equal(o.payment_count, 2);
    assert_int_equal(shop_int(s, "SELECT on_hand * 100 + reserved FROM mt_lot WHERE lot_no = 'S1'"), 800);
}

/* Goods that left unpaid: the order waits for its money, and somebody has to look. */
static void test_handed_over_unpaid(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    struct till t = shop_till(s, "A03");
    struct mt_order o =
        shop_order(s, shop_send(s, &t, "order.create", true,
                                shop_create(s, "A03", 1, shop_item(s, g.aspirin, 2, 900), ",\"handed_over\":true")));
    assert_int_equal(o.status, MT_ORDER_PENDING);
    assert_int_equal(o.exception_count, 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception WHERE kind = 'status_conflict'"), 1);
    assert_int_equal(shop_int(s, "SELECT reserved FROM mt_lot WHERE lot_no = 'S1'"), 2);
}

static void test_payment_of_an_unpaid_order(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    struct till t = shop_till(s, "A03");
    struct mt_order o =
        shop_order(s, shop_send(s, &t, "order.create", false, shop_create(s, "A03", 1, shop_item(s, g.aspirin, 2, 900), "")));
    assert_int_equal(o.status, MT_ORDER_PENDING);
    const char *pay = shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":1800", shop_payment_id(s, 1));
    o = shop_order(s, shop_send(s, &t, "payment.record", true, shop_about(s, "A03", 1, pay)));
    assert_int_equal(o.status, MT_ORDER_PAID);
    assert_int_equal(o.version, 2);
    /* the same payment under another operation: kept, not counted twice */
    struct mt_push_result r = shop_send(s, &t, "payment.record", true, shop_about(s, "A03", 1, pay));
    assert_outcome(r, MT_QUARANTINED);
    assert_int_equal(shop_int(s, "SELECT sum(amount) FROM mt_payment"), 1800);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception WHERE kind = 'quarantined'"), 1);
}

static void test_money_for_a_cancelled_order(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    struct till t = shop_till(s, "A03");
    (void)shop_order(s, shop_send(s, &t, "order.create", false, shop_create(s, "A03", 1, shop_item(s, g.aspirin, 2, 900), "")));
    (void)shop_order(s, shop_send(s, &t, "order.cancel", false, shop_about(s, "A03", 1, ",\"reason\":\"left\"")));
    struct mt_order o = shop_order(
        s, shop_send(s, &t, "payment.record", true,
                     shop_about(s, "A03", 1,
                                shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":1800", shop_payment_id(s, 1)))));
    assert_int_equal(o.status, MT_ORDER_CANCELLED);
    assert_int_equal(mt_money_to_minor(o.paid_amount), 1800);
    assert_int_equal(o.exception_count, 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception WHERE kind = 'status_conflict'"), 1);
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot WHERE lot_no = 'S1'"), 10);
}

/* The create was refused for its price, but the customer paid: the order is made after all, at the price that was taken. */
static void test_payment_revives(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    struct till t = shop_till(s, "A03");
    assert_refused(shop_send(s, &t, "order.create", false, shop_create(s, "A03", 1, shop_item(s, g.aspirin, 12, 850), "")),
                   MT_P_PRICE_CHANGED);
    struct mt_order o = shop_order(
        s,
        shop_send(s, &t, "payment.record", true,
                  shop_about(s, "A03", 1,
                             shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":10200", shop_payment_id(s, 1)))));
    assert_int_equal(o.status, MT_ORDER_PAID);
    assert_int_equal(mt_money_to_minor(o.total_amount), 10200);
    assert_int_equal(o.exception_count, 2); /* the price, and two packs that were not there */
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot WHERE lot_no = 'S1'"), 0);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation WHERE outcome = 'refused'"), 1);
}

static void test_numbers(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    struct till t = shop_till(s, "A03");
    const char *item = shop_item(s, g.aspirin, 1, 900);
    (void)shop_order(s, shop_send(s, &t, "order.create", false, shop_create(s, "A03", 1, item, "")));
    assert_outcome(shop_send(s, &t, "order.create", false, shop_create(s, "B01", 2, item, "")),
                   MT_QUARANTINED); /* another register's */
    struct mt_push_result r =
        shop_send(s, &t, "order.create", false,
                  shop_fmt(s, "\"order_id\":\"%s\",\"order_no\":\"A03-000001\",\"items\":[%s]", shop_order_id(s, 3), item));
    assert_outcome(r, MT_QUARANTINED); /* a number in use */
    r = shop_send(s, &t, "order.cancel", false,
                  shop_fmt(s, "\"order_id\":\"%s\",\"order_no\":\"A03-000009\",\"reason\":\"x\"", shop_order_id(s, 1)));
    assert_outcome(r, MT_QUARANTINED); /* id and number do not belong together */
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 1);
}

static void test_taken_offline(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    struct till t = shop_till(s, "A03");
    const char *op =
        shop_op(s, &t, "order.create", true, shop_create(s, "A03", 1, shop_item(s, g.aspirin, 1, 900), shop_cash(s, 1, 900)));
    mt_time taken = s->now;
    s->now += 3600 * 1000;
    struct mt_order o = shop_order(s, shop_push(s, &t, op).results[0]);
    assert_true(o.taken_offline);
    assert_int_equal(o.taken_at, taken);
    assert_int_equal(o.pay_time, taken);
    assert_int_equal(o.created_at, s->now);
}

static void test_serial_sold_once(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    struct till t = shop_till(s, "A03");
    const char *item = shop_fmt(s,
                                "{\"drug_id\":\"%s\",\"quantity\":1,\"price\":900,\"packs\":[{\"lot_no\":\"S1\",\"expires_on\":"
                                "\"2028-01-31\",\"serial\":\"X1\"}]}",
                                g.aspirin);
    (void)shop_order(s, shop_send(s, &t, "order.create", false, shop_create(s, "A03", 1, item, "")));
    assert_refused(shop_send(s, &t, "order.create", false, shop_create(s, "A03", 2, item, "")), MT_P_VALIDATION_FAILED);
    struct mt_order o = shop_order(s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", 3, item, shop_cash(s, 3, 900))));
    assert_int_equal(o.exception_count, 1);
    assert_true(o.items[0].lots[0].scanned);
    (void)shop_order(s, shop_send(s, &t, "order.cancel", false, shop_about(s, "A03", 1, ",\"reason\":\"left\"")));
    (void)shop_order(s, shop_send(s, &t, "order.create", false, shop_create(s, "A03", 4, item, ""))); /* it is on the shelf again */
}

/* A clock that jumped ten years while this was sold: the sale stands and says so; one taken hours ago does not. */
static void test_clock_jump(void **state) {
    struct shop *s = *state;
    struct goods g = stock_up(s);
    struct till t = shop_till(s, "A03");
    const mt_time today = s->now, decade = INT64_C(3653) * 24 * 60 * 60 * 1000;
    const mt_time taken[] = {today + decade, today - 8 * 60 * 60 * INT64_C(1000)};
    for (int i = 0; i < 2; i++) {
        s->now = taken[i];
        const char *op = shop_op(s, &t, "order.create", true,
                                 shop_create(s, "A03", i + 1, shop_item(s, g.aspirin, 1, 900), shop_cash(s, i + 1, 900)));
        s->now = today;
        struct answer a = shop_push(s, &t, op);
        assert_int_equal(a.code, MT_P_NONE);
        (void)shop_order(s, a.results[0]);
    }
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception WHERE kind = 'clock_wrong' AND order_no = 'A03-000001'"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception WHERE kind = 'clock_wrong'"), 1);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_cash_sale),
        SHOP_TEST(test_handed_over_walks_all_edges),
        SHOP_TEST(test_requests_refused),
        SHOP_TEST(test_rx_met),
        SHOP_TEST(test_facts_stand),
        SHOP_TEST(test_who_sells),
        SHOP_TEST(test_partly_paid_waits),
        SHOP_TEST(test_handed_over_unpaid),
        SHOP_TEST(test_payment_of_an_unpaid_order),
        SHOP_TEST(test_money_for_a_cancelled_order),
        SHOP_TEST(test_payment_revives),
        SHOP_TEST(test_numbers),
        SHOP_TEST(test_taken_offline),
        SHOP_TEST(test_serial_sold_once),
        SHOP_TEST(test_clock_jump),
    };
    return mt_engine_run(argc, argv, tests);
}
