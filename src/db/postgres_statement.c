/* Statements of PostgreSQL. A text is translated once (?1 becomes $1, outside of literals and comments) and prepared on the server
 * at its first execution, when it is known which parameters are integers: these are typed bigint, all others are left to the server
 * to infer. Values travel as text, blobs as bytes; rows come back as text and whole, so a statement may be stepped through while
 * others run. */
#include "postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOOL_OID 16
#define BYTEA_OID 17
#define INT8_OID 20
#define TEXT_OID 25
#define KEPT_MAX ((size_t)64 << 20)
#define PARAMS_MAX 1000

static struct postgres_stmt *of(struct mt_stmt *s) {
    return (struct postgres_stmt *)s;
}

/* How many bytes at p are a literal, a quoted name or a comment; 0: none. */
static size_t skipped(const char *p) {
    size_t n = 0;
    if (p[0] == '\'' || p[0] == '"') {
        for (n = 1; p[n] != '\0' && p[n] != p[0]; n++)
            continue; /* a doubled quote ends one literal and starts the next */
        return p[n] != '\0' ? n + 1 : n;
    }
    if (p[0] == '-' && p[1] == '-') {
        while (p[n] != '\0' && p[n] != '\n')
            n++;
        return n;
    }
    if (p[0] == '/' && p[1] == '*') {
        const char *end = strstr(p + 2, "*/");
        return end != NULL ? (size_t)(end - p) + 2 : strlen(p);
    }
    return 0;
}

/* text has the length of sql: only a sign changes. The highest parameter comes back; used[n]: the text names parameter n. */
static int translate(const char *sql, char *text, bool used[PARAMS_MAX + 1]) {
    int highest = 0;
    for (size_t i = 0; sql[i] != '\0';) {
        size_t n = skipped(sql + i);
        if (n > 0) {
            memcpy(text + i, sql + i, n);
            i += n;
            continue;
        }
        text[i] = sql[i];
        if (sql[i] == '?' && sql[i + 1] >= '1' && sql[i + 1] <= '9') {
            int at = 0;
            text[i] = '$';
            for (size_t k = i + 1; sql[k] >= '0' && sql[k] <= '9' && at <= PARAMS_MAX; k++)
                at = at * 10 + (sql[k] - '0');
            highest = at > highest ? at : highest;
            if (at <= PARAMS_MAX)
                used[at] = true;
        }
        i++;
    }
    return highest;
}

static bool make_params(struct postgres_stmt *s, const bool used[PARAMS_MAX + 1]) {
    const size_t n = s->params > 0 ? (size_t)s->params : 1;
    s->types = calloc(n, sizeof *s->types);
    s->values = calloc(n, sizeof *s->values);
    s->lengths = calloc(n, sizeof *s->lengths);
    s->formats = calloc(n, sizeof *s->formats);
    s->copies = calloc(n, sizeof *s->copies);
    if (s->types == NULL || s->values == NULL || s->lengths == NULL || s->formats == NULL || s->copies == NULL)
        return false;
    for (int i = 0; i < s->params; i++)
        if (!used[i + 1])
            s->types[i] = TEXT_OID; /* a number left out of the text: the server has nothing to infer its type from */
    return true;
}

enum mt_rc mt_postgres_prepare(struct mt_db *db, const char *sql, struct mt_stmt **out, struct mt_err *err) {
    if (sql[0] == '\0')
        return mt_fail(err, MT_BUG, "%s: a statement without words", db->path);
    struct postgres_stmt *s = calloc(1, sizeof *s);
    if (s == NULL)
        return mt_fail(err, MT_NOMEM, "%s: no memory for a statement", db->path);
    mt_arena_init(&s->kept, KEPT_MAX);
    s->text = calloc(1, strlen(sql) + 1);
    bool used[PARAMS_MAX + 1] = {false};
    s->params = s->text != NULL ? translate(sql, s->text, used) : 0;
    if (s->text == NULL || s->params > PARAMS_MAX || !make_params(s, used)) {
        mt_postgres_finalize(&s->base);
        return mt_fail(err, MT_NOMEM, "%s: no memory for a statement", db->path);
    }
    *out = &s->base;
    return MT_OK;
}

