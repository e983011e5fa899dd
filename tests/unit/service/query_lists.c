/* Lists and searches beyond those of orders by their filters: drugs, patients, exceptions, what a search among orders finds and how
 * pages follow one another; and figures. */
#include "shop.h"

#include <medterm/repo/patients.h>
#include <medterm/repo/schema.h>
#include <medterm/service/lists.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASPIRIN "6900000000025"
#define IBUPROFEN "6900000000032"

typedef enum mt_rc list_query(struct mt_session *x, const struct mt_caller *c, const struct mt_list_filter *f, struct mt_buf *out,
                              const char **next_cursor, struct mt_problem *problem);

struct page {
    const char *json, *next; /* in the shop's arena */
    enum mt_rc rc;
    enum mt_problem_code code;
};

static struct page ask(struct shop *s, const struct mt_caller *c, list_query *query, struct mt_list_filter f) {
    struct mt_problem problem;
    struct mt_buf out;
    const char *next = "";
    mt_buf_init(&out, 16u << 20);
    mt_problem_init(&problem);
    struct page p = {.rc = query(s->session, c, &f, &out, &next, &problem)};
    p.json = mt_arena_sv(&s->arena, mt_buf_view(&out));
    p.next = mt_arena_str(&s->arena, next);
    p.code = problem.code;
    mt_buf_fini(&out);
    assert_non_null(p.json);
    assert_non_null(p.next);
    if (p.rc == MT_OK)
        assert_non_null(strstr(p.json, p.next[0] != '\0' ? p.next : "\"next_cursor\":null}"));
    return p;
}

/* The values of a member, with blanks between, from all pages of `limit`; "" values are left out. */
static const char *values(struct shop *s, const struct mt_caller *c, list_query *query, struct mt_list_filter f,
                          const char *member) {
    const char *all = "", *want = shop_fmt(s, "\"%s\":\"", member);
    struct page p = {.next = ""};
    do {
        f.cursor = mt_sv(p.next);
        p = ask(s, c, query, f);
        assert_int_equal(p.rc, MT_OK);
        for (const char *at = p.json; (at = strstr(at, want)) != NULL;) {
            at += strlen(want);
            all = shop_fmt(s, "%s%s%.*s", all, all[0] != '\0' ? " " : "", (int)strcspn(at, "\""), at);
        }
    } while (p.next[0] != '\0');
    return all;
}

static enum mt_rc orders(struct mt_session *x, const struct mt_caller *c, const struct mt_list_filter *f, struct mt_buf *out,
                         const char **next_cursor, struct mt_problem *problem) {
    const struct mt_order_filter o = {.q = f->q, .status = f->state, .limit = f->limit, .cursor = f->cursor};
    return mt_query_orders(x, c, &o, out, next_cursor, problem);
}

static const char *found(struct shop *s, const struct till *t, const char *q, const char *limit) {
    return values(s, &t->caller, orders, (struct mt_list_filter){.q = mt_sv(q), .limit = mt_sv(limit)}, "order_no");
}

static const char *stock_up(struct shop *s, const char *code, const char *name) {
    const char *id = shop_drug(s, code, name, "100 mg × 30", 900, MT_RX_NONE);
    shop_goods(s, code, "S1", "2028-01-31", 5000);
    return id;
}

static void sell(struct shop *s, struct till *t, const char *drug, int n, const char *more) {
    s->now += 1000;
    (void)shop_order(s, shop_send(s, t, "order.create", true,
                                  shop_create(s, t->caller.code, n, shop_item(s, drug, 1, 900),
                                              shop_fmt(s, "%s%s", shop_cash(s, n, 900), more))));
}

