/* forkpty by hand (posix_openpt, a session, a controlling terminal), libvterm fed from the master side. All waiting is one
 * function, wait_for: poll on the master and on the program's pidfd, feed what came, look again. Writing goes through poll
 * as well and reads while it waits, because a program that is blocked on a full terminal would never take its input. */
#define _GNU_SOURCE /* ptsname_r, posix_openpt */
#include "pty.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#define PROBE_EVERY_MS 20
#define MARK_BYTES 32

struct mt_pty {
    int master, slave, pidfd; /* -1: closed. The slave is kept open so that the master never reads an end between two openers */
    pid_t pid;
    int status; /* of wait, once ended */
    bool ended, cursor_visible;
    int rows, cols;
    size_t received;
    VTerm *vterm;
    VTermScreen *screen;
    VTermPos cursor;
    char *marks; /* where libvterm's next words go instead of to the program; NULL: to the program */
};

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the screen ---- */

static int on_cursor(VTermPos pos, VTermPos old, int visible, void *user) {
    struct mt_pty *p = user;
    (void)old;
    (void)visible;
    p->cursor = pos;
    return 1;
}

static int on_property(VTermProp prop, VTermValue *value, void *user) {
    struct mt_pty *p = user;
    if (prop == VTERM_PROP_CURSORVISIBLE)
        p->cursor_visible = value->boolean != 0;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.movecursor = on_cursor, .settermprop = on_property};

/* Answers of the terminal to queries of the program. */
static void on_output(const char *bytes, size_t n, void *user) {
    struct mt_pty *p = user;
    if (p->marks != NULL) {
        assert_true(n < MARK_BYTES);
        memcpy(p->marks, bytes, n);
        p->marks[n] = '\0';
        return;
    }
    if (p->master >= 0 && write(p->master, bytes, n) < 0 && errno != EAGAIN && errno != EIO)
        print_error("terminal's answer was not taken: %s\n", strerror(errno));
}

static void start_screen(struct mt_pty *p) {
    p->vterm = vterm_new(p->rows, p->cols);
    assert_non_null(p->vterm);
    vterm_set_utf8(p->vterm, 1);
    vterm_output_set_callback(p->vterm, on_output, p);
    p->screen = vterm_obtain_screen(p->vterm);
    vterm_screen_set_callbacks(p->screen, &callbacks, p);
    vterm_screen_enable_altscreen(p->screen, 1);
    vterm_screen_reset(p->screen, 1);
    p->cursor_visible = true;
}

/* ---- reading and waiting ---- */

/* Takes what is there; false when the terminal has closed. */
static bool feed(struct mt_pty *p) {
    char bytes[16384];
    while (p->master >= 0) {
        ssize_t n = read(p->master, bytes, sizeof bytes);
        if (n > 0) {
            p->received += (size_t)n;
            vterm_input_write(p->vterm, bytes, (size_t)n);
            continue;
        }
        if (n < 0 && errno == EINTR)
            continue;
        return n < 0 && errno == EAGAIN;
    }
    return false;
}

static void reap(struct mt_pty *p) {
    if (!p->ended && waitpid(p->pid, &p->status, WNOHANG) == p->pid)
        p->ended = true;
}

/* One round: waits at most ms for output or the end of the program. */
static void wait_for(struct mt_pty *p, int ms) {
    struct pollfd fds[2] = {{.fd = p != NULL ? p->master : -1, .events = POLLIN},
                            {.fd = p != NULL && !p->ended ? p->pidfd : -1, .events = POLLIN}};
    if (poll(fds, 2, ms) <= 0 || p == NULL)
        return;
    if (fds[0].revents != 0 && !feed(p)) {
        close(p->master);
        p->master = -1;
    }
    if (fds[1].revents != 0)
        reap(p);
}

void mt_pty_pump(struct mt_pty *p, int ms) {
    wait_for(p, ms);
}

/* ---- starting ---- */

