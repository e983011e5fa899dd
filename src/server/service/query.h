/* What the query files share. */
#ifndef MEDTERM_SERVICE_QUERY_H
#define MEDTERM_SERVICE_QUERY_H

#include "core.h"

/* A snapshot for several reads; the scratch is emptied. */
MT_MUST enum mt_rc query_begin(struct mt_session *x, struct mt_problem *problem);
/* Ends it and passes rc on; a fault of the database gets its problem and log line. */
MT_MUST enum mt_rc query_end(struct mt_session *x, enum mt_rc rc, const struct mt_err *err, struct mt_problem *problem);
/* 400 for a value of the query string. */
enum mt_rc query_invalid(struct mt_problem *problem, const char *field, const char *message);

/* query_page.c: what lists share. */
/* Forgets the last cursor, and reads how many rows a page shows: 1 to 1000, 100 when not given. */
MT_MUST enum mt_rc query_page(struct mt_session *x, const char **next_cursor, struct mt_sv text, int64_t *limit,
                              struct mt_problem *problem);
/* 400 unless it is UTF-8 of at most 255 bytes. */
MT_MUST enum mt_rc query_text(struct mt_sv text, const char *field, struct mt_problem *problem);
/* A point in time, or a day: its start, or for an upper bound its end. */
MT_MUST enum mt_rc query_bound(struct mt_sv text, bool upper, const char *field, bool *has, mt_time *out,
                               struct mt_problem *problem);
/* What a cursor of the list named holds; empty for no cursor. Borrowed from the cursor. */
MT_MUST enum mt_rc query_cursor(struct mt_session *x, struct mt_sv cursor, const char *list, struct mt_sv *place,
                                struct mt_problem *problem);
void query_comma(struct mt_buf *out, size_t before); /* between elements */
/* Ends the array and the object, with the cursor of the next page: sealed from the list's name and place; list "": there is none.
 */
MT_MUST enum mt_rc query_list_end(struct mt_session *x, struct mt_buf *out, const char *list, const char *place);

#endif
