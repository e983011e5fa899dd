/* The queue of webhooks: what gets in, in which order it goes out, and what failures, crashes and several workers do to it. The way
 * out is a list the test reads. */
#include "engine.h"
#include "world.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define URL "https://shop.example/hooks"
#define OTHER_URL "https://other.example/hooks"

enum { POSTS_MAX = 600 };

static struct {
    struct world w;
    struct {
        char id[160], url[64], body[600], signature[MT_NOTIFY_SIGNATURE_TEXT];
        int64_t timestamp;
    } posts[POSTS_MAX];
    size_t count;
    int answer;        /* status of all, or of those that the two below name; 0: no answer */
    const char *bad;   /* those to this address; NULL: all */
    const char *about; /* those about this order; NULL: all */
    bool stopping;
    int64_t slow; /* milliseconds a post takes */
    pthread_mutex_t lock;
} t;

static enum mt_rc post(void *ctx, const struct mt_notify_post *p, int *status) {
    (void)ctx;
    if (t.stopping)
        return MT_BUSY;
    assert_int_equal(pthread_mutex_lock(&t.lock), 0);
    assert_true(t.count < POSTS_MAX);
    assert_true(snprintf(t.posts[t.count].id, sizeof t.posts[0].id, "%s", p->delivery_id) < (int)sizeof t.posts[0].id);
    assert_true(snprintf(t.posts[t.count].url, sizeof t.posts[0].url, "%s", p->url) < (int)sizeof t.posts[0].url);
    assert_int_equal(mt_sv_copy(p->body, t.posts[t.count].body, sizeof t.posts[0].body), MT_OK);
    memcpy(t.posts[t.count].signature, p->signature, MT_NOTIFY_SIGNATURE_TEXT);
    t.posts[t.count++].timestamp = p->timestamp;
    if (t.slow)
        t.w.now += t.slow;
    const bool meant = (!t.bad || strcmp(t.bad, p->url) == 0) && (!t.about || strstr(t.posts[t.count - 1].body, t.about));
    *status = meant ? t.answer : 204;
    assert_int_equal(pthread_mutex_unlock(&t.lock), 0);
    return *status ? MT_OK : MT_OFFLINE;
}

static int open_world(void **state) {
    struct mt_engine_tests *engine = *state;
    char url[300];
    memset(&t, 0, sizeof t);
    assert_true(!engine->postgres || mt_engine_database(engine, "", "queue", url, sizeof url));
    assert_int_equal(pthread_mutex_init(&t.lock, NULL), 0);
    world_open(&t.w, engine->postgres ? url : NULL);
    t.w.o.line.post = post;
    t.answer = 200;
    *state = &t.w;
    return 0;
}

static int close_world(void **state) {
    world_close(*state);
    return pthread_mutex_destroy(&t.lock);
}

static void all_steps(struct world *w) {
    while (world_step(w))
        continue;
}

static int64_t in_state(struct world *w, const char *name) {
    char sql[100];
    assert_true(snprintf(sql, sizeof sql, "SELECT count(*) FROM mt_delivery WHERE state = '%s'", name) > 0);
    return world_int(w, sql);
}

static void nobody_subscribes(void **state) {
    struct world *w = *state;
    world_sale(w);
    assert_false(world_step(w));
    assert_int_equal(world_int(w, "SELECT count(*) FROM mt_delivery"), 0);
}

