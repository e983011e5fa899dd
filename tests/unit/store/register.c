/* register.db: what a sale leaves behind, what a kill leaves behind, and what is refused. */
#include "bench.h"

#include "../../../src/client/store/cache_impl.h"
#include "../../../src/client/store/orders.h"
#include "../../../src/client/store/register_impl.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_a_sale(void **state) {
    struct bench *b = *state;
    struct bench_sale s;
    struct mt_order o;
    bench_open(b);
    bench_enrol(b, "A03", "reg-1");
    bench_sale(&s, 2, true);
    assert_int_equal(bench_commit(b, &s, &o, NULL), MT_OK);
    assert_string_equal(o.order_no, "A03-000001");
    assert_string_equal(s.op.body.create.order.order_no, "A03-000001");
    assert_int_equal(s.op.register_seq, 1);
    assert_true(s.op.fact);
    assert_int_equal(o.status, MT_ORDER_PAID);
    assert_int_equal(mt_money_to_minor(o.total_amount), 2560);
    assert_int_equal(mt_money_to_minor(o.payments[0].change), 500);
    assert_string_equal(o.items[0].drug_name, "Amoxicillin caps");
    const struct mt_outbox_sum sum = bench_sum(b);
    assert_int_equal(sum.unsent, 1);
    assert_int_equal(sum.last_seq, 1);
    assert_int_equal(sum.acked_seq, 0);
    assert_int_equal(sum.oldest_unsent, b->now);
    int64_t packs = 0;
    assert_int_equal(mt_register_unsynced(b->reg, &s.item.drug_id, &packs, NULL), MT_OK);
    assert_int_equal(packs, 2);
    struct mt_sold *sold;
    size_t count;
    assert_int_equal(mt_register_sold(b->reg, &b->arena, &sold, &count, NULL), MT_OK);
    assert_int_equal(count, 1);
    assert_int_equal(sold[0].packs, 2);
}

/* The bytes made at commit are the bytes sent, ever. */
static void test_bytes_stay(void **state) {
    struct bench *b = *state;
    struct bench_sale s;
    struct mt_outbox_op *first, *second;
    size_t count;
    bench_open(b);
    bench_enrol(b, "A03", "reg-1");
    bench_sale(&s, 1, true);
    assert_int_equal(bench_commit(b, &s, NULL, NULL), MT_OK);
    assert_int_equal(mt_register_batch(b->reg, 500, 1 << 20, &b->arena, &first, &count, NULL), MT_OK);
    assert_int_equal(count, 1);
    mt_register_close(b->reg);
    b->reg = NULL;
    bench_open(b);
    assert_int_equal(mt_register_tried(b->reg, 1, 1, "no answer", NULL), MT_OK);
    assert_int_equal(mt_register_batch(b->reg, 500, 1 << 20, &b->arena, &second, &count, NULL), MT_OK);
    assert_int_equal(count, 1);
    assert_true(mt_sv_eq(first[0].bytes, second[0].bytes));
    assert_int_equal(second[0].attempts, 1);
    assert_string_equal(second[0].words, "no answer");
    struct mt_op op;
    struct mt_problem problem;
    mt_problem_init(&problem);
    assert_int_equal(mt_op_parse(second[0].bytes, &b->arena, &op, &problem), MT_OK);
    assert_string_equal(op.op_id.s, s.op.op_id.s);
    assert_string_equal(op.body.create.order.order_no, "A03-000001");
}

static void test_batch_limits(void **state) {
    struct bench *b = *state;
    struct mt_outbox_op *ops;
    size_t count;
    bench_open(b);
    bench_enrol(b, "A03", "reg-1");
    for (int i = 0; i < 5; i++) {
        struct bench_sale s;
        bench_sale(&s, 1, true);
        assert_int_equal(bench_commit(b, &s, NULL, NULL), MT_OK);
    }
    assert_int_equal(mt_register_batch(b->reg, 3, 1 << 20, &b->arena, &ops, &count, NULL), MT_OK);
    assert_int_equal(count, 3);
    assert_int_equal(ops[0].seq, 1);
    assert_int_equal(ops[2].seq, 3);
    assert_int_equal(mt_register_batch(b->reg, 500, 1, &b->arena, &ops, &count, NULL), MT_OK);
    assert_int_equal(count, 1); /* one at least, or a large one would block for ever */
    assert_int_equal(mt_register_batch(b->reg, 500, 2 * (ops[0].bytes.n + 64) + 8, &b->arena, &ops, &count, NULL), MT_OK);
    assert_int_equal(count, 2);
}

