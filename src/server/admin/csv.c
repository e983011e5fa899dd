/* A record is read line by line; a quote that is still open at the end of a line asks for the next one. Fields are unquoted into
 * one buffer and kept as offsets until the record is complete, because the buffer may move while it grows. */
#include "csv.h"

#include <string.h>

void csv_init(struct csv *c, struct source *source) {
    *c = (struct csv){.source = source};
    mt_buf_init(&c->record, SOURCE_LINE_MAX);
}

void csv_fini(struct csv *c) {
    mt_buf_fini(&c->record);
}

enum mode { PLAIN, QUOTED, BEHIND_QUOTE };

struct reading {
    enum mode mode;
    size_t starts[CSV_FIELDS_MAX], field_start; /* offsets into the record */
    size_t count;
    const char *why;
};

static void end_field(struct csv *c, struct reading *r) {
    if (r->count == CSV_FIELDS_MAX) {
        r->why = "it has too many fields";
        return;
    }
    r->starts[r->count++] = r->field_start;
    mt_buf_char(&c->record, '\0'); /* keeps neighbours apart */
    r->field_start = c->record.n;
}

static void take(struct csv *c, struct reading *r, char byte) {
    switch (r->mode) {
    case PLAIN:
        if (byte == ',')
            end_field(c, r);
        else if (byte == '"' && c->record.n == r->field_start)
            r->mode = QUOTED;
        else if (byte == '"')
            r->why = "a quote stands inside a field that does not begin with one";
        else
            mt_buf_char(&c->record, byte);
        return;
    case QUOTED:
        if (byte == '"')
            r->mode = BEHIND_QUOTE;
        else
            mt_buf_char(&c->record, byte);
        return;
    case BEHIND_QUOTE:
        if (byte == '"') {
            mt_buf_char(&c->record, '"');
            r->mode = QUOTED;
        } else if (byte == ',') {
            r->mode = PLAIN;
            end_field(c, r);
        } else {
            r->why = "text follows a closing quote";
        }
        return;
    }
}

static void finish(struct csv *c, struct reading *r) {
    end_field(c, r);
    if (mt_buf_rc(&c->record) != MT_OK)
        r->why = "it is too long";
    c->count = r->count;
    for (size_t i = 0; i < r->count; i++) {
        size_t end = (i + 1 < r->count ? r->starts[i + 1] : r->field_start) - 1;
        c->fields[i] = r->why ? (struct mt_sv){0} : mt_sv_n(c->record.p + r->starts[i], end - r->starts[i]);
    }
}

enum mt_rc csv_next(struct csv *c, struct mt_err *err) {
    struct reading r = {.mode = PLAIN};
    struct mt_sv text;
    mt_buf_clear(&c->record);
    c->count = 0;
    enum mt_rc rc;
    do
        rc = source_line(c->source, &text, err);
    while (rc == MT_OK && !text.n);
    c->line = c->source->number;
    while (rc == MT_OK) {
        if (memchr(text.p ? text.p : "", '\0', text.n))
            r.why = "it holds a NUL byte";
        for (size_t i = 0; i < text.n && !r.why; i++)
            take(c, &r, text.p[i]);
        if (r.why || r.mode != QUOTED)
            break;
        mt_buf_char(&c->record, '\n');
        rc = source_line(c->source, &text, err);
        if (rc == MT_NOTFOUND || c->record.n >= SOURCE_LINE_MAX) {
            r.why = "a quote is never closed";
            rc = MT_OK;
            break;
        }
    }
    if (rc == MT_LIMIT) {
        r.why = "it is too long";
        rc = MT_OK;
    }
    if (rc != MT_OK)
        return rc;
    finish(c, &r);
    c->why = r.why;
    return r.why ? MT_INVALID : MT_OK;
}
