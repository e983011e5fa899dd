/* Prints what is counted, in Prometheus text format 0.0.4. The names and helps come from the one table of metrics; what its labels'
 * numbers mean stands here: each family has at most two writers, one a label. Families by route show a route once it has answered;
 * all others are there from the start, so that a rate over them has a beginning.
 *
 * What the process itself is (start, memory) is read when it is asked for. */
#include "edge.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void metrics_queued(struct call *c, bool queued) {
    if (c->counted_queued != queued)
        mt_metric_add(c->http->o.metrics, MT_METRIC_QUEUE, 0, 0, queued ? 1 : -1);
    c->counted_queued = queued;
}

void metrics_waiting(struct call *c, bool waiting) {
    if (c->counted_waiting != waiting)
        mt_metric_add(c->http->o.metrics, MT_METRIC_FEED_WAITERS, 0, 0, waiting ? 1 : -1);
    c->counted_waiting = waiting;
}

void metrics_answered(const struct call *c) {
    const struct mt_response *r = &c->response;
    mt_metric_add(c->http->o.metrics, MT_METRIC_REQUESTS, r->route_no, (size_t)(r->status / 100 - 1), 1);
    mt_metric_observe(c->http->o.metrics, MT_METRIC_REQUEST_MS, r->route_no, edge_now(c->http) - c->started);
}

/* Writers of labels; false: the number means nothing. */
static bool write_route(size_t i, struct mt_buf *out) {
    size_t count;
    const struct mt_route_info *routes = mt_routes(&count);
    if (i > count)
        return false;
    mt_buf_fmt(out, "route=\"%s\",method=\"%s\"", i > 0 ? routes[i - 1].path : "none", i > 0 ? routes[i - 1].method : "other");
    return true;
}

static bool write_class(size_t i, struct mt_buf *out) {
    mt_buf_fmt(out, "status=\"%zuxx\"", i + 1);
    return true;
}

static bool write_of(const char *label, const char *const *names, size_t count, size_t i, struct mt_buf *out) {
    if (i >= count)
        return false;
    mt_buf_fmt(out, "%s=\"%s\"", label, names[i]);
    return true;
}
#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

static bool write_kind(size_t i, struct mt_buf *out) {
    static const char *const names[] = {
#define MT_X(symbol, name, words) [symbol] = name,
        MT_OP_TABLE(MT_X)
#undef MT_X
    };
    return i == MT_OP_UNKNOWN ? write_of("kind", (const char *const[]){"unknown"}, 1, 0, out)
                              : write_of("kind", names, COUNT_OF(names), i, out);
}

static bool write_outcome(size_t i, struct mt_buf *out) {
    static const char *const names[] = {
#define MT_X(symbol, name) [symbol] = name,
        MT_OUTCOME_TABLE(MT_X)
#undef MT_X
    };
    return write_of("outcome", names, COUNT_OF(names), i, out);
}

static bool write_method(size_t i, struct mt_buf *out) {
    static const char *const names[] = {
#define MT_X(symbol, name, words, offline) [symbol] = name,
        MT_PAY_METHOD_TABLE(MT_X)
#undef MT_X
    };
    return write_of("method", names, COUNT_OF(names), i, out);
}

static bool write_paid(size_t i, struct mt_buf *out) {
    static const char *const names[] = {[MT_PAID_OK] = "succeeded", [MT_PAID_FAILED] = "failed"};
    return write_of("result", names, COUNT_OF(names), i, out);
}

static bool write_shortage(size_t i, struct mt_buf *out) {
    static const char *const names[] = {[MT_SHORT_REFUSED] = "refused", [MT_SHORT_WENT_OUT] = "went_out"};
    return write_of("result", names, COUNT_OF(names), i, out);
}

static bool write_delivery(size_t i, struct mt_buf *out) {
    static const char *const names[] = {
        [MT_DELIVERY_DONE] = "delivered", [MT_DELIVERY_FAILED] = "failed", [MT_DELIVERY_GIVEN_UP] = "given_up"};
    return write_of("result", names, COUNT_OF(names), i, out);
}

typedef bool (*label_writer)(size_t i, struct mt_buf *out);
static const label_writer writers[MT_METRIC_END][2] = {
    [MT_METRIC_REQUESTS] = {write_route, write_class},    [MT_METRIC_REQUEST_MS] = {write_route, NULL},
    [MT_METRIC_OPERATIONS] = {write_kind, write_outcome}, [MT_METRIC_PAYMENTS] = {write_method, write_paid},
    [MT_METRIC_SHORTAGES] = {write_shortage, NULL},       [MT_METRIC_DELIVERIES] = {write_delivery, NULL},
};

static bool is_by_route(enum mt_metric which) {
    return writers[which][0] == write_route;
}

