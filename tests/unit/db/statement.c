#include "place.h"

static struct mt_stmt *prepare(struct mt_db *db, const char *sql) {
    struct mt_stmt *s = NULL;
    struct mt_err err = {.rc = MT_OK};
    if (mt_db_stmt(db, sql, &s, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return s;
}

static enum mt_rc run(struct mt_db *db, const char *sql) {
    struct mt_stmt *s = NULL;
    struct mt_err err = {.rc = MT_OK};
    enum mt_rc rc = mt_db_stmt(db, sql, &s, &err);
    return rc == MT_OK ? mt_stmt_run(s, NULL, &err) : rc;
}

static void test_values(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec_on(db, "CREATE TABLE t(i INTEGER, a TEXT, b TEXT, c BLOB, d TEXT, n TEXT, none TEXT) STRICT",
                  "CREATE TABLE t(i BIGINT, a TEXT, b TEXT, c BYTEA, d TEXT, n TEXT, none TEXT)");
    struct mt_date day = mt_date_from_civil(2027, 3, 31);
    struct mt_stmt *s = prepare(db, "INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    mt_bind_int(s, 1, INT64_MIN);
    mt_bind_text(s, 2, "阿莫西林");
    mt_bind_sv(s, 3, mt_sv_n(NULL, 0));
    mt_bind_blob(s, 4, mt_sv_n("\0\1\2", 3));
    mt_bind_date(s, 5, day);
    mt_bind_text(s, 6, NULL);
    mt_bind_date(s, 7, MT_NO_DATE);
    int64_t changed = 0;
    assert_int_equal(mt_stmt_run(s, &changed, NULL), MT_OK);
    assert_int_equal(changed, 1);
    s = prepare(db, "SELECT * FROM t");
    assert_int_equal(mt_stmt_step(s, NULL), MT_STEP_ROW);
    struct mt_arena arena;
    mt_arena_init(&arena, 4096);
    assert_int_equal(mt_col_int(s, 0), INT64_MIN);
    assert_string_equal(mt_col_text(s, 1, &arena), "阿莫西林");
    assert_false(mt_col_is_null(s, 2)); /* the empty text is not null */
    assert_int_equal(mt_col_sv(s, 2).n, 0);
    assert_int_equal(mt_col_sv(s, 3).n, 3);
    assert_memory_equal(mt_col_sv(s, 3).p, "\0\1\2", 3);
    assert_int_equal(mt_col_date(s, 4).day, day.day);
    assert_true(mt_col_is_null(s, 5));
    assert_string_equal(mt_col_text(s, 5, &arena), "");
    assert_false(mt_date_is(mt_col_date(s, 6)));
    assert_int_equal(mt_stmt_step(s, NULL), MT_STEP_DONE);
    mt_stmt_done(s);
    mt_arena_fini(&arena);
    mt_db_close(db);
}

static void test_kept_by_text(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    char sql[] = "SELECT ?1";
    struct mt_stmt *first = prepare(db, "SELECT ?1"), *other = NULL;
    struct mt_err err = {.rc = MT_OK};
    assert_int_equal(mt_db_stmt(db, "SELECT ?1", &other, &err), MT_BUG); /* in use: never two rows in one */
    mt_bind_int(first, 1, 5);
    assert_int_equal(mt_stmt_step(first, NULL), MT_STEP_ROW);
    mt_stmt_done(first);
    struct mt_stmt *second = prepare(db, sql);
    assert_ptr_equal(first, second);
    assert_int_equal(mt_stmt_step(second, NULL), MT_STEP_ROW);
    assert_true(mt_col_is_null(second, 0)); /* nothing is left of the bindings before */
    mt_stmt_done(second);
    mt_stmt_done(NULL);
    mt_db_close(db);
}

static void test_errors(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    struct mt_err err = {.rc = MT_OK};
    struct mt_stmt *s = NULL;
    place_exec(db, "CREATE TABLE t(a INTEGER PRIMARY KEY CHECK(a < 10)); INSERT INTO t VALUES (1)");
    assert_int_equal(run(db, "SELEKT"), MT_BUG); /* SQLite says so when it prepares, PostgreSQL at the first step */
    assert_int_equal(mt_db_stmt(db, "", &s, &err), MT_BUG);
    s = prepare(db, "INSERT INTO t VALUES (?1)");
    mt_bind_int(s, 1, 1);
    assert_int_equal(mt_stmt_step(s, &err), MT_STEP_ERROR);
    assert_int_equal(mt_stmt_rc(s), MT_CONFLICT);
    mt_stmt_done(s);
    s = prepare(db, "INSERT INTO t VALUES (?1)");
    mt_bind_int(s, 1, 10);
    assert_int_equal(mt_stmt_run(s, NULL, &err), MT_CONFLICT);
    s = prepare(db, "INSERT INTO t VALUES (?1)");
    mt_bind_int(s, 2, 3); /* no such parameter: kept for the step */
    mt_bind_int(s, 1, 3);
    assert_int_equal(mt_stmt_run(s, NULL, &err), MT_BUG);
    assert_int_equal(place_int(db, "SELECT count(*) FROM t"), 1);
    mt_db_close(db);
}

static void test_savepoints(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a INTEGER)");
    assert_int_equal(mt_db_savepoint(db, NULL), MT_BUG);
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_BUG);
    place_exec(db, "INSERT INTO t VALUES (1)");
    assert_int_equal(mt_db_savepoint(db, NULL), MT_OK);
    place_exec(db, "INSERT INTO t VALUES (2)");
    assert_int_equal(mt_db_savepoint(db, NULL), MT_OK);
    place_exec(db, "INSERT INTO t VALUES (3)");
    assert_int_equal(mt_db_rollback_to(db, NULL), MT_OK);
    place_exec(db, "INSERT INTO t VALUES (4)");
    assert_int_equal(mt_db_release(db, NULL), MT_OK);
    assert_int_equal(mt_db_release(db, NULL), MT_BUG);
    assert_int_equal(mt_db_rollback_to(db, NULL), MT_BUG);
    assert_int_equal(mt_db_commit(db, NULL), MT_OK);
    assert_int_equal(place_int(db, "SELECT sum(a) FROM t"), 7);
    assert_int_equal(mt_db_commit(db, NULL), MT_BUG);
    mt_db_close(db);
}

static void test_close_undoes(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a INTEGER)");
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    place_exec(db, "INSERT INTO t VALUES (1)");
    mt_db_close(db);
    db = place_open(p->file, MT_DB_WRITE);
    assert_int_equal(place_int(db, "SELECT count(*) FROM t"), 0);
    assert_int_equal(mt_db_checkpoint(db, NULL), MT_OK);
    mt_db_close(db);
    mt_db_close(NULL);
}

