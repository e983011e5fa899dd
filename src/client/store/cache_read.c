/* Reading the cache: search, look-up, stock, orders. A reader finds the current file by itself, as the writer does: the
 * complete one of the highest generation. A search reads the index in rowid order, which is the ranking, and stops at its
 * limit: no sorting, no scoring. Stock is judged by the lots, with the day the caller gives. */
#include "cache_impl.h"
#include "orders.h"

#include <medterm/domain/stock.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum mt_rc open_one(const struct mt_cache_options *o, int which, struct mt_db **db, struct mt_cache_file *meta,
                           struct mt_err *err) {
    struct mt_buf path;
    mt_buf_init(&path, 4096);
    *db = NULL;
    enum mt_rc rc = mt_cache_path(o->dir, which, &path);
    if (rc == MT_OK && o->vfs == NULL && access(mt_buf_text(&path), F_OK) != 0) {
        rc = MT_NOTFOUND;
    }
    if (rc == MT_OK) {
        const struct mt_db_options options = {.url = mt_buf_text(&path),
                                              .mode = MT_DB_READ,
                                              .sync = MT_DB_SYNC_NORMAL,
                                              .vfs = o->vfs,
                                              .busy_ms = 1000,
                                              .cache_kib = 4096};
        rc = mt_db_open(&options, db, err);
    }
    if (rc == MT_OK) {
        rc = mt_cache_meta(*db, meta, err);
    }
    if (rc != MT_OK) {
        mt_db_close(*db);
        *db = NULL;
    }
    mt_buf_fini(&path);
    return rc;
}

enum mt_rc mt_cache_reader_open(const struct mt_cache_options *o, struct mt_cache_reader **out, struct mt_err *err) {
    *out = NULL;
    struct mt_cache_reader *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory for the catalogue.");
    }
    struct mt_cache_file best = {0};
    for (int i = 0; i < MT_CACHE_FILES; i++) {
        struct mt_db *db;
        struct mt_cache_file meta = {0};
        struct mt_err unread = {0};
        if (open_one(o, i, &db, &meta, &unread) != MT_OK) {
            continue;
        }
        if (r->db == NULL || (meta.complete != best.complete ? meta.complete : meta.generation > best.generation)) {
            mt_db_close(r->db);
            r->db = db;
            best = meta;
        } else {
            mt_db_close(db);
        }
    }
    if (r->db == NULL) {
        free(r);
        return mt_fail(err, MT_NOTFOUND, "There is no catalogue here yet. It is fetched when the line is up.");
    }
    *out = r;
    return MT_OK;
}

void mt_cache_reader_close(struct mt_cache_reader *r) {
    if (r != NULL) {
        mt_db_close(r->db);
        free(r);
    }
}

