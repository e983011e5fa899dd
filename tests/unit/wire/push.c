/* Batches: what makes the whole unreadable, what flags one operation, and where each fault is said to be. */
#include "samples.h"

#define HEAD "{\"instance_id\":\"inst-1\",\"sent_at\":\"2027-03-31T14:32:06.000Z\",\"acked\":null,\"operations\":["
#define OP(more)                                                                                                                   \
    "{\"op_id\":\"" UUID("0001") "\",\"register_seq\":1,\"staff_id\":\"s1\",\"at\":\"2027-03-31T14:32:05.123Z\"," more "}"
#define ORDER "\"order_id\":\"" UUID("0002") "\",\"order_no\":\"A03-000417\""
#define ITEM "{\"drug_id\":\"d1\",\"quantity\":1,\"price\":1280}"
#define CREATE(more) OP("\"kind\":\"order.create\",\"fact\":false,\"body\":{" ORDER ",\"fulfilment\":\"pickup\"" more "}")
#define ITEMS ",\"items\":[" ITEM "]"

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

static enum mt_rc parse(void **state, const char *json, struct mt_push *push, struct mt_problem *problem) {
    size_t n = strlen(json);
    char *copy = exact(json, n);
    enum mt_rc rc = mt_push_parse(mt_sv_n(copy, n), *state, push, problem);
    free(copy);
    return rc;
}

static void test_good(void **state) {
    struct mt_push push;
    struct mt_problem problem;
    assert_int_equal(parse(state, HEAD CREATE(ITEMS) "]}", &push, &problem), MT_OK);
    assert_int_equal(problem.code, MT_P_NONE);
    assert_string_equal(push.instance_id, "inst-1");
    assert_int_equal(push.sent_at, INT64_C(1806503526000));
    assert_false(push.has_acked);
    assert_int_equal(push.count, 1);
    const struct mt_push_op *op = &push.ops[0];
    assert_false(op->unreadable);
    assert_false(op->unknown);
    assert_false(op->has_prior);
    assert_int_equal(op->op.kind, MT_OP_ORDER_CREATE);
    assert_int_equal(op->op.register_seq, 1);
    assert_string_equal(op->op.body.create.order.order_no, "A03-000417");
    assert_string_equal(op->op.body.create.order.user_name, "");
}

static void test_empty_batch_and_acked(void **state) {
    struct mt_push push;
    struct mt_problem problem;
    assert_int_equal(
        parse(state,
              "{\"instance_id\":\"i\",\"sent_at\":\"2027-03-31T14:32:06Z\",\"acked\":{\"register_seq\":417,\"op_id\":\"" UUID(
                  "0009") "\"},\"operations\":[]}",
              &push, &problem),
        MT_OK);
    assert_true(push.has_acked);
    assert_int_equal(push.acked_seq, 417);
    assert_string_equal(push.acked_op_id.s, UUID("0009"));
    assert_int_equal(push.count, 0);
}

