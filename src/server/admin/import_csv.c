/* The catalogue CSV. The header says which field is which column; each column is one row of the table below with the function
 * that judges its text. A row is taken when every column likes it, otherwise it is refused with the first reason. */
#include "csv.h"

#include <medterm/base/utf8.h>
#include <medterm/domain/scan.h>
#include <medterm/domain/stock.h>

#include <string.h>

enum { TEXT_MAX = 255 * 4, LOT_MAX = 20, QUANTITY_MAX = 1000000, VAT_MAX = 10000 };

struct reading {
    struct mt_import *in;
    struct mt_import_row *row;
    struct mt_date today;
    const char *why; /* a refused field's reason */
};

static const char *keep_text(struct reading *r, struct mt_sv text, size_t max, const char *why) {
    const char *kept = import_text(r->in, text, max);
    if (!kept)
        r->why = why;
    return kept ? kept : "";
}

#define TEXT_COLUMN(field)                                                                                                         \
    static void take_##field(struct reading *r, struct mt_sv text) {                                                               \
        r->row->drug.field = keep_text(r, text, TEXT_MAX, #field " is too long");                                                  \
    }
TEXT_COLUMN(spec)
TEXT_COLUMN(form)
TEXT_COLUMN(maker)
TEXT_COLUMN(generic)
TEXT_COLUMN(pinyin)
TEXT_COLUMN(shelf)
#undef TEXT_COLUMN

static void take_code(struct reading *r, struct mt_sv text) {
    char code[15];
    if (mt_gtin_normalise(text, code) != MT_OK)
        r->why = "code is not a GTIN of 8, 12, 13 or 14 digits with a right check digit";
    else
        r->row->drug.code = keep_text(r, mt_sv(code), sizeof code, "code is too long");
}

static void take_name(struct reading *r, struct mt_sv text) {
    r->row->drug.name = keep_text(r, text, TEXT_MAX, "name is too long");
    if (!r->why && !r->row->drug.name[0])
        r->why = "name is empty";
}

static void take_price(struct reading *r, struct mt_sv text) {
    struct mt_drug *d = &r->row->drug;
    d->has_price = d->sellable = text.n > 0;
    if (text.n && mt_money_parse(text, &d->price) != MT_OK)
        r->why = "price is not an amount such as 12.80";
}

static void take_rx(struct reading *r, struct mt_sv text) {
    if (text.n && mt_rx_parse(text, &r->row->drug.rx) != MT_OK)
        r->why = "rx is not none, rx or controlled";
}

static void take_vat_bp(struct reading *r, struct mt_sv text) {
    int64_t vat = 0;
    if (text.n && (mt_sv_int(text, &vat) != MT_OK || vat < 0 || vat > VAT_MAX))
        r->why = "vat_bp is not a whole number from 0 to 10000";
    r->row->drug.vat_bp = (int32_t)(r->why ? 0 : vat);
}

static void take_lot_no(struct reading *r, struct mt_sv text) {
    if (text.n && !mt_lot_no_ok(text))
        r->why = "lot_no holds control characters, or begins or ends with a blank";
    else
        r->row->lot_no = keep_text(r, text, LOT_MAX, "lot_no is longer than 20 characters");
}

static void take_expires_on(struct reading *r, struct mt_sv text) {
    if (text.n && mt_import_date(text, r->today, &r->row->expires_on) != MT_OK)
        r->why = "expires_on is not a date such as 2027-03-31 or +90d";
}

static void take_quantity(struct reading *r, struct mt_sv text) {
    if (text.n && (mt_sv_int(text, &r->row->quantity) != MT_OK || r->row->quantity < 1 || r->row->quantity > QUANTITY_MAX))
        r->why = "quantity is not a whole number from 1 to 1000000";
}

static const struct column {
    const char *name;
    bool required;
    void (*take)(struct reading *r, struct mt_sv text);
} columns[] = {
    {"code", true, take_code},
    {"name", true, take_name},
    {"price", true, take_price},
    {"spec", false, take_spec},
    {"form", false, take_form},
    {"maker", false, take_maker},
    {"generic", false, take_generic},
    {"pinyin", false, take_pinyin},
    {"rx", false, take_rx},
    {"vat_bp", false, take_vat_bp},
    {"shelf", false, take_shelf},
    {"lot_no", false, take_lot_no},
    {"expires_on", false, take_expires_on},
    {"quantity", false, take_quantity},
};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

