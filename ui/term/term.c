/* Curses is used as a blitter and a decoder of key sequences, nothing else: no windows, no echo, no input lines. The last grid
 * shown is kept; only cells that differ are handed to curses, which then finds the shortest bytes for them. newterm is
 * used and not initscr, because initscr ends the program when it fails. */
#include "attrs.h"
#include "decode.h"
#include "keys.h"
#include <errno.h>
#include <langinfo.h>
#include <medterm/ui/term.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

#define ESCAPE_WAIT_MS 25
#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

struct mt_term {
    SCREEN *screen; /* owned */
    struct mt_attrs attrs;
    struct mt_decoder decoder;
    struct mt_grid shown; /* owned; what the screen holds */
    bool utf8, unknown;   /* unknown: `shown` is not what the screen holds */
    int visibility;       /* the cursor's, as last set */
};

/* ---- opening and closing ---- */

static enum mt_rc check_terminal(const char *term, struct mt_err *err) {
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return mt_fail(err, MT_INVALID,
                       "The screens need a terminal. Run medterm in one, or use its commands (medterm sell, orders, sync).");
    if (term == NULL || *term == '\0')
        return mt_fail(err, MT_INVALID,
                       "TERM is not set, so the terminal's kind is unknown. Set it, for example TERM=xterm-256color.");
    int known = 0;
    if (setupterm(term, STDOUT_FILENO, &known) == ERR)
        return mt_fail(err, MT_INVALID,
                       "The terminal kind \"%.40s\" is unknown here. Set TERM to a known one, for example xterm-256color.", term);
    const char *address = tigetstr("cup");
    bool able = address != NULL && address != (const char *)-1; /* NOLINT: terminfo's own way to say "no such thing" */
    del_curterm(cur_term);
    if (!able)
        return mt_fail(err, MT_INVALID,
                       "A terminal of the kind \"%.40s\" can not move its cursor. Set TERM to what it really is, "
                       "for example xterm-256color.",
                       term);
    return MT_OK;
}

/* What curses has no call for. Not putp: that goes through stdio, and would wait there until the program ends. */
static void tell(const char *sequence) {
    ssize_t written = write(STDOUT_FILENO, sequence, strlen(sequence));
    (void)written; /* a terminal that does not take it does without */
}

/* Curses setup calls fail only without a screen, and there is one: their results say nothing. */
static void set_modes(void) {
    (void)set_escdelay(ESCAPE_WAIT_MS);
    (void)raw(); /* Ctrl-C, Ctrl-S and Ctrl-Z are keys: none may end or freeze a till by accident */
    (void)noecho();
    (void)nonl();
    (void)intrflush(stdscr, FALSE);
    (void)keypad(stdscr, TRUE);
    (void)meta(stdscr, TRUE);
    (void)nodelay(stdscr, TRUE);
    (void)scrollok(stdscr, FALSE);
    (void)leaveok(stdscr, FALSE);
    mt_keys_define();
}

static enum mt_rc start(struct mt_term *t, const struct mt_term_options *options, struct mt_err *err) {
    use_env(FALSE); /* LINES and COLUMNS of the environment are forgotten at the first resize, so never believed */
    use_tioctl(TRUE);
    (void)set_escdelay(ESCAPE_WAIT_MS);
    t->screen = newterm(options->term, stdout, stdin);
    if (t->screen == NULL)
        return mt_fail(err, MT_INVALID, "The terminal \"%.40s\" could not be set up.", options->term);
    set_modes();
    mt_attrs_init(&t->attrs, options->theme != NULL ? options->theme : &mt_theme_default, options->no_color);
    enum mt_rc rc = mt_grid_init(&t->shown, LINES, COLS, mt_signs(t->utf8));
    if (rc != MT_OK)
        return mt_fail(err, rc, "not enough memory for the screen");
    tell(PASTE_ON);
    mt_term_repaint(t);
    return MT_OK;
}

enum mt_rc mt_term_open(struct mt_term **out, const struct mt_term_options *options, struct mt_err *err) {
    *out = NULL;
    enum mt_rc rc = check_terminal(options->term, err);
    if (rc != MT_OK)
        return rc;
    struct mt_term *t = calloc(1, sizeof *t);
    if (t == NULL)
        return mt_fail(err, MT_NOMEM, "not enough memory for the screen");
    t->utf8 = !options->ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    t->visibility = -1;
    mt_decoder_init(&t->decoder);
    rc = start(t, options, err);
    if (rc != MT_OK) {
        mt_term_close(t);
        return rc;
    }
    *out = t;
    return MT_OK;
}

/* The terminal as the shell wants it. */
static void leave(void) {
    tell(PASTE_OFF);
    (void)curs_set(1);
    (void)endwin();
}

