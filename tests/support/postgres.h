/* A PostgreSQL of one's own: a cluster in a temporary folder, on a Unix socket there, run by an unprivileged user when the tests
 * are root's. ctest starts one for the whole run (the fixture "postgres") and names it in MEDTERM_TEST_POSTGRES; a test program
 * that is started by hand makes its own. */
#ifndef MEDTERM_TESTS_POSTGRES_H
#define MEDTERM_TESTS_POSTGRES_H

#include <stdbool.h>
#include <sys/types.h>

/* What a test program returns from main when the machine has no PostgreSQL; ctest calls it skipped. */
#define MT_POSTGRES_SKIP 77

struct mt_postgres {
    char *dir; /* owned unless shared: socket, log and data */
    pid_t pid; /* of our own server; 0: shared, or stopped */
    bool shared;
};

/* Whether the test program was called with the word "postgres". */
bool mt_postgres_asked(int argc, char **argv);
/* The run's cluster, or a new one that does not wait for the disk. false: there is no PostgreSQL here, which is said on stderr. Any
 * other fault ends the program. */
bool mt_postgres_start(struct mt_postgres *p);
/* Always a new one; durable: commits wait for the disk. It dies with the thread that started it. */
bool mt_postgres_start_own(struct mt_postgres *p, bool durable);
void mt_postgres_stop(struct mt_postgres *p); /* removes it with all its databases; of a shared one only ours */
/* Own ones: kill -9 of the whole server, and a start on the same data. */
void mt_postgres_crash(struct mt_postgres *p);
void mt_postgres_again(struct mt_postgres *p, bool durable);
/* A fresh, empty database; its URL, owned. In a shared cluster its name carries our pid. */
char *mt_postgres_database(const struct mt_postgres *p, const char *name);

/* For the fixture: a detached one, told by the file. It ends with unshare, or when the process that called this program is gone. */
bool mt_postgres_share(const char *file);
void mt_postgres_unshare(const char *file);

#endif
