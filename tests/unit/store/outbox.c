/* What answers make of the outbox and of the orders shown: applied, refused, quarantined, forgotten, frozen, salvaged, settled. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

static const char short_of_stock[] =
    "{\"type\":\"about:blank\",\"title\":\"Not enough stock\",\"status\":422,\"code\":\"INSUFFICIENT_STOCK\","
    "\"detail\":\"Not enough stock: Amoxicillin, 2 wanted, 1 left.\",\"request_id\":\"r\"}";

/* The order as the service would show it. */
static const char *as_service(struct bench *b, const struct mt_order *o, enum mt_order_status status, int64_t version) {
    struct mt_order copy = *o;
    struct mt_buf json;
    copy.status = status;
    copy.version = version;
    mt_buf_init(&json, 1u << 20);
    mt_order_print(&copy, MT_ORDER_FULL, &json);
    const char *text = mt_arena_sv(&b->arena, mt_buf_view(&json));
    mt_buf_fini(&json);
    assert_non_null(text);
    return text;
}

static struct mt_order sell(struct bench *b, bool paid) {
    struct bench_sale s;
    struct mt_order o;
    bench_sale(&s, 2, paid);
    assert_int_equal(bench_commit(b, &s, &o, NULL), MT_OK);
    return o;
}

static void ready(struct bench *b) {
    bench_open(b);
    bench_enrol(b, "A03", "reg-1");
}

static void answer(struct bench *b, int64_t seq, enum mt_outcome outcome, const char *result, const char *problem) {
    const struct mt_push_result r = bench_result(b, seq, outcome, result, problem);
    assert_int_equal(mt_register_answered(b->reg, &r, 1, "e1", NULL), MT_OK);
}

static enum mt_rc advance(struct bench *b, const char *order_no, enum mt_order_status to, struct mt_order *out) {
    struct mt_local_order base;
    assert_int_equal(mt_order_pick(b->reg, b->reader, order_no, &b->arena, &base, NULL), MT_OK);
    struct mt_op op = {.kind = MT_OP_ORDER_ADVANCE, .staff_id = {.s = "staff-1"}};
    (void)snprintf(op.body.advance.order_no, sizeof op.body.advance.order_no, "%s", order_no);
    op.body.advance.to = to;
    const struct mt_commit c = {.op = &op, .base = &base.order};
    return mt_register_commit(b->reg, &c, &b->arena, out, NULL);
}

static enum mt_order_status status_of(struct bench *b, const char *order_no) {
    struct mt_local_order o;
    assert_int_equal(mt_register_order(b->reg, order_no, &b->arena, &o, NULL), MT_OK);
    return o.order.status;
}

static void test_applied(void **state) {
    struct bench *b = *state;
    ready(b);
    const struct mt_order o = sell(b, true);
    answer(b, 1, MT_APPLIED, as_service(b, &o, MT_ORDER_PAID, 2), "");
    struct mt_outbox_sum sum = bench_sum(b);
    assert_int_equal(sum.unsent, 0);
    assert_int_equal(sum.attention, 0);
    assert_int_equal(sum.acked_seq, 1);
    struct mt_local_order local;
    assert_int_equal(mt_register_order(b->reg, "A03-000001", &b->arena, &local, NULL), MT_OK);
    assert_int_equal(local.order.version, 2);
    assert_int_equal(local.unsent, 0);
    int64_t packs = -1;
    assert_int_equal(mt_register_unsynced(b->reg, &o.items[0].drug_id, &packs, NULL), MT_OK);
    assert_int_equal(packs, 0);
    answer(b, 1, MT_REFUSED, "", short_of_stock); /* the same once more, and different: what is answered stays */
    assert_int_equal(bench_sum(b).attention, 0);
}

