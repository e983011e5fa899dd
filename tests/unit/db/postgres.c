/* What only a server can do to a connection: other writers, deadlocks, a lost line, settings. */
#include "place.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

static enum mt_rc run(struct mt_db *db, const char *sql) {
    struct mt_stmt *s = NULL;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, NULL);
    return rc == MT_OK ? mt_stmt_run(s, NULL, NULL) : rc;
}

static enum mt_rc later(struct mt_db *db, const char *sql) {
    struct mt_stmt *s = NULL;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, NULL);
    return rc == MT_OK ? mt_stmt_later(s, NULL) : rc;
}

static struct mt_db *open_waiting(const char *url, int busy_ms) {
    struct mt_db *db = NULL;
    struct mt_err err = {.rc = MT_OK};
    struct mt_db_options o = {.url = url, .mode = MT_DB_WRITE, .sync = MT_DB_SYNC_FULL, .busy_ms = busy_ms};
    if (mt_db_open(&o, &db, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return db;
}

/* Ends the connection of db as an administrator would. */
static void terminate(const struct place *p, struct mt_db *db) {
    struct mt_db *admin = place_open(p->file, MT_DB_WRITE);
    int64_t pid = place_int(db, "SELECT pg_backend_pid()");
    struct mt_stmt *s = NULL;
    assert_int_equal(mt_db_stmt(admin, "SELECT pg_terminate_backend(CAST(?1 AS integer), 30000)", &s, NULL), MT_OK);
    mt_bind_int(s, 1, pid);
    assert_int_equal(mt_stmt_step(s, NULL), MT_STEP_ROW);
    assert_int_equal(mt_col_int(s, 0), 1);
    mt_stmt_done(s);
    mt_db_close(admin);
}

/* Every line to a server breaks, and the server says nothing about it. */
static void cut_lines(void) {
    int cut = 0;
    for (int fd = 3; fd < 256; fd++) {
        struct sockaddr_un peer = {.sun_family = AF_UNSPEC};
        socklen_t n = sizeof peer - 1;
        if (getpeername(fd, (struct sockaddr *)&peer, &n) == 0 && strstr(peer.sun_path, ".s.PGSQL") != NULL)
            cut += shutdown(fd, SHUT_RDWR) == 0;
    }
    assert_true(cut > 0);
}

static void test_no_password_in_words(void **state) {
    (void)state;
    static const char *const urls[] = {
        "postgres://ann:geheim@127.0.0.1:1/chain", "postgresql:///chain?host=/nowhere&user=ann&password=geheim",
        "postgres://ann:geheim@127.0.0.1:1/chain?no_such_option=geheim", "postgres://ann:geheim@[::1/chain"};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct mt_db *db = NULL;
        struct mt_err err = {.rc = MT_OK};
        struct mt_db_options o = {.url = urls[i], .mode = MT_DB_WRITE};
        assert_int_equal(mt_db_url_engine(urls[i]), MT_ENGINE_POSTGRES);
        assert_int_equal(mt_db_open(&o, &db, &err), i < 2 ? MT_IO : MT_INVALID);
        assert_null(db);
        assert_null(strstr(err.text, "geheim"));
        assert_true(i >= 2 || (strstr(err.text, "ann@") != NULL && strstr(err.text, "chain") != NULL));
    }
}

static void test_settings(void **state) {
    struct place *p = *state;
    struct mt_db *db = open_waiting(p->file, 700);
    assert_int_equal(mt_db_engine(db), MT_ENGINE_POSTGRES);
    assert_int_equal(place_int(db, "SELECT count(*) FROM pg_settings WHERE (name, setting) IN (('lock_timeout', '700'),"
                                   " ('statement_timeout', '60000'), ('idle_in_transaction_session_timeout', '60000'),"
                                   " ('synchronous_commit', 'on'), ('default_transaction_read_only', 'off'),"
                                   " ('client_encoding', 'UTF8'), ('plan_cache_mode', 'force_generic_plan'))"),
                     7);
    struct mt_db *reader = place_open(p->file, MT_DB_READ);
    assert_int_equal(place_int(reader, "SELECT count(*) FROM pg_settings WHERE (name, setting) IN (('statement_timeout', '30000'),"
                                       " ('default_transaction_read_only', 'on'))"),
                     2);
    struct mt_db *patient = NULL;
    struct mt_db_options o = {.url = p->file, .mode = MT_DB_READ, .patient = true};
    assert_int_equal(mt_db_open(&o, &patient, NULL), MT_OK);
    assert_int_equal(place_int(patient, "SELECT count(*) FROM pg_settings WHERE name = 'statement_timeout' AND setting = '0'"), 1);
    mt_db_close(patient);
    assert_int_equal(mt_db_checkpoint(db, NULL), MT_OK);
    assert_int_equal(mt_db_checkpoint_at(db, 10, NULL), MT_OK);
    mt_db_close(reader);
    mt_db_close(db);
}

/* Each class of failure, as our layers know it. */
static void test_codes(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE a(x BIGINT PRIMARY KEY, y TEXT NOT NULL); CREATE TABLE b(x BIGINT REFERENCES a(x));"
                   "INSERT INTO a VALUES (1, '')");
    static const struct {
        const char *sql;
        enum mt_rc rc;
    } rows[] = {
        {"INSERT INTO a VALUES (1, '')", MT_CONFLICT},
        {"INSERT INTO a VALUES (2, NULL)", MT_CONFLICT},
        {"INSERT INTO b VALUES (7)", MT_CONFLICT},
        {"DO $$ BEGIN RAISE EXCEPTION 'append-only'; END $$", MT_CONFLICT},
        {"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$", MT_FULL},
        {"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$", MT_BUSY},
        {"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53300'; END $$", MT_BUSY},
        {"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'XX001'; END $$", MT_CORRUPT},
        {"SELECT 1 / 0", MT_INVALID},
        {"SELECT 9223372036854775807 + 1", MT_LIMIT},
        {"SELECT * FROM none", MT_BUG},
        {"CREATE TABLE c(", MT_BUG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (run(db, rows[i].sql) != rows[i].rc)
            fail_msg("%s", rows[i].sql);
    struct mt_stmt *s = NULL;
    struct mt_err err = {.rc = MT_OK};
    assert_int_equal(mt_db_stmt(db, "SELECT CAST(?1 AS BIGINT)", &s, NULL), MT_OK);
    mt_bind_text(s, 1, "13800138000x");
    assert_int_equal(mt_stmt_run(s, NULL, &err), MT_INVALID);
    assert_null(strstr(err.text, "13800138000")); /* values are never told */
    assert_int_equal(mt_db_stmt(db, "SELECT CAST(?1 AS TEXT)", &s, NULL), MT_OK);
    mt_bind_text(s, 1, "\xff");
    assert_int_equal(mt_stmt_run(s, NULL, &err), MT_INVALID);
    mt_db_close(db);
}

/* Who may not write is told what would help: a server is no file. */
static void test_rights(void **state) {
    struct place *p = *state;
    struct mt_err err = {.rc = MT_OK};
    struct mt_db *db = place_open(p->file, MT_DB_WRITE), *reader = place_open(p->file, MT_DB_READ);
    place_exec(db, "SET ROLE pg_monitor");
    assert_int_equal(mt_db_exec(db, "CREATE TABLE public.a(x BIGINT)", &err), MT_READONLY);
    assert_non_null(strstr(err.text, "permission denied"));
    assert_non_null(strstr(err.text, "Grant it"));
    assert_null(strstr(err.text, "file"));
    assert_int_equal(mt_db_exec(reader, "CREATE TABLE public.a(x BIGINT)", &err), MT_READONLY);
    assert_non_null(strstr(err.text, "Name the server"));
    mt_db_close(reader);
    mt_db_close(db);
}

/* An error outside of a savepoint ends the transaction: all that follows says what it was, and nothing stands. */
static void test_failed_transaction(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a BIGINT PRIMARY KEY)");
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    assert_int_equal(run(db, "INSERT INTO t VALUES (1)"), MT_OK);
    assert_int_equal(run(db, "INSERT INTO t VALUES (1)"), MT_CONFLICT);
    assert_int_equal(run(db, "INSERT INTO t VALUES (2)"), MT_CONFLICT);
    assert_int_equal(mt_db_savepoint(db, NULL), MT_CONFLICT);
    assert_int_equal(mt_db_commit(db, NULL), MT_CONFLICT);
    assert_false(mt_db_in_transaction(db));
    assert_int_equal(place_int(db, "SELECT count(*) FROM t"), 0);
    mt_db_close(db);
}

struct other {
    struct mt_db *db;
    pthread_barrier_t *both;
    enum mt_rc rc;
};

static enum mt_rc cross(struct mt_db *db, pthread_barrier_t *both, const char *store, const char *first, const char *second) {
    enum mt_rc rc = mt_db_begin_for(db, &store, 1, MT_HERE, NULL);
    if (rc == MT_OK)
        rc = run(db, first);
    (void)pthread_barrier_wait(both);
    if (rc == MT_OK)
        rc = run(db, second);
    if (rc == MT_OK)
        return mt_db_commit(db, NULL);
    mt_db_rollback(db);
    return rc;
}

static void *cross_other(void *arg) {
    struct other *o = arg;
    o->rc = cross(o->db, o->both, "b", "UPDATE t SET n = n + 1 WHERE a = 2", "UPDATE t SET n = n + 1 WHERE a = 1");
    return NULL;
}

static void test_deadlock(void **state) {
    struct place *p = *state;
    pthread_barrier_t both;
    pthread_t thread;
    struct mt_db *one = open_waiting(p->file, 20000);
    struct other other = {.db = open_waiting(p->file, 20000), .both = &both};
    place_exec(one, "CREATE TABLE t(a BIGINT PRIMARY KEY, n BIGINT); INSERT INTO t VALUES (1, 0), (2, 0)");
    place_exec(one, "SET deadlock_timeout = 50");
    place_exec(other.db, "SET deadlock_timeout = 50");
    assert_int_equal(pthread_barrier_init(&both, NULL, 2), 0);
    assert_int_equal(pthread_create(&thread, NULL, cross_other, &other), 0);
    enum mt_rc rc = cross(one, &both, "a", "UPDATE t SET n = n + 1 WHERE a = 1", "UPDATE t SET n = n + 1 WHERE a = 2");
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true((rc == MT_OK && other.rc == MT_BUSY) || (rc == MT_BUSY && other.rc == MT_OK));
    assert_int_equal(place_int(one, "SELECT sum(n) FROM t"), 2);
    assert_int_equal(pthread_barrier_destroy(&both), 0);
    mt_db_close(other.db);
    mt_db_close(one);
}

/* Locks of stores are asked for in one order, whoever names them how: two batches of the same stores never wait for each other. */
static void test_scopes_in_one_order(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE), *look = place_open(p->file, MT_DB_READ);
    const char *const one[] = {"a", "b", "c", "d"}, *const other[] = {"d", "b", "d", "c", "a"};
    const char *asked = "SELECT CAST(CAST('x' || substr(md5(query), 1, 15) AS bit(60)) AS bigint) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND query LIKE '%unnest%' AND pid <> pg_backend_pid()";
    assert_int_equal(mt_db_begin_for(db, one, 4, MT_HERE, NULL), MT_OK);
    const int64_t first = place_int(look, asked);
    mt_db_rollback(db);
    assert_int_equal(mt_db_begin_for(db, other, 5, MT_HERE, NULL), MT_OK);
    assert_true(place_int(look, asked) == first);
    mt_db_rollback(db);
    mt_db_close(look);
    mt_db_close(db);
}

