/* The queue of webhooks. A delivery's id is made of what it tells to whom, so the same is never queued twice. Several programs work
 * on the table: a row is theirs between the lease and its end, and whatever is written then names the lease, so that one who came
 * back too late changes nothing. */
#include <medterm/repo/delivery.h>

#include "row.h"

enum mt_rc mt_repo_subscription_insert(struct mt_db *db, const struct mt_repo_subscription *sub, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "INSERT INTO mt_subscription(subscription_id, store_id, url, secret, active, created_at)"
                               " VALUES (?1, ?2, ?3, ?4, 1, ?5)",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, sub->subscription_id.s);
    mt_bind_text(s, 2, sub->store_id.s);
    mt_bind_text(s, 3, sub->url);
    mt_bind_text(s, 4, sub->secret);
    mt_bind_int(s, 5, sub->created_at);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_subscription_end(struct mt_db *db, const struct mt_id *subscription_id, mt_time now, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "UPDATE mt_subscription SET active = 0 WHERE subscription_id = ?1 AND active = 1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, subscription_id->s);
    rc = row_touch(s, MT_NOTFOUND, "no such subscription", err);
    if (rc == MT_OK)
        rc = mt_db_stmt(db,
                        "UPDATE mt_delivery SET state = 'given_up', ended_at = ?2, leased_until = 0"
                        " WHERE subscription_id = ?1 AND state = 'waiting'",
                        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, subscription_id->s);
    mt_bind_int(s, 2, now);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc read_line(struct mt_stmt *s, struct mt_arena *arena, struct mt_repo_subscription_line *line) {
    enum mt_rc rc = MT_OK;
    *line = (struct mt_repo_subscription_line){
        .subscription_id = col_id(s, 0), .created_at = mt_col_int(s, 2), .waiting = mt_col_int(s, 3)};
    line->url = col_text(s, 1, arena, &rc);
    return rc;
}

enum mt_rc mt_repo_subscription_list(struct mt_db *db, const struct mt_id *store_id, struct mt_arena *arena,
                                     struct mt_repo_subscription_line **list, size_t *count, struct mt_err *err) {
    struct mt_stmt *s;
    *list = NULL;
    *count = 0;
    enum mt_rc rc = mt_db_stmt(db,
                               "SELECT s.subscription_id, s.url, s.created_at, (SELECT count(*) FROM mt_delivery d"
                               " WHERE d.subscription_id = s.subscription_id AND d.state = 'waiting')"
                               " FROM mt_subscription s WHERE s.store_id = ?1 AND s.active = 1"
                               " ORDER BY s.created_at, s.subscription_id",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, store_id->s);
    enum mt_step step;
    while ((step = mt_stmt_step(s, err)) == MT_STEP_ROW && rc == MT_OK) {
        struct mt_repo_subscription_line *lines = row_grow(arena, *list, *count, sizeof *lines);
        rc = lines ? read_line(s, arena, &lines[*count]) : MT_NOMEM;
        if (rc == MT_OK) {
            *list = lines;
            ++*count;
        }
    }
    if (rc == MT_OK && step == MT_STEP_ERROR)
        rc = mt_stmt_rc(s);
    mt_stmt_done(s);
    return rc == MT_NOMEM ? mt_fail(err, rc, "no memory for subscriptions") : rc;
}

enum mt_rc mt_repo_subscribed(struct mt_db *db, bool *any, struct mt_err *err) {
    struct mt_stmt *s;
    *any = false;
    enum mt_rc rc = mt_db_stmt(db, "SELECT 1 FROM mt_subscription WHERE active = 1 LIMIT 1", &s, err);
    if (rc != MT_OK)
        return rc;
    rc = row_one(s, err);
    if (rc == MT_NOTFOUND)
        return MT_OK;
    *any = rc == MT_OK;
    if (rc == MT_OK)
        mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_notice_put(struct mt_db *db, const char *store_id, const char *order_id, int64_t version, const char *op_id,
                              struct mt_sv body, mt_time now, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db,
                   "INSERT INTO mt_delivery(delivery_id, subscription_id, order_id, order_version, body, state, attempts, next_at,"
                   " leased_until, created_at)"
                   " SELECT subscription_id || '.' || CAST(?2 AS TEXT) || '.' || CAST(CAST(?3 AS BIGINT) AS TEXT) || '.' ||"
                   " CAST(?6 AS TEXT), subscription_id, CAST(?2 AS TEXT), CAST(?3 AS BIGINT), CAST(?4 AS TEXT), 'waiting', 0,"
                   " CASE WHEN next_at > CAST(?5 AS BIGINT) THEN next_at ELSE CAST(?5 AS BIGINT) END, 0, CAST(?5 AS BIGINT)"
                   " FROM mt_subscription WHERE store_id = ?1 AND active = 1"
                   " ON CONFLICT (subscription_id, order_id, order_version) DO NOTHING",
                   &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, store_id);
    mt_bind_text(s, 2, order_id);
    mt_bind_int(s, 3, version);
    mt_bind_sv(s, 4, body);
    mt_bind_int(s, 5, now);
    mt_bind_text(s, 6, op_id);
    return mt_stmt_later(s, err);
}

/* d's subscription has failed last, and one of its deliveries is out at ?1 to see whether it answers again. */
#define IS_TRIED                                                                                                                   \
    "EXISTS (SELECT 1 FROM mt_subscription f JOIN mt_delivery l ON l.subscription_id = f.subscription_id"                          \
    " WHERE f.subscription_id = d.subscription_id AND f.failures > 0 AND l.leased_until > 0 AND l.leased_until > ?1)"

static enum mt_rc read_due(struct mt_stmt *s, struct mt_arena *arena, struct mt_repo_delivery *d) {
    enum mt_rc rc = MT_OK;
    *d = (struct mt_repo_delivery){.subscription_id = col_id(s, 1),
                                   .attempts = mt_col_int(s, 5),
                                   .created_at = mt_col_int(s, 6),
                                   .failures = mt_col_int(s, 7)};
    d->delivery_id = col_text(s, 0, arena, &rc);
    d->url = col_text(s, 2, arena, &rc);
    d->secret = col_text(s, 3, arena, &rc);
    d->body = col_text(s, 4, arena, &rc);
    return rc;
}

enum mt_rc mt_repo_deliveries_due(struct mt_db *db, mt_time now, int64_t limit, struct mt_arena *arena,
                                  struct mt_repo_delivery **list, size_t *count, struct mt_err *err) {
    struct mt_stmt *s;
    *count = 0;
    *list = mt_arena_array(arena, (size_t)limit, sizeof **list);
    if (!*list)
        return mt_fail(err, MT_NOMEM, "no memory for deliveries");
    enum mt_rc rc = mt_db_stmt(
        db,
        "SELECT d.delivery_id, d.subscription_id, s.url, s.secret, d.body, d.attempts, d.created_at, s.failures"
        " FROM mt_delivery d JOIN mt_subscription s ON s.subscription_id = d.subscription_id"
        " WHERE d.state = 'waiting' AND d.next_at <= ?1 AND d.leased_until <= ?1 AND s.next_at <= ?1"
        " AND NOT EXISTS (SELECT 1 FROM mt_delivery e WHERE e.subscription_id = d.subscription_id AND e.order_id = d.order_id"
        " AND e.order_version < d.order_version AND e.state = 'waiting') AND NOT " IS_TRIED
        " ORDER BY d.next_at, d.attempts, d.delivery_id LIMIT ?2",
        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_int(s, 1, now);
    mt_bind_int(s, 2, limit);
    enum mt_step step = MT_STEP_DONE;
    while (rc == MT_OK && *count < (size_t)limit && (step = mt_stmt_step(s, err)) == MT_STEP_ROW)
        rc = read_due(s, arena, &(*list)[(*count)++]);
    if (rc == MT_OK && step == MT_STEP_ERROR)
        rc = mt_stmt_rc(s);
    mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_delivery_lease(struct mt_db *db, const char *delivery_id, mt_time now, mt_time until, bool *won,
                                  struct mt_err *err) {
    struct mt_stmt *s;
    int64_t changed = 0;
    enum mt_rc rc = mt_db_stmt(db,
                               "UPDATE mt_delivery AS d SET leased_until = ?3 WHERE delivery_id = ?2 AND state = 'waiting'"
                               " AND leased_until <= ?1 AND NOT " IS_TRIED,
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_int(s, 1, now);
    mt_bind_text(s, 2, delivery_id);
    mt_bind_int(s, 3, until);
    rc = mt_stmt_run(s, &changed, err);
    *won = rc == MT_OK && changed == 1;
    return rc;
}

/* Binds whose row and under which lease, as ?1 and ?2. */
static void bind_lease(struct mt_stmt *s, const struct mt_repo_delivery *d) {
    mt_bind_text(s, 1, d->delivery_id);
    mt_bind_int(s, 2, d->leased_until);
}

enum mt_rc mt_repo_delivery_end(struct mt_db *db, const struct mt_repo_delivery *d, bool delivered, mt_time now,
                                struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "UPDATE mt_delivery SET state = ?3, ended_at = ?4, attempts = ?5, leased_until = 0"
                               " WHERE delivery_id = ?1 AND leased_until = ?2 AND state = 'waiting'",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    bind_lease(s, d);
    mt_bind_text(s, 3, delivered ? "delivered" : "given_up");
    mt_bind_int(s, 4, now);
    mt_bind_int(s, 5, d->attempts);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_delivery_retry(struct mt_db *db, const struct mt_repo_delivery *d, mt_time next_at, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "UPDATE mt_delivery SET next_at = ?3, attempts = ?4, leased_until = 0"
                               " WHERE delivery_id = ?1 AND leased_until = ?2 AND state = 'waiting'",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    bind_lease(s, d);
    mt_bind_int(s, 3, next_at);
    mt_bind_int(s, 4, d->attempts);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_delivery_release(struct mt_db *db, const struct mt_repo_delivery *d, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        db, "UPDATE mt_delivery SET leased_until = 0 WHERE delivery_id = ?1 AND leased_until = ?2 AND state = 'waiting'", &s, err);
    if (rc != MT_OK)
        return rc;
    bind_lease(s, d);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_subscription_answers(struct mt_db *db, const struct mt_id *subscription_id, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db, "UPDATE mt_subscription SET failures = 0, next_at = 0 WHERE subscription_id = ?1 AND failures > 0", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, subscription_id->s);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_deliveries_postpone(struct mt_db *db, const struct mt_id *subscription_id, mt_time next_at, mt_time too_old,
                                       mt_time now, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(db, "UPDATE mt_subscription SET failures = failures + 1, next_at = ?2 WHERE subscription_id = ?1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, subscription_id->s);
    mt_bind_int(s, 2, next_at);
    rc = mt_stmt_run(s, NULL, err);
    if (rc == MT_OK)
        rc = mt_db_stmt(db,
                        "UPDATE mt_delivery SET state = 'given_up', ended_at = ?3, leased_until = 0"
                        " WHERE subscription_id = ?1 AND state = 'waiting' AND created_at < ?2 AND leased_until <= ?3",
                        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, subscription_id->s);
    mt_bind_int(s, 2, too_old);
    mt_bind_int(s, 3, now);
    rc = mt_stmt_run(s, NULL, err);
    if (rc == MT_OK)
        rc = mt_db_stmt(db, "UPDATE mt_delivery SET next_at = ?2 WHERE subscription_id = ?1 AND state = 'waiting' AND next_at < ?2",
                        &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(s, 1, subscription_id->s);
    mt_bind_int(s, 2, next_at);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_repo_deliveries_old(struct mt_db *db, mt_time before, bool *any, struct mt_err *err) {
    struct mt_stmt *s;
    *any = false;
    enum mt_rc rc = mt_db_stmt(db, "SELECT 1 FROM mt_delivery WHERE state <> 'waiting' AND ended_at < ?1 LIMIT 1", &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_int(s, 1, before);
    rc = row_one(s, err);
    if (rc == MT_NOTFOUND)
        return MT_OK;
    *any = rc == MT_OK;
    if (rc == MT_OK)
        mt_stmt_done(s);
    return rc;
}

enum mt_rc mt_repo_deliveries_forget(struct mt_db *db, mt_time before, int64_t limit, int64_t *forgotten, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db,
                               "DELETE FROM mt_delivery WHERE delivery_id IN (SELECT delivery_id FROM mt_delivery"
                               " WHERE state <> 'waiting' AND ended_at < ?1 ORDER BY ended_at LIMIT ?2)",
                               &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_int(s, 1, before);
    mt_bind_int(s, 2, limit);
    return mt_stmt_run(s, forgotten, err);
}