void mt_postgres_finalize(struct mt_stmt *base) {
    struct postgres_stmt *s = of(base);
    PQclear(s->result);
    mt_arena_fini(&s->kept);
    free(s->types);
    free((void *)s->values);
    free(s->lengths);
    free(s->formats);
    free(s->copies);
    free(s->text);
    free(s);
}

void mt_postgres_reset(struct mt_stmt *base) {
    struct postgres_stmt *s = of(base);
    PQclear(s->result);
    s->result = NULL;
    s->bind_rc = MT_OK;
    mt_arena_reset(&s->kept);
    for (int i = 0; i < s->params; i++)
        s->values[i] = NULL;
}

static bool has(struct postgres_stmt *s, int at) {
    if (at >= 1 && at <= s->params)
        return true;
    if (s->bind_rc == MT_OK)
        s->bind_rc = MT_BUG;
    return false;
}

static void put(struct postgres_stmt *s, int at, const char *value, size_t n, int format) {
    s->values[at - 1] = value;
    s->lengths[at - 1] = (int)n;
    s->formats[at - 1] = format;
}

void mt_postgres_bind_int(struct mt_stmt *base, int at, int64_t value) {
    struct postgres_stmt *s = of(base);
    if (!has(s, at))
        return;
    char *text = s->copies[at - 1];
    (void)snprintf(text, MT_BOUND_COPY_MAX, "%lld", (long long)value); /* fits: 20 digits and a sign */
    put(s, at, text, 0, 0);
    if (s->prepared == 0)
        s->types[at - 1] = INT8_OID;
}

/* PostgreSQL's texts can not hold a NUL, and libpq would end at it. */
static void bind_copy(struct postgres_stmt *s, int at, struct mt_sv text) {
    const char *copy = text.n > 0 && memchr(text.p, '\0', text.n) != NULL ? NULL : mt_arena_sv(&s->kept, text);
    if (copy == NULL && s->bind_rc == MT_OK)
        s->bind_rc = text.n > 0 && memchr(text.p, '\0', text.n) != NULL ? MT_INVALID : MT_NOMEM;
    put(s, at, copy, 0, 0);
}

void mt_postgres_bind(struct mt_stmt *base, int at, struct mt_sv bytes, enum mt_bound how) {
    struct postgres_stmt *s = of(base);
    if (!has(s, at))
        return;
    switch (how) {
    case MT_BOUND_TEXT:
        put(s, at, bytes.p, 0, 0);
        break;
    case MT_BOUND_VIEW:
        bind_copy(s, at, bytes);
        break;
    case MT_BOUND_COPY:
        (void)snprintf(s->copies[at - 1], MT_BOUND_COPY_MAX, "%.*s", (int)bytes.n, bytes.p);
        put(s, at, s->copies[at - 1], 0, 0);
        break;
    case MT_BOUND_BYTES:
        if (bytes.n > INT32_MAX && s->bind_rc == MT_OK)
            s->bind_rc = MT_LIMIT;
        put(s, at, bytes.p != NULL ? bytes.p : "", bytes.n, 1);
        break;
    case MT_BOUND_NULL:
        put(s, at, NULL, 0, 0);
        break;
    }
}

static enum mt_rc may_run(struct postgres_stmt *s, struct mt_err *err) {
    struct postgres_db *db = postgres_of(s->base.db);
    if (s->bind_rc != MT_OK)
        return mt_db_say(&db->base, s->bind_rc, "a value could not be bound", err);
    enum mt_rc rc = mt_postgres_ready(db, err);
    if (rc == MT_OK && db->failed)
        rc = mt_db_say(&db->base, db->failed_rc, "an earlier statement of the transaction failed", err);
    return rc;
}