/* The labels of one series, without braces; false: there is no such series. */
static bool write_labels(enum mt_metric which, size_t first, size_t second, struct mt_buf *out) {
    const label_writer *w = writers[which];
    mt_buf_clear(out);
    if (w[0] && !w[0](first, out))
        return false;
    if (w[0] && w[1])
        mt_buf_char(out, ',');
    return !w[1] || w[1](second, out);
}

static void print_simple(const struct mt_metrics *m, enum mt_metric which, struct mt_buf *labels, struct mt_buf *out) {
    const struct mt_metric_info *info = mt_metric_info(which);
    for (size_t i = 0; i < info->first; i++)
        for (size_t j = 0; j < info->second; j++) {
            const int64_t n = mt_metric_read(m, which, i, j);
            if ((is_by_route(which) && n == 0) || !write_labels(which, i, j, labels))
                continue;
            mt_buf_fmt(out, labels->n ? "%s{%s} %lld\n" : "%s%s %lld\n", info->name, mt_buf_text(labels), (long long)n);
        }
}

/* A bound or a sum in the unit it is shown in. */
static void print_number(enum mt_metric_bounds bounds, int64_t n, struct mt_buf *out) {
    if (bounds == MT_BOUNDS_MS)
        mt_buf_fmt(out, "%lld.%03lld", (long long)(n / 1000), (long long)(n % 1000));
    else
        mt_buf_fmt(out, "%lld", (long long)n);
}

static void print_histogram(const struct mt_metrics *m, enum mt_metric which, struct mt_buf *labels, struct mt_buf *out) {
    const struct mt_metric_info *info = mt_metric_info(which);
    size_t count;
    const int64_t *bounds = mt_metric_bounds(info->bounds, &count);
    for (size_t i = 0; i < info->first; i++) {
        int64_t all = 0, below = 0;
        for (size_t b = 0; b <= count; b++)
            all += mt_metric_bucket(m, which, i, b);
        if ((is_by_route(which) && all == 0) || !write_labels(which, i, 0, labels))
            continue;
        const char *text = mt_buf_text(labels), *comma = labels->n ? "," : "";
        for (size_t b = 0; b < count; b++) {
            below += mt_metric_bucket(m, which, i, b);
            mt_buf_fmt(out, "%s_bucket{%s%sle=\"", info->name, text, comma);
            print_number(info->bounds, bounds[b], out);
            mt_buf_fmt(out, "\"} %lld\n", (long long)below);
        }
        mt_buf_fmt(out, "%s_bucket{%s%sle=\"+Inf\"} %lld\n", info->name, text, comma, (long long)all);
        mt_buf_fmt(out, labels->n ? "%s_sum{%s} " : "%s_sum%s ", info->name, text);
        print_number(info->bounds, mt_metric_sum(m, which, i), out);
        mt_buf_fmt(out, labels->n ? "\n%s_count{%s} %lld\n" : "\n%s_count%s %lld\n", info->name, text, (long long)all);
    }
}

/* Resident bytes by proc(5) statm, or -1. */
static int64_t resident_bytes(void) {
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t n = read(fd, text, sizeof text - 1);
    (void)close(fd);
    struct mt_sv rest = mt_sv_n(text, n > 0 ? (size_t)n : 0);
    int64_t pages = -1;
    const int64_t page = sysconf(_SC_PAGESIZE);
    (void)mt_sv_cut(&rest, ' '); /* the whole address space */
    return mt_sv_int(mt_sv_cut(&rest, ' '), &pages) == MT_OK && pages >= 0 && page > 0 ? pages * page : -1;
}

static void print_process(const struct mt_http *h, struct mt_buf *out) {
    const int64_t resident = resident_bytes();
    mt_buf_str(out, "# HELP process_start_time_seconds When the service started, in seconds since 1970.\n"
                    "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds ");
    print_number(MT_BOUNDS_MS, h->started, out);
    mt_buf_char(out, '\n');
    if (resident >= 0)
        mt_buf_fmt(out,
                   "# HELP process_resident_memory_bytes Memory in use.\n# TYPE process_resident_memory_bytes gauge\n"
                   "process_resident_memory_bytes %lld\n",
                   (long long)resident);
}

void metrics_print(void *http, struct mt_buf *out) {
    static const char *const types[] = {[MT_COUNTER] = "counter", [MT_GAUGE] = "gauge", [MT_HISTOGRAM] = "histogram"};
    const struct mt_http *h = http;
    struct mt_buf labels;
    mt_buf_init(&labels, 1024);
    for (size_t i = 0; i < MT_METRIC_END; i++) {
        const enum mt_metric which = (enum mt_metric)i;
        const struct mt_metric_info *info = mt_metric_info(which);
        mt_buf_fmt(out, "# HELP %s %s\n# TYPE %s %s\n", info->name, info->help, info->name, types[info->type]);
        if (info->type == MT_HISTOGRAM)
            print_histogram(h->o.metrics, which, &labels, out);
        else
            print_simple(h->o.metrics, which, &labels, out);
    }
    print_process(h, out);
    mt_buf_fini(&labels);
}
