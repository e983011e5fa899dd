/* A small machine over events. Curses has already turned the escape sequences it knows into key events; what is left is:
 * UTF-8 to put together (from single bytes, because a character may arrive in two packets and an invalid one must not
 * swallow its neighbours), a lone ESC to tell from Alt-digit and from sequences nobody knows, and pastes to collect.
 * A sequence that is unfinished when the input runs dry is dropped, so nothing typed later disappears into it; half a
 * character waits, as whatever does not continue it stands for itself; a paste stays open until its end mark, or until ESC comes
 * alone, which is a person at a terminal that lost the mark. */
#include "decode.h"
#include <medterm/base/utf8.h>
#include <string.h>

#define ESC 27
#define GROUP_SEPARATOR 29 /* Ctrl-]: between the fields of a GS1 code as scanners send it */

void mt_decoder_init(struct mt_decoder *d) {
    memset(d, 0, sizeof *d);
    d->again = -1;
    mt_buf_init(&d->raw, MT_PASTE_MAX + 1);
    /* An invalid byte grows to three. */
    mt_buf_init(&d->paste, 3 * (size_t)MT_PASTE_MAX + 1);
}

void mt_decoder_fini(struct mt_decoder *d) {
    mt_buf_fini(&d->raw);
    mt_buf_fini(&d->paste);
}

static bool give(struct mt_key *key, enum mt_key_code code) {
    *key = (struct mt_key){.code = code};
    return true;
}

static bool give_text(struct mt_key *key, const char *bytes, size_t n) {
    struct mt_sv rest = mt_sv_n(bytes, n);
    uint32_t code = mt_utf8_next(&rest);
    if (rest.n > 0 || mt_utf8_harmful(code))
        return false;
    *key = (struct mt_key){.code = MT_KEY_CHAR};
    memcpy(key->text, bytes, n);
    return true;
}

static size_t length_of(unsigned char lead) {
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

static bool take_control(int byte, struct mt_key *key) {
    switch (byte) {
    case '\r':
    case '\n':
        return give(key, MT_KEY_ENTER);
    case '\t':
        return give(key, MT_KEY_TAB);
    case '\b':
    case 127:
        return give(key, MT_KEY_BACKSPACE);
    }
    if ((byte < 1 || byte > 26) && byte != GROUP_SEPARATOR)
        return false;
    give(key, MT_KEY_CTRL);
    key->letter = byte == GROUP_SEPARATOR ? ']' : (char)('a' + byte - 1);
    return true;
}

static bool take_byte(struct mt_decoder *d, int byte, struct mt_key *key) {
    if (d->have > 0) {
        if ((byte & 0xC0) != 0x80) { /* broken off: the new byte stands for itself */
            d->have = 0;
            d->again = byte;
            return false;
        }
        d->bytes[d->have++] = (char)byte;
        if (d->have < d->need)
            return false;
        d->have = 0;
        return give_text(key, d->bytes, d->need);
    }
    if (byte == ESC) {
        d->state = DECODE_ESCAPE;
        return false;
    }
    if (byte < 0x20 || byte == 127)
        return take_control(byte, key);
    if (byte < 0x80)
        return give_text(key, (char[]){(char)byte}, 1);
    d->need = length_of((unsigned char)byte);
    if (d->need > 0)
        d->bytes[d->have++] = (char)byte;
    return false;
}

/* What follows an ESC. */
static bool after_escape(struct mt_decoder *d, int event, struct mt_key *key) {
    d->state = DECODE_PLAIN;
    if (event >= '1' && event <= '9')
        return give(key, (enum mt_key_code)((int)MT_KEY_F1 + event - '1'));
    if (event == '0')
        return give(key, MT_KEY_F10);
    if (event == '[') {
        d->state = DECODE_CSI;
        return false;
    }
    if (event == 'O') {
        d->state = DECODE_SS3;
        return false;
    }
    if (event != DECODE_DRAINED)
        d->again = event; /* Esc, and then quickly something else */
    return give(key, MT_KEY_ESC);
}

static void collect(struct mt_decoder *d, int byte) {
    if (d->raw.n >= MT_PASTE_MAX)
        d->truncated = true;
    else
        mt_buf_char(&d->raw, (char)byte);
}

/* Without the half code point that a cut may have left at the end. */
static struct mt_sv without_half(struct mt_sv raw) {
    for (size_t tail = 1; tail <= 4 && tail <= raw.n; tail++) {
        unsigned char byte = (unsigned char)raw.p[raw.n - tail];
        if ((byte & 0xC0) == 0x80)
            continue;
        return length_of(byte) > tail ? mt_sv_n(raw.p, raw.n - tail) : raw;
    }
    return raw;
}

static bool end_paste(struct mt_decoder *d, struct mt_key *key) {
    struct mt_sv raw = mt_buf_view(&d->raw);
    if (d->truncated)
        raw = without_half(raw);
    mt_buf_clear(&d->paste);
    mt_utf8_clean(&d->paste, raw);
    bool short_of_memory = mt_buf_rc(&d->raw) != MT_OK || mt_buf_rc(&d->paste) != MT_OK;
    give(key, MT_KEY_PASTE);
    key->paste = mt_buf_view(&d->paste);
    key->truncated = d->truncated || short_of_memory;
    d->in_paste = d->truncated = false;
    mt_buf_clear(&d->raw);
    return true;
}

static bool take_in_paste(struct mt_decoder *d, int event, struct mt_key *key) {
    if (event == DECODE_PASTE_END)
        return end_paste(d, key);
    if (d->state == DECODE_ESCAPE && event == DECODE_DRAINED) {
        d->state = DECODE_PLAIN;
        return end_paste(d, key);
    }
    if (event != DECODE_DRAINED)
        d->state = event == ESC ? DECODE_ESCAPE : DECODE_PLAIN;
    if (event >= 0 && event < 256 && event != ESC)
        collect(d, event);
    return false;
}

bool mt_decode(struct mt_decoder *d, int event, struct mt_key *key) {
    d->again = -1;
    if (d->in_paste)
        return take_in_paste(d, event, key);
    if (d->state == DECODE_ESCAPE)
        return after_escape(d, event, key);
    if (event >= 256) { /* whatever was under way has ended */
        d->state = DECODE_PLAIN;
        d->have = event == DECODE_DRAINED ? d->have : 0;
        d->in_paste = event == DECODE_PASTE_START;
        return event > DECODE_KEY && give(key, (enum mt_key_code)(event - DECODE_KEY));
    }
    if (d->state == DECODE_CSI) { /* parameters until a final byte */
        if (event < 0x20 || event > 0x3F)
            d->state = DECODE_PLAIN;
        return false;
    }
    if (d->state == DECODE_SS3) {
        d->state = DECODE_PLAIN;
        return false;
    }
    return take_byte(d, event, key);
}
