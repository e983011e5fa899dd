/* What tills send again after the service was put back. Each story is lived once, by tills that take turns; then a service that
 * knows only its beginning hears the rest lane by lane, in every order in which the lanes can come, and must end where the first
 * one did, with the same outcome for each operation. */
#include "shop.h"

#include <stdio.h>
#include <string.h>

#define ASPIRIN "6900000000025"
#define MANAGER "01940000-0000-7000-8000-0000000000aa" /* who did it all */
#define PACKER "01940000-0000-7000-8000-0000000000ab"  /* but for what one did who may not sell */
#define LANES 3
#define STEPS 8

struct step {
    int lane; /* 0: end of the story */
    const char *kind;
    bool fact;
    int order;
    const char
        *more; /* of the body; an order.create: "paid", "cheaper" than the catalogue has it, "packer's", "packer's, paid", or "" */
    bool before; /* the backup has it */
};

struct life {
    struct shop *shop;
    struct till till[LANES];
    const char *op[STEPS];
    struct mt_push_result answer[STEPS];
    char epoch[MT_ID_TEXT];
};

static void begin(struct life *l, void **state) {
    *l = (struct life){.shop = *state};
    struct shop *s = l->shop;
    (void)shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE);
    shop_goods(s, ASPIRIN, "S1", "2028-01-31", 100);
    shop_exec(s, shop_fmt(s,
                          "INSERT INTO mt_staff(staff_id, store_id, name, role, verifier, active, version, created_at)"
                          " VALUES ('" MANAGER "', '%s', 'Chen', 'manager', 'v', 1, 1, 1),"
                          " ('" PACKER "', '%s', 'Wu', 'fulfilment', 'v', 1, 1, 1)",
                          s->store.s, s->store.s));
    static const char *const codes[LANES] = {"A01", "A02", "A03"};
    for (int i = 0; i < LANES; i++)
        l->till[i] = shop_till(s, codes[i]);
}

/* Orders are the first lane's. Each operation has a time of its own. */
static const char *make(struct life *l, const struct step *st) {
    struct shop *s = l->shop;
    s->now += 1000;
    struct mt_id drug;
    assert_int_equal(mt_id_parse(strstr(st->more, "packer") != NULL ? MT_SV(PACKER) : MT_SV(MANAGER), &s->acts), MT_OK);
    assert_int_equal(mt_id_from_cause(mt_sv("drug:" ASPIRIN), &drug), MT_OK);
    const char *body = strcmp(st->kind, "order.create") == 0
                           ? shop_create(s, "A01", st->order, shop_item(s, drug.s, 1, strcmp(st->more, "cheaper") == 0 ? 800 : 900),
                                         strstr(st->more, "paid") != NULL ? shop_cash(s, st->order, 900) : "")
                           : shop_about(s, "A01", st->order, st->more);
    return shop_op(s, &l->till[st->lane - 1], st->kind, st->fact, body);
}

static struct mt_push_result send(struct life *l, int lane, const char *op) {
    struct answer a = shop_push(l->shop, &l->till[lane - 1], op);
    if (a.code != MT_P_NONE)
        fail_msg("%s", mt_problem_code_name(a.code));
    memcpy(l->epoch, a.epoch, sizeof l->epoch);
    return a.results[0];
}

static size_t length(const struct step *story) {
    size_t n = 0;
    while (n < STEPS && story[n].lane != 0)
        n++;
    return n;
}

static void live(struct life *l, const struct step *story, bool all) {
    for (size_t i = 0; i < length(story); i++) {
        l->op[i] = make(l, &story[i]);
        if (all || story[i].before)
            l->answer[i] = send(l, story[i].lane, l->op[i]);
    }
}

static const char *with_prior(struct life *again, const struct life *first, size_t i) {
    const struct mt_push_result *r = &first->answer[i];
    return shop_fmt(again->shop,
                    "%.*s,\"prior\":{\"epoch\":\"01940000-0000-7000-8000-0000000000e0\",\"outcome\":\"%s\",\"result\":%.*s}}",
                    (int)strlen(again->op[i]) - 1, again->op[i], mt_outcome_name(r->outcome),
                    r->result.n > 0 ? (int)r->result.n : 4, r->result.n > 0 ? r->result.p : "null");
}

