/* Sync by steps, against every row of “on the line”: the test plays the service, answer by answer. Whatever comes back, the same
 * operations go again until an answer names them. */
#include "../store/bench.h"

#include <medterm/sync/sync.h>

#include <stdio.h>
#include <string.h>

#define JSON "application/json"
#define PROBLEM "application/problem+json"

struct line {
    struct bench *b;
    struct mt_sync *sync;
    struct mt_sync_request q; /* the last one asked */
    struct mt_push pushed;    /* what the last push carried, as the service reads it */
};

static void read_push(struct line *l) {
    struct mt_problem p;
    mt_problem_init(&p);
    if (mt_push_parse(l->q.body, &l->b->arena, &l->pushed, &p) != MT_OK) {
        fail_msg("the push can not be read: %s", p.detail);
    }
}

/* The next push that is asked; its bytes are read as the service would. */
static bool push(struct line *l) {
    if (!mt_sync_next(l->sync, MT_LANE_PUSH, &l->q)) {
        return false;
    }
    assert_string_equal(l->q.method, "POST");
    assert_string_equal(l->q.path, "/v1/operations");
    assert_string_equal(l->q.token, "token");
    read_push(l);
    return true;
}

static void reply(struct line *l, int status, const char *type, const char *body) {
    const struct mt_reply r = {.serial = l->q.serial, .status = status, .content_type = mt_sv(type), .body = mt_sv(body)};
    mt_sync_answer(l->sync, l->q.lane, &r);
}

static void no_answer(struct line *l) {
    const struct mt_reply r = {.serial = l->q.serial, .transport = MT_OFFLINE, .words = "The service did not answer in time."};
    mt_sync_answer(l->sync, l->q.lane, &r);
}

/* An answer that names `count` operations of the last push, from `skip` on. */
static const char *answer_text(struct line *l, size_t skip, size_t count, enum mt_outcome outcome, int64_t last_seq,
                               const char *epoch) {
    struct mt_push_result results[16];
    struct mt_buf text;
    assert_true(count <= 16);
    for (size_t i = 0; i < count; i++) {
        const struct mt_op *op = &l->pushed.ops[skip + i].op;
        results[i] = (struct mt_push_result){.op_id = op->op_id, .register_seq = op->register_seq, .outcome = outcome};
        results[i].problem = outcome == MT_APPLIED
                                 ? mt_sv("")
                                 : mt_sv("{\"type\":\"about:blank\",\"title\":\"t\",\"status\":422,\"code\":\"INSUFFICIENT_STOCK\","
                                         "\"detail\":\"1 left.\",\"request_id\":\"r\"}");
    }
    mt_buf_init(&text, 1u << 20);
    mt_push_answer_print(results, count, last_seq, epoch, &text);
    const char *copy = mt_arena_str(&l->b->arena, mt_buf_text(&text));
    mt_buf_fini(&text);
    return copy;
}

static void problem(struct line *l, enum mt_problem_code code, int64_t last_seq) {
    struct mt_problem p;
    struct mt_buf text;
    mt_problem_init(&p);
    (void)mt_problem_set(&p, code, "words of the service");
    p.last_seq = last_seq;
    mt_buf_init(&text, 65536);
    mt_problem_print(&p, &text);
    reply(l, mt_problem_status(code), PROBLEM, mt_buf_text(&text));
    mt_buf_fini(&text);
}

static struct mt_sync_state state_of(struct line *l) {
    struct mt_sync_state s;
    mt_sync_state(l->sync, &s);
    return s;
}

static void sell(struct line *l, int n) {
    for (int i = 0; i < n; i++) {
        struct bench_sale s;
        bench_sale(&s, 1, true);
        assert_int_equal(bench_commit(l->b, &s, NULL, NULL), MT_OK);
    }
    mt_sync_poke(l->sync);
}

static void pass_time(struct line *l, int64_t ms) {
    l->b->mono += ms;
    l->b->now += ms;
}

static void begin(struct line *l, struct bench *b, int wait_s) {
    *l = (struct line){.b = b};
    bench_open(b);
    bench_enrol(b, "A03", "reg-1");
    const struct mt_sync_options o = {
        .reg = b->reg, .instance_id = "instance", .clock = bench_clock(b), .random = bench_random(b), .wait_s = wait_s};
    assert_int_equal(mt_sync_new(&o, &l->sync, NULL), MT_OK);
}

static void greet(struct line *l) {
    assert_true(push(l));
    assert_int_equal(l->pushed.count, 0);
    reply(l, 200, JSON, answer_text(l, 0, 0, MT_APPLIED, bench_sum(l->b).acked_seq, "e1"));
}

static void end(struct line *l) {
    mt_sync_free(l->sync);
}

