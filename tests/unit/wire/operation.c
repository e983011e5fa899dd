/* Operations: printing gives canonical bytes, and reading gives back what was printed. */
#include "bodies.h"

static int setup(void **state) {
    struct mt_arena *a = calloc(1, sizeof *a);
    if (a == NULL)
        return -1;
    mt_arena_init(a, ARENA_MAX);
    *state = a;
    return 0;
}

static int teardown(void **state) {
    mt_arena_fini(*state);
    free(*state);
    return 0;
}

static const char *print(const struct mt_op *op, struct mt_arena *a) {
    struct mt_buf b;
    mt_buf_init(&b, 1u << 20);
    mt_op_print(op, &b);
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    const char *text = mt_arena_str(a, mt_buf_text(&b));
    assert_non_null(text);
    mt_buf_fini(&b);
    return text;
}

/* Puts the bytes into a batch and reads that. */
static struct mt_push_op through_push(const char *bytes, struct mt_arena *a) {
    struct mt_push push;
    struct mt_problem problem;
    struct mt_buf b;
    struct mt_push_item item = {.register_seq = 417, .bytes = mt_sv(bytes)};
    mt_buf_init(&b, 1u << 20);
    mt_push_print("inst-1", INT64_C(1806503526000), NULL, &item, 1, &b);
    enum mt_rc rc = mt_push_parse(mt_buf_view(&b), a, &push, &problem);
    if (rc != MT_OK)
        fail_msg("%s in %s", problem.detail, mt_buf_text(&b));
    mt_buf_fini(&b);
    assert_int_equal(push.count, 1);
    return push.ops[0];
}

static void round_trip(const struct mt_op *op, struct mt_arena *a) {
    struct mt_problem problem;
    struct mt_op again;
    const char *bytes = print(op, a);
    if (mt_op_parse(mt_sv(bytes), a, &again, &problem) != MT_OK)
        fail_msg("%s in %s", problem.detail, bytes);
    assert_string_equal(print(&again, a), bytes);
    struct mt_push_op pushed = through_push(bytes, a);
    assert_false(pushed.unreadable);
    assert_false(pushed.unknown);
    assert_null(pushed.problem);
    assert_sv(pushed.canonical, bytes);
    assert_int_equal(pushed.op.register_seq, 417);
    assert_string_equal(print(&pushed.op, a), bytes);
}

static void test_every_kind(void **state) {
    struct mt_op ops[] = {sample_unpaid(), sample_full(),    sample_advance(0), sample_advance(7),
                          sample_cancel(), sample_payment(), sample_void(),     sample_salvage()};
    bool seen[MT_OP_UNKNOWN + 1] = {false};
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        round_trip(&ops[i], *state);
        seen[ops[i].kind] = true;
    }
    for (size_t i = 0; i < BODY_SAMPLES; i++) {
        struct mt_problem problem;
        struct mt_op op;
        const char *text = body_operation(*state, body_samples[i].kind, body_samples[i].fact, body_samples[i].body);
        if (mt_op_parse(mt_sv(text), *state, &op, &problem) != MT_OK)
            fail_msg("%s in %s", problem.detail, text);
        assert_string_equal(print(&op, *state), text); /* it is canonical, so members stand in their order */
        round_trip(&op, *state);
        seen[op.kind] = true;
    }
    for (int k = 0; k < MT_OP_UNKNOWN; k++)
        if (!seen[k])
            fail_msg("no sample of %s", mt_op_kind_name((enum mt_op_kind)k));
}

static void test_bytes_of_the_smallest(void **state) {
    struct mt_op op = sample_unpaid();
    assert_string_equal(print(&op, *state), "{\"at\":\"2027-03-31T14:32:05.123Z\",\"body\":{\"fulfilment\":\"pickup\",\"items\":[{"
                                            "\"drug_id\":\"drug-1\",\"price\":1280,"
                                            "\"quantity\":1}],\"order_id\":\"" UUID(
                                                "0002") "\",\"order_no\":\"A03-000417\"},\"fact\":false,\"kind\":\"order.create\","
                                                        "\"op_id\":\"" UUID("0001") "\",\"staff_id\":\"staff-1\"}");
}

