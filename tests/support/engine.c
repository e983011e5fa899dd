#include "engine.h"

#include <stdio.h>
#include <stdlib.h>

int mt_engine_run_all(int argc, char **argv, const struct CMUnitTest *tests, size_t count) {
    struct mt_engine_tests engine = {.postgres = mt_postgres_asked(argc, argv)};
    if (engine.postgres && !mt_postgres_start(&engine.cluster))
        return MT_POSTGRES_SKIP;
    struct CMUnitTest *mine = calloc(count, sizeof *mine);
    int failed = -1;
    if (mine != NULL) {
        for (size_t i = 0; i < count; i++) {
            mine[i] = tests[i];
            mine[i].initial_state = &engine;
        }
        failed = _cmocka_run_group_tests(engine.postgres ? "PostgreSQL" : "SQLite", mine, count, NULL, NULL);
    }
    free(mine);
    if (engine.postgres)
        mt_postgres_stop(&engine.cluster);
    return failed;
}

bool mt_engine_database(struct mt_engine_tests *e, const char *dir, const char *name, char *url, size_t size) {
    if (!e->postgres) {
        const int n = snprintf(url, size, "%s/%s.db", dir, name);
        return n > 0 && (size_t)n < size;
    }
    char numbered[64];
    if (snprintf(numbered, sizeof numbered, "%s%d", name, ++e->made) < 0)
        return false;
    char *made = mt_postgres_database(&e->cluster, numbered);
    const int n = snprintf(url, size, "%s", made);
    free(made);
    return n > 0 && (size_t)n < size;
}