/* Two batches of different stores run side by side; of one store, or of the whole database, they do not. */
static void test_scopes(void **state) {
    struct place *p = *state;
    struct mt_db *one = place_open(p->file, MT_DB_WRITE), *two = place_open(p->file, MT_DB_WRITE);
    const char *const ab[] = {"a", "b", "a"}, *const bc[] = {"c", "b"}, *const c[] = {"c"};
    place_exec(one, "CREATE TABLE t(a BIGINT)");
    assert_int_equal(mt_db_begin_for(one, ab, 3, MT_HERE, NULL), MT_OK);
    assert_int_equal(mt_db_begin_for(two, bc, 2, MT_HERE, NULL), MT_BUSY);
    assert_int_equal(mt_db_begin(two, MT_DB_WRITE, MT_HERE, NULL), MT_BUSY);
    assert_int_equal(mt_db_begin_for(two, c, 1, MT_HERE, NULL), MT_OK);
    assert_int_equal(run(two, "INSERT INTO t VALUES (2)"), MT_OK);
    assert_int_equal(run(one, "INSERT INTO t VALUES (1)"), MT_OK);
    /* Who orders keeps the others from ordering, and from nothing else. */
    assert_int_equal(mt_db_order(one, NULL), MT_OK);
    assert_int_equal(place_int(one, "SELECT count(*) FROM t"), 1);
    assert_int_equal(run(two, "INSERT INTO t VALUES (3)"), MT_OK);
    enum mt_rc rc = mt_db_order(two, NULL);
    assert_int_equal(rc == MT_OK ? mt_db_commit(two, NULL) : rc, MT_BUSY);
    mt_db_rollback(two);
    assert_int_equal(mt_db_commit(one, NULL), MT_OK);
    assert_int_equal(mt_db_begin_for(two, NULL, 0, MT_HERE, NULL), MT_OK); /* NULL: the whole database */
    assert_int_equal(mt_db_begin_for(one, c, 1, MT_HERE, NULL), MT_BUSY);
    assert_int_equal(mt_db_order(two, NULL), MT_OK);
    assert_int_equal(place_int(two, "SELECT count(*) FROM t"), 1);
    assert_int_equal(mt_db_commit(two, NULL), MT_OK);
    mt_db_close(two);
    mt_db_close(one);
}

