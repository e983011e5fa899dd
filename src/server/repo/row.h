/* Small conversions between rows and values, shared by the files of this folder. */
#ifndef MEDTERM_REPO_ROW_H
#define MEDTERM_REPO_ROW_H

#include <medterm/db/db.h>
#include <medterm/domain/money.h>

#include <string.h>

/* Steps to the one row that is wanted. Unless it says MT_OK the statement is done already. */
MT_MUST static inline enum mt_rc row_one(struct mt_stmt *s, struct mt_err *err) {
    switch (mt_stmt_step(s, err)) {
    case MT_STEP_ROW:
        return MT_OK;
    case MT_STEP_DONE:
        mt_stmt_done(s);
        return MT_NOTFOUND;
    case MT_STEP_ERROR:
        break;
    }
    enum mt_rc rc = mt_stmt_rc(s);
    mt_stmt_done(s);
    return rc;
}

/* Runs a statement that has to touch exactly one row. */
MT_MUST static inline enum mt_rc row_touch(struct mt_stmt *s, enum mt_rc otherwise, const char *words, struct mt_err *err) {
    int64_t changed = 0;
    enum mt_rc rc = mt_stmt_run(s, &changed, err);
    return rc == MT_OK && changed != 1 ? mt_fail(err, otherwise, "%s", words) : rc;
}

static inline struct mt_id col_id(struct mt_stmt *s, int col) {
    struct mt_id id = {""};
    if (mt_sv_copy(mt_col_sv(s, col), id.s, sizeof id.s) != MT_OK)
        id.s[0] = '\0'; /* longer ids never get in */
    return id;
}

static inline void bind_time(struct mt_stmt *s, int at, mt_time t) {
    if (t == 0)
        mt_bind_null(s, at);
    else
        mt_bind_int(s, at, t);
}

static inline void bind_money(struct mt_stmt *s, int at, struct mt_money m) {
    mt_bind_int(s, at, mt_money_to_minor(m));
}

/* What stands in a money column got in as money; a value beyond it is damage and is told by *rc. */
static inline struct mt_money col_money(struct mt_stmt *s, int col, enum mt_rc *rc) {
    struct mt_money m = mt_money_zero();
    if (mt_money_from_minor(mt_col_int(s, col), &m) != MT_OK)
        *rc = MT_CORRUPT;
    return m;
}

static inline const char *col_text(struct mt_stmt *s, int col, struct mt_arena *arena, enum mt_rc *rc) {
    const char *text = mt_col_text(s, col, arena);
    if (text == NULL) {
        *rc = MT_NOMEM;
        return "";
    }
    return text;
}

/* Room for one more element behind `count`: the same array, or a larger copy. NULL when memory is out. */
static inline void *row_grow(struct mt_arena *arena, void *have, size_t count, size_t size) {
    if (count != 0 && (count < 4 || (count & (count - 1)) != 0))
        return have;
    void *more = mt_arena_array(arena, count < 4 ? 4 : 2 * count, size);
    if (more != NULL && count > 0)
        memcpy(more, have, count * size);
    return more;
}

#endif
