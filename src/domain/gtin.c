/* GTINs: the mod-10 check digit (GS1 General Specifications 7.9) and the one form a code is stored in. */
#include <medterm/domain/scan.h>

bool mt_gtin_check(struct mt_sv digits) {
    unsigned sum = 0;
    if (digits.n < 2)
        return false;
    for (size_t i = 0; i < digits.n; i++) {
        char c = digits.p[i];
        if (c < '0' || c > '9')
            return false;
        /* Weights 1, 3, 1, 3 … from the right, the check digit itself having 1. */
        sum = (sum + (unsigned)(c - '0') * ((digits.n - i) % 2 == 1 ? 1u : 3u)) % 10;
    }
    return sum == 0;
}

enum mt_rc mt_gtin_normalise(struct mt_sv text, char out[15]) {
    out[0] = '\0';
    if ((text.n != 8 && text.n != 12 && text.n != 13 && text.n != 14) || !mt_gtin_check(text))
        return MT_INVALID;
    if (text.n == 8)
        return mt_sv_copy(text, out, 15);
    char full[14];
    size_t pad = 14 - text.n, zeros = 0;
    for (size_t i = 0; i < sizeof full; i++)
        full[i] = i < pad ? '0' : text.p[i - pad];
    while (zeros < sizeof full && full[zeros] == '0')
        zeros++;
    if (zeros == sizeof full)
        return MT_INVALID;
    /* Six zeros in front of fourteen digits are a GTIN-8: no other GTIN begins so (GS1 prefix list). */
    size_t from = zeros >= 6 ? 6 : zeros >= 1 ? 1 : 0;
    return mt_sv_copy(mt_sv_n(full + from, sizeof full - from), out, 15);
}
