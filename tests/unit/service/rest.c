/* REST requests as operations of their client, on both databases: numbered, logged and repeated like a till's, with their key or
 * not at all. */
#include "shop.h"

#include <medterm/wire/rest.h>

#include <pthread.h>
#include <string.h>

#define ASPIRIN "6900000000025"

struct client {
    struct mt_caller caller;
    struct mt_write writes[2];
    struct mt_problem problem;
};

static void open_client(struct shop *s, struct client *c) {
    char token[MT_TOKEN_TEXT], code[MT_REGISTER_CODE_TEXT];
    struct mt_id id;
    *c = (struct client){0};
    assert_int_equal(mt_admin_client_add(s->session, &s->store, MT_ROLE_MANAGER, token, code, &id, NULL), MT_OK);
    assert_int_equal(mt_session_authenticate(s->session, mt_sv(token), &c->caller, &c->problem), MT_OK);
}

static const char *stock_up(struct shop *s) {
    const char *drug = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 500);
    return drug;
}

/* An order, or what happens to the one with the number. */
static void prepare(struct shop *s, struct client *c, size_t i, enum mt_op_kind kind, const char *order_no, const char *key,
                    const char *body) {
    struct mt_rest_start start;
    struct mt_write *w = &c->writes[i];
    struct mt_sv canonical;
    *w = (struct mt_write){.kind = MT_WRITE_REST, .caller = c->caller, .arena = &s->arena};
    mt_problem_init(&c->problem);
    assert_int_equal(mt_query_rest_start(s->session, &c->caller, order_no ? MT_REST_ABOUT_ORDER : MT_REST_ABOUT_NOTHING,
                                         mt_sv(order_no), &start, &c->problem),
                     MT_OK);
    const struct mt_rest_member members[] = {{.name = "order_id", .value = start.order_id.s},
                                             {.name = "order_no", .value = start.order_no},
                                             {.name = "payment_id", .value = start.made[0].s}};
    const struct mt_rest_given given = {
        .kind = kind, .at = start.at, .members = members, .count = kind == MT_OP_PAYMENT_START ? 3 : 2};
    if (mt_rest_parse(mt_sv(body), &given, &s->arena, &w->request.rest.op, &canonical, &c->problem) != MT_OK)
        fail_msg("%s in %s", c->problem.detail, body);
    w->request.rest.op.op_id = start.op_id;
    w->request.rest.key = mt_sv(key);
    w->request.rest.request =
        mt_sv(shop_fmt(s, "%s %s %.*s", mt_op_kind_name(kind), order_no ? order_no : "", (int)canonical.n, canonical.p));
}

static void apply(struct shop *s, struct client *c, size_t count) {
    struct mt_write *list[] = {&c->writes[0], &c->writes[1]};
    struct mt_err err = {.rc = MT_OK};
    bool moved = false;
    if (mt_service_apply(s->session, list, count, &moved, &err) != MT_OK)
        fail_msg("%s", err.text);
}

static struct mt_push_result send(struct shop *s, struct client *c, enum mt_op_kind kind, const char *order_no, const char *key,
                                  const char *body) {
    prepare(s, c, 0, kind, order_no, key, body);
    apply(s, c, 1);
    assert_int_equal(c->writes[0].problem.code, MT_P_NONE);
    return c->writes[0].answer.rest.told;
}

static const char *one_pack(struct shop *s, const char *drug, int quantity) {
    return shop_fmt(s, "{\"items\":[{\"drug_id\":\"%s\",\"quantity\":%d,\"price\":900}]}", drug, quantity);
}