/* One row: the document, and the one field the 400 names. */
static void test_envelope(void **state) {
    static const struct {
        const char *json, *field;
        enum mt_problem_code code;
    } rows[] = {
        {"", "$", MT_P_MALFORMED},
        {"[]", "$", MT_P_VALIDATION_FAILED},
        {"{\"instance_id\":\"i\",\"sent_at\":\"2027-03-31T14:32:06Z\"}", "operations", MT_P_VALIDATION_FAILED},
        {"{\"instance_id\":\"i\",\"sent_at\":\"2027-03-31T14:32:06Z\",\"operations\":{}}", "operations", MT_P_VALIDATION_FAILED},
        {"{\"instance_id\":\"i\",\"sent_at\":\"2027-03-31T14:32:06Z\",\"operations\":[7]}", "operations[0]",
         MT_P_VALIDATION_FAILED},
        {"{\"sent_at\":\"2027-03-31T14:32:06Z\",\"operations\":[]}", "instance_id", MT_P_VALIDATION_FAILED},
        {"{\"instance_id\":\"\",\"sent_at\":\"2027-03-31T14:32:06Z\",\"operations\":[]}", "instance_id", MT_P_VALIDATION_FAILED},
        {"{\"instance_id\":\"a b\",\"sent_at\":\"2027-03-31T14:32:06Z\",\"operations\":[]}", "instance_id", MT_P_VALIDATION_FAILED},
        {"{\"instance_id\":7,\"sent_at\":\"2027-03-31T14:32:06Z\",\"operations\":[]}", "instance_id", MT_P_VALIDATION_FAILED},
        {"{\"instance_id\":\"i\",\"sent_at\":\"yesterday\",\"operations\":[]}", "sent_at", MT_P_VALIDATION_FAILED},
        {"{\"instance_id\":\"i\",\"sent_at\":1,\"operations\":[]}", "sent_at", MT_P_VALIDATION_FAILED},
        {"{\"instance_id\":\"i\",\"sent_at\":\"2027-03-31T14:32:06Z\",\"operations\":[],\"colour\":1}", "colour",
         MT_P_VALIDATION_FAILED},
        {"{\"instance_id\":\"i\",\"sent_at\":\"2027-03-31T14:32:06Z\",\"acked\":{\"register_seq\":1},\"operations\":[]}",
         "acked.op_id", MT_P_VALIDATION_FAILED},
        {"{\"instance_id\":\"i\",\"sent_at\":\"2027-03-31T14:32:06Z\",\"acked\":{\"register_seq\":1,\"op_id\":\"x\",\"y\":0},"
         "\"operations\":[]}",
         "acked.y", MT_P_VALIDATION_FAILED},
        {"{\"instance_id\":\"i\",\"sent_at\":\"2027-03-31T14:32:06Z\",\"acked\":[],\"operations\":[]}", "acked",
         MT_P_VALIDATION_FAILED},
        {HEAD "{\"op_id\":\"not-a-uuid\",\"register_seq\":1}]}", "operations[0].op_id", MT_P_VALIDATION_FAILED},
        {HEAD "{\"register_seq\":1}]}", "operations[0].op_id", MT_P_VALIDATION_FAILED},
        {HEAD OP("\"kind\":\"void\"") ",{\"op_id\":\"" UUID("0002") "\"}]}", "operations[1].register_seq", MT_P_VALIDATION_FAILED},
        {HEAD "{\"op_id\":\"" UUID("0002") "\",\"register_seq\":0}]}", "operations[0].register_seq", MT_P_VALIDATION_FAILED},
        {HEAD "{\"op_id\":\"" UUID("0002") "\",\"register_seq\":1.5}]}", "operations[0].register_seq", MT_P_VALIDATION_FAILED},
        {HEAD "{\"op_id\":\"" UUID("0002") "\",\"register_seq\":\"1\"}]}", "operations[0].register_seq", MT_P_VALIDATION_FAILED},
        {HEAD CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":NaN}]") "]}", "operations[0].body.items[0].price",
         MT_P_MALFORMED},
        {HEAD CREATE(",\"user_name\":\"\xff\"" ITEMS) "]}", "operations[0].body.user_name", MT_P_MALFORMED},
        {HEAD CREATE(",\"user_name\":\"\\u0000\"" ITEMS) "]}", "operations[0].body.user_name", MT_P_VALIDATION_FAILED},
        {HEAD CREATE(",\"user_name\":\"\\ud800\"" ITEMS) "]}", "operations[0].body.user_name", MT_P_VALIDATION_FAILED},
        {HEAD CREATE(",\"remark\":\"\",\"remark\":\"\"" ITEMS) "]}", "operations[0].body.remark", MT_P_VALIDATION_FAILED},
        {HEAD CREATE(ITEMS) "]}}", "$", MT_P_MALFORMED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_push push;
        struct mt_problem problem;
        assert_int_equal(parse(state, rows[i].json, &push, &problem), MT_INVALID);
        if (problem.code != rows[i].code || problem.errors.count == 0 || strcmp(problem.errors.at[0].field, rows[i].field) != 0)
            fail_msg("row %zu: %s at %s: %s", i, mt_problem_code_name(problem.code), problem.errors.at[0].field, problem.detail);
        assert_int_equal(mt_problem_status(problem.code), 400);
        assert_true(problem.detail[0] != '\0');
    }
}

