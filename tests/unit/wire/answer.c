/* The answer to a batch, and enrolment. */
#include "check.h"

#include <medterm/wire/push.h>

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

static void test_round_trip(void **state) {
    static const struct mt_push_result results[] = {
        {.op_id = {"op-1"},
         .register_seq = 417,
         .outcome = MT_APPLIED,
         .replayed = true,
         .result = {"{\"order_no\":\"A03-000417\"}", 25}},
        {.op_id = {"op-2"}, .register_seq = 418, .outcome = MT_REFUSED, .problem = {"{\"code\":\"STALE\"}", 16}},
        {.op_id = {"op-3"}, .register_seq = 419, .outcome = MT_QUARANTINED},
    };
    struct mt_buf b;
    struct mt_push_answer answer;
    mt_buf_init(&b, 1u << 12);
    mt_push_answer_print(results, 3, 419, "epoch-1", &b);
    assert_sv(
        mt_buf_view(&b),
        "{\"results\":[{\"op_id\":\"op-1\",\"register_seq\":417,\"outcome\":\"applied\",\"replayed\":true,\"result\":{\"order_no\":"
        "\"A03-000417\"}},"
        "{\"op_id\":\"op-2\",\"register_seq\":418,\"outcome\":\"refused\",\"replayed\":false,\"problem\":{\"code\":\"STALE\"}},"
        "{\"op_id\":\"op-3\",\"register_seq\":419,\"outcome\":\"quarantined\",\"replayed\":false}],\"last_seq\":419,\"epoch\":"
        "\"epoch-1\"}");
    assert_int_equal(mt_push_answer_parse(mt_buf_view(&b), *state, &answer, NULL), MT_OK);
    assert_int_equal(answer.count, 3);
    assert_int_equal(answer.last_seq, 419);
    assert_string_equal(answer.epoch, "epoch-1");
    assert_true(answer.results[0].replayed);
    assert_sv(answer.results[0].result, "{\"order_no\":\"A03-000417\"}");
    assert_int_equal(answer.results[0].problem.n, 0);
    assert_int_equal(answer.results[1].outcome, MT_REFUSED);
    assert_sv(answer.results[1].problem, "{\"code\":\"STALE\"}");
    assert_int_equal(answer.results[2].outcome, MT_QUARANTINED);
    mt_buf_fini(&b);
}

static void test_bad_answers(void **state) {
    static const char *const rows[] = {
        "<html></html>",
        "{}",
        "{\"results\":[],\"epoch\":\"e\"}",
        "{\"results\":[],\"last_seq\":1}",
        "{\"results\":{},\"last_seq\":1,\"epoch\":\"e\"}",
        "{\"results\":[{\"op_id\":\"x\",\"register_seq\":1,\"outcome\":\"maybe\"}],\"last_seq\":1,\"epoch\":\"e\"}",
        "{\"results\":[{\"op_id\":\"\",\"register_seq\":1,\"outcome\":\"applied\"}],\"last_seq\":1,\"epoch\":\"e\"}",
        "{\"results\":[{\"op_id\":\"x\",\"register_seq\":\"1\",\"outcome\":\"applied\"}],\"last_seq\":1,\"epoch\":\"e\"}",
        "{\"results\":[{\"op_id\":\"x\",\"register_seq\":1,\"outcome\":\"applied\",\"result\":3}],\"last_seq\":1,\"epoch\":\"e\"}",
        "{\"results\":[{\"op_id\":\"x\",\"register_seq\":1,\"outcome\":\"applied\"",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_push_answer answer;
        struct mt_err err = {.text = ""};
        assert_int_equal(mt_push_answer_parse(mt_sv(rows[i]), *state, &answer, &err), MT_INVALID);
        assert_true(err.text[0] != '\0');
    }
}

static void test_newer_answers_are_read(void **state) {
    struct mt_push_answer answer;
    assert_int_equal(
        mt_push_answer_parse(
            mt_sv("{\"results\":[{\"op_id\":\"x\",\"register_seq\":1,\"outcome\":\"applied\",\"result\":null,\"mood\":1}],"
                  "\"last_seq\":1,\"epoch\":\"e\",\"more\":{}}"),
            *state, &answer, NULL),
        MT_OK);
    assert_int_equal(answer.results[0].result.n, 0);
}

