/* Keys as a screen sees them: decoded by ui/term, named once here. */
#ifndef MEDTERM_UI_KEY_H
#define MEDTERM_UI_KEY_H

#include <medterm/base/sv.h>

/* X(symbol, name in footers and help). Alt-1 … Alt-9, Alt-0 arrive as F1 … F10: they are twins. */
#define MT_KEY_TABLE(X)                                                                                                            \
    X(MT_KEY_NONE, "")                                                                                                             \
    X(MT_KEY_CHAR, "char")                                                                                                         \
    X(MT_KEY_ENTER, "Enter")                                                                                                       \
    X(MT_KEY_ESC, "Esc")                                                                                                           \
    X(MT_KEY_TAB, "Tab")                                                                                                           \
    X(MT_KEY_BACKTAB, "Shift-Tab")                                                                                                 \
    X(MT_KEY_BACKSPACE, "Backspace")                                                                                               \
    X(MT_KEY_DELETE, "Del")                                                                                                        \
    X(MT_KEY_INSERT, "Ins")                                                                                                        \
    X(MT_KEY_UP, "Up")                                                                                                             \
    X(MT_KEY_DOWN, "Down")                                                                                                         \
    X(MT_KEY_LEFT, "Left")                                                                                                         \
    X(MT_KEY_RIGHT, "Right")                                                                                                       \
    X(MT_KEY_HOME, "Home")                                                                                                         \
    X(MT_KEY_END, "End")                                                                                                           \
    X(MT_KEY_PAGE_UP, "PgUp")                                                                                                      \
    X(MT_KEY_PAGE_DOWN, "PgDn")                                                                                                    \
    X(MT_KEY_F1, "F1")                                                                                                             \
    X(MT_KEY_F2, "F2")                                                                                                             \
    X(MT_KEY_F3, "F3")                                                                                                             \
    X(MT_KEY_F4, "F4")                                                                                                             \
    X(MT_KEY_F5, "F5")                                                                                                             \
    X(MT_KEY_F6, "F6")                                                                                                             \
    X(MT_KEY_F7, "F7")                                                                                                             \
    X(MT_KEY_F8, "F8")                                                                                                             \
    X(MT_KEY_F9, "F9")                                                                                                             \
    X(MT_KEY_F10, "F10")                                                                                                           \
    X(MT_KEY_F11, "F11")                                                                                                           \
    X(MT_KEY_F12, "F12")                                                                                                           \
    X(MT_KEY_CTRL, "Ctrl")                                                                                                         \
    X(MT_KEY_PASTE, "paste")

enum mt_key_code {
#define MT_X(symbol, name) symbol,
    MT_KEY_TABLE(MT_X)
#undef MT_X
};
const char *mt_key_name(enum mt_key_code code); /* static */

#define MT_PASTE_MAX 4096 /* bytes kept of one paste */

struct mt_key {
    enum mt_key_code code;
    char letter;        /* MT_KEY_CTRL: 'a' … 'z', or ']', the separator in a GS1 code */
    char text[5];       /* MT_KEY_CHAR: one valid, harmless code point; a space is " " */
    struct mt_sv paste; /* MT_KEY_PASTE: valid UTF-8 in one line, borrowed from the terminal until the next key */
    bool truncated;     /* MT_KEY_PASTE: more came than was kept */
};

#endif
