/* The cluster of a run of ctest does not outlive the run, also when that was broken off and nobody stopped it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "postgres.h"
#include "run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_S 100

/* In ctest's place: starts the cluster, says by one byte how that went, and waits to be killed. */
static _Noreturn void run(const char *file, int said) {
    pid_t fixture = fork();
    if (fixture == 0) {
        (void)close(said);
        execl(POSTGRES_FIXTURE, POSTGRES_FIXTURE, "start", file, (char *)NULL);
        _exit(127);
    }
    int status = -1;
    unsigned char exit_status = 127;
    if (fixture > 0 && waitpid(fixture, &status, 0) == fixture && WIFEXITED(status))
        exit_status = (unsigned char)WEXITSTATUS(status);
    if (write(said, &exit_status, 1) == 1)
        for (;;)
            (void)pause();
    _exit(1);
}

static void test_run_broken_off(void **state) {
    char *dir = NULL;
    int said[2];
    unsigned char started = 127;
    (void)state;
    mt_temp_dir(&dir);
    char *file = mt_path(dir, "cluster");
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* whatever is left behind is ours to wait for */
    assert_int_equal(pipe(said), 0);
    pid_t ctest = fork();
    if (ctest == 0)
        run(file, said[1]);
    assert_true(ctest > 0);
    (void)close(said[1]);
    assert_int_equal(read(said[0], &started, 1), 1);
    if (started == MT_POSTGRES_SKIP) {
        (void)kill(ctest, SIGKILL);
        exit(MT_POSTGRES_SKIP);
    }
    assert_int_equal(started, 0);
    char *text = mt_file_text(file), *socket = NULL;
    assert_non_null(text);
    text[strcspn(text, "\n")] = '\0';
    socket = mt_path(text, ".s.PGSQL.5432");
    assert_int_equal(access(socket, F_OK), 0);
    assert_int_equal(kill(ctest, SIGKILL), 0);
    (void)alarm(DEADLINE_S); /* the server and who watches over it end by themselves */
    while (wait(NULL) > 0)
        continue;
    (void)alarm(0);
    assert_int_not_equal(access(text, F_OK), 0);
    mt_postgres_unshare(file); /* the next run finds a file that is true no more */
    assert_int_not_equal(access(file, F_OK), 0);
    (void)close(said[0]);
    free(socket);
    free(text);
    free(file);
    mt_temp_dir_remove(dir);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_run_broken_off)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
