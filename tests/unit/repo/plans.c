/* What the engines do for the listed queries. Every statement that a list, a search, an order, the figures or the feed asks for is
 * noted as it is prepared, with all filters and their combinations; then its plan is asked for. A plan that walks through a whole
 * table or index, or sorts what could be any number of rows, fails; and the filters must use the index that was made for them.
 * PostgreSQL plans by what the tables hold, so there they hold some ten thousand orders, and the plans are those that our
 * connection keeps, made once for whatever it is asked with. */
#include "file.h"

#include <medterm/repo/figures.h>
#include <medterm/repo/patients.h>

#define NOTED_MAX 128
#define VALUES_MAX 20

struct value {
    bool bound, is_int;
    int64_t number;
    char text[80];
};
/* Each text once, with the values it was first asked with. The texts live as long as the connection that has prepared them. */
static struct {
    bool on;
    size_t count;
    const char *sql[NOTED_MAX];
    struct mt_stmt *at[NOTED_MAX];
    struct value values[NOTED_MAX][VALUES_MAX];
} noted;

enum mt_rc __real_mt_db_stmt(struct mt_db *db, const char *sql, struct mt_stmt **out, struct mt_err *err);
enum mt_rc __wrap_mt_db_stmt(struct mt_db *db, const char *sql, struct mt_stmt **out, struct mt_err *err);
enum mt_rc __wrap_mt_db_stmt(struct mt_db *db, const char *sql, struct mt_stmt **out, struct mt_err *err) {
    const enum mt_rc rc = __real_mt_db_stmt(db, sql, out, err);
    size_t i = 0;
    while (noted.on && i < noted.count && strcmp(noted.sql[i], sql) != 0)
        i++;
    if (noted.on && i == noted.count && rc == MT_OK) {
        assert_true(noted.count < NOTED_MAX);
        noted.sql[noted.count] = sql;
        noted.at[noted.count++] = *out;
    }
    return rc;
}

static struct value *value_of(const struct mt_stmt *s, int at) {
    for (size_t i = 0; noted.on && i < noted.count; i++)
        if (noted.at[i] == s && !noted.values[i][at].bound) {
            noted.values[i][at].bound = true;
            return &noted.values[i][at];
        }
    return NULL;
}

void __real_mt_bind_int(struct mt_stmt *s, int at, int64_t number);
void __wrap_mt_bind_int(struct mt_stmt *s, int at, int64_t number);
void __wrap_mt_bind_int(struct mt_stmt *s, int at, int64_t number) {
    struct value *v = value_of(s, at);
    if (v != NULL)
        *v = (struct value){.bound = true, .is_int = true, .number = number};
    __real_mt_bind_int(s, at, number);
}

static void note_text(const struct mt_stmt *s, int at, struct mt_sv text) {
    struct value *v = value_of(s, at);
    if (v != NULL)
        assert_int_equal(mt_sv_copy(text, v->text, sizeof v->text), MT_OK);
}

void __real_mt_bind_text(struct mt_stmt *s, int at, const char *text);
void __wrap_mt_bind_text(struct mt_stmt *s, int at, const char *text);
void __wrap_mt_bind_text(struct mt_stmt *s, int at, const char *text) {
    note_text(s, at, mt_sv(text));
    __real_mt_bind_text(s, at, text);
}

void __real_mt_bind_sv(struct mt_stmt *s, int at, struct mt_sv text);
void __wrap_mt_bind_sv(struct mt_stmt *s, int at, struct mt_sv text);
void __wrap_mt_bind_sv(struct mt_stmt *s, int at, struct mt_sv text) {
    note_text(s, at, text);
    __real_mt_bind_sv(s, at, text);
}

static void must(struct file *f, enum mt_rc rc, const struct mt_err *err) {
    (void)f;
    if (rc != MT_OK)
        fail_msg("%s", mt_err_text(err));
}

