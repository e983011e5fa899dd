/* One holder of a path at a time, among the programs of a machine. */
#ifndef MEDTERM_BASE_LOCK_H
#define MEDTERM_BASE_LOCK_H

#include <medterm/base/err.h>

/* Makes the file (0600) when absent and locks it, without waiting. The lock is the kernel's and dies with the process
 * however it dies. MT_BUSY, without words: somebody else holds it. *fd: to give to mt_lock_release, -1 on failure. */
MT_MUST enum mt_rc mt_lock_file(const char *path, int *fd, struct mt_err *err);
void mt_lock_release(int fd); /* -1 is fine */

#endif
