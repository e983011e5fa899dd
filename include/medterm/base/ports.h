/* What a pure core asks of the world: time and randomness. Programs give the system's, the simulator its own. */
#ifndef MEDTERM_BASE_PORTS_H
#define MEDTERM_BASE_PORTS_H

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

struct mt_clock mt_clock_system(void);
struct mt_random mt_random_system(void);

#endif
