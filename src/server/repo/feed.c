/* The changes feed, compacted: an entity has one row, and a change moves it to the end. Writers give places one after
 * another (mt_db_order), so a higher seq was committed later and a reader behind seq can miss nothing. A page reads the shared rows
 * and the store's own, each from its index, with the catalogue joined in: the first fill is mostly drugs. */
#include <medterm/repo/goods.h>
#include <medterm/repo/log.h>
#include <medterm/repo/orders.h>
#include <medterm/repo/patients.h>
#include <medterm/repo/people.h>

#include "row.h"
#include "rows.h"

enum mt_rc mt_repo_change_put(struct mt_db *db, const char *scope, enum mt_entity entity, const char *id, int64_t seq,
                              struct mt_err *err) {
    struct mt_stmt *s = NULL;
    enum mt_rc rc =
        mt_db_stmt(db,
                   "INSERT INTO mt_change(scope, entity, id, seq) VALUES (?1, ?2, ?3, ?4) ON CONFLICT(scope, entity, id)"
                   " DO UPDATE SET seq = excluded.seq",
                   &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, scope);
    mt_bind_text(s, 2, mt_entity_name(entity));
    mt_bind_text(s, 3, id);
    mt_bind_int(s, 4, seq);
    return mt_stmt_later(s, err);
}

/* Everything but drugs, which came with the page. */
static enum mt_rc load_entity(struct mt_db *db, const char *store_id, struct mt_change *c, struct mt_arena *arena,
                              struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    struct mt_id owner;
    switch (c->entity) {
    case MT_ENTITY_DRUG:
        return MT_OK;
    case MT_ENTITY_STOCK:
        rc = mt_repo_stock_load(db, store_id, c->id, arena, &c->data.stock, err);
        c->version = c->data.stock.version;
        return rc;
    case MT_ENTITY_ORDER:
        rc = mt_repo_order_load(db, c->id, arena, &c->data.order, err);
        c->version = c->data.order.version;
        break;
    case MT_ENTITY_STAFF:
        rc = mt_repo_staff_get(db, c->id, arena, &c->data.staff, &owner, err);
        c->version = c->data.staff.version;
        break;
    case MT_ENTITY_EXCEPTION:
        rc = mt_repo_exception_get(db, c->id, arena, &c->data.exception, err);
        c->version = c->data.exception.version;
        break;
    case MT_ENTITY_USER:
        rc = mt_repo_user_get(db, c->id, arena, &c->data.user, &owner, err);
        c->version = c->data.user.version;
        break;
    case MT_ENTITY_DOCTOR:
        rc = mt_repo_doctor_get(db, c->id, arena, &c->data.doctor, &owner, err);
        c->version = c->data.doctor.version;
        break;
    case MT_ENTITY_PAYMENT:
    case MT_ENTITY_SETTING:
    case MT_ENTITY_UNKNOWN:
        rc = MT_NOTFOUND;
        break;
    }
    if (rc == MT_NOTFOUND) {
        c->removed = true;
        rc = MT_OK;
    }
    return rc;
}

static enum mt_rc read_change(struct mt_stmt *s, struct mt_arena *arena, struct mt_repo_change *c) {
    enum mt_rc rc = MT_OK;
    *c = (struct mt_repo_change){.seq = mt_col_int(s, 0), .change = {.entity = mt_entity_parse(mt_col_sv(s, 1))}};
    c->change.id = col_text(s, 2, arena, &rc);
    if (rc != MT_OK || c->change.entity != MT_ENTITY_DRUG)
        return rc;
    if (mt_col_is_null(s, 3)) {
        c->change.removed = true;
        return MT_OK;
    }
    rc = mt_row_drug(s, 3, arena, &c->change.data.drug);
    c->change.version = c->change.data.drug.version;
    return rc;
}

static enum mt_rc read_page(struct mt_stmt *s, int64_t limit, struct mt_arena *arena, struct mt_repo_change *page, size_t *count,
                            struct mt_err *err) {
    enum mt_step step;
    while ((step = mt_stmt_step(s, err)) == MT_STEP_ROW && *count < (size_t)limit) {
        enum mt_rc rc = read_change(s, arena, &page[(*count)++]);
        if (rc != MT_OK)
            return mt_fail(err, rc, "a page of changes: %s", mt_rc_text(rc));
    }
    return step == MT_STEP_ERROR ? mt_stmt_rc(s) : MT_OK;
}

enum mt_rc mt_repo_changes(struct mt_db *db, const char *store_id, int64_t seq, int64_t limit, struct mt_arena *arena,
                           struct mt_repo_change **out, size_t *count, struct mt_err *err) {
    *count = 0;
    *out = mt_arena_array(arena, (size_t)limit, sizeof **out);
    if (*out == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for a page of changes");
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT c.seq, c.entity, c.id, " MT_DRUG_COLUMNS " FROM ("
                               "SELECT seq, entity, id FROM (SELECT seq, entity, id FROM mt_change WHERE scope = '' AND seq > ?2 "
                               "ORDER BY seq LIMIT ?3) shared"
                               " UNION ALL "
                               "SELECT seq, entity, id FROM (SELECT seq, entity, id FROM mt_change WHERE scope = ?1 AND seq > ?2 "
                               "ORDER BY seq LIMIT ?3) own"
                               ") c LEFT JOIN mt_drug d ON c.entity = 'drug' AND d.drug_id = c.id ORDER BY c.seq LIMIT ?3",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, store_id);
    mt_bind_int(s, 2, seq);
    mt_bind_int(s, 3, limit);
    rc = read_page(s, limit, arena, *out, count, err);
    mt_stmt_done(s);
    for (size_t i = 0; rc == MT_OK && i < *count; i++)
        rc = load_entity(db, store_id, &(*out)[i].change, arena, err);
    return rc;
}

/* The end of each scope's index, and the last of these: the feed itself is never walked. */
enum mt_rc mt_repo_change_last(struct mt_db *db, int64_t *seq, struct mt_err *err) {
    *seq = 0;
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "WITH RECURSIVE s(scope) AS (SELECT min(scope) FROM mt_change UNION ALL"
                               " SELECT (SELECT min(c.scope) FROM mt_change c WHERE c.scope > s.scope) FROM s"
                               " WHERE s.scope IS NOT NULL)"
                               " SELECT coalesce(max((SELECT max(c.seq) FROM mt_change c WHERE c.scope = s.scope)), 0) FROM s",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    rc = row_one(s, err);
    if (rc == MT_OK) {
        *seq = mt_col_int(s, 0);
        mt_stmt_done(s);
    }
    return rc;
}