static void set_environment(const char *const *env) {
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("NO_COLOR");
    unsetenv("COLUMNS");
    unsetenv("LINES");
    for (; env != NULL && *env != NULL; env++) {
        if (strchr(*env, '=') != NULL)
            putenv((char *)(uintptr_t)*env);
        else
            unsetenv(*env);
    }
}

static void run_child(const char *name, const char *const *argv, const char *const *env) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || setsid() < 0) /* a failed test leaves nothing running */
        _exit(126);
    int slave = open(name, O_RDWR);
    if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
        _exit(126);
    for (int fd = 0; fd < 3; fd++)
        if (dup2(slave, fd) < 0)
            _exit(126);
    if (slave > 2)
        close(slave);
    set_environment(env);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

struct mt_pty *mt_pty_spawn(int rows, int cols, const char *const *argv, const char *const *env) {
    struct mt_pty *p = calloc(1, sizeof *p);
    assert_non_null(p);
    p->rows = rows;
    p->cols = cols;
    p->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    assert_true(p->master >= 0 && grantpt(p->master) == 0 && unlockpt(p->master) == 0);
    char name[64];
    assert_int_equal(ptsname_r(p->master, name, sizeof name), 0);
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    p->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(p->slave >= 0 && ioctl(p->slave, TIOCSWINSZ, &size) == 0);
    start_screen(p);
    p->pid = fork();
    assert_true(p->pid >= 0);
    if (p->pid == 0)
        run_child(name, argv, env);
    p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
    assert_true(p->pidfd >= 0);
    return p;
}

void mt_pty_free(struct mt_pty *p) {
    if (p == NULL)
        return;
    reap(p);
    if (!p->ended) {
        kill(p->pid, SIGKILL);
        waitpid(p->pid, &p->status, 0);
    }
    mt_pty_hang_up(p);
    close(p->pidfd);
    vterm_free(p->vterm);
    free(p);
}

/* ---- typing ---- */

void mt_pty_bytes(struct mt_pty *p, const void *bytes, size_t n) {
    const char *at = bytes;
    int64_t deadline = now_ms() + MT_DEADLINE_MS;
    while (n > 0 && p->master >= 0) {
        ssize_t written = write(p->master, at, n);
        if (written > 0) {
            at += written;
            n -= (size_t)written;
            continue;
        }
        if (written < 0 && errno != EAGAIN && errno != EINTR)
            return; /* the program has gone; expectations will say so */
        assert_true(now_ms() < deadline);
        struct pollfd fd = {.fd = p->master, .events = POLLIN | POLLOUT};
        poll(&fd, 1, 1000);
        if ((fd.revents & POLLIN) != 0)
            feed(p);
    }
}

static const struct {
    const char *name, *bytes;
} keys_by_name[] = {
    {"Enter", "\r"},     {"Esc", "\033"},     {"Tab", "\t"},       {"BackTab", "\033[Z"}, {"Backspace", "\177"}, {"Del", "\033[3~"},
    {"Ins", "\033[2~"},  {"Up", "\033OA"},    {"Down", "\033OB"},  {"Right", "\033OC"},   {"Left", "\033OD"},    {"Home", "\033OH"},
    {"End", "\033OF"},   {"PgUp", "\033[5~"}, {"PgDn", "\033[6~"}, {"F1", "\033OP"},      {"F2", "\033OQ"},      {"F3", "\033OR"},
    {"F4", "\033OS"},    {"F5", "\033[15~"},  {"F6", "\033[17~"},  {"F7", "\033[18~"},    {"F8", "\033[19~"},    {"F9", "\033[20~"},
    {"F10", "\033[21~"}, {"F11", "\033[23~"}, {"F12", "\033[24~"}, {"Space", " "},        {"lt", "<"},
};