static void test_a_lane_of_its_own(void **state) {
    struct shop *s = *state;
    struct client c;
    const char *drug = stock_up(s);
    open_client(s, &c);
    for (int i = 1; i <= 3; i++) {
        struct mt_push_result r = send(s, &c, MT_OP_ORDER_CREATE, NULL, shop_fmt(s, "k%d", i), one_pack(s, drug, 1));
        assert_int_equal(r.register_seq, i);
        struct mt_order o = shop_order(s, r);
        assert_string_equal(o.order_no, shop_fmt(s, "W01-%06d", i));
        assert_string_equal(o.register_code, "W01");
        assert_string_equal(c.writes[0].answer.rest.order_no, o.order_no);
        assert_false(o.taken_offline);
    }
    (void)shop_order(s, send(s, &c, MT_OP_PAYMENT_START, "W01-000002", "pay", "{\"method\":\"cash\",\"amount\":900}"));
    assert_int_equal(c.writes[0].answer.rest.kind, MT_OP_PAYMENT_RECORD);
    assert_int_equal(shop_int(s, "SELECT last_seq FROM mt_register WHERE code = 'W01'"), 4);
    assert_int_equal(shop_int(s, "SELECT last_order_no FROM mt_client"), 3);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_rest_key k JOIN mt_operation o ON o.op_id = k.op_id"), 4);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE actor = 'W01' AND op_id <> ''"), 4);
}

static void test_repeats(void **state) {
    struct shop *s = *state;
    struct client c;
    const char *drug = stock_up(s);
    open_client(s, &c);
    struct mt_push_result first = send(s, &c, MT_OP_ORDER_CREATE, NULL, "k", one_pack(s, drug, 1));
    (void)shop_order(s, send(s, &c, MT_OP_ORDER_CANCEL, "W01-000001", "c", "{\"reason\":\"x\"}"));
    shop_reopen(s); /* what is repeated is stored */
    struct mt_push_result again = send(s, &c, MT_OP_ORDER_CREATE, NULL, "k", one_pack(s, drug, 1));
    assert_true(again.replayed);
    assert_true(mt_sv_eq(first.result, again.result)); /* as it was then */
    assert_string_equal(c.writes[0].answer.rest.order_no, "W01-000001");
    prepare(s, &c, 0, MT_OP_ORDER_CREATE, NULL, "k", one_pack(s, drug, 2));
    apply(s, &c, 1);
    assert_int_equal(c.writes[0].problem.code, MT_P_IDEMPOTENCY_KEY_REUSED);
    assert_refused(send(s, &c, MT_OP_ORDER_CREATE, NULL, "many", one_pack(s, drug, 999)), MT_P_INSUFFICIENT_STOCK);
    again = send(s, &c, MT_OP_ORDER_CREATE, NULL, "many", one_pack(s, drug, 999));
    assert_true(again.replayed);
    assert_refused(again, MT_P_INSUFFICIENT_STOCK);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_rest_key"), 3);
}

/* Two of the same that come in one batch: the first is applied, the second finds it. */
static void test_the_same_twice_in_a_batch(void **state) {
    struct shop *s = *state;
    struct client c;
    const char *drug = stock_up(s);
    open_client(s, &c);
    prepare(s, &c, 0, MT_OP_ORDER_CREATE, NULL, "k", one_pack(s, drug, 1));
    prepare(s, &c, 1, MT_OP_ORDER_CREATE, NULL, "k", one_pack(s, drug, 1));
    apply(s, &c, 2);
    const struct mt_push_result *one = &c.writes[0].answer.rest.told, *two = &c.writes[1].answer.rest.told;
    assert_false(one->replayed);
    assert_true(two->replayed);
    assert_true(mt_id_eq(&one->op_id, &two->op_id));
    assert_true(mt_sv_eq(one->result, two->result));
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 1);
}

static void test_versions(void **state) {
    struct shop *s = *state;
    struct client c;
    const char *drug = stock_up(s);
    const int64_t versions[] = {7, 1};
    open_client(s, &c);
    (void)shop_order(s, send(s, &c, MT_OP_ORDER_CREATE, NULL, "k", one_pack(s, drug, 1)));
    for (size_t n = 0; n < 3; n++) {
        prepare(s, &c, 0, MT_OP_ORDER_CANCEL, "W01-000001", "c", "{\"reason\":\"x\"}");
        c.writes[0].request.rest.if_match = true;
        c.writes[0].request.rest.versions = versions;
        c.writes[0].request.rest.version_count = n;
        apply(s, &c, 1);
        assert_int_equal(c.writes[0].problem.code, n < 2 ? MT_P_VERSION_CONFLICT : MT_P_NONE);
        assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation"), n < 2 ? 1 : 2);
    }
}

