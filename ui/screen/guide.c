#include "parts.h"

static void title(const struct mt_till *t, struct mt_buf *left, struct mt_buf *right) {
    (void)t;
    (void)right;
    mt_buf_str(left, "First start");
}

static void view(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    mt_rect_left(&r, 1);
    r.cols = r.cols > 78 ? 78 : r.cols;
    mt_grid_hline(g, r.row, 0, g->cols, MT_DIM);
    mt_rect_top(&r, 2);
    int used = frame_text(g, r, MT_NORMAL,
                          "This till does not belong to a store yet. It takes two things, once:\n\n"
                          "1  the address of the order service;\n"
                          "2  an enrolment code. Whoever runs the service gets one with\n"
                          "   medtermd register add, and it works for one till.\n\n"
                          "Then staff sign in with their PIN and sell, with or without the line.");
    mt_rect_top(&r, used + 2);
    frame_field(g, mt_rect_top(&r, 1), 18, "Service address", &t->guide.url, t->guide.field == 0 && !t->guide.busy, false,
                "https://orders.example.org");
    mt_rect_top(&r, 1);
    frame_field(g, mt_rect_top(&r, 1), 18, "Enrolment code", &t->guide.code, t->guide.field == 1 && !t->guide.busy, false, "");
    mt_rect_top(&r, 2);
    if (t->guide.busy)
        mt_grid_str(g, r.row, r.col, r.cols, MT_DIM, "Asking the service. This takes a few seconds.");
}

static bool idle(const struct mt_till *t) {
    return !t->guide.busy;
}

static const struct screen_key keys[] = {
    {MT_KEY_ENTER, 0, MT_ACT_ENTER, NULL, "Enrol", idle},
    {MT_KEY_TAB, 0, MT_ACT_NEXT_FIELD, NULL, "Next field", idle},
    {MT_KEY_CTRL, 'q', MT_ACT_QUIT, NULL, "Quit", NULL},
};

const struct screen screen_guide = {.name = "First start", .title = title, .view = view, SCREEN_KEYS(keys), .help = ""};
