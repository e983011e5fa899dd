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

/* Of pg_trigger t; SQLite has no such statement, see test_no_truncate. */
#define IS_TRUNCATE "(pg_get_triggerdef(t.oid) LIKE '% BEFORE TRUNCATE ON %' AND t.tgenabled = 'O')"

/* What a schema holds, a line a rule: columns, keys, indexes, references, triggers, and how many CHECKs a table has. */
static const char *const facts_sqlite[] = {
    "SELECT m.name || '.' || p.name || ' ' || CASE p.type WHEN 'INTEGER' THEN 'bigint' ELSE lower(p.type) END ||"
    " CASE WHEN p.\"notnull\" OR p.pk THEN ' not null' ELSE '' END || CASE WHEN p.dflt_value IS NULL THEN '' ELSE ' default' END ||"
    " CASE WHEN p.pk > 0 THEN ' key ' || p.pk ELSE '' END"
    " FROM sqlite_schema m, pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name LIKE 'mt\\_%' ESCAPE '\\'"
    " AND m.name <> 'mt_migration' ORDER BY 1",
    "SELECT t || '(' || group_concat(c) || ')' || kind FROM (SELECT m.name AS t, l.name AS i, i.name AS c, CASE l.\"unique\" WHEN "
    "1 THEN"
    " ' unique' ELSE '' END || CASE l.partial WHEN 1 THEN ' partial' ELSE '' END AS kind"
    " FROM sqlite_schema m, pragma_index_list(m.name) l, pragma_index_info(l.name) i WHERE m.type = 'table' AND l.origin <> 'pk'"
    " ORDER BY m.name, l.name, i.seqno) GROUP BY t, i, kind ORDER BY 1",
    "SELECT t || '(' || group_concat(c) || ') to ' || r || '(' || group_concat(d) || ')' FROM (SELECT m.name AS t, f.id AS i,"
    " f.\"from\" AS c, f.\"table\" AS r, f.\"to\" AS d FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = "
    "'table'"
    " ORDER BY m.name, f.id, f.seq) GROUP BY t, i, r ORDER BY 1",
    "SELECT name || ' on ' || tbl_name || CASE WHEN sql LIKE '% BEFORE UPDATE %' THEN ' update' WHEN sql LIKE '% BEFORE DELETE %' "
    "THEN"
    " ' delete' ELSE ' other' END || CASE WHEN sql LIKE '% WHEN %' THEN ' when' ELSE '' END"
    " FROM sqlite_schema WHERE type = 'trigger' ORDER BY 1",
    "SELECT name || ' checks ' || ((length(sql) - length(replace(sql, 'CHECK(', ''))) / 6) FROM sqlite_schema"
    " WHERE type = 'table' AND sql LIKE '%CHECK(%' ORDER BY 1",
};
static const char *const facts_postgres[] = {
    "SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, NULL) || CASE WHEN a.attnotnull THEN ' not null' ELSE "
    "'' END"
    " || CASE WHEN a.atthasdef THEN ' default' ELSE '' END || COALESCE(' key ' || array_position(i.indkey, a.attnum) + 1, '')"
    " || CASE WHEN format_type(a.atttypid, NULL) = 'text' AND a.attcollation <> (SELECT oid FROM pg_collation WHERE collname = 'C')"
    " THEN ' NOT COMPARED BY ITS BYTES' ELSE '' END"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary"
    " WHERE c.relkind = 'r' AND c.relname LIKE 'mt\\_%' AND c.relname <> 'mt_migration' AND a.attnum > 0 AND NOT a.attisdropped"
    " ORDER BY 1",
    "SELECT c.relname || '(' || (SELECT string_agg(a.attname, ',' ORDER BY array_position(i.indkey, a.attnum)) FROM pg_attribute a"
    " WHERE a.attrelid = c.oid AND a.attnum = ANY(i.indkey)) || ')' || CASE WHEN i.indisunique THEN ' unique' ELSE '' END ||"
    " CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relname LIKE 'mt\\_%' AND NOT i.indisprimary ORDER BY 1",
    "SELECT c.relname || '(' || (SELECT string_agg(a.attname, ',' ORDER BY array_position(k.conkey, a.attnum)) FROM pg_attribute a"
    " WHERE a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)) || ') to ' || r.relname || '(' || (SELECT string_agg(a.attname, "
    "','"
    " ORDER BY array_position(k.confkey, a.attnum)) FROM pg_attribute a WHERE a.attrelid = k.confrelid AND a.attnum = "
    "ANY(k.confkey))"
    " || ')' FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid WHERE k.contype = "
    "'f'"
    " ORDER BY 1",
    "SELECT t.tgname || ' on ' || c.relname || CASE WHEN pg_get_triggerdef(t.oid) LIKE '% BEFORE UPDATE %' THEN ' update'"
    " WHEN pg_get_triggerdef(t.oid) LIKE '% BEFORE DELETE %' THEN ' delete' ELSE ' other' END ||"
    " CASE WHEN t.tgqual IS NOT NULL THEN ' when' ELSE '' END"
    " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND NOT " IS_TRUNCATE " ORDER BY 1",
    /* One of them says at once what SQLite's table says in two. */
    "SELECT c.relname || ' checks ' || count(*) + max(CASE k.conname WHEN 'mt_stock_move_sign' THEN 1 ELSE 0 END)"
    " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'c' GROUP BY c.relname ORDER BY 1",
};

