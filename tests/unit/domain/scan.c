#include "check.h"

#include <medterm/domain/scan.h>

#define GS "\x1d"

static struct mt_date day(int y, unsigned m, unsigned d) {
    return mt_date_from_civil(y, m, d);
}

static struct mt_scan scan_on(const char *input, struct mt_date today) {
    struct mt_scan s;
    mt_scan_read(mt_sv(input), today, &s);
    return s;
}

static struct mt_scan scan(const char *input) {
    return scan_on(input, day(2026, 11, 23));
}

static void test_check_digits(void **state) {
    (void)state;
    static const char *const good[] = {"6901234567892", "4006381333931",  "96385074",
                                       "036000291452",  "10614141000415", "5901234123457"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char wrong[15];
        size_t n = strlen(good[i]);
        assert_true(mt_gtin_check(mt_sv(good[i])));
        memcpy(wrong, good[i], n + 1);
        /* Every single wrong digit is found. */
        for (size_t k = 0; k < n; k++) {
            for (char c = '0'; c <= '9'; c++) {
                wrong[k] = c;
                assert_int_equal(mt_gtin_check(mt_sv(wrong)), c == good[i][k]);
            }
            wrong[k] = good[i][k];
        }
    }
    assert_false(mt_gtin_check(mt_sv("")));
    assert_false(mt_gtin_check(mt_sv("0")));
    assert_false(mt_gtin_check(mt_sv("690123456789x")));
}

static void test_one_form(void **state) {
    (void)state;
    static const struct {
        const char *code, *form;
    } rows[] = {
        {"6901234567892", "6901234567892"},   {"06901234567892", "6901234567892"}, {"96385074", "96385074"},
        {"036000291452", "0036000291452"},    {"0036000291452", "0036000291452"},  {"00036000291452", "0036000291452"},
        {"10614141000415", "10614141000415"}, {"00000096385074", "96385074"},      {"0000096385074", "96385074"},
    };
    static const char *const bad[] = {"",
                                      "1",
                                      "6901234567893",
                                      "690123456789",
                                      "00000000",
                                      "00000000000000",
                                      "69012345678921",
                                      "690123456789a",
                                      " 6901234567892"};
    char out[15];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(mt_gtin_normalise(mt_sv(rows[i].code), out), MT_OK);
        assert_string_equal(out, rows[i].form);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        bool zeros = strspn(bad[i], "0") == strlen(bad[i]) && strlen(bad[i]) == 8;
        if (!zeros)
            assert_int_equal(mt_gtin_normalise(mt_sv(bad[i]), out), MT_INVALID);
    }
}

static void test_plain_codes(void **state) {
    (void)state;
    struct mt_scan s = scan("6901234567892\r");
    assert_int_equal(s.kind, MT_SCAN_CODE);
    assert_string_equal(s.gtin, "6901234567892");
    assert_int_equal(s.quantity, 1);
    assert_false(s.has_quantity);
    assert_string_equal(s.lot_no, "");
    assert_false(mt_date_is(s.expires_on));
    assert_int_equal(scan("6901234567891").kind, MT_SCAN_BAD_CHECK);
    assert_int_equal(scan("96385074").kind, MT_SCAN_CODE);
    assert_int_equal(scan("96385075").kind, MT_SCAN_BAD_CHECK);
    assert_string_equal(scan("036000291452").gtin, "0036000291452");
    assert_string_equal(scan("10614141000415").gtin, "10614141000415");
}

