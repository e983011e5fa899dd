#include "test.h"

#include <medterm/base/utf8.h>

#include <stdio.h>
#include <string.h>

static void cleaned(struct mt_sv text, const char *expected) {
    struct mt_buf b;
    mt_buf_init(&b, 4096);
    mt_utf8_clean(&b, text);
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    assert_string_equal(mt_buf_text(&b), expected);
    mt_buf_fini(&b);
}

static void every_code_point_goes_there_and_back(void **state) {
    (void)state;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        char bytes[4];
        size_t n = mt_utf8_put(code, bytes);
        struct mt_sv rest = mt_sv_n(bytes, n);
        uint32_t back = mt_utf8_next(&rest);
        bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        if (back != (surrogate ? MT_REPLACEMENT : code) || rest.n != 0)
            fail_msg("U+%04X came back as U+%04X", (unsigned)code, (unsigned)back);
    }
    char bytes[4];
    assert_int_equal(mt_utf8_put(0x110000, bytes), 3);
    assert_memory_equal(bytes, "\xEF\xBF\xBD", 3);
    assert_int_equal(mt_utf8_put(UINT32_MAX, bytes), 3);
}

static void malformed_bytes_move_by_one(void **state) {
    (void)state;
    static const char *const bad[] = {
        "\x80",                 /* continuation alone */
        "\xBF",                 /* likewise */
        "\xC0\xAF",             /* overlong '/' */
        "\xC1\xBF",             /* overlong */
        "\xE0\x80\xAF",         /* overlong in three */
        "\xE0\x9F\xBF",         /* overlong U+07FF */
        "\xF0\x80\x80\xAF",     /* overlong in four */
        "\xF0\x8F\xBF\xBF",     /* overlong U+FFFF */
        "\xED\xA0\x80",         /* surrogate U+D800 */
        "\xED\xBF\xBF",         /* surrogate U+DFFF */
        "\xF4\x90\x80\x80",     /* U+110000 */
        "\xF5\x80\x80\x80",     /* beyond */
        "\xF8\x88\x80\x80\x80", /* five bytes, once allowed */
        "\xFE",
        "\xFF",
        "\xC3",         /* cut */
        "\xE2\x82",     /* cut */
        "\xF0\x9F\x98", /* cut */
        "\xC3\x28",     /* no continuation */
        "\xE2\x28\xA1",
        "\xE2\x82\x28",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct mt_sv rest = mt_sv(bad[i]);
        assert_int_equal(mt_utf8_next(&rest), MT_REPLACEMENT);
        assert_ptr_equal(rest.p, bad[i] + 1);
        assert_int_equal(rest.n, strlen(bad[i]) - 1);
        assert_false(mt_utf8_valid(mt_sv(bad[i])));
    }
    struct mt_sv rest = MT_SV("\xE2\x82"
                              "a");
    assert_int_equal(mt_utf8_next(&rest), MT_REPLACEMENT);
    assert_int_equal(mt_utf8_next(&rest), MT_REPLACEMENT);
    assert_int_equal(mt_utf8_next(&rest), 'a');
    assert_int_equal(rest.n, 0);
    assert_int_equal(mt_utf8_next(&rest), 0);
    assert_int_equal(rest.n, 0);
}

static void valid_texts(void **state) {
    (void)state;
    assert_true(mt_utf8_valid(mt_sv(NULL)));
    assert_true(mt_utf8_valid(MT_SV("阿司匹林 100 mg — Žluťoučký 😀\n")));
    assert_true(mt_utf8_valid(MT_SV("\xEF\xBF\xBD")));     /* U+FFFD itself is a character */
    assert_true(mt_utf8_valid(MT_SV("\xF4\x8F\xBF\xBF"))); /* U+10FFFF */
    assert_false(mt_utf8_valid(MT_SV("a\0b")));
    assert_false(mt_utf8_valid(mt_sv_n("é", 1)));
}

