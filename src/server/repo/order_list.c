/* Lists of orders, newest first. A list without a search reads one index: that of the filter which leaves the fewest rows. A search
 * walks the indexes of what the question may mean together (order_search.c). Either way each row is held against all filters
 * here, and a page ends when it is full or when it has looked at so many rows: then it is short, and its cursor goes on from there.
 * So a page costs the same however many orders there are and however little they match. */
#include "order_search.h"

#include "row.h"
#include "rows.h"

/* Rows a page looks at beyond those it shows. */
#define LOOKED_AT 2000
#define READ_AT_ONCE_MAX 256

struct collect {
    const struct mt_repo_order_filter *f;
    struct mt_arena *arena;
    struct mt_repo_order_page *page;
    int64_t looked_at;
};

static bool text_is(struct mt_sv want, const char *text) {
    return want.n == 0 || mt_sv_is(want, text);
}

static bool wanted(const struct mt_repo_order_filter *f, const struct mt_order *o) {
    return mt_sv_is(f->store_id, o->store_id.s) && text_is(f->status, mt_order_status_name(o->status)) &&
           text_is(f->user_id, o->user_id) && text_is(f->user_phone, o->user_phone) && text_is(f->register_code, o->register_code);
}

/* Takes a row, or passes it over. A full page keeps looking for one row more, to know whether another page follows. *done: it is
 * known, or enough has been looked at. */
static enum mt_rc collect(struct collect *c, const struct mt_order *o, bool matches, bool *done, struct mt_err *err) {
    struct mt_repo_order_page *p = c->page;
    *done = false;
    c->looked_at++;
    if (matches && wanted(c->f, o)) {
        if (p->count == (size_t)c->f->limit) {
            p->more = *done = true; /* behind the last one shown */
            return MT_OK;
        }
        struct mt_order *orders = row_grow(c->arena, p->orders, p->count, sizeof *orders);
        if (orders == NULL)
            return mt_fail(err, MT_NOMEM, "no memory for a list of orders");
        p->orders = orders;
        orders[p->count++] = *o;
        p->after_time = o->created_at;
        p->after_id = o->order_id;
    }
    if (c->looked_at < c->f->limit + LOOKED_AT)
        return MT_OK;
    p->after_time = o->created_at;
    p->after_id = o->order_id;
    p->more = *done = true;
    return MT_OK;
}

/* The key that the first row comes behind. */
static struct walk_key beginning(const struct mt_repo_order_filter *f) {
    struct walk_key key = walk_start(WALK_NEWEST);
    if (f->has_to)
        key = (struct walk_key){.at = f->to, .name = ""};
    if (f->has_after && (!f->has_to || f->after_time < f->to)) {
        key.at = f->after_time;
        if (mt_sv_copy(f->after_id, key.id.s, sizeof key.id.s) != MT_OK)
            key.id.s[0] = '\0'; /* longer than any id: nothing of that moment comes after it */
    }
    return key;
}

#define SCAN(where)                                                                                                                \
    "SELECT " MT_ORDER_COLUMNS MT_ORDER_FROM " WHERE " where " AND o.created_at >= ?3 AND (o.created_at, o.order_id) < (?4, ?5)"   \
    " ORDER BY o.created_at DESC, o.order_id DESC LIMIT ?6"
/* The status stands in the order and in both its ends, although it is the same for all: with a status to be equal to, PostgreSQL
 * would also take the index of all orders by time and pass over those of another status, and these may be all but a few. */
#define SCAN_STATUS                                                                                                                \
    "SELECT " MT_ORDER_COLUMNS MT_ORDER_FROM " WHERE o.store_id = ?1 AND (o.status, o.created_at) >= (?2, ?3)"                     \
    " AND (o.status, o.created_at, o.order_id) < (?2, ?4, ?5) ORDER BY o.status DESC, o.created_at DESC, o.order_id DESC LIMIT ?6"

/* One index a list, by what leaves the fewest rows. ?1 the store, ?2 what is looked for. Orders of other stores that have the same
 * patient or telephone are passed over like any other row that is not wanted. */
static const char *scan_of(const struct mt_repo_order_filter *f, struct mt_sv *key) {
    *key = f->user_id;
    if (f->user_id.n > 0)
        return SCAN("o.user_id = ?2 AND o.user_id <> ''");
    *key = f->user_phone;
    if (f->user_phone.n > 0)
        return SCAN("o.user_phone = ?2 AND o.user_phone <> ''");
    *key = f->status;
    if (f->status.n > 0 && (f->register_code.n == 0 || !mt_sv_is(f->status, mt_order_status_name(MT_ORDER_COMPLETED))))
        return SCAN_STATUS;
    *key = f->register_code;
    if (f->register_code.n > 0)
        return SCAN("o.register_id = (SELECT register_id FROM mt_register WHERE code = ?2)");
    return SCAN("o.store_id = ?1");
}

