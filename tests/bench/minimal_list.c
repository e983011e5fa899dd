/* The least a type-ahead list in a terminal can be: names in memory, ncurses, a prefix filter, ten rows. What the till's
 * keystroke is held against. minimal_list FILE; Backspace takes a letter back, Ctrl-C ends. */
#include <curses.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAMES 40000
#define ROWS 10

static size_t load(const char *path, char **names) {
    char line[1024];
    size_t n = 0;
    FILE *f = fopen(path, "r");
    while (f && n < NAMES && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\r\n")] = '\0';
        names[n] = strdup(line);
        if (!names[n])
            break;
        n++;
    }
    if (f)
        (void)fclose(f);
    return n;
}

static void show(char *const *names, size_t count, const char *typed) {
    int row = 0;
    size_t n = strlen(typed);
    for (size_t i = 0; i < count && row < ROWS && n; i++)
        if (!strncasecmp(names[i], typed, n))
            (void)mvaddnstr(2 + row++, 2, names[i], 60), (void)clrtoeol();
    for (; row < ROWS; row++)
        (void)move(2 + row, 0), (void)clrtoeol();
    (void)mvaddstr(0, 2, typed);
    (void)clrtoeol();
    (void)refresh();
}

int main(int argc, char **argv) {
    static char *names[NAMES];
    char typed[64] = "";
    size_t count = argc > 1 && setlocale(LC_ALL, "") ? load(argv[1], names) : 0, n = 0;
    if (!initscr())
        return 1;
    (void)raw();
    (void)noecho();
    show(names, count, typed);
    for (int c; (c = getch()) != 3;) {
        if (c == 127)
            n -= n > 0;
        else if (c >= ' ' && c < 256 && n + 1 < sizeof typed)
            typed[n++] = (char)c;
        typed[n] = '\0';
        show(names, count, typed);
    }
    (void)endwin();
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    return 0;
}
