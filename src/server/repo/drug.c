/* The catalogue's rows. */
#include <medterm/repo/goods.h>

#include "row.h"
#include "rows.h"
#include "words.h"

enum mt_rc mt_row_drug(struct mt_stmt *s, int col, struct mt_arena *arena, struct mt_drug *out) {
    enum mt_rc rc = MT_OK;
    *out = (struct mt_drug){.drug_id = col_id(s, col)};
    out->code = col_text(s, col + 1, arena, &rc);
    out->name = col_text(s, col + 2, arena, &rc);
    out->spec = col_text(s, col + 3, arena, &rc);
    out->form = col_text(s, col + 4, arena, &rc);
    out->maker = col_text(s, col + 5, arena, &rc);
    out->generic = col_text(s, col + 6, arena, &rc);
    out->pinyin = col_text(s, col + 7, arena, &rc);
    out->shelf = col_text(s, col + 8, arena, &rc);
    out->has_price = !mt_col_is_null(s, col + 9);
    out->price = col_money(s, col + 9, &rc);
    out->sellable = mt_col_int(s, col + 10) != 0;
    out->vat_bp = (int32_t)mt_col_int(s, col + 12);
    out->version = mt_col_int(s, col + 13);
    if (rc == MT_OK)
        rc = mt_rx_parse(mt_col_sv(s, col + 11), &out->rx);
    return rc;
}

static enum mt_rc drug_read(struct mt_db *db, const char *sql, struct mt_sv key, struct mt_arena *arena, struct mt_drug *out,
                            struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_sv(s, 1, key);
    rc = row_one(s, err);
    if (rc != MT_OK)
        return rc;
    rc = mt_row_drug(s, 0, arena, out);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_drug_get(struct mt_db *db, const char *drug_id, struct mt_arena *arena, struct mt_drug *out,
                            struct mt_err *err) {
    return drug_read(db, "SELECT " MT_DRUG_COLUMNS " FROM mt_drug d WHERE d.drug_id = ?1", mt_sv(drug_id), arena, out, err);
}

enum mt_rc mt_repo_drug_by_code(struct mt_db *db, struct mt_sv code, struct mt_arena *arena, struct mt_drug *out,
                                struct mt_err *err) {
    return drug_read(db, "SELECT " MT_DRUG_COLUMNS " FROM mt_drug d WHERE d.code = ?1", code, arena, out, err);
}

enum mt_rc mt_repo_drug_put(struct mt_db *db, const struct mt_drug *d, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        db,
        "INSERT INTO mt_drug(drug_id, code, name, spec, form, maker, generic, pinyin, shelf, price, sellable, rx, vat_bp, version)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT(drug_id) DO UPDATE SET"
        " name = excluded.name, spec = excluded.spec, form = excluded.form, maker = excluded.maker, generic = excluded.generic,"
        " pinyin = excluded.pinyin, shelf = excluded.shelf, price = excluded.price, sellable = excluded.sellable,"
        " rx = excluded.rx, vat_bp = excluded.vat_bp, version = excluded.version",
        &s, err);
    if (rc != MT_OK)
        return rc;
    const char *texts[] = {d->drug_id.s, d->code, d->name, d->spec, d->form, d->maker, d->generic, d->pinyin, d->shelf};
    for (int i = 0; i < 9; i++)
        mt_bind_text(s, i + 1, texts[i]);
    if (d->has_price)
        bind_money(s, 10, d->price);
    else
        mt_bind_null(s, 10);
    mt_bind_int(s, 11, d->sellable);
    mt_bind_text(s, 12, mt_rx_name(d->rx));
    mt_bind_int(s, 13, d->vat_bp);
    mt_bind_int(s, 14, d->version);
    rc = mt_stmt_run(s, NULL, err);
    return rc == MT_OK ? words_put_drug(db, d, err) : rc;
}
