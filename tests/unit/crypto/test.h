/* cmocka and what it wants included before it. */
#ifndef MEDTERM_TEST_CRYPTO_H
#define MEDTERM_TEST_CRYPTO_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