/* A fault that no log row can tell of leaves nothing, not even a number that was used. */
static void test_a_key_that_can_not_be_stored(void **state) {
    struct shop *s = *state;
    struct client c;
    const char *drug = stock_up(s);
    open_client(s, &c);
    shop_plant(s, "mt_rest_key", "1 = 1");
    prepare(s, &c, 0, MT_OP_ORDER_CREATE, NULL, "k", one_pack(s, drug, 1));
    apply(s, &c, 1);
    assert_int_equal(c.writes[0].problem.code, MT_P_INTERNAL);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 0);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation"), 0);
    assert_int_equal(shop_int(s, "SELECT last_order_no FROM mt_client"), 0);
    shop_unplant(s, "mt_rest_key");
    struct mt_push_result r = send(s, &c, MT_OP_ORDER_CREATE, NULL, "k", one_pack(s, drug, 1));
    assert_false(r.replayed);
    assert_string_equal(shop_order(s, r).order_no, "W01-000001");
}

/* A fault inside the operation is kept with it, and the key reads what became of it. */
static void test_a_fault_of_ours_is_kept(void **state) {
    struct shop *s = *state;
    struct client c;
    const char *drug = stock_up(s);
    open_client(s, &c);
    shop_plant(s, "mt_order", "1 = 1");
    for (int i = 0; i < 2; i++) {
        struct mt_push_result r = send(s, &c, MT_OP_ORDER_CREATE, NULL, "k", one_pack(s, drug, 1));
        assert_outcome(r, MT_QUARANTINED);
        assert_int_equal(shop_code(r), MT_P_INTERNAL);
        assert_int_equal(r.replayed, i);
    }
    shop_unplant(s, "mt_order");
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 0);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception WHERE kind = 'quarantined'"), 1);
    struct mt_push_result r = send(s, &c, MT_OP_ORDER_CREATE, NULL, "k2", one_pack(s, drug, 1));
    assert_string_equal(shop_order(s, r).order_no, "W01-000002"); /* the kept one has its number */
}

/* While a till's operation on the order lies in quarantine, a client's request is refused; money that was taken is kept behind it.
 */
static void test_behind_what_waits(void **state) {
    struct shop *s = *state;
    struct client c;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    open_client(s, &c);
    struct mt_order o = shop_order(s, send(s, &c, MT_OP_ORDER_CREATE, NULL, "k", one_pack(s, drug, 1)));
    assert_outcome(shop_send(s, &t, "order.advance", false,
                             shop_fmt(s, "\"order_id\":\"%s\",\"order_no\":\"%s\",\"to\":\"preparing\",\"drone\":7", o.order_id.s,
                                      o.order_no)),
                   MT_QUARANTINED);
    assert_refused(send(s, &c, MT_OP_ORDER_CANCEL, "W01-000001", "c", "{\"reason\":\"x\"}"), MT_P_INVALID_ORDER_STATUS);
    assert_outcome(send(s, &c, MT_OP_PAYMENT_START, "W01-000001", "p", "{\"method\":\"cash\",\"amount\":900}"), MT_QUARANTINED);
}

/* What was recalled after it was sold stays here. */
static void test_recalled_before_it_left(void **state) {
    struct shop *s = *state;
    struct client c;
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    open_client(s, &c);
    (void)shop_order(s, send(s, &c, MT_OP_ORDER_CREATE, NULL, "k", one_pack(s, drug, 1)));
    (void)shop_order(s, send(s, &c, MT_OP_PAYMENT_START, "W01-000001", "p", "{\"method\":\"cash\",\"amount\":900}"));
    s->acts = shop_staff(s, "Sun", MT_ROLE_MANAGER);
    const char *recall = shop_fmt(s, "\"drug_id\":\"%s\",\"lot_no\":\"S1\",\"reason\":\"notice 12\"", drug);
    assert_outcome(shop_send(s, &t, "lot.recall", false, recall), MT_APPLIED);
    (void)shop_order(s, send(s, &c, MT_OP_ORDER_ADVANCE, "W01-000001", "a", "{\"to\":\"preparing\"}"));
    assert_refused(send(s, &c, MT_OP_ORDER_ADVANCE, "W01-000001", "b", "{\"to\":\"shipped\"}"), MT_P_DRUG_NOT_SELLABLE);
    const char *cancel = "{\"reason\":\"recalled\"}";
    assert_int_equal(shop_order(s, send(s, &c, MT_OP_ORDER_CANCEL, "W01-000001", "d", cancel)).status, MT_ORDER_CANCELLED);
}