/* A writer that waited for a store's lock sees what its holder committed. */
static void *wait_and_count(void *arg) {
    struct other *o = arg;
    const char *store = "s";
    (void)pthread_barrier_wait(o->both);
    o->rc = mt_db_begin_for(o->db, &store, 1, MT_HERE, NULL);
    return NULL;
}

static void test_sees_the_one_before(void **state) {
    struct place *p = *state;
    pthread_barrier_t both;
    pthread_t thread;
    const char *store = "s";
    struct mt_db *one = open_waiting(p->file, 20000);
    struct other other = {.db = open_waiting(p->file, 20000), .both = &both};
    place_exec(one, "CREATE TABLE t(a BIGINT)");
    assert_int_equal(pthread_barrier_init(&both, NULL, 2), 0);
    assert_int_equal(mt_db_begin_for(one, &store, 1, MT_HERE, NULL), MT_OK);
    assert_int_equal(pthread_create(&thread, NULL, wait_and_count, &other), 0);
    (void)pthread_barrier_wait(&both);
    assert_int_equal(run(one, "INSERT INTO t VALUES (1)"), MT_OK);
    assert_int_equal(mt_db_commit(one, NULL), MT_OK);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(other.rc, MT_OK);
    assert_int_equal(place_int(other.db, "SELECT count(*) FROM t"), 1);
    mt_db_rollback(other.db);
    assert_int_equal(pthread_barrier_destroy(&both), 0);
    mt_db_close(other.db);
    mt_db_close(one);
}