/* The next rows behind *key, which moves on. */
static enum mt_rc scan_on(struct collect *c, struct mt_db *db, const char *sql, struct mt_sv what, int64_t rows,
                          struct walk_key *key, bool *done, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(db, sql, &s, err);
    if (rc != MT_OK)
        return rc;
    mt_bind_sv(s, 1, c->f->store_id);
    mt_bind_sv(s, 2, what);
    mt_bind_int(s, 3, c->f->has_from ? c->f->from : 0);
    mt_bind_int(s, 4, key->at);
    const struct mt_id behind = key->id;
    mt_bind_text(s, 5, behind.s);
    mt_bind_int(s, 6, rows);
    enum mt_step step;
    int64_t seen = 0;
    while (rc == MT_OK && !*done && (step = mt_stmt_step(s, err)) != MT_STEP_DONE) {
        struct mt_order o;
        rc = step == MT_STEP_ERROR ? mt_stmt_rc(s) : mt_row_order(s, c->arena, &o);
        if (rc != MT_OK)
            break;
        seen++;
        *key = (struct walk_key){.at = o.created_at, .name = "", .id = o.order_id};
        rc = collect(c, &o, true, done, err);
    }
    mt_stmt_done(s);
    *done = *done || seen < rows;
    return rc;
}

/* Each time twice as many rows as before, because PostgreSQL sends all that it is asked for: a page that lacks a few rows does not
 * wait for hundreds. */
static enum mt_rc scan(struct collect *c, struct mt_db *db, struct mt_err *err) {
    struct mt_sv what;
    const char *sql = scan_of(c->f, &what);
    struct walk_key key = beginning(c->f);
    int64_t rows = c->f->limit + 1;
    enum mt_rc rc = MT_OK;
    for (bool done = false; rc == MT_OK && !done; rows = 2 * rows < READ_AT_ONCE_MAX ? 2 * rows : READ_AT_ONCE_MAX)
        rc = scan_on(c, db, sql, what, rows, &key, &done, err);
    return rc;
}

/* Rows that a search has led to. */
struct finds {
    struct walk_key keys[MT_ROW_ORDERS];
    unsigned tags[MT_ROW_ORDERS];
    struct mt_order orders[MT_ROW_ORDERS]; /* by key */
    size_t count;
};

/* The next few rows of the walk, loaded together: one question to a database far away instead of one each. */
static enum mt_rc next_finds(struct walk *w, size_t most, struct finds *f, struct mt_err *err) {
    enum mt_rc rc = MT_OK;
    const char *ids[MT_ROW_ORDERS];
    bool found = true;
    f->count = 0;
    while (rc == MT_OK && found && f->count < most && f->count < MT_ROW_ORDERS) {
        rc = walk_next(w, &f->keys[f->count], &f->tags[f->count], &found, err);
        f->count += rc == MT_OK && found;
    }
    for (size_t i = 0; i < f->count; i++)
        ids[i] = f->keys[i].id.s;
    return rc == MT_OK && f->count > 0 ? mt_row_orders_by_id(w->db, ids, f->count, w->arena, f->orders, err) : rc;
}

static enum mt_rc search(struct collect *c, struct mt_db *db, struct mt_err *err) {
    struct order_search *q = mt_arena_alloc(c->arena, sizeof *q);
    struct finds *finds = mt_arena_alloc(c->arena, sizeof *finds);
    if (q == NULL || finds == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for a search");
    q->walk = (struct walk){
        .db = db, .arena = c->arena, .order = WALK_NEWEST, .from = c->f->has_from ? c->f->from : 0, .behind = beginning(c->f)};
    enum mt_rc rc = order_search_begin(q, c->f, err);
    for (bool done = false; rc == MT_OK && !done;) {
        rc = next_finds(&q->walk, (size_t)c->f->limit + 1, finds, err);
        if (rc != MT_OK || finds->count == 0)
            break;
        for (size_t i = 0; rc == MT_OK && !done && i < finds->count; i++)
            rc = collect(c, &finds->orders[i], order_search_matches(q, finds->tags[i], &finds->orders[i]), &done, err);
    }
    return rc;
}

enum mt_rc mt_repo_order_list(struct mt_db *db, const struct mt_repo_order_filter *f, struct mt_arena *arena,
                              struct mt_repo_order_page *out, struct mt_err *err) {
    *out = (struct mt_repo_order_page){.count = 0};
    struct collect c = {.f = f, .arena = arena, .page = out};
    enum mt_rc rc = f->q.n > 0 ? search(&c, db, err) : scan(&c, db, err);
    return rc == MT_OK ? mt_row_orders_exceptions(db, out->orders, out->count, arena, err) : rc;
}
