/* Suites that run on both databases: SQLite in files, PostgreSQL when the program is called with that word. Each test's initial
 * state is the engine; its setup asks for a database of its own. */
#ifndef MEDTERM_TESTS_ENGINE_H
#define MEDTERM_TESTS_ENGINE_H

#include "postgres.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct mt_engine_tests {
    struct mt_postgres cluster;
    bool postgres;
    int made; /* databases so far */
};

/* main's rest. */
#define mt_engine_run(argc, argv, tests) mt_engine_run_all((argc), (argv), (tests), sizeof(tests) / sizeof(tests)[0])
int mt_engine_run_all(int argc, char **argv, const struct CMUnitTest *tests, size_t count);
/* The URL of a fresh database: a file of that name in dir, or one of the cluster's. false: it does not fit. */
bool mt_engine_database(struct mt_engine_tests *e, const char *dir, const char *name, char *url, size_t size);

#endif
