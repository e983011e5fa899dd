/* Bytes and curses keys to keys: every way input can be broken, and never more than one key for what a person did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

/* Feeds bytes and then "drained"; writes what came out as "a b F4 <paste>". */
struct script {
    struct mt_decoder d;
    char out[512];
};

static void note(struct script *s, const struct mt_key *key) {
    size_t n = strlen(s->out);
    switch ((int)key->code) {
    case MT_KEY_CHAR:
        snprintf(s->out + n, sizeof s->out - n, "%s ", key->text);
        break;
    case MT_KEY_CTRL:
        snprintf(s->out + n, sizeof s->out - n, "^%c ", key->letter);
        break;
    case MT_KEY_PASTE:
        snprintf(s->out + n, sizeof s->out - n, "<%.*s>%s ", (int)(key->paste.n > 60 ? 60 : key->paste.n), key->paste.p,
                 key->truncated ? "cut" : "");
        break;
    default:
        snprintf(s->out + n, sizeof s->out - n, "%s ", mt_key_name(key->code));
    }
}

static void event(struct script *s, int what) {
    struct mt_key key;
    do {
        if (mt_decode(&s->d, what, &key))
            note(s, &key);
        what = s->d.again;
    } while (what >= 0);
}

static void bytes(struct script *s, const char *text) {
    for (; *text != '\0'; text++)
        event(s, (unsigned char)*text);
}

static void expect(const char *input, const char *keys) {
    struct script s = {.out = ""};
    mt_decoder_init(&s.d);
    bytes(&s, input);
    event(&s, DECODE_DRAINED);
    assert_string_equal(s.out, keys);
    mt_decoder_fini(&s.d);
}

static void characters_and_controls(void **state) {
    (void)state;
    expect("a1", "a 1 ");
    expect("\r\n\t\x7F\b", "Enter Enter Tab Backspace Backspace ");
    expect("\x01\x0C\x1A", "^a ^l ^z ");
    expect("\x1C\x1E", "");
    expect("\x1D", "^] ");
    expect("阿é", "阿 é ");
}

static void invalid_utf8_vanishes_alone(void **state) {
    (void)state;
    expect("\xFF"
           "a\x80"
           "b",
           "a b ");
    expect("\xE9\x98"
           "x",
           "x ");                          /* broken off */
    expect("\xE9\x98\xE9\x98\xBF", "阿 "); /* broken off by the next one */
    expect("\xED\xA0\x80y", "y ");         /* surrogate */
    expect("\xC0\xAFz", "z ");             /* overlong: neither byte is anything */
    expect("\xF4\x90\x80\x80w", "w ");     /* beyond U+10FFFF */
    expect("\xE2\x80\xAEq", "q ");         /* an override is dropped */
    expect("\xC2\x9B"
           "31m",
           "3 1 m "); /* C1 CSI is dropped */
}

static void escape_alone_and_alt_digits(void **state) {
    (void)state;
    expect("\x1B", "Esc ");
    expect("\x1B"
           "1\x1B"
           "9\x1B"
           "0",
           "F1 F9 F10 ");
    expect("\x1B\x1B", "Esc Esc ");
    expect("\x1B"
           "a",
           "Esc a ");
    expect("\x1B\r", "Esc Enter ");
    expect("\x1B\xE9\x98\xBF", "Esc 阿 ");
}

static void unknown_sequences_type_nothing(void **state) {
    (void)state;
    expect("\x1B[99~x", "x ");
    expect("\x1B[1;5Ax", "x ");
    expect("\x1BOzx", "x ");
    expect("\x1B[", "");
    struct script s = {.out = ""};
    mt_decoder_init(&s.d);
    bytes(&s, "\x1B[");
    event(&s, DECODE_DRAINED);
    bytes(&s, "3400"); /* a scan that comes later is not swallowed */
    event(&s, DECODE_UNKNOWN);
    bytes(&s, "\x1B");
    event(&s, DECODE_KEY + (int)MT_KEY_UP);
    assert_string_equal(s.out, "3 4 0 0 Esc Up ");
    mt_decoder_fini(&s.d);
}