static void shop(struct file *f) {
    size_t count;
    struct mt_err err = {.rc = MT_OK};
    (void)mt_repo_migrations(&count);
    file_migrate(f, count);
    must(f,
         mt_db_exec(f->db,
                    "INSERT INTO mt_store VALUES ('s', 'Riverside', 'CNY', 1);"
                    "INSERT INTO mt_register(register_id, store_id, code, created_at) VALUES ('r', 's', 'A03', 1);",
                    &err),
         &err);
    struct mt_drug d = {.drug_id = {"d"},
                        .code = "6900000000025",
                        .name = "Aspirin protect",
                        .spec = "",
                        .form = "",
                        .maker = "",
                        .generic = "",
                        .pinyin = "",
                        .shelf = "",
                        .version = 1};
    must(f, mt_repo_drug_put(f->db, &d, &err), &err);
    struct mt_user u = {.user_id = {"u"}, .name = "Wang Fang", .phone = "13800001234", .version = 1};
    must(f, mt_repo_user_put(f->db, "s", &u, 1, &err), &err);
    /* more words of one beginning than a search follows one by one */
    for (int i = 0; i < 80; i++) {
        char sql[400];
        assert_true(snprintf(sql, sizeof sql,
                             "INSERT INTO mt_order_word(store_id, word, created_at, order_id) VALUES ('s', 'n:q%02d', 1, 'none');"
                             "INSERT INTO mt_user_word(store_id, word, user_id) VALUES ('s', 'n:q%02d', 'u');"
                             "INSERT INTO mt_drug_word(word, name, drug_id) VALUES ('q%02d', 'Aspirin protect', 'd')",
                             i, i, i) > 0);
        must(f, mt_db_exec(f->db, sql, &err), &err);
    }
}

static void put_order(struct file *f) {
    static struct mt_order_item item = {.line = 1, .drug_id = {"d"}, .drug_name = "Aspirin", .drug_spec = "", .quantity = 1};
    struct mt_order o;
    struct mt_err err = {.rc = MT_OK};
    o = (struct mt_order){.order_id = {"o"},
                          .order_no = "A03-000001",
                          .store_id = {"s"},
                          .version = 1,
                          .user_id = "u",
                          .user_name = "Wang Fang",
                          .user_phone = "13800001234",
                          .doctor_id = "",
                          .doctor_name = "",
                          .address_id = "",
                          .address_detail = "",
                          .currency = "CNY",
                          .pay_type = "",
                          .items = &item,
                          .item_count = 1,
                          .taken_at = 3,
                          .created_at = 4,
                          .updated_at = 4,
                          .remark = "",
                          .printed_no = ""};
    assert_int_equal(mt_order_total(&o), MT_OK);
    const struct mt_repo_order_extra extra = {.register_id = {"r"}, .create_op_id = {"p"}, .prescription = "", .buyer_id_no = ""};
    must(f, mt_repo_order_insert(f->db, &o, &extra, &err), &err);
}

/* Ten thousand of everything that grows, and what PostgreSQL counts of it. Nearly all orders are completed, and of the other states
 * it knows nothing, as of rare ones that its samples of a large table miss. Small tables are read whole by choice, which is no
 * fault: that choice is taken away. */
