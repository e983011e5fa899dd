/* Runs seeds: sim [--from N] [--seeds N] [--twice] [--until-caught] [--verbose]. A failing run prints the one number that
 * replays it. --twice runs each seed again and compares the trace hashes. --until-caught is for builds with a planted
 * bug: success means that a seed found it. Ends with "N passed, M failed". */
#include "sim.h"

#include <medterm/crypto/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct plan {
    uint64_t from, seeds;
    bool twice, until_caught, verbose;
};

static bool number(const char *text, uint64_t *out) {
    int64_t n;
    if (!text || mt_sv_int(mt_sv(text), &n) != MT_OK || n < 0)
        return false;
    *out = (uint64_t)n;
    return true;
}

static bool read_plan(int argc, char **argv, struct plan *p) {
    *p = (struct plan){.from = 1, .seeds = 100};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--twice"))
            p->twice = true;
        else if (!strcmp(argv[i], "--until-caught"))
            p->until_caught = true;
        else if (!strcmp(argv[i], "--verbose"))
            p->verbose = true;
        else if (!strcmp(argv[i], "--from") && number(argv[i + 1], &p->from))
            i++;
        else if (!strcmp(argv[i], "--seeds") && number(argv[i + 1], &p->seeds))
            i++;
        else
            return false;
    }
    return true;
}

/* True when the seed holds. */
static bool run_seed(struct sim_world *w, uint64_t seed, const struct plan *p) {
    w->seed = seed;
    w->verbose = p->verbose;
    sim_run(w);
    uint64_t trace = w->trace;
    if (w->violation[0]) {
        (void)printf("seed %llu: %s\n", (unsigned long long)seed, w->violation);
        return false;
    }
    if (!p->twice)
        return true;
    sim_run(w);
    if (w->trace != trace || w->violation[0]) {
        (void)printf("seed %llu: run twice, it went two ways\n", (unsigned long long)seed);
        return false;
    }
    return true;
}

static int run(struct sim_world *w, const struct plan *p) {
    uint64_t good = 0, bad = 0;
    size_t ops = 0;
    for (uint64_t i = 0; i < p->seeds; i++) {
        if (run_seed(w, p->from + i, p))
            good++;
        else
            bad++;
        ops += w->op_count;
        if (bad && p->until_caught) {
            (void)printf("caught after %llu seeds\n", (unsigned long long)(i + 1));
            return 0;
        }
    }
    (void)printf("%zu operations\n%llu passed, %llu failed\n", ops, (unsigned long long)good, (unsigned long long)bad);
    return bad || p->until_caught ? 1 : 0;
}

int main(int argc, char **argv) {
    struct plan plan;
    if (!read_plan(argc, argv, &plan)) {
        (void)fprintf(stderr, "usage: sim [--from N] [--seeds N] [--twice] [--until-caught] [--verbose]\n");
        return 2;
    }
    char dir[] = "/tmp/medterm-sim-XXXXXX", key[64];
    struct sim_world *w = calloc(1, sizeof *w);
    struct mt_err err = {0};
    int rc = 1;
    if (!w || mt_crypto_init() != MT_OK || !mkdtemp(dir))
        return 1;
    (void)snprintf(key, sizeof key, "%s/key", dir);
    w->key_path = key;
    w->op = calloc(SIM_OPS, sizeof *w->op);
    w->disk = sim_disk_new(SIM_VFS);
    if (w->op && w->disk && sim_base_make(w, &err))
        rc = run(w, &plan);
    else
        (void)fprintf(stderr, "the simulator can not begin: %s %s\n", mt_err_text(&err), w->violation);
    sim_disk_free(w->disk);
    free(w->op);
    free(w);
    if (unlink(key) != 0 || rmdir(dir) != 0)
        (void)fprintf(stderr, "%s is left behind\n", dir);
    return rc;
}
