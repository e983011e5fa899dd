/* What every test program here includes, in the order cmocka wants it. */
#ifndef MEDTERM_TESTS_DOMAIN_CHECK_H
#define MEDTERM_TESTS_DOMAIN_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <medterm/domain/money.h>

static inline struct mt_money yuan(int64_t minor) {
    struct mt_money m;
    assert_int_equal(mt_money_from_minor(minor, &m), MT_OK);
    return m;
}

#endif
