/* Memory freed all at once: one a frame, request or sync step. What is allocated is aligned for any type and zeroed. */
#ifndef MEDTERM_BASE_ARENA_H
#define MEDTERM_BASE_ARENA_H

#include <medterm/base/sv.h>

struct mt_arena_block;

struct mt_arena {
    struct mt_arena_block *head; /* owned */
    size_t used, max;            /* bytes handed out; the limit */
};

void mt_arena_init(struct mt_arena *a, size_t max);
void mt_arena_fini(struct mt_arena *a);
void mt_arena_reset(struct mt_arena *a); /* frees everything handed out, keeps one block */
/* NULL when memory or the arena's maximum is used up. */
void *mt_arena_alloc(struct mt_arena *a, size_t size);
void *mt_arena_array(struct mt_arena *a, size_t count, size_t size); /* NULL on overflow too */
/* Copies of text, NUL-terminated, owned by the arena; NULL as above. */
char *mt_arena_sv(struct mt_arena *a, struct mt_sv text);
char *mt_arena_str(struct mt_arena *a, const char *text);
char *mt_arena_fmt(struct mt_arena *a, const char *format, ...) MT_PRINTF(2, 3);

#endif
