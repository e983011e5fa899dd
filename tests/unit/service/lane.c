/* A register's lane: sequence, idempotency, clones, epochs, and what a fault leaves behind. */
#include "shop.h"

#include <string.h>

#define ASPIRIN "6900000000025"

static const char *stock_up(struct shop *s) {
    const char *id = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 100);
    return id;
}

static const char *sale(struct shop *s, struct till *t, const char *drug, int n) {
    return shop_op(s, t, "order.create", true, shop_create(s, t->caller.code, n, shop_item(s, drug, 1, 900), shop_cash(s, n, 900)));
}

/* Every table's content in one number: nothing was written when it stays. */
static int64_t writes(struct shop *s) {
    return shop_int(
        s, "SELECT (SELECT count(*) FROM mt_operation) + (SELECT count(*) FROM mt_order) + (SELECT count(*) FROM mt_audit)"
           " + (SELECT count(*) FROM mt_stock_move) + (SELECT count(*) FROM mt_exception) + (SELECT count(*) FROM mt_event)"
           " + (SELECT coalesce(max(seq), 0) FROM mt_change) + (SELECT sum(last_seq) FROM mt_register)");
}

static void test_replayed(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    const char *op = sale(s, &t, drug, 1);
    struct answer first = shop_push(s, &t, op);
    assert_false(first.results[0].replayed);
    assert_true(first.feed_moved);
    int64_t before = writes(s);
    for (int i = 0; i < 10; i++) {
        shop_reopen(s);
        struct answer again = shop_push(s, &t, op);
        assert_int_equal(again.code, MT_P_NONE);
        assert_true(again.results[0].replayed);
        assert_false(again.feed_moved);
        assert_int_equal(again.last_seq, 1);
        assert_true(mt_sv_eq(again.results[0].result, first.results[0].result)); /* the stored answer, byte for byte */
    }
    assert_int_equal(writes(s), before);
}

static void test_refusal_replayed(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    const char *op = shop_op(s, &t, "order.create", false, shop_create(s, "A03", 1, shop_item(s, drug, 101, 900), ""));
    struct answer first = shop_push(s, &t, op);
    assert_refused(first.results[0], MT_P_INSUFFICIENT_STOCK);
    shop_goods(s, ASPIRIN, "S2", "2028-01-31", 100);
    struct answer again = shop_push(s, &t, op); /* final for this operation, though it would fit now */
    assert_refused(again.results[0], MT_P_INSUFFICIENT_STOCK);
    assert_true(again.results[0].replayed);
}

static void test_reused(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    struct till copy = t;
    const char *op = sale(s, &t, drug, 1);
    (void)shop_push(s, &t, op);
    int64_t before = writes(s);
    int64_t ids = s->ids;

    /* the same id and sequence with other content */
    copy = t, copy.seq = 0, s->ids = ids - 1;
    struct answer a = shop_push(s, &copy, sale(s, &copy, drug, 2));
    assert_int_equal(a.code, MT_P_IDEMPOTENCY_KEY_REUSED);
    assert_int_equal(a.last_seq, 1);
    /* the same sequence under another id */
    copy = t, copy.seq = 0, s->ids = ids + 100;
    assert_int_equal(shop_push(s, &copy, sale(s, &copy, drug, 2)).code, MT_P_IDEMPOTENCY_KEY_REUSED);
    /* the same id under another sequence, behind an operation that would be fine: the whole batch stores nothing */
    copy = t, s->ids = ids + 200;
    const char *fine = sale(s, &copy, drug, 3);
    s->ids = ids - 1;
    a = shop_push(s, &copy, shop_fmt(s, "%s,%s", fine, sale(s, &copy, drug, 4)));
    assert_int_equal(a.code, MT_P_IDEMPOTENCY_KEY_REUSED);
    /* one id of another register */
    struct till other = shop_till(s, "B01");
    int64_t with_other = writes(s);
    s->ids = ids - 1;
    assert_int_equal(shop_push(s, &other, sale(s, &other, drug, 1)).code, MT_P_IDEMPOTENCY_KEY_REUSED);
    assert_int_equal(writes(s), with_other);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation"), 1);
    assert_true(with_other > before);
}

