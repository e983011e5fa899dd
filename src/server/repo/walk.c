/* Each source keeps a few keys it has read ahead; the first of all sources is the next row. A source that runs dry reads on behind
 * its last key, twice as many as before: a page that fills from the first rows reads few, and a question that has to look at many
 * rows does not ask for each. */
#include "walk.h"

#include "row.h"

#include <stdlib.h>

#define READ_AHEAD_MAX 256

struct walk_key walk_start(enum walk_order order) {
    /* ids are printable ASCII, so DEL is behind them all */
    return order == WALK_NEWEST ? (struct walk_key){.at = INT64_MAX, .name = "", .id = {"\x7f"}} : (struct walk_key){.name = ""};
}

/* Below 0 when a comes before b. */
static int compare(enum walk_order order, const struct walk_key *a, const struct walk_key *b) {
    if (order == WALK_NEWEST && a->at != b->at)
        return a->at > b->at ? -1 : 1;
    const int by_name = order == WALK_BY_NAME ? strcmp(a->name, b->name) : 0;
    if (by_name != 0)
        return by_name;
    return order == WALK_NEWEST ? strcmp(b->id.s, a->id.s) : strcmp(a->id.s, b->id.s);
}

enum mt_rc walk_add(struct walk *w, const char *sql, const char *word, unsigned tag, struct mt_err *err) {
    if (w->count == WALK_SOURCES)
        return mt_fail(err, MT_BUG, "a search looks into too many words");
    w->sources[w->count++] = (struct walk_source){.sql = sql, .word = word, .tag = tag};
    return MT_OK;
}

enum mt_rc walk_add_keys(struct walk *w, const struct walk_key *keys, size_t count, unsigned tag, struct mt_err *err) {
    enum mt_rc rc = walk_add(w, NULL, NULL, tag, err);
    if (rc != MT_OK)
        return rc;
    struct walk_source *s = &w->sources[w->count - 1];
    s->ended = true;
    s->keys = mt_arena_array(w->arena, count + 1, sizeof *s->keys);
    if (s->keys == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for a search");
    for (size_t i = 0; i < count; i++) {
        if (compare(w->order, &w->behind, &keys[i]) >= 0 || keys[i].at < w->from)
            continue;
        size_t k = s->count++;
        for (; k > 0 && compare(w->order, &keys[i], &s->keys[k - 1]) < 0; k--)
            s->keys[k] = s->keys[k - 1];
        s->keys[k] = keys[i];
    }
    return MT_OK;
}

static enum mt_rc read_keys(struct walk *w, struct walk_source *s, struct mt_stmt *stmt, struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    enum mt_step step;
    s->count = s->next = 0;
    while ((step = mt_stmt_step(stmt, err)) == MT_STEP_ROW && s->count < s->room && rc == MT_OK) {
        struct walk_key *k = &s->keys[s->count++];
        *k = (struct walk_key){.at = mt_col_int(stmt, 0), .name = "", .id = col_id(stmt, 2)};
        if (w->order == WALK_BY_NAME)
            k->name = col_text(stmt, 1, w->arena, &rc);
    }
    s->ended = s->count < s->room;
    return step == MT_STEP_ERROR ? mt_stmt_rc(stmt) : rc;
}

static enum mt_rc read_on(struct walk *w, struct walk_source *s, struct mt_err *err) {
    const struct walk_key behind = s->count > 0 ? s->keys[s->count - 1] : w->behind;
    if (s->room < READ_AHEAD_MAX) {
        s->room = s->room == 0 ? (w->first > 0 ? w->first : 1) : 2 * s->room;
        s->keys = mt_arena_array(w->arena, s->room, sizeof *s->keys);
        if (s->keys == NULL)
            return mt_fail(err, MT_NOMEM, "no memory for a search");
    }
    struct mt_stmt *stmt;
    enum mt_rc rc = mt_db_stmt(w->db, s->sql, &stmt, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_text(stmt, 1, w->scope);
    mt_bind_text(stmt, 2, s->word != NULL ? s->word : "");
    mt_bind_int(stmt, 3, w->from);
    mt_bind_int(stmt, 4, behind.at);
    mt_bind_text(stmt, 5, behind.name);
    mt_bind_text(stmt, 6, behind.id.s);
    mt_bind_int(stmt, 7, (int64_t)s->room);
    rc = read_keys(w, s, stmt, err);
    mt_stmt_done(stmt);
    return rc;
}

enum mt_rc walk_next(struct walk *w, struct walk_key *key, unsigned *tags, bool *found, struct mt_err *err) {
    *found = false;
    *tags = 0;
    for (size_t i = 0; i < w->count; i++) {
        struct walk_source *s = &w->sources[i];
        enum mt_rc rc = s->next == s->count && !s->ended ? read_on(w, s, err) : MT_OK;
        if (rc != MT_OK)
            return rc;
        if (s->next == s->count || (*found && compare(w->order, key, &s->keys[s->next]) <= 0))
            continue;
        *key = s->keys[s->next];
        *found = true;
    }
    for (size_t i = 0; *found && i < w->count; i++) {
        struct walk_source *s = &w->sources[i];
        if (s->next < s->count && compare(w->order, key, &s->keys[s->next]) == 0) {
            *tags |= s->tag;
            s->next++;
        }
    }
    return MT_OK;
}
