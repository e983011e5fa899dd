/* What both readers share, and the one transaction that applies what they read. */
#include "source.h"

#include <medterm/base/utf8.h>

#include <stdarg.h>
#include <stdlib.h>

enum { IMPORT_ARENA_MAX = 512 << 20, ROWS_FIRST = 256 };

void mt_import_init(struct mt_import *in, void (*say)(void *ctx, const char *line), void *ctx) {
    *in = (struct mt_import){.say = say, .ctx = ctx};
    mt_arena_init(&in->arena, IMPORT_ARENA_MAX);
}

void mt_import_fini(struct mt_import *in) {
    mt_arena_fini(&in->arena);
    free(in->rows);
    *in = (struct mt_import){0};
}

enum mt_rc mt_import_format_parse(struct mt_sv name, enum mt_import_format *out) {
    *out = mt_sv_is(name, "bdpm") ? MT_IMPORT_BDPM : MT_IMPORT_CSV;
    return mt_sv_is(name, "bdpm") || mt_sv_is(name, "csv") ? MT_OK : MT_INVALID;
}

enum mt_import_format mt_import_format_guess(const char *path) {
    return mt_sv_starts(mt_sv(source_name(path)), MT_SV("CIS_")) ? MT_IMPORT_BDPM : MT_IMPORT_CSV;
}

enum mt_rc mt_import_date(struct mt_sv text, struct mt_date today, struct mt_date *out) {
    int64_t days;
    if (!mt_sv_starts(text, MT_SV("+")) && !mt_sv_starts(text, MT_SV("-")))
        return mt_date_parse(text, out);
    if (text.n < 3 || text.p[text.n - 1] != 'd')
        return MT_INVALID;
    struct mt_sv number = mt_sv_n(text.p + 1, text.n - 2);
    if (number.p[0] < '0' || number.p[0] > '9' || mt_sv_int(number, &days) != MT_OK || days > 36500)
        return MT_INVALID;
    out->day = today.day + (int32_t)(text.p[0] == '-' ? -days : days);
    return MT_OK;
}

void import_reject(struct mt_import *in, const char *file, int64_t line, const char *format, ...) {
    struct mt_buf raw, clean;
    va_list args;
    mt_buf_init(&raw, 1024);
    mt_buf_init(&clean, 2048);
    mt_buf_fmt(&raw, "%s:%lld: rejected: ", file, (long long)line);
    va_start(args, format);
    mt_buf_vfmt(&raw, format, args);
    va_end(args);
    mt_utf8_clean(&clean, mt_buf_view(&raw));
    in->rejected++;
    if (in->say)
        in->say(in->ctx, mt_buf_text(&clean));
    mt_buf_fini(&raw);
    mt_buf_fini(&clean);
}

struct mt_import_row *import_row(struct mt_import *in, const char *file, int64_t line) {
    if (in->count == in->room) {
        size_t room = in->room ? in->room * 2 : ROWS_FIRST;
        struct mt_import_row *rows = realloc(in->rows, room * sizeof *rows);
        if (!rows)
            return NULL;
        in->rows = rows;
        in->room = room;
    }
    struct mt_import_row *row = &in->rows[in->count++];
    *row = (struct mt_import_row){.lot_no = "", .expires_on = MT_NO_DATE, .line = line, .file = file};
    return row;
}

const char *import_text(struct mt_import *in, struct mt_sv raw, size_t max) {
    struct mt_buf clean;
    mt_buf_init(&clean, max);
    mt_utf8_clean(&clean, mt_sv_trim(raw));
    const char *text = mt_buf_rc(&clean) == MT_OK ? mt_arena_sv(&in->arena, mt_sv_trim(mt_buf_view(&clean))) : NULL;
    mt_buf_fini(&clean);
    return text;
}

static enum mt_rc apply_row(struct mt_session *x, const struct mt_id *store, const struct mt_import_row *row,
                            struct mt_import_result *out, struct mt_err *err) {
    bool changed = false;
    int64_t on_hand;
    enum mt_rc rc = mt_admin_import_drug(x, &row->drug, &changed, err);
    if (rc == MT_OK && store && row->lot_no[0]) {
        rc = mt_admin_stock_receive(x, store, mt_sv(row->drug.code), row->lot_no, row->expires_on, row->quantity, &on_hand, err);
        out->lots += rc == MT_OK;
    }
    if (rc != MT_OK)
        return rc;
    out->imported++;
    out->changed += changed;
    out->unpriced += !row->drug.has_price;
    return MT_OK;
}

enum mt_rc mt_import_apply(struct mt_import *in, struct mt_session *x, const struct mt_id *store, struct mt_import_result *out,
                           struct mt_err *err) {
    *out = (struct mt_import_result){0};
    enum mt_rc rc = mt_admin_import_begin(x, err);
    if (rc != MT_OK)
        return rc;
    for (size_t i = 0; rc == MT_OK && i < in->count; i++)
        rc = apply_row(x, store, &in->rows[i], out, err);
    struct mt_err ending;
    enum mt_rc end = mt_admin_import_end(x, rc == MT_OK, rc == MT_OK ? err : &ending);
    return rc == MT_OK ? end : rc;
}
