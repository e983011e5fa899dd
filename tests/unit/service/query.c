/* What callers read: orders, lists with cursors, timelines, the feed. */
#include "shop.h"

#include <medterm/service/lists.h>

#include <stdio.h>
#include <string.h>

#define ASPIRIN "6900000000025"

static const char *stock_up(struct shop *s) {
    const char *id = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 1000);
    return id;
}

static void sell(struct shop *s, struct till *t, const char *drug, int n, const char *more) {
    (void)shop_order(s, shop_send(s, t, "order.create", true,
                                  shop_create(s, t->caller.code, n, shop_item(s, drug, 1, 900),
                                              shop_fmt(s, "%s%s", shop_cash(s, n, 900), more))));
}

static void test_one_order(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    struct mt_push_result r =
        shop_send(s, &t, "order.create", true, shop_create(s, "A03", 1, shop_item(s, drug, 1, 900), shop_cash(s, 1, 900)));
    struct mt_problem problem;
    struct mt_buf out;
    int64_t version = 0;
    mt_buf_init(&out, 1 << 20);
    mt_problem_init(&problem);
    assert_int_equal(mt_query_order(s->session, &t.caller, MT_SV("A03-000001"), &out, &version, &problem), MT_OK);
    assert_int_equal(version, 2);
    assert_true(mt_sv_eq(mt_buf_view(&out), r.result)); /* the answer was the order as GET shows it */
    mt_buf_clear(&out);
    assert_int_equal(mt_query_order(s->session, &t.caller, MT_SV("A03-000002"), &out, &version, &problem), MT_NOTFOUND);
    assert_int_equal(problem.code, MT_P_ORDER_NOT_FOUND);
    struct mt_caller far = t.caller;
    far.store_id = (struct mt_id){"01940000-0000-7000-8000-0000000000ff"};
    mt_problem_init(&problem);
    assert_int_equal(mt_query_order(s->session, &far, MT_SV("A03-000001"), &out, &version, &problem), MT_NOTFOUND);
    mt_problem_init(&problem);
    assert_int_equal(mt_query_order_events(s->session, &far, MT_SV("A03-000001"), &out, &problem), MT_NOTFOUND);
    mt_problem_init(&problem);
    assert_int_equal(mt_query_order_events(s->session, &t.caller, MT_SV("A03-000001"), &out, &problem), MT_OK);
    const char *created = strstr(mt_buf_text(&out), "\"to\":\"pending_payment\""),
               *paid = strstr(mt_buf_text(&out), "\"to\":\"paid\"");
    assert_non_null(created);
    assert_true(paid > created);
    mt_buf_fini(&out);
}

static int count_of(const char *text, const char *what) {
    int n = 0;
    for (const char *p = strstr(text, what); p != NULL; p = strstr(p + 1, what))
        n++;
    return n;
}

struct listing {
    int orders;
    char first[MT_ORDER_NO_TEXT], cursor[256];
};

static struct listing list(struct shop *s, const struct mt_caller *c, struct mt_order_filter f) {
    struct mt_problem problem;
    struct mt_buf out;
    struct listing l = {.orders = 0};
    const char *next = NULL;
    mt_buf_init(&out, 8u << 20);
    mt_problem_init(&problem);
    if (mt_query_orders(s->session, c, &f, &out, &next, &problem) != MT_OK)
        fail_msg("%s", problem.detail);
    l.orders = count_of(mt_buf_text(&out), "\"order_no\":");
    const char *no = strstr(mt_buf_text(&out), "\"order_no\":\"");
    if (no != NULL)
        (void)sscanf(no, "\"order_no\":\"%31[^\"]", l.first);
    assert_true(snprintf(l.cursor, sizeof l.cursor, "%s", next) >= 0);
    assert_null(strstr(mt_buf_text(&out), "\"items\""));
    assert_non_null(strstr(mt_buf_text(&out), l.cursor[0] != '\0' ? l.cursor : "\"next_cursor\":null"));
    mt_buf_fini(&out);
    return l;
}

