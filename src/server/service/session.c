/* Opening the service and its sessions. The database is migrated once, by the open that may write; the epoch, made at the first
 * one, names this run of history, and the key for cursors lives in a file of its own, so that a copy of the database alone can not
 * make cursors that look right. */
#include "core.h"
#include "operation.h"

#include <medterm/base/lock.h>

#include <medterm/domain/words.h>
#include <medterm/repo/schema.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

mt_time service_now(const struct mt_session *x) {
    return x->service->clock.wall(x->service->clock.ctx);
}

bool service_disk_fault(enum mt_rc rc) {
    switch (rc) {
    case MT_IO:
    case MT_DOUBTFUL:
    case MT_FULL:
    case MT_READONLY:
    case MT_CORRUPT:
    case MT_BUSY:
    case MT_NEWER:
        return true;
    case MT_OK:
    case MT_NOMEM:
    case MT_INVALID:
    case MT_LIMIT:
    case MT_NOTFOUND:
    case MT_CONFLICT:
    case MT_STALE:
    case MT_DENIED:
    case MT_OFFLINE:
    case MT_CLONED:
    case MT_BUG:
        break;
    }
    return false;
}

static enum mt_rc key_read(int fd, const char *path, unsigned char key[MT_SEAL_KEY_BYTES], struct mt_err *err) {
    size_t have = 0;
    while (have < MT_SEAL_KEY_BYTES) {
        ssize_t n = read(fd, key + have, MT_SEAL_KEY_BYTES - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return mt_fail(err, MT_IO, "%s: %s", path, strerror(errno));
        if (n == 0)
            return mt_fail(err, MT_CORRUPT, "%s: the key for cursors is cut short", path);
        have += (size_t)n;
    }
    return MT_OK;
}

/* Under a name of its own first: a crash between can not leave half a key, and of two programs that make one at once the second
 * finds the first's. MT_CONFLICT: there is one now. */
static enum mt_rc key_write(const char *path, const unsigned char key[MT_SEAL_KEY_BYTES], struct mt_err *err) {
    struct mt_buf next;
    mt_buf_init(&next, 4096);
    mt_buf_fmt(&next, "%s.%ld", path, (long)getpid());
    enum mt_rc rc = mt_buf_rc(&next);
    if (rc == MT_OK) {
        int fd = open(mt_buf_text(&next), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        bool good = fd >= 0 && write(fd, key, MT_SEAL_KEY_BYTES) == MT_SEAL_KEY_BYTES && fsync(fd) == 0;
        if (fd >= 0 && close(fd) != 0)
            good = false;
        if (good && link(mt_buf_text(&next), path) != 0 && errno == EEXIST)
            rc = MT_CONFLICT;
        else if (!good || access(path, F_OK) != 0)
            rc = mt_fail(err, MT_IO, "%s: the key for cursors can not be written (%s)", path, strerror(errno));
        (void)unlink(mt_buf_text(&next)); /* it is there under its own name, or of no use */
    }
    mt_buf_fini(&next);
    return rc;
}

enum mt_rc service_key(const char *path, const struct mt_random *random, unsigned char key[MT_SEAL_KEY_BYTES], struct mt_err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) {
        random->fill(random->ctx, key, MT_SEAL_KEY_BYTES);
        enum mt_rc made = key_write(path, key, err);
        if (made != MT_CONFLICT)
            return made;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    }
    if (fd < 0)
        return mt_fail(err, MT_IO, "%s: %s", path, strerror(errno));
    enum mt_rc rc = key_read(fd, path, key, err);
    (void)close(fd); /* read only: nothing to lose */
    return rc;
}

/* <db path>.key unless one is named. */
static enum mt_rc load_key(struct mt_service *s, const struct mt_service_options *o, const char *db_path, struct mt_err *err) {
    if (o->key_path == NULL && mt_db_url_engine(o->db_url) != MT_ENGINE_SQLITE)
        return mt_fail(err, MT_INVALID, "A database on a server has no folder for the key of cursors: name the key's file.");
    struct mt_buf path;
    mt_buf_init(&path, 4096);
    if (o->key_path != NULL)
        mt_buf_str(&path, o->key_path);
    else
        mt_buf_fmt(&path, "%s.key", db_path);
    enum mt_rc rc = mt_buf_rc(&path);
    if (rc == MT_OK)
        rc = service_key(mt_buf_text(&path), &s->random, s->key, err);
    mt_buf_fini(&path);
    return rc;
}

static enum mt_rc first_epoch(struct mt_session *x, struct mt_err *err) {
    char epoch[MT_ID_TEXT];
    enum mt_rc rc = mt_repo_meta_get(x->db, "epoch", epoch, sizeof epoch, err);
    if (rc != MT_NOTFOUND)
        return rc;
    rc = service_begin(x, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    rc = mt_repo_meta_get(x->db, "epoch", epoch, sizeof epoch, err); /* another program may have been faster */
    if (rc == MT_NOTFOUND)
        rc = service_epoch_renew(x, err);
    if (rc == MT_OK)
        return service_commit(x, err);
    service_rollback(x);
    return rc;
}

static enum mt_rc has_words(struct mt_session *x, bool *has, struct mt_err *err) {
    char kept[16] = "";
    enum mt_rc rc = mt_repo_meta_get(x->db, "words", kept, sizeof kept, err);
    *has = strcmp(kept, MT_WORDS_VERSION) == 0;
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

/* What an older program stored is found by the words of this one. Of several that open the database one does it. */
static enum mt_rc words_of_this_version(struct mt_session *x, struct mt_err *err) {
    bool has;
    enum mt_rc rc = has_words(x, &has, err);
    if (rc != MT_OK || has)
        return rc;
    rc = service_begin(x, MT_HERE, err);
    if (rc != MT_OK)
        return rc;
    rc = has_words(x, &has, err);
    if (rc == MT_OK && !has)
        rc = mt_repo_words_renew(x->db, &x->scratch, err);
    if (rc == MT_OK && !has)
        rc = mt_repo_meta_put(x->db, "words", MT_WORDS_VERSION, err);
    if (rc == MT_OK)
        return service_commit(x, err);
    service_rollback(x);
    return rc;
}

static enum mt_rc prepare_database(struct mt_service *s, const struct mt_service_options *o, struct mt_err *err) {
    struct mt_session *x = NULL;
    enum mt_rc rc = mt_session_open(s, true, &x, err);
    if (rc != MT_OK)
        return rc;
    size_t count;
    const struct mt_migration *list = mt_repo_migrations(&count);
    rc = mt_db_migrate(x->db, list, count, NULL, err);
    if (rc == MT_OK)
        rc = first_epoch(x, err);
    if (rc == MT_OK)
        rc = words_of_this_version(x, err);
    if (rc == MT_OK)
        rc = waiting_for_version_apply(x, err);
    if (rc == MT_OK && mt_db_engine(x->db) == MT_ENGINE_SQLITE)
        rc = service_note_file(s, mt_db_path(x->db), err);
    if (rc == MT_OK)
        rc = load_key(s, o, mt_db_path(x->db), err);
    mt_session_close(x);
    return rc;
}

static enum mt_rc look_at_database(struct mt_service *s, struct mt_err *err) {
    struct mt_session *x = NULL;
    enum mt_rc rc = mt_session_open(s, false, &x, err);
    if (rc == MT_OK)
        rc = mt_query_ready(x, err);
    mt_session_close(x);
    return rc;
}

enum mt_rc mt_service_open(const struct mt_service_options *o, struct mt_service **out, struct mt_err *err) {
    *out = NULL;
    struct mt_service *s = calloc(1, sizeof *s);
    if (s == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for the service");
    s->claim = -1;
    s->clock = o->clock;
    s->random = o->random;
    s->disk = o->disk;
    s->log = o->log;
    s->metrics = o->metrics;
    s->db_url = strdup(o->db_url);
    s->vfs = o->vfs != NULL ? strdup(o->vfs) : NULL;
    s->read_only = o->read_only;
    enum mt_rc rc = MT_OK;
    if (s->db_url == NULL || (o->vfs != NULL && s->vfs == NULL))
        rc = mt_fail(err, MT_NOMEM, "no memory for the service");
    else
        rc = o->read_only ? look_at_database(s, err) : prepare_database(s, o, err);
    if (rc != MT_OK) {
        mt_service_close(s);
        return rc;
    }
    *out = s;
    return MT_OK;
}

void mt_service_close(struct mt_service *s) {
    if (s == NULL)
        return;
    mt_lock_release(s->claim);
    free(s->db_url);
    free(s->vfs);
    free(s->file);
    explicit_bzero(s->key, sizeof s->key);
    free(s);
}

/* Enough that some work while others wait for their commit; more would only split the batches. */
#define POSTGRES_WRITERS 3

size_t mt_service_writers(const struct mt_service *s) {
    return mt_db_url_engine(s->db_url) == MT_ENGINE_SQLITE ? 1 : POSTGRES_WRITERS;
}

enum mt_rc mt_service_claim(struct mt_service *s, struct mt_err *err) {
    if (mt_db_url_engine(s->db_url) != MT_ENGINE_SQLITE)
        return MT_OK;
    struct mt_session *x = NULL;
    struct mt_buf path;
    mt_buf_init(&path, 4096);
    enum mt_rc rc = mt_session_open(s, false, &x, err);
    if (rc == MT_OK) {
        mt_buf_fmt(&path, "%s.serving", mt_db_path(x->db));
        rc = mt_buf_rc(&path);
    }
    if (rc == MT_OK)
        rc = mt_lock_file(mt_buf_text(&path), &s->claim, err);
    if (rc == MT_BUSY)
        rc = mt_fail(err, MT_BUSY, "%.160s is served by another medtermd. Stop that one first.", mt_db_path(x->db));
    mt_session_close(x);
    mt_buf_fini(&path);
    return rc;
}

/* How long a command and the running service wait for each other's transactions. */
#define BUSY_MS 5000
/* The writer walks the same indexes for every order: they should not be read from the file again for each. */
#define WRITER_CACHE_KIB 24576
#define READER_CACHE_KIB 8192
/* One order of a million is in nobody's cache: copying its few pages out of the system's memory cost as much again as reading them.
 */
#define READER_MAP_MIB (64 << 10)

enum mt_rc mt_session_open(struct mt_service *s, bool write, struct mt_session **out, struct mt_err *err) {
    *out = NULL;
    if (write && s->read_only)
        return mt_fail(err, MT_BUG, "a session that writes to a database opened for reading");
    enum mt_rc there = service_same_file(s, err); /* opening would make a new file in its place */
    if (there != MT_OK)
        return there;
    struct mt_session *x = calloc(1, sizeof *x);
    if (x == NULL)
        return mt_fail(err, MT_NOMEM, "no memory for a session");
    x->service = s;
    x->write = write;
    trail_init(&x->trail);
    if (write && (x->tally = mt_metrics_new()) == NULL) {
        mt_session_close(x);
        return mt_fail(err, MT_NOMEM, "no memory for a session");
    }
    mt_arena_init(&x->scratch, MT_SCRATCH_MAX);
    mt_id_source_init(&x->ids, s->clock, s->random);
    struct mt_db_options o = {.url = s->db_url,
                              .mode = write ? MT_DB_WRITE : MT_DB_READ,
                              .sync = MT_DB_SYNC_FULL,
                              .vfs = s->vfs,
                              .busy_ms = BUSY_MS,
                              .no_checkpoint = true,
                              .patient = s->read_only,
                              .cache_kib = write ? WRITER_CACHE_KIB : READER_CACHE_KIB,
                              .map_mib = write ? 0 : READER_MAP_MIB};
    enum mt_rc rc = mt_db_open(&o, &x->db, err);
    if (rc != MT_OK) {
        mt_session_close(x);
        return rc;
    }
    *out = x;
    return MT_OK;
}

void mt_session_about(struct mt_session *x, const char *request_id, const char *trace_id) {
    x->request_id = request_id;
    x->trace_id = trace_id;
}

void mt_session_close(struct mt_session *x) {
    if (x == NULL)
        return;
    if (x->batches && mt_db_checkpoint(x->db, NULL) != MT_OK)
        mt_log_event(x->service->log, MT_LOG_WARN, "checkpoint_failed", MT_L_TEXT("when", "close")); /* the log file keeps it all */
    mt_db_close(x->db);
    mt_arena_fini(&x->scratch);
    mt_metrics_free(x->tally);
    trail_fini(&x->trail);
    free(x);
}
