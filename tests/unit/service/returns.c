/* Goods that come back: never more than were sold, and to the shelf only what may be sold again. */
#include "shop.h"

#include <string.h>

#define ASPIRIN "6900000000025"

struct counter {
    struct till a;
    const char *drug;
    struct mt_id pharmacist, clerk;
};

/* Two lots: the older one goes first. */
static struct counter open_counter(struct shop *s) {
    struct counter c = {.drug = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE)};
    shop_goods(s, ASPIRIN, "S1", "2027-02-28", 2);
    shop_goods(s, ASPIRIN, "S2", "2028-01-31", 10);
    c.a = shop_till(s, "A03");
    c.pharmacist = shop_staff(s, "Pharmacist", MT_ROLE_PHARMACIST);
    c.clerk = shop_staff(s, "Clerk", MT_ROLE_COUNTER);
    s->acts = c.pharmacist;
    return c;
}

/* Order n: packs, handed over. */
static void sold(struct shop *s, struct counter *c, int n, int packs) {
    (void)shop_order(s, shop_send(s, &c->a, "order.create", true,
                                  shop_create(s, "A03", n, shop_item(s, c->drug, packs, 900),
                                              shop_fmt(s, "%s,\"handed_over\":true", shop_cash(s, n, packs * 900)))));
}

static const char *coming(struct shop *s, int n, int r, const char *lines) {
    return shop_about(
        s, "A03", n,
        shop_fmt(s, ",\"return_id\":\"01940000-0000-7000-8004-%012x\",\"reason\":\"allergic\",\"lines\":[%s]", (unsigned)r, lines));
}

static struct mt_push_result back(struct shop *s, struct counter *c, int n, int r, const char *lines) {
    return shop_send(s, &c->a, "return.record", true, coming(s, n, r, lines));
}

static int64_t on_hand(struct shop *s, const char *lot) {
    return shop_int(s, shop_fmt(s, "SELECT coalesce(sum(on_hand), -1) FROM mt_lot WHERE lot_no = '%s'", lot));
}

static int64_t opened(struct shop *s, const char *kind) {
    return shop_int(s, shop_fmt(s, "SELECT count(*) FROM mt_exception WHERE kind = '%s' AND state = 'open'", kind));
}

