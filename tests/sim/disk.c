/* How it works. Each file has the image that programs see (`seen`), the image that a power failure leaves for certain
 * (`safe`), and the list of changes between the two. A sync makes the images equal and empties the list. Handles carry
 * the generation of their file; a crash raises it, so every later call on an old handle fails as on a dead machine, also
 * the closing of the connection that the harness still has to do to get its memory back. The wal-index lives in plain
 * memory beside the file and is lost with the generation, as shared memory is with its processes. */
#include "disk.h"

#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES 16
#define SHM_REGIONS 64
#define SECTOR 512

struct image {
    unsigned char *p;
    size_t n, cap;
};
struct change {
    bool cut; /* truncate to at; otherwise n bytes at at */
    size_t at, n;
    unsigned char *bytes;
};
struct file {
    struct file *next;
    char name[128];
    struct image seen, safe;
    struct change *changes;
    size_t change_count, change_cap;
    unsigned generation;
    int shared, reserved, pending, exclusive; /* holders of the file lock of this generation */
    void *shm[SHM_REGIONS];
    int shm_shared[SQLITE_SHM_NLOCK];
    bool shm_exclusive[SQLITE_SHM_NLOCK];
    bool deleted;
};
struct node {
    char name[32];
    uint64_t calls, armed, draw;
    enum sim_crash how;
    bool struck, power_lost;
};
struct sim_disk {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    struct file *files;
    struct node nodes[NODES];
    size_t node_count;
    unsigned temp; /* names of files without one */
};
struct handle {
    sqlite3_file base;
    struct sim_disk *disk;
    struct file *file;
    unsigned generation;
    int lock;
    unsigned shm_shared, shm_exclusive;
};

static bool image_size(struct image *i, size_t n) {
    if (n > i->cap) {
        size_t cap = i->cap ? i->cap : 4096;
        while (cap < n)
            cap *= 2;
        unsigned char *p = realloc(i->p, cap);
        if (!p)
            return false;
        i->p = p;
        i->cap = cap;
    }
    if (n > i->n)
        memset(i->p + i->n, 0, n - i->n);
    i->n = n;
    return true;
}

static bool image_put(struct image *i, size_t at, const void *bytes, size_t n) {
    if (at + n > i->n && !image_size(i, at + n))
        return false;
    if (n)
        memcpy(i->p + at, bytes, n);
    return true;
}

static bool image_copy(struct image *to, const struct image *from) {
    to->n = 0;
    return image_size(to, from->n) && image_put(to, 0, from->p, from->n);
}

static void changes_clear(struct file *f) {
    for (size_t i = 0; i < f->change_count; i++)
        free(f->changes[i].bytes);
    f->change_count = 0;
}

static bool change_add(struct file *f, struct change c, const void *bytes) {
    if (f->change_count == f->change_cap) {
        size_t cap = f->change_cap ? f->change_cap * 2 : 32;
        struct change *p = realloc(f->changes, cap * sizeof *p);
        if (!p)
            return false;
        f->changes = p;
        f->change_cap = cap;
    }
    if (bytes != NULL && c.n > 0) {
        c.bytes = malloc(c.n);
        if (!c.bytes)
            return false;
        memcpy(c.bytes, bytes, c.n);
    }
    f->changes[f->change_count++] = c;
    return true;
}

static bool change_apply(struct image *i, const struct change *c, size_t n) {
    return c->cut ? image_size(i, c->at) : image_put(i, c->at, c->bytes, n);
}

static void shm_drop(struct file *f) {
    for (int i = 0; i < SHM_REGIONS; i++) {
        free(f->shm[i]);
        f->shm[i] = NULL;
    }
    memset(f->shm_shared, 0, sizeof f->shm_shared);
    memset(f->shm_exclusive, 0, sizeof f->shm_exclusive);
}

static bool of_node(const struct file *f, const char *node) {
    size_t n = strlen(node);
    return f->name[0] == '/' && !strncmp(f->name + 1, node, n) && f->name[1 + n] == '/';
}

static struct node *node_named(struct sim_disk *d, const char *name, size_t n) {
    for (size_t i = 0; i < d->node_count; i++)
        if (strlen(d->nodes[i].name) == n && !strncmp(d->nodes[i].name, name, n))
            return &d->nodes[i];
    if (d->node_count == NODES || n >= sizeof d->nodes[0].name)
        abort();
    struct node *node = &d->nodes[d->node_count++];
    memcpy(node->name, name, n);
    return node;
}