static void test_text_is_no_code(void **state) {
    (void)state;
    static const char *const texts[] = {"",         " ",      "metf",     "1000 mg", "123",  "1234567", "13800138000",
                                        "阿莫西林", "A03-17", "0.25g*24", "*",       "3*x*", "]d"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(scan(texts[i]).kind, MT_SCAN_NONE);
    assert_false(scan("0.25g*24").has_quantity);
    assert_int_equal(scan("0.25g*24").rest.n, 8);
}

static void test_quantities(void **state) {
    (void)state;
    static const struct {
        const char *input;
        enum mt_scan_kind kind;
        int quantity;
    } rows[] = {
        {"3*6901234567892", MT_SCAN_CODE, 3},
        {"6901234567892*3", MT_SCAN_CODE, 3},
        {" 3 * 6901234567892 ", MT_SCAN_CODE, 3},
        {"999*6901234567892", MT_SCAN_CODE, 999},
        {"1000*6901234567892", MT_SCAN_NONE, 1},
        {"0*6901234567892", MT_SCAN_NONE, 1},
        {"-3*6901234567892", MT_SCAN_NONE, 1},
        {"03*6901234567892", MT_SCAN_NONE, 1},
        {"6901234567892*0", MT_SCAN_NONE, 1},
        {"6901234567892*1000", MT_SCAN_NONE, 1},
        {"3*6901234567892*4", MT_SCAN_NONE, 3},
        {"3*6901234567891", MT_SCAN_BAD_CHECK, 3},
        {"3*metf", MT_SCAN_NONE, 3},
        {"3*", MT_SCAN_NONE, 3},
        {"*3", MT_SCAN_NONE, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_scan s = scan(rows[i].input);
        assert_int_equal(s.kind, rows[i].kind);
        assert_int_equal(s.quantity, rows[i].quantity);
        assert_int_equal(s.has_quantity, rows[i].quantity > 1);
    }
    assert_int_equal(scan("*3").rest.n, 0);
    assert_int_equal(scan("3*metf").rest.n, 4);
}

static void test_order_numbers(void **state) {
    (void)state;
    struct mt_scan s = scan("A03-000417");
    assert_int_equal(s.kind, MT_SCAN_ORDER_NO);
    assert_string_equal(s.order_no, "A03-000417");
    s = scan(" a03-000417\n");
    assert_int_equal(s.kind, MT_SCAN_ORDER_NO);
    assert_string_equal(s.order_no, "A03-000417");
    assert_int_equal(scan("A03-0000417").kind, MT_SCAN_NONE);
}

/* The same four facts, however the scanner hands them over. */
static void test_gs1_forms(void **state) {
    (void)state;
    static const char *const forms[] = {
        "]d20106901234567892"
        "17270331"
        "10L2401" GS "21SN-7",
        "]C10106901234567892"
        "17270331"
        "10L2401" GS "21SN-7",
        GS "0106901234567892"
           "17270331"
           "10L2401" GS "21SN-7",
        "0106901234567892"
        "17270331"
        "10L2401" GS "21SN-7",
        "]d2"
        "21SN-7" GS "10L2401" GS "17270331"
        "0106901234567892",
        "]d2"
        "10L2401" GS "0106901234567892" GS "17270331" GS "21SN-7" GS,
        "(01)06901234567892(17)270331(10)L2401(21)SN-7",
        "]d20106901234567892"
        "11240101"
        "17270331"
        "71012345" GS "10L2401" GS "21SN-7" GS "91xyz",
        "]d20106901234567892"
        "3103001250"
        "17270331"
        "10L2401" GS "21SN-7",
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct mt_scan s = scan(forms[i]);
        assert_int_equal(s.kind, MT_SCAN_CODE);
        assert_string_equal(s.gtin, "6901234567892");
        assert_string_equal(s.lot_no, "L2401");
        assert_string_equal(s.serial, "SN-7");
        assert_int_equal(s.expires_on.day, day(2027, 3, 31).day);
        assert_int_equal(s.quantity, 1);
    }
}

static void test_gs1_alone_and_with_quantity(void **state) {
    (void)state;
    struct mt_scan s = scan("0106901234567892");
    assert_int_equal(s.kind, MT_SCAN_CODE);
    assert_string_equal(s.lot_no, "");
    s = scan("2*]d2010690123456789210L24");
    assert_int_equal(s.kind, MT_SCAN_CODE);
    assert_int_equal(s.quantity, 2);
    assert_string_equal(s.lot_no, "L24");
    s = scan("]d2010690123456789210L24*2");
    assert_int_equal(s.quantity, 2);
    assert_string_equal(s.lot_no, "L24");
    assert_string_equal(scan("]d20110614141000415").gtin, "10614141000415");
}

static void test_gs1_expiry(void **state) {
    (void)state;
    static const struct {
        const char *expiry;
        int y;
        unsigned m, d;
    } rows[] = {
        {"270331", 2027, 3, 31},
        {"270200", 2027, 2, 28},
        {"280200", 2028, 2, 29},
        {"280229", 2028, 2, 29},
        {"271200", 2027, 12, 31},
        {"270400", 2027, 4, 30},
        /* GS1 7.12 on a day of 2026: 51 years ahead and more is the century before, 50 behind and more the one after. */
        {"760101", 2076, 1, 1},
        {"770101", 1977, 1, 1},
        {"990101", 1999, 1, 1},
        {"000101", 2000, 1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char input[40];
        assert_true(snprintf(input, sizeof input, "]d2010690123456789217%s", rows[i].expiry) > 0);
        struct mt_scan s = scan(input);
        assert_int_equal(s.kind, MT_SCAN_CODE);
        assert_int_equal(s.expires_on.day, day(rows[i].y, rows[i].m, rows[i].d).day);
    }
    /* In 2060 a two-digit 05 is 2105: 55 years behind is too far. */
    assert_int_equal(scan_on("]d201069012345678921705"
                             "0101",
                             day(2060, 1, 1))
                         .expires_on.day,
                     day(2105, 1, 1).day);
    assert_int_equal(scan_on("]d201069012345678921711"
                             "0101",
                             day(2060, 1, 1))
                         .expires_on.day,
                     day(2011, 1, 1).day);
    static const char *const bad[] = {"271301", "270001", "270230", "270432", "2703", "27033x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char input[40];
        assert_true(snprintf(input, sizeof input, "]d2010690123456789217%s", bad[i]) > 0);
        assert_int_equal(scan(input).kind, MT_SCAN_BAD_GS1);
    }
}

static void test_gs1_broken(void **state) {
    (void)state;
    static const struct {
        const char *input;
        enum mt_scan_kind kind;
    } rows[] = {
        {"]d2", MT_SCAN_BAD_GS1},
        {"]d2" GS, MT_SCAN_BAD_GS1},
        {"]d20106901234567891", MT_SCAN_BAD_CHECK},
        {"0106901234567891", MT_SCAN_BAD_CHECK},
        {"]d2010690123456789", MT_SCAN_BAD_GS1},
        {"]d201069012345678x2", MT_SCAN_BAD_GS1},
        {"]d210L2401", MT_SCAN_BAD_GS1},
        {"]d2010690123456789210", MT_SCAN_BAD_GS1},
        {"]d2010690123456789210" GS "21A", MT_SCAN_BAD_GS1},
        {"]d2010690123456789210ABCDEFGHIJKLMNOPQRSTU", MT_SCAN_BAD_GS1},
        {"]d2010690123456789210AB CD", MT_SCAN_BAD_GS1},
        {"]d2010690123456789210AB\xc3\xa9", MT_SCAN_BAD_GS1},
        {"]d2010690123456789210A" GS "10B", MT_SCAN_BAD_GS1},
        {"]d201069012345678920106901234567892", MT_SCAN_BAD_GS1},
        {"]d20106901234567892xx", MT_SCAN_BAD_GS1},
        {"(01)0690123456789", MT_SCAN_BAD_GS1},
        {"(01)06901234567892(10", MT_SCAN_BAD_GS1},
        {"abc" GS "def", MT_SCAN_BAD_GS1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(scan(rows[i].input).kind, rows[i].kind);
}

/* No bytes make it read outside its input; the sanitizers watch. */
static void test_random_bytes(void **state) {
    (void)state;
    static const char alphabet[] = "0123456789*()]dC]210117\x1d-A \xff";
    uint32_t seed = 20261123;
    for (int round = 0; round < 20000; round++) {
        char *input;
        size_t n = 0;
        seed = seed * 1664525u + 1013904223u;
        size_t length = (seed >> 16) % 40;
        input = test_malloc(length + 1);
        for (; n < length; n++) {
            seed = seed * 1664525u + 1013904223u;
            input[n] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        struct mt_scan s;
        mt_scan_read(mt_sv_n(input, n), day(2026, 11, 23), &s);
        assert_true(s.quantity >= 1 && s.quantity <= 999);
        assert_true(s.kind != MT_SCAN_CODE || mt_gtin_check(mt_sv(s.gtin)));
        test_free(input);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_digits), cmocka_unit_test(test_one_form),
        cmocka_unit_test(test_plain_codes),  cmocka_unit_test(test_text_is_no_code),
        cmocka_unit_test(test_quantities),   cmocka_unit_test(test_order_numbers),
        cmocka_unit_test(test_gs1_forms),    cmocka_unit_test(test_gs1_alone_and_with_quantity),
        cmocka_unit_test(test_gs1_expiry),   cmocka_unit_test(test_gs1_broken),
        cmocka_unit_test(test_random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
