/* What lists share: the page's size, sealed cursors, bounds in time. A cursor is "<list>:<place>", sealed, so that none can be made
 * up and none of one list passes for another's. */
#include "query.h"

#include <medterm/base/utf8.h>

enum mt_rc query_page(struct mt_session *x, const char **next_cursor, struct mt_sv text, int64_t *limit,
                      struct mt_problem *problem) {
    x->next_cursor[0] = '\0';
    *next_cursor = x->next_cursor;
    *limit = 100;
    if (text.n > 0 && (mt_sv_int(text, limit) != MT_OK || *limit < 1 || *limit > 1000))
        return query_invalid(problem, "limit", "must be a number from 1 to 1000");
    return MT_OK;
}

enum mt_rc query_text(struct mt_sv text, const char *field, struct mt_problem *problem) {
    if (text.n > 255 || !mt_utf8_valid(text))
        return query_invalid(problem, field, "is not a text of at most 255 bytes");
    return MT_OK;
}

enum mt_rc query_bound(struct mt_sv text, bool upper, const char *field, bool *has, mt_time *out, struct mt_problem *problem) {
    struct mt_date day;
    *has = text.n > 0;
    if (!*has || mt_time_parse(text, out) == MT_OK)
        return MT_OK;
    if (mt_date_parse(text, &day) != MT_OK)
        return query_invalid(problem, field, "must be a time such as 2027-03-31T14:32:05Z, or a day");
    *out = ((mt_time)day.day + (upper ? 1 : 0)) * 86400000;
    return MT_OK;
}

enum mt_rc query_cursor(struct mt_session *x, struct mt_sv cursor, const char *list, struct mt_sv *place,
                        struct mt_problem *problem) {
    *place = MT_SV("");
    if (cursor.n == 0)
        return MT_OK;
    if (mt_unseal(x->service->key, cursor, place) != MT_OK)
        return query_invalid(problem, "cursor", "is not one this service gave");
    if (!mt_sv_is(mt_sv_cut(place, ':'), list) || place->n == 0)
        return query_invalid(problem, "cursor", "is not one this list gave");
    return MT_OK;
}

void query_comma(struct mt_buf *out, size_t before) {
    if (before > 0)
        mt_buf_char(out, ',');
}

enum mt_rc query_list_end(struct mt_session *x, struct mt_buf *out, const char *list, const char *place) {
    struct mt_buf plain, sealed;
    if (list[0] == '\0') {
        mt_buf_str(out, "],\"next_cursor\":null}");
        return mt_buf_rc(out);
    }
    mt_buf_init(&plain, 128);
    mt_buf_init(&sealed, sizeof x->next_cursor);
    mt_buf_fmt(&plain, "%s:%s", list, place);
    enum mt_rc rc = mt_buf_rc(&plain);
    if (rc == MT_OK)
        rc = mt_seal(x->service->key, mt_buf_view(&plain), &sealed);
    if (rc == MT_OK)
        rc = mt_sv_copy(mt_buf_view(&sealed), x->next_cursor, sizeof x->next_cursor);
    mt_buf_fini(&plain);
    mt_buf_fini(&sealed);
    if (rc != MT_OK)
        return rc;
    mt_buf_fmt(out, "],\"next_cursor\":\"%s\"}", x->next_cursor); /* sealed: URL-safe characters only */
    return mt_buf_rc(out);
}
