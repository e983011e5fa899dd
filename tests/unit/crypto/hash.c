#include "test.h"

#include <medterm/crypto/crypto.h>

#include <uuid5.h>

#include <stdlib.h>
#include <string.h>

static int setup(void **state) {
    (void)state;
    return mt_crypto_init() == MT_OK ? 0 : -1;
}

static void sha256_of_the_standards_examples(void **state) {
    (void)state;
    char hex[MT_HASH_TEXT];
    mt_hash_hex(MT_SV("abc"), hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    mt_hash_hex(mt_sv(NULL), hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    mt_hash_hex(MT_SV("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void the_hash_takes_every_byte(void **state) {
    (void)state;
    char a[MT_HASH_TEXT], b[MT_HASH_TEXT];
    mt_hash_hex(MT_SV("a\0b"), a);
    mt_hash_hex(MT_SV("a\0c"), b);
    assert_string_not_equal(a, b);
}

/* RFC 4231 section 4: short keys, and one longer than a block. */
static void hmac_of_the_rfcs_examples(void **state) {
    char long_key[131], hex[MT_HASH_TEXT];
    (void)state;
    mt_hmac_hex(MT_SV("Jefe"), MT_SV("what do ya want for nothing?"), hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(long_key, 0xaa, sizeof long_key);
    mt_hmac_hex(mt_sv_n(long_key, sizeof long_key), MT_SV("Test Using Larger Than Block-Size Key - Hash Key First"), hex);
    assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void secrets_are_equal_or_not(void **state) {
    (void)state;
    assert_true(mt_secret_eq(MT_SV("secret"), MT_SV("secret")));
    assert_true(mt_secret_eq(mt_sv(NULL), MT_SV("")));
    assert_false(mt_secret_eq(MT_SV("secret"), MT_SV("secreT")));
    assert_false(mt_secret_eq(MT_SV("Secret"), MT_SV("secret")));
    assert_false(mt_secret_eq(MT_SV("secret"), MT_SV("secre")));
    assert_false(mt_secret_eq(MT_SV(""), MT_SV("s")));
}

static void version_5_of_the_rfcs_example(void **state) {
    (void)state;
    /* RFC 9562, appendix A.4: the DNS namespace and www.example.com. */
    static const unsigned char dns[16] = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
                                          0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
    struct mt_id id;
    assert_int_equal(mt_uuid5(dns, MT_SV("www.example.com"), &id), MT_OK);
    assert_string_equal(id.s, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

/* Names whose padding falls just before, on and behind the edge of a block; the values are those of Python's uuid.uuid5. */
static void version_5_across_block_edges(void **state) {
    (void)state;
    static const unsigned char zero[16] = {0};
    const struct {
        size_t bytes;
        const char *id;
    } known[] = {
        {0, "e129f27c-5103-5c5c-844b-cdf0a15e160d"},   {1, "35b65f33-a679-5e76-af3c-273ea349ede4"},
        {38, "1754987c-224f-50cd-96fb-5df1dc37b0c7"},  {39, "dc686a18-7bf4-5967-b173-266ea970f49a"},
        {40, "9bf8dbd7-9ff0-5bbf-af07-1b279168fbfa"},  {47, "53aa9004-1128-50bc-b15a-e5273c178998"},
        {48, "367210b0-e8c5-59db-8dc7-fa4c699b9f4d"},  {49, "4fe661a1-c898-5d2b-bb89-32f4ba690501"},
        {103, "341b378e-0687-5cbe-a54f-50c3b0b857c6"}, {104, "d0c8b2b4-fc24-5988-aa4d-a9c2b21e4095"},
        {112, "bc4b2486-e3c2-5527-93de-2daee54d0cf2"}, {200, "72b414da-4150-5cce-8c27-c0e5432327bf"},
    };
    char name[200];
    memset(name, 'a', sizeof name);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct mt_id id;
        assert_int_equal(mt_uuid5(zero, mt_sv_n(name, known[i].bytes), &id), MT_OK);
        assert_string_equal(id.s, known[i].id);
    }
}

static void the_same_cause_the_same_id(void **state) {
    (void)state;
    struct mt_id a, b, c;
    assert_int_equal(mt_id_from_cause(MT_SV("void:01890000-0000-7000-8000-000000000000"), &a), MT_OK);
    assert_int_equal(mt_id_from_cause(MT_SV("void:01890000-0000-7000-8000-000000000000"), &b), MT_OK);
    assert_int_equal(mt_id_from_cause(MT_SV("void:01890000-0000-7000-8000-000000000001"), &c), MT_OK);
    assert_true(mt_id_eq(&a, &b));
    assert_false(mt_id_eq(&a, &c));
    assert_int_equal(a.s[14], '5');
    struct mt_id parsed;
    assert_int_equal(mt_id_parse_uuid(mt_sv(a.s), &parsed), MT_OK);
    /* Written down once: a changed namespace would rename what is already stored. */
    assert_int_equal(mt_id_from_cause(MT_SV("medterm"), &a), MT_OK);
    assert_string_equal(a.s, "97760384-6bd1-58a2-8880-e7d10be0ade7");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_the_standards_examples), cmocka_unit_test(the_hash_takes_every_byte),
        cmocka_unit_test(hmac_of_the_rfcs_examples),        cmocka_unit_test(secrets_are_equal_or_not),
        cmocka_unit_test(version_5_of_the_rfcs_example),    cmocka_unit_test(version_5_across_block_edges),
        cmocka_unit_test(the_same_cause_the_same_id),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
