/* The rules of patients, doctors and settling. */
#include "rules.h"

static struct mt_op user_op(struct mt_address *addresses, size_t count) {
    static char names[MT_ADDRESSES_MAX + 1][16];
    for (size_t i = 0; i < count; i++) {
        assert_true(snprintf(names[i], sizeof names[i], "address-%zu", i) > 0);
        addresses[i] = (struct mt_address){.address_id = id_of(names[i]), .detail = "1 River Road"};
    }
    return (struct mt_op){
        .kind = MT_OP_USER_PUT,
        .body.user.user = {
            .user_id = id_of("user-1"), .name = "Li Lei", .phone = "13800138000", .addresses = addresses, .address_count = count}};
}

static void test_user(void **state) {
    (void)state;
    char text[LONG_TEXT_MAX];
    struct mt_address addresses[MT_ADDRESSES_MAX + 1];
    struct mt_op op = user_op(addresses, 0);
    struct mt_user *u = &op.body.user.user;
    assert_good(&op);
    u->user_id = id_of("");
    assert_bad(&op, "user_id");
    u->user_id = id_of("user-1");
    u->name = " ";
    assert_bad(&op, "name");
    u->name = long_text(text, 256);
    assert_bad(&op, "name");
    u->name = long_text(text, 255);
    u->phone = "";
    assert_good(&op);
    char number[LONG_TEXT_MAX];
    u->phone = long_text(number, 65);
    assert_bad(&op, "phone");
}

static void test_addresses(void **state) {
    (void)state;
    char text[LONG_TEXT_MAX];
    struct mt_address addresses[MT_ADDRESSES_MAX + 1];
    struct mt_op op = user_op(addresses, MT_ADDRESSES_MAX);
    assert_good(&op);
    op = user_op(addresses, MT_ADDRESSES_MAX + 1);
    assert_bad(&op, "addresses");
    op = user_op(addresses, 2);
    addresses[1].detail = "";
    assert_bad(&op, "addresses[1].detail");
    addresses[1].detail = long_text(text, 1001);
    assert_bad(&op, "addresses[1].detail");
    addresses[1].detail = long_text(text, 1000);
    assert_good(&op);
    addresses[0].address_id = id_of("");
    assert_bad(&op, "addresses[0].address_id");
    addresses[0].address_id = addresses[1].address_id;
    assert_bad(&op, "addresses[1].address_id"); /* stands twice */
}

static void test_doctor(void **state) {
    (void)state;
    char text[LONG_TEXT_MAX];
    struct mt_op op = {.kind = MT_OP_DOCTOR_PUT,
                       .body.doctor.doctor = {.doctor_id = id_of("doctor-1"), .name = "Dr Wu", .licence = ""}};
    struct mt_doctor *d = &op.body.doctor.doctor;
    assert_good(&op);
    d->doctor_id = id_of("");
    assert_bad(&op, "doctor_id");
    d->doctor_id = id_of("doctor-1");
    d->name = "";
    assert_bad(&op, "name");
    d->name = "Dr Wu";
    d->licence = long_text(text, 65);
    assert_bad(&op, "licence");
}

static void test_resolve(void **state) {
    (void)state;
    char text[LONG_TEXT_MAX];
    struct mt_op op = {.kind = MT_OP_EXCEPTION_RESOLVE,
                       .body.resolve = {.exception_id = id_of("exception-1"), .action = MT_RESOLVE_DROP, .note = "x"}};
    assert_good(&op);
    op.body.resolve.exception_id = id_of("");
    assert_bad(&op, "exception_id");
    op.body.resolve.exception_id = id_of("exception-1");
    op.body.resolve.note = "";
    assert_bad(&op, "note"); /* somebody has to say why */
    op.body.resolve.note = long_text(text, 256);
    assert_bad(&op, "note");
}

static void test_actions(void **state) {
    (void)state;
    static const char *const names[] = {"settled", "apply", "drop"};
    for (int i = 0; i < 3; i++) {
        enum mt_resolve r = MT_RESOLVE_SETTLED;
        assert_int_equal(mt_resolve_parse(mt_sv(names[i]), &r), MT_OK);
        assert_int_equal(r, i);
        assert_string_equal(mt_resolve_name(r), names[i]);
    }
    enum mt_resolve r = MT_RESOLVE_DROP;
    assert_int_equal(mt_resolve_parse(mt_sv("forget"), &r), MT_INVALID);
    assert_int_equal(r, MT_RESOLVE_DROP);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_user),    cmocka_unit_test(test_addresses), cmocka_unit_test(test_doctor),
        cmocka_unit_test(test_resolve), cmocka_unit_test(test_actions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
