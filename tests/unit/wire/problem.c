#include "check.h"

#include <medterm/wire/problem.h>

static const char *print(const struct mt_problem *p, struct mt_buf *b) {
    mt_buf_init(b, 1u << 14);
    mt_problem_print(p, b);
    assert_int_equal(mt_buf_rc(b), MT_OK);
    return mt_buf_text(b);
}

static void test_shape(void **state) {
    (void)state;
    struct mt_problem p;
    struct mt_buf b;
    mt_problem_init(&p);
    assert_int_equal(p.code, MT_P_NONE);
    assert_int_equal(p.last_seq, -1);
    assert_int_equal(mt_problem_set(&p, MT_P_INSUFFICIENT_STOCK, "Only %d packs are left.", 2), MT_INVALID);
    assert_string_equal(print(&p, &b),
                        "{\"type\":\"urn:medterm:problem:INSUFFICIENT_STOCK\",\"title\":\"Not enough stock\",\"status\":422,"
                        "\"code\":\"INSUFFICIENT_STOCK\",\"detail\":\"Only 2 packs are left.\"}");
    mt_buf_fini(&b);
    assert_int_equal(mt_problem_set(&p, MT_P_SEQUENCE_GAP, "gap"), MT_INVALID);
    p.last_seq = 0;
    (void)snprintf(p.request_id, sizeof p.request_id, "req-1");
    mt_field_error(&p.errors, "items[0].price", "must be a \"whole\" number");
    assert_string_equal(
        print(&p, &b),
        "{\"type\":\"urn:medterm:problem:SEQUENCE_GAP\",\"title\":\"Operations are missing before this one\",\"status\":409,"
        "\"code\":\"SEQUENCE_GAP\",\"detail\":\"gap\",\"request_id\":\"req-1\","
        "\"errors\":[{\"field\":\"items[0].price\",\"message\":\"must be a \\\"whole\\\" number\"}],\"last_seq\":0}");
    mt_buf_fini(&b);
}

static void test_round_trip_of_every_code(void **state) {
    (void)state;
    for (int c = MT_P_VALIDATION_FAILED; c <= MT_P_OVERLOADED; c++) {
        struct mt_problem p, got;
        struct mt_buf b;
        mt_problem_init(&p);
        (void)mt_problem_set(&p, (enum mt_problem_code)c, "中 %d", c);
        p.last_seq = c;
        mt_field_error(&p.errors, "f", "m");
        assert_int_equal(mt_problem_parse(mt_sv(print(&p, &b)), &got), MT_OK);
        assert_int_equal(got.code, c);
        assert_string_equal(got.detail, p.detail);
        assert_int_equal(got.last_seq, c);
        assert_int_equal(got.errors.count, 1);
        assert_string_equal(got.errors.at[0].field, "f");
        assert_int_equal(mt_problem_code_parse(mt_sv(mt_problem_code_name((enum mt_problem_code)c))), c);
        assert_true(mt_problem_status((enum mt_problem_code)c) >= 400);
        mt_buf_fini(&b);
    }
    assert_int_equal(mt_problem_code_parse(mt_sv("")), MT_P_INTERNAL);
    assert_int_equal(mt_problem_code_parse(mt_sv("NEW_CODE")), MT_P_INTERNAL);
}

static void test_not_problems(void **state) {
    (void)state;
    static const char *const rows[] = {
        "", "<html>", "{}", "[]", "{\"code\":7}", "{\"code\":\"STALE\",\"errors\":7}", "{\"code\":\"STALE\",\"last_seq\":1.5}"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_problem got;
        assert_int_equal(mt_problem_parse(mt_sv(rows[i]), &got), MT_INVALID);
        assert_int_equal(got.code, MT_P_NONE);
    }
}

/* A detail cut by its buffer must not end in half a character. */
static void test_cut_texts_stay_utf8(void **state) {
    (void)state;
    for (int shift = 0; shift < 4; shift++) {
        struct mt_problem p, got;
        struct mt_buf b;
        char text[400];
        for (int i = 0; i < 130; i++)
            memcpy(text + shift + 3 * i, "中", 3);
        memset(text, 'x', (size_t)shift);
        text[shift + 390] = '\0';
        mt_problem_init(&p);
        (void)mt_problem_set(&p, MT_P_STALE, "%s", text);
        assert_null(strstr(print(&p, &b), "\xef\xbf\xbd"));
        assert_int_equal(mt_problem_parse(mt_buf_view(&b), &got), MT_OK);
        assert_true(strlen(got.detail) > 250);
        mt_buf_fini(&b);
    }
}

static void test_long_foreign_problem_is_cut(void **state) {
    (void)state;
    struct mt_problem got;
    struct mt_buf b;
    mt_buf_init(&b, 1u << 16);
    mt_buf_str(&b, "{\"code\":\"STALE\",\"detail\":\"");
    for (int i = 0; i < 5000; i++)
        mt_buf_char(&b, 'x');
    mt_buf_str(&b, "\",\"errors\":[");
    for (int i = 0; i < 50; i++)
        mt_buf_fmt(&b, "%s{\"field\":\"f%d\",\"message\":\"m\"}", i > 0 ? "," : "", i);
    mt_buf_str(&b, "]}");
    assert_int_equal(mt_problem_parse(mt_buf_view(&b), &got), MT_OK);
    assert_int_equal(strlen(got.detail), sizeof got.detail - 1);
    assert_int_equal(got.errors.count, MT_FIELD_ERRORS_MAX);
    mt_buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_round_trip_of_every_code),
        cmocka_unit_test(test_not_problems),
        cmocka_unit_test(test_cut_texts_stay_utf8),
        cmocka_unit_test(test_long_foreign_problem_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
