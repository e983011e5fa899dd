/* Whether the service can do its work: not only answer, but store. What is asked here is asked often and writes nothing. */
#include "core.h"

#include <medterm/repo/schema.h>

#include <stdlib.h>
#include <string.h>

enum mt_rc service_note_file(struct mt_service *s, const char *path, struct mt_err *err) {
    if (!s->disk.which)
        return MT_OK;
    s->file = strdup(path);
    if (!s->file)
        return mt_fail(err, MT_NOMEM, "no memory for the service");
    return s->disk.which(s->disk.ctx, path, s->file_id, err);
}

enum mt_rc service_same_file(const struct mt_service *s, struct mt_err *err) {
    uint64_t id[2] = {0};
    if (!s->file)
        return MT_OK;
    enum mt_rc rc = s->disk.which(s->disk.ctx, s->file, id, err);
    if (rc == MT_OK && (id[0] != s->file_id[0] || id[1] != s->file_id[1]))
        rc = mt_fail(err, MT_NOTFOUND, "%.160s is another file now. Put the one back that was there, or restart the service.",
                     s->file);
    return rc;
}

static enum mt_rc look_at_schema(struct mt_session *x, struct mt_err *err) {
    size_t count;
    int64_t version = 0;
    (void)mt_repo_migrations(&count);
    enum mt_rc rc = mt_db_version(x->db, &version, err);
    if (rc == MT_OK && version > (int64_t)count)
        rc = mt_fail(err, MT_NEWER, "The database has schema %lld, this program knows %zu. Use a medtermd that is as new as it.",
                     (long long)version, count);
    else if (rc == MT_OK && version < (int64_t)count)
        rc = mt_fail(err, MT_STALE,
                     "The database has schema %lld, this program knows %zu. `medtermd migrate` brings it to this version.",
                     (long long)version, count);
    return rc;
}

static enum mt_rc look_at_disk(struct mt_session *x, struct mt_err *err) {
    const struct mt_disk *disk = &x->service->disk;
    int64_t room = 0;
    if (mt_db_engine(x->db) != MT_ENGINE_SQLITE || !disk->room)
        return MT_OK;
    enum mt_rc rc = service_same_file(x->service, err);
    if (rc == MT_OK)
        rc = disk->room(disk->ctx, mt_db_path(x->db), &room, err);
    if (rc == MT_OK && room < MT_READY_ROOM)
        rc = mt_fail(err, MT_FULL, "the database's disk has %lld MiB left", (long long)(room >> 20));
    return rc;
}

enum mt_rc mt_query_ready(struct mt_session *x, struct mt_err *err) {
    bool takes_writes = false;
    enum mt_rc rc = look_at_schema(x, err);
    if (rc == MT_OK)
        rc = look_at_disk(x, err);
    if (rc == MT_OK)
        rc = mt_repo_takes_writes(x->db, &takes_writes, err);
    if (rc == MT_OK && !takes_writes)
        rc = mt_fail(err, MT_READONLY, "the database server takes no writes: it is a standby");
    return rc;
}
