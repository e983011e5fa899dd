/* The service's schema. */
#ifndef MEDTERM_REPO_SCHEMA_H
#define MEDTERM_REPO_SCHEMA_H

#include <medterm/db/db.h>

/* Static, append-only, for mt_db_migrate. */
const struct mt_migration *mt_repo_migrations(size_t *count);

/* Whether the engine takes writes from anybody; asks without writing. SQLite: always, the file decides. */
MT_MUST enum mt_rc mt_repo_takes_writes(struct mt_db *db, bool *takes, struct mt_err *err);

/* Writes the words that orders, patients and drugs are found by anew, in the caller's transaction; arena: emptied as it goes. */
MT_MUST enum mt_rc mt_repo_words_renew(struct mt_db *db, struct mt_arena *arena, struct mt_err *err);

#endif