static void each_status_is_told_once(void **state) {
    struct world *w = *state;
    char secret[MT_TOKEN_TEXT], expected[600], hex[MT_HASH_TEXT], signed_text[700], signature[MT_NOTIFY_SIGNATURE_TEXT];
    struct mt_id elsewhere;
    struct mt_id id = world_subscribe(w, URL, secret);
    assert_int_equal(mt_admin_subscription_add(w->rig.write, &w->rig.other_store, OTHER_URL, &elsewhere, signature, NULL), MT_OK);
    world_sale(w);
    all_steps(w);
    assert_int_equal(t.count, 2);
    static const char *const froms[] = {"null", "\"pending_payment\""}, *const tos[] = {"pending_payment", "paid"};
    for (size_t i = 0; i < 2; i++) {
        const char *at = strstr(t.posts[i].body, "\"at\":");
        const char *order = strstr(t.posts[i].body, "\"order_id\":\"");
        assert_true(at && order);
        assert_true(snprintf(expected, sizeof expected,
                             "{\"event\":\"order.status\",\"store_id\":\"%s\",\"order_no\":\"A03-000001\",\"order_id\":\"%.36s\","
                             "\"from\":%s,\"to\":\"%s\",\"version\":%zu,%s",
                             w->rig.store.s, order + 12, froms[i], tos[i], i + 1, at) > 0);
        assert_string_equal(t.posts[i].body, expected);
        assert_int_equal(strncmp(t.posts[i].id, id.s, strlen(id.s)), 0);
        assert_string_equal(t.posts[i].url, URL);
        assert_int_equal(t.posts[i].timestamp, w->now / 1000);
        assert_true(snprintf(signed_text, sizeof signed_text, "%" PRId64 ".%s", t.posts[i].timestamp, t.posts[i].body) > 0);
        mt_hmac_hex(mt_sv(secret), mt_sv(signed_text), hex);
        assert_true(snprintf(signature, sizeof signature, "v1=%s", hex) > 0);
        assert_string_equal(t.posts[i].signature, signature);
    }
    assert_string_not_equal(t.posts[0].id, t.posts[1].id);
    w->now += 10 * DAY;
    all_steps(w);
    assert_int_equal(t.count, 2);
    assert_int_equal(in_state(w, "delivered"), 2);
    assert_int_equal(mt_metric_read(w->rig.metrics, MT_METRIC_DELIVERIES, MT_DELIVERY_DONE, 0), 2);
}

/* Two failures, and the answer: the pauses grow, the order's second version waits for the first, and each is delivered once. */
static void it_is_tried_again(void **state) {
    struct world *w = *state;
    world_subscribe(w, URL, NULL);
    world_sale(w);
    t.answer = 500;
    const mt_time begun = w->now;
    all_steps(w);
    assert_int_equal(t.count, 1);
    static const int64_t least[] = {5 * SECOND, 10 * SECOND};
    for (size_t i = 0; i < 2; i++) {
        const mt_time next = world_int(w, "SELECT min(next_at) FROM mt_delivery");
        assert_true(next - w->now >= least[i] && next - w->now <= least[i] + least[i] / 4);
        w->now = next - 1;
        assert_false(world_step(w));
        w->now = next;
        t.answer = i == 0 ? 0 : 200; /* no answer at all, then one */
        all_steps(w);
    }
    assert_true(w->now - begun >= 15 * SECOND);
    assert_int_equal(t.count, 4);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(t.posts[i].id, t.posts[0].id);
        assert_string_equal(t.posts[i].body, t.posts[0].body);
        assert_true(i == 0 || strcmp(t.posts[i].signature, t.posts[i - 1].signature) != 0); /* the time is signed, too */
    }
    assert_non_null(strstr(t.posts[3].body, "\"version\":2"));
    assert_int_equal(in_state(w, "delivered"), 2);
    assert_int_equal(world_int(w, "SELECT max(attempts) FROM mt_delivery"), 3);
    assert_int_equal(mt_metric_read(w->rig.metrics, MT_METRIC_DELIVERIES, MT_DELIVERY_FAILED, 0), 2);
}

static void only_2xx_is_delivered(void **state) {
    struct world *w = *state;
    static const int answers[] = {100, 199, 300, 302, 304, 400, 404, 410, 429, 500};
    world_subscribe(w, URL, NULL);
    world_sale(w);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        t.answer = answers[i];
        all_steps(w);
        assert_int_equal(t.count, i + 1);
        assert_int_equal(in_state(w, "delivered"), 0);
        w->now += 3600 * SECOND;
    }
    t.answer = 299;
    all_steps(w);
    assert_int_equal(in_state(w, "delivered"), 2);
}

