/* Two tills and a client of the API do to a handful of orders whatever comes to hand: sell, pay, cancel, refund, return, receive,
 * count, recall, settle, wait until they expire. Whatever it is, it is answered in words, never with a fault of the service, and
 * after every step the proof finds nothing. A failing walk names its seed. */
#include "shop.h"

#define ASPIRIN "6900000000025"
#define STEPS 120

struct walk {
    struct shop *s;
    struct till tills[3]; /* the last is a client's */
    const char *drug;
    uint64_t random;
    bool opened; /* the client is one of the API: its orders expire */
    int made, payments, things;
};

static int any(struct walk *w, int n) {
    w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((w->random >> 33) % (uint64_t)n);
}

static const char *code_of(int order) {
    static const char *const codes[] = {"A03", "B01", "W01"};
    return codes[order % 3];
}

static const char *lot_of(struct walk *w) {
    static const char *const lots[] = {"L1", "L2", "L3", "L1 returned", "L2 returned", "returned"};
    return lots[any(w, 6)];
}

static const char *about(struct walk *w, const char *more) {
    const int last = w->made < 4 ? w->made : 4, n = last == 0 ? 1 : w->made - any(w, last);
    return shop_about(w->s, code_of(n), n, more);
}

static const char *pay(struct walk *w, int amount) {
    return shop_fmt(w->s, ",\"payment_id\":\"%s\",\"method\":\"cash\",\"amount\":%d", shop_payment_id(w->s, ++w->payments), amount);
}

static struct mt_push_result create(struct walk *w) {
    const int n = w->made > 0 && any(w, 12) == 0 ? w->made : ++w->made, packs = 1 + any(w, 4);
    const bool paid = any(w, 2) == 0, client = n % 3 == 2;
    const char *pack = any(w, 3) == 0 ? shop_fmt(w->s, ",\"packs\":[{\"lot_no\":\"%s\"}]", lot_of(w)) : "";
    const char *item = shop_fmt(w->s, "{\"drug_id\":\"%s\",\"quantity\":%d,\"price\":900%s}", w->drug, packs, pack);
    const char *more = paid && !client ? shop_cash(w->s, ++w->payments, packs * 900) : "";
    return shop_send(w->s, &w->tills[w->opened && n % 3 == 2 ? 0 : n % 3], "order.create", paid && !client,
                     shop_create(w->s, code_of(n), n, item, more));
}

static struct mt_push_result money(struct walk *w, struct till *t, int what) {
    const char *id = shop_payment_id(w->s, w->payments < 3 ? 1 : w->payments - any(w, 3));
    const char *amount = shop_fmt(w->s,
                                  ",\"payment_id\":\"%s\",\"amount\":%d,\"reason\":\"x\",\"refund_id\":"
                                  "\"01940000-0000-7000-8003-%012x\",\"lines\":[{\"line\":1,\"quantity\":1}]",
                                  id, 900 * (1 + any(w, 3)), (unsigned)++w->things);
    if (what == 0)
        return shop_send(w->s, t, "payment.record", true, about(w, pay(w, 900 * (1 + any(w, 4)))));
    return what == 1 ? shop_send(w->s, t, "refund.record", true, about(w, amount))
                     : shop_send(w->s, t, "refund.start", false, about(w, amount));
}

static struct mt_push_result goods_back(struct walk *w, struct till *t) {
    const char *lot = any(w, 2) == 0 ? shop_fmt(w->s, ",\"lot_no\":\"%s\"", lot_of(w)) : "";
    const char *line = shop_fmt(w->s, "{\"line\":1,\"quantity\":%d,\"to\":\"%s\"%s}", 1 + any(w, 3),
                                any(w, 2) == 0 ? "resale" : "quarantine", lot);
    return shop_send(w->s, t, "return.record", true,
                     about(w, shop_fmt(w->s, ",\"return_id\":\"01940000-0000-7000-8004-%012x\",\"reason\":\"x\",\"lines\":[%s]",
                                       (unsigned)++w->things, line)));
}

static struct mt_push_result stock(struct walk *w, struct till *t) {
    static const char *const kinds[] = {"receive", "adjust", "count"}, *const names[] = {"quantity", "change", "counted"};
    static const char *const behind[] = {",\"reference\":\"DN-1\"", ",\"reason\":\"x\"", ""};
    const int k = any(w, 3), packs = k == 0   ? 1 + any(w, 3)
                                     : k == 1 ? (any(w, 2) == 0 ? -1 - any(w, 3) : 1 + any(w, 2))
                                              : any(w, 6);
    return shop_send(w->s, t, shop_fmt(w->s, "stock.%s", kinds[k]), true,
                     shop_fmt(w->s, "\"lines\":[{\"drug_id\":\"%s\",\"lot_no\":\"%s\",\"%s\":%d}]%s", w->drug, lot_of(w), names[k],
                              packs, behind[k]));
}

