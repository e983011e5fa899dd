/* The rules a live database is proved by. */
#ifndef MEDTERM_SERVICE_CHECK_H
#define MEDTERM_SERVICE_CHECK_H

#include <stddef.h>

/* sql: one text column, one row a violation. */
struct check_rule {
    const char *invariant; /* as the design numbers it */
    const char *sql;
};
const struct check_rule *check_rules(size_t *count);

#endif