static void test_enrolment(void **state) {
    (void)state;
    struct mt_enrolment e = {.code = "ABCD-1234", .instance_id = "inst", .name = "till \"3\""}, got;
    struct mt_problem problem;
    struct mt_buf b;
    mt_buf_init(&b, 1u << 10);
    mt_enrolment_print(&e, &b);
    assert_sv(mt_buf_view(&b), "{\"code\":\"ABCD-1234\",\"instance_id\":\"inst\",\"name\":\"till \\\"3\\\"\"}");
    assert_int_equal(mt_enrolment_parse(mt_buf_view(&b), &got, &problem), MT_OK);
    assert_string_equal(got.code, e.code);
    assert_string_equal(got.instance_id, e.instance_id);
    assert_string_equal(got.name, e.name);
    mt_buf_fini(&b);
    assert_int_equal(mt_enrolment_parse(mt_sv("{\"code\":\"c\",\"instance_id\":\"i\"}"), &got, &problem), MT_OK);
    assert_string_equal(got.name, "");
}

static void test_bad_enrolments(void **state) {
    (void)state;
    static const struct {
        const char *json, *field;
    } rows[] = {
        {"{\"instance_id\":\"i\"}", "code"},
        {"{\"code\":\"\",\"instance_id\":\"i\"}", "code"},
        {"{\"code\":\"c\"}", "instance_id"},
        {"{\"code\":\"c d\",\"instance_id\":\"i\"}", "code"},
        {"{\"code\":\"123456789012345678901234567890123\",\"instance_id\":\"i\"}", "code"},
        {"{\"code\":7,\"instance_id\":\"i\"}", "code"},
        {"{\"code\":\"c\",\"instance_id\":\"i\\n\"}", "instance_id"},
        {"{\"code\":\"c\",\"instance_id\":\"i\",\"admin\":true}", "admin"},
        {"[]", "$"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_enrolment got;
        struct mt_problem problem;
        assert_int_equal(mt_enrolment_parse(mt_sv(rows[i].json), &got, &problem), MT_INVALID);
        assert_int_equal(problem.code, MT_P_VALIDATION_FAILED);
        assert_string_equal(problem.errors.at[0].field, rows[i].field);
    }
}

static void test_register_info(void **state) {
    (void)state;
    struct mt_register_info i = {.token = "t0ken",
                                 .register_id = {"r1"},
                                 .store_id = {"s1"},
                                 .register_code = "A03",
                                 .store_name = "滨河药房",
                                 .currency = "CNY",
                                 .epoch = "e1",
                                 .last_seq = -1},
                            got;
    struct mt_buf b;
    mt_buf_init(&b, 1u << 10);
    mt_register_info_print(&i, &b);
    assert_sv(mt_buf_view(&b), "{\"token\":\"t0ken\",\"register_id\":\"r1\",\"register\":\"A03\",\"store_id\":\"s1\",\"store_"
                               "name\":\"滨河药房\",\"currency\":\"CNY\",\"epoch\":\"e1\"}");
    assert_int_equal(mt_register_info_parse(mt_buf_view(&b), &got, NULL), MT_OK);
    assert_string_equal(got.token, "t0ken");
    assert_string_equal(got.store_name, "滨河药房");
    assert_int_equal(got.last_seq, -1);
    mt_buf_clear(&b);
    i.token[0] = '\0';
    i.last_seq = 0;
    mt_register_info_print(&i, &b);
    assert_null(strstr(mt_buf_text(&b), "token"));
    assert_int_equal(mt_register_info_parse(mt_buf_view(&b), &got, NULL), MT_OK);
    assert_int_equal(got.last_seq, 0);
    mt_buf_fini(&b);
    assert_int_equal(
        mt_register_info_parse(
            mt_sv("{\"register_id\":\"r\",\"register\":\"A03\",\"store_id\":\"s\",\"currency\":\"TOOLONG\",\"epoch\":\"e\"}"), &got,
            NULL),
        MT_INVALID);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_round_trip), TEST(test_bad_answers),    TEST(test_newer_answers_are_read),
        TEST(test_enrolment),  TEST(test_bad_enrolments), TEST(test_register_info),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
