/* CSV records (RFC 4180) from a source: quoted fields may hold commas, quotes ("") and line ends. Private to the import. */
#ifndef MEDTERM_SERVER_ADMIN_CSV_H
#define MEDTERM_SERVER_ADMIN_CSV_H

#include "source.h"

#define CSV_FIELDS_MAX 64

struct csv {
    struct source *source; /* borrowed */
    struct mt_buf record;  /* the fields' bytes, one behind the other */
    struct mt_sv fields[CSV_FIELDS_MAX];
    size_t count;
    int64_t line;    /* where the record began */
    const char *why; /* of MT_INVALID: words */
};
void csv_init(struct csv *c, struct source *source);
void csv_fini(struct csv *c);
/* The next record that is not an empty line. MT_NOTFOUND at the end; MT_INVALID with why: this record is bad, the next call goes on
 * behind it. */
MT_MUST enum mt_rc csv_next(struct csv *c, struct mt_err *err);

#endif