static void test_greets_then_sends(void **state) {
    struct line l;
    begin(&l, *state, 0);
    sell(&l, 3);
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 0); /* a fork is known before a sale of this run is sent */
    assert_false(l.pushed.has_acked);
    assert_string_equal(l.pushed.instance_id, "instance");
    struct mt_sync_request other;
    assert_false(mt_sync_next(l.sync, MT_LANE_PUSH, &other)); /* one at a time */
    reply(&l, 200, JSON, answer_text(&l, 0, 0, MT_APPLIED, 0, "e1"));
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(l.pushed.ops[i].op.register_seq, i + 1);
        assert_false(l.pushed.ops[i].unreadable || l.pushed.ops[i].unknown);
    }
    reply(&l, 200, JSON, answer_text(&l, 0, 3, MT_APPLIED, 3, "e1"));
    assert_int_equal(bench_sum(l.b).unsent, 0);
    assert_false(push(&l));
    assert_true(state_of(&l).push_idle);
    assert_int_equal(state_of(&l).pushed, 3);
    assert_int_equal(state_of(&l).link, MT_SYNC_ONLINE);
    sell(&l, 1);
    assert_true(push(&l));
    assert_true(l.pushed.has_acked);
    assert_int_equal(l.pushed.acked_seq, 3);
    end(&l);
}

/* The service's clock is believed with an answer that is one, never with anything else. */
static void test_service_time(void **state) {
    struct line l;
    begin(&l, *state, 0);
    const mt_time told = l.b->now + INT64_C(400) * 86400000;
    assert_true(push(&l));
    struct mt_reply r = {.serial = l.q.serial, .status = 200, .content_type = mt_sv(JSON), .date = told, .body = mt_sv("{}")};
    mt_sync_answer(l.sync, MT_LANE_PUSH, &r);
    assert_int_equal(state_of(&l).service_time, 0);
    pass_time(&l, 60001);
    assert_true(push(&l));
    r.serial = l.q.serial;
    r.body = mt_sv(answer_text(&l, 0, 0, MT_APPLIED, 0, "e1"));
    mt_sync_answer(l.sync, MT_LANE_PUSH, &r);
    assert_int_equal(state_of(&l).service_time, told);
    assert_true(mt_sync_next(l.sync, MT_LANE_PULL, &l.q));
    r.serial = l.q.serial;
    r.date = told + 1000;
    mt_sync_answer(l.sync, MT_LANE_PULL, &r);
    struct mt_sync_page page;
    assert_true(mt_sync_page(l.sync, &page));
    assert_int_equal(state_of(&l).service_time, told); /* nobody has read the page yet */
    const struct mt_cache_applied applied = {.changes = 0};
    mt_sync_page_done(l.sync, MT_OK, NULL, "c1", &applied);
    assert_int_equal(state_of(&l).service_time, told + 1000);
    end(&l);
}

/* Everything that is not an answer to what was asked: outcome unknown, the same operations again, later. */
static void test_not_an_answer(void **state) {
    static const struct {
        const char *what;
        int status;
        const char *type, *body;
    } rows[] = {
        {"captive portal", 200, "text/html", "<html>Welcome</html>"},
        {"html that says json", 200, JSON, "<html>Welcome</html>"},
        {"other json", 200, JSON, "{\"hello\":\"world\"}"},
        {"half a reply", 200, JSON, "{\"results\":[{\"op_id\":\"01"},
        {"nothing", 200, JSON, ""},
        {"no results", 200, JSON, "{\"results\":[],\"last_seq\":2,\"epoch\":\"e1\"}"},
        {"no type", 200, "", "{\"results\":[],\"last_seq\":2,\"epoch\":\"e1\"}"},
        {"redirect", 302, "text/html", ""},
        {"permanent redirect", 308, JSON, "{}"},
        {"not found page", 404, "text/html", "no"},
        {"proxy asks for a password", 407, "text/html", "no"},
        {"401 of somebody else", 401, "text/html", "log in"},
        {"500", 500, PROBLEM,
         "{\"type\":\"about:blank\",\"title\":\"t\",\"status\":500,\"code\":\"INTERNAL\",\"detail\":\"\",\"request_id\":\"r\"}"},
        {"502 of a proxy", 502, "text/html", "bad gateway"},
        {"503", 503, PROBLEM,
         "{\"type\":\"about:blank\",\"title\":\"t\",\"status\":503,\"code\":\"OVERLOADED\",\"detail\":\"\",\"request_id\":\"r\"}"},
        {"429", 429, PROBLEM,
         "{\"type\":\"about:blank\",\"title\":\"t\",\"status\":429,\"code\":\"TOO_MANY_REQUESTS\",\"detail\":\"\",\"request_id\":"
         "\"r\"}"},
    };
    struct line l;
    begin(&l, *state, 0);
    greet(&l);
    sell(&l, 2);
    assert_true(push(&l));
    const struct mt_push first = l.pushed;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        reply(&l, rows[i].status, rows[i].type, rows[i].body);
        if (bench_sum(l.b).unsent != 2 || state_of(&l).frozen || state_of(&l).paused || push(&l)) {
            fail_msg("%s: taken for an answer, or no back-off", rows[i].what);
        }
        assert_true(state_of(&l).push_failed);
        pass_time(&l, 60001);
        if (!push(&l) || l.pushed.count != 2 || !mt_sv_eq(l.pushed.ops[0].canonical, first.ops[0].canonical)) {
            fail_msg("%s: not the same operations again", rows[i].what);
        }
    }
    no_answer(&l);
    assert_int_equal(state_of(&l).link, MT_SYNC_OFFLINE);
    assert_true(state_of(&l).offline_since > 0);
    assert_string_equal(state_of(&l).why, "The service did not answer in time.");
    struct mt_outbox_op *ops;
    size_t count;
    assert_int_equal(mt_register_outbox(l.b->reg, MT_PICK_UNSENT, 0, &l.b->arena, &ops, &count, NULL), MT_OK);
    assert_int_equal(ops[0].attempts, sizeof rows / sizeof rows[0] + 1);
    assert_string_equal(ops[0].words, "The service did not answer in time.");
    pass_time(&l, 60001);
    assert_true(push(&l));
    reply(&l, 200, "Application/JSON; charset=utf-8", answer_text(&l, 0, 2, MT_APPLIED, 2, "e1"));
    assert_int_equal(bench_sum(l.b).unsent, 0);
    assert_int_equal(state_of(&l).link, MT_SYNC_ONLINE);
    assert_string_equal(state_of(&l).why, "");
    end(&l);
}

