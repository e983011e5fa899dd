/* Reading one operation out of a tree; private to the wire. */
#ifndef MEDTERM_SRC_WIRE_OP_READ_H
#define MEDTERM_SRC_WIRE_OP_READ_H

#include "fields.h"

/* Everything but op_id, register_seq and prior, which the caller has asked for already. *unknown: a kind or a member that this
 * version does not know. Validates too. Whatever fails, every text of *out is set. */
void op_read(struct fields *f, struct json *node, struct mt_op *out, bool *unknown);

/* Only the body, by out->kind; out->at is set. */
void op_body_read(struct fields *f, struct json *body, struct mt_op *out, bool *unknown);
/* The domain's rules, whose paths get the node's path and `under` in front. */
void op_validate(struct fields *f, const struct json *node, const struct mt_op *op, const char *under);

#endif
