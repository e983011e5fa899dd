/* The screens' loop: one wait over the line, the terminal, the helper and signals; messages in order, effects run, paint.
 * The terminal is a port, so that the app knows neither curses nor the views. */
#ifndef MEDTERM_APP_LOOP_H
#define MEDTERM_APP_LOOP_H

#include <medterm/app/app.h>
#include <medterm/till/till.h>

enum mt_screen_read {
    MT_SCREEN_MSG,     /* *out is a message; its text is borrowed until the next read */
    MT_SCREEN_NOTHING, /* a key that means nothing here */
    MT_SCREEN_QUIET,   /* nothing more now */
    MT_SCREEN_GONE     /* the terminal has hung up */
};
enum mt_screen_signal { MT_SIGNAL_NONE, MT_SIGNAL_RESIZE, MT_SIGNAL_STOP };

struct mt_screen_port {
    void *ctx;     /* borrowed */
    int fd;        /* readable when keys come */
    int signal_fd; /* readable when a signal came */
    enum mt_screen_read (*read)(void *ctx, const struct mt_till *till, mt_time now, int64_t mono, struct mt_msg *out);
    enum mt_screen_signal (*signal)(void *ctx);
    void (*paint)(void *ctx, const struct mt_till *till);
    void (*resize)(void *ctx);
    void (*bell)(void *ctx);
};

/* Until the person quits, the terminal goes or a signal ends it. Everything is journaled by then. */
MT_MUST enum mt_rc mt_app_run(struct mt_app *a, struct mt_till *till, const struct mt_screen_port *port, struct mt_err *err);

#endif
