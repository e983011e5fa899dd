/* What the files of this folder share. */
#ifndef MEDTERM_SERVICE_CORE_H
#define MEDTERM_SERVICE_CORE_H

#include <medterm/crypto/crypto.h>
#include <medterm/db/db.h>
#include <medterm/repo/log.h>
#include <medterm/repo/people.h>
#include <medterm/service/service.h>

struct mt_service {
    char *db_url, *vfs; /* owned; vfs may be NULL */
    bool read_only;     /* without the key for cursors */
    struct mt_clock clock;
    struct mt_random random;
    struct mt_disk disk;
    char *file;                 /* path of the database's file, owned; NULL: nobody looks after it */
    uint64_t file_id[2];        /* its device and inode */
    const struct mt_log *log;   /* borrowed, may be NULL */
    struct mt_metrics *metrics; /* borrowed, may be NULL */
    unsigned char key[MT_SEAL_KEY_BYTES];
    int claim; /* the lock of a program that serves, -1: none */
};

/* What a transaction adds to the feed and the audit chain, until its end. */
struct trail_change {
    const char *scope, *id; /* in the trail's texts */
    enum mt_entity entity;
    bool passed_over; /* the same entity changes again further on */
};
struct trail_mark {
    size_t changes, audits;
};
#define TRAIL_DEPTH 8
struct trail {
    struct mt_arena texts;
    struct trail_change *changes; /* owned */
    struct mt_repo_audit *audits; /* owned; without prev and hash */
    size_t changes_count, changes_room, audits_count, audits_room;
    const char *scope;                    /* of the last change */
    struct trail_mark marks[TRAIL_DEPTH]; /* where the open savepoints began */
    int depth;
    bool open; /* in a transaction of service_begin */
};

/* Whether anybody wants to be told of orders; asked once a transaction. */
enum subscribers { SUBSCRIBERS_UNKNOWN, SUBSCRIBERS_NONE, SUBSCRIBERS_SOME };

struct mt_session {
    struct mt_service *service; /* borrowed */
    struct mt_db *db;           /* owned */
    struct mt_arena scratch;    /* emptied before each operation and query */
    struct mt_id_source ids;
    bool write;
    bool batches;         /* it applies batches, so checkpoints are its job */
    bool feed_moved;      /* by the last transaction */
    bool whole;           /* the transaction may change anything: nobody else writes */
    bool wants_whole;     /* a step of it has to; the batch is tried again so */
    bool suspects_others; /* a broken constraint may be another writer's doing: the batch is tried again */
    struct trail trail;
    char next_cursor[256];
    const char *request_id, *trace_id; /* borrowed, for the log; may be NULL */
    enum subscribers subscribers;
    struct mt_metrics *tally; /* owned: what this transaction has done, counted when it is committed */
};

/* The largest scratch an operation or a page may need: 1,000 changes of whole orders. */
#define MT_SCRATCH_MAX ((size_t)256 << 20)

mt_time service_now(const struct mt_session *x);
/* Fields of a log line: which request it is about. */
#define SERVICE_ABOUT(x) MT_L_TEXT("request_id", (x)->request_id), MT_L_TEXT("trace_id", (x)->trace_id)
/* ready.c. The database's file is the one that was opened: MT_NOTFOUND in words when it was moved, deleted or replaced under us.
 * What is written then would be lost with it. */
MT_MUST enum mt_rc service_note_file(struct mt_service *s, const char *path, struct mt_err *err);
MT_MUST enum mt_rc service_same_file(const struct mt_service *s, struct mt_err *err);
/* True for what says that the next statement will not do better. */
bool service_disk_fault(enum mt_rc rc);
/* Key for cursors: read from the file, or made and written there (0600). */
MT_MUST enum mt_rc service_key(const char *path, const struct mt_random *random, unsigned char key[MT_SEAL_KEY_BYTES],
                               struct mt_err *err);
MT_MUST enum mt_rc service_epoch(struct mt_session *x, char epoch[MT_ID_TEXT], struct mt_err *err);
/* Starts a new epoch: what the service knew before is not what its callers saw. */
MT_MUST enum mt_rc service_epoch_renew(struct mt_session *x, struct mt_err *err);

/* The same on a session of its own, for those who only read: unless another epoch than `epoch` has begun meanwhile. */
MT_MUST enum mt_rc service_epoch_end(struct mt_service *s, const char *epoch, struct mt_err *err);

/* MT_NOTFOUND: this history never had that epoch before the present one, and nobody noted it. */
MT_MUST enum mt_rc service_epoch_known(struct mt_session *x, const char *epoch, struct mt_err *err);
MT_MUST enum mt_rc service_epoch_note(struct mt_session *x, const char *epoch, struct mt_err *err);

/* transaction.c: every write of the service stands between one of the first two and service_commit, which also writes what was
 * collected for the feed and the audit chain; when it fails all is undone. stores: the ids of those that may be changed. `where`:
 * MT_HERE. */
MT_MUST enum mt_rc service_begin(struct mt_session *x, const char *where, struct mt_err *err); /* alone in the database */
MT_MUST enum mt_rc service_begin_for(struct mt_session *x, const char *const *stores, size_t count, const char *where,
                                     struct mt_err *err);
MT_MUST enum mt_rc service_commit(struct mt_session *x, struct mt_err *err);
void service_rollback(struct mt_session *x);
/* For a step that touches more than its caller's store: MT_OK when nobody else writes. Otherwise MT_BUSY: give it back, the whole
 * batch is tried again alone. */
MT_MUST enum mt_rc service_alone(struct mt_session *x, struct mt_err *err);
/* Savepoints of the database and of what is collected. A release that fails has undone it, as mt_db_release says. */
MT_MUST enum mt_rc service_savepoint(struct mt_session *x, struct mt_err *err);
MT_MUST enum mt_rc service_release(struct mt_session *x, struct mt_err *err);
MT_MUST enum mt_rc service_rollback_to(struct mt_session *x, struct mt_err *err);
void trail_init(struct trail *t);
void trail_fini(struct trail *t);

/* Feed and audit: collected, and written at the end of the transaction. scope "" is shared by all stores. Texts are copied. */
MT_MUST enum mt_rc trail_change(struct mt_session *x, const char *scope, enum mt_entity entity, const char *id, struct mt_err *err);
/* prev and hash are found when it is written. */
MT_MUST enum mt_rc trail_audit(struct mt_session *x, const struct mt_repo_audit *a, struct mt_err *err);
/* The hash an audit row must have, from its own content and prev. */
MT_MUST enum mt_rc trail_audit_hash(const struct mt_repo_audit *a, char hash[MT_HASH_TEXT]);

/* count.c: the transaction stands, or is gone. */
void count_committed(struct mt_session *x, struct mt_write *const *writes, size_t count);
void count_undone(struct mt_session *x);

/* Enrolment inside the batch; the problem is set when it is turned down. */
MT_MUST enum mt_rc enrol_apply(struct mt_session *x, const struct mt_enrolment *e, struct mt_register_info *out,
                               struct mt_problem *problem, struct mt_err *err);

/* A push inside the batch. A problem (sequence, clone, reuse) means that nothing of it was written. */
MT_MUST enum mt_rc push_apply(struct mt_session *x, struct mt_write *w, struct mt_err *err);
/* A REST request inside the batch. A problem means that it became no operation. */
MT_MUST enum mt_rc rest_apply(struct mt_session *x, struct mt_write *w, struct mt_err *err);

#endif
