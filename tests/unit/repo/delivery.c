/* The queue of webhooks as rows: who is due, leases, and what ends them; on both engines. */
#include "file.h"

#include <medterm/repo/delivery.h>

static struct mt_id id_of(const char *text) {
    struct mt_id id = {""};
    assert_int_equal(mt_sv_copy(mt_sv(text), id.s, sizeof id.s), MT_OK);
    return id;
}

static int setup(void **state) {
    struct mt_err err = {.rc = MT_OK};
    if (file_setup(state) != 0)
        return -1;
    struct file *f = *state;
    size_t count;
    (void)mt_repo_migrations(&count);
    file_migrate(f, count);
    static const char *const stores[] = {"s1", "s2"};
    for (size_t i = 0; i < 2; i++) {
        struct mt_repo_store store = {.store_id = id_of(stores[i]), .name = "Riverside", .currency = "CNY", .created_at = 1};
        if (mt_repo_store_insert(f->db, &store, &err) != MT_OK)
            fail_msg("%s", mt_err_text(&err));
    }
    return 0;
}

static void subscribe(struct file *f, const char *id, const char *store) {
    struct mt_err err = {.rc = MT_OK};
    struct mt_repo_subscription s = {
        .subscription_id = id_of(id), .store_id = id_of(store), .url = "https://x.example/", .secret = "k", .created_at = 1};
    if (mt_repo_subscription_insert(f->db, &s, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

static void put(struct file *f, const char *store, const char *order, int64_t version, mt_time now) {
    struct mt_err err = {.rc = MT_OK};
    if (mt_repo_notice_put(f->db, store, order, version, "op", MT_SV("{\"a\":\"é\"}"), now, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

/* The ids that are due, in their order, with spaces between. */
static const char *due(struct file *f, mt_time now, int64_t limit, struct mt_repo_delivery **list) {
    struct mt_err err = {.rc = MT_OK};
    size_t count;
    if (mt_repo_deliveries_due(f->db, now, limit, &f->arena, list, &count, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    const char *text = "";
    for (size_t i = 0; i < count; i++)
        text = mt_arena_fmt(&f->arena, "%s%s%s", text, i ? " " : "", (*list)[i].delivery_id);
    return text;
}

static void is_due(struct file *f, mt_time now, const char *expected) {
    struct mt_repo_delivery *list;
    assert_string_equal(due(f, now, 10, &list), expected);
}

static void each_subscriber_of_the_store(void **state) {
    struct file *f = *state;
    bool any;
    assert_int_equal(mt_repo_subscribed(f->db, &any, NULL), MT_OK);
    assert_false(any);
    put(f, "s1", "o1", 1, 100);
    is_due(f, 100, "");
    subscribe(f, "a", "s1");
    subscribe(f, "b", "s1");
    subscribe(f, "c", "s2");
    assert_int_equal(mt_repo_subscribed(f->db, &any, NULL), MT_OK);
    assert_true(any);
    put(f, "s1", "o1", 1, 100);
    put(f, "s1", "o1", 1, 200); /* the same again */
    is_due(f, 99, "");
    is_due(f, 100, "a.o1.1.op b.o1.1.op");
    struct mt_repo_delivery *list;
    assert_string_equal(due(f, 100, 1, &list), "a.o1.1.op");
    assert_string_equal(list[0].body, "{\"a\":\"é\"}");
    assert_string_equal(list[0].url, "https://x.example/");
    assert_string_equal(list[0].secret, "k");
    assert_int_equal(list[0].created_at, 100);
    assert_int_equal(list[0].attempts, 0);
    const struct mt_id a = id_of("a");
    assert_int_equal(mt_repo_subscription_end(f->db, &a, 300, NULL), MT_OK);
    assert_int_equal(mt_repo_subscription_end(f->db, &a, 300, NULL), MT_NOTFOUND);
    is_due(f, 300, "b.o1.1.op");
    struct mt_repo_subscription nowhere = {
        .subscription_id = id_of("d"), .store_id = id_of("s9"), .url = "https://x.example/", .secret = "k", .created_at = 1};
    assert_int_equal(mt_repo_subscription_insert(f->db, &nowhere, NULL), MT_CONFLICT);
}

static void versions_wait_for_each_other(void **state) {
    struct file *f = *state;
    struct mt_repo_delivery *list;
    subscribe(f, "a", "s1");
    put(f, "s1", "o1", 2, 100);
    put(f, "s1", "o1", 1, 100);
    put(f, "s1", "o2", 7, 101);
    is_due(f, 200, "a.o1.1.op a.o2.7.op");
    (void)due(f, 200, 1, &list);
    bool won;
    assert_int_equal(mt_repo_delivery_lease(f->db, "a.o1.1.op", 200, 500, &won, NULL), MT_OK);
    assert_true(won);
    assert_int_equal(mt_repo_delivery_lease(f->db, "a.o1.1.op", 499, 900, &won, NULL), MT_OK);
    assert_false(won);
    is_due(f, 200, "a.o2.7.op");
    list[0].leased_until = 500;
    list[0].attempts = 1;
    assert_int_equal(mt_repo_delivery_retry(f->db, &list[0], 600, NULL), MT_OK);
    is_due(f, 599, "a.o2.7.op");
    is_due(f, 600, "a.o2.7.op a.o1.1.op");
    assert_int_equal(mt_repo_delivery_end(f->db, &list[0], true, 700, NULL), MT_OK); /* the lease has gone */
    is_due(f, 600, "a.o2.7.op a.o1.1.op");
    assert_int_equal(mt_repo_delivery_lease(f->db, "a.o1.1.op", 600, 800, &won, NULL), MT_OK);
    assert_true(won);
    list[0].leased_until = 800;
    assert_int_equal(mt_repo_delivery_end(f->db, &list[0], true, 700, NULL), MT_OK);
    is_due(f, 700, "a.o1.2.op a.o2.7.op");
    assert_int_equal(file_int(f, "SELECT attempts FROM mt_delivery WHERE delivery_id = 'a.o1.1.op' AND ended_at = 700"), 1);
}

static void a_lease_runs_out_or_is_given_back(void **state) {
    struct file *f = *state;
    struct mt_repo_delivery *list;
    bool won;
    subscribe(f, "a", "s1");
    put(f, "s1", "o1", 1, 100);
    (void)due(f, 100, 1, &list);
    assert_int_equal(mt_repo_delivery_lease(f->db, "a.o1.1.op", 100, 500, &won, NULL), MT_OK);
    is_due(f, 499, "");
    is_due(f, 500, "a.o1.1.op");
    list[0].leased_until = 499;
    assert_int_equal(mt_repo_delivery_release(f->db, &list[0], NULL), MT_OK);
    is_due(f, 100, "");
    list[0].leased_until = 500;
    assert_int_equal(mt_repo_delivery_release(f->db, &list[0], NULL), MT_OK);
    is_due(f, 100, "a.o1.1.op");
}

static void all_of_one_wait_together(void **state) {
    struct file *f = *state;
    const struct mt_id a = id_of("a");
    subscribe(f, "a", "s1");
    subscribe(f, "b", "s1");
    put(f, "s1", "o1", 1, 100);
    put(f, "s1", "o2", 1, 200);
    put(f, "s1", "o3", 1, 300);
    assert_int_equal(mt_repo_deliveries_postpone(f->db, &a, 900, 150, 400, NULL), MT_OK);
    is_due(f, 899, "b.o1.1.op b.o2.1.op b.o3.1.op");
    is_due(f, 900, "b.o1.1.op b.o2.1.op b.o3.1.op a.o2.1.op a.o3.1.op");
    assert_int_equal(file_int(f, "SELECT count(*) FROM mt_delivery WHERE state = 'given_up' AND ended_at = 400"), 1);
}

/* While a subscription fails, one of its rows is out at a time, and new ones wait with the others until it answers. */
static void one_of_a_failing_one(void **state) {
    struct file *f = *state;
    const struct mt_id a = id_of("a");
    bool won;
    subscribe(f, "a", "s1");
    subscribe(f, "b", "s1");
    put(f, "s1", "o1", 1, 100);
    put(f, "s1", "o2", 1, 100);
    assert_int_equal(mt_repo_deliveries_postpone(f->db, &a, 900, 50, 400, NULL), MT_OK);
    put(f, "s1", "o3", 1, 500);
    is_due(f, 899, "b.o1.1.op b.o2.1.op b.o3.1.op");
    assert_int_equal(file_int(f, "SELECT min(next_at) FROM mt_delivery WHERE subscription_id = 'a'"), 900);
    struct mt_repo_delivery *list;
    assert_string_equal(due(f, 900, 10, &list), "b.o1.1.op b.o2.1.op b.o3.1.op a.o1.1.op a.o2.1.op a.o3.1.op");
    assert_int_equal(list[0].failures, 0);
    assert_int_equal(list[3].failures, 1);
    assert_int_equal(mt_repo_delivery_lease(f->db, "b.o1.1.op", 900, 1000, &won, NULL), MT_OK);
    assert_true(won);
    assert_int_equal(mt_repo_delivery_lease(f->db, "b.o2.1.op", 900, 1000, &won, NULL), MT_OK);
    assert_true(won);
    assert_int_equal(mt_repo_delivery_lease(f->db, "a.o1.1.op", 900, 1000, &won, NULL), MT_OK);
    assert_true(won);
    assert_int_equal(mt_repo_delivery_lease(f->db, "a.o2.1.op", 900, 1000, &won, NULL), MT_OK);
    assert_false(won);
    is_due(f, 999, "b.o3.1.op");
    assert_int_equal(mt_repo_delivery_lease(f->db, "a.o2.1.op", 1000, 1100, &won, NULL), MT_OK); /* the first did not come back */
    assert_true(won);
    assert_int_equal(mt_repo_subscription_answers(f->db, &a, NULL), MT_OK);
    is_due(f, 1050, "b.o1.1.op b.o2.1.op b.o3.1.op a.o1.1.op a.o3.1.op");
    put(f, "s1", "o4", 1, 200);
    assert_int_equal(file_int(f, "SELECT next_at FROM mt_delivery WHERE delivery_id = 'a.o4.1.op'"), 200);
}

#define DELIVERY_TEST(t) cmocka_unit_test_setup_teardown(t, setup, file_teardown)

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        DELIVERY_TEST(each_subscriber_of_the_store),
        DELIVERY_TEST(versions_wait_for_each_other),
        DELIVERY_TEST(a_lease_runs_out_or_is_given_back),
        DELIVERY_TEST(all_of_one_wait_together),
        DELIVERY_TEST(one_of_a_failing_one),
    };
    return mt_engine_run(argc, argv, tests);
}
