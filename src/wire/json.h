/* The strict JSON reader; private to the wire. A document is a tree of nodes over the source bytes, which must stay as long
 * as the tree is used. */
#ifndef MEDTERM_SRC_WIRE_JSON_H
#define MEDTERM_SRC_WIRE_JSON_H

#include <medterm/base/arena.h>

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };
enum json_number { JSON_WHOLE, JSON_FRACTION, JSON_HUGE };

struct json {
    struct json *parent, *next;
    union {
        struct json *child; /* first, of arrays and objects */
        int64_t number;     /* when whole */
        bool truth;
    } is;
    const char *key; /* decoded, not NUL-terminated; NULL outside an object */
    const char *p;   /* the value's bytes in the source; of a string without its quotes */
    uint32_t key_n, n;
    uint32_t index, count; /* place in the parent; children */
    uint8_t type, exact;   /* enum json_type, enum json_number */
    bool escaped;          /* the string holds a backslash */
    bool seen;             /* a reader asked for it */
};

#define JSON_PATH_TEXT 64
struct json_fault {
    enum mt_rc rc;             /* MT_OK: none; MT_INVALID, MT_LIMIT (too many values), MT_NOMEM */
    bool grammar;              /* not JSON at all; otherwise JSON that is not taken here */
    char path[JSON_PATH_TEXT]; /* ASCII */
    const char *message;       /* static */
};

struct json_doc {
    struct mt_arena arena; /* of the nodes */
    struct json *root;
    struct json_fault fault;
};

/* Reads the whole source; on failure `fault` says what and where. json_free in both cases. */
MT_MUST enum mt_rc json_read(struct json_doc *doc, struct mt_sv source);
void json_free(struct json_doc *doc);

/* The member, marked as seen; NULL when absent or when `in` is no object. */
struct json *json_get(struct json *in, const char *key);
/* The string's text, NUL-terminated, owned by the arena; NULL without memory. Only for strings. */
const char *json_text(const struct json *string, struct mt_arena *arena);
/* Moves over the next code point of a string's source bytes, escapes resolved. */
uint32_t json_next(struct mt_sv *rest);
/* Where a node stands: "operations[0].body.items[2].price", "$" for the root. */
void json_path(const struct json *node, char out[JSON_PATH_TEXT]);

#endif