/* An operation that breaks a rule leaves nothing: no number, no sequence, no row. */
static void test_invalid_leaves_nothing(void **state) {
    struct bench *b = *state;
    struct bench_sale s;
    struct mt_err err = {0};
    int64_t next = 0;
    bench_open(b);
    bench_enrol(b, "A03", "reg-1");
    bench_sale(&s, 1, true);
    s.item.quantity = 0;
    assert_int_equal(bench_commit(b, &s, NULL, &err), MT_INVALID);
    assert_true(err.text[0] != '\0');
    assert_int_equal(bench_sum(b).last_seq, 0);
    assert_int_equal(mt_register_next_order(b->reg, &next, NULL), MT_OK);
    assert_int_equal(next, 1);
    assert_string_equal(s.op.body.create.order.order_no, "");
    bench_sale(&s, 1, true);
    assert_int_equal(bench_commit(b, &s, NULL, NULL), MT_OK);
    assert_int_equal(bench_sum(b).last_seq, 1);
}

/* Memory may run out anywhere on the way: either all is said to be saved and is, or nothing is. */
static void test_short_of_memory(void **state) {
    struct bench *b = *state;
    enum mt_rc rc = MT_NOMEM;
    bench_open(b);
    bench_enrol(b, "A03", "reg-1");
    for (size_t most = 0; rc != MT_OK && most < 65536; most += 64) {
        struct bench_sale s;
        struct mt_order o;
        struct mt_arena small;
        mt_arena_init(&small, most);
        bench_sale(&s, 1, true);
        const struct mt_commit c = {.op = &s.op, .clear_cart = true};
        rc = mt_register_commit(b->reg, &c, &small, &o, NULL);
        mt_arena_fini(&small);
        assert_int_equal(bench_sum(b).last_seq, rc == MT_OK ? 1 : 0);
    }
    assert_int_equal(rc, MT_OK);
}

static void test_not_enrolled(void **state) {
    struct bench *b = *state;
    struct bench_sale s;
    struct mt_err err = {0};
    bench_open(b);
    assert_null(mt_register_enrolled(b->reg));
    bench_sale(&s, 1, true);
    assert_int_equal(bench_commit(b, &s, NULL, &err), MT_INVALID);
    assert_non_null(strstr(err.text, "not enrolled"));
}

/* A child sells until it is killed with SIGKILL at an arbitrary moment. What it told through the pipe is all there; what is there
 * is whole; the numbers go on without a repeat. */
static void sell_until_killed(struct bench *b, int fd) {
    bench_open(b);
    for (;;) {
        struct bench_sale s;
        struct mt_order o;
        bench_sale(&s, 1, true);
        if (bench_commit(b, &s, &o, NULL) != MT_OK || write(fd, o.order_no, 10) != 10) {
            _exit(1);
        }
    }
}

static void check_whole(struct bench *b, int64_t told) {
    struct mt_outbox_op *ops;
    struct mt_local_order *orders;
    size_t count, order_count;
    assert_int_equal(mt_register_outbox(b->reg, MT_PICK_ALL, 0, &b->arena, &ops, &count, NULL), MT_OK);
    assert_true(count >= (size_t)told && count <= (size_t)told + 1);
    for (size_t i = 0; i < count; i++) {
        char expected[MT_ORDER_NO_TEXT];
        assert_int_equal(ops[i].seq, i + 1);
        assert_int_equal(mt_order_no_make("A03", (int64_t)i + 1, expected), MT_OK);
        assert_string_equal(ops[i].order_no, expected);
    }
    assert_int_equal(mt_register_orders(b->reg, MT_ORDERS_ALL, MT_ORDER_PENDING, 100000, &b->arena, &orders, &order_count, NULL),
                     MT_OK);
    assert_int_equal(order_count, count);
    int64_t packs = 0;
    const struct mt_id drug = {.s = "drug-1"};
    assert_int_equal(mt_register_unsynced(b->reg, &drug, &packs, NULL), MT_OK);
    assert_int_equal(packs, count);
}

