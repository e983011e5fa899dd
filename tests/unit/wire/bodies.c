/* Bodies about goods, people, money that goes back and what is settled: what is read is what was meant, members nobody knows wait
 * for a newer version wherever they stand, and each fault is told at its place. */
#include "bodies.h"

static int setup(void **state) {
    struct mt_arena *a = calloc(1, sizeof *a);
    if (a == NULL)
        return -1;
    mt_arena_init(a, ARENA_MAX);
    *state = a;
    return 0;
}

static int teardown(void **state) {
    mt_arena_fini(*state);
    free(*state);
    return 0;
}

static struct mt_op parsed(struct mt_arena *a, enum mt_op_kind kind, const char *body) {
    struct mt_op op;
    struct mt_problem problem;
    if (mt_op_parse(mt_sv(body_operation(a, kind, true, body)), a, &op, &problem) != MT_OK)
        fail_msg("%s: %s in %s", mt_op_kind_name(kind), problem.detail, body);
    assert_int_equal(op.kind, kind);
    return op;
}

static const char *sample_of(enum mt_op_kind kind) {
    for (size_t i = 0; i < BODY_SAMPLES; i++)
        if (body_samples[i].kind == kind)
            return body_samples[i].body;
    fail_msg("no sample of %s", mt_op_kind_name(kind));
    return "";
}

static void test_money_back(void **state) {
    struct mt_op op = parsed(*state, MT_OP_REFUND_START, sample_of(MT_OP_REFUND_START));
    const struct mt_op_refund *r = &op.body.refund;
    assert_string_equal(r->order_no, "A03-000417");
    assert_string_equal(r->payment_id.s, UUID("0003"));
    assert_string_equal(r->refund_id.s, UUID("0007"));
    assert_int_equal(mt_money_to_minor(r->amount), 500);
    assert_int_equal(r->line_count, 2);
    assert_int_equal(r->lines[1].line, 3);
    assert_int_equal(r->lines[1].quantity, 1);
    assert_int_equal(r->valid_for, 60);
    op = parsed(*state, MT_OP_RETURN_RECORD, sample_of(MT_OP_RETURN_RECORD));
    const struct mt_op_return *b = &op.body.returned;
    assert_string_equal(b->return_id.s, UUID("0008"));
    assert_string_equal(b->lines[0].lot_no, "L1");
    assert_true(b->lines[0].quarantine);
    assert_string_equal(b->lines[1].lot_no, "");
    assert_false(b->lines[1].quarantine);
    op = parsed(*state, MT_OP_PAYMENT_START, sample_of(MT_OP_PAYMENT_START));
    assert_int_equal(op.body.start.method, MT_PAY_WECHAT);
    assert_int_equal(op.body.start.valid_for, 90);
    op = parsed(*state, MT_OP_PAYMENT_CANCEL, sample_of(MT_OP_PAYMENT_CANCEL));
    assert_string_equal(op.body.payment_cancel.payment_id.s, UUID("0003"));
}

/* "to" may be left out: the shelf. */
static void test_return_without_a_place(void **state) {
    struct mt_op op =
        parsed(*state, MT_OP_RETURN_RECORD,
               "\"lines\":[{\"line\":1,\"quantity\":1}]," ORDER_REF ",\"reason\":\"x\",\"return_id\":\"" UUID("0008") "\"");
    assert_false(op.body.returned.lines[0].quarantine);
}

static void test_goods(void **state) {
    struct mt_op op = parsed(*state, MT_OP_STOCK_RECEIVE, sample_of(MT_OP_STOCK_RECEIVE));
    const struct mt_op_stock *s = &op.body.stock;
    assert_int_equal(s->line_count, 2);
    assert_string_equal(s->lines[0].drug_id.s, "drug-1");
    assert_int_equal(s->lines[0].expires_on.day, mt_date_from_civil(2028, 1, 31).day);
    assert_int_equal(s->lines[0].quantity, 5);
    assert_false(mt_date_is(s->lines[1].expires_on));
    assert_string_equal(s->reference, "DN\x1b"
                                      "1");
    assert_string_equal(s->reason, "");
    op = parsed(*state, MT_OP_STOCK_ADJUST, sample_of(MT_OP_STOCK_ADJUST));
    assert_int_equal(op.body.stock.lines[0].quantity, -2);
    assert_string_equal(op.body.stock.reason, "broken");
    assert_string_equal(op.body.stock.reference, "");
    op = parsed(*state, MT_OP_STOCK_COUNT, sample_of(MT_OP_STOCK_COUNT));
    assert_int_equal(op.body.stock.lines[0].quantity, 0);
    assert_int_equal(op.body.stock.lines[1].quantity, 7);
    op = parsed(*state, MT_OP_LOT_RECALL, sample_of(MT_OP_LOT_RECALL));
    assert_string_equal(op.body.lot.reason, "notice 12");
    assert_false(op.body.lot.release);
    op = parsed(*state, MT_OP_LOT_QUARANTINE, "\"drug_id\":\"d\",\"lot_no\":\"L1\",\"reason\":\"dry\",\"release\":true");
    assert_true(op.body.lot.release);
}

