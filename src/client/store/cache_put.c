/* One change of the feed into the cache. Entities come at their latest version; one that is older than what is there
 * is dropped, so a page applied twice or out of order changes nothing. Drugs keep their search terms beside them,
 * because the index wants the old text back when a drug changes or moves. */
#include "cache_impl.h"

#include <medterm/domain/stock.h>

#include <string.h>

/* rank = (MOST - packs sold) * 2^23 + tie: what sold more has the smaller rank; the tie keeps the feed's order. */
#define TIE_BITS 23
#define MOST_SOLD ((INT64_C(1) << 39) - 1)

static int64_t rank_of(int64_t sold, int64_t tie) {
    sold = sold < 0 ? 0 : sold > MOST_SOLD ? MOST_SOLD : sold;
    return ((MOST_SOLD - sold) << TIE_BITS) | (tie & ((INT64_C(1) << TIE_BITS) - 1));
}

static enum mt_rc fts(struct mt_cache_file *f, bool insert, int64_t rank, const char *terms, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(f->db,
                               insert ? "INSERT INTO drug_fts (rowid, terms) VALUES (?1, ?2)"
                                      : "INSERT INTO drug_fts (drug_fts, rowid, terms) VALUES ('delete', ?1, ?2)",
                               &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, rank);
    mt_bind_text(s, 2, terms);
    return mt_stmt_run(s, NULL, err);
}

struct present {
    int64_t rank, version;
    const char *terms;
};

