/* Epochs: when a new one begins, who finds out, what jumps with it, and how a register comes back whose enrolment was lost. */
#include "shop.h"

#include <medterm/wire/changes.h>

#include <string.h>

#define ASPIRIN "6900000000025"

static const char *stock_up(struct shop *s) {
    const char *id = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 100);
    return id;
}

static void sell(struct shop *s, struct till *t, const char *drug, int n) {
    (void)shop_order(s, shop_send(s, t, "order.create", true,
                                  shop_create(s, t->caller.code, n, shop_item(s, drug, 1, 900), shop_cash(s, n, 900))));
}

/* An empty push of a till that was answered up to `seq` in that epoch. */
static const char *greet(struct shop *s, const struct till *t, int64_t seq, const char *epoch) {
    const char *op = shop_fmt(s, "01940000-0000-7000-8000-0000000000%02lld\",\"epoch\":\"%s", (long long)seq, epoch);
    struct answer a = shop_push_acked(s, t, seq, op, "");
    assert_int_equal(a.code, MT_P_NONE);
    return shop_fmt(s, "%s", a.epoch);
}

static struct mt_changes_page feed(struct shop *s, const struct till *t, const char *cursor) {
    struct mt_problem problem;
    struct mt_changes_page page;
    struct mt_buf out;
    bool empty = false;
    mt_buf_init(&out, 64u << 20);
    mt_problem_init(&problem);
    if (mt_query_changes(s->session, &t->caller, mt_sv(cursor), 1000, &out, &empty, &problem) != MT_OK)
        fail_msg("%s", problem.detail);
    const char *text = mt_arena_sv(&s->arena, mt_buf_view(&out));
    assert_int_equal(mt_changes_parse(mt_sv(text), &s->arena, &page, NULL), MT_OK);
    mt_buf_fini(&out);
    return page;
}

/* A loss inside the present epoch is news; one of an earlier epoch is what that restore lost. */
static void test_loss(void **state) {
    struct shop *s = *state;
    const char *drug = stock_up(s);
    struct till a = shop_till(s, "A03"), b = shop_till(s, "B01");
    sell(s, &a, drug, 1);
    const char *earlier = greet(s, &a, 0, "");
    char first[MT_ID_TEXT];
    assert_int_equal(mt_admin_epoch_renew(s->session, first, NULL), MT_OK);
    assert_string_equal(greet(s, &a, 5, earlier), first);
    const char *second = greet(s, &a, 5, first);
    assert_string_not_equal(second, first);
    assert_string_equal(greet(s, &a, 5, first), second);      /* the same till again */
    assert_string_equal(greet(s, &b, 9, first), second);      /* another one that lost by the same */
    assert_string_not_equal(greet(s, &b, 9, second), second); /* and once more put back */
}

/* An answer of an epoch that was never here: the service was put back to before that one began. */
static void test_loss_of_an_epoch(void **state) {
    struct shop *s = *state;
    if (shop_on_postgres(s))
        return; /* as below */
    const char *drug = stock_up(s);
    struct till a = shop_till(s, "A03"), b = shop_till(s, "B01");
    sell(s, &a, drug, 1);
    const char *first = greet(s, &a, 0, "");
    char lost[MT_ID_TEXT];
    shop_snapshot(s);
    assert_int_equal(mt_admin_epoch_renew(s->session, lost, NULL), MT_OK);
    shop_put_back(s);
    const char *anew = greet(s, &a, 5, lost);
    assert_string_not_equal(anew, first);
    assert_string_equal(greet(s, &a, 5, lost), anew); /* once */
    assert_string_equal(greet(s, &b, 9, lost), anew);
    assert_string_equal(greet(s, &b, 9, first), anew);
}

/* A cursor proves it too, also when the feed has grown past it since; one from before the snapshot goes on. */
static void test_cursor(void **state) {
    struct shop *s = *state;
    if (shop_on_postgres(s))
        return; /* a snapshot of a cluster is another matter; the rule is the same text */
    const char *drug = stock_up(s);
    struct till t = shop_till(s, "A03");
    sell(s, &t, drug, 1);
    struct mt_changes_page before = feed(s, &t, "");
    shop_snapshot(s);
    sell(s, &t, drug, 2);
    struct mt_changes_page after = feed(s, &t, before.cursor);
    assert_int_equal(after.count, 2);
    shop_put_back(s);
    struct mt_changes_page on = feed(s, &t, before.cursor);
    assert_string_equal(on.epoch, before.epoch);
    assert_int_equal(on.count, 0);
    for (int i = 0; i < 9; i++) /* nobody knows yet, and work goes on */
        shop_goods(s, ASPIRIN, shop_fmt(s, "L%d", i), "2028-01-31", 10);
    struct mt_changes_page anew = feed(s, &t, after.cursor);
    assert_string_not_equal(anew.epoch, before.epoch);
    assert_int_equal(anew.count, before.count);                       /* from the start: the order that is gone is not in it */
    assert_string_equal(feed(s, &t, after.cursor).epoch, anew.epoch); /* once */
    assert_int_equal(feed(s, &t, anew.cursor).count, 0);
}