static void test_wrong_ids(void **state) {
    struct line l;
    begin(&l, *state, 0);
    greet(&l);
    sell(&l, 2);
    assert_true(push(&l));
    const struct mt_push right = l.pushed;
    struct mt_push_op swapped[2] = {right.ops[0], right.ops[1]};
    swapped[0].op.op_id = right.ops[1].op.op_id; /* right sequence, another id */
    l.pushed.ops = swapped;
    reply(&l, 200, JSON, answer_text(&l, 0, 2, MT_APPLIED, 2, "e1"));
    assert_int_equal(bench_sum(l.b).unsent, 2); /* not even the second, which was named rightly */
    pass_time(&l, 60001);
    assert_true(push(&l));
    l.pushed.ops[1].op.register_seq = 3;
    reply(&l, 200, JSON, answer_text(&l, 0, 2, MT_APPLIED, 2, "e1"));
    assert_int_equal(bench_sum(l.b).unsent, 2);
    pass_time(&l, 60001);
    assert_true(push(&l));
    reply(&l, 200, JSON, answer_text(&l, 1, 1, MT_APPLIED, 2, "e1")); /* a part of it, rightly named */
    assert_int_equal(bench_sum(l.b).unsent, 1);
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 1);
    assert_int_equal(l.pushed.ops[0].op.register_seq, 1);
    end(&l);
}

/* A reply to an earlier question, twice or late, is nobody's. */
static void test_late_and_twice(void **state) {
    struct line l;
    begin(&l, *state, 0);
    greet(&l);
    sell(&l, 1);
    assert_true(push(&l));
    const char *text = answer_text(&l, 0, 1, MT_APPLIED, 1, "e1");
    const struct mt_reply late = {.serial = l.q.serial, .status = 200, .content_type = mt_sv(JSON), .body = mt_sv(text)};
    no_answer(&l);
    pass_time(&l, 60001);
    assert_true(push(&l));
    mt_sync_answer(l.sync, MT_LANE_PUSH, &late);
    assert_int_equal(bench_sum(l.b).unsent, 1);
    reply(&l, 200, JSON, text);
    assert_int_equal(bench_sum(l.b).unsent, 0);
    mt_sync_answer(l.sync, MT_LANE_PUSH, &late);
    reply(&l, 200, JSON, text);
    assert_int_equal(state_of(&l).pushed, 1);
    end(&l);
}

static void test_refused_goes_on(void **state) {
    struct line l;
    struct mt_sync_refused r;
    begin(&l, *state, 0);
    greet(&l);
    sell(&l, 1);
    assert_true(push(&l));
    reply(&l, 200, JSON, answer_text(&l, 0, 1, MT_REFUSED, 1, "e1"));
    assert_int_equal(bench_sum(l.b).attention, 1);
    assert_true(mt_sync_refused(l.sync, &r));
    assert_string_equal(r.order_no, "A03-000001");
    assert_string_equal(r.words, "1 left.");
    assert_false(mt_sync_refused(l.sync, &r));
    sell(&l, 1);
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 1);
    assert_int_equal(l.pushed.ops[0].op.register_seq, 2);
    reply(&l, 200, JSON, answer_text(&l, 0, 1, MT_QUARANTINED, 2, "e1"));
    assert_int_equal(bench_sum(l.b).attention, 2);
    assert_int_equal(bench_sum(l.b).unsent, 0);
    end(&l);
}