void mt_term_close(struct mt_term *t) {
    if (t == NULL)
        return;
    if (t->screen != NULL) {
        if (!isendwin())
            leave();
        delscreen(t->screen);
    }
    mt_decoder_fini(&t->decoder);
    mt_grid_fini(&t->shown);
    free(t);
}

void mt_term_suspend(struct mt_term *t) {
    (void)t;
    leave();
}

enum mt_rc mt_term_resume(struct mt_term *t) {
    if (refresh() == ERR)
        return MT_IO;
    tell(PASTE_ON);
    t->visibility = -1;
    mt_term_resize(t);
    mt_term_repaint(t);
    return MT_OK;
}

/* ---- size ---- */

bool mt_term_utf8(const struct mt_term *t) {
    return t->utf8;
}

void mt_term_size(const struct mt_term *t, int *rows, int *cols) {
    *rows = t->shown.rows;
    *cols = t->shown.cols;
}

int mt_term_fd(const struct mt_term *t) {
    (void)t;
    return STDIN_FILENO;
}

bool mt_term_resize(struct mt_term *t) {
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return false;
    if (size.ws_row == t->shown.rows && size.ws_col == t->shown.cols)
        return false;
    struct mt_grid fresh;
    if (mt_grid_init(&fresh, size.ws_row, size.ws_col, t->shown.signs) != MT_OK)
        return false; /* the old size goes on, clipped by the terminal */
    if (resizeterm(fresh.rows, fresh.cols) == ERR) {
        mt_grid_fini(&fresh);
        return false;
    }
    mt_grid_fini(&t->shown);
    t->shown = fresh;
    mt_term_repaint(t);
    return true;
}

/* ---- painting ---- */

void mt_term_repaint(struct mt_term *t) {
    t->unknown = true;
}

void mt_term_bell(struct mt_term *t) {
    (void)t;
    (void)beep();
}

static bool same(const struct mt_cell *a, const struct mt_cell *b) {
    return a->width == b->width && a->style == b->style && strcmp(a->text, b->text) == 0;
}

/* The cell at (row, col) as curses wants it. A '?' for a wide grapheme leaves its right half to be blanked. */
static void show_cell(struct mt_term *t, int row, int col, const struct mt_cell *cell) {
    if (cell->width == 0) /* drawn with its left half */
        return;
    cchar_t wide;
    mt_attrs_cell(&t->attrs, cell, t->utf8, &wide);
    (void)mvadd_wch(row, col, &wide); /* ERR at the lower right corner although it drew */
    if (cell->width == 2 && wide.chars[0] == L'?') {
        struct mt_cell blank = {.text = " ", .width = 1, .style = cell->style};
        mt_attrs_cell(&t->attrs, &blank, t->utf8, &wide);
        (void)mvadd_wch(row, col + 1, &wide);
    }
}

/* A row's changed cells. When one half of a wide grapheme changed, so did the other: the grid sees to that. */
static void show_row(struct mt_term *t, const struct mt_grid *g, int row) {
    static const struct mt_cell blank = {.text = " ", .width = 1};
    struct mt_cell *shown = &t->shown.cells[(size_t)row * (size_t)t->shown.cols];
    for (int col = 0; col < t->shown.cols; col++) {
        const struct mt_cell *cell = mt_grid_at(g, row, col);
        if (cell == NULL || (cell->width == 2 && col + 1 >= t->shown.cols))
            cell = &blank;
        if (!t->unknown && same(cell, &shown[col]))
            continue;
        shown[col] = *cell;
        show_cell(t, row, col, cell);
    }
}

static void show_cursor(struct mt_term *t, const struct mt_grid *g) {
    bool inside = g->cursor_row >= 0 && g->cursor_row < t->shown.rows && g->cursor_col < t->shown.cols;
    int visibility = inside ? 1 : 0;
    if (visibility != t->visibility) {
        (void)curs_set(visibility); /* ERR where the terminal can not hide it */
        t->visibility = visibility;
    }
    (void)move(inside ? g->cursor_row : t->shown.rows - 1, inside ? g->cursor_col : 0);
}

enum mt_rc mt_term_blit(struct mt_term *t, const struct mt_grid *g) {
    if (t->unknown) {
        (void)erase();
        (void)clearok(stdscr, TRUE);
    }
    for (int row = 0; row < t->shown.rows; row++)
        show_row(t, g, row);
    t->unknown = false;
    show_cursor(t, g);
    return refresh() == ERR ? MT_IO : MT_OK;
}

/* ---- reading ---- */

static bool hung_up(void) {
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&fd, 1, 0) > 0 && (fd.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

enum mt_term_read mt_term_key(struct mt_term *t, struct mt_key *key) {
    for (;;) {
        int event = t->decoder.again;
        if (event < 0)
            event = mt_keys_event(getch());
        if (mt_decode(&t->decoder, event, key))
            return MT_TERM_KEY;
        if (event == DECODE_DRAINED)
            return hung_up() ? MT_TERM_GONE : MT_TERM_NONE;
    }
}
