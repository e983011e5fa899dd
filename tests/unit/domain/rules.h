/* A body that meets the rules, one thing changed, and the one error that must come of it. */
#ifndef MEDTERM_TESTS_DOMAIN_RULES_H
#define MEDTERM_TESTS_DOMAIN_RULES_H

#include "check.h"

#include <medterm/domain/operation.h>

static inline struct mt_id id_of(const char *text) {
    struct mt_id out = {""};
    assert_true(snprintf(out.s, sizeof out.s, "%s", text) < MT_ID_TEXT);
    return out;
}

static inline void assert_good(const struct mt_op *op) {
    struct mt_field_errors errors = {.count = 0};
    if (mt_op_validate(op, &errors) != MT_OK)
        fail_msg("%s: %s %s", mt_op_kind_name(op->kind), errors.at[0].field, errors.at[0].message);
    assert_int_equal(errors.count, 0);
}

static inline void assert_bad(const struct mt_op *op, const char *field) {
    struct mt_field_errors errors = {.count = 0};
    assert_int_equal(mt_op_validate(op, &errors), MT_INVALID);
    if (errors.count != 1 || strcmp(errors.at[0].field, field) != 0)
        fail_msg("%zu errors, the first at %s instead of %s", errors.count, errors.at[0].field, field);
}

/* A text of n letters. */
#define LONG_TEXT_MAX 1100
static inline const char *long_text(char out[LONG_TEXT_MAX], size_t n) {
    assert_true(n < LONG_TEXT_MAX);
    memset(out, 'a', n);
    out[n] = '\0';
    return out;
}

#endif
