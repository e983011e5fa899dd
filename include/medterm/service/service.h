/* The order service's use cases: operations in, queries out. No threads, no HTTP; time and randomness through ports.
 *
 * A session is one database connection with its prepared statements and belongs to one thread. One write session
 * applies batches (group commit): all that wait in one transaction, each operation in a savepoint of its own, one commit.
 * Any number of read sessions run beside it. */
#ifndef MEDTERM_SERVICE_SERVICE_H
#define MEDTERM_SERVICE_SERVICE_H

#include <medterm/base/log.h>
#include <medterm/domain/metrics.h>
#include <medterm/wire/changes.h>
#include <medterm/wire/push.h>

struct mt_service; /* one a program: options and keys, shared by its sessions, immutable once open */
struct mt_session;

struct mt_service_options {
    const char *db_url;   /* sqlite:///path, or postgres://… */
    const char *key_path; /* cursor key, made when absent (0600); NULL: <db path>.key. PostgreSQL has no path: it must be given, and
                             programs that share a database must share the key, or a cursor made by one is not known to the other */
    const char *vfs;      /* NULL: the system's */
    bool read_only;       /* leave the database and its folder as they are: no migration, no key, no sessions that write */
    struct mt_clock clock;
    struct mt_random random;
    struct mt_disk disk;        /* may be empty: then neither the disk's room nor a file that was taken away is noticed */
    const struct mt_log *log;   /* borrowed, may be NULL */
    struct mt_metrics *metrics; /* borrowed, may be NULL; what batches do is counted once it is committed */
};
/* Opens and migrates the database; read_only: MT_STALE or MT_NEWER when its schema is not this program's. */
MT_MUST enum mt_rc mt_service_open(const struct mt_service_options *o, struct mt_service **out, struct mt_err *err);
void mt_service_close(struct mt_service *s);
/* For a program that will serve: MT_BUSY in words when another serves this database already. Both would take checkpoints, which
 * SQLite before 3.51.3 does not survive for certain. Held until mt_service_close; commands need no claim. Any number may serve one
 * PostgreSQL. */
MT_MUST enum mt_rc mt_service_claim(struct mt_service *s, struct mt_err *err);
/* How many sessions of one program should apply batches at a time. */
size_t mt_service_writers(const struct mt_service *s);
MT_MUST enum mt_rc mt_session_open(struct mt_service *s, bool write, struct mt_session **out, struct mt_err *err);
void mt_session_close(struct mt_session *x);

/* Which request the session works for, for the lines it logs; texts borrowed until the next call, NULL: none. A batch takes them
 * from its writes. */
void mt_session_about(struct mt_session *x, const char *request_id, const char *trace_id);

/* Who asks. */
enum mt_caller_kind { MT_CALLER_NOBODY, MT_CALLER_REGISTER, MT_CALLER_CLIENT };
struct mt_caller {
    enum mt_caller_kind kind;
    struct mt_id id; /* register_id or client id */
    struct mt_id store_id;
    char code[MT_REGISTER_CODE_TEXT];
    enum mt_role role; /* of a client */
};
/* MT_DENIED with the 401 problem when the token is not known. */
MT_MUST enum mt_rc mt_session_authenticate(struct mt_session *x, struct mt_sv token, struct mt_caller *out,
                                           struct mt_problem *problem);

/* A REST request: one operation of its client, which the service numbers. */
struct mt_rest {
    struct mt_op op;      /* all but register_seq, and of a new order its number; texts in the write's arena */
    struct mt_sv key;     /* the caller's, 1 to MT_REST_KEY_MAX visible ASCII characters */
    struct mt_sv request; /* what it stands for: method, address and body in one form */
    bool if_match;        /* only when the order is at one of these versions */
    const int64_t *versions;
    size_t version_count;
};
#define MT_REST_KEY_MAX 255

/* One write that waits for the batch. Fill kind, caller, arena and the request; the batch fills the rest. */
enum mt_write_kind { MT_WRITE_PUSH, MT_WRITE_ENROL, MT_WRITE_REST };
struct mt_write {
    enum mt_write_kind kind;
    struct mt_caller caller;
    struct mt_arena *arena;            /* borrowed; answers live in it */
    const char *request_id, *trace_id; /* borrowed, for the log; may be NULL */
    union {
        struct mt_push push;
        struct mt_enrolment enrolment;
        struct mt_rest rest;
    } request;
    /* out */
    struct mt_problem problem; /* code MT_P_NONE when answered */
    union {
        struct {
            struct mt_push_result *results;
            size_t count;
            int64_t last_seq;
            char epoch[MT_ID_TEXT];
        } push;
        struct mt_register_info enrolled;
        struct {
            struct mt_push_result told;
            enum mt_op_kind kind;            /* of the operation it became, also when it is a repeat */
            struct mt_id id;                 /* of the payment, refund, return, patient or doctor it is about */
            char order_no[MT_ORDER_NO_TEXT]; /* of a new order */
        } rest;
    } answer;
};
/* Applies all in one transaction. When the commit fails nothing is stored and every write gets the 500/503 problem; the rc says so.
 * *feed_moved: true when the changes feed has grown (wake the long polls). */
