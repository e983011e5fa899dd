/* Tokens for programs and enrolment codes for people. A code is 60 bits in Crockford's base 32, which leaves out the letters
 * that look like digits; what is typed is folded back before it is compared or hashed. */
#include <medterm/crypto/crypto.h>

#include <sodium.h>

enum { TOKEN_BYTES = 32, CODE_SIGNS = 12 };

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void mt_token_new(const struct mt_random *random, char out[MT_TOKEN_TEXT]) {
    unsigned char bytes[TOKEN_BYTES];
    random->fill(random->ctx, bytes, sizeof bytes);
    (void)sodium_bin2hex(out, MT_TOKEN_TEXT, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
}

/* Puts the sign at its place, with the dashes between groups of four. */
static void put_sign(char out[MT_ENROL_CODE_TEXT], size_t index, char sign) {
    out[index + index / 4] = sign;
}

static void put_frame(char out[MT_ENROL_CODE_TEXT]) {
    out[4] = out[9] = '-';
    out[MT_ENROL_CODE_TEXT - 1] = '\0';
}

void mt_enrol_code_new(const struct mt_random *random, char out[MT_ENROL_CODE_TEXT]) {
    unsigned char bytes[CODE_SIGNS];
    random->fill(random->ctx, bytes, sizeof bytes);
    for (size_t i = 0; i < CODE_SIGNS; i++)
        put_sign(out, i, alphabet[bytes[i] & 31u]);
    put_frame(out);
    sodium_memzero(bytes, sizeof bytes);
}

/* The sign a typed character stands for, '\0' for none. */
static char fold(char c) {
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    for (size_t i = 0; i < sizeof alphabet - 1; i++)
        if (alphabet[i] == c)
            return c;
    return '\0';
}

enum mt_rc mt_enrol_code_normalise(struct mt_sv typed, char out[MT_ENROL_CODE_TEXT]) {
    char code[MT_ENROL_CODE_TEXT];
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < typed.n; i++) {
        if (typed.p[i] == ' ' || typed.p[i] == '-' || typed.p[i] == '\t')
            continue;
        char sign = fold(typed.p[i]);
        if (!sign || n == CODE_SIGNS)
            return MT_INVALID;
        put_sign(code, n++, sign);
    }
    if (n != CODE_SIGNS)
        return MT_INVALID;
    put_frame(code);
    return mt_sv_copy(mt_sv(code), out, MT_ENROL_CODE_TEXT);
}