/* Outside of a transaction a broken connection is replaced, statements and all. */
static void test_lost_while_idle(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE), *reader = place_open(p->file, MT_DB_READ);
    place_exec(db, "CREATE TABLE t(a BIGINT); INSERT INTO t VALUES (5)");
    assert_int_equal(place_int(reader, "SELECT a FROM t"), 5);
    terminate(p, db);
    terminate(p, reader);
    assert_int_equal(mt_db_begin(reader, MT_DB_READ, MT_HERE, NULL), MT_OK);
    assert_int_equal(place_int(reader, "SELECT a FROM t"), 5);
    assert_int_equal(mt_db_commit(reader, NULL), MT_OK);
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    assert_int_equal(place_int(db, "SELECT a FROM t"), 5);
    assert_int_equal(mt_db_commit(db, NULL), MT_OK);
    terminate(p, db);
    assert_int_equal(place_int(db, "SELECT a FROM t"), 5);
    mt_db_close(reader);
    mt_db_close(db);
}

/* Inside of one nothing is replaced: what was done is gone, and every step says so until it ends. */
static void test_lost_in_transaction(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    const char *store = "s";
    place_exec(db, "CREATE TABLE t(a BIGINT)");
    assert_int_equal(mt_db_begin_for(db, &store, 1, MT_HERE, NULL), MT_OK);
    assert_int_equal(run(db, "INSERT INTO t VALUES (1)"), MT_OK);
    assert_int_equal(mt_db_savepoint(db, NULL), MT_OK);
    terminate(p, db);
    assert_int_equal(run(db, "INSERT INTO t VALUES (2)"), MT_IO);
    assert_true(mt_db_in_transaction(db));
    assert_int_equal(run(db, "INSERT INTO t VALUES (3)"), MT_IO);
    assert_int_equal(mt_db_rollback_to(db, NULL), MT_IO);
    assert_int_equal(mt_db_commit(db, NULL), MT_IO);
    assert_false(mt_db_in_transaction(db));
    assert_int_equal(place_int(db, "SELECT count(*) FROM t"), 0);
    assert_int_equal(mt_db_begin_for(db, &store, 1, MT_HERE, NULL), MT_OK);
    assert_int_equal(run(db, "INSERT INTO t VALUES (4)"), MT_OK);
    terminate(p, db);
    assert_int_equal(mt_db_commit(db, NULL), MT_DOUBTFUL); /* nobody knows from here */
    assert_int_equal(place_int(db, "SELECT count(*) FROM t"), 0);
    mt_db_close(db);
}

