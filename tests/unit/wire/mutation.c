/* Good documents with bytes changed, cut out, doubled and swapped by a seeded generator: nothing may crash or leak, what is
 * refused must say why, and what is accepted must come out canonical. A failing round is named, and repeats. */
#include "bodies.h"

#include <medterm/wire/changes.h>

#include <medterm/base/utf8.h>

#define ROUNDS 4000

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *d, uint32_t below) {
    d->state = d->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(d->state >> 33) % below;
}

/* Tokens that break more than single bytes do. */
static const char *const tokens[] = {
    "\"",  "\\",   "\\u0000",          "\\ud800",          "{",    "}",    "[",   "]", ",", ":", "null", "1e999", "-",
    "0.5", "\xff", "\xf0\x9f\x98\x80", "9007199254740993", "true", "\"\"", "\x01"};

static size_t insert(char *text, size_t n, size_t room, size_t at, const char *token) {
    size_t width = strlen(token);
    if (n + width > room)
        return n;
    memmove(text + at + width, text + at, n - at);
    memcpy(text + at, token, width);
    return n + width;
}

static size_t mutate(struct dice *d, char *text, size_t n, size_t room) {
    for (uint32_t i = 1 + roll(d, 4); i > 0 && n > 1; i--) {
        size_t at = roll(d, (uint32_t)n), width = 1 + roll(d, 12);
        switch (roll(d, 5)) {
        case 0:
            text[at] = (char)roll(d, 256);
            break;
        case 1:
            width = at + width > n ? n - at : width;
            memmove(text + at, text + at + width, n - at - width);
            n -= width;
            break;
        case 2:
            n = insert(text, n, room, at, tokens[roll(d, sizeof tokens / sizeof tokens[0])]);
            break;
        case 3:
            text[at] = text[roll(d, (uint32_t)n)];
            break;
        default:
            n = roll(d, 8) == 0 ? at : n;
            break;
        }
    }
    return n;
}

typedef bool try_one(struct mt_sv text, struct mt_arena *arena); /* true: accepted */

static void run(const char *good, uint64_t seed, try_one *one) {
    struct dice d = {seed};
    size_t n = strlen(good), room = n + 512, accepted = 0;
    char *work = malloc(room);
    assert_non_null(work);
    for (int round = 0; round < ROUNDS; round++) {
        struct mt_arena arena;
        memcpy(work, good, n);
        size_t changed = round == 0 ? n : mutate(&d, work, n, room);
        char *copy = exact(work, changed);
        mt_arena_init(&arena, ARENA_MAX);
        accepted += one(mt_sv_n(copy, changed), &arena);
        mt_arena_fini(&arena);
        free(copy);
    }
    free(work);
    /* The good one at least, and by far not all: the mutations reach both sides. */
    assert_true(accepted >= 1);
    assert_true(accepted < ROUNDS);
}

static void assert_canonical(struct mt_sv bytes) {
    assert_true(bytes.n > 2);
    assert_int_equal(bytes.p[0], '{');
    assert_true(mt_utf8_valid(bytes));
}

static bool push_one(struct mt_sv text, struct mt_arena *arena) {
    struct mt_push push;
    struct mt_problem problem;
    if (mt_push_parse(text, arena, &push, &problem) != MT_OK) {
        assert_true(problem.code != MT_P_NONE);
        assert_true(problem.detail[0] != '\0');
        return false;
    }
    for (size_t i = 0; i < push.count; i++) {
        struct mt_op again;
        struct mt_buf b;
        assert_canonical(push.ops[i].canonical);
        assert_true(mt_id_is(&push.ops[i].op.op_id));
        assert_true(push.ops[i].op.register_seq >= 1);
        assert_true((push.ops[i].problem != NULL) == (push.ops[i].unreadable || push.ops[i].unknown));
        bool good = !push.ops[i].unreadable && !push.ops[i].unknown;
        assert_int_equal(mt_op_parse(push.ops[i].canonical, arena, &again, &problem) == MT_OK, good);
        if (!good)
            continue;
        /* What was accepted prints and reads again as the same. */
        mt_buf_init(&b, 1u << 20);
        mt_op_print(&push.ops[i].op, &b);
        if (mt_op_parse(mt_buf_view(&b), arena, &again, &problem) != MT_OK)
            fail_msg("%s in %s", problem.detail, mt_buf_text(&b));
        mt_buf_fini(&b);
    }
    return true;
}

static bool changes_one(struct mt_sv text, struct mt_arena *arena) {
    struct mt_changes_page page;
    struct mt_err err = {.text = ""};
    struct mt_buf b;
    if (mt_changes_parse(text, arena, &page, &err) != MT_OK) {
        assert_true(err.text[0] != '\0');
        return false;
    }
    mt_buf_init(&b, 1u << 20);
    mt_changes_begin(&b, page.epoch);
    for (size_t i = 0; i < page.count; i++)
        mt_changes_add(&b, &page.changes[i]);
    mt_changes_end(&b, page.cursor, page.more);
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    assert_int_equal(mt_changes_parse(mt_buf_view(&b), arena, &page, &err), MT_OK);
    mt_buf_fini(&b);
    return true;
}

static bool order_one(struct mt_sv text, struct mt_arena *arena) {
    struct mt_order order;
    struct mt_err err = {.text = ""};
    struct mt_buf b;
    if (mt_order_parse(text, arena, &order, &err) != MT_OK) {
        assert_true(err.text[0] != '\0');
        return false;
    }
    mt_buf_init(&b, 1u << 20);
    mt_order_print(&order, MT_ORDER_FULL, &b);
    assert_int_equal(mt_order_parse(mt_buf_view(&b), arena, &order, &err), MT_OK);
    mt_buf_fini(&b);
    return true;
}

