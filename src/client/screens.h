/* The screens put together: terminal, views and the app's loop. Part of the composition root. */
#ifndef MEDTERM_CLIENT_SCREENS_H
#define MEDTERM_CLIENT_SCREENS_H

#include <medterm/app/loop.h>

/* term: TERM as the environment has it; signal_fd: from client_signals. */
MT_MUST enum mt_rc client_screens(struct mt_app *app, int signal_fd, const char *term, bool no_color, struct mt_err *err);
/* Signals that end or resize the screens are blocked; call before any thread starts. Returns a descriptor that is readable
 * when one came, or -1. */
int client_signals(void);

#endif
