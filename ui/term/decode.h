/* Private to ui/term: from what curses reads, byte by byte, to keys. Pure, so that every byte string can be tried. */
#ifndef MEDTERM_UI_TERM_DECODE_H
#define MEDTERM_UI_TERM_DECODE_H

#include <medterm/base/buf.h>
#include <medterm/ui/key.h>

/* Events above the bytes 0 … 255. */
enum {
    DECODE_DRAINED = 256, /* nothing more to read now */
    DECODE_PASTE_START,
    DECODE_PASTE_END,
    DECODE_UNKNOWN, /* a key that has no name here */
    DECODE_KEY      /* + enum mt_key_code */
};

struct mt_decoder {
    enum { DECODE_PLAIN, DECODE_ESCAPE, DECODE_CSI, DECODE_SS3 } state;
    int again;     /* an event to take before the next is read; -1: none */
    char bytes[4]; /* of an unfinished code point */
    size_t have, need;
    bool in_paste, truncated;
    struct mt_buf raw, paste; /* owned */
};

void mt_decoder_init(struct mt_decoder *d);
void mt_decoder_fini(struct mt_decoder *d);
/* Takes one event; true when *key is a key. Then, or when d->again is not -1, d->again is to be taken first. */
bool mt_decode(struct mt_decoder *d, int event, struct mt_key *key);

#endif
