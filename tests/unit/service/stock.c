/* Who gets which packs. */
#include "shop.h"

#include <string.h>

#define ASPIRIN "6900000000025"

static const char *aspirin(struct shop *s) {
    return shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
}

/* Two unpaid orders for the last pack: exactly one wins, the other hears it in words. */
static void test_last_pack(void **state) {
    struct shop *s = *state;
    const char *drug = aspirin(s);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 1);
    struct till a = shop_till(s, "A03"), b = shop_till(s, "B01");
    struct mt_push_result won = shop_send(s, &a, "order.create", false, shop_create(s, "A03", 1, shop_item(s, drug, 1, 900), ""));
    struct mt_push_result lost = shop_send(s, &b, "order.create", false, shop_create(s, "B01", 2, shop_item(s, drug, 1, 900), ""));
    assert_int_equal(shop_order(s, won).status, MT_ORDER_PENDING);
    assert_refused(lost, MT_P_INSUFFICIENT_STOCK);
    assert_string_equal(shop_detail(s, lost), "Not enough stock: Aspirin 100 mg × 30, 1 wanted, 0 left.");
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception"), 0);
    /* it is free again once the winner is cancelled */
    (void)shop_order(s, shop_send(s, &a, "order.cancel", false, shop_about(s, "A03", 1, ",\"reason\":\"left\"")));
    (void)shop_order(s, shop_send(s, &b, "order.create", false, shop_create(s, "B01", 3, shop_item(s, drug, 1, 900), "")));
}

/* The same with paid facts: both stand, and one exception is open. */
static void test_last_pack_paid(void **state) {
    struct shop *s = *state;
    const char *drug = aspirin(s);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 1);
    struct till a = shop_till(s, "A03"), b = shop_till(s, "B01");
    struct mt_order one = shop_order(
        s, shop_send(s, &a, "order.create", true, shop_create(s, "A03", 1, shop_item(s, drug, 1, 900), shop_cash(s, 1, 900))));
    struct mt_order two = shop_order(
        s, shop_send(s, &b, "order.create", true, shop_create(s, "B01", 2, shop_item(s, drug, 1, 900), shop_cash(s, 2, 900))));
    assert_int_equal(one.status, MT_ORDER_PAID);
    assert_int_equal(two.status, MT_ORDER_PAID);
    assert_int_equal(one.exception_count, 0);
    assert_int_equal(two.exception_count, 1);
    assert_int_equal(two.items[0].lot_count, 0);
    assert_int_equal(
        shop_int(s, "SELECT count(*) FROM mt_exception WHERE state = 'open' AND kind = 'stock_shortfall' AND quantity = 1"), 1);
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot"), 0);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_stock_move WHERE kind = 'sale'"), 1);
}

/* A fact never takes what another order has reserved. */
static void test_fact_leaves_reservations(void **state) {
    struct shop *s = *state;
    const char *drug = aspirin(s);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 3);
    struct till a = shop_till(s, "A03"), b = shop_till(s, "B01");
    (void)shop_order(s, shop_send(s, &a, "order.create", false, shop_create(s, "A03", 1, shop_item(s, drug, 2, 900), "")));
    struct mt_order fact = shop_order(
        s, shop_send(s, &b, "order.create", true, shop_create(s, "B01", 2, shop_item(s, drug, 2, 900), shop_cash(s, 2, 1800))));
    assert_int_equal(fact.exception_count, 1);
    assert_int_equal(shop_int(s, "SELECT on_hand * 100 + reserved FROM mt_lot"), 202);
    struct mt_order paid = shop_order(
        s, shop_send(s, &a, "payment.record", true,
                     shop_about(s, "A03", 1,
                                shop_fmt(s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":1800", shop_payment_id(s, 1)))));
    assert_int_equal(paid.status, MT_ORDER_PAID);
    assert_int_equal(paid.exception_count, 0);
    assert_int_equal(shop_int(s, "SELECT on_hand * 100 + reserved FROM mt_lot"), 0);
}

static void test_fefo(void **state) {
    struct shop *s = *state;
    const char *drug = aspirin(s);
    shop_goods(s, ASPIRIN, "LATE", "2029-06-30", 5);
    shop_goods(s, ASPIRIN, "SOON", "2027-02-28", 2);
    shop_goods(s, ASPIRIN, "MID", "2028-06-30", 1);
    shop_goods(s, ASPIRIN, "GONE", "2026-12-31", 9); /* expired */
    struct till t = shop_till(s, "A03");
    struct mt_order o =
        shop_order(s, shop_send(s, &t, "order.create", false, shop_create(s, "A03", 1, shop_item(s, drug, 4, 900), "")));
    static const char *const lots[] = {"SOON", "MID", "LATE"};
    static const int64_t packs[] = {2, 1, 1};
    assert_int_equal(o.items[0].lot_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(o.items[0].lots[i].lot_no, lots[i]);
        assert_int_equal(o.items[0].lots[i].quantity, packs[i]);
        assert_false(o.items[0].lots[i].scanned);
    }
    /* four are left that may be sold; the nine expired ones do not count */
    struct mt_push_result r = shop_send(s, &t, "order.create", false, shop_create(s, "A03", 2, shop_item(s, drug, 5, 900), ""));
    assert_string_equal(shop_detail(s, r), "Not enough stock: Aspirin 100 mg × 30, 5 wanted, 4 left.");
}

