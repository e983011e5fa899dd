/* REST bodies: what the service fills in, what it lets nobody else fill in, and that every field nobody knows is named. */
#include "check.h"

#include <medterm/wire/push.h>
#include <medterm/wire/rest.h>

#define ID "01930000-0000-7000-8000-000000000001"
#define ID_2 "01930000-0000-7000-8000-000000000002"

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

static const struct mt_rest_member of_order[] = {{NULL, "order_id", ID, false}, {NULL, "order_no", "W01-000001", false}};
static const struct mt_rest_member of_payment[] = {
    {NULL, "order_id", ID, false}, {NULL, "order_no", "W01-000001", false}, {NULL, "payment_id", ID_2, false}};
static const struct mt_rest_member of_user[] = {
    {NULL, "user_id", ID, true}, {"addresses", "address_id", ID, true}, {"addresses", "address_id", ID_2, true}};
#define GIVEN(k, list)                                                                                                             \
    { .kind = (k), .at = 1000, .members = (list), .count = sizeof(list) / sizeof((list)[0]) }

static struct mt_op good(struct mt_arena *a, struct mt_rest_given given, const char *json, const char *canonical) {
    struct mt_problem problem;
    struct mt_sv bytes;
    struct mt_op op;
    mt_problem_init(&problem);
    char *copy = exact(json, strlen(json));
    if (mt_rest_parse(mt_sv_n(copy, strlen(json)), &given, a, &op, &bytes, &problem) != MT_OK)
        fail_msg("%s in %s", problem.detail, json);
    free(copy);
    assert_sv(bytes, canonical);
    assert_false(op.fact && op.kind != MT_OP_PAYMENT_RECORD);
    assert_int_equal(op.at, 1000);
    /* What comes out is an operation like any other. */
    struct mt_buf b;
    struct mt_op again;
    mt_buf_init(&b, 1u << 20);
    assert_int_equal(mt_id_parse_uuid(MT_SV(ID_2), &op.op_id), MT_OK);
    mt_op_print(&op, &b);
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    if (mt_op_parse(mt_buf_view(&b), a, &again, &problem) != MT_OK)
        fail_msg("%s in %s", problem.detail, mt_buf_text(&b));
    mt_buf_fini(&b);
    return op;
}

static void bad(struct mt_arena *a, struct mt_rest_given given, const char *json, const char *field) {
    struct mt_problem problem;
    struct mt_sv bytes;
    struct mt_op op;
    mt_problem_init(&problem);
    char *copy = exact(json, strlen(json));
    assert_int_equal(mt_rest_parse(mt_sv_n(copy, strlen(json)), &given, a, &op, &bytes, &problem), MT_INVALID);
    free(copy);
    bool named = false;
    for (size_t i = 0; i < problem.errors.count; i++)
        named = named || strcmp(problem.errors.at[i].field, field) == 0;
    if (!named)
        fail_msg("%s is not named in: %s", field, problem.detail);
    assert_int_equal(mt_problem_status(problem.code), 400);
}

static void orders(void **state) {
    const struct mt_rest_given given = GIVEN(MT_OP_ORDER_CREATE, of_order);
    struct mt_op op = good(*state, given, "{\"items\": [{\"quantity\":2,\"price\":1280,\"drug_id\":\"d1\"}] }",
                           "{\"items\":[{\"drug_id\":\"d1\",\"price\":1280,\"quantity\":2}]}");
    assert_int_equal(op.kind, MT_OP_ORDER_CREATE);
    assert_string_equal(op.body.create.order.order_no, "W01-000001");
    assert_string_equal(op.body.create.order.order_id.s, ID);
    assert_int_equal(op.body.create.order.taken_at, 1000);
    bad(*state, given, "{\"order_no\":\"W01-000009\",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":1}]}", "order_no");
    bad(*state, given, "{\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":1,\"colour\":{\"a\":1}}]}", "items[0].colour");
    bad(*state, given, "{\"items\":[{\"drug_id\":\"d1\",\"quantity\":0,\"price\":1}]}", "items[0].quantity");
    bad(*state, given, "{\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":1}],\"handed_over\":true}", "handed_over");
    bad(*state, given, "{\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":1}],\"payments\":[]}", "payments");
    bad(*state, given, "", "items");
    bad(*state, given, "[]", "$");
    bad(*state, given, "{\"items\":", "items");
}

