/* Goldens: one file a scene, a section for each way it is painted, compared as a whole. With MT_GOLDEN_WRITE=1 in the environment
 * the files are written instead; look at the difference before committing it. */
#ifndef TESTS_UI_GOLDEN_H
#define TESTS_UI_GOLDEN_H

#include <medterm/base/buf.h>

/* Compares text with the file of that name; a file that is not there is a failure. */
void golden_check(const char *name, struct mt_sv text);
/* Calls visit with the name of every file in the folder, in no order; ".txt" is cut off, other files come whole. */
void golden_each(void (*visit)(const char *name));

#endif