static void test_search(void **state) {
    struct shop *s = *state;
    const char *aspirin = stock_up(s, ASPIRIN, "Aspirin protect"), *ibuprofen = stock_up(s, IBUPROFEN, "Ibuprofen");
    struct till a = shop_till(s, "A03"), b = shop_till(s, "B01");
    assert_int_equal(mt_admin_store_add(s->session, "Hillside", "CNY", &s->store, NULL), MT_OK);
    struct till far = shop_till(s, "H01");
    sell(s, &a, aspirin, 1, ",\"user_name\":\"Wang Fang\",\"user_phone\":\"+86 138-0000-1234\"");
    sell(s, &b, ibuprofen, 2, ",\"user_name\":\"Wang Wei\",\"user_phone\":\"13811111234\"");
    sell(s, &a, ibuprofen, 3, ",\"user_name\":\"王小明\"");
    sell(s, &a, aspirin, 4, ",\"user_name\":\"Élodie Müller\",\"user_phone\":\"123\"");
    sell(s, &b, aspirin, 5, "");
    sell(s, &far, aspirin, 6, ",\"user_name\":\"Wang Fang\",\"user_phone\":\"13800001234\"");
    static const struct {
        const char *q, *found;
    } rows[] = {
        {"A03-000001", "A03-000001"},
        {"b01-000005", "B01-000005"},
        {"5", "B01-000005"},
        {"000005", "B01-000005"},
        {"H01-000006", ""}, /* another store's */
        {"6", ""},
        {"7", ""},
        {"wang", "B01-000002 A03-000001"},
        {"WA fa", "A03-000001"},
        {"fang wang", "A03-000001"},
        {"ang", ""},
        {"wang li", ""},
        {"小明", "A03-000003"},
        {"王", "A03-000003"},
        {"elodie mueller", ""},
        {"elodie muller", "A03-000004"},
        {"1234", "B01-000002 A03-000001"},
        {"0000 1234", "A03-000001"},
        {"8613800001234", "A03-000001"},
        {"234", ""}, /* fewer than four digits are no telephone */
        {"ibu", "A03-000003 B01-000002"},
        {ASPIRIN, "B01-000005 A03-000004 A03-000001"},
        {"protect asp", "B01-000005 A03-000004 A03-000001"},
        {"w%", "B01-000002 A03-000001"}, /* signs mean nothing */
        {"%", ""},
        {"' OR 1=1 --", ""},
    };
    for (size_t limit = 1; limit <= 3; limit++)
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
            if (strcmp(found(s, &a, rows[i].q, shop_fmt(s, "%zu", limit)), rows[i].found) != 0)
                fail_msg("%s by %zu: %s", rows[i].q, limit, found(s, &a, rows[i].q, "100"));
    assert_string_equal(found(s, &far, "wang", "9"), "H01-000006");
}

/* One name has a word of its own in every order: too many words begin with "n" to follow each, and the orders are looked through.
 */
static void test_search_of_a_common_beginning(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s, ASPIRIN, "Aspirin");
    struct till t = shop_till(s, "A03");
    const char *want = "";
    for (int n = 1; n <= 90; n++) {
        sell(s, &t, drug, n,
             shop_fmt(s, ",\"user_name\":\"%s%c%c %s\"", n % 9 == 0 ? "M" : "N", 'a' + n / 10, 'a' + n % 10,
                      n % 2 ? "Odd" : "Even"));
        if (n % 9 != 0 && n % 2 == 1)
            want = shop_fmt(s, "A03-%06d%s%s", n, want[0] != '\0' ? " " : "", want);
    }
    assert_string_equal(found(s, &t, "n odd", "7"), want);
    assert_string_equal(found(s, &t, "n od", "100"), want);
    assert_int_equal(strlen(found(s, &t, "n", "13")), 80 * 11 - 1);
}

/* More telephones end with the five digits than are followed one by one: then the last four lead, and the rest is looked at. */
static void test_search_of_a_common_telephone(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s, ASPIRIN, "Aspirin");
    struct till t = shop_till(s, "A03");
    for (int n = 1; n <= 70; n++)
        sell(s, &t, drug, n, shop_fmt(s, ",\"user_phone\":\"138%03d%d1234\"", n, n % 35 == 0 ? 7 : 5));
    assert_int_equal(strlen(found(s, &t, "51234", "9")), 68 * 11 - 1);
    assert_string_equal(found(s, &t, "71234", "1"), "A03-000070 A03-000035");
    assert_int_equal(strlen(found(s, &t, "1234", "20")), 70 * 11 - 1);
    assert_string_equal(found(s, &t, "01451234", "20"), "A03-000014");
}

