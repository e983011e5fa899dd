#include <medterm/ui/widget.h>

size_t mt_hints_view(struct mt_grid *g, struct mt_rect r, const struct mt_hint *hints, size_t count) {
    int col = r.col, end = r.col + r.cols;
    size_t shown = 0;
    for (; shown < count; shown++) {
        int key = mt_text_width(mt_sv(hints[shown].key)), label = mt_text_width(mt_sv(hints[shown].label));
        int gap = shown > 0 ? 1 : 0;
        if (col + gap + key + 1 + label > end)
            break;
        col += gap;
        col += mt_grid_str(g, r.row, col, key, MT_ACCENT, hints[shown].key) + 1;
        col += mt_grid_str(g, r.row, col, label, MT_NORMAL, hints[shown].label);
    }
    return shown;
}
