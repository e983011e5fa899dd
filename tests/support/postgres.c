#define _GNU_SOURCE /* initgroups */
#include "postgres.h"

#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_DEADLINE_MS 60000

static _Noreturn void give_up(const char *what) {
    fprintf(stderr, "PostgreSQL for the tests: %s (%s)\n", what, strerror(errno));
    exit(1);
}

bool mt_postgres_asked(int argc, char **argv) {
    return argc > 1 && strcmp(argv[1], "postgres") == 0;
}

/* The newest of Debian's folders, or the PATH's. Owned; NULL: none. */
static char *find_program(const char *name) {
    char pattern[128];
    glob_t found = {0};
    char *path = NULL;
    (void)snprintf(pattern, sizeof pattern, "/usr/lib/postgresql/*/bin/%s", name);
    if (glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc > 0)
        path = strdup(found.gl_pathv[found.gl_pathc - 1]);
    globfree(&found);
    const char *folders = getenv("PATH");
    while (path == NULL && folders != NULL && *folders != '\0') {
        size_t n = strcspn(folders, ":");
        char one[512];
        if (n > 0 && snprintf(one, sizeof one, "%.*s/%s", (int)n, folders, name) < (int)sizeof one && access(one, X_OK) == 0)
            path = strdup(one);
        folders += n + (folders[n] == ':');
    }
    return path;
}

/* Who runs the server: it refuses root. NULL: we ourselves. */
static const struct passwd *user_of_server(void) {
    if (geteuid() != 0)
        return NULL;
    const struct passwd *user = getpwnam("postgres");
    return user != NULL ? user : getpwnam("nobody");
}

enum tie { TIED, DETACHED };