/* 400 and 413: halves down to one, tries the envelope alone, then void; what stands around it goes through. */
static void test_halves_then_void(void **state) {
    struct line l;
    begin(&l, *state, 0);
    greet(&l);
    sell(&l, 4);
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 4);
    problem(&l, MT_P_TOO_LARGE, -1);
    assert_true(push(&l)); /* at once */
    assert_int_equal(l.pushed.count, 2);
    problem(&l, MT_P_MALFORMED, -1);
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 1);
    problem(&l, MT_P_MALFORMED, -1);
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 0); /* is it the envelope? */
    reply(&l, 200, JSON, answer_text(&l, 0, 0, MT_APPLIED, 0, "e1"));
    assert_true(push(&l));
    assert_int_equal(l.pushed.ops[0].op.kind, MT_OP_VOID);
    assert_int_equal(l.pushed.ops[0].op.register_seq, 1);
    reply(&l, 200, JSON, answer_text(&l, 0, l.pushed.count, MT_QUARANTINED, (int64_t)l.pushed.count, "e1"));
    while (push(&l)) {
        assert_int_not_equal(l.pushed.ops[0].op.kind, MT_OP_VOID);
        const int64_t last = l.pushed.ops[l.pushed.count - 1].op.register_seq;
        reply(&l, 200, JSON, answer_text(&l, 0, l.pushed.count, MT_APPLIED, last, "e1"));
    }
    assert_int_equal(bench_sum(l.b).unsent, 0);
    end(&l);
}

/* A service that can not read even an empty push does not make good sales void. */
static void test_envelope_refused(void **state) {
    struct line l;
    begin(&l, *state, 0);
    greet(&l);
    sell(&l, 1);
    for (int i = 0; i < 5; i++) {
        assert_true(push(&l));
        if (l.pushed.count == 1) {
            assert_int_equal(l.pushed.ops[0].op.kind, MT_OP_ORDER_CREATE);
        }
        problem(&l, MT_P_VALIDATION_FAILED, -1);
        pass_time(&l, 60001);
    }
    assert_int_equal(bench_sum(l.b).unsent, 1);
    end(&l);
}

static void test_gap(void **state) {
    struct line l;
    begin(&l, *state, 0);
    greet(&l);
    sell(&l, 3);
    assert_true(push(&l));
    reply(&l, 200, JSON, answer_text(&l, 0, 3, MT_APPLIED, 3, "e1"));
    sell(&l, 1);
    assert_true(push(&l));
    problem(&l, MT_P_SEQUENCE_GAP, 1); /* the service was put back while the till ran: it has forgotten 2 and 3 */
    assert_false(push(&l));
    pass_time(&l, 1001);
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 0); /* what is its epoch? */
    assert_int_equal(l.pushed.acked_seq, 3);
    reply(&l, 200, JSON, answer_text(&l, 0, 0, MT_APPLIED, 1, "e2"));
    pass_time(&l, 1001);
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 3);
    assert_int_equal(l.pushed.ops[0].op.register_seq, 2);
    assert_int_equal(l.pushed.acked_seq, 1);
    assert_true(l.pushed.ops[0].has_prior && l.pushed.ops[1].has_prior && !l.pushed.ops[2].has_prior);
    assert_string_equal(l.pushed.ops[0].prior.epoch, "e1");
    reply(&l, 200, JSON, answer_text(&l, 0, 3, MT_APPLIED, 4, "e2"));
    assert_int_equal(bench_sum(l.b).unsent, 0);
    sell(&l, 1);
    assert_true(push(&l));
    problem(&l, MT_P_SEQUENCE_GAP, 4); /* nothing of ours fills that: no circle */
    assert_false(push(&l));
    assert_int_equal(bench_sum(l.b).unsent, 1);
    end(&l);
}

/* A restored service says a lower last_seq under a new epoch: what it forgot goes again, with what it was answered then. */
static void test_restored(void **state) {
    struct line l;
    begin(&l, *state, 0);
    greet(&l);
    sell(&l, 3);
    assert_true(push(&l));
    reply(&l, 200, JSON, answer_text(&l, 0, 3, MT_APPLIED, 3, "e1"));
    sell(&l, 1);
    mt_sync_enrolled(l.sync); /* greets again, as after a restart */
    assert_true(push(&l));
    assert_int_equal(l.pushed.acked_seq, 3);
    assert_string_equal(l.pushed.acked_epoch, "e1"); /* what tells a loss that is known from one that is not */
    reply(&l, 200, JSON, answer_text(&l, 0, 0, MT_APPLIED, 1, "e2"));
    assert_string_equal(mt_register_enrolled(l.b->reg)->info.epoch, "e2");
    pass_time(&l, 1001);
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 3);
    assert_int_equal(l.pushed.ops[0].op.register_seq, 2);
    assert_true(l.pushed.ops[0].has_prior && l.pushed.ops[1].has_prior);
    assert_string_equal(l.pushed.ops[0].prior.epoch, "e1");
    assert_int_equal(l.pushed.ops[0].prior.outcome, MT_APPLIED);
    assert_false(l.pushed.ops[2].has_prior);
    reply(&l, 200, JSON, answer_text(&l, 0, 3, MT_APPLIED, 4, "e2"));
    assert_int_equal(bench_sum(l.b).unsent, 0);
    end(&l);
}

