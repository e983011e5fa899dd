/* Sync: the state of the line in words, then every operation that is not answered, what waits for a person first. */
#include "parts.h"

#include <stdio.h>

static const struct mt_column columns[] = {
    {"No", 6, 0, MT_RIGHT, false, false},           {"What", 13, 0, MT_LEFT, false, false},  {"Order", 11, 0, MT_LEFT, false, true},
    {"Age", 11, 0, MT_RIGHT, false, false},         {"Tries", 5, 0, MT_RIGHT, false, false}, {"State", 13, 0, MT_LEFT, false, true},
    {"Last answer", 14, 60, MT_LEFT, false, false},
};
enum { COLUMNS = 7 };

static void title(const struct mt_till *t, struct mt_buf *left, struct mt_buf *right) {
    mt_buf_str(left, "Sync");
    mt_buf_fmt(right, "Catalogue %lld %s%s", (long long)t->link.catalogue, words_plural(t->link.catalogue, "pack", "packs"),
               t->link.filling ? ", being filled" : "");
}

static mt_style sentence(const struct mt_till *t, struct mt_buf *out) {
    char since[WORDS_MAX];
    const struct mt_link_state *l = &t->link;
    if (l->frozen) {
        mt_buf_fmt(out, "Sending is frozen. %s",
                   l->why[0] != '\0' ? l->why : "This till was copied. Nothing is lost and nothing more is sent.");
        return MT_BAD | MT_BOLD;
    }
    if (l->paused) {
        mt_buf_fmt(out, "Sending is paused. The service does not accept this till's key. %s", l->why);
        return MT_BAD | MT_BOLD;
    }
    switch (l->link) {
    case MT_LINK_ONLINE:
        if (l->unsent > 0 && l->why[0] != '\0') { /* the service answers, and what waits does not get through */
            mt_buf_fmt(out, "Online. %s", l->why);
            return MT_WARN;
        }
        mt_buf_fmt(out, "Online. %s", l->unsent == 0 ? "Everything is sent." : "What is unsent goes out by itself.");
        return MT_NORMAL;
    case MT_LINK_CONNECTING:
        mt_buf_str(out, "Connecting. Sales are kept here and sent when the line is up.");
        return MT_NORMAL;
    case MT_LINK_OFFLINE:
        words_clock(t, l->since, since);
        mt_buf_fmt(out, "Offline since %s. Sales are kept here and sent later; %lld waiting. %s", since, (long long)l->unsent,
                   l->why);
        return MT_NORMAL;
    }
    return MT_NORMAL;
}

/* What to do where the line alone does not mend it; "" elsewhere. Each command on a line of its own, to be copied. */
static const char *remedy(const struct mt_till *t) {
    if (t->link.frozen)
        return "Sales go on and are kept here. To send again this till takes a new name:\n"
               "1  At the service: medtermd register add --store ID --code NEW-NAME\n"
               "2  Here: F2, Ctrl-Q, medterm enroll --server URL --code THE-CODE-GIVEN\n"
               "What is unsent then goes to the manager, who settles it.";
    if (t->link.paused)
        return "Sales go on and are kept here. Tell the manager; Ctrl-T tries again.";
    return "";
}

static void contact(const struct mt_till *t, struct mt_buf *out) {
    char at[WORDS_MAX], age[WORDS_MAX], skew[WORDS_MAX];
    int64_t off = t->link.skew_ms < 0 ? -t->link.skew_ms : t->link.skew_ms;
    if (t->link.last_contact == 0)
        mt_buf_str(out, "Never in contact yet");
    else {
        words_clock(t, t->link.last_contact, at);
        words_age(t->now - t->link.last_contact, age);
        mt_buf_fmt(out, "Last contact %s, %s ago", at, age);
    }
    if (t->link.last_contact != 0 && off < 2000)
        mt_buf_str(out, "   Clock agrees with the service");
    else if (t->link.last_contact != 0) {
        words_rest(off, skew);
        mt_buf_fmt(out, "   This clock is %s %s the service", skew, t->link.skew_ms > 0 ? "behind" : "ahead of");
    }
}