static void test_same_twice_in_one_batch(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    const char *one = sale(s, &t, drug, 1), *two = sale(s, &t, drug, 2);
    struct answer a = shop_push(s, &t, shop_fmt(s, "%s,%s,%s", one, two, one));
    assert_int_equal(a.code, MT_P_NONE);
    assert_int_equal(a.count, 3);
    assert_false(a.results[0].replayed);
    assert_true(a.results[2].replayed);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 2);
}

static void test_gap(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    const char *one = sale(s, &t, drug, 1), *two = sale(s, &t, drug, 2), *three = sale(s, &t, drug, 3);
    assert_int_equal(shop_push(s, &t, one).code, MT_P_NONE);
    int64_t before = writes(s);
    struct answer a = shop_push(s, &t, three);
    assert_int_equal(a.code, MT_P_SEQUENCE_GAP);
    assert_int_equal(a.last_seq, 1);
    a = shop_push(s, &t, shop_fmt(s, "%s,%s", one, three));
    assert_int_equal(a.code, MT_P_SEQUENCE_GAP);
    assert_int_equal(writes(s), before);
    a = shop_push(s, &t, shop_fmt(s, "%s,%s,%s", one, two, three));
    assert_int_equal(a.code, MT_P_NONE);
    assert_int_equal(a.last_seq, 3);
}

static void test_clone(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    struct till clone = t;
    memcpy(clone.instance, "machine-X", 10);
    struct answer a = shop_push(s, &clone, sale(s, &clone, drug, 1));
    assert_int_equal(a.code, MT_P_REGISTER_CLONED);
    assert_int_equal(a.last_seq, 0);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation"), 0);
}

/* A till that was told more than the service knows: the service was put back, and says so by a new epoch. */
static void test_epoch(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    struct answer first = shop_push(s, &t, sale(s, &t, drug, 1));
    struct answer empty = shop_push_acked(s, &t, 1, "01940000-0000-7000-8000-000000000001", "");
    assert_int_equal(empty.code, MT_P_NONE);
    assert_string_equal(empty.epoch, first.epoch);
    shop_reopen(s);
    struct answer behind = shop_push_acked(s, &t, 5, "01940000-0000-7000-8000-000000000005", "");
    assert_int_equal(behind.code, MT_P_NONE);
    assert_string_not_equal(behind.epoch, first.epoch);
    assert_int_equal(behind.last_seq, 1);
    struct answer again = shop_push_acked(s, &t, 5, "01940000-0000-7000-8000-000000000005", "");
    assert_string_equal(again.epoch, behind.epoch); /* the same proof is no second restore */
    struct answer wrong = shop_push_acked(s, &t, 1, "01940000-0000-7000-8000-0000000000ff", "");
    assert_int_equal(wrong.code, MT_P_IDEMPOTENCY_KEY_REUSED);
}

/* A fault of ours in the middle of an operation: its effect is gone, the operation is kept, the next one goes on. */
static void test_fault_inside(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    shop_plant(s, "mt_stock_move", "NEW.order_id LIKE '%000000000001'");
    const char *one = sale(s, &t, drug, 1), *two = sale(s, &t, drug, 2);
    struct answer a = shop_push(s, &t, shop_fmt(s, "%s,%s", one, two));
    assert_outcome(a.results[0], MT_QUARANTINED);
    assert_int_equal(shop_code(a.results[0]), MT_P_INTERNAL);
    assert_outcome(a.results[1], MT_APPLIED);
    shop_unplant(s, "mt_stock_move");
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_payment"), 1);
    assert_int_equal(shop_int(s, "SELECT on_hand FROM mt_lot"), 99);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception WHERE kind = 'quarantined'"), 1);
    /* what comes later on that order waits with it; others do not */
    struct mt_push_result r = shop_send(s, &t, "order.advance", true, shop_about(s, "A03", 1, ",\"to\":\"shipped\""));
    assert_outcome(r, MT_QUARANTINED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception WHERE kind = 'quarantined'"), 1);
    (void)shop_order(s, shop_push(s, &t, sale(s, &t, drug, 3)).results[0]);
}

/* The disk is full in the middle of a batch: none of it is stored, and what was sent is accepted later. */
static void test_disk_full(void **state) {
    struct shop *s = *state;
    if (shop_on_postgres(s))
        skip(); /* its disk is not ours to fill */
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    assert_int_equal(shop_push(s, &t, sale(s, &t, drug, 1)).code, MT_P_NONE);
    int64_t before = writes(s);
    const char *batch = sale(s, &t, drug, 2);
    for (int n = 3; n < 120; n++)
        batch = mt_arena_fmt(&s->arena, "%s,%s", batch, sale(s, &t, drug, n));
    shop_limit(s, shop_int(s, "PRAGMA page_count") + 20);
    assert_int_equal(shop_push(s, &t, batch).code, MT_P_OVERLOADED);
    assert_int_equal(writes(s), before);
    shop_limit(s, 1 << 20);
    shop_goods(s, ASPIRIN, "S2", "2028-01-31", 100);
    assert_int_equal(shop_push(s, &t, batch).last_seq, 119);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 119);
}

