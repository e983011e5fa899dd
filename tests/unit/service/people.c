/* Who may ask: enrolment, tokens, and what an administrator sets up. */
#include "shop.h"

#include <stdio.h>
#include <string.h>

static struct mt_write enrol(struct shop *s, const char *code, const char *instance) {
    struct mt_write w = {.kind = MT_WRITE_ENROL, .arena = &s->arena}, *list[] = {&w};
    bool moved = false;
    assert_true(snprintf(w.request.enrolment.code, sizeof w.request.enrolment.code, "%s", code) > 0);
    assert_true(snprintf(w.request.enrolment.instance_id, sizeof w.request.enrolment.instance_id, "%s", instance) > 0);
    assert_int_equal(mt_service_apply(s->session, list, 1, &moved, NULL), MT_OK);
    return w;
}

static enum mt_rc knows(struct shop *s, const char *token, struct mt_caller *caller) {
    struct mt_problem problem;
    mt_problem_init(&problem);
    enum mt_rc rc = mt_session_authenticate(s->session, mt_sv(token), caller, &problem);
    assert_int_equal(problem.code, rc == MT_OK ? MT_P_NONE : MT_P_UNAUTHENTICATED);
    return rc;
}

static void test_enrolment(void **state) {
    struct shop *s = *state;
    struct mt_id id;
    char code[15];
    struct mt_caller caller;
    assert_int_equal(mt_admin_register_add(s->session, &s->store, "A03", &id, code, NULL), MT_OK);
    assert_int_equal(enrol(s, "AAAA-BBBB-CCCC", "m1").problem.code, MT_P_FORBIDDEN);
    struct mt_write first = enrol(s, code, "m1");
    assert_int_equal(first.problem.code, MT_P_NONE);
    assert_string_equal(first.answer.enrolled.register_code, "A03");
    assert_string_equal(first.answer.enrolled.store_name, "Riverside");
    assert_string_equal(first.answer.enrolled.currency, "CNY");
    assert_true(first.answer.enrolled.epoch[0] != '\0');
    assert_int_equal(knows(s, first.answer.enrolled.token, &caller), MT_OK);
    assert_int_equal(caller.kind, MT_CALLER_REGISTER);
    assert_string_equal(caller.code, "A03");
    assert_string_equal(caller.store_id.s, s->store.s);

    /* the lost reply: the same code from the same machine gives a new token and revokes the old */
    struct mt_write again = enrol(s, code, "m1");
    assert_int_equal(again.problem.code, MT_P_NONE);
    assert_string_not_equal(again.answer.enrolled.token, first.answer.enrolled.token);
    assert_int_equal(knows(s, first.answer.enrolled.token, &caller), MT_DENIED);
    assert_int_equal(knows(s, again.answer.enrolled.token, &caller), MT_OK);

    assert_int_equal(enrol(s, code, "m2").problem.code, MT_P_FORBIDDEN); /* one-time: not for another machine */
    s->now += (mt_time)(MT_ENROL_MINUTES * 60 + 1) * 1000;
    assert_int_equal(enrol(s, code, "m1").problem.code, MT_P_FORBIDDEN); /* and short-lived */
    assert_int_equal(knows(s, again.answer.enrolled.token, &caller), MT_OK);
}

static void test_secrets_are_hashed(void **state) {
    struct shop *s = *state;
    struct till t = shop_till(s, "A03");
    assert_int_equal(shop_int(s, shop_fmt(s, "SELECT count(*) FROM mt_register WHERE token_hash = '%s'", t.token)), 0);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_register WHERE length(token_hash) = 64 AND length(enrol_code_hash) = 64"),
                     1);
    struct mt_caller caller;
    assert_int_equal(knows(s, "", &caller), MT_DENIED);
    assert_int_equal(knows(s, "0000", &caller), MT_DENIED);
}

static void test_register_says_who_it_is(void **state) {
    struct shop *s = *state;
    struct till t = shop_till(s, "A03");
    struct mt_problem problem;
    struct mt_register_info info;
    struct mt_buf out;
    mt_buf_init(&out, 4096);
    mt_problem_init(&problem);
    assert_int_equal(mt_query_register(s->session, &t.caller, &out, &problem), MT_OK);
    assert_int_equal(mt_register_info_parse(mt_buf_view(&out), &info, NULL), MT_OK);
    assert_int_equal(info.last_seq, 0);
    assert_string_equal(info.token, "");
    mt_buf_fini(&out);
}

