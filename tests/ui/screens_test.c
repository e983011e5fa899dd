/* Every scene as a golden, and what must hold for all of them: nothing harmful reaches a cell, the text alone tells the
 * state, the footer offers only keys that do something, every size is survived. */
#include "golden.h"
#include "scenes.h"

#include <medterm/base/utf8.h>
#include <medterm/ui/screen.h>

#include <stdio.h>
#include <stdlib.h>

int run_keys(void);

static struct rig *open_scene(const struct scene *s) {
    void *state = NULL;
    assert_int_equal(s->fresh ? rig_open_fresh(&state) : rig_open(&state), 0);
    struct rig *r = state;
    s->build(r);
    return r;
}

static void close_scene(struct rig *r) {
    void *state = r;
    assert_int_equal(rig_close(&state), 0);
}

static const struct scene *scene(const char *name) {
    for (size_t i = 0; i < scene_count; i++)
        if (strcmp(scenes[i].name, name) == 0)
            return &scenes[i];
    fail_msg("no scene %s", name);
    return NULL;
}

static void paint(const struct rig *r, int rows, int cols, bool utf8, struct mt_grid *g) {
    assert_int_equal(mt_grid_init(g, rows, cols, mt_signs(utf8)), MT_OK);
    mt_screen_paint(r->t, g);
}

#define TOO_SMALL "too_small"
enum { GOLDEN_MOST = 1024 * 1024 };

static void dump(const char *name, struct mt_buf *out) {
    struct mt_grid g;
    struct rig *r = open_scene(scene(name));
    mt_buf_init(out, 1024 * 1024);
    paint(r, 24, 80, true, &g);
    mt_grid_dump(&g, out);
    assert_int_equal(mt_buf_rc(out), MT_OK);
    mt_grid_fini(&g);
    close_scene(r);
}

/* One section: the text, where the cursor stands, and how it is styled: by role, or as a terminal without colour shows it. */
static void section(const struct rig *r, const char *title, int rows, int cols, bool utf8, bool colour, struct mt_buf *out) {
    struct mt_grid g;
    paint(r, rows, cols, utf8, &g);
    mt_buf_fmt(out, "== %s\n", title);
    mt_grid_dump(&g, out);
    mt_buf_fmt(out, "-- cursor %d,%d, %s\n", g.cursor_row, g.cursor_col, colour ? "roles" : "looks");
    if (colour)
        mt_grid_dump_styles(&g, out);
    else
        mt_grid_dump_looks(&g, &mt_theme_default, out);
    mt_grid_fini(&g);
}

static void every_scene_has_its_golden(void **state) {
    (void)state;
    for (size_t i = 0; i < scene_count; i++) {
        const struct scene *s = &scenes[i];
        struct rig *r = open_scene(s);
        struct mt_buf text;
        mt_buf_init(&text, GOLDEN_MOST);
        section(r, "80x24", 24, 80, true, true, &text);
        section(r, "120x40", 40, 120, true, true, &text);
        section(r, "80x24 without colour", 24, 80, true, false, &text);
        if (s->ascii)
            section(r, "80x24 ASCII without colour", 24, 80, false, false, &text);
        assert_int_equal(mt_buf_rc(&text), MT_OK);
        golden_check(s->name, mt_buf_view(&text));
        mt_buf_fini(&text);
        close_scene(r);
    }
}

static void too_small(void **state) {
    (void)state;
    struct rig *r = open_scene(scene("sale_three"));
    struct mt_buf text;
    mt_buf_init(&text, GOLDEN_MOST);
    section(r, "80x23", 23, 80, true, true, &text);
    section(r, "79x24", 24, 79, true, true, &text);
    section(r, "20x5", 5, 20, true, true, &text);
    golden_check(TOO_SMALL, mt_buf_view(&text));
    mt_buf_fini(&text);
    close_scene(r);
}

static void has_scene(const char *name) {
    if (strcmp(name, TOO_SMALL) == 0)
        return;
    for (size_t i = 0; i < scene_count; i++)
        if (strcmp(scenes[i].name, name) == 0)
            return;
    fail_msg("the golden %s belongs to no scene", name);
}

static void every_golden_has_its_scene(void **state) {
    (void)state;
    golden_each(has_scene);
}