static void test_refused_and_goes_on(void **state) {
    struct bench *b = *state;
    ready(b);
    (void)sell(b, false);
    const struct mt_order o = sell(b, true);
    answer(b, 1, MT_REFUSED, "", short_of_stock);
    answer(b, 2, MT_APPLIED, as_service(b, &o, MT_ORDER_PAID, 2), "");
    assert_int_equal(bench_sum(b).unsent, 0);
    assert_int_equal(bench_sum(b).attention, 1);
    struct mt_outbox_op *ops;
    size_t count;
    assert_int_equal(mt_register_outbox(b->reg, MT_PICK_OPEN, 0, &b->arena, &ops, &count, NULL), MT_OK);
    assert_int_equal(count, 1);
    assert_int_equal(ops[0].state, MT_OUT_REFUSED);
    assert_string_equal(ops[0].words, "Not enough stock: Amoxicillin, 2 wanted, 1 left.");
    struct mt_local_order local;
    assert_int_equal(mt_register_order(b->reg, "A03-000001", &b->arena, &local, NULL), MT_OK);
    assert_true(local.refused);
    size_t open = 9;
    struct mt_local_order *orders;
    assert_int_equal(mt_orders_pick(b->reg, NULL, MT_ORDERS_OPEN, MT_ORDER_PENDING, 100, &b->arena, &orders, &open, NULL), MT_OK);
    assert_int_equal(open, 1); /* a refused order is on no board */
}

static void test_settle_and_again(void **state) {
    struct bench *b = *state;
    ready(b);
    (void)sell(b, false);
    (void)sell(b, false);
    answer(b, 1, MT_REFUSED, "", short_of_stock);
    answer(b, 2, MT_REFUSED, "", short_of_stock);
    assert_int_equal(mt_register_settle(b->reg, 1, "staff-1", NULL), MT_OK);
    assert_int_equal(mt_register_settle(b->reg, 1, "staff-1", NULL), MT_NOTFOUND);
    assert_int_equal(bench_sum(b).attention, 1);
    assert_int_equal(mt_register_again(b->reg, 2, "staff-1", NULL), MT_OK);
    assert_int_equal(bench_sum(b).attention, 0);
    assert_int_equal(bench_sum(b).unsent, 1);
    struct mt_outbox_op *ops;
    size_t count;
    assert_int_equal(mt_register_outbox(b->reg, MT_PICK_ALL, 0, &b->arena, &ops, &count, NULL), MT_OK);
    assert_int_equal(count, 3); /* nothing left the file */
    assert_int_equal(ops[2].seq, 3);
    assert_string_equal(ops[2].order_no, ops[1].order_no); /* the printed number stays the order's */
    assert_string_not_equal(ops[2].op_id.s, ops[1].op_id.s);
    struct mt_local_order o;
    assert_int_equal(mt_register_order(b->reg, ops[2].order_no, &b->arena, &o, NULL), MT_OK);
    assert_false(o.refused); /* it waits, like any other */
}

/* The lanes number alike: what is sent again is what was refused, not what bears the same number now. */
static void test_again_of_an_older_lane(void **state) {
    struct bench *b = *state;
    struct mt_outbox_op *ops;
    size_t count;
    ready(b);
    const struct mt_order refused = sell(b, false);
    answer(b, 1, MT_REFUSED, "", short_of_stock);
    bench_enrol(b, "A04", "reg-2");
    (void)sell(b, true);
    assert_int_equal(mt_register_again(b->reg, 1, "staff-1", NULL), MT_OK);
    assert_int_equal(mt_register_batch(b->reg, 500, 1 << 20, &b->arena, &ops, &count, NULL), MT_OK);
    assert_int_equal(count, 2);
    assert_string_equal(ops[1].order_no, refused.order_no);
    assert_int_equal(bench_sum(b).attention, 0);
}