static void pauses_have_an_end(void **state) {
    struct world *w = *state;
    world_subscribe(w, URL, NULL);
    world_sale(w);
    t.answer = 500;
    const mt_time begun = w->now;
    mt_time pause = 0;
    for (int i = 0; i < 12; i++) {
        all_steps(w);
        pause = world_int(w, "SELECT min(next_at) FROM mt_delivery WHERE state = 'waiting'") - w->now;
        assert_true(pause >= 5 * SECOND && pause <= 3600 * SECOND);
        w->now += pause;
    }
    assert_int_equal(pause, 3600 * SECOND);
    w->now = begun + 3 * DAY; /* the last that counts */
    all_steps(w);
    assert_int_equal(in_state(w, "given_up"), 0);
    w->now = begun + 3 * DAY + 3601 * SECOND;
    all_steps(w);
    assert_int_equal(in_state(w, "waiting"), 0);
    assert_int_equal(in_state(w, "given_up"), 2);
    const size_t tries = t.count;
    w->now += DAY;
    t.answer = 200;
    world_sale(w); /* what comes later is told again */
    all_steps(w);
    assert_int_equal(t.count, tries + 2);
    assert_int_equal(in_state(w, "delivered"), 2);
}

static size_t posts_to(const char *url) {
    size_t n = 0;
    for (size_t i = 0; i < t.count; i++)
        n += strcmp(t.posts[i].url, url) == 0;
    return n;
}

/* A dead subscriber costs one try a pause, and the other hears all of its own. */
static void nobody_waits_for_a_dead_one(void **state) {
    struct world *w = *state;
    world_subscribe(w, URL, NULL);
    world_subscribe(w, OTHER_URL, NULL);
    for (int i = 0; i < 20; i++)
        world_sale(w);
    t.answer = 0;
    t.bad = URL;
    all_steps(w);
    assert_int_equal(posts_to(URL), 1);
    assert_int_equal(in_state(w, "delivered"), 40);
    t.answer = 200;
    w->now += 3600 * SECOND;
    all_steps(w);
    assert_int_equal(in_state(w, "delivered"), 80);
    assert_int_equal(t.count, 81);
}

/* Orders go on while a subscriber is dead: four days, two an hour. Neither they nor what is given up costs it a try of its own. */
static void new_orders_do_not_try_a_dead_one(void **state) {
    struct world *w = *state;
    world_subscribe(w, URL, NULL);
    t.answer = 503;
    for (int i = 0; i < 4 * 24 * 6; i++) {
        if (i % 3 == 0)
            world_sale(w);
        all_steps(w);
        w->now += 600 * SECOND;
    }
    assert_in_range(t.count, 80, 4 * 24 + 12); /* once an hour, and some in the first one */
    assert_in_range(in_state(w, "given_up"), 90, 98);
    const int64_t waiting = in_state(w, "waiting");
    assert_int_equal(waiting, 384 - in_state(w, "given_up"));
    const size_t tries = t.count;
    t.answer = 200;
    w->now += 3600 * SECOND;
    assert_true(world_step(w));
    assert_int_equal(t.count, tries + 1); /* one goes ahead */
    world_sale(w);                        /* and what comes now does not wait */
    all_steps(w);
    assert_int_equal(in_state(w, "waiting"), 0);
    assert_int_equal(t.count, tries + (size_t)waiting + 2);
}

/* A notice that the subscriber does not take, whatever the others: it is tried with pauses of its own, and they go past it. */
static void one_it_never_takes(void **state) {
    struct world *w = *state;
    world_subscribe(w, URL, NULL);
    t.answer = 400;
    t.about = "\"A03-000001\"";
    for (int i = 0; i < 24 * 6; i++) {
        world_sale(w);
        all_steps(w);
        w->now += 600 * SECOND;
    }
    all_steps(w);
    assert_int_equal(in_state(w, "waiting"), 2);
    assert_int_equal(in_state(w, "delivered"), 24 * 6 * 2 - 2);
    assert_in_range(t.count - 24 * 6 * 2 + 2, 24, 40);
}

