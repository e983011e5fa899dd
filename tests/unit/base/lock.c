/* One holder at a time, also when the holder is killed. */
#include "test.h"

#include <medterm/base/lock.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void one_holder_at_a_time(void **state) {
    (void)state;
    char dir[] = "/tmp/medterm-lock-XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/lock", dir);
    int ends[2], held = -1, again = -1, status = 0;
    char byte = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        byte = mt_lock_file(path, &held, NULL) == MT_OK ? 'y' : 'n';
        if (write(ends[1], &byte, 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    assert_int_equal(mt_lock_file(path, &held, NULL), MT_BUSY);
    assert_int_equal(held, -1);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(mt_lock_file(path, &held, NULL), MT_OK);
    assert_int_equal(mt_lock_file(path, &again, NULL), MT_BUSY);
    struct stat file;
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    mt_lock_release(held);
    assert_int_equal(mt_lock_file(path, &again, NULL), MT_OK);
    mt_lock_release(again);
    mt_lock_release(-1);
    (void)close(ends[0]);
    (void)close(ends[1]);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

static void a_path_that_can_not_be_is_said(void **state) {
    (void)state;
    struct mt_err err = {0};
    int fd = 7;
    assert_int_equal(mt_lock_file("/nowhere/at/all", &fd, &err), MT_IO);
    assert_int_equal(fd, -1);
    assert_non_null(strstr(err.text, "/nowhere/at/all"));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_holder_at_a_time), cmocka_unit_test(a_path_that_can_not_be_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