/* In the child; its words go to dir/log. */
static _Noreturn void become(const struct passwd *user, const char *dir, const char *const *argv, enum tie tie) {
    char *path = mt_path(dir, "log");
    if (user != NULL && (setgid(user->pw_gid) != 0 || initgroups(user->pw_name, user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
        _exit(126);
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600), null = open("/dev/null", O_RDONLY);
    if (log < 0 || null < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0 || chdir(dir) != 0)
        _exit(126);
    if (tie == DETACHED ? setsid() < 0 : prctl(PR_SET_PDEATHSIG, SIGQUIT) != 0)
        _exit(126);
    closefrom(3); /* a fixture's pipe to ctest must not stay open */
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

static pid_t spawn(const char *dir, const char *const *argv, enum tie tie) {
    const struct passwd *user = user_of_server();
    pid_t pid = fork();
    if (pid < 0)
        give_up("fork");
    if (pid == 0)
        become(user, dir, argv, tie);
    return pid;
}

static void print_log(const char *dir) {
    char *path = mt_path(dir, "log"), *text = mt_file_text(path);
    fprintf(stderr, "%s", text != NULL ? text : "");
    free(text);
    free(path);
}

static void init(const char *dir, const char *data) {
    char *program = find_program("initdb");
    if (program == NULL)
        give_up("no initdb");
    pid_t pid = spawn(dir,
                      (const char *const[]){program, "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust",
                                            "--no-sync", "--no-instructions", NULL},
                      TIED);
    int status = 0;
    if (waitpid(pid, &status, 0) != pid || status != 0) {
        print_log(dir);
        give_up("initdb failed");
    }
    free(program);
}

/* The server writes its state into the eighth line of this file. */
static bool is_ready(const char *pid_file) {
    char *text = mt_file_text(pid_file), *line = text;
    for (int i = 0; line != NULL && i < 7; i++) {
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    bool ready = line != NULL && strncmp(line, "ready", 5) == 0;
    free(text);
    return ready;
}

static void await_ready(const char *dir, const char *data, int watch, pid_t pid) {
    char *pid_file = mt_path(data, "postmaster.pid");
    while (!is_ready(pid_file)) {
        char events[4096];
        struct pollfd p = {.fd = watch, .events = POLLIN};
        int status;
        if (poll(&p, 1, START_DEADLINE_MS) <= 0 || read(watch, events, sizeof events) <= 0 || waitpid(pid, &status, WNOHANG) != 0) {
            print_log(dir);
            give_up("the server does not start");
        }
    }
    free(pid_file);
}

static pid_t start_server(const char *dir, bool durable, enum tie tie) {
    char *program = find_program("postgres"), *data = mt_path(dir, "data");
    if (program == NULL)
        give_up("no postgres");
    int watch = inotify_init1(IN_CLOEXEC);
    if (watch < 0 || inotify_add_watch(watch, data, IN_MODIFY | IN_CLOSE_WRITE | IN_DELETE) < 0)
        give_up("inotify");
    char *stale = mt_path(data, "postmaster.pid");
    (void)remove(stale); /* of a server that was killed */
    free(stale);
    pid_t pid = spawn(dir,
                      (const char *const[]){program, "-D", data, "-k", dir, "-c", "listen_addresses=", "-c",
                                            durable ? "fsync=on" : "fsync=off", "-c", "max_connections=200", "-c",
                                            "shared_buffers=64MB", "-c", "log_min_messages=fatal", NULL},
                      tie);
    await_ready(dir, data, watch, pid);
    close(watch);
    free(data);
    free(program);
    return pid;
}

static bool start_in(char *dir, bool durable, enum tie tie, pid_t *pid) {
    const struct passwd *user = user_of_server();
    char *data = mt_path(dir, "data");
    if (user != NULL && chown(dir, user->pw_uid, user->pw_gid) != 0)
        give_up(dir);
    init(dir, data);
    free(data);
    *pid = start_server(dir, durable, tie);
    return true;
}

static bool found(void) {
    char *program = find_program("initdb");
    if (program == NULL)
        fprintf(stderr, "PostgreSQL is not installed here: the tests on it are skipped.\n");
    free(program);
    return program != NULL;
}

bool mt_postgres_start_own(struct mt_postgres *p, bool durable) {
    *p = (struct mt_postgres){.dir = NULL};
    if (!found())
        return false;
    mt_temp_dir(&p->dir);
    return start_in(p->dir, durable, TIED, &p->pid);
}

/* Where the fixture's cluster stands. Owned; NULL: none. */
static char *shared_dir(const char *file) {
    char *dir = file != NULL ? mt_file_text(file) : NULL;
    if (dir == NULL)
        return NULL;
    dir[strcspn(dir, "\n")] = '\0';
    char *socket = mt_path(dir, ".s.PGSQL.5432");
    bool there = dir[0] == '/' && access(socket, F_OK) == 0;
    free(socket);
    if (!there) {
        free(dir);
        return NULL;
    }
    return dir;
}

bool mt_postgres_start(struct mt_postgres *p) {
    *p = (struct mt_postgres){.shared = true};
    p->dir = shared_dir(getenv("MEDTERM_TEST_POSTGRES"));
    return p->dir != NULL || mt_postgres_start_own(p, false);
}

static void end(struct mt_postgres *p, int sign) {
    int status;
    if (p->pid > 0 && (kill(p->pid, sign) != 0 || waitpid(p->pid, &status, 0) != p->pid))
        give_up("the server does not end");
    p->pid = 0;
}

/* What this program has made in a cluster that others go on with: hundreds of databases would fill the disk. */
struct made {
    char name[64];
    struct made *next;
};

static struct made **made(void) {
    static struct made *first;
    return &first;
}

static void drop_made(const char *dir) {
    char *program = find_program("psql");
    while (program != NULL && *made() != NULL) {
        struct made *one = *made();
        char sql[128];
        (void)snprintf(sql, sizeof sql, "DROP DATABASE \"%s\" WITH (FORCE)", one->name);
        struct mt_run run =
            mt_run((const char *const[]){program, "-q", "-h", dir, "-p", "5432", "-U", "postgres", "-c", sql, "postgres", NULL},
                   (const char *const[]){"PGOPTIONS", NULL});
        if (run.status != 0)
            fprintf(stderr, "%s", run.err);
        mt_run_free(&run);
        *made() = one->next;
        free(one);
    }
    free(program);
}

static void note_made(const char *name) {
    struct made *one = calloc(1, sizeof *one);
    if (one == NULL)
        give_up("no memory");
    (void)snprintf(one->name, sizeof one->name, "%s", name);
    one->next = *made();
    *made() = one;
}

void mt_postgres_stop(struct mt_postgres *p) {
    if (p->shared) {
        drop_made(p->dir);
        free(p->dir);
    } else if (p->dir != NULL) {
        end(p, SIGQUIT);
        mt_temp_dir_remove(p->dir);
    }
    *p = (struct mt_postgres){.dir = NULL};
}

void mt_postgres_crash(struct mt_postgres *p) {
    end(p, SIGQUIT); /* "immediate": nothing is written any more, its children end too */
}

void mt_postgres_again(struct mt_postgres *p, bool durable) {
    p->pid = start_server(p->dir, durable, TIED);
}

char *mt_postgres_database(const struct mt_postgres *p, const char *name) {
    char *program = find_program("createdb"), *url = NULL, own[64];
    static unsigned count;
    (void)snprintf(own, sizeof own, "%.30s_%ld_%u", name, p->shared ? (long)getpid() : 0L, ++count);
    struct mt_run run = mt_run((const char *const[]){program, "-h", p->dir, "-p", "5432", "-U", "postgres", "-T", "template0", "-E",
                                                     "UTF8", "--maintenance-db=postgres", own, NULL},
                               (const char *const[]){"PGOPTIONS", NULL});
    if (run.status != 0) {
        fprintf(stderr, "%s", run.err);
        give_up("createdb failed");
    }
    mt_run_free(&run);
    free(program);
    if (p->shared)
        note_made(own);
    if (asprintf(&url, "postgres:///%s?host=%s&user=postgres", own, p->dir) < 0)
        give_up("no memory");
    return url;
}

static bool is_over(int process, int deadline_ms) {
    struct pollfd p = {.fd = process, .events = POLLIN};
    return poll(&p, 1, deadline_ms) == 1;
}

/* Until either ends: of both, the server is the one that may not stay. */
static _Noreturn void keep_watch(int caller, int server, pid_t pid, char *dir) {
    struct pollfd ends[] = {{.fd = caller, .events = POLLIN}, {.fd = server, .events = POLLIN}};
    while (poll(ends, 2, -1) < 0 && errno == EINTR)
        continue;
    if (is_over(server, 0))
        _exit(0); /* it was stopped in good order */
    (void)kill(pid, SIGINT);
    if (!is_over(server, START_DEADLINE_MS))
        (void)kill(pid, SIGQUIT);
    mt_temp_dir_remove(dir);
    _exit(0);
}

/* A ctest that is broken off stops nothing: this process outlives us and ends the server when the one who called us is gone. */
static void watch(pid_t caller, pid_t pid, const char *dir) {
    int of_caller = (int)syscall(SYS_pidfd_open, caller, 0), of_server = (int)syscall(SYS_pidfd_open, pid, 0);
    char *own = strdup(dir);
    pid_t watcher = of_caller >= 0 && of_server >= 0 && own != NULL ? fork() : -1;
    if (watcher < 0)
        give_up("nobody watches over the server");
    if (watcher == 0) {
        int null = open("/dev/null", O_RDWR);
        if (setsid() < 0 || null < 0 || chdir("/") != 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
            _exit(126);
        keep_watch(of_caller, of_server, pid, own);
    }
    (void)close(of_caller);
    (void)close(of_server);
    free(own);
}

bool mt_postgres_share(const char *file) {
    const pid_t caller = getppid();
    mt_postgres_unshare(file); /* of a run that was broken off */
    if (!found())
        return false;
    char dir[] = "/tmp/medterm-pg-XXXXXX";
    pid_t pid = 0;
    if (mkdtemp(dir) == NULL)
        give_up(dir);
    bool started = start_in(dir, false, DETACHED, &pid);
    FILE *out = fopen(file, "w");
    if (out == NULL || fprintf(out, "%s\n%ld\n", dir, (long)pid) < 0 || fclose(out) != 0)
        give_up(file);
    watch(caller, pid, dir);
    return started;
}

/* Waits until the process, which need not be our child, is gone. */
static void end_detached(pid_t pid) {
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    if (process < 0 || kill(pid, SIGINT) != 0)
        return; /* it is gone already */
    if (!is_over(process, START_DEADLINE_MS))
        give_up("the server does not end");
    (void)close(process);
}

/* A pid is told to end only while its server has its socket. */
void mt_postgres_unshare(const char *file) {
    char *dir = shared_dir(file), *text = mt_file_text(file);
    const char *line = text != NULL ? strchr(text, '\n') : NULL;
    long pid = line != NULL ? strtol(line + 1, NULL, 10) : 0;
    if (dir != NULL && pid > 1)
        end_detached((pid_t)pid);
    if (dir != NULL)
        mt_temp_dir_remove(dir);
    (void)remove(file);
    free(text);
}
