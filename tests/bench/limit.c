#include "limit.h"

#include <medterm/repo/schema.h>

#include <sqlite3.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DRUGS 200

static const char *const statements[] = {
    "INSERT INTO mt_order "
    "VALUES(?1,?2,'s','r','paid',1,'','','','','','','','pickup','CNY',300,0,300,300,0,'cash',0,?3,?3,?3,?3,NULL,NULL,NULL,"
    "NULL,'','','','','',?1)",
    "INSERT INTO mt_order_item VALUES(?1,?2,?3,'Name','Spec',1,100,100)",
    "UPDATE mt_lot SET on_hand = on_hand - 1 WHERE store_id = 's' AND drug_id = ?1 AND lot_no = 'L' AND on_hand - reserved >= 1",
    "INSERT INTO mt_operation VALUES(?1,'r',?2,?3,'order.create',?1,?4,?5,'applied',?4,NULL,'')",
    "INSERT INTO mt_event(order_id,version,kind,from_status,to_status,register_id,staff_id,op_id,note,at,created_at)"
    " VALUES(?1,1,'status','','paid','r','',?1,'',?2,?2)",
};
enum { ORDER, ITEM, LOT, OPERATION, EVENT, STATEMENTS };

struct bare {
    sqlite3 *db;
    sqlite3_stmt *at[STATEMENTS];
    int64_t made;
    char body[1200]; /* of an operation's usual length */
};

static int run(sqlite3_stmt *s) {
    int code = sqlite3_step(s);
    return sqlite3_reset(s) == SQLITE_OK && code == SQLITE_DONE ? 0 : 1;
}

static int order(struct bare *b) {
    char id[37], no[32], drug[16], hash[65];
    int64_t n = ++b->made;
    int bad = 0;
    (void)snprintf(id, sizeof id, "%08llx-0000-7000-8000-%012llx", (unsigned long long)(n >> 16), (unsigned long long)n);
    (void)snprintf(no, sizeof no, "A01-%06lld", (long long)n);
    (void)snprintf(hash, sizeof hash, "%064llx", (unsigned long long)n);
    bad |= sqlite3_bind_text(b->at[ORDER], 1, id, -1, SQLITE_STATIC) | sqlite3_bind_text(b->at[ORDER], 2, no, -1, SQLITE_STATIC) |
           sqlite3_bind_int64(b->at[ORDER], 3, n) | run(b->at[ORDER]);
    for (int line = 1; line <= 3; line++) {
        (void)snprintf(drug, sizeof drug, "d%lld", (long long)((n * 7 + line * 31) % DRUGS));
        bad |= sqlite3_bind_text(b->at[ITEM], 1, id, -1, SQLITE_STATIC) | sqlite3_bind_int(b->at[ITEM], 2, line) |
               sqlite3_bind_text(b->at[ITEM], 3, drug, -1, SQLITE_STATIC) | run(b->at[ITEM]);
        bad |= sqlite3_bind_text(b->at[LOT], 1, drug, -1, SQLITE_STATIC) | run(b->at[LOT]);
    }
    bad |= sqlite3_bind_text(b->at[OPERATION], 1, id, -1, SQLITE_STATIC) | sqlite3_bind_int64(b->at[OPERATION], 2, n) |
           sqlite3_bind_text(b->at[OPERATION], 3, hash, -1, SQLITE_STATIC) |
           sqlite3_bind_text(b->at[OPERATION], 4, b->body, -1, SQLITE_STATIC) | sqlite3_bind_int64(b->at[OPERATION], 5, n) |
           run(b->at[OPERATION]);
    bad |= sqlite3_bind_text(b->at[EVENT], 1, id, -1, SQLITE_STATIC) | sqlite3_bind_int64(b->at[EVENT], 2, n) | run(b->at[EVENT]);
    return bad;
}

static int goods(sqlite3 *db) {
    return sqlite3_exec(
        db,
        "INSERT INTO mt_store VALUES('s','Store','CNY',0);"
        "INSERT INTO mt_register(register_id,store_id,code,created_at) VALUES('r','s','A01',0);"
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199)"
        " INSERT INTO mt_drug SELECT 'd' || i, printf('%013d', i), 'Name', '', '', '', '', '', '', 100, 1, 'none', 0, 1 FROM n;"
        "INSERT INTO mt_lot SELECT 's', drug_id, 'L', '2099-12-31', 'ok', 1000000000, 0 FROM mt_drug;",
        NULL, NULL, NULL);
}

static int bare_open(struct bare *b, const char *path) {
    struct mt_db *db = NULL;
    size_t count = 0;
    int64_t version = 0;
    const struct mt_migration *list = mt_repo_migrations(&count);
    struct mt_db_options o = {.url = path, .mode = MT_DB_WRITE};
    int bad = mt_db_open(&o, &db, NULL) != MT_OK || mt_db_migrate(db, list, count, &version, NULL) != MT_OK;
    mt_db_close(db);
    memset(b->body, 'x', sizeof b->body - 1);
    bad = bad || sqlite3_open(path, &b->db) != SQLITE_OK ||
          sqlite3_exec(b->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON", NULL, NULL, NULL) !=
              SQLITE_OK ||
          goods(b->db) != SQLITE_OK;
    for (int i = 0; !bad && i < STATEMENTS; i++)
        bad = sqlite3_prepare_v2(b->db, statements[i], -1, &b->at[i], NULL) != SQLITE_OK;
    if (bad)
        (void)fprintf(stderr, "the bare database does not open: %s\n", b->db ? sqlite3_errmsg(b->db) : path);
    return bad;
}

static double rate(struct bare *b, int each, double seconds, struct bench_samples *samples) {
    int64_t begin = bench_now(), end = begin + (int64_t)(seconds * 1e9), at = begin;
    while (at < end) {
        int bad = sqlite3_exec(b->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        for (int i = 0; i < each && !bad; i++)
            bad = order(b);
        if (bad || sqlite3_exec(b->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
            (void)fprintf(stderr, "bare order: %s\n", sqlite3_errmsg(b->db));
            return 0;
        }
        int64_t now = bench_now();
        if (samples)
            bench_sample(samples, now - at);
        at = now;
    }
    return (double)b->made / ((double)(at - begin) / 1e9);
}

double bench_sqlite_orders(const char *dir, int each, double seconds, struct bench_samples *samples) {
    struct bare b = {0};
    char path[512], side[520];
    double out = 0;
    if ((size_t)snprintf(path, sizeof path, "%s/bare-%d.db", dir, each) >= sizeof path)
        return 0;
    if (!bare_open(&b, path))
        out = rate(&b, each, seconds, samples);
    for (int i = 0; i < STATEMENTS; i++)
        (void)sqlite3_finalize(b.at[i]);
    (void)sqlite3_close(b.db);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        (void)snprintf(side, sizeof side, "%s%s", path, ends[i]);
        (void)unlink(side);
    }
    return out;
}
