/* A session's write transactions. What a transaction adds to the feed and to the audit chain is collected in memory and written at
 * its very end, behind the one step that orders all writers: so stores can be written side by side, the places they get are
 * committed in their order, and nobody waits for another's place longer than it takes to write these rows and commit. A savepoint
 * that is undone takes back what was collected in it. An entity that changed several times has one place, its last.
 *
 * A link's hash covers the link before, so that an audit row changed or taken out later breaks every hash behind it. */
#include "core.h"

#include <stdlib.h>
#include <string.h>

/* The most that one transaction may leave; the catalogue of a country fits. */
#define TRAIL_MAX ((size_t)512 << 20)

void trail_init(struct trail *t) {
    *t = (struct trail){.open = false};
    mt_arena_init(&t->texts, TRAIL_MAX);
}

static void clear(struct trail *t) {
    mt_arena_reset(&t->texts);
    t->changes_count = t->audits_count = 0;
    t->depth = 0;
    t->scope = "";
    t->open = false;
}

void trail_fini(struct trail *t) {
    mt_arena_fini(&t->texts);
    free(t->changes);
    free(t->audits);
}

/* Room for one more behind `count`. */
static bool grow(void **rows, size_t *room, size_t count, size_t size) {
    if (count < *room)
        return true;
    const size_t more = *room > 0 ? *room * 2 : 64;
    void *grown = more <= SIZE_MAX / size ? realloc(*rows, more * size) : NULL;
    if (grown == NULL)
        return false;
    *rows = grown;
    *room = more;
    return true;
}

static enum mt_rc no_room(struct mt_err *err) {
    return mt_fail(err, MT_NOMEM, "no memory for what the transaction changes");
}

/* What is collected outside would be lost. */
static enum mt_rc demand_open(const struct trail *t, struct mt_err *err) {
    return t->open ? MT_OK : mt_fail(err, MT_BUG, "a change outside of the service's transactions");
}

enum mt_rc trail_change(struct mt_session *x, const char *scope, enum mt_entity entity, const char *id, struct mt_err *err) {
    struct trail *t = &x->trail;
    void *rows = t->changes;
    enum mt_rc rc = demand_open(t, err);
    if (rc != MT_OK)
        return rc;
    const bool room = grow(&rows, &t->changes_room, t->changes_count, sizeof *t->changes);
    t->changes = rows;
    if (strcmp(t->scope, scope) != 0) /* mostly the one before */
        t->scope = mt_arena_str(&t->texts, scope);
    const char *kept = mt_arena_str(&t->texts, id);
    if (!room || t->scope == NULL || kept == NULL) {
        t->scope = "";
        return no_room(err);
    }
    t->changes[t->changes_count++] = (struct trail_change){.scope = t->scope, .id = kept, .entity = entity};
    return MT_OK;
}

static const char *keep(struct trail *t, const char *text, bool *kept) {
    const char *copy = text[0] != '\0' ? mt_arena_str(&t->texts, text) : "";
    *kept = *kept && copy != NULL;
    return copy;
}

enum mt_rc trail_audit(struct mt_session *x, const struct mt_repo_audit *a, struct mt_err *err) {
    struct trail *t = &x->trail;
    void *rows = t->audits;
    enum mt_rc rc = demand_open(t, err);
    if (rc != MT_OK)
        return rc;
    bool kept = grow(&rows, &t->audits_room, t->audits_count, sizeof *t->audits);
    t->audits = rows;
    struct mt_repo_audit row = {.at = a->at,
                                .version = a->version,
                                .actor = keep(t, a->actor, &kept),
                                .staff_id = keep(t, a->staff_id, &kept),
                                .action = keep(t, a->action, &kept),
                                .entity = keep(t, a->entity, &kept),
                                .entity_id = keep(t, a->entity_id, &kept),
                                .op_id = keep(t, a->op_id, &kept)};
    if (!kept)
        return no_room(err);
    t->audits[t->audits_count++] = row;
    return MT_OK;
}

enum mt_rc trail_audit_hash(const struct mt_repo_audit *a, char hash[MT_HASH_TEXT]) {
    struct mt_buf text;
    mt_buf_init(&text, 64u << 10);
    /* 0x1f can not stand in an id, a code or a hash, so two different rows never read the same. */
    mt_buf_fmt(&text, "%s\x1f%lld\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%lld\x1f%s", a->prev, (long long)a->at, a->actor, a->staff_id,
               a->action, a->entity, a->entity_id, (long long)a->version, a->op_id);
    enum mt_rc rc = mt_buf_rc(&text);
    if (rc == MT_OK)
        mt_hash_hex(mt_buf_view(&text), hash);
    mt_buf_fini(&text);
    return rc;
}

static uint64_t hash_of(const struct trail_change *c) {
    const char *const texts[] = {c->scope, c->id};
    uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)c->entity; /* FNV-1a */
    for (size_t i = 0; i < 2; i++)
        for (const unsigned char *p = (const unsigned char *)texts[i]; *p != '\0'; p++)
            h = (h ^ *p) * UINT64_C(1099511628211);
    return h;
}

static bool same(const struct trail_change *a, const struct trail_change *b) {
    return a->entity == b->entity && strcmp(a->id, b->id) == 0 && strcmp(a->scope, b->scope) == 0;
}

