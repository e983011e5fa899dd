#include "test.h"

#include <medterm/base/arena.h>

#include <stdbool.h>
#include <string.h>

static bool all_zero(const unsigned char *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

static void pieces_are_aligned_zeroed_and_apart(void **state) {
    (void)state;
    struct mt_arena a;
    mt_arena_init(&a, 1 << 22);
    unsigned char *pieces[300];
    for (size_t i = 0; i < 300; i++) {
        size_t size = i * 7 % 1000;
        pieces[i] = mt_arena_alloc(&a, size);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        assert_true(all_zero(pieces[i], size));
        memset(pieces[i], (int)(i % 251 + 1), size);
    }
    for (size_t i = 0; i < 300; i++)
        for (size_t k = 0; k < i * 7 % 1000; k++)
            assert_int_equal(pieces[i][k], i % 251 + 1);
    mt_arena_fini(&a);
}

static void a_large_piece_does_not_close_the_block_in_use(void **state) {
    (void)state;
    struct mt_arena a;
    mt_arena_init(&a, 1 << 22);
    char *first = mt_arena_alloc(&a, 16);
    assert_non_null(mt_arena_alloc(&a, 1 << 20));
    char *second = mt_arena_alloc(&a, 16);
    assert_ptr_equal(second, first + 16);
    mt_arena_fini(&a);
}

static void the_limit_holds_to_the_byte(void **state) {
    (void)state;
    const size_t unit = _Alignof(max_align_t);
    struct mt_arena a;
    mt_arena_init(&a, 4 * unit);
    assert_non_null(mt_arena_alloc(&a, 3 * unit));
    assert_null(mt_arena_alloc(&a, unit + 1));
    assert_non_null(mt_arena_alloc(&a, unit));
    assert_null(mt_arena_alloc(&a, 1));
    assert_null(mt_arena_alloc(&a, 0));
    assert_int_equal(a.used, 4 * unit);
    mt_arena_reset(&a);
    assert_non_null(mt_arena_alloc(&a, 4 * unit));
    mt_arena_fini(&a);
    mt_arena_init(&a, 0);
    assert_null(mt_arena_alloc(&a, 1));
    mt_arena_fini(&a);
}

static void overflow_gives_null(void **state) {
    (void)state;
    struct mt_arena a;
    mt_arena_init(&a, SIZE_MAX);
    assert_null(mt_arena_array(&a, SIZE_MAX / 2, 3));
    assert_null(mt_arena_alloc(&a, SIZE_MAX));
    assert_null(mt_arena_alloc(&a, SIZE_MAX - 40));
    assert_null(mt_arena_sv(&a, mt_sv_n("x", SIZE_MAX)));
    assert_non_null(mt_arena_array(&a, 0, 8));
    assert_non_null(mt_arena_array(&a, 8, 0));
    mt_arena_fini(&a);
}

static void reset_frees_and_zeroes_again(void **state) {
    (void)state;
    struct mt_arena a;
    mt_arena_init(&a, 1 << 20);
    mt_arena_reset(&a);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 20; i++) {
            unsigned char *p = mt_arena_alloc(&a, 5000);
            assert_non_null(p);
            assert_true(all_zero(p, 5000));
            memset(p, 0xAA, 5000);
        }
        mt_arena_reset(&a);
        assert_int_equal(a.used, 0);
    }
    mt_arena_fini(&a);
    assert_null(a.head);
    assert_non_null(mt_arena_alloc(&a, 1)); /* usable again */
    mt_arena_fini(&a);
}

static void texts_are_copied_with_their_end(void **state) {
    (void)state;
    struct mt_arena a;
    mt_arena_init(&a, 1 << 16);
    char source[] = "aspirin";
    char *copy = mt_arena_str(&a, source);
    source[0] = 'X';
    assert_string_equal(copy, "aspirin");
    assert_string_equal(mt_arena_sv(&a, mt_sv_n("abcdef", 3)), "abc");
    assert_string_equal(mt_arena_str(&a, NULL), "");
    assert_string_equal(mt_arena_fmt(&a, "%d of %s", 3, "x"), "3 of x");
    assert_string_equal(mt_arena_fmt(&a, "%s", ""), "");
    mt_arena_fini(&a);
    mt_arena_init(&a, 16);
    assert_null(mt_arena_fmt(&a, "%040d", 1));
    assert_null(mt_arena_str(&a, "a text of more than sixteen bytes"));
    mt_arena_fini(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_zeroed_and_apart), cmocka_unit_test(a_large_piece_does_not_close_the_block_in_use),
        cmocka_unit_test(the_limit_holds_to_the_byte),         cmocka_unit_test(overflow_gives_null),
        cmocka_unit_test(reset_frees_and_zeroes_again),        cmocka_unit_test(texts_are_copied_with_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