static void test_killed(void **state) {
    struct bench *b = *state;
    int64_t told = 0;
    bench_open(b);
    bench_enrol(b, "A03", "reg-1");
    mt_register_close(b->reg);
    b->reg = NULL;
    for (int round = 0; round < 4; round++) {
        int fds[2];
        char no[10];
        assert_int_equal(pipe(fds), 0);
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            (void)close(fds[0]);
            b->seed = (uint64_t)round + 1000;
            sell_until_killed(b, fds[1]);
        }
        (void)close(fds[1]);
        for (int i = 0; i < 3 + 2 * round; i++) {
            assert_int_equal(read(fds[0], no, sizeof no), sizeof no);
            told++;
        }
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        while (read(fds[0], no, sizeof no) == (ssize_t)sizeof no) {
            told++;
        }
        (void)close(fds[0]);
        bench_open(b); /* the lock died with the child */
        check_whole(b, told);
        told = bench_sum(b).last_seq;
        mt_register_close(b->reg);
        b->reg = NULL;
    }
}

static void test_lock(void **state) {
    struct bench *b = *state;
    struct mt_register *second = NULL;
    struct mt_err err = {0};
    bench_open(b);
    struct mt_register_options o = bench_options(b);
    assert_int_equal(mt_register_open(&o, &second, &err), MT_BUSY);
    assert_null(second);
    assert_non_null(strstr(err.text, "already open"));
    o.read_only = true; /* reading commands take no lock */
    assert_int_equal(mt_register_open(&o, &second, &err), MT_OK);
    mt_register_close(second);
}

static void write_file(const char *path, const char *text) {
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(close(fd), 0);
}

static void test_damaged(void **state) {
    struct bench *b = *state;
    char path[128], copy[256] = "";
    struct mt_err err = {0};
    static const char rubbish[] =
        "this is not a database at all, whatever its name says; it is long enough to be looked at as one, though.";
    (void)snprintf(path, sizeof path, "%s/register.db", b->dir);
    write_file(path, rubbish);
    const struct mt_register_options o = bench_options(b);
    assert_int_equal(mt_register_open(&o, &b->reg, &err), MT_CORRUPT);
    assert_null(b->reg);
    assert_non_null(strstr(err.text, "damaged"));
    assert_non_null(strstr(err.text, "nothing was deleted"));
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    (void)snprintf(copy, sizeof copy, "%s.damaged-%lld", path, (long long)st.st_mtime);
    assert_int_equal(stat(copy, &st), 0);
    assert_int_equal(st.st_size, sizeof rubbish - 1);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(mt_register_open(&o, &b->reg, &err),
                     MT_CORRUPT); /* again: no second copy of the same damage, no other answer */
}

/* A file's bytes in the arena. */
static struct mt_sv file_of(struct bench *b, const char *name) {
    char path[256];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/%s", b->dir, name);
    const int fd = open(path, O_RDONLY);
    if (fd < 0) {
        return mt_sv("");
    }
    assert_int_equal(fstat(fd, &st), 0);
    char *bytes = mt_arena_alloc(&b->arena, (size_t)st.st_size + 1);
    assert_non_null(bytes);
    assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
    assert_int_equal(close(fd), 0);
    return mt_sv_n(bytes, (size_t)st.st_size);
}

static void put_file(struct bench *b, const char *name, off_t at, struct mt_sv bytes) {
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", b->dir, name);
    const int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes.p, bytes.n, at), bytes.n);
    assert_int_equal(close(fd), 0);
}

