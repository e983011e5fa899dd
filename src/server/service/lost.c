/* What goes when a database is put back and no till can bring again: what clients did over REST, and what administrators did, with
 * enrolments among it. The two databases were one up to some moment. Their audit chains say which: a link's hash covers all before
 * it, so that the last common link is found by halving. Behind it stands everything an administrator did since; a client's lane is
 * walked back from its end until both have the same operation. */
#include "core.h"

#include <medterm/service/admin.h>

#include <string.h>

typedef enum mt_rc (*tell_fn)(void *ctx, const struct mt_lost *lost, struct mt_err *err);
struct telling {
    struct mt_session *old, *kept;
    tell_fn tell;
    void *ctx;
};

/* One row: its first column as a number, the second as text. MT_NOTFOUND when there is none. */
static enum mt_rc pair(struct mt_db *db, const char *sql, const char *key, int64_t number, int64_t *first, char second[65],
                       struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_int(s, 1, number);
    if (key != NULL)
        mt_bind_text(s, 2, key);
    switch (mt_stmt_step(s, err)) {
    case MT_STEP_ROW:
        *first = mt_col_int(s, 0);
        rc = mt_sv_copy(mt_col_sv(s, 1), second, 65);
        break;
    case MT_STEP_DONE:
        rc = MT_NOTFOUND;
        break;
    case MT_STEP_ERROR:
        rc = mt_stmt_rc(s);
        break;
    }
    mt_stmt_done(s);
    return rc;
}

/* The last link at or before that place. */
static enum mt_rc link_at(struct mt_session *x, int64_t place, int64_t *audit_id, char hash[65], struct mt_err *err) {
    enum mt_rc rc = pair(x->db, "SELECT audit_id, hash FROM mt_audit WHERE audit_id <= ?1 ORDER BY audit_id DESC LIMIT 1", NULL,
                         place, audit_id, hash, err);
    if (rc != MT_NOTFOUND)
        return rc;
    *audit_id = 0;
    hash[0] = '\0';
    return MT_OK;
}

static enum mt_rc same_link(const struct telling *t, int64_t place, bool *same, struct mt_err *err) {
    int64_t ours = 0, theirs = 0;
    char our_hash[65], their_hash[65];
    enum mt_rc rc = link_at(t->old, place, &ours, our_hash, err);
    if (rc == MT_OK)
        rc = link_at(t->kept, place, &theirs, their_hash, err);
    *same = rc == MT_OK && ours == theirs && strcmp(our_hash, their_hash) == 0;
    return rc;
}

/* The last place where both chains are one. */
static enum mt_rc last_common(const struct telling *t, int64_t *place, struct mt_err *err) {
    int64_t low = 0, high = 0;
    char hash[65];
    bool same = false;
    enum mt_rc rc = link_at(t->kept, INT64_MAX, &high, hash, err);
    if (rc == MT_OK)
        rc = same_link(t, high, &same, err);
    while (rc == MT_OK && !same && high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        bool equal = false;
        rc = same_link(t, middle, &equal, err);
        *(equal ? &low : &high) = middle;
    }
    *place = same ? high : low;
    return rc;
}

/* A code that the register had, "" when there is none. */
static enum mt_rc register_named(struct mt_session *x, const char *id, struct mt_repo_register *r, struct mt_err *err) {
    struct mt_id register_id;
    *r = (struct mt_repo_register){.code = ""};
    if (mt_id_parse(mt_sv(id), &register_id) != MT_OK)
        return MT_OK;
    enum mt_rc rc = mt_repo_register_get(x->db, &register_id, r, err);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc tell_deed(const struct telling *t, struct mt_stmt *s, struct mt_err *err) {
    char action[32], entity[32], id[MT_ID_TEXT];
    struct mt_repo_register r;
    enum mt_rc rc = mt_sv_copy(mt_col_sv(s, 1), action, sizeof action);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_col_sv(s, 2), entity, sizeof entity);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_col_sv(s, 3), id, sizeof id);
    if (rc == MT_OK)
        rc = register_named(t->old, id, &r, err);
    if (rc != MT_OK)
        return rc;
    const bool enrolment = strcmp(entity, "register") == 0;
    struct mt_lost lost = {.kind = enrolment ? "enrolment" : entity,
                           .action = action,
                           .register_code = r.code,
                           .id = id,
                           .order_no = "",
                           .outcome = "",
                           .count = mt_col_int(s, 4),
                           .at = mt_col_int(s, 0)};
    if (enrolment) {
        lost.register_id = r.register_id;
        lost.store_id = r.store_id;
    }
    return t->tell(t->ctx, &lost, err);
}