static void test_to_the_shelf(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    sold(s, &c, 1, 5); /* 2 of S1, 3 of S2 */
    struct mt_order o = shop_order(s, back(s, &c, 1, 1, "{\"line\":1,\"quantity\":4}"));
    assert_int_equal(o.status, MT_ORDER_COMPLETED);
    assert_int_equal(o.version, 6);
    assert_int_equal(o.exception_count, 0);
    assert_int_equal(on_hand(s, "S2"), 10); /* latest expiry first */
    assert_int_equal(on_hand(s, "S1"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_event WHERE kind = 'return' AND note = 'allergic'"), 1);
    assert_int_equal(shop_int(s, "SELECT sum(quantity) FROM mt_stock_move WHERE kind = 'return'"), 4);
    assert_int_equal(shop_int(s, "SELECT sum(quantity) FROM mt_return_line WHERE fate = 'resale'"), 4);
    assert_int_equal(mt_money_to_minor(o.refunded_amount), 0); /* goods only */
    o = shop_order(s, back(s, &c, 1, 2, "{\"line\":1,\"quantity\":1,\"lot_no\":\"S1\",\"to\":\"resale\"}"));
    assert_int_equal(on_hand(s, "S1"), 2);
}

static void test_to_quarantine(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    sold(s, &c, 1, 2);
    (void)shop_order(s, back(s, &c, 1, 1, "{\"line\":1,\"quantity\":1,\"to\":\"quarantine\"}"));
    assert_int_equal(on_hand(s, "S1"), 0);
    assert_int_equal(on_hand(s, "S1 returned"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_lot WHERE lot_no = 'S1 returned' AND state = 'quarantined'"
                                 " AND expires_on = '2027-02-28'"),
                     1);
    /* Let out by a pharmacist since: packs that nobody has looked at do not join them. */
    shop_exec(s, "UPDATE mt_lot SET state = 'ok' WHERE lot_no = 'S1 returned'");
    (void)shop_order(s, back(s, &c, 1, 2, "{\"line\":1,\"quantity\":1,\"to\":\"quarantine\"}"));
    assert_int_equal(on_hand(s, "S1 returned"), 1);
    assert_int_equal(on_hand(s, "S1 returned 2"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_return_line WHERE fate = 'quarantine' AND lot_no = 'S1'"), 2);
}

/* Whatever was said: expired, recalled and unknown lots do not go back to the shelf. */
static void test_never_sold_again(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    sold(s, &c, 1, 5);
    shop_exec(s, "INSERT INTO mt_recall(drug_id, lot_no, reason, op_id, at) SELECT drug_id, 'S2', 'x', '', 1 FROM mt_drug");
    shop_exec(s, "UPDATE mt_lot SET state = 'recalled' WHERE lot_no = 'S2'");
    s->now += INT64_C(60) * 24 * 3600 * 1000; /* S1 has expired */
    (void)shop_order(s, back(s, &c, 1, 1,
                             "{\"line\":1,\"quantity\":1,\"lot_no\":\"S1\",\"to\":\"resale\"},"
                             "{\"line\":1,\"quantity\":1,\"lot_no\":\"S2\",\"to\":\"resale\"},"
                             "{\"line\":1,\"quantity\":1,\"lot_no\":\"S9\",\"to\":\"resale\"}"));
    assert_int_equal(on_hand(s, "S1 returned"), 1);
    assert_int_equal(on_hand(s, "S2 returned"), 1);
    assert_int_equal(on_hand(s, "S9 returned"), 1);
    assert_int_equal(
        shop_int(s, "SELECT count(*) FROM mt_lot WHERE lot_no IN ('S1 returned','S9 returned') AND state = 'quarantined'"), 2);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_lot WHERE lot_no = 'S2 returned' AND state = 'recalled'"), 1);
    /* Nobody knows when a lot expires that was never here: not a date nobody has read on a pack. */
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_lot WHERE lot_no = 'S9 returned' AND expires_on IS NULL"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_return_line WHERE fate <> 'quarantine'"), 0);
}

static void test_never_more_than_sold(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    sold(s, &c, 1, 3);
    struct mt_order o = shop_order(s, back(s, &c, 1, 1, "{\"line\":1,\"quantity\":5}"));
    assert_int_equal(o.exception_count, 1);
    assert_int_equal(opened(s, "return_differs"), 1);
    assert_int_equal(shop_int(s, "SELECT sum(on_hand) FROM mt_lot"), 12);
    o = shop_order(s, back(s, &c, 1, 2, "{\"line\":1,\"quantity\":1},{\"line\":2,\"quantity\":1}"));
    assert_int_equal(o.exception_count, 3);
    assert_int_equal(shop_int(s, "SELECT sum(on_hand) FROM mt_lot"), 12);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_event WHERE kind = 'exception'"), 1);
}

static void test_of_what_was_not_sold(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)shop_order(s, shop_send(s, &c.a, "order.create", false, shop_create(s, "A03", 1, shop_item(s, c.drug, 2, 900), "")));
    struct mt_order o = shop_order(s, back(s, &c, 1, 1, "{\"line\":1,\"quantity\":1}"));
    assert_int_equal(o.status, MT_ORDER_PENDING);
    assert_int_equal(o.exception_count, 1);
    (void)shop_order(s, shop_send(s, &c.a, "order.cancel", false, shop_about(s, "A03", 1, ",\"reason\":\"x\"")));
    o = shop_order(s, back(s, &c, 1, 2, "{\"line\":1,\"quantity\":1}"));
    assert_int_equal(o.exception_count, 2);
    assert_int_equal(shop_int(s, "SELECT sum(on_hand) FROM mt_lot"), 12);
}

/* Packs that no lot had given come in too; their sale is still owed, and the next receipt pays it. */
static void test_of_a_short_line(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    sold(s, &c, 1, 14);
    (void)shop_order(s, back(s, &c, 1, 1, "{\"line\":1,\"quantity\":14}"));
    assert_int_equal(on_hand(s, "S1"), 2);
    assert_int_equal(on_hand(s, "S2"), 10);
    assert_int_equal(on_hand(s, "returned"), 2);
    assert_int_equal(opened(s, "stock_shortfall"), 1);
    sold(s, &c, 2, 1); /* not from the quarantine */
    assert_int_equal(on_hand(s, "returned"), 2);
}

static void test_same_return_twice(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    sold(s, &c, 1, 2);
    const char *op = shop_op(s, &c.a, "return.record", true, coming(s, 1, 1, "{\"line\":1,\"quantity\":1}"));
    assert_outcome(shop_push(s, &c.a, op).results[0], MT_APPLIED);
    assert_true(shop_push(s, &c.a, op).results[0].replayed);
    assert_outcome(back(s, &c, 1, 1, "{\"line\":1,\"quantity\":1}"), MT_QUARANTINED); /* another operation with its id */
    assert_int_equal(on_hand(s, "S1"), 1);
}

static void test_by_the_wrong_hand(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    sold(s, &c, 1, 2);
    s->acts = c.clerk;
    (void)shop_order(s, back(s, &c, 1, 1, "{\"line\":1,\"quantity\":1}"));
    assert_int_equal(opened(s, "rule_broken"), 1);
    assert_int_equal(on_hand(s, "S1"), 1);
}

/* What has come back before does not come back again with the cancellation. */
static void test_then_cancelled(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)shop_order(
        s, shop_send(s, &c.a, "order.create", true, shop_create(s, "A03", 1, shop_item(s, c.drug, 5, 900), shop_cash(s, 1, 4500))));
    (void)shop_order(s, back(s, &c, 1, 1,
                             "{\"line\":1,\"quantity\":1,\"lot_no\":\"S1\",\"to\":\"quarantine\"},"
                             "{\"line\":1,\"quantity\":1,\"lot_no\":\"S9\"},"
                             "{\"line\":1,\"quantity\":1,\"lot_no\":\"S2\"}"));
    (void)shop_order(s, shop_send(s, &c.a, "order.cancel", false, shop_about(s, "A03", 1, ",\"reason\":\"x\"")));
    assert_int_equal(on_hand(s, "S1"), 1);
    assert_int_equal(on_hand(s, "S1 returned"), 1);
    assert_int_equal(on_hand(s, "S9 returned"), 1);
    assert_int_equal(on_hand(s, "S2"), 9);
}