/* What the service keeps in quarantine it applies by itself; a second copy would be a second payment. */
static void test_quarantined_goes_once(void **state) {
    struct bench *b = *state;
    struct mt_err err = {0};
    ready(b);
    (void)sell(b, true);
    answer(b, 1, MT_QUARANTINED, "", short_of_stock);
    assert_int_equal(mt_register_again(b->reg, 1, "staff-1", &err), MT_DENIED);
    assert_true(err.text[0] != '\0');
    assert_int_equal(bench_sum(b).unsent, 0);
    assert_int_equal(bench_sum(b).attention, 1);
}

/* Advances lie over the order; a refusal takes only its own away. */
static void test_overlay(void **state) {
    struct bench *b = *state;
    struct mt_order next;
    ready(b);
    const struct mt_order o = sell(b, true);
    answer(b, 1, MT_APPLIED, as_service(b, &o, MT_ORDER_PAID, 2), "");
    assert_int_equal(advance(b, "A03-000001", MT_ORDER_PREPARING, &next), MT_OK);
    assert_int_equal(next.status, MT_ORDER_PREPARING);
    assert_int_equal(advance(b, "A03-000001", MT_ORDER_SHIPPED, &next), MT_OK);
    assert_int_equal(status_of(b, "A03-000001"), MT_ORDER_SHIPPED);
    answer(b, 2, MT_APPLIED, as_service(b, &o, MT_ORDER_PREPARING, 3), "");
    assert_int_equal(status_of(b, "A03-000001"), MT_ORDER_SHIPPED); /* the second still waits */
    answer(b, 3, MT_REFUSED, "", short_of_stock);
    assert_int_equal(status_of(b, "A03-000001"), MT_ORDER_PREPARING);
    assert_int_equal(advance(b, "A03-000001", MT_ORDER_PENDING, &next), MT_DENIED); /* no such edge */
}

static void test_older_version_dropped(void **state) {
    struct bench *b = *state;
    ready(b);
    const struct mt_order o = sell(b, true);
    assert_int_equal(advance(b, "A03-000001", MT_ORDER_PREPARING, NULL), MT_OK);
    answer(b, 2, MT_APPLIED, as_service(b, &o, MT_ORDER_PREPARING, 3), "");
    answer(b, 1, MT_APPLIED, as_service(b, &o, MT_ORDER_PAID, 2), "");
    assert_int_equal(status_of(b, "A03-000001"), MT_ORDER_PREPARING);
}

static void test_forgotten(void **state) {
    struct bench *b = *state;
    int64_t count = 0;
    ready(b);
    const struct mt_order o = sell(b, true);
    (void)sell(b, true);
    (void)sell(b, false);
    answer(b, 1, MT_APPLIED, as_service(b, &o, MT_ORDER_PAID, 2), "");
    answer(b, 2, MT_APPLIED, "", "");
    answer(b, 3, MT_REFUSED, "", short_of_stock);
    assert_int_equal(mt_register_reopen(b->reg, 1, &count, NULL), MT_OK);
    assert_int_equal(count, 2);
    assert_int_equal(bench_sum(b).unsent, 2);
    assert_int_equal(bench_sum(b).acked_seq, 1);
    struct mt_outbox_op *ops;
    size_t n;
    assert_int_equal(mt_register_batch(b->reg, 500, 1 << 20, &b->arena, &ops, &n, NULL), MT_OK);
    assert_int_equal(n, 2);
    assert_true(ops[1].has_outcome); /* what it was answered then goes with it */
    assert_int_equal(ops[1].outcome, MT_REFUSED);
    assert_string_equal(ops[1].answered_epoch, "e1");
}