/* A fault that not even the log row survives: the caller hears it, what stood before it in the push stands, and the next
 * caller's is no worse for it. */
static void test_fault_in_the_log(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till a = shop_till(s, "A03"), b = shop_till(s, "B01");
    shop_plant(s, "mt_operation", "NEW.register_seq = 2");
    const char *one = sale(s, &a, drug, 1), *two = sale(s, &a, drug, 2);
    assert_int_equal(shop_push(s, &a, shop_fmt(s, "%s,%s", one, two)).code, MT_P_INTERNAL);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 1);
    assert_int_equal(shop_violations(s), 0);
    assert_int_equal(shop_push(s, &b, sale(s, &b, drug, 3)).code, MT_P_NONE);
    shop_unplant(s, "mt_operation");
    struct answer again = shop_push(s, &a, shop_fmt(s, "%s,%s", one, two));
    assert_true(again.results[0].replayed);
    assert_outcome(again.results[1], MT_APPLIED);
}

/* Group commit: several callers, one commit; what is wrong with one is no matter of the others. */
static void test_group(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till a = shop_till(s, "A03"), b = shop_till(s, "B01");
    struct mt_write writes_of[3], *list[3];
    struct mt_problem problem;
    struct till *tills[] = {&a, &b, &a};
    b.seq = 4; /* a gap */
    for (int i = 0; i < 3; i++) {
        const char *json =
            shop_fmt(s, "{\"instance_id\":\"%s\",\"sent_at\":\"2027-01-15T10:00:00.000Z\",\"acked\":null,\"operations\":[%s]}",
                     tills[i]->instance, sale(s, tills[i], drug, i + 1));
        writes_of[i] = (struct mt_write){.kind = MT_WRITE_PUSH, .caller = tills[i]->caller, .arena = &s->arena};
        assert_int_equal(mt_push_parse(mt_sv(json), &s->arena, &writes_of[i].request.push, &problem), MT_OK);
        list[i] = &writes_of[i];
    }
    bool moved = false;
    assert_int_equal(mt_service_apply(s->session, list, 3, &moved, NULL), MT_OK);
    assert_true(moved);
    assert_int_equal(writes_of[0].problem.code, MT_P_NONE);
    assert_int_equal(writes_of[1].problem.code, MT_P_SEQUENCE_GAP);
    assert_int_equal(writes_of[2].problem.code, MT_P_NONE);
    assert_int_equal(writes_of[2].answer.push.last_seq, 2); /* it saw what the first of the batch did */
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_replayed),  SHOP_TEST(test_refusal_replayed),
        SHOP_TEST(test_reused),    SHOP_TEST(test_same_twice_in_one_batch),
        SHOP_TEST(test_gap),       SHOP_TEST(test_clone),
        SHOP_TEST(test_epoch),     SHOP_TEST(test_fault_inside),
        SHOP_TEST(test_disk_full), SHOP_TEST(test_fault_in_the_log),
        SHOP_TEST(test_group),
    };
    return mt_engine_run(argc, argv, tests);
}