static void test_scanned_lot_first(void **state) {
    struct shop *s = *state;
    const char *drug = aspirin(s);
    shop_goods(s, ASPIRIN, "SOON", "2027-02-28", 5);
    shop_goods(s, ASPIRIN, "LATE", "2029-06-30", 1);
    struct till t = shop_till(s, "A03");
    const char *item = shop_fmt(
        s, "{\"drug_id\":\"%s\",\"quantity\":3,\"price\":900,\"packs\":[{\"lot_no\":\"LATE\"},{\"lot_no\":\"LATE\"}]}", drug);
    struct mt_order o =
        shop_order(s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", 1, item, shop_cash(s, 1, 2700))));
    assert_int_equal(o.items[0].lot_count, 2);
    assert_string_equal(o.items[0].lots[0].lot_no, "SOON");
    assert_int_equal(o.items[0].lots[0].quantity, 2); /* one scanned pack the lot did not have, one not scanned */
    assert_string_equal(o.items[0].lots[1].lot_no, "LATE");
    assert_true(o.items[0].lots[1].scanned);
    assert_int_equal(o.exception_count, 0);
}

static void test_expired_pack(void **state) {
    struct shop *s = *state;
    const char *drug = aspirin(s);
    shop_goods(s, ASPIRIN, "GONE", "2026-12-31", 2);
    shop_goods(s, ASPIRIN, "GOOD", "2028-12-31", 2);
    struct till t = shop_till(s, "A03");
    const char *item = shop_fmt(s, "{\"drug_id\":\"%s\",\"quantity\":1,\"price\":900,\"packs\":[{\"lot_no\":\"GONE\"}]}", drug);
    const char *unknown = shop_fmt(
        s, "{\"drug_id\":\"%s\",\"quantity\":1,\"price\":900,\"packs\":[{\"lot_no\":\"ODD\",\"expires_on\":\"2026-01-31\"}]}",
        drug);
    assert_refused(shop_send(s, &t, "order.create", false, shop_create(s, "A03", 1, item, "")), MT_P_DRUG_NOT_SELLABLE);
    assert_refused(shop_send(s, &t, "order.create", false, shop_create(s, "A03", 2, unknown, "")), MT_P_DRUG_NOT_SELLABLE);
    struct mt_order o = shop_order(s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", 3, item, shop_cash(s, 3, 900))));
    assert_string_equal(o.items[0].lots[0].lot_no, "GONE"); /* it is what left the shop */
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception WHERE kind = 'expired_lot'"), 1);
}

/* Rules that depend on time are judged when the sale was, not when it arrived. */
static void test_judged_at(void **state) {
    struct shop *s = *state;
    const char *drug = aspirin(s);
    shop_goods(s, ASPIRIN, "SOON", "2027-01-15", 2);
    struct till t = shop_till(s, "A03");
    const char *op =
        shop_op(s, &t, "order.create", true, shop_create(s, "A03", 1, shop_item(s, drug, 1, 900), shop_cash(s, 1, 900)));
    s->now += (mt_time)3 * 86400000;
    struct mt_order o = shop_order(s, shop_push(s, &t, op).results[0]);
    assert_int_equal(o.exception_count, 0);
    assert_string_equal(o.items[0].lots[0].lot_no, "SOON");
}

static void test_two_lines_of_one_drug(void **state) {
    struct shop *s = *state;
    const char *drug = aspirin(s);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 3);
    struct till t = shop_till(s, "A03");
    const char *items = shop_fmt(s, "%s,%s", shop_item(s, drug, 2, 900), shop_item(s, drug, 2, 900));
    assert_refused(shop_send(s, &t, "order.create", false, shop_create(s, "A03", 1, items, "")), MT_P_INSUFFICIENT_STOCK);
    assert_int_equal(shop_int(s, "SELECT reserved FROM mt_lot"), 0); /* the first line is undone with the second */
    struct mt_order o =
        shop_order(s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", 2, items, shop_cash(s, 2, 3600))));
    assert_int_equal(o.exception_count, 1);
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot"), 0);
}

static void test_another_store(void **state) {
    struct shop *s = *state;
    const char *drug = aspirin(s);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 3);
    struct mt_id mine = s->store;
    assert_int_equal(mt_admin_store_add(s->session, "Hillside", "CNY", &s->store, NULL), MT_OK);
    struct till far = shop_till(s, "H01");
    s->acts = shop_staff(s, "Bo", MT_ROLE_COUNTER);
    s->store = mine;
    struct till near = shop_till(s, "A03");
    assert_refused(shop_send(s, &far, "order.create", false, shop_create(s, "H01", 1, shop_item(s, drug, 1, 900), "")),
                   MT_P_INSUFFICIENT_STOCK);
    const struct mt_id far_clerk = s->acts;
    s->acts = s->clerk;
    (void)shop_order(s, shop_send(s, &near, "order.create", false, shop_create(s, "A03", 2, shop_item(s, drug, 1, 900), "")));
    s->acts = far_clerk;
    assert_refused(shop_send(s, &far, "order.cancel", false, shop_about(s, "A03", 2, ",\"reason\":\"x\"")), MT_P_ORDER_NOT_FOUND);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_last_pack), SHOP_TEST(test_last_pack_paid),        SHOP_TEST(test_fact_leaves_reservations),
        SHOP_TEST(test_fefo),      SHOP_TEST(test_scanned_lot_first),     SHOP_TEST(test_expired_pack),
        SHOP_TEST(test_judged_at), SHOP_TEST(test_two_lines_of_one_drug), SHOP_TEST(test_another_store),
    };
    return mt_engine_run(argc, argv, tests);
}