static void test_drugs(void **state) {
    struct shop *s = *state;
    struct till t = shop_till(s, "A03");
    static const char *const names[] = {"Ibuprofen forte", "Aspirin protect", "布洛芬 缓释胶囊", "Doliprane comprimé", "Aspirin"};
    for (size_t i = 0; i < 5; i++)
        (void)shop_drug(s, shop_fmt(s, "690000000%04zu", i), names[i], "100 mg × 30", 900, MT_RX_NONE);
    static const struct {
        const char *q, *codes;
    } rows[] = {
        {"aspirin", "6900000000004 6900000000001"}, /* by name */
        {"prot ASP", "6900000000001"},
        {"asp 200", ""},
        {"胶囊", "6900000000002"},
        {"Comprime", "6900000000003"},
        {"6900000000002", "6900000000002"},
        {"100", "6900000000004 6900000000001 6900000000003 6900000000000 6900000000002"},
        {"69", "6900000000004 6900000000001 6900000000003 6900000000000 6900000000002"},
        {"!", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t limit = 1; limit <= 3; limit++)
            assert_string_equal(values(s, &t.caller, mt_query_drugs,
                                       (struct mt_list_filter){.q = mt_sv(rows[i].q), .limit = mt_sv(shop_fmt(s, "%zu", limit))},
                                       "code"),
                                rows[i].codes);
    /* the whole catalogue, by id */
    const char *all = values(s, &t.caller, mt_query_drugs, (struct mt_list_filter){.limit = MT_SV("2")}, "drug_id");
    assert_int_equal(strlen(all), 5 * 37 - 1);
    for (const char *at = all; strlen(at) > 37; at += 37)
        assert_true(memcmp(at, at + 37, 36) < 0);
    /* a new name is found, the old one no longer */
    (void)shop_drug(s, "6900000000004", "Acetylsalicylic acid", "100 mg × 30", 900, MT_RX_NONE);
    assert_string_equal(values(s, &t.caller, mt_query_drugs, (struct mt_list_filter){.q = MT_SV("aspirin")}, "code"),
                        "6900000000001");
    assert_string_equal(values(s, &t.caller, mt_query_drugs, (struct mt_list_filter){.q = MT_SV("acid")}, "code"), "6900000000004");
}

/* Behind the service's back, as an operation would. */
static struct mt_db *writer(struct shop *s) {
    struct mt_db *db;
    const struct mt_db_options o = {.url = s->file, .mode = MT_DB_WRITE, .sync = MT_DB_SYNC_NORMAL, .busy_ms = 5000};
    struct mt_err err = {.rc = MT_OK};
    if (mt_db_open(&o, &db, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return db;
}

static void put_user(struct shop *s, const char *store_id, int n, const char *name, const char *phone) {
    struct mt_db *db = writer(s);
    struct mt_err err = {.rc = MT_OK};
    struct mt_address addresses[2] = {{.address_id = {"a-2"}, .detail = "2 River Road"}, {.address_id = {"a-1"}, .detail = "Home"}};
    struct mt_user u = {.name = name, .phone = phone, .addresses = addresses, .address_count = 2, .version = 1};
    assert_true(snprintf(u.user_id.s, sizeof u.user_id.s, "u-%03d", n) > 0);
    if (mt_repo_user_put(db, store_id, &u, s->now, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    mt_db_close(db);
}

static void test_users(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s, ASPIRIN, "Aspirin");
    struct till t = shop_till(s, "A03");
    const struct mt_id here = s->store;
    assert_int_equal(mt_admin_store_add(s->session, "Hillside", "CNY", &s->store, NULL), MT_OK);
    put_user(s, here.s, 1, "Wang Fang", "138-0000-1234");
    put_user(s, here.s, 2, "王小明", "13811111234");
    put_user(s, here.s, 3, "Wang Wei", "");
    put_user(s, s->store.s, 4, "Wang Fang", "138-0000-1234");
    const struct {
        struct mt_list_filter f;
        const char *ids;
    } rows[] = {
        {{.q = MT_SV("")}, "u-003 u-002 u-001"},
        {{.q = MT_SV("wang")}, "u-003 u-001"},
        {{.q = MT_SV("fang wang")}, "u-001"},
        {{.q = MT_SV("小")}, "u-002"},
        {{.q = MT_SV("1234")}, "u-002 u-001"},
        {{.q = MT_SV("00001234")}, "u-001"},
        {{.q = MT_SV("\uFF11\uFF12\uFF13\uFF14")}, "u-002 u-001"},
        {{.phone = MT_SV("13811111234")}, "u-002"},
        {{.phone = MT_SV("13811111234"), .q = MT_SV("wang")}, ""},
        {{.phone = MT_SV("1381111123")}, ""},
        {{.q = MT_SV("p")}, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int limit = 1; limit <= 3; limit++) {
            struct mt_list_filter f = rows[i].f;
            f.limit = mt_sv(shop_fmt(s, "%d", limit));
            assert_string_equal(values(s, &t.caller, mt_query_users, f, "user_id"), rows[i].ids);
        }
    struct page p = ask(s, &t.caller, mt_query_users, (struct mt_list_filter){.phone = MT_SV("138-0000-1234")});
    assert_string_equal(p.json,
                        "{\"users\":[{\"user_id\":\"u-001\",\"name\":\"Wang Fang\",\"phone\":\"138-0000-1234\",\"addresses\":["
                        "{\"address_id\":\"a-2\",\"detail\":\"2 River Road\"},{\"address_id\":\"a-1\",\"detail\":\"Home\"}],"
                        "\"version\":1}],\"next_cursor\":null}");
    put_user(s, here.s, 1, "Li Fang", "139");
    assert_string_equal(values(s, &t.caller, mt_query_users, (struct mt_list_filter){.q = MT_SV("wang")}, "user_id"), "u-003");
    assert_string_equal(values(s, &t.caller, mt_query_users, (struct mt_list_filter){.q = MT_SV("li")}, "user_id"), "u-001");
    /* what they ordered */
    for (int n = 1; n <= 5; n++)
        sell(s, &t, drug, n, n % 2 ? ",\"user_id\":\"u-001\"" : "");
    struct mt_problem problem;
    struct mt_buf out;
    const char *next = NULL;
    mt_buf_init(&out, 1 << 20);
    mt_problem_init(&problem);
    const struct mt_list_filter two = {.limit = MT_SV("2")};
    assert_int_equal(mt_query_user_orders(s->session, &t.caller, MT_SV("u-001"), &two, &out, &next, &problem), MT_OK);
    assert_non_null(strstr(mt_buf_text(&out), "A03-000005"));
    assert_non_null(strstr(mt_buf_text(&out), "A03-000003"));
    assert_null(strstr(mt_buf_text(&out), "A03-000001"));
    assert_int_not_equal(next[0], '\0');
    assert_int_equal(mt_query_user_orders(s->session, &t.caller, MT_SV("u-004"), &two, &out, &next, &problem), MT_NOTFOUND);
    assert_int_equal(mt_query_user_orders(s->session, &t.caller, MT_SV("u-005"), &two, &out, &next, &problem), MT_NOTFOUND);
    mt_buf_fini(&out);
}

static void test_exceptions_page(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s, ASPIRIN, "Aspirin");
    struct till t = shop_till(s, "A03");
    for (int n = 1; n <= 7; n++)
        (void)shop_order(
            s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", n, shop_item(s, drug, 1, 800), shop_cash(s, n, 800))));
    const char *want = "A03-000007 A03-000006 A03-000005 A03-000004 A03-000003 A03-000002 A03-000001";
    for (int limit = 1; limit <= 8; limit++) {
        struct mt_list_filter f = {.limit = mt_sv(shop_fmt(s, "%d", limit)), .state = limit % 2 ? MT_SV("open") : MT_SV("")};
        assert_string_equal(values(s, &t.caller, mt_query_exceptions, f, "order_no"), want);
    }
    assert_string_equal(values(s, &t.caller, mt_query_exceptions, (struct mt_list_filter){.state = MT_SV("resolved")}, "order_no"),
                        "");
}

/* A cursor belongs to its list. */
static void test_cursors_of_other_lists(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s, ASPIRIN, "Aspirin");
    (void)shop_drug(s, IBUPROFEN, "Ibuprofen", "", 900, MT_RX_NONE);
    struct till t = shop_till(s, "A03");
    for (int n = 1; n <= 3; n++)
        sell(s, &t, drug, n, "");
    put_user(s, s->store.s, 1, "Wang", "");
    put_user(s, s->store.s, 2, "Wang", "");
    list_query *const lists[] = {orders, mt_query_drugs, mt_query_users};
    for (size_t i = 0; i < 3; i++) {
        struct page p = ask(s, &t.caller, lists[i], (struct mt_list_filter){.limit = MT_SV("1")});
        assert_int_not_equal(p.next[0], '\0');
        for (size_t k = 0; k < 3; k++) {
            struct page other = ask(s, &t.caller, lists[k], (struct mt_list_filter){.cursor = mt_sv(p.next)});
            assert_int_equal(other.rc, i == k ? MT_OK : MT_INVALID);
            assert_int_equal(other.code, i == k ? MT_P_NONE : MT_P_VALIDATION_FAILED);
        }
    }
    const struct mt_list_filter wrong[] = {
        {.limit = MT_SV("0")}, {.limit = MT_SV("1001")}, {.q = MT_SV("\xff")}, {.cursor = MT_SV("x")}};
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 4; k++)
            assert_int_equal(ask(s, &t.caller, lists[i], wrong[k]).code, MT_P_VALIDATION_FAILED);
}

/* A database of a program that cut words otherwise, or not at all. */
static void test_words_of_an_older_program(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s, ASPIRIN, "Aspirin");
    struct till t = shop_till(s, "A03");
    sell(s, &t, drug, 1, ",\"user_name\":\"Wang Fang\",\"user_phone\":\"13800001234\"");
    put_user(s, s->store.s, 1, "Wang", "");
    shop_exec(
        s,
        "DELETE FROM mt_order_word; DELETE FROM mt_drug_word; DELETE FROM mt_user_word; DELETE FROM mt_meta WHERE key = 'words'");
    assert_string_equal(found(s, &t, "wang", "10"), "");
    shop_reopen(s);
    assert_string_equal(found(s, &t, "wang", "10"), "A03-000001");
    assert_string_equal(found(s, &t, "1234", "10"), "A03-000001");
    assert_string_equal(found(s, &t, "aspi", "10"), "A03-000001");
    assert_string_equal(values(s, &t.caller, mt_query_drugs, (struct mt_list_filter){.q = MT_SV("asp")}, "code"), ASPIRIN);
    assert_string_equal(values(s, &t.caller, mt_query_users, (struct mt_list_filter){.q = MT_SV("wa")}, "user_id"), "u-001");
}

/* As the order itself says them, to the closing bracket. */
static const char *exceptions_of(struct shop *s, struct till *t, int n) {
    struct mt_problem problem;
    struct mt_buf out;
    int64_t version;
    mt_buf_init(&out, 1 << 20);
    mt_problem_init(&problem);
    assert_int_equal(mt_query_order(s->session, &t->caller, mt_sv(shop_fmt(s, "A03-%06d", n)), &out, &version, &problem), MT_OK);
    const char *list = strstr(mt_buf_text(&out), "\"exceptions\":[");
    assert_non_null(list);
    list = shop_fmt(s, "%.*s]", (int)strcspn(list, "]"), list);
    mt_buf_fini(&out);
    return list;
}

/* A summary tells what a person must settle about its order, like the order itself. */
static void test_exceptions_of_a_page(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s, ASPIRIN, "Aspirin");
    struct till t = shop_till(s, "A03");
    for (int n = 1; n <= 36; n++) /* more than are looked up together */
        if (n % 2 == 0) {
            sell(s, &t, drug, n, "");
        } else { /* another price than the catalogue's, and more money than that */
            s->now += 1000;
            struct mt_push_result r =
                shop_send(s, &t, "order.create", true, shop_create(s, "A03", n, shop_item(s, drug, 1, 800), shop_cash(s, n, 900)));
            assert_int_equal(shop_order(s, r).exception_count, 2);
        }
    struct page p = ask(s, &t.caller, orders, (struct mt_list_filter){.limit = MT_SV("35")});
    assert_int_equal(p.rc, MT_OK);
    const char *at = p.json;
    for (int n = 36; n > 1; n--) {
        at = strstr(at, shop_fmt(s, "\"order_no\":\"A03-%06d\"", n));
        assert_non_null(at);
        const char *list = strstr(at, "\"exceptions\":["), *want = exceptions_of(s, &t, n);
        assert_non_null(list);
        assert_int_equal(strlen(want) > strlen("\"exceptions\":[]"), n % 2);
        if (strncmp(list, want, strlen(want)) != 0)
            fail_msg("order %d: no %s in %.120s", n, want, list);
    }
    shop_exec(s, "UPDATE mt_exception SET state = 'resolved', resolved_at = 1");
    p = ask(s, &t.caller, orders, (struct mt_list_filter){.q = MT_SV("aspirin"), .limit = MT_SV("35")});
    assert_null(strstr(p.json, "\"exceptions\":[\""));
}

static const char *stats(struct shop *s, const struct mt_caller *c, const char *from, const char *to, enum mt_problem_code code) {
    struct mt_problem problem;
    struct mt_buf out;
    mt_buf_init(&out, 1 << 20);
    mt_problem_init(&problem);
    enum mt_rc rc = mt_query_stats(s->session, c, MT_SV(""), mt_sv(from), mt_sv(to), &out, &problem);
    assert_int_equal(rc == MT_OK, code == MT_P_NONE);
    assert_int_equal(problem.code, code);
    const char *text = mt_arena_sv(&s->arena, mt_buf_view(&out));
    mt_buf_fini(&out);
    return text;
}

static void test_stats(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s, ASPIRIN, "Aspirin");
    struct till t = shop_till(s, "A03");
    for (int n = 1; n <= 3; n++)
        sell(s, &t, drug, n, "");
    assert_outcome(shop_send(s, &t, "order.create", false, shop_create(s, "A03", 4, shop_item(s, drug, 2, 900), "")), MT_APPLIED);
    const char *today = stats(s, &t.caller, "", "", MT_P_NONE);
    assert_string_equal(
        today,
        shop_fmt(s,
                 "{\"store_id\":\"%s\",\"from\":\"2027-01-15T00:00:00.000Z\",\"to\":\"2027-01-16T00:00:00.000Z\",\"currency\":"
                 "\"CNY\",\"orders\":[{\"status\":\"pending_payment\",\"count\":1,\"total_amount\":1800},{\"status\":\"paid\","
                 "\"count\":3,\"total_amount\":2700},{\"status\":\"preparing\",\"count\":0,\"total_amount\":0},{\"status\":"
                 "\"shipped\",\"count\":0,\"total_amount\":0},{\"status\":\"completed\",\"count\":0,\"total_amount\":0},"
                 "{\"status\":\"cancelled\",\"count\":0,\"total_amount\":0}],\"payments\":[{\"method\":\"cash\",\"count\":3,"
                 "\"amount\":2700},{\"method\":\"bank_card\",\"count\":0,\"amount\":0},{\"method\":\"wechat\",\"count\":0,"
                 "\"amount\":0},{\"method\":\"alipay\",\"count\":0,\"amount\":0}],\"refunds\":{\"count\":0,\"amount\":0}}",
                 s->store.s));
    assert_string_equal(stats(s, &t.caller, "2027-01-15", "2027-01-15", MT_P_NONE), today);
    assert_non_null(strstr(stats(s, &t.caller, "2027-01-16", "2027-01-17", MT_P_NONE), "\"paid\",\"count\":0"));
    assert_non_null(strstr(stats(s, &t.caller, "2026-01-16", "2027-01-15", MT_P_NONE), "\"paid\",\"count\":3"));
    assert_string_equal(stats(s, &t.caller, "2026-01-01", "2027-01-15", MT_P_VALIDATION_FAILED), "");
    assert_string_equal(stats(s, &t.caller, "2027-01-16", "2027-01-15", MT_P_VALIDATION_FAILED), "");
    assert_string_equal(stats(s, &t.caller, "soon", "", MT_P_VALIDATION_FAILED), "");
    struct mt_caller far = t.caller;
    assert_int_equal(mt_admin_store_add(s->session, "Hillside", "CNY", &far.store_id, NULL), MT_OK);
    assert_non_null(strstr(stats(s, &far, "", "", MT_P_NONE), "\"paid\",\"count\":0"));
}

