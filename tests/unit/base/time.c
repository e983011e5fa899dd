#include "test.h"

#include <medterm/base/time.h>

#include <stdio.h>
#include <string.h>

static int64_t parsed(const char *text) {
    mt_time t = -7777;
    assert_int_equal(mt_time_parse(mt_sv(text), &t), MT_OK);
    return t;
}

/* The calendar counted by hand, day by day, is the oracle. */
static void every_day_of_ten_thousand_years(void **state) {
    (void)state;
    static const unsigned length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t day = -719162;
    for (int y = 1; y <= 9999; y++) {
        bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
        for (unsigned m = 1; m <= 12; m++) {
            unsigned days = length[m - 1] + (m == 2 && leap ? 1 : 0);
            for (unsigned d = 1; d <= days; d++, day++) {
                int year;
                unsigned month, dom;
                mt_date_to_civil((struct mt_date){day}, &year, &month, &dom);
                if (year != y || month != m || dom != d || mt_date_from_civil(y, m, d).day != day)
                    fail_msg("%d-%u-%u is not day %d", y, m, d, (int)day);
            }
        }
    }
    assert_int_equal(day, 2932897);
}

static void dates_go_to_text_and_back(void **state) {
    (void)state;
    const struct {
        const char *text;
        int32_t day;
    } known[] = {
        {"1970-01-01", 0},     {"1969-12-31", -1},     {"0001-01-01", -719162}, {"9999-12-31", 2932896}, {"2000-02-29", 11016},
        {"2027-03-31", 20908}, {"1900-03-01", -25508}, {"2024-02-29", 19782},   {"2038-01-19", 24855},   {"0004-02-29", -718008},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct mt_date d = MT_NO_DATE;
        assert_int_equal(mt_date_parse(mt_sv(known[i].text), &d), MT_OK);
        assert_int_equal(d.day, known[i].day);
        char text[MT_DATE_TEXT];
        mt_date_format(d, text);
        assert_string_equal(text, known[i].text);
    }
}

static void days_that_do_not_exist(void **state) {
    (void)state;
    static const char *const bad[] = {
        "2023-02-29", "1900-02-29", "2100-02-29", "2023-02-30", "2023-04-31",  "2023-06-31",  "2023-09-31",
        "2023-11-31", "2023-01-32", "2023-00-01", "2023-13-01", "2023-01-00",  "0000-01-01",  "2023-1-01",
        "2023-01-1",  "23-01-01",   "2023/01/01", "20230101",   "2023-01-01 ", " 2023-01-01", "2023-01-011",
        "-023-01-01", "+023-01-01", "2023-01-0x", "",           "2023",        "2023-01-",    "２０２３-01-01",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct mt_date d = {42};
        assert_int_equal(mt_date_parse(mt_sv(bad[i]), &d), MT_INVALID);
        assert_int_equal(d.day, 42);
    }
    struct mt_date d = {42};
    assert_int_equal(mt_date_parse(MT_SV("2023-01-0\0"), &d), MT_INVALID);
}

static void no_date_is_no_text(void **state) {
    (void)state;
    char text[MT_DATE_TEXT] = "x";
    assert_false(mt_date_is(MT_NO_DATE));
    assert_true(mt_date_is((struct mt_date){0}));
    mt_date_format(MT_NO_DATE, text);
    assert_string_equal(text, "");
    mt_date_format((struct mt_date){INT32_MAX}, text);
    assert_string_equal(text, "9999-12-31");
    mt_date_format((struct mt_date){INT32_MIN + 1}, text);
    assert_string_equal(text, "0001-01-01");
}

static void a_moment_belongs_to_its_utc_day(void **state) {
    (void)state;
    assert_int_equal(mt_date_of(0).day, 0);
    assert_int_equal(mt_date_of(86399999).day, 0);
    assert_int_equal(mt_date_of(86400000).day, 1);
    assert_int_equal(mt_date_of(-1).day, -1);
    assert_int_equal(mt_date_of(-86400000).day, -1);
    assert_int_equal(mt_date_of(-86400001).day, -2);
    assert_true(mt_date_is(mt_date_of(INT64_MIN)));
    assert_true(mt_date_is(mt_date_of(INT64_MAX)));
}

