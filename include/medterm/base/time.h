/* Points in time and calendar dates. RFC 3339, always UTC with milliseconds on the wire. */
#ifndef MEDTERM_BASE_TIME_H
#define MEDTERM_BASE_TIME_H

#include <medterm/base/sv.h>

typedef int64_t mt_time; /* milliseconds since 1970-01-01T00:00:00Z; 0 means "not yet" */

struct mt_date {
    int32_t day; /* days since 1970-01-01; MT_NO_DATE.day means none */
};
#define MT_NO_DATE ((struct mt_date){INT32_MIN})

#define MT_TIME_TEXT 25 /* "2027-03-31T14:32:05.123Z" and NUL */
#define MT_DATE_TEXT 11 /* "2027-03-31" and NUL */

bool mt_date_is(struct mt_date d);    /* false for MT_NO_DATE */
struct mt_date mt_date_of(mt_time t); /* the UTC day */
struct mt_date mt_date_from_civil(int year, unsigned month, unsigned day);
void mt_date_to_civil(struct mt_date d, int *year, unsigned *month, unsigned *day);
void mt_date_format(struct mt_date d, char out[MT_DATE_TEXT]);            /* "" for none */
MT_MUST enum mt_rc mt_date_parse(struct mt_sv text, struct mt_date *out); /* YYYY-MM-DD, a day that exists */
void mt_time_format(mt_time t, char out[MT_TIME_TEXT]);
/* RFC 3339 with any fraction and offset; MT_INVALID otherwise. */
MT_MUST enum mt_rc mt_time_parse(struct mt_sv text, mt_time *out);

#endif