/* The digits at the end of what a cursor says, before its seal: how far the feed is read. */
static struct mt_sv position(const char *cursor) {
    struct mt_sv rest = mt_sv(cursor), said = mt_sv_cut(&rest, '.'), part = said;
    while (said.n > 0)
        part = mt_sv_cut(&said, ':');
    for (size_t i = 0; i < part.n; i++)
        if (part.p[i] < '0' || part.p[i] > '9')
            return mt_sv_n(part.p, 0);
    return part;
}

/* Codes are shown whole or, the epoch, by its first eight characters; a cursor without a position is left out. */
static void place(const struct mt_till *t, int room, struct mt_buf *out) {
    enum { SHORT = 8, WORDS = 17 }; /* columns of "Epoch ", the gap and "Cursor " */
    const char *epoch = t->sync.epoch;
    struct mt_sv at = position(t->sync.cursor);
    if (epoch[0] == '\0') {
        mt_buf_str(out, "No page of the service's feed is here yet");
        return;
    }
    bool whole = mt_text_width(mt_sv(epoch)) + mt_text_width(at) + WORDS <= room;
    mt_buf_fmt(out, "Epoch %.*s", whole ? (int)mt_sv(epoch).n : SHORT, epoch);
    if (at.n > 0)
        mt_buf_fmt(out, "   Cursor %.*s", (int)at.n, at.p);
}

struct paint {
    const struct mt_till *t;
    struct mt_table table;
};

static void paint_row(void *ctx, struct mt_grid *g, struct mt_rect r, size_t item, bool selected) {
    const struct paint *p = ctx;
    const struct mt_outbox_row *row = &p->t->sync.rows[item];
    char no[24], age[WORDS_MAX], tries[16], state[WORDS_MAX];
    bool attention = mt_outbox_row_attention(row);
    if (snprintf(no, sizeof no, "%lld", (long long)row->seq) < 0 || snprintf(tries, sizeof tries, "%d", row->attempts) < 0 ||
        snprintf(state, sizeof state, "%s%s%s", attention ? g->signs->warn : "", attention ? " " : "", row->state) < 0)
        return;
    words_age(p->t->now - row->at, age);
    const char *texts[COLUMNS] = {no, mt_op_kind_words(row->kind), row->order_no, age, tries, state, row->why};
    mt_table_row(&p->table, g, r.row, texts, NULL, attention ? MT_WARN : MT_NORMAL);
    if (selected)
        mt_grid_str(g, r.row, r.col, 1, MT_NORMAL, g->signs->current);
}

/* What is known of a row, never empty. */
static const char *why_of(const struct mt_outbox_row *row) {
    if (row->why[0] != '\0')
        return row->why;
    if (mt_outbox_row_attention(row))
        return "The service gave no reason.";
    if (row->state[0] == 'f') /* frozen */
        return "It stays here until this till is enrolled again.";
    return row->attempts > 0 ? "Sent, no answer yet. It is sent again by itself." : "It goes out by itself.";
}

/* Rows for the longest reason there is, so that choosing another row moves nothing and each is read in full. */
static int why_rows(const struct mt_till *t, int cols, int most) {
    int rows = 1;
    for (size_t i = 0; i < t->sync.count; i++) {
        struct mt_sv rest = mt_sv(why_of(&t->sync.rows[i]));
        int lines = 0;
        for (; rest.n > 0 && lines < most; lines++)
            (void)mt_text_wrap(&rest, cols);
        rows = lines > rows ? lines : rows;
    }
    return rows;
}

