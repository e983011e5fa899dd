/* String views: borrowed bytes with a length, not NUL-terminated. Parsers take views; texts of the
 * domain are NUL-terminated `const char *` in an arena (NUL bytes are refused at the parser). */
#ifndef MEDTERM_BASE_SV_H
#define MEDTERM_BASE_SV_H

#include <medterm/base/err.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mt_sv {
    const char *p; /* borrowed; may be NULL when n is 0 */
    size_t n;      /* bytes */
};

#define MT_SV(literal) ((struct mt_sv){(literal), sizeof(literal) - 1})

struct mt_sv mt_sv(const char *text); /* NULL gives the empty view */
struct mt_sv mt_sv_n(const char *p, size_t n);
bool mt_sv_eq(struct mt_sv a, struct mt_sv b);
bool mt_sv_is(struct mt_sv a, const char *text);
bool mt_sv_starts(struct mt_sv a, struct mt_sv prefix);
struct mt_sv mt_sv_trim(struct mt_sv a); /* ASCII white space at both ends */
/* Cuts *rest at the first `by`: returns what stood before it, leaves *rest behind it (empty at the end). */
struct mt_sv mt_sv_cut(struct mt_sv *rest, char by);
/* A whole decimal number with optional '-', nothing around it. MT_INVALID, or MT_LIMIT beyond int64. */
MT_MUST enum mt_rc mt_sv_int(struct mt_sv a, int64_t *out);
/* Copies with NUL into to[size]; MT_LIMIT and an empty string when it does not fit or holds a NUL. */
MT_MUST enum mt_rc mt_sv_copy(struct mt_sv a, char *to, size_t size);

#endif
