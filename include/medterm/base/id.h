/* Identifiers: texts of at most 36 bytes. Those a program makes are UUIDs (RFC 9562): version 7, ordered by
 * time, for everything new; version 5 where the same cause must always give the same id. */
#ifndef MEDTERM_BASE_ID_H
#define MEDTERM_BASE_ID_H

#include <medterm/base/ports.h>

#define MT_ID_TEXT 37

struct mt_id {
    char s[MT_ID_TEXT]; /* NUL-terminated; "" means none */
};

struct mt_id mt_id_from_bytes(const unsigned char uuid[16]); /* its text form, 8-4-4-4-12 in lower case */
bool mt_id_is(const struct mt_id *id);
bool mt_id_eq(const struct mt_id *a, const struct mt_id *b);
/* A new UUIDv7; within one generator they rise strictly, also when the clock stands still or goes back. */
struct mt_id_source {
    struct mt_clock clock;
    struct mt_random random;
    mt_time last;
    uint32_t counter;
};
void mt_id_source_init(struct mt_id_source *s, struct mt_clock clock, struct mt_random random);
struct mt_id mt_id_new(struct mt_id_source *s);
/* MT_INVALID unless text is a UUID in lower-case 8-4-4-4-12 form. */
MT_MUST enum mt_rc mt_id_parse_uuid(struct mt_sv text, struct mt_id *out);
/* Any text of 1 to 36 printable ASCII bytes without space. */
MT_MUST enum mt_rc mt_id_parse(struct mt_sv text, struct mt_id *out);

#endif
