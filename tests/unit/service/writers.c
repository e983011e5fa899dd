/* Several writers on one PostgreSQL: what they may do side by side, and that no reader of the feed misses what they did. The
 * service's own functions are used below its batches, so that a transaction can be held open at the place that matters. */
#include "shop.h"

#include "core.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASPIRIN "6900000000025"

static struct mt_session *second_session(struct shop *s) {
    struct mt_session *x = NULL;
    struct mt_err err = {.rc = MT_OK};
    if (mt_session_open(s->service, true, &x, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return x;
}

static struct mt_id another_store(struct shop *s, const char *name) {
    struct mt_id id;
    struct mt_err err = {.rc = MT_OK};
    if (mt_admin_store_add(s->session, name, "CNY", &id, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    return id;
}

/* ---- a reader of the feed ---- */

struct reader {
    struct shop *s;
    const char *store;
    int64_t seq; /* as a cursor */
    bool seen[1000];
    int64_t count;
};

/* What is new behind the cursor, noted by the number each entity carries. */
static void poll_feed(struct reader *r) {
    struct mt_repo_change *page = NULL;
    struct mt_err err = {.rc = MT_OK};
    struct mt_arena arena;
    size_t n = 0;
    mt_arena_init(&arena, 16u << 20);
    if (mt_repo_changes(r->s->look, r->store, r->seq, 1000, &arena, &page, &n, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
    for (size_t i = 0; i < n; i++) {
        int64_t number = 0;
        assert_true(page[i].seq > r->seq);
        r->seq = page[i].seq;
        if (mt_sv_int(mt_sv(page[i].change.id), &number) != MT_OK)
            continue; /* of the shop itself */
        assert_true(number >= 0 && number < 1000 && !r->seen[number]);
        r->seen[number] = true;
        r->count++;
    }
    mt_arena_fini(&arena);
}

static void change(struct mt_session *x, const char *scope, int64_t number) {
    char id[24];
    struct mt_err err = {.rc = MT_OK};
    assert_true(snprintf(id, sizeof id, "%lld", (long long)number) > 0);
    if (trail_change(x, scope, MT_ENTITY_EXCEPTION, id, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

static void begin_store(struct mt_session *x, const char *store) {
    struct mt_err err = {.rc = MT_OK};
    if (service_begin_for(x, &store, 1, MT_HERE, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

struct committing {
    struct mt_session *x;
    enum mt_rc rc;
};

static void *commit_it(void *arg) {
    struct committing *c = arg;
    c->rc = service_commit(c->x, NULL);
    return NULL;
}

/* So many sessions wait for a lock, as the server sees it. */
static void await_waiting(struct shop *s, int64_t sessions) {
    int64_t waiting = 0, looks = 0;
    for (; waiting < sessions && looks < 100000; looks++)
        waiting =
            shop_int(s, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
    assert_int_equal(waiting, sessions);
}

/* A has its place and has not committed; B, which began before A, wants to commit. It can not get ahead: were B's later place seen
 * first, a reader behind it would never come back for A's. */
static void test_places_are_committed_in_order(void **state) {
    struct shop *s = *state;
    struct mt_session *a = s->session, *b = second_session(s);
    const struct mt_id other = another_store(s, "Hillside");
    struct reader r = {.s = s, .store = s->store.s};
    poll_feed(&r);
    begin_store(b, other.s);
    change(b, "", 2);
    begin_store(a, s->store.s);
    int64_t last = 0;
    assert_int_equal(mt_db_order(a->db, NULL), MT_OK);
    assert_int_equal(mt_repo_change_last(a->db, &last, NULL), MT_OK);
    assert_int_equal(mt_repo_change_put(a->db, "", MT_ENTITY_EXCEPTION, "1", last + 1, NULL), MT_OK);
    struct committing c = {.x = b};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, commit_it, &c), 0);
    await_waiting(s, 1);
    poll_feed(&r);
    assert_int_equal(r.count, 0);
    assert_int_equal(service_commit(a, NULL), MT_OK);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(c.rc, MT_OK);
    poll_feed(&r);
    assert_int_equal(r.count, 2);
    mt_session_close(b);
}

#define ROUNDS 120

struct writing {
    struct mt_session *x;
    const char *store;
    int64_t first;
    enum mt_rc rc;
};

static void *write_rounds(void *arg) {
    struct writing *w = arg;
    for (int64_t i = 0; w->rc == MT_OK && i < ROUNDS; i++) {
        char id[24];
        (void)snprintf(id, sizeof id, "%lld", (long long)(w->first + i));
        w->rc = service_begin_for(w->x, &w->store, 1, MT_HERE, NULL);
        if (w->rc == MT_OK)
            w->rc = trail_change(w->x, "", MT_ENTITY_EXCEPTION, id, NULL);
        if (w->rc == MT_OK)
            w->rc = service_commit(w->x, NULL);
    }
    return NULL;
}

/* The same without holding anything: three writers as fast as they can, a reader that polls as fast as it can. */
static void test_no_change_is_skipped(void **state) {
    struct shop *s = *state;
    const struct mt_id stores[] = {s->store, another_store(s, "Hillside"), another_store(s, "Lakeside")};
    struct writing w[3];
    pthread_t threads[3];
    struct reader *reader = calloc(1, sizeof *reader);
    assert_non_null(reader);
    *reader = (struct reader){.s = s, .store = s->store.s};
    for (int i = 0; i < 3; i++) {
        w[i] = (struct writing){.x = second_session(s), .store = stores[i].s, .first = i * ROUNDS};
        assert_int_equal(pthread_create(&threads[i], NULL, write_rounds, &w[i]), 0);
    }
    for (int64_t polls = 0; reader->count < 3 * ROUNDS && polls < 100000; polls++)
        poll_feed(reader);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(w[i].rc, MT_OK);
        mt_session_close(w[i].x);
    }
    poll_feed(reader);
    assert_int_equal(reader->count, 3 * ROUNDS);
    free(reader);
}

/* ---- batches ---- */

struct sending {
    pthread_t thread;
    struct mt_session *x;
    struct mt_arena arena;
    struct mt_write write;
    enum mt_rc rc;
};

static void *apply_it(void *arg) {
    struct sending *p = arg;
    struct mt_write *list[] = {&p->write};
    bool moved = false;
    p->rc = mt_service_apply(p->x, list, 1, &moved, NULL);
    return NULL;
}

static void send(struct sending *p, struct mt_session *x, const struct till *t, const char *json) {
    struct mt_problem problem;
    *p = (struct sending){.x = x};
    mt_arena_init(&p->arena, 1u << 20);
    p->write = (struct mt_write){.kind = MT_WRITE_PUSH, .caller = t->caller, .arena = &p->arena};
    if (mt_push_parse(mt_sv(json), &p->arena, &p->write.request.push, &problem) != MT_OK)
        fail_msg("%s", problem.detail);
    assert_int_equal(pthread_create(&p->thread, NULL, apply_it, p), 0);
}

static void end(struct sending *p) {
    assert_int_equal(pthread_join(p->thread, NULL), 0);
    assert_int_equal(p->rc, MT_OK);
}

static const char *push_of(struct shop *s, const struct till *t, const char *code, const char *drug) {
    return shop_fmt(s,
                    "{\"instance_id\":\"%s\",\"sent_at\":\"2027-01-15T10:00:00.000Z\",\"acked\":null,\"operations\":[{"
                    "\"op_id\":\"01940000-0000-7000-8000-00000000abcd\",\"register_seq\":1,\"kind\":\"order.create\","
                    "\"staff_id\":\"%s\",\"at\":\"2027-01-15T10:00:00.000Z\",\"fact\":false,\"body\":{%s}}]}",
                    t->instance, s->acts.s, shop_create(s, code, 1, shop_item(s, drug, 1, 900), ""));
}

/* Two stores send operations of one op_id at once. The second meets the first in an index, before either can see the other: that is
 * no fault of ours to be set aside, but a reuse, and the second try says so. */
static void test_meeting_another_writer(void **state) {
    struct shop *s = *state;
    const struct mt_id first = s->store, other = another_store(s, "Hillside"), third = another_store(s, "Lakeside");
    const char *drug = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
    struct till a = shop_till(s, "A03");
    s->store = other;
    struct till b = shop_till(s, "B01");
    shop_goods(s, ASPIRIN, "L1", "2028-01-31", 10); /* so that it is applied, and has to be told */
    const struct mt_id far_clerk = shop_staff(s, "Bo", MT_ROLE_COUNTER);
    s->store = first;
    struct mt_session *xa = second_session(s), *xb = second_session(s);
    struct sending pa, pb;
    begin_store(s->session, third.s);
    assert_int_equal(mt_db_order(s->session->db, NULL), MT_OK);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation"), 0);
    s->acts = far_clerk;
    send(&pb, xb, &b, push_of(s, &b, "B01", drug));
    s->acts = s->clerk;
    int64_t last = 0;
    assert_int_equal(mt_repo_change_last(s->session->db, &last, NULL), MT_OK); /* the lock is there from here on */
    await_waiting(s, 1);
    send(&pa, xa, &a, push_of(s, &a, "A03", drug));
    await_waiting(s, 2);
    service_rollback(s->session);
    end(&pb);
    end(&pa);
    assert_int_equal(pb.write.problem.code, MT_P_NONE);
    assert_int_equal(pa.write.problem.code, MT_P_IDEMPOTENCY_KEY_REUSED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation"), 1);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_operation WHERE outcome = 'quarantined'"), 0);
    mt_arena_fini(&pa.arena);
    mt_arena_fini(&pb.arena);
    mt_session_close(xa);
    mt_session_close(xb);
}

/* One caller's write breaks the transaction of the whole batch, outside of any savepoint: the others are stored all the same. */
static void test_one_poisons_the_batch(void **state) {
    struct shop *s = *state;
    const char *drug = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
    shop_goods(s, ASPIRIN, "L1", "2028-01-31", 10);
    struct till good = shop_till(s, "A03"), bad = shop_till(s, "A04");
    struct mt_write writes[2], *list[] = {&writes[0], &writes[1]};
    const struct till *const tills[] = {&bad, &good};
    struct mt_problem problem;
    bool moved = false;
    memcpy(bad.caller.id.s, "\xff", 2); /* no text the database takes */
    for (int i = 0; i < 2; i++) {
        writes[i] = (struct mt_write){.kind = MT_WRITE_PUSH, .caller = tills[i]->caller, .arena = &s->arena};
        const char *json = push_of(s, tills[i], i == 0 ? "A04" : "A03", drug);
        assert_int_equal(mt_push_parse(mt_sv(json), &s->arena, &writes[i].request.push, &problem), MT_OK);
    }
    assert_int_equal(mt_service_apply(s->session, list, 2, &moved, NULL), MT_OK);
    assert_true(moved);
    assert_int_equal(writes[0].problem.code, MT_P_INTERNAL);
    assert_int_equal(writes[1].problem.code, MT_P_NONE);
    assert_int_equal(writes[1].answer.push.results[0].outcome, MT_APPLIED);
    assert_int_equal(shop_int(s, "SELECT count(*) FROM mt_order"), 1);
}

/* What touches every store is not done beside other writers. */
static void test_what_needs_the_whole(void **state) {
    struct shop *s = *state;
    struct mt_session *x = second_session(s);
    struct mt_err err = {.rc = MT_OK};
    begin_store(x, s->store.s);
    assert_int_equal(service_alone(x, &err), MT_BUSY);
    assert_true(x->wants_whole);
    service_rollback(x);
    assert_int_equal(service_begin(x, MT_HERE, &err), MT_OK);
    assert_int_equal(service_alone(x, &err), MT_OK);
    service_rollback(x);
    assert_int_equal(trail_change(x, "", MT_ENTITY_DRUG, "d", &err), MT_BUG); /* it would be lost */
    mt_session_close(x);
}

/* What a savepoint that was undone had added is not written; an entity that changed twice has one place. */
static void test_collected(void **state) {
    struct shop *s = *state;
    struct mt_session *x = s->session;
    struct reader r = {.s = s, .store = s->store.s};
    poll_feed(&r);
    const int64_t before = r.seq;
    begin_store(x, s->store.s);
    change(x, "", 1);
    assert_int_equal(service_savepoint(x, NULL), MT_OK);
    change(x, "", 2);
    assert_int_equal(service_rollback_to(x, NULL), MT_OK);
    assert_int_equal(service_savepoint(x, NULL), MT_OK);
    change(x, "", 3);
    change(x, "", 1);
    assert_int_equal(service_release(x, NULL), MT_OK);
    assert_int_equal(service_commit(x, NULL), MT_OK);
    poll_feed(&r);
    assert_int_equal(r.count, 2);
    assert_true(r.seen[1] && r.seen[3]);
    assert_int_equal(r.seq, before + 2);
}

int main(int argc, char **argv) {
    char *const words[] = {argv[0], "postgres", NULL};
    (void)argc;
    const struct CMUnitTest tests[] = {
        SHOP_TEST(test_places_are_committed_in_order), SHOP_TEST(test_no_change_is_skipped), SHOP_TEST(test_meeting_another_writer),
        SHOP_TEST(test_one_poisons_the_batch),         SHOP_TEST(test_what_needs_the_whole), SHOP_TEST(test_collected),
    };
    return mt_engine_run(2, (char **)(uintptr_t)words, tests);
}
