/* Wires the terminal and the views to the app's loop. Signals are blocked and read from a descriptor like everything else, so
 * nothing runs in a handler; a hang-up, a termination or a vanished terminal ends the loop, the terminal is handed back, and
 * the journal has the rest. */
#include "screens.h"

#include <medterm/ui/screen.h>
#include <medterm/ui/term.h>

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct screens {
    struct mt_term *term;
    struct mt_grid grid;
    int signal_fd;
    bool gone;
    struct mt_key key; /* the last one read; messages borrow from it */
};

int client_signals(void) {
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGWINCH};
    sigset_t set;
    (void)sigemptyset(&set);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        (void)sigaddset(&set, signals[i]);
    }
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static enum mt_screen_read read_key(void *ctx, const struct mt_till *till, mt_time now, int64_t mono, struct mt_msg *out) {
    struct screens *s = ctx;
    switch (mt_term_key(s->term, &s->key)) {
    case MT_TERM_KEY:
        if (s->key.code == MT_KEY_CTRL && s->key.letter == 'l') {
            mt_term_repaint(s->term);
        }
        return mt_screen_message(till, &s->key, now, mono, out) ? MT_SCREEN_MSG : MT_SCREEN_NOTHING;
    case MT_TERM_NONE:
        return s->gone ? MT_SCREEN_GONE : MT_SCREEN_QUIET;
    case MT_TERM_GONE:
        break;
    }
    return MT_SCREEN_GONE;
}

static enum mt_screen_signal read_signal(void *ctx) {
    struct screens *s = ctx;
    enum mt_screen_signal what = MT_SIGNAL_NONE;
    struct signalfd_siginfo info;
    while (read(s->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGWINCH) {
            return MT_SIGNAL_STOP;
        }
        what = MT_SIGNAL_RESIZE;
    }
    return what;
}

static bool fit_grid(struct screens *s, int rows, int cols) {
    struct mt_grid fresh;
    if (mt_grid_init(&fresh, rows, cols, mt_signs(mt_term_utf8(s->term))) != MT_OK) {
        return false;
    }
    mt_grid_fini(&s->grid);
    s->grid = fresh;
    return true;
}

static void paint(void *ctx, const struct mt_till *till) {
    struct screens *s = ctx;
    int rows = 0, cols = 0;
    mt_term_size(s->term, &rows, &cols);
    if ((rows != s->grid.rows || cols != s->grid.cols) && !fit_grid(s, rows, cols)) {
        return; /* the old picture stays until there is memory */
    }
    mt_screen_paint(till, &s->grid);
    if (mt_term_blit(s->term, &s->grid) != MT_OK) {
        s->gone = true;
    }
}

static void resize(void *ctx) {
    struct screens *s = ctx;
    (void)mt_term_resize(s->term);
}

static void bell(void *ctx) {
    struct screens *s = ctx;
    mt_term_bell(s->term);
}

static enum mt_rc run(struct screens *s, struct mt_app *app, struct mt_err *err) {
    struct mt_till *till = mt_till_new();
    if (till == NULL) {
        return mt_fail(err, MT_NOMEM, "Not enough memory for the screens.");
    }
    const struct mt_screen_port port = {
        .ctx = s,
        .fd = mt_term_fd(s->term),
        .signal_fd = s->signal_fd,
        .read = read_key,
        .signal = read_signal,
        .paint = paint,
        .resize = resize,
        .bell = bell,
    };
    enum mt_rc rc = mt_app_run(app, till, &port, err);
    mt_till_free(till);
    return rc;
}

enum mt_rc client_screens(struct mt_app *app, int signal_fd, const char *term, bool no_color, struct mt_err *err) {
    struct screens s = {.signal_fd = signal_fd};
    const struct mt_term_options o = {.term = term, .no_color = no_color};
    enum mt_rc rc = mt_term_open(&s.term, &o, err);
    if (rc != MT_OK) {
        return rc;
    }
    int rows = 0, cols = 0;
    mt_term_size(s.term, &rows, &cols);
    rc = mt_grid_init(&s.grid, rows, cols, mt_signs(mt_term_utf8(s.term)));
    if (rc == MT_OK) {
        rc = run(&s, app, err);
        mt_grid_fini(&s.grid);
    } else {
        (void)mt_fail(err, rc, "Not enough memory for the screens.");
    }
    mt_term_close(s.term);
    return rc;
}
