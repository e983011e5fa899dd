#include "place.h"

#include <pthread.h>

static const struct mt_migration list[] = {
    {"one", "CREATE TABLE one(a INTEGER NOT NULL) STRICT; INSERT INTO one VALUES (1)",
     "CREATE TABLE one(a BIGINT NOT NULL); INSERT INTO one VALUES (1)"},
    {"two", "CREATE TABLE two(a INTEGER) STRICT; INSERT INTO two SELECT a FROM one",
     "CREATE TABLE two(a BIGINT); INSERT INTO two SELECT a FROM one"},
    {"three", "ALTER TABLE one ADD COLUMN b TEXT NOT NULL DEFAULT 'x'", "ALTER TABLE one ADD COLUMN b TEXT NOT NULL DEFAULT 'x'"},
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
        if (p->engine == MT_ENGINE_POSTGRES)
            place_exec(db, "DROP TABLE one, two, mt_migration");
        mt_db_close(db);
        if (p->engine == MT_ENGINE_POSTGRES)
            continue;
        char other[300];
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
    assert_non_null(strstr(err.text, mt_db_path(db)));
    assert_false(mt_db_in_transaction(db));
    assert_int_equal(mt_db_version(db, &version, NULL), MT_OK);
    assert_int_equal(version, COUNT);
    mt_db_close(db);
}

static void test_other_program_refused(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    struct mt_err err = {.rc = MT_OK};
    static const struct mt_migration other[] = {
        {"theirs", "CREATE TABLE theirs(a INTEGER) STRICT", "CREATE TABLE theirs(a BIGINT)"}};
    assert_int_equal(mt_db_migrate(db, other, 1, NULL, NULL), MT_OK);
    assert_int_equal(mt_db_migrate(db, list, COUNT, NULL, &err), MT_CONFLICT);
    assert_int_equal(mt_db_exec(db, "DROP TABLE one", NULL), MT_BUG); /* it is not there */
    mt_db_close(db);
}

/* A migration that fails leaves the file at the version it had, whole. */
static void test_all_or_nothing(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    static const struct mt_migration broken[] = {{"one", "CREATE TABLE one(a INTEGER) STRICT", "CREATE TABLE one(a BIGINT)"},
                                                 {"bad", "CREATE TABLE two(a WRONG) STRICT", "CREATE TABLE two(a WRONG)"}};
    int64_t version = -1;
    assert_int_equal(mt_db_migrate(db, broken, 2, NULL, NULL), MT_BUG);
    assert_int_equal(mt_db_version(db, &version, NULL), MT_OK);
    assert_int_equal(version, 0);
    assert_int_equal(mt_db_exec(db, "DROP TABLE one", NULL), MT_BUG); /* it is not there */
    mt_db_close(db);
}

static void *migrate(void *arg) {
    struct mt_db *db = NULL;
    int64_t version = 0;
    struct mt_db_options o = {.url = arg, .mode = MT_DB_WRITE, .busy_ms = 20000};
    struct mt_err err = {.rc = MT_OK};
    enum mt_rc rc = mt_db_open(&o, &db, &err);
    if (rc == MT_OK)
        rc = mt_db_migrate(db, list, COUNT, &version, &err);
    mt_db_close(db);
    if (rc != MT_OK)
        print_error("%s\n", mt_err_text(&err));
    return rc == MT_OK && version == (int64_t)COUNT ? NULL : arg;
}

/* Programs that start at once on one database: one migrates, the others wait and find it done. */
static void test_at_once(void **state) {
    struct place *p = *state;
    mt_db_close(place_open(p->file, MT_DB_WRITE)); /* SQLite's file turns to its log once, which is not what is asked here */
    pthread_t threads[6];
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, migrate, p->file), 0);
    for (size_t i = 0; i < 6; i++) {
        void *failed = p;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    struct mt_db *db = place_open(p->file, MT_DB_READ);
    assert_int_equal(place_int(db, "SELECT count(*) FROM two"), 1);
    mt_db_close(db);
}

/* A schema that is not written for an engine is never half there. */
static void test_not_for_this_engine(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    const char *sql = "CREATE TABLE one(a INTEGER)";
    const struct mt_migration other[] = {
        {"one", p->engine == MT_ENGINE_SQLITE ? NULL : sql, p->engine == MT_ENGINE_SQLITE ? sql : NULL}};
    int64_t version = -1;
    assert_int_equal(mt_db_migrate(db, other, 1, NULL, NULL), MT_BUG);
    assert_int_equal(mt_db_version(db, &version, NULL), MT_OK);
    assert_int_equal(version, 0);
    mt_db_close(db);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_from_every_version), PLACE_TEST(test_newer_refused), PLACE_TEST(test_other_program_refused),
        PLACE_TEST(test_all_or_nothing),     PLACE_TEST(test_at_once),       PLACE_TEST(test_not_for_this_engine),
    };
    return PLACE_RUN(argc, argv, tests);
}
