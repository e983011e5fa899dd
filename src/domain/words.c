/* A text is read code point by code point. Each is folded to what it is kept as, or found to part words; a word under way ends
 * there, and also where digits meet letters, or scripts without spaces meet others. The fold knows the letters of Latin, Greek
 * and Cyrillic; other scripts are kept as they are written. */
#include <medterm/domain/words.h>

#include <medterm/base/utf8.h>

#include <string.h>

/* What a code point is to a word. */
enum kind { GAP, MARK /* no part of a word, and no gap either */, DIGIT, LETTER, DENSE /* of a script without spaces */ };

struct fold {
    uint32_t first, last;
    const char *to;
};

/* Latin-1 and Latin Extended-A, small and capital alike. Sorted; gaps are no letters. */
static const struct fold latin[] = {
    {0xAA, 0xAA, "a"},   {0xB5, 0xB5, "\xCE\xBC"}, {0xBA, 0xBA, "o"},    {0xC0, 0xC5, "a"},   {0xC6, 0xC6, "ae"},
    {0xC7, 0xC7, "c"},   {0xC8, 0xCB, "e"},        {0xCC, 0xCF, "i"},    {0xD0, 0xD0, "d"},   {0xD1, 0xD1, "n"},
    {0xD2, 0xD6, "o"},   {0xD8, 0xD8, "o"},        {0xD9, 0xDC, "u"},    {0xDD, 0xDD, "y"},   {0xDE, 0xDE, "th"},
    {0xDF, 0xDF, "ss"},  {0xE0, 0xE5, "a"},        {0xE6, 0xE6, "ae"},   {0xE7, 0xE7, "c"},   {0xE8, 0xEB, "e"},
    {0xEC, 0xEF, "i"},   {0xF0, 0xF0, "d"},        {0xF1, 0xF1, "n"},    {0xF2, 0xF6, "o"},   {0xF8, 0xF8, "o"},
    {0xF9, 0xFC, "u"},   {0xFD, 0xFD, "y"},        {0xFE, 0xFE, "th"},   {0xFF, 0xFF, "y"},   {0x100, 0x105, "a"},
    {0x106, 0x10D, "c"}, {0x10E, 0x111, "d"},      {0x112, 0x11B, "e"},  {0x11C, 0x123, "g"}, {0x124, 0x127, "h"},
    {0x128, 0x131, "i"}, {0x132, 0x133, "ij"},     {0x134, 0x135, "j"},  {0x136, 0x138, "k"}, {0x139, 0x142, "l"},
    {0x143, 0x14B, "n"}, {0x14C, 0x151, "o"},      {0x152, 0x153, "oe"}, {0x154, 0x159, "r"}, {0x15A, 0x161, "s"},
    {0x162, 0x167, "t"}, {0x168, 0x173, "u"},      {0x174, 0x175, "w"},  {0x176, 0x178, "y"}, {0x179, 0x17E, "z"},
    {0x17F, 0x17F, "s"},
};

struct range {
    uint32_t first, last;
    enum kind kind;
};

/* Above Latin: what is no letter, and the scripts that write without spaces. Sorted; all else is a letter. */
static const struct range ranges[] = {
    {0x300, 0x36F, MARK},    {0x2000, 0x206F, GAP},   {0x20A0, 0x2BFF, GAP},     {0x2E00, 0x2E7F, GAP},    {0x2E80, 0x2FFF, DENSE},
    {0x3000, 0x3004, GAP},   {0x3005, 0x3007, DENSE}, {0x3008, 0x3030, GAP},     {0x3031, 0x31FF, DENSE},  {0x3200, 0x33FF, GAP},
    {0x3400, 0x9FFF, DENSE}, {0xA960, 0xA97F, DENSE}, {0xAC00, 0xD7FF, DENSE},   {0xE000, 0xF8FF, GAP},    {0xF900, 0xFAFF, DENSE},
    {0xFE00, 0xFE0F, MARK},  {0xFE10, 0xFE6F, GAP},   {0xFEFF, 0xFEFF, MARK},    {0xFF00, 0xFF65, GAP},    {0xFF66, 0xFFDC, DENSE},
    {0xFFE0, 0xFFFF, GAP},   {0x1F000, 0x1FAFF, GAP}, {0x20000, 0x3FFFF, DENSE}, {0xE0000, 0xE0FFF, MARK},
};

static enum kind put(uint32_t code, enum kind kind, char out[8]) {
    out[mt_utf8_put(code, out)] = '\0';
    return kind;
}

static enum kind fold_ascii(uint32_t code, char out[8]) {
    if (code >= 'A' && code <= 'Z')
        code += 'a' - 'A';
    if (code >= '0' && code <= '9')
        return put(code, DIGIT, out);
    return code >= 'a' && code <= 'z' ? put(code, LETTER, out) : GAP;
}

