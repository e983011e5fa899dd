/* Opening and closing: which driver drives a URL, and what every connection has. */
#include "driver.h"

#include <stdlib.h>

enum mt_engine mt_db_url_engine(const char *url) {
    const struct mt_sv text = mt_sv(url);
    return mt_sv_starts(text, MT_SV("postgres://")) || mt_sv_starts(text, MT_SV("postgresql://")) ? MT_ENGINE_POSTGRES
                                                                                                  : MT_ENGINE_SQLITE;
}

static const struct mt_driver *driver_of(enum mt_engine engine) {
    switch (engine) {
    case MT_ENGINE_SQLITE:
        break;
    case MT_ENGINE_POSTGRES:
        return &mt_driver_postgres;
    }
    return &mt_driver_sqlite;
}

enum mt_rc mt_db_say(const struct mt_db *db, enum mt_rc rc, const char *said, struct mt_err *err) {
    if (db->where != NULL)
        return mt_fail(err, rc, "%s: %s (%s, transaction of %s)", db->path, mt_rc_text(rc), said, db->where);
    return mt_fail(err, rc, "%s: %s (%s)", db->path, mt_rc_text(rc), said);
}

enum mt_rc mt_db_open(const struct mt_db_options *o, struct mt_db **out, struct mt_err *err) {
    *out = NULL;
    const struct mt_driver *driver = driver_of(mt_db_url_engine(o->url));
    struct mt_db *db = driver->make();
    if (db == NULL)
        return mt_fail(err, MT_NOMEM, "no memory to open a database");
    db->driver = driver;
    db->mode = o->mode;
    enum mt_rc rc = driver->open(db, o, err);
    if (rc != MT_OK) {
        mt_db_close(db);
        return rc;
    }
    *out = db;
    return MT_OK;
}

void mt_db_close(struct mt_db *db) {
    if (db == NULL)
        return;
    mt_db_rollback(db);
    mt_db_drop_statements(db);
    db->driver->close(db);
    free(db->path);
    free(db);
}

const char *mt_db_path(const struct mt_db *db) {
    return db->path;
}

enum mt_engine mt_db_engine(const struct mt_db *db) {
    return db->driver->engine;
}

bool mt_db_try_again(enum mt_rc rc) {
    return rc == MT_BUSY;
}
