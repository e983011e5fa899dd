#include <medterm/base/lock.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static enum mt_rc rc_of(int e) {
    return e == EACCES || e == EPERM || e == EROFS ? MT_READONLY : e == ENOSPC || e == EDQUOT ? MT_FULL : MT_IO;
}

enum mt_rc mt_lock_file(const char *path, int *fd, struct mt_err *err) {
    *fd = -1;
    int f = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (f < 0)
        return mt_fail(err, rc_of(errno), "%.160s could not be opened (%s).", path, strerror(errno));
    if (flock(f, LOCK_EX | LOCK_NB) == 0) {
        *fd = f;
        return MT_OK;
    }
    int e = errno;
    (void)close(f);
    return e == EWOULDBLOCK ? MT_BUSY : mt_fail(err, rc_of(e), "%.160s could not be locked (%s).", path, strerror(e));
}

void mt_lock_release(int fd) {
    if (fd >= 0)
        (void)close(fd);
}
