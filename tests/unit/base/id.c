#include "test.h"

#include <medterm/base/id.h>

#include <stdlib.h>
#include <string.h>

static mt_time now;
static uint32_t seed;
static int fixed_random; /* -1: pseudo-random; else every byte */

static mt_time fake_wall(void *ctx) {
    (void)ctx;
    return now;
}

static int64_t fake_mono(void *ctx) {
    (void)ctx;
    return 0;
}

static void fake_fill(void *ctx, void *bytes, size_t n) {
    (void)ctx;
    unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        p[i] = fixed_random < 0 ? (unsigned char)(seed >> 24) : (unsigned char)fixed_random;
    }
}

static struct mt_id_source source(mt_time start, int random) {
    now = start;
    seed = 1;
    fixed_random = random;
    struct mt_id_source s;
    mt_id_source_init(&s, (struct mt_clock){NULL, fake_wall, fake_mono}, (struct mt_random){NULL, fake_fill});
    return s;
}

static void the_layout_is_version_7(void **state) {
    (void)state;
    struct mt_id_source s = source(0x017F22E279B0, -1); /* the moment of RFC 9562, appendix A.6 */
    struct mt_id id = mt_id_new(&s);
    assert_int_equal(strlen(id.s), 36);
    assert_memory_equal(id.s, "017f22e2-79b0-7", 15);
    assert_non_null(strchr("89ab", id.s[19]));
    struct mt_id back;
    assert_int_equal(mt_id_parse_uuid(mt_sv(id.s), &back), MT_OK);
    assert_true(mt_id_eq(&id, &back));
}

static void ids_rise_whatever_the_clock_does(void **state) {
    (void)state;
    struct mt_id_source s = source(1700000000000, -1);
    struct mt_id last = mt_id_new(&s);
    const int64_t ten_years = 10LL * 365 * 86400000;
    for (int i = 0; i < 20000; i++) {
        if (i % 100 == 3)
            now += 1;
        if (i == 5000)
            now -= ten_years;
        if (i == 9000)
            now -= 1;
        if (i == 12000)
            now += 2 * ten_years;
        if (i == 15000)
            now = -5;
        struct mt_id next = mt_id_new(&s);
        assert_true(strcmp(last.s, next.s) < 0);
        last = next;
    }
}

static void a_used_up_counter_borrows_the_next_millisecond(void **state) {
    (void)state;
    struct mt_id_source s = source(1000, -1);
    struct mt_id last = mt_id_new(&s);
    s.counter = UINT32_MAX - 2;
    for (int i = 0; i < 6; i++) {
        struct mt_id next = mt_id_new(&s);
        assert_true(strcmp(last.s, next.s) < 0);
        last = next;
    }
    assert_true(s.last == 1001);
}

static void all_counter_bits_show_in_order(void **state) {
    (void)state;
    struct mt_id_source s = source(1000, 0);
    struct mt_id last = mt_id_new(&s);
    for (unsigned bit = 0; bit < 32; bit++) {
        uint32_t value = (uint32_t)1 << bit;
        if (value - 1 > s.counter)
            s.counter = value - 1;
        struct mt_id next = mt_id_new(&s);
        assert_true(strcmp(last.s, next.s) < 0);
        last = next;
    }
}

static void extremes_of_the_clock(void **state) {
    (void)state;
    struct mt_id_source s = source(INT64_MIN, 0);
    assert_memory_equal(mt_id_new(&s).s, "00000000-0000-7", 15);
    now = INT64_MAX;
    assert_memory_equal(mt_id_new(&s).s, "ffffffff-ffff-7", 15);
}

static void two_generators_differ(void **state) {
    (void)state;
    struct mt_clock clock = {NULL, fake_wall, fake_mono};
    now = 5;
    struct mt_id_source a, b;
    mt_id_source_init(&a, clock, mt_random_system());
    mt_id_source_init(&b, clock, mt_random_system());
    struct mt_id x = mt_id_new(&a), y = mt_id_new(&b);
    assert_false(mt_id_eq(&x, &y));
}

static void uuid_texts(void **state) {
    (void)state;
    struct mt_id id;
    assert_int_equal(mt_id_parse_uuid(MT_SV("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"), &id), MT_OK);
    assert_string_equal(id.s, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    static const char *const bad[] = {
        "",
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        "017f22e279b07cc398c4dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
        "017f22e2-79b0-7cc3-98c4_dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
        "017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        id.s[0] = 'x';
        assert_int_equal(mt_id_parse_uuid(mt_sv(bad[i]), &id), MT_INVALID);
        assert_false(mt_id_is(&id));
    }
}

static void other_ids(void **state) {
    (void)state;
    struct mt_id id;
    assert_int_equal(mt_id_parse(MT_SV("A03"), &id), MT_OK);
    assert_string_equal(id.s, "A03");
    assert_true(mt_id_is(&id));
    assert_int_equal(mt_id_parse(MT_SV("!~"), &id), MT_OK);
    assert_int_equal(mt_id_parse(MT_SV("123456789012345678901234567890123456"), &id), MT_OK);
    static const char *const bad[] = {"", "1234567890123456789012345678901234567", "a b", "a\n", "\x7F", "é", "\x1B[m"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(mt_id_parse(mt_sv(bad[i]), &id), MT_INVALID);
        assert_false(mt_id_is(&id));
    }
    assert_int_equal(mt_id_parse(MT_SV("a\0b"), &id), MT_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_layout_is_version_7),
        cmocka_unit_test(ids_rise_whatever_the_clock_does),
        cmocka_unit_test(a_used_up_counter_borrows_the_next_millisecond),
        cmocka_unit_test(all_counter_bits_show_in_order),
        cmocka_unit_test(extremes_of_the_clock),
        cmocka_unit_test(two_generators_differ),
        cmocka_unit_test(uuid_texts),
        cmocka_unit_test(other_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
