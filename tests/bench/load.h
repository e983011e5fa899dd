/* A load of keep-alive HTTP connections from one thread, each sending its next request when its last was answered. */
#ifndef MEDTERM_BENCH_LOAD_H
#define MEDTERM_BENCH_LOAD_H

#include "report.h"

#include <medterm/base/buf.h>

/* Writes the whole next request of connection `who` (head and body) to out; false: this connection has no more. */
typedef bool bench_next(void *ctx, int who, struct mt_buf *out);
/* Looks at an answer; false counts it as a failure. */
typedef bool bench_look(void *ctx, int who, int status, struct mt_sv body);

struct bench_load {
    int port, connections;
    double seconds; /* ends then, or when nobody has more */
    bench_next *next;
    bench_look *look;
    void *ctx;
};
struct bench_loaded {
    int64_t answered, failed;
    double seconds;
    struct bench_samples samples; /* owned: one a request */
};
/* 0, or 1 when a connection could not be made or broke. */
int bench_load(const struct bench_load *l, struct bench_loaded *out);

/* One request on a connection of its own; the status, 0 when it failed. body is owned by the caller's buffer. */
int bench_ask(int port, struct mt_sv request, struct mt_buf *body);
/* Head and body of a request. */
void bench_request(struct mt_buf *out, const char *method, const char *path, const char *token, struct mt_sv body);

#endif
