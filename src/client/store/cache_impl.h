/* What the files of cache.db share. */
#ifndef MEDTERM_STORE_CACHE_IMPL_H
#define MEDTERM_STORE_CACHE_IMPL_H

#include <medterm/db/db.h>
#include <medterm/store/cache.h>

#define MT_CURSOR_TEXT 512
#define MT_CACHE_FILES 2

/* One of the two files, open for writing. */
struct mt_cache_file {
    struct mt_db *db; /* owned; NULL: not open */
    char epoch[MT_ID_TEXT], cursor[MT_CURSOR_TEXT];
    bool complete;
    int64_t generation; /* 0: holds nothing */
    int64_t drugs;      /* how many there are */
    int64_t next_tie;   /* the place of the next new drug among those never sold */
};

struct mt_cache {
    char *dir, *vfs; /* owned; vfs may be NULL */
    struct mt_clock clock;
    struct mt_cache_file file[MT_CACHE_FILES];
    int current; /* index of what readers read */
    int filling; /* index of the second file while it fills, -1 otherwise */
};

struct mt_cache_reader {
    struct mt_db *db; /* owned */
};

extern const struct mt_migration mt_cache_schema[];
extern const size_t mt_cache_schema_count;

MT_MUST enum mt_rc mt_cache_path(const char *dir, int file, struct mt_buf *out);
MT_MUST enum mt_rc mt_cache_meta(struct mt_db *db, struct mt_cache_file *out, struct mt_err *err);
MT_MUST enum mt_rc mt_cache_meta_put(struct mt_cache_file *f, struct mt_err *err);
/* Empties the file and begins it for the epoch, in one transaction. */
MT_MUST enum mt_rc mt_cache_wipe(struct mt_cache_file *f, const char *epoch, int64_t generation, struct mt_err *err);

/* One change, inside a transaction. */
MT_MUST enum mt_rc mt_cache_put(struct mt_cache_file *f, const struct mt_change *c, struct mt_cache_applied *applied,
                                struct mt_err *err);
/* Moves a drug to the place its sales give it. */
MT_MUST enum mt_rc mt_cache_move(struct mt_cache_file *f, const struct mt_sold *sold, struct mt_err *err);

MT_MUST enum mt_rc mt_cache_one(struct mt_stmt *s, struct mt_err *err); /* as mt_stmt_one */

#endif
