/* What the files of sync share. */
#ifndef MEDTERM_SYNC_SYNC_IMPL_H
#define MEDTERM_SYNC_SYNC_IMPL_H

#include <medterm/sync/sync.h>

#define MT_WHY_TEXT 200
#define MT_REFUSED_MAX 64 /* kept until told; the outbox holds all of them */

struct lane {
    bool busy;          /* a request is out */
    uint64_t serial;    /* of that request */
    int failures;       /* in a row */
    int64_t not_before; /* monotonic milliseconds */
    bool failed;        /* the last try */
    bool line_failed;   /* it failed because nobody answered: the other lane's answer ends the wait */
};

/* An operation of the batch that is out. */
struct sent {
    int64_t seq;
    struct mt_id op_id;     /* as sent */
    struct mt_id row_op_id; /* as in the outbox; the same, but for one planted bug */
    enum mt_op_kind kind;
    bool settled; /* nobody needs to hear of it again */
    bool kept;    /* the service has it in quarantine: only another answer is news */
    char order_no[MT_ORDER_NO_TEXT];
};

struct mt_sync {
    struct mt_register *reg; /* borrowed */
    struct mt_clock clock;
    struct mt_random random;
    const struct mt_log *log; /* borrowed, may be NULL */
    int wait_s;
    char instance_id[65];
    uint64_t next_serial;
    struct lane lane[MT_LANE_COUNT];

    enum mt_sync_link link;
    mt_time offline_since, last_contact;
    bool paused;
    char why[MT_WHY_TEXT];
    int64_t skew_ms, pushed, pulled;
    mt_time service_time; /* 0: not told yet */

    /* push */
    bool dirty;                  /* something may wait */
    bool greeted;                /* an empty push was answered: no fork is known */
    bool ask_again;              /* what lies in quarantine may have its answer */
    int64_t ask_again_at;        /* monotonic, not before */
    int64_t greet_at;            /* monotonic: an empty push is due when nothing else was sent */
    int stuck;                   /* times in a row that an operation was refused in every form */
    char stuck_why[MT_WHY_TEXT]; /* words for it: the feed going on does not take them away */
    int64_t suspect;   /* the service could not read this operation alone; void it once an empty push is understood. 0: none */
    size_t most;       /* operations a batch, after halving */
    struct sent *sent; /* owned, MT_PUSH_MAX_OPS */
    size_t sent_count;
    struct mt_buf push_body;

    /* pull */
    struct mt_buf cursor, asked, path, page;
    bool caught_up, asked_wait;
    int64_t asked_at;
    bool page_ready, page_out, restart;
    mt_time page_date; /* the service's clock as it came with the page: believed once the page is */

    struct mt_sync_refused refused[MT_REFUSED_MAX];
    size_t refused_count;
};

/* What came back, before it is looked into. */
enum reply_kind { REPLY_NONE, REPLY_JSON, REPLY_PROBLEM };
enum reply_kind sync_reply_kind(const struct mt_reply *reply);
/* Words for an answer that is none. Borrowed. */
const char *sync_reply_words(const struct mt_reply *reply);

int64_t sync_mono(const struct mt_sync *s);
void sync_succeeded(struct mt_sync *s, enum mt_lane lane, const struct mt_reply *reply);
/* line: nobody of ours answered; the till is offline. */
void sync_failed(struct mt_sync *s, enum mt_lane lane, bool line, int retry_after, const char *why);
void sync_pause(struct mt_sync *s, enum mt_lane lane);
void sync_say(struct mt_sync *s, const char *why);

bool sync_push_next(struct mt_sync *s, struct mt_sync_request *out);
void sync_push_answer(struct mt_sync *s, const struct mt_reply *reply);
/* The feed brought something; anew: the whole of it, because another epoch has begun. */
void sync_feed_moved(struct mt_sync *s, bool anew);
bool sync_pull_next(struct mt_sync *s, struct mt_sync_request *out);
void sync_pull_answer(struct mt_sync *s, const struct mt_reply *reply);

#endif
