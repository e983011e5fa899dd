/* The canonical form of a tree (RFC 8785); private to the wire. */
#ifndef MEDTERM_SRC_WIRE_CANONICAL_H
#define MEDTERM_SRC_WIRE_CANONICAL_H

#include "json.h"

#include <medterm/base/buf.h>

/* Prints a node; members of the node itself (not of those within) named in `without` are left out, NULL ends the list,
 * NULL leaves nothing out. Scratch memory comes from `arena`. */
MT_MUST enum mt_rc canonical_print(const struct json *node, const char *const *without, struct mt_arena *arena, struct mt_buf *out);

#endif
