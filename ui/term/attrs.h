/* Private to ui/term. */
#ifndef MEDTERM_UI_TERM_ATTRS_H
#define MEDTERM_UI_TERM_ATTRS_H

#include <curses.h>
#include <medterm/ui/cell.h>

/* How each role looks on this terminal. */
struct mt_attrs {
    const struct mt_theme *theme; /* borrowed */
    bool colour;
    short pair[MT_INKS];
};
/* Starts colours when the terminal has them and they are wanted. */
void mt_attrs_init(struct mt_attrs *a, const struct mt_theme *theme, bool no_color);
/* The cell as curses wants it. What the C library measures otherwise than the grid, and on a terminal without UTF-8 all that is not
 * ASCII, becomes its nearest ASCII twin or '?'. */
void mt_attrs_cell(const struct mt_attrs *a, const struct mt_cell *cell, bool utf8, cchar_t *out);

#endif