/* Returned without a lot, then cancelled: the sale of what came back stays owed, and the next receipt pays it. */
static void test_short_then_cancelled(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    (void)shop_order(s, shop_send(s, &c.a, "order.create", true,
                                  shop_create(s, "A03", 1, shop_item(s, c.drug, 14, 900), shop_cash(s, 1, 12600))));
    (void)shop_order(s, back(s, &c, 1, 1, "{\"line\":1,\"quantity\":13}"));
    assert_int_equal(shop_int(s, "SELECT quantity FROM mt_exception WHERE kind = 'stock_shortfall'"), 2);
    (void)shop_order(s, shop_send(s, &c.a, "order.cancel", false, shop_about(s, "A03", 1, ",\"reason\":\"x\"")));
    assert_int_equal(on_hand(s, "returned"), 1);
    assert_int_equal(shop_int(s, "SELECT quantity FROM mt_exception WHERE kind = 'stock_shortfall' AND state = 'open'"), 1);
    assert_outcome(
        shop_send(
            s, &c.a, "stock.receive", true,
            shop_fmt(s, "\"lines\":[{\"drug_id\":\"%s\",\"lot_no\":\"S3\",\"expires_on\":\"2029-01-31\",\"quantity\":2}]", c.drug)),
        MT_APPLIED);
    assert_int_equal(on_hand(s, "S3"), 1);
    assert_int_equal(opened(s, "stock_shortfall"), 0);
    assert_int_equal(shop_violations(s), 0);
}

static void test_serial_again(void **state) {
    struct shop *s = *state;
    struct counter c = open_counter(s);
    for (int n = 1; n <= 2; n++) {
        const char *pack = shop_fmt(
            s, "{\"drug_id\":\"%s\",\"quantity\":1,\"price\":900,\"packs\":[{\"lot_no\":\"S1\",\"serial\":\"X1\"}]}", c.drug);
        struct mt_order o =
            shop_order(s, shop_send(s, &c.a, "order.create", true, shop_create(s, "A03", n, pack, shop_cash(s, n, 900))));
        assert_int_equal(o.exception_count, 0);
        if (n == 1)
            (void)shop_order(s, back(s, &c, 1, 1, "{\"line\":1,\"quantity\":1}"));
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_to_the_shelf),         SHOP_TEST(test_to_quarantine),        SHOP_TEST(test_never_sold_again),
        SHOP_TEST(test_never_more_than_sold), SHOP_TEST(test_of_what_was_not_sold), SHOP_TEST(test_of_a_short_line),
        SHOP_TEST(test_same_return_twice),    SHOP_TEST(test_by_the_wrong_hand),    SHOP_TEST(test_then_cancelled),
        SHOP_TEST(test_short_then_cancelled), SHOP_TEST(test_serial_again)};
    return mt_engine_run(argc, argv, tests);
}