static void test_codes_are_never_reissued(void **state) {
    struct shop *s = *state;
    struct mt_id id;
    char code[15];
    struct mt_err err = {.rc = MT_OK};
    (void)shop_till(s, "A03");
    assert_int_equal(mt_admin_register_add(s->session, &s->store, "A03", &id, code, &err), MT_CONFLICT);
    assert_int_equal(mt_admin_register_add(s->session, &s->store, "a3", &id, code, &err), MT_INVALID);
    struct mt_id nowhere = {"01940000-0000-7000-8000-0000000000ff"};
    assert_int_equal(mt_admin_register_add(s->session, &nowhere, "A04", &id, code, &err), MT_NOTFOUND);
    assert_int_equal(mt_admin_store_add(s->session, " ", "CNY", &id, &err), MT_INVALID);
    assert_int_equal(mt_admin_store_add(s->session, "X", "yuan", &id, &err), MT_INVALID);
    assert_int_equal(mt_admin_staff_add(s->session, &nowhere, "X", MT_ROLE_COUNTER, "v", &id, &err), MT_NOTFOUND);
}

static void test_clients(void **state) {
    struct shop *s = *state;
    char token[65], code[MT_REGISTER_CODE_TEXT];
    struct mt_caller caller;
    struct mt_id id;
    (void)shop_till(s, "W02"); /* a till may have taken the name */
    static const char *const codes[] = {"W01", "W03", "W04"};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(mt_admin_client_add(s->session, &s->store, MT_ROLE_MANAGER, token, code, &id, NULL), MT_OK);
        assert_string_equal(code, codes[i]);
        assert_int_equal(knows(s, token, &caller), MT_OK);
        assert_int_equal(caller.kind, MT_CALLER_CLIENT);
        assert_int_equal(caller.role, MT_ROLE_MANAGER);
    }
    struct till client = {.caller = caller, .instance = "m"};
    assert_int_equal(shop_push(s, &client, "").code, MT_P_FORBIDDEN); /* only registers push */
}

static void test_tokens_taken_back(void **state) {
    struct shop *s = *state;
    char old[65], token[65], code[MT_REGISTER_CODE_TEXT];
    struct mt_caller caller;
    struct mt_id id, nobody = {"01930000-0000-7000-8000-00000000dead"};
    struct till t = shop_till(s, "A03");
    assert_int_equal(mt_admin_client_add(s->session, &s->store, MT_ROLE_COUNTER, old, code, &id, NULL), MT_OK);
    assert_int_equal(mt_admin_client_rotate(s->session, &id, token, code, NULL), MT_OK);
    assert_string_equal(code, "W01");
    assert_int_equal(knows(s, old, &caller), MT_DENIED);
    assert_int_equal(knows(s, token, &caller), MT_OK);
    assert_string_equal(caller.id.s, id.s);
    assert_int_equal(mt_admin_register_revoke(s->session, &id, code, NULL), MT_NOTFOUND); /* it is a client */
    for (int i = 0; i < 2; i++)
        assert_int_equal(mt_admin_client_revoke(s->session, &id, code, NULL), MT_OK);
    assert_int_equal(knows(s, token, &caller), MT_DENIED);
    assert_int_equal(mt_admin_client_rotate(s->session, &id, token, code, NULL), MT_CONFLICT);
    struct mt_id by_code = {"W01"}; /* what an administrator has who never wrote the id down */
    assert_int_equal(mt_admin_register_revoke(s->session, &by_code, code, NULL), MT_NOTFOUND);
    assert_int_equal(mt_admin_client_revoke(s->session, &by_code, code, NULL), MT_OK);
    assert_string_equal(by_code.s, id.s);
    assert_int_equal(mt_admin_client_rotate(s->session, &nobody, token, code, NULL), MT_NOTFOUND);
    assert_int_equal(knows(s, t.token, &caller), MT_OK);
    assert_int_equal(mt_admin_client_revoke(s->session, &t.caller.id, code, NULL), MT_NOTFOUND); /* it is a register */
    by_code = (struct mt_id){"A03"};
    assert_int_equal(mt_admin_register_revoke(s->session, &by_code, code, NULL), MT_OK);
    assert_string_equal(by_code.s, t.caller.id.s);
    assert_string_equal(code, "A03");
    assert_int_equal(knows(s, t.token, &caller), MT_DENIED);
    assert_int_equal(shop_push(s, &t, "").code, MT_P_UNAUTHENTICATED); /* it waited for the writer meanwhile */
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE action = 'revoke'"), 2);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE action = 'rotate'"), 1);
}

