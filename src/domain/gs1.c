/* Reads GS1 element strings. Element strings whose first two digits stand in the table of predefined lengths (GS1 General
 * Specifications 7.8.5) end by length, all others at the separator or the end; so application identifiers this program
 * does not know are stepped over without knowing them. (01), (10), (17) and (21) are kept. The printed form with
 * parentheses is read too, for codes typed by hand. */
#include "gs1.h"

#define GS '\x1d'

/* First two digits -> length of the whole element string, its identifier included. */
static const struct {
    char ai[3];
    unsigned char length;
} predefined[] = {
    {"00", 20}, {"01", 16}, {"02", 16}, {"03", 16}, {"04", 18}, {"11", 8},  {"12", 8}, {"13", 8},
    {"14", 8},  {"15", 8},  {"16", 8},  {"17", 8},  {"18", 8},  {"19", 8},  {"20", 4}, {"31", 10},
    {"32", 10}, {"33", 10}, {"34", 10}, {"35", 10}, {"36", 10}, {"41", 16},
};

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

static bool digits(struct mt_sv text) {
    for (size_t i = 0; i < text.n; i++)
        if (!digit(text.p[i]))
            return false;
    return true;
}

static struct mt_sv skip(struct mt_sv text, size_t n) {
    return n > text.n ? mt_sv_n(NULL, 0) : mt_sv_n(text.p + n, text.n - n);
}

static struct mt_sv first(struct mt_sv text, size_t n) {
    return mt_sv_n(text.p, n < text.n ? n : text.n);
}

static bool symbology(struct mt_sv text) {
    return mt_sv_starts(text, MT_SV("]d2")) || mt_sv_starts(text, MT_SV("]C1")) || mt_sv_starts(text, MT_SV("]Q3")) ||
           mt_sv_starts(text, MT_SV("]e0"));
}

bool gs1_looks_like(struct mt_sv text) {
    if (symbology(text) || mt_sv_starts(text, MT_SV("(01)")))
        return true;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == GS)
            return true;
    return text.n >= 16 && mt_sv_starts(text, MT_SV("01")) && digits(first(text, 16));
}

/* GS1 7.12: the century that puts the year within 49 years behind and 50 ahead of today. */
static int full_year(int two, struct mt_date today) {
    int year;
    unsigned month, day;
    mt_date_to_civil(today, &year, &month, &day);
    int century = year - year % 100, apart = two - year % 100;
    if (apart >= 51)
        century -= 100;
    else if (apart <= -50)
        century += 100;
    return century + two;
}

static unsigned days_in(int year, unsigned month) {
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool read_expiry(struct mt_sv value, struct mt_date today, struct mt_date *out) {
    if (value.n != 6 || !digits(value) || mt_date_is(*out))
        return false;
    const char *p = value.p;
    int year = full_year((p[0] - '0') * 10 + (p[1] - '0'), today);
    unsigned month = (unsigned)((p[2] - '0') * 10 + (p[3] - '0'));
    unsigned day = (unsigned)((p[4] - '0') * 10 + (p[5] - '0'));
    if (month < 1 || month > 12 || day > days_in(year, month))
        return false;
    *out = mt_date_from_civil(year, month, day == 0 ? days_in(year, month) : day);
    return true;
}

/* Lot and serial: 1 to 20 of the GS1 AI encodable character set 82 (figure 7.11-1). */
static bool read_text(struct mt_sv value, char out[21]) {
    static const char others[] = "!\"%&'()*+,-./:;<=>?_";
    if (value.n == 0 || value.n > 20 || out[0] != '\0')
        return false;
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        bool ok = digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        for (size_t k = 0; !ok && others[k] != '\0'; k++)
            ok = c == others[k];
        if (!ok)
            return false;
    }
    return mt_sv_copy(value, out, 21) == MT_OK;
}

static enum mt_scan_kind keep(struct mt_sv ai, struct mt_sv value, struct mt_date today, struct mt_scan *out) {
    bool ok = true;
    if (mt_sv_is(ai, "01")) {
        if (value.n != 14 || !digits(value) || out->gtin[0] != '\0')
            return MT_SCAN_BAD_GS1;
        if (mt_gtin_normalise(value, out->gtin) != MT_OK)
            return MT_SCAN_BAD_CHECK;
    } else if (mt_sv_is(ai, "10")) {
        ok = read_text(value, out->lot_no);
    } else if (mt_sv_is(ai, "17")) {
        ok = read_expiry(value, today, &out->expires_on);
    } else if (mt_sv_is(ai, "21")) {
        ok = read_text(value, out->serial);
    }
    return ok ? MT_SCAN_CODE : MT_SCAN_BAD_GS1;
}

/* Cuts the next element string off *rest: identifier and value as scanned, without parentheses. */
static bool next_scanned(struct mt_sv *rest, struct mt_sv *ai, struct mt_sv *value) {
    struct mt_sv all = *rest;
    *ai = first(all, 2);
    if (ai->n != 2 || !digits(*ai))
        return false;
    size_t length = 0;
    for (size_t i = 0; i < sizeof predefined / sizeof predefined[0]; i++)
        if (mt_sv_is(*ai, predefined[i].ai))
            length = predefined[i].length;
    if (length > all.n)
        return false;
    if (length == 0)
        while (length < all.n && all.p[length] != GS)
            length++;
    *value = skip(first(all, length), 2);
    *rest = skip(all, length);
    if (rest->n > 0 && rest->p[0] == GS)
        *rest = skip(*rest, 1);
    return true;
}

/* The same for the printed form, "(01)…(10)…"; a value ends where "(digits)" begins. */
static bool next_printed(struct mt_sv *rest, struct mt_sv *ai, struct mt_sv *value) {
    struct mt_sv all = *rest;
    size_t close = 1;
    while (close < all.n && digit(all.p[close]))
        close++;
    if (all.n == 0 || all.p[0] != '(' || close < 3 || close >= all.n || all.p[close] != ')')
        return false;
    *ai = mt_sv_n(all.p + 1, close - 1);
    size_t end = close + 1;
    while (end < all.n && !(all.p[end] == '(' && end + 3 < all.n && digit(all.p[end + 1]) && digit(all.p[end + 2])))
        end++;
    *value = mt_sv_n(all.p + close + 1, end - close - 1);
    *rest = skip(all, end);
    return true;
}

void gs1_read(struct mt_sv text, struct mt_date today, struct mt_scan *out) {
    if (symbology(text))
        text = skip(text, 3);
    if (text.n > 0 && text.p[0] == GS)
        text = skip(text, 1);
    bool printed = text.n > 0 && text.p[0] == '(';
    enum mt_scan_kind kind = text.n > 0 ? MT_SCAN_CODE : MT_SCAN_BAD_GS1;
    while (text.n > 0 && kind == MT_SCAN_CODE) {
        struct mt_sv ai, value;
        bool read = printed ? next_printed(&text, &ai, &value) : next_scanned(&text, &ai, &value);
        kind = read ? keep(ai, value, today, out) : MT_SCAN_BAD_GS1;
    }
    if (kind == MT_SCAN_CODE && out->gtin[0] == '\0')
        kind = MT_SCAN_BAD_GS1;
    out->kind = kind;
}
