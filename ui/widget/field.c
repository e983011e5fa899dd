/* The edit line. Of a text wider than the field a part is shown that starts at a grapheme and has the cursor's column in it;
 * where it starts follows from the cursor alone, so nothing needs to be remembered between frames. */
#include <medterm/ui/widget.h>

static struct mt_sv drop(struct mt_sv text, size_t n) {
    return mt_sv_n(text.p + n, text.n - n);
}

/* Columns of the first `bytes` of text as the field shows them. */
static int columns_before(const struct mt_field *field, size_t bytes) {
    struct mt_sv before = mt_sv_n(field->text.p, bytes);
    if (!field->masked)
        return mt_text_width(before);
    char grapheme[MT_CELL_TEXT];
    int count = 0;
    while (mt_text_next(&before, grapheme) > 0)
        count++;
    return count;
}

static void paint_masked(struct mt_grid *g, struct mt_rect r, const struct mt_field *field, int skip, mt_style style) {
    int count = columns_before(field, field->text.n) - skip;
    for (int i = 0; i < count && i < r.cols; i++)
        mt_grid_str(g, r.row, r.col + i, 1, style, g->signs->mask);
}

/* Skips whole graphemes until at least `skip` columns are gone; returns how many are. */
static int skip_columns(struct mt_sv *text, int skip) {
    char grapheme[MT_CELL_TEXT];
    int gone = 0, width;
    while (gone < skip && (width = mt_text_next(text, grapheme)) > 0)
        gone += width;
    return gone;
}

void mt_field_view(struct mt_grid *g, struct mt_rect r, const struct mt_field *field, mt_style style) {
    if (r.cols <= 0)
        return;
    size_t at = field->cursor > field->text.n ? field->text.n : field->cursor;
    int cursor = columns_before(field, at);
    /* The cursor needs a column of its own behind the text. */
    int skip = cursor >= r.cols ? cursor - r.cols + 1 : 0;
    mt_grid_fill(g, (struct mt_rect){r.row, r.col, 1, r.cols}, style);
    if (field->text.n == 0 && field->hint != NULL)
        mt_grid_str(g, r.row, r.col, r.cols, MT_DIM, field->hint);
    else if (field->masked)
        paint_masked(g, r, field, skip, style);
    else {
        struct mt_sv rest = field->text;
        skip = skip_columns(&rest, skip);
        struct mt_sv fits = mt_text_fit(rest, r.cols);
        mt_grid_put(g, r.row, r.col, r.cols, style, fits);
        if (drop(rest, fits.n).n > 0 && cursor - skip < r.cols - 1)
            mt_grid_put(g, r.row, r.col, r.cols, style, rest); /* more to the right: with an ellipsis */
    }
    if (field->focus) /* in a field of one column the skip may go past a wide grapheme at the cursor */
        mt_grid_cursor(g, r.row, r.col + (cursor > skip ? cursor - skip : 0));
}
