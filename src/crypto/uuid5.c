/* UUIDv5: the first 16 bytes of SHA-1 over namespace and name, with version and variant written in (RFC 9562, 5.5). SHA-1 is here
 * in the small, as libsodium has none: it names things and guards nothing. */
#include "uuid5.h"

#include <medterm/crypto/crypto.h>

struct sha1 {
    uint32_t h[5];
    unsigned char block[64];
    size_t in_block;
    uint64_t bytes;
};

static uint32_t rotate(uint32_t v, unsigned by) {
    return (v << by) | (v >> (32 - by));
}

static void sha1_block(struct sha1 *s) {
    uint32_t w[80];
    for (size_t i = 0; i < 16; i++)
        w[i] = ((uint32_t)s->block[4 * i] << 24) | ((uint32_t)s->block[4 * i + 1] << 16) | ((uint32_t)s->block[4 * i + 2] << 8) |
               s->block[4 * i + 3];
    for (size_t i = 16; i < 80; i++)
        w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    uint32_t a = s->h[0], b = s->h[1], c = s->h[2], d = s->h[3], e = s->h[4];
    for (size_t i = 0; i < 80; i++) {
        uint32_t f, k;
        if (i < 20) {
            f = (b & c) | (~b & d);
            k = 0x5A827999u;
        } else if (i < 40) {
            f = b ^ c ^ d;
            k = 0x6ED9EBA1u;
        } else if (i < 60) {
            f = (b & c) | (b & d) | (c & d);
            k = 0x8F1BBCDCu;
        } else {
            f = b ^ c ^ d;
            k = 0xCA62C1D6u;
        }
        uint32_t t = rotate(a, 5) + f + e + k + w[i];
        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = t;
    }
    s->h[0] += a;
    s->h[1] += b;
    s->h[2] += c;
    s->h[3] += d;
    s->h[4] += e;
}

static void sha1_add(struct sha1 *s, const unsigned char *p, size_t n) {
    s->bytes += n;
    for (size_t i = 0; i < n; i++) {
        s->block[s->in_block++] = p[i];
        if (s->in_block == sizeof s->block) {
            sha1_block(s);
            s->in_block = 0;
        }
    }
}

static void sha1_end(struct sha1 *s, unsigned char out[20]) {
    uint64_t bits = s->bytes * 8;
    const unsigned char one = 0x80, zero = 0;
    sha1_add(s, &one, 1);
    while (s->in_block != 56)
        sha1_add(s, &zero, 1);
    unsigned char length[8];
    for (size_t i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    sha1_add(s, length, sizeof length);
    for (size_t i = 0; i < 20; i++)
        out[i] = (unsigned char)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

struct mt_id mt_uuid5(const unsigned char space[16], struct mt_sv name) {
    struct sha1 s = {.h = {0x67452301u, 0xEFCDAB89u, 0x98BADCFEu, 0x10325476u, 0xC3D2E1F0u}};
    unsigned char hash[20];
    sha1_add(&s, space, 16);
    sha1_add(&s, (const unsigned char *)name.p, name.n);
    sha1_end(&s, hash);
    hash[6] = (unsigned char)(0x50u | (hash[6] & 0x0Fu));
    hash[8] = (unsigned char)(0x80u | (hash[8] & 0x3Fu));
    return mt_id_from_bytes(hash);
}

void mt_id_from_cause(struct mt_sv cause, struct mt_id *out) {
    /* Drawn once: 6f1e1c0a-6d0c-4d57-9a55-0f1b7d3c2e84. It never changes, or the same cause would get a new id. */
    static const unsigned char medterm[16] = {0x6f, 0x1e, 0x1c, 0x0a, 0x6d, 0x0c, 0x4d, 0x57,
                                              0x9a, 0x55, 0x0f, 0x1b, 0x7d, 0x3c, 0x2e, 0x84};
    *out = mt_uuid5(medterm, cause);
}
