/* Patients with their addresses, and doctors. */
#include "shop.h"

#include <string.h>

#define USER "01940000-0000-7000-8006-000000000001"
#define DOCTOR "01940000-0000-7000-8006-000000000002"
#define HOME "01940000-0000-7000-8006-000000000003"
#define WORK "01940000-0000-7000-8006-000000000004"

static struct till open_shop(struct shop *s) {
    s->acts = shop_staff(s, "Li", MT_ROLE_COUNTER);
    return shop_till(s, "A03");
}

static void assert_result(struct mt_push_result r, const char *json) {
    assert_outcome(r, MT_APPLIED);
    if (!mt_sv_is(r.result, json))
        fail_msg("%.*s", (int)r.result.n, r.result.p);
}

static void test_user(void **state) {
    struct shop *s = *state;
    struct till t = open_shop(s);
    assert_result(shop_send(s, &t, "user.put", false,
                            "\"user_id\":\"" USER "\",\"name\":\"李雷\",\"phone\":\"13800138000\",\"addresses\":["
                            "{\"address_id\":\"" HOME "\",\"detail\":\"1 River Road\"},{\"address_id\":\"" WORK
                            "\",\"detail\":\"2 Hill Road\"}]"),
                  "{\"user_id\":\"" USER "\",\"name\":\"李雷\",\"phone\":\"13800138000\",\"addresses\":[{\"address_id\":\"" HOME
                  "\",\"detail\":\"1 River Road\"},{\"address_id\":\"" WORK "\",\"detail\":\"2 Hill Road\"}],\"version\":1}");
    s->now += 1000;
    assert_result(shop_send(s, &t, "user.put", false,
                            "\"user_id\":\"" USER "\",\"name\":\"Li Lei\",\"addresses\":[{\"address_id\":\"" WORK
                            "\",\"detail\":\"3 Hill Road\"}]"),
                  "{\"user_id\":\"" USER "\",\"name\":\"Li Lei\",\"phone\":\"\",\"addresses\":[{\"address_id\":\"" WORK
                  "\",\"detail\":\"3 Hill Road\"}],\"version\":2}");
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_user"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_address"), 1); /* as a whole */
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_user_word WHERE word LIKE '%lei%'"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_user_word WHERE word LIKE '%李%'"), 0);
    assert_int_equal(shop_int(s, shop_fmt(s, "SELECT count(*) FROM mt_change WHERE entity = 'user' AND scope = '%s'", s->store.s)),
                     1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE entity = 'user' AND action = 'put'"), 2);
    assert_int_equal(shop_int(s, "SELECT updated_at - created_at FROM mt_user"), 1000);
}

static void test_doctor(void **state) {
    struct shop *s = *state;
    struct till t = open_shop(s);
    assert_result(shop_send(s, &t, "doctor.put", false, "\"doctor_id\":\"" DOCTOR "\",\"name\":\"Dr Wu\",\"licence\":\"110-7\""),
                  "{\"doctor_id\":\"" DOCTOR "\",\"name\":\"Dr Wu\",\"licence\":\"110-7\",\"active\":true,\"version\":1}");
    assert_result(shop_send(s, &t, "doctor.put", false, "\"doctor_id\":\"" DOCTOR "\",\"name\":\"Dr Wu\",\"active\":false"),
                  "{\"doctor_id\":\"" DOCTOR "\",\"name\":\"Dr Wu\",\"licence\":\"\",\"active\":false,\"version\":2}");
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_change WHERE entity = 'doctor'"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE entity = 'doctor' AND version = 2"), 1);
}

static void test_again_is_one(void **state) {
    struct shop *s = *state;
    struct till t = open_shop(s);
    const char *op = shop_op(s, &t, "user.put", false, "\"user_id\":\"" USER "\",\"name\":\"Li Lei\"");
    assert_outcome(shop_push(s, &t, op).results[0], MT_APPLIED);
    assert_true(shop_push(s, &t, op).results[0].replayed);
    assert_int_equal(shop_int(s, "SELECT version FROM mt_user"), 1);
}