/* Two programs on one database. */
struct writer {
    struct mt_session *session;
    struct mt_arena arena;
    struct mt_write *write;
    enum mt_rc rc;
};

static void *write_one(void *arg) {
    struct writer *w = arg;
    bool moved;
    w->rc = mt_service_apply(w->session, &w->write, 1, &moved, NULL);
    return NULL;
}

static void race(struct writer two[2]) {
    pthread_t threads[2];
    for (int k = 0; k < 2; k++)
        assert_int_equal(pthread_create(&threads[k], NULL, write_one, &two[k]), 0);
    for (int k = 0; k < 2; k++)
        assert_int_equal(pthread_join(threads[k], NULL), 0);
}

/* The same request at two programs at once: the second waits for the first's store and finds its key. */
static void test_the_same_at_two_programs(void **state) {
    struct shop *s = *state;
    enum { ROUNDS = 20 };
    if (!shop_on_postgres(s))
        skip(); /* a SQLite file is served by one */
    struct client c;
    const char *drug = stock_up(s);
    struct writer two[2] = {{.session = s->session}};
    open_client(s, &c);
    assert_int_equal(mt_session_open(s->service, true, &two[1].session, NULL), MT_OK);
    for (int k = 0; k < 2; k++)
        mt_arena_init(&two[k].arena, 16u << 20);
    for (int i = 0; i < ROUNDS; i++) {
        for (size_t k = 0; k < 2; k++) {
            prepare(s, &c, k, MT_OP_ORDER_CREATE, NULL, shop_fmt(s, "k%d", i), one_pack(s, drug, 1));
            c.writes[k].arena = &two[k].arena;
            two[k].write = &c.writes[k];
        }
        race(two);
        const struct mt_push_result *a = &c.writes[0].answer.rest.told, *b = &c.writes[1].answer.rest.told;
        assert_int_equal(two[0].rc, MT_OK);
        assert_int_equal(two[1].rc, MT_OK);
        assert_true(a->replayed != b->replayed);
        assert_true(mt_id_eq(&a->op_id, &b->op_id));
        assert_true(mt_sv_eq(a->result, b->result));
    }
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), ROUNDS);
    assert_int_equal(shop_int(s, "SELECT last_order_no FROM mt_client"), ROUNDS);
    mt_session_close(two[1].session);
    for (int k = 0; k < 2; k++)
        mt_arena_fini(&two[k].arena);
}

/* A token that is taken back while its request waits for the writer ends before it. */
static void test_revoked_meanwhile(void **state) {
    struct shop *s = *state;
    struct client c;
    char code[MT_REGISTER_CODE_TEXT];
    const char *drug = stock_up(s);
    open_client(s, &c);
    prepare(s, &c, 0, MT_OP_ORDER_CREATE, NULL, "k", one_pack(s, drug, 1));
    assert_int_equal(mt_admin_client_revoke(s->session, &c.caller.id, code, NULL), MT_OK);
    apply(s, &c, 1);
    assert_int_equal(c.writes[0].problem.code, MT_P_UNAUTHENTICATED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation"), 0);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_a_lane_of_its_own),
        SHOP_TEST(test_repeats),
        SHOP_TEST(test_the_same_twice_in_a_batch),
        SHOP_TEST(test_versions),
        SHOP_TEST(test_a_key_that_can_not_be_stored),
        SHOP_TEST(test_a_fault_of_ours_is_kept),
        SHOP_TEST(test_behind_what_waits),
        SHOP_TEST(test_recalled_before_it_left),
        SHOP_TEST(test_the_same_at_two_programs),
        SHOP_TEST(test_revoked_meanwhile),
    };
    return mt_engine_run(argc, argv, tests);
}