static void frozen_by(struct line *l, const char *words) {
    assert_true(state_of(l).frozen);
    assert_non_null(strstr(state_of(l).why, words));
    assert_false(push(l));
    mt_sync_now(l->sync);
    pass_time(l, 3600000);
    assert_false(push(l));
    assert_true(state_of(l).push_idle);
    assert_int_equal(bench_sum(l->b).unsent, 2); /* nothing is lost */
    end(l);
}

static void test_reuse_freezes(void **state) {
    struct line l;
    begin(&l, *state, 0);
    greet(&l);
    sell(&l, 2);
    assert_true(push(&l));
    problem(&l, MT_P_IDEMPOTENCY_KEY_REUSED, 2);
    frozen_by(&l, "copied");
}

static void test_clone_freezes(void **state) {
    struct line l;
    begin(&l, *state, 0);
    sell(&l, 2);
    assert_true(push(&l));
    problem(&l, MT_P_REGISTER_CLONED, 0);
    frozen_by(&l, "Another machine");
}

/* Noticed by the greeting alone, before anything is sent. */
static void test_ahead_freezes(void **state) {
    struct line l;
    begin(&l, *state, 0);
    sell(&l, 2);
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 0);
    reply(&l, 200, JSON, answer_text(&l, 0, 0, MT_APPLIED, 5, "e1"));
    frozen_by(&l, "copied");
}

static void test_gap_ahead_freezes(void **state) {
    struct line l;
    begin(&l, *state, 0);
    greet(&l);
    sell(&l, 2);
    assert_true(push(&l));
    problem(&l, MT_P_SEQUENCE_GAP, 9);
    frozen_by(&l, "copied");
}

static void test_paused(void **state) {
    struct line l;
    begin(&l, *state, 25);
    greet(&l);
    sell(&l, 1);
    assert_true(push(&l));
    problem(&l, MT_P_UNAUTHENTICATED, -1);
    assert_true(state_of(&l).paused);
    assert_non_null(strstr(state_of(&l).why, "token"));
    pass_time(&l, 60001);
    assert_false(push(&l));
    assert_false(mt_sync_next(l.sync, MT_LANE_PULL, &l.q)); /* the same token */
    assert_int_equal(bench_sum(l.b).unsent, 1);
    mt_sync_now(l.sync); /* a person asks */
    assert_true(push(&l));
    reply(&l, 200, JSON, answer_text(&l, 0, 1, MT_APPLIED, 1, "e1"));
    assert_false(state_of(&l).paused);
    assert_int_equal(bench_sum(l.b).unsent, 0);
    end(&l);
}

/* Doubling, with jitter, to a minute; Retry-After is the least; wake_at tells the moment. */
static void test_back_off(void **state) {
    struct line l;
    int64_t longest = 0, shortest = INT64_MAX, most = 1000;
    begin(&l, *state, 0);
    for (int i = 0; i < 40; i++) {
        assert_true(push(&l));
        no_answer(&l);
        const int64_t wait = mt_sync_wake_at(l.sync) - l.b->mono;
        if (mt_sync_wake_at(l.sync) > l.b->mono) { /* the pull lane may be due at once */
            assert_true(wait <= most);
        }
        struct mt_sync_request pull;
        if (mt_sync_next(l.sync, MT_LANE_PULL, &pull)) {
            const struct mt_reply r = {.serial = pull.serial, .transport = MT_OFFLINE};
            mt_sync_answer(l.sync, MT_LANE_PULL, &r);
        }
        int64_t passed = 0;
        while (!push(&l)) {
            assert_true(passed < 60000);
            passed += 50;
            pass_time(&l, 50);
        }
        assert_true(passed >= most / 2 - 50 && passed <= most + 50);
        if (most == 60000) {
            longest = passed > longest ? passed : longest;
            shortest = passed < shortest ? passed : shortest;
        }
        most = most < 60000 ? (most * 2 < 60000 ? most * 2 : 60000) : most;
        const struct mt_reply again = {.serial = l.q.serial, .transport = MT_OFFLINE};
        mt_sync_answer(l.sync, MT_LANE_PUSH, &again);
        most = most < 60000 ? (most * 2 < 60000 ? most * 2 : 60000) : most;
        pass_time(&l, 60001);
    }
    assert_true(longest > shortest + 5000); /* not in step */
    assert_true(push(&l));
    const struct mt_reply busy = {.serial = l.q.serial,
                                  .status = 503,
                                  .retry_after = 300,
                                  .content_type = mt_sv(PROBLEM),
                                  .body = mt_sv("{\"type\":\"about:blank\",\"title\":\"t\",\"status\":503,\"code\":\"OVERLOADED\","
                                                "\"detail\":\"\",\"request_id\":\"r\"}")};
    mt_sync_answer(l.sync, MT_LANE_PUSH, &busy);
    pass_time(&l, 299000);
    assert_false(push(&l));
    pass_time(&l, 1001);
    assert_true(push(&l));
    end(&l);
}

