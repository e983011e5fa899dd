/* All words anew: for rows that were written before there were words, or by a program that cut them otherwise. One row after the
 * other by its key, each with its words as if it had just been put. */
#include <medterm/repo/goods.h>
#include <medterm/repo/orders.h>
#include <medterm/repo/patients.h>
#include <medterm/repo/schema.h>

#include "row.h"
#include "words.h"

typedef enum mt_rc renew(struct mt_db *db, const char *id, struct mt_arena *arena, struct mt_err *err);

static enum mt_rc renew_drug(struct mt_db *db, const char *id, struct mt_arena *arena, struct mt_err *err) {
    struct mt_drug drug;
    enum mt_rc rc = mt_repo_drug_get(db, id, arena, &drug, err);
    return rc == MT_OK ? words_put_drug(db, &drug, err) : rc;
}

static enum mt_rc renew_user(struct mt_db *db, const char *id, struct mt_arena *arena, struct mt_err *err) {
    struct mt_user user;
    struct mt_id store;
    enum mt_rc rc = mt_repo_user_get(db, id, arena, &user, &store, err);
    return rc == MT_OK ? words_put_user(db, store.s, &user, err) : rc;
}

static enum mt_rc renew_order(struct mt_db *db, const char *id, struct mt_arena *arena, struct mt_err *err) {
    struct mt_order order;
    enum mt_rc rc = mt_repo_order_load(db, id, arena, &order, err);
    return rc == MT_OK ? words_put_order(db, &order, err) : rc;
}

/* sql: the first id behind ?1. */
static enum mt_rc renew_all(struct mt_db *db, const char *sql, renew *one, struct mt_arena *arena, struct mt_err *err) {
    struct mt_id id = {""};
    for (;;) {
        struct mt_stmt *s;
        enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
        if (rc != MT_OK)
            return rc;
        const struct mt_id behind = id;
        mt_bind_text(s, 1, behind.s);
        rc = row_one(s, err);
        if (rc != MT_OK)
            return rc == MT_NOTFOUND ? MT_OK : rc;
        id = col_id(s, 0);
        mt_stmt_done(s);
        mt_arena_reset(arena);
        rc = one(db, id.s, arena, err);
        if (rc != MT_OK)
            return rc;
    }
}

enum mt_rc mt_repo_words_renew(struct mt_db *db, struct mt_arena *arena, struct mt_err *err) {
    enum mt_rc rc = mt_db_exec(db, "DELETE FROM mt_order_word", err);
    if (rc == MT_OK)
        rc = renew_all(db, "SELECT drug_id FROM mt_drug WHERE drug_id > ?1 ORDER BY drug_id LIMIT 1", renew_drug, arena, err);
    if (rc == MT_OK)
        rc = renew_all(db, "SELECT user_id FROM mt_user WHERE user_id > ?1 ORDER BY user_id LIMIT 1", renew_user, arena, err);
    return rc == MT_OK ? renew_all(db, "SELECT order_id FROM mt_order WHERE order_id > ?1 ORDER BY order_id LIMIT 1", renew_order,
                                   arena, err)
                       : rc;
}