static enum mt_rc run_once(struct postgres_stmt *s, struct mt_err *err) {
    struct postgres_db *db = postgres_of(s->base.db);
    enum mt_rc rc = may_run(s, err);
    if (rc == MT_OK)
        rc = mt_postgres_statement(db, s, err);
    if (rc == MT_OK)
        rc = mt_postgres_sync(db, &s->result, NULL, err);
    return rc;
}

/* A connection that only reads has nothing to do twice when it breaks under a statement that stands alone. */
static enum mt_rc run(struct postgres_stmt *s, struct mt_err *err) {
    struct postgres_db *db = postgres_of(s->base.db);
    enum mt_rc rc = run_once(s, err);
    if (rc == MT_IO && db->lost && !db->in_transaction && db->base.mode == MT_DB_READ)
        rc = run_once(s, err);
    return rc;
}

enum mt_step mt_postgres_step(struct mt_stmt *base, struct mt_err *err) {
    struct postgres_stmt *s = of(base);
    if (s->result == NULL) {
        base->rc = run(s, err);
        if (base->rc != MT_OK)
            return MT_STEP_ERROR;
        s->row = -1;
    }
    base->rc = MT_OK;
    if (s->row + 1 >= PQntuples(s->result))
        return MT_STEP_DONE;
    s->row++;
    return MT_STEP_ROW;
}

enum mt_rc mt_postgres_later(struct mt_stmt *base, struct mt_err *err) {
    struct postgres_stmt *s = of(base);
    struct postgres_db *db = postgres_of(base->db);
    if (!db->in_transaction)
        return run(s, err);
    enum mt_rc rc = may_run(s, err);
    if (rc == MT_OK)
        rc = mt_postgres_statement(db, s, err);
    db->unheard = db->unheard || rc == MT_OK;
    return rc;
}

int64_t mt_postgres_changed(struct mt_stmt *base) {
    PGresult *result = of(base)->result;
    int64_t n = 0;
    if (result == NULL || strncmp(PQcmdStatus(result), "SELECT", 6) == 0 || mt_sv_int(mt_sv(PQcmdTuples(result)), &n) != MT_OK)
        return 0;
    return n;
}

static bool there(struct postgres_stmt *s, int col) {
    return s->result != NULL && s->row >= 0 && s->row < PQntuples(s->result) && col >= 0 && col < PQnfields(s->result);
}

bool mt_postgres_is_null(struct mt_stmt *base, int col) {
    struct postgres_stmt *s = of(base);
    return !there(s, col) || PQgetisnull(s->result, s->row, col) == 1;
}

/* Sums of bigint are numeric: whole, but maybe beyond 64 bits, and then the nearest, as SQLite reads a real. */
int64_t mt_postgres_int(struct mt_stmt *base, int col) {
    struct postgres_stmt *s = of(base);
    if (mt_postgres_is_null(base, col))
        return 0;
    const char *text = PQgetvalue(s->result, s->row, col);
    if (PQftype(s->result, col) == BOOL_OID)
        return text[0] == 't';
    return strtoll(text, NULL, 10);
}

struct mt_sv mt_postgres_sv(struct mt_stmt *base, int col) {
    struct postgres_stmt *s = of(base);
    if (mt_postgres_is_null(base, col))
        return MT_SV("");
    const char *text = PQgetvalue(s->result, s->row, col);
    if (PQftype(s->result, col) == BOOL_OID)
        return text[0] == 't' ? MT_SV("1") : MT_SV("0");
    if (PQftype(s->result, col) != BYTEA_OID)
        return mt_sv_n(text, (size_t)PQgetlength(s->result, s->row, col));
    size_t n = 0;
    unsigned char *bytes = PQunescapeBytea((const unsigned char *)text, &n);
    const char *kept = bytes != NULL ? mt_arena_sv(&s->kept, mt_sv_n((const char *)bytes, n)) : NULL;
    PQfreemem(bytes);
    return kept != NULL ? mt_sv_n(kept, n) : MT_SV("");
}