/* Of several programs one tries; the others serve whoever answers. When it dies, another tries. */
static void one_tries_for_all(void **state) {
    struct world *w = *state;
    struct mt_delivery *list;
    size_t count;
    world_subscribe(w, URL, NULL);
    world_subscribe(w, OTHER_URL, NULL);
    for (int i = 0; i < 20; i++)
        world_sale(w);
    t.answer = 500;
    t.bad = URL;
    all_steps(w);
    assert_int_equal(posts_to(URL), 1);
    for (int lease = 0; lease < 2; lease++) {
        w->now += 180 * SECOND;
        mt_arena_reset(&w->rig.arena);
        assert_int_equal(mt_delivery_claim(w->rig.write, 16, 180 * SECOND, &w->rig.arena, &list, &count, NULL), MT_OK);
        assert_int_equal(count, 1);
        world_sale(w);
        all_steps(w);
        assert_int_equal(posts_to(URL), 1);
        assert_int_equal(posts_to(OTHER_URL), 42 + 2 * lease);
    }
    t.answer = 200;
    w->now += 180 * SECOND;
    all_steps(w);
    assert_int_equal(in_state(w, "waiting"), 0);
    assert_int_equal(posts_to(URL), 45);
}

/* The program dies after it has taken the rows: before or after they were sent, nobody can know. */
static void a_crash_between(void **state) {
    struct world *w = *state;
    struct mt_delivery *list;
    size_t count;
    world_subscribe(w, URL, NULL);
    world_sale(w);
    mt_arena_reset(&w->rig.arena);
    assert_int_equal(mt_delivery_claim(w->worker, 16, 180 * SECOND, &w->rig.arena, &list, &count, NULL), MT_OK);
    assert_int_equal(count, 1);
    all_steps(w);
    assert_int_equal(t.count, 0); /* it may still be on its way */
    w->now += 180 * SECOND;
    all_steps(w);
    assert_int_equal(t.count, 2);
    assert_int_equal(in_state(w, "delivered"), 2);
    list[0].result = MT_DELIVERED_RETRY; /* the first one comes back late, with bad news */
    list[0].next_at = w->now + DAY;
    assert_int_equal(mt_delivery_settle(w->worker, list, 1, 3 * DAY, NULL), MT_OK);
    assert_int_equal(in_state(w, "delivered"), 2);
    all_steps(w);
    assert_int_equal(t.count, 2);
}

/* Two look at the same row: one of them gets it. Who has outstayed the lease can not take the row from whom it passed to. */
static void a_lease_is_one_ones(void **state) {
    struct world *w = *state;
    struct mt_delivery *late, *list;
    size_t count;
    bool won = false;
    world_subscribe(w, URL, NULL);
    world_sale(w);
    mt_arena_reset(&w->rig.arena);
    assert_int_equal(mt_delivery_claim(w->worker, 16, 180 * SECOND, &w->rig.arena, &late, &count, NULL), MT_OK);
    assert_int_equal(count, 1);
    assert_int_equal(mt_repo_delivery_lease(w->look, late[0].row.delivery_id, w->now, w->now + DAY, &won, NULL), MT_OK);
    assert_false(won);
    w->now += 180 * SECOND;
    assert_int_equal(mt_delivery_claim(w->worker, 16, 180 * SECOND, &w->rig.arena, &list, &count, NULL), MT_OK);
    assert_int_equal(count, 1);
    static const enum mt_delivered results[] = {MT_DELIVERED_RELEASE, MT_DELIVERED_YES, MT_DELIVERED_GIVE_UP, MT_DELIVERED_RETRY};
    for (size_t i = 0; i < 4; i++) {
        late[0].result = results[i];
        late[0].next_at = w->now;
        assert_int_equal(mt_delivery_settle(w->worker, late, 1, 3 * DAY, NULL), MT_OK);
        assert_int_equal(world_int(w, "SELECT max(leased_until) FROM mt_delivery"), w->now + 180 * SECOND);
        assert_int_equal(in_state(w, "waiting"), 2);
    }
    list[0].result = MT_DELIVERED_YES;
    assert_int_equal(mt_delivery_settle(w->worker, list, 1, 3 * DAY, NULL), MT_OK);
    assert_int_equal(in_state(w, "delivered"), 1);
}