static void test_people(void **state) {
    struct mt_op op = parsed(*state, MT_OP_USER_PUT, sample_of(MT_OP_USER_PUT));
    const struct mt_user *u = &op.body.user.user;
    assert_string_equal(u->name, "李雷");
    assert_int_equal(u->address_count, 2);
    assert_string_equal(u->addresses[0].address_id.s, UUID("0010"));
    assert_string_equal(u->addresses[1].detail, "路");
    op = parsed(*state, MT_OP_USER_PUT, "\"name\":\"Li Lei\",\"user_id\":\"" UUID("0012") "\"");
    assert_string_equal(op.body.user.user.phone, "");
    assert_int_equal(op.body.user.user.address_count, 0);
    op = parsed(*state, MT_OP_DOCTOR_PUT, sample_of(MT_OP_DOCTOR_PUT));
    assert_false(op.body.doctor.doctor.active);
    assert_string_equal(op.body.doctor.doctor.licence, "110-7");
    op = parsed(*state, MT_OP_DOCTOR_PUT, "\"doctor_id\":\"" UUID("0013") "\",\"name\":\"Dr Wu\"");
    assert_true(op.body.doctor.doctor.active);
    op = parsed(*state, MT_OP_EXCEPTION_RESOLVE, sample_of(MT_OP_EXCEPTION_RESOLVE));
    assert_int_equal(op.body.resolve.action, MT_RESOLVE_APPLY);
    assert_string_equal(op.body.resolve.note, "seen to");
}

static struct mt_push_op pushed(struct mt_arena *a, const char *bytes) {
    struct mt_push push;
    struct mt_problem problem;
    struct mt_buf b;
    struct mt_push_item item = {.register_seq = 1, .bytes = mt_sv(bytes)};
    mt_buf_init(&b, 1u << 20);
    mt_push_print("inst-1", 1, NULL, &item, 1, &b);
    if (mt_push_parse(mt_buf_view(&b), a, &push, &problem) != MT_OK)
        fail_msg("%s in %s", problem.detail, bytes);
    mt_buf_fini(&b);
    return push.ops[0];
}

/* A member more in each object of each body, one after the other. */
static void test_unknown_members(void **state) {
    size_t tried = 0;
    for (size_t i = 0; i < BODY_SAMPLES; i++) {
        const char *bytes = body_operation(*state, body_samples[i].kind, body_samples[i].fact, body_samples[i].body);
        for (size_t at = 1; bytes[at] != '\0'; at++) {
            if (bytes[at] != '{')
                continue;
            const char *more = mt_arena_fmt(*state, "%.*s\"aa\":1,%s", (int)at + 1, bytes, bytes + at + 1);
            assert_non_null(more);
            struct mt_push_op p = pushed(*state, more);
            if (!p.unknown)
                fail_msg("not noticed: %s", more);
            tried++;
        }
    }
    assert_true(tried > BODY_SAMPLES);
}

