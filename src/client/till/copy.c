/* Messages lend their texts for one call; what the model keeps is copied into the arena of the part that keeps it. */
#include "parts.h"

#include <string.h>

const char *till_copy_text(struct mt_arena *a, const char *text) {
    return text == NULL || text[0] == '\0' ? "" : mt_arena_str(a, text);
}

/* Replaces each text by a copy; false when memory ran out. */
static bool own(struct mt_arena *a, const char **const *texts, size_t count) {
    for (size_t i = 0; i < count; i++)
        if ((*texts[i] = till_copy_text(a, *texts[i])) == NULL)
            return false;
    return true;
}
#define OWN(a, ...)                                                                                                                \
    own((a), (const char **const[]){__VA_ARGS__}, sizeof((const char **const[]){__VA_ARGS__}) / sizeof(const char **))

enum mt_rc till_copy_drug(struct mt_arena *a, const struct mt_drug *from, struct mt_drug *out) {
    *out = *from;
    return OWN(a, &out->code, &out->name, &out->spec, &out->form, &out->maker, &out->generic, &out->pinyin, &out->shelf) ? MT_OK
                                                                                                                         : MT_NOMEM;
}

enum mt_rc till_copy_pack(struct mt_arena *a, const struct mt_pack *from, struct mt_pack *out) {
    *out = *from;
    return OWN(a, &out->lot_no, &out->serial) ? MT_OK : MT_NOMEM;
}

static void *copy_array(struct mt_arena *a, const void *from, size_t count, size_t size) {
    void *to = mt_arena_array(a, count > 0 ? count : 1, size);
    if (to != NULL && count > 0)
        memcpy(to, from, count * size);
    return to;
}

static enum mt_rc copy_item(struct mt_arena *a, struct mt_order_item *item) {
    if (!OWN(a, &item->drug_name, &item->drug_spec))
        return MT_NOMEM;
    item->packs = copy_array(a, item->packs, item->pack_count, sizeof *item->packs);
    item->lots = copy_array(a, item->lots, item->lot_count, sizeof *item->lots);
    if (item->packs == NULL || item->lots == NULL)
        return MT_NOMEM;
    for (size_t i = 0; i < item->pack_count; i++)
        if (till_copy_pack(a, &item->packs[i], &item->packs[i]) != MT_OK)
            return MT_NOMEM;
    for (size_t i = 0; i < item->lot_count; i++)
        if (!OWN(a, &item->lots[i].lot_no))
            return MT_NOMEM;
    return MT_OK;
}

enum mt_rc till_copy_order(struct mt_arena *a, const struct mt_order *from, struct mt_order *out) {
    *out = *from;
    if (!OWN(a, &out->register_code, &out->user_id, &out->user_name, &out->user_phone, &out->doctor_id, &out->doctor_name,
             &out->address_id, &out->address_detail, &out->currency, &out->pay_type, &out->remark, &out->printed_no))
        return MT_NOMEM;
    out->items = copy_array(a, from->items, from->item_count, sizeof *out->items);
    out->payments = copy_array(a, from->payments, from->payment_count, sizeof *out->payments);
    out->exceptions = copy_array(a, from->exceptions, from->exception_count, sizeof *out->exceptions);
    if (out->items == NULL || out->payments == NULL || out->exceptions == NULL)
        return MT_NOMEM;
    for (size_t i = 0; i < out->payment_count; i++)
        if (!OWN(a, &out->payments[i].reference))
            return MT_NOMEM;
    enum mt_rc rc = MT_OK;
    for (size_t i = 0; rc == MT_OK && i < out->item_count; i++)
        rc = copy_item(a, &out->items[i]);
    return rc;
}
