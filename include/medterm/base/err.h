/* Return codes and error detail, shared by every layer.
 *
 * A function that can fail returns enum mt_rc. Detail for a person or a log goes into a caller-owned
 * struct mt_err; a caller that needs no detail passes NULL. Propagate, do not rewrite: the text is
 * set where the failure was seen. Never put patient data into the text. */
#ifndef MEDTERM_BASE_ERR_H
#define MEDTERM_BASE_ERR_H

#include <stddef.h>

/* X(symbol, name, what a person reads when nothing more is known) */
#define MT_RC_TABLE(X)                                                                                                             \
    X(MT_OK, "ok", "done")                                                                                                         \
    X(MT_NOMEM, "no_memory", "not enough memory")                                                                                  \
    X(MT_INVALID, "invalid", "the input is not valid")                                                                             \
    X(MT_LIMIT, "limit", "the input is too large")                                                                                 \
    X(MT_NOTFOUND, "not_found", "no such thing")                                                                                   \
    X(MT_CONFLICT, "conflict", "it contradicts what is already stored")                                                            \
    X(MT_STALE, "stale", "it is based on an older version")                                                                        \
    X(MT_DENIED, "denied", "not allowed")                                                                                          \
    X(MT_BUSY, "busy", "in use by another program")                                                                                \
    X(MT_IO, "io", "reading or writing failed")                                                                                    \
    X(MT_DOUBTFUL, "doubtful", "it is not known whether it was saved")                                                             \
    X(MT_FULL, "disk_full", "the disk is full")                                                                                    \
    X(MT_READONLY, "read_only", "the file can not be written")                                                                     \
    X(MT_CORRUPT, "corrupt", "the file is damaged")                                                                                \
    X(MT_NEWER, "newer", "the file was written by a newer version")                                                                \
    X(MT_OFFLINE, "offline", "the other side did not answer")                                                                      \
    X(MT_CLONED, "cloned", "another machine works under the same identity")                                                        \
    X(MT_BUG, "bug", "an internal fault")

enum mt_rc {
#define MT_X(symbol, name, text) symbol,
    MT_RC_TABLE(MT_X)
#undef MT_X
};

#define MT_MUST __attribute__((warn_unused_result))
#define MT_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Longest detail kept, bytes with the NUL; longer text is cut. */
#define MT_ERR_TEXT 256

struct mt_err {
    enum mt_rc rc;
    char text[MT_ERR_TEXT];
};

/* Borrowed static strings; never NULL. */
const char *mt_rc_name(enum mt_rc rc);
const char *mt_rc_text(enum mt_rc rc);

/* Records rc and the text (err may be NULL) and returns rc, so `return mt_fail(err, MT_IO, "…")` reads well. */
enum mt_rc mt_fail(struct mt_err *err, enum mt_rc rc, const char *format, ...) MT_PRINTF(3, 4);

#ifdef __clang_analyzer__
/* The analyzer does not look into other files: tell it what is returned, or it follows paths on which a failure is MT_OK. */
#define mt_fail(err, rc, ...) ((void)mt_fail(err, rc, __VA_ARGS__), (rc))
#endif

/* The detail, or the code's own text when there is none. Borrowed; never NULL. */
const char *mt_err_text(const struct mt_err *err);

#endif