/* Names can take longer to look up than a post may. What is not sent before the lease ends might be somebody else's by then. */
static void a_lease_is_not_outstayed(void **state) {
    struct world *w = *state;
    world_subscribe(w, URL, NULL);
    for (int i = 0; i < 10; i++)
        world_sale(w);
    t.slow = 60 * SECOND;
    const mt_time begun = w->now;
    assert_true(world_step(w));
    assert_true(w->now - begun <= 180 * SECOND);
    assert_int_equal(t.count, 3);
    assert_int_equal(in_state(w, "delivered"), 3);
    assert_int_equal(world_int(w, "SELECT sum(leased_until) FROM mt_delivery"), 0); /* the rest is free again at once */
    t.slow = 0;
    all_steps(w);
    assert_int_equal(t.count, 20);
    assert_int_equal(in_state(w, "delivered"), 20);
}

static void a_stop_is_no_try(void **state) {
    struct world *w = *state;
    world_subscribe(w, URL, NULL);
    world_sale(w);
    t.stopping = true;
    assert_false(world_step(w));
    assert_int_equal(world_int(w, "SELECT sum(attempts) + sum(leased_until) FROM mt_delivery"), 0);
    t.stopping = false;
    all_steps(w);
    assert_int_equal(t.count, 2);
}

static void a_removed_one_is_told_no_more(void **state) {
    struct world *w = *state;
    struct mt_id id = world_subscribe(w, URL, NULL);
    world_sale(w);
    assert_int_equal(mt_admin_subscription_remove(w->rig.write, &id, NULL), MT_OK);
    world_sale(w);
    all_steps(w);
    assert_int_equal(t.count, 0);
    assert_int_equal(in_state(w, "given_up"), 2);
    assert_int_equal(mt_admin_subscription_remove(w->rig.write, &id, NULL), MT_NOTFOUND);
}

static size_t listed(struct world *w, const struct mt_id *store, struct mt_repo_subscription_line **list) {
    size_t count = 99;
    mt_arena_reset(&w->rig.arena);
    assert_int_equal(mt_admin_subscription_list(w->rig.read, store, &w->rig.arena, list, &count, NULL), MT_OK);
    return count;
}

static void subscriptions_are_listed(void **state) {
    struct world *w = *state;
    struct mt_repo_subscription_line *list;
    struct mt_id nowhere, first = world_subscribe(w, URL, NULL);
    const mt_time begun = w->now;
    world_sale(w);
    for (int i = 0; i < 6; i++) {
        w->now += SECOND;
        world_subscribe(w, OTHER_URL, NULL);
    }
    world_sale(w);
    assert_int_equal(listed(w, &w->rig.store, &list), 7);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(list[i].created_at, begun + (int64_t)i * SECOND);
        assert_string_equal(list[i].url, i ? OTHER_URL : URL);
        assert_int_equal(list[i].waiting, i ? 2 : 4);
    }
    assert_true(mt_id_eq(&list[0].subscription_id, &first));
    assert_int_equal(listed(w, &w->rig.other_store, &list), 0);
    all_steps(w);
    assert_int_equal(mt_admin_subscription_remove(w->rig.write, &first, NULL), MT_OK);
    assert_int_equal(listed(w, &w->rig.store, &list), 6);
    for (size_t i = 0; i < 6; i++)
        assert_true(!mt_id_eq(&list[i].subscription_id, &first) && list[i].waiting == 0);
    size_t count = 99;
    assert_int_equal(mt_id_parse(MT_SV("01930000-0000-7000-8000-000000000000"), &nowhere), MT_OK);
    assert_int_equal(mt_admin_subscription_list(w->rig.read, &nowhere, &w->rig.arena, &list, &count, NULL), MT_NOTFOUND);
    assert_int_equal(count, 0);
}