static void test_frozen_then_salvaged(void **state) {
    struct bench *b = *state;
    struct mt_outbox_op *ops;
    size_t count;
    ready(b);
    const struct mt_order o = sell(b, true);
    answer(b, 1, MT_APPLIED, as_service(b, &o, MT_ORDER_PAID, 2), "");
    const struct mt_order lost = sell(b, true);
    assert_int_equal(mt_register_freeze(b->reg, "copied", NULL), MT_OK);
    assert_true(mt_register_enrolled(b->reg)->frozen);
    assert_string_equal(mt_register_enrolled(b->reg)->why, "copied");
    (void)sell(b, true); /* selling goes on; it is kept with the rest */
    assert_int_equal(bench_sum(b).unsent, 2);
    assert_int_equal(mt_register_batch(b->reg, 500, 1 << 20, &b->arena, &ops, &count, NULL), MT_OK);
    assert_int_equal(count, 0);
    mt_register_close(b->reg);
    bench_open(b);
    assert_true(mt_register_enrolled(b->reg)->frozen);
    bench_enrol(b, "A04", "reg-2");
    assert_false(mt_register_enrolled(b->reg)->frozen);
    assert_int_equal(mt_register_batch(b->reg, 500, 1 << 20, &b->arena, &ops, &count, NULL), MT_OK);
    assert_int_equal(count, 2);
    assert_int_equal(ops[0].kind, MT_OP_SALVAGE);
    assert_int_equal(ops[0].seq, 1);
    struct mt_op op, original;
    struct mt_problem problem;
    mt_problem_init(&problem);
    assert_int_equal(mt_op_parse(ops[0].bytes, &b->arena, &op, &problem), MT_OK);
    assert_string_equal(op.body.salvage.register_code, "A03");
    assert_int_equal(op.body.salvage.register_seq, 2);
    assert_int_equal(mt_op_parse(mt_sv(op.body.salvage.original), &b->arena, &original, &problem), MT_OK);
    assert_string_equal(original.body.create.order.order_no, lost.order_no);
    assert_int_equal(bench_sum(b).unsent, 2); /* not counted twice */
    struct mt_order o2 = sell(b, true);
    assert_string_equal(o2.order_no, "A04-000001");
    bench_enrol(b, "A04", "reg-2"); /* the same again: the lane stays */
    assert_int_equal(bench_sum(b).last_seq, 3);
    o2 = sell(b, true);
    assert_string_equal(o2.order_no, "A04-000002");
}

static void test_void(void **state) {
    struct bench *b = *state;
    struct mt_outbox_op *ops;
    size_t count;
    ready(b);
    (void)sell(b, true);
    assert_int_equal(mt_register_batch(b->reg, 500, 1 << 20, &b->arena, &ops, &count, NULL), MT_OK);
    const struct mt_outbox_op before = ops[0];
    assert_int_equal(mt_register_void(b->reg, 1, "it can not be read", NULL), MT_OK);
    assert_int_equal(mt_register_batch(b->reg, 500, 1 << 20, &b->arena, &ops, &count, NULL), MT_OK);
    struct mt_op op;
    struct mt_problem problem;
    mt_problem_init(&problem);
    assert_int_equal(mt_op_parse(ops[0].bytes, &b->arena, &op, &problem), MT_OK);
    assert_int_equal(op.kind, MT_OP_VOID);
    assert_string_equal(op.op_id.s, before.op_id.s);
    assert_int_equal(ops[0].seq, before.seq);
    assert_true(mt_sv_is(before.bytes, op.body.voided.original));
    assert_true(op.fact);                                                /* a void of a fact is one that somebody must look at */
    assert_int_equal(mt_register_void(b->reg, 1, "again", NULL), MT_OK); /* without the original */
    assert_int_equal(mt_register_void(b->reg, 1, "again", NULL), MT_CONFLICT);
}