static void test_list(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till a = shop_till(s, "A03"), b = shop_till(s, "B01");
    mt_time start = s->now;
    for (int n = 1; n <= 25; n++) {
        s->now = start + (n / 3) * 1000; /* several of one moment */
        sell(s, n % 5 == 0 ? &b : &a, drug, n,
             n % 10 == 0 ? ",\"user_name\":\"王 100%\",\"user_phone\":\"1380000\",\"user_id\":\"u-7\"" : "");
    }
    const struct mt_caller *c = &a.caller;
    assert_int_equal(list(s, c, (struct mt_order_filter){.limit = MT_SV("")}).orders, 25);
    /* pages: all of them once, newest first, also when more are sold meanwhile */
    struct listing page = {.cursor = ""};
    int seen = 0;
    do {
        page = list(s, c, (struct mt_order_filter){.limit = MT_SV("7"), .cursor = mt_sv(page.cursor)});
        if (seen == 0) {
            assert_string_equal(page.first, "B01-000025");
            s->now += 60000;
            sell(s, &a, drug, 26, "");
        }
        seen += page.orders;
    } while (page.cursor[0] != '\0');
    assert_int_equal(seen, 25);
    const struct {
        struct mt_order_filter f;
        int orders;
    } rows[] = {
        {{.status = MT_SV("paid")}, 26},
        {{.status = MT_SV("cancelled")}, 0},
        {{.register_code = MT_SV("B01")}, 5},
        {{.user_phone = MT_SV("1380000")}, 2},
        {{.user_id = MT_SV("u-7")}, 2},
        {{.user_id = MT_SV("u-8")}, 0},
        {{.q = MT_SV(" b01-000010 ")}, 1},
        {{.q = MT_SV("11")}, 1}, /* the sequence of one register */
        {{.q = MT_SV("10")}, 2}, /* the same, and the name's 100 */
        {{.q = MT_SV("B01-000011")}, 0},
        {{.q = MT_SV("王")}, 2},
        {{.q = MT_SV("100%")}, 2},
        {{.q = MT_SV("101")}, 0},
        {{.q = MT_SV("0000")}, 2}, /* the last digits of a telephone */
        {{.q = MT_SV("80000")}, 2},
        {{.q = MT_SV("90000")}, 0},
        {{.q = MT_SV("\uFF11\uFF11")}, 1}, /* a sequence and a telephone as an East Asian keyboard writes them */
        {{.q = MT_SV("\uFF10\uFF10\uFF10\uFF10")}, 2},
        {{.q = MT_SV(ASPIRIN)}, 26},
        {{.q = MT_SV("aspi")}, 26},
        {{.q = MT_SV("aspi"), .register_code = MT_SV("B01")}, 5},
        {{.q = MT_SV("aspi ibu")}, 0},
        {{.register_code = MT_SV("B01"), .status = MT_SV("paid")}, 5},
        {{.register_code = MT_SV("B01"), .status = MT_SV("completed")}, 0},
        {{.created_from = MT_SV("2027-01-15"), .created_to = MT_SV("2027-01-15")}, 26},
        {{.created_from = MT_SV("2027-01-16")}, 0},
        {{.created_to = MT_SV("2027-01-15T10:00:01Z")}, 2},
        {{.store_id = mt_sv(s->store.s),
          .status = MT_SV("paid"),
          .register_code = MT_SV("B01"),
          .user_id = MT_SV("u-7"),
          .q = MT_SV("王")},
         2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (list(s, c, rows[i].f).orders != rows[i].orders)
            fail_msg("row %zu", i);
}

/* Two registers' orders that one bare number means: a page each, neither twice. */
static void test_one_number_of_two(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till a = shop_till(s, "A03"), b = shop_till(s, "B01");
    sell(s, &a, drug, 1, "");
    s->now += 1000;
    const char *item = shop_item(s, drug, 1, 900);
    (void)shop_order(
        s, shop_send(s, &b, "order.create", true,
                     shop_fmt(s, "\"order_id\":\"%s\",\"order_no\":\"B01-000001\",\"fulfilment\":\"pickup\",\"items\":[%s]%s",
                              shop_order_id(s, 900), item, shop_cash(s, 900, 900))));
    struct listing first = list(s, &a.caller, (struct mt_order_filter){.q = MT_SV("1"), .limit = MT_SV("1")});
    assert_int_equal(first.orders, 1);
    assert_string_equal(first.first, "B01-000001");
    struct listing second =
        list(s, &a.caller, (struct mt_order_filter){.q = MT_SV("1"), .limit = MT_SV("1"), .cursor = mt_sv(first.cursor)});
    assert_int_equal(second.orders, 1);
    assert_string_equal(second.first, "A03-000001");
    assert_string_equal(second.cursor, "");
}

static void test_list_refuses(void **state) {
    struct shop *s = *state;
    struct till t = shop_till(s, "A03");
    const struct {
        struct mt_order_filter f;
        enum mt_problem_code code;
    } rows[] = {
        {{.limit = MT_SV("0")}, MT_P_VALIDATION_FAILED},
        {{.limit = MT_SV("1001")}, MT_P_VALIDATION_FAILED},
        {{.limit = MT_SV("ten")}, MT_P_VALIDATION_FAILED},
        {{.status = MT_SV("lost")}, MT_P_VALIDATION_FAILED},
        {{.cursor = MT_SV("garbage")}, MT_P_VALIDATION_FAILED},
        {{.created_from = MT_SV("monday")}, MT_P_VALIDATION_FAILED},
        {{.register_code = MT_SV("a b")}, MT_P_VALIDATION_FAILED},
        {{.q = MT_SV("\xff")}, MT_P_VALIDATION_FAILED},
        {{.store_id = MT_SV("01940000-0000-7000-8000-0000000000ff")}, MT_P_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_problem problem;
        struct mt_buf out;
        const char *next = NULL;
        mt_buf_init(&out, 4096);
        mt_problem_init(&problem);
        assert_int_not_equal(mt_query_orders(s->session, &t.caller, &rows[i].f, &out, &next, &problem), MT_OK);
        assert_int_equal(problem.code, rows[i].code);
        mt_buf_fini(&out);
    }
}

struct fed {
    struct mt_changes_page page;
    bool empty;
};

static struct fed feed(struct shop *s, const struct mt_caller *c, const char *cursor, int64_t limit) {
    struct mt_problem problem;
    struct mt_err err = {.rc = MT_OK};
    struct mt_buf out;
    struct fed f;
    mt_buf_init(&out, 64u << 20);
    mt_problem_init(&problem);
    if (mt_query_changes(s->session, c, mt_sv(cursor), limit, &out, &f.empty, &problem) != MT_OK)
        fail_msg("%s", problem.detail);
    const char *text = mt_arena_sv(&s->arena, mt_buf_view(&out));
    if (mt_changes_parse(mt_sv(text), &s->arena, &f.page, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    mt_buf_fini(&out);
    return f;
}

static void test_feed(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    (void)shop_staff(s, "Chen Mei", MT_ROLE_PHARMACIST);
    struct till t = shop_till(s, "A03");
    sell(s, &t, drug, 1, "");
    sell(s, &t, drug, 2, "");
    struct fed all = feed(s, &t.caller, "", 1000);
    assert_false(all.empty);
    assert_false(all.page.more);
    int entities[MT_ENTITY_UNKNOWN + 1] = {0};
    for (size_t i = 0; i < all.page.count; i++)
        entities[all.page.changes[i].entity]++;
    assert_int_equal(entities[MT_ENTITY_DRUG], 1);
    assert_int_equal(entities[MT_ENTITY_STOCK], 1); /* once, at its latest, though it changed three times */
    assert_int_equal(entities[MT_ENTITY_ORDER], 2);
    assert_int_equal(entities[MT_ENTITY_STAFF], 2);
    struct fed none = feed(s, &t.caller, all.page.cursor, 1000);
    assert_true(none.empty);
    assert_string_equal(none.page.cursor, all.page.cursor);
    sell(s, &t, drug, 3, "");
    struct fed more = feed(s, &t.caller, all.page.cursor, 1000);
    assert_int_equal(more.page.count, 2); /* the stock and the order */
    /* one at a time: the same in the same order */
    const char *cursor = "";
    size_t seen = 0;
    struct fed one;
    do {
        one = feed(s, &t.caller, cursor, 1);
        cursor = one.page.cursor;
        seen += one.page.count;
    } while (one.page.more);
    assert_int_equal(seen, 7);
}

/* A client's token opens the feed, and the verifiers of the staff's PINs stay where PINs are checked. */
static void test_feed_without_verifiers(void **state) {
    struct shop *s = *state;
    (void)stock_up(s);
    (void)shop_staff(s, "Chen Mei", MT_ROLE_PHARMACIST);
    struct mt_caller client = {.kind = MT_CALLER_CLIENT, .store_id = s->store, .role = MT_ROLE_MANAGER};
    struct fed f = feed(s, &client, "", 1000);
    assert_true(f.page.count > 0);
    for (size_t i = 0; i < f.page.count; i++)
        assert_int_not_equal(f.page.changes[i].entity, MT_ENTITY_STAFF);
}

static void test_feed_scope(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till near = shop_till(s, "A03");
    sell(s, &near, drug, 1, "");
    assert_int_equal(mt_admin_store_add(s->session, "Hillside", "CNY", &s->store, NULL), MT_OK);
    struct till far = shop_till(s, "H01");
    struct fed f = feed(s, &far.caller, "", 1000);
    assert_int_equal(f.page.count, 1); /* the shared catalogue, nothing of the other store */
    assert_int_equal(f.page.changes[0].entity, MT_ENTITY_DRUG);
}

static void test_feed_cursor(void **state) {
    struct shop *s = *state;
    (void)stock_up(s);
    struct till t = shop_till(s, "A03");
    struct fed all = feed(s, &t.caller, "", 1000);
    struct mt_problem problem;
    struct mt_buf out;
    bool empty = false;
    mt_buf_init(&out, 1 << 20);
    mt_problem_init(&problem);
    char bent[256];
    assert_true(snprintf(bent, sizeof bent, "%s", all.page.cursor) > 0);
    bent[3] = bent[3] == 'A' ? 'B' : 'A';
    assert_int_equal(mt_query_changes(s->session, &t.caller, mt_sv(bent), 10, &out, &empty, &problem), MT_INVALID);
    assert_int_equal(problem.code, MT_P_VALIDATION_FAILED);
    mt_buf_fini(&out);
    (void)shop_push_acked(s, &t, 9, "01940000-0000-7000-8000-000000000009", ""); /* a new epoch */
    struct fed again = feed(s, &t.caller, all.page.cursor, 1000);
    assert_string_not_equal(again.page.epoch, all.page.epoch);
    assert_int_equal(again.page.count, all.page.count); /* from the start */
    shop_reopen(s);                                     /* the key outlives the program */
    assert_true(feed(s, &t.caller, again.page.cursor, 1000).empty);
}

static void test_exceptions_and_goods(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    (void)shop_order(
        s, shop_send(s, &t, "order.create", true, shop_create(s, "A03", 1, shop_item(s, drug, 1, 800), shop_cash(s, 1, 800))));
    struct mt_problem problem;
    struct mt_buf out;
    mt_buf_init(&out, 1 << 20);
    mt_problem_init(&problem);
    const char *next = NULL;
    struct mt_list_filter f = {.state = MT_SV("open")};
    assert_int_equal(mt_query_exceptions(s->session, &t.caller, &f, &out, &next, &problem), MT_OK);
    assert_string_equal(next, "");
    assert_int_equal(count_of(mt_buf_text(&out), "\"price_differs\""), 1);
    mt_buf_clear(&out);
    f.state = MT_SV("resolved");
    assert_int_equal(mt_query_exceptions(s->session, &t.caller, &f, &out, &next, &problem), MT_OK);
    assert_int_equal(count_of(mt_buf_text(&out), "\"price_differs\""), 0);
    f.state = MT_SV("odd");
    assert_int_equal(mt_query_exceptions(s->session, &t.caller, &f, &out, &next, &problem), MT_INVALID);
    mt_buf_clear(&out);
    mt_problem_init(&problem);
    assert_int_equal(mt_query_drug(s->session, &t.caller, mt_sv(drug), &out, &problem), MT_OK);
    assert_non_null(strstr(mt_buf_text(&out), "\"Aspirin\""));
    mt_buf_clear(&out);
    assert_int_equal(mt_query_drug_stock(s->session, &t.caller, mt_sv(drug), &out, &problem), MT_OK);
    assert_non_null(strstr(mt_buf_text(&out), "\"on_hand\":999"));
    assert_int_equal(mt_query_drug(s->session, &t.caller, MT_SV("nothing"), &out, &problem), MT_NOTFOUND);
    assert_int_equal(mt_query_ready(s->session, NULL), MT_OK);
    mt_buf_fini(&out);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_one_order),    SHOP_TEST(test_list),        SHOP_TEST(test_one_number_of_two),
        SHOP_TEST(test_list_refuses), SHOP_TEST(test_feed),        SHOP_TEST(test_feed_without_verifiers),
        SHOP_TEST(test_feed_scope),   SHOP_TEST(test_feed_cursor), SHOP_TEST(test_exceptions_and_goods),
    };
    return mt_engine_run(argc, argv, tests);
}
