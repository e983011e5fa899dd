/* The French public register. Medicines (CIS_bdpm) are read first and sorted by their number; conditions (CPD) and substances
 * (COMPO) are then added to them; last, each pack (CIP) becomes a row with what its medicine says. Lines are cut at tabs, nothing
 * is quoted.
 *
 * What is odd in the published files and how it is read: lines end in LF or CRLF; a price has a decimal comma, and a comma as
 * thousands separator too ("1,196,29"), so only the last comma counts; some packs name a medicine that does not exist: refused and
 * said. */
#include "source.h"

#include <medterm/domain/scan.h>

#include <stdlib.h>
#include <string.h>

enum { FIELDS = 13, TEXT_MAX = 255 * 4, VAT_REIMBURSED = 210, VAT_OTHER = 1000 };

struct medicine {
    int64_t cis;
    const char *name, *form, *maker, *generic;
    enum mt_rx rx;
    bool marketed;
};

struct medicines {
    struct medicine *all; /* owned */
    size_t count, room;
};

/* One line cut at tabs; fields beyond those present are empty. */
struct record {
    struct mt_sv field[FIELDS];
    int64_t cis; /* -1 when the line's number is not one */
};

static void cut(struct mt_sv line, size_t cis_at, struct record *r) {
    for (size_t i = 0; i < FIELDS; i++)
        r->field[i] = mt_sv_trim(mt_sv_cut(&line, '\t'));
    if (mt_sv_int(r->field[cis_at], &r->cis) != MT_OK)
        r->cis = -1;
}

static int by_cis(const void *a, const void *b) {
    const struct medicine *x = a, *y = b;
    return (x->cis > y->cis) - (x->cis < y->cis);
}

static struct medicine *find(struct medicines *m, int64_t cis) {
    struct medicine key = {.cis = cis};
    return m->count ? bsearch(&key, m->all, m->count, sizeof *m->all, by_cis) : NULL;
}

typedef enum mt_rc take_line(struct mt_import *in, struct medicines *m, struct source *s, struct mt_sv line);

enum { CIS_NUMBER, CIS_NAME, CIS_FORM, CIS_MARKETED = 6, CIS_HOLDERS = 10 };

static enum mt_rc take_medicine(struct mt_import *in, struct medicines *m, struct source *s, struct mt_sv line) {
    struct record r;
    (void)s;
    cut(line, CIS_NUMBER, &r);
    if (m->count == m->room) {
        size_t room = m->room ? m->room * 2 : 1024;
        struct medicine *all = realloc(m->all, room * sizeof *all);
        if (!all)
            return MT_NOMEM;
        m->all = all;
        m->room = room;
    }
    struct medicine *x = &m->all[m->count++];
    *x = (struct medicine){
        .cis = r.cis, .rx = MT_RX_NONE, .marketed = mt_sv_is(r.field[CIS_MARKETED], "Commercialisée"), .generic = ""};
    x->name = import_text(in, r.field[CIS_NAME], TEXT_MAX);
    x->form = import_text(in, r.field[CIS_FORM], TEXT_MAX);
    x->maker = import_text(in, r.field[CIS_HOLDERS], TEXT_MAX);
    return x->name && x->form && x->maker ? MT_OK : MT_NOMEM;
}

enum { CPD_NUMBER, CPD_CONDITION };

static enum mt_rc take_condition(struct mt_import *in, struct medicines *m, struct source *s, struct mt_sv line) {
    struct record r;
    (void)in, (void)s;
    cut(line, CPD_NUMBER, &r);
    struct medicine *x = find(m, r.cis);
    if (x && mt_sv_is(r.field[CPD_CONDITION], "stupéfiants"))
        x->rx = MT_RX_CONTROLLED;
    else if (x && x->rx == MT_RX_NONE &&
             (mt_sv_is(r.field[CPD_CONDITION], "liste I") || mt_sv_is(r.field[CPD_CONDITION], "liste II")))
        x->rx = MT_RX_REQUIRED;
    return MT_OK;
}

enum { COMPO_NUMBER, COMPO_SUBSTANCE = 3, COMPO_KIND = 6 };

/* True when list, joined by " + ", has name in it. */
static bool has_substance(struct mt_sv list, struct mt_sv name) {
    while (list.n) {
        const char *joint = list.n > 3 ? strstr(list.p, " + ") : NULL;
        struct mt_sv one = joint ? mt_sv_n(list.p, (size_t)(joint - list.p)) : list;
        if (mt_sv_eq(one, name))
            return true;
        list = joint ? mt_sv_n(joint + 3, list.n - one.n - 3) : mt_sv("");
    }
    return false;
}

/* Only active substances (SA): the lines FT name the same ones again as a part of the molecule. */
static enum mt_rc take_substance(struct mt_import *in, struct medicines *m, struct source *s, struct mt_sv line) {
    struct record r;
    (void)s;
    cut(line, COMPO_NUMBER, &r);
    struct medicine *x = find(m, r.cis);
    if (!x || !mt_sv_is(r.field[COMPO_KIND], "SA") || !r.field[COMPO_SUBSTANCE].n)
        return MT_OK;
    const char *name = import_text(in, r.field[COMPO_SUBSTANCE], TEXT_MAX);
    if (!name)
        return MT_NOMEM;
    if (has_substance(mt_sv(x->generic), mt_sv(name)) || strlen(x->generic) + strlen(name) + 3 > TEXT_MAX)
        return MT_OK;
    x->generic = x->generic[0] ? mt_arena_fmt(&in->arena, "%s + %s", x->generic, name) : name;
    return x->generic ? MT_OK : MT_NOMEM;
}

enum { CIP_NUMBER, CIP_LABEL = 2, CIP_STATUS, CIP_DECLARATION, CIP_CODE = 6, CIP_RATE = 8, CIP_PRICE = 10 };

