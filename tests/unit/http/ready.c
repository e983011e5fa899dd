/* GET /readyz: ready means that an order could be stored now. */
#include "client.h"

#include "run.h"

#include <medterm/db/db.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct world {
    struct rig rig; /* its own service is not asked */
    struct mt_service *service;
    struct edge edge;
    enum mt_rc rc; /* what the disk says */
    int64_t room;
};

static enum mt_rc room(void *ctx, const char *path, int64_t *bytes, struct mt_err *err) {
    struct world *w = ctx;
    assert_non_null(strstr(path, "m.db"));
    *bytes = w->room;
    return w->rc == MT_OK ? MT_OK : mt_fail(err, w->rc, "%s", path);
}

static int open_world(void **state) {
    static struct world w;
    struct mt_err err = {0};
    rig_open(&w.rig);
    struct mt_service_options o = {
        .db_url = w.rig.db_url, .clock = mt_clock_system(), .random = mt_random_system(), .disk = {.ctx = &w, .room = room}};
    if (mt_service_open(&o, &w.service, &err) != MT_OK)
        fail_msg("%s", err.text);
    struct mt_service *own = w.rig.service;
    w.rig.service = w.service;
    edge_start(&w.edge, &w.rig, NULL);
    w.rig.service = own;
    *state = &w;
    return 0;
}

static int close_world(void **state) {
    struct world *w = *state;
    edge_stop(&w->edge);
    mt_service_close(w->service);
    rig_close(&w->rig);
    return 0;
}

static void ready(struct world *w) {
    struct answer a = ask(&w->edge, "GET", "/readyz", NULL, NULL, NULL);
    assert_int_equal(a.status, 200);
    assert_string_equal(a.body, "{\"status\":\"ready\"}");
    answer_free(&a);
}

static void not_ready(struct world *w, const char *reason) {
    struct answer a = ask(&w->edge, "GET", "/readyz", NULL, NULL, NULL);
    char field[64];
    assert_int_equal(a.status, 503);
    assert_true(answer_has(&a, "Content-Type: application/problem+json") && answer_has(&a, "Retry-After: 5"));
    assert_non_null(strstr(a.body, "\"code\":\"OVERLOADED\""));
    assert_true(snprintf(field, sizeof field, "\"field\":\"%s\"", reason) > 0);
    if (!strstr(a.body, field) || strstr(a.body, w->rig.dir)) /* where the file lies is nobody's business */
        fail_msg("%s", a.body);
    answer_free(&a);
}

static void the_disk_has_room(void **state) {
    struct world *w = *state;
    w->room = MT_READY_ROOM;
    ready(w);
    w->room = MT_READY_ROOM - 1;
    not_ready(w, "disk");
    w->room = 0;
    not_ready(w, "disk");
    struct answer a = ask(&w->edge, "GET", "/livez", NULL, NULL, NULL); /* it lives all the same */
    assert_int_equal(a.status, 200);
    answer_free(&a);
    w->room = INT64_MAX;
    ready(w);
}

static void the_file_can_be_written(void **state) {
    struct world *w = *state;
    static const struct {
        enum mt_rc rc;
        const char *reason;
    } rows[] = {{MT_READONLY, "disk"}, {MT_NOTFOUND, "disk"}, {MT_IO, "database"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        w->rc = rows[i].rc;
        not_ready(w, rows[i].reason);
    }
    w->rc = MT_OK;
    ready(w);
}

static void change_schema(struct world *w, const char *sql) {
    struct mt_db *db = NULL;
    struct mt_db_options o = {.url = w->rig.db_url, .mode = MT_DB_WRITE, .sync = MT_DB_SYNC_NORMAL, .no_checkpoint = true};
    assert_int_equal(mt_db_open(&o, &db, NULL), MT_OK);
    assert_int_equal(mt_db_exec(db, sql, NULL), MT_OK);
    mt_db_close(db);
}

/* A newer program has migrated the database under the one that runs. */
static void the_schema_is_its_own(void **state) {
    struct world *w = *state;
    change_schema(w, "INSERT INTO mt_migration(version, name) SELECT max(version) + 1, 'later' FROM mt_migration");
    not_ready(w, "schema");
    change_schema(w, "DELETE FROM mt_migration WHERE name = 'later'");
    ready(w);
    change_schema(
        w, "DELETE FROM mt_migration WHERE version = (SELECT max(version) FROM mt_migration)"); /* an older one was put back */
    not_ready(w, "schema");
    change_schema(w, "INSERT INTO mt_migration(version, name) SELECT max(version) + 1, 'again' FROM mt_migration");
    ready(w);
}

/* The system's own disk: a file that is there, one that is not, one that can not be written. */
static void the_system_answers(void **state) {
    struct world *w = *state;
    const struct mt_disk disk = mt_disk_system();
    int64_t bytes = -1;
    char *there = mt_path(w->rig.dir, "m.db"), *gone = mt_path(w->rig.dir, "gone.db");
    assert_int_equal(disk.room(disk.ctx, there, &bytes, NULL), MT_OK);
    assert_true(bytes > 0);
    assert_int_equal(disk.room(disk.ctx, gone, &bytes, NULL), MT_NOTFOUND);
    assert_int_equal(disk.room(disk.ctx, "/proc/version", &bytes, NULL), geteuid() == 0 ? MT_OK : MT_READONLY);
    free(there);
    free(gone);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_disk_has_room),
        cmocka_unit_test(the_file_can_be_written),
        cmocka_unit_test(the_schema_is_its_own),
        cmocka_unit_test(the_system_answers),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
