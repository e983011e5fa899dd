/* The cart's journal in register.db: a killed till reopens with it. Each call is one durable transaction. */
#ifndef MEDTERM_STORE_CART_H
#define MEDTERM_STORE_CART_H

#include <medterm/store/register.h>

/* Shapes as in till/effect.h, without the layer: store and till do not see each other. */
struct mt_journal_line {
    struct mt_drug drug; /* as shown when it was added */
    int64_t quantity;
    const struct mt_pack *packs; /* borrowed */
    size_t pack_count;
};
struct mt_journal_head {
    const char *user_name, *user_phone, *doctor_name, *buyer_id_no, *prescription, *address_detail, *remark; /* never NULL */
    enum mt_fulfilment fulfilment;
};
MT_MUST enum mt_rc mt_cart_put_line(struct mt_register *r, size_t index, const struct mt_journal_line *line, struct mt_err *err);
MT_MUST enum mt_rc mt_cart_cut_line(struct mt_register *r, size_t index, struct mt_err *err); /* later ones move up */
MT_MUST enum mt_rc mt_cart_put_head(struct mt_register *r, const struct mt_journal_head *head, struct mt_err *err);
/* The whole cart in place of what is journaled, after a change that could not be. */
MT_MUST enum mt_rc mt_cart_put_all(struct mt_register *r, const struct mt_journal_line *lines, size_t count,
                                   const struct mt_journal_head *head, struct mt_err *err);
MT_MUST enum mt_rc mt_cart_clear(struct mt_register *r, struct mt_err *err);
MT_MUST enum mt_rc mt_cart_load(struct mt_register *r, struct mt_arena *arena, struct mt_journal_line **lines, size_t *count,
                                struct mt_journal_head *head, struct mt_err *err);

#endif
