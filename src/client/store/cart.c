/* The cart's journal: a row a line, its packs beside it, one head. Lines are numbered from 0 without gaps; cutting one
 * moves the later ones up by way of negative numbers, because the numbers are unique at every moment. */
#include "register_impl.h"

#include <medterm/store/cart.h>

static enum mt_rc run_at(struct mt_register *r, const char *sql, int64_t at, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, sql, &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, at);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc insert_line(struct mt_register *r, int64_t at, const struct mt_journal_line *line, struct mt_err *err) {
    struct mt_buf drug;
    mt_buf_init(&drug, 64u << 10);
    mt_drug_print(&line->drug, &drug);
    enum mt_rc rc = mt_buf_rc(&drug);
    struct mt_stmt *s;
    if (rc == MT_OK) {
        rc = mt_db_stmt(r->db, "INSERT INTO cart_line (at, drug, quantity) VALUES (?1, ?2, ?3)", &s, err);
    }
    if (rc == MT_OK) {
        mt_bind_int(s, 1, at);
        mt_bind_sv(s, 2, mt_buf_view(&drug));
        mt_bind_int(s, 3, line->quantity);
        rc = mt_stmt_run(s, NULL, err);
    }
    mt_buf_fini(&drug);
    return rc;
}

static enum mt_rc insert_pack(struct mt_register *r, int64_t at, int64_t n, const struct mt_pack *p, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(r->db, "INSERT INTO cart_pack (line, n, lot_no, serial, expires_on) VALUES (?1, ?2, ?3, ?4, ?5)", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, at);
    mt_bind_int(s, 2, n);
    mt_bind_text(s, 3, p->lot_no != NULL ? p->lot_no : "");
    mt_bind_text(s, 4, p->serial != NULL ? p->serial : "");
    mt_bind_date(s, 5, p->expires_on);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc put_line(struct mt_register *r, size_t index, const struct mt_journal_line *line, struct mt_err *err) {
    const int64_t at = (int64_t)index;
    enum mt_rc rc = run_at(r, "DELETE FROM cart_line WHERE at = ?1", at, err);
    if (rc == MT_OK) {
        rc = insert_line(r, at, line, err);
    }
    for (size_t i = 0; i < line->pack_count && rc == MT_OK; i++) {
        rc = insert_pack(r, at, (int64_t)i, &line->packs[i], err);
    }
    return rc;
}

enum mt_rc mt_cart_put_line(struct mt_register *r, size_t index, const struct mt_journal_line *line, struct mt_err *err) {
    enum mt_rc rc = mt_db_begin(r->db, MT_DB_WRITE, MT_HERE, err);
    return rc == MT_OK ? mt_register_end(r, put_line(r, index, line, err), err) : rc;
}

enum mt_rc mt_cart_cut_line(struct mt_register *r, size_t index, struct mt_err *err) {
    enum mt_rc rc = mt_db_begin(r->db, MT_DB_WRITE, MT_HERE, err);
    if (rc != MT_OK) {
        return rc;
    }
    rc = run_at(r, "DELETE FROM cart_line WHERE at = ?1", (int64_t)index, err);
    if (rc == MT_OK) {
        rc = run_at(r, "UPDATE cart_line SET at = -at WHERE at > ?1", (int64_t)index, err);
    }
    if (rc == MT_OK) {
        rc = run_at(r, "UPDATE cart_line SET at = -at - 1 WHERE at < 0 AND ?1 >= 0", (int64_t)index, err);
    }
    return mt_register_end(r, rc, err);
}

enum mt_rc mt_cart_put_head(struct mt_register *r, const struct mt_journal_head *h, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(r->db,
                   "INSERT INTO cart_head (one, user_name, user_phone, doctor_name, buyer_id_no, prescription, address_detail,"
                   " remark, fulfilment) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET"
                   " user_name = ?1, user_phone = ?2, doctor_name = ?3, buyer_id_no = ?4, prescription = ?5, address_detail = ?6,"
                   " remark = ?7, fulfilment = ?8",
                   &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    const char *const texts[] = {h->user_name,    h->user_phone,     h->doctor_name, h->buyer_id_no,
                                 h->prescription, h->address_detail, h->remark};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        mt_bind_text(s, (int)i + 1, texts[i] != NULL ? texts[i] : "");
    }
    mt_bind_text(s, 8, mt_fulfilment_name(h->fulfilment));
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_cart_put_all(struct mt_register *r, const struct mt_journal_line *lines, size_t count,
                           const struct mt_journal_head *head, struct mt_err *err) {
    enum mt_rc rc = mt_db_begin(r->db, MT_DB_WRITE, MT_HERE, err);
    if (rc != MT_OK) {
        return rc;
    }
    rc = mt_register_cart_empty(r, err);
    for (size_t i = 0; rc == MT_OK && i < count; i++) {
        rc = put_line(r, i, &lines[i], err);
    }
    if (rc == MT_OK) {
        rc = mt_cart_put_head(r, head, err);
    }
    return mt_register_end(r, rc, err);
}

enum mt_rc mt_register_cart_empty(struct mt_register *r, struct mt_err *err) {
    return mt_db_exec(r->db, "DELETE FROM cart_line; DELETE FROM cart_head", err);
}

enum mt_rc mt_cart_clear(struct mt_register *r, struct mt_err *err) {
    enum mt_rc rc = mt_db_begin(r->db, MT_DB_WRITE, MT_HERE, err);
    if (rc != MT_OK) {
        return rc;
    }
    return mt_register_end(r, mt_register_cart_empty(r, err), err);
}

static enum mt_rc load_packs(struct mt_register *r, int64_t at, size_t most, struct mt_arena *arena, struct mt_journal_line *line,
                             struct mt_err *err) {
    struct mt_pack *packs = mt_arena_array(arena, most + 1, sizeof *packs);
    struct mt_stmt *s;
    enum mt_rc rc = packs != NULL
                        ? mt_db_stmt(r->db, "SELECT lot_no, serial, expires_on FROM cart_pack WHERE line = ?1 ORDER BY n", &s, err)
                        : mt_fail(err, MT_NOMEM, "Not enough memory for the cart.");
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, at);
    while (line->pack_count < most && (rc = mt_stmt_one(s, err)) == MT_OK) {
        struct mt_pack *p = &packs[line->pack_count];
        p->lot_no = mt_col_text(s, 0, arena);
        p->serial = mt_col_text(s, 1, arena);
        p->expires_on = mt_col_date(s, 2);
        if (p->lot_no == NULL || p->serial == NULL) {
            rc = mt_fail(err, MT_NOMEM, "Not enough memory for the cart.");
            break;
        }
        line->pack_count++;
    }
    mt_stmt_done(s);
    line->packs = packs;
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc load_lines(struct mt_register *r, struct mt_arena *arena, struct mt_journal_line *lines, size_t *count,
                             struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        r->db, "SELECT drug, quantity, at, (SELECT count(*) FROM cart_pack WHERE line = at) FROM cart_line ORDER BY at LIMIT 200",
        &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    while ((rc = mt_stmt_one(s, err)) == MT_OK) {
        struct mt_journal_line *line = &lines[*count];
        rc = mt_drug_parse(mt_col_sv(s, 0), arena, &line->drug, err);
        line->quantity = mt_col_int(s, 1);
        if (rc == MT_OK) {
            rc = load_packs(r, mt_col_int(s, 2), (size_t)mt_col_int(s, 3), arena, line, err);
        }
        if (rc != MT_OK) {
            break;
        }
        (*count)++;
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc load_head(struct mt_register *r, struct mt_arena *arena, struct mt_journal_head *h, struct mt_err *err) {
    *h = (struct mt_journal_head){"", "", "", "", "", "", "", MT_PICKUP};
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(r->db,
                   "SELECT user_name, user_phone, doctor_name, buyer_id_no, prescription, address_detail, remark, fulfilment"
                   " FROM cart_head",
                   &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    rc = mt_stmt_one(s, err);
    if (rc == MT_OK) {
        const char **const texts[] = {&h->user_name,    &h->user_phone,     &h->doctor_name, &h->buyer_id_no,
                                      &h->prescription, &h->address_detail, &h->remark};
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            const char *text = mt_col_text(s, (int)i, arena);
            *texts[i] = text != NULL ? text : "";
        }
        rc = mt_fulfilment_parse(mt_col_sv(s, 7), &h->fulfilment);
    }
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

enum mt_rc mt_cart_load(struct mt_register *r, struct mt_arena *arena, struct mt_journal_line **lines, size_t *count,
                        struct mt_journal_head *head, struct mt_err *err) {
    *count = 0;
    *lines = mt_arena_array(arena, MT_ITEMS_MAX, sizeof **lines);
    if (*lines == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory for the cart.");
    }
    enum mt_rc rc = load_lines(r, arena, *lines, count, err);
    return rc == MT_OK ? load_head(r, arena, head, err) : rc;
}
