/* The system's clock and randomness: the one place of the core that asks the operating system for either. */
#include <medterm/base/ports.h>

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static int64_t milliseconds(clockid_t clock) {
    struct timespec ts = {0};
    if (clock_gettime(clock, &ts) != 0)
        abort(); /* both clocks exist on every system we run on */
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static mt_time wall(void *ctx) {
    (void)ctx;
    return milliseconds(CLOCK_REALTIME);
}

static int64_t mono(void *ctx) {
    (void)ctx;
    return milliseconds(CLOCK_MONOTONIC);
}

/* A program that can not draw random numbers must not go on making tokens from nothing. */
static void fill(void *ctx, void *bytes, size_t n) {
    (void)ctx;
    unsigned char *p = bytes;
    while (n) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0 && errno != EINTR)
            abort();
        if (got > 0) {
            p += got;
            n -= (size_t)got;
        }
    }
}

struct mt_clock mt_clock_system(void) {
    return (struct mt_clock){.ctx = NULL, .wall = wall, .mono = mono};
}

struct mt_random mt_random_system(void) {
    return (struct mt_random){.ctx = NULL, .fill = fill};
}