/* A broken constraint undoes to the savepoint, and the transaction goes on. */
static void test_conflict_in_savepoint(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a INTEGER PRIMARY KEY)");
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    assert_int_equal(mt_db_savepoint(db, NULL), MT_OK);
    assert_int_equal(run(db, "INSERT INTO t VALUES (1)"), MT_OK);
    assert_int_equal(mt_db_release(db, NULL), MT_OK);
    assert_int_equal(mt_db_savepoint(db, NULL), MT_OK);
    assert_int_equal(run(db, "INSERT INTO t VALUES (2)"), MT_OK);
    assert_int_equal(run(db, "INSERT INTO t VALUES (1)"), MT_CONFLICT);
    assert_int_equal(mt_db_rollback_to(db, NULL), MT_OK);
    assert_int_equal(run(db, "INSERT INTO t VALUES (3)"), MT_OK);
    assert_int_equal(mt_db_commit(db, NULL), MT_OK);
    assert_int_equal(place_int(db, "SELECT sum(a) FROM t"), 4);
    mt_db_close(db);
}

static enum mt_rc later(struct mt_db *db, int64_t value) {
    struct mt_stmt *s = prepare(db, "INSERT INTO t VALUES (?1)");
    mt_bind_int(s, 1, value);
    return mt_stmt_later(s, NULL);
}

