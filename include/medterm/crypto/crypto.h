/* Hashes, tokens, PIN verifiers and seals, over libsodium. */
#ifndef MEDTERM_CRYPTO_CRYPTO_H
#define MEDTERM_CRYPTO_CRYPTO_H

#include <medterm/base/arena.h>
#include <medterm/base/buf.h>
#include <medterm/base/id.h>

MT_MUST enum mt_rc mt_crypto_init(void); /* once a program, before anything else here */

#define MT_HASH_TEXT 65
void mt_hash_hex(struct mt_sv bytes, char out[MT_HASH_TEXT]); /* SHA-256 (FIPS 180-4), lower-case hex */
/* HMAC-SHA-256 (RFC 2104, FIPS 198-1), lower-case hex. */
void mt_hmac_hex(struct mt_sv key, struct mt_sv bytes, char out[MT_HASH_TEXT]);
bool mt_secret_eq(struct mt_sv a, struct mt_sv b); /* constant time for equal lengths */

#define MT_TOKEN_TEXT 65 /* 256 bits in hex, and NUL */
void mt_token_new(const struct mt_random *random, char out[MT_TOKEN_TEXT]);
#define MT_ENROL_CODE_TEXT 15 /* "ABCD-EFGH-JKLM" and NUL: 60 bits, Crockford's base 32 without look-alikes */
void mt_enrol_code_new(const struct mt_random *random, char out[MT_ENROL_CODE_TEXT]);
/* As typed: case, spaces, dashes and look-alikes (O/0, I/L/1) folded away. */
MT_MUST enum mt_rc mt_enrol_code_normalise(struct mt_sv typed, char out[MT_ENROL_CODE_TEXT]);

#define MT_PIN_VERIFIER_TEXT 128
enum mt_pin_cost { MT_PIN_COST_NORMAL, MT_PIN_COST_LEAST /* tests and the simulator only */ };
/* Argon2id (RFC 9106), tens of milliseconds: never on the thread that draws. */
MT_MUST enum mt_rc mt_pin_verifier(struct mt_sv pin, enum mt_pin_cost cost, char out[MT_PIN_VERIFIER_TEXT]);
bool mt_pin_check(struct mt_sv pin, const char *verifier);

#define MT_SEAL_KEY_BYTES 32
/* Keyed tag over a cursor's plain text: "<plain>.<tag>"; nobody without the key can make or change one.
 * MT_INVALID when plain holds more than letters, digits and -._~:,;/@!*() (it goes into URLs as it is); mt_unseal answers
 * MT_DENIED. */
MT_MUST enum mt_rc mt_seal(const unsigned char key[MT_SEAL_KEY_BYTES], struct mt_sv plain, struct mt_buf *out);
MT_MUST enum mt_rc mt_unseal(const unsigned char key[MT_SEAL_KEY_BYTES], struct mt_sv sealed,
                             struct mt_sv *plain /* borrowed from sealed */);

/* UUIDv5 (RFC 9562) of a name under medterm's own namespace: the same cause, the same id. MT_NOMEM. */
MT_MUST enum mt_rc mt_id_from_cause(struct mt_sv cause, struct mt_id *out);

#endif
