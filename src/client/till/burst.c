/* Tells a scanner from a hand: a scanner that plays keyboard sends its characters within a few milliseconds of each
 * other, and Enter behind them. Six in a row are taken for one; no hand types so fast, and no PIN or sum is so hurried. */
#include "parts.h"

enum { ENTER_GAP_MS = 3 * MT_BURST_GAP_MS };

void till_burst_char(struct mt_burst *b, int64_t mono) {
    b->count = b->count > 0 && mono - b->last <= MT_BURST_GAP_MS ? b->count + 1 : 1;
    b->last = mono;
}

bool till_burst_is(const struct mt_burst *b) {
    return b->count >= MT_BURST_CHARS;
}

bool till_burst_ends(const struct mt_burst *b, int64_t mono) {
    return till_burst_is(b) && mono - b->last <= ENTER_GAP_MS;
}
