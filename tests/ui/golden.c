#include "golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1024 * 1024 };

/* False when there is no such file. */
static bool read_file(const char *path, struct mt_buf *out) {
    char bytes[4096];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return false;
    while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
        mt_buf_add(out, bytes, n);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(mt_buf_rc(out), MT_OK);
    return true;
}

static void write_file(const char *path, struct mt_sv text) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
    assert_int_equal(fclose(f), 0);
}

/* The section and the first line that differ, so that a failure can be read. */
static void show_difference(const char *name, struct mt_sv want, struct mt_sv got) {
    struct mt_sv section = MT_SV("");
    for (int line = 1; want.n > 0 || got.n > 0; line++) {
        struct mt_sv w = mt_sv_cut(&want, '\n'), g = mt_sv_cut(&got, '\n');
        if (w.n > 2 && memcmp(w.p, "==", 2) == 0)
            section = w;
        if (!mt_sv_eq(w, g))
            fail_msg("%s line %d, %.*s\n want: %.*s\n  got: %.*s", name, line, (int)section.n, section.p, (int)w.n, w.p, (int)g.n,
                     g.p);
    }
    fail_msg("%s differs at its end", name);
}

void golden_check(const char *name, struct mt_sv text) {
    char path[512];
    struct mt_buf want;
    mt_buf_init(&want, MOST);
    int n = snprintf(path, sizeof path, "%s/%s.txt", MT_GOLDEN_DIR, name);
    assert_in_range(n, 1, (int)sizeof path - 1);
    const char *write = getenv("MT_GOLDEN_WRITE");
    if (write != NULL && strcmp(write, "1") == 0)
        write_file(path, text);
    if (!read_file(path, &want))
        fail_msg("%s has no golden file; MT_GOLDEN_WRITE=1 writes it", name);
    if (!mt_sv_eq(text, mt_buf_view(&want)))
        show_difference(name, mt_buf_view(&want), text);
    mt_buf_fini(&want);
}

void golden_each(void (*visit)(const char *name)) {
    char name[256];
    struct dirent *entry;
    DIR *folder = opendir(MT_GOLDEN_DIR);
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        assert_in_range(snprintf(name, sizeof name, "%s", entry->d_name), 1, (int)sizeof name - 1);
        size_t n = strlen(name);
        if (n > 4 && strcmp(name + n - 4, ".txt") == 0)
            name[n - 4] = '\0';
        visit(name);
    }
    assert_int_equal(closedir(folder), 0);
}