static struct mt_sync_page take_page(struct line *l) {
    struct mt_sync_page p;
    assert_true(mt_sync_page(l->sync, &p));
    return p;
}

static void test_pull(void **state) {
    struct line l;
    struct mt_sync_page p;
    begin(&l, *state, 25);
    mt_sync_cursor(l.sync, "");
    assert_true(mt_sync_next(l.sync, MT_LANE_PULL, &l.q));
    assert_string_equal(l.q.path, "/v1/changes?limit=1000");
    reply(&l, 200, JSON, "{\"page\":1}");
    assert_false(mt_sync_next(l.sync, MT_LANE_PULL, &l.q)); /* not before the page is applied */
    p = take_page(&l);
    assert_string_equal(p.asked, "");
    assert_true(mt_sv_is(p.body, "{\"page\":1}"));
    struct mt_cache_applied applied = {.changes = 1000, .more = true};
    mt_sync_page_done(l.sync, MT_OK, "", "c/1 ü", &applied);
    assert_true(mt_sync_next(l.sync, MT_LANE_PULL, &l.q));
    assert_string_equal(l.q.path, "/v1/changes?limit=1000&cursor=c%2F1%20%C3%BC");
    reply(&l, 200, JSON, "{\"page\":2}");
    p = take_page(&l);
    assert_string_equal(p.asked, "c/1 ü");
    applied = (struct mt_cache_applied){.changes = 3};
    mt_sync_page_done(l.sync, MT_OK, "", "c2", &applied);
    assert_true(mt_sync_next(l.sync, MT_LANE_PULL, &l.q)); /* at its end: a long poll */
    assert_string_equal(l.q.path, "/v1/changes?limit=1000&wait=25&cursor=c2");
    assert_true(l.q.timeout_ms > 25000);
    assert_int_equal(state_of(&l).pulled, 1003);
    reply(&l, 200, "text/html", "<html>");
    assert_false(mt_sync_page(l.sync, &p));
    assert_true(state_of(&l).pull_failed);
    assert_int_equal(state_of(&l).link, MT_SYNC_OFFLINE);
    end(&l);
}

/* A page that can not be read keeps the cursor; a cursor that is not understood fetches all again. */
static void test_pull_refused(void **state) {
    struct line l;
    struct mt_sync_page p;
    const struct mt_cache_applied none = {.changes = 0};
    begin(&l, *state, 0);
    mt_sync_cursor(l.sync, "c1");
    assert_true(mt_sync_next(l.sync, MT_LANE_PULL, &l.q));
    reply(&l, 200, JSON, "{}");
    p = take_page(&l);
    mt_sync_page_done(l.sync, MT_INVALID, "not a page", "c1", &none);
    assert_true(state_of(&l).pull_failed);
    pass_time(&l, 60001);
    assert_true(mt_sync_next(l.sync, MT_LANE_PULL, &l.q));
    assert_non_null(strstr(l.q.path, "cursor=c1"));
    problem(&l, MT_P_VALIDATION_FAILED, -1);
    p = take_page(&l);
    assert_true(p.restart);
    mt_sync_page_done(l.sync, MT_OK, "", "", &none);
    assert_true(mt_sync_next(l.sync, MT_LANE_PULL, &l.q));
    assert_null(strstr(l.q.path, "cursor"));
    problem(&l, MT_P_VALIDATION_FAILED, -1); /* not even that: no circle */
    assert_false(mt_sync_page(l.sync, &p));
    assert_false(mt_sync_next(l.sync, MT_LANE_PULL, &l.q));
    end(&l);
}

/* When the line is back on one lane, the other does not sit out its wait. */
static void test_lanes_help_each_other(void **state) {
    struct line l;
    begin(&l, *state, 25);
    mt_sync_cursor(l.sync, "c1");
    for (int i = 0; i < 8; i++) {
        assert_true(push(&l));
        no_answer(&l);
        pass_time(&l, 60001);
    }
    assert_true(push(&l));
    no_answer(&l);
    assert_false(push(&l));
    assert_true(mt_sync_next(l.sync, MT_LANE_PULL, &l.q));
    reply(&l, 200, JSON, "{}");
    struct mt_sync_page p = take_page(&l);
    assert_string_equal(p.asked, "c1");
    const struct mt_cache_applied applied = {.changes = 1};
    mt_sync_page_done(l.sync, MT_OK, "", "c2", &applied);
    assert_true(push(&l));
    end(&l);
}