static void many(struct file *f) {
    struct mt_err err = {.rc = MT_OK};
    must(
        f,
        mt_db_exec(
            f->db,
            "INSERT INTO mt_drug SELECT 'd' || n, 'c' || n, 'Drug ' || n, '', '', '', '', '', '', NULL, 0, 'none', 0, 1"
            " FROM generate_series(1, 10000) n;"
            "INSERT INTO mt_drug_word SELECT 'drug', name, drug_id FROM mt_drug;"
            "INSERT INTO mt_user SELECT 'u' || n, 's', 'Wang', '138' || n, 1, 1, 1 FROM generate_series(1, 10000) n;"
            "INSERT INTO mt_user_word SELECT 's', 'n:wang', user_id FROM mt_user WHERE user_id <> 'u';"
            "INSERT INTO mt_address SELECT user_id, 'a', 0, 'Home' FROM mt_user;"
            "INSERT INTO mt_order(order_id, order_no, store_id, register_id, status, version, user_id, user_name, user_phone,"
            " doctor_id, doctor_name, address_id, address_detail, fulfilment, currency, original_amount, discount_amount,"
            " total_amount, paid_amount, refunded_amount, pay_type, taken_offline, taken_at, created_at, updated_at, remark,"
            " printed_no, prescription, buyer_id_no, approved_by, create_op_id)"
            " SELECT 'o' || n, 'A03-1' || n, 's', 'r', CASE n WHEN 1 THEN 'paid' ELSE 'completed' END, "
            "1,"
            " CASE n % 100 WHEN 0 THEN 'u' ELSE '' END, 'Wang', CASE n % 100 WHEN 0 THEN '13800001234' ELSE '' END, '', '', '', '',"
            " 'pickup', 'CNY', 0, 0, 0, 0, 0, '', 0, n, n, n, '', '', '', '', '', 'p' || n FROM generate_series(1, 10000) n;"
            "INSERT INTO mt_order_item SELECT order_id, 1, 'd', 'Aspirin', '', 1, 0, 0 FROM mt_order WHERE order_id <> 'o';"
            "INSERT INTO mt_order_item_lot SELECT order_id, 1, 'L', NULL, 1, 0 FROM mt_order;"
            "INSERT INTO mt_payment SELECT 'p' || order_id, order_id, 'cash', 'succeeded', 1, NULL, 0, '', 1, 'p', 1 FROM mt_order;"
            "INSERT INTO mt_refund SELECT 'r' || order_id, 'p' || order_id, order_id, 1, 'succeeded', '', 'p', 1, 1 FROM mt_order;"
            "INSERT INTO mt_event(order_id, version, kind, from_status, to_status, register_id, staff_id, op_id, note, at, "
            "created_at)"
            " SELECT order_id, 1, 'status', '', 'paid', 'r', '', 'p', '', 1, 1 FROM mt_order;"
            "INSERT INTO mt_order_word SELECT 's', w, created_at, order_id FROM mt_order,"
            " (VALUES ('n:wang'), ('n:fang'), ('p:1234'), ('d:d')) v(w) WHERE order_id <> 'o';"
            "INSERT INTO mt_exception(exception_id, store_id, kind, order_id, order_no, line, op_id, drug_id, quantity, detail, "
            "state,"
            " created_at, resolved_at, version) SELECT 'x' || order_id, 's', 'overpaid', order_id, '', 0, '', '', 0, '',"
            " CASE user_id WHEN 'u' THEN 'open' ELSE 'resolved' END, 1, CASE user_id WHEN 'u' THEN NULL ELSE 1 END, 1 FROM "
            "mt_order;"
            "INSERT INTO mt_change SELECT CASE n % 2 WHEN 0 THEN '' ELSE 's' END, 'drug', 'd' || n, n FROM generate_series(1, "
            "10000) n;"
            "ALTER TABLE mt_order ALTER status SET (n_distinct = 1); ANALYZE; SET enable_seqscan = off; DISCARD PLANS",
            &err),
        &err);
}

/* All combinations of filters, with and without a search. */
static void ask_orders(struct file *f) {
    static const char *const searches[] = {
        "", "A03-000001", "1", "1234", "380 0001 234", "wang", "wa fa", "6900000000025", "aspi", "aspirin protect", "q", "q wang"};
    for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++)
        for (unsigned bits = 0; bits < 128; bits++) {
            struct mt_repo_order_page page;
            struct mt_err err = {.rc = MT_OK};
            const struct mt_repo_order_filter filter = {.store_id = MT_SV("s"),
                                                        .q = mt_sv(searches[i]),
                                                        .status = mt_sv(bits & 1   ? "paid"
                                                                        : bits & 2 ? "completed"
                                                                                   : ""),
                                                        .user_id = mt_sv(bits & 4 ? "u" : ""),
                                                        .user_phone = mt_sv(bits & 8 ? "13800001234" : ""),
                                                        .register_code = mt_sv(bits & 16 ? "A03" : ""),
                                                        .has_from = (bits & 32) != 0,
                                                        .has_after = (bits & 64) != 0,
                                                        .from = 1,
                                                        .after_time = 1000,
                                                        .after_id = MT_SV("o"),
                                                        .limit = 2};
            must(f, mt_repo_order_list(f->db, &filter, &f->arena, &page, &err), &err);
            mt_arena_reset(&f->arena);
        }
}