/* "25,36", "1,196,29": all commas but the last group thousands. */
static enum mt_rc read_price(struct mt_sv text, struct mt_money *out) {
    char plain[32];
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (n + 1 == sizeof plain)
            return MT_LIMIT;
        bool last = text.p[i] == ',' && !memchr(text.p + i + 1, ',', text.n - i - 1);
        if (text.p[i] != ',')
            plain[n++] = text.p[i];
        else if (last)
            plain[n++] = '.';
    }
    return mt_money_parse(mt_sv_n(plain, n), out);
}

static enum mt_rc fill_pack(struct mt_import *in, const struct record *r, const struct medicine *x, const char *code,
                            struct mt_drug *d) {
    *d = (struct mt_drug){
        .name = x->name, .form = x->form, .maker = x->maker, .generic = x->generic, .pinyin = "", .shelf = "", .rx = x->rx};
    d->code = mt_arena_str(&in->arena, code);
    d->spec = import_text(in, r->field[CIP_LABEL], TEXT_MAX);
    d->vat_bp =
        r->field[CIP_RATE].n ? VAT_REIMBURSED : VAT_OTHER; /* France: 2.1 % on what is reimbursed, 10 % on other medicines */
    d->has_price = r->field[CIP_PRICE].n > 0;
    d->sellable = d->has_price && x->marketed && mt_sv_is(r->field[CIP_STATUS], "Présentation active") &&
                  mt_sv_is(r->field[CIP_DECLARATION], "Déclaration de commercialisation");
    return d->code && d->spec ? MT_OK : MT_NOMEM;
}

static enum mt_rc take_pack(struct mt_import *in, struct medicines *m, struct source *s, struct mt_sv line) {
    struct record r;
    char code[15];
    struct mt_money price = mt_money_zero();
    in->read++;
    cut(line, CIP_NUMBER, &r);
    const struct medicine *x = find(m, r.cis);
    const char *why = NULL;
    if (!x)
        why = "its medicine is not in CIS_bdpm";
    else if (mt_gtin_normalise(r.field[CIP_CODE], code) != MT_OK)
        why = "its CIP13 is not a code with a right check digit";
    else if (r.field[CIP_PRICE].n && read_price(r.field[CIP_PRICE], &price) != MT_OK)
        why = "its price can not be read";
    if (why) {
        import_reject(in, s->name, s->number, "%s", why);
        return MT_OK;
    }
    const char *file = mt_arena_str(&in->arena, s->name);
    struct mt_import_row *row = file ? import_row(in, file, s->number) : NULL;
    if (!row)
        return MT_NOMEM;
    enum mt_rc rc = fill_pack(in, &r, x, code, &row->drug);
    row->drug.price = price;
    return rc;
}

/* In the order they are read; a file is known by how its name begins. */
static const struct part {
    const char *stem;
    bool required;
    take_line *take;
} parts[] = {
    {"CIS_bdpm", true, take_medicine}, {"CIS_CPD_bdpm", true, take_condition}, {"CIS_COMPO_bdpm", false, take_substance},
    {"CIS_GENER_bdpm", false, NULL},   {"CIS_CIP_bdpm", true, take_pack},
};
enum { PART_COUNT = sizeof parts / sizeof parts[0] };

static enum mt_rc read_part(struct mt_import *in, struct medicines *m, const struct part *part, const char *path,
                            struct mt_err *err) {
    struct source s;
    struct mt_sv line;
    enum mt_rc rc = source_open(&s, path, err);
    if (rc != MT_OK)
        return rc;
    while ((rc = source_line(&s, &line, err)) == MT_OK || rc == MT_LIMIT) {
        if (rc == MT_LIMIT) {
            in->read += part->take == take_pack;
            import_reject(in, s.name, s.number, "the line is too long");
        } else if (line.n) {
            rc = part->take(in, m, &s, line);
            if (rc != MT_OK) {
                (void)mt_fail(err, rc, "not enough memory for the catalogue");
                break;
            }
        }
    }
    source_close(&s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

/* Puts each path beside its part. */
static enum mt_rc sort_files(const char *const *paths, size_t count, const char *of[PART_COUNT], struct mt_err *err) {
    for (size_t i = 0; i < count; i++) {
        size_t p = 0;
        while (p < PART_COUNT && !mt_sv_starts(mt_sv(source_name(paths[i])), mt_sv(parts[p].stem)))
            p++;
        if (p == PART_COUNT)
            return mt_fail(err, MT_INVALID, "%.120s is not named like a file of the BDPM (CIS_bdpm.txt, CIS_CIP_bdpm.txt …).",
                           paths[i]);
        if (of[p])
            return mt_fail(err, MT_INVALID, "%s is given twice.", parts[p].stem);
        of[p] = paths[i];
    }
    for (size_t p = 0; p < PART_COUNT; p++)
        if (parts[p].required && !of[p])
            return mt_fail(err, MT_INVALID, "%s is missing: give CIS_bdpm, CIS_CIP_bdpm and CIS_CPD_bdpm together.", parts[p].stem);
    return MT_OK;
}

enum mt_rc mt_import_read_bdpm(struct mt_import *in, const char *const *paths, size_t count, struct mt_err *err) {
    const char *of[PART_COUNT] = {0};
    struct medicines m = {0};
    enum mt_rc rc = sort_files(paths, count, of, err);
    for (size_t p = 0; p < PART_COUNT && rc == MT_OK; p++) {
        if (of[p] && parts[p].take)
            rc = read_part(in, &m, &parts[p], of[p], err);
        if (parts[p].take == take_medicine && m.count)
            qsort(m.all, m.count, sizeof *m.all, by_cis);
    }
    free(m.all);
    return rc;
}
