/* HMAC-SHA-512-256 over the plain text, behind its last dot in URL-safe base64. To open, the tag is made again and the two texts
 * are compared: nothing is decoded, so there is exactly one accepted spelling. */
#include <medterm/crypto/crypto.h>

#include <sodium.h>
#include <string.h>

enum { TAG_TEXT = sodium_base64_ENCODED_LEN(crypto_auth_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING) };

_Static_assert(MT_SEAL_KEY_BYTES == crypto_auth_KEYBYTES, "the key is crypto_auth's");

static void make_tag(const unsigned char key[MT_SEAL_KEY_BYTES], struct mt_sv plain, char out[TAG_TEXT]) {
    unsigned char tag[crypto_auth_BYTES];
    (void)crypto_auth(tag, (const unsigned char *)(plain.n ? plain.p : ""), plain.n, key); /* always 0 */
    (void)sodium_bin2base64(out, TAG_TEXT, tag, sizeof tag, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* What may stand in the value of a query parameter without being escaped (RFC 3986, 3.4; '&', '=' and '+' have a meaning of their
 * own there). */
static bool url_safe(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~:,;/@!*()", c));
}

enum mt_rc mt_seal(const unsigned char key[MT_SEAL_KEY_BYTES], struct mt_sv plain, struct mt_buf *out) {
    for (size_t i = 0; i < plain.n; i++)
        if (!url_safe(plain.p[i]))
            return MT_INVALID;
    char tag[TAG_TEXT];
    make_tag(key, plain, tag);
    mt_buf_sv(out, plain);
    mt_buf_char(out, '.');
    mt_buf_str(out, tag);
    return mt_buf_rc(out);
}

enum mt_rc mt_unseal(const unsigned char key[MT_SEAL_KEY_BYTES], struct mt_sv sealed, struct mt_sv *plain) {
    *plain = mt_sv_n(NULL, 0);
    const size_t behind = TAG_TEXT; /* the dot and the tag without its NUL */
    if (sealed.n < behind || sealed.p[sealed.n - behind] != '.')
        return MT_DENIED;
    struct mt_sv text = mt_sv_n(sealed.p, sealed.n - behind);
    char tag[TAG_TEXT];
    make_tag(key, text, tag);
    if (!mt_secret_eq(mt_sv(tag), mt_sv_n(text.p + text.n + 1, behind - 1)))
        return MT_DENIED;
    *plain = text;
    return MT_OK;
}
