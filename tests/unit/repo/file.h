/* A migrated database in a directory of its own, and one store, register and drug to hang rows on. */
#ifndef MEDTERM_TESTS_UNIT_REPO_FILE_H
#define MEDTERM_TESTS_UNIT_REPO_FILE_H

#include <engine.h>

#include <medterm/repo/goods.h>
#include <medterm/repo/log.h>
#include <medterm/repo/orders.h>
#include <medterm/repo/people.h>
#include <medterm/repo/schema.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct file {
    struct mt_engine_tests *engine; /* borrowed */
    char dir[64], path[160];        /* path: the database's URL; SQLite: its path */
    struct mt_db *db;
    struct mt_arena arena;
};

static inline void file_open(struct file *f) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_db_options o = {.url = f->path, .mode = MT_DB_WRITE, .sync = MT_DB_SYNC_NORMAL};
    if (mt_db_open(&o, &f->db, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

static inline void file_migrate(struct file *f, size_t versions) {
    struct mt_err err = {.rc = MT_OK};
    size_t count;
    const struct mt_migration *list = mt_repo_migrations(&count);
    assert_true(versions <= count);
    if (mt_db_migrate(f->db, list, versions, NULL, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

static inline int file_setup(void **state) {
    struct file *f = calloc(1, sizeof *f);
    if (f == NULL)
        return -1;
    f->engine = *state;
    memcpy(f->dir, "/tmp/mt-repo-XXXXXX", 20);
    if (mkdtemp(f->dir) == NULL || !mt_engine_database(f->engine, f->dir, "rows", f->path, sizeof f->path))
        return -1;
    mt_arena_init(&f->arena, 16u << 20);
    file_open(f);
    *state = f;
    return 0;
}

static inline int file_teardown(void **state) {
    struct file *f = *state;
    mt_db_close(f->db);
    mt_arena_fini(&f->arena);
    DIR *dir = opendir(f->dir);
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        char path[384];
        if (e->d_name[0] != '.' && snprintf(path, sizeof path, "%s/%s", f->dir, e->d_name) > 0)
            (void)remove(path);
    }
    int rc = dir == NULL || closedir(dir) != 0 || rmdir(f->dir) != 0;
    free(f);
    return rc;
}

static inline int64_t file_int(struct file *f, const char *sql) {
    struct mt_stmt *s = NULL;
    struct mt_err err = {.rc = MT_OK};
    if (mt_db_stmt(f->db, sql, &s, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    assert_int_equal(mt_stmt_step(s, NULL), MT_STEP_ROW);
    int64_t value = mt_col_int(s, 0);
    mt_stmt_done(s);
    return value;
}

static inline enum mt_rc file_exec(struct file *f, const char *sql) {
    return mt_db_exec(f->db, sql, NULL);
}

/* Another empty database in place of this one. */
static inline void file_afresh(struct file *f) {
    mt_db_close(f->db);
    if (!f->engine->postgres)
        assert_int_equal(remove(f->path), 0);
    assert_true(mt_engine_database(f->engine, f->dir, "rows", f->path, sizeof f->path));
    file_open(f);
}

#define FILE_TEST(t) cmocka_unit_test_setup_teardown(t, file_setup, file_teardown)

#endif
