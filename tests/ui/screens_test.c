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

static void golden(const struct scene *s, const char *suffix, int rows, int cols, bool utf8) {
    char name[128];
    struct mt_grid g;
    struct rig *r = open_scene(s);
    assert_in_range(snprintf(name, sizeof name, "%s%s", s->name, suffix), 1, (int)sizeof name - 1);
    paint(r, rows, cols, utf8, &g);
    golden_check(name, &g);
    mt_grid_fini(&g);
    close_scene(r);
}

static void every_scene_at_80x24(void **state) {
    (void)state;
    for (size_t i = 0; i < scene_count; i++)
        golden(&scenes[i], "", 24, 80, true);
}

static void large_ones_at_120x40(void **state) {
    (void)state;
    for (size_t i = 0; i < scene_count; i++)
        if (scenes[i].large)
            golden(&scenes[i], ".120x40", 40, 120, true);
}

static void ascii_signs(void **state) {
    (void)state;
    static const char *const names[] = {"sale_three", "sale_offline", "to_pay",       "pay_typed",
                                        "board_full", "sync_offline", "sign_in_typed"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        golden(scene(names[i]), ".ascii", 24, 80, false);
}

static void too_small(void **state) {
    (void)state;
    static const struct {
        int rows, cols;
        const char *suffix;
    } sizes[] = {{23, 80, ".23x80"}, {24, 79, ".24x79"}, {5, 20, ".5x20"}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        golden(scene("sale_three"), sizes[i].suffix, sizes[i].rows, sizes[i].cols, true);
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
        {"sync_paused", "Sending is paused"},
        {"sync_paused", "behind the service"},
        {"sync_empty", "Everything is sent"},
        {"sync_never", "Never in contact"},
        {"customer_delivery", "▸Delivery"},
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
        cmocka_unit_test(every_scene_at_80x24),
        cmocka_unit_test(large_ones_at_120x40),
        cmocka_unit_test(ascii_signs),
        cmocka_unit_test(too_small),
        cmocka_unit_test(every_size_is_survived),
        cmocka_unit_test(nothing_harmful_reaches_a_cell),
        cmocka_unit_test(the_text_alone_tells_the_state),
        cmocka_unit_test(no_pin_on_the_screen),
    };
    return cmocka_run_group_tests_name("screens", tests, NULL, NULL) + run_keys() > 0 ? 1 : 0;
}
