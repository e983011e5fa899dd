/* UUIDv5: the first 16 bytes of SHA-1 over namespace and name, with version and variant written in (RFC 9562, 5.5).
 * libsodium has no SHA-1, libcrypto does; it names things here and guards nothing. */
#include "uuid5.h"

#include <medterm/crypto/crypto.h>

#include <openssl/evp.h>

enum mt_rc mt_uuid5(const unsigned char space[16], struct mt_sv name, struct mt_id *out) {
    unsigned char hash[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    bool good = digest != NULL && EVP_DigestInit_ex(digest, EVP_sha1(), NULL) == 1 && EVP_DigestUpdate(digest, space, 16) == 1 &&
                EVP_DigestUpdate(digest, name.p, name.n) == 1 && EVP_DigestFinal_ex(digest, hash, NULL) == 1;
    EVP_MD_CTX_free(digest);
    if (!good)
        return MT_NOMEM;
    hash[6] = (unsigned char)(0x50u | (hash[6] & 0x0Fu));
    hash[8] = (unsigned char)(0x80u | (hash[8] & 0x3Fu));
    *out = mt_id_from_bytes(hash);
    return MT_OK;
}

enum mt_rc mt_id_from_cause(struct mt_sv cause, struct mt_id *out) {
    /* Drawn once: 6f1e1c0a-6d0c-4d57-9a55-0f1b7d3c2e84. It never changes, or the same cause would get a new id. */
    static const unsigned char medterm[16] = {0x6f, 0x1e, 0x1c, 0x0a, 0x6d, 0x0c, 0x4d, 0x57,
                                              0x9a, 0x55, 0x0f, 0x1b, 0x7d, 0x3c, 0x2e, 0x84};
    return mt_uuid5(medterm, cause, out);
}
