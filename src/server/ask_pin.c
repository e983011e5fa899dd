/* A PIN typed on the terminal. Echo, line editing and signal keys are off while it is typed, so that Ctrl-C is a key we see and
 * the terminal is always put back. */
#include "program.h"

#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { KEY_INTERRUPT = 3, KEY_END = 4, KEY_BACKSPACE = 8, KEY_DELETE = 127 };

static void show(int tty, const char *text) {
    size_t n = strlen(text);
    while (n) {
        ssize_t written = write(tty, text, n);
        if (written <= 0)
            return; /* the terminal is gone: reading will tell */
        text += written;
        n -= (size_t)written;
    }
}

static enum mt_rc type_pin(int tty, const char *prompt, char pin[MT_PIN_MAX + 1], struct mt_err *err) {
    size_t n = 0;
    char key;
    show(tty, prompt);
    for (;;) {
        if (read(tty, &key, 1) != 1 || key == KEY_INTERRUPT || (key == KEY_END && n == 0)) {
            show(tty, "\r\n");
            return mt_fail(err, MT_DENIED, "No PIN was given; nothing is stored.");
        }
        if (key == '\r' || key == '\n')
            break;
        if ((key == KEY_BACKSPACE || key == KEY_DELETE) && n > 0)
            n--;
        else if (key >= '0' && key <= '9' && n < MT_PIN_MAX)
            pin[n++] = key;
    }
    pin[n] = '\0';
    show(tty, "\r\n");
    return MT_OK;
}

static enum mt_rc type_twice(int tty, char pin[MT_PIN_MAX + 1], struct mt_err *err) {
    char again[MT_PIN_MAX + 1];
    for (;;) {
        enum mt_rc rc = type_pin(tty, "PIN (4 to 8 digits, not shown): ", pin, err);
        if (rc != MT_OK)
            return rc;
        if (!mt_pin_ok(mt_sv(pin))) {
            show(tty, "A PIN has 4 to 8 digits.\r\n");
            continue;
        }
        rc = type_pin(tty, "The same again: ", again, err);
        bool same = rc == MT_OK && strcmp(pin, again) == 0;
        explicit_bzero(again, sizeof again);
        if (rc != MT_OK || same)
            return rc;
        show(tty, "They differ.\r\n");
    }
}

enum mt_rc program_ask_pin(char pin[MT_PIN_MAX + 1], struct mt_err *err) {
    struct termios before, quiet;
    int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (tty < 0 || tcgetattr(tty, &before) != 0) {
        if (tty >= 0)
            (void)close(tty);
        return mt_fail(err, MT_NOTFOUND, "A PIN is needed and there is no terminal to ask on: set MEDTERM_PIN.");
    }
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG | IEXTEN);
    enum mt_rc rc = MT_IO;
    if (tcsetattr(tty, TCSAFLUSH, &quiet) == 0)
        rc = type_twice(tty, pin, err);
    else
        rc = mt_fail(err, MT_IO, "The terminal can not be told to hide what is typed: set MEDTERM_PIN.");
    (void)tcsetattr(tty, TCSAFLUSH, &before); /* nothing better to do if it fails */
    (void)close(tty);
    return rc;
}