/* Which field of a record holds which column; -1: absent. */
struct layout {
    int at[COLUMN_COUNT];
    size_t fields;
};

static void say_left_out(struct mt_import *in, const char *file, struct mt_sv name) {
    struct mt_buf raw;
    mt_buf_init(&raw, 256);
    mt_buf_fmt(&raw, "%s: the column \"%.*s\" is not known and left out", file, (int)(name.n < 40 ? name.n : 40), name.p);
    const char *line = import_text(in, mt_buf_view(&raw), 512);
    if (in->say && line)
        in->say(in->ctx, line);
    mt_buf_fini(&raw);
}

static enum mt_rc read_header(struct mt_import *in, const struct csv *c, struct layout *l, struct mt_err *err) {
    const char *file = c->source->name;
    l->fields = c->count;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        l->at[i] = -1;
    for (size_t f = 0; f < c->count; f++) {
        struct mt_sv name = mt_sv_trim(c->fields[f]);
        size_t i = 0;
        while (i < COLUMN_COUNT && !mt_sv_is(name, columns[i].name))
            i++;
        if (i == COLUMN_COUNT)
            say_left_out(in, file, name);
        else if (l->at[i] >= 0)
            return mt_fail(err, MT_INVALID, "%.80s: the header names the column \"%s\" twice.", file, columns[i].name);
        else
            l->at[i] = (int)f;
    }
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (columns[i].required && l->at[i] < 0)
            return mt_fail(err, MT_INVALID, "%.80s: the first line must name the columns, and \"%s\" is missing.", file,
                           columns[i].name);
    return MT_OK;
}

/* A lot needs its number, date and quantity together. */
static const char *judge_lot(const struct mt_import_row *row) {
    bool any = row->lot_no[0] || mt_date_is(row->expires_on) || row->quantity;
    bool all = row->lot_no[0] && mt_date_is(row->expires_on) && row->quantity;
    return any && !all ? "a lot needs lot_no, expires_on and quantity" : NULL;
}

static const struct mt_drug no_drug = {
    .code = "", .name = "", .spec = "", .form = "", .maker = "", .generic = "", .pinyin = "", .shelf = ""};

static enum mt_rc read_record(struct mt_import *in, const struct csv *c, const struct layout *l, struct mt_date today,
                              struct mt_err *err) {
    const char *file = mt_arena_str(&in->arena, c->source->name);
    struct mt_import_row *row = file ? import_row(in, file, c->line) : NULL;
    if (!row)
        return mt_fail(err, MT_NOMEM, "not enough memory for the catalogue");
    row->drug = no_drug;
    struct reading r = {.in = in, .row = row, .today = today};
    if (c->count != l->fields)
        r.why = "it has not as many fields as the header";
    for (size_t i = 0; i < COLUMN_COUNT && !r.why; i++) {
        if (l->at[i] < 0)
            continue;
        struct mt_sv text = mt_sv_trim(c->fields[l->at[i]]);
        if (!mt_utf8_valid(text))
            r.why = "it holds text that is not UTF-8";
        else
            columns[i].take(&r, text);
    }
    if (!r.why)
        r.why = judge_lot(row);
    if (r.why) {
        in->count--;
        import_reject(in, file, c->line, "%s", r.why);
    }
    return MT_OK;
}

static enum mt_rc read_records(struct mt_import *in, struct csv *c, struct mt_date today, struct mt_err *err) {
    struct layout l;
    enum mt_rc rc = csv_next(c, err);
    if (rc == MT_NOTFOUND || rc == MT_INVALID)
        return mt_fail(err, MT_INVALID, "%.80s has no header line: the first line must name the columns.", c->source->name);
    if (rc == MT_OK)
        rc = read_header(in, c, &l, err);
    while (rc == MT_OK) {
        rc = csv_next(c, err);
        if (rc != MT_OK && rc != MT_INVALID)
            break;
        in->read++;
        if (rc == MT_INVALID) {
            import_reject(in, c->source->name, c->line, "%s", c->why);
            rc = MT_OK;
        } else {
            rc = read_record(in, c, &l, today, err);
        }
    }
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

enum mt_rc mt_import_read_csv(struct mt_import *in, const char *path, struct mt_date today, struct mt_err *err) {
    struct source s;
    struct csv c;
    enum mt_rc rc = source_open(&s, path, err);
    if (rc != MT_OK)
        return rc;
    csv_init(&c, &s);
    rc = read_records(in, &c, today, err);
    csv_fini(&c);
    source_close(&s);
    return rc;
}