/* A till that was killed: register.db and a log with a sale that is nowhere else. What stands in the log. */
static struct mt_sv killed_till(struct bench *b, int64_t *identity_page) {
    struct bench_sale s;
    struct mt_stmt *stmt;
    bench_open(b);
    bench_enrol(b, "A03", "reg-1");
    assert_int_equal(mt_db_checkpoint(b->reg->db, NULL), MT_OK);
    assert_int_equal(mt_db_stmt(b->reg->db, "SELECT rootpage FROM sqlite_schema WHERE name = 'identity'", &stmt, NULL), MT_OK);
    assert_int_equal(mt_stmt_step(stmt, NULL), MT_STEP_ROW);
    *identity_page = mt_col_int(stmt, 0);
    mt_stmt_done(stmt);
    mt_register_close(b->reg);
    bench_open(b);
    bench_sale(&s, 1, true);
    assert_int_equal(bench_commit(b, &s, NULL, NULL), MT_OK);
    const struct mt_sv file = file_of(b, "register.db"), log = file_of(b, "register.db-wal");
    assert_true(log.n > 0);
    mt_register_close(b->reg);
    b->reg = NULL;
    put_file(b, "register.db", 0, file);
    put_file(b, "register.db-wal", 0, log);
    return log;
}

/* Refused, with both files set aside so that SQLite would read one with the other. */
static void assert_set_aside(struct bench *b, struct mt_sv file, struct mt_sv log) {
    struct mt_err err = {0};
    const struct mt_register_options o = bench_options(b);
    assert_int_equal(mt_register_open(&o, &b->reg, &err), MT_CORRUPT);
    assert_null(b->reg);
    const char *at = strstr(err.text, "register.db.damaged-");
    assert_non_null(at);
    char name[64];
    assert_true(snprintf(name, sizeof name, "%.*s", (int)strcspn(at, ";"), at) > 0);
    assert_true(mt_sv_eq(file_of(b, name), file));
    assert_true(snprintf(name, sizeof name, "%.*s-wal", (int)strcspn(at, ";"), at) > 0);
    assert_true(mt_sv_eq(file_of(b, name), log));
}

/* SQLite drops the log of what is no database: it must not be asked. */
static void test_damaged_header(void **state) {
    struct bench *b = *state;
    int64_t page;
    const struct mt_sv log = killed_till(b, &page);
    put_file(b, "register.db", 0, mt_sv("no database here"));
    const struct mt_sv file = file_of(b, "register.db");
    struct mt_register_options o = bench_options(b);
    o.read_only = true;
    assert_int_equal(mt_register_open(&o, &b->reg, NULL), MT_CORRUPT);
    assert_set_aside(b, file, log);
    assert_true(mt_sv_eq(file_of(b, "register.db"), file));
    assert_true(mt_sv_eq(file_of(b, "register.db-wal"), log));
}

/* A file cut to nothing is not a new till while its log has sales. */
static void test_damaged_empty(void **state) {
    struct bench *b = *state;
    char path[128];
    int64_t page;
    const struct mt_sv log = killed_till(b, &page);
    (void)snprintf(path, sizeof path, "%s/register.db", b->dir);
    assert_int_equal(truncate(path, 0), 0);
    assert_set_aside(b, mt_sv(""), log);
    assert_true(mt_sv_eq(file_of(b, "register.db-wal"), log));
}

/* Damage behind a sound header shows while the file is being opened … */
static void test_damaged_schema(void **state) {
    struct bench *b = *state;
    int64_t page;
    const struct mt_sv log = killed_till(b, &page);
    const struct mt_sv before = file_of(b, "register.db");
    char *rubbish = mt_arena_alloc(&b->arena, before.n);
    assert_non_null(rubbish);
    memset(rubbish, 0xee, before.n);
    put_file(b, "register.db", 100, mt_sv_n(rubbish, before.n - 100));
    put_file(b, "register.db-wal", 0, log);
    assert_set_aside(b, file_of(b, "register.db"), log);
    assert_true(mt_sv_eq(file_of(b, "register.db-wal"), log));
}

/* … or only when it is read. */
static void test_damaged_page(void **state) {
    struct bench *b = *state;
    char rubbish[4096];
    int64_t page = 0;
    const struct mt_sv log = killed_till(b, &page);
    memset(rubbish, 0xee, sizeof rubbish);
    assert_true(page > 1);
    put_file(b, "register.db", (off_t)(page - 1) * (off_t)sizeof rubbish, mt_sv_n(rubbish, sizeof rubbish));
    assert_set_aside(b, file_of(b, "register.db"), log);
}

