/* The cache's writer. Two files take turns: the current one is read by the screens, the other one is empty or is being
 * filled for a new epoch. The complete file of the highest generation is the current one, which every program finds out for
 * itself from the files; nothing is renamed under a reader. A file that can not be read is thrown away: all
 * of it can be fetched again. */
#include "cache_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum mt_rc mt_cache_one(struct mt_stmt *s, struct mt_err *err) {
    switch (mt_stmt_step(s, err)) {
    case MT_STEP_ROW:
        return MT_OK;
    case MT_STEP_DONE:
        return MT_NOTFOUND;
    case MT_STEP_ERROR:
        break;
    }
    enum mt_rc rc = mt_stmt_rc(s);
    return rc != MT_OK ? rc : MT_IO;
}

enum mt_rc mt_cache_path(const char *dir, int file, struct mt_buf *out) {
    mt_buf_fmt(out, "%s/%s", dir, file == 0 ? "cache.db" : "cache-2.db");
    return mt_buf_rc(out);
}

enum mt_rc mt_cache_meta(struct mt_db *db, struct mt_cache_file *out, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, "SELECT epoch, cursor, complete, generation, next_tie, drugs FROM meta", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    rc = mt_cache_one(s, err);
    if (rc == MT_OK) {
        rc = mt_sv_copy(mt_col_sv(s, 0), out->epoch, sizeof out->epoch);
    }
    if (rc == MT_OK) {
        rc = mt_sv_copy(mt_col_sv(s, 1), out->cursor, sizeof out->cursor);
    }
    out->complete = rc == MT_OK && mt_col_int(s, 2) != 0;
    out->generation = rc == MT_OK ? mt_col_int(s, 3) : 0;
    out->next_tie = rc == MT_OK ? mt_col_int(s, 4) : 0;
    out->drugs = rc == MT_OK ? mt_col_int(s, 5) : 0;
    mt_stmt_done(s);
    return rc == MT_NOTFOUND ? mt_fail(err, MT_CORRUPT, "%s: not a cache", mt_db_path(db)) : rc;
}

enum mt_rc mt_cache_meta_put(struct mt_cache_file *f, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(
        f->db, "UPDATE meta SET epoch = ?1, cursor = ?2, complete = ?3, generation = ?4, next_tie = ?5, drugs = ?6", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, f->epoch);
    mt_bind_text(s, 2, f->cursor);
    mt_bind_int(s, 3, f->complete);
    mt_bind_int(s, 4, f->generation);
    mt_bind_int(s, 5, f->next_tie);
    mt_bind_int(s, 6, f->drugs);
    return mt_stmt_run(s, NULL, err);
}

enum mt_rc mt_cache_wipe(struct mt_cache_file *f, const char *epoch, int64_t generation, struct mt_err *err) {
    static const char empty[] =
        "INSERT INTO drug_fts (drug_fts) VALUES ('delete-all');"
        "DELETE FROM drug; DELETE FROM stock; DELETE FROM lot; DELETE FROM order_copy; DELETE FROM exception_copy;"
        "DELETE FROM staff_copy; DELETE FROM setting_copy;";
    struct mt_cache_file fresh = {.db = f->db, .generation = generation};
    enum mt_rc rc = mt_sv_copy(mt_sv(epoch), fresh.epoch, sizeof fresh.epoch);
    if (rc == MT_OK) {
        rc = mt_db_begin(f->db, MT_DB_WRITE, MT_HERE, err);
    }
    if (rc != MT_OK) {
        return rc;
    }
    rc = mt_db_exec(f->db, empty, err);
    if (rc == MT_OK) {
        rc = mt_cache_meta_put(&fresh, err);
    }
    if (rc != MT_OK) {
        mt_db_rollback(f->db);
        return rc;
    }
    rc = mt_db_commit(f->db, err);
    if (rc == MT_OK) {
        *f = fresh;
    }
    return rc;
}

static enum mt_rc open_file(struct mt_cache *c, int which, struct mt_err *err) {
    struct mt_cache_file *f = &c->file[which];
    struct mt_buf path;
    mt_buf_init(&path, 4096);
    enum mt_rc rc = mt_cache_path(c->dir, which, &path);
    if (rc == MT_OK) {
        const struct mt_db_options o = {
            .url = mt_buf_text(&path), .mode = MT_DB_WRITE, .sync = MT_DB_SYNC_NORMAL, .vfs = c->vfs, .busy_ms = 5000};
        rc = mt_db_open(&o, &f->db, err);
    }
    int64_t version = 0;
    if (rc == MT_OK) {
        rc = mt_db_migrate(f->db, mt_cache_schema, mt_cache_schema_count, &version, err);
    }
    if (rc == MT_OK) {
        rc = mt_cache_meta(f->db, f, err);
    }
    if (rc != MT_OK) {
        mt_db_close(f->db);
        *f = (struct mt_cache_file){0};
    }
    mt_buf_fini(&path);
    return rc;
}

