/* Goldens: a grid as text and style map, compared with the file of that name. With MT_GOLDEN_WRITE=1 in the environment the
 * file is written instead; look at the difference before committing it. */
#ifndef TESTS_UI_GOLDEN_H
#define TESTS_UI_GOLDEN_H

#include <medterm/ui/cell.h>

void golden_check(const char *name, const struct mt_grid *g);

#endif