/* State is never carried by colour alone: with every style taken away no two scenes look the same. */
static void no_two_states_differ_in_colour_only(void **state) {
    (void)state;
    struct mt_buf *texts = calloc(scene_count, sizeof *texts);
    assert_non_null(texts);
    for (size_t i = 0; i < scene_count; i++) {
        dump(scenes[i].name, &texts[i]);
        for (size_t j = 0; j < i; j++)
            if (mt_sv_eq(mt_buf_view(&texts[i]), mt_buf_view(&texts[j])))
                fail_msg("%s and %s differ in nothing that can be read", scenes[i].name, scenes[j].name);
    }
    for (size_t i = 0; i < scene_count; i++)
        mt_buf_fini(&texts[i]);
    free(texts);
}

static bool role_is(const struct mt_grid *g, int row, int col, enum mt_ink a, enum mt_ink b) {
    enum mt_ink role = mt_style_role(mt_grid_at(g, row, col)->style);
    return role == a || role == b;
}

/* What is good, to be heeded or bad has its sign or begins with words; a selected row has its sign. */
static void roles_stand_beside_a_sign(void **state) {
    (void)state;
    for (size_t i = 0; i < scene_count; i++) {
        struct rig *r = open_scene(&scenes[i]);
        struct mt_grid g;
        paint(r, 24, 80, true, &g);
        for (int row = 0; row < g.rows; row++) {
            bool coloured = false, reverse = false, read = false, current = false;
            for (int col = 0; col < g.cols; col++) {
                const struct mt_cell *c = mt_grid_at(&g, row, col);
                bool meant = role_is(&g, row, col, MT_GOOD, MT_WARN) || role_is(&g, row, col, MT_BAD, MT_BAD);
                coloured = coloured || meant;
                read = read || (meant && c->text[0] != ' ' && c->text[0] != '\0');
                reverse = reverse || (c->style & MT_REVERSE) != 0;
                current = current || strcmp(c->text, g.signs->current) == 0;
            }
            if (coloured && !read)
                fail_msg("%s row %d has a colour and nothing to read", scenes[i].name, row);
            if (reverse && !current)
                fail_msg("%s row %d is selected and has no sign", scenes[i].name, row);
        }
        mt_grid_fini(&g);
        close_scene(r);
    }
}

static void every_size_is_survived(void **state) {
    (void)state;
    static const int rows[] = {1, 2, 23, 24, 25, 31, 60, 200}, cols[] = {1, 2, 79, 80, 81, 109, 110, 133, 300};
    for (size_t i = 0; i < scene_count; i++) {
        struct rig *r = open_scene(&scenes[i]);
        for (size_t j = 0; j < sizeof rows / sizeof rows[0]; j++)
            for (size_t k = 0; k < sizeof cols / sizeof cols[0]; k++) {
                struct mt_grid g;
                paint(r, rows[j], cols[k], true, &g);
                mt_grid_fini(&g);
            }
        close_scene(r);
    }
}

static void nothing_harmful_reaches_a_cell(void **state) {
    (void)state;
    for (size_t i = 0; i < scene_count; i++) {
        struct rig *r = open_scene(&scenes[i]);
        struct mt_grid g;
        paint(r, 40, 120, true, &g);
        for (int row = 0; row < g.rows; row++)
            for (int col = 0; col < g.cols; col++) {
                struct mt_sv rest = mt_sv(mt_grid_at(&g, row, col)->text);
                while (rest.n > 0)
                    assert_false(mt_utf8_harmful(mt_utf8_next(&rest)));
            }
        mt_grid_fini(&g);
        close_scene(r);
    }
}