/* Only the system's files can be unlinked; a simulated disk keeps its own. */
static void throw_away(const struct mt_cache *c, int which) {
    static const char *const tails[] = {"", "-wal", "-shm"};
    for (size_t i = 0; c->vfs == NULL && i < sizeof tails / sizeof tails[0]; i++) {
        struct mt_buf path;
        mt_buf_init(&path, 4096);
        if (mt_cache_path(c->dir, which, &path) == MT_OK) {
            mt_buf_str(&path, tails[i]);
            (void)unlink(mt_buf_text(&path)); /* absent is as good as gone */
        }
        mt_buf_fini(&path);
    }
}

static enum mt_rc open_or_renew(struct mt_cache *c, int which, struct mt_err *err) {
    enum mt_rc rc = open_file(c, which, err);
    if (rc == MT_CORRUPT || rc == MT_NEWER) {
        throw_away(c, which);
        rc = open_file(c, which, err);
    }
    return rc;
}

static bool exists(const struct mt_cache *c, int which) {
    struct mt_buf path;
    mt_buf_init(&path, 4096);
    bool yes = c->vfs != NULL || (mt_cache_path(c->dir, which, &path) == MT_OK && access(mt_buf_text(&path), F_OK) == 0);
    mt_buf_fini(&path);
    return yes;
}

/* The complete one of the highest generation; without any, the one that got furthest. */
static bool better(const struct mt_cache_file *a, const struct mt_cache_file *b) {
    if (a->complete != b->complete) {
        return a->complete;
    }
    return a->generation > b->generation;
}

static enum mt_rc choose(struct mt_cache *c, struct mt_err *err) {
    c->current = 0;
    c->filling = -1;
    if (c->file[1].db != NULL && better(&c->file[1], &c->file[0])) {
        c->current = 1;
    }
    const int other = 1 - c->current;
    struct mt_cache_file *now = &c->file[c->current], *second = &c->file[other];
    if (second->db != NULL && !second->complete && second->generation > now->generation && now->complete) {
        c->filling = other; /* a fill that was interrupted goes on */
    }
    if (now->generation == 0) {
        return mt_cache_wipe(now, "", 1, err);
    }
    return MT_OK;
}

enum mt_rc mt_cache_open(const struct mt_cache_options *o, struct mt_cache **out, struct mt_err *err) {
    *out = NULL;
    struct mt_cache *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory for the catalogue.");
    }
    c->clock = o->clock;
    c->filling = -1;
    c->dir = strdup(o->dir);
    c->vfs = o->vfs != NULL ? strdup(o->vfs) : NULL;
    enum mt_rc rc = c->dir != NULL && (c->vfs != NULL || o->vfs == NULL)
                        ? MT_OK
                        : mt_fail(err, MT_NOMEM, "Not enough memory for the catalogue.");
    if (rc == MT_OK) {
        rc = open_or_renew(c, 0, err);
    }
    if (rc == MT_OK && exists(c, 1)) {
        rc = open_or_renew(c, 1, err);
    }
    if (rc == MT_OK) {
        rc = choose(c, err);
    }
    if (rc != MT_OK) {
        mt_cache_close(c);
        return rc;
    }
    *out = c;
    return MT_OK;
}

void mt_cache_close(struct mt_cache *c) {
    if (c == NULL) {
        return;
    }
    for (int i = 0; i < MT_CACHE_FILES; i++) {
        mt_db_close(c->file[i].db);
    }
    free(c->dir);
    free(c->vfs);
    free(c);
}

const char *mt_cache_cursor(const struct mt_cache *c) {
    return c->file[c->filling >= 0 ? c->filling : c->current].cursor;
}

const char *mt_cache_epoch(const struct mt_cache *c) {
    return c->file[c->current].epoch;
}

