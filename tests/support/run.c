#define _GNU_SOURCE /* pipe2 */
#include "run.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN_DEADLINE_MS 120000 /* without a byte of output */

static void run_child(const char *const *argv, const char *const *env, int out, int err) {
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        _exit(126);
    for (; env != NULL && *env != NULL; env++) {
        if (strchr(*env, '=') != NULL)
            putenv((char *)(uintptr_t)*env);
        else
            unsetenv(*env);
    }
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

struct stream {
    int fd;
    char *text;
    size_t n;
};

/* False at the end. */
static bool take(struct stream *s) {
    char bytes[8192];
    ssize_t n = read(s->fd, bytes, sizeof bytes);
    if (n < 0 && errno == EINTR)
        return true;
    if (n > 0) {
        s->text = realloc(s->text, s->n + (size_t)n + 1);
        assert_non_null(s->text);
        memcpy(s->text + s->n, bytes, (size_t)n);
        s->n += (size_t)n;
        s->text[s->n] = '\0';
        return true;
    }
    close(s->fd);
    s->fd = -1;
    return false;
}

struct mt_run mt_run(const char *const *argv, const char *const *env) {
    int out[2] = {-1, -1}, err[2] = {-1, -1};
    assert_true(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        run_child(argv, env, out[1], err[1]);
    close(out[1]);
    close(err[1]);
    struct stream streams[2] = {{.fd = out[0], .text = calloc(1, 1)}, {.fd = err[0], .text = calloc(1, 1)}};
    while (streams[0].fd >= 0 || streams[1].fd >= 0) {
        struct pollfd fds[2] = {{.fd = streams[0].fd, .events = POLLIN}, {.fd = streams[1].fd, .events = POLLIN}};
        if (poll(fds, 2, RUN_DEADLINE_MS) == 0) {
            kill(pid, SIGKILL);
            waitpid(pid, NULL, 0);
            fail_msg("%s %s: no answer", argv[0], argv[1] != NULL ? argv[1] : "");
        }
        for (int i = 0; i < 2; i++)
            if (fds[i].revents != 0)
                take(&streams[i]);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return (struct mt_run){
        .status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), .out = streams[0].text, .err = streams[1].text};
}

void mt_run_free(struct mt_run *run) {
    free(run->out);
    free(run->err);
    run->out = run->err = NULL;
}

char *mt_path(const char *dir, const char *name) {
    size_t size = strlen(dir) + strlen(name) + 2;
    char *path = malloc(size);
    assert_non_null(path);
    snprintf(path, size, "%s/%s", dir, name);
    return path;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw) {
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static void remove_tree(const char *path) {
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        print_error("%s could not be removed: %s\n", path, strerror(errno));
}

/* Folders of tests that failed before they removed theirs. */
static char *left[16];

static void remove_left(void) {
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (left[i] != NULL) {
            remove_tree(left[i]);
            free(left[i]);
        }
}

void mt_temp_dir(char **path) {
    const char *base = getenv("TMPDIR");
    *path = mt_path(base != NULL && *base != '\0' ? base : "/tmp", "medterm-test-XXXXXX");
    assert_non_null(mkdtemp(*path));
    static bool registered = false;
    if (!registered)
        registered = atexit(remove_left) == 0;
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (left[i] == NULL) {
            left[i] = *path;
            return;
        }
}

void mt_temp_dir_remove(char *path) {
    if (path == NULL)
        return;
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (left[i] == path)
            left[i] = NULL;
    remove_tree(path);
    free(path);
}

char *mt_file_text(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    char *text = NULL;
    size_t n = 0, got;
    char bytes[8192];
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0) {
        text = realloc(text, n + got + 1);
        assert_non_null(text);
        memcpy(text + n, bytes, got);
        n += got;
    }
    fclose(file);
    if (text == NULL)
        return calloc(1, 1);
    text[n] = '\0';
    return text;
}

void mt_copy_dir(const char *from, const char *to) {
    struct mt_run run = mt_run((const char *const[]){"cp", "-a", from, to, NULL}, NULL);
    if (run.status != 0)
        fail_msg("cp: %s", run.err);
    mt_run_free(&run);
}