static void test_enrol_answers(void **state) {
    static const struct {
        int status;
        const char *type, *body;
        enum mt_rc rc;
    } rows[] = {
        {201, JSON,
         "{\"token\":\"t\",\"register_id\":\"r1\",\"register\":\"A03\",\"store_id\":\"s1\",\"store_name\":\"Riverside\","
         "\"currency\":\"CNY\",\"epoch\":\"e1\"}",
         MT_OK},
        {201, JSON,
         "{\"register_id\":\"r1\",\"register\":\"A03\",\"store_id\":\"s1\",\"store_name\":\"Riverside\",\"currency\":\"CNY\","
         "\"epoch\":\"e1\"}",
         MT_OFFLINE},
        {200, "text/html", "<html>", MT_OFFLINE},
        {401, PROBLEM,
         "{\"type\":\"about:blank\",\"title\":\"t\",\"status\":401,\"code\":\"UNAUTHENTICATED\",\"detail\":\"No such "
         "code.\",\"request_id\":\"r\"}",
         MT_DENIED},
        {503, PROBLEM,
         "{\"type\":\"about:blank\",\"title\":\"t\",\"status\":503,\"code\":\"OVERLOADED\",\"detail\":\"\",\"request_id\":\"r\"}",
         MT_OFFLINE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct mt_reply r = {.status = rows[i].status, .content_type = mt_sv(rows[i].type), .body = mt_sv(rows[i].body)};
        struct mt_register_info info;
        struct mt_err err = {0};
        assert_int_equal(mt_enrol_answer(&r, &info, &err), rows[i].rc);
        assert_true(rows[i].rc == MT_OK || err.text[0] != '\0');
    }
}

/* A service that takes an operation not even as the smallest void is asked less and less often, and the Sync screen says why. */
static void test_void_refused(void **state) {
    struct line l;
    int tries = 0;
    begin(&l, *state, 25);
    greet(&l);
    sell(&l, 1);
    const int64_t start = l.b->mono;
    while (l.b->mono - start < 3600000) {
        while (push(&l)) {
            if (l.pushed.count > 0) {
                tries++;
                problem(&l, MT_P_MALFORMED, -1);
            } else {
                reply(&l, 200, JSON, answer_text(&l, 0, 0, MT_APPLIED, 0, "e1"));
            }
        }
        pass_time(&l, 500);
    }
    assert_in_range(tries, 60, 140); /* half a minute to a minute apart, but for the first */
    assert_int_equal(bench_sum(l.b).unsent, 1);
    assert_true(mt_sync_next(l.sync, MT_LANE_PULL, &l.q));
    reply(&l, 200, JSON, "{}");
    struct mt_sync_page page;
    assert_true(mt_sync_page(l.sync, &page));
    const struct mt_cache_applied applied = {.changes = 1};
    mt_sync_page_done(l.sync, MT_OK, NULL, "c1", &applied);
    assert_int_equal(state_of(&l).link, MT_SYNC_ONLINE);
    assert_non_null(strstr(state_of(&l).why, "in no form")); /* the feed goes on; the words stay */
    struct mt_outbox_op *ops;
    size_t count;
    assert_int_equal(mt_register_outbox(l.b->reg, MT_PICK_OPEN, 0, &l.b->arena, &ops, &count, NULL), MT_OK);
    assert_non_null(strstr(ops[0].words, "in no form"));
    mt_sync_now(l.sync); /* a person asks, and the service has been mended */
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 1);
    reply(&l, 200, JSON, answer_text(&l, 0, 1, MT_QUARANTINED, 1, "e1"));
    assert_int_equal(bench_sum(l.b).unsent, 0);
    assert_string_equal(state_of(&l).why, "");
    end(&l);
}

/* A till that sells nothing says what it knows every ten minutes, and at once when the feed begins another epoch. */
static void test_greets_again(void **state) {
    struct line l;
    begin(&l, *state, 0);
    sell(&l, 1);
    greet(&l);
    assert_true(push(&l));
    reply(&l, 200, JSON, answer_text(&l, 0, 1, MT_APPLIED, 1, "e1"));
    assert_false(push(&l));
    pass_time(&l, 599999);
    assert_false(push(&l));
    assert_int_equal(mt_sync_wake_at(l.sync) > l.b->mono + 1, false);
    pass_time(&l, 1);
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 0);
    assert_int_equal(l.pushed.acked_seq, 1);
    reply(&l, 200, JSON, answer_text(&l, 0, 0, MT_APPLIED, 1, "e1"));
    assert_false(push(&l));
    assert_true(mt_sync_next(l.sync, MT_LANE_PULL, &l.q));
    struct mt_reply page = {.serial = l.q.serial, .status = 200, .content_type = mt_sv(JSON), .body = mt_sv("{}")};
    struct mt_sync_page taken;
    mt_sync_answer(l.sync, MT_LANE_PULL, &page);
    assert_true(mt_sync_page(l.sync, &taken));
    mt_sync_page_done(l.sync, MT_OK, NULL, "c", &(struct mt_cache_applied){.changes = 1, .swapped = true});
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 0);
    end(&l);
}