/* One line an order: where it ended, and what a person must see to. */
static const char *ending(struct shop *s) {
    const char *text = "";
    for (int n = 1; n <= 3; n++) {
        const char *id = shop_order_id(s, n);
        text = shop_fmt(
            s, "%s%d: %lld %lld %lld, %lld; ", text, n,
            (long long)shop_int(s, shop_fmt(s, "SELECT coalesce(max(paid_amount), -1) FROM mt_order WHERE order_id = '%s'", id)),
            (long long)shop_int(s,
                                shop_fmt(s, "SELECT coalesce(max(refunded_amount), -1) FROM mt_order WHERE order_id = '%s'", id)),
            (long long)shop_int(s, shop_fmt(s,
                                            "SELECT coalesce(max(CASE status WHEN 'pending_payment' THEN 0 WHEN 'paid' THEN 1 WHEN"
                                            " 'preparing' THEN 2 WHEN 'shipped' THEN 3 WHEN 'completed' THEN 4 ELSE 5 END), -1)"
                                            " FROM mt_order WHERE order_id = '%s'",
                                            id)),
            (long long)shop_int(s, shop_fmt(s, "SELECT count(*) FROM mt_exception WHERE order_id = '%s' AND state = 'open'", id)));
    }
    return shop_fmt(s, "%swaiting %lld, stock %lld", text,
                    (long long)shop_int(s, "SELECT count(*) FROM mt_operation WHERE outcome = 'quarantined'"),
                    (long long)shop_int(s, "SELECT sum(on_hand) FROM mt_lot"));
}

struct merge {
    const struct step *story;
    const struct life *first;
    const char *end;
    size_t order[STEPS], count; /* the steps as they come again */
    int tried;
};

static void replay(const struct merge *m, void **engine) {
    void *state = *engine;
    struct life again;
    assert_int_equal(shop_setup(&state), 0);
    begin(&again, &state);
    live(&again, m->story, false);
    for (size_t i = 0; i < m->count; i++)
        (void)send(&again, m->story[m->order[i]].lane, with_prior(&again, m->first, m->order[i]));
    char told[128] = "";
    for (size_t i = 0; i < m->count; i++)
        (void)snprintf(told + strlen(told), sizeof told - strlen(told), " %zu", m->order[i]);
    for (size_t i = 0; i < length(m->story); i++) {
        struct mt_push_result r = send(&again, m->story[i].lane, again.op[i]);
        if (r.outcome != m->first->answer[i].outcome)
            fail_msg("in the order%s, step %zu (%s) is %s, was %s: %.*s", told, i, m->story[i].kind, mt_outcome_name(r.outcome),
                     mt_outcome_name(m->first->answer[i].outcome), (int)r.problem.n, r.problem.p);
    }
    const char *end = ending(again.shop);
    if (strcmp(end, m->end) != 0)
        fail_msg("in the order%s it ends \"%s\", and ended \"%s\"", told, end, m->end);
    assert_int_equal(shop_teardown(&state), 0);
}

/* Every merge of the lanes, each in its own order. */
static void merge(struct merge *m, size_t next[LANES], void **engine) {
    const size_t n = length(m->story);
    bool done = true;
    for (int lane = 1; lane <= LANES; lane++) {
        size_t at = next[lane - 1];
        while (at < n && (m->story[at].lane != lane || m->story[at].before))
            at++;
        if (at == n)
            continue;
        done = false;
        const size_t was = next[lane - 1];
        next[lane - 1] = at + 1;
        m->order[m->count++] = at;
        merge(m, next, engine);
        m->count--;
        next[lane - 1] = was;
    }
    if (done) {
        m->tried++;
        replay(m, engine);
    }
}

