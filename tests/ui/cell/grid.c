/* The grid: clipping, alignment, both halves of wide characters, rectangles, dumps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <medterm/ui/cell.h>
#include <medterm/ui/key.h>
#include <string.h>

static struct mt_grid grid_of(int rows, int cols) {
    struct mt_grid g;
    assert_int_equal(mt_grid_init(&g, rows, cols, mt_signs(true)), MT_OK);
    return g;
}

static void assert_grid(const struct mt_grid *g, const char *expected) {
    struct mt_buf out;
    mt_buf_init(&out, 100000);
    mt_grid_dump(g, &out);
    assert_int_equal(mt_buf_rc(&out), MT_OK);
    assert_string_equal(mt_buf_text(&out), expected);
    mt_buf_fini(&out);
}

static void assert_styles(const struct mt_grid *g, const char *expected) {
    struct mt_buf out;
    mt_buf_init(&out, 100000);
    mt_grid_dump_styles(g, &out);
    assert_string_equal(mt_buf_text(&out), expected);
    mt_buf_fini(&out);
}

/* Every wide cell has its right half, every right half its wide cell. */
static void assert_whole(const struct mt_grid *g) {
    for (int row = 0; row < g->rows; row++)
        for (int col = 0; col < g->cols; col++) {
            const struct mt_cell *cell = mt_grid_at(g, row, col);
            if (cell->width == 2)
                assert_int_equal(mt_grid_at(g, row, col + 1)->width, 0);
            else if (cell->width == 0)
                assert_int_equal(mt_grid_at(g, row, col - 1)->width, 2);
            else
                assert_true(cell->text[0] != '\0');
        }
}

static void puts_and_cuts(void **state) {
    (void)state;
    struct mt_grid g = grid_of(4, 12);
    assert_int_equal(mt_grid_str(&g, 0, 0, 12, MT_NORMAL, "Amoxicillin capsules"), 12);
    assert_int_equal(mt_grid_str(&g, 1, 0, 5, MT_NORMAL, "阿莫西林"), 5);
    assert_int_equal(mt_grid_str(&g, 2, 2, 20, MT_NORMAL, "ok"), 2);
    mt_grid_fmt(&g, 3, 0, 12, MT_NORMAL, "%d left", 3);
    assert_grid(&g, "Amoxicillin…\n阿莫…\n  ok\n3 left\n");
    assert_whole(&g);
    mt_grid_fini(&g);
}

static void aligns(void **state) {
    (void)state;
    struct mt_grid g = grid_of(3, 10);
    mt_grid_align(&g, 0, 0, 10, MT_RIGHT, MT_NORMAL, MT_SV("12.80"));
    mt_grid_align(&g, 1, 0, 10, MT_CENTRE, MT_NORMAL, MT_SV("中文"));
    mt_grid_align(&g, 2, 0, 4, MT_RIGHT, MT_NORMAL, MT_SV("too long"));
    assert_grid(&g, "     12.80\n   中文\ntoo…\n");
    mt_grid_fini(&g);
}

static void nothing_leaves_the_grid(void **state) {
    (void)state;
    struct mt_grid g = grid_of(2, 4);
    mt_grid_str(&g, -1, 0, 4, MT_NORMAL, "above");
    mt_grid_str(&g, 2, 0, 4, MT_NORMAL, "below");
    mt_grid_str(&g, 0, 4, 4, MT_NORMAL, "right");
    mt_grid_str(&g, 0, 2, 100, MT_NORMAL, "clip");
    mt_grid_str(&g, 1, 3, 4, MT_NORMAL, "中");
    mt_grid_fill(&g, (struct mt_rect){-5, -5, INT_MAX, 2}, MT_BAD);
    mt_grid_restyle(&g, (struct mt_rect){1, 1, 100, 100}, MT_GOOD);
    mt_grid_hline(&g, 5, 0, 100, MT_NORMAL);
    mt_grid_cursor(&g, 9, 9);
    assert_int_equal(g.cursor_row, -1);
    assert_null(mt_grid_at(&g, 0, 4));
    assert_grid(&g, "  cl\n\n");
    assert_whole(&g);
    mt_grid_fini(&g);
}

