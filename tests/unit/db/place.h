/* A directory of one's own for each test, removed after it, and cmocka. A program that is called with the word "postgres" gets a
 * fresh database of PostgreSQL for each test instead of a file. */
#ifndef MEDTERM_TESTS_UNIT_DB_PLACE_H
#define MEDTERM_TESTS_UNIT_DB_PLACE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <medterm/db/db.h>

#include "postgres.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char dir[64], file[256]; /* the file, or the URL */
    enum mt_engine engine;
};

/* The cluster of the program; NULL: SQLite. */
static inline struct mt_postgres **place_cluster(void) {
    static struct mt_postgres *cluster;
    return &cluster;
}

static inline int place_setup(void **state) {
    struct place *p = calloc(1, sizeof *p);
    if (p == NULL)
        return -1;
    memcpy(p->dir, "/tmp/mt-db-XXXXXX", 18);
    if (mkdtemp(p->dir) == NULL || snprintf(p->file, sizeof p->file, "%s/a.db", p->dir) < 0)
        return -1;
    if (*place_cluster() != NULL) {
        char *url = mt_postgres_database(*place_cluster(), "db");
        if (snprintf(p->file, sizeof p->file, "%s", url) >= (int)sizeof p->file)
            return -1;
        free(url);
    }
    p->engine = mt_db_url_engine(p->file);
    *state = p;
    return 0;
}

static inline int place_teardown(void **state) {
    struct place *p = *state;
    DIR *dir = opendir(p->dir);
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        char path[384];
        if (e->d_name[0] != '.' && snprintf(path, sizeof path, "%s/%s", p->dir, e->d_name) > 0)
            (void)remove(path);
    }
    int rc = dir == NULL || closedir(dir) != 0 || rmdir(p->dir) != 0;
    free(p);
    return rc;
}

static inline struct mt_db *place_open(const char *file, enum mt_db_mode mode) {
    struct mt_db *db = NULL;
    struct mt_err err = {.rc = MT_OK};
    struct mt_db_options o = {.url = file, .mode = mode, .sync = MT_DB_SYNC_NORMAL};
    if (mt_db_open(&o, &db, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return db;
}

static inline void place_exec(struct mt_db *db, const char *sql) {
    struct mt_err err = {.rc = MT_OK};
    if (mt_db_exec(db, sql, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

static inline void place_exec_on(struct mt_db *db, const char *sqlite, const char *postgres) {
    place_exec(db, mt_db_engine(db) == MT_ENGINE_SQLITE ? sqlite : postgres);
}

static inline int64_t place_int(struct mt_db *db, const char *sql) {
    struct mt_stmt *s = NULL;
    assert_int_equal(mt_db_stmt(db, sql, &s, NULL), MT_OK);
    assert_int_equal(mt_stmt_step(s, NULL), MT_STEP_ROW);
    int64_t value = mt_col_int(s, 0);
    mt_stmt_done(s);
    return value;
}

/* In main: runs the tests on the engine that was asked for. */
#define PLACE_RUN(argc, argv, tests)                                                                                               \
    (mt_postgres_asked(argc, argv) ? place_on_postgres(tests, sizeof(tests) / sizeof((tests)[0]))                                  \
                                   : cmocka_run_group_tests(tests, NULL, NULL))

static inline int place_on_postgres(const struct CMUnitTest *tests, size_t count) {
    struct mt_postgres cluster;
    if (!mt_postgres_start(&cluster))
        return MT_POSTGRES_SKIP;
    *place_cluster() = &cluster;
    int failed = _cmocka_run_group_tests("postgres", tests, count, NULL, NULL);
    mt_postgres_stop(&cluster);
    return failed;
}

#define PLACE_TEST(f) cmocka_unit_test_setup_teardown(f, place_setup, place_teardown)

#endif
