/* The system's disk: how much room a file can still grow into, and whether it is still the same file. */
#include <medterm/base/ports.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static enum mt_rc room(void *ctx, const char *path, int64_t *bytes, struct mt_err *err) {
    struct statvfs v;
    (void)ctx;
    if (statvfs(path, &v) != 0)
        return mt_fail(err, errno == ENOENT ? MT_NOTFOUND : MT_IO, "%.160s: %s", path, strerror(errno));
    if (access(path, W_OK) != 0)
        return mt_fail(err, MT_READONLY, "%.160s: %s", path, strerror(errno));
    const uint64_t free_bytes = (uint64_t)v.f_bavail * v.f_frsize;
    *bytes = free_bytes > INT64_MAX ? INT64_MAX : (int64_t)free_bytes;
    return MT_OK;
}

static enum mt_rc which(void *ctx, const char *path, uint64_t id[2], struct mt_err *err) {
    struct stat st;
    (void)ctx;
    if (stat(path, &st) != 0)
        return mt_fail(err, errno == ENOENT ? MT_NOTFOUND : MT_IO, "%.160s: %s", path, strerror(errno));
    id[0] = (uint64_t)st.st_dev;
    id[1] = (uint64_t)st.st_ino;
    return MT_OK;
}

struct mt_disk mt_disk_system(void) {
    return (struct mt_disk){.ctx = NULL, .room = room, .which = which};
}
