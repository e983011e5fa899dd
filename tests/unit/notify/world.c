#include "world.h"

#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static mt_time wall(void *ctx) {
    return ((struct world *)ctx)->now;
}

static void fill(void *ctx, void *bytes, size_t n) {
    struct world *w = ctx;
    for (size_t i = 0; i < n; i++) {
        w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        ((unsigned char *)bytes)[i] = (unsigned char)(w->random >> 56);
    }
}

void world_open(struct world *w, const char *db_url) {
    struct mt_err err = {0};
    const struct mt_clock system = mt_clock_system();
    *w = (struct world){.now = system.wall(system.ctx)};
    rig_open_at(&w->rig, db_url);
    w->own_service = w->rig.service;
    w->own_write = w->rig.write;
    w->own_read = w->rig.read;
    const struct mt_clock clock = {.ctx = w, .wall = wall, .mono = wall};
    struct mt_service_options o = {
        .db_url = w->rig.db_url, .key_path = w->rig.key_path, .clock = clock, .random = mt_random_system()};
    if (mt_service_open(&o, &w->service, &err) != MT_OK || mt_session_open(w->service, true, &w->rig.write, &err) != MT_OK ||
        mt_session_open(w->service, false, &w->rig.read, &err) != MT_OK ||
        mt_session_open(w->service, true, &w->worker, &err) != MT_OK)
        fail_msg("%s", err.text);
    struct mt_db_options look = {.url = w->rig.db_url, .mode = MT_DB_WRITE, .sync = MT_DB_SYNC_NORMAL, .no_checkpoint = true};
    assert_int_equal(mt_db_open(&look, &w->look, &err), MT_OK);
    w->o = (struct mt_notify_options){
        .session = w->worker, .clock = clock, .random = {.ctx = w, .fill = fill}, .metrics = w->rig.metrics};
}

static void say(void *ctx, const char *line) {
    (void)ctx;
    print_message("violation: %s\n", line);
}

void world_close(struct world *w) {
    int64_t violations = -1;
    assert_int_equal(mt_admin_check(w->rig.read, say, NULL, &violations, NULL), MT_OK);
    assert_int_equal(violations, 0);
    mt_db_close(w->look);
    mt_session_close(w->worker);
    mt_session_close(w->rig.write);
    mt_session_close(w->rig.read);
    mt_service_close(w->service);
    w->rig.service = w->own_service;
    w->rig.write = w->own_write;
    w->rig.read = w->own_read;
    rig_close(&w->rig);
}

void world_sale(struct world *w) {
    char *sale = rig_sale(&w->rig, "A03", ++w->seq, 1);
    struct mt_response a = rig_send(&w->rig, "POST", "/v1/operations", w->rig.token, sale);
    if (a.status != 200 || !strstr(mt_buf_text(&a.body), "\"outcome\":\"applied\""))
        fail_msg("%d %s", a.status, mt_buf_text(&a.body));
    mt_response_fini(&a);
    free(sale);
}

int64_t world_int(struct world *w, const char *sql) {
    struct mt_stmt *s;
    assert_int_equal(mt_db_stmt(w->look, sql, &s, NULL), MT_OK);
    assert_int_equal(mt_stmt_step(s, NULL), MT_STEP_ROW);
    const int64_t n = mt_col_int(s, 0);
    mt_stmt_done(s);
    return n;
}

struct mt_id world_subscribe(struct world *w, const char *url, char secret[MT_TOKEN_TEXT]) {
    struct mt_id id;
    struct mt_err err = {0};
    char made[MT_TOKEN_TEXT];
    if (mt_admin_subscription_add(w->rig.write, &w->rig.store, url, &id, secret ? secret : made, &err) != MT_OK)
        fail_msg("%s", err.text);
    return id;
}

bool world_step(struct world *w) {
    bool worked = false;
    struct mt_err err = {0};
    if (mt_notify_step(&w->o, &worked, &err) != MT_OK)
        fail_msg("%s", err.text);
    return worked;
}