/* What lies in quarantine is asked for at a greeting and when the feed moves, quietly until its answer is another one. */
static void test_quarantine_is_asked_for(void **state) {
    struct line l;
    struct mt_sync_refused r;
    begin(&l, *state, 0);
    greet(&l);
    sell(&l, 2);
    assert_true(push(&l));
    reply(&l, 200, JSON, answer_text(&l, 0, 2, MT_QUARANTINED, 2, "e1"));
    assert_true(mt_sync_refused(l.sync, &r) && mt_sync_refused(l.sync, &r));
    assert_int_equal(bench_sum(l.b).attention, 2);
    assert_false(push(&l));
    mt_sync_enrolled(l.sync);
    assert_true(push(&l)); /* a greeting */
    reply(&l, 200, JSON, answer_text(&l, 0, 0, MT_APPLIED, 2, "e1"));
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 2);
    assert_int_equal(l.pushed.acked_seq, 2); /* they have been answered: a service that forgot them shows itself */
    assert_false(l.pushed.ops[0].has_prior);
    reply(&l, 200, JSON, answer_text(&l, 0, 2, MT_QUARANTINED, 2, "e1"));
    assert_false(mt_sync_refused(l.sync, &r)); /* no news */
    assert_false(push(&l));
    pass_time(&l, 60001);
    assert_true(mt_sync_next(l.sync, MT_LANE_PULL, &l.q)); /* something moves */
    struct mt_reply page = {.serial = l.q.serial, .status = 200, .content_type = mt_sv(JSON), .body = mt_sv("{}")};
    struct mt_sync_page taken;
    mt_sync_answer(l.sync, MT_LANE_PULL, &page);
    assert_true(mt_sync_page(l.sync, &taken));
    mt_sync_page_done(l.sync, MT_OK, NULL, "c", &(struct mt_cache_applied){.changes = 1});
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 2);
    reply(&l, 200, JSON, answer_text(&l, 0, 2, MT_APPLIED, 2, "e1"));
    assert_int_equal(bench_sum(l.b).attention, 0);
    assert_int_equal(bench_sum(l.b).unsent, 0);
    end(&l);
}

/* A restored service refuses again what a person has settled: the screen does not come with it again. */
static void test_settled_is_quiet(void **state) {
    struct line l;
    struct mt_sync_refused r;
    begin(&l, *state, 0);
    greet(&l);
    sell(&l, 1);
    assert_true(push(&l));
    reply(&l, 200, JSON, answer_text(&l, 0, 1, MT_REFUSED, 1, "e1"));
    assert_true(mt_sync_refused(l.sync, &r));
    assert_int_equal(mt_register_settle(l.b->reg, 1, "staff-1", NULL), MT_OK);
    mt_sync_enrolled(l.sync);
    assert_true(push(&l));
    reply(&l, 200, JSON, answer_text(&l, 0, 0, MT_APPLIED, 0, "e2"));
    pass_time(&l, 1001);
    assert_true(push(&l));
    assert_int_equal(l.pushed.count, 1);
    assert_true(l.pushed.ops[0].has_prior);
    reply(&l, 200, JSON, answer_text(&l, 0, 1, MT_REFUSED, 1, "e2"));
    assert_int_equal(bench_sum(l.b).attention, 0);
    assert_int_equal(bench_sum(l.b).unsent, 0);
    assert_false(mt_sync_refused(l.sync, &r));
    end(&l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_greets_then_sends),
        BENCH_TEST(test_not_an_answer),
        BENCH_TEST(test_service_time),
        BENCH_TEST(test_wrong_ids),
        BENCH_TEST(test_late_and_twice),
        BENCH_TEST(test_refused_goes_on),
        BENCH_TEST(test_halves_then_void),
        BENCH_TEST(test_envelope_refused),
        BENCH_TEST(test_gap),
        BENCH_TEST(test_restored),
        BENCH_TEST(test_settled_is_quiet),
        BENCH_TEST(test_quarantine_is_asked_for),
        BENCH_TEST(test_greets_again),
        BENCH_TEST(test_void_refused),
        BENCH_TEST(test_reuse_freezes),
        BENCH_TEST(test_clone_freezes),
        BENCH_TEST(test_ahead_freezes),
        BENCH_TEST(test_gap_ahead_freezes),
        BENCH_TEST(test_paused),
        BENCH_TEST(test_back_off),
        BENCH_TEST(test_pull),
        BENCH_TEST(test_pull_refused),
        BENCH_TEST(test_lanes_help_each_other),
        cmocka_unit_test(test_enrol_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