/* One row: what is wrong inside one operation, and the field its problem names; the batch goes on. */
static void test_bad_operations(void **state) {
    static const struct {
        const char *op, *field;
    } rows[] = {
        {CREATE(""), "items"},
        {CREATE(",\"items\":[]"), "items"},
        {CREATE(",\"items\":{}"), "items"},
        {CREATE(",\"items\":[1]"), "items[0]"},
        {CREATE(",\"items\":[" ITEM "," ITEM ",{\"drug_id\":\"d1\",\"quantity\":1,\"price\":12.5}]"), "items[2].price"},
        {CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":1e999}]"), "items[0].price"},
        {CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":9007199254740993}]"), "items[0].price"},
        {CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":\"12\"}]"), "items[0].price"},
        {CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":true}]"), "items[0].price"},
        {CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1}]"), "items[0].price"},
        {CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":-1}]"), "items[0].price"},
        {CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":0,\"price\":1}]"), "items[0].quantity"},
        {CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1000,\"price\":1}]"), "items[0].quantity"},
        {CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1e-1,\"price\":1}]"), "items[0].quantity"},
        {CREATE(",\"items\":[{\"drug_id\":\"\",\"quantity\":1,\"price\":1}]"), "items[0].drug_id"},
        {CREATE(",\"items\":[{\"drug_id\":\"d\\u0031\",\"quantity\":1,\"price\":1}]"), "items[0].drug_id"},
        {CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":2,\"price\":9007199254740991}]"), "items[0].price"},
        {CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":1,\"packs\":[{\"expires_on\":\"2027-02-30\"}]}]"),
         "items[0].packs[0].expires_on"},
        {CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":1,\"packs\":{}}]"), "items[0].packs"},
        {CREATE(",\"payments\":[{\"payment_id\":\"" UUID("0003") "\",\"method\":\"shells\",\"amount\":1}]" ITEMS),
         "payments[0].method"},
        {CREATE(",\"payments\":[{\"payment_id\":\"p\",\"method\":\"cash\",\"amount\":1}]" ITEMS), "payments[0].payment_id"},
        {CREATE(",\"payments\":[{\"payment_id\":\"" UUID("0003") "\",\"method\":\"wechat\",\"amount\":1}]" ITEMS),
         "payments[0].method"},
        {CREATE(",\"payments\":[{\"payment_id\":\"" UUID("0003") "\",\"method\":\"cash\",\"amount\":2,\"tendered\":1}]" ITEMS),
         "payments[0].tendered"},
        {CREATE(",\"discount_amount\":1281" ITEMS), "discount_amount"},
        {CREATE(",\"handed_over\":\"yes\"" ITEMS), "handed_over"},
        {CREATE(",\"approved_by\":\"a b\"" ITEMS), "approved_by"},
        {CREATE(",\"user_name\":7" ITEMS), "user_name"},
        {OP("\"kind\":\"order.create\",\"fact\":false,\"body\":{\"order_id\":\"x\",\"order_no\":\"A03-000417\"" ITEMS "}"),
         "order_id"},
        {OP("\"kind\":\"order.create\",\"fact\":false,\"body\":{\"order_id\":\"" UUID("0002") "\",\"order_no\":\"A03-17\"" ITEMS
                                                                                              "}"),
         "order_no"},
        {OP("\"kind\":\"order.advance\",\"body\":{" ORDER ",\"to\":\"moon\"}"), "to"},
        {OP("\"kind\":\"order.advance\",\"body\":{" ORDER "}"), "to"},
        {OP("\"kind\":\"order.cancel\",\"body\":{" ORDER "}"), "reason"},
        {OP("\"kind\":\"order.advance\",\"body\":{" ORDER ",\"to\":\"paid\",\"if_version\":0}"), "if_version"},
        {OP("\"kind\":\"order.cancel\",\"body\":{" ORDER ",\"reason\":\"r\",\"if_version\":0}"), "if_version"},
        {OP("\"kind\":\"order.cancel\",\"body\":{" ORDER ",\"reason\":\"r\",\"if_version\":-1}"), "if_version"},
        {OP("\"kind\":\"void\",\"body\":{}"), "reason"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_push push;
        struct mt_problem problem;
        const char *json = mt_arena_fmt(*state, HEAD "%s,%s]}", rows[i].op, CREATE(ITEMS));
        if (parse(state, json, &push, &problem) != MT_OK)
            fail_msg("row %zu: %s", i, problem.detail);
        assert_int_equal(push.count, 2);
        assert_false(push.ops[1].unreadable);
        const struct mt_push_op *op = &push.ops[0];
        const char *want = mt_arena_fmt(*state, "operations[0].body.%s", rows[i].field);
        assert_true(op->unreadable);
        assert_false(op->unknown);
        assert_int_equal(op->problem->code, MT_P_VALIDATION_FAILED);
        if (strcmp(op->problem->errors.at[0].field, want) != 0)
            fail_msg("row %zu: %s %s", i, op->problem->errors.at[0].field, op->problem->errors.at[0].message);
        assert_true(op->canonical.n > 0);
        assert_string_equal(op->op.op_id.s, UUID("0001"));
    }
}

