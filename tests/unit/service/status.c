/* The life of an order behind its creation. */
#include "shop.h"

#include <string.h>

#define ASPIRIN "6900000000025"

struct board {
    struct till a, b;
    int n; /* orders so far */
};

static void stock_up(struct shop *s) {
    (void)shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 500);
}

static struct mt_push_result advance(struct shop *s, struct till *t, int n, const char *to, bool fact, int64_t if_version) {
    const char *version = if_version > 0 ? shop_fmt(s, ",\"if_version\":%lld", (long long)if_version) : "";
    return shop_send(s, t, "order.advance", fact, shop_about(s, "A03", n, shop_fmt(s, ",\"to\":\"%s\"%s", to, version)));
}

/* An order of till a in a status. */
static int order_in(struct shop *s, struct board *b, enum mt_order_status status) {
    struct mt_id id;
    assert_int_equal(mt_id_from_cause(MT_SV("drug:" ASPIRIN), &id), MT_OK);
    const int n = ++b->n;
    const char *item = shop_item(s, id.s, 1, 900);
    if (status == MT_ORDER_PENDING || status == MT_ORDER_CANCELLED)
        (void)shop_order(s, shop_send(s, &b->a, "order.create", false, shop_create(s, "A03", n, item, "")));
    else
        (void)shop_order(s, shop_send(s, &b->a, "order.create", true, shop_create(s, "A03", n, item, shop_cash(s, n, 900))));
    if (status == MT_ORDER_CANCELLED)
        (void)shop_order(s, shop_send(s, &b->a, "order.cancel", false, shop_about(s, "A03", n, ",\"reason\":\"x\"")));
    if (status == MT_ORDER_PREPARING)
        (void)shop_order(s, advance(s, &b->a, n, "preparing", false, 0));
    if (status == MT_ORDER_SHIPPED || status == MT_ORDER_COMPLETED)
        (void)shop_order(s, advance(s, &b->a, n, mt_order_status_name(status), true, 0));
    return n;
}

/* Every status against every target, as a register that had nothing to do with the order before: what is allowed moves,
 * a request that is not is refused, a fact that is not leaves an exception and the status alone. */
static void test_every_pair(void **state) {
    struct shop *s = *state;
    stock_up(s);
    struct board b = {.a = shop_till(s, "A03"), .b = shop_till(s, "B01")};
    static const bool moves[MT_ORDER_STATUS_COUNT][MT_ORDER_STATUS_COUNT] = {
        [MT_ORDER_PAID] = {[MT_ORDER_PREPARING] = true, [MT_ORDER_SHIPPED] = true, [MT_ORDER_COMPLETED] = true},
        [MT_ORDER_PREPARING] = {[MT_ORDER_SHIPPED] = true, [MT_ORDER_COMPLETED] = true},
        [MT_ORDER_SHIPPED] = {[MT_ORDER_COMPLETED] = true},
    };
    for (int from = 0; from < MT_ORDER_STATUS_COUNT; from++)
        for (int to = 0; to < MT_ORDER_STATUS_COUNT; to++) {
            const int n = order_in(s, &b, (enum mt_order_status)from);
            const bool fact = to == MT_ORDER_SHIPPED || to == MT_ORDER_COMPLETED;
            struct mt_push_result r = advance(s, &b.b, n, mt_order_status_name((enum mt_order_status)to), fact, 0);
            if (moves[from][to]) {
                assert_int_equal(shop_order(s, r).status, to);
            } else if (fact) {
                struct mt_order o = shop_order(s, r);
                assert_int_equal(o.status, from);
                assert_int_equal(o.exception_count, 1);
            } else {
                assert_refused(r, MT_P_INVALID_ORDER_STATUS);
            }
        }
}

static void test_fact_walks_the_edges_between(void **state) {
    struct shop *s = *state;
    stock_up(s);
    struct board b = {.a = shop_till(s, "A03")};
    const int n = order_in(s, &b, MT_ORDER_PAID);
    s->now += 60000;
    struct mt_order o = shop_order(s, advance(s, &b.a, n, "completed", true, 0));
    assert_int_equal(o.version, 5);
    assert_int_equal(o.drug_time, s->now);
    assert_int_equal(o.send_time, s->now);
    assert_int_equal(o.finish_time, s->now);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_event WHERE op_id = (SELECT max(op_id) FROM mt_operation)"), 3);
}

