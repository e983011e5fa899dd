/* Catalogue import: files are read and judged row by row into memory, then applied in one transaction, so that the
 * service waits for the database only as long as the writing takes.
 *
 * CSV: RFC 4180, UTF-8 with or without a byte order mark, LF or CRLF. The first record names the columns, in any order:
 *   code (EAN-13, GTIN), name, price are required; spec, form, maker, generic, pinyin, rx (none, rx, controlled), vat_bp, shelf are
 * not. lot_no, expires_on, quantity are goods in, taken when a store is given; expires_on is YYYY-MM-DD, or relative to today for
 * demo catalogues: +90d, -10d. An empty price is allowed: the pack is then not sellable. Other columns are left out, and said.
 * BDPM: the files of the French public register as published, plain or .gz, told apart by name, in any order: CIS_bdpm,
 * CIS_CIP_bdpm and CIS_CPD_bdpm are required (without the last nobody knows what is prescription-only), CIS_COMPO_bdpm gives the
 * substances, CIS_GENER_bdpm is not needed. */
#ifndef MEDTERM_ADMIN_IMPORT_H
#define MEDTERM_ADMIN_IMPORT_H

#include <medterm/service/admin.h>

struct mt_import_row {
    struct mt_drug drug; /* texts in the import's arena */
    const char *lot_no;  /* "": no goods in */
    struct mt_date expires_on;
    int64_t quantity;
    int64_t line;
    const char *file; /* for messages; its name without folders */
};

struct mt_import {
    struct mt_arena arena;
    struct mt_import_row *rows; /* owned */
    size_t count, room;
    int64_t read, rejected;                   /* rows seen, rows refused */
    void (*say)(void *ctx, const char *line); /* one harmless line a refused row; borrowed */
    void *ctx;
};
void mt_import_init(struct mt_import *in, void (*say)(void *ctx, const char *line), void *ctx);
void mt_import_fini(struct mt_import *in);

enum mt_import_format { MT_IMPORT_CSV, MT_IMPORT_BDPM };
MT_MUST enum mt_rc mt_import_format_parse(struct mt_sv name, enum mt_import_format *out); /* "csv" "bdpm" */
/* BDPM when the first file is named like one of its files. */
enum mt_import_format mt_import_format_guess(const char *path);

/* today places relative expiry dates. MT_NOTFOUND or MT_INVALID for a file as a whole, with words; bad rows are said, counted and
 * left out. */
MT_MUST enum mt_rc mt_import_read_csv(struct mt_import *in, const char *path, struct mt_date today, struct mt_err *err);
MT_MUST enum mt_rc mt_import_read_bdpm(struct mt_import *in, const char *const *paths, size_t count, struct mt_err *err);
/* YYYY-MM-DD, +Nd or -Nd. */
MT_MUST enum mt_rc mt_import_date(struct mt_sv text, struct mt_date today, struct mt_date *out);

struct mt_import_result {
    int64_t imported, changed, unpriced, lots;
};
/* All rows in one transaction; store NULL: goods in are left out. On failure nothing is stored. */
MT_MUST enum mt_rc mt_import_apply(struct mt_import *in, struct mt_session *x, const struct mt_id *store,
                                   struct mt_import_result *out, struct mt_err *err);

#endif
