/* Opening register.db, identity and enrolment. The lock comes first, so that two programs never migrate or number at
 * the same time; then the file, which is made 0600. A damaged file is copied aside with its log and refused: the till
 * must not begin a new numbering in the place of an old one. What is no database at all is seen before SQLite opens
 * it, because SQLite drops the log of such a file; other damage shows later, and then the copies are made before the
 * connection is closed, because closing moves the log into the file. The random value that identity rests on is written once, when
 * the file is made. */
#include "register_impl.h"

#include <medterm/store/files.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum mt_rc mt_stmt_one(struct mt_stmt *s, struct mt_err *err) {
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

enum mt_rc mt_register_end(struct mt_register *r, enum mt_rc rc, struct mt_err *err) {
    if (rc != MT_OK) {
        mt_db_rollback(r->db);
        return rc;
    }
    return mt_db_commit(r->db, err);
}

enum mt_rc mt_register_audit(struct mt_register *r, const char *staff_id, const char *what, const char *subject,
                             struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, "INSERT INTO audit (at, staff_id, what, subject) VALUES (?1, ?2, ?3, ?4)", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_int(s, 1, r->clock.wall(r->clock.ctx));
    mt_bind_text(s, 2, staff_id != NULL ? staff_id : "");
    mt_bind_text(s, 3, what);
    mt_bind_text(s, 4, subject);
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc make_identity(struct mt_register *r, struct mt_err *err) {
    unsigned char bytes[32];
    char hex[MT_SECRET_TEXT];
    r->random.fill(r->random.ctx, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    hex[MT_SECRET_TEXT - 1] = '\0';
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(r->db, "INSERT INTO identity (one, secret, made_at) VALUES (1, ?1, ?2) ON CONFLICT DO NOTHING", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    mt_bind_text(s, 1, hex);
    mt_bind_int(s, 2, r->clock.wall(r->clock.ctx));
    return mt_stmt_run(s, NULL, err);
}

static enum mt_rc read_identity(struct mt_register *r, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc = mt_db_stmt(r->db, "SELECT secret FROM identity", &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    rc = mt_stmt_one(s, err);
    if (rc == MT_OK) {
        rc = mt_sv_copy(mt_col_sv(s, 0), r->secret, sizeof r->secret);
    }
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc read_lane(struct mt_stmt *s, struct mt_enrolled *e) {
    struct mt_register_info *i = &e->info;
    const struct {
        int col;
        char *to;
        size_t size;
    } texts[] = {
        {1, i->register_id.s, sizeof i->register_id.s},
        {2, i->register_code, sizeof i->register_code},
        {3, i->store_id.s, sizeof i->store_id.s},
        {4, i->store_name, sizeof i->store_name},
        {5, i->currency, sizeof i->currency},
        {6, e->url, sizeof e->url},
        {7, i->token, sizeof i->token},
        {8, i->epoch, sizeof i->epoch},
    };
    e->lane = mt_col_int(s, 0);
    e->frozen = mt_col_int(s, 9) != 0;
    i->last_seq = mt_col_int(s, 11);
    struct mt_sv why = mt_col_sv(s, 10);
    if (snprintf(e->why, sizeof e->why, "%.*s", why.n < sizeof e->why ? (int)why.n : (int)sizeof e->why - 1, why.p) < 0) {
        e->why[0] = '\0'; /* a till whose words are lost must still open */
    }
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        enum mt_rc rc = mt_sv_copy(mt_col_sv(s, texts[k].col), texts[k].to, texts[k].size);
        if (rc != MT_OK) {
            return rc;
        }
    }
    return MT_OK;
}

enum mt_rc mt_register_load(struct mt_register *r, struct mt_err *err) {
    struct mt_stmt *s;
    enum mt_rc rc =
        mt_db_stmt(r->db,
                   "SELECT lane, register_id, register_code, store_id, store_name, currency, url, token, epoch, frozen, why,"
                   " last_seq FROM lane ORDER BY lane DESC LIMIT 1",
                   &s, err);
    if (rc != MT_OK) {
        return rc;
    }
    struct mt_enrolled e = {0};
    rc = mt_stmt_one(s, err);
    if (rc == MT_OK) {
        rc = read_lane(s, &e);
        if (rc == MT_OK) {
            r->enrolled = e;
            r->is_enrolled = true;
        }
    } else if (rc == MT_NOTFOUND) {
        r->is_enrolled = false;
        rc = MT_OK;
    }
    mt_stmt_done(s);
    return rc;
}

static enum mt_rc prepare_file(struct mt_register *r, const struct mt_register_options *o, struct mt_err *err) {
    int64_t version = 0;
    enum mt_rc rc;
    if (o->read_only) {
        rc = mt_db_version(r->db, &version, err);
        if (rc == MT_OK && version > (int64_t)mt_register_schema_count) {
            rc = mt_fail(err, MT_NEWER, "register.db was written by a newer medterm. Use that one.");
        }
    } else {
        rc = mt_db_migrate(r->db, mt_register_schema, mt_register_schema_count, &version, err);
        if (rc == MT_OK) {
            rc = make_identity(r, err);
        }
    }
    if (rc == MT_OK) {
        rc = read_identity(r, err);
    }
    if (rc == MT_NOTFOUND) {
        rc = mt_fail(err, MT_NOTFOUND, "There is no till in %s yet. Enrol it first.", r->dir);
    }
    return rc == MT_OK ? mt_register_load(r, err) : rc;
}

/* Words for a person, and a copy of what is damaged. */
static enum mt_rc refused(const struct mt_register_options *o, enum mt_rc rc, struct mt_err *err) {
    if (rc == MT_NEWER) {
        return mt_fail(err, rc, "register.db was written by a newer medterm. Use that one; nothing was changed.");
    }
    if (rc != MT_CORRUPT || o->vfs != NULL) {
        return rc;
    }
    if (o->read_only) { /* the till's own start makes the copy, under the lock */
        return mt_fail(err, rc, "register.db in %s is damaged. Nothing was changed. Restore a backup or enrol this till again.",
                       o->dir);
    }
    struct mt_buf copy;
    mt_buf_init(&copy, 4096);
    struct mt_err aside = {0};
    if (mt_file_set_aside(o->dir, "register.db", &copy, &aside) == MT_OK) {
        (void)mt_fail(
            err, rc, "register.db is damaged. It was copied to %s; nothing was deleted. Restore a backup or enrol this till again.",
            mt_buf_text(&copy));
    } else {
        (void)mt_fail(err, rc, "register.db is damaged and could not be copied aside (%s). Nothing was deleted.",
                      mt_err_text(&aside));
    }
    mt_buf_fini(&copy);
    return rc;
}

static bool has_bytes(const char *path, const char *suffix) {
    struct mt_buf name;
    struct stat st;
    mt_buf_init(&name, 4096);
    mt_buf_fmt(&name, "%s%s", path, suffix);
    const bool has = mt_buf_rc(&name) == MT_OK && stat(mt_buf_text(&name), &st) == 0 && st.st_size > 0;
    mt_buf_fini(&name);
    return has;
}

/* MT_CORRUPT when the file is no database, or is gone or empty while its log is not: SQLite would drop that log, and what
 * it holds. A rollback journal without a log is the very first start cut short, which SQLite mends. */
static enum mt_rc look_at_header(const char *path, struct mt_err *err) {
    static const char magic[16] = "SQLite format 3"; /* with its NUL */
    char head[sizeof magic];
    const bool log = has_bytes(path, "-wal");
    if (!has_bytes(path, "")) {
        return log ? mt_fail(err, MT_CORRUPT, "%s is empty while its log is not.", path) : MT_OK;
    }
    if (!log && has_bytes(path, "-journal")) {
        return MT_OK;
    }
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return MT_OK; /* opening it as a database fails for the same reason, and says it */
    }
    const ssize_t n = read(fd, head, sizeof head);
    (void)close(fd); /* only read */
    if (n < 0) {
        return mt_fail(err, MT_IO, "%s could not be read (%s).", path, strerror(errno));
    }
    return n == (ssize_t)sizeof head && memcmp(head, magic, sizeof head) == 0
               ? MT_OK
               : mt_fail(err, MT_CORRUPT, "%s is not a database.", path);
}

static enum mt_rc open_file(struct mt_register *r, const struct mt_register_options *o, struct mt_err *err) {
    struct mt_buf path;
    mt_buf_init(&path, 4096);
    mt_buf_fmt(&path, "%s/register.db", o->dir);
    enum mt_rc rc = mt_buf_rc(&path);
    if (rc == MT_OK && o->vfs == NULL) {
        rc = look_at_header(mt_buf_text(&path), err);
    }
    if (rc == MT_OK && o->read_only && o->vfs == NULL && access(mt_buf_text(&path), F_OK) != 0 && errno == ENOENT) {
        rc = mt_fail(err, MT_NOTFOUND, "There is no till in %s yet. Enrol it first.", o->dir);
    }
    if (rc == MT_OK) {
        const struct mt_db_options db = {
            .url = mt_buf_text(&path),
            .mode = o->read_only ? MT_DB_READ : MT_DB_WRITE,
            .sync = MT_DB_SYNC_FULL,
            .vfs = o->vfs,
            .busy_ms = 2000,
        };
        rc = mt_db_open(&db, &r->db, err);
    }
    mt_buf_fini(&path);
    return rc == MT_OK ? prepare_file(r, o, err) : rc;
}

enum mt_rc mt_register_open(const struct mt_register_options *o, struct mt_register **out, struct mt_err *err) {
    *out = NULL;
    struct mt_register *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory to open the till.");
    }
    r->lock_fd = -1;
    r->clock = o->clock;
    r->random = o->random;
    mt_id_source_init(&r->ids, o->clock, o->random);
    r->dir = strdup(o->dir);
    enum mt_rc rc = r->dir != NULL ? MT_OK : mt_fail(err, MT_NOMEM, "Not enough memory to open the till.");
    if (rc == MT_OK && o->lock && !o->read_only) {
        rc = mt_lock_take(o->dir, &r->lock_fd, err);
    }
    if (rc == MT_OK) {
        rc = open_file(r, o, err);
        if (rc != MT_OK) {
            rc = refused(o, rc, err); /* before the connection is closed */
        }
    }
    if (rc != MT_OK) {
        mt_register_close(r);
        return rc;
    }
    *out = r;
    return MT_OK;
}

void mt_register_close(struct mt_register *r) {
    if (r == NULL) {
        return;
    }
    mt_db_close(r->db);
    mt_lock_release(r->lock_fd);
    free(r->dir);
    free(r);
}

const char *mt_register_secret(const struct mt_register *r) {
    return r->secret;
}

const struct mt_enrolled *mt_register_enrolled(const struct mt_register *r) {
    return r->is_enrolled ? &r->enrolled : NULL;
}

enum mt_rc mt_register_need_lane(const struct mt_register *r, struct mt_err *err) {
    return r->is_enrolled ? MT_OK : mt_fail(err, MT_INVALID, "This till is not enrolled. Enrol it with a code from the service.");
}
