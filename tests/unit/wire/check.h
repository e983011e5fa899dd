/* What every test program here includes, in the order cmocka wants it. */
#ifndef MEDTERM_TESTS_WIRE_CHECK_H
#define MEDTERM_TESTS_WIRE_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <medterm/base/arena.h>
#include <medterm/base/buf.h>
#include <medterm/domain/money.h>

#define ARENA_MAX (64u << 20)

static inline struct mt_money yuan(int64_t minor) {
    struct mt_money m;
    assert_int_equal(mt_money_from_minor(minor, &m), MT_OK);
    return m;
}

/* A copy of exactly n bytes on the heap, so that a read beyond them is seen by the address sanitizer. */
static inline char *exact(const char *bytes, size_t n) {
    char *copy = malloc(n > 0 ? n : 1);
    assert_non_null(copy);
    if (n > 0)
        memcpy(copy, bytes, n);
    return copy;
}

static inline void assert_sv(struct mt_sv got, const char *want) {
    if (!mt_sv_is(got, want))
        fail_msg("got  %.*s\nwant %s", (int)got.n, got.p, want);
}

#endif
