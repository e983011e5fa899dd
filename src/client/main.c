/* medterm. Reads the settings, finds the directories, and either runs one command or opens the screens. Nothing else in
 * the program looks at the environment. */
#include "screens.h"

#include <medterm/app/command.h>
#include <medterm/store/files.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { WORDS_MAX = 8, ARENA_MAX = 4 << 20 };

struct program {
    struct mt_arena arena;
    const char *words[WORDS_MAX];
    size_t word_count;
    const char *state_dir, *cache_dir;
    struct mt_log log;
    struct mt_err err;
};

static const char *home_path(struct program *p, const char *variable, const char *below_home) {
    const char *base = getenv(variable);
    if (base != NULL && base[0] == '/') { /* the XDG rules: a relative one is not set */
        return mt_arena_fmt(&p->arena, "%s/medterm", base);
    }
    const char *home = getenv("HOME");
    return home != NULL && home[0] != '\0' ? mt_arena_fmt(&p->arena, "%s/%s/medterm", home, below_home) : NULL;
}

/* --state-dir also holds the cache; otherwise both go where the XDG Base Directory Specification puts them. */
static enum mt_rc find_dirs(struct program *p, const char *given) {
    if (given != NULL && given[0] != '\0') {
        p->state_dir = given;
        p->cache_dir = mt_arena_fmt(&p->arena, "%s/cache", given);
    } else {
        p->state_dir = home_path(p, "XDG_STATE_HOME", ".local/state");
        p->cache_dir = home_path(p, "XDG_CACHE_HOME", ".cache");
    }
    if (p->state_dir == NULL || p->cache_dir == NULL) {
        return mt_fail(&p->err, MT_INVALID, "There is no home directory. Name one with --state-dir.");
    }
    return MT_OK;
}

/* Minutes the wall clock of the machine is ahead of UTC. */
static int64_t utc_offset(void) {
    const time_t now = time(NULL);
    struct tm local;
    tzset();
    return localtime_r(&now, &local) != NULL ? (int64_t)local.tm_gmtoff / 60 : 0;
}

static enum mt_rc open_log(struct program *p, const char *path) {
    p->log = (struct mt_log){.fd = -1, .least = MT_LOG_INFO, .clock = mt_clock_system()};
    if (path == NULL) {
        return MT_OK;
    }
    p->log.fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    return p->log.fd >= 0 ? MT_OK : mt_fail(&p->err, MT_IO, "The log %s can not be written: %s.", path, strerror(errno));
}

static struct mt_app_options app_options(struct program *p, const struct mt_option *options, size_t count) {
    return (struct mt_app_options){
        .use = MT_APP_SCREENS,
        .state_dir = p->state_dir,
        .cache_dir = p->cache_dir,
        .server = mt_config_get(options, count, "server"),
        .clock = mt_clock_system(),
        .random = mt_random_system(),
        .log = &p->log,
        .utc_offset_minutes = utc_offset(),
    };
}

static int failed(const struct program *p) {
    (void)fprintf(stderr, "medterm: %s\n", mt_err_text(&p->err));
    return MT_EXIT_FAILED;
}

static int screens(struct program *p, const struct mt_app_options *o) {
    struct mt_app *app = NULL;
    const char *no_color = getenv("NO_COLOR");
    const int signals = client_signals();
    if (signals < 0) {
        (void)mt_fail(&p->err, MT_IO, "Signals can not be set up: %s.", strerror(errno));
        return failed(p);
    }
    enum mt_rc rc = mt_app_open(o, &app, &p->err);
    if (rc == MT_OK) {
        rc = client_screens(app, signals, getenv("TERM"), no_color != NULL && no_color[0] != '\0', &p->err);
    }
    mt_app_close(app);
    (void)close(signals);
    return rc == MT_OK ? MT_EXIT_DONE : failed(p);
}

static int command(struct program *p, const struct mt_app_options *o, const struct mt_option *options, size_t count) {
    const struct mt_command_line line = {
        .app = *o,
        .options = options,
        .option_count = count,
        .words = p->words,
        .word_count = p->word_count,
        .out = stdout,
        .err = stderr,
    };
    return mt_command_run(&line);
}

static int run(struct program *p, int argc, char **argv) {
    struct mt_option options[] = {
        {.name = "config"},
        {.name = "server"},
        {.name = "state-dir"},
        {.name = "log"},
        {.name = "help", .flag_only = true, .is_switch = true},
        {.name = "version", .flag_only = true, .is_switch = true},
        MT_COMMAND_OPTIONS,
    };
    const size_t count = sizeof options / sizeof options[0];
    if (mt_config_read(options, count, argc, argv, 1, p->words, WORDS_MAX, &p->word_count, &p->arena, &p->err) != MT_OK) {
        (void)failed(p);
        mt_command_usage(stderr);
        return MT_EXIT_USAGE;
    }
    if (mt_config_get(options, count, "help") != NULL) {
        mt_command_usage(stdout);
        return MT_EXIT_DONE;
    }
    if (mt_config_get(options, count, "version") != NULL) {
        (void)printf("medterm %s\n", MT_VERSION);
        return MT_EXIT_DONE;
    }
    if (find_dirs(p, mt_config_get(options, count, "state-dir")) != MT_OK ||
        open_log(p, mt_config_get(options, count, "log")) != MT_OK) {
        return failed(p);
    }
    const struct mt_app_options o = app_options(p, options, count);
    return p->word_count == 0 ? screens(p, &o) : command(p, &o, options, count);
}

int main(int argc, char **argv) {
    struct program p = {.word_count = 0};
    const struct rlimit no_core = {0, 0};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    mt_arena_init(&p.arena, ARENA_MAX);
    (void)umask(077);
    (void)sigaction(SIGPIPE, &ignore, NULL);     /* a sale is not cut short because nobody reads its answer */
    (void)setlocale(LC_ALL, "");                 /* an unknown locale leaves plain C: ASCII signs */
    if (setrlimit(RLIMIT_CORE, &no_core) != 0) { /* a core would hold patients' names */
        (void)fprintf(stderr, "medterm: cores can not be turned off: %s\n", strerror(errno));
    }
    const int code = run(&p, argc, argv);
    if (p.log.fd > 2) {
        (void)close(p.log.fd);
    }
    mt_arena_fini(&p.arena);
    return code;
}
