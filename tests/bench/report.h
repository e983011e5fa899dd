/* Figures of a benchmark: one line each on stdout, `name value unit ratio goal met|short`, and all of them in a JSON
 * file (MT_BENCH_JSON, default bench-<program>.json in the working directory). A benchmark prints, it never judges. */
#ifndef MEDTERM_BENCH_REPORT_H
#define MEDTERM_BENCH_REPORT_H

#include <stddef.h>
#include <stdint.h>

enum bench_goal { BENCH_AT_LEAST, BENCH_AT_MOST };

struct bench_report;
struct bench_report *bench_report_new(const char *program); /* NULL: no memory */
/* A limit measured in this run, for the reader: no ratio. */
void bench_limit(struct bench_report *r, const char *name, double value, const char *unit);
/* A figure beside the limit it is held against; ratio = value / limit. */
void bench_figure(struct bench_report *r, const char *name, double value, const char *unit, double limit, enum bench_goal kind,
                  double goal);
/* Writes the JSON file and frees. 0, or 1 when the file can not be written. */
int bench_report_end(struct bench_report *r);

/* Samples of one duration, nanoseconds. */
struct bench_samples {
    int64_t *at;
    size_t n, cap;
};
void bench_sample(struct bench_samples *s, int64_t ns);
double bench_percentile(struct bench_samples *s, double p); /* p in 0..1; sorts; 0 when empty */
void bench_samples_free(struct bench_samples *s);
int64_t bench_now(void); /* monotonic, nanoseconds */

#endif
