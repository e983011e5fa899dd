/* Paths and query strings: cut, percent-decoded (RFC 3986 section 2.1), valid UTF-8 or refused. Private to the routes. */
#ifndef MEDTERM_SERVER_ROUTES_QUERY_H
#define MEDTERM_SERVER_ROUTES_QUERY_H

#include <medterm/base/arena.h>
#include <medterm/wire/problem.h>

#define QUERY_MAX 12 /* parameters a route knows */

/* Decodes into the arena. MT_INVALID: a bad escape, a NUL or bad UTF-8; MT_NOMEM. plus_is_space: in queries. */
MT_MUST enum mt_rc percent_decode(struct mt_sv raw, bool plus_is_space, struct mt_arena *arena, struct mt_sv *out);

/* Reads raw into values[i], one for each names[i] (NULL ends the list; at most QUERY_MAX). A name not listed, or one given twice,
 * is a problem naming it, and so is one without a value, other than q and cursor. values are empty views when not given; given[i]
 * tells an empty value from an absent one. */
MT_MUST enum mt_rc query_read(struct mt_sv raw, const char *const *names, struct mt_arena *arena, struct mt_sv *values, bool *given,
                              struct mt_problem *problem);

/* Appends name=value, escaped, with '?' or '&' in front. */
void query_write(struct mt_buf *out, bool first, const char *name, struct mt_sv value);

#endif
