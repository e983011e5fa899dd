/* Function keys come in several dialects, and TERM often names the wrong one (PuTTY and the Linux console in an xterm's
 * clothes). Curses is taught all of them where they do not contradict the terminal's own description. */
#include "keys.h"
#include "decode.h"
#include <curses.h>

#define PASTE_START (KEY_MAX + 1000)
#define PASTE_END (KEY_MAX + 1001)

static const struct {
    const char *bytes;
    int code;
} dialects[] = {
    {"\033[200~", PASTE_START}, {"\033[201~", PASTE_END}, {"\033OP", KEY_F(1)},    {"\033OQ", KEY_F(2)},   {"\033OR", KEY_F(3)},
    {"\033OS", KEY_F(4)},       {"\033[11~", KEY_F(1)},   {"\033[12~", KEY_F(2)},  {"\033[13~", KEY_F(3)}, {"\033[14~", KEY_F(4)},
    {"\033[[A", KEY_F(1)},      {"\033[[B", KEY_F(2)},    {"\033[[C", KEY_F(3)},   {"\033[[D", KEY_F(4)},  {"\033[[E", KEY_F(5)},
    {"\033[15~", KEY_F(5)},     {"\033[17~", KEY_F(6)},   {"\033[18~", KEY_F(7)},  {"\033[19~", KEY_F(8)}, {"\033[20~", KEY_F(9)},
    {"\033[21~", KEY_F(10)},    {"\033[23~", KEY_F(11)},  {"\033[24~", KEY_F(12)}, {"\033[A", KEY_UP},     {"\033[B", KEY_DOWN},
    {"\033[C", KEY_RIGHT},      {"\033[D", KEY_LEFT},     {"\033OA", KEY_UP},      {"\033OB", KEY_DOWN},   {"\033OC", KEY_RIGHT},
    {"\033OD", KEY_LEFT},       {"\033[H", KEY_HOME},     {"\033[F", KEY_END},     {"\033OH", KEY_HOME},   {"\033OF", KEY_END},
    {"\033[1~", KEY_HOME},      {"\033[4~", KEY_END},     {"\033[7~", KEY_HOME},   {"\033[8~", KEY_END},   {"\033[2~", KEY_IC},
    {"\033[3~", KEY_DC},        {"\033[5~", KEY_PPAGE},   {"\033[6~", KEY_NPAGE},  {"\033[Z", KEY_BTAB},   {"\033OM", KEY_ENTER},
};

void mt_keys_define(void) {
    for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++)
        if (key_defined(dialects[i].bytes) == 0 && define_key(dialects[i].bytes, dialects[i].code) == ERR)
            return; /* out of memory: the terminal's own keys still work */
}

static const struct {
    int curses;
    enum mt_key_code key;
} names[] = {
    {KEY_ENTER, MT_KEY_ENTER}, {KEY_BTAB, MT_KEY_BACKTAB},  {KEY_BACKSPACE, MT_KEY_BACKSPACE}, {KEY_DC, MT_KEY_DELETE},
    {KEY_IC, MT_KEY_INSERT},   {KEY_UP, MT_KEY_UP},         {KEY_DOWN, MT_KEY_DOWN},           {KEY_LEFT, MT_KEY_LEFT},
    {KEY_RIGHT, MT_KEY_RIGHT}, {KEY_HOME, MT_KEY_HOME},     {KEY_FIND, MT_KEY_HOME},           {KEY_END, MT_KEY_END},
    {KEY_SELECT, MT_KEY_END},  {KEY_PPAGE, MT_KEY_PAGE_UP}, {KEY_NPAGE, MT_KEY_PAGE_DOWN},
};

int mt_keys_event(int code) {
    if (code == ERR)
        return DECODE_DRAINED;
    if (code >= 0 && code < 256)
        return code;
    if (code == PASTE_START)
        return DECODE_PASTE_START;
    if (code == PASTE_END)
        return DECODE_PASTE_END;
    if (code >= KEY_F(1) && code <= KEY_F(12))
        return DECODE_KEY + (int)MT_KEY_F1 + code - KEY_F(1);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].curses == code)
            return DECODE_KEY + (int)names[i].key;
    return DECODE_UNKNOWN;
}
