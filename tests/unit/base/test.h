/* cmocka and what it wants included before it. */
#ifndef MEDTERM_TEST_BASE_H
#define MEDTERM_TEST_BASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
