/* What a running service counts, in one table: name, type, how many values its two labels may have, bounds, help. Layers count;
 * only the edge prints (Prometheus text format 0.0.4). No label ever holds an id, a path, a name or a phone.
 *
 * A label's value is a small number here: the place of a member in its enum, of a route in the route table. */
#ifndef MEDTERM_DOMAIN_METRICS_H
#define MEDTERM_DOMAIN_METRICS_H

#include <medterm/base/err.h>

#include <stdint.h>

enum mt_metric_type { MT_COUNTER, MT_GAUGE, MT_HISTOGRAM };
enum mt_metric_bounds { MT_BOUNDS_NONE, MT_BOUNDS_MS /* milliseconds, printed as seconds */, MT_BOUNDS_COUNT };

/* How many values a label may have: at least as many as its table has rows. */
enum { MT_METRIC_ROUTES = 96, MT_METRIC_CLASSES = 5, MT_METRIC_KINDS = 32, MT_METRIC_OUTCOMES = 4, MT_METRIC_METHODS = 8 };
/* Of MT_METRIC_PAYMENTS, MT_METRIC_SHORTAGES, MT_METRIC_DELIVERIES. */
enum { MT_PAID_OK, MT_PAID_FAILED };
enum { MT_SHORT_REFUSED, MT_SHORT_WENT_OUT };
enum { MT_DELIVERY_DONE, MT_DELIVERY_FAILED, MT_DELIVERY_GIVEN_UP };

/* X(symbol, name, type, values of the first label, of the second (1: no label), bounds, help) */
#define MT_METRIC_TABLE(X)                                                                                                         \
    X(MT_METRIC_REQUESTS, "medterm_http_requests_total", MT_COUNTER, MT_METRIC_ROUTES, MT_METRIC_CLASSES, MT_BOUNDS_NONE,          \
      "Requests answered, by route and class of status.")                                                                          \
    X(MT_METRIC_REQUEST_MS, "medterm_http_request_duration_seconds", MT_HISTOGRAM, MT_METRIC_ROUTES, 1, MT_BOUNDS_MS,              \
      "From the first line of a request to its answer; long polls include their wait.")                                            \
    X(MT_METRIC_CONNECTIONS, "medterm_http_connections", MT_GAUGE, 1, 1, MT_BOUNDS_NONE, "Open connections.")                      \
    X(MT_METRIC_RATE_LIMITED, "medterm_http_rate_limited_total", MT_COUNTER, 1, 1, MT_BOUNDS_NONE,                                 \
      "Requests refused because their caller sends too many.")                                                                     \
    X(MT_METRIC_FEED_WAITERS, "medterm_feed_waiters", MT_GAUGE, 1, 1, MT_BOUNDS_NONE, "Long polls that wait for changes.")         \
    X(MT_METRIC_QUEUE, "medterm_write_queue_depth", MT_GAUGE, 1, 1, MT_BOUNDS_NONE, "Writes that wait for their commit.")          \
    X(MT_METRIC_BATCH, "medterm_commit_batch_operations", MT_HISTOGRAM, 1, 1, MT_BOUNDS_COUNT, "Operations in one commit.")        \
    X(MT_METRIC_COMMITS_FAILED, "medterm_commits_failed_total", MT_COUNTER, 1, 1, MT_BOUNDS_NONE,                                  \
      "Batches the database did not commit.")                                                                                      \
    X(MT_METRIC_OPERATIONS, "medterm_operations_total", MT_COUNTER, MT_METRIC_KINDS, MT_METRIC_OUTCOMES, MT_BOUNDS_NONE,           \
      "Operations decided, by kind and outcome; repeats are not counted again.")                                                   \
    X(MT_METRIC_ORDERS, "medterm_orders_created_total", MT_COUNTER, 1, 1, MT_BOUNDS_NONE, "Orders created.")                       \
    X(MT_METRIC_PAYMENTS, "medterm_payments_total", MT_COUNTER, MT_METRIC_METHODS, 2, MT_BOUNDS_NONE,                              \
      "Payments, by method and whether they were taken.")                                                                          \
    X(MT_METRIC_SHORTAGES, "medterm_shortages_total", MT_COUNTER, 2, 1, MT_BOUNDS_NONE,                                            \
      "Stock that was not there: orders refused, and order lines that went out all the same.")                                     \
    X(MT_METRIC_DELIVERIES, "medterm_webhook_deliveries_total", MT_COUNTER, 3, 1, MT_BOUNDS_NONE,                                  \
      "Tries to deliver a webhook, by result.")
enum mt_metric {
#define MT_X(symbol, name, type, first, second, bounds, help) symbol,
    MT_METRIC_TABLE(MT_X)
#undef MT_X
        MT_METRIC_END
};

struct mt_metric_info {
    const char *name, *help;
    enum mt_metric_type type;
    enum mt_metric_bounds bounds;
    size_t first, second;
};
const struct mt_metric_info *mt_metric_info(enum mt_metric which); /* static */
/* Upper bounds of a histogram's buckets, rising; one more bucket is without a bound. */
const int64_t *mt_metric_bounds(enum mt_metric_bounds bounds, size_t *count);

struct mt_metrics;                       /* all counts are 0 at first; safe from several threads */
struct mt_metrics *mt_metrics_new(void); /* owned; NULL: no memory */
void mt_metrics_free(struct mt_metrics *m);

/* m may be NULL: then nothing is counted. A label value beyond the table's is left out. */
void mt_metric_add(struct mt_metrics *m, enum mt_metric which, size_t first, size_t second, int64_t n);
void mt_metric_observe(struct mt_metrics *m, enum mt_metric which, size_t first, int64_t value);
int64_t mt_metric_read(const struct mt_metrics *m, enum mt_metric which, size_t first, size_t second);
/* A histogram's bucket alone (not those below it), and the sum of what was observed. */
int64_t mt_metric_bucket(const struct mt_metrics *m, enum mt_metric which, size_t first, size_t bucket);
int64_t mt_metric_sum(const struct mt_metrics *m, enum mt_metric which, size_t first);
/* Adds what `from` has counted to `to` (may be NULL) and leaves `from` at 0. `from` belongs to the calling thread. */
void mt_metrics_move(struct mt_metrics *from, struct mt_metrics *to);

#endif
