/* Directories, the lock, and files written whole. */
#include <medterm/store/files.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static enum mt_rc rc_of_errno(int e) {
    switch (e) {
    case ENOSPC:
    case EDQUOT:
        return MT_FULL;
    case EACCES:
    case EPERM:
    case EROFS:
        return MT_READONLY;
    case ENOENT:
        return MT_NOTFOUND;
    }
    return MT_IO;
}

static enum mt_rc file_fail(struct mt_err *err, const char *path, const char *doing) {
    int e = errno;
    return mt_fail(err, rc_of_errno(e), "%s could not be %s (%s).", path, doing, strerror(e));
}

enum mt_rc mt_dir_make(const char *path, struct mt_err *err) {
    char *copy = strdup(path);
    if (copy == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory.");
    }
    enum mt_rc rc = MT_OK;
    for (char *p = copy + 1; rc == MT_OK; p++) {
        if (*p != '/' && *p != '\0') {
            continue;
        }
        const char was = *p;
        *p = '\0';
        if (mkdir(copy, 0700) != 0 && errno != EEXIST) {
            rc = file_fail(err, copy, "made");
        }
        *p = was;
        if (was == '\0') {
            break;
        }
    }
    struct stat st;
    if (rc == MT_OK && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))) {
        rc = mt_fail(err, MT_IO, "%s is not a directory.", path);
    }
    free(copy);
    return rc;
}

enum mt_rc mt_lock_take(const char *dir, int *fd, struct mt_err *err) {
    struct mt_buf path;
    mt_buf_init(&path, 4096);
    mt_buf_fmt(&path, "%s/lock", dir);
    *fd = -1;
    enum mt_rc rc = mt_buf_rc(&path);
    if (rc == MT_OK)
        rc = mt_lock_file(mt_buf_text(&path), fd, err);
    if (rc == MT_BUSY)
        rc = mt_fail(err, MT_BUSY, "Another medterm is already open on %s. Use that one, or close it first.", dir);
    mt_buf_fini(&path);
    return rc;
}

static enum mt_rc copy_bytes(int from, int to, const char *name, struct mt_err *err) {
    static const size_t piece = 65536;
    char *bytes = malloc(piece);
    if (bytes == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory.");
    }
    enum mt_rc rc = MT_OK;
    for (;;) {
        ssize_t n = read(from, bytes, piece);
        if (n == 0) {
            break;
        }
        if (n < 0 || write(to, bytes, (size_t)n) != n) {
            rc = file_fail(err, name, "copied");
            break;
        }
    }
    if (rc == MT_OK && fsync(to) != 0) {
        rc = file_fail(err, name, "copied");
    }
    free(bytes);
    return rc;
}

/* A whole copy or none: through a file beside it, so that a kill or a full disk leaves no half of one under its name. */
static enum mt_rc copy_file(const char *from, const char *to, struct mt_err *err) {
    if (access(to, F_OK) == 0) {
        return MT_OK; /* the same damage was kept at an earlier start */
    }
    struct mt_buf part;
    mt_buf_init(&part, 4096);
    mt_buf_fmt(&part, "%s.part", to);
    enum mt_rc rc = mt_buf_rc(&part);
    const int in = rc == MT_OK ? open(from, O_RDONLY | O_CLOEXEC) : -1;
    if (rc == MT_OK && in < 0) {
        rc = file_fail(err, from, "read");
    }
    const int out = rc == MT_OK ? open(mt_buf_text(&part), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    if (rc == MT_OK) {
        rc = out >= 0 ? copy_bytes(in, out, to, err) : file_fail(err, to, "written");
    }
    if (in >= 0) {
        (void)close(in);
    }
    if (out >= 0 && close(out) != 0 && rc == MT_OK) {
        rc = file_fail(err, to, "written");
    }
    if (rc == MT_OK && rename(mt_buf_text(&part), to) != 0) {
        rc = file_fail(err, to, "written");
    }
    mt_buf_fini(&part);
    return rc;
}

/* Both under one time, the later of theirs: under these names SQLite would read the copy with its log. */
enum mt_rc mt_file_set_aside(const char *dir, const char *name, struct mt_buf *copy, struct mt_err *err) {
    struct mt_buf path, log, log_copy;
    struct stat st = {0}, log_st = {0};
    mt_buf_init(&path, 4096);
    mt_buf_init(&log, 4096);
    mt_buf_init(&log_copy, 4096);
    mt_buf_fmt(&path, "%s/%s", dir, name);
    mt_buf_fmt(&log, "%s-wal", mt_buf_text(&path));
    const bool there = stat(mt_buf_text(&path), &st) == 0;
    const bool log_there = stat(mt_buf_text(&log), &log_st) == 0;
    enum mt_rc rc = there || log_there ? MT_OK : file_fail(err, mt_buf_text(&path), "read");
    const time_t at = log_there && log_st.st_mtime > st.st_mtime ? log_st.st_mtime : st.st_mtime;
    mt_buf_fmt(copy, "%s.damaged-%lld", mt_buf_text(&path), (long long)at);
    mt_buf_fmt(&log_copy, "%s-wal", mt_buf_text(copy));
    if (rc == MT_OK) {
        rc = mt_buf_rc(&log_copy) == MT_OK ? mt_buf_rc(copy) : mt_buf_rc(&log_copy);
    }
    if (rc == MT_OK && there) {
        rc = copy_file(mt_buf_text(&path), mt_buf_text(copy), err);
    }
    if (rc == MT_OK && log_there) {
        rc = copy_file(mt_buf_text(&log), mt_buf_text(&log_copy), err);
    }
    mt_buf_fini(&path);
    mt_buf_fini(&log);
    mt_buf_fini(&log_copy);
    return rc;
}

static enum mt_rc write_all(int fd, struct mt_sv bytes, const char *path, struct mt_err *err) {
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return file_fail(err, path, "written");
        }
        bytes.p += n;
        bytes.n -= (size_t)n;
    }
    return fsync(fd) == 0 ? MT_OK : file_fail(err, path, "written");
}

enum mt_rc mt_file_write(const char *path, struct mt_sv bytes, struct mt_err *err) {
    struct mt_buf part;
    mt_buf_init(&part, 4096);
    mt_buf_fmt(&part, "%s.part-XXXXXX", path);
    enum mt_rc rc = mt_buf_rc(&part);
    if (rc == MT_OK) {
        int fd = mkstemp(part.p); /* 0600 */
        rc = fd >= 0 ? write_all(fd, bytes, path, err) : file_fail(err, path, "written");
        if (fd >= 0 && close(fd) != 0 && rc == MT_OK) {
            rc = file_fail(err, path, "written");
        }
        if (rc == MT_OK && rename(mt_buf_text(&part), path) != 0) {
            rc = file_fail(err, path, "written");
        }
        if (rc != MT_OK && fd >= 0) {
            (void)unlink(mt_buf_text(&part));
        }
    }
    mt_buf_fini(&part);
    return rc;
}
