/* A program in a real pseudo terminal with libvterm as the person's screen. Expectations are eventual: they read the terminal
 * until they hold, and fail the test with the screen printed when the deadline passes. Nothing here sleeps. */
#ifndef MEDTERM_TESTS_PTY_H
#define MEDTERM_TESTS_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MT_DEADLINE_MS 60000

struct mt_pty;

/* argv: NULL-terminated; env: NULL-terminated "NAME=value" laid over the test's own, "NAME" alone removes it; may be NULL. */
struct mt_pty *mt_pty_spawn(int rows, int cols, const char *const *argv, const char *const *env);
/* Kills the program if it still runs, reaps it. NULL is fine. */
void mt_pty_free(struct mt_pty *p);

/* Types: text as it is, keys as <F4> <Enter> <Esc> <Tab> <BackTab> <Backspace> <Del> <Ins> <Up> <Down> <Left> <Right> <Home> <End>
 * <PgUp> <PgDn> <Ctrl-X> <Alt-1> <Space> <lt> for '<'. */
void mt_pty_keys(struct mt_pty *p, const char *keys);
void mt_pty_bytes(struct mt_pty *p, const void *bytes, size_t n);
void mt_pty_paste(struct mt_pty *p, const char *text, size_t n); /* bracketed, if the program has asked for it */
/* A hand's pause: part of what is typed, for programs that tell a hand from a scanner; never a wait for the program. */
void mt_pty_pause(struct mt_pty *p, int ms);
void mt_pty_resize(struct mt_pty *p, int rows, int cols);

/* ---- what is on the screen, after whatever has arrived by now ---- */
bool mt_pty_shows(struct mt_pty *p, const char *text);              /* on one row */
void mt_pty_row(struct mt_pty *p, int row, char *out, size_t size); /* UTF-8, trailing blanks removed */
void mt_pty_cursor(struct mt_pty *p, int *row, int *col, bool *visible);
struct mt_pty_look {
    bool bold, reverse;
    int colour; /* palette index, -1: the default */
};
struct mt_pty_look mt_pty_look(struct mt_pty *p, int row, int col);
/* The first place of text; false when it is not there. col counts columns. */
bool mt_pty_find(struct mt_pty *p, const char *text, int *row, int *col);
size_t mt_pty_received(const struct mt_pty *p); /* bytes so far */
void mt_pty_print(struct mt_pty *p);

/* ---- eventually ---- */
#define mt_pty_expect(p, text) mt_pty_expect_at((p), -1, (text), true, __FILE__, __LINE__)
#define mt_pty_expect_row(p, row, text) mt_pty_expect_at((p), (row), (text), true, __FILE__, __LINE__)
#define mt_pty_expect_gone(p, text) mt_pty_expect_at((p), -1, (text), false, __FILE__, __LINE__)
void mt_pty_expect_at(struct mt_pty *p, int row, const char *text, bool there, const char *file, int line);
/* Until probe(ctx) is true; the screen is kept flowing meanwhile. p may be NULL. */
typedef bool mt_probe(void *ctx);
#define mt_pty_until(p, probe, ctx, what) mt_pty_until_at((p), (probe), (ctx), (what), __FILE__, __LINE__)
void mt_pty_until_at(struct mt_pty *p, mt_probe *probe, void *ctx, const char *what, const char *file, int line);
/* Reads what arrives within `ms` of quiet at most; for loops of a test's own. */
void mt_pty_pump(struct mt_pty *p, int ms);

/* ---- the program ---- */
pid_t mt_pty_pid(const struct mt_pty *p);
void mt_pty_kill(struct mt_pty *p, int signal);
/* Waits for its end; the exit status, or 128 + the signal. */
#define mt_pty_expect_exit(p) mt_pty_expect_exit_at((p), __FILE__, __LINE__)
int mt_pty_expect_exit_at(struct mt_pty *p, const char *file, int line);
/* Line editing and echo are on: the terminal is as a shell wants it. */
bool mt_pty_is_restored(const struct mt_pty *p);
/* The terminal goes away under the program. */
void mt_pty_hang_up(struct mt_pty *p);

#endif
