/* A keystroke, from the byte that goes into the pseudo terminal to the last byte of the screen that comes out: the till
 * searching the whole BDPM catalogue, beside a minimal ncurses list over the same names in the same run. The screen is
 * settled when nothing has come for SETTLE_MS; that wait is not counted. Needs the BDPM files (MT_DATA_DIR, or
 * ../shared/data beside the project); says skipped without them. */
#include "report.h"
#include "shop.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#define SETTLE_MS 12
#define ROUNDS 12

struct screen {
    int fd;
    pid_t pid;
    size_t bytes; /* of the last settle */
};

static void screen_open(struct screen *s, const char *const *argv) {
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    s->pid = forkpty(&s->fd, NULL, NULL, &size);
    if (s->pid < 0)
        bench_die("no pseudo terminal");
    if (s->pid == 0) {
        if (setenv("TERM", "xterm-256color", 1) != 0 || setenv("LC_ALL", "C.UTF-8", 1) != 0 || unsetenv("MEDTERM_PIN") != 0)
            _exit(126);
        execv(argv[0], (char *const *)(void *)argv);
        _exit(127);
    }
}

static void screen_close(struct screen *s) {
    int status = 0;
    (void)kill(s->pid, SIGTERM);
    (void)waitpid(s->pid, &status, 0);
    (void)close(s->fd);
}

/* Reads until nothing has come for `quiet` ms; when the last byte came, or `begin` when none did. */
static int64_t settle(struct screen *s, int64_t begin, int quiet) {
    char bytes[65536];
    int64_t last = begin;
    struct pollfd p = {.fd = s->fd, .events = POLLIN};
    s->bytes = 0;
    while (poll(&p, 1, quiet) > 0) {
        ssize_t n = read(s->fd, bytes, sizeof bytes);
        if (n <= 0)
            bench_die("the program went away");
        s->bytes += (size_t)n;
        last = bench_now();
    }
    return last;
}

static int64_t press(struct screen *s, const char *key, size_t n) {
    int64_t begin = bench_now();
    if (write(s->fd, key, n) != (ssize_t)n)
        bench_die("the program takes no keys");
    return settle(s, begin, SETTLE_MS) - begin;
}

static void type_words(struct screen *s, struct bench_samples *keys, struct bench_samples *bytes) {
    static const char *const words[] = {"doliprane 1000", "amoxicilline",  "paracetamol", "ibuprofene 400",
                                        "metformine",     "omeprazole 20", "e",           "vitamine d"};
    for (int round = 0; round < ROUNDS; round++)
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
            for (const char *p = words[w]; *p; p++) {
                bench_sample(keys, press(s, p, 1));
                bench_sample(bytes, (int64_t)s->bytes);
            }
            for (size_t n = strlen(words[w]); n; n--)
                (void)press(s, "\x7f", 1);
        }
}

static bool names_file(const char *data, const char *path) {
    char from[512], line[2048];
    (void)snprintf(from, sizeof from, "%s/bdpm/CIS_bdpm.txt.gz", data);
    gzFile in = gzopen(from, "rb");
    FILE *out = in ? fopen(path, "w") : NULL;
    while (out && gzgets(in, line, sizeof line)) {
        const char *name = strchr(line, '\t');
        if (name)
            (void)fprintf(out, "%.*s\n", (int)strcspn(name + 1, "\t"), name + 1);
    }
    if (in)
        (void)gzclose(in);
    return out && fclose(out) == 0;
}

static void import(const struct bench_shop *s, const char *data) {
    static const char *const files[] = {"CIS_bdpm", "CIS_CIP_bdpm", "CIS_COMPO_bdpm", "CIS_CPD_bdpm", "CIS_GENER_bdpm"};
    char path[5][512];
    struct mt_buf out;
    mt_buf_init(&out, 1u << 20);
    for (int i = 0; i < 5; i++)
        (void)snprintf(path[i], sizeof path[i], "%s/bdpm/%s.txt.gz", data, files[i]);
    bench_shop_run(s, "medtermd",
                   (const char *[]){"catalogue", "import", path[0], path[1], path[2], path[3], path[4], "--format", "bdpm", "--db",
                                    s->db, NULL},
                   &out);
    mt_buf_fini(&out);
}

static void till_open(const struct bench_shop *s, struct screen *to) {
    char code[16], state[96], program[600];
    struct mt_buf out;
    mt_buf_init(&out, 65536);
    bench_shop_register(s, 1, code);
    (void)snprintf(state, sizeof state, "%s/till", s->dir);
    (void)snprintf(program, sizeof program, "%s/medterm", s->bin);
    bench_shop_run(s, "medterm", (const char *[]){"enroll", "--server", s->url, "--code", code, "--state-dir", state, NULL}, &out);
    bench_shop_run(s, "medterm", (const char *[]){"sync", "--once", "--state-dir", state, NULL}, &out);
    mt_buf_fini(&out);
    screen_open(to, (const char *[]){program, "--state-dir", state, NULL});
    (void)settle(to, 0, 1500);
    /* A PIN is typed by a hand: a burst would be taken for a scanner. */
    for (const char *p = "2580\r"; *p; p++) {
        if (write(to->fd, p, 1) != 1)
            bench_die("the program takes no keys");
        (void)settle(to, 0, *p == '\r' ? 2500 : 120);
    }
}

int main(int argc, char **argv) {
    (void)argc;
    struct bench_shop shop;
    struct screen till, list;
    struct bench_samples key = {0}, bytes = {0}, bare_key = {0}, bare_bytes = {0};
    const char *data = getenv("MT_DATA_DIR") ? getenv("MT_DATA_DIR") : MT_SOURCE_DIR "/../shared/data";
    char names[96], program[600];
    bench_shop_open(&shop, argv[0]);
    (void)snprintf(names, sizeof names, "%s/names", shop.dir);
    if (!names_file(data, names)) {
        (void)printf("skipped: no BDPM files in %s\n", data);
        bench_shop_close(&shop);
        return 0;
    }
    import(&shop, data);
    till_open(&shop, &till);
    (void)snprintf(program, sizeof program, "%s/../tests/bench_minimal_list", shop.bin);
    screen_open(&list, (const char *[]){program, names, NULL});
    (void)settle(&list, 0, 500);
    type_words(&list, &bare_key, &bare_bytes);
    type_words(&till, &key, &bytes);
    struct bench_report *r = bench_report_new("keystroke");
    if (!r)
        bench_die("no memory");
    double p50 = bench_percentile(&bare_key, 0.5) / 1e6, p99 = bench_percentile(&bare_key, 0.99) / 1e6;
    bench_limit(r, "minimal_list_key_p50", p50, "ms");
    bench_limit(r, "minimal_list_key_p99", p99, "ms");
    bench_figure(r, "keystroke_bdpm_p50", bench_percentile(&key, 0.5) / 1e6, "ms", p50, BENCH_AT_MOST, 1.5);
    bench_figure(r, "keystroke_bdpm_p99", bench_percentile(&key, 0.99) / 1e6, "ms", p99, BENCH_AT_MOST, 1.5);
    bench_figure(r, "keystroke_bytes_p99", bench_percentile(&bytes, 0.99), "bytes", 1300, BENCH_AT_MOST, 1.0);
    screen_close(&till);
    screen_close(&list);
    bench_samples_free(&key);
    bench_samples_free(&bytes);
    bench_samples_free(&bare_key);
    bench_samples_free(&bare_bytes);
    bench_shop_close(&shop);
    return bench_report_end(r);
}