static void test_goods_in(void **state) {
    struct shop *s = *state;
    int64_t on_hand = 0;
    struct mt_err err = {.rc = MT_OK};
    (void)shop_drug(s, "6900000000025", "Aspirin", "", 900, MT_RX_NONE);
    struct mt_date day = mt_date_from_civil(2028, 1, 31), other = mt_date_from_civil(2028, 2, 29);
    assert_int_equal(mt_admin_stock_receive(s->session, &s->store, MT_SV("6900000000025"), "S1", day, 5, &on_hand, &err), MT_OK);
    assert_int_equal(mt_admin_stock_receive(s->session, &s->store, MT_SV("6900000000025"), "S2", other, 5, &on_hand, &err), MT_OK);
    assert_int_equal(on_hand, 10);
    assert_int_equal(mt_admin_stock_receive(s->session, &s->store, MT_SV("6900000000025"), "S1", MT_NO_DATE, 1, &on_hand, &err),
                     MT_OK);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_lot WHERE lot_no = 'S1' AND expires_on = '2028-01-31' AND on_hand = 6"),
                     1);
    assert_int_equal(mt_admin_stock_receive(s->session, &s->store, MT_SV("6900000000025"), "S1", other, 1, &on_hand, &err),
                     MT_CONFLICT);
    assert_int_equal(mt_admin_stock_receive(s->session, &s->store, MT_SV("6900000000025"), "S1", day, 0, &on_hand, &err),
                     MT_INVALID);
    assert_int_equal(mt_admin_stock_receive(s->session, &s->store, MT_SV("6900000000025"), "", day, 1, &on_hand, &err), MT_INVALID);
    assert_int_equal(mt_admin_stock_receive(s->session, &s->store, MT_SV("4006381333931"), "S1", day, 1, &on_hand, &err),
                     MT_NOTFOUND);
    assert_int_equal(shop_int(s, "SELECT sum(quantity) FROM mt_stock_move"), 11);
}

static void test_import(void **state) {
    struct shop *s = *state;
    struct mt_drug d = {.code = "6900000000025",
                        .name = "Aspirin",
                        .spec = "",
                        .form = "",
                        .maker = "",
                        .generic = "",
                        .pinyin = "",
                        .shelf = "",
                        .has_price = true,
                        .sellable = true,
                        .rx = MT_RX_NONE,
                        .vat_bp = 0};
    bool changed = false;
    assert_int_equal(mt_admin_import_begin(s->session, NULL), MT_OK);
    assert_int_equal(mt_admin_import_drug(s->session, &d, &changed, NULL), MT_OK);
    assert_true(changed);
    assert_int_equal(mt_admin_import_drug(s->session, &d, &changed, NULL), MT_OK);
    assert_false(changed);
    assert_int_equal(mt_admin_import_end(s->session, true, NULL), MT_OK);
    int64_t seq = shop_int(s, "SELECT max(seq) FROM mt_change");
    d.name = "Aspirin N";
    assert_int_equal(mt_admin_import_begin(s->session, NULL), MT_OK);
    assert_int_equal(mt_admin_import_drug(s->session, &d, &changed, NULL), MT_OK);
    assert_true(changed);
    d.name = "";
    assert_int_equal(mt_admin_import_drug(s->session, &d, &changed, NULL), MT_INVALID);
    assert_int_equal(mt_admin_import_end(s->session, false, NULL), MT_OK);
    assert_int_equal(shop_int(s, "SELECT max(seq) FROM mt_change"), seq);
    assert_int_equal(shop_int(s, "SELECT version FROM mt_drug"), 1);
}

/* Somebody gets another role, another PIN, and leaves; the tills hear of each in the feed, and nothing else changes. */
static void test_staff_changes(void **state) {
    struct shop *s = *state;
    struct mt_id id = shop_staff(s, "Chen Mei", MT_ROLE_COUNTER), nobody = s->store;
    const int64_t seq = shop_int(s, "SELECT max(seq) FROM mt_change");
    int64_t version = 0;
    struct mt_staff_change role = {.has_role = true, .role = MT_ROLE_PHARMACIST}, pin = {.verifier = "another"},
                           leaves = {.has_active = true}, unnamed = {.name = " "};
    assert_int_equal(mt_admin_staff_set(s->session, &nobody, &role, &version, NULL), MT_NOTFOUND);
    assert_int_equal(mt_admin_staff_set(s->session, &id, &unnamed, &version, NULL), MT_INVALID);
    assert_int_equal(mt_admin_staff_set(s->session, &id, &role, &version, NULL), MT_OK);
    assert_int_equal(mt_admin_staff_set(s->session, &id, &pin, &version, NULL), MT_OK);
    assert_int_equal(mt_admin_staff_set(s->session, &id, &leaves, &version, NULL), MT_OK);
    assert_int_equal(version, 4);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_staff WHERE name = 'Chen Mei' AND role = 'pharmacist' AND active = 0"
                                 " AND verifier = 'another' AND version = 4"),
                     1);
    assert_int_equal(shop_int(s, "SELECT max(seq) FROM mt_change WHERE entity = 'staff'"), seq + 3);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE entity = 'staff' AND action = 'set'"), 3);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_enrolment),
        SHOP_TEST(test_secrets_are_hashed),
        SHOP_TEST(test_register_says_who_it_is),
        SHOP_TEST(test_codes_are_never_reissued),
        SHOP_TEST(test_clients),
        SHOP_TEST(test_tokens_taken_back),
        SHOP_TEST(test_goods_in),
        SHOP_TEST(test_import),
        SHOP_TEST(test_staff_changes),
    };
    return mt_engine_run(argc, argv, tests);
}
