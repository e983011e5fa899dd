/* Columns of a table. Layout hands out the width in three rounds: what each column needs, what the growing ones wish, then
 * extra columns; the remainder goes to the first growing column. Painting goes left to right with the names first and the
 * uncuttable texts (numbers, codes) over them, so that a number too long for its column costs the name, never a digit. */
#include <medterm/ui/widget.h>

/* Columns between two neighbours: " │ " or one space. */
static int gap_of(const struct mt_table *t) {
    return t->bars ? 3 : 1;
}

static int needed(const struct mt_table *t) {
    int sum = 0, shown = 0;
    for (size_t i = 0; i < t->count; i++)
        if (t->width[i] > 0) {
            sum += t->width[i];
            shown++;
        }
    return shown > 0 ? sum + (shown - 1) * gap_of(t) : 0;
}

static void grow(struct mt_table *t, int *spare) {
    for (size_t i = 0; *spare > 0 && i < t->count; i++) {
        int more = t->columns[i].wish - t->width[i];
        if (t->width[i] == 0 || more <= 0)
            continue;
        if (more > *spare)
            more = *spare;
        t->width[i] += more;
        *spare -= more;
    }
}

static void add_extras(struct mt_table *t, int *spare) {
    for (size_t i = 0; i < t->count; i++) {
        int cost = t->columns[i].width + gap_of(t);
        if (!t->columns[i].extra || cost > *spare)
            continue;
        t->width[i] = t->columns[i].width;
        *spare -= cost;
    }
}

void mt_table_layout(struct mt_table *t, struct mt_rect r, const struct mt_column *columns, size_t count, bool bars) {
    *t = (struct mt_table){.columns = columns,
                           .count = count > MT_COLUMNS_MAX ? MT_COLUMNS_MAX : count,
                           .bars = bars,
                           .row_col = r.col,
                           .total = r.cols};
    for (size_t i = 0; i < t->count; i++)
        t->width[i] = columns[i].extra ? 0 : columns[i].width;
    int spare = r.cols - needed(t);
    grow(t, &spare);
    if (spare > 0)
        add_extras(t, &spare);
    if (spare > 0)
        grow(t, &spare); /* extra columns have wishes too */
    for (size_t i = 0; i < t->count && spare > 0; i++)
        if (columns[i].wish > 0 && t->width[i] > 0) {
            t->width[i] += spare;
            spare = 0;
        }
    int col = r.col;
    for (size_t i = 0; i < t->count; i++) {
        t->col[i] = col;
        if (t->width[i] > 0)
            col += t->width[i] + gap_of(t);
    }
}

/* Calls for each bar's column. */
static void paint_bars(const struct mt_table *t, struct mt_grid *g, int row, const char *sign, mt_style style) {
    bool first = true;
    for (size_t i = 0; t->bars && i < t->count; i++) {
        if (t->width[i] == 0)
            continue;
        if (!first && t->col[i] - 2 < t->row_col + t->total)
            mt_grid_str(g, row, t->col[i] - 2, 1, style, sign);
        first = false;
    }
}

void mt_table_rule(const struct mt_table *t, struct mt_grid *g, int row, bool down, mt_style style) {
    mt_grid_hline(g, row, t->row_col, t->total, style);
    paint_bars(t, g, row, down ? g->signs->tee_down : g->signs->tee_up, style);
}

/* Columns this one may use: its own, but not beyond the table's right edge. */
static int room(const struct mt_table *t, size_t i) {
    int left = t->row_col + t->total - t->col[i];
    return left < t->width[i] ? left : t->width[i];
}

static bool uncuttable(const struct mt_column *column) {
    return column->whole || column->align == MT_RIGHT;
}

/* A number or code too long for its column: over the neighbour, with a blank between when that is a name. */
static void paint_whole(const struct mt_table *t, struct mt_grid *g, int row, size_t i, mt_style style, struct mt_sv text) {
    int width = mt_text_width(text), end = t->col[i] + room(t, i);
    if (width <= room(t, i)) {
        mt_grid_align(g, row, t->col[i], room(t, i), t->columns[i].align, style, text);
        return;
    }
    if (t->columns[i].align != MT_RIGHT) {
        mt_grid_put(g, row, t->col[i], t->row_col + t->total - t->col[i], style, text);
        return;
    }
    int start = end - width;
    if (start - 1 >= t->row_col && i > 0 && !uncuttable(&t->columns[i - 1]))
        mt_grid_fill(g, (struct mt_rect){row, start - 1, 1, 1}, style);
    mt_grid_put(g, row, start < t->row_col ? t->row_col : start, width, style, text);
}

void mt_table_row(const struct mt_table *t, struct mt_grid *g, int row, const char *const *texts, const mt_style *styles,
                  mt_style style) {
    mt_grid_fill(g, (struct mt_rect){row, t->row_col, 1, t->total}, style);
    paint_bars(t, g, row, g->signs->vline, MT_DIM);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < t->count; i++) {
            if (t->width[i] == 0 || room(t, i) <= 0 || texts[i] == NULL || uncuttable(&t->columns[i]) != (pass == 1))
                continue;
            mt_style own = styles != NULL ? styles[i] : style;
            if (pass == 1)
                paint_whole(t, g, row, i, own, mt_sv(texts[i]));
            else
                mt_grid_align(g, row, t->col[i], room(t, i), t->columns[i].align, own, mt_sv(texts[i]));
        }
}

void mt_table_head(const struct mt_table *t, struct mt_grid *g, int row, mt_style style) {
    const char *titles[MT_COLUMNS_MAX] = {0};
    for (size_t i = 0; i < t->count; i++)
        titles[i] = t->columns[i].title;
    mt_table_row(t, g, row, titles, NULL, style);
}