static void half_a_wide_character_never_stays(void **state) {
    (void)state;
    struct mt_grid g = grid_of(1, 8);
    for (int left = 0; left < 6; left++)
        for (int over = 0; over < 7; over++) {
            mt_grid_clear(&g);
            mt_grid_str(&g, 0, left, 8, MT_NORMAL, "中文");
            mt_grid_str(&g, 0, over, 1, MT_NORMAL, "x");
            assert_whole(&g);
            mt_grid_str(&g, 0, over, 2, MT_NORMAL, "国");
            assert_whole(&g);
            mt_grid_fill(&g, (struct mt_rect){0, over, 1, 1}, MT_NORMAL);
            assert_whole(&g);
        }
    mt_grid_fini(&g);
}

static void hostile_text_becomes_harmless(void **state) {
    (void)state;
    struct mt_grid g = grid_of(1, 20);
    mt_grid_str(&g, 0, 0, 20, MT_NORMAL,
                "A\x1B[2J\rB\xE2\x80\xAE"
                "C\xC2\x9B"
                "D\nE\xEF\xBB\xBF");
    assert_grid(&g, "A[2J BCD E\n");
    mt_grid_fini(&g);
}

static void ascii_twins(void **state) {
    (void)state;
    const struct mt_signs *real = mt_signs(true), *twin = mt_signs(false);
    const char *const *r = (const char *const *)real, *const *t = (const char *const *)twin;
    for (size_t i = 0; i < sizeof *real / sizeof(char *); i++) {
        assert_int_equal(mt_text_width(mt_sv(r[i])), 1);
        assert_int_equal(strlen(t[i]), 1);
        assert_true(t[i][0] > ' ' && t[i][0] < 127);
    }
    assert_string_not_equal(twin->online, twin->offline);
}

static void styles_in_the_map(void **state) {
    (void)state;
    struct mt_grid g = grid_of(3, 8);
    mt_grid_str(&g, 0, 1, 4, MT_WARN | MT_BOLD, "!");
    mt_grid_str(&g, 0, 3, 4, MT_DIM, "dim");
    mt_grid_str(&g, 2, 0, 8, MT_GOOD, "row");
    mt_grid_add_style(&g, (struct mt_rect){2, 0, 1, 5}, MT_REVERSE);
    assert_styles(&g, "00  W ddd\n02 222**\n");
    mt_grid_fini(&g);
}

static void rectangles(void **state) {
    (void)state;
    struct mt_rect rest = {0, 0, 24, 80};
    struct mt_rect top = mt_rect_top(&rest, 2), bottom = mt_rect_bottom(&rest, 1), left = mt_rect_left(&rest, 10),
                   right = mt_rect_right(&rest, 5);
    assert_int_equal(top.rows, 2);
    assert_int_equal(bottom.row, 23);
    assert_int_equal(left.cols, 10);
    assert_int_equal(right.col, 75);
    assert_int_equal(rest.row, 2);
    assert_int_equal(rest.rows, 21);
    assert_int_equal(rest.col, 10);
    assert_int_equal(rest.cols, 65);
    assert_int_equal(mt_rect_top(&rest, 100).rows, 21);
    assert_int_equal(rest.rows, 0);
    struct mt_rect middle = mt_rect_centre((struct mt_rect){0, 0, 24, 80}, 4, 60);
    assert_int_equal(middle.row, 10);
    assert_int_equal(middle.col, 10);
}

static void keys_have_names(void **state) {
    (void)state;
    assert_string_equal(mt_key_name(MT_KEY_F4), "F4");
    assert_string_equal(mt_key_name(MT_KEY_PAGE_DOWN), "PgDn");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_and_cuts),
        cmocka_unit_test(aligns),
        cmocka_unit_test(nothing_leaves_the_grid),
        cmocka_unit_test(half_a_wide_character_never_stays),
        cmocka_unit_test(hostile_text_becomes_harmless),
        cmocka_unit_test(ascii_twins),
        cmocka_unit_test(styles_in_the_map),
        cmocka_unit_test(rectangles),
        cmocka_unit_test(keys_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