/* A statement that was not waited for fails no later than the end of its savepoint, which is undone then. */
static void test_later_in_savepoint(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a INTEGER PRIMARY KEY)");
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    for (int64_t i = 1; i <= 200; i++) /* more than a queue holds */
        assert_int_equal(later(db, i), MT_OK);
    assert_int_equal(place_int(db, "SELECT count(*) FROM t"), 200);
    assert_int_equal(mt_db_savepoint(db, NULL), MT_OK);
    assert_int_equal(later(db, 201), MT_OK);
    enum mt_rc now = later(db, 7), end = MT_OK;
    if (now == MT_OK)
        end = mt_db_release(db, NULL);
    else
        assert_int_equal(mt_db_rollback_to(db, NULL), MT_OK);
    assert_int_equal(now == MT_OK ? end : now, MT_CONFLICT);
    assert_int_equal(mt_db_release(db, NULL), MT_BUG); /* the savepoint is over either way */
    assert_int_equal(place_int(db, "SELECT count(*) FROM t"), 200);
    assert_int_equal(mt_db_savepoint(db, NULL), MT_OK);
    assert_int_equal(later(db, 300), MT_OK);
    assert_int_equal(mt_db_rollback_to(db, NULL), MT_OK);
    assert_int_equal(later(db, 201), MT_OK);
    assert_int_equal(mt_db_commit(db, NULL), MT_OK);
    assert_int_equal(place_int(db, "SELECT max(a) FROM t"), 201);
    mt_db_close(db);
}

/* Outside of a savepoint it fails no later than the commit, and nothing stands. */
static void test_later_at_commit(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a INTEGER PRIMARY KEY); INSERT INTO t VALUES (7)");
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    assert_int_equal(later(db, 1), MT_OK);
    enum mt_rc now = later(db, 7);
    if (now == MT_OK)
        now = mt_db_commit(db, NULL);
    else
        mt_db_rollback(db);
    assert_int_equal(now, MT_CONFLICT);
    assert_false(mt_db_in_transaction(db));
    assert_int_equal(place_int(db, "SELECT count(*) FROM t"), 1);
    assert_int_equal(later(db, 2), MT_OK); /* outside of a transaction: at once */
    assert_int_equal(place_int(db, "SELECT count(*) FROM t"), 2);
    mt_db_close(db);
}

/* Sums, counts and comparisons read the same; literals that look like parameters are left alone. */
static void test_numbers(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec_on(db, "CREATE TABLE t(a INTEGER, b TEXT)", "CREATE TABLE t(a BIGINT, b TEXT)");
    struct mt_stmt *s = prepare(db, "INSERT INTO t VALUES (?1, ?2), (?1 + 1, '?1''?2') -- ?9");
    mt_bind_int(s, 1, INT64_C(4000000000));
    mt_bind_text(s, 2, "x");
    int64_t changed = 0;
    assert_int_equal(mt_stmt_run(s, &changed, NULL), MT_OK);
    assert_int_equal(changed, 2);
    s = prepare(db, "SELECT sum(a), count(*), max(b), a > ?1 FROM t WHERE a >= ?1 GROUP BY a > ?1 ORDER BY 4 /* ?3 */");
    mt_bind_int(s, 1, INT64_C(4000000000));
    assert_int_equal(mt_stmt_step(s, NULL), MT_STEP_ROW);
    assert_int_equal(mt_col_int(s, 0), INT64_C(4000000000));
    assert_int_equal(mt_col_int(s, 3), 0);
    assert_true(mt_sv_is(mt_col_sv(s, 3), "0"));
    assert_int_equal(mt_stmt_step(s, NULL), MT_STEP_ROW);
    assert_int_equal(mt_col_int(s, 0), INT64_C(4000000001));
    assert_true(mt_sv_is(mt_col_sv(s, 2), "?1'?2"));
    assert_int_equal(mt_col_int(s, 3), 1);
    assert_int_equal(mt_stmt_step(s, NULL), MT_STEP_DONE);
    mt_stmt_done(s);
    mt_db_close(db);
}