static bool operation_one(struct mt_sv text, struct mt_arena *arena) {
    struct mt_op op;
    struct mt_problem problem;
    return mt_op_parse(text, arena, &op, &problem) == MT_OK;
}

static bool answer_one(struct mt_sv text, struct mt_arena *arena) {
    struct mt_push_answer answer;
    struct mt_err err = {.text = ""};
    return mt_push_answer_parse(text, arena, &answer, &err) == MT_OK;
}

static bool problem_one(struct mt_sv text, struct mt_arena *arena) {
    struct mt_problem problem;
    (void)arena;
    return mt_problem_parse(text, &problem) == MT_OK;
}

static void test_push(void **state) {
    (void)state;
    struct mt_op ops[] = {sample_full(), sample_advance(3), sample_cancel(), sample_payment(), sample_void(), sample_salvage()};
    enum { COUNT = sizeof ops / sizeof ops[0] };
    struct mt_buf bytes[COUNT], batch;
    struct mt_push_item items[COUNT];
    mt_buf_init(&batch, 1u << 20);
    for (int i = 0; i < COUNT; i++) {
        mt_buf_init(&bytes[i], 1u << 16);
        mt_op_print(&ops[i], &bytes[i]);
        items[i] = (struct mt_push_item){.register_seq = i + 1,
                                         .bytes = mt_buf_view(&bytes[i]),
                                         .prior = MT_SV("{\"epoch\":\"e\",\"outcome\":\"applied\",\"result\":{}}")};
    }
    mt_push_print("inst-1", 1, &(struct mt_push_acked){9, UUID("0009"), "e"}, items, COUNT, &batch);
    run(mt_buf_text(&batch), 1, push_one);
    for (int i = 0; i < COUNT; i++)
        mt_buf_fini(&bytes[i]);
    mt_buf_fini(&batch);
}

static void test_bodies(void **state) {
    (void)state;
    struct mt_arena arena;
    mt_arena_init(&arena, 1u << 20);
    for (size_t i = 0; i < BODY_SAMPLES; i++)
        run(body_operation(&arena, body_samples[i].kind, body_samples[i].fact, body_samples[i].body), i + 20, operation_one);
    mt_arena_fini(&arena);
}

#define ORDER_TEXT                                                                                                                 \
    "{\"order_id\":\"o1\",\"order_no\":\"A03-000417\",\"status\":\"paid\",\"version\":2,\"user_name\":\"\\u674e\",\"total_"        \
    "amount\":6510,"                                                                                                               \
    "\"items\":[{\"line\":1,\"drug_id\":\"d1\",\"quantity\":2,\"price\":1280,\"lots\":[{\"lot_no\":\"L\",\"expires_on\":\"2027-"   \
    "03-31\","                                                                                                                     \
    "\"quantity\":2,\"source\":\"fefo\"}]}],\"payments\":[{\"payment_id\":\"p1\",\"method\":\"cash\",\"amount\":6510,\"status\":"  \
    "\"succeeded\","                                                                                                               \
    "\"tendered\":7000,\"change\":490,\"at\":\"2027-03-31T14:32:05.123Z\"}],\"pay_time\":\"2027-03-31T14:32:05Z\",\"exceptions\":" \
    "[\"e1\"]}"

static void test_order(void **state) {
    (void)state;
    run(ORDER_TEXT, 2, order_one);
}

static void test_changes(void **state) {
    (void)state;
    run("{\"epoch\":\"e\",\"cursor\":\"c\",\"more\":false,\"changes\":["
        "{\"entity\":\"drug\",\"id\":\"d1\",\"version\":1,\"data\":{\"drug_id\":\"d1\",\"name\":\"n\",\"price\":5,\"rx\":\"rx\","
        "\"vat_bp\":13}},"
        "{\"entity\":\"stock\",\"id\":\"d1\",\"version\":2,\"data\":{\"drug_id\":\"d1\",\"on_hand\":3,\"lots\":[{\"lot_no\":\"L\","
        "\"on_hand\":3,\"state\":\"ok\"}]}},"
        "{\"entity\":\"staff\",\"id\":\"s\",\"version\":3,\"data\":{\"staff_id\":\"s\",\"role\":\"counter\",\"active\":true}},"
        "{\"entity\":\"exception\",\"id\":\"x\",\"version\":4,\"data\":{\"exception_id\":\"x\",\"kind\":\"overpaid\",\"state\":"
        "\"open\"}},"
        "{\"entity\":\"order\",\"id\":\"o1\",\"version\":2,\"data\":" ORDER_TEXT "},"
        "{\"entity\":\"drug\",\"id\":\"d2\",\"version\":9,\"data\":null}]}",
        3, changes_one);
}

static void test_answer(void **state) {
    (void)state;
    run("{\"results\":[{\"op_id\":\"a\",\"register_seq\":1,\"outcome\":\"applied\",\"replayed\":true,\"result\":" ORDER_TEXT "},"
        "{\"op_id\":\"b\",\"register_seq\":2,\"outcome\":\"refused\",\"problem\":{\"code\":\"STALE\"}}],\"last_seq\":2,\"epoch\":"
        "\"e\"}",
        4, answer_one);
}

static void test_problem(void **state) {
    (void)state;
    run("{\"type\":\"about:blank\",\"title\":\"t\",\"status\":422,\"code\":\"STALE\",\"detail\":\"d\",\"errors\":[{\"field\":\"f\","
        "\"message\":\"m\"}],\"last_seq\":4}",
        5, problem_one);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_push),    cmocka_unit_test(test_bodies), cmocka_unit_test(test_order),
        cmocka_unit_test(test_changes), cmocka_unit_test(test_answer), cmocka_unit_test(test_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
