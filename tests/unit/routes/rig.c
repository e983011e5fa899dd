#include "rig.h"

#include "run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA = 64 << 20 };

static void enrol(struct rig *r, const struct mt_id *store, const char *code, const char *instance, char token[MT_TOKEN_TEXT]) {
    struct mt_id register_id;
    char enrolment[15], body[256];
    assert_int_equal(mt_admin_register_add(r->write, store, code, &register_id, enrolment, NULL), MT_OK);
    assert_true(snprintf(body, sizeof body, "{\"code\":\"%s\",\"instance_id\":\"%s\"}", enrolment, instance) < (int)sizeof body);
    struct mt_response a = rig_send(r, "POST", "/v1/enrolments", NULL, body);
    assert_int_equal(a.status, 201);
    assert_string_equal(a.location, "/v1/register");
    char *given = rig_text(mt_buf_text(&a.body), "token");
    assert_int_equal(strlen(given), MT_TOKEN_TEXT - 1);
    memcpy(token, given, MT_TOKEN_TEXT);
    free(given);
    mt_response_fini(&a);
}

static void stock_up(struct rig *r) {
    struct mt_drug d = {.code = RIG_CODE,
                        .name = "Amoxicillin caps",
                        .spec = "0.25 g × 24",
                        .form = "",
                        .maker = "",
                        .generic = "",
                        .pinyin = "",
                        .shelf = "",
                        .has_price = true,
                        .sellable = true,
                        .rx = MT_RX_NONE};
    bool changed = false;
    int64_t on_hand = 0;
    struct mt_date expires = mt_date_from_civil(2099, 3, 31);
    assert_int_equal(mt_money_from_minor(1280, &d.price), MT_OK);
    assert_int_equal(mt_admin_import_begin(r->write, NULL), MT_OK);
    assert_int_equal(mt_admin_import_drug(r->write, &d, &changed, NULL), MT_OK);
    assert_true(changed);
    assert_int_equal(mt_admin_import_end(r->write, true, NULL), MT_OK);
    assert_int_equal(mt_admin_stock_receive(r->write, &r->store, mt_sv(RIG_CODE), "L1", expires, 100000, &on_hand, NULL), MT_OK);
    assert_int_equal(on_hand, 100000);
}

/* The drug's id, as the changes feed tells it. */
static void find_drug(struct rig *r) {
    struct mt_response a = rig_send(r, "GET", "/v1/changes?limit=1000", r->token, NULL);
    assert_int_equal(a.status, 200);
    char *id = rig_text(mt_buf_text(&a.body), "drug_id");
    assert_int_equal(mt_id_parse(mt_sv(id), &r->drug), MT_OK);
    free(id);
    mt_response_fini(&a);
}

void rig_open(struct rig *r) {
    rig_open_at(r, NULL);
}

void rig_open_at(struct rig *r, const char *db_url) {
    *r = (struct rig){0};
    char client_code[MT_REGISTER_CODE_TEXT];
    struct mt_id spare;
    struct mt_err err = {0};
    assert_int_equal(mt_crypto_init(), MT_OK);
    mt_temp_dir(&r->dir);
    assert_true(snprintf(r->db_url, sizeof r->db_url, "%s%s%s", db_url ? db_url : "sqlite://", db_url ? "" : r->dir,
                         db_url ? "" : "/m.db") < (int)sizeof r->db_url);
    assert_true(snprintf(r->key_path, sizeof r->key_path, "%s/m.db.key", r->dir) < (int)sizeof r->key_path);
    assert_non_null(r->metrics = mt_metrics_new());
    struct mt_service_options o = {.db_url = r->db_url,
                                   .key_path = r->key_path,
                                   .clock = mt_clock_system(),
                                   .random = mt_random_system(),
                                   .metrics = r->metrics};
    if (mt_service_open(&o, &r->service, &err) != MT_OK)
        fail_msg("%s", err.text);
    assert_int_equal(mt_session_open(r->service, true, &r->write, &err), MT_OK);
    assert_int_equal(mt_session_open(r->service, false, &r->read, &err), MT_OK);
    mt_arena_init(&r->arena, ARENA);
    assert_int_equal(mt_admin_store_add(r->write, "Riverside", "CNY", &r->store, NULL), MT_OK);
    assert_int_equal(mt_admin_store_add(r->write, "Hillside", "CNY", &r->other_store, NULL), MT_OK);
    assert_int_equal(mt_admin_staff_add(r->write, &r->store, "Clerk", MT_ROLE_COUNTER, "verifier", &r->clerk, NULL), MT_OK);
    enrol(r, &r->store, "A03", RIG_INSTANCE, r->token);
    enrol(r, &r->other_store, "B01", RIG_INSTANCE, r->other_token);
    assert_int_equal(mt_admin_client_add(r->write, &r->store, MT_ROLE_MANAGER, r->client, client_code, &r->client_id, NULL), MT_OK);
    assert_int_equal(mt_admin_register_add(r->write, &r->store, "A04", &spare, r->spare_code, NULL), MT_OK);
    stock_up(r);
    find_drug(r);
}