/* The end of the line is no answer: what travelled with the COMMIT may have been done, and the COMMIT too. */
static void test_lost_with_rows_on_their_way(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    const char *store = "s";
    place_exec(db, "CREATE TABLE t(a BIGINT UNIQUE)");
    assert_int_equal(mt_db_begin_for(db, &store, 1, MT_HERE, NULL), MT_OK);
    assert_int_equal(later(db, "INSERT INTO t VALUES (1)"), MT_OK);
    cut_lines();
    assert_int_equal(mt_db_commit(db, NULL), MT_DOUBTFUL);
    assert_int_equal(mt_db_begin_for(db, &store, 1, MT_HERE, NULL), MT_OK);
    assert_int_equal(later(db, "SELECT pg_terminate_backend(pg_backend_pid())"), MT_OK);
    assert_int_equal(mt_db_commit(db, NULL), MT_IO); /* the server said that it ended before */
    assert_false(mt_db_in_transaction(db));
    mt_db_close(db);
}

/* A row that nobody waited for is refused in front of a savepoint: there is none then, and what is undone is the one around it. */
static void test_refused_before_a_savepoint(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a BIGINT UNIQUE); INSERT INTO t VALUES (1)");
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    assert_int_equal(mt_db_savepoint(db, NULL), MT_OK);
    assert_int_equal(run(db, "INSERT INTO t VALUES (2)"), MT_OK);
    assert_int_equal(later(db, "INSERT INTO t VALUES (1)"), MT_OK);
    assert_int_equal(mt_db_savepoint(db, NULL), MT_CONFLICT);
    assert_int_equal(mt_db_rollback_to(db, NULL), MT_OK); /* the outer one */
    assert_int_equal(run(db, "INSERT INTO t VALUES (4)"), MT_OK);
    assert_int_equal(mt_db_commit(db, NULL), MT_OK);
    assert_int_equal(place_int(db, "SELECT sum(a) FROM t"), 5);
    mt_db_close(db);
}