/* What the service numbers itself goes on far behind what it gave, and what comes later begins there. */
static void test_numbers_jump(void **state) {
    struct shop *s = *state;
    char token[65], code[MT_REGISTER_CODE_TEXT], epoch[MT_ID_TEXT];
    struct mt_id made;
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_meta WHERE key = 'numbers_base'"), 0);
    assert_int_equal(mt_admin_client_add(s->session, &s->store, MT_ROLE_MANAGER, token, code, &made, NULL), MT_OK);
    shop_exec(s, "UPDATE mt_client SET last_order_no = 7");
    assert_int_equal(mt_admin_epoch_renew(s->session, epoch, NULL), MT_OK);
    assert_int_equal(shop_int(s, "SELECT last_order_no FROM mt_client"), 1000007);
    assert_int_equal(shop_int(s, "SELECT max(last_seq) FROM mt_register"), 1000000);
    assert_int_equal(mt_admin_client_add(s->session, &s->store, MT_ROLE_MANAGER, token, code, &made, NULL), MT_OK);
    assert_int_equal(shop_int(s, "SELECT min(last_order_no) FROM mt_client"), 1000000);
}

static struct mt_write enrol(struct shop *s, const char *code, const char *instance) {
    struct mt_write w = {.kind = MT_WRITE_ENROL, .arena = &s->arena}, *list[] = {&w};
    bool moved = false;
    memcpy(w.request.enrolment.code, code, 15);
    assert_int_equal(mt_sv_copy(mt_sv(instance), w.request.enrolment.instance_id, 65), MT_OK);
    assert_int_equal(mt_service_apply(s->session, list, 1, &moved, NULL), MT_OK);
    return w;
}

/* A register that is here keeps its instance; its old token is good until the code is used. */
static void test_recover_known(void **state) {
    struct shop *s = *state;
    struct till t = shop_till(s, "A03");
    char code[15];
    struct mt_id id;
    struct mt_caller caller;
    struct mt_problem problem;
    assert_int_equal(mt_admin_register_recover(s->session, "A03", NULL, &id, code, NULL), MT_OK);
    assert_string_equal(id.s, t.caller.id.s);
    assert_int_equal(mt_session_authenticate(s->session, mt_sv(t.token), &caller, &problem), MT_OK);
    assert_int_equal(enrol(s, code, "another machine").problem.code, MT_P_FORBIDDEN);
    struct mt_write w = enrol(s, code, t.instance);
    assert_int_equal(w.problem.code, MT_P_NONE);
    assert_string_equal(w.answer.enrolled.register_id.s, t.caller.id.s);
    assert_int_equal(mt_session_authenticate(s->session, mt_sv(t.token), &caller, &problem), MT_DENIED);
    assert_int_equal(mt_session_authenticate(s->session, mt_sv(w.answer.enrolled.token), &caller, &problem), MT_OK);
}

/* One that is not here: nobody else gets its code meanwhile, and it comes back with the ids it had. */
static void test_recover_lost(void **state) {
    struct shop *s = *state;
    char code[15], token[65], client[MT_REGISTER_CODE_TEXT];
    struct mt_id id, made;
    struct mt_err err = {.rc = MT_OK};
    const struct mt_lost till = {
        .kind = "enrolment", .register_code = "A05", .register_id = {"01940000-0000-7000-8000-0000000000a5"}, .store_id = s->store};
    const struct mt_lost other = {.kind = "client", .register_code = "W01"};
    assert_int_equal(mt_admin_register_expect(s->session, &till, NULL), MT_OK);
    assert_int_equal(mt_admin_register_expect(s->session, &other, NULL), MT_OK);
    assert_int_equal(mt_admin_register_add(s->session, &s->store, "A05", &id, code, &err), MT_CONFLICT);
    assert_non_null(strstr(mt_err_text(&err), "register recover"));
    assert_int_equal(mt_admin_client_add(s->session, &s->store, MT_ROLE_MANAGER, token, client, &made, NULL), MT_OK);
    assert_string_equal(client, "W02");
    assert_int_equal(mt_admin_register_recover(s->session, "W01", NULL, &id, code, &err), MT_INVALID);
    assert_int_equal(mt_admin_register_recover(s->session, "A05", NULL, &id, code, &err), MT_OK);
    assert_string_equal(id.s, till.register_id.s);
    assert_int_equal(enrol(s, code, "its machine").problem.code, MT_P_NONE);
    assert_int_equal(mt_admin_register_recover(s->session, "A06", NULL, &id, code, &err), MT_INVALID);
    assert_non_null(strstr(mt_err_text(&err), "--store"));
    assert_int_equal(mt_admin_register_recover(s->session, "A06", &s->store, &id, code, &err), MT_OK);
    assert_int_equal(enrol(s, code, "a machine").problem.code, MT_P_NONE);
    assert_int_equal(mt_admin_register_recover(s->session, "a6", &s->store, &id, code, &err), MT_INVALID);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_loss),         SHOP_TEST(test_loss_of_an_epoch), SHOP_TEST(test_cursor),
        SHOP_TEST(test_numbers_jump), SHOP_TEST(test_recover_known),    SHOP_TEST(test_recover_lost),
    };
    return mt_engine_run(argc, argv, tests);
}