/* Without colour each state has its word. */
static void the_text_alone_tells_the_state(void **state) {
    (void)state;
    static const struct {
        const char *scene, *word;
    } told[] = {
        {"sale_empty", "● online"},
        {"sale_empty", "Scan a pack or type a name"},
        {"sale_offline", "○ offline"},
        {"sale_offline", "12 unsent 29 min"},
        {"sale_offline", "! 1 attention"},
        {"sale_offline", "Offline since"},
        {"sale_connecting", "◐ connecting"},
        {"sale_frozen", "✗ frozen"},
        {"sale_frozen", "this till was copied"},
        {"sale_paused", "✗ paused"},
        {"sale_filling", "being filled"},
        {"sale_three", "! Line 3 needs a prescriber (F3)"},
        {"sale_three", "▸Rx Metformin tabs"},
        {"sale_three", "no price"},
        {"sale_three", "off the market"},
        {"sale_short", "3 expired"},
        {"sale_unknown", "✗ Unknown code 4006381333931"},
        {"sale_bad_check", "✗ 6901234567893 has a wrong check digit"},
        {"sale_expired", "✗ Expired 2026-03-31"},
        {"sale_looking_up", "looking it up"},
        {"sale_pasted", "Input truncated"},
        {"sign_in_empty", "PIN"},
        {"sign_in_typed", "••••"},
        {"sign_in_locked", "Locked for 4 min 30 s"},
        {"sign_in_wrong", "1 try left"},
        {"guide_refused", "✗ Not enrolled"},
        {"guide_busy", "Asking the service"},
        {"pay_too_little", "✗ 50.00 is less than"},
        {"pay_saving", "Saving"},
        {"pay_failed", "✗ Not saved: the disk is full"},
        {"pay_typed", "handed over now"},
        {"to_pay", "the order goes to the board"},
        {"paid_change", "✓ printed"},
        {"paid_exact_unprinted", "! not printed"},
        {"paid_later", "✓ A03-000417 is saved unpaid"},
        {"board_full", "▸Paid"},
        {"board_full", "unsent"},
        {"board_offline", "belongs to another counter"},
        {"board_taken", "✗ A03-000410 is already preparing."},
        {"board_empty", "Nothing waits"},
        {"board_finding", "Find A03-0003"},
        {"pick_open", "L2401"},
        {"pick_open", "A-12"},
        {"pick_without_lots", "first expiry"},
        {"pick_cancel", "59.40 CNY unpaid"},
        {"sync_offline", "! refused"},
        {"sync_offline", "2 wanted, 1 left"},
        {"sync_frozen", "Sending is frozen"},
        {"sync_frozen", "ahead of the service"},
        {"sync_stuck", "takes operation 418 in no form"},
        {"sync_paused", "Sending is paused"},
        {"sync_paused", "behind the service"},
        {"sync_empty", "Everything is sent"},
        {"sync_frozen", "files were copied"},
        {"sync_frozen", "medtermd register add --store ID --code NEW-NAME"},
        {"sync_frozen", "medterm enroll --server URL --code"},
        {"sync_frozen_clean", "Another machine works as this register"},
        {"sync_long_reason", "until the evening."},
        {"sync_offline", "Epoch 0193a5c7-1b22-7c3d-9e10-5f6a7b8c9d0e   Cursor 20917"},
        {"sync_offline", "F2 New"},
        {"paid_change", "Cash handed over"},
        {"paid_long_path", "receipts/A03-000417.txt"},
        {"paid_printing", "printing"},
        {"customer_open", "! Line 3 needs a prescriber (F3)"},
        {"sync_never", "Never in contact"},
        {"customer_delivery", "▸Delivery"},
        {"customer_full", "A patient whose name is so long"},
        {"sale_over_cap", "above the cap for one sale"},
        {"sale_needs_pharmacist", "needs a pharmacist's PIN"},
        {"sale_not_sellable", "has no price yet"},
        {"sale_left", "as it was left: 3 lines"},
        {"sync_drop_gone", "It was answered meanwhile"},
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        struct mt_buf text;
        dump(told[i].scene, &text);
        if (strstr(mt_buf_text(&text), told[i].word) == NULL)
            fail_msg("%s does not say \"%s\"\n%s", told[i].scene, told[i].word, mt_buf_text(&text));
        mt_buf_fini(&text);
    }
}

static void no_pin_on_the_screen(void **state) {
    (void)state;
    struct mt_buf text;
    dump("sign_in_typed", &text);
    assert_null(strstr(mt_buf_text(&text), "1234"));
    mt_buf_fini(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scene_has_its_golden),     cmocka_unit_test(too_small),
        cmocka_unit_test(every_golden_has_its_scene),     cmocka_unit_test(no_two_states_differ_in_colour_only),
        cmocka_unit_test(roles_stand_beside_a_sign),      cmocka_unit_test(every_size_is_survived),
        cmocka_unit_test(nothing_harmful_reaches_a_cell), cmocka_unit_test(the_text_alone_tells_the_state),
        cmocka_unit_test(no_pin_on_the_screen),
    };
    return cmocka_run_group_tests_name("screens", tests, NULL, NULL) + run_keys() > 0 ? 1 : 0;
}