static void ask_drugs_and_users(struct file *f) {
    static const char *const searches[] = {"", "aspirin", "asp prot", "q", "q aspirin", "1234", "wang", "wa fa", "none"};
    for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++) {
        struct mt_repo_drug_page drugs;
        struct mt_repo_user_page users;
        struct mt_err err = {.rc = MT_OK};
        const struct mt_repo_drug_filter d = {.q = mt_sv(searches[i]), .limit = 2};
        const struct mt_repo_user_filter u = {.store_id = "s", .q = mt_sv(searches[i]), .limit = 2},
                                         p = {.store_id = "s", .phone = MT_SV("13800001234"), .limit = 2};
        must(f, mt_repo_drugs(f->db, &d, &f->arena, &drugs, &err), &err);
        must(f, mt_repo_users(f->db, &u, &f->arena, &users, &err), &err);
        must(f, mt_repo_users(f->db, &p, &f->arena, &users, &err), &err);
        mt_arena_reset(&f->arena);
    }
}

static void ask_the_rest(struct file *f) {
    static const char *const states[] = {"", "open", "resolved"};
    struct mt_err err = {.rc = MT_OK};
    struct mt_exception *exceptions;
    struct mt_repo_event *events;
    struct mt_repo_change *changes;
    struct mt_repo_figures figures;
    struct mt_repo_payment payment;
    struct mt_order order;
    size_t count;
    int64_t last;
    for (size_t i = 0; i < 3; i++)
        must(f, mt_repo_exceptions(f->db, "s", mt_sv(states[i]), MT_SV(""), 2, &f->arena, &exceptions, &count, &err), &err);
    must(f, mt_repo_order_by_no(f->db, MT_SV("A03-000001"), &f->arena, &order, &err), &err);
    must(f, mt_repo_events(f->db, "o", &f->arena, &events, &count, &err), &err);
    must(f, mt_repo_figures(f->db, "s", 1, 20, &figures, &err), &err);
    must(f, mt_repo_changes(f->db, "s", 0, 10, &f->arena, &changes, &count, &err), &err);
    must(f, mt_repo_change_last(f->db, &last, &err), &err);
    assert_int_equal(mt_repo_payment_get(f->db, "none", &f->arena, &payment, &err), MT_NOTFOUND);
}

/* Steps that the plan of a statement with this piece may have after all, and why. */
static const struct {
    const char *piece, *step, *why;
} allowed[] = {
    {"GROUP BY p.method", "TEMP B-TREE", "four methods, of the orders of a bounded time"},
    {"GROUP BY p.method", "Sort", "the same"},
    {"printed_no = ?2", "TEMP B-TREE", "the two orders that a number can be"},
    {"printed_no = ?2", "Sort", "the same"},
    {"printed_no = ?2", "Unique", "the same"},
    {"WITH RECURSIVE", "SCAN w", "what the recursion has found, bounded by its limit"},
    {"WITH RECURSIVE", "SCAN s", "the feed's scopes: one a store"},
    {"count(*) FROM (SELECT 1 AS one", "SCAN counted", "at most 256 rows"},
    {"count(*) FROM (SELECT 1 AS one", "SCAN (", "the same"},
    {"JOIN mt_register", "on mt_register", "a table of a few rows, read once"},
    {"FROM mt_change", "SCAN", "two pages of the feed, each of them limited"},
    {"FROM mt_change", "Sort", "the same"},
    {"FROM mt_change", "TEMP B-TREE", "the same"},
    {"FROM mt_order_item_lot", "TEMP B-TREE", "the lots of one order"},
    {"FROM mt_order_item_lot", "Sort", "the same"},
    {"FROM mt_payment WHERE order_id", "TEMP B-TREE", "the payments of one order"},
    {"FROM mt_payment WHERE order_id", "Sort", "the same"},
    {"FROM mt_exception WHERE order_id", "TEMP B-TREE", "the exceptions of a handful of orders"},
    {"FROM mt_exception WHERE order_id", "Sort", "the same"},
    {"FROM mt_address", "TEMP B-TREE", "the addresses of one patient"},
    {"FROM mt_address", "Sort", "the same"},
};