static void test_repeats(void **state) {
    struct shop *s = *state;
    stock_up(s);
    struct board b = {.a = shop_till(s, "A03"), .b = shop_till(s, "B01")};
    const int n = order_in(s, &b, MT_ORDER_PREPARING);
    struct mt_order o = shop_order(s, advance(s, &b.a, n, "preparing", false, 0)); /* its own: no change */
    assert_int_equal(o.version, 3);
    struct mt_push_result late = advance(s, &b.b, n, "preparing", false, 0); /* the claim of another */
    assert_refused(late, MT_P_INVALID_ORDER_STATUS);
    assert_non_null(strstr(shop_detail(s, late), "A03 moved it to preparing"));
    (void)shop_order(s, advance(s, &b.a, n, "shipped", true, 0));
    o = shop_order(s, advance(s, &b.b, n, "shipped", true, 0)); /* dispensed twice */
    assert_int_equal(o.exception_count, 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception WHERE kind = 'status_conflict'"), 1);
}

static void test_version(void **state) {
    struct shop *s = *state;
    stock_up(s);
    struct board b = {.a = shop_till(s, "A03"), .b = shop_till(s, "B01")};
    const int n = order_in(s, &b, MT_ORDER_PAID);
    assert_refused(advance(s, &b.b, n, "preparing", false, 1), MT_P_VERSION_CONFLICT);
    assert_int_equal(shop_order(s, advance(s, &b.b, n, "preparing", false, 2)).status, MT_ORDER_PREPARING);
    assert_int_equal(shop_order(s, advance(s, &b.a, n, "shipped", true, 1)).status, MT_ORDER_SHIPPED); /* informational in a fact */
}

static void test_cancel(void **state) {
    struct shop *s = *state;
    stock_up(s);
    struct board b = {.a = shop_till(s, "A03"), .b = shop_till(s, "B01")};
    const char *reason = ",\"reason\":\"the customer left\"";
    for (int from = 0; from < MT_ORDER_STATUS_COUNT; from++) {
        const int n = order_in(s, &b, (enum mt_order_status)from);
        int64_t reserved = shop_int(s, "SELECT sum(reserved) FROM mt_lot");
        struct mt_push_result r = shop_send(s, &b.b, "order.cancel", false, shop_about(s, "A03", n, reason));
        if (from == MT_ORDER_PENDING) {
            struct mt_order o = shop_order(s, r);
            assert_int_equal(o.status, MT_ORDER_CANCELLED);
            assert_int_equal(o.cancel_time, s->now);
            assert_int_equal(shop_int(s, "SELECT sum(reserved) FROM mt_lot"), reserved - 1);
            (void)shop_order(
                s, shop_send(s, &b.a, "order.cancel", false, shop_about(s, "A03", n, reason))); /* twice gives nothing back twice */
            assert_int_equal(shop_int(s, "SELECT sum(reserved) FROM mt_lot"), reserved - 1);
        } else if (from == MT_ORDER_CANCELLED) {
            assert_int_equal(shop_order(s, r).version, 2);
        } else {
            const bool holds = from == MT_ORDER_PAID || from == MT_ORDER_PREPARING; /* money, and nobody here may give it back */
            assert_refused(r, holds ? MT_P_FORBIDDEN : MT_P_INVALID_ORDER_STATUS);
        }
    }
}

/* An order that costs nothing is paid by being made; cancelling it puts the packs back. */
static void test_cancel_restocks(void **state) {
    struct shop *s = *state;
    stock_up(s);
    const char *gift = shop_drug(s, "6900000000032", "Sample", "", 0, MT_RX_NONE);
    shop_goods(s, "6900000000032", "G1", "2028-01-31", 5);
    struct till t = shop_till(s, "A03");
    struct mt_order o =
        shop_order(s, shop_send(s, &t, "order.create", false, shop_create(s, "A03", 1, shop_item(s, gift, 2, 0), "")));
    assert_int_equal(o.status, MT_ORDER_PAID);
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot WHERE lot_no = 'G1'"), 3);
    s->acts = shop_staff(s, "Pharmacist", MT_ROLE_PHARMACIST);
    (void)shop_order(s, shop_send(s, &t, "order.cancel", false, shop_about(s, "A03", 1, ",\"reason\":\"x\"")));
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot WHERE lot_no = 'G1'"), 5);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_every_pair), SHOP_TEST(test_fact_walks_the_edges_between),
        SHOP_TEST(test_repeats),    SHOP_TEST(test_version),
        SHOP_TEST(test_cancel),     SHOP_TEST(test_cancel_restocks),
    };
    return mt_engine_run(argc, argv, tests);
}