static void tell(void **engine, const struct step *story, const char *end) {
    void *state = *engine;
    struct life first;
    size_t next[LANES] = {0};
    assert_int_equal(shop_setup(&state), 0);
    begin(&first, &state);
    live(&first, story, true);
    struct merge m = {.story = story, .first = &first, .end = ending(first.shop)};
    if (strcmp(m.end, end) != 0)
        fail_msg("the first time it ends \"%s\"", m.end);
    merge(&m, next, engine);
    assert_true(m.tried > 1);
    assert_int_equal(shop_teardown(&state), 0);
}

#define PREPARING ",\"to\":\"preparing\""
#define SHIPPED ",\"to\":\"shipped\""
#define COMPLETED ",\"to\":\"completed\""
#define REASON ",\"reason\":\"changed their mind\""
#define PAYMENT(n, amount) ",\"payment_id\":\"01940000-0000-7000-8003-00000000000" n "\",\"method\":\"cash\",\"amount\":" amount
#define REFUND(n, of, amount)                                                                                                      \
    ",\"refund_id\":\"01940000-0000-7000-8004-00000000000" n "\",\"payment_id\":\"01940000-0000-7000-8002-00000000000" of          \
    "\",\"amount\":" amount ",\"reason\":\"broken\""

#define RETURN(n)                                                                                                                  \
    ",\"return_id\":\"01940000-0000-7000-8005-00000000000" n "\",\"reason\":\"broken\",\"lines\":[{\"line\":1,\"quantity\":1,"     \
    "\"to\":\"quarantine\"}]"

/* Created, paid, claimed and moved on by turns. */
static void test_moved_on_by_turns(void **state) {
    static const struct step story[] = {
        {1, "order.create", false, 1, "", false},         {1, "payment.record", true, 1, PAYMENT("1", "900"), false},
        {2, "order.advance", false, 1, PREPARING, false}, {1, "order.advance", true, 1, SHIPPED, false},
        {2, "order.advance", true, 1, COMPLETED, false},  {0}};
    tell(state, story, "1: 900 0 4, 0; 2: -1 -1 -1, 0; 3: -1 -1 -1, 0; waiting 0, stock 99");
}

/* Cancelled, and paid and handed over by somebody who did not know. */
static void test_cancelled_before(void **state) {
    static const struct step story[] = {{1, "order.create", false, 1, "", true},
                                        {2, "order.cancel", false, 1, REASON, false},
                                        {1, "payment.record", true, 1, PAYMENT("1", "900"), false},
                                        {1, "order.advance", true, 1, COMPLETED, false},
                                        {0}};
    tell(state, story, "1: 900 0 5, 2; 2: -1 -1 -1, 0; 3: -1 -1 -1, 0; waiting 0, stock 100");
}

/* The second claim was refused; it stays refused when it comes first. */
static void test_refused_claim(void **state) {
    static const struct step story[] = {
        {1, "order.create", true, 1, "paid", true},       {1, "order.advance", false, 1, PREPARING, false},
        {2, "order.advance", false, 1, PREPARING, false}, {2, "order.advance", true, 1, SHIPPED, false},
        {1, "order.advance", true, 1, COMPLETED, false},  {0}};
    tell(state, story, "1: 900 0 4, 0; 2: -1 -1 -1, 0; 3: -1 -1 -1, 0; waiting 0, stock 99");
}

/* Handed over twice: whoever comes first, a person hears of it once. */
static void test_dispensed_twice(void **state) {
    static const struct step story[] = {{1, "order.create", true, 1, "paid", true},
                                        {2, "order.advance", true, 1, SHIPPED, false},
                                        {3, "order.advance", true, 1, SHIPPED, false},
                                        {2, "order.advance", true, 1, COMPLETED, false},
                                        {0}};
    tell(state, story, "1: 900 0 4, 1; 2: -1 -1 -1, 0; 3: -1 -1 -1, 0; waiting 0, stock 99");
}

/* Paid in parts by two, brought to its end by a third. */
static void test_paid_in_parts(void **state) {
    static const struct step story[] = {{1, "order.create", false, 1, "", false},
                                        {1, "payment.record", true, 1, PAYMENT("1", "400"), false},
                                        {2, "payment.record", true, 1, PAYMENT("2", "500"), false},
                                        {3, "order.advance", true, 1, COMPLETED, false},
                                        {0}};
    tell(state, story, "1: 900 0 4, 0; 2: -1 -1 -1, 0; 3: -1 -1 -1, 0; waiting 0, stock 99");
}