/* A statement may be stepped through while others run. */
static void test_nested(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)");
    assert_int_equal(mt_db_begin(db, MT_DB_READ, MT_HERE, NULL), MT_OK);
    struct mt_stmt *outer = prepare(db, "SELECT a FROM t ORDER BY a");
    int64_t sum = 0;
    while (mt_stmt_step(outer, NULL) == MT_STEP_ROW) {
        struct mt_stmt *inner = prepare(db, "SELECT ?1 * 10 + count(*) FROM t");
        mt_bind_int(inner, 1, mt_col_int(outer, 0));
        assert_int_equal(mt_stmt_step(inner, NULL), MT_STEP_ROW);
        sum += mt_col_int(inner, 0);
        mt_stmt_done(inner);
    }
    mt_stmt_done(outer);
    assert_int_equal(sum, 69);
    assert_int_equal(mt_db_commit(db, NULL), MT_OK);
    mt_db_close(db);
}

/* A reader sees one state of the database from its first statement on. */
static void test_snapshot(void **state) {
    struct place *p = *state;
    struct mt_db *writer = place_open(p->file, MT_DB_WRITE);
    place_exec(writer, "CREATE TABLE t(a INTEGER); INSERT INTO t VALUES (1)");
    struct mt_db *reader = place_open(p->file, MT_DB_READ);
    assert_int_equal(mt_db_begin(reader, MT_DB_READ, MT_HERE, NULL), MT_OK);
    assert_int_equal(place_int(reader, "SELECT count(*) FROM t"), 1);
    place_exec(writer, "INSERT INTO t VALUES (2)");
    assert_int_equal(place_int(reader, "SELECT count(*) FROM t"), 1);
    assert_int_equal(mt_db_commit(reader, NULL), MT_OK);
    assert_int_equal(place_int(reader, "SELECT count(*) FROM t"), 2);
    assert_int_equal(mt_db_exec(reader, "DELETE FROM t", NULL), MT_READONLY);
    assert_int_equal(mt_db_begin(reader, MT_DB_WRITE, MT_HERE, NULL), MT_BUG);
    mt_db_close(reader);
    mt_db_close(writer);
}

/* Who takes the writer's place has it; who comes second is told busy, and may come again. */
static void test_one_writer(void **state) {
    struct place *p = *state;
    struct mt_db *one = place_open(p->file, MT_DB_WRITE), *two = place_open(p->file, MT_DB_WRITE);
    place_exec(one, "CREATE TABLE t(a INTEGER)");
    const char *const store[] = {"store"};
    assert_int_equal(mt_db_begin(one, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    enum mt_rc rc = mt_db_begin(two, MT_DB_WRITE, MT_HERE, NULL);
    assert_int_equal(rc, MT_BUSY);
    assert_true(mt_db_try_again(rc));
    assert_false(mt_db_in_transaction(two));
    assert_int_equal(mt_db_begin_for(two, store, 1, MT_HERE, NULL), MT_BUSY);
    assert_int_equal(mt_db_begin(two, MT_DB_READ, MT_HERE, NULL), MT_OK); /* readers go on */
    mt_db_rollback(two);
    assert_int_equal(run(one, "INSERT INTO t VALUES (1)"), MT_OK);
    assert_int_equal(mt_db_commit(one, NULL), MT_OK);
    assert_int_equal(mt_db_begin_for(two, store, 1, MT_HERE, NULL), MT_OK);
    assert_int_equal(place_int(two, "SELECT count(*) FROM t"), 1);
    assert_int_equal(mt_db_begin_for(one, store, 1, MT_HERE, NULL), MT_BUSY);
    assert_int_equal(mt_db_order(two, NULL), MT_OK);
    assert_int_equal(mt_db_commit(two, NULL), MT_OK);
    assert_int_equal(mt_db_order(two, NULL), MT_BUG);
    mt_db_close(two);
    mt_db_close(one);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_values),
        PLACE_TEST(test_kept_by_text),
        PLACE_TEST(test_errors),
        PLACE_TEST(test_savepoints),
        PLACE_TEST(test_close_undoes),
        PLACE_TEST(test_conflict_in_savepoint),
        PLACE_TEST(test_later_in_savepoint),
        PLACE_TEST(test_later_at_commit),
        PLACE_TEST(test_numbers),
        PLACE_TEST(test_nested),
        PLACE_TEST(test_snapshot),
        PLACE_TEST(test_one_writer),
    };
    return PLACE_RUN(argc, argv, tests);
}
