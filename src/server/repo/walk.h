/* Rows of several sources (the words a question is about), each sorted in its index, walked together in that order. */
#ifndef MEDTERM_REPO_WALK_H
#define MEDTERM_REPO_WALK_H

#include <medterm/base/id.h>
#include <medterm/db/db.h>

enum walk_order {
    WALK_NEWEST, /* by at, then id, both falling */
    WALK_BY_NAME /* by name, then id, both rising */
};
struct walk_key {
    mt_time at;       /* 0 where the order does not go by it */
    const char *name; /* borrowed from the arena; "" likewise */
    struct mt_id id;
};
/* A source's rows come by statement: columns at, name, id in the walk's order, beyond a key that is left out; parameters ?1 scope,
 * ?2 word, ?3 the least at, ?4 at, ?5 name and ?6 id of the key, ?7 how many. Without a statement: the keys given. */
struct walk_source {
    const char *sql, *word;
    unsigned tag;          /* the caller's: where a row was found */
    struct walk_key *keys; /* in the arena */
    size_t count, next, room;
    bool ended;
};
#define WALK_SOURCES 192
struct walk {
    struct mt_db *db;
    struct mt_arena *arena;
    enum walk_order order;
    const char *scope;
    mt_time from;
    struct walk_key behind; /* the walk begins behind it */
    size_t first;           /* rows to read of each source at once, to begin with */
    struct walk_source sources[WALK_SOURCES];
    size_t count;
};
/* Before every row. */
struct walk_key walk_start(enum walk_order order);
/* MT_BUG when there is no room for one more. */
MT_MUST enum mt_rc walk_add(struct walk *w, const char *sql, const char *word, unsigned tag, struct mt_err *err);
/* Keys that are known already, in any order; those before the walk's beginning are left out. */
MT_MUST enum mt_rc walk_add_keys(struct walk *w, const struct walk_key *keys, size_t count, unsigned tag, struct mt_err *err);
/* The next row, once however many sources have it; tags of all of them. *found is false at the end. */
MT_MUST enum mt_rc walk_next(struct walk *w, struct walk_key *key, unsigned *tags, bool *found, struct mt_err *err);

#endif