static void what_has_ended_is_forgotten(void **state) {
    struct world *w = *state;
    world_subscribe(w, URL, NULL);
    world_subscribe(w, OTHER_URL, NULL);
    t.bad = OTHER_URL;
    t.answer = 500;
    for (int i = 0; i < 3; i++)
        world_sale(w);
    all_steps(w);
    const mt_time delivered = w->now, given_up = w->now + 3 * DAY + 1;
    w->now = given_up;
    all_steps(w);
    assert_int_equal(in_state(w, "delivered"), 6);
    assert_int_equal(in_state(w, "given_up"), 6);
    w->now = delivered + 30 * DAY;
    all_steps(w);
    assert_int_equal(in_state(w, "delivered"), 6);
    w->now++;
    all_steps(w);
    assert_int_equal(in_state(w, "delivered"), 0);
    w->now = given_up + 30 * DAY;
    world_sale(w); /* one gets it, the other will */
    all_steps(w);
    assert_int_equal(in_state(w, "given_up"), 6);
    w->now++;
    all_steps(w);
    assert_int_equal(in_state(w, "given_up"), 0);
    assert_int_equal(in_state(w, "delivered"), 2);
    assert_int_equal(in_state(w, "waiting"), 2);
}

struct racer {
    struct world *w;
    struct mt_session *session;
    struct mt_arena arena;
};

static void *race(void *arg) {
    struct racer *r = arg;
    struct mt_notify_options o = r->w->o;
    struct mt_err err = {0};
    bool worked = true;
    o.session = r->session;
    o.metrics = NULL;
    for (int idle = 0; idle < 3;) { /* another may hold the rest for a moment */
        enum mt_rc rc = mt_notify_step(&o, &worked, &err);
        assert_true(rc == MT_OK || rc == MT_BUSY);
        idle = worked ? 0 : idle + 1;
    }
    return NULL;
}

/* As several programs on one database: each delivery goes out once. */
static void two_workers(void **state) {
    struct world *w = *state;
    struct racer racers[3];
    pthread_t threads[3];
    world_subscribe(w, URL, NULL);
    for (int i = 0; i < 60; i++)
        world_sale(w);
    for (int i = 0; i < 3; i++) {
        racers[i] = (struct racer){.w = w};
        assert_int_equal(mt_session_open(w->service, true, &racers[i].session, NULL), MT_OK);
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        mt_session_close(racers[i].session);
    }
    all_steps(w);
    assert_int_equal(t.count, 120);
    assert_int_equal(in_state(w, "delivered"), 120);
    for (size_t i = 0; i < t.count; i++)
        for (size_t j = i + 1; j < t.count; j++)
            assert_string_not_equal(t.posts[i].id, t.posts[j].id);
}

static void *step_once(void *arg) {
    enum mt_rc *rc = arg;
    bool worked = false;
    *rc = mt_notify_step(&t.w.o, &worked, NULL);
    return NULL;
}

static void touch(struct mt_db *db, const char *which) {
    char sql[160];
    assert_true(snprintf(sql, sizeof sql, "UPDATE mt_delivery SET attempts = attempts WHERE delivery_id = (%s)", which) > 0);
    assert_int_equal(mt_db_exec(db, sql, NULL), MT_OK);
}

/* Another program holds one of the subscriber's rows and wants the one that has failed here: the database ends our transaction, and
 * what came of the post is noted in the next one. */
