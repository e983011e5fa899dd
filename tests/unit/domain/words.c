#include "check.h"

#include <medterm/domain/words.h>

#include <stdio.h>
#include <string.h>

static void words_of(const char *text, enum mt_words_for use, char out[512]) {
    struct mt_words w = {.count = 0};
    size_t n = 0;
    mt_words_add(&w, mt_sv(text), use);
    out[0] = '\0';
    for (size_t i = 0; i < w.count; i++)
        n += (size_t)snprintf(out + n, 512 - n, "%s%s", i > 0 ? "|" : "", w.at[i]);
}

static void test_cut_and_folded(void **state) {
    (void)state;
    static const struct {
        const char *text, *asked, *kept;
    } rows[] = {
        {"", "", ""},
        {"  -- ", "", ""},
        {"Wang Fang", "wang|fang", "wang|fang"},
        {"Amoxicillin 500mg/12 caps", "amoxicillin|500|mg|12|caps", "amoxicillin|500|mg|12|caps"},
        {"B12", "b|12", "b|12"},
        {"ÉLODIE Müller-Œuvré straße", "elodie|muller|oeuvre|strasse", "elodie|muller|oeuvre|strasse"},
        {"e\xCC\x81te", "ete", "ete"},                  /* an accent of its own */
        {"ＡＢＣ１２", "abc|12", "abc|12"},             /* full width */
        {"ΑΣΠΙΡΊΝΗ Аспирин", "ασπιρΊνη|аспирин", NULL}, /* Greek accents are kept as written */
        {"王小明", "王小明", "王小明|小明|明"},
        {"阿莫西林Caps胶囊", "阿莫西林|caps|胶囊", "阿莫西林|莫西林|西林|林|caps|胶囊|囊"},
        {"wang WANG Wang", "wang", "wang"},
        {"a\xFF", "a", "a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[512];
        words_of(rows[i].text, MT_WORDS_ASKED, out);
        assert_string_equal(out, rows[i].asked);
        words_of(rows[i].text, MT_WORDS_KEPT, out);
        if (rows[i].kept != NULL)
            assert_string_equal(out, rows[i].kept);
    }
}

static bool found(const char *text, const char *asked) {
    struct mt_words kept = {.count = 0}, want = {.count = 0};
    mt_words_add(&kept, mt_sv(text), MT_WORDS_KEPT);
    mt_words_add(&want, mt_sv(asked), MT_WORDS_ASKED);
    return mt_words_match(&kept, &want);
}

static void test_beginnings_match(void **state) {
    (void)state;
    assert_true(found("Wang Fang", "fa wa"));
    assert_false(found("Wang Fang", "wang li"));
    assert_false(found("Wang Fang", "ang"));
    assert_true(found("王小明", "小明"));
    assert_true(found("王小明", "小"));
    assert_false(found("王小明", "王明"));
    assert_true(found("Élodie", "ELO"));
    assert_true(found("阿莫西林胶囊", "莫西 胶"));
}

/* What is longer than the bounds is cut on both sides alike, never in the middle of a character. */
static void test_bounded(void **state) {
    (void)state;
    char longest[200], many[1000];
    size_t n = 0;
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_true(found(longest, longest));
    for (int i = 0; i < 90; i++)
        n += (size_t)snprintf(many + n, sizeof many - n, "%c%c ", 'a' + i / 26, 'a' + i % 26);
    struct mt_words w = {.count = 0};
    mt_words_add(&w, mt_sv(many), MT_WORDS_KEPT);
    assert_int_equal(w.count, MT_WORDS_MAX);
    const char *dense = "国药集团容生制药有限公司阿莫西林克拉维酸钾分散片";
    assert_true(found(dense, dense));
    assert_true(found(dense, "分散片"));
    assert_true(found(dense, "阿莫西林"));
    words_of(dense, MT_WORDS_ASKED, many);
    assert_true(strlen(many) < MT_WORD_TEXT);
    assert_true(strlen(many) % 3 == 0);
}

static void test_digits(void **state) {
    (void)state;
    static const struct {
        const char *asked, *digits;
    } rows[] = {{"\uFF13\uFF14\uFF10\uFF10", "3400"}, {" 0417. ", "0417"}, {"417", "417"}, {"138-0000", "138-0000"},
                {"A03-000417", "A03-000417"},         {"--", "--"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_words words = {.count = 0};
        mt_words_add(&words, mt_sv(rows[i].asked), MT_WORDS_ASKED);
        const struct mt_sv digits = mt_words_digits(&words, mt_sv(rows[i].asked));
        assert_true(mt_sv_is(digits, rows[i].digits));
    }
}

static void test_phones(void **state) {
    (void)state;
    char digits[MT_PHONE_DIGITS];
    assert_int_equal(mt_phone_digits(MT_SV("+86 (138) 0000-1234"), digits), 13);
    assert_string_equal(digits, "8613800001234");
    assert_int_equal(mt_phone_digits(MT_SV("12345678901234567890123456789"), digits), 23);
    assert_string_equal(digits, "78901234567890123456789");
    assert_true(mt_phone_like(MT_SV("138-0000 1234")));
    assert_false(mt_phone_like(MT_SV("A03-000417")));
    assert_false(mt_phone_like(MT_SV("--")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_and_folded), cmocka_unit_test(test_beginnings_match), cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_digits),         cmocka_unit_test(test_phones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
