/* Log lines, key=value, one event a line, to a file descriptor that is never the terminal of the screens.
 * Patient and payment data are masked by type: only the fields below exist, and the personal ones print a mask. */
#ifndef MEDTERM_BASE_LOG_H
#define MEDTERM_BASE_LOG_H

#include <medterm/base/ports.h>

enum mt_log_level { MT_LOG_DEBUG, MT_LOG_INFO, MT_LOG_WARN, MT_LOG_ERROR };
enum mt_log_type { MT_LOG_END, MT_LOG_TEXT, MT_LOG_INT, MT_LOG_PERSON, MT_LOG_PHONE };

struct mt_log_field {
    enum mt_log_type type;
    const char *key;  /* borrowed */
    const char *text; /* borrowed; TEXT is made harmless and quoted when needed, PERSON and PHONE are masked */
    int64_t number;
};
#define MT_L_TEXT(k, v) ((struct mt_log_field){.type = MT_LOG_TEXT, .key = (k), .text = (v)})
#define MT_L_INT(k, v) ((struct mt_log_field){.type = MT_LOG_INT, .key = (k), .number = (v)})
#define MT_L_PERSON(k, v) ((struct mt_log_field){.type = MT_LOG_PERSON, .key = (k), .text = (v)})
#define MT_L_PHONE(k, v) ((struct mt_log_field){.type = MT_LOG_PHONE, .key = (k), .text = (v)})

struct mt_log {
    int fd; /* borrowed; -1 writes nothing */
    enum mt_log_level least;
    struct mt_clock clock;
};

/* mt_log_event(log, MT_LOG_INFO, "push", MT_L_INT("operations", 3)); at least one field;
 * safe from several threads. log may be NULL. */
#define mt_log_event(log, level, event, ...)                                                                                       \
    mt_log_fields((log), (level), (event), (const struct mt_log_field[]){__VA_ARGS__, {.type = MT_LOG_END}})
void mt_log_fields(const struct mt_log *log, enum mt_log_level level, const char *event, const struct mt_log_field *fields);

#endif
