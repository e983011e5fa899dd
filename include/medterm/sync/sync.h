/* Sync: pushes the outbox, pulls the feed, backs off. Steps over ports with no I/O of its own: it says which request
 * to make, is told what came back, and says when to be asked again. Two lanes run beside each other, so that a sale is pushed while
 * the feed waits. Register.db is read and written through the store; pages go to a port, because in the
 * program another thread applies them.
 *
 * What came back is believed only when it is JSON of the shape asked for, about operations that were asked about;
 * everything else is "offline", and the same operations go again. */
#ifndef MEDTERM_SYNC_SYNC_H
#define MEDTERM_SYNC_SYNC_H

#include <medterm/base/log.h>
#include <medterm/store/cache.h>
#include <medterm/store/register.h>

enum mt_lane { MT_LANE_PUSH, MT_LANE_PULL };
#define MT_LANE_COUNT 2

struct mt_sync_options {
    struct mt_register *reg; /* borrowed */
    const char *instance_id; /* copied */
    struct mt_clock clock;
    struct mt_random random;  /* jitter */
    const struct mt_log *log; /* borrowed, may be NULL */
    int wait_s;               /* long poll; 0: never (sync --once) */
};
struct mt_sync;
MT_MUST enum mt_rc mt_sync_new(const struct mt_sync_options *o, struct mt_sync **out, struct mt_err *err);
void mt_sync_free(struct mt_sync *s);

/* A request to make: method, path with query, body. Borrowed until the lane's answer. */
struct mt_sync_request {
    enum mt_lane lane;
    uint64_t serial;    /* comes back with the reply; a reply to another serial is ignored */
    const char *method; /* "GET" "POST" */
    const char *path;   /* "/v1/operations", "/v1/changes?…" */
    const char *base;   /* the service's URL */
    const char *token;
    struct mt_sv body; /* application/json; empty for GET */
    int timeout_ms;
    size_t max_answer; /* bytes */
};
/* True when the lane has something to ask now. */
bool mt_sync_next(struct mt_sync *s, enum mt_lane lane, struct mt_sync_request *out);

struct mt_reply {
    uint64_t serial;
    enum mt_rc transport; /* MT_OK: a whole answer came; MT_OFFLINE: none, or not whole; MT_LIMIT: too large */
    const char *words;    /* of the transport's failure, for a person; borrowed, may be NULL */
    int status;
    struct mt_sv content_type; /* as sent, parameters included */
    int retry_after;           /* seconds, 0: none */
    mt_time date;              /* the service's clock, 0: none */
    struct mt_sv body;
};
void mt_sync_answer(struct mt_sync *s, enum mt_lane lane, const struct mt_reply *reply);

/* A page came whole: the owner applies `page` (mt_cache_apply with `asked`), or restarts the cache when `restart`, and
 * then calls mt_sync_page_done. True once a page; the lane asks nothing meanwhile. Views are borrowed until page_done. */
struct mt_sync_page {
    const char *asked;
    struct mt_sv body;
    bool restart; /* the cursor was not understood: mt_cache_restart */
};
bool mt_sync_page(struct mt_sync *s, struct mt_sync_page *out);
/* rc of applying; cursor to go on with, and the epoch of the cache. */
void mt_sync_page_done(struct mt_sync *s, enum mt_rc rc, const char *words, const char *cursor,
                       const struct mt_cache_applied *applied);
/* The cursor to begin with (mt_cache_cursor); once, before the first step. */
void mt_sync_cursor(struct mt_sync *s, const char *cursor);

/* When to ask mt_sync_next again, milliseconds of the monotonic clock; INT64_MAX: not before something happens. */
int64_t mt_sync_wake_at(const struct mt_sync *s);
/* An operation was committed: push it now (the back-off still holds). */
void mt_sync_poke(struct mt_sync *s);
/* A person asks: both lanes try at once whatever the back-off or a pause says. */
void mt_sync_now(struct mt_sync *s);
/* After mt_register_enrol. */
void mt_sync_enrolled(struct mt_sync *s);

/* The line as the screen shows it. why: words, "" when there is nothing to say; borrowed. */
enum mt_sync_link { MT_SYNC_OFFLINE, MT_SYNC_CONNECTING, MT_SYNC_ONLINE };
struct mt_sync_state {
    enum mt_sync_link link;
    mt_time offline_since, last_contact; /* 0: never */
    bool paused, frozen;
    const char *why;
    int64_t skew_ms;
    mt_time service_time;          /* the service's clock when it last told it; 0: not since mt_sync_new */
    bool push_idle;                /* nothing waits, or nothing more can be sent (frozen, paused, failed) */
    bool pull_idle;                /* the feed is read to its end, or failed */
    bool push_failed, pull_failed; /* the lane's last try */
    int64_t pushed, pulled;        /* operations answered, changes applied since mt_sync_new */
};
void mt_sync_state(const struct mt_sync *s, struct mt_sync_state *out);

/* Operations that were refused or quarantined, one a call; false when there is none. Borrowed until the next call. */
struct mt_sync_refused {
    int64_t seq;
    enum mt_op_kind kind;
    char order_no[MT_ORDER_NO_TEXT];
    char words[256];
};
bool mt_sync_refused(struct mt_sync *s, struct mt_sync_refused *out);

/* Enrolment: the body to POST to /v1/enrolments, and the reading of what came back. MT_DENIED: the code was not accepted. */
#define MT_ENROL_PATH "/v1/enrolments"
void mt_enrol_request(const char *code, const char *instance_id, const char *name, struct mt_buf *body);
MT_MUST enum mt_rc mt_enrol_answer(const struct mt_reply *reply, struct mt_register_info *out, struct mt_err *err);

/* Compiled into tests/sim only, to prove that the simulator would notice:
 * MT_PLANT_FRESH_OP_ID_ON_RETRY (sync), MT_PLANT_OUTBOX_OUTSIDE_TX, MT_PLANT_NUMBER_REUSED (store/register),
 * MT_PLANT_CURSOR_AHEAD (store/cache). */

#endif
