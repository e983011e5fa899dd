#include "rig.h"

#include <stdlib.h>

const char *const rig_codes[DRUGS] = {"6901234567892", "4006381333931", "5901234123457",
                                      "9780201379624", "0012345678905", "2000000000008"};

struct mt_found rig_drug(int which) {
    static const struct {
        const char *id, *name, *spec;
        int64_t price, free;
        enum mt_rx rx;
        bool priced, sellable;
    } table[DRUGS] = {
        [AMOX] = {"d-amox", "Amoxicillin caps", "0.25 g × 24", 1280, 40, MT_RX_NONE, true, true},
        [IBU] = {"d-ibu", "Ibuprofen SR caps", "0.3 g × 20", 1850, 40, MT_RX_NONE, true, true},
        [METF] = {"d-metf", "Metformin tabs", "0.5 g × 48", 2100, 112, MT_RX_REQUIRED, true, true},
        [MORPHINE] = {"d-morph", "Morphine tabs", "10 mg × 10", 3300, 5, MT_RX_CONTROLLED, true, true},
        [UNPRICED] = {"d-unp", "Novelty syrup", "100 ml", 0, 3, MT_RX_NONE, false, false},
        [WITHDRAWN] = {"d-wit", "Oldtime drops", "10 ml", 990, 3, MT_RX_NONE, true, false},
    };
    struct mt_found f = {.free = table[which].free, .first_expiry = mt_date_from_civil(2027, 3, 31)};
    f.drug = (struct mt_drug){.code = rig_codes[which],
                              .name = table[which].name,
                              .spec = table[which].spec,
                              .form = "",
                              .maker = "Maker",
                              .generic = "",
                              .pinyin = "",
                              .shelf = "A-1",
                              .has_price = table[which].priced,
                              .sellable = table[which].sellable,
                              .rx = table[which].rx,
                              .vat_bp = 1300,
                              .version = 1};
    assert_int_equal(mt_money_from_minor(table[which].price, &f.drug.price), MT_OK);
    assert_int_equal(mt_id_parse(mt_sv(table[which].id), &f.drug.drug_id), MT_OK);
    return f;
}

void rig_send(struct rig *r, struct mt_msg msg) {
    msg.now = r->now + r->mono;
    msg.mono = r->mono;
    mt_till_update(r->t, &msg, &r->fx);
}

void rig_start(struct rig *r, bool enrolled, const struct mt_cart_line *cart, size_t count) {
    rig_send(r, (struct mt_msg){.kind = MT_MSG_START,
                                .start = {.enrolled = enrolled,
                                          .store_name = "Riverside",
                                          .register_code = "A03",
                                          .currency = "CNY",
                                          .next_order_seq = 417,
                                          .cart = cart,
                                          .cart_count = count}});
}

void rig_sign_in(struct rig *r, enum mt_role role) {
    struct mt_staff staff = {.name = "Chen Mei", .role = role, .verifier = "", .active = true, .version = 1};
    assert_int_equal(mt_id_parse(mt_sv("s-1"), &staff.staff_id), MT_OK);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PIN, .rc = MT_OK, .staff = &staff, .tries_left = MT_PIN_TRIES});
}

static struct rig *make(void) {
    struct rig *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->t = mt_till_new();
    assert_non_null(r->t);
    r->mono = 1000;
    r->now = INT64_C(1795415520000); /* 2026-11-23 */
    return r;
}

int rig_open(void **state) {
    struct rig *r = make();
    rig_start(r, true, NULL, 0);
    rig_link(r, MT_LINK_ONLINE);
    rig_sign_in(r, MT_ROLE_PHARMACIST);
    *state = r;
    return 0;
}

int rig_open_fresh(void **state) {
    struct rig *r = make();
    rig_start(r, false, NULL, 0);
    *state = r;
    return 0;
}

int rig_close(void **state) {
    struct rig *r = *state;
    mt_till_free(r->t);
    free(r);
    return 0;
}

void rig_act(struct rig *r, enum mt_action a) {
    r->mono += 1000;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = a});
}

static void type(struct rig *r, const char *text, int64_t gap) {
    struct mt_sv rest = mt_sv(text);
    while (rest.n > 0) {
        struct mt_sv one = {rest.p, 1};
        while (one.n < rest.n && ((unsigned char)one.p[one.n] & 0xC0u) == 0x80u)
            one.n++;
        rest = mt_sv_n(rest.p + one.n, rest.n - one.n);
        r->mono += gap;
        rig_send(r, (struct mt_msg){.kind = MT_MSG_TEXT, .text = one});
    }
}

void rig_type(struct rig *r, const char *text) {
    type(r, text, 150);
}

void rig_burst(struct rig *r, const char *text) {
    r->mono += 500;
    type(r, text, 2);
}

void rig_paste(struct rig *r, const char *text) {
    r->mono += 500;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_PASTE, .text = mt_sv(text)});
}

void rig_link(struct rig *r, enum mt_link link) {
    struct mt_link_state state = {.link = link, .why = "", .last_contact = r->now, .service_time = r->now};
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LINK, .link = &state});
}

void rig_answer_lookup(struct rig *r, int which) {
    const struct mt_effect *e = rig_effect(r, MT_EFFECT_LOOKUP);
    assert_non_null(e);
    struct mt_found f = rig_drug(which < 0 ? 0 : which);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_LOOKED_UP,
                                .generation = e->generation,
                                .scan = e->scan,
                                .found = which < 0 ? NULL : &f,
                                .found_count = which < 0 ? 0 : 1});
}

void rig_found(struct rig *r, uint64_t generation, const int *which, size_t count) {
    struct mt_found found[DRUGS];
    for (size_t i = 0; i < count; i++)
        found[i] = rig_drug(which[i]);
    rig_send(r, (struct mt_msg){.kind = MT_MSG_FOUND, .generation = generation, .found = found, .found_count = count});
}

void rig_scan(struct rig *r, int which) {
    rig_burst(r, rig_codes[which]);
    r->mono += 2;
    rig_send(r, (struct mt_msg){.kind = MT_MSG_ACTION, .action = MT_ACT_ENTER});
    rig_answer_lookup(r, which);
}

void rig_committed(struct rig *r, enum mt_rc rc, const char *order_no) {
    rig_send(r, (struct mt_msg){.kind = MT_MSG_COMMITTED, .rc = rc, .op_kind = r->t->commit.kind, .order_no = order_no});
}

const struct mt_effect *rig_effect(const struct rig *r, enum mt_effect_kind kind) {
    const struct mt_effect *found = NULL;
    for (size_t i = 0; i < r->fx.count; i++)
        if (r->fx.at[i].kind == kind) {
            assert_null(found);
            found = &r->fx.at[i];
        }
    return found;
}

bool rig_says(const struct rig *r, enum mt_notice_kind kind, const char *part) {
    return r->t->notice.kind == kind && strstr(r->t->notice.text, part) != NULL;
}