static void moments_go_to_text_and_back(void **state) {
    (void)state;
    const struct {
        const char *text;
        mt_time t;
    } known[] = {
        {"1970-01-01T00:00:00.000Z", 0},
        {"1969-12-31T23:59:59.999Z", -1},
        {"2027-03-31T14:32:05.123Z", 1806503525123},
        {"0001-01-01T00:00:00.000Z", -62135596800000},
        {"9999-12-31T23:59:59.999Z", 253402300799999},
        {"2001-09-09T01:46:40.000Z", 1000000000000},
        {"2038-01-19T03:14:08.000Z", 2147483648000},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_true(parsed(known[i].text) == known[i].t);
        char text[MT_TIME_TEXT];
        mt_time_format(known[i].t, text);
        assert_string_equal(text, known[i].text);
    }
    char text[MT_TIME_TEXT];
    mt_time_format(INT64_MIN, text);
    assert_string_equal(text, "0001-01-01T00:00:00.000Z");
    mt_time_format(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
}

static void offsets_and_fractions(void **state) {
    (void)state;
    /* The examples of RFC 3339, 5.8, first. */
    assert_true(parsed("1985-04-12T23:20:50.52Z") == 482196050520);
    assert_true(parsed("1996-12-19T16:39:57-08:00") == parsed("1996-12-20T00:39:57Z"));
    assert_true(parsed("1990-12-31T23:59:60Z") == parsed("1991-01-01T00:00:00Z"));
    assert_true(parsed("1990-12-31T15:59:60-08:00") == parsed("1991-01-01T00:00:00Z"));
    assert_true(parsed("1937-01-01T12:00:27.87+00:20") == parsed("1937-01-01T11:40:27.870Z"));
    assert_true(parsed("2027-01-01T00:00:00+08:00") == parsed("2026-12-31T16:00:00Z"));
    assert_true(parsed("2027-01-01T00:00:00-00:00") == parsed("2027-01-01T00:00:00Z"));
    assert_true(parsed("2027-01-01T00:00:00+23:59") == parsed("2026-12-31T00:01:00Z"));
    assert_true(parsed("2027-01-01t00:00:00z") == parsed("2027-01-01T00:00:00Z"));
    assert_true(parsed("2027-01-01T00:00:00.1Z") - parsed("2027-01-01T00:00:00Z") == 100);
    assert_true(parsed("2027-01-01T00:00:00.0019999999999999999999999Z") - parsed("2027-01-01T00:00:00Z") == 1);
    assert_true(parsed("1969-12-31T23:59:59.9999Z") == -1); /* cut towards the past, also before 1970 */
}

static void what_is_no_moment(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "2027-03-31",
        "2027-03-31T14:32:05",
        "2027-03-31T14:32Z",
        "2027-03-31 14:32:05Z",
        "2027-03-31T24:00:00Z",
        "2027-03-31T14:60:00Z",
        "2027-03-31T14:32:60Z",
        "2027-03-31T23:59:60+01:00",
        "2027-03-31T23:59:61Z",
        "2027-03-31T14:32:05.Z",
        "2027-03-31T14:32:05,5Z",
        "2027-03-31T14:32:05ZZ",
        "2027-03-31T14:32:05Z ",
        " 2027-03-31T14:32:05Z",
        "2027-03-31T14:32:05+0800",
        "2027-03-31T14:32:05+08",
        "2027-03-31T14:32:05+24:00",
        "2027-03-31T14:32:05+08:60",
        "2027-03-31T14:32:05 08:00",
        "2027-02-29T14:32:05Z",
        "0000-12-31T23:59:59Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:60Z",
        "2027-03-31T1:32:05Z",
        "2027-03-31T14:3a:05Z",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        mt_time t = -7777;
        if (mt_time_parse(mt_sv(bad[i]), &t) != MT_INVALID)
            fail_msg("“%s” was taken", bad[i]);
        assert_true(t == -7777);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_ten_thousand_years), cmocka_unit_test(dates_go_to_text_and_back),
        cmocka_unit_test(days_that_do_not_exist),          cmocka_unit_test(no_date_is_no_text),
        cmocka_unit_test(a_moment_belongs_to_its_utc_day), cmocka_unit_test(moments_go_to_text_and_back),
        cmocka_unit_test(offsets_and_fractions),           cmocka_unit_test(what_is_no_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