/* The cancelling of a paid order gave its money back; no more goes back the second time, and none less. */
static void test_cancelled_with_money(void **state) {
    static const struct step story[] = {{1, "order.create", true, 1, "paid", false},
                                        {2, "order.cancel", false, 1, REASON, false},
                                        {3, "order.advance", true, 1, SHIPPED, false},
                                        {0}};
    tell(state, story, "1: 900 900 5, 1; 2: -1 -1 -1, 0; 3: -1 -1 -1, 0; waiting 0, stock 100");
}

/* Somebody who did not know took money for it afterwards: that one is still in the drawer, whoever comes first. */
static void test_cancelled_and_paid_again(void **state) {
    static const struct step story[] = {{1, "order.create", true, 1, "paid", false},
                                        {2, "order.cancel", false, 1, REASON, false},
                                        {3, "payment.record", true, 1, PAYMENT("1", "900"), false},
                                        {0}};
    tell(state, story, "1: 1800 900 5, 1; 2: -1 -1 -1, 0; 3: -1 -1 -1, 0; waiting 0, stock 100");
}

/* The same, and it was cancelled again behind that, which changed nothing: the money stays in the drawer. */
static void test_cancelled_twice(void **state) {
    static const struct step story[] = {
        {1, "order.create", false, 1, "", false},     {2, "payment.record", true, 1, PAYMENT("1", "900"), false},
        {1, "order.cancel", false, 1, REASON, false}, {1, "payment.record", true, 1, PAYMENT("2", "900"), false},
        {2, "order.cancel", false, 1, REASON, false}, {0}};
    tell(state, story, "1: 1800 900 5, 1; 2: -1 -1 -1, 0; 3: -1 -1 -1, 0; waiting 0, stock 100");
}

/* The later money does not pass for the earlier one that the cancellation waits for. */
static void test_waits_for_its_own_money(void **state) {
    static const struct step story[] = {{1, "order.create", false, 1, "", true},
                                        {2, "payment.record", true, 1, PAYMENT("1", "900"), false},
                                        {3, "order.cancel", false, 1, REASON, false},
                                        {3, "payment.record", true, 1, PAYMENT("2", "900"), false},
                                        {0}};
    tell(state, story, "1: 1800 900 5, 1; 2: -1 -1 -1, 0; 3: -1 -1 -1, 0; waiting 0, stock 100");
}

/* A till that was away cancels, by what the service knows, an order whose money nobody has brought again yet: it is in the drawer.
 */
static void test_cancelled_before_its_money_came_again(void **engine) {
    static const struct step story[] = {
        {1, "order.create", false, 1, "", true}, {2, "payment.record", true, 1, PAYMENT("1", "900"), false}, {0}};
    static const struct step cancel = {3, "order.cancel", false, 1, REASON, false};
    void *state = *engine;
    struct life first, again;
    assert_int_equal(shop_setup(&state), 0);
    begin(&first, &state);
    live(&first, story, true);
    void *later = *engine;
    assert_int_equal(shop_setup(&later), 0);
    begin(&again, &later);
    live(&again, story, false);
    assert_outcome(send(&again, 3, make(&again, &cancel)), MT_APPLIED);
    assert_outcome(send(&again, 2, with_prior(&again, &first, 1)), MT_APPLIED);
    assert_string_equal(ending(again.shop), "1: 900 0 5, 1; 2: -1 -1 -1, 0; 3: -1 -1 -1, 0; waiting 0, stock 100");
    assert_int_equal(shop_violations(again.shop), 0);
    assert_int_equal(shop_teardown(&later), 0);
    assert_int_equal(shop_teardown(&state), 0);
}

