/* Catalogue files as lines, plain or gzipped (zlib reads both). Private to the import. */
#ifndef MEDTERM_SERVER_ADMIN_SOURCE_H
#define MEDTERM_SERVER_ADMIN_SOURCE_H

#include <medterm/admin/import.h>

#define SOURCE_LINE_MAX (64 << 10) /* bytes of one line */

struct source {
    void *gz;                /* owned */
    const char *path, *name; /* borrowed; name: without folders */
    struct mt_buf line;
    int64_t number; /* of the line last read, from 1 */
};
MT_MUST enum mt_rc source_open(struct source *s, const char *path, struct mt_err *err);
void source_close(struct source *s);
/* The next line with its line end cut off (LF, CRLF); a byte order mark of the file is cut too. MT_NOTFOUND at the end; MT_LIMIT
 * for a line that is too long (the next call goes on behind it); MT_IO. *text is borrowed until the next call. */
MT_MUST enum mt_rc source_line(struct source *s, struct mt_sv *text, struct mt_err *err);

const char *source_name(const char *path);
/* A refused row: counted, and said as "name:line: rejected: why". */
void import_reject(struct mt_import *in, const char *file, int64_t line, const char *format, ...) MT_PRINTF(4, 5);
/* Room for one more row; NULL: no memory. The row is zeroed and counts at once. */
struct mt_import_row *import_row(struct mt_import *in, const char *file, int64_t line);
/* One harmless line of text in the arena, trimmed; NULL: no memory or longer than max bytes. */
const char *import_text(struct mt_import *in, struct mt_sv raw, size_t max);

#endif
