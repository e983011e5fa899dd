/* Text by grapheme and column: widths, cutting, wrapping, and hostile bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <medterm/ui/cell.h>
#include <string.h>

static void widths_of_code_points(void **state) {
    (void)state;
    static const struct {
        uint32_t code;
        int width;
    } cases[] = {
        {'a', 1},     {0xE9, 1},   {0x301, 0},   {0x4E2D, 2},   {0xFF21, 2}, {0xAC00, 2},  {0x1161, 0},
        {0x1F600, 2}, {0x25CF, 1}, {0x2500, 1},  {0x0, 0},      {0x1B, 0},   {0x20000, 2}, {0xFE0F, 0},
        {0x3000, 2},  {0x5D0, 1},  {0x1F1E6, 1}, {0x10FFFD, 1}, {0xAD, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(mt_code_width(cases[i].code), cases[i].width);
}

static void widths_of_texts(void **state) {
    (void)state;
    assert_int_equal(mt_text_width(MT_SV("")), 0);
    assert_int_equal(mt_text_width(MT_SV("Metformin")), 9);
    assert_int_equal(mt_text_width(MT_SV("阿莫西林")), 8);
    assert_int_equal(mt_text_width(MT_SV("e\xCC\x81t\xC3\xA9")), 3);
    assert_int_equal(mt_text_width(MT_SV("a\x1B[31mb")), 6); /* the ESC vanishes, the rest is text */
    assert_int_equal(mt_text_width(MT_SV("a\tb")), 3);
    assert_int_equal(mt_text_width(MT_SV("\xFF")), 1);
}

static void a_grapheme_keeps_its_marks_within_bounds(void **state) {
    (void)state;
    char out[MT_CELL_TEXT];
    struct mt_sv text = MT_SV("e\xCC\x81x");
    assert_int_equal(mt_text_next(&text, out), 1);
    assert_string_equal(out, "e\xCC\x81");
    assert_int_equal(text.n, 1);

    char zalgo[2 + 2 * 100] = "Z";
    for (int i = 0; i < 100; i++)
        memcpy(zalgo + 1 + 2 * i, "\xCC\x81", 2);
    text = mt_sv(zalgo);
    assert_int_equal(mt_text_next(&text, out), 1);
    assert_true(strlen(out) < MT_CELL_TEXT);
    assert_int_equal(text.n, 0);

    text = MT_SV("\xCC\x81");
    assert_int_equal(mt_text_next(&text, out), 1);
    assert_string_equal(out, " \xCC\x81");
}

static void hostile_code_points_never_come_out(void **state) {
    (void)state;
    for (uint32_t code = 0; code < 0x10FFFF; code += code < 0x3100 || code > 0xDF000 ? 1 : 97) {
        char bytes[8] = "a";
        char out[MT_CELL_TEXT];
        struct mt_sv text = {bytes, 1};
        if (code < 0x80)
            bytes[text.n++] = (char)code;
        else if (code < 0x800) {
            bytes[text.n++] = (char)(0xC0 | code >> 6);
            bytes[text.n++] = (char)(0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
            bytes[text.n++] = (char)(0xE0 | code >> 12);
            bytes[text.n++] = (char)(0x80 | (code >> 6 & 0x3F));
            bytes[text.n++] = (char)(0x80 | (code & 0x3F));
        } else {
            bytes[text.n++] = (char)(0xF0 | code >> 18);
            bytes[text.n++] = (char)(0x80 | (code >> 12 & 0x3F));
            bytes[text.n++] = (char)(0x80 | (code >> 6 & 0x3F));
            bytes[text.n++] = (char)(0x80 | (code & 0x3F));
        }
        int width;
        while ((width = mt_text_next(&text, out)) > 0) {
            assert_true(width == 1 || width == 2);
            for (const char *p = out; *p != '\0'; p++) {
                assert_true((unsigned char)*p >= 0x20 && *p != 0x7F);
                assert_false((unsigned char)p[0] == 0xC2 && (unsigned char)p[1] < 0xA0); /* C1 */
            }
            assert_null(strstr(out, "\xE2\x80\xAE")); /* right-to-left override */
        }
    }
}

static void cuts_at_a_grapheme(void **state) {
    (void)state;
    struct mt_sv text = MT_SV("阿莫西林");
    assert_int_equal(mt_text_fit(text, 5).n, 6);
    assert_int_equal(mt_text_fit(text, 8).n, 12);
    assert_int_equal(mt_text_fit(text, 1).n, 0);
    assert_int_equal(mt_text_fit(MT_SV("ne\xCC\x81g"), 2).n, 4);
}

static void wraps_at_words(void **state) {
    (void)state;
    struct mt_sv rest = MT_SV("Not enough stock: 2 wanted, 1 left.\nCtrl-A shows alternatives");
    assert_true(mt_sv_is(mt_text_wrap(&rest, 20), "Not enough stock: 2"));
    assert_true(mt_sv_is(mt_text_wrap(&rest, 20), "wanted, 1 left."));
    assert_true(mt_sv_is(mt_text_wrap(&rest, 20), "Ctrl-A shows"));
    assert_true(mt_sv_is(mt_text_wrap(&rest, 20), "alternatives"));
    assert_int_equal(rest.n, 0);

    rest = MT_SV("abcdefgh");
    assert_true(mt_sv_is(mt_text_wrap(&rest, 5), "abcde"));
    assert_true(mt_sv_is(mt_text_wrap(&rest, 5), "fgh"));
    rest = MT_SV("exactly\nten");
    assert_true(mt_sv_is(mt_text_wrap(&rest, 7), "exactly"));
    assert_true(mt_sv_is(mt_text_wrap(&rest, 7), "ten"));
}

static void wrapping_always_ends(void **state) {
    (void)state;
    static const char *const texts[] = {" ", "   ", "\n\n", "\xE2\x80\xAE\xE2\x80\xAE", "阿莫", "\x01\x02 \x03", " a  b "};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (int width = -1; width < 4; width++) {
            struct mt_sv rest = mt_sv(texts[i]);
            int lines = 0;
            while (rest.n > 0 && lines < 50) {
                mt_text_wrap(&rest, width);
                lines++;
            }
            assert_true(lines < 50);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_of_code_points),
        cmocka_unit_test(widths_of_texts),
        cmocka_unit_test(a_grapheme_keeps_its_marks_within_bounds),
        cmocka_unit_test(hostile_code_points_never_come_out),
        cmocka_unit_test(cuts_at_a_grapheme),
        cmocka_unit_test(wraps_at_words),
        cmocka_unit_test(wrapping_always_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