void rig_close(struct rig *r) {
    mt_arena_fini(&r->arena);
    mt_session_close(r->read);
    mt_session_close(r->write);
    mt_service_close(r->service);
    mt_metrics_free(r->metrics);
    mt_temp_dir_remove(r->dir);
}

struct mt_response rig_ask(struct rig *r, const struct mt_request *q, enum mt_route_next *next) {
    struct mt_response a;
    struct mt_write *write = NULL;
    int64_t wait_ms = 0;
    bool moved;
    mt_arena_reset(&r->arena);
    mt_response_init(&a);
    enum mt_route_next n = mt_route_begin(r->read, q, "made-here", &r->arena, &a, &write, &wait_ms);
    if (n == MT_ROUTE_WRITE) {
        assert_non_null(write);
        assert_int_equal(mt_service_apply(r->write, &write, 1, &moved, NULL), MT_OK);
        mt_route_finish(write, &a);
    }
    if (n == MT_ROUTE_WAIT)
        assert_true(wait_ms > 0);
    if (next)
        *next = n;
    return a;
}

struct mt_response rig_send(struct rig *r, const char *method, const char *target, const char *token, const char *body) {
    char bearer[96] = "";
    struct mt_sv rest = mt_sv(target);
    struct mt_sv path = mt_sv_cut(&rest, '?');
    if (token)
        assert_true(snprintf(bearer, sizeof bearer, "Bearer %s", token) < (int)sizeof bearer);
    struct mt_request q = {
        .method = mt_sv(method), .path = path, .query = rest, .authorization = mt_sv(bearer), .body = mt_sv(body)};
    if (body)
        q.content_type = MT_SV("application/json");
    return rig_ask(r, &q, NULL);
}

char *rig_sale(const struct rig *r, const char *register_code, int64_t seq, int64_t quantity) {
    char now[MT_TIME_TEXT];
    struct mt_clock clock = mt_clock_system();
    struct mt_buf b;
    mt_time_format(clock.wall(clock.ctx), now);
    int who = register_code[0]; /* keeps the ids of two registers apart */
    mt_buf_init(&b, 8192);
    mt_buf_fmt(&b, "{\"instance_id\":\"" RIG_INSTANCE "\",\"sent_at\":\"%s\",\"acked\":null,\"operations\":[", now);
    mt_buf_fmt(&b, "{\"op_id\":\"01930000-0000-7000-8%03x-%012" PRIx64 "\",\"register_seq\":%" PRId64 ",\"kind\":\"order.create\",",
               who, (uint64_t)seq, seq);
    mt_buf_fmt(
        &b, "\"staff_id\":\"%s\",\"at\":\"%s\",\"fact\":true,\"body\":{\"order_id\":\"01930000-0000-7000-9%03x-%012" PRIx64 "\",",
        r->clerk.s, now, who, (uint64_t)seq);
    mt_buf_fmt(&b,
               "\"order_no\":\"%s-%06" PRId64 "\",\"fulfilment\":\"pickup\",\"items\":[{\"drug_id\":\"%s\",\"quantity\":%" PRId64
               ",\"price\":1280}],",
               register_code, seq, r->drug.s, quantity);
    mt_buf_fmt(&b,
               "\"payments\":[{\"payment_id\":\"01930000-0000-7000-a%03x-%012" PRIx64 "\",\"method\":\"cash\",\"amount\":%" PRId64
               "}]}}]}",
               who, (uint64_t)seq, 1280 * quantity);
    assert_int_equal(mt_buf_rc(&b), MT_OK);
    return b.p;
}

char *rig_text(const char *json, const char *key) {
    char wanted[80];
    assert_true(snprintf(wanted, sizeof wanted, "\"%s\":\"", key) < (int)sizeof wanted);
    const char *at = strstr(json, wanted);
    if (!at)
        fail_msg("no \"%s\" in %s", key, json);
    at += strlen(wanted);
    size_t n = strcspn(at, "\"");
    char *text = malloc(n + 1);
    assert_non_null(text);
    memcpy(text, at, n);
    text[n] = '\0';
    return text;
}
