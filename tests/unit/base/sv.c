#include "test.h"

#include <medterm/base/sv.h>

#include <string.h>

static void views_compare_by_bytes_and_length(void **state) {
    (void)state;
    assert_true(mt_sv_eq(mt_sv(NULL), MT_SV("")));
    assert_true(mt_sv_eq(mt_sv("abc"), mt_sv_n("abcd", 3)));
    assert_false(mt_sv_eq(MT_SV("abc"), MT_SV("abd")));
    assert_false(mt_sv_eq(MT_SV("abc"), MT_SV("ab")));
    assert_false(mt_sv_is(MT_SV("a\0b"), "a"));
    assert_true(mt_sv_starts(MT_SV("abc"), MT_SV("ab")));
    assert_true(mt_sv_starts(MT_SV("abc"), MT_SV("")));
    assert_true(mt_sv_starts(MT_SV("abc"), MT_SV("abc")));
    assert_false(mt_sv_starts(MT_SV("ab"), MT_SV("abc")));
    assert_false(mt_sv_starts(MT_SV("xb"), MT_SV("a")));
}

static void trim_takes_ascii_space_at_both_ends_only(void **state) {
    (void)state;
    assert_true(mt_sv_is(mt_sv_trim(MT_SV(" \t\r\n\v\fa b \n")), "a b"));
    assert_true(mt_sv_is(mt_sv_trim(MT_SV("  \n ")), ""));
    assert_true(mt_sv_is(mt_sv_trim(mt_sv(NULL)), ""));
    assert_true(mt_sv_is(mt_sv_trim(MT_SV("\xC2\xA0x")), "\xC2\xA0x")); /* a no-break space is not ASCII */
}

static void cut_walks_through_all_pieces(void **state) {
    (void)state;
    struct mt_sv rest = MT_SV("a,,b");
    assert_true(mt_sv_is(mt_sv_cut(&rest, ','), "a"));
    assert_true(mt_sv_is(mt_sv_cut(&rest, ','), ""));
    assert_int_equal(rest.n, 1);
    assert_true(mt_sv_is(mt_sv_cut(&rest, ','), "b"));
    assert_int_equal(rest.n, 0);
    assert_true(mt_sv_is(mt_sv_cut(&rest, ','), ""));
    rest = mt_sv(NULL);
    assert_int_equal(mt_sv_cut(&rest, ',').n, 0);
    rest = MT_SV("x,");
    assert_true(mt_sv_is(mt_sv_cut(&rest, ','), "x"));
    assert_int_equal(rest.n, 0);
}

static void whole_numbers_up_to_both_ends(void **state) {
    (void)state;
    const struct {
        const char *text;
        int64_t value;
    } good[] = {
        {"0", 0},
        {"-0", 0},
        {"007", 7},
        {"-42", -42},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"00000000000000000000000000001", 1},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t v = 99;
        assert_int_equal(mt_sv_int(mt_sv(good[i].text), &v), MT_OK);
        assert_true(v == good[i].value);
    }
}

static void what_is_no_whole_number(void **state) {
    (void)state;
    static const char *const bad[] = {"", "-", "+1", " 1", "1 ", "1.0", "1e3", "--1", "0x10", "1-", "９"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t v = 99;
        assert_int_equal(mt_sv_int(mt_sv(bad[i]), &v), MT_INVALID);
        assert_true(v == 99);
    }
    static const char *const far[] = {"9223372036854775808", "-9223372036854775809", "99999999999999999999999"};
    for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) {
        int64_t v = 99;
        assert_int_equal(mt_sv_int(mt_sv(far[i]), &v), MT_LIMIT);
        assert_true(v == 99);
    }
    int64_t v;
    assert_int_equal(mt_sv_int(mt_sv_n("1\0002", 3), &v), MT_INVALID);
}

static void copy_fits_or_leaves_nothing(void **state) {
    (void)state;
    char to[4] = "xyz";
    assert_int_equal(mt_sv_copy(MT_SV("abc"), to, sizeof to), MT_OK);
    assert_string_equal(to, "abc");
    assert_int_equal(mt_sv_copy(MT_SV("abcd"), to, sizeof to), MT_LIMIT);
    assert_string_equal(to, "");
    assert_int_equal(mt_sv_copy(MT_SV("a\0b"), to, sizeof to), MT_LIMIT);
    assert_string_equal(to, "");
    assert_int_equal(mt_sv_copy(mt_sv(NULL), to, sizeof to), MT_OK);
    assert_string_equal(to, "");
    assert_int_equal(mt_sv_copy(MT_SV(""), to, 0), MT_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_compare_by_bytes_and_length), cmocka_unit_test(trim_takes_ascii_space_at_both_ends_only),
        cmocka_unit_test(cut_walks_through_all_pieces),      cmocka_unit_test(whole_numbers_up_to_both_ends),
        cmocka_unit_test(what_is_no_whole_number),           cmocka_unit_test(copy_fits_or_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