static void test_another_store(void **state) {
    struct shop *s = *state;
    struct till t = open_shop(s);
    assert_outcome(shop_send(s, &t, "user.put", false, "\"user_id\":\"" USER "\",\"name\":\"Li Lei\""), MT_APPLIED);
    assert_outcome(shop_send(s, &t, "doctor.put", false, "\"doctor_id\":\"" DOCTOR "\",\"name\":\"Dr Wu\""), MT_APPLIED);
    const struct mt_id mine = s->store;
    assert_int_equal(mt_admin_store_add(s->session, "Hillside", "CNY", &s->store, NULL), MT_OK);
    struct till far = shop_till(s, "H01");
    s->acts = shop_staff(s, "Sun", MT_ROLE_MANAGER);
    assert_refused(shop_send(s, &far, "user.put", false, "\"user_id\":\"" USER "\",\"name\":\"X\""), MT_P_NOT_FOUND);
    assert_refused(shop_send(s, &far, "doctor.put", false, "\"doctor_id\":\"" DOCTOR "\",\"name\":\"X\""), MT_P_NOT_FOUND);
    s->store = mine;
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_user WHERE name = 'Li Lei' AND version = 1"), 1);
}

static void test_rights(void **state) {
    struct shop *s = *state;
    struct till t = open_shop(s);
    s->acts = shop_staff(s, "Bo", MT_ROLE_FULFILMENT);
    assert_refused(shop_send(s, &t, "user.put", false, "\"user_id\":\"" USER "\",\"name\":\"X\""), MT_P_FORBIDDEN);
    assert_refused(shop_send(s, &t, "doctor.put", false, "\"doctor_id\":\"" DOCTOR "\",\"name\":\"X\""), MT_P_FORBIDDEN);
    s->acts = (struct mt_id){""};
    assert_refused(shop_send(s, &t, "user.put", false, "\"user_id\":\"" USER "\",\"name\":\"X\""), MT_P_FORBIDDEN);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_user"), 0);
}

/* A right is that of somebody who works here, and still does. */
static void test_rights_of_others(void **state) {
    struct shop *s = *state;
    struct till t = open_shop(s);
    const struct mt_id here = s->store, left = shop_staff(s, "Gone", MT_ROLE_MANAGER);
    int64_t version;
    assert_int_equal(mt_admin_store_add(s->session, "Hillside", "CNY", &s->store, NULL), MT_OK);
    const struct mt_id stranger = shop_staff(s, "Far", MT_ROLE_MANAGER);
    s->store = here;
    s->acts = stranger;
    assert_refused(shop_send(s, &t, "user.put", false, "\"user_id\":\"" USER "\",\"name\":\"X\""), MT_P_FORBIDDEN);
    s->acts = left;
    assert_outcome(shop_send(s, &t, "user.put", false, "\"user_id\":\"" USER "\",\"name\":\"X\""), MT_APPLIED);
    assert_int_equal(
        mt_admin_staff_set(s->session, &left, &(struct mt_staff_change){.has_active = true, .active = false}, &version, NULL),
        MT_OK);
    assert_refused(shop_send(s, &t, "user.put", false, "\"user_id\":\"" USER "\",\"name\":\"Y\""), MT_P_FORBIDDEN);
}

/* Names, phones and addresses do not leave their tables. */
static void test_nothing_leaks(void **state) {
    struct shop *s = *state;
    struct till t = open_shop(s);
    assert_outcome(shop_send(s, &t, "user.put", false,
                             "\"user_id\":\"" USER "\",\"name\":\"Canaryname\",\"phone\":\"13900139000\",\"addresses\":["
                             "{\"address_id\":\"" HOME "\",\"detail\":\"Canary Road\"}]"),
                   MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_audit WHERE actor || action || entity || entity_id || staff_id"
                                 " LIKE '%anary%' OR entity_id LIKE '%139%'"),
                     0);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_exception"), 0);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_user),   SHOP_TEST(test_doctor),           SHOP_TEST(test_again_is_one),  SHOP_TEST(test_another_store),
        SHOP_TEST(test_rights), SHOP_TEST(test_rights_of_others), SHOP_TEST(test_nothing_leaks),
    };
    return mt_engine_run(argc, argv, tests);
}
