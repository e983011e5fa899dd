/* A real medtermd for a test: its own folder and database, a port the system picks, ready when start returns.
 *
 * MT_TEST_FRONT names a program that stands in front of it: run as FRONT URL PORT, it says "listening on http://ADDR:PORT" (PORT 0:
 * one it picks) and passes on what it gets to URL. It comes and goes with the service, and `address` and `url` are its own. */
#ifndef MEDTERM_TESTS_SERVER_H
#define MEDTERM_TESTS_SERVER_H

#include "run.h"

#include <sys/types.h>

struct mt_server {
    char *binary, *dir, *db_url, *log; /* owned; log: the file it logs to */
    bool own_dir;
    char address[80]; /* "127.0.0.1:41235", the same after a restart */
    char url[96];     /* "http://" and the address */
    pid_t pid;        /* 0: not running */
    int out;          /* its stdout */
    char own[80];     /* its address behind the front; otherwise the same as address */
    pid_t front;      /* 0: none */
    int front_out;
};
/* binary: path of medtermd. dir: where the database stands or will stand, NULL for a fresh folder that mt_server_free removes.
 * Fails the test when it is not ready in time. */
void mt_server_start(struct mt_server *s, const char *binary, const char *dir);
/* As above without starting: for administration before the first start. */
void mt_server_prepare(struct mt_server *s, const char *binary, const char *dir);
/* Starts it (again), on the port it had. */
void mt_server_again(struct mt_server *s);
void mt_server_stop(struct mt_server *s); /* SIGTERM; the test fails unless it ends with 0 */
void mt_server_kill(struct mt_server *s); /* SIGKILL, as a power cut */
void mt_server_free(struct mt_server *s); /* kills it when it runs */
/* Runs `medtermd words… --db … --json` with env laid over (may be NULL) and returns its document, owned; the test fails unless it
 * exits with 0. */
char *mt_server_admin(struct mt_server *s, const char *const *words, const char *const *env);
/* The text (or number, as text) of a key in such a flat document, owned; the test fails when it is not there. */
char *mt_server_value(const char *json, const char *key);

#endif
