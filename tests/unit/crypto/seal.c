#include "test.h"

#include <medterm/crypto/crypto.h>

#include <string.h>

static int setup(void **state) {
    (void)state;
    return mt_crypto_init() == MT_OK ? 0 : -1;
}

static const unsigned char key[MT_SEAL_KEY_BYTES] = {1, 2, 3};

static const char *sealed(struct mt_buf *b, const char *plain) {
    mt_buf_init(b, 1000);
    assert_int_equal(mt_seal(key, mt_sv(plain), b), MT_OK);
    return mt_buf_text(b);
}

static void what_was_sealed_opens(void **state) {
    (void)state;
    static const char *const plains[] = {"", "1", "changes.s1.123", "v1~a:b,c;d/e@f!g*(h)", "...", "a.b."};
    for (size_t i = 0; i < sizeof plains / sizeof plains[0]; i++) {
        struct mt_buf b;
        const char *text = sealed(&b, plains[i]);
        struct mt_sv plain;
        assert_int_equal(mt_unseal(key, mt_sv(text), &plain), MT_OK);
        assert_true(mt_sv_is(plain, plains[i]));
        assert_ptr_equal(plain.p, text);
        assert_int_equal(strlen(text), strlen(plains[i]) + 44);
        assert_int_equal(strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:,;/@!*()"), strlen(text));
        mt_buf_fini(&b);
    }
}

static void every_changed_bit_is_noticed(void **state) {
    (void)state;
    struct mt_buf b;
    char text[200];
    assert_int_equal(mt_sv_copy(mt_sv(sealed(&b, "changes.s1.123")), text, sizeof text), MT_OK);
    size_t n = b.n;
    for (size_t i = 0; i < n; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            text[i] = (char)((unsigned char)text[i] ^ (1u << bit));
            struct mt_sv plain = MT_SV("x");
            assert_int_equal(mt_unseal(key, mt_sv_n(text, n), &plain), MT_DENIED);
            assert_int_equal(plain.n, 0);
            text[i] = (char)((unsigned char)text[i] ^ (1u << bit));
        }
    struct mt_sv plain;
    assert_int_equal(mt_unseal(key, mt_sv_n(text, n), &plain), MT_OK);
    mt_buf_fini(&b);
}

static void cut_or_stretched_seals_do_not_open(void **state) {
    (void)state;
    struct mt_buf b;
    const char *text = sealed(&b, "changes.s1.123");
    struct mt_sv plain;
    for (size_t n = 0; n < b.n; n++)
        assert_int_equal(mt_unseal(key, mt_sv_n(text, n), &plain), MT_DENIED);
    for (size_t n = 1; n < b.n; n++)
        assert_int_equal(mt_unseal(key, mt_sv_n(text + n, b.n - n), &plain), MT_DENIED);
    mt_buf_char(&b, '=');
    assert_int_equal(mt_unseal(key, mt_buf_view(&b), &plain), MT_DENIED);
    assert_int_equal(mt_unseal(key, mt_sv(NULL), &plain), MT_DENIED);
    mt_buf_fini(&b);
}

static void another_key_does_not_open(void **state) {
    (void)state;
    struct mt_buf b;
    const char *text = sealed(&b, "changes.s1.123");
    for (size_t i = 0; i < MT_SEAL_KEY_BYTES; i++) {
        unsigned char other[MT_SEAL_KEY_BYTES];
        memcpy(other, key, sizeof other);
        other[i] ^= 0x80;
        struct mt_sv plain;
        assert_int_equal(mt_unseal(other, mt_sv(text), &plain), MT_DENIED);
    }
    mt_buf_fini(&b);
}

static void what_does_not_fit_a_url_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"a b", "a&b", "a=b", "a+b", "a%20", "a#b", "é", "a\n", "a\"", "a\\", "<", "\x7F"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct mt_buf b;
        mt_buf_init(&b, 1000);
        assert_int_equal(mt_seal(key, mt_sv(bad[i]), &b), MT_INVALID);
        assert_int_equal(b.n, 0);
        mt_buf_fini(&b);
    }
    struct mt_buf b;
    mt_buf_init(&b, 1000);
    assert_int_equal(mt_seal(key, MT_SV("a\0b"), &b), MT_INVALID);
    mt_buf_fini(&b);
    mt_buf_init(&b, 20);
    assert_int_equal(mt_seal(key, MT_SV("plain"), &b), MT_LIMIT);
    mt_buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sealed_opens),
        cmocka_unit_test(every_changed_bit_is_noticed),
        cmocka_unit_test(cut_or_stretched_seals_do_not_open),
        cmocka_unit_test(another_key_does_not_open),
        cmocka_unit_test(what_does_not_fit_a_url_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