static bool is_allowed(const char *sql, const char *step) {
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        if (strstr(sql, allowed[i].piece) != NULL && strstr(step, allowed[i].step) != NULL)
            return true;
    return false;
}

/* The index that a filter was given. */
static const struct {
    const char *piece, *sqlite, *postgres;
} wanted[] = {
    {"(o.status, o.created_at, o.order_id) <", "mt_order_by_status", "mt_order_by_status"},
    {"o.user_id = ?2", "mt_order_by_user", "mt_order_by_user"},
    {"o.user_phone = ?2", "mt_order_by_phone", "mt_order_by_phone"},
    {"o.register_id = (SELECT", "mt_order_by_register", "mt_order_by_register"},
    {"WHERE o.store_id = ?1 AND o.created_at >= ?3", "mt_order_newest", "mt_order_newest"},
    {"o.order_no = ?1", "sqlite_autoindex_mt_order", "mt_order_order_no_key"},
    {"printed_no = ?2", "mt_order_by_printed_no", "mt_order_by_printed_no"},
    {"FROM mt_user WHERE store_id = ?1 AND phone", "mt_user_by_phone", "mt_user_by_phone"},
    {"FROM mt_user WHERE store_id >= ?1", "mt_user_newest", "mt_user_newest"},
    {"FROM mt_user_word WHERE store_id = ?1 AND word >= ?2 AND (", "mt_user_word USING PRIMARY KEY", "mt_user_word_pkey"},
    {"store_id = ?1 AND status = ?4", "COVERING INDEX mt_order_by_status", "mt_order_by_status"},
    {"FROM mt_exception WHERE store_id = ?1 AND state", "mt_exception_by_state", "mt_exception_by_state"},
    {"FROM mt_exception WHERE store_id >= ?1", "mt_exception_newest", "mt_exception_newest"},
    {"FROM mt_drug WHERE (name", "mt_drug_by_name", "mt_drug_by_name"},
};

static void check_index(const struct file *f, const char *sql, const char *plan) {
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const char *name = f->engine->postgres ? wanted[i].postgres : wanted[i].sqlite;
        if (strstr(sql, wanted[i].piece) != NULL && strstr(plan, name) == NULL)
            fail_msg("%s\n  has a plan without %s:\n%s", sql, name, plan);
    }
}

/* One line of a plan: SQLite says SCAN for a walk through all of something. */
static void check_sqlite(const char *sql, const char *step, const char *plan) {
    if ((strncmp(step, "SCAN ", 5) == 0 || strstr(step, "TEMP B-TREE") != NULL) && strcmp(step, "SCAN CONSTANT ROW") != 0 &&
        !is_allowed(sql, step))
        fail_msg("%s\n  walks or sorts: %s\n%s", sql, step, plan);
}

/* PostgreSQL: a scan of a table, or of an index without a condition on it. */
static void check_postgres(const char *sql, const char *step, const char *next, const char *plan) {
    const bool walks = strstr(step, "Seq Scan") != NULL ||
                       ((strstr(step, "Index Scan using") != NULL || strstr(step, "Index Only Scan") != NULL) &&
                        strstr(next, "Index Cond") == NULL);
    if ((walks || strstr(step, "Sort ") != NULL) && !is_allowed(sql, step))
        fail_msg("%s\n  walks or sorts: %s\n%s", sql, step, plan);
}

