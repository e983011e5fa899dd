/* What the files of the screens share. A screen is one file with a struct screen, and one row in screens.c. */
#ifndef MEDTERM_UI_SCREEN_PARTS_H
#define MEDTERM_UI_SCREEN_PARTS_H

#include <medterm/ui/screen.h>
#include <medterm/ui/widget.h>

/* One key of a screen. The first row whose key fits and that works now names the action. */
struct screen_key {
    enum mt_key_code code;
    char ch; /* of MT_KEY_CHAR and MT_KEY_CTRL */
    enum mt_action action;
    const char *shown;                    /* how footer and help write it; NULL: by its name */
    const char *label;                    /* in the footer; NULL: not there */
    bool (*now)(const struct mt_till *t); /* NULL: always */
};

struct screen {
    const char *name; /* for the help's heading */
    void (*title)(const struct mt_till *t, struct mt_buf *left, struct mt_buf *right);
    void (*view)(const struct mt_till *t, struct mt_rect r, struct mt_grid *g);
    const struct screen_key *keys;
    size_t key_count;
    const char *help; /* sentences below the keys; "" for none */
    bool any_key;     /* a key without a row goes on, like Esc */
};
extern const struct screen screen_guide, screen_sign_in, screen_sale, screen_customer, screen_pay, screen_paid, screen_board,
    screen_pick, screen_sync;

#define SCREEN_KEYS(table) .keys = (table), .key_count = sizeof(table) / sizeof((table)[0])

/* screens.c */
const struct screen *screen_of(const struct mt_till *t);

/* keys.c */
#define HINTS_MAX 32
struct key_hints {
    struct mt_hint at[HINTS_MAX];
    char shown[HINTS_MAX][16];
    size_t count;
};
void keys_footer(const struct mt_till *t, struct key_hints *out); /* those that work right now */
void keys_help(const struct mt_till *t, struct mt_buf *out);      /* all of the screen, a line each */

/* frame.c: one line of text over several parts; overlay.c: what lies over a screen */
void overlay_paint(const struct mt_till *t, struct mt_rect r, struct mt_grid *g);
/* "name  spec" in `width` columns, the spec from column `tab` of it where both fit; a name gives way before a spec. */
void frame_name_spec(struct mt_grid *g, int row, int col, int width, int tab, mt_style style, const char *name, const char *spec);
void frame_field(struct mt_grid *g, struct mt_rect row, int label_width, const char *label, const struct mt_edit *e, bool focus,
                 bool masked, const char *hint);
/* Wrapped text from the top of r; returns the rows used. */
int frame_text(struct mt_grid *g, struct mt_rect r, mt_style style, const char *text);
/* Rows of the body the message line grows over. */
int frame_message_over(const struct mt_till *t, const struct mt_grid *g);
/* A box of `rows` empty lines in the middle of r, at most 60 columns; returns the room inside. */
struct mt_rect frame_box(struct mt_grid *g, struct mt_rect r, int rows, const char *title, const char *keys);

/* sale.c: the order without the input line, its total at the bottom of r. */
void sale_order_view(const struct mt_till *t, struct mt_rect r, struct mt_grid *g);

/* words.c */
#define WORDS_MAX 48
void words_age(int64_t ms, char out[WORDS_MAX]);                            /* "under 1 min" "12 min" "1 h 05 min" "3 days" */
void words_age_short(int64_t ms, char out[WORDS_MAX]);                      /* "" "12 min" "3 h" "2 d" */
void words_clock(const struct mt_till *t, mt_time at, char out[WORDS_MAX]); /* "14:32", with the day when it is not today */
void words_rest(int64_t ms, char out[WORDS_MAX]);                           /* "45 s" "4 min 30 s" */
const char *words_plural(int64_t n, const char *one, const char *many);
const char *words_who(const struct mt_till *t); /* the patient, or "Walk-in" */
const char *words_handover(enum mt_fulfilment f);
void words_order_no(const struct mt_till *t, char out[MT_ORDER_NO_TEXT]); /* the number the next sale probably takes */
int64_t words_packs(const struct mt_till *t);                             /* in the cart */

#endif
