/* The till's directories and the lock on them. */
#ifndef MEDTERM_STORE_FILES_H
#define MEDTERM_STORE_FILES_H

#include <medterm/base/buf.h>
#include <medterm/base/lock.h> /* mt_lock_release */

/* Makes the directory and its parents, 0700. */
MT_MUST enum mt_rc mt_dir_make(const char *path, struct mt_err *err);

/* One program a state directory: an advisory lock on <dir>/lock that dies with the process. MT_BUSY in words. */
MT_MUST enum mt_rc mt_lock_take(const char *dir, int *fd, struct mt_err *err);

/* Copies the database <dir>/<name> to <name>.damaged-<its time>, and its log <name>-wal, when there is one, to the same name with
 * -wal, unless those copies exist; path of the first to `copy`. Never deletes. */
MT_MUST enum mt_rc mt_file_set_aside(const char *dir, const char *name, struct mt_buf *copy, struct mt_err *err);
/* Writes bytes to path through a temporary file and rename, 0600, synced. */
MT_MUST enum mt_rc mt_file_write(const char *path, struct mt_sv bytes, struct mt_err *err);

#endif