static void a_character_in_two_packets(void **state) {
    (void)state;
    struct script s = {.out = ""};
    mt_decoder_init(&s.d);
    bytes(&s, "\xE9\x98");
    event(&s, DECODE_DRAINED);
    bytes(&s, "\xBF");
    assert_string_equal(s.out, "阿 ");
    mt_decoder_fini(&s.d);
}

static void a_paste_is_one_key(void **state) {
    (void)state;
    struct script s = {.out = ""};
    mt_decoder_init(&s.d);
    event(&s, DECODE_PASTE_START);
    bytes(&s, "two\rlines\x1B[A\xFF");
    event(&s, DECODE_DRAINED);
    event(&s, DECODE_KEY + (int)MT_KEY_F4);
    event(&s, DECODE_PASTE_END);
    bytes(&s, "x");
    assert_string_equal(s.out, "<two lines[A\xEF\xBF\xBD> x ");
    mt_decoder_fini(&s.d);
}

static void a_paste_without_an_end(void **state) {
    (void)state;
    struct script s = {.out = ""};
    mt_decoder_init(&s.d);
    event(&s, DECODE_PASTE_START);
    bytes(&s, "lost");
    event(&s, DECODE_DRAINED);
    bytes(&s, "\x1B");
    event(&s, DECODE_DRAINED);
    bytes(&s, "a");
    assert_string_equal(s.out, "<lost> a ");
    mt_decoder_fini(&s.d);
}

static void a_megabyte_is_cut(void **state) {
    (void)state;
    for (int shift = 0; shift < 3; shift++) {
        struct script s = {.out = ""};
        struct mt_key key = {.code = MT_KEY_NONE};
        mt_decoder_init(&s.d);
        event(&s, DECODE_PASTE_START);
        for (int i = 0; i < shift; i++)
            event(&s, 'a');
        for (int i = 0; i < 1000000; i++)
            assert_false(mt_decode(&s.d, (unsigned char)"阿"[i % 3], &key));
        assert_true(mt_decode(&s.d, DECODE_PASTE_END, &key));
        assert_true(key.truncated);
        assert_in_range(key.paste.n, MT_PASTE_MAX - 3, MT_PASTE_MAX);
        assert_int_equal(key.paste.n % 3, (size_t)shift % 3);
        assert_null(strstr(key.paste.p, "\xEF\xBF\xBD"));
        mt_decoder_fini(&s.d);
    }
}

static void anything_goes_in(void **state) {
    (void)state;
    struct script s = {.out = ""};
    uint32_t seed = 12345;
    mt_decoder_init(&s.d);
    for (int i = 0; i < 200000; i++) {
        seed = seed * 1664525u + 1013904223u;
        int what = (int)(seed >> 16) % 300;
        struct mt_key key;
        if (what > DECODE_KEY + (int)MT_KEY_PASTE || what == DECODE_KEY + (int)MT_KEY_CHAR || what == DECODE_KEY)
            what = 27;
        do {
            if (mt_decode(&s.d, what, &key)) {
                assert_true(key.code > MT_KEY_NONE && key.code <= MT_KEY_PASTE);
                assert_true(key.code != MT_KEY_CHAR || (unsigned char)key.text[0] >= ' ');
            }
            what = s.d.again;
        } while (what >= 0);
    }
    mt_decoder_fini(&s.d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_and_controls),
        cmocka_unit_test(invalid_utf8_vanishes_alone),
        cmocka_unit_test(escape_alone_and_alt_digits),
        cmocka_unit_test(unknown_sequences_type_nothing),
        cmocka_unit_test(a_character_in_two_packets),
        cmocka_unit_test(a_paste_is_one_key),
        cmocka_unit_test(a_paste_without_an_end),
        cmocka_unit_test(a_megabyte_is_cut),
        cmocka_unit_test(anything_goes_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
