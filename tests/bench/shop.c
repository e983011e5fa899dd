#include "shop.h"

#include <medterm/domain/scan.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void bench_die(const char *what) {
    (void)fprintf(stderr, "benchmark: %s\n", what);
    exit(1);
}

static pid_t spawn(const struct bench_shop *s, const char *program, const char *const *args, int *out) {
    char path[600];
    const char *argv[32] = {program};
    int ends[2], n = 1;
    (void)snprintf(path, sizeof path, "%s/%s", s->bin, program);
    for (; args[n - 1] && n < 31; n++)
        argv[n] = args[n - 1];
    if (pipe(ends) != 0)
        bench_die("no pipe");
    pid_t pid = fork();
    if (pid < 0)
        bench_die("no process");
    if (pid == 0) {
        if (dup2(ends[1], STDOUT_FILENO) < 0 || close(ends[0]) != 0 || !freopen("/dev/null", "a", stderr))
            _exit(126);
        execv(path, (char *const *)(void *)argv);
        _exit(127);
    }
    (void)close(ends[1]);
    *out = ends[0];
    return pid;
}

void bench_shop_run(const struct bench_shop *s, const char *program, const char *const *args, struct mt_buf *out) {
    int fd = -1, status = 0;
    char bytes[4096];
    pid_t pid = spawn(s, program, args, &fd);
    for (ssize_t n; (n = read(fd, bytes, sizeof bytes)) > 0;)
        mt_buf_add(out, bytes, (size_t)n);
    (void)close(fd);
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        (void)fprintf(stderr, "%s %s failed\n", program, args[0]);
        bench_die("a command failed");
    }
}

void bench_member(const struct mt_buf *json, const char *key, char *to, size_t size) {
    char name[64];
    (void)snprintf(name, sizeof name, "\"%s\"", key);
    const char *at = strstr(mt_buf_text(json), name);
    at = at ? strchr(at + strlen(name), ':') : NULL;
    if (!at)
        bench_die("a member is missing in an answer");
    at += 1 + strspn(at + 1, " \"");
    if (mt_sv_copy(mt_sv_n(at, strcspn(at, "\",}")), to, size) != MT_OK)
        bench_die("a member is too long");
}

void bench_serve(struct bench_shop *s) {
    const char *args[] = {"serve", "--db", s->db, "--listen", "127.0.0.1:0", "--rate", "0", s->key[0] != '\0' ? "--key-file" : NULL,
                          s->key,  NULL};
    char line[128] = "";
    int fd = -1;
    s->service = spawn(s, "medtermd", args, &fd);
    for (size_t n = 0; n < sizeof line - 1 && read(fd, line + n, 1) == 1 && line[n] != '\n'; n++)
        continue;
    const char *at = strstr(line, "http://"), *colon = at ? strrchr(line, ':') : NULL;
    if (!colon || mt_sv_copy(mt_sv_n(at, strcspn(at, "\n")), s->url, sizeof s->url) != MT_OK)
        bench_die("medtermd does not start");
    s->port = (int)strtol(colon + 1, NULL, 10);
}

void bench_unserve(struct bench_shop *s) {
    int status = 0;
    (void)kill(s->service, SIGTERM);
    (void)waitpid(s->service, &status, 0);
}

void bench_programs(struct bench_shop *s, const char *program) {
    char path[400];
    if (mt_sv_copy(mt_sv(program), path, sizeof path) != MT_OK)
        bench_die("the programs are not found");
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
    (void)snprintf(s->bin, sizeof s->bin, "%s/../bin", slash ? path : ".");
}

void bench_shop_open(struct bench_shop *s, const char *program) {
    *s = (struct bench_shop){.dir = "/tmp/medterm-bench-XXXXXX"};
    if (!mkdtemp(s->dir))
        bench_die("no folder to work in");
    bench_programs(s, program);
    (void)snprintf(s->db, sizeof s->db, "sqlite://%s/medtermd.db", s->dir);
    bench_serve(s);
    struct mt_buf out;
    mt_buf_init(&out, 65536);
    bench_shop_run(s, "medtermd", (const char *[]){"store", "add", "--db", s->db, "--name", "Bench", "--json", NULL}, &out);
    bench_member(&out, "store_id", s->store, sizeof s->store);
    mt_buf_clear(&out);
    if (setenv("MEDTERM_PIN", "2580", 1) != 0)
        bench_die("no environment");
    bench_shop_run(s, "medtermd",
                   (const char *[]){"staff", "add", "--db", s->db, "--store", s->store, "--name", "Chen Mei", "--role", "manager",
                                    "--json", NULL},
                   &out);
    bench_member(&out, "staff_id", s->staff, sizeof s->staff);
    mt_buf_fini(&out);
}

void bench_shop_close(struct bench_shop *s) {
    char command[128];
    bench_unserve(s);
    (void)snprintf(command, sizeof command, "rm -r '%s'", s->dir);
    if (system(command) != 0)
        (void)fprintf(stderr, "%s is left behind\n", s->dir);
}

void bench_code(int n, char out[14]) {
    char digits[40];
    for (int check = 0; check < 10; check++) {
        (void)snprintf(digits, sizeof digits, "69012345%04d%d", n, check);
        if (mt_gtin_check(mt_sv(digits)) && mt_sv_copy(mt_sv(digits), out, 14) == MT_OK)
            return;
    }
    bench_die("no such code");
}

void bench_shop_stock(const struct bench_shop *s, int drugs) {
    char path[96], code[14];
    (void)snprintf(path, sizeof path, "%s/goods.csv", s->dir);
    FILE *f = fopen(path, "w");
    if (!f)
        bench_die("no catalogue");
    (void)fprintf(f, "code,name,spec,price,lot_no,expires_on,quantity\n");
    for (int i = 0; i < drugs; i++) {
        bench_code(i, code);
        (void)fprintf(f, "%s,Drug %d,0.25 g x 24,12.80,L1,2099-12-31,1000000\n", code, i);
    }
    struct mt_buf out;
    mt_buf_init(&out, 65536);
    if (fclose(f) != 0)
        bench_die("no catalogue");
    bench_shop_run(s, "medtermd", (const char *[]){"catalogue", "import", path, "--db", s->db, "--store", s->store, NULL}, &out);
    mt_buf_fini(&out);
}

void bench_shop_register(const struct bench_shop *s, int n, char code[16]) {
    char name[32];
    struct mt_buf out;
    mt_buf_init(&out, 65536);
    (void)snprintf(name, sizeof name, "R%02d", n);
    bench_shop_run(s, "medtermd",
                   (const char *[]){"register", "add", "--db", s->db, "--store", s->store, "--code", name, "--json", NULL}, &out);
    bench_member(&out, "enrolment_code", code, 16);
    mt_buf_fini(&out);
}