static void test_empty_is_left_out(void **state) {
    struct mt_op op = sample_advance(0);
    assert_null(strstr(print(&op, *state), "if_version"));
    op = sample_payment();
    assert_null(strstr(print(&op, *state), "reference"));
    op.body.payment.payment.has_tendered = false;
    op.staff_id.s[0] = '\0';
    assert_null(strstr(print(&op, *state), "tendered"));
    assert_null(strstr(print(&op, *state), "staff_id"));
    op = sample_unpaid();
    static const char *const absent[] = {"packs",   "payments", "handed_over", "discount",     "user_",
                                         "doctor_", "address_", "remark",      "prescription", "approved_by"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        assert_null(strstr(print(&op, *state), absent[i]));
}

static void test_fields_of_the_fullest(void **state) {
    struct mt_op op = sample_full(), got;
    struct mt_problem problem;
    assert_int_equal(mt_op_parse(mt_sv(print(&op, *state)), *state, &got, &problem), MT_OK);
    const struct mt_op_order_create *c = &got.body.create;
    const struct mt_order *o = &c->order;
    assert_int_equal(got.kind, MT_OP_ORDER_CREATE);
    assert_int_equal(got.at, op.at);
    assert_true(got.fact);
    assert_string_equal(got.staff_id.s, "staff-1");
    assert_string_equal(o->user_name, NASTY);
    assert_int_equal(o->fulfilment, MT_DELIVERY);
    assert_int_equal(o->item_count, 2);
    assert_int_equal(o->items[0].line, 1);
    assert_int_equal(o->items[1].line, 2);
    assert_int_equal(o->items[0].pack_count, 2);
    assert_string_equal(o->items[0].packs[0].serial, "S1");
    assert_int_equal(o->items[0].packs[0].expires_on.day, mt_date_from_civil(2027, 3, 31).day);
    assert_false(mt_date_is(o->items[0].packs[1].expires_on));
    assert_int_equal(o->payment_count, 2);
    assert_int_equal(mt_money_to_minor(o->payments[0].change), 500);
    assert_int_equal(o->payments[0].status, MT_PAY_SUCCEEDED);
    assert_int_equal(o->payments[0].at, op.at);
    assert_false(o->payments[1].has_tendered);
    assert_string_equal(o->payments[1].reference, "slip 9");
    assert_true(c->handed_over);
    assert_string_equal(c->approved_by.s, "staff-2");
    assert_int_equal(o->taken_at, op.at);
}

static void test_unknown_is_not_parsed_here(void **state) {
    struct mt_op got;
    struct mt_problem problem;
    assert_int_equal(
        mt_op_parse(
            mt_sv("{\"at\":\"2027-03-31T14:32:05.123Z\",\"body\":{},\"fact\":false,\"kind\":\"drone.fly\",\"op_id\":\"" UUID(
                "0001") "\"}"),
            *state, &got, &problem),
        MT_INVALID);
    assert_int_equal(got.kind, MT_OP_UNKNOWN);
    assert_string_equal(got.kind_name, "drone.fly");
    assert_int_equal(problem.code, MT_P_VALIDATION_FAILED);
}

static void test_fact_left_out_is_derived(void **state) {
    static const struct {
        const char *kind, *more;
        bool fact;
    } rows[] = {
        {"order.advance", "\"to\":\"shipped\"", true},
        {"order.advance", "\"to\":\"preparing\"", false},
        {"order.cancel", "\"reason\":\"x\"", false},
        {"payment.record", "\"payment_id\":\"" UUID("0003") "\",\"method\":\"cash\",\"amount\":1", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_op got;
        struct mt_problem problem;
        const char *text = mt_arena_fmt(
            *state,
            "{\"op_id\":\"" UUID("0001") "\",\"kind\":\"%s\",\"at\":\"2027-03-31T14:32:05Z\",\"body\":{\"order_id\":\"" UUID(
                "0002") "\",\"order_no\":\"A03-000417\",%s}}",
            rows[i].kind, rows[i].more);
        if (mt_op_parse(mt_sv(text), *state, &got, &problem) != MT_OK)
            fail_msg("%s", problem.detail);
        assert_int_equal(got.fact, rows[i].fact);
        assert_string_equal(got.staff_id.s, "");
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_every_kind),
        TEST(test_bytes_of_the_smallest),
        TEST(test_empty_is_left_out),
        TEST(test_fields_of_the_fullest),
        TEST(test_unknown_is_not_parsed_here),
        TEST(test_fact_left_out_is_derived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
