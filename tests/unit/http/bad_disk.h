/* A disk that fails on demand: a SQLite VFS over the system's own. */
#ifndef MEDTERM_TESTS_UNIT_HTTP_BAD_DISK_H
#define MEDTERM_TESTS_UNIT_HTTP_BAD_DISK_H

enum bad_disk {
    DISK_GOOD,
    DISK_FULL,     /* nothing can be written */
    DISK_READONLY, /* the same, and nothing opened for writing: a file system mounted anew after an error */
    DISK_WRITE,    /* writing fails */
    DISK_SYNC,     /* what was written does not reach the platter */
    DISK_LOST      /* neither reading nor writing works */
};
/* Registers it; the name for mt_service_options.vfs. */
const char *bad_disk_name(void);
void bad_disk_set(enum bad_disk state); /* from any thread, at once for all files */

#endif