static void test_bad_heads_of_operations(void **state) {
    static const struct {
        const char *op, *field;
    } rows[] = {
        {"{\"op_id\":\"" UUID("0001") "\",\"register_seq\":1,\"at\":\"2027-03-31T14:32:05Z\",\"kind\":\"void\"}",
         "operations[0].body"},
        {"{\"op_id\":\"" UUID("0001") "\",\"register_seq\":1,\"at\":\"now\",\"kind\":\"void\",\"body\":{\"reason\":\"r\"}}",
         "operations[0].at"},
        {"{\"op_id\":\"" UUID("0001") "\",\"register_seq\":1,\"at\":\"2027-03-31T14:32:05Z\",\"kind\":\"void\",\"fact\":1,\"body\":"
                                      "{\"reason\":\"r\"}}",
         "operations[0].fact"},
        {"{\"op_id\":\"" UUID("0001") "\",\"register_seq\":1,\"at\":\"2027-03-31T14:32:05Z\",\"kind\":\"void\",\"staff_id\":\" "
                                      "\",\"body\":{\"reason\":\"r\"}}",
         "operations[0].staff_id"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_push push;
        struct mt_problem problem;
        assert_int_equal(parse(state, mt_arena_fmt(*state, HEAD "%s]}", rows[i].op), &push, &problem), MT_OK);
        assert_true(push.ops[0].unreadable);
        assert_int_equal(push.ops[0].problem->errors.count, 1);
        assert_string_equal(push.ops[0].problem->errors.at[0].field, rows[i].field);
    }
}

static void test_unknown_waits(void **state) {
    static const char *const rows[] = {
        OP("\"kind\":\"drone.fly\",\"fact\":true,\"body\":{\"x\":1.5}"),
        OP("\"kind\":\"order.cancel\",\"body\":{" ORDER ",\"reason\":\"r\",\"mood\":\"bad\"}"),
        OP("\"kind\":\"order.cancel\",\"colour\":1,\"body\":{" ORDER ",\"reason\":\"r\"}"),
        CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":1,\"gift\":true}]"),
        CREATE(",\"items\":[{\"drug_id\":\"d1\",\"quantity\":1,\"price\":1,\"packs\":[{\"rfid\":\"x\"}]}]"),
        CREATE(",\"payments\":[{\"payment_id\":\"" UUID("0003") "\",\"method\":\"cash\",\"amount\":1,\"coin\":2}]" ITEMS),
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_push push;
        struct mt_problem problem;
        assert_int_equal(parse(state, mt_arena_fmt(*state, HEAD "%s]}", rows[i]), &push, &problem), MT_OK);
        assert_true(push.ops[0].unknown);
        assert_false(push.ops[0].unreadable);
        assert_non_null(push.ops[0].problem);
    }
}

