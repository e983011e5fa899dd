/* What is the same around every screen: the status line, the title, one message, the keys. */
#include "parts.h"

#include <stdarg.h>
#include <stdio.h>

enum { MESSAGE_ROWS = 3, LINE_MAX = 1024 };

static void text_buf(struct mt_buf *b) {
    mt_buf_init(b, LINE_MAX);
}

/* ---- pieces screens use ---- */

void frame_name_spec(struct mt_grid *g, int row, int col, int width, int tab, mt_style style, const char *name, const char *spec) {
    int name_width = mt_text_width(mt_sv(name)), spec_width = mt_text_width(mt_sv(spec));
    int at = tab;
    if (spec_width == 0)
        at = width + 1;
    else if (name_width + 1 > tab || tab + spec_width > width) { /* no room at the tab: behind the name, or where it just fits */
        int least = width - spec_width;
        if (least < width / 2)
            least = width / 2;
        at = name_width + 1 < least ? name_width + 1 : least;
        if (at < tab && tab + spec_width <= width)
            at = tab;
        else if (at < width - spec_width && name_width + 1 <= width - spec_width)
            at = width - spec_width;
    }
    mt_grid_str(g, row, col, at - 1 < width ? at - 1 : width, style, name);
    if (spec_width > 0)
        mt_grid_str(g, row, col + at, width - at, style, spec);
}

void frame_field(struct mt_grid *g, struct mt_rect row, int label_width, const char *label, const struct mt_edit *e, bool focus,
                 bool masked, const char *hint) {
    struct mt_rect name = mt_rect_left(&row, label_width);
    mt_grid_str(g, name.row, name.col, name.cols, focus ? MT_BOLD : MT_NORMAL, label);
    struct mt_rect sign = mt_rect_left(&row, 2);
    mt_grid_str(g, sign.row, sign.col, 1, focus ? MT_ACCENT : MT_DIM, focus ? g->signs->prompt : g->signs->dot);
    if (!focus && !masked && e->n > 0) { /* nobody types: its beginning, not where the cursor was */
        mt_grid_put(g, row.row, row.col, row.cols, MT_NORMAL, mt_sv_n(e->s, e->n));
        return;
    }
    struct mt_field field = {.text = mt_sv_n(e->s, e->n), .cursor = e->cursor, .masked = masked, .focus = focus, .hint = hint};
    mt_field_view(g, row, &field, MT_NORMAL);
}

int frame_text(struct mt_grid *g, struct mt_rect r, mt_style style, const char *text) {
    struct mt_sv rest = mt_sv(text);
    int used = 0;
    while (rest.n > 0 && used < r.rows) {
        mt_grid_put(g, r.row + used, r.col, r.cols, style, mt_text_wrap(&rest, r.cols));
        used++;
    }
    return used;
}

struct mt_rect frame_box(struct mt_grid *g, struct mt_rect r, int rows, const char *title, const char *keys) {
    enum { BOX_COLS = 60, LINES_MAX = 40 };
    char lines[LINES_MAX + 1];
    int n = rows < LINES_MAX ? rows : LINES_MAX, frame = keys != NULL ? 4 : 2;
    for (int i = 0; i < n; i++)
        lines[i] = '\n';
    lines[n] = '\0';
    mt_dialog_view(g, r, &(struct mt_dialog){.title = title, .text = lines, .keys = keys});
    struct mt_rect box = mt_rect_centre(r, n + frame, r.cols < BOX_COLS ? r.cols : BOX_COLS);
    return (struct mt_rect){box.row + 1, box.col + 2, box.rows - frame, box.cols - 4};
}

/* ---- status line ---- */

static const struct {
    const char *words;
    mt_style style;
} links[] = {
    [MT_LINK_OFFLINE] = {"offline", MT_WARN},
    [MT_LINK_CONNECTING] = {"connecting", MT_DIM},
    [MT_LINK_ONLINE] = {"online", MT_GOOD},
};

static const char *link_sign(const struct mt_till *t, const struct mt_signs *s) {
    switch (t->link.link) {
    case MT_LINK_OFFLINE:
        return s->offline;
    case MT_LINK_CONNECTING:
        return s->connecting;
    case MT_LINK_ONLINE:
        return s->online;
    }
    return s->offline;
}

/* One part of the right half: link, unsent, attention, clock. */
struct part {
    char text[64];
    mt_style style;
};
enum { PARTS = 4 };

static void put_part(struct part *p, mt_style style, const char *format, ...) MT_PRINTF(3, 4);
static void put_part(struct part *p, mt_style style, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (vsnprintf(p->text, sizeof p->text, format, args) < 0)
        p->text[0] = '\0';
    va_end(args);
    p->style = style;
}

