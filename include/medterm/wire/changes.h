/* A page of GET /v1/changes. */
#ifndef MEDTERM_WIRE_CHANGES_H
#define MEDTERM_WIRE_CHANGES_H

#include <medterm/wire/order.h>

/* Printing: begin, each change, end. */
void mt_changes_begin(struct mt_buf *out, const char *epoch);
void mt_changes_add(struct mt_buf *out, const struct mt_change *c);
void mt_changes_end(struct mt_buf *out, const char *cursor, bool more);

struct mt_changes_page {
    char epoch[MT_ID_TEXT];
    const char *cursor; /* borrowed from the arena */
    bool more;
    struct mt_change *changes;
    size_t count;
};
MT_MUST enum mt_rc mt_changes_parse(struct mt_sv json, struct mt_arena *arena, struct mt_changes_page *out, struct mt_err *err);

#endif
