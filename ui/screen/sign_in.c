#include "parts.h"

static void title(const struct mt_till *t, struct mt_buf *left, struct mt_buf *right) {
    (void)t;
    (void)right;
    mt_buf_str(left, "Sign in");
}

static void say_state(const struct mt_till *t, struct mt_buf *out) {
    char rest[WORDS_MAX];
    if (t->sign_in.locked_until > t->mono) {
        words_rest(t->sign_in.locked_until - t->mono, rest);
        mt_buf_fmt(out, "Locked for %s.", rest);
    } else if (t->sign_in.busy)
        mt_buf_str(out, "Checking.");
    else
        mt_buf_str(out, "Type your PIN, then Enter.");
}

static void view(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    enum { ROWS = 8, COLS = 40, LABEL = 6 };
    struct mt_buf text;
    mt_grid_hline(g, r.row, 0, g->cols, MT_DIM);
    struct mt_rect box = mt_rect_centre(r, ROWS, COLS);
    mt_buf_init(&text, 512);
    struct mt_rect line = mt_rect_top(&box, 2);
    mt_buf_fmt(&text, "%s %s %s", t->store_name, g->signs->dot, t->register_code);
    mt_grid_put(g, line.row, line.col, line.cols, MT_BOLD, mt_buf_view(&text));
    bool locked = t->sign_in.locked_until > t->mono;
    frame_field(g, mt_rect_top(&box, 1), LABEL, "PIN", &t->sign_in.pin, !locked && !t->sign_in.busy, true, "");
    mt_rect_top(&box, 1);
    mt_buf_clear(&text);
    say_state(t, &text);
    line = mt_rect_top(&box, 1);
    mt_grid_put(g, line.row, line.col, line.cols, locked ? MT_WARN : MT_DIM, mt_buf_view(&text));
    mt_buf_clear(&text);
    if (t->cart.count > 0)
        mt_buf_fmt(&text, "An order of %zu %s is kept.", t->cart.count, words_plural((int64_t)t->cart.count, "line", "lines"));
    line = mt_rect_top(&box, 1);
    mt_grid_put(g, line.row, line.col, line.cols, MT_DIM, mt_buf_view(&text));
    mt_buf_fini(&text);
}

static bool may_enter(const struct mt_till *t) {
    return !t->sign_in.busy && t->sign_in.locked_until <= t->mono && t->sign_in.pin.n > 0;
}

static const struct screen_key keys[] = {
    {MT_KEY_ENTER, 0, MT_ACT_ENTER, NULL, "Sign in", may_enter},
    {MT_KEY_CTRL, 'q', MT_ACT_QUIT, NULL, "Quit", NULL},
};

const struct screen screen_sign_in = {.name = "Sign in",
                                      .title = title,
                                      .view = view,
                                      SCREEN_KEYS(keys),
                                      .help = "Five wrong PINs in a row lock this till for a while. What was being sold is kept."};