static void test_newer(void **state) {
    struct bench *b = *state;
    struct mt_err err = {0};
    bench_open(b);
    struct mt_migration more[16];
    assert_true(mt_register_schema_count < 16);
    memcpy(more, mt_register_schema, mt_register_schema_count * sizeof more[0]);
    more[mt_register_schema_count] =
        (struct mt_migration){.name = "from the future", .sqlite = "CREATE TABLE future (a INTEGER) STRICT"};
    assert_int_equal(mt_db_migrate(b->reg->db, more, mt_register_schema_count + 1, NULL, NULL), MT_OK);
    mt_register_close(b->reg);
    b->reg = NULL;
    struct mt_register_options o = bench_options(b);
    assert_int_equal(mt_register_open(&o, &b->reg, &err), MT_NEWER);
    assert_non_null(strstr(err.text, "newer medterm"));
    o.read_only = true;
    assert_int_equal(mt_register_open(&o, &b->reg, &err), MT_NEWER);
}

/* A full disk refuses the sale before it is confirmed; with room again the same sale goes through, with the first number. */
static void test_disk_full(void **state) {
    struct bench *b = *state;
    struct bench_sale s;
    struct mt_err err = {0};
    bench_open(b);
    bench_enrol(b, "A03", "reg-1");
    assert_int_equal(mt_db_exec(b->reg->db, "PRAGMA max_page_count=1", NULL), MT_OK);
    enum mt_rc rc = MT_OK;
    int64_t done = 0;
    for (int i = 0; i < 500 && rc == MT_OK; i++) {
        bench_sale(&s, 1, true);
        rc = bench_commit(b, &s, NULL, &err);
        done += rc == MT_OK;
    }
    assert_int_equal(rc, MT_FULL);
    assert_int_equal(bench_sum(b).last_seq, done);
    assert_int_equal(mt_db_exec(b->reg->db, "PRAGMA max_page_count=1000000", NULL), MT_OK);
    struct mt_order o;
    assert_int_equal(bench_commit(b, &s, &o, NULL), MT_OK);
    char expected[MT_ORDER_NO_TEXT];
    assert_int_equal(mt_order_no_make("A03", done + 1, expected), MT_OK);
    assert_string_equal(o.order_no, expected);
}

