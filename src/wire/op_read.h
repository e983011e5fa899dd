/* Reading one operation out of a tree; private to the wire. */
#ifndef MEDTERM_SRC_WIRE_OP_READ_H
#define MEDTERM_SRC_WIRE_OP_READ_H

#include "fields.h"

/* Everything but op_id, register_seq and prior, which the caller has asked for already. *unknown: a kind or a member that this
 * version does not know. Validates too. Whatever fails, every text of *out is set. */
void op_read(struct fields *f, struct json *node, struct mt_op *out, bool *unknown);

#endif