static void test_canonical_ignores_order_and_space(void **state) {
    struct mt_push push;
    struct mt_problem problem;
    const char *one = OP("\"kind\":\"order.cancel\",\"fact\":false,\"body\":{" ORDER ",\"reason\":\"\\u0041\"}");
    const char *other = "{\"body\" : {\"reason\":\"A\", \"order_no\":\"A03-000417\",\"order_id\":\"" UUID(
        "0002") "\"},\"fact\":false,\"prior\":{\"epoch\":\"e1\","
                "\"outcome\":\"applied\",\"result\":{\"order_no\":\"A03-000417\"}},\"kind\":\"order.cancel\",\"at\":\"2027-03-"
                "31T14:32:05.123Z\",\"staff_id\":\"s1\","
                "\"register_seq\":2,\"op_id\":\"" UUID("0001") "\"}";
    assert_int_equal(parse(state, mt_arena_fmt(*state, HEAD "%s,%s]}", one, other), &push, &problem), MT_OK);
    assert_true(mt_sv_eq(push.ops[0].canonical, push.ops[1].canonical));
    assert_false(push.ops[0].has_prior);
    assert_true(push.ops[1].has_prior);
    assert_string_equal(push.ops[1].prior.epoch, "e1");
    assert_int_equal(push.ops[1].prior.outcome, MT_APPLIED);
    assert_sv(push.ops[1].prior.result, "{\"order_no\":\"A03-000417\"}");
}

static void test_printed_prior_is_read(void **state) {
    struct mt_op op = sample_cancel();
    struct mt_buf bytes, batch;
    struct mt_push push;
    struct mt_problem problem;
    mt_buf_init(&bytes, 1u << 16);
    mt_buf_init(&batch, 1u << 16);
    mt_op_print(&op, &bytes);
    struct mt_push_item items[2] = {
        {.register_seq = 3, .bytes = mt_buf_view(&bytes)},
        {.register_seq = 4, .bytes = mt_buf_view(&bytes), .prior = MT_SV("{\"epoch\":\"e\",\"outcome\":\"refused\"}")}};
    mt_push_print("inst", 1, &(struct mt_push_acked){2, UUID("0008"), "e2"}, items, 2, &batch);
    assert_int_equal(parse(state, mt_buf_text(&batch), &push, &problem), MT_OK);
    assert_true(push.has_acked);
    assert_int_equal(push.acked_seq, 2);
    assert_int_equal(push.ops[1].op.register_seq, 4);
    assert_int_equal(push.ops[1].prior.outcome, MT_REFUSED);
    assert_int_equal(push.ops[1].prior.result.n, 0);
    assert_true(mt_sv_eq(push.ops[1].canonical, mt_buf_view(&bytes)));
    mt_buf_fini(&bytes);
    mt_buf_fini(&batch);
}