static struct mt_stmt *facts(struct mt_db *db, const char *sql) {
    struct mt_stmt *s = NULL;
    struct mt_err err = {.rc = MT_OK};
    if (mt_db_stmt(db, sql, &s, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return s;
}

/* The next line; NULL behind the last. */
static const char *fact(struct file *f, struct mt_stmt *s) {
    struct mt_err err = {.rc = MT_OK};
    enum mt_step step = mt_stmt_step(s, &err);
    if (step == MT_STEP_ERROR)
        fail_msg("%s", mt_err_text(&err));
    return step == MT_STEP_ROW ? mt_col_text(s, 0, &f->arena) : NULL;
}

/* Both engines hold the same tables with the same rules. */
static void test_same_on_both(void **state) {
    struct file *f = *state;
    struct mt_db *sqlite = NULL;
    char path[128];
    size_t count;
    const struct mt_migration *list = mt_repo_migrations(&count);
    if (!f->engine->postgres)
        return; /* the other run has both */
    file_migrate(f, count);
    assert_true(snprintf(path, sizeof path, "%s/other.db", f->dir) > 0);
    struct mt_db_options o = {.url = path, .mode = MT_DB_WRITE, .sync = MT_DB_SYNC_NORMAL};
    assert_int_equal(mt_db_open(&o, &sqlite, NULL), MT_OK);
    assert_int_equal(mt_db_migrate(sqlite, list, count, NULL, NULL), MT_OK);
    for (size_t i = 0; i < sizeof facts_sqlite / sizeof facts_sqlite[0]; i++) {
        struct mt_stmt *a = facts(sqlite, facts_sqlite[i]), *b = facts(f->db, facts_postgres[i]);
        const char *one, *other;
        size_t lines = 0;
        do {
            one = fact(f, a);
            other = fact(f, b);
            if ((one == NULL) != (other == NULL) || (one != NULL && strcmp(one, other) != 0))
                fail_msg("SQLite: %s, PostgreSQL: %s", one != NULL ? one : "-", other != NULL ? other : "-");
            lines++;
        } while (one != NULL);
        assert_true(lines > 5);
        mt_stmt_done(a);
        mt_stmt_done(b);
    }
    mt_db_close(sqlite);
}

/* On PostgreSQL a table that gives up no row does not give up all of them either. */
static void test_no_truncate(void **state) {
    struct file *f = *state;
    size_t count, tables = 0;
    if (!f->engine->postgres)
        return; /* SQLite asks the guards of each row */
    (void)mt_repo_migrations(&count);
    file_migrate(f, count);
    struct mt_stmt *s =
        facts(f->db, "SELECT DISTINCT c.relname || CASE WHEN EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid ="
                     " c.oid AND " IS_TRUNCATE ") THEN '' ELSE ' is not guarded' END FROM pg_trigger g JOIN pg_class"
                     " c ON c.oid = g.tgrelid WHERE pg_get_triggerdef(g.oid) LIKE '% BEFORE DELETE ON %'");
    const char *names[64], *name;
    while ((name = fact(f, s)) != NULL) {
        assert_true(tables < sizeof names / sizeof names[0]);
        names[tables++] = name;
    }
    mt_stmt_done(s);
    assert_true(tables >= 10);
    for (size_t i = 0; i < tables; i++) {
        char sql[120];
        if (strstr(names[i], " is not guarded") != NULL)
            fail_msg("%s", names[i]);
        assert_true(snprintf(sql, sizeof sql, "TRUNCATE %s CASCADE", names[i]) > 0);
        assert_int_equal(file_exec(f, sql), MT_CONFLICT);
    }
    assert_int_equal(file_exec(f, "TRUNCATE mt_store CASCADE"), MT_CONFLICT); /* nor by way of what they refer to */
    assert_int_equal(file_exec(f, "TRUNCATE mt_change"), MT_OK);
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
    const struct CMUnitTest tests[] = {
        FILE_TEST(test_from_every_version), FILE_TEST(test_newer_is_refused), FILE_TEST(test_rules), FILE_TEST(test_indexes),
        FILE_TEST(test_same_on_both),       FILE_TEST(test_no_truncate)};
    return mt_engine_run(argc, argv, tests);
}
