/* Every state of every screen, reached by messages as a person would reach it. */
#ifndef TESTS_UI_SCENES_H
#define TESTS_UI_SCENES_H

#include "../unit/till/rig.h"

struct scene {
    const char *name;
    void (*build)(struct rig *r);
    bool fresh; /* starts not enrolled */
    bool ascii; /* its golden shows the ASCII signs too */
};
extern const struct scene scenes[];
extern const size_t scene_count;

#endif