/* MT_NOTFOUND when the drug is new. */
static enum mt_rc present_drug(struct mt_cache_file *f, const char *drug_id, struct mt_arena *arena, struct present *out,
                               struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(f->db, "SELECT rank, version, terms FROM drug WHERE drug_id = ?1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, drug_id);
    rc = mt_cache_one(s, err);
    if (rc == MT_OK) {
        *out = (struct present){mt_col_int(s, 0), mt_col_int(s, 1), mt_col_text(s, 2, arena)};
        rc = out->terms != NULL ? MT_OK : mt_fail(err, MT_NOMEM, "Not enough memory for the catalogue.");
    }
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc sold_of(struct mt_cache_file *f, const char *drug_id, int64_t *packs, struct mt_err *err) {
    struct mt_stmt *s;
    *packs = 0;
    enum mt_rc rc = mt_db_stmt(f->db, "SELECT packs FROM sold WHERE drug_id = ?1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, drug_id);
    rc = mt_cache_one(s, err);
    if (rc == MT_OK) {
        *packs = mt_col_int(s, 0);
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

/* Not the code: a catalogue's codes begin alike, and a prefix of them would make the index walk through all of them. */
static void terms_of(const struct mt_drug *d, struct mt_buf *out) {
    const char *const texts[] = {d->name, d->generic, d->spec, d->form, d->maker, d->pinyin};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i] != NULL && texts[i][0] != '\0') {
            if (out->n > 0) {
                mt_buf_char(out, ' ');
            }
            mt_search_terms(mt_sv(texts[i]), out);
        }
    }
}

static enum mt_rc write_drug(struct mt_cache_file *f, const struct mt_drug *d, int64_t rank, const char *terms,
                             struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(f->db,
                   "INSERT INTO drug (rank, drug_id, code, name, spec, form, maker, generic, pinyin, shelf, price, sellable, rx,"
                   " vat_bp, version, terms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
                   &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    const char *const texts[] = {d->drug_id.s, d->code, d->name, d->spec, d->form, d->maker, d->generic, d->pinyin, d->shelf};
    mt_bind_int(s, 1, rank);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        mt_bind_text(s, (int)i + 2, texts[i] != NULL ? texts[i] : "");
    }
    if (d->has_price) {
        mt_bind_int(s, 11, mt_money_to_minor(d->price));
    } else {
        mt_bind_null(s, 11);
    }
    mt_bind_int(s, 12, d->sellable);
    mt_bind_text(s, 13, mt_rx_name(d->rx));
    mt_bind_int(s, 14, d->vat_bp);
    mt_bind_int(s, 15, d->version);
    mt_bind_text(s, 16, terms);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc delete_by(struct mt_cache_file *f, const char *sql, const char *id, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(f->db, sql, &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, id);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc replace_drug(struct mt_cache_file *f, const struct mt_change *c, const struct present *old,
                               struct mt_arena *arena, struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    int64_t rank = old != NULL ? old->rank : 0;
    struct mt_buf terms;
    mt_buf_init(&terms, 64u << 10);
    if (!c->removed) {
        terms_of(&c->data.drug, &terms);
        rc = mt_buf_rc(&terms);
    }
    const char *text = rc == MT_OK ? mt_arena_sv(arena, mt_buf_view(&terms)) : NULL;
    mt_buf_fini(&terms);
    if (text == NULL) {
        return rc != MT_OK ? rc : mt_fail(err, MT_NOMEM, "Not enough memory for the catalogue.");
    }
    const bool same = old != NULL && !c->removed && strcmp(old->terms, text) == 0;
    if (old != NULL) {
        rc = same ? MT_OK : fts(f, false, old->rank, old->terms, err);
        if (rc == MT_OK) {
            rc = delete_by(f, "DELETE FROM drug WHERE drug_id = ?1", c->id, err);
        }
    } else if (!c->removed) {
        int64_t sold;
        rc = sold_of(f, c->id, &sold, err);
        rank = rc == MT_OK ? rank_of(sold, f->next_tie++) : 0;
    }
    if (rc == MT_OK && !c->removed) {
        rc = write_drug(f, &c->data.drug, rank, text, err);
    }
    return rc == MT_OK && !c->removed && !same ? fts(f, true, rank, text, err) : rc;
}

static enum mt_rc put_drug(struct mt_cache_file *f, const struct mt_change *c, struct mt_err *err) {
    struct mt_arena arena;
    mt_arena_init(&arena, 1u << 20);
    struct present old;
    enum mt_rc rc = present_drug(f, c->id, &arena, &old, err);
    if (rc == MT_NOTFOUND) {
        rc = replace_drug(f, c, NULL, &arena, err);
        f->drugs += c->removed ? 0 : 1;
    } else if (rc == MT_OK && old.version <= c->version) {
        rc = replace_drug(f, c, &old, &arena, err);
        f->drugs -= c->removed ? 1 : 0;
    }
    mt_arena_fini(&arena);
    return rc;
}

static enum mt_rc move_rows(struct mt_cache_file *f, const char *drug_id, const struct present *old, int64_t rank,
                            struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = fts(f, false, old->rank, old->terms, err);
    if (rc == MT_OK) {
        rc = mt_db_stmt(f->db, "UPDATE drug SET rank = ?2 WHERE drug_id = ?1", &s, err);
    }
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, drug_id);
    mt_bind_int(s, 2, rank);
    rc = mt_stmt_run(s, NULL, err);
    return rc == MT_OK ? fts(f, true, rank, old->terms, err) : rc;
}

enum mt_rc mt_cache_move(struct mt_cache_file *f, const struct mt_sold *sold, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(f->db,
                               "INSERT INTO sold (drug_id, packs) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET packs = excluded.packs "
                               "WHERE packs <> excluded.packs",
                               &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, sold->drug_id.s);
    mt_bind_int(s, 2, sold->packs);
    int64_t changed = 0;
    rc = mt_stmt_run(s, &changed, err);
    if (rc != MT_OK || changed == 0) {
        return rc; /* it has its place already */
    }
    struct mt_arena arena;
    mt_arena_init(&arena, 1u << 20);
    struct present old;
    rc = present_drug(f, sold->drug_id.s, &arena, &old, err);
    if (rc == MT_OK) {
        const int64_t rank = rank_of(sold->packs, old.rank);
        rc = rank != old.rank ? move_rows(f, sold->drug_id.s, &old, rank, err) : MT_OK;
    }
    mt_arena_fini(&arena);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

/* MT_OK: go on; MT_STALE: what is there is newer. */
static enum mt_rc newer(struct mt_cache_file *f, const char *sql, const struct mt_change *c, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(f->db, sql, &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, c->id);
    rc = mt_cache_one(s, err);
    if (rc == MT_OK && mt_col_int(s, 0) > c->version) {
        rc = MT_STALE;
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc put_lot(struct mt_cache_file *f, const char *drug_id, const struct mt_lot *l, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        f->db, "INSERT OR REPLACE INTO lot (drug_id, expires_on, lot_no, state, on_hand, reserved) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    char date[MT_DATE_TEXT];
    mt_date_format(l->expires_on, date);
    mt_bind_text(s, 1, drug_id);
    mt_bind_text(s, 2, date);
    mt_bind_text(s, 3, l->lot_no);
    mt_bind_text(s, 4, mt_lot_state_name(l->state));
    mt_bind_int(s, 5, l->on_hand);
    mt_bind_int(s, 6, l->reserved);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc put_stock(struct mt_cache_file *f, const struct mt_change *c, struct mt_err *err) {
    enum mt_rc rc = newer(f, "SELECT version FROM stock WHERE drug_id = ?1", c, err);
    if (rc == MT_OK) {
        rc = delete_by(f, "DELETE FROM lot WHERE drug_id = ?1", c->id, err);
    }
    if (rc == MT_OK && c->removed) {
        return delete_by(f, "DELETE FROM stock WHERE drug_id = ?1", c->id, err);
    }
    struct mt_stmt *s;
    if (rc == MT_OK) {
        rc = mt_db_stmt(f->db, "INSERT OR REPLACE INTO stock (drug_id, version, on_hand, reserved) VALUES (?1, ?2, ?3, ?4)", &s,
                        err);
    }
    if (rc != MT_OK) {
        return rc == MT_STALE ? MT_OK : rc;
    }
    const struct mt_stock *stock = &c->data.stock;
    mt_bind_text(s, 1, c->id);
    mt_bind_int(s, 2, c->version);
    mt_bind_int(s, 3, stock->on_hand);
    mt_bind_int(s, 4, stock->reserved);
    rc = mt_stmt_run(s, NULL, err);
    for (size_t i = 0; i < stock->lot_count && rc == MT_OK; i++) {
        rc = put_lot(f, c->id, &stock->lots[i], err);
    }
    return rc;
}

static enum mt_rc put_order(struct mt_cache_file *f, const struct mt_change *c, struct mt_err *err) {
    enum mt_rc rc = newer(f, "SELECT version FROM order_copy WHERE order_id = ?1", c, err);
    if (rc == MT_OK && c->removed) {
        return delete_by(f, "DELETE FROM order_copy WHERE order_id = ?1", c->id, err);
    }
    if (rc != MT_OK) {
        return rc == MT_STALE ? MT_OK : rc;
    }
    const struct mt_order *o = &c->data.order;
    struct mt_buf json;
    mt_buf_init(&json, 1u << 20);
    mt_order_print(o, MT_ORDER_FULL, &json);
    struct mt_stmt *s;
    rc = mt_buf_rc(&json);
    if (rc == MT_OK) {
        rc = mt_db_stmt(f->db,
                        "INSERT OR REPLACE INTO order_copy (order_id, order_no, status, version, taken_at, json) VALUES (?1, ?2, "
                        "?3, ?4, ?5, ?6)",
                        &s, err);
    }
    if (rc == MT_OK) {
        mt_bind_text(s, 1, o->order_id.s);
        mt_bind_text(s, 2, o->order_no);
        mt_bind_text(s, 3, mt_order_status_name(o->status));
        mt_bind_int(s, 4, c->version);
        mt_bind_int(s, 5, o->taken_at != 0 ? o->taken_at : o->created_at);
        mt_bind_sv(s, 6, mt_buf_view(&json));
        rc = mt_stmt_run(s, NULL, err);
    }
    mt_buf_fini(&json);
    return rc;
}

static enum mt_rc put_exception(struct mt_cache_file *f, const struct mt_change *c, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = newer(f, "SELECT version FROM exception_copy WHERE exception_id = ?1", c, err);
    if (rc == MT_OK && c->removed) {
        return delete_by(f, "DELETE FROM exception_copy WHERE exception_id = ?1", c->id, err);
    }
    if (rc == MT_OK) {
        rc = mt_db_stmt(
            f->db,
            "INSERT OR REPLACE INTO exception_copy (exception_id, version, open, kind, order_id, order_no, drug_id, quantity,"
            " detail, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            &s, err);
    }
    if (rc != MT_OK) {
        return rc == MT_STALE ? MT_OK : rc;
    }
    const struct mt_exception *e = &c->data.exception;
    mt_bind_text(s, 1, c->id);
    mt_bind_int(s, 2, c->version);
    mt_bind_int(s, 3, e->open);
    mt_bind_text(s, 4, mt_exception_kind_name(e->kind));
    mt_bind_text(s, 5, e->order_id.s);
    mt_bind_text(s, 6, e->order_no);
    mt_bind_text(s, 7, e->drug_id.s);
    mt_bind_int(s, 8, e->quantity);
    mt_bind_text(s, 9, e->detail != NULL ? e->detail : "");
    mt_bind_int(s, 10, e->created_at);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc put_staff(struct mt_cache_file *f, const struct mt_change *c, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = newer(f, "SELECT version FROM staff_copy WHERE staff_id = ?1", c, err);
    if (rc == MT_OK) {
        rc = c->removed ? mt_db_stmt(f->db, "UPDATE staff_copy SET active = 0, version = ?6 WHERE staff_id = ?1", &s, err)
                        : mt_db_stmt(f->db,
                                     "INSERT OR REPLACE INTO staff_copy (staff_id, name, role, verifier, active, version)"
                                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                                     &s, err);
    }
    if (rc != MT_OK) {
        return rc == MT_STALE ? MT_OK : rc;
    }
    mt_bind_text(s, 1, c->id);
    if (!c->removed) {
        const struct mt_staff *p = &c->data.staff;
        mt_bind_text(s, 2, p->name);
        mt_bind_text(s, 3, mt_role_name(p->role));
        mt_bind_text(s, 4, p->verifier != NULL ? p->verifier : "");
        mt_bind_int(s, 5, p->active);
    }
    mt_bind_int(s, 6, c->version);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc put_setting(struct mt_cache_file *f, const struct mt_change *c, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = newer(f, "SELECT version FROM setting_copy WHERE name = ?1", c, err);
    if (rc == MT_OK) {
        rc = mt_db_stmt(f->db, "INSERT OR REPLACE INTO setting_copy (name, value, version) VALUES (?1, ?2, ?3)", &s, err);
    }
    if (rc != MT_OK) {
        return rc == MT_STALE ? MT_OK : rc;
    }
    mt_bind_text(s, 1, c->id);
    mt_bind_text(s, 2, c->removed || c->data.setting.value == NULL ? "" : c->data.setting.value);
    mt_bind_int(s, 3, c->version);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_cache_put(struct mt_cache_file *f, const struct mt_change *c, struct mt_cache_applied *applied, struct mt_err *err) {
    switch (c->entity) {
    case MT_ENTITY_DRUG:
        return put_drug(f, c, err);
    case MT_ENTITY_STOCK:
        return put_stock(f, c, err);
    case MT_ENTITY_ORDER:
        return put_order(f, c, err);
    case MT_ENTITY_EXCEPTION:
        return put_exception(f, c, err);
    case MT_ENTITY_STAFF:
        applied->staff = true;
        return put_staff(f, c, err);
    case MT_ENTITY_SETTING:
        applied->staff = true;
        return put_setting(f, c, err);
    case MT_ENTITY_PAYMENT: /* within its order */
    case MT_ENTITY_USER:
    case MT_ENTITY_DOCTOR:
    case MT_ENTITY_UNKNOWN:
        break;
    }
    return MT_OK;
}
