/* What a pure core asks of the world: time, randomness, room on the disk. Programs give the system's, the simulator its own. */
#ifndef MEDTERM_BASE_PORTS_H
#define MEDTERM_BASE_PORTS_H

#include <medterm/base/err.h>
#include <medterm/base/time.h>

#include <stddef.h>

struct mt_clock {
    void *ctx;                  /* borrowed */
    mt_time (*wall)(void *ctx); /* UTC, may jump */
    int64_t (*mono)(void *ctx); /* milliseconds, never backwards; for timers */
};

struct mt_random {
    void *ctx;                                      /* borrowed */
    void (*fill)(void *ctx, void *bytes, size_t n); /* can not fail; cryptographic in programs */
};

struct mt_disk {
    void *ctx; /* borrowed */
    /* How many bytes the file at path may still grow by. MT_NOTFOUND when it is gone, MT_READONLY when it can not be written,
     * MT_IO. NULL: nobody asks. */
    enum mt_rc (*room)(void *ctx, const char *path, int64_t *bytes, struct mt_err *err);
    /* Which file stands at path: device and inode. MT_NOTFOUND, MT_IO. NULL: nobody asks. */
    enum mt_rc (*which)(void *ctx, const char *path, uint64_t id[2], struct mt_err *err);
};

struct mt_clock mt_clock_system(void);
struct mt_random mt_random_system(void);
struct mt_disk mt_disk_system(void);

#endif
