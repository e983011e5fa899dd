/* Staff and settings kept in register.db, so that sign-in works offline and without a cache, and the PIN counter. */
#ifndef MEDTERM_STORE_STAFF_H
#define MEDTERM_STORE_STAFF_H

#include <medterm/store/cache.h>
#include <medterm/store/register.h>

/* Takes over what the cache has learned of staff and settings; repeating it changes nothing. *changed may be NULL. */
MT_MUST enum mt_rc mt_register_adopt(struct mt_register *r, struct mt_cache_reader *cache, bool *changed, struct mt_err *err);
/* Active ones, by name. */
MT_MUST enum mt_rc mt_register_staff(struct mt_register *r, struct mt_arena *arena, struct mt_staff **out, size_t *count,
                                     struct mt_err *err);
MT_MUST enum mt_rc mt_register_staff_one(struct mt_register *r, const struct mt_id *staff_id, struct mt_arena *arena,
                                         struct mt_staff *out, struct mt_err *err);
/* "" when not set. */
MT_MUST enum mt_rc mt_register_setting(struct mt_register *r, const char *name, struct mt_arena *arena, const char **value,
                                       struct mt_err *err);
MT_MUST enum mt_rc mt_register_setting_put(struct mt_register *r, const char *name, const char *value, struct mt_err *err);

/* The service's clock when it last told it, kept over a restart; 0: never told. Noting it writes only when it is minutes from what
 * is kept, in either direction: a service whose clock was set right is believed again. */
#define MT_SERVICE_TIME_STEP_MS INT64_C(300000)
MT_MUST enum mt_rc mt_register_service_time(struct mt_register *r, mt_time *out, struct mt_err *err);
MT_MUST enum mt_rc mt_register_note_service_time(struct mt_register *r, mt_time at, struct mt_err *err);

/* A try is counted before the PIN is checked, so that a kill in between gains nothing. MT_DENIED while locked:
 * *locked_ms says for how long. After MT_PIN_TRIES wrong ones each further try locks for longer. */
MT_MUST enum mt_rc mt_register_pin_try(struct mt_register *r, int64_t *locked_ms, struct mt_err *err);
MT_MUST enum mt_rc mt_register_pin_right(struct mt_register *r, const struct mt_id *staff_id, struct mt_err *err);
/* After a wrong one: what is left before the lock, and the lock. */
MT_MUST enum mt_rc mt_register_pin_wrong(struct mt_register *r, int *tries_left, int64_t *locked_ms, struct mt_err *err);

#endif
