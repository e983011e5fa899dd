/* What the files of the till share. One file a job: it owns its part of the model and the messages about it; till.c
 * hands each message to the job by table. Functions start with till_, as they are private to this layer. */
#ifndef MEDTERM_CLIENT_TILL_PARTS_H
#define MEDTERM_CLIENT_TILL_PARTS_H

#include <medterm/base/utf8.h>
#include <medterm/till/till.h>

/* How a screen takes what is typed. NULL: it takes none of it. */
struct till_screen {
    void (*character)(struct mt_till *t, uint32_t code, struct mt_effects *fx);
    void (*typed)(struct mt_till *t, struct mt_effects *fx); /* after the last character of a message or paste */
    void (*action)(struct mt_till *t, enum mt_action action, struct mt_effects *fx);
    bool takes_paste;
};
extern const struct till_screen till_guide, till_sign_in, till_sale, till_customer, till_pay, till_paid, till_board, till_pick,
    till_sync;

/* till.c */
struct mt_effect *till_effect(struct mt_effects *fx,
                              enum mt_effect_kind kind);                 /* never NULL: a full list gives a spare that is not run */
void till_feed(struct mt_till *t, uint32_t code, struct mt_effects *fx); /* one character to the screen; '\n' is Enter */
void till_take_start(struct mt_till *t, const struct mt_msg *msg);
void till_lock(struct mt_till *t, struct mt_effects *fx);
void till_set(char *to, size_t size, const char *text); /* copies, clipped at a character */

/* notice.c */
void till_say(struct mt_till *t, enum mt_notice_kind kind, const char *format, ...) MT_PRINTF(3, 4);
void till_hush(struct mt_till *t); /* whatever the line says has been read */
void till_refuse(struct mt_till *t, struct mt_effects *fx, const char *format, ...) MT_PRINTF(3, 4); /* BAD and the bell */
/* Words of a failed message: its own text, or the code's, without the full stop, so that a sentence can go on. Borrowed. */
struct mt_sv till_why(const struct mt_msg *msg);

/* edit.c */
void till_edit_wipe(struct mt_edit *e);
bool till_edit_insert(struct mt_edit *e, uint32_t code, size_t most); /* false: full at `most` code points, or harmful */
void till_edit_set(struct mt_edit *e, const char *text);
bool till_edit_action(struct mt_edit *e, enum mt_action action); /* true when the action was one of editing */
void till_edit_drop_last(struct mt_edit *e, size_t points);      /* the last ones before the cursor */

/* burst.c */
void till_burst_char(struct mt_burst *b, int64_t mono);
bool till_burst_is(const struct mt_burst *b);
bool till_burst_ends(const struct mt_burst *b, int64_t mono); /* this Enter belongs to the scanner */

/* copy.c: deep copies into an arena; MT_NOMEM */
MT_MUST enum mt_rc till_copy_drug(struct mt_arena *a, const struct mt_drug *from, struct mt_drug *out);
MT_MUST enum mt_rc till_copy_pack(struct mt_arena *a, const struct mt_pack *from, struct mt_pack *out);
MT_MUST enum mt_rc till_copy_order(struct mt_arena *a, const struct mt_order *from, struct mt_order *out);
const char *till_copy_text(struct mt_arena *a, const char *text); /* "" for NULL; NULL when memory is short */

/* sale.c */
void till_open_new(struct mt_till *t);
void till_found(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx);
void till_lookups_overdue(struct mt_till *t, struct mt_effects *fx);
void till_looked_up(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx);

/* cart.c */
bool till_cart_add(struct mt_till *t, const struct mt_found *found, const struct mt_scan *scan, int64_t quantity,
                   struct mt_effects *fx);
void till_cart_quantity(struct mt_till *t, size_t line, int64_t quantity, struct mt_effects *fx);
void till_cart_cut(struct mt_till *t, size_t line, struct mt_effects *fx);
void till_not_kept(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx);
void till_cart_forget(struct mt_till *t); /* lines and head, without an effect */
MT_MUST enum mt_rc till_cart_restore(struct mt_till *t, const struct mt_cart_line *lines, size_t count,
                                     const struct mt_cart_head *head);
MT_MUST enum mt_rc till_cart_reckon(struct mt_till *t); /* total and what it lacks; not while a commit is under way */
/* The order as an operation's body, in op_arena, which is emptied first. */
MT_MUST enum mt_rc till_cart_order(struct mt_till *t, struct mt_op_order_create *out);

/* customer.c */
void till_customer_open(struct mt_till *t);
void till_customer_journal(struct mt_till *t, struct mt_effects *fx);        /* when changed */
void till_customer_take(struct mt_till *t, const struct mt_cart_head *head); /* NULL: empty */

/* pay.c */
void till_pay_open(struct mt_till *t, struct mt_effects *fx);
void till_pay_order(struct mt_till *t, const struct mt_order *order);

/* commit.c */
bool till_commit(struct mt_till *t, const struct mt_op *op, const char *order_no,
                 struct mt_effects *fx); /* false: one is under way */
void till_committed(struct mt_till *t, const struct mt_msg *msg, struct mt_effects *fx);
void till_printed(struct mt_till *t, const struct mt_msg *msg);
void till_hold_typed(struct mt_till *t, uint32_t code); /* what is typed while a commit is under way */

/* board.c and pick.c */
void till_board_open(struct mt_till *t, struct mt_effects *fx);
void till_board_load(struct mt_till *t, struct mt_effects *fx);
void till_board_take(struct mt_till *t, const struct mt_msg *msg);
void till_board_pay(struct mt_till *t, struct mt_effects *fx);
void till_advance(struct mt_till *t, const char *order_no, struct mt_effects *fx); /* asked and answered: do it */
void till_find_character(struct mt_till *t, uint32_t code, struct mt_effects *fx);
bool till_find_enter(struct mt_till *t, struct mt_effects *fx); /* true: something had been typed */
void till_pick_load(struct mt_till *t, const char *order_no, bool pay, struct mt_effects *fx);
void till_pick_take(struct mt_till *t, const struct mt_msg *msg);
void till_cancel(struct mt_till *t, struct mt_effects *fx);

/* sync.c */
void till_sync_open(struct mt_till *t, struct mt_effects *fx);
void till_sync_load(struct mt_till *t, struct mt_effects *fx);
void till_sync_take(struct mt_till *t, const struct mt_msg *msg);
void till_sync_settle(struct mt_till *t, int64_t seq, enum mt_settle how, struct mt_effects *fx);
void till_settled(struct mt_till *t, const struct mt_msg *msg);
void till_exported(struct mt_till *t, const struct mt_msg *msg);

/* guide.c, sign_in.c */
void till_enrolled(struct mt_till *t, const struct mt_msg *msg);
void till_pin(struct mt_till *t, const struct mt_msg *msg);
/* What the service says now of who is signed in. */
void till_staff(struct mt_till *t, const struct mt_msg *msg);

/* ask.c */
void till_ask(struct mt_till *t, enum mt_ask ask, const char *order_no);
void till_answer(struct mt_till *t, enum mt_action action, struct mt_effects *fx);

#endif
