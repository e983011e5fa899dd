/* Looking up the names of X-macro tables; private to the domain. */
#ifndef MEDTERM_SRC_DOMAIN_NAMES_H
#define MEDTERM_SRC_DOMAIN_NAMES_H

#include <medterm/base/sv.h>

#define NAME_COUNT(names) (sizeof(names) / sizeof(names)[0])

/* "" for a value that is not of the enum, so that a printer never reads past the table. */
static inline const char *name_at(const char *const *names, size_t count, size_t at) {
    return at < count ? names[at] : "";
}

/* The index of a name, or count when there is none. */
static inline size_t name_find(const char *const *names, size_t count, struct mt_sv name) {
    size_t at = 0;
    while (at < count && !mt_sv_is(name, names[at]))
        at++;
    return at;
}

#endif