static void test_refunded_then_cancelled(void **state) {
    static const struct step story[] = {{1, "order.create", true, 1, "paid", false},
                                        {2, "refund.record", true, 1, REFUND("1", "1", "900"), false},
                                        {3, "order.cancel", false, 1, REASON, false},
                                        {0}};
    tell(state, story, "1: 900 900 5, 0; 2: -1 -1 -1, 0; 3: -1 -1 -1, 0; waiting 0, stock 100");
}

/* Said to be ready while it was not paid: it stays where it was, with the exception. */
static void test_held_up(void **state) {
    static const struct step story[] = {{1, "order.create", false, 1, "", true},
                                        {2, "order.advance", true, 1, SHIPPED, false},
                                        {1, "payment.record", true, 1, PAYMENT("1", "900"), false},
                                        {0}};
    tell(state, story, "1: 900 0 1, 1; 2: -1 -1 -1, 0; 3: -1 -1 -1, 0; waiting 0, stock 99");
}

/* Two took the money, and two cancelled the next one: told once, done once. */
static void test_twice(void **state) {
    static const struct step story[] = {{1, "order.create", false, 1, "", true},
                                        {1, "order.create", false, 2, "", false},
                                        {1, "payment.record", true, 1, PAYMENT("1", "900"), false},
                                        {2, "payment.record", true, 1, PAYMENT("2", "900"), false},
                                        {2, "order.cancel", false, 2, REASON, false},
                                        {3, "order.cancel", false, 2, REASON, false},
                                        {0}};
    tell(state, story, "1: 1800 0 1, 1; 2: 0 0 5, 0; 3: -1 -1 -1, 0; waiting 0, stock 99");
}

/* Brought back by turns, while it is moved on. */
static void test_returned(void **state) {
    static const struct step story[] = {{1, "order.create", true, 1, "paid", false},
                                        {2, "order.advance", true, 1, SHIPPED, false},
                                        {3, "return.record", true, 1, RETURN("1"), false},
                                        {2, "order.advance", true, 1, COMPLETED, false},
                                        {0}};
    tell(state, story, "1: 900 0 4, 0; 2: -1 -1 -1, 0; 3: -1 -1 -1, 0; waiting 0, stock 100");
}

/* A refused order that its own money revived. */
static void test_revived(void **state) {
    static const struct step story[] = {{1, "order.create", true, 2, "paid", true},
                                        {1, "order.cancel", false, 3, REASON, false},
                                        {2, "order.advance", false, 2, PREPARING, false},
                                        {1, "order.create", false, 1, "cheaper", false},
                                        {2, "payment.record", true, 1, PAYMENT("1", "800"), false},
                                        {0}};
    tell(state, story, "1: 800 0 1, 1; 2: 900 0 2, 0; 3: -1 -1 -1, 0; waiting 0, stock 98");
}

/* Sold by somebody who may not: told, and refused but paid for. A person hears of both again. */
static void test_sold_by_a_packer(void **state) {
    static const struct step story[] = {{1, "order.create", true, 1, "packer's, paid", false},
                                        {1, "order.create", false, 2, "packer's", false},
                                        {2, "payment.record", true, 2, PAYMENT("2", "900"), false},
                                        {1, "order.create", true, 3, "paid", false},
                                        {0}};
    tell(state, story, "1: 900 0 1, 1; 2: 900 0 1, 1; 3: 900 0 1, 0; waiting 0, stock 97");
}

int main(int argc, char **argv) {
#define STORY(f) cmocka_unit_test(f)
    const struct CMUnitTest tests[] = {
        STORY(test_moved_on_by_turns),
        STORY(test_cancelled_before),
        STORY(test_refused_claim),
        STORY(test_dispensed_twice),
        STORY(test_paid_in_parts),
        STORY(test_cancelled_with_money),
        STORY(test_cancelled_and_paid_again),
        STORY(test_cancelled_twice),
        STORY(test_waits_for_its_own_money),
        STORY(test_cancelled_before_its_money_came_again),
        STORY(test_refunded_then_cancelled),
        STORY(test_held_up),
        STORY(test_revived),
        STORY(test_sold_by_a_packer),
        STORY(test_twice),
        STORY(test_returned),
    };
    return mt_engine_run(argc, argv, tests);
}