/* Kinds share a reader; a member of the one is a stranger in the other. */
static void test_members_of_other_kinds(void **state) {
    static const struct {
        enum mt_op_kind kind;
        const char *body;
    } rows[] = {
        {MT_OP_LOT_RECALL, "\"drug_id\":\"d\",\"lot_no\":\"L1\",\"reason\":\"x\",\"release\":true"},
        {MT_OP_STOCK_ADJUST,
         "\"lines\":[{\"change\":1,\"drug_id\":\"d\",\"expires_on\":\"2028-01-31\",\"lot_no\":\"L\"}],\"reason\":\"x\""},
        {MT_OP_STOCK_COUNT, "\"lines\":[{\"counted\":1,\"drug_id\":\"d\",\"lot_no\":\"L\"}],\"reference\":\"DN\""},
        {MT_OP_REFUND_RECORD, "\"amount\":1," ORDER_REF ",\"payment_id\":\"" UUID(
                                  "0003") "\",\"reason\":\"x\",\"refund_id\":\"" UUID("0007") "\",\"valid_for\":1"},
        {MT_OP_REFUND_RECORD, "\"amount\":1,\"lines\":[{\"line\":1,\"lot_no\":\"L\",\"quantity\":1}]," ORDER_REF
                              ",\"payment_id\":\"" UUID("0003") "\",\"reason\":\"x\",\"refund_id\":\"" UUID("0007") "\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_true(pushed(*state, body_operation(*state, rows[i].kind, true, rows[i].body)).unknown);
}

static void test_faults_at_their_place(void **state) {
    static const struct {
        enum mt_op_kind kind;
        const char *body, *field;
    } rows[] = {
        {MT_OP_STOCK_RECEIVE, "\"reference\":\"x\"", "body.lines"},
        {MT_OP_STOCK_RECEIVE, "\"lines\":{}", "body.lines"},
        {MT_OP_STOCK_RECEIVE, "\"lines\":[]", "body.lines"},
        {MT_OP_STOCK_RECEIVE, "\"lines\":[7]", "body.lines[0]"},
        {MT_OP_STOCK_RECEIVE, "\"lines\":[{\"lot_no\":\"L\",\"quantity\":1}]", "body.lines[0].drug_id"},
        {MT_OP_STOCK_RECEIVE, "\"lines\":[{\"drug_id\":\"d\",\"quantity\":1}]", "body.lines[0].lot_no"},
        {MT_OP_STOCK_RECEIVE, "\"lines\":[{\"drug_id\":\"d\",\"lot_no\":\"L\",\"quantity\":1.5}]", "body.lines[0].quantity"},
        {MT_OP_STOCK_RECEIVE, "\"lines\":[{\"drug_id\":\"d\",\"lot_no\":\"L\",\"quantity\":0}]", "body.lines[0].quantity"},
        {MT_OP_STOCK_RECEIVE, "\"lines\":[{\"drug_id\":\"d\",\"expires_on\":\"2028-02-30\",\"lot_no\":\"L\",\"quantity\":1}]",
         "body.lines[0].expires_on"},
        {MT_OP_STOCK_ADJUST, "\"lines\":[{\"change\":1,\"drug_id\":\"d\",\"lot_no\":\"L\"}]", "body.reason"},
        {MT_OP_STOCK_ADJUST, "\"lines\":[{\"drug_id\":\"d\",\"lot_no\":\"L\"}],\"reason\":\"x\"", "body.lines[0].change"},
        {MT_OP_STOCK_COUNT, "\"lines\":[{\"drug_id\":\"d\",\"lot_no\":\"L\"}]", "body.lines[0].counted"},
        {MT_OP_LOT_RECALL, "\"drug_id\":\"d\",\"lot_no\":\"L\"", "body.reason"},
        {MT_OP_LOT_QUARANTINE, "\"drug_id\":\"d\",\"lot_no\":\"L\",\"reason\":\"x\",\"release\":1", "body.release"},
        {MT_OP_USER_PUT, "\"name\":\"x\",\"user_id\":\"7\"", "body.user_id"},
        {MT_OP_USER_PUT, "\"user_id\":\"" UUID("0012") "\"", "body.name"},
        {MT_OP_USER_PUT, "\"addresses\":[{\"detail\":\"x\"}],\"name\":\"x\",\"user_id\":\"" UUID("0012") "\"",
         "body.addresses[0].address_id"},
        {MT_OP_DOCTOR_PUT, "\"active\":\"yes\",\"doctor_id\":\"" UUID("0013") "\",\"name\":\"x\"", "body.active"},
        {MT_OP_EXCEPTION_RESOLVE, "\"action\":\"forget\",\"exception_id\":\"" UUID("0014") "\",\"note\":\"x\"", "body.action"},
        {MT_OP_EXCEPTION_RESOLVE, "\"action\":\"drop\",\"exception_id\":\"" UUID("0014") "\"", "body.note"},
        {MT_OP_REFUND_RECORD,
         "\"amount\":0," ORDER_REF ",\"payment_id\":\"" UUID("0003") "\",\"reason\":\"x\",\"refund_id\":\"" UUID("0007") "\"",
         "body.amount"},
        {MT_OP_REFUND_RECORD, "\"amount\":1," ORDER_REF ",\"payment_id\":\"" UUID("0003") "\",\"reason\":\"x\"", "body.refund_id"},
        {MT_OP_RETURN_RECORD,
         "\"lines\":[{\"line\":1,\"quantity\":1,\"to\":\"bin\"}]," ORDER_REF ",\"reason\":\"x\",\"return_id\":\"" UUID("0008") "\"",
         "body.lines[0].to"},
        {MT_OP_RETURN_RECORD, ORDER_REF ",\"reason\":\"x\",\"return_id\":\"" UUID("0008") "\"", "body.lines"},
        {MT_OP_PAYMENT_START, "\"amount\":1,\"method\":\"shells\"," ORDER_REF ",\"payment_id\":\"" UUID("0003") "\"",
         "body.method"},
        {MT_OP_PAYMENT_START, "\"amount\":1,\"method\":\"cash\"," ORDER_REF ",\"payment_id\":\"" UUID("0003") "\"", "body.method"},
        {MT_OP_PAYMENT_CANCEL, ORDER_REF, "body.payment_id"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_op op;
        struct mt_problem problem;
        const char *bytes = body_operation(*state, rows[i].kind, true, rows[i].body);
        if (mt_op_parse(mt_sv(bytes), *state, &op, &problem) == MT_OK)
            fail_msg("taken: %s", bytes);
        assert_int_equal(problem.code, MT_P_VALIDATION_FAILED);
        assert_true(problem.errors.count >= 1);
        if (strcmp(problem.errors.at[0].field, rows[i].field) != 0)
            fail_msg("%s instead of %s: %s", problem.errors.at[0].field, rows[i].field, bytes);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_money_back),
        TEST(test_return_without_a_place),
        TEST(test_goods),
        TEST(test_people),
        TEST(test_unknown_members),
        TEST(test_members_of_other_kinds),
        TEST(test_faults_at_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
