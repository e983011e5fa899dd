/* Opening the till in the order that keeps it safe: the lock and the precious file first, then the cache, which may be
 * missing or thrown away, then the line. Reading commands open both files for reading and nothing else. */
#include "app_impl.h"

#include <medterm/crypto/crypto.h>
#include <medterm/store/files.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LONG_POLL_S 25

void mt_instance_id(const char *machine_id, const char *secret, char out[65]) {
    struct mt_buf b;
    mt_buf_init(&b, 1024);
    mt_buf_fmt(&b, "medterm instance\n%s\n%s\n", machine_id, secret);
    mt_hash_hex(mt_buf_view(&b), out);
    mt_buf_fini(&b);
}

/* systemd's machine id; a machine without one is told apart by the register's secret alone. */
static void machine_id(char out[65]) {
    static const char *const files[] = {"/etc/machine-id", "/var/lib/dbus/machine-id"};
    out[0] = '\0';
    for (size_t i = 0; i < sizeof files / sizeof files[0] && out[0] == '\0'; i++) {
        char text[65] = "";
        const int fd = open(files[i], O_RDONLY | O_CLOEXEC);
        const ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
        if (fd >= 0) {
            (void)close(fd);
        }
        if (n > 0 && mt_sv_copy(mt_sv_trim(mt_sv_n(text, (size_t)n)), out, 65) != MT_OK) {
            out[0] = '\0';
        }
    }
}

static enum mt_rc keep(const char *text, char **to, struct mt_err *err) {
    *to = text != NULL ? strdup(text) : NULL;
    return *to != NULL || text == NULL ? MT_OK : mt_fail(err, MT_NOMEM, "Not enough memory to open the till.");
}

enum mt_rc app_reader_open(struct mt_app *a, struct mt_err *err) {
    const struct mt_cache_options o = {.dir = a->cache_dir, .clock = a->o.clock};
    mt_cache_reader_close(a->reader);
    a->reader = NULL;
    enum mt_rc rc = mt_cache_reader_open(&o, &a->reader, err);
    return rc == MT_NOTFOUND ? MT_OK : rc;
}

static enum mt_rc open_cache(struct mt_app *a, struct mt_err *err) {
    const struct mt_cache_options o = {.dir = a->cache_dir, .clock = a->o.clock};
    struct mt_cache *cache = NULL;
    enum mt_rc rc = mt_dir_make(a->cache_dir, err);
    if (rc == MT_OK) {
        rc = mt_cache_open(&o, &cache, err);
    }
    if (rc == MT_OK) {
        rc = helper_start(cache, a->o.use == MT_APP_SCREENS, &a->helper, err);
    }
    return rc == MT_OK ? app_reader_open(a, err) : rc;
}

static enum mt_rc open_line(struct mt_app *a, struct mt_err *err) {
    char machine[65];
    machine_id(machine);
    mt_instance_id(machine, mt_register_secret(a->reg), a->instance_id);
    const struct mt_sync_options o = {
        .reg = a->reg,
        .instance_id = a->instance_id,
        .clock = a->o.clock,
        .random = a->o.random,
        .log = a->o.log,
        .wait_s = a->o.use == MT_APP_SCREENS ? LONG_POLL_S : 0,
    };
    enum mt_rc rc = mt_net_new(&a->net, err);
    if (rc == MT_OK) {
        rc = mt_sync_new(&o, &a->sync, err);
    }
    if (rc == MT_OK) {
        mt_sync_cursor(a->sync, mt_cache_cursor(helper_cache(a->helper)));
    }
    return rc;
}

/* What the cache learned last time and did not get told on. */
static enum mt_rc catch_up(struct mt_app *a, struct mt_err *err) {
    struct mt_arena arena;
    mt_arena_init(&arena, 64u << 20);
    struct mt_sold *sold = NULL;
    size_t count = 0;
    struct mt_cache_facts facts;
    a->filling = a->reader == NULL || mt_cache_facts(a->reader, &arena, &facts, NULL) != MT_OK || !facts.complete;
    enum mt_rc rc = a->reader != NULL ? mt_register_adopt(a->reg, a->reader, NULL, err) : MT_OK;
    if (rc == MT_OK) {
        rc = mt_register_sold(a->reg, &arena, &sold, &count, err);
    }
    struct mt_sold *copy = rc == MT_OK && count > 0 ? calloc(count, sizeof *copy) : NULL;
    if (copy != NULL) {
        memcpy(copy, sold, count * sizeof *copy);
        app_rank(a, copy, count);
    }
    mt_arena_fini(&arena);
    return rc;
}

