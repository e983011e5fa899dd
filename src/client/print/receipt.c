/* The receipt's layout: names on lines of their own, wrapped at the paper's width, amounts right-aligned below each other. Text
 * is cleaned first and then measured, so what is counted is what is printed. */
#include <medterm/base/utf8.h>
#include <medterm/print/receipt.h>

#include <string.h>

static bool in(uint32_t c, uint32_t from, uint32_t to) {
    return c >= from && c <= to;
}

/* East Asian wide and full-width (UAX #11), as printers with CJK fonts set them. */
static size_t columns_of(uint32_t c) {
    if (in(c, 0x300, 0x36F) || in(c, 0x1AB0, 0x1AFF) || in(c, 0x20D0, 0x20FF) || in(c, 0xFE00, 0xFE0F) || in(c, 0xFE20, 0xFE2F)) {
        return 0;
    }
    if (in(c, 0x1100, 0x115F) || in(c, 0x2E80, 0x303E) || in(c, 0x3041, 0xA4CF) || in(c, 0xAC00, 0xD7A3) || in(c, 0xF900, 0xFAFF) ||
        in(c, 0xFE30, 0xFE6F) || in(c, 0xFF00, 0xFF60) || in(c, 0xFFE0, 0xFFE6) || in(c, 0x1F300, 0x1FAFF) ||
        in(c, 0x20000, 0x3FFFD)) {
        return 2;
    }
    return 1;
}

size_t mt_paper_width(struct mt_sv text) {
    size_t n = 0;
    while (text.n > 0) {
        n += columns_of(mt_utf8_next(&text));
    }
    return n;
}

static void spaces(struct mt_buf *out, size_t n) {
    for (size_t i = 0; i < n; i++) {
        mt_buf_char(out, ' ');
    }
}

static void rule(struct mt_buf *out) {
    for (size_t i = 0; i < MT_RECEIPT_COLUMNS; i++) {
        mt_buf_char(out, '-');
    }
    mt_buf_char(out, '\n');
}

static void centred(struct mt_buf *out, struct mt_sv text) {
    const size_t w = mt_paper_width(text);
    spaces(out, w < MT_RECEIPT_COLUMNS ? (MT_RECEIPT_COLUMNS - w) / 2 : 0);
    mt_buf_sv(out, text);
    mt_buf_char(out, '\n');
}

/* Longest piece of text that fits into `most` columns, cut behind a space when there is one. */
static size_t fit(struct mt_sv text, size_t most) {
    struct mt_sv rest = text;
    size_t used = 0, bytes = 0, at_space = 0;
    while (rest.n > 0) {
        const uint32_t c = mt_utf8_next(&rest);
        used += columns_of(c);
        if (used > most) {
            return at_space > 0 ? at_space : bytes > 0 ? bytes : text.n - rest.n;
        }
        bytes = text.n - rest.n;
        if (c == ' ') {
            at_space = bytes;
        }
    }
    return text.n;
}

/* Cleaned and wrapped; never more than a few lines of one text. */
static void wrapped(struct mt_buf *out, const char *text, size_t indent) {
    enum { MOST_LINES = 6 };
    struct mt_buf clean;
    mt_buf_init(&clean, 4096);
    mt_utf8_clean(&clean, mt_sv(text));
    struct mt_sv rest = mt_sv_trim(mt_buf_view(&clean));
    for (int i = 0; rest.n > 0 && i < MOST_LINES; i++) {
        const size_t n = fit(rest, MT_RECEIPT_COLUMNS - indent);
        spaces(out, indent);
        mt_buf_sv(out, mt_sv_trim(mt_sv_n(rest.p, n)));
        mt_buf_char(out, '\n');
        rest = mt_sv_trim(mt_sv_n(rest.p + n, rest.n - n));
    }
    mt_buf_fini(&clean);
}

static void pair(struct mt_buf *out, struct mt_sv left, struct mt_sv right) {
    const size_t used = mt_paper_width(left) + mt_paper_width(right);
    mt_buf_sv(out, left);
    spaces(out, used < MT_RECEIPT_COLUMNS ? MT_RECEIPT_COLUMNS - used : 1);
    mt_buf_sv(out, right);
    mt_buf_char(out, '\n');
}

