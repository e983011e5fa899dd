#include "check.h"

#define MAX MT_MONEY_MAX

static void test_range(void **state) {
    (void)state;
    struct mt_money m;
    assert_int_equal(mt_money_from_minor(MAX, &m), MT_OK);
    assert_int_equal(mt_money_from_minor(-MAX, &m), MT_OK);
    assert_int_equal(mt_money_from_minor(MAX + 1, &m), MT_LIMIT);
    assert_int_equal(mt_money_from_minor(-MAX - 1, &m), MT_LIMIT);
    assert_int_equal(mt_money_from_minor(INT64_MAX, &m), MT_LIMIT);
    assert_int_equal(mt_money_from_minor(INT64_MIN, &m), MT_LIMIT);
}

static void test_add_and_sub(void **state) {
    (void)state;
    static const struct {
        int64_t a, b, sum, difference;
        enum mt_rc add, sub;
    } rows[] = {
        {0, 0, 0, 0, MT_OK, MT_OK},
        {1280, 1850, 3130, -570, MT_OK, MT_OK},
        {MAX, 0, MAX, MAX, MT_OK, MT_OK},
        {MAX, 1, 0, MAX - 1, MT_LIMIT, MT_OK},
        {-MAX, 1, -MAX + 1, 0, MT_OK, MT_LIMIT},
        {MAX, -MAX, 0, 0, MT_OK, MT_LIMIT},
        {MAX, MAX, 0, 0, MT_LIMIT, MT_OK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_money out;
        assert_int_equal(mt_money_add(yuan(rows[i].a), yuan(rows[i].b), &out), rows[i].add);
        if (rows[i].add == MT_OK)
            assert_int_equal(mt_money_to_minor(out), rows[i].sum);
        assert_int_equal(mt_money_sub(yuan(rows[i].a), yuan(rows[i].b), &out), rows[i].sub);
        if (rows[i].sub == MT_OK)
            assert_int_equal(mt_money_to_minor(out), rows[i].difference);
    }
}

static void test_times(void **state) {
    (void)state;
    struct mt_money out;
    assert_int_equal(mt_money_times(yuan(1280), 999, &out), MT_OK);
    assert_int_equal(mt_money_to_minor(out), 1278720);
    assert_int_equal(mt_money_times(yuan(MAX), 1, &out), MT_OK);
    assert_int_equal(mt_money_times(yuan(MAX), 2, &out), MT_LIMIT);
    assert_int_equal(mt_money_times(yuan(MAX), INT64_MAX, &out), MT_LIMIT);
    assert_int_equal(mt_money_times(yuan(-MAX), INT64_MIN, &out), MT_LIMIT);
    assert_int_equal(mt_money_times(yuan(0), INT64_MAX, &out), MT_OK);
    assert_true(mt_money_is_zero(out));
}

static void test_compare(void **state) {
    (void)state;
    assert_true(mt_money_cmp(yuan(1), yuan(2)) < 0);
    assert_true(mt_money_cmp(yuan(2), yuan(1)) > 0);
    assert_int_equal(mt_money_cmp(yuan(-MAX), yuan(-MAX)), 0);
    assert_true(mt_money_is_negative(yuan(-1)));
    assert_false(mt_money_is_negative(yuan(0)));
    assert_true(mt_money_is_zero(mt_money_zero()));
}

static void test_format(void **state) {
    (void)state;
    static const struct {
        int64_t minor;
        const char *text;
    } rows[] = {{0, "0.00"},
                {5, "0.05"},
                {-5, "-0.05"},
                {6510, "65.10"},
                {-100, "-1.00"},
                {100, "1.00"},
                {MAX, "90071992547409.91"},
                {-MAX, "-90071992547409.91"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[MT_MONEY_TEXT];
        mt_money_format(yuan(rows[i].minor), text);
        assert_string_equal(text, rows[i].text);
    }
}

static void test_parse(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum mt_rc rc;
        int64_t minor;
    } rows[] = {
        {"65", MT_OK, 6500},
        {"65.1", MT_OK, 6510},
        {"65.10", MT_OK, 6510},
        {"0", MT_OK, 0},
        {"0.05", MT_OK, 5},
        {"007", MT_OK, 700},
        {"90071992547409.91", MT_OK, MAX},
        {"90071992547409.92", MT_LIMIT, 0},
        {"99999999999999999999999", MT_LIMIT, 0},
        {"9223372036854775807", MT_LIMIT, 0},
        {"", MT_INVALID, 0},
        {".", MT_INVALID, 0},
        {".5", MT_INVALID, 0},
        {"65.", MT_INVALID, 0},
        {"65.101", MT_INVALID, 0},
        {"1.2.3", MT_INVALID, 0},
        {"-1", MT_INVALID, 0},
        {"+1", MT_INVALID, 0},
        {"1,000", MT_INVALID, 0},
        {" 1", MT_INVALID, 0},
        {"1e3", MT_INVALID, 0},
        {"１", MT_INVALID, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_money m = mt_money_zero();
        assert_int_equal(mt_money_parse(mt_sv(rows[i].text), &m), rows[i].rc);
        assert_int_equal(mt_money_to_minor(m), rows[i].minor);
    }
}

static void test_vat(void **state) {
    (void)state;
    assert_int_equal(mt_money_to_minor(mt_money_vat_part(yuan(11300), 1300)), 1300);
    assert_int_equal(mt_money_to_minor(mt_money_vat_part(yuan(0), 1300)), 0);
    assert_int_equal(mt_money_to_minor(mt_money_vat_part(yuan(6510), 0)), 0);
    assert_int_equal(mt_money_to_minor(mt_money_vat_part(yuan(6510), -5)), 0);
    /* 3 / 2 = 1.5 goes up, away from zero on both sides. */
    assert_int_equal(mt_money_to_minor(mt_money_vat_part(yuan(3), 10000)), 2);
    assert_int_equal(mt_money_to_minor(mt_money_vat_part(yuan(-3), 10000)), -2);
    /* 1280 * 210 / 10210 = 26.33 */
    assert_int_equal(mt_money_to_minor(mt_money_vat_part(yuan(1280), 210)), 26);
    /* 9007199254740991 * 1300 / 11300 = 1036226462934804.2 */
    assert_int_equal(mt_money_to_minor(mt_money_vat_part(yuan(MAX), 1300)), INT64_C(1036226462934804));
    /* The widest rate there is must not overflow either. */
    assert_true(mt_money_to_minor(mt_money_vat_part(yuan(MAX), INT32_MAX)) <= MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_range),   cmocka_unit_test(test_add_and_sub), cmocka_unit_test(test_times),
        cmocka_unit_test(test_compare), cmocka_unit_test(test_format),      cmocka_unit_test(test_parse),
        cmocka_unit_test(test_vat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