/* A status is looked for among all orders, not among the newest; what has gone on in the cache is not in it any more. */
static void test_orders_by_status(void **state) {
    struct bench *b = *state;
    struct mt_local_order *orders;
    size_t count;
    ready(b);
    bench_cache(b);
    const struct mt_order oldest = sell(b, true);
    b->now += 1000;
    const struct mt_order second = sell(b, true);
    for (int64_t i = 0; i < 3; i++) {
        b->now += 1000;
        (void)sell(b, false);
    }
    answer(b, 1, MT_APPLIED, as_service(b, &oldest, MT_ORDER_PAID, 2), "");
    answer(b, 2, MT_APPLIED, as_service(b, &second, MT_ORDER_PAID, 2), "");
    assert_int_equal(mt_orders_pick(b->reg, b->reader, MT_ORDERS_STATUS, MT_ORDER_PAID, 2, &b->arena, &orders, &count, NULL),
                     MT_OK);
    assert_int_equal(count, 2);
    assert_string_equal(orders[1].order.order_no, oldest.order_no);
    assert_int_equal(mt_orders_pick(b->reg, b->reader, MT_ORDERS_ALL, MT_ORDER_PAID, 2, &b->arena, &orders, &count, NULL), MT_OK);
    assert_int_equal(orders[0].order.status, MT_ORDER_PENDING);
    struct mt_buf page;
    mt_buf_init(&page, 1u << 20);
    mt_buf_fmt(&page,
               "{\"epoch\":\"e1\",\"cursor\":\"c1\",\"more\":false,\"changes\":[{\"entity\":\"order\",\"id\":\"%s\","
               "\"version\":3,\"data\":%s}]}",
               second.order_id.s, as_service(b, &second, MT_ORDER_PREPARING, 3));
    (void)bench_page(b, mt_buf_text(&page));
    mt_buf_fini(&page);
    bench_read_again(b);
    assert_int_equal(mt_orders_pick(b->reg, b->reader, MT_ORDERS_STATUS, MT_ORDER_PAID, 2, &b->arena, &orders, &count, NULL),
                     MT_OK);
    assert_int_equal(count, 1);
    assert_int_equal(mt_orders_pick(b->reg, b->reader, MT_ORDERS_STATUS, MT_ORDER_PREPARING, 2, &b->arena, &orders, &count, NULL),
                     MT_OK);
    assert_int_equal(count, 1);
    assert_string_equal(orders[0].order.order_no, second.order_no);
    answer(b, 3, MT_REFUSED, "", short_of_stock);
    assert_int_equal(mt_orders_pick(b->reg, b->reader, MT_ORDERS_STATUS, MT_ORDER_PENDING, 9, &b->arena, &orders, &count, NULL),
                     MT_OK);
    assert_int_equal(count, 2); /* the refused one is in no status */
}

static void enrol_at(struct bench *b, const char *store_id, const char *register_id) {
    struct mt_register_info info = {.token = "again", .store_name = "Riverside", .currency = "CNY", .epoch = "e2", .last_seq = 0};
    (void)snprintf(info.register_id.s, sizeof info.register_id.s, "%s", register_id);
    (void)snprintf(info.store_id.s, sizeof info.store_id.s, "%s", store_id);
    (void)snprintf(info.register_code, sizeof info.register_code, "A03");
    assert_int_equal(mt_register_enrol(b->reg, "http://127.0.0.1:1", &info, NULL), MT_OK);
}

/* The service had lost the enrolment and took the register back, under another id: the lane goes on, with what waits and the number
 * that comes next. The same code in another store is another register, and a frozen lane stays behind. */
static void test_taken_back(void **state) {
    struct bench *b = *state;
    int64_t next = 0, count = 0;
    ready(b);
    (void)sell(b, true);
    answer(b, 1, MT_APPLIED, "{}", "");
    (void)sell(b, true);
    const int64_t lane = mt_register_enrolled(b->reg)->lane;
    enrol_at(b, "store-1", "reg-after");
    assert_int_equal(mt_register_enrolled(b->reg)->lane, lane);
    assert_string_equal(mt_register_enrolled(b->reg)->info.register_id.s, "reg-after");
    assert_string_equal(mt_register_enrolled(b->reg)->info.token, "again");
    assert_int_equal(bench_sum(b).waiting, 1);
    assert_int_equal(bench_sum(b).last_seq, 2);
    assert_int_equal(mt_register_next_order(b->reg, &next, NULL), MT_OK);
    assert_int_equal(next, 3);
    assert_int_equal(mt_register_reopen(b->reg, 0, &count, NULL), MT_OK); /* it forgot everything */
    assert_int_equal(count, 1);
    enrol_at(b, "store-2", "reg-elsewhere");
    assert_true(mt_register_enrolled(b->reg)->lane > lane);
    assert_int_equal(bench_sum(b).waiting, 2); /* salvages of the two */
    assert_int_equal(mt_register_freeze(b->reg, "copied", NULL), MT_OK);
    const int64_t frozen = mt_register_enrolled(b->reg)->lane;
    enrol_at(b, "store-2", "reg-new");
    assert_true(mt_register_enrolled(b->reg)->lane > frozen);
}