/* The plan for the values it was first asked with. */
static struct mt_stmt *explain_sqlite(struct file *f, size_t at) {
    struct mt_stmt *s;
    struct mt_err err = {.rc = MT_OK};
    const char *text = mt_arena_fmt(&f->arena, "EXPLAIN QUERY PLAN %s", noted.sql[at]);
    assert_non_null(text);
    must(f, mt_db_stmt(f->db, text, &s, &err), &err);
    for (int i = 1; i < VALUES_MAX; i++) {
        const struct value *v = &noted.values[at][i];
        if (v->bound && v->is_int)
            mt_bind_int(s, i, v->number);
        else if (v->bound)
            mt_bind_text(s, i, v->text);
    }
    return s;
}

/* The plan of the statement as the connection has prepared it; which values it is executed with makes no difference to it. */
static struct mt_stmt *explain_postgres(struct file *f, size_t at) {
    struct mt_stmt *s;
    struct mt_err err = {.rc = MT_OK};
    must(
        f,
        mt_db_stmt(f->db,
                   "SELECT 'EXPLAIN (COSTS OFF) EXECUTE ' || name || coalesce('(' || (SELECT string_agg('NULL', ', ')"
                   " FROM unnest(parameter_types)) || ')', '') FROM pg_prepared_statements WHERE statement = replace(?1, '?', '$')",
                   &s, &err),
        &err);
    mt_bind_text(s, 1, noted.sql[at]);
    if (mt_stmt_step(s, &err) != MT_STEP_ROW)
        fail_msg("%s\n  is not prepared: %s", noted.sql[at], mt_err_text(&err));
    const char *text = mt_col_text(s, 0, &f->arena);
    assert_non_null(text);
    mt_stmt_done(s);
    must(f, mt_db_stmt(f->db, text, &s, &err), &err);
    return s;
}

static void check_plan(struct file *f, size_t at) {
    const char *const sql = noted.sql[at];
    const char *steps[64], *plan = "";
    size_t count = 0;
    struct mt_err err = {.rc = MT_OK};
    struct mt_stmt *s = f->engine->postgres ? explain_postgres(f, at) : explain_sqlite(f, at);
    enum mt_step step;
    while ((step = mt_stmt_step(s, &err)) == MT_STEP_ROW) {
        assert_true(count < sizeof steps / sizeof steps[0]);
        steps[count] = mt_col_text(s, f->engine->postgres ? 0 : 3, &f->arena);
        plan = mt_arena_fmt(&f->arena, "%s    %s\n", plan, steps[count++]);
        assert_non_null(plan);
    }
    must(f, step == MT_STEP_DONE ? MT_OK : mt_stmt_rc(s), &err);
    mt_stmt_done(s);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        if (f->engine->postgres)
            check_postgres(sql, steps[i], i + 1 < count ? steps[i + 1] : "", plan);
        else
            check_sqlite(sql, steps[i], plan);
    }
    check_index(f, sql, plan);
}

static void test_plans(void **state) {
    struct file *f = *state;
    shop(f);
    put_order(f);
    noted.on = true;
    ask_orders(f);
    ask_drugs_and_users(f);
    ask_the_rest(f);
    noted.on = false;
    if (f->engine->postgres)
        many(f);
    assert_true(noted.count > 30);
    for (size_t i = 0; i < noted.count; i++)
        check_plan(f, i);
    /* each rule was about something */
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        size_t k = 0;
        while (k < noted.count && strstr(noted.sql[k], wanted[i].piece) == NULL)
            k++;
        if (k == noted.count)
            fail_msg("no statement has: %s", wanted[i].piece);
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {FILE_TEST(test_plans)};
    return mt_engine_run(argc, argv, tests);
}