static enum mt_rc copy_sold(struct mt_cache *c, int from, int to, struct mt_err *err) {
    struct mt_stmt *rows, *put;
    enum mt_rc rc = mt_db_exec(c->file[to].db, "DELETE FROM sold", err);
    if (rc == MT_OK) {
        rc = mt_db_stmt(c->file[from].db, "SELECT drug_id, packs FROM sold", &rows, err);
    }
    if (rc != MT_OK) {
        return rc;
    }
    while ((rc = mt_cache_one(rows, err)) == MT_OK) {
        rc = mt_db_stmt(c->file[to].db, "INSERT INTO sold (drug_id, packs) VALUES (?1, ?2)", &put, err);
        if (rc != MT_OK) {
            break;
        }
        mt_bind_sv(put, 1, mt_col_sv(rows, 0));
        mt_bind_int(put, 2, mt_col_int(rows, 1));
        rc = mt_stmt_run(put, NULL, err);
        if (rc != MT_OK) {
            break;
        }
    }
    mt_stmt_done(rows);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

/* A file to fill for the epoch: the present one while nothing complete is in it, otherwise the other one. */
static enum mt_rc begin_fill(struct mt_cache *c, const char *epoch, struct mt_err *err) {
    struct mt_cache_file *now = &c->file[c->current];
    if (!now->complete) {
        return mt_cache_wipe(now, epoch, now->generation, err);
    }
    const int other = 1 - c->current;
    enum mt_rc rc = c->file[other].db != NULL ? MT_OK : open_or_renew(c, other, err);
    if (rc == MT_OK) {
        rc = mt_cache_wipe(&c->file[other], epoch, now->generation + 1, err);
    }
    if (rc == MT_OK) {
        rc = mt_db_begin(c->file[other].db, MT_DB_WRITE, MT_HERE, err);
    }
    if (rc == MT_OK) {
        rc = copy_sold(c, c->current, other, err);
        if (rc == MT_OK) {
            rc = mt_db_commit(c->file[other].db, err);
        } else {
            mt_db_rollback(c->file[other].db);
        }
    }
    if (rc == MT_OK) {
        c->filling = other;
    }
    return rc;
}

enum mt_rc mt_cache_restart(struct mt_cache *c, struct mt_err *err) {
    return begin_fill(c, "", err);
}

#ifdef MT_PLANT_CURSOR_AHEAD
static enum mt_rc cursor_first(struct mt_cache_file *f, struct mt_err *err) {
    enum mt_rc rc = mt_cache_meta_put(f, err);
    return rc == MT_OK ? mt_db_checkpoint(f->db, err) : rc;
}
#endif

/* The page and its cursor, one transaction. */
static enum mt_rc write_page(struct mt_cache_file *f, const struct mt_changes_page *page, struct mt_cache_applied *out,
                             struct mt_err *err) {
    struct mt_cache_file next = *f;
    enum mt_rc rc = mt_sv_copy(mt_sv(page->cursor), next.cursor, sizeof next.cursor);
    if (rc != MT_OK) {
        return mt_fail(err, MT_INVALID, "The service sent a cursor that is too long.");
    }
    memcpy(next.epoch, page->epoch, sizeof next.epoch);
    next.complete = f->complete || !page->more;
#ifdef MT_PLANT_CURSOR_AHEAD
    rc = cursor_first(&next, err);
    if (rc != MT_OK) {
        return rc;
    }
#endif
    rc = mt_db_begin(f->db, MT_DB_WRITE, MT_HERE, err);
    if (rc != MT_OK) {
        return rc;
    }
    for (size_t i = 0; i < page->count && rc == MT_OK; i++) {
        rc = mt_cache_put(&next, &page->changes[i], out, err);
    }
    if (rc == MT_OK) {
        rc = mt_cache_meta_put(&next, err);
    }
    if (rc != MT_OK) {
        mt_db_rollback(f->db);
        return rc;
    }
    rc = mt_db_commit(f->db, err);
    if (rc == MT_OK) {
        *f = next;
        out->changes = page->count;
    }
    return rc;
}

/* The second file is complete: it is the current one from now on, the first is emptied when it is needed again. */
static void swap_when_complete(struct mt_cache *c, struct mt_cache_applied *out) {
    if (c->filling >= 0 && c->file[c->filling].complete) {
        c->current = c->filling;
        c->filling = -1;
        out->swapped = true;
    }
    out->filling = c->filling >= 0 || !c->file[c->current].complete;
}

static enum mt_rc apply_page(struct mt_cache *c, const char *asked, const struct mt_changes_page *page,
                             struct mt_cache_applied *out, struct mt_err *err) {
    struct mt_cache_file *f = &c->file[c->filling >= 0 ? c->filling : c->current];
    if (strcmp(asked, f->cursor) != 0) {
        out->more = true; /* asked before something else was begun; ask again from where we are */
        return MT_OK;
    }
    if (f->epoch[0] != '\0' && strcmp(f->epoch, page->epoch) != 0) {
        enum mt_rc rc = begin_fill(c, page->epoch, err);
        if (rc != MT_OK || asked[0] != '\0') {
            out->more = true;
            return rc; /* the page may be a part only: begin with the first one */
        }
        f = &c->file[c->filling >= 0 ? c->filling : c->current];
    }
    out->more = page->more;
    return write_page(f, page, out, err);
}

enum mt_rc mt_cache_apply(struct mt_cache *c, const char *asked, struct mt_sv page, struct mt_cache_applied *out,
                          struct mt_err *err) {
    struct mt_arena arena;
    mt_arena_init(&arena, 256u << 20);
    struct mt_changes_page p;
    *out = (struct mt_cache_applied){0};
    enum mt_rc rc = mt_changes_parse(page, &arena, &p, err);
    if (rc == MT_OK) {
        rc = apply_page(c, asked, &p, out, err);
    }
    swap_when_complete(c, out);
    mt_arena_fini(&arena);
    return rc;
}

enum mt_rc mt_cache_rank(struct mt_cache *c, const struct mt_sold *sold, size_t count, struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    for (int i = 0; i < MT_CACHE_FILES && rc == MT_OK; i++) {
        struct mt_cache_file *f = &c->file[i];
        if (f->db == NULL || (i != c->current && i != c->filling)) {
            continue;
        }
        rc = mt_db_begin(f->db, MT_DB_WRITE, MT_HERE, err);
        for (size_t k = 0; k < count && rc == MT_OK; k++) {
            rc = mt_cache_move(f, &sold[k], err);
        }
        if (rc == MT_OK) {
            rc = mt_db_commit(f->db, err);
        } else {
            mt_db_rollback(f->db);
        }
    }
    return rc;
}
