/* A shop to measure in: a temporary folder, a real medtermd on a free port, a store with staff, goods and registers.
 * The programs are found beside the benchmark's own folder (../bin). Ends the program with words when anything fails. */
#ifndef MEDTERM_BENCH_SHOP_H
#define MEDTERM_BENCH_SHOP_H

#include <medterm/base/buf.h>

#include <sys/types.h>

struct bench_shop {
    char dir[64], db[160], bin[512], url[64], store[64], staff[64];
    char key[64]; /* the file of the key for cursors, which a database on a server can not stand beside; "": beside the database */
    int port;
    pid_t service;
};
void bench_shop_open(struct bench_shop *s, const char *program /* argv[0] */);
/* The programs beside the benchmark's own, without a shop around them. */
void bench_programs(struct bench_shop *s, const char *program /* argv[0] */);
/* A medtermd on s->db (a URL) and a free port, which goes to s->port and s->url; ends with bench_unserve. */
void bench_serve(struct bench_shop *s);
void bench_unserve(struct bench_shop *s);
void bench_shop_close(struct bench_shop *s); /* stops the service, removes the folder */
/* Runs a program of ours ("medtermd" or "medterm") with arguments (NULL-terminated); its standard output. */
void bench_shop_run(const struct bench_shop *s, const char *program, const char *const *args, struct mt_buf *out);
/* The text of a JSON member in a small document. */
void bench_member(const struct mt_buf *json, const char *key, char *to, size_t size);
/* A catalogue of `drugs` packs with a lot each that never ends. */
void bench_shop_stock(const struct bench_shop *s, int drugs);
/* The 13 digits of the n-th of them. */
void bench_code(int n, char out[14]);
/* A new register's one-time code. */
void bench_shop_register(const struct bench_shop *s, int n, char code[16]);
void bench_die(const char *what) __attribute__((noreturn));

#endif