static size_t status_parts(const struct mt_till *t, const struct mt_signs *s, struct part out[PARTS]) {
    char age[WORDS_MAX];
    size_t n = 0;
    bool stopped = t->link.frozen || t->link.paused;
    int64_t waits = t->link.oldest_unsent > 0 ? t->now - t->link.oldest_unsent : 0;
    if (stopped)
        put_part(&out[n++], MT_BAD | MT_BOLD, "%s %s", s->no, t->link.frozen ? "frozen" : "paused");
    else
        put_part(&out[n++], links[t->link.link].style, "%s %s", link_sign(t, s), links[t->link.link].words);
    words_age_short(waits, age);
    put_part(&out[n++], t->link.unsent > 0 ? MT_NORMAL : MT_DIM, "%lld unsent%s%s", (long long)t->link.unsent,
             t->link.unsent > 0 && age[0] != '\0' ? " " : "", t->link.unsent > 0 ? age : "");
    if (t->link.attention > 0)
        put_part(&out[n++], MT_BAD | MT_BOLD, "%s %lld attention", s->warn, (long long)t->link.attention);
    words_clock(t, t->now, age);
    put_part(&out[n++], MT_NORMAL, "%s", age);
    return n;
}

/* Returns the column where they begin. */
static int paint_status_right(const struct mt_till *t, struct mt_grid *g) {
    struct part parts[PARTS];
    size_t count = status_parts(t, g->signs, parts);
    int gap = count == PARTS && g->cols < 100 ? 2 : 3, end = g->cols - 1;
    for (size_t i = count; i-- > 0;) {
        int width = mt_text_width(mt_sv(parts[i].text));
        end -= width;
        mt_grid_str(g, 0, end, width, parts[i].style, parts[i].text);
        if (i > 0)
            end -= gap;
    }
    return end;
}

/* When room is short the role goes first, then the store's name is cut, never the register's code; then the person's. */
static void paint_status(const struct mt_till *t, struct mt_grid *g) {
    enum { GAP = 3, LEAST = 6 };
    struct mt_buf code, who;
    int room = paint_status_right(t, g) - 3;
    text_buf(&code);
    text_buf(&who);
    if (t->register_code[0] != '\0')
        mt_buf_fmt(&code, " %s %s", g->signs->dot, t->register_code);
    if (t->signed_in)
        mt_buf_fmt(&who, "%s (%s)", t->staff.name, mt_role_name(t->staff.role));
    struct mt_sv store = mt_sv(t->store_name[0] != '\0' ? t->store_name : "medterm");
    int code_width = mt_text_width(mt_buf_view(&code)), store_width = mt_text_width(store);
    if (store_width + code_width + GAP + mt_text_width(mt_buf_view(&who)) > room && t->signed_in) {
        mt_buf_clear(&who);
        mt_buf_str(&who, t->staff.name);
    }
    int over = store_width + code_width + GAP + mt_text_width(mt_buf_view(&who)) - room;
    if (t->signed_in && over > 0 && store_width > LEAST)
        store_width = store_width - over > LEAST ? store_width - over : LEAST;
    int col = 1 + mt_grid_put(g, 0, 1, store_width, MT_BOLD, store);
    col += mt_grid_put(g, 0, col, code_width, MT_BOLD, mt_buf_view(&code)) + GAP;
    mt_grid_put(g, 0, col, room + 1 - col, MT_NORMAL, mt_buf_view(&who));
    mt_buf_fini(&who);
    mt_buf_fini(&code);
}

/* ---- title ---- */

static void paint_title(const struct mt_till *t, struct mt_grid *g) {
    struct mt_buf left, right;
    text_buf(&left);
    text_buf(&right);
    screen_of(t)->title(t, &left, &right);
    int width = mt_text_width(mt_buf_view(&right));
    mt_grid_put(g, 1, 1, g->cols - width - 4, MT_BOLD, mt_buf_view(&left));
    mt_grid_put(g, 1, g->cols - 1 - width, width, MT_NORMAL, mt_buf_view(&right));
    mt_buf_fini(&left);
    mt_buf_fini(&right);
}

/* ---- message ---- */

/* What holds as long as it holds, said where no message stands. */
static mt_style ambient(const struct mt_till *t, struct mt_buf *out) {
    char since[WORDS_MAX];
    if (!t->signed_in || t->screen == MT_SCREEN_SYNC)
        return MT_DIM;
    if (t->commit.busy) {
        mt_buf_str(out, "Saving.");
        return MT_DIM;
    }
    if (t->link.frozen || t->link.paused) {
        mt_buf_str(out, t->link.frozen ? "Sending is frozen: this till was copied. Sales are kept; F9 says what to do."
                                       : "Sending is paused: this till's key is refused. Sales are kept; F9 says more.");
        return MT_WARN;
    }
    if (t->link.filling)
        mt_buf_fmt(out, "The catalogue is being filled: %lld packs so far.", (long long)t->link.catalogue);
    else if (t->link.link == MT_LINK_OFFLINE && t->link.since > 0) {
        words_clock(t, t->link.since, since);
        mt_buf_fmt(out, "Offline since %s. Sales are kept here and sent later; %lld waiting.", since, (long long)t->link.unsent);
    }
    return MT_DIM;
}