static void type_named(struct mt_pty *p, const char *name, size_t n) {
    for (size_t i = 0; i < sizeof keys_by_name / sizeof keys_by_name[0]; i++)
        if (strlen(keys_by_name[i].name) == n && memcmp(keys_by_name[i].name, name, n) == 0) {
            mt_pty_bytes(p, keys_by_name[i].bytes, strlen(keys_by_name[i].bytes));
            return;
        }
    if (n == 6 && memcmp(name, "Ctrl-", 5) == 0) {
        char byte = (char)(name[5] & 0x1F);
        mt_pty_bytes(p, &byte, 1);
    } else if (n == 5 && memcmp(name, "Alt-", 4) == 0) {
        mt_pty_bytes(p, (char[]){'\033', name[4]}, 2);
    } else {
        fail_msg("no such key: <%.*s>", (int)n, name);
    }
}

void mt_pty_keys(struct mt_pty *p, const char *keys) {
    while (*keys != '\0') {
        const char *end = *keys == '<' ? strchr(keys, '>') : NULL;
        if (end != NULL) {
            type_named(p, keys + 1, (size_t)(end - keys - 1));
            keys = end + 1;
            continue;
        }
        size_t n = strcspn(keys, "<");
        mt_pty_bytes(p, keys, n > 0 ? n : 1);
        keys += n > 0 ? n : 1;
    }
}

void mt_pty_paste(struct mt_pty *p, const char *text, size_t n) {
    char start[MARK_BYTES] = "", end[MARK_BYTES] = "";
    feed(p); /* the program may just have asked for brackets */
    p->marks = start;
    vterm_keyboard_start_paste(p->vterm);
    p->marks = end;
    vterm_keyboard_end_paste(p->vterm);
    p->marks = NULL;
    mt_pty_bytes(p, start, strlen(start));
    mt_pty_bytes(p, text, n);
    mt_pty_bytes(p, end, strlen(end));
}

void mt_pty_pause(struct mt_pty *p, int ms) {
    int64_t end = now_ms() + ms, left;
    while ((left = end - now_ms()) > 0)
        wait_for(p, (int)left);
}

void mt_pty_resize(struct mt_pty *p, int rows, int cols) {
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    p->rows = rows;
    p->cols = cols;
    vterm_set_size(p->vterm, rows, cols);
    assert_int_equal(ioctl(p->master, TIOCSWINSZ, &size), 0); /* the kernel sends SIGWINCH */
}

/* ---- looking ---- */

static size_t put_utf8(uint32_t code, char *out) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)(lead[n] | code);
    return n;
}

/* The row as text; cols[i] is the column of byte i (cols may be NULL). */
static void read_row(struct mt_pty *p, int row, char *out, size_t size, int *cols) {
    size_t n = 0, end = 0;
    for (int col = 0; col < p->cols && n + VTERM_MAX_CHARS_PER_CELL * 4 + 1 < size;) {
        VTermScreenCell cell;
        if (!vterm_screen_get_cell(p->screen, (VTermPos){.row = row, .col = col}, &cell))
            break;
        size_t start = n;
        if (cell.chars[0] == 0)
            out[n++] = ' ';
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0 && cell.chars[i] != (uint32_t)-1; i++)
            n += put_utf8(cell.chars[i], out + n);
        for (size_t i = start; cols != NULL && i < n; i++)
            cols[i] = col;
        if (n > start && out[n - 1] != ' ')
            end = n;
        col += cell.width > 1 ? cell.width : 1;
    }
    out[end] = '\0';
}

#define ROW_BYTES 16384

void mt_pty_row(struct mt_pty *p, int row, char *out, size_t size) {
    assert_true(size > 64);
    wait_for(p, 0);
    read_row(p, row, out, size, NULL);
}

bool mt_pty_find(struct mt_pty *p, const char *text, int *row, int *col) {
    char line[ROW_BYTES];
    int cols[ROW_BYTES];
    wait_for(p, 0);
    for (int i = 0; i < p->rows; i++) {
        read_row(p, i, line, sizeof line, cols);
        const char *at = strstr(line, text);
        if (at == NULL)
            continue;
        *row = i;
        *col = *text != '\0' ? cols[at - line] : 0;
        return true;
    }
    return false;
}

bool mt_pty_shows(struct mt_pty *p, const char *text) {
    int row, col;
    return mt_pty_find(p, text, &row, &col);
}