static void payments(void **state) {
    const struct mt_rest_given given = GIVEN(MT_OP_PAYMENT_START, of_payment);
    struct mt_op op = good(*state, given, "{\"method\":\"cash\",\"amount\":5,\"tendered\":7}",
                           "{\"amount\":5,\"method\":\"cash\",\"tendered\":7}");
    assert_int_equal(op.kind, MT_OP_PAYMENT_RECORD);
    assert_string_equal(op.body.payment.payment.payment_id.s, ID_2);
    op = good(*state, given, "{\"method\":\"bank_card\",\"amount\":5,\"reference\":\"S1\"}",
              "{\"amount\":5,\"method\":\"bank_card\",\"reference\":\"S1\"}");
    assert_int_equal(op.kind, MT_OP_PAYMENT_RECORD);
    op = good(*state, given, "{\"method\":\"bank_card\",\"amount\":5}", "{\"amount\":5,\"method\":\"bank_card\"}");
    assert_int_equal(op.kind, MT_OP_PAYMENT_START);
    op = good(*state, given, "{\"method\":\"wechat\",\"amount\":5}", "{\"amount\":5,\"method\":\"wechat\"}");
    assert_int_equal(op.kind, MT_OP_PAYMENT_START);
    bad(*state, given, "{\"method\":\"wechat\",\"amount\":5,\"tendered\":7}", "tendered");
    bad(*state, given, "{\"method\":\"cash\",\"amount\":5,\"tendered\":4}", "tendered");
    bad(*state, given, "{\"method\":\"barter\",\"amount\":5}", "method");
    bad(*state, given, "{\"method\":\"cash\",\"amount\":1.5}", "amount");
    bad(*state, given, "{\"method\":\"cash\",\"amount\":9007199254740993}", "amount");
    bad(*state, given, "{\"method\":\"cash\",\"amount\":5,\"payment_id\":\"" ID "\"}", "payment_id");
}

static void people(void **state) {
    const struct mt_rest_given given = GIVEN(MT_OP_USER_PUT, of_user);
    struct mt_op op = good(*state, given, "{\"name\":\"N\",\"addresses\":[{\"detail\":\"x\"},{\"detail\":\"y\"}]}",
                           "{\"addresses\":[{\"detail\":\"x\"},{\"detail\":\"y\"}],\"name\":\"N\"}");
    assert_string_equal(op.body.user.user.user_id.s, ID);
    assert_int_equal(op.body.user.user.address_count, 2);
    assert_string_equal(op.body.user.user.addresses[0].address_id.s, ID);
    assert_string_equal(op.body.user.user.addresses[1].address_id.s, ID_2);
    op = good(*state, given,
              "{\"name\":\"N\",\"user_id\":\"" ID_2 "\",\"addresses\":[{\"detail\":\"x\",\"address_id\":\"" ID_2 "\"}]}",
              "{\"addresses\":[{\"address_id\":\"" ID_2 "\",\"detail\":\"x\"}],\"name\":\"N\",\"user_id\":\"" ID_2 "\"}");
    assert_string_equal(op.body.user.user.user_id.s, ID_2);
    assert_string_equal(op.body.user.user.addresses[0].address_id.s, ID_2);
    bad(*state, given, "{\"name\":\"N\",\"addresses\":[{\"detail\":\"x\"},{\"detail\":\"y\"},{\"detail\":\"z\"}]}",
        "addresses[2].address_id");
    bad(*state, given, "{\"name\":\"N\",\"addresses\":[7]}", "addresses[0]");
}

static void versions(void **state) {
    (void)state;
    assert_int_equal(mt_rest_order_version(MT_SV("{\"order_no\":\"A03-000001\",\"version\":7}")), 7);
    assert_int_equal(mt_rest_order_version(MT_SV("{\"user_id\":\"1\",\"version\":7}")), 0);
    assert_int_equal(mt_rest_order_version(MT_SV("{}")), 0);
    assert_int_equal(mt_rest_order_version(MT_SV("")), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(orders, setup, teardown),
        cmocka_unit_test_setup_teardown(payments, setup, teardown),
        cmocka_unit_test_setup_teardown(people, setup, teardown),
        cmocka_unit_test(versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
