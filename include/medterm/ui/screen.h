/* The till's screens: a key becomes a message by the screen's key table, and the model becomes a grid. Both are pure. */
#ifndef MEDTERM_UI_SCREEN_H
#define MEDTERM_UI_SCREEN_H

#include <medterm/till/till.h>
#include <medterm/ui/cell.h>
#include <medterm/ui/key.h>

/* The smallest size that works fully; below it the screen says so and the order stays as it is. */
#define MT_SCREEN_ROWS 24
#define MT_SCREEN_COLS 80

/* What the key means right now. False: nothing. The message's text is borrowed from the key. */
bool mt_screen_message(const struct mt_till *t, const struct mt_key *key, mt_time now, int64_t mono, struct mt_msg *out);

/* Paints everything: status, title, the screen, the message, the keys, and a question or help over it. The size is the grid's. */
void mt_screen_paint(const struct mt_till *t, struct mt_grid *g);

#endif