static enum mt_rc open_all(struct mt_app *a, struct mt_err *err) {
    const bool reading = a->o.use == MT_APP_READ;
    enum mt_rc rc = mt_crypto_init();
    if (rc != MT_OK) {
        return mt_fail(err, rc, "The cryptographic library does not start.");
    }
    if (!reading) {
        rc = mt_dir_make(a->state_dir, err);
    }
    const struct mt_register_options o = {
        .dir = a->state_dir, .read_only = reading, .lock = !reading, .clock = a->o.clock, .random = a->o.random};
    if (rc == MT_OK) {
        rc = mt_register_open(&o, &a->reg, err);
    }
    if (rc == MT_OK && mt_register_enrolled(a->reg) != NULL) {
        rc = mt_register_service_time(a->reg, &a->service_time, err);
    }
    if (rc != MT_OK || reading) {
        return rc == MT_OK ? app_reader_open(a, err) : rc;
    }
    rc = open_cache(a, err);
    if (rc == MT_OK) {
        rc = open_line(a, err);
    }
    return rc == MT_OK ? catch_up(a, err) : rc;
}

enum mt_rc mt_app_open(const struct mt_app_options *o, struct mt_app **out, struct mt_err *err) {
    *out = NULL;
    struct mt_app *a = calloc(1, sizeof *a);
    if (a == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory to open the till.");
    }
    a->o = *o;
    a->finished_last = &a->finished;
    mt_buf_init(&a->enrol_body, 4096);
    mt_buf_init(&a->enrol_answer, 65536);
    enum mt_rc rc = keep(o->state_dir, &a->state_dir, err);
    if (rc == MT_OK) {
        rc = keep(o->cache_dir, &a->cache_dir, err);
    }
    if (rc == MT_OK) {
        rc = keep(o->server, &a->server, err);
    }
    if (rc == MT_OK) {
        rc = open_all(a, err);
    }
    if (rc != MT_OK) {
        mt_app_close(a);
        return rc;
    }
    *out = a;
    return MT_OK;
}

void mt_app_close(struct mt_app *a) {
    if (a == NULL) {
        return;
    }
    mt_net_free(a->net);              /* before sync: its bodies are borrowed from there */
    mt_cache_reader_close(a->reader); /* before the writer, which then leaves a whole file */
    helper_stop(a->helper);
    mt_sync_free(a->sync);
    mt_register_close(a->reg);
    struct job *j;
    while ((j = app_finished(a)) != NULL) {
        job_free(j);
    }
    mt_buf_fini(&a->enrol_body);
    mt_buf_fini(&a->enrol_answer);
    free(a->state_dir);
    free(a->cache_dir);
    free(a->server);
    free(a);
}

struct mt_register *mt_app_register(struct mt_app *a) {
    return a->reg;
}

struct mt_cache_reader *mt_app_reader(struct mt_app *a) {
    return a->reader;
}

void mt_app_sync_state(const struct mt_app *a, struct mt_sync_state *out) {
    if (a->sync == NULL) {
        *out = (struct mt_sync_state){.link = MT_SYNC_OFFLINE, .why = ""};
        return;
    }
    mt_sync_state(a->sync, out);
}

bool mt_app_online(const struct mt_app *a) {
    struct mt_sync_state s;
    mt_app_sync_state(a, &s);
    return s.link == MT_SYNC_ONLINE;
}

struct mt_date mt_app_today(const struct mt_app *a) {
    const mt_time now = a->o.clock.wall(a->o.clock.ctx);
    return mt_date_of((a->service_time > now ? a->service_time : now) + a->o.utc_offset_minutes * 60000);
}

struct job *app_finished(struct mt_app *a) {
    struct job *j = a->finished;
    if (j != NULL) {
        a->finished = j->next;
        if (a->finished == NULL) {
            a->finished_last = &a->finished;
        }
    }
    return j;
}

void app_give(struct mt_app *a, struct job *j) {
    helper_give(a->helper, j);
}

void app_rank(struct mt_app *a, struct mt_sold *sold, size_t count) {
    struct job *j = a->helper != NULL && count > 0 ? job_new(JOB_RANK) : NULL;
    if (j == NULL) {
        free(sold); /* the order of suggestions waits for the next start */
        return;
    }
    j->sold = sold;
    j->sold_count = count;
    app_give(a, j);
}