/* Two sales at a price somebody mistyped: together they are more than money can be, and the day still has its figures. */
static void test_stats_of_too_much(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s, ASPIRIN, "Aspirin");
    struct till t = shop_till(s, "A03");
    const char *item = shop_fmt(s, "{\"drug_id\":\"%s\",\"quantity\":1,\"price\":9007199254740991}", drug);
    for (int n = 1; n <= 2; n++)
        assert_outcome(shop_send(s, &t, "order.create", true,
                                 shop_create(s, "A03", n, item,
                                             shop_fmt(s,
                                                      ",\"payments\":[{\"payment_id\":\"%s\",\"method\":\"cash\","
                                                      "\"amount\":9007199254740991}]",
                                                      shop_payment_id(s, n)))),
                       MT_APPLIED);
    const char *today = stats(s, &t.caller, "", "", MT_P_NONE);
    assert_non_null(strstr(today, "\"paid\",\"count\":2,\"total_amount\":9007199254740991}"));
    assert_non_null(strstr(today, "\"cash\",\"count\":2,\"amount\":9007199254740991}"));
}

static void test_payment(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s, ASPIRIN, "Aspirin");
    struct till t = shop_till(s, "A03");
    sell(s, &t, drug, 1, "");
    const char *id = shop_payment_id(s, 1), *refund = "01940000-0000-7000-8003-000000000001";
    const char *back = shop_fmt(s, ",\"refund_id\":\"%s\",\"payment_id\":\"%s\",\"amount\":300,\"reason\":\"broken\"", refund, id);
    assert_outcome(shop_send(s, &t, "refund.record", true, shop_about(s, "A03", 1, back)), MT_APPLIED);
    shop_exec(s, shop_fmt(s,
                          "INSERT INTO mt_refund(refund_id, payment_id, order_id, amount, status, reason, op_id, at, created_at)"
                          " VALUES ('r-2', '%s', '%s', 500, 'failed', 'changed', 'op', %lld, %lld)",
                          id, shop_order_id(s, 1), (long long)s->now + 1, (long long)s->now + 1));
    struct mt_problem problem;
    struct mt_buf out;
    mt_buf_init(&out, 1 << 20);
    mt_problem_init(&problem);
    assert_int_equal(mt_query_payment(s->session, &t.caller, mt_sv(id), &out, &problem), MT_OK);
    const char *text = mt_buf_text(&out);
    assert_non_null(
        strstr(text, shop_fmt(s, "{\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":900,\"status\":\"succeeded\"", id)));
    assert_non_null(strstr(text, shop_fmt(s,
                                          "\"order_no\":\"A03-000001\",\"refunds\":[{\"refund_id\":\"%s\",\"amount\":300,"
                                          "\"status\":\"succeeded\",\"reason\":\"broken\",\"at\":\"",
                                          refund)));
    assert_non_null(strstr(text, "{\"refund_id\":\"r-2\",\"amount\":500,\"status\":\"failed\""));
    assert_non_null(strstr(text, "],\"refunded_amount\":300}"));
    struct mt_caller far = t.caller;
    far.store_id = (struct mt_id){"01940000-0000-7000-8000-0000000000ff"};
    mt_buf_clear(&out);
    assert_int_equal(mt_query_payment(s->session, &far, mt_sv(id), &out, &problem), MT_NOTFOUND);
    assert_int_equal(problem.code, MT_P_NOT_FOUND);
    mt_problem_init(&problem);
    assert_int_equal(mt_query_payment(s->session, &t.caller, MT_SV("none"), &out, &problem), MT_NOTFOUND);
    mt_buf_fini(&out);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_search),
        SHOP_TEST(test_search_of_a_common_beginning),
        SHOP_TEST(test_search_of_a_common_telephone),
        SHOP_TEST(test_drugs),
        SHOP_TEST(test_users),
        SHOP_TEST(test_exceptions_page),
        SHOP_TEST(test_exceptions_of_a_page),
        SHOP_TEST(test_stats_of_too_much),
        SHOP_TEST(test_cursors_of_other_lists),
        SHOP_TEST(test_words_of_an_older_program),
        SHOP_TEST(test_stats),
        SHOP_TEST(test_payment),
    };
    return mt_engine_run(argc, argv, tests);
}
