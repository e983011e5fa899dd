/* Which unpaid orders may expire: those that nothing of their own store waits for. The index holds unpaid orders only, so the
 * question costs as much as there are of them. */
#include <medterm/repo/money.h>

#include "row.h"

static enum mt_rc read_unpaid(struct mt_stmt *s, struct mt_repo_unpaid *u) {
    *u = (struct mt_repo_unpaid){.order_id = col_id(s, 0), .register_id = col_id(s, 2)};
    return mt_sv_copy(mt_col_sv(s, 1), u->order_no, sizeof u->order_no);
}

enum mt_rc mt_repo_unpaid_of_clients(struct mt_db *db, mt_time until, int64_t limit, struct mt_arena *arena,
                                     struct mt_repo_unpaid **out, size_t *count, struct mt_err *err) {
    struct mt_stmt *s;
    *out = NULL;
    *count = 0;
    enum mt_rc rc =
        mt_db_stmt(db,
                   "SELECT o.order_id, o.order_no, o.register_id FROM mt_client c JOIN mt_order o ON o.register_id = c.client_id"
                   " WHERE o.status = 'pending_payment' AND o.created_at <= ?1 AND o.paid_amount <= o.refunded_amount"
                   " AND NOT EXISTS (SELECT 1 FROM mt_payment p WHERE p.order_id = o.order_id"
                   " AND p.status IN ('created', 'pending', 'cancelling'))"
                   " AND NOT EXISTS (SELECT 1 FROM mt_operation q JOIN mt_register r ON r.register_id = q.register_id"
                   " WHERE q.order_id = o.order_id AND q.order_id <> '' AND q.outcome = 'quarantined' AND r.store_id = o.store_id)"
                   " ORDER BY o.created_at, o.order_id LIMIT ?2",
                   &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_int(s, 1, until);
    mt_bind_int(s, 2, limit);
    enum mt_step step;
    while (rc == MT_OK && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_repo_unpaid *list = step == MT_STEP_ROW ? row_grow(arena, *out, *count, sizeof **out) : NULL;
        if (list == NULL) {
            rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_fail(err, MT_NOMEM, "no memory for unpaid orders");
            break;
        }
        *out = list;
        rc = read_unpaid(s, &list[(*count)++]);
    }
    mt_stmt_done(s);
    return rc;
}
