/* The terminal: the only door to curses. Full screen from mt_term_open to mt_term_close; one at a time in a process.
 * The program calls setlocale(LC_ALL, "") before. No signal handlers in here: the program's SIGWINCH handler writes to
 * its self-pipe and the loop calls mt_term_resize. */
#ifndef MEDTERM_UI_TERM_H
#define MEDTERM_UI_TERM_H

#include <medterm/ui/cell.h>
#include <medterm/ui/key.h>

struct mt_term;

struct mt_term_options {
    const char *term;             /* borrowed: TERM as the environment has it; NULL or "" is refused in words */
    bool no_color;                /* NO_COLOR is set to something */
    bool ascii;                   /* ASCII twins although the locale is UTF-8 */
    const struct mt_theme *theme; /* borrowed; NULL: mt_theme_default */
};

/* Needs stdin and stdout on a terminal that can address its cursor; MT_INVALID with words otherwise. */
MT_MUST enum mt_rc mt_term_open(struct mt_term **out, const struct mt_term_options *options, struct mt_err *err);
void mt_term_close(struct mt_term *t); /* restores the terminal; NULL is fine */

bool mt_term_utf8(const struct mt_term *t); /* which signs to use */
void mt_term_size(const struct mt_term *t, int *rows, int *cols);
int mt_term_fd(const struct mt_term *t); /* poll it for reading, then drain mt_term_key */

/* Asks the terminal for its size again; everything is repainted by the next blit. Returns true when it changed. */
bool mt_term_resize(struct mt_term *t);
/* Shows the grid: writes only what differs from the last one. */
MT_MUST enum mt_rc mt_term_blit(struct mt_term *t, const struct mt_grid *g);
void mt_term_repaint(struct mt_term *t); /* forget what is shown (Ctrl-L, something else wrote to the screen) */
void mt_term_bell(struct mt_term *t);

enum mt_term_read {
    MT_TERM_KEY,  /* *key is one */
    MT_TERM_NONE, /* nothing more now: poll again */
    MT_TERM_GONE  /* the terminal hung up */
};
/* Call until it says NONE before each poll: curses keeps a queue of its own. While a paste or an escape sequence is under way
 * NONE is answered too and the rest comes later. Invalid and harmful input is dropped. */
enum mt_term_read mt_term_key(struct mt_term *t, struct mt_key *key);

/* Hands the terminal back (for SIGTSTP or a shell) and takes it again. */
void mt_term_suspend(struct mt_term *t);
MT_MUST enum mt_rc mt_term_resume(struct mt_term *t);

#endif
