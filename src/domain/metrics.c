/* Counts stand in one row of cells, each family at its place; a histogram has for each first label its buckets and then the sum.
 * They are relaxed atomics: each is right by itself, and a reader may see one a moment before another. */
#include <medterm/domain/metrics.h>

#include <stdatomic.h>
#include <stdlib.h>

#define BOUNDS 14
enum { HISTOGRAM_CELLS = BOUNDS + 2 };

static const int64_t bounds_ms[BOUNDS] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 30000};
static const int64_t bounds_count[BOUNDS] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192};

static const struct mt_metric_info table[] = {
#define MT_X(symbol, name, type, first, second, bounds, help) [symbol] = {name, help, type, bounds, first, second},
    MT_METRIC_TABLE(MT_X)
#undef MT_X
};

/* Cells of one family. */
#define CELLS(type, first, second) ((size_t)(first) * ((type) == MT_HISTOGRAM ? (size_t)HISTOGRAM_CELLS : (size_t)(second)))

enum {
    CELL_COUNT = 0
#define MT_X(symbol, name, type, first, second, bounds, help) +CELLS(type, first, second)
    MT_METRIC_TABLE(MT_X)
#undef MT_X
};

struct mt_metrics {
    _Atomic int64_t cells[CELL_COUNT];
};

const struct mt_metric_info *mt_metric_info(enum mt_metric which) {
    return &table[which];
}

const int64_t *mt_metric_bounds(enum mt_metric_bounds bounds, size_t *count) {
    *count = bounds == MT_BOUNDS_NONE ? 0 : BOUNDS;
    return bounds == MT_BOUNDS_MS ? bounds_ms : bounds_count;
}

struct mt_metrics *mt_metrics_new(void) {
    return calloc(1, sizeof(struct mt_metrics));
}

void mt_metrics_free(struct mt_metrics *m) {
    free(m);
}

/* The cell, or CELL_COUNT when the labels name none. */
static size_t cell_of(enum mt_metric which, size_t first, size_t second) {
    const struct mt_metric_info *row = &table[which];
    const size_t width = row->type == MT_HISTOGRAM ? (size_t)HISTOGRAM_CELLS : row->second;
    if (first >= row->first || second >= width)
        return CELL_COUNT;
    size_t at = 0;
    for (size_t i = 0; i < (size_t)which; i++)
        at += CELLS(table[i].type, table[i].first, table[i].second);
    return at + first * width + second;
}

static void add(struct mt_metrics *m, size_t cell, int64_t n) {
    if (m && cell < CELL_COUNT)
        (void)atomic_fetch_add_explicit(&m->cells[cell], n, memory_order_relaxed);
}

static int64_t read(const struct mt_metrics *m, size_t cell) {
    return m && cell < CELL_COUNT ? atomic_load_explicit(&m->cells[cell], memory_order_relaxed) : 0;
}

void mt_metric_add(struct mt_metrics *m, enum mt_metric which, size_t first, size_t second, int64_t n) {
    add(m, cell_of(which, first, second), n);
}

void mt_metric_observe(struct mt_metrics *m, enum mt_metric which, size_t first, int64_t value) {
    size_t count, bucket = 0;
    const int64_t *bounds = mt_metric_bounds(table[which].bounds, &count);
    while (bucket < count && value > bounds[bucket])
        bucket++;
    add(m, cell_of(which, first, bucket), 1);
    add(m, cell_of(which, first, HISTOGRAM_CELLS - 1), value);
}

int64_t mt_metric_read(const struct mt_metrics *m, enum mt_metric which, size_t first, size_t second) {
    return read(m, cell_of(which, first, second));
}

int64_t mt_metric_bucket(const struct mt_metrics *m, enum mt_metric which, size_t first, size_t bucket) {
    return read(m, cell_of(which, first, bucket));
}

int64_t mt_metric_sum(const struct mt_metrics *m, enum mt_metric which, size_t first) {
    return read(m, cell_of(which, first, HISTOGRAM_CELLS - 1));
}

void mt_metrics_move(struct mt_metrics *from, struct mt_metrics *to) {
    for (size_t i = 0; i < CELL_COUNT; i++) {
        const int64_t n = atomic_load_explicit(&from->cells[i], memory_order_relaxed);
        if (n == 0)
            continue;
        atomic_store_explicit(&from->cells[i], 0, memory_order_relaxed);
        add(to, i, n);
    }
}