static void what_is_harmful(void **state) {
    (void)state;
    const struct {
        uint32_t first, last;
    } harmful[] = {
        {0x00, 0x1F},         {0x7F, 0x7F},       {0x80, 0x9F},         {0xAD, 0xAD},     {0x61C, 0x61C},   {0x180E, 0x180E},
        {0x200B, 0x200F},     {0x2028, 0x2029},   {0x202A, 0x202E},     {0x2060, 0x2065}, {0x2066, 0x2069}, {0x206A, 0x206F},
        {0xD800, 0xDFFF},     {0xFDD0, 0xFDEF},   {0xFEFF, 0xFEFF},     {0xFFF9, 0xFFFB}, {0xFFFE, 0xFFFF}, {0x1FFFE, 0x1FFFF},
        {0x10FFFE, 0x10FFFF}, {0xE0000, 0xE007F}, {0x110000, 0x110010},
    };
    for (size_t i = 0; i < sizeof harmful / sizeof harmful[0]; i++)
        for (uint32_t code = harmful[i].first; code <= harmful[i].last; code++)
            if (!mt_utf8_harmful(code))
                fail_msg("U+%04X is taken for harmless", (unsigned)code);
    static const uint32_t harmless[] = {0x20,   0x7E,    0xA0,    0xAC,    0xAE,    0xE9,    0x61B,   0x61D,
                                        0x200A, 0x2010,  0x2027,  0x202F,  0x2030,  0x205F,  0x2070,  0x4E00,
                                        0xD7FF, 0xE000,  0xFDCF,  0xFDF0,  0xFE0F,  0xFEFE,  0xFF00,  0xFFFC,
                                        0xFFFD, 0x10000, 0x1F600, 0x20000, 0xDFFFD, 0xE0100, 0xE01EF, 0x10FFFD};
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
        if (mt_utf8_harmful(harmless[i]))
            fail_msg("U+%04X is taken for harmful", (unsigned)harmless[i]);
}

static void clean_keeps_what_people_write(void **state) {
    (void)state;
    cleaned(MT_SV(""), "");
    cleaned(mt_sv(NULL), "");
    cleaned(MT_SV("阿司匹林肠溶片 100 mg"), "阿司匹林肠溶片 100 mg");
    cleaned(MT_SV("Nguyễn, O'Brien \"x\" <y> & 😀 שלום"), "Nguyễn, O'Brien \"x\" <y> & 😀 שלום");
    cleaned(MT_SV("  two  spaces  "), "  two  spaces  ");
}

static void clean_makes_one_line(void **state) {
    (void)state;
    cleaned(MT_SV("a\nb"), "a b");
    cleaned(MT_SV("a\r\nb"), "a b");
    cleaned(MT_SV("a\t\t\v\fb\n"), "a b ");
    cleaned(MT_SV("a\xE2\x80\xA8"
                  "b\xE2\x80\xA9"
                  "c\xC2\x85"
                  "d"),
            "a b c d");
    cleaned(MT_SV("a\n\x01\n"
                  "b"),
            "a b");
    cleaned(MT_SV("a\n \nb"), "a   b");
}

static void clean_disarms(void **state) {
    (void)state;
    cleaned(MT_SV("\x1B[31mred\x1B[0m"), "[31mred[0m");
    cleaned(MT_SV("\xC2\x9B"
                  "31m"),
            "31m"); /* CSI as one C1 character */
    cleaned(MT_SV("\x1B]0;title\x07"), "]0;title");
    cleaned(MT_SV("a\0b\x08\x7F"), "ab");
    cleaned(MT_SV("inv\xE2\x80\xAEoice"), "invoice"); /* right-to-left override */
    cleaned(MT_SV("\xE2\x81\xA6x\xE2\x81\xA9"), "x");
    cleaned(MT_SV("a\xE2\x80\x8B"
                  "b\xEF\xBB\xBF"
                  "c"),
            "abc");
    cleaned(MT_SV("a\xF3\xA0\x81\x81"
                  "b"),
            "ab"); /* tag A */
    cleaned(MT_SV("a\xFF"
                  "b"),
            "a\xEF\xBF\xBD"
            "b");
    cleaned(MT_SV("\xC0\x9B"), "\xEF\xBF\xBD\xEF\xBF\xBD"); /* an overlong ESC is no ESC */
    cleaned(MT_SV("\x9B"), "\xEF\xBF\xBD");                 /* a raw C1 byte is no UTF-8 */
}

static void clean_respects_the_buffers_maximum(void **state) {
    (void)state;
    struct mt_buf b;
    mt_buf_init(&b, 4);
    mt_utf8_clean(&b, MT_SV("ab药"));
    assert_int_equal(mt_buf_rc(&b), MT_LIMIT);
    assert_string_equal(mt_buf_text(&b), "ab"); /* never half a character */
    mt_buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_goes_there_and_back),
        cmocka_unit_test(malformed_bytes_move_by_one),
        cmocka_unit_test(valid_texts),
        cmocka_unit_test(what_is_harmful),
        cmocka_unit_test(clean_keeps_what_people_write),
        cmocka_unit_test(clean_makes_one_line),
        cmocka_unit_test(clean_disarms),
        cmocka_unit_test(clean_respects_the_buffers_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
