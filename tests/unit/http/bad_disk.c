/* Each file of ours stands in front of one of the system's: calls go through, unless the disk is bad at the moment. */
#include "bad_disk.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct file {
    sqlite3_file base; /* first: SQLite sees only this */
    sqlite3_file *real;
};

static atomic_int now_bad;

static sqlite3_file *real(sqlite3_file *f) {
    return ((struct file *)f)->real;
}

static int write_fault(void) {
    switch ((enum bad_disk)atomic_load(&now_bad)) {
    case DISK_GOOD:
    case DISK_SYNC:
        return SQLITE_OK;
    case DISK_FULL:
        return SQLITE_FULL;
    case DISK_READONLY:
    case DISK_WRITE:
    case DISK_LOST:
        return SQLITE_IOERR_WRITE;
    }
    return SQLITE_OK;
}

static int x_close(sqlite3_file *f) {
    int rc = real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;
    free(real(f));
    return rc;
}

static int x_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at) {
    return atomic_load(&now_bad) == DISK_LOST ? SQLITE_IOERR_READ : real(f)->pMethods->xRead(real(f), to, n, at);
}

static int x_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at) {
    const int fault = write_fault();
    return fault ? fault : real(f)->pMethods->xWrite(real(f), from, n, at);
}

static int x_truncate(sqlite3_file *f, sqlite3_int64 size) {
    return write_fault() ? SQLITE_IOERR_TRUNCATE : real(f)->pMethods->xTruncate(real(f), size);
}

static int x_sync(sqlite3_file *f, int flags) {
    return atomic_load(&now_bad) == DISK_SYNC || write_fault() ? SQLITE_IOERR_FSYNC : real(f)->pMethods->xSync(real(f), flags);
}

static int x_size(sqlite3_file *f, sqlite3_int64 *size) {
    return atomic_load(&now_bad) == DISK_LOST ? SQLITE_IOERR_FSTAT : real(f)->pMethods->xFileSize(real(f), size);
}

static int x_lock(sqlite3_file *f, int level) {
    return real(f)->pMethods->xLock(real(f), level);
}

static int x_unlock(sqlite3_file *f, int level) {
    return real(f)->pMethods->xUnlock(real(f), level);
}

static int x_reserved(sqlite3_file *f, int *out) {
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int x_control(sqlite3_file *f, int op, void *arg) {
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int x_sector(sqlite3_file *f) {
    return real(f)->pMethods->xSectorSize(real(f));
}

static int x_traits(sqlite3_file *f) {
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int x_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out) {
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}

static int x_shm_lock(sqlite3_file *f, int offset, int n, int flags) {
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}

static void x_shm_barrier(sqlite3_file *f) {
    real(f)->pMethods->xShmBarrier(real(f));
}

static int x_shm_unmap(sqlite3_file *f, int remove_it) {
    return real(f)->pMethods->xShmUnmap(real(f), remove_it);
}

static const sqlite3_io_methods methods = {.iVersion = 2,
                                           .xClose = x_close,
                                           .xRead = x_read,
                                           .xWrite = x_write,
                                           .xTruncate = x_truncate,
                                           .xSync = x_sync,
                                           .xFileSize = x_size,
                                           .xLock = x_lock,
                                           .xUnlock = x_unlock,
                                           .xCheckReservedLock = x_reserved,
                                           .xFileControl = x_control,
                                           .xSectorSize = x_sector,
                                           .xDeviceCharacteristics = x_traits,
                                           .xShmMap = x_shm_map,
                                           .xShmLock = x_shm_lock,
                                           .xShmBarrier = x_shm_barrier,
                                           .xShmUnmap = x_shm_unmap};

static sqlite3_vfs *system_vfs(sqlite3_vfs *v) {
    return v->pAppData;
}

static int x_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out) {
    struct file *mine = (struct file *)f;
    const int state = atomic_load(&now_bad);
    *mine = (struct file){.real = NULL};
    if (state == DISK_LOST || (state == DISK_READONLY && (flags & SQLITE_OPEN_READWRITE)))
        return SQLITE_CANTOPEN;
    mine->real = calloc(1, (size_t)system_vfs(v)->szOsFile);
    assert_non_null(mine->real);
    int rc = system_vfs(v)->xOpen(system_vfs(v), name, mine->real, flags, out);
    if (rc != SQLITE_OK) {
        free(mine->real);
        return rc;
    }
    mine->base.pMethods = &methods;
    return SQLITE_OK;
}

const char *bad_disk_name(void) {
    static const char name[] = "bad-disk";
    static sqlite3_vfs vfs; /* SQLite keeps it */
    if (!sqlite3_vfs_find(name)) {
        sqlite3_vfs *system = sqlite3_vfs_find(NULL);
        vfs = *system; /* all but opening goes to the system's */
        vfs.szOsFile = sizeof(struct file);
        vfs.zName = name;
        vfs.pNext = NULL;
        vfs.pAppData = system;
        vfs.xOpen = x_open;
        assert_int_equal(sqlite3_vfs_register(&vfs, 0), SQLITE_OK);
    }
    return name;
}

void bad_disk_set(enum bad_disk state) {
    atomic_store(&now_bad, (int)state);
}
