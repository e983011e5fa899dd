/* The images that every seed starts from: made once with the production's own administration and enrolment, then copied. */
#include "sim.h"

#include <medterm/domain/scan.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t packs_at_start[SIM_DRUGS] = {3, 40, 60, 60, 25, 80}; /* the first is the one everybody wants */

static bool goods(struct sim_world *w, struct mt_err *err) {
    struct mt_session *x = w->service.write;
    enum mt_rc rc = mt_admin_import_begin(x, err);
    for (int i = 0; rc == MT_OK && i < SIM_DRUGS; i++) {
        char code[32], digits[48], name[32];
        (void)snprintf(code, sizeof code, "69012345%04d", i);
        for (int check = 0; check < 10; check++) {
            (void)snprintf(digits, sizeof digits, "%s%d", code, check);
            if (mt_gtin_check(mt_sv(digits)) && mt_sv_copy(mt_sv(digits), w->code[i], sizeof w->code[i]) == MT_OK)
                break;
        }
        (void)snprintf(name, sizeof name, "Drug %d", i);
        struct mt_drug d = {.code = digits,
                            .name = name,
                            .spec = "1 × 1",
                            .form = "",
                            .maker = "",
                            .generic = "",
                            .pinyin = "",
                            .shelf = "",
                            .has_price = true,
                            .sellable = true,
                            .rx = MT_RX_NONE,
                            .vat_bp = 1300};
        bool changed = false;
        rc = mt_money_from_minor(100 + 10 * i, &d.price);
        if (rc == MT_OK)
            rc = mt_admin_import_drug(x, &d, &changed, err);
        int64_t on_hand = 0, half = packs_at_start[i] / 2;
        struct mt_date soon = mt_date_from_civil(2027, 3, 31), late = mt_date_from_civil(2027, 9, 30);
        if (rc == MT_OK && half)
            rc = mt_admin_stock_receive(x, &w->store_id, mt_sv(digits), "L1", soon, half, &on_hand, err);
        if (rc == MT_OK)
            rc = mt_admin_stock_receive(x, &w->store_id, mt_sv(digits), "L2", late, packs_at_start[i] - half, &on_hand, err);
    }
    enum mt_rc end = mt_admin_import_end(x, rc == MT_OK, err);
    return rc == MT_OK && end == MT_OK;
}

/* One write through the routes, answered at once. */
static bool post(struct sim_world *w, const char *path, struct mt_sv body, struct mt_response *r) {
    struct mt_arena arena;
    mt_arena_init(&arena, 1u << 20);
    struct mt_request q = {.method = MT_SV("POST"), .path = mt_sv(path), .content_type = MT_SV("application/json"), .body = body};
    struct mt_write *write = NULL;
    int64_t wait = 0;
    struct mt_err err = {0};
    bool moved = false;
    bool good = mt_route_begin(w->service.read, &q, "base", &arena, r, &write, &wait) == MT_ROUTE_WRITE &&
                mt_service_apply(w->service.write, &write, 1, &moved, &err) == MT_OK;
    if (good)
        mt_route_finish(write, r);
    mt_arena_fini(&arena);
    return good;
}

static bool enrol(struct sim_world *w, struct sim_till *t, struct mt_err *err) {
    char code[32], secret[15];
    (void)snprintf(code, sizeof code, "A%02d", t->index + 1);
    struct mt_id register_id;
    if (mt_admin_register_add(w->service.write, &w->store_id, code, &register_id, secret, err) != MT_OK || !sim_till_up(w, t))
        return false;
    struct mt_buf body;
    mt_buf_init(&body, 4096);
    mt_enrol_request(secret, "sim-machine", "till", &body);
    struct mt_response r;
    mt_response_init(&r);
    bool good = post(w, MT_ENROL_PATH, mt_buf_view(&body), &r);
    struct mt_reply reply = {
        .transport = MT_OK, .status = r.status, .content_type = mt_sv(r.content_type), .body = mt_buf_view(&r.body)};
    struct mt_register_info info;
    good = good && mt_enrol_answer(&reply, &info, err) == MT_OK && mt_register_enrol(t->reg, "sim://service", &info, err) == MT_OK;
    mt_response_fini(&r);
    mt_buf_fini(&body);
    sim_till_down(w, t);
    return good;
}

/* The ids come from the feed itself, as a till learns them. */
static bool learn_drugs(struct sim_world *w, struct mt_err *err) {
    struct mt_caller caller = {.kind = MT_CALLER_REGISTER, .store_id = w->store_id};
    struct mt_buf page;
    struct mt_problem problem;
    struct mt_arena arena;
    struct mt_changes_page changes = {0};
    bool empty = false;
    mt_problem_init(&problem);
    mt_buf_init(&page, 8u << 20);
    mt_arena_init(&arena, 16u << 20);
    int found = 0;
    if (mt_query_changes(w->service.read, &caller, MT_SV(""), 1000, &page, &empty, &problem) == MT_OK &&
        mt_changes_parse(mt_buf_view(&page), &arena, &changes, err) == MT_OK)
        for (size_t i = 0; i < changes.count; i++) {
            int n;
            if (changes.changes[i].entity != MT_ENTITY_DRUG || sscanf(changes.changes[i].data.drug.name, "Drug %d", &n) != 1)
                continue;
            w->drug_id[n] = changes.changes[i].data.drug.drug_id;
            found++;
        }
    mt_arena_fini(&arena);
    mt_buf_fini(&page);
    return found == SIM_DRUGS;
}

bool sim_base_make(struct sim_world *w, struct mt_err *err) {
    w->service.random = sim_rng(0, 4);
    w->service.apply_at = SIM_NEVER;
    for (int i = 0; i < SIM_TILLS - 1; i++) {
        struct sim_till *t = &w->till[i];
        *t = (struct sim_till){.world = w, .index = i, .exists = true, .random = sim_rng(0, 10 + (uint64_t)i)};
        (void)snprintf(t->node, sizeof t->node, "t%d", i);
        (void)snprintf(t->dir, sizeof t->dir, "/t%d", i);
    }
    if (!sim_service_up(w))
        return false;
    bool good =
        mt_admin_store_add(w->service.write, "Riverside", "CNY", &w->store_id, err) == MT_OK && goods(w, err) &&
        mt_admin_staff_add(w->service.write, &w->store_id, "Chen Mei", MT_ROLE_PHARMACIST, "none", &w->staff_id, err) == MT_OK &&
        enrol(w, &w->till[0], err) && enrol(w, &w->till[1], err) && learn_drugs(w, err);
    sim_service_down(w);
    return good && sim_disk_clone(w->disk, "svc", "bsvc") && sim_disk_clone(w->disk, "t0", "bt0") &&
           sim_disk_clone(w->disk, "t1", "bt1");
}

bool sim_base_use(struct sim_world *w) {
    return sim_disk_clone(w->disk, "bsvc", "svc") && sim_disk_clone(w->disk, "bt0", "t0") && sim_disk_clone(w->disk, "bt1", "t1") &&
           sim_disk_clone(w->disk, "nothing", "t2");
}