static struct mt_push_result lot(struct walk *w, struct till *t) {
    const int k = any(w, 8);
    return shop_send(w->s, t, k == 0 ? "lot.recall" : "lot.quarantine", false,
                     shop_fmt(w->s, "\"drug_id\":\"%s\",\"lot_no\":\"%s\",\"reason\":\"x\"%s", w->drug, lot_of(w),
                              k == 0  ? ""
                              : k < 5 ? ",\"release\":true"
                                      : ",\"release\":false"));
}

static struct mt_push_result settle(struct walk *w, struct till *t) {
    static const char *const actions[] = {"settled", "apply", "drop"};
    struct mt_stmt *q = NULL;
    const char *id = "01940000-0000-7000-8009-000000000001";
    assert_int_equal(
        mt_db_stmt(w->s->look, "SELECT exception_id FROM mt_exception WHERE state = 'open' ORDER BY exception_id", &q, NULL),
        MT_OK);
    for (int i = any(w, 4); i >= 0 && mt_stmt_step(q, NULL) == MT_STEP_ROW; i--)
        id = mt_col_text(q, 0, &w->s->arena);
    mt_stmt_done(q);
    return shop_send(w->s, t, "exception.resolve", false,
                     shop_fmt(w->s, "\"exception_id\":\"%s\",\"action\":\"%s\",\"note\":\"x\"", id, actions[any(w, 3)]));
}

static struct mt_push_result step(struct walk *w) {
    static const char *const to[] = {"preparing", "shipped", "completed"};
    struct till *t = &w->tills[any(w, 2)];
    const char *move;
    switch (any(w, 12)) {
    case 0:
    case 1:
        return create(w);
    case 2:
    case 3:
        return money(w, t, 0);
    case 4:
        return money(w, t, 1 + any(w, 2));
    case 5:
        return shop_send(w->s, t, "order.cancel", any(w, 30) == 0, about(w, ",\"reason\":\"x\""));
    case 6:
        move = to[any(w, 3)];
        return shop_send(w->s, t, "order.advance", move[0] != 'p', about(w, shop_fmt(w->s, ",\"to\":\"%s\"", move)));
    case 7:
        return goods_back(w, t);
    case 8:
    case 9:
        return stock(w, t);
    case 10:
        return lot(w, t);
    default:
        return settle(w, t);
    }
}

static void expire(struct walk *w) {
    size_t expired = 0;
    struct mt_err err = {.rc = MT_OK};
    if (mt_service_expire(w->s->session, MT_UNPAID_MINUTES, &expired, &err) != MT_OK)
        fail_msg("%s", mt_err_text(&err));
}

static void wander(struct shop *s, uint64_t seed) {
    struct walk w = {.s = s, .random = seed, .drug = shop_drug(s, ASPIRIN, "Aspirin", "100 mg × 30", 900, MT_RX_NONE)};
    shop_goods(s, ASPIRIN, "L1", "2028-01-31", 6);
    shop_goods(s, ASPIRIN, "L2", "2028-03-31", 6);
    for (int i = 0; i < 3; i++)
        w.tills[i] = shop_till(s, code_of(i));
    s->acts = shop_staff(s, "Manager", MT_ROLE_MANAGER);
    for (int i = 0; i < STEPS; i++) {
        if (i == STEPS * 2 / 3) {
            shop_exec(s,
                      "INSERT INTO mt_client(client_id, role) SELECT register_id, 'manager' FROM mt_register WHERE code = 'W01'");
            w.opened = true;
        }
        if (w.opened && any(&w, 20) == 0) {
            s->now += 20 * INT64_C(60000);
            expire(&w);
        }
        const struct mt_push_result r = step(&w);
        if (r.outcome != MT_APPLIED && shop_code(r) == MT_P_INTERNAL)
            fail_msg("seed %llu, step %d: %s", (unsigned long long)seed, i, shop_detail(s, r));
        if (shop_violations(s) != 0)
            fail_msg("seed %llu, step %d: the proof finds something", (unsigned long long)seed, i);
    }
}

#define WALK(seed)                                                                                                                 \
    static void walk_##seed(void **state) {                                                                                        \
        wander(*state, seed);                                                                                                      \
    }
WALK(107)
WALK(108)
WALK(109) WALK(110)

    int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {SHOP_TEST(walk_107), SHOP_TEST(walk_108), SHOP_TEST(walk_109), SHOP_TEST(walk_110)};
    return mt_engine_run(argc, argv, tests);
}
