#include <medterm/ui/cell.h>

static int within(int n, int most) {
    return n < 0 ? 0 : n > most ? most : n;
}

struct mt_rect mt_rect_top(struct mt_rect *rest, int n) {
    n = within(n, rest->rows);
    struct mt_rect cut = {rest->row, rest->col, n, rest->cols};
    rest->row += n;
    rest->rows -= n;
    return cut;
}

struct mt_rect mt_rect_bottom(struct mt_rect *rest, int n) {
    n = within(n, rest->rows);
    rest->rows -= n;
    return (struct mt_rect){rest->row + rest->rows, rest->col, n, rest->cols};
}

struct mt_rect mt_rect_left(struct mt_rect *rest, int n) {
    n = within(n, rest->cols);
    struct mt_rect cut = {rest->row, rest->col, rest->rows, n};
    rest->col += n;
    rest->cols -= n;
    return cut;
}

struct mt_rect mt_rect_right(struct mt_rect *rest, int n) {
    n = within(n, rest->cols);
    rest->cols -= n;
    return (struct mt_rect){rest->row, rest->col + rest->cols, rest->rows, n};
}

struct mt_rect mt_rect_centre(struct mt_rect r, int rows, int cols) {
    rows = within(rows, r.rows);
    cols = within(cols, r.cols);
    return (struct mt_rect){r.row + (r.rows - rows) / 2, r.col + (r.cols - cols) / 2, rows, cols};
}
