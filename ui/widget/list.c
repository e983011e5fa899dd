#include <medterm/ui/widget.h>

size_t mt_list_top(size_t count, size_t selected, int rows) {
    size_t view = rows > 0 ? (size_t)rows : 0;
    if (selected == MT_LIST_NONE || count <= view || selected < view / 2)
        return 0;
    size_t top = selected - view / 2;
    return top > count - view ? count - view : top;
}

size_t mt_list_view(struct mt_grid *g, struct mt_rect r, size_t count, size_t selected, mt_list_paint *paint, void *ctx) {
    size_t top = mt_list_top(count, selected, r.rows), shown = 0;
    for (; shown < (size_t)(r.rows > 0 ? r.rows : 0) && top + shown < count; shown++) {
        struct mt_rect row = {r.row + (int)shown, r.col, 1, r.cols};
        bool is_selected = top + shown == selected;
        paint(ctx, g, row, top + shown, is_selected);
        if (is_selected)
            mt_grid_add_style(g, row, MT_REVERSE);
    }
    return shown;
}
