/* Checked arithmetic on whole minor units. Every amount inside stands within ±MT_MONEY_MAX, so a sum of two fits
 * int64 and needs only a range check; products use the compiler's overflow test. */
#include <medterm/domain/money.h>

#include <inttypes.h>
#include <stdio.h>

static enum mt_rc ranged(int64_t minor, struct mt_money *out) {
    if (minor > MT_MONEY_MAX || minor < -MT_MONEY_MAX)
        return MT_LIMIT;
    out->minor = minor;
    return MT_OK;
}

struct mt_money mt_money_zero(void) {
    return (struct mt_money){0};
}

enum mt_rc mt_money_from_minor(int64_t minor, struct mt_money *out) {
    return ranged(minor, out);
}

int64_t mt_money_to_minor(struct mt_money m) {
    return m.minor;
}

enum mt_rc mt_money_add(struct mt_money a, struct mt_money b, struct mt_money *out) {
    int64_t sum;
    if (__builtin_add_overflow(a.minor, b.minor, &sum))
        return MT_LIMIT;
    return ranged(sum, out);
}

enum mt_rc mt_money_sub(struct mt_money a, struct mt_money b, struct mt_money *out) {
    int64_t difference;
    if (__builtin_sub_overflow(a.minor, b.minor, &difference))
        return MT_LIMIT;
    return ranged(difference, out);
}

enum mt_rc mt_money_times(struct mt_money price, int64_t quantity, struct mt_money *out) {
    int64_t product;
    if (__builtin_mul_overflow(price.minor, quantity, &product))
        return MT_LIMIT;
    return ranged(product, out);
}

int mt_money_cmp(struct mt_money a, struct mt_money b) {
    return (a.minor > b.minor) - (a.minor < b.minor);
}

bool mt_money_is_zero(struct mt_money a) {
    return a.minor == 0;
}

bool mt_money_is_negative(struct mt_money a) {
    return a.minor < 0;
}

void mt_money_format(struct mt_money m, char out[MT_MONEY_TEXT]) {
    /* The unsigned form has no overflow at INT64_MIN, should a struct ever hold it. */
    uint64_t size = m.minor < 0 ? 0 - (uint64_t)m.minor : (uint64_t)m.minor;
    int n = snprintf(out, MT_MONEY_TEXT, "%s%" PRIu64 ".%02u", m.minor < 0 ? "-" : "", size / 100, (unsigned)(size % 100));
    if (n < 0 || n >= MT_MONEY_TEXT)
        out[0] = '\0';
}

enum mt_rc mt_money_parse(struct mt_sv text, struct mt_money *out) {
    int64_t minor = 0;
    size_t whole = 0, decimals = 0;
    bool point = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9' || decimals == 2)
            return MT_INVALID;
        if (minor > MT_MONEY_MAX)
            return MT_LIMIT;
        minor = minor * 10 + (c - '0');
        if (point)
            decimals++;
        else
            whole++;
    }
    if (whole == 0 || (point && decimals == 0))
        return MT_INVALID;
    for (; decimals < 2; decimals++) {
        if (minor > MT_MONEY_MAX)
            return MT_LIMIT;
        minor *= 10;
    }
    return ranged(minor, out);
}

struct mt_money mt_money_vat_part(struct mt_money gross, int32_t vat_bp) {
    if (vat_bp <= 0)
        return mt_money_zero();
    /* gross * bp / (10000 + bp) without the wide product: the whole part and the rest apart. */
    int64_t size = gross.minor < 0 ? -gross.minor : gross.minor;
    int64_t base = 10000 + (int64_t)vat_bp;
    int64_t rest = size % base * vat_bp;
    int64_t vat = size / base * vat_bp + rest / base;
    if (rest % base * 2 >= base)
        vat++;
    return (struct mt_money){gross.minor < 0 ? -vat : vat};
}
