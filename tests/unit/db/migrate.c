#include "place.h"

static const struct mt_migration list[] = {
    {"one", "CREATE TABLE one(a INTEGER NOT NULL) STRICT; INSERT INTO one VALUES (1)", NULL},
    {"two", "CREATE TABLE two(a INTEGER) STRICT; INSERT INTO two SELECT a FROM one", NULL},
    {"three", "ALTER TABLE one ADD COLUMN b TEXT NOT NULL DEFAULT 'x'", NULL},
};
#define COUNT (sizeof list / sizeof list[0])

/* From every version there ever was, the newest is reached, and what stood in the file is still there. */
static void test_from_every_version(void **state) {
    struct place *p = *state;
    for (size_t from = 0; from <= COUNT; from++) {
        struct mt_db *db = place_open(p->file, MT_DB_WRITE);
        int64_t version = -1;
        assert_int_equal(mt_db_version(db, &version, NULL), MT_OK);
        assert_int_equal(version, 0);
        assert_int_equal(mt_db_migrate(db, list, from, &version, NULL), MT_OK);
        assert_int_equal(version, from);
        assert_int_equal(mt_db_migrate(db, list, COUNT, &version, NULL), MT_OK);
        assert_int_equal(version, COUNT);
        assert_int_equal(mt_db_migrate(db, list, COUNT, &version, NULL), MT_OK); /* again: nothing to do */
        assert_int_equal(place_int(db, "SELECT count(*) FROM one WHERE b = 'x'"), 1);
        assert_int_equal(place_int(db, "SELECT sum(a) FROM two"), 1);
        assert_int_equal(place_int(db, "SELECT count(*) FROM mt_migration"), COUNT);
        mt_db_close(db);
        char other[160];
        assert_int_equal(remove(p->file), 0);
        assert_true(snprintf(other, sizeof other, "%s-wal", p->file) > 0);
        (void)remove(other); /* gone already when the close has emptied it */
    }
}

static void test_newer_refused(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    struct mt_err err = {.rc = MT_OK};
    int64_t version = 0;
    assert_int_equal(mt_db_migrate(db, list, COUNT, &version, NULL), MT_OK);
    assert_int_equal(mt_db_migrate(db, list, COUNT - 1, &version, &err), MT_NEWER);
    assert_non_null(strstr(err.text, p->file));
    assert_false(mt_db_in_transaction(db));
    assert_int_equal(mt_db_version(db, &version, NULL), MT_OK);
    assert_int_equal(version, COUNT);
    mt_db_close(db);
}

static void test_other_program_refused(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    struct mt_err err = {.rc = MT_OK};
    static const struct mt_migration other[] = {{"theirs", "CREATE TABLE theirs(a INTEGER) STRICT", NULL}};
    assert_int_equal(mt_db_migrate(db, other, 1, NULL, NULL), MT_OK);
    assert_int_equal(mt_db_migrate(db, list, COUNT, NULL, &err), MT_CONFLICT);
    assert_int_equal(place_int(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'one'"), 0);
    mt_db_close(db);
}

/* A migration that fails leaves the file at the version it had, whole. */
static void test_all_or_nothing(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    static const struct mt_migration broken[] = {{"one", "CREATE TABLE one(a INTEGER) STRICT", NULL},
                                                 {"bad", "CREATE TABLE two(a WRONG) STRICT", NULL}};
    int64_t version = -1;
    assert_int_equal(mt_db_migrate(db, broken, 2, NULL, NULL), MT_BUG);
    assert_int_equal(mt_db_version(db, &version, NULL), MT_OK);
    assert_int_equal(version, 0);
    assert_int_equal(place_int(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'one'"), 0);
    mt_db_close(db);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_from_every_version),
        PLACE_TEST(test_newer_refused),
        PLACE_TEST(test_other_program_refused),
        PLACE_TEST(test_all_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
