#include <medterm/crypto/crypto.h>

#include <sodium.h>
#include <string.h>

enum mt_rc mt_crypto_init(void) {
    return sodium_init() < 0 ? MT_BUG : MT_OK;
}

static const unsigned char *bytes_of(struct mt_sv text) {
    return (const unsigned char *)(text.n ? text.p : "");
}

void mt_hash_hex(struct mt_sv bytes, char out[MT_HASH_TEXT]) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256(hash, bytes_of(bytes), bytes.n); /* always 0 */
    (void)sodium_bin2hex(out, MT_HASH_TEXT, hash, sizeof hash);
}

void mt_hmac_hex(struct mt_sv key, struct mt_sv bytes, char out[MT_HASH_TEXT]) {
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    (void)crypto_auth_hmacsha256_init(&state, bytes_of(key), key.n); /* these always return 0 */
    (void)crypto_auth_hmacsha256_update(&state, bytes_of(bytes), bytes.n);
    (void)crypto_auth_hmacsha256_final(&state, mac);
    (void)sodium_bin2hex(out, MT_HASH_TEXT, mac, sizeof mac);
    sodium_memzero(&state, sizeof state);
}

bool mt_secret_eq(struct mt_sv a, struct mt_sv b) {
    return a.n == b.n && sodium_memcmp(bytes_of(a), bytes_of(b), a.n) == 0;
}