void mt_pty_cursor(struct mt_pty *p, int *row, int *col, bool *visible) {
    wait_for(p, 0);
    *row = p->cursor.row;
    *col = p->cursor.col;
    *visible = p->cursor_visible;
}

struct mt_pty_look mt_pty_look(struct mt_pty *p, int row, int col) {
    VTermScreenCell cell;
    struct mt_pty_look look = {.colour = -1};
    wait_for(p, 0);
    if (!vterm_screen_get_cell(p->screen, (VTermPos){.row = row, .col = col}, &cell))
        return look;
    look.bold = cell.attrs.bold != 0;
    look.reverse = cell.attrs.reverse != 0;
    if (VTERM_COLOR_IS_INDEXED(&cell.fg) && !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg))
        look.colour = cell.fg.indexed.idx;
    return look;
}

size_t mt_pty_received(const struct mt_pty *p) {
    return p->received;
}

void mt_pty_print(struct mt_pty *p) {
    char line[ROW_BYTES];
    print_error("screen %dx%d, cursor %d:%d%s\n", p->cols, p->rows, p->cursor.row, p->cursor.col,
                p->ended ? ", the program has ended" : "");
    for (int row = 0; row < p->rows; row++) {
        read_row(p, row, line, sizeof line, NULL);
        print_error("%3d|%s\n", row, line);
    }
}

/* ---- eventually ---- */

static bool shows_at(struct mt_pty *p, int row, const char *text) {
    char line[ROW_BYTES];
    if (row < 0)
        return mt_pty_shows(p, text);
    read_row(p, row, line, sizeof line, NULL);
    return strstr(line, text) != NULL;
}

void mt_pty_expect_at(struct mt_pty *p, int row, const char *text, bool there, const char *file, int line) {
    int64_t deadline = now_ms() + MT_DEADLINE_MS;
    feed(p);
    while (shows_at(p, row, text) != there) {
        int64_t left = deadline - now_ms();
        if (left <= 0 || (p->master < 0 && p->ended)) {
            mt_pty_print(p);
            print_error("%s:%d: expected %s: \"%s\"\n", file, line, there ? "on the screen" : "gone from the screen", text);
            _fail(file, line);
        }
        wait_for(p, (int)left);
    }
}

void mt_pty_until_at(struct mt_pty *p, mt_probe *probe, void *ctx, const char *what, const char *file, int line) {
    int64_t deadline = now_ms() + MT_DEADLINE_MS;
    while (!probe(ctx)) {
        if (now_ms() > deadline) {
            if (p != NULL)
                mt_pty_print(p);
            print_error("%s:%d: did not come true: %s\n", file, line, what);
            _fail(file, line);
        }
        wait_for(p, PROBE_EVERY_MS);
    }
}

/* ---- the program ---- */

pid_t mt_pty_pid(const struct mt_pty *p) {
    return p->pid;
}

void mt_pty_kill(struct mt_pty *p, int signal) {
    assert_int_equal(kill(p->pid, signal), 0);
}

int mt_pty_expect_exit_at(struct mt_pty *p, const char *file, int line) {
    int64_t deadline = now_ms() + MT_DEADLINE_MS;
    while (!p->ended) {
        int64_t left = deadline - now_ms();
        if (left <= 0) {
            mt_pty_print(p);
            print_error("%s:%d: the program goes on\n", file, line);
            _fail(file, line);
        }
        wait_for(p, (int)left);
    }
    feed(p); /* its last words */
    return WIFEXITED(p->status) ? WEXITSTATUS(p->status) : 128 + WTERMSIG(p->status);
}

bool mt_pty_is_restored(const struct mt_pty *p) {
    struct termios modes;
    return tcgetattr(p->slave, &modes) == 0 && (modes.c_lflag & (ICANON | ECHO)) == (ICANON | ECHO);
}

void mt_pty_hang_up(struct mt_pty *p) {
    feed(p);
    if (p->slave >= 0)
        close(p->slave);
    if (p->master >= 0)
        close(p->master);
    p->master = p->slave = -1;
}
