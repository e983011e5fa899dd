/* Pieces of sentences for people. */
#ifndef MEDTERM_SERVICE_WORDS_H
#define MEDTERM_SERVICE_WORDS_H

#include <medterm/base/sv.h>

/* Bytes of the longest start of text that fits `most` and ends between two UTF-8 characters: for "%.*s". */
int words_fit(const char *text, size_t most);

#define DRUG_WORDS 160
/* "Metformin 0.5 g × 48", cut between characters when it is long. */
void drug_words(const char *name, const char *spec, char out[DRUG_WORDS]);

#endif
