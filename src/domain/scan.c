/* One input line: cut the quantity off either end, then try what it may be, strictest form first. A quantity behind a text
 * that is no code belongs to the text ("0.25g*24" is how packs are described), one in front of it does not. */
#include <medterm/domain/scan.h>

#include <medterm/domain/order.h>

#include "gs1.h"

/* 1 to 999, without leading zeros; 0 when it is not that. */
static int32_t quantity(struct mt_sv text) {
    int64_t n;
    if (text.n == 0 || text.n > 3 || text.p[0] == '0' || text.p[0] == '-' || mt_sv_int(text, &n) != MT_OK)
        return 0;
    return (int32_t)n;
}

static int32_t cut_prefix(struct mt_sv *text) {
    struct mt_sv rest = *text;
    struct mt_sv head = mt_sv_cut(&rest, '*');
    int32_t n = head.n < text->n ? quantity(mt_sv_trim(head)) : 0;
    if (n > 0)
        *text = mt_sv_trim(rest);
    return n;
}

static int32_t cut_suffix(struct mt_sv *text) {
    size_t star = text->n;
    while (star > 0 && text->p[star - 1] != '*')
        star--;
    if (star == 0)
        return 0;
    int32_t n = quantity(mt_sv_trim(mt_sv_n(text->p + star, text->n - star)));
    if (n > 0)
        *text = mt_sv_trim(mt_sv_n(text->p, star - 1));
    return n;
}

static bool read_order_no(struct mt_sv text, struct mt_scan *out) {
    char upper[MT_ORDER_NO_TEXT], code[MT_REGISTER_CODE_TEXT];
    int64_t sequence;
    if (mt_sv_copy(text, upper, sizeof upper) != MT_OK)
        return false;
    for (char *p = upper; *p != '\0'; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    if (mt_order_no_parse(mt_sv(upper), code, &sequence) != MT_OK)
        return false;
    out->kind = MT_SCAN_ORDER_NO;
    return mt_order_no_make(code, sequence, out->order_no) == MT_OK;
}

static bool gtin_form(struct mt_sv text) {
    if (text.n != 8 && text.n != 12 && text.n != 13 && text.n != 14)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
    return true;
}

/* False when the text is no code of any kind. */
static bool read_code(struct mt_sv text, struct mt_date today, struct mt_scan *out) {
    if (gs1_looks_like(text)) {
        gs1_read(text, today, out);
        return true;
    }
    if (gtin_form(text)) {
        out->kind = mt_gtin_normalise(text, out->gtin) == MT_OK ? MT_SCAN_CODE : MT_SCAN_BAD_CHECK;
        return true;
    }
    return read_order_no(text, out);
}

void mt_scan_read(struct mt_sv input, struct mt_date today, struct mt_scan *out) {
    *out = (struct mt_scan){.kind = MT_SCAN_NONE, .expires_on = MT_NO_DATE, .quantity = 1};
    struct mt_sv text = mt_sv_trim(input);
    int32_t before = cut_prefix(&text);
    struct mt_sv without_suffix = text;
    int32_t behind = before > 0 ? 0 : cut_suffix(&without_suffix);
    out->rest = text;
    if (behind > 0 && (without_suffix.n == 0 || read_code(without_suffix, today, out))) {
        out->rest = without_suffix;
        out->quantity = behind;
        out->has_quantity = true;
        return;
    }
    if (before > 0) {
        out->quantity = before;
        out->has_quantity = true;
    }
    if (!read_code(text, today, out))
        out->kind = MT_SCAN_NONE;
}
