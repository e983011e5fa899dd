#include "file.h"

/* What stood in the file at a version is there at the newest. A row is put in as soon as its table exists. */
static void test_from_every_version(void **state) {
    struct file *f = *state;
    size_t count;
    (void)mt_repo_migrations(&count);
    for (size_t from = 1; from <= count; from++) {
        file_migrate(f, from);
        assert_int_equal(file_exec(f, "INSERT INTO mt_store VALUES ('s', 'Riverside', 'CNY', 1)"), MT_OK);
        file_migrate(f, count);
        assert_int_equal(file_int(f, "SELECT count(*) FROM mt_store WHERE name = 'Riverside'"), 1);
        assert_int_equal(file_int(f, "SELECT count(*) FROM mt_migration"), (int64_t)count);
        if (!f->engine->postgres) /* PostgreSQL has checked them as it went */
            assert_int_equal(file_int(f, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
        file_afresh(f);
    }
}

static void test_newer_is_refused(void **state) {
    struct file *f = *state;
    size_t count;
    const struct mt_migration *list = mt_repo_migrations(&count);
    file_migrate(f, count);
    assert_int_equal(mt_db_migrate(f->db, list, count - 1, NULL, NULL), MT_NEWER);
}

/* The rules of the design that the schema holds by itself. */
static void test_rules(void **state) {
    struct file *f = *state;
    size_t count;
    (void)mt_repo_migrations(&count);
    file_migrate(f, count);
    assert_int_equal(
        file_exec(f, "INSERT INTO mt_store VALUES ('s', 'Riverside', 'CNY', 1);"
                     "INSERT INTO mt_register(register_id, store_id, code, created_at) VALUES ('r', 's', 'A03', 1);"
                     "INSERT INTO mt_drug VALUES ('d', '6900000000025', 'Aspirin', '', '', '', '', '', '', 900, 1, 'none', 0, 1);"
                     "INSERT INTO mt_lot VALUES ('s', 'd', 'S1', '2028-01-31', 'ok', 5, 2)"),
        MT_OK);
    static const char *const wrong[] = {
        "INSERT INTO mt_store VALUES ('t', '', 'CNY', 1)",
        "INSERT INTO mt_store VALUES ('t', 'X', 'YUAN', 1)",
        "INSERT INTO mt_register(register_id, store_id, code, created_at) VALUES ('q', 's', 'A03', 1)",
        "INSERT INTO mt_register(register_id, store_id, code, created_at) VALUES ('q', 'none', 'A04', 1)",
        "INSERT INTO mt_client(client_id, role) VALUES ('r', 'king')",
        "INSERT INTO mt_drug VALUES ('e', '6900000000025', 'Other', '', '', '', '', '', '', 900, 1, 'none', 0, 1)",
        "INSERT INTO mt_drug VALUES ('e', '6900000000032', 'Other', '', '', '', '', '', '', NULL, 1, 'none', 0, 1)",
        "INSERT INTO mt_drug VALUES ('e', '6900000000032', 'Other', '', '', '', '', '', '', -1, 1, 'none', 0, 1)",
        "UPDATE mt_lot SET on_hand = 1",
        "UPDATE mt_lot SET reserved = -1",
        "UPDATE mt_lot SET state = 'lost'",
        "INSERT INTO mt_stock_move(store_id, drug_id, lot_no, kind, quantity, at) VALUES ('s', 'd', 'S1', 'receive', 0, 1)",
        "INSERT INTO mt_stock_move(store_id, drug_id, lot_no, kind, quantity, at) VALUES ('s', 'd', 'S1', 'sale', 1, 1)",
        "INSERT INTO mt_stock_move(store_id, drug_id, lot_no, kind, quantity, at) VALUES ('s', 'd', 'S9', 'receive', 1, 1)",
        "UPDATE mt_register SET last_seq = 1",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (file_exec(f, wrong[i]) != MT_CONFLICT)
            fail_msg("taken: %s", wrong[i]);
}

/* The lists that people wait for never walk a whole table. */
static void test_indexes(void **state) {
    struct file *f = *state;
    size_t count;
    (void)mt_repo_migrations(&count);
    file_migrate(f, count);
    static const char *const queries[] = {
        "SELECT * FROM mt_order WHERE store_id = 's' ORDER BY created_at DESC, order_id DESC LIMIT 1",
        "SELECT * FROM mt_order WHERE store_id = 's' AND status = 'paid' ORDER BY created_at DESC, order_id DESC LIMIT 1",
        "SELECT * FROM mt_order WHERE store_id = 's' AND user_id = 'u' AND user_id <> '' ORDER BY created_at DESC, order_id DESC",
        "SELECT * FROM mt_order WHERE store_id = 's' AND user_phone = '1' AND user_phone <> '' ORDER BY created_at DESC, order_id "
        "DESC",
        "SELECT * FROM mt_order WHERE order_no = 'A03-000001'",
        "SELECT * FROM mt_payment WHERE order_id = 'o'",
        "SELECT * FROM mt_event WHERE order_id = 'o' ORDER BY version",
        "SELECT * FROM mt_operation WHERE register_id = 'r' AND register_seq = 1",
        "SELECT 1 FROM mt_operation WHERE order_id = 'o' AND order_id <> '' AND outcome = 'quarantined' AND EXISTS (SELECT 1 FROM"
        " mt_register r WHERE r.register_id = mt_operation.register_id AND r.store_id = 's')",
        "SELECT * FROM mt_operation WHERE order_id > 'o' AND order_id <> '' AND outcome = 'quarantined' ORDER BY order_id LIMIT 1",
        "SELECT * FROM mt_exception WHERE store_id = 's' AND state = 'open' ORDER BY exception_id DESC",
        "SELECT * FROM mt_change WHERE scope = '' AND seq > 5 ORDER BY seq LIMIT 10",
        "SELECT * FROM mt_register WHERE token_hash = 'x'",
    };
    const bool postgres = f->engine->postgres;
    if (postgres) /* empty tables are scanned whatever indexes they have, unless there is another way */
        assert_int_equal(file_exec(f, "SET enable_seqscan = off; SET enable_sort = off"), MT_OK);
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        char sql[320];
        struct mt_stmt *s = NULL;
        assert_true(snprintf(sql, sizeof sql, "EXPLAIN %s%s", postgres ? "" : "QUERY PLAN ", queries[i]) > 0);
        assert_int_equal(mt_db_stmt(f->db, sql, &s, NULL), MT_OK);
        while (mt_stmt_step(s, NULL) == MT_STEP_ROW) {
            const char *plan = mt_col_text(s, postgres ? 0 : 3, &f->arena);
            if (postgres ? strstr(plan, "Seq Scan") != NULL || strstr(plan, "Sort Key") != NULL
                         : strncmp(plan, "SCAN", 4) == 0 || strstr(plan, "TEMP B-TREE") != NULL)
                fail_msg("%s: %s", queries[i], plan);
        }
        mt_stmt_done(s);
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {FILE_TEST(test_from_every_version), FILE_TEST(test_newer_is_refused), FILE_TEST(test_rules),
                                       FILE_TEST(test_indexes)};
    return mt_engine_run(argc, argv, tests);
}