/* From the end: the last change of an entity stays, those before it are passed over. */
static enum mt_rc pass_over(struct trail *t, struct mt_err *err) {
    size_t places = 8;
    while (places < t->changes_count * 2)
        places *= 2;
    const struct trail_change **table = calloc(places, sizeof *table);
    if (table == NULL)
        return no_room(err);
    for (size_t i = t->changes_count; i-- > 0;) {
        struct trail_change *c = &t->changes[i];
        size_t at = (size_t)hash_of(c) & (places - 1);
        while (table[at] != NULL && !same(table[at], c))
            at = (at + 1) & (places - 1);
        c->passed_over = table[at] != NULL;
        if (!c->passed_over)
            table[at] = c;
    }
    free((void *)table);
    return MT_OK;
}

static enum mt_rc write_changes(struct mt_session *x, struct mt_err *err) {
    struct trail *t = &x->trail;
    int64_t last = 0;
    enum mt_rc rc = pass_over(t, err);
    if (rc == MT_OK)
        rc = mt_repo_change_last(x->db, &last, err);
    for (size_t i = 0; rc == MT_OK && i < t->changes_count; i++) {
        const struct trail_change *c = &t->changes[i];
        if (!c->passed_over)
            rc = mt_repo_change_put(x->db, c->scope, c->entity, c->id, ++last, err);
    }
    return rc;
}

static enum mt_rc write_audits(struct mt_session *x, struct mt_err *err) {
    struct trail *t = &x->trail;
    char head[MT_HASH_TEXT];
    enum mt_rc rc = mt_repo_audit_head(x->db, head, err);
    for (size_t i = 0; rc == MT_OK && i < t->audits_count; i++) {
        struct mt_repo_audit *a = &t->audits[i];
        memcpy(a->prev, head, sizeof a->prev);
        rc = trail_audit_hash(a, a->hash);
        if (rc == MT_OK)
            rc = mt_repo_audit_insert(x->db, a, err);
        memcpy(head, a->hash, sizeof head);
    }
    return rc;
}

static enum mt_rc write_trail(struct mt_session *x, struct mt_err *err) {
    const struct trail *t = &x->trail;
    if (t->changes_count == 0 && t->audits_count == 0)
        return MT_OK;
    enum mt_rc rc = mt_db_order(x->db, err);
    if (rc == MT_OK && t->changes_count > 0)
        rc = write_changes(x, err);
    if (rc == MT_OK && t->audits_count > 0)
        rc = write_audits(x, err);
    return rc;
}

static enum mt_rc begun(struct mt_session *x, enum mt_rc rc, bool whole) {
    clear(&x->trail);
    x->trail.open = rc == MT_OK;
    x->whole = whole;
    x->subscribers = SUBSCRIBERS_UNKNOWN;
    return rc;
}

enum mt_rc service_begin(struct mt_session *x, const char *where, struct mt_err *err) {
    return begun(x, mt_db_begin(x->db, MT_DB_WRITE, where, err), true);
}

enum mt_rc service_begin_for(struct mt_session *x, const char *const *stores, size_t count, const char *where, struct mt_err *err) {
    return begun(x, mt_db_begin_for(x->db, stores, count, where, err), mt_db_engine(x->db) == MT_ENGINE_SQLITE);
}

enum mt_rc service_commit(struct mt_session *x, struct mt_err *err) {
    enum mt_rc rc = write_trail(x, err);
    const bool moved = x->trail.changes_count > 0;
    if (rc == MT_OK)
        rc = mt_db_commit(x->db, err);
    if (rc != MT_OK)
        mt_db_rollback(x->db);
    clear(&x->trail);
    x->feed_moved = rc == MT_OK && moved;
    return rc;
}

void service_rollback(struct mt_session *x) {
    mt_db_rollback(x->db);
    clear(&x->trail);
}

enum mt_rc service_alone(struct mt_session *x, struct mt_err *err) {
    if (x->whole)
        return MT_OK;
    x->wants_whole = true;
    return mt_fail(err, MT_BUSY, "it has to be done alone in the database");
}

enum mt_rc service_savepoint(struct mt_session *x, struct mt_err *err) {
    struct trail *t = &x->trail;
    if (t->depth == TRAIL_DEPTH)
        return mt_fail(err, MT_BUG, "savepoints nest too deep");
    enum mt_rc rc = mt_db_savepoint(x->db, err);
    if (rc == MT_OK)
        t->marks[t->depth++] = (struct trail_mark){t->changes_count, t->audits_count};
    return rc;
}

/* The innermost savepoint was undone. */
static void back(struct trail *t) {
    if (t->depth == 0)
        return;
    t->depth--;
    t->changes_count = t->marks[t->depth].changes;
    t->audits_count = t->marks[t->depth].audits;
}

enum mt_rc service_release(struct mt_session *x, struct mt_err *err) {
    enum mt_rc rc = mt_db_release(x->db, err);
    if (rc != MT_OK)
        back(&x->trail);
    else if (x->trail.depth > 0)
        x->trail.depth--;
    return rc;
}

enum mt_rc service_rollback_to(struct mt_session *x, struct mt_err *err) {
    back(&x->trail);
    return mt_db_rollback_to(x->db, err);
}
