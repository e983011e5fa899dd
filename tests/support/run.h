/* Programs that run and end, throw-away folders, and waiting for what another process does. */
#ifndef MEDTERM_TESTS_RUN_H
#define MEDTERM_TESTS_RUN_H

#include <stdbool.h>
#include <stddef.h>

struct mt_run {
    int status; /* exit status, or 128 + the signal */
    char *out;  /* owned; standard output, NUL-terminated */
    char *err;  /* owned; standard error */
};
/* Runs argv (NULL-terminated) with env laid over (as in mt_pty_spawn) and stdin from /dev/null, until it ends or the deadline
 * fails the test. */
struct mt_run mt_run(const char *const *argv, const char *const *env);
void mt_run_free(struct mt_run *run);

/* A fresh folder below TMPDIR; *path is owned. */
void mt_temp_dir(char **path);
void mt_temp_dir_remove(char *path); /* with all in it; frees path */
/* dir/name, owned. */
char *mt_path(const char *dir, const char *name);
/* The whole file with NUL, owned; NULL when it is not there. */
char *mt_file_text(const char *path);
/* cp -a */
void mt_copy_dir(const char *from, const char *to);

#endif
