/* The child is started with its stdout on a pipe; its first line says that it is ready and where. It is read with a
 * deadline, and if the child dies the pipe ends, so a start never hangs and never sleeps. */
#define _GNU_SOURCE /* pipe2 */
#include "server.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_DEADLINE_MS = 60000, WORDS_MAX = 32 };

static char *text_of(const char *before, const char *after) {
    size_t n = strlen(before) + strlen(after) + 1;
    char *text = malloc(n);
    assert_non_null(text);
    assert_true(snprintf(text, n, "%s%s", before, after) >= 0);
    return text;
}

void mt_server_prepare(struct mt_server *s, const char *binary, const char *dir) {
    *s = (struct mt_server){.out = -1, .own_dir = dir == NULL};
    s->binary = text_of(binary, "");
    if (dir)
        s->dir = text_of(dir, "");
    else
        mt_temp_dir(&s->dir);
    char *db = mt_path(s->dir, "medtermd.db");
    s->db_url = text_of("sqlite://", db);
    free(db);
    s->log = mt_path(s->dir, "medtermd.log");
}

static void child(const char *const *argv, int out) {
    int null = open("/dev/null", O_RDONLY);
    /* A failed test leaves nothing running. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0)
        _exit(126);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    (void)fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

/* The first line, without its end; what came when there is none in time. */
static bool first_line(int from, char *line, size_t size) {
    size_t n = 0;
    while (n + 1 < size) {
        struct pollfd p = {.fd = from, .events = POLLIN};
        int ready = poll(&p, 1, START_DEADLINE_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0 || read(from, line + n, 1) != 1)
            break;
        if (line[n] == '\n') {
            line[n] = '\0';
            return true;
        }
        n++;
    }
    line[n] = '\0';
    return false;
}

static int wait_for(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    return status;
}

/* Starts a program and waits until it says where it listens; false, and it is gone, when it does not say so in time. */
static bool launch(const char *const *argv, pid_t *pid, int *out, char address[80]) {
    int ends[2];
    char line[160];
    static const char ready[] = "listening on http://";
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    *pid = fork();
    assert_true(*pid >= 0);
    if (*pid == 0)
        child(argv, ends[1]);
    (void)close(ends[1]);
    *out = ends[0];
    if (first_line(*out, line, sizeof line) && strncmp(line, ready, strlen(ready)) == 0) {
        assert_true(snprintf(address, 80, "%s", line + strlen(ready)) < 80);
        return true;
    }
    (void)fprintf(stderr, "%s is not ready; it said \"%s\"\n", argv[0], line);
    (void)kill(*pid, SIGKILL);
    (void)wait_for(*pid);
    (void)close(*out);
    *pid = 0;
    *out = -1;
    return false;
}

static void front_again(struct mt_server *s) {
    const char *program = getenv("MT_TEST_FRONT");
    char upstream[96];
    assert_true(snprintf(upstream, sizeof upstream, "http://%s", s->own) < (int)sizeof upstream);
    const char *port = s->address[0] ? strrchr(s->address, ':') + 1 : "0";
    if (!program)
        assert_true(snprintf(s->address, sizeof s->address, "%s", s->own) > 0);
    else if (!launch((const char *const[]){program, upstream, port, NULL}, &s->front, &s->front_out, s->address))
        fail_msg("%s did not start", program);
}

void mt_server_again(struct mt_server *s) {
    assert_int_equal(s->pid, 0);
    const char *listen = s->own[0] ? s->own : "127.0.0.1:0";
    const char *const argv[] = {s->binary, "serve", "--listen", listen, "--db", s->db_url, "--log", s->log, NULL};
    if (!launch(argv, &s->pid, &s->out, s->own)) {
        char *log = mt_file_text(s->log);
        (void)fprintf(stderr, "%s\n", log ? log : "");
        free(log);
        fail_msg("medtermd did not start");
    }
    front_again(s);
    assert_true(snprintf(s->url, sizeof s->url, "http://%s", s->address) < (int)sizeof s->url);
}

void mt_server_start(struct mt_server *s, const char *binary, const char *dir) {
    mt_server_prepare(s, binary, dir);
    mt_server_again(s);
}

/* The front goes last, so that it passes on what a graceful end still answers. */
static int end(struct mt_server *s, int signal_no) {
    if (s->pid == 0)
        return 0;
    assert_int_equal(kill(s->pid, signal_no), 0);
    int status = wait_for(s->pid);
    s->pid = 0;
    (void)close(s->out);
    s->out = -1;
    if (s->front != 0) {
        (void)kill(s->front, SIGKILL);
        (void)wait_for(s->front);
        s->front = 0;
        (void)close(s->front_out);
    }
    return status;
}

void mt_server_stop(struct mt_server *s) {
    int status = end(s, SIGTERM);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        char *log = mt_file_text(s->log);
        (void)fprintf(stderr, "%s\n", log ? log : "");
        free(log);
        fail_msg("medtermd ended with wait status %d", status);
    }
}

void mt_server_kill(struct mt_server *s) {
    (void)end(s, SIGKILL);
}

void mt_server_free(struct mt_server *s) {
    mt_server_kill(s);
    if (s->own_dir)
        mt_temp_dir_remove(s->dir);
    else
        free(s->dir);
    free(s->binary);
    free(s->db_url);
    free(s->log);
    *s = (struct mt_server){.out = -1};
}

char *mt_server_admin(struct mt_server *s, const char *const *words, const char *const *env) {
    const char *argv[WORDS_MAX] = {s->binary};
    size_t n = 1;
    for (; *words; words++) {
        assert_true(n + 5 < WORDS_MAX);
        argv[n++] = *words;
    }
    argv[n++] = "--db";
    argv[n++] = s->db_url;
    argv[n++] = "--json";
    struct mt_run run = mt_run(argv, env);
    if (run.status != 0)
        (void)fprintf(stderr, "medtermd %s %s: %s\n", argv[1], argv[2], run.err);
    assert_int_equal(run.status, 0);
    free(run.err);
    return run.out;
}

char *mt_server_value(const char *json, const char *key) {
    char wanted[80];
    assert_true(snprintf(wanted, sizeof wanted, "\"%s\":", key) < (int)sizeof wanted);
    const char *at = strstr(json, wanted);
    if (!at)
        fail_msg("no \"%s\" in %s", key, json);
    at += strlen(wanted);
    at += strspn(at, " \t");
    bool quoted = *at == '"';
    at += quoted;
    char *value = text_of(at, "");
    value[strcspn(value, quoted ? "\"" : ",}\n ")] = '\0';
    return value;
}
