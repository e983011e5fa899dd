/* Proves a database: the engine's own check, the rules that are questions in SQL, and two that need a walk: every order's
 * events against the table of edges, and the audit's chain of hashes. All in one snapshot, without writing. */
#include "check.h"
#include "audit.h"

#include <medterm/service/admin.h>

#include <string.h>

struct report {
    void (*say)(void *ctx, const char *line);
    void *ctx;
    int64_t violations;
};

static void violation(struct report *r, const char *invariant, struct mt_sv words) {
    struct mt_buf line;
    mt_buf_init(&line, 4096);
    mt_buf_fmt(&line, "%s: ", invariant);
    mt_buf_sv(&line, words);
    r->violations++;
    if (r->say != NULL)
        r->say(r->ctx, mt_buf_text(&line)); /* cut when it is beyond 4 KiB */
    mt_buf_fini(&line);
}

static enum mt_rc ask(struct mt_session *x, const struct check_rule *rule, struct report *r, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(x->db, rule->sql, &s, err);
    if (rc != MT_OK)
        return rc;
    enum mt_step step;
    while ((step = mt_stmt_step(s, err)) == MT_STEP_ROW)
        violation(r, rule->invariant, mt_col_sv(s, 0));
    rc = step == MT_STEP_DONE ? MT_OK : mt_stmt_rc(s);
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc ask_sqlite(struct mt_session *x, struct report *r, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(x->db, "PRAGMA integrity_check", &s, err);
    if (rc != MT_OK)
        return rc;
    enum mt_step step;
    while ((step = mt_stmt_step(s, err)) == MT_STEP_ROW)
        if (!mt_sv_is(mt_col_sv(s, 0), "ok"))
            violation(r, "file", mt_col_sv(s, 0));
    rc = step == MT_STEP_DONE ? MT_OK : mt_stmt_rc(s);
    mt_stmt_done(s);
    if (rc != MT_OK)
        return rc;
    static const struct check_rule orphans = {
        "file", "SELECT \"table\" || ': a row refers to one that is not there' FROM pragma_foreign_key_check"};
    return ask(x, &orphans, r, err);
}

/* Its pages are its own affair; what could be switched off are the rules. */
static enum mt_rc ask_postgres(struct mt_session *x, struct report *r, struct mt_err *err) {
    static const struct check_rule rules[] = {
        {"database", "SELECT 'rule ' || conname || ' has not been proved' FROM pg_constraint WHERE NOT convalidated"},
        {"database", "SELECT 'an index of ' || c.relname || ' is not valid' FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
                     " WHERE NOT i.indisvalid"},
        {"database", "SELECT 'guard ' || t.tgname || ' is switched off' FROM pg_trigger t WHERE t.tgenabled <> 'O'"},
    };
    enum mt_rc rc = MT_OK;
    for (size_t i = 0; rc == MT_OK && i < sizeof rules / sizeof rules[0]; i++)
        rc = ask(x, &rules[i], r, err);
    return rc;
}

static enum mt_rc ask_engine(struct mt_session *x, struct report *r, struct mt_err *err) {
    switch (mt_db_engine(x->db)) {
    case MT_ENGINE_SQLITE:
        return ask_sqlite(x, r, err);
    case MT_ENGINE_POSTGRES:
        return ask_postgres(x, r, err);
    }
    return mt_fail(err, MT_BUG, "a database of no engine");
}

/* One event after the other: the first is the creation, and each status change is an edge. */
static bool edge_ok(struct mt_sv kind, struct mt_sv from, struct mt_sv to, bool first) {
    enum mt_order_status a, b;
    if (mt_order_status_parse(to, &b) != MT_OK)
        return false;
    if (first)
        return from.n == 0 && b == MT_ORDER_PENDING;
    if (mt_order_status_parse(from, &a) != MT_OK)
        return false;
    return mt_sv_is(kind, "status") ? mt_order_edge(a, b) != NULL : a == b;
}

static enum mt_rc walk_events(struct mt_session *x, struct report *r, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        x->db, "SELECT order_id, version, kind, from_status, to_status FROM mt_event ORDER BY order_id, version", &s, err);
    if (rc != MT_OK)
        return rc;
    char order_id[MT_ID_TEXT] = "", status[32] = "";
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) == MT_STEP_ROW) {
        const bool first = !mt_sv_is(mt_col_sv(s, 0), order_id);
        const struct mt_sv from = mt_col_sv(s, 3), to = mt_col_sv(s, 4);
        if ((first && mt_col_int(s, 1) != 1) || (!first && !mt_sv_is(from, status)) || !edge_ok(mt_col_sv(s, 2), from, to, first))
            violation(r, "I7", mt_col_sv(s, 0));
        rc = mt_sv_copy(mt_col_sv(s, 0), order_id, sizeof order_id);
        if (rc == MT_OK)
            rc = mt_sv_copy(to, status, sizeof status);
    }
    if (rc == MT_OK && step == MT_STEP_ERROR)
        rc = mt_stmt_rc(s);
    mt_stmt_done(s);
    return rc;
}

static void see_audit(void *ctx, const struct audit_link *link) {
    if (link->holds)
        return;
    struct mt_buf words;
    mt_buf_init(&words, 64);
    mt_buf_fmt(&words, "the audit chain breaks at row %lld", (long long)link->audit_id);
    violation(ctx, "I8", mt_buf_view(&words));
    mt_buf_fini(&words);
}

enum mt_rc mt_admin_check(struct mt_session *x, void (*say)(void *ctx, const char *line), void *ctx, int64_t *violations,
                          struct mt_err *err) {
    struct report r = {.say = say, .ctx = ctx};
    size_t count;
    const struct check_rule *rules = check_rules(&count);
    enum mt_rc rc = mt_db_begin(x->db, MT_DB_READ, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    rc = ask_engine(x, &r, err);
    for (size_t i = 0; rc == MT_OK && i < count; i++)
        rc = ask(x, &rules[i], &r, err);
    if (rc == MT_OK)
        rc = walk_events(x, &r, err);
    if (rc == MT_OK)
        rc = audit_walk(x, see_audit, &r, err);
    mt_db_rollback(x->db); /* it has only read */
    *violations = r.violations;
    return rc;
}
