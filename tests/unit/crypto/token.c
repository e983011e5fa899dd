#include "test.h"

#include <medterm/crypto/crypto.h>

#include <stdlib.h>
#include <string.h>

static int setup(void **state) {
    (void)state;
    return mt_crypto_init() == MT_OK ? 0 : -1;
}

static void count_up(void *ctx, void *bytes, size_t n) {
    unsigned char *next = ctx;
    unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        p[i] = (*next)++;
}

static void a_token_shows_all_its_bytes(void **state) {
    (void)state;
    unsigned char next = 0xF0;
    struct mt_random counting = {&next, count_up};
    char token[MT_TOKEN_TEXT];
    mt_token_new(&counting, token);
    assert_string_equal(token, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f");
}

static void tokens_differ(void **state) {
    (void)state;
    struct mt_random random = mt_random_system();
    char a[MT_TOKEN_TEXT], b[MT_TOKEN_TEXT];
    mt_token_new(&random, a);
    mt_token_new(&random, b);
    assert_int_equal(strlen(a), 64);
    assert_int_equal(strspn(a, "0123456789abcdef"), 64);
    assert_string_not_equal(a, b);
}

static void a_code_uses_the_whole_alphabet_and_nothing_else(void **state) {
    (void)state;
    unsigned char next = 0;
    struct mt_random counting = {&next, count_up};
    char a[MT_ENROL_CODE_TEXT], b[MT_ENROL_CODE_TEXT], c[MT_ENROL_CODE_TEXT];
    mt_enrol_code_new(&counting, a);
    mt_enrol_code_new(&counting, b);
    mt_enrol_code_new(&counting, c);
    assert_string_equal(a, "0123-4567-89AB");
    assert_string_equal(b, "CDEF-GHJK-MNPQ");
    assert_string_equal(c, "RSTV-WXYZ-0123");
}

static void a_code_as_typed_is_the_code(void **state) {
    (void)state;
    struct mt_random random = mt_random_system();
    for (int i = 0; i < 200; i++) {
        char code[MT_ENROL_CODE_TEXT], back[MT_ENROL_CODE_TEXT];
        mt_enrol_code_new(&random, code);
        assert_int_equal(mt_enrol_code_normalise(mt_sv(code), back), MT_OK);
        assert_string_equal(back, code);
    }
    const struct {
        const char *typed, *code;
    } same[] = {
        {"abcd-efgh-jkmn", "ABCD-EFGH-JKMN"},
        {"abcdefghjkmn", "ABCD-EFGH-JKMN"},
        {" ab cd  efgh-jk-mn\t", "ABCD-EFGH-JKMN"},
        {"oOiI-lL01-vwxz", "0011-1101-VWXZ"},
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        char back[MT_ENROL_CODE_TEXT];
        assert_int_equal(mt_enrol_code_normalise(mt_sv(same[i].typed), back), MT_OK);
        assert_string_equal(back, same[i].code);
    }
}

static void what_is_no_code(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "ABCD-EFGH-JKM",
                                      "ABCD-EFGH-JKMNP",
                                      "ABCD-EFGH-JKMU",
                                      "ABCD-EFGH-JKM!",
                                      "ABCD_EFGH_JKMN",
                                      "ABCD-EFGH-JKM\n",
                                      "ÄBCD-EFGH-JKMN",
                                      "---- ----"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char out[MT_ENROL_CODE_TEXT] = "x";
        assert_int_equal(mt_enrol_code_normalise(mt_sv(bad[i]), out), MT_INVALID);
        assert_string_equal(out, "");
    }
    char out[MT_ENROL_CODE_TEXT];
    assert_int_equal(mt_enrol_code_normalise(MT_SV("ABCD-EFGH-JKM\0"), out), MT_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_shows_all_its_bytes),
        cmocka_unit_test(tokens_differ),
        cmocka_unit_test(a_code_uses_the_whole_alphabet_and_nothing_else),
        cmocka_unit_test(a_code_as_typed_is_the_code),
        cmocka_unit_test(what_is_no_code),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