static struct node *node_of(struct sim_disk *d, const char *path) {
    const char *start = path + 1, *end = strchr(start, '/');
    return node_named(d, start, end ? (size_t)(end - start) : strlen(start));
}

static uint64_t draw_next(uint64_t *state) {
    uint64_t x = *state ? *state : 88172645463325252u;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

/* What the platter holds after the power failed: each unsynced change reached it whole, torn, or not at all. */
static void power_fails(struct file *f, uint64_t *draw) {
    for (size_t i = 0; i < f->change_count; i++) {
        const struct change *c = &f->changes[i];
        uint64_t luck = draw_next(draw) % 4;
        size_t n = c->n;
        if (luck == 0)
            continue;
        if (luck == 1 && n > SECTOR)
            n = (size_t)(draw_next(draw) % (n / SECTOR + 1)) * SECTOR;
        if (!change_apply(&f->safe, c, n))
            abort();
    }
    if (!image_copy(&f->seen, &f->safe))
        abort();
}

void sim_disk_crash(struct sim_disk *d, const char *node, enum sim_crash how, uint64_t draw) {
    struct node *x = node_named(d, node, strlen(node));
    x->armed = 0;
    x->power_lost = x->power_lost || how == SIM_POWER;
    for (struct file *f = d->files; f; f = f->next) {
        if (!of_node(f, node))
            continue;
        f->generation++;
        f->shared = f->reserved = f->pending = f->exclusive = 0;
        shm_drop(f);
        if (how == SIM_POWER)
            power_fails(f, &draw);
        else if (!image_copy(&f->safe, &f->seen))
            abort();
        changes_clear(f);
    }
}

void sim_disk_arm(struct sim_disk *d, const char *node, unsigned n, enum sim_crash how, uint64_t draw) {
    struct node *x = node_named(d, node, strlen(node));
    x->armed = n ? x->calls + n : 0;
    x->how = how;
    x->draw = draw;
}

bool sim_disk_crashed(struct sim_disk *d, const char *node) {
    struct node *x = node_named(d, node, strlen(node));
    bool struck = x->struck;
    x->struck = false;
    return struck;
}

bool sim_disk_power_lost(struct sim_disk *d, const char *node) {
    struct node *x = node_named(d, node, strlen(node));
    bool lost = x->power_lost;
    x->power_lost = false;
    return lost;
}

uint64_t sim_disk_calls(const struct sim_disk *d, const char *node) {
    for (size_t i = 0; i < d->node_count; i++)
        if (!strcmp(d->nodes[i].name, node))
            return d->nodes[i].calls;
    return 0;
}

/* Counts a call that changes the disk; false when the node dies at it. */
static bool alive(struct handle *h) {
    if (h->generation != h->file->generation)
        return false;
    struct node *x = node_of(h->disk, h->file->name);
    x->calls++;
    if (x->armed && x->calls >= x->armed) {
        x->struck = true;
        sim_disk_crash(h->disk, x->name, x->how, x->draw);
        return false;
    }
    return true;
}

static int io_close(sqlite3_file *sf) {
    struct handle *h = (struct handle *)sf;
    if (h->generation == h->file->generation) {
        h->base.pMethods->xUnlock(sf, SQLITE_LOCK_NONE);
        for (int i = 0; i < SQLITE_SHM_NLOCK; i++) {
            if (h->shm_shared & (1u << i))
                h->file->shm_shared[i]--;
            if (h->shm_exclusive & (1u << i))
                h->file->shm_exclusive[i] = false;
        }
    }
    return SQLITE_OK;
}

static int io_read(sqlite3_file *sf, void *to, int n, sqlite3_int64 at) {
    struct handle *h = (struct handle *)sf;
    if (h->generation != h->file->generation)
        return SQLITE_IOERR_READ;
    const struct image *i = &h->file->seen;
    size_t from = (size_t)at, want = (size_t)n, have = from < i->n ? i->n - from : 0;
    if (have >= want) {
        memcpy(to, i->p + from, want);
        return SQLITE_OK;
    }
    if (have)
        memcpy(to, i->p + from, have);
    memset((char *)to + have, 0, want - have);
    return SQLITE_IOERR_SHORT_READ;
}

static int io_write(sqlite3_file *sf, const void *bytes, int n, sqlite3_int64 at) {
    struct handle *h = (struct handle *)sf;
    if (h->generation != h->file->generation)
        return SQLITE_IOERR_WRITE;
    struct change c = {.at = (size_t)at, .n = (size_t)n};
    /* The write is on its way when the power fails, so it is one of those at stake. */
    if (!change_add(h->file, c, bytes) || !image_put(&h->file->seen, c.at, bytes, c.n))
        return SQLITE_IOERR_NOMEM;
    return alive(h) ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

static int io_truncate(sqlite3_file *sf, sqlite3_int64 size) {
    struct handle *h = (struct handle *)sf;
    if (!alive(h))
        return SQLITE_IOERR_TRUNCATE;
    struct change c = {.cut = true, .at = (size_t)size};
    return change_add(h->file, c, NULL) && image_size(&h->file->seen, c.at) ? SQLITE_OK : SQLITE_IOERR_NOMEM;
}

static int io_sync(sqlite3_file *sf, int flags) {
    (void)flags;
    struct handle *h = (struct handle *)sf;
    if (!alive(h))
        return SQLITE_IOERR_FSYNC;
    for (size_t i = 0; i < h->file->change_count; i++)
        if (!change_apply(&h->file->safe, &h->file->changes[i], h->file->changes[i].n))
            return SQLITE_IOERR_NOMEM;
    changes_clear(h->file);
    return SQLITE_OK;
}

static int io_size(sqlite3_file *sf, sqlite3_int64 *size) {
    struct handle *h = (struct handle *)sf;
    if (h->generation != h->file->generation)
        return SQLITE_IOERR_FSTAT;
    *size = (sqlite3_int64)h->file->seen.n;
    return SQLITE_OK;
}

static int io_lock(sqlite3_file *sf, int level) {
    struct handle *h = (struct handle *)sf;
    struct file *f = h->file;
    if (h->generation != f->generation)
        return SQLITE_IOERR_LOCK;
    if (h->lock >= level)
        return SQLITE_OK;
    if (h->lock == SQLITE_LOCK_NONE) {
        if (f->pending || f->exclusive)
            return SQLITE_BUSY;
        f->shared++;
        h->lock = SQLITE_LOCK_SHARED;
    }
    if (level >= SQLITE_LOCK_RESERVED && h->lock < SQLITE_LOCK_RESERVED) {
        if (f->reserved)
            return SQLITE_BUSY;
        f->reserved = 1;
        h->lock = SQLITE_LOCK_RESERVED;
    }
    if (level == SQLITE_LOCK_EXCLUSIVE) {
        if (h->lock < SQLITE_LOCK_PENDING) {
            f->pending = 1;
            h->lock = SQLITE_LOCK_PENDING;
        }
        if (f->shared > 1)
            return SQLITE_BUSY;
        f->exclusive = 1;
        h->lock = SQLITE_LOCK_EXCLUSIVE;
    }
    return SQLITE_OK;
}

static int io_unlock(sqlite3_file *sf, int level) {
    struct handle *h = (struct handle *)sf;
    struct file *f = h->file;
    if (h->generation != f->generation || h->lock <= level)
        return SQLITE_OK;
    if (h->lock == SQLITE_LOCK_EXCLUSIVE)
        f->exclusive = 0;
    if (h->lock >= SQLITE_LOCK_PENDING)
        f->pending = 0;
    if (h->lock >= SQLITE_LOCK_RESERVED)
        f->reserved = 0;
    if (level == SQLITE_LOCK_NONE)
        f->shared--;
    h->lock = level;
    return SQLITE_OK;
}

static int io_reserved(sqlite3_file *sf, int *out) {
    *out = ((struct handle *)sf)->file->reserved;
    return SQLITE_OK;
}

static int io_control(sqlite3_file *sf, int op, void *arg) {
    (void)sf, (void)op, (void)arg;
    return SQLITE_NOTFOUND;
}

static int io_sector(sqlite3_file *sf) {
    (void)sf;
    return SECTOR;
}

static int io_traits(sqlite3_file *sf) {
    (void)sf;
    return 0;
}

static int io_shm_map(sqlite3_file *sf, int region, int size, int extend, void volatile **out) {
    struct handle *h = (struct handle *)sf;
    *out = NULL;
    if (h->generation != h->file->generation || region >= SHM_REGIONS)
        return SQLITE_IOERR_SHMMAP;
    if (!h->file->shm[region]) {
        if (!extend)
            return SQLITE_OK;
        h->file->shm[region] = calloc(1, (size_t)size);
        if (!h->file->shm[region])
            return SQLITE_NOMEM;
    }
    *out = h->file->shm[region];
    return SQLITE_OK;
}

static int shm_take(struct handle *h, unsigned mask, bool exclusive) {
    for (int i = 0; i < SQLITE_SHM_NLOCK; i++) {
        unsigned bit = 1u << i;
        if (!(mask & bit))
            continue;
        int others = h->file->shm_shared[i] - ((h->shm_shared & bit) ? 1 : 0);
        if ((h->file->shm_exclusive[i] && !(h->shm_exclusive & bit)) || (exclusive && others > 0))
            return SQLITE_BUSY;
    }
    for (int i = 0; i < SQLITE_SHM_NLOCK; i++) {
        unsigned bit = 1u << i;
        if (!(mask & bit))
            continue;
        if (exclusive) {
            h->file->shm_exclusive[i] = true;
            h->shm_exclusive |= bit;
        } else if (!(h->shm_shared & bit)) {
            h->file->shm_shared[i]++;
            h->shm_shared |= bit;
        }
    }
    return SQLITE_OK;
}

static void shm_give(struct handle *h, unsigned mask) {
    for (int i = 0; i < SQLITE_SHM_NLOCK; i++) {
        unsigned bit = 1u << i;
        if (!(mask & bit))
            continue;
        if (h->shm_exclusive & bit)
            h->file->shm_exclusive[i] = false;
        if (h->shm_shared & bit)
            h->file->shm_shared[i]--;
        h->shm_exclusive &= ~bit;
        h->shm_shared &= ~bit;
    }
}

static int io_shm_lock(sqlite3_file *sf, int at, int n, int flags) {
    struct handle *h = (struct handle *)sf;
    if (h->generation != h->file->generation)
        return SQLITE_IOERR_SHMLOCK;
    unsigned mask = ((1u << n) - 1u) << at;
    if (flags & SQLITE_SHM_UNLOCK) {
        shm_give(h, mask);
        return SQLITE_OK;
    }
    return shm_take(h, mask, (flags & SQLITE_SHM_EXCLUSIVE) != 0);
}

static void io_shm_barrier(sqlite3_file *sf) {
    (void)sf;
}

static int io_shm_unmap(sqlite3_file *sf, int remove) {
    (void)remove; /* kept until a crash: another connection may map it again, and it is then still right */
    struct handle *h = (struct handle *)sf;
    if (h->generation == h->file->generation)
        shm_give(h, ~0u);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = io_close,
    .xRead = io_read,
    .xWrite = io_write,
    .xTruncate = io_truncate,
    .xSync = io_sync,
    .xFileSize = io_size,
    .xLock = io_lock,
    .xUnlock = io_unlock,
    .xCheckReservedLock = io_reserved,
    .xFileControl = io_control,
    .xSectorSize = io_sector,
    .xDeviceCharacteristics = io_traits,
    .xShmMap = io_shm_map,
    .xShmLock = io_shm_lock,
    .xShmBarrier = io_shm_barrier,
    .xShmUnmap = io_shm_unmap,
};

static struct file *file_named(struct sim_disk *d, const char *name) {
    for (struct file *f = d->files; f; f = f->next)
        if (!strcmp(f->name, name))
            return f;
    return NULL;
}

static struct file *file_make(struct sim_disk *d, const char *name) {
    struct file *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    if ((size_t)snprintf(f->name, sizeof f->name, "%s", name) >= sizeof f->name)
        abort();
    f->next = d->files;
    d->files = f;
    return f;
}

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *sf, int flags, int *out_flags) {
    struct sim_disk *d = v->pAppData;
    struct handle *h = (struct handle *)sf;
    char made[64];
    h->base.pMethods = NULL;
    if (!name) {
        (void)snprintf(made, sizeof made, "/temp/%u", d->temp++);
        name = made;
    }
    struct file *f = file_named(d, name);
    if (!f || f->deleted) {
        if (!(flags & SQLITE_OPEN_CREATE))
            return SQLITE_CANTOPEN;
        if (!f && !(f = file_make(d, name)))
            return SQLITE_NOMEM;
        f->deleted = false;
    }
    *h = (struct handle){.base = {.pMethods = &methods}, .disk = d, .file = f, .generation = f->generation};
    if (out_flags)
        *out_flags = flags;
    return SQLITE_OK;
}

/* Directory entries are durable at once: what is at stake here are contents. */
static int vfs_delete(sqlite3_vfs *v, const char *name, int sync_dir) {
    (void)sync_dir;
    struct file *f = file_named(v->pAppData, name);
    if (!f || f->deleted)
        return SQLITE_IOERR_DELETE_NOENT;
    struct handle h = {.disk = v->pAppData, .file = f, .generation = f->generation};
    if (!alive(&h))
        return SQLITE_IOERR_DELETE;
    f->deleted = true;
    f->generation++;
    f->seen.n = f->safe.n = 0;
    changes_clear(f);
    shm_drop(f);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *v, const char *name, int flags, int *out) {
    (void)flags;
    struct file *f = file_named(v->pAppData, name);
    *out = f && !f->deleted && f->seen.n > 0;
    return SQLITE_OK;
}

static int vfs_path(sqlite3_vfs *v, const char *name, int n, char *out) {
    (void)v;
    return (size_t)snprintf(out, (size_t)n, "%s", name) < (size_t)n ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int vfs_random(sqlite3_vfs *v, int n, char *out) {
    (void)v;
    memset(out, 42, (size_t)n); /* the simulator must run the same way twice */
    return n;
}

static int vfs_sleep(sqlite3_vfs *v, int us) {
    (void)v;
    return us;
}

static int vfs_time(sqlite3_vfs *v, sqlite3_int64 *out) {
    (void)v;
    *out = INT64_C(210866760000000);
    return SQLITE_OK;
}

static int vfs_error(sqlite3_vfs *v, int n, char *out) {
    (void)v, (void)n, (void)out;
    return 0;
}

struct sim_disk *sim_disk_new(const char *name) {
    struct sim_disk *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    d->vfs = (sqlite3_vfs){.iVersion = 2,
                           .szOsFile = sizeof(struct handle),
                           .mxPathname = 128,
                           .zName = name,
                           .pAppData = d,
                           .xOpen = vfs_open,
                           .xDelete = vfs_delete,
                           .xAccess = vfs_access,
                           .xFullPathname = vfs_path,
                           .xRandomness = vfs_random,
                           .xSleep = vfs_sleep,
                           .xGetLastError = vfs_error,
                           .xCurrentTimeInt64 = vfs_time};
    if (sqlite3_vfs_register(&d->vfs, 0) != SQLITE_OK) {
        free(d);
        return NULL;
    }
    return d;
}

void sim_disk_free(struct sim_disk *d) {
    if (!d)
        return;
    (void)sqlite3_vfs_unregister(&d->vfs);
    for (struct file *f = d->files, *next; f; f = next) {
        next = f->next;
        changes_clear(f);
        shm_drop(f);
        free(f->changes);
        free(f->seen.p);
        free(f->safe.p);
        free(f);
    }
    free(d);
}

static void node_empty(struct sim_disk *d, const char *node) {
    for (struct file *f = d->files; f; f = f->next) {
        if (!of_node(f, node))
            continue;
        f->deleted = true;
        f->generation++;
        f->shared = f->reserved = f->pending = f->exclusive = 0;
        f->seen.n = f->safe.n = 0;
        changes_clear(f);
        shm_drop(f);
    }
    struct node *x = node_named(d, node, strlen(node));
    x->armed = 0;
    x->struck = x->power_lost = false;
}

bool sim_disk_clone(struct sim_disk *d, const char *from, const char *to) {
    node_empty(d, to);
    for (struct file *f = d->files; f; f = f->next) {
        if (!of_node(f, from) || f->deleted)
            continue;
        char name[128];
        if ((size_t)snprintf(name, sizeof name, "/%s%s", to, f->name + 1 + strlen(from)) >= sizeof name)
            return false;
        struct file *copy = file_named(d, name);
        if (!copy && !(copy = file_make(d, name)))
            return false;
        copy->deleted = false;
        if (!image_copy(&copy->seen, &f->seen) || !image_copy(&copy->safe, &f->seen))
            return false;
    }
    return true;
}