/* What a person has settled is settled, whatever a restored service says of it; unless it is applied after all. */
static void test_settled_stays(void **state) {
    struct bench *b = *state;
    struct mt_outbox_op *ops;
    struct mt_local_order o;
    int64_t count = 0;
    size_t n;
    ready(b);
    for (int64_t seq = 1; seq <= 4; seq++) {
        (void)sell(b, false);
        answer(b, seq, MT_REFUSED, "", short_of_stock);
    }
    for (int64_t seq = 1; seq <= 3; seq++) {
        assert_int_equal(mt_register_settle(b->reg, seq, "staff-1", NULL), MT_OK);
    }
    assert_int_equal(mt_register_again(b->reg, 4, "staff-1", NULL), MT_OK); /* is sequence 5 now */
    assert_int_equal(mt_register_reopen(b->reg, 0, &count, NULL), MT_OK);
    assert_int_equal(count, 4);
    assert_int_equal(mt_register_batch(b->reg, 500, 1 << 20, &b->arena, &ops, &n, NULL), MT_OK);
    assert_int_equal(n, 5);
    assert_true(ops[0].settled && ops[3].settled && !ops[4].settled);
    answer(b, 1, MT_REFUSED, "", short_of_stock);
    answer(b, 2, MT_QUARANTINED, "", short_of_stock);
    answer(b, 3, MT_APPLIED, "", "");
    answer(b, 4, MT_REFUSED, "", short_of_stock);
    assert_int_equal(bench_sum(b).attention, 0);
    assert_int_equal(bench_sum(b).unsent, 1);
    assert_int_equal(mt_register_outbox(b->reg, MT_PICK_ALL, 0, &b->arena, &ops, &n, NULL), MT_OK);
    assert_int_equal(ops[0].state, MT_OUT_SETTLED);
    assert_int_equal(ops[1].state, MT_OUT_SETTLED);
    assert_int_equal(ops[2].state, MT_OUT_APPLIED);
    assert_int_equal(ops[3].state, MT_OUT_SETTLED);
    assert_int_equal(mt_register_order(b->reg, ops[0].order_no, &b->arena, &o, NULL), MT_OK);
    assert_true(o.refused);
    assert_int_equal(mt_register_order(b->reg, ops[3].order_no, &b->arena, &o, NULL), MT_OK);
    assert_false(o.refused); /* sequence 5 waits for it */
    answer(b, 5, MT_REFUSED, "", short_of_stock);
    assert_int_equal(bench_sum(b).attention, 1); /* that one nobody has settled */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_applied),
        BENCH_TEST(test_refused_and_goes_on),
        BENCH_TEST(test_settle_and_again),
        BENCH_TEST(test_again_of_an_older_lane),
        BENCH_TEST(test_quarantined_goes_once),
        BENCH_TEST(test_overlay),
        BENCH_TEST(test_older_version_dropped),
        BENCH_TEST(test_forgotten),
        BENCH_TEST(test_frozen_then_salvaged),
        BENCH_TEST(test_taken_back),
        BENCH_TEST(test_void),
        BENCH_TEST(test_settled_stays),
        BENCH_TEST(test_orders_by_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
