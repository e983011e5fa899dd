/* Each widget as the text and style map it paints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <medterm/ui/widget.h>

static struct mt_grid grid_of(int rows, int cols, bool utf8) {
    struct mt_grid g;
    assert_int_equal(mt_grid_init(&g, rows, cols, mt_signs(utf8)), MT_OK);
    return g;
}

static void assert_grid(const struct mt_grid *g, const char *expected) {
    struct mt_buf out;
    mt_buf_init(&out, 100000);
    mt_grid_dump(g, &out);
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

static void paint_number(void *ctx, struct mt_grid *g, struct mt_rect row, size_t item, bool selected) {
    (void)ctx;
    mt_grid_fmt(g, row.row, row.col, row.cols, MT_NORMAL, "%s%zu", selected ? "> " : "  ", item);
}

static void list_keeps_the_selected_in_view(void **state) {
    (void)state;
    for (size_t count = 0; count < 12; count++)
        for (int rows = 1; rows < 6; rows++)
            for (size_t selected = 0; selected < count; selected++) {
                size_t top = mt_list_top(count, selected, rows);
                assert_true(top <= selected && selected < top + (size_t)rows);
                assert_true(top == 0 || top + (size_t)rows <= count);
            }
    struct mt_grid g = grid_of(3, 6, true);
    assert_int_equal(mt_list_view(&g, mt_grid_rect(&g), 10, 5, paint_number, NULL), 3);
    assert_grid(&g, "  4\n> 5\n  6\n");
    assert_styles(&g, "01 ******\n");
    mt_grid_clear(&g);
    assert_int_equal(mt_list_view(&g, mt_grid_rect(&g), 2, MT_LIST_NONE, paint_number, NULL), 2);
    assert_grid(&g, "  0\n  1\n\n");
    mt_grid_fini(&g);
}

static void field_scrolls_with_its_cursor(void **state) {
    (void)state;
    struct mt_grid g = grid_of(1, 8, true);
    struct mt_field field = {.text = MT_SV("metformin"), .cursor = 9, .focus = true, .hint = "type a name"};
    struct mt_rect r = mt_grid_rect(&g);
    mt_field_view(&g, r, &field, MT_NORMAL);
    assert_grid(&g, "tformin\n");
    assert_int_equal(g.cursor_col, 7);
    field.cursor = 0;
    mt_field_view(&g, r, &field, MT_NORMAL);
    assert_grid(&g, "metform…\n");
    assert_int_equal(g.cursor_col, 0);
    field.text = MT_SV("阿莫西林胶囊");
    field.cursor = field.text.n;
    mt_field_view(&g, r, &field, MT_NORMAL);
    assert_grid(&g, "林胶囊\n");
    assert_int_equal(g.cursor_col, 6);
    field.text = MT_SV("");
    mt_field_view(&g, r, &field, MT_NORMAL);
    assert_grid(&g, "type a …\n");
    assert_int_equal(g.cursor_col, 0);
    mt_grid_fini(&g);
}

static void field_cursor_is_always_inside(void **state) {
    (void)state;
    struct mt_sv text = MT_SV("a阿bé中文c\x1Bx");
    for (int cols = 1; cols < 12; cols++) {
        struct mt_grid g = grid_of(1, cols, true);
        for (size_t cursor = 0; cursor <= text.n + 2; cursor++)
            for (int masked = 0; masked < 2; masked++) {
                struct mt_field field = {.text = text, .cursor = cursor, .focus = true, .masked = masked == 1};
                mt_field_view(&g, mt_grid_rect(&g), &field, MT_NORMAL);
                assert_in_range(g.cursor_col, 0, cols - 1);
            }
        mt_grid_fini(&g);
    }
}

static void field_masks_a_pin(void **state) {
    (void)state;
    struct mt_grid g = grid_of(1, 8, true);
    struct mt_field field = {.text = MT_SV("4711"), .cursor = 4, .focus = true, .masked = true};
    mt_field_view(&g, mt_grid_rect(&g), &field, MT_NORMAL);
    assert_grid(&g, "••••\n");
    assert_int_equal(g.cursor_col, 4);
    mt_grid_fini(&g);
}

static const struct mt_column order_columns[] = {
    {.title = "", .width = 3, .align = MT_RIGHT},    {.title = "Name", .width = 10, .wish = 30},
    {.title = "Qty", .width = 3, .align = MT_RIGHT}, {.title = "Price", .width = 8, .align = MT_RIGHT},
    {.title = "Maker", .width = 10, .extra = true},
};

static void table_with_bars(void **state) {
    (void)state;
    struct mt_grid g = grid_of(4, 40, true);
    struct mt_table t;
    mt_table_layout(&t, mt_grid_rect(&g), order_columns, 5, true);
    mt_table_rule(&t, &g, 0, true, MT_DIM);
    mt_table_row(&t, &g, 1, (const char *const[]){"1", "Amoxicillin capsules long", "2", "12.80", "hidden"}, NULL, MT_NORMAL);
    mt_table_row(&t, &g, 2, (const char *const[]){"2", "Metformin", "999", "1234567.90", NULL}, NULL, MT_NORMAL);
    mt_table_rule(&t, &g, 3, false, MT_DIM);
    assert_grid(&g, "────┬───────────────────┬─────┬─────────\n"
                    "  1 │ Amoxicillin caps… │   2 │    12.80\n"
                    "  2 │ Metformin         │ 999 1234567.90\n"
                    "────┴───────────────────┴─────┴─────────\n");
    mt_grid_fini(&g);
}

static void table_grows_names_then_extras(void **state) {
    (void)state;
    struct mt_table t;
    mt_table_layout(&t, (struct mt_rect){0, 0, 1, 47}, order_columns, 5, false);
    assert_int_equal(t.width[1], 30);
    assert_int_equal(t.width[4], 0);
    mt_table_layout(&t, (struct mt_rect){0, 0, 1, 60}, order_columns, 5, false);
    assert_int_equal(t.width[4], 10);
    assert_int_equal(t.width[1], 32);
    assert_int_equal(t.col[4] + t.width[4], 60);
}

static void table_in_too_little_room(void **state) {
    (void)state;
    for (int cols = 1; cols < 30; cols++) {
        struct mt_grid g = grid_of(1, cols, true);
        struct mt_table t;
        mt_table_layout(&t, mt_grid_rect(&g), order_columns, 5, true);
        mt_table_row(&t, &g, 0, (const char *const[]){"1", "Amoxicillin", "2", "12.80", "x"}, NULL, MT_NORMAL);
        mt_grid_fini(&g);
    }
}

static void a_dialog(void **state) {
    (void)state;
    struct mt_grid g = grid_of(9, 40, true);
    struct mt_dialog dialog = {.title = "Cancel the order",
                               .text = "Order A03-000417 of 65.10 is cancelled and its stock released.",
                               .keys = "Esc keep   Ctrl-Y cancel it"};
    g.cursor_row = g.cursor_col = 0;
    mt_dialog_view(&g, mt_grid_rect(&g), &dialog);
    assert_grid(&g, "\n"
                    "┌─ Cancel the order ───────────────────┐\n"
                    "│ Order A03-000417 of 65.10 is         │\n"
                    "│ cancelled and its stock released.    │\n"
                    "│                                      │\n"
                    "│ Esc keep   Ctrl-Y cancel it          │\n"
                    "└──────────────────────────────────────┘\n\n\n");
    assert_int_equal(g.cursor_row, -1);
    mt_grid_fini(&g);
}

static void a_dialog_with_a_field(void **state) {
    (void)state;
    struct mt_grid g = grid_of(9, 80, false);
    struct mt_dialog dialog = {.title = "Label",
                               .text = "Hold under:",
                               .field_label = "Name",
                               .field = {.text = MT_SV("Mrs Wu"), .cursor = 6, .focus = true},
                               .keys = "Enter hold"};
    mt_dialog_view(&g, mt_grid_rect(&g), &dialog);
    assert_grid(&g, "\n"
                    "          +- Label --------------------------------------------------+\n"
                    "          | Hold under:                                              |\n"
                    "          |                                                          |\n"
                    "          | Name Mrs Wu                                              |\n"
                    "          |                                                          |\n"
                    "          | Enter hold                                               |\n"
                    "          +----------------------------------------------------------+\n\n");
    assert_int_equal(g.cursor_row, 4);
    assert_int_equal(g.cursor_col, 23);
    mt_grid_fini(&g);
}

static void big_digits(void **state) {
    (void)state;
    struct mt_grid g = grid_of(3, 20, true);
    assert_int_equal(mt_digits_width("65.10"), 17);
    mt_digits_view(&g, mt_grid_rect(&g), "65.10", MT_BOLD);
    assert_grid(&g, "   █▀▀ █▀▀   ▀█  █▀█\n   █▀█ ▀▀█    █  █ █\n   █▄█ ▄▄█ ▄ ▄█▄ █▄█\n");
    mt_grid_fini(&g);
    g = grid_of(3, 10, true);
    mt_digits_view(&g, mt_grid_rect(&g), "65.10", MT_NORMAL);
    assert_grid(&g, "     65.10\n\n\n");
    mt_grid_fini(&g);
    g = grid_of(3, 12, false);
    mt_digits_view(&g, mt_grid_rect(&g), "4.9", MT_NORMAL);
    assert_grid(&g, "          _\n   |_|   |_|\n     | .  _|\n");
    mt_grid_fini(&g);
}

static void hints_drop_from_the_right(void **state) {
    (void)state;
    static const struct mt_hint hints[] = {{"F1", "Help"}, {"F2", "New"}, {"F4", "Pay"}};
    struct mt_grid g = grid_of(1, 16, true);
    assert_int_equal(mt_hints_view(&g, mt_grid_rect(&g), hints, 3), 2);
    assert_grid(&g, "F1 Help F2 New\n");
    assert_styles(&g, "00 aa      aa\n");
    mt_grid_fini(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_keeps_the_selected_in_view),
        cmocka_unit_test(field_scrolls_with_its_cursor),
        cmocka_unit_test(field_cursor_is_always_inside),
        cmocka_unit_test(field_masks_a_pin),
        cmocka_unit_test(table_with_bars),
        cmocka_unit_test(table_grows_names_then_extras),
        cmocka_unit_test(table_in_too_little_room),
        cmocka_unit_test(a_dialog),
        cmocka_unit_test(a_dialog_with_a_field),
        cmocka_unit_test(big_digits),
        cmocka_unit_test(hints_drop_from_the_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
