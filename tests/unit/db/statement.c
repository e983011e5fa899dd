#include "place.h"

static struct mt_stmt *prepare(struct mt_db *db, const char *sql) {
    struct mt_stmt *s = NULL;
    struct mt_err err = {.rc = MT_OK};
    if (mt_db_stmt(db, sql, &s, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return s;
}

static void test_values(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(i INTEGER, a TEXT, b TEXT, c BLOB, d TEXT, n TEXT, none TEXT) STRICT");
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
    place_exec(db, "CREATE TABLE t(a INTEGER PRIMARY KEY CHECK(a < 10)) STRICT; INSERT INTO t VALUES (1)");
    assert_int_equal(mt_db_stmt(db, "SELEKT", &s, &err), MT_BUG);
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
    place_exec(db, "CREATE TABLE t(a INTEGER) STRICT");
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
    place_exec(db, "CREATE TABLE t(a INTEGER) STRICT");
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    place_exec(db, "INSERT INTO t VALUES (1)");
    mt_db_close(db);
    db = place_open(p->file, MT_DB_WRITE);
    assert_int_equal(place_int(db, "SELECT count(*) FROM t"), 0);
    assert_int_equal(mt_db_checkpoint(db, NULL), MT_OK);
    mt_db_close(db);
    mt_db_close(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_values),     PLACE_TEST(test_kept_by_text), PLACE_TEST(test_errors),
        PLACE_TEST(test_savepoints), PLACE_TEST(test_close_undoes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
