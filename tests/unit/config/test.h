/* cmocka and what it wants included before it. */
#ifndef MEDTERM_TEST_CONFIG_H
#define MEDTERM_TEST_CONFIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