static enum kind fold_latin(uint32_t code, char out[8]) {
    if (code == 0xAD)
        return MARK; /* soft hyphen */
    for (size_t i = 0; i < sizeof latin / sizeof latin[0] && code >= latin[i].first; i++)
        if (code <= latin[i].last) {
            memcpy(out, latin[i].to, strlen(latin[i].to) + 1);
            return LETTER;
        }
    return GAP;
}

/* Capitals of Greek and Cyrillic stand a fixed way from their small letters (Unicode 15, CaseFolding.txt). */
static uint32_t small(uint32_t code) {
    if ((code >= 0x391 && code <= 0x3A9) || (code >= 0x410 && code <= 0x42F))
        return code + 0x20;
    return code >= 0x400 && code <= 0x40F ? code + 0x50 : code;
}

/* out: what the code point is kept as, "" for a gap or a mark. */
static enum kind fold(uint32_t code, char out[8]) {
    out[0] = '\0';
    if (code >= 0xFF01 && code <= 0xFF5E)
        code -= 0xFF01 - '!'; /* full width */
    if (code < 0x80)
        return fold_ascii(code, out);
    if (code < 0x180)
        return fold_latin(code, out);
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0] && code >= ranges[i].first; i++)
        if (code <= ranges[i].last)
            return ranges[i].kind == DENSE ? put(code, DENSE, out) : ranges[i].kind;
    return put(small(code), LETTER, out);
}

static void add_word(struct mt_words *words, const char *word, size_t n) {
    for (size_t i = 0; i < words->count; i++)
        if (strlen(words->at[i]) == n && memcmp(words->at[i], word, n) == 0)
            return;
    if (n == 0 || words->count == MT_WORDS_MAX)
        return;
    memcpy(words->at[words->count], word, n);
    words->at[words->count++][n] = '\0';
}

/* A word under way. Of a dense run only as much is kept at a time as one word holds: its first character leaves when it is full. */
struct under_way {
    char text[MT_WORD_TEXT];
    size_t n;
    enum kind kind;
    bool full; /* a letter did not fit: the rest is cut off */
};

static size_t first_character(const struct under_way *w) {
    struct mt_sv rest = mt_sv_n(w->text, w->n);
    (void)mt_utf8_next(&rest);
    return w->n - rest.n;
}

static void drop_first(struct under_way *w) {
    const size_t n = first_character(w);
    memmove(w->text, w->text + n, w->n - n);
    w->n -= n;
}

static void end_word(struct mt_words *words, struct under_way *w, enum mt_words_for use) {
    add_word(words, w->text, w->n);
    while (w->kind == DENSE && use == MT_WORDS_KEPT && w->n > 0) {
        add_word(words, w->text, w->n);
        drop_first(w);
    }
    *w = (struct under_way){.kind = GAP};
}

static void take(struct mt_words *words, struct under_way *w, const char *piece, enum kind kind, enum mt_words_for use) {
    const size_t n = strlen(piece);
    if (kind != w->kind)
        end_word(words, w, use);
    w->kind = kind;
    while (w->n + n >= sizeof w->text && kind == DENSE && use == MT_WORDS_KEPT) {
        add_word(words, w->text, w->n);
        drop_first(w);
    }
    w->full = w->full || w->n + n >= sizeof w->text;
    if (w->full)
        return;
    memcpy(w->text + w->n, piece, n);
    w->n += n;
}

void mt_words_add(struct mt_words *words, struct mt_sv text, enum mt_words_for use) {
    struct under_way w = {.kind = GAP};
    while (text.n > 0) {
        char piece[8];
        const enum kind kind = fold(mt_utf8_next(&text), piece);
        if (kind == GAP)
            end_word(words, &w, use);
        else if (kind != MARK)
            take(words, &w, piece, kind, use);
    }
    end_word(words, &w, use);
}

bool mt_words_match(const struct mt_words *kept, const struct mt_words *asked) {
    for (size_t i = 0; i < asked->count; i++) {
        const size_t n = strlen(asked->at[i]);
        size_t k = 0;
        while (k < kept->count && strncmp(kept->at[k], asked->at[i], n) != 0)
            k++;
        if (k == kept->count)
            return false;
    }
    return true;
}

struct mt_sv mt_words_digits(const struct mt_words *asked, struct mt_sv text) {
    const char *word = asked->count == 1 ? asked->at[0] : "";
    return word[0] != '\0' && word[strspn(word, "0123456789")] == '\0' ? mt_sv(word) : text;
}

size_t mt_phone_digits(struct mt_sv phone, char out[MT_PHONE_DIGITS]) {
    size_t n = 0;
    for (size_t i = 0; i < phone.n; i++) {
        if (phone.p[i] < '0' || phone.p[i] > '9')
            continue;
        if (n == MT_PHONE_DIGITS - 1)
            memmove(out, out + 1, --n);
        out[n++] = phone.p[i];
    }
    out[n] = '\0';
    return n;
}

bool mt_phone_like(struct mt_sv text) {
    size_t digits = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] >= '0' && text.p[i] <= '9')
            digits++;
        else if (text.p[i] == '\0' || strchr(" +-./()", text.p[i]) == NULL)
            return false;
    }
    return digits > 0;
}
