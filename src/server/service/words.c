#include "words.h"

#include <stdio.h>

int words_fit(const char *text, size_t most) {
    size_t n = mt_sv(text).n;
    if (n > most) {
        n = most;
        while (n > 0 && ((unsigned char)text[n] & 0xC0u) == 0x80u)
            n--;
    }
    return (int)n;
}

void drug_words(const char *name, const char *spec, char out[DRUG_WORDS]) {
    int n =
        snprintf(out, DRUG_WORDS, "%.*s%s%.*s", words_fit(name, 100), name, spec[0] != '\0' ? " " : "", words_fit(spec, 50), spec);
    if (n < 0)
        out[0] = '\0';
}
