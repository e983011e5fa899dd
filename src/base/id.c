/* UUIDv7 (RFC 9562, 5.7 and 6.2 method 1): 48 bits of milliseconds, a counter of 32 bits in rand_a and the top of
 * rand_b, 42 random bits. The counter starts at random in its lower half each millisecond and rises by one while the clock
 * stands still or runs behind; should it ever be used up, the generator borrows the next millisecond. */
#include <medterm/base/id.h>

#include <string.h>

bool mt_id_is(const struct mt_id *id) {
    return id->s[0] != '\0';
}

bool mt_id_eq(const struct mt_id *a, const struct mt_id *b) {
    return strcmp(a->s, b->s) == 0;
}

void mt_id_source_init(struct mt_id_source *s, struct mt_clock clock, struct mt_random random) {
    *s = (struct mt_id_source){.clock = clock, .random = random, .last = -1};
}

static uint32_t counter_start(const unsigned char random[4]) {
    return ((uint32_t)(random[0] & 0x7Fu) << 24) | ((uint32_t)random[1] << 16) | ((uint32_t)random[2] << 8) | random[3];
}

struct mt_id mt_id_from_bytes(const unsigned char uuid[16]) {
    static const char hex[] = "0123456789abcdef";
    struct mt_id id = {0};
    size_t at = 0;
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            id.s[at++] = '-';
        id.s[at++] = hex[uuid[i] >> 4];
        id.s[at++] = hex[uuid[i] & 15u];
    }
    return id;
}

struct mt_id mt_id_new(struct mt_id_source *s) {
    unsigned char random[10];
    s->random.fill(s->random.ctx, random, sizeof random);
    const mt_time top = ((mt_time)1 << 48) - 1;
    mt_time now = s->clock.wall(s->clock.ctx);
    now = now < 0 ? 0 : now > top ? top : now;
    if (now > s->last) {
        s->last = now;
        s->counter = counter_start(random);
    } else if (s->counter < UINT32_MAX) {
        s->counter++;
    } else {
        s->last++;
        s->counter = counter_start(random);
    }
    unsigned char u[16];
    for (size_t i = 0; i < 6; i++)
        u[i] = (unsigned char)((uint64_t)s->last >> (40 - 8 * i));
    uint32_t c = s->counter;
    u[6] = (unsigned char)(0x70u | (c >> 28));
    u[7] = (unsigned char)(c >> 20);
    u[8] = (unsigned char)(0x80u | ((c >> 14) & 0x3Fu));
    u[9] = (unsigned char)(c >> 6);
    u[10] = (unsigned char)(((c & 0x3Fu) << 2) | (random[4] & 3u));
    memcpy(u + 11, random + 5, 5);
    return mt_id_from_bytes(u);
}

enum mt_rc mt_id_parse_uuid(struct mt_sv text, struct mt_id *out) {
    *out = (struct mt_id){0};
    if (text.n != MT_ID_TEXT - 1)
        return MT_INVALID;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (dash ? c != '-' : !hex)
            return MT_INVALID;
    }
    memcpy(out->s, text.p, text.n);
    return MT_OK;
}

enum mt_rc mt_id_parse(struct mt_sv text, struct mt_id *out) {
    *out = (struct mt_id){0};
    if (text.n < 1 || text.n > MT_ID_TEXT - 1)
        return MT_INVALID;
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= ' ' || text.p[i] > '~')
            return MT_INVALID;
    memcpy(out->s, text.p, text.n);
    return MT_OK;
}
