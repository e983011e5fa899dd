/* The audit's chain, walked from its first row: each row's hash covers its content and the hash before it, so a row that was
 * changed, put in or taken out breaks the chain at its place. Rows cut off at the end leave a whole chain: only a hash that was
 * noted elsewhere, and must still stand in it, shows that. */
#include "audit.h"

#include <medterm/service/admin.h>

#include <string.h>

enum mt_rc audit_walk(struct mt_session *x, void (*see)(void *ctx, const struct audit_link *link), void *ctx, struct mt_err *err) {
    struct mt_repo_audit row;
    struct audit_link link = {.row = &row};
    char head[MT_HASH_TEXT], hash[MT_HASH_TEXT];
    memset(head, '0', sizeof head - 1);
    head[sizeof head - 1] = '\0';
    for (;;) {
        mt_arena_reset(&x->scratch);
        enum mt_rc rc = mt_repo_audit_next(x->db, &link.audit_id, &x->scratch, &row, err);
        if (rc == MT_NOTFOUND)
            return MT_OK;
        if (rc == MT_OK)
            rc = trail_audit_hash(&row, hash);
        if (rc != MT_OK)
            return rc;
        link.holds = strcmp(row.prev, head) == 0 && strcmp(row.hash, hash) == 0;
        see(ctx, &link);
        memcpy(head, row.hash, sizeof head);
    }
}

struct verifying {
    struct mt_audit_report *report;
    const char *against;
};

static void verify(void *ctx, const struct audit_link *link) {
    const struct verifying *v = ctx;
    struct mt_audit_report *r = v->report;
    r->rows++;
    if (!link->holds && r->broken == 0)
        r->broken = link->audit_id;
    memcpy(r->head, link->row->hash, sizeof r->head);
    r->found = r->found || strcmp(v->against, link->row->hash) == 0;
}

enum mt_rc mt_admin_audit_verify(struct mt_session *x, const char *against, struct mt_audit_report *out, struct mt_err *err) {
    *out = (struct mt_audit_report){.rows = 0};
    memset(out->head, '0', sizeof out->head - 1);
    struct verifying v = {.report = out, .against = against != NULL ? against : ""};
    out->found = strcmp(v.against, out->head) == 0;
    enum mt_rc rc = mt_db_begin(x->db, MT_DB_READ, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    rc = audit_walk(x, verify, &v, err);
    mt_db_rollback(x->db); /* it has only read */
    return rc;
}
