/* The till put together: files, line, helper. Shared by the screens and by `medterm sell …`, which use the same calls; the
 * screens' loop is in app/loop.h, the commands in app/command.h. One thread calls all of this. */
#ifndef MEDTERM_APP_APP_H
#define MEDTERM_APP_APP_H

#include <medterm/base/log.h>
#include <medterm/store/staff.h>
#include <medterm/store/view.h>
#include <medterm/sync/sync.h>

struct mt_app;

enum mt_app_use {
    MT_APP_READ,   /* reading commands: no lock, no line */
    MT_APP_ONCE,   /* a command that writes: lock, line without long poll, the helper's work done inline */
    MT_APP_SCREENS /* lock, line with long poll, helper thread */
};
struct mt_app_options {
    enum mt_app_use use;
    const char *state_dir, *cache_dir; /* copied */
    const char *server;                /* NULL: the one enrolled with; copied */
    struct mt_clock clock;
    struct mt_random random;
    const struct mt_log *log;   /* borrowed, may be NULL */
    int64_t utc_offset_minutes; /* of the store's wall clock */
};
MT_MUST enum mt_rc mt_app_open(const struct mt_app_options *o, struct mt_app **out, struct mt_err *err);
void mt_app_close(struct mt_app *a); /* NULL is fine */

struct mt_register *mt_app_register(struct mt_app *a);   /* borrowed */
struct mt_cache_reader *mt_app_reader(struct mt_app *a); /* borrowed until the next turn; NULL when there is no cache */
struct mt_date mt_app_today(const struct mt_app *a); /* by the clock, or by the service's at the last contact when that is later */
bool mt_app_online(const struct mt_app *a);
void mt_app_sync_state(const struct mt_app *a, struct mt_sync_state *out);

/* One turn of the line: starts what sync wants, waits at most timeout_ms for sockets, the helper and fds (ready as in
 * mt_net_wait), and takes what came. */
MT_MUST enum mt_rc mt_app_turn(struct mt_app *a, const int *fds, bool *ready, size_t count, int64_t timeout_ms, struct mt_err *err);
/* Turns until sync has nothing left to do or fails, at most for_ms. push_only: the feed is left alone. */
enum mt_sync_goal { MT_SYNC_PUSH, MT_SYNC_ALL };
MT_MUST enum mt_rc mt_app_sync(struct mt_app *a, enum mt_sync_goal goal, int64_t for_ms, struct mt_err *err);
/* Refusals that came since the last call, one a call. */
bool mt_app_refused(struct mt_app *a, struct mt_sync_refused *out);

/* Enrols and waits for the answer. MT_DENIED or MT_OFFLINE in words. */
MT_MUST enum mt_rc mt_app_enrol(struct mt_app *a, const char *url, const char *code, struct mt_err *err);

/* Commits with what the line is doing; the order as saved. For kinds other than order.create the order is looked up by its number;
 * MT_CONFLICT when it is already where it should go, with the order as it is. Money for another register's order needs the line:
 * MT_DENIED. */
MT_MUST enum mt_rc mt_app_commit(struct mt_app *a, struct mt_op *op, bool clear_cart, struct mt_arena *arena,
                                 struct mt_order *order, struct mt_err *err);

/* A drug as sold here: cached stock minus what is not yet answered. */
struct mt_shelf_drug {
    struct mt_cached_drug cached;
    int64_t free;
};
MT_MUST enum mt_rc mt_app_by_code(struct mt_app *a, const char *code, struct mt_arena *arena, struct mt_shelf_drug *out,
                                  struct mt_err *err);
MT_MUST enum mt_rc mt_app_search(struct mt_app *a, struct mt_sv text, size_t limit, struct mt_arena *arena,
                                 struct mt_shelf_drug **out, size_t *count, struct mt_err *err);

/* The receipt as text, and where it is kept. */
MT_MUST enum mt_rc mt_app_receipt(struct mt_app *a, const char *order_no, bool copy, bool offline, struct mt_buf *text,
                                  struct mt_buf *path, struct mt_err *err);
/* The unsent operations as a JSON document. */
MT_MUST enum mt_rc mt_app_export(struct mt_app *a, struct mt_buf *json, size_t *count, struct mt_err *err);

/* instance_id: SHA-256 of the machine's id and the register's secret. */
void mt_instance_id(const char *machine_id, const char *secret, char out[65]);

#endif