static void amount(struct mt_buf *out, const char *label, struct mt_money m) {
    char text[MT_MONEY_TEXT];
    mt_money_format(m, text);
    pair(out, mt_sv(label), mt_sv(text));
}

static void head(const struct mt_receipt *r, struct mt_buf *out) {
    struct mt_buf name;
    mt_buf_init(&name, 1024);
    mt_utf8_clean(&name, mt_sv(r->store_name));
    const struct mt_sv whole = mt_sv_trim(mt_buf_view(&name));
    centred(out, mt_sv_n(whole.p, fit(whole, MT_RECEIPT_COLUMNS)));
    mt_buf_fini(&name);
    char when[MT_TIME_TEXT];
    mt_time_format(r->order->taken_at + r->utc_offset_minutes * 60000, when);
    when[10] = ' ';
    char left[32] = "Register ";
    const size_t n = strlen(r->register_code) < MT_REGISTER_CODE_TEXT ? strlen(r->register_code) : MT_REGISTER_CODE_TEXT - 1;
    memcpy(left + 9, r->register_code, n);
    pair(out, mt_sv_n(left, 9 + n), mt_sv_n(when, 16));
    pair(out, MT_SV("Order"), mt_sv(r->order->order_no));
    if (r->staff_name[0] != '\0') {
        struct mt_buf staff;
        mt_buf_init(&staff, 1024);
        mt_utf8_clean(&staff, mt_sv(r->staff_name));
        const struct mt_sv text = mt_buf_view(&staff);
        pair(out, MT_SV("Served by"), mt_sv_n(text.p, fit(text, MT_RECEIPT_COLUMNS - 12)));
        mt_buf_fini(&staff);
    }
    if (r->copy) {
        centred(out, MT_SV("*** COPY ***"));
    }
    if (r->offline) {
        centred(out, MT_SV("OFFLINE"));
    }
}

static void item(const struct mt_order_item *i, struct mt_buf *out) {
    wrapped(out, i->drug_name, 0);
    wrapped(out, i->drug_spec, 2);
    char price[MT_MONEY_TEXT], subtotal[MT_MONEY_TEXT];
    mt_money_format(i->price, price);
    mt_money_format(i->subtotal, subtotal);
    struct mt_buf left;
    mt_buf_init(&left, 128);
    mt_buf_fmt(&left, "  %lld x %s", (long long)i->quantity, price);
    pair(out, mt_buf_view(&left), mt_sv(subtotal));
    mt_buf_fini(&left);
}

/* VAT is in the prices; a discount is spread over the items, so the part is told only without one. */
static void vat(const struct mt_receipt *r, struct mt_buf *out) {
    const struct mt_order *o = r->order;
    if (r->vat_bp == NULL || !mt_money_is_zero(o->discount_amount)) {
        return;
    }
    struct mt_money sum = mt_money_zero();
    for (size_t i = 0; i < o->item_count; i++) {
        if (mt_money_add(sum, mt_money_vat_part(o->items[i].subtotal, r->vat_bp[i]), &sum) != MT_OK) {
            return;
        }
    }
    amount(out, "VAT included", sum);
}

static void payments(const struct mt_order *o, struct mt_buf *out) {
    for (size_t i = 0; i < o->payment_count; i++) {
        const struct mt_payment *p = &o->payments[i];
        if (p->status != MT_PAY_SUCCEEDED) {
            continue;
        }
        amount(out, mt_pay_method_words(p->method), p->has_tendered ? p->tendered : p->amount);
        if (p->has_tendered) {
            amount(out, "Change", p->change);
        }
    }
    if (o->payment_count == 0) {
        centred(out, MT_SV("NOT PAID"));
    }
}

void mt_receipt_text(const struct mt_receipt *r, struct mt_buf *out) {
    const struct mt_order *o = r->order;
    head(r, out);
    rule(out);
    for (size_t i = 0; i < o->item_count; i++) {
        item(&o->items[i], out);
    }
    rule(out);
    if (!mt_money_is_zero(o->discount_amount)) {
        amount(out, "Sum", o->original_amount);
        amount(out, "Discount", o->discount_amount);
    }
    char label[16] = "TOTAL ";
    const size_t n = strlen(o->currency) < 4 ? strlen(o->currency) : 3;
    memcpy(label + 6, o->currency, n);
    amount(out, label, o->total_amount);
    vat(r, out);
    payments(o, out);
}
