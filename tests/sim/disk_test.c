/* The simulator's disk must itself be right: what SQLite committed with synchronous=FULL is there after any crash, and a
 * program that does not sync loses something sooner or later (a disk that never loses would prove nothing). */
#include "disk.h"

#include <sqlite3.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static sqlite3 *open_at(const char *sync) {
    sqlite3 *db = NULL;
    if (sqlite3_open_v2("/n/a.db", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "disktest") != SQLITE_OK) {
        sqlite3_close(db);
        return NULL;
    }
    char sql[128];
    (void)snprintf(sql, sizeof sql, "PRAGMA journal_mode=WAL; PRAGMA synchronous=%s; PRAGMA wal_autocheckpoint=8", sync);
    (void)sqlite3_exec(db, sql, NULL, NULL, NULL);
    return db;
}

static int count_rows(void *to, int n, char **cells, char **names) {
    (void)n, (void)names;
    return sscanf(cells[0], "%d", (int *)to) == 1 ? 0 : 1;
}

static int rows(sqlite3 *db, const char *sql) {
    int n = -1;
    (void)sqlite3_exec(db, sql, count_rows, &n, NULL);
    return n;
}

/* Inserts until the armed crash strikes; returns how many commits were acknowledged. */
static int insert_until_crash(struct sim_disk *d, const char *sync, unsigned at, uint64_t draw) {
    sqlite3 *db = open_at(sync);
    assert_non_null(db);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB) STRICT", NULL, NULL, NULL), SQLITE_OK);
    sim_disk_arm(d, "n", at, SIM_POWER, draw);
    int acknowledged = 0;
    while (sqlite3_exec(db, "INSERT INTO t (b) VALUES (zeroblob(900))", NULL, NULL, NULL) == SQLITE_OK)
        acknowledged++;
    assert_true(sim_disk_crashed(d, "n"));
    (void)sqlite3_close(db);
    return acknowledged;
}

static int lost_after(const char *sync, unsigned at, uint64_t draw) {
    struct sim_disk *d = sim_disk_new("disktest");
    assert_non_null(d);
    int acknowledged = insert_until_crash(d, sync, at, draw);
    sqlite3 *db = open_at(sync);
    assert_non_null(db);
    int found = rows(db, "SELECT count(*) FROM t");
    int whole = rows(db, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'");
    (void)sqlite3_close(db);
    sim_disk_free(d);
    if (found < 0 || whole != 1)
        return -1;
    assert_true(found <= acknowledged + 1);
    return found < acknowledged ? acknowledged - found : 0;
}

static void what_was_committed_in_full_survives_any_crash(void **state) {
    (void)state;
    for (unsigned at = 1; at <= 120; at++)
        for (uint64_t draw = 1; draw <= 3; draw++)
            assert_int_equal(lost_after("FULL", at, draw * 7919 + at), 0);
}

static void what_was_not_synced_gets_lost(void **state) {
    (void)state;
    int lost = 0;
    for (unsigned at = 1; at <= 120; at++)
        lost += lost_after("NORMAL", at, at * 104729) != 0;
    assert_true(lost > 10);
}

static void a_killed_process_loses_nothing_it_wrote(void **state) {
    (void)state;
    struct sim_disk *d = sim_disk_new("disktest");
    sqlite3 *db = open_at("NORMAL");
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT; INSERT INTO t VALUES (1)", NULL, NULL, NULL),
                     SQLITE_OK);
    sim_disk_crash(d, "n", SIM_KILL, 0);
    assert_int_not_equal(sqlite3_exec(db, "INSERT INTO t VALUES (2)", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
    db = open_at("NORMAL");
    assert_int_equal(rows(db, "SELECT count(*) FROM t"), 1);
    (void)sqlite3_close(db);
    sim_disk_free(d);
}

static void two_connections_exclude_each_other(void **state) {
    (void)state;
    struct sim_disk *d = sim_disk_new("disktest");
    sqlite3 *a = open_at("FULL"), *b = open_at("FULL");
    assert_int_equal(sqlite3_exec(a, "CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT; BEGIN IMMEDIATE; INSERT INTO t VALUES (1)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(b, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_BUSY);
    assert_int_equal(rows(b, "SELECT count(*) FROM t"), 0);
    assert_int_equal(sqlite3_exec(a, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(rows(b, "SELECT count(*) FROM t"), 1);
    (void)sqlite3_close(a);
    (void)sqlite3_close(b);
    sim_disk_free(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_committed_in_full_survives_any_crash),
        cmocka_unit_test(what_was_not_synced_gets_lost),
        cmocka_unit_test(a_killed_process_loses_nothing_it_wrote),
        cmocka_unit_test(two_connections_exclude_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
