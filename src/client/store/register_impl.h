/* What the files of register.db share. */
#ifndef MEDTERM_STORE_REGISTER_IMPL_H
#define MEDTERM_STORE_REGISTER_IMPL_H

#include <medterm/db/db.h>
#include <medterm/store/register.h>

#define MT_SECRET_TEXT 65
#define MT_OP_MAX_BYTES (512u << 10) /* an operation beyond a body's limit is refused before it is saved */

struct mt_register {
    struct mt_db *db; /* owned */
    char *dir;        /* owned */
    int lock_fd;      /* -1: none */
    struct mt_clock clock;
    struct mt_random random;
    struct mt_id_source ids;
    char secret[MT_SECRET_TEXT];
    bool is_enrolled;
    struct mt_enrolled enrolled;
    bool doubtful; /* the disk failed in a commit: whether it stands is known after a restart only */
#ifdef MT_PLANT_NUMBER_REUSED
    int64_t planted_order; /* the number in memory, written down only on a clean close */
#endif
};

extern const struct mt_migration mt_register_schema[];
extern const size_t mt_register_schema_count;

/* Reads enrolment back from the file. */
MT_MUST enum mt_rc mt_register_load(struct mt_register *r, struct mt_err *err);
/* MT_INVALID in words when not enrolled. */
MT_MUST enum mt_rc mt_register_need_lane(const struct mt_register *r, struct mt_err *err);

/* Inside a transaction of the caller. */
MT_MUST enum mt_rc mt_register_audit(struct mt_register *r, const char *staff_id, const char *what, const char *subject,
                                     struct mt_err *err);
MT_MUST enum mt_rc mt_register_take_seq(struct mt_register *r, int64_t *seq, struct mt_err *err);
/* One outbox row of the present lane: waiting, or frozen when the lane is. */
MT_MUST enum mt_rc mt_register_put_op(struct mt_register *r, const struct mt_op *op, struct mt_sv bytes, struct mt_err *err);
MT_MUST enum mt_rc mt_register_cart_empty(struct mt_register *r, struct mt_err *err);

/* Commits when rc is MT_OK, rolls back otherwise. */
MT_MUST enum mt_rc mt_register_end(struct mt_register *r, enum mt_rc rc, struct mt_err *err);
/* Steps for one row: MT_NOTFOUND without words when there is none. The statement stays open: mt_stmt_done. */
MT_MUST enum mt_rc mt_stmt_one(struct mt_stmt *s, struct mt_err *err);

#endif
