/* PINs are short, so what is stored must be slow to try: Argon2id with 32 MiB and two passes takes about 60 ms on a till. The
 * verifier carries its own parameters and salt, so the cost may be raised later without touching what is stored. */
#include <medterm/crypto/crypto.h>

#include <sodium.h>
#include <string.h>

_Static_assert(MT_PIN_VERIFIER_TEXT >= crypto_pwhash_STRBYTES, "a verifier must fit its room");

enum { PIN_LONGEST = 128, NORMAL_PASSES = 2, NORMAL_MEMORY = 32 * 1024 * 1024 };

enum mt_rc mt_pin_verifier(struct mt_sv pin, enum mt_pin_cost cost, char out[MT_PIN_VERIFIER_TEXT]) {
    memset(out, 0, MT_PIN_VERIFIER_TEXT);
    if (pin.n < 1 || pin.n > PIN_LONGEST)
        return MT_INVALID;
    unsigned long long passes = NORMAL_PASSES;
    size_t memory = NORMAL_MEMORY;
    switch (cost) {
    case MT_PIN_COST_NORMAL:
        break;
    case MT_PIN_COST_LEAST:
        passes = crypto_pwhash_argon2id_OPSLIMIT_MIN;
        memory = crypto_pwhash_argon2id_MEMLIMIT_MIN;
        break;
    }
    /* The only failure left is memory. */
    return crypto_pwhash_str_alg(out, pin.p, pin.n, passes, memory, crypto_pwhash_ALG_ARGON2ID13) == 0 ? MT_OK : MT_NOMEM;
}

bool mt_pin_check(struct mt_sv pin, const char *verifier) {
    char whole[crypto_pwhash_STRBYTES] = {0};
    if (!verifier || pin.n < 1 || pin.n > PIN_LONGEST || mt_sv_copy(mt_sv(verifier), whole, sizeof whole) != MT_OK)
        return false;
    return crypto_pwhash_str_verify(whole, pin.p, pin.n) == 0;
}