static void test_at_most_500(void **state) {
    struct mt_op op = sample_cancel();
    struct mt_buf bytes, batch;
    static struct mt_push_item items[MT_PUSH_MAX_OPS + 1];
    struct mt_push push;
    struct mt_problem problem;
    mt_buf_init(&bytes, 1u << 16);
    mt_buf_init(&batch, MT_PUSH_MAX_BYTES);
    mt_op_print(&op, &bytes);
    for (int i = 0; i < MT_PUSH_MAX_OPS + 1; i++)
        items[i] = (struct mt_push_item){.register_seq = i + 1, .bytes = mt_buf_view(&bytes)};
    mt_push_print("inst", 1, NULL, items, MT_PUSH_MAX_OPS, &batch);
    assert_int_equal(mt_push_parse(mt_buf_view(&batch), *state, &push, &problem), MT_OK);
    assert_int_equal(push.count, MT_PUSH_MAX_OPS);
    assert_int_equal(push.ops[499].op.register_seq, 500);
    mt_buf_clear(&batch);
    mt_push_print("inst", 1, NULL, items, MT_PUSH_MAX_OPS + 1, &batch);
    assert_int_equal(mt_push_parse(mt_buf_view(&batch), *state, &push, &problem), MT_INVALID);
    assert_int_equal(problem.code, MT_P_TOO_LARGE);
    mt_buf_fini(&bytes);
    mt_buf_fini(&batch);
}

static void test_too_many_items(void **state) {
    struct mt_buf b;
    struct mt_push push;
    struct mt_problem problem;
    mt_buf_init(&b, MT_PUSH_MAX_BYTES);
    mt_buf_str(&b, HEAD "{\"op_id\":\"" UUID(
                       "0001") "\",\"register_seq\":1,\"at\":\"2027-03-31T14:32:05Z\",\"kind\":\"order.create\",\"body\":{" ORDER
                               ",\"items\":[" ITEM);
    for (int i = 0; i < MT_ITEMS_MAX; i++)
        mt_buf_str(&b, "," ITEM);
    mt_buf_str(&b, "]}}]}");
    assert_int_equal(mt_push_parse(mt_buf_view(&b), *state, &push, &problem), MT_OK);
    assert_true(push.ops[0].unreadable);
    assert_string_equal(push.ops[0].problem->errors.at[0].field, "operations[0].body.items");
    mt_buf_fini(&b);
}

static void test_texts_are_set_even_when_unreadable(void **state) {
    struct mt_push push;
    struct mt_problem problem;
    static const char *const kinds[] = {"order.create", "order.advance", "order.cancel", "payment.record", "void", "salvage"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *json =
            mt_arena_fmt(*state, HEAD "{\"op_id\":\"" UUID("0001") "\",\"register_seq\":1,\"kind\":\"%s\",\"body\":7}]}", kinds[i]);
        assert_int_equal(parse(state, json, &push, &problem), MT_OK);
        assert_true(push.ops[0].unreadable);
        struct mt_buf b;
        mt_buf_init(&b, 1u << 16);
        mt_op_print(&push.ops[0].op, &b);
        assert_int_equal(mt_buf_rc(&b), MT_OK);
        mt_buf_fini(&b);
        const struct mt_op *op = &push.ops[0].op;
        if (op->kind == MT_OP_ORDER_CREATE) {
            assert_non_null(op->body.create.order.user_name);
            assert_non_null(op->body.create.prescription);
        }
        if (op->kind == MT_OP_ORDER_CANCEL)
            assert_non_null(op->body.cancel.reason);
    }
}

static void test_no_memory_is_said(void **state) {
    struct mt_arena small;
    struct mt_push push;
    struct mt_problem problem;
    (void)state;
    mt_arena_init(&small, 64);
    assert_int_equal(mt_push_parse(mt_sv(HEAD CREATE(ITEMS) "]}"), &small, &push, &problem), MT_NOMEM);
    assert_int_equal(problem.code, MT_P_OVERLOADED);
    mt_arena_fini(&small);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_good),
        TEST(test_empty_batch_and_acked),
        TEST(test_envelope),
        TEST(test_bad_operations),
        TEST(test_bad_heads_of_operations),
        TEST(test_unknown_waits),
        TEST(test_canonical_ignores_order_and_space),
        TEST(test_printed_prior_is_read),
        TEST(test_at_most_500),
        TEST(test_too_many_items),
        TEST(test_texts_are_set_even_when_unreadable),
        TEST(test_no_memory_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
