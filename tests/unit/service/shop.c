#include "shop.h"

#include "core.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static mt_time wall(void *ctx) {
    return ((struct shop *)ctx)->now;
}

static int64_t mono(void *ctx) {
    return ((struct shop *)ctx)->now;
}

static void fill(void *ctx, void *bytes, size_t n) {
    struct shop *s = ctx;
    for (size_t i = 0; i < n; i++) {
        s->random = s->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        ((unsigned char *)bytes)[i] = (unsigned char)(s->random >> 56);
    }
}

static void open_service(struct shop *s) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_service_options o = {.db_url = s->file,
                                   .key_path = s->key,
                                   .clock = {.ctx = s, .wall = wall, .mono = mono},
                                   .random = {.ctx = s, .fill = fill},
                                   .metrics = s->metrics};
    if (mt_service_open(&o, &s->service, &err) != MT_OK || mt_session_open(s->service, true, &s->session, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    struct mt_db_options look = {.url = s->file, .mode = MT_DB_WRITE, .sync = MT_DB_SYNC_NORMAL, .no_checkpoint = true};
    if (mt_db_open(&look, &s->look, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

static void close_service(struct shop *s) {
    mt_db_close(s->look);
    mt_session_close(s->session);
    mt_service_close(s->service);
}

void shop_reopen(struct shop *s) {
    close_service(s);
    open_service(s);
}

static void snapshot_path(const struct shop *s, char path[128]) {
    assert_true(snprintf(path, 128, "%s/snapshot", s->dir) > 0);
}

void shop_snapshot(struct shop *s) {
    char path[128];
    struct mt_err err = {.rc = MT_OK};
    snapshot_path(s, path);
    (void)remove(path);
    if (mt_admin_backup(s->session, path, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

void shop_put_back(struct shop *s) {
    char path[128], file[160];
    static const char *const tails[] = {"-wal", "-shm"};
    snapshot_path(s, path);
    const char *db = strncmp(s->file, "sqlite://", 9) == 0 ? s->file + 9 : s->file;
    close_service(s);
    for (int i = 0; i < 2; i++) {
        assert_true(snprintf(file, sizeof file, "%s%s", db, tails[i]) > 0);
        (void)remove(file);
    }
    assert_int_equal(rename(path, db), 0);
    open_service(s);
}

bool shop_on_postgres(const struct shop *s) {
    return s->engine->postgres;
}

static bool place(struct shop *s) {
    memcpy(s->dir, "/tmp/mt-shop-XXXXXX", 20);
    return mkdtemp(s->dir) != NULL && snprintf(s->key, sizeof s->key, "%s/shop.key", s->dir) > 0 &&
           mt_engine_database(s->engine, s->dir, "shop", s->file, sizeof s->file);
}

int shop_setup(void **state) {
    struct shop *s = calloc(1, sizeof *s);
    struct mt_err err = {.rc = MT_OK};
    if (s == NULL || mt_crypto_init() != MT_OK)
        return -1;
    s->engine = *state;
    if (!place(s))
        return -1;
    mt_arena_init(&s->arena, (size_t)64 << 20);
    s->metrics = mt_metrics_new();
    assert_non_null(s->metrics);
    if (mt_time_parse(MT_SV("2027-01-15T10:00:00.000Z"), &s->now) != MT_OK)
        return -1;
    open_service(s);
    *state = s;
    if (mt_admin_store_add(s->session, "Riverside", "CNY", &s->store, &err) != MT_OK)
        return -1;
    s->clerk = s->acts = shop_staff(s, "Clerk", MT_ROLE_COUNTER);
    return 0;
}

static void remove_flat(const char *path) {
    DIR *dir = opendir(path);
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        char file[384];
        if (e->d_name[0] != '.' && snprintf(file, sizeof file, "%s/%s", path, e->d_name) > 0)
            (void)remove(file);
    }
    if (dir != NULL)
        (void)closedir(dir);
    (void)rmdir(path);
}

static void say(void *ctx, const char *line) {
    (void)ctx;
    print_message("violation: %s\n", line);
}

int64_t shop_violations(struct shop *s) {
    int64_t violations = -1;
    struct mt_err err = {.rc = MT_OK};
    if (mt_admin_check(s->session, say, NULL, &violations, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return violations;
}

int shop_teardown(void **state) {
    struct shop *s = *state;
    int64_t violations = shop_violations(s);
    close_service(s);
    mt_metrics_free(s->metrics);
    mt_arena_fini(&s->arena);
    remove_flat(s->dir);
    free(s);
    return violations == 0 ? 0 : -1;
}

const char *shop_fmt(struct shop *s, const char *format, ...) {
    char text[8192];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    assert_true(n >= 0 && (size_t)n < sizeof text);
    const char *copy = mt_arena_str(&s->arena, text);
    assert_non_null(copy);
    return copy;
}

struct till shop_till(struct shop *s, const char *code) {
    struct till t = {.seq = 0};
    char enrolment[15];
    struct mt_id id;
    struct mt_err err = {.rc = MT_OK};
    struct mt_problem problem;
    assert_int_equal(mt_admin_register_add(s->session, &s->store, code, &id, enrolment, &err), MT_OK);
    struct mt_write w = {.kind = MT_WRITE_ENROL, .arena = &s->arena}, *list[] = {&w};
    bool moved = false;
    memcpy(w.request.enrolment.code, enrolment, sizeof enrolment);
    assert_true(snprintf(w.request.enrolment.instance_id, 65, "machine-%s", code) > 0);
    memcpy(t.instance, w.request.enrolment.instance_id, sizeof t.instance);
    assert_int_equal(mt_service_apply(s->session, list, 1, &moved, &err), MT_OK);
    assert_int_equal(w.problem.code, MT_P_NONE);
    memcpy(t.token, w.answer.enrolled.token, sizeof t.token);
    assert_int_equal(mt_session_authenticate(s->session, mt_sv(t.token), &t.caller, &problem), MT_OK);
    return t;
}

const char *shop_drug(struct shop *s, const char *code, const char *name, const char *spec, int64_t price, enum mt_rx rx) {
    struct mt_drug d = {.code = code,
                        .name = name,
                        .spec = spec,
                        .form = "tablet",
                        .maker = "",
                        .generic = "",
                        .pinyin = "",
                        .shelf = "",
                        .has_price = price >= 0,
                        .sellable = price >= 0,
                        .rx = rx,
                        .vat_bp = 1300};
    struct mt_id id;
    bool changed = false;
    if (price >= 0)
        assert_int_equal(mt_money_from_minor(price, &d.price), MT_OK);
    assert_int_equal(mt_admin_import_begin(s->session, NULL), MT_OK);
    assert_int_equal(mt_admin_import_drug(s->session, &d, &changed, NULL), MT_OK);
    assert_int_equal(mt_admin_import_end(s->session, true, NULL), MT_OK);
    assert_int_equal(mt_id_from_cause(mt_sv(shop_fmt(s, "drug:%s", code)), &id), MT_OK);
    return shop_fmt(s, "%s", id.s);
}

void shop_goods(struct shop *s, const char *code, const char *lot, const char *expires, int64_t quantity) {
    struct mt_date day;
    struct mt_err err = {.rc = MT_OK};
    int64_t on_hand = 0;
    assert_int_equal(mt_date_parse(mt_sv(expires), &day), MT_OK);
    if (mt_admin_stock_receive(s->session, &s->store, mt_sv(code), lot, day, quantity, &on_hand, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

struct mt_id shop_staff(struct shop *s, const char *name, enum mt_role role) {
    struct mt_id id;
    assert_int_equal(mt_admin_staff_add(s->session, &s->store, name, role, "verifier", &id, NULL), MT_OK);
    return id;
}

struct answer shop_push_acked(struct shop *s, const struct till *t, int64_t acked, const char *acked_op, const char *operations) {
    char at[MT_TIME_TEXT], known[128] = "null";
    struct mt_err err = {.rc = MT_OK};
    mt_time_format(s->now, at);
    if (acked > 0)
        assert_true(snprintf(known, sizeof known, "{\"register_seq\":%lld,\"op_id\":\"%s\"}", (long long)acked, acked_op) > 0);
    struct mt_buf json;
    mt_buf_init(&json, MT_PUSH_MAX_BYTES);
    mt_buf_fmt(&json, "{\"instance_id\":\"%s\",\"sent_at\":\"%s\",\"acked\":%s,\"operations\":[%s]}", t->instance, at, known,
               operations);
    assert_int_equal(mt_buf_rc(&json), MT_OK);
    struct mt_write w = {.kind = MT_WRITE_PUSH, .caller = t->caller, .arena = &s->arena}, *list[] = {&w};
    struct mt_problem problem;
    if (mt_push_parse(mt_buf_view(&json), &s->arena, &w.request.push, &problem) != MT_OK)
        fail_msg("%s: %s", problem.detail, mt_buf_text(&json));
    struct answer a = {.count = 0};
    enum mt_rc rc = mt_service_apply(s->session, list, 1, &a.feed_moved, &err);
    assert_true(rc == MT_OK || w.problem.code == MT_P_OVERLOADED);
    a.code = w.problem.code;
    a.last_seq = a.code == MT_P_NONE ? w.answer.push.last_seq : w.problem.last_seq;
    if (a.code == MT_P_NONE) {
        a.count = w.answer.push.count;
        a.results = w.answer.push.results;
        memcpy(a.epoch, w.answer.push.epoch, sizeof a.epoch);
    }
    mt_buf_fini(&json);
    return a;
}

struct answer shop_push(struct shop *s, const struct till *t, const char *operations) {
    return shop_push_acked(s, t, 0, "", operations);
}

const char *shop_op(struct shop *s, struct till *t, const char *kind, bool fact, const char *body) {
    char at[MT_TIME_TEXT];
    mt_time_format(s->now, at);
    t->seq++;
    s->ids++;
    return shop_fmt(s,
                    "{\"op_id\":\"01940000-0000-7000-8000-%012llx\",\"register_seq\":%lld,\"kind\":\"%s\","
                    "\"staff_id\":\"%s\",\"at\":\"%s\",\"fact\":%s,\"body\":{%s}}",
                    (unsigned long long)s->ids, (long long)t->seq, kind,
                    mt_id_is(&s->acts) ? s->acts.s : "01940000-0000-7000-8000-0000000000aa", at, fact ? "true" : "false", body);
}

struct mt_push_result shop_send(struct shop *s, struct till *t, const char *kind, bool fact, const char *body) {
    struct answer a = shop_push(s, t, shop_op(s, t, kind, fact, body));
    if (a.code != MT_P_NONE)
        fail_msg("the batch failed: %s", mt_problem_code_name(a.code));
    assert_int_equal(a.count, 1);
    assert_int_equal(a.last_seq, t->seq);
    return a.results[0];
}

const char *shop_order_id(struct shop *s, int n) {
    return shop_fmt(s, "01940000-0000-7000-8001-%012x", (unsigned)n);
}

const char *shop_payment_id(struct shop *s, int n) {
    return shop_fmt(s, "01940000-0000-7000-8002-%012x", (unsigned)n);
}

const char *shop_create(struct shop *s, const char *code, int n, const char *items, const char *more) {
    return shop_fmt(s, "\"order_id\":\"%s\",\"order_no\":\"%s-%06d\",\"fulfilment\":\"pickup\",\"items\":[%s]%s",
                    shop_order_id(s, n), code, n, items, more);
}

const char *shop_item(struct shop *s, const char *drug_id, int quantity, int price) {
    return shop_fmt(s, "{\"drug_id\":\"%s\",\"quantity\":%d,\"price\":%d}", drug_id, quantity, price);
}

const char *shop_cash(struct shop *s, int n, int amount) {
    return shop_fmt(s, ",\"payments\":[{\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":%d}]", shop_payment_id(s, n), amount);
}

const char *shop_about(struct shop *s, const char *code, int n, const char *more) {
    return shop_fmt(s, "\"order_id\":\"%s\",\"order_no\":\"%s-%06d\"%s", shop_order_id(s, n), code, n, more);
}

int64_t shop_int(struct shop *s, const char *sql) {
    struct mt_stmt *stmt = NULL;
    struct mt_err err = {.rc = MT_OK};
    if (mt_db_stmt(s->look, sql, &stmt, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    assert_int_equal(mt_stmt_step(stmt, NULL), MT_STEP_ROW);
    int64_t value = mt_col_int(stmt, 0);
    mt_stmt_done(stmt);
    return value;
}

void shop_exec(struct shop *s, const char *sql) {
    struct mt_err err = {.rc = MT_OK};
    if (mt_db_exec(s->look, sql, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

static struct mt_db *open_url(const char *url) {
    struct mt_db *db = NULL;
    struct mt_err err = {.rc = MT_OK};
    struct mt_db_options o = {.url = url, .mode = MT_DB_WRITE, .sync = MT_DB_SYNC_NORMAL, .no_checkpoint = true};
    if (mt_db_open(&o, &db, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return db;
}

static const char *database_of(struct shop *s, struct mt_db *db) {
    struct mt_stmt *name = NULL;
    assert_int_equal(mt_db_stmt(db, "SELECT CAST(current_database() AS TEXT)", &name, NULL), MT_OK);
    assert_int_equal(mt_stmt_step(name, NULL), MT_STEP_ROW);
    const char *text = mt_col_text(name, 0, &s->arena);
    mt_stmt_done(name);
    return text;
}

static void run_apart(struct mt_db *db, const char *sql) {
    struct mt_err err = {.rc = MT_OK};
    if (mt_db_exec(db, sql, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

/* PostgreSQL copies a database that nobody is in: a new one is made, dropped and made again from ours, by a third. */
static const char *copy_postgres(struct shop *s) {
    char url[sizeof s->file], desk_url[sizeof s->file];
    assert_true(mt_engine_database(s->engine, s->dir, "copy", url, sizeof url));
    assert_true(mt_engine_database(s->engine, s->dir, "desk", desk_url, sizeof desk_url));
    struct mt_db *copy = open_url(url), *desk = open_url(desk_url);
    const char *to = database_of(s, copy), *from = database_of(s, s->look);
    mt_db_close(copy);
    close_service(s);
    run_apart(desk, shop_fmt(s, "DROP DATABASE \"%s\"", to));
    run_apart(desk, shop_fmt(s, "CREATE DATABASE \"%s\" TEMPLATE \"%s\"", to, from));
    mt_db_close(desk);
    open_service(s);
    return shop_fmt(s, "%s", url);
}

const char *shop_copy(struct shop *s) {
    if (shop_on_postgres(s))
        return copy_postgres(s);
    const char *path = shop_fmt(s, "%s/copy%lld.db", s->dir, (long long)++s->ids);
    shop_exec(s, shop_fmt(s, "VACUUM INTO '%s'", path));
    return path;
}

void shop_plant(struct shop *s, const char *table, const char *condition) {
    if (shop_on_postgres(s))
        shop_exec(s, shop_fmt(s,
                              "CREATE TRIGGER planted BEFORE INSERT ON %s FOR EACH ROW WHEN (%s)"
                              " EXECUTE FUNCTION mt_refuse('planted')",
                              table, condition));
    else
        shop_exec(s, shop_fmt(s, "CREATE TRIGGER planted BEFORE INSERT ON %s WHEN %s BEGIN SELECT RAISE(ABORT, 'planted'); END",
                              table, condition));
}

void shop_unplant(struct shop *s, const char *table) {
    shop_exec(s, shop_on_postgres(s) ? shop_fmt(s, "DROP TRIGGER planted ON %s", table) : "DROP TRIGGER planted");
}

void shop_limit(struct shop *s, int64_t pages) {
    assert_int_equal(mt_db_exec(s->session->db, shop_fmt(s, "PRAGMA max_page_count=%lld", (long long)pages), NULL), MT_OK);
}

struct mt_order shop_order(struct shop *s, struct mt_push_result r) {
    struct mt_order o;
    struct mt_err err = {.rc = MT_OK};
    if (r.outcome != MT_APPLIED)
        fail_msg("%s: %.*s", mt_outcome_name(r.outcome), (int)r.problem.n, r.problem.p);
    if (mt_order_parse(r.result, &s->arena, &o, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return o;
}

enum mt_problem_code shop_code(struct mt_push_result r) {
    struct mt_problem p;
    assert_int_equal(mt_problem_parse(r.problem, &p), MT_OK);
    return p.code;
}

const char *shop_detail(struct shop *s, struct mt_push_result r) {
    struct mt_problem p;
    assert_int_equal(mt_problem_parse(r.problem, &p), MT_OK);
    return shop_fmt(s, "%s", p.detail);
}

void shop_assert_outcome(struct mt_push_result r, enum mt_outcome want, int line) {
    if (r.outcome != want)
        fail_msg("line %d: %s instead of %s: %.*s", line, mt_outcome_name(r.outcome), mt_outcome_name(want), (int)r.problem.n,
                 r.problem.p);
}

void shop_assert_refused(struct mt_push_result r, enum mt_problem_code want, int line) {
    shop_assert_outcome(r, MT_REFUSED, line);
    if (shop_code(r) != want)
        fail_msg("line %d: %.*s instead of %s", line, (int)r.problem.n, r.problem.p, mt_problem_code_name(want));
}
