#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct bench_report {
    char path[256];
    char *json;
    size_t n;
    FILE *to;
    int rows;
};

struct bench_report *bench_report_new(const char *program) {
    struct bench_report *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    const char *path = getenv("MT_BENCH_JSON");
    int n = path ? snprintf(r->path, sizeof r->path, "%s", path) : snprintf(r->path, sizeof r->path, "bench-%s.json", program);
    r->to = n > 0 && (size_t)n < sizeof r->path ? open_memstream(&r->json, &r->n) : NULL;
    if (!r->to) {
        free(r);
        return NULL;
    }
    (void)fprintf(r->to, "{\"program\":\"%s\",\"figures\":[", program);
    return r;
}

void bench_limit(struct bench_report *r, const char *name, double value, const char *unit) {
    (void)printf("%-44s %12.3f %-6s limit\n", name, value, unit);
    (void)fprintf(r->to, "%s{\"name\":\"%s\",\"value\":%.4f,\"unit\":\"%s\"}", r->rows++ ? "," : "", name, value, unit);
}

void bench_figure(struct bench_report *r, const char *name, double value, const char *unit, double limit, enum bench_goal kind,
                  double goal) {
    double ratio = limit > 0 ? value / limit : 0;
    const char *met = (kind == BENCH_AT_LEAST ? ratio >= goal : ratio <= goal) ? "met" : "short";
    (void)printf("%-44s %12.3f %-6s %8.3f %s%.2f %s\n", name, value, unit, ratio, kind == BENCH_AT_LEAST ? ">=" : "<=", goal, met);
    (void)fprintf(r->to,
                  "%s{\"name\":\"%s\",\"value\":%.4f,\"unit\":\"%s\",\"ratio\":%.4f,\"goal\":%.4f,\"goal_is\":\"%s\",\"%s\":true}",
                  r->rows++ ? "," : "", name, value, unit, ratio, goal, kind == BENCH_AT_LEAST ? "at_least" : "at_most", met);
}

int bench_report_end(struct bench_report *r) {
    int rc = 1;
    (void)fprintf(r->to, "]}\n");
    if (fclose(r->to) == 0) {
        FILE *f = fopen(r->path, "w");
        if (f) {
            rc = fwrite(r->json, 1, r->n, f) == r->n ? 0 : 1;
            if (fclose(f) != 0)
                rc = 1;
        }
    }
    if (rc)
        (void)fprintf(stderr, "can not write %s\n", r->path);
    free(r->json);
    free(r);
    return rc;
}

void bench_sample(struct bench_samples *s, int64_t ns) {
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 1024;
        int64_t *p = realloc(s->at, cap * sizeof *p);
        if (!p)
            abort();
        s->at = p;
        s->cap = cap;
    }
    s->at[s->n++] = ns;
}

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

double bench_percentile(struct bench_samples *s, double p) {
    if (!s->n)
        return 0;
    qsort(s->at, s->n, sizeof *s->at, by_size);
    return (double)s->at[(size_t)(p * (double)(s->n - 1))];
}

void bench_samples_free(struct bench_samples *s) {
    free(s->at);
    *s = (struct bench_samples){0};
}

int64_t bench_now(void) {
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
        abort();
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