/* Goods and catalogues come in by the thousand and are told as one. */
static enum mt_rc tell_deeds(const struct telling *t, struct mt_err *err) {
    int64_t place = 0;
    struct mt_stmt *s;
    enum mt_rc rc = last_common(t, &place, err);
    if (rc == MT_OK)
        rc = mt_db_stmt(t->old->db,
                        "SELECT min(at), CASE WHEN entity = 'register' THEN 'enrol' ELSE action END AS deed, entity,"
                        " CASE WHEN entity IN ('stock','catalogue') THEN '' ELSE entity_id END AS about, count(*) FROM mt_audit"
                        " WHERE audit_id > ?1 AND op_id = '' AND actor <> 'service' GROUP BY deed, entity, about"
                        " ORDER BY min(audit_id)",
                        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_int(s, 1, place);
    enum mt_step step = MT_STEP_DONE;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) == MT_STEP_ROW)
        rc = tell_deed(t, s, err);
    if (rc == MT_OK && step == MT_STEP_ERROR)
        rc = mt_stmt_rc(s);
    mt_stmt_done(s);
    return rc;
}

/* The sequence up to which both databases have the same operations of the lane. */
static enum mt_rc common_seq(const struct telling *t, const char *register_id, int64_t *seq, struct mt_err *err) {
    char ours[65], theirs[65];
    int64_t at = INT64_MAX, same = 0;
    for (;;) {
        enum mt_rc rc = pair(t->old->db,
                             "SELECT register_seq, op_id FROM mt_operation WHERE register_seq < ?1 AND register_id = ?2"
                             " ORDER BY register_seq DESC LIMIT 1",
                             register_id, at, &at, ours, err);
        if (rc == MT_NOTFOUND) {
            *seq = 0;
            return MT_OK;
        }
        if (rc == MT_OK)
            rc = pair(t->kept->db, "SELECT register_seq, op_id FROM mt_operation WHERE register_seq = ?1 AND register_id = ?2",
                      register_id, at, &same, theirs, err);
        if (rc == MT_OK && strcmp(ours, theirs) == 0) {
            *seq = at;
            return MT_OK;
        }
        if (rc != MT_OK && rc != MT_NOTFOUND)
            return rc;
    }
}

static enum mt_rc tell_operation(const struct telling *t, struct mt_stmt *s, const char *code, struct mt_err *err) {
    char op_id[MT_ID_TEXT], kind[64], outcome[16], order_no[MT_ORDER_NO_TEXT];
    const struct {
        char *to;
        size_t size;
    } columns[] = {{op_id, sizeof op_id}, {kind, sizeof kind}, {outcome, sizeof outcome}, {order_no, sizeof order_no}};
    enum mt_rc rc = MT_OK;
    for (size_t i = 0; rc == MT_OK && i < sizeof columns / sizeof columns[0]; i++)
        rc = mt_sv_copy(mt_col_sv(s, (int)i), columns[i].to, columns[i].size);
    if (rc != MT_OK)
        return mt_fail(err, rc, "an operation of client %s can not be read", code);
    const struct mt_lost lost = {.kind = "operation",
                                 .action = kind,
                                 .register_code = code,
                                 .id = op_id,
                                 .order_no = order_no,
                                 .outcome = outcome,
                                 .count = 1,
                                 .at = mt_col_int(s, 4)};
    return t->tell(t->ctx, &lost, err);
}

static enum mt_rc tell_lane(const struct telling *t, const char *register_id, const char *code, struct mt_err *err) {
    int64_t seq = 0;
    struct mt_stmt *s;
    enum mt_rc rc = common_seq(t, register_id, &seq, err);
    if (rc == MT_OK)
        rc = mt_db_stmt(t->old->db,
                        "SELECT o.op_id, o.kind, o.outcome, coalesce(d.order_no, ''), o.received_at FROM mt_operation o"
                        " LEFT JOIN mt_order d ON d.order_id = o.order_id WHERE o.register_id = ?1 AND o.register_seq > ?2"
                        " ORDER BY o.register_seq",
                        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, register_id);
    mt_bind_int(s, 2, seq);
    enum mt_step step = MT_STEP_DONE;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) == MT_STEP_ROW)
        rc = tell_operation(t, s, code, err);
    if (rc == MT_OK && step == MT_STEP_ERROR)
        rc = mt_stmt_rc(s);
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc tell_operations(const struct telling *t, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(t->old->db,
                               "SELECT r.register_id, r.code FROM mt_client c JOIN mt_register r ON r.register_id = c.client_id"
                               " ORDER BY r.code",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    enum mt_step step = MT_STEP_DONE;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) == MT_STEP_ROW) {
        char id[MT_ID_TEXT], code[MT_REGISTER_CODE_TEXT];
        rc = mt_sv_copy(mt_col_sv(s, 0), id, sizeof id);
        if (rc == MT_OK)
            rc = mt_sv_copy(mt_col_sv(s, 1), code, sizeof code);
        if (rc == MT_OK)
            rc = tell_lane(t, id, code, err);
    }
    if (rc == MT_OK && step == MT_STEP_ERROR)
        rc = mt_stmt_rc(s);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_admin_lost(struct mt_session *old, struct mt_session *kept, tell_fn tell, void *ctx, struct mt_err *err) {
    const struct telling t = {.old = old, .kept = kept, .tell = tell, .ctx = ctx};
    enum mt_rc rc = mt_db_begin(old->db, MT_DB_READ, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    rc = tell_operations(&t, err);
    if (rc == MT_OK)
        rc = tell_deeds(&t, err);
    mt_db_rollback(old->db); /* it has only read */
    return rc;
}
