/* The one box there is. Its height follows from the wrapped text; a blank line stands before the field and the keys. */
#include <medterm/ui/widget.h>

#define DIALOG_COLS 60
#define FRAME 4 /* a border and a blank on each side */

static int lines_of(const char *text, int width) {
    struct mt_sv rest = mt_sv(text);
    int count = 0;
    while (rest.n > 0) {
        mt_text_wrap(&rest, width);
        count++;
    }
    return count;
}

static void paint_box(struct mt_grid *g, struct mt_rect r, const char *title) {
    const struct mt_signs *s = g->signs;
    int right = r.col + r.cols - 1, bottom = r.row + r.rows - 1;
    mt_grid_fill(g, r, MT_NORMAL);
    mt_grid_hline(g, r.row, r.col, r.cols, MT_NORMAL);
    mt_grid_hline(g, bottom, r.col, r.cols, MT_NORMAL);
    for (int row = r.row + 1; row < bottom; row++) {
        mt_grid_str(g, row, r.col, 1, MT_NORMAL, s->vline);
        mt_grid_str(g, row, right, 1, MT_NORMAL, s->vline);
    }
    mt_grid_str(g, r.row, r.col, 1, MT_NORMAL, s->top_left);
    mt_grid_str(g, r.row, right, 1, MT_NORMAL, s->top_right);
    mt_grid_str(g, bottom, r.col, 1, MT_NORMAL, s->bottom_left);
    mt_grid_str(g, bottom, right, 1, MT_NORMAL, s->bottom_right);
    int used = mt_grid_str(g, r.row, r.col + 3, r.cols - 6, MT_BOLD, title);
    if (used > 0) {
        mt_grid_fill(g, (struct mt_rect){r.row, r.col + 2, 1, 1}, MT_NORMAL);
        mt_grid_fill(g, (struct mt_rect){r.row, r.col + 3 + used, 1, 1}, MT_NORMAL);
    }
}

static void paint_field(struct mt_grid *g, struct mt_rect row, const struct mt_dialog *dialog) {
    int used = mt_grid_str(g, row.row, row.col, row.cols / 2, MT_NORMAL, dialog->field_label);
    mt_rect_left(&row, used + 1);
    mt_field_view(g, row, &dialog->field, MT_NORMAL);
}

int mt_dialog_rows(const struct mt_dialog *dialog, int cols) {
    int width = (cols < DIALOG_COLS ? cols : DIALOG_COLS) - FRAME;
    return 2 + lines_of(dialog->text, width) + (dialog->field_label != NULL ? 2 : 0) + (dialog->keys != NULL ? 2 : 0);
}

void mt_dialog_view(struct mt_grid *g, struct mt_rect r, const struct mt_dialog *dialog) {
    int cols = r.cols < DIALOG_COLS ? r.cols : DIALOG_COLS;
    int text_rows = lines_of(dialog->text, cols - FRAME);
    struct mt_rect box = mt_rect_centre(r, mt_dialog_rows(dialog, r.cols), cols);
    g->cursor_row = g->cursor_col = -1; /* what is below has lost the focus */
    paint_box(g, box, dialog->title);
    struct mt_rect inner = {box.row + 1, box.col + FRAME / 2, box.rows - 2, box.cols - FRAME};
    if (dialog->keys != NULL) { /* the keys first: in a window too low they are what must be seen */
        struct mt_rect keys = mt_rect_bottom(&inner, 1);
        if (keys.rows > 0)
            mt_grid_str(g, keys.row, keys.col, keys.cols, MT_ACCENT, dialog->keys);
    }
    struct mt_rect text = mt_rect_top(&inner, text_rows);
    struct mt_sv rest = mt_sv(dialog->text);
    for (int i = 0; i < text.rows; i++)
        mt_grid_put(g, text.row + i, text.col, text.cols, MT_NORMAL, mt_text_wrap(&rest, text.cols));
    if (dialog->field_label != NULL && inner.rows > 1)
        paint_field(g, (struct mt_rect){inner.row + 1, inner.col, 1, inner.cols}, dialog);
}
