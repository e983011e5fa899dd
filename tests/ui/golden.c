#include "golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1024 * 1024 };

static void read_file(const char *path, struct mt_buf *out) {
    char bytes[4096];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return;
    while ((n = fread(bytes, 1, sizeof bytes, f)) > 0)
        mt_buf_add(out, bytes, n);
    assert_int_equal(fclose(f), 0);
}

static void write_file(const char *path, const struct mt_buf *text) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text->p, 1, text->n, f), text->n);
    assert_int_equal(fclose(f), 0);
}

/* The first line that differs, so that a failure can be read. */
static void show_difference(const char *name, const char *want, const char *got) {
    struct mt_sv w = mt_sv(want), g = mt_sv(got);
    for (int line = 1; w.n > 0 || g.n > 0; line++) {
        struct mt_sv a = mt_sv_cut(&w, '\n'), b = mt_sv_cut(&g, '\n');
        if (!mt_sv_eq(a, b))
            fail_msg("%s line %d\n want: %.*s\n  got: %.*s", name, line, (int)a.n, a.p, (int)b.n, b.p);
    }
    fail_msg("%s differs", name);
}

void golden_check(const char *name, const struct mt_grid *g) {
    char path[512];
    struct mt_buf got, want;
    mt_buf_init(&got, MOST);
    mt_buf_init(&want, MOST);
    mt_grid_dump(g, &got);
    mt_buf_fmt(&got, "-- cursor %d,%d, styles\n", g->cursor_row, g->cursor_col);
    mt_grid_dump_styles(g, &got);
    assert_int_equal(mt_buf_rc(&got), MT_OK);
    int n = snprintf(path, sizeof path, "%s/%s.txt", MT_GOLDEN_DIR, name);
    assert_in_range(n, 1, (int)sizeof path - 1);
    const char *write = getenv("MT_GOLDEN_WRITE");
    if (write != NULL && strcmp(write, "1") == 0)
        write_file(path, &got);
    read_file(path, &want);
    if (!mt_sv_eq(mt_buf_view(&got), mt_buf_view(&want)))
        show_difference(name, mt_buf_text(&want), mt_buf_text(&got));
    mt_buf_fini(&got);
    mt_buf_fini(&want);
}