MT_MUST enum mt_rc mt_service_apply(struct mt_session *x, struct mt_write *const *writes, size_t count, bool *feed_moved,
                                    struct mt_err *err);

/* Cancels what REST clients ordered that many minutes ago and nobody paid, each as an operation of its client; orders that hold
 * money stay. *expired: how many, 100 at most in a call; ask again while it is that. */
#define MT_UNPAID_MINUTES 15 /* when nobody says otherwise: a minute longer than a payment may take */
#define MT_UNPAID_MINUTES_MAX (7 * 24 * 60)
#define MT_EXPIRE_MOST 100
MT_MUST enum mt_rc mt_service_expire(struct mt_session *x, int64_t unpaid_minutes, size_t *expired, struct mt_err *err);

/* What a REST request needs before its body can be read: the order its address is about, new ids, and the time. MT_NOTFOUND with
 * the 404 problem when there is no such order or payment in the caller's store. */
enum mt_rest_about { MT_REST_ABOUT_NOTHING, MT_REST_ABOUT_ORDER, MT_REST_ABOUT_PAYMENT };
struct mt_rest_start {
    mt_time at;
    struct mt_id op_id, order_id;
    char order_no[MT_ORDER_NO_TEXT]; /* about nothing: one of the right form, until the batch gives the next */
    struct mt_id made[1 + MT_ADDRESSES_MAX];
};
MT_MUST enum mt_rc mt_query_rest_start(struct mt_session *x, const struct mt_caller *c, enum mt_rest_about about, struct mt_sv name,
                                       struct mt_rest_start *out, struct mt_problem *problem);

/* Queries: MT_NOTFOUND/MT_INVALID/… with the problem filled; answers are appended to out as JSON. */
MT_MUST enum mt_rc mt_query_register(struct mt_session *x, const struct mt_caller *c, struct mt_buf *out,
                                     struct mt_problem *problem);
/* *version gets the order's version (its ETag). */
MT_MUST enum mt_rc mt_query_order(struct mt_session *x, const struct mt_caller *c, struct mt_sv order_no, struct mt_buf *out,
                                  int64_t *version, struct mt_problem *problem);
MT_MUST enum mt_rc mt_query_order_events(struct mt_session *x, const struct mt_caller *c, struct mt_sv order_no, struct mt_buf *out,
                                         struct mt_problem *problem);
struct mt_order_filter {
    /* borrowed; empty view: not given. Values are checked here. */
    struct mt_sv status, user_id, user_phone, store_id, register_code, q, created_from, created_to, limit, cursor;
};
/* *next_cursor: copied to the arena of the session's answer, "" at the end (valid until the next call). */
MT_MUST enum mt_rc mt_query_orders(struct mt_session *x, const struct mt_caller *c, const struct mt_order_filter *f,
                                   struct mt_buf *out, const char **next_cursor, struct mt_problem *problem);
/* The page behind cursor; *empty: nothing new (the caller may wait and ask again). */
MT_MUST enum mt_rc mt_query_changes(struct mt_session *x, const struct mt_caller *c, struct mt_sv cursor, int64_t limit,
                                    struct mt_buf *out, bool *empty, struct mt_problem *problem);
MT_MUST enum mt_rc mt_query_drug(struct mt_session *x, const struct mt_caller *c, struct mt_sv drug_id, struct mt_buf *out,
                                 struct mt_problem *problem);
MT_MUST enum mt_rc mt_query_drug_stock(struct mt_session *x, const struct mt_caller *c, struct mt_sv drug_id, struct mt_buf *out,
                                       struct mt_problem *problem);
/* MT_OK when the database answers, its schema is this program's (MT_NEWER, MT_STALE), and it can be written: the file is there
 * (MT_NOTFOUND) and not read-only (MT_READONLY), its disk has MT_READY_ROOM bytes left (MT_FULL); a PostgreSQL server is not a
 * standby (MT_READONLY). Writes nothing. */
#define MT_READY_ROOM ((int64_t)64 << 20)
MT_MUST enum mt_rc mt_query_ready(struct mt_session *x, struct mt_err *err);

#endif
