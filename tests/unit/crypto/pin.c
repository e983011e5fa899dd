#include "test.h"

#include <medterm/crypto/crypto.h>

#include <string.h>

static int setup(void **state) {
    (void)state;
    return mt_crypto_init() == MT_OK ? 0 : -1;
}

static void the_right_pin_and_no_other(void **state) {
    (void)state;
    char verifier[MT_PIN_VERIFIER_TEXT];
    assert_int_equal(mt_pin_verifier(MT_SV("2468"), MT_PIN_COST_LEAST, verifier), MT_OK);
    assert_true(mt_pin_check(MT_SV("2468"), verifier));
    static const char *const wrong[] = {"2469", "246", "24688", "", "8642", " 2468"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(mt_pin_check(mt_sv(wrong[i]), verifier));
}

static void the_verifier_is_salted_argon2id_and_holds_no_pin(void **state) {
    (void)state;
    char a[MT_PIN_VERIFIER_TEXT], b[MT_PIN_VERIFIER_TEXT];
    assert_int_equal(mt_pin_verifier(MT_SV("13572468"), MT_PIN_COST_LEAST, a), MT_OK);
    assert_int_equal(mt_pin_verifier(MT_SV("13572468"), MT_PIN_COST_LEAST, b), MT_OK);
    assert_memory_equal(a, "$argon2id$v=19$", 15);
    assert_string_not_equal(a, b);
    assert_null(strstr(a, "13572468"));
    assert_null(strchr(a, '\n'));
}

static void the_normal_cost_is_what_it_says(void **state) {
    (void)state;
    char verifier[MT_PIN_VERIFIER_TEXT];
    assert_int_equal(mt_pin_verifier(MT_SV("1234"), MT_PIN_COST_NORMAL, verifier), MT_OK);
    assert_non_null(strstr(verifier, "$m=32768,t=2,p=1$"));
    assert_true(mt_pin_check(MT_SV("1234"), verifier));
    assert_false(mt_pin_check(MT_SV("1235"), verifier));
}

static void no_pin_and_endless_pins_are_refused(void **state) {
    (void)state;
    char verifier[MT_PIN_VERIFIER_TEXT] = "x";
    assert_int_equal(mt_pin_verifier(MT_SV(""), MT_PIN_COST_LEAST, verifier), MT_INVALID);
    assert_string_equal(verifier, "");
    char endless[200];
    memset(endless, '1', sizeof endless);
    assert_int_equal(mt_pin_verifier(mt_sv_n(endless, sizeof endless), MT_PIN_COST_LEAST, verifier), MT_INVALID);
}

static void a_broken_verifier_opens_to_nothing(void **state) {
    (void)state;
    char verifier[MT_PIN_VERIFIER_TEXT], broken[MT_PIN_VERIFIER_TEXT];
    assert_int_equal(mt_pin_verifier(MT_SV("2468"), MT_PIN_COST_LEAST, verifier), MT_OK);
    assert_false(mt_pin_check(MT_SV("2468"), NULL));
    assert_false(mt_pin_check(MT_SV("2468"), ""));
    assert_false(mt_pin_check(MT_SV("2468"), "2468"));
    for (size_t n = strlen(verifier) - 1; n > 0; n -= n > 8 ? 8 : 1) {
        assert_int_equal(mt_sv_copy(mt_sv_n(verifier, n), broken, sizeof broken), MT_OK);
        assert_false(mt_pin_check(MT_SV("2468"), broken));
    }
    char endless[300];
    memset(endless, '$', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_false(mt_pin_check(MT_SV("2468"), endless));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_pin_and_no_other),         cmocka_unit_test(the_verifier_is_salted_argon2id_and_holds_no_pin),
        cmocka_unit_test(the_normal_cost_is_what_it_says),    cmocka_unit_test(no_pin_and_endless_pins_are_refused),
        cmocka_unit_test(a_broken_verifier_opens_to_nothing),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