static const char *notice_sign(const struct mt_till *t, const struct mt_signs *s) {
    switch (t->notice.kind) {
    case MT_NOTICE_GOOD:
        return s->yes;
    case MT_NOTICE_WARN:
        return s->warn;
    case MT_NOTICE_BAD:
        return s->no;
    case MT_NOTICE_NONE:
    case MT_NOTICE_INFO:
        break;
    }
    return "";
}

static mt_style notice_style(const struct mt_till *t) {
    switch (t->notice.kind) {
    case MT_NOTICE_GOOD:
        return MT_GOOD;
    case MT_NOTICE_WARN:
        return MT_WARN;
    case MT_NOTICE_BAD:
        return MT_BAD | MT_BOLD;
    case MT_NOTICE_NONE:
    case MT_NOTICE_INFO:
        break;
    }
    return MT_NORMAL;
}

/* What stands in the message line, wrapped: one line, that of a long one grows upwards over the screen rather than lose what
 * to do. None while the help is open: it is still there
 * afterwards. */
struct message {
    struct mt_buf text;
    mt_style style;
    const char *sign;
    int indent, lines;
};

static void message_init(struct message *m, const struct mt_till *t, const struct mt_grid *g) {
    text_buf(&m->text);
    m->style = notice_style(t);
    if (t->notice.kind == MT_NOTICE_NONE)
        m->style = ambient(t, &m->text);
    else
        mt_buf_str(&m->text, t->notice.text);
    m->sign = notice_sign(t, g->signs);
    m->indent = m->sign[0] != '\0' ? 2 : 0;
    m->lines = 0;
    struct mt_sv rest = mt_buf_view(&m->text);
    for (; rest.n > 0 && m->lines < (t->help ? 0 : MESSAGE_ROWS); m->lines++)
        (void)mt_text_wrap(&rest, g->cols - 2 - m->indent);
}

int frame_message_over(const struct mt_till *t, const struct mt_grid *g) {
    struct message m;
    message_init(&m, t, g);
    mt_buf_fini(&m.text);
    return m.lines > 1 ? m.lines - 1 : 0;
}

static void paint_message(const struct mt_till *t, struct mt_grid *g) {
    struct message m;
    message_init(&m, t, g);
    struct mt_rect r = {g->rows - 1 - m.lines, 0, m.lines, g->cols};
    mt_grid_fill(g, r, MT_NORMAL);
    mt_rect_left(&r, 1);
    r.cols--;
    if (m.lines > 0)
        mt_grid_str(g, r.row, r.col, 1, m.style, m.sign);
    mt_rect_left(&r, m.indent);
    if (m.lines > 0)
        (void)frame_text(g, r, m.style, mt_buf_text(&m.text));
    mt_buf_fini(&m.text);
}

static void paint_keys(const struct mt_till *t, struct mt_grid *g) {
    struct key_hints hints;
    keys_footer(t, &hints);
    (void)mt_hints_view(g, (struct mt_rect){g->rows - 1, 1, 1, g->cols - 1}, hints.at, hints.count);
}

static void paint_too_small(const struct mt_till *t, struct mt_grid *g) {
    struct mt_buf text;
    text_buf(&text);
    mt_buf_fmt(&text, "medterm needs %d%s%d, this is %d%s%d.", MT_SCREEN_COLS, g->signs->times, MT_SCREEN_ROWS, g->cols,
               g->signs->times, g->rows);
    if (t->cart.count > 0)
        mt_buf_fmt(&text, " The order is kept: %zu %s.", t->cart.count, words_plural((int64_t)t->cart.count, "line", "lines"));
    (void)frame_text(g, mt_grid_rect(g), MT_NORMAL, mt_buf_text(&text));
    mt_buf_fini(&text);
}

void mt_screen_paint(const struct mt_till *t, struct mt_grid *g) {
    mt_grid_clear(g);
    if (g->rows < MT_SCREEN_ROWS || g->cols < MT_SCREEN_COLS) {
        paint_too_small(t, g);
        return;
    }
    struct mt_rect body = {2, 0, g->rows - 4, g->cols};
    paint_status(t, g);
    paint_title(t, g);
    screen_of(t)->view(t, body, g);
    overlay_paint(t, body, g);
    paint_message(t, g);
    paint_keys(t, g);
}