/* A write that fails in the middle of a commit leaves it open whether it stands: nothing more is sold on that file. */
static void test_disk_fails(void **state) {
    struct bench *b = *state;
    struct bench_sale s;
    struct rlimit before;
    struct mt_err err = {0};
    bench_open(b);
    bench_enrol(b, "A03", "reg-1");
    bench_sale(&s, 1, true);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    const struct rlimit none = {1, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    const enum mt_rc rc = bench_commit(b, &s, NULL, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(rc, MT_DOUBTFUL);
    assert_non_null(strstr(err.text, "not known whether"));
    bench_sale(&s, 1, true);
    assert_int_equal(bench_commit(b, &s, NULL, NULL), MT_DOUBTFUL);
    mt_register_close(b->reg);
    bench_open(b);
    assert_int_equal(bench_sum(b).last_seq, 0);
    assert_int_equal(bench_commit(b, &s, NULL, NULL), MT_OK);
}

static void test_private_and_kept(void **state) {
    struct bench *b = *state;
    struct bench_sale s;
    struct stat st;
    char path[128];
    bench_open(b);
    bench_enrol(b, "A03", "reg-1");
    bench_sale(&s, 1, true);
    assert_int_equal(bench_commit(b, &s, NULL, NULL), MT_OK);
    (void)snprintf(path, sizeof path, "%s/register.db", b->dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_not_equal(mt_db_exec(b->reg->db, "DELETE FROM outbox", NULL), MT_OK);
    assert_int_not_equal(mt_db_exec(b->reg->db, "DELETE FROM audit", NULL), MT_OK);
    assert_int_not_equal(mt_db_exec(b->reg->db, "UPDATE audit SET what = 'x'", NULL), MT_OK);
}

static void test_identity(void **state) {
    struct bench *b = *state;
    char secret[65];
    bench_open(b);
    (void)snprintf(secret, sizeof secret, "%s", mt_register_secret(b->reg));
    assert_int_equal(strlen(secret), 64);
    mt_register_close(b->reg);
    bench_open(b);
    assert_string_equal(mt_register_secret(b->reg), secret);
}

/* How SQLite reads for a statement, in the words of EXPLAIN QUERY PLAN. */
static void plan_of(struct mt_db *db, const char *sql, char *out, size_t size) {
    struct mt_stmt *s;
    struct mt_buf text;
    size_t used = 0;
    mt_buf_init(&text, 4096);
    mt_buf_fmt(&text, "EXPLAIN QUERY PLAN %s", sql);
    assert_int_equal(mt_db_stmt(db, mt_buf_text(&text), &s, NULL), MT_OK);
    out[0] = '\0';
    while (mt_stmt_step(s, NULL) == MT_STEP_ROW) {
        const struct mt_sv line = mt_col_sv(s, 3);
        used += (size_t)snprintf(out + used, size - used, "%.*s\n", (int)line.n, line.p);
        assert_true(used < size);
    }
    mt_stmt_done(s);
    mt_buf_fini(&text);
}

/* The board asks every few seconds: it reads the open orders in their order and nothing of the rest. */
static void test_board_reads_open_orders_only(void **state) {
    struct bench *b = *state;
    char plan[2048];
    bench_open(b);
    plan_of(b->reg->db, mt_local_orders_sql[MT_ORDERS_OPEN], plan, sizeof plan);
    if (strstr(plan, "local_order_open") == NULL || strstr(plan, "ORDER BY") != NULL) {
        fail_msg("%s", plan);
    }
    bench_cache(b);
    plan_of(b->reader->db, mt_cache_orders_sql[MT_ORDERS_OPEN], plan, sizeof plan);
    if (strstr(plan, "order_copy_open") == NULL || strstr(plan, "ORDER BY") != NULL) {
        fail_msg("%s", plan);
    }
}

/* Kept over a restart, written when it moved by minutes, and followed back: the service may have been wrong. */
static void test_service_time(void **state) {
    struct bench *b = *state;
    const struct {
        mt_time told, kept;
    } rows[] = {
        {b->now, b->now},
        {b->now + MT_SERVICE_TIME_STEP_MS - 1, b->now},
        {b->now + MT_SERVICE_TIME_STEP_MS, b->now + MT_SERVICE_TIME_STEP_MS},
        {0, b->now + MT_SERVICE_TIME_STEP_MS},
        {b->now - INT64_C(86400000), b->now - INT64_C(86400000)},
    };
    mt_time kept = 1;
    bench_open(b);
    assert_int_equal(mt_register_service_time(b->reg, &kept, NULL), MT_OK);
    assert_int_equal(kept, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(mt_register_note_service_time(b->reg, rows[i].told, NULL), MT_OK);
        mt_register_close(b->reg);
        bench_open(b);
        assert_int_equal(mt_register_service_time(b->reg, &kept, NULL), MT_OK);
        assert_int_equal(kept, rows[i].kept);
    }
    assert_int_equal(mt_register_setting_put(b->reg, "till:service_time", "rubbish", NULL), MT_OK);
    assert_int_equal(mt_register_service_time(b->reg, &kept, NULL), MT_OK);
    assert_int_equal(kept, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_a_sale),           BENCH_TEST(test_bytes_stay),
        BENCH_TEST(test_batch_limits),     BENCH_TEST(test_invalid_leaves_nothing),
        BENCH_TEST(test_short_of_memory),  BENCH_TEST(test_not_enrolled),
        BENCH_TEST(test_killed),           BENCH_TEST(test_lock),
        BENCH_TEST(test_damaged),          BENCH_TEST(test_newer),
        BENCH_TEST(test_disk_full),        BENCH_TEST(test_disk_fails),
        BENCH_TEST(test_private_and_kept), BENCH_TEST(test_identity),
        BENCH_TEST(test_damaged_header),   BENCH_TEST(test_damaged_empty),
        BENCH_TEST(test_service_time),     BENCH_TEST(test_board_reads_open_orders_only),
        BENCH_TEST(test_damaged_schema),   BENCH_TEST(test_damaged_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