/* First and last sellable lot that is free, over the lots of one drug. */
static enum mt_rc read_lots(struct mt_cache_reader *r, const char *drug_id, struct mt_arena *arena, struct mt_stock *out,
                            struct mt_err *err) {
    struct mt_stmt *s;
    enum { MOST = 256 };
    out->lots = mt_arena_array(arena, MOST, sizeof *out->lots);
    enum mt_rc rc = out->lots != NULL ? mt_db_stmt(r->db,
                                                   "SELECT lot_no, expires_on, state, on_hand, reserved FROM lot WHERE drug_id = ?1"
                                                   " ORDER BY expires_on, lot_no LIMIT 256",
                                                   &s, err)
                                      : mt_fail(err, MT_NOMEM, "Not enough memory for the stock.");
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, drug_id);
    while ((rc = mt_cache_one(s, err)) == MT_OK) {
        struct mt_lot *l = &out->lots[out->lot_count];
        l->lot_no = mt_col_text(s, 0, arena);
        l->expires_on = mt_col_date(s, 1);
        l->on_hand = mt_col_int(s, 3);
        l->reserved = mt_col_int(s, 4);
        rc = l->lot_no != NULL ? mt_lot_state_parse(mt_col_sv(s, 2), &l->state)
                               : mt_fail(err, MT_NOMEM, "Not enough memory for the stock.");
        if (rc != MT_OK) {
            break;
        }
        out->lot_count++;
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

/* What a search shows of a drug's stock, without building the lots. */
static enum mt_rc free_packs(struct mt_cache_reader *r, struct mt_cached_drug *d, struct mt_date today, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db,
                               "SELECT expires_on, on_hand - reserved, state FROM lot WHERE drug_id = ?1 AND on_hand > reserved"
                               " ORDER BY expires_on, lot_no",
                               &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, d->drug.drug_id.s);
    d->free = d->expired = 0;
    d->first_expiry = MT_NO_DATE;
    while ((rc = mt_cache_one(s, err)) == MT_OK) {
        struct mt_lot lot = {.lot_no = "", .expires_on = mt_col_date(s, 0), .on_hand = mt_col_int(s, 1)};
        if (mt_lot_state_parse(mt_col_sv(s, 2), &lot.state) != MT_OK || !mt_lot_sellable(&lot, today)) {
            d->expired += mt_date_is(lot.expires_on) && lot.expires_on.day < today.day ? lot.on_hand : 0;
            continue;
        }
        if (d->free == 0) {
            d->first_expiry = lot.expires_on;
        }
        d->free += lot.on_hand;
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

#define DRUG_COLUMNS                                                                                                               \
    "SELECT d.drug_id, d.code, d.name, d.spec, d.form, d.maker, d.generic, d.pinyin, d.shelf, d.price, d.sellable, d.rx, "         \
    "d.vat_bp,"                                                                                                                    \
    " d.version FROM "

static enum mt_rc read_drug(struct mt_stmt *s, struct mt_arena *arena, struct mt_drug *d, struct mt_err *err) {
    *d = (struct mt_drug){.has_price = !mt_col_is_null(s, 9),
                          .sellable = mt_col_int(s, 10) != 0,
                          .vat_bp = (int32_t)mt_col_int(s, 12),
                          .version = mt_col_int(s, 13)};
    const char **const texts[] = {&d->code, &d->name, &d->spec, &d->form, &d->maker, &d->generic, &d->pinyin, &d->shelf};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = mt_col_text(s, (int)i + 1, arena);
        if (*texts[i] == NULL) {
            return mt_fail(err, MT_NOMEM, "Not enough memory for the catalogue.");
        }
    }
    enum mt_rc rc = mt_sv_copy(mt_col_sv(s, 0), d->drug_id.s, sizeof d->drug_id.s);
    if (rc == MT_OK && d->has_price) {
        rc = mt_money_from_minor(mt_col_int(s, 9), &d->price);
    }
    return rc == MT_OK ? mt_rx_parse(mt_col_sv(s, 11), &d->rx) : rc;
}

/* Rows of a search into out, until it is full; a drug that is there already is left out. */
static enum mt_rc take_rows(struct mt_stmt *s, size_t limit, struct mt_arena *arena, struct mt_cached_drug *out, size_t *count,
                            struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    while (*count < limit && (rc = mt_cache_one(s, err)) == MT_OK) {
        rc = read_drug(s, arena, &out[*count].drug, err);
        bool there = false;
        for (size_t i = 0; i < *count; i++) {
            there = there || mt_id_eq(&out[i].drug.drug_id, &out[*count].drug.drug_id);
        }
        if (rc != MT_OK) {
            break;
        }
        *count += there ? 0 : 1;
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc by_words(struct mt_cache_reader *r, struct mt_sv text, size_t limit, struct mt_arena *arena,
                           struct mt_cached_drug *out, size_t *count, struct mt_err *err) {
    struct mt_buf query;
    mt_buf_init(&query, 8192);
    mt_search_query(text, &query);
    enum mt_rc rc = mt_buf_rc(&query);
    if (rc == MT_OK && query.n > 0) {
        struct mt_stmt *s;
        rc = mt_db_stmt(r->db,
                        DRUG_COLUMNS "(SELECT rowid AS rank FROM drug_fts WHERE drug_fts MATCH ?1 ORDER BY rowid LIMIT ?2) f"
                                     " CROSS JOIN drug d ON d.rank = f.rank",
                        &s, err);
        if (rc == MT_OK) {
            mt_bind_sv(s, 1, mt_buf_view(&query));
            mt_bind_int(s, 2, (int64_t)limit);
            rc = take_rows(s, limit, arena, out, count, err);
        }
    }
    mt_buf_fini(&query);
    return rc;
}

#define CODE_LEAST 4 /* fewer digits are a strength or a pack size */

/* The digits of a text that is nothing else; empty when it is. */
static struct mt_sv only_digits(struct mt_sv text) {
    const struct mt_sv word = mt_sv_trim(text);
    for (size_t i = 0; i < word.n; i++) {
        if (word.p[i] < '0' || word.p[i] > '9') {
            return mt_sv("");
        }
    }
    return word.n >= CODE_LEAST && word.n <= 14 ? word : mt_sv("");
}

/* Codes that begin so, by their own index. */
static enum mt_rc by_code(struct mt_cache_reader *r, struct mt_sv digits, size_t limit, struct mt_arena *arena,
                          struct mt_cached_drug *out, size_t *count, struct mt_err *err) {
    char end[16];
    memcpy(end, digits.p, digits.n);
    memcpy(end + digits.n, ":", 2); /* the character behind '9' */
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, DRUG_COLUMNS "drug d WHERE d.code >= ?1 AND d.code < ?2 ORDER BY d.code LIMIT ?3", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_sv(s, 1, digits);
    mt_bind_text(s, 2, end);
    mt_bind_int(s, 3, (int64_t)limit);
    return take_rows(s, limit, arena, out, count, err);
}

enum mt_rc mt_cache_search(struct mt_cache_reader *r, struct mt_sv text, struct mt_date today, size_t limit, struct mt_arena *arena,
                           struct mt_cached_drug **out, size_t *count, struct mt_err *err) {
    const struct mt_sv digits = only_digits(text);
    *count = 0;
    *out = mt_arena_array(arena, limit + 1, sizeof **out);
    enum mt_rc rc = *out != NULL ? by_words(r, text, limit, arena, *out, count, err)
                                 : mt_fail(err, MT_NOMEM, "Not enough memory for the search.");
    if (rc == MT_OK && digits.n > 0 && *count < limit) {
        rc = by_code(r, digits, limit, arena, *out, count, err);
    }
    for (size_t i = 0; i < *count && rc == MT_OK; i++) {
        rc = free_packs(r, &(*out)[i], today, err);
    }
    return rc;
}

static enum mt_rc one_drug(struct mt_cache_reader *r, const char *sql, const char *key, struct mt_date today,
                           struct mt_arena *arena, struct mt_cached_drug *out, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, sql, &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, key);
    rc = mt_cache_one(s, err);
    rc = rc == MT_OK ? read_drug(s, arena, &out->drug, err) : rc;
    mt_stmt_done(s);
    return rc == MT_OK ? free_packs(r, out, today, err) : rc;
}

enum mt_rc mt_cache_by_code(struct mt_cache_reader *r, const char *code, struct mt_date today, struct mt_arena *arena,
                            struct mt_cached_drug *out, struct mt_err *err) {
    return one_drug(r, DRUG_COLUMNS "drug d WHERE d.code = ?1 ORDER BY d.sellable DESC, d.rank LIMIT 1", code, today, arena, out,
                    err);
}

enum mt_rc mt_cache_by_id(struct mt_cache_reader *r, const struct mt_id *drug_id, struct mt_date today, struct mt_arena *arena,
                          struct mt_cached_drug *out, struct mt_err *err) {
    return one_drug(r, DRUG_COLUMNS "drug d WHERE d.drug_id = ?1", drug_id->s, today, arena, out, err);
}

enum mt_rc mt_cache_stock(struct mt_cache_reader *r, const struct mt_id *drug_id, struct mt_arena *arena, struct mt_stock *out,
                          struct mt_err *err) {
    *out = (struct mt_stock){.drug_id = *drug_id};
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, "SELECT version, on_hand, reserved FROM stock WHERE drug_id = ?1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, drug_id->s);
    rc = mt_cache_one(s, err);
    if (rc == MT_OK) {
        out->version = mt_col_int(s, 0);
        out->on_hand = mt_col_int(s, 1);
        out->reserved = mt_col_int(s, 2);
    }
    mt_stmt_done(s);
    return rc == MT_OK ? read_lots(r, drug_id->s, arena, out, err) : rc;
}

enum mt_rc mt_cache_order(struct mt_cache_reader *r, const char *order_no, struct mt_arena *arena, struct mt_order *out,
                          struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, "SELECT json FROM order_copy WHERE order_no = ?1", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, order_no);
    rc = mt_cache_one(s, err);
    rc = rc == MT_OK ? mt_order_parse(mt_col_sv(s, 0), arena, out, err) : rc;
    mt_stmt_done(s);
    return rc;
}

#define NEWEST " ORDER BY taken_at DESC, order_no DESC LIMIT ?1"
const char *const mt_cache_orders_sql[] = {
    [MT_ORDERS_ALL] = "SELECT json FROM order_copy" NEWEST,
    [MT_ORDERS_OPEN] = "SELECT json FROM order_copy WHERE " MT_ORDER_OPEN NEWEST,
    [MT_ORDERS_STATUS] = "SELECT json FROM order_copy WHERE status = ?2" NEWEST,
};

enum mt_rc mt_cache_orders(struct mt_cache_reader *r, enum mt_orders_wanted wanted, enum mt_order_status status, size_t limit,
                           struct mt_arena *arena, struct mt_order **out, size_t *count, struct mt_err *err) {
    struct mt_stmt *s;
    *count = 0;
    *out = mt_arena_array(arena, limit + 1, sizeof **out);
    enum mt_rc rc = *out != NULL ? mt_db_stmt(r->db, mt_cache_orders_sql[wanted], &s, err)
                                 : mt_fail(err, MT_NOMEM, "Not enough memory for the orders.");
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, (int64_t)limit);
    if (wanted == MT_ORDERS_STATUS) {
        mt_bind_text(s, 2, mt_order_status_name(status));
    }
    while (*count < limit && (rc = mt_cache_one(s, err)) == MT_OK &&
           (rc = mt_order_parse(mt_col_sv(s, 0), arena, &(*out)[*count], err)) == MT_OK) {
        (*count)++;
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc read_exception(struct mt_stmt *s, struct mt_arena *arena, struct mt_exception *e, struct mt_err *err) {
    *e = (struct mt_exception){.version = mt_col_int(s, 1),
                               .open = true,
                               .quantity = mt_col_int(s, 6),
                               .detail = mt_col_text(s, 7, arena),
                               .created_at = mt_col_int(s, 8)};
    enum mt_rc rc =
        e->detail != NULL ? mt_exception_kind_parse(mt_col_sv(s, 2), &e->kind) : mt_fail(err, MT_NOMEM, "Not enough memory.");
    const struct {
        int col;
        char *to;
        size_t size;
    } texts[] = {{0, e->exception_id.s, sizeof e->exception_id.s},
                 {3, e->order_id.s, sizeof e->order_id.s},
                 {4, e->order_no, sizeof e->order_no},
                 {5, e->drug_id.s, sizeof e->drug_id.s}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && rc == MT_OK; i++) {
        rc = mt_sv_copy(mt_col_sv(s, texts[i].col), texts[i].to, texts[i].size);
    }
    return rc;
}

enum mt_rc mt_cache_exceptions(struct mt_cache_reader *r, struct mt_arena *arena, struct mt_exception **out, size_t *count,
                               struct mt_err *err) {
    enum { MOST = 500 };
    struct mt_stmt *s;
    *count = 0;
    *out = mt_arena_array(arena, MOST, sizeof **out);
    enum mt_rc rc = *out != NULL
                        ? mt_db_stmt(r->db,
                                     "SELECT exception_id, version, kind, order_id, order_no, drug_id, quantity, detail, created_at"
                                     " FROM exception_copy WHERE open = 1 ORDER BY created_at LIMIT 500",
                                     &s, err)
                        : mt_fail(err, MT_NOMEM, "Not enough memory.");
    if (rc != MT_OK) {
        return rc;
    }
    while ((rc = mt_cache_one(s, err)) == MT_OK) {
        if (read_exception(s, arena, &(*out)[*count], err) == MT_OK) { /* a kind of a newer service is left out */
            (*count)++;
        }
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

enum mt_rc mt_cache_facts(struct mt_cache_reader *r, struct mt_arena *arena, struct mt_cache_facts *out, struct mt_err *err) {
    struct mt_cache_file meta = {0};
    *out = (struct mt_cache_facts){.cursor = ""};
    enum mt_rc rc = mt_cache_meta(r->db, &meta, err);
    if (rc != MT_OK) {
        return rc;
    }
    memcpy(out->epoch, meta.epoch, sizeof out->epoch);
    out->complete = meta.complete;
    out->cursor = mt_arena_str(arena, meta.cursor);
    out->drugs = meta.drugs;
    return out->cursor != NULL ? MT_OK : mt_fail(err, MT_NOMEM, "Not enough memory.");
}

void mt_cache_warm(struct mt_cache_reader *r) {
    static const char *const first_keys[] = {"a", "m", "s", "1"};
    struct mt_arena arena;
    mt_arena_init(&arena, 4u << 20);
    for (size_t i = 0; i < sizeof first_keys / sizeof first_keys[0]; i++) {
        struct mt_cached_drug *found;
        size_t count;
        enum mt_rc rc = mt_cache_search(r, mt_sv(first_keys[i]), mt_date_of(0), 10, &arena, &found, &count, NULL);
        if (rc != MT_OK) {
            break; /* the search itself will say why */
        }
    }
    mt_arena_fini(&arena);
}