static void two_meet(void **state) {
    struct world *w = *state;
    pthread_t thread;
    enum mt_rc rc = MT_BUG;
    if (mt_db_engine(w->look) == MT_ENGINE_SQLITE)
        return; /* there writers come one after another */
    world_subscribe(w, URL, NULL);
    for (int i = 0; i < 2; i++)
        world_sale(w);
    t.answer = 500;
    assert_int_equal(mt_db_exec(w->look, "SET deadlock_timeout = '60s'; SET lock_timeout = '60s'", NULL), MT_OK); /* it goes on */
    assert_int_equal(mt_db_begin_for(w->look, (const char *const[]){NULL}, 0, MT_HERE, NULL), MT_OK);
    touch(w->look, "SELECT max(delivery_id) FROM mt_delivery WHERE order_version = 2");
    assert_int_equal(pthread_create(&thread, NULL, step_once, &rc), 0);
    for (int looks = 0; looks < 100000 && world_int(w, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                                       " AND datname = current_database()") == 0;
         looks++)
        continue;
    touch(w->look, "SELECT min(delivery_id) FROM mt_delivery WHERE order_version = 1");
    mt_db_rollback(w->look);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(rc, MT_OK);
    assert_int_equal(t.count, 1);
    assert_int_equal(world_int(w, "SELECT count(*) FROM mt_delivery WHERE attempts = 1 AND leased_until = 0"), 1);
}

static void addresses_to_subscribe(void **state) {
    struct world *w = *state;
    static const char *const good[] = {"https://shop.example/hooks?key=1",
                                       "https://shop.example",
                                       "https://10.0.0.5:8443/x",
                                       "http://127.0.0.1:9000/",
                                       "http://localhost:80",
                                       "http://[::1]:9000/x",
                                       "http://127.8.9.10/",
                                       "https://[2001:db8::1]/"};
    static const char *const bad[] = {"",
                                      "shop.example",
                                      "http://shop.example/",
                                      "http://127.0.0.1.evil.example/",
                                      "http://localhost.evil.example/",
                                      "http://127.0.0.1@evil.example/",
                                      "https://user:pass@shop.example/",
                                      "https://",
                                      "https:///x",
                                      "https://:443/",
                                      "ftp://shop.example/",
                                      "file:///etc/passwd",
                                      "gopher://127.0.0.1/",
                                      "https://shop.example/#x",
                                      "https://shop.example/a b",
                                      "https://shop.example/\n",
                                      "https://shop.example\\@evil.example/",
                                      "http://[::1].evil.example/",
                                      "HTTPS://shop.example/"};
    struct mt_id id;
    char secret[MT_TOKEN_TEXT];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!mt_subscription_url_ok(mt_sv(good[i])))
            fail_msg("%s is refused", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (mt_subscription_url_ok(mt_sv(bad[i])))
            fail_msg("%s is taken", bad[i]);
        assert_int_equal(mt_admin_subscription_add(w->rig.write, &w->rig.store, bad[i], &id, secret, NULL), MT_INVALID);
    }
    assert_int_equal(mt_id_parse(MT_SV("01930000-0000-7000-8000-000000000000"), &id), MT_OK);
    assert_int_equal(mt_admin_subscription_add(w->rig.write, &id, URL, &id, secret, NULL), MT_NOTFOUND);
}

#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(nobody_subscribes),
        QUEUE_TEST(each_status_is_told_once),
        QUEUE_TEST(it_is_tried_again),
        QUEUE_TEST(only_2xx_is_delivered),
        QUEUE_TEST(pauses_have_an_end),
        QUEUE_TEST(nobody_waits_for_a_dead_one),
        QUEUE_TEST(new_orders_do_not_try_a_dead_one),
        QUEUE_TEST(one_it_never_takes),
        QUEUE_TEST(one_tries_for_all),
        QUEUE_TEST(a_crash_between),
        QUEUE_TEST(a_lease_is_one_ones),
        QUEUE_TEST(a_lease_is_not_outstayed),
        QUEUE_TEST(a_stop_is_no_try),
        QUEUE_TEST(a_removed_one_is_told_no_more),
        QUEUE_TEST(subscriptions_are_listed),
        QUEUE_TEST(what_has_ended_is_forgotten),
        QUEUE_TEST(two_workers),
        QUEUE_TEST(two_meet),
        QUEUE_TEST(addresses_to_subscribe),
    };
    return mt_engine_run(argc, argv, tests);
}