static void paint_rows(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    enum { LEAST = 5 }; /* the head, three rows, the rule below */
    struct paint p = {.t = t};
    if (t->sync.count == 0) {
        mt_grid_str(g, r.row, r.col + 1, r.cols - 1, MT_DIM, t->sync.loaded ? "No operation waits." : "Looking.");
        mt_grid_cursor(g, r.row, r.col + 1);
        return;
    }
    mt_rect_bottom(&r, frame_message_over(t, g));
    struct mt_rect why = mt_rect_bottom(&r, why_rows(t, r.cols - 2, r.rows - LEAST));
    mt_rect_left(&why, 1);
    why.cols--;
    const struct mt_outbox_row *row = mt_till_sync_row(t);
    if (row != NULL)
        (void)frame_text(g, why, row->why[0] != '\0' ? MT_NORMAL : MT_DIM, why_of(row));
    mt_grid_hline(g, mt_rect_bottom(&r, 1).row, 0, g->cols, MT_DIM);
    mt_table_layout(&p.table, r, columns, COLUMNS, false);
    mt_table_head(&p.table, g, mt_rect_top(&r, 1).row, MT_DIM);
    size_t top = mt_list_top(t->sync.count, t->sync.selected, r.rows);
    (void)mt_list_view(g, r, t->sync.count, t->sync.selected, paint_row, &p);
    mt_grid_cursor(g, r.row + (int)(t->sync.selected - top), 0);
}

/* Takes the rows it needs off the top. */
static void say(struct mt_grid *g, struct mt_rect *r, mt_style style, const char *text) {
    mt_rect_top(r, frame_text(g, *r, style, text));
}

static void view(const struct mt_till *t, struct mt_rect r, struct mt_grid *g) {
    struct mt_buf text;
    mt_grid_hline(g, mt_rect_top(&r, 1).row, 0, g->cols, MT_DIM);
    struct mt_rect inner = r;
    mt_rect_left(&inner, 1);
    inner.cols--;
    mt_buf_init(&text, 2048);
    mt_style style = sentence(t, &text);
    say(g, &inner, style, mt_buf_text(&text));
    say(g, &inner, MT_NORMAL, remedy(t));
    mt_buf_clear(&text);
    contact(t, &text);
    say(g, &inner, MT_DIM, mt_buf_text(&text));
    mt_buf_clear(&text);
    place(t, inner.cols, &text);
    say(g, &inner, MT_DIM, mt_buf_text(&text));
    mt_buf_fini(&text);
    mt_rect_top(&r, r.rows - inner.rows);
    mt_grid_hline(g, mt_rect_top(&r, 1).row, 0, g->cols, MT_DIM);
    paint_rows(t, r, g);
}

static bool attention(const struct mt_till *t) {
    const struct mt_outbox_row *row = mt_till_sync_row(t);
    return row != NULL && mt_outbox_row_attention(row);
}
static bool refused(const struct mt_till *t) {
    const struct mt_outbox_row *row = mt_till_sync_row(t);
    return row != NULL && mt_outbox_row_again(row);
}
static bool unsent(const struct mt_till *t) {
    return t->link.unsent > 0;
}
static bool several(const struct mt_till *t) {
    return t->sync.count > 1;
}

/* The jobs people leave for come before the rarer keys of the screen itself. */
static const struct screen_key keys[] = {
    {MT_KEY_CTRL, 'r', MT_ACT_AGAIN, NULL, "Send again", refused},
    {MT_KEY_CTRL, 'd', MT_ACT_DROP, NULL, "Settled", attention},
    {MT_KEY_F2, 0, MT_ACT_NEW, NULL, "New", NULL},
    {MT_KEY_F5, 0, MT_ACT_FULFIL, NULL, "Fulfil", NULL},
    {MT_KEY_F1, 0, MT_ACT_HELP, NULL, "Help", NULL},
    {MT_KEY_CTRL, 't', MT_ACT_SYNC_NOW, NULL, "Try now", NULL},
    {MT_KEY_UP, 0, MT_ACT_UP, "Up/Down", "Choose", several},
    {MT_KEY_CTRL, 'e', MT_ACT_EXPORT, NULL, "Export", unsent},
    {MT_KEY_ESC, 0, MT_ACT_BACK, "", NULL, NULL},
};

const struct screen screen_sync = {
    .name = "Sync",
    .title = title,
    .view = view,
    SCREEN_KEYS(keys),
    .help = "Refused means that the service said no for good; quarantined, that it keeps it until a manager looks."};
