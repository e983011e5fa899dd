/* The service's schema. */
#ifndef MEDTERM_REPO_SCHEMA_H
#define MEDTERM_REPO_SCHEMA_H

#include <medterm/db/db.h>

/* Static, append-only, for mt_db_migrate. */
const struct mt_migration *mt_repo_migrations(size_t *count);

#endif
