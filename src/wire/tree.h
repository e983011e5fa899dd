/* Reading the domain's things out of a tree, for the parsers of the wire's documents; private to the wire.
 * All are tolerant of members they do not know. */
#ifndef MEDTERM_SRC_WIRE_TREE_H
#define MEDTERM_SRC_WIRE_TREE_H

#include "fields.h"

#include <medterm/wire/order.h>

/* Elements of a list, as an array in the arena; *count is 0 and NULL comes back when it is empty or memory is out. */
void *tree_array(struct fields *f, const struct json *list, size_t size, size_t *count);

void order_read(struct fields *f, struct json *o, struct mt_order *out);
void drug_read(struct fields *f, struct json *d, struct mt_drug *out);
void stock_read(struct fields *f, struct json *s, struct mt_stock *out);
void staff_read(struct fields *f, struct json *s, struct mt_staff *out);
void user_read(struct fields *f, struct json *u, struct mt_user *out);
void doctor_read(struct fields *f, struct json *d, struct mt_doctor *out);
void exception_read(struct fields *f, struct json *e, struct mt_exception *out);

/* The members of a payment, inside its braces. */
void print_payment(const struct mt_payment *p, struct mt_buf *out);

#endif
