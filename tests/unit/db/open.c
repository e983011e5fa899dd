#include "place.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static enum mt_rc try_open(const char *url, enum mt_db_mode mode, struct mt_err *err) {
    struct mt_db *db = NULL;
    struct mt_db_options o = {.url = url, .mode = mode, .sync = MT_DB_SYNC_FULL};
    enum mt_rc rc = mt_db_open(&o, &db, err);
    assert_true((rc == MT_OK) == (db != NULL));
    mt_db_close(db);
    return rc;
}

static void write_file(const char *path, const char *bytes, size_t n) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    assert_int_equal(close(fd), 0);
}

static void test_private(void **state) {
    struct place *p = *state;
    mode_t before = umask(0);
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a INTEGER) STRICT; INSERT INTO t VALUES (1)");
    struct stat st;
    char wal[160];
    assert_int_equal(stat(p->file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_true(snprintf(wal, sizeof wal, "%s-wal", p->file) > 0);
    assert_int_equal(stat(wal, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    mt_db_close(db);
    (void)umask(before);
}

static void test_settings(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    assert_int_equal(place_int(db, "PRAGMA foreign_keys"), 1);
    assert_int_equal(place_int(db, "PRAGMA trusted_schema"), 0);
    place_exec(db, "CREATE TABLE a(x INTEGER PRIMARY KEY) STRICT; CREATE TABLE b(x INTEGER REFERENCES a(x)) STRICT");
    assert_int_equal(mt_db_exec(db, "INSERT INTO b VALUES (7)", NULL), MT_CONFLICT);
    assert_int_equal(mt_db_exec(db, "SELECT \"no such column\"", NULL), MT_BUG); /* double quotes are never a text */
    mt_db_close(db);
}

static void test_urls(void **state) {
    struct place *p = *state;
    char url[160];
    struct mt_err err = {.rc = MT_OK};
    assert_true(snprintf(url, sizeof url, "sqlite://%s", p->file) > 0);
    assert_int_equal(try_open(url, MT_DB_WRITE, &err), MT_OK);
    assert_int_equal(try_open("sqlite://relative", MT_DB_WRITE, &err), MT_INVALID);
    assert_int_equal(try_open("mysql://host/db", MT_DB_WRITE, &err), MT_INVALID);
    assert_non_null(strstr(err.text, "sqlite:///"));
    assert_non_null(strstr(err.text, "postgres://"));
    assert_int_equal(try_open("", MT_DB_WRITE, &err), MT_INVALID);
}

static void test_read_creates_nothing(void **state) {
    struct place *p = *state;
    struct mt_err err = {.rc = MT_OK};
    assert_int_equal(try_open(p->file, MT_DB_READ, &err), MT_IO);
    assert_non_null(strstr(err.text, p->file));
    assert_int_equal(access(p->file, F_OK), -1);
}

static void test_read_never_writes(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a INTEGER) STRICT; INSERT INTO t VALUES (1)");
    struct mt_db *reader = place_open(p->file, MT_DB_READ);
    assert_int_equal(place_int(reader, "SELECT a FROM t"), 1);
    assert_int_equal(mt_db_exec(reader, "DELETE FROM t", NULL), MT_READONLY);
    assert_int_equal(mt_db_begin(reader, MT_DB_WRITE, MT_HERE, NULL), MT_BUG);
    assert_int_equal(place_int(db, "SELECT count(*) FROM t"), 1);
    mt_db_close(reader);
    mt_db_close(db);
}

static void test_corrupt(void **state) {
    struct place *p = *state;
    struct mt_err err = {.rc = MT_OK};
    char noise[4096];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)('!' + i % 90);
    write_file(p->file, noise, sizeof noise);
    assert_int_equal(try_open(p->file, MT_DB_WRITE, &err), MT_CORRUPT);
    assert_non_null(strstr(err.text, p->file));
    struct stat st;
    assert_int_equal(stat(p->file, &st), 0); /* still there, untouched */
    assert_int_equal(st.st_size, sizeof noise);
}

static void test_directory_missing(void **state) {
    struct place *p = *state;
    struct mt_err err = {.rc = MT_OK};
    char path[160];
    assert_true(snprintf(path, sizeof path, "%s/none/a.db", p->dir) > 0);
    assert_int_equal(try_open(path, MT_DB_WRITE, &err), MT_IO);
    assert_non_null(strstr(err.text, path));
}

/* In a child that is nobody, because root may write everywhere: the file can not be opened, and the words say so. */
static void as_nobody(const struct place *p, enum mt_db_mode mode, const char *says) {
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(77);
        struct mt_err err = {.rc = MT_OK};
        struct mt_db *db = NULL;
        struct mt_db_options o = {.url = p->file, .mode = mode};
        const bool told = mt_db_open(&o, &db, &err) == MT_READONLY && strstr(err.text, p->file) && strstr(err.text, says);
        _exit(told ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(chmod(p->dir, 0755), 0);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_directory_read_only(void **state) {
    struct place *p = *state;
    assert_int_equal(chmod(p->dir, 0555), 0);
    as_nobody(p, MT_DB_WRITE, "Name a file in a folder");
}

static void test_file_read_only(void **state) {
    struct place *p = *state;
    mt_db_close(place_open(p->file, MT_DB_WRITE));
    assert_int_equal(chmod(p->file, 0444), 0);
    assert_int_equal(chmod(p->dir, 0555), 0);
    as_nobody(p, MT_DB_READ, "Run this as its owner");
}

/* The limit on a file's size stands for the disk. The copy breaks when more of it than SQLite keeps in memory has been written. */
static void test_backup_without_room(void **state) {
    struct place *p = *state;
    char copy[96], log[96];
    assert_true(snprintf(copy, sizeof copy, "%s/copy", p->dir) > 0 && snprintf(log, sizeof log, "%s/copy-journal", p->dir) > 0);
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a TEXT) STRICT; INSERT INTO t SELECT hex(zeroblob(4 << 20))");
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;
    struct rlimit limit;
    assert_int_equal(sigaction(SIGXFSZ, &ignore, &before), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const struct rlimit little = {.rlim_cur = 4 << 20, .rlim_max = limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    struct mt_err err = {.rc = MT_OK};
    const enum mt_rc rc = mt_db_backup(db, copy, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(sigaction(SIGXFSZ, &before, NULL), 0);
    assert_true(rc == MT_FULL || rc == MT_IO);
    assert_int_not_equal(access(copy, F_OK), 0);
    assert_int_not_equal(access(log, F_OK), 0);
    write_file(log, "of a copy that was cut off", 26);
    assert_int_equal(mt_db_backup(db, copy, &err), MT_OK);
    assert_int_not_equal(access(log, F_OK), 0);
    mt_db_close(db);
}

static void test_full(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    struct mt_err err = {.rc = MT_OK};
    place_exec(db, "CREATE TABLE t(a TEXT) STRICT; INSERT INTO t VALUES ('kept'); PRAGMA max_page_count=4");
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, &err), MT_OK);
    assert_int_equal(mt_db_exec(db, "INSERT INTO t SELECT hex(zeroblob(20000))", &err), MT_FULL);
    assert_non_null(strstr(err.text, p->file));
    assert_non_null(strstr(err.text, "transaction of tests/unit/db/open.c:"));
    mt_db_rollback(db);
    assert_int_equal(place_int(db, "SELECT count(*) FROM t"), 1);
    mt_db_close(db);
}

static void test_busy(void **state) {
    struct place *p = *state;
    struct mt_db *one = place_open(p->file, MT_DB_WRITE), *two = place_open(p->file, MT_DB_WRITE);
    place_exec(one, "CREATE TABLE t(a INTEGER) STRICT");
    assert_int_equal(mt_db_begin(one, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    struct mt_err err = {.rc = MT_OK};
    assert_int_equal(mt_db_begin(two, MT_DB_WRITE, MT_HERE, &err), MT_BUSY);
    assert_false(mt_db_in_transaction(two));
    assert_int_equal(mt_db_begin(two, MT_DB_READ, MT_HERE, &err), MT_OK); /* readers go on */
    assert_int_equal(place_int(two, "SELECT count(*) FROM t"), 0);
    mt_db_rollback(two);
    assert_int_equal(mt_db_commit(one, &err), MT_OK);
    assert_int_equal(mt_db_begin(two, MT_DB_WRITE, MT_HERE, &err), MT_OK);
    mt_db_close(two);
    mt_db_close(one);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_private),
        PLACE_TEST(test_settings),
        PLACE_TEST(test_urls),
        PLACE_TEST(test_corrupt),
        PLACE_TEST(test_directory_missing),
        PLACE_TEST(test_directory_read_only),
        PLACE_TEST(test_file_read_only),
        PLACE_TEST(test_backup_without_room),
        PLACE_TEST(test_full),
        PLACE_TEST(test_busy),
        PLACE_TEST(test_read_creates_nothing),
        PLACE_TEST(test_read_never_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