/* The server goes and comes back: the next transaction finds it. */
static void test_server_restarted(void **state) {
    (void)state;
    struct mt_postgres own;
    assert_true(mt_postgres_start_own(&own, true));
    char *url = mt_postgres_database(&own, "again");
    struct mt_db *db = place_open(url, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a BIGINT); INSERT INTO t VALUES (1)");
    mt_postgres_crash(&own);
    struct mt_err err = {.rc = MT_OK};
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, &err), MT_IO);
    assert_false(mt_db_in_transaction(db));
    mt_postgres_again(&own, true);
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    assert_int_equal(place_int(db, "SELECT count(*) FROM t"), 1);
    assert_int_equal(mt_db_commit(db, NULL), MT_OK);
    mt_db_close(db);
    free(url);
    mt_postgres_stop(&own);
}

/* A table that was changed since a statement was prepared: it fails once at most. */
static void test_schema_changed(void **state) {
    struct place *p = *state;
    struct mt_db *db = place_open(p->file, MT_DB_WRITE), *other = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a BIGINT); INSERT INTO t VALUES (1)");
    assert_int_equal(place_int(db, "SELECT * FROM t"), 1);
    place_exec(other, "ALTER TABLE t ADD COLUMN b TEXT");
    if (run(db, "SELECT * FROM t") != MT_OK)
        assert_int_equal(run(db, "SELECT * FROM t"), MT_OK);
    mt_db_close(other);
    mt_db_close(db);
}

/* A newer program has changed tables under one that runs: whatever a transaction had prepared, it goes through at the second try.
 */
static void test_schema_changed_under_many(void **state) {
    struct place *p = *state;
    static const char *const statements[] = {"SELECT a FROM t", "SELECT a FROM t WHERE a <> 0", "SELECT a FROM t ORDER BY a"};
    struct mt_db *db = place_open(p->file, MT_DB_WRITE), *other = place_open(p->file, MT_DB_WRITE);
    place_exec(db, "CREATE TABLE t(a INTEGER); INSERT INTO t VALUES (1)");
    for (int i = 0; i < 3; i++)
        assert_int_equal(place_int(db, statements[i]), 1);
    place_exec(other, "ALTER TABLE t ALTER COLUMN a TYPE BIGINT");
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    assert_true(mt_db_try_again(run(db, statements[0])));
    mt_db_rollback(db);
    assert_int_equal(mt_db_begin(db, MT_DB_WRITE, MT_HERE, NULL), MT_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(place_int(db, statements[i]), 1);
    assert_int_equal(mt_db_commit(db, NULL), MT_OK);
    mt_db_close(other);
    mt_db_close(db);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        PLACE_TEST(test_no_password_in_words),
        PLACE_TEST(test_settings),
        PLACE_TEST(test_codes),
        PLACE_TEST(test_rights),
        PLACE_TEST(test_failed_transaction),
        PLACE_TEST(test_deadlock),
        PLACE_TEST(test_scopes),
        PLACE_TEST(test_sees_the_one_before),
        PLACE_TEST(test_lost_while_idle),
        PLACE_TEST(test_lost_in_transaction),
        PLACE_TEST(test_server_restarted),
        PLACE_TEST(test_schema_changed),
        PLACE_TEST(test_schema_changed_under_many),
        PLACE_TEST(test_lost_with_rows_on_their_way),
        PLACE_TEST(test_refused_before_a_savepoint),
        PLACE_TEST(test_scopes_in_one_order),
    };
    return place_on_postgres(tests, sizeof tests / sizeof tests[0]);
}
