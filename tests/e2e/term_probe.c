/* The smallest program with screens: shows the size, hostile text, what it was typed, and how often it painted. Tests of ui/term
 * and of the pty harness drive it. Quits on q, with status 0, and with 3 when the terminal has gone. */
#include <fcntl.h>
#include <locale.h>
#include <medterm/ui/term.h>
#include <medterm/ui/widget.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int pipe_ends[2];

static void on_resize(int signal) {
    (void)signal;
    ssize_t written = write(pipe_ends[1], "r", 1);
    (void)written; /* full is as good as written */
}

struct probe {
    struct mt_term *term;
    char log[256];
    size_t keys;
    bool quit;
};

static void note(struct probe *p, const char *text) {
    size_t n = strlen(p->log), more = strlen(text);
    if (n + more + 2 > 60) {
        p->log[0] = '\0';
        n = 0;
    }
    snprintf(p->log + n, sizeof p->log - n, "%s ", text);
}

static void take(struct probe *p, const struct mt_key *key) {
    char text[64];
    p->keys++;
    if (key->code == MT_KEY_CHAR && strcmp(key->text, "q") == 0)
        p->quit = true;
    if (key->code == MT_KEY_CHAR && strcmp(key->text, "b") == 0)
        mt_term_bell(p->term);
    if (key->code == MT_KEY_CHAR)
        note(p, key->text);
    else if (key->code == MT_KEY_PASTE) {
        snprintf(text, sizeof text, "paste:%zu%s:%.8s", key->paste.n, key->truncated ? ":cut" : "", key->paste.p);
        note(p, text);
    } else {
        snprintf(text, sizeof text, "%s%s%c", mt_key_name(key->code), key->letter != '\0' ? "-" : "",
                 key->letter != '\0' ? key->letter : ' ');
        text[strcspn(text, " ")] = '\0';
        note(p, text);
    }
}

static void paint(struct probe *p, struct mt_grid *g) {
    mt_grid_clear(g);
    mt_grid_fmt(g, 0, 0, g->cols, MT_ACCENT, "ready %dx%d", g->cols, g->rows);
    mt_grid_fmt(g, 1, 0, g->cols, MT_NORMAL, "keys %s", p->log);
    mt_grid_fmt(g, 2, 0, g->cols, MT_DIM, "count %zu", p->keys);
    mt_grid_str(g, 3, 0, g->cols, MT_BAD | MT_REVERSE,
                "A\033[2J\rB\xE2\x80\xAE"
                "C 阿莫西林 e\xCC\x81 end ×é");
    mt_grid_align(g, g->rows - 1, 0, g->cols, MT_RIGHT, MT_GOOD | MT_BOLD, MT_SV("corner"));
    for (int row = 4; row < g->rows - 1; row++)
        mt_grid_fmt(g, row, 0, g->cols, MT_NORMAL,
                    "%02d 中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文中文", row);
    mt_grid_cursor(g, 1, 5 + (int)strlen(p->log));
}

static bool show(struct probe *p) {
    int rows, cols;
    struct mt_grid g;
    mt_term_size(p->term, &rows, &cols);
    if (mt_grid_init(&g, rows, cols, mt_signs(mt_term_utf8(p->term))) != MT_OK)
        return false;
    paint(p, &g);
    bool shown = mt_term_blit(p->term, &g) == MT_OK;
    mt_grid_fini(&g);
    return shown;
}

static int loop(struct probe *p) {
    while (!p->quit) {
        struct mt_key key;
        enum mt_term_read got;
        while ((got = mt_term_key(p->term, &key)) == MT_TERM_KEY)
            take(p, &key);
        if (got == MT_TERM_GONE)
            return 3;
        if (!show(p))
            return 4;
        struct pollfd fds[2] = {{.fd = mt_term_fd(p->term), .events = POLLIN}, {.fd = pipe_ends[0], .events = POLLIN}};
        if (!p->quit)
            poll(fds, 2, -1);
        char byte;
        while (read(pipe_ends[0], &byte, 1) == 1)
            mt_term_resize(p->term);
    }
    return 0;
}

int main(int argc, char **argv) {
    struct probe p = {.quit = false};
    struct mt_err err = {.rc = MT_OK};
    const char *no_color = getenv("NO_COLOR");
    struct mt_term_options options = {.term = getenv("TERM"),
                                      .no_color = no_color != NULL && *no_color != '\0',
                                      .ascii = argc > 1 && strcmp(argv[1], "--ascii") == 0};
    setlocale(LC_ALL, "");
    if (pipe(pipe_ends) != 0 || fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK) != 0 || fcntl(pipe_ends[1], F_SETFL, O_NONBLOCK) != 0)
        return 2;
    struct sigaction action = {.sa_handler = on_resize};
    sigaction(SIGWINCH, &action, NULL);
    signal(SIGHUP, SIG_IGN); /* the hang-up is to be noticed by reading */
    if (mt_term_open(&p.term, &options, &err) != MT_OK) {
        fprintf(stderr, "%s\n", mt_err_text(&err));
        return 1;
    }
    int status = loop(&p);
    mt_term_close(p.term);
    printf("bye\n");
    return status;
}
