/* Pull: the feed, page by page, and then a long poll. A page is handed to its owner and nothing is asked until it is
 * applied with its cursor; the next question uses the cursor that was committed. A cursor the service does not
 * understand means another epoch or another service: everything is fetched again, beside what is there. */
#include "sync_impl.h"

#define PULL_TIMEOUT_MS 30000
#define PAGE_LIMIT 1000
#define EMPTY_PAUSE_MS 1000

static void add_escaped(struct mt_buf *out, struct mt_sv text) {
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char c = (unsigned char)text.p[i];
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.' ||
            c == '~') {
            mt_buf_char(out, (char)c);
        } else {
            const char escaped[3] = {'%', hex[c >> 4], hex[c & 15]};
            mt_buf_add(out, escaped, sizeof escaped);
        }
    }
}

void mt_sync_cursor(struct mt_sync *s, const char *cursor) {
    mt_buf_clear(&s->cursor);
    mt_buf_str(&s->cursor, cursor);
}

bool sync_pull_next(struct mt_sync *s, struct mt_sync_request *out) {
    if (s->page_ready || s->page_out || (s->caught_up && s->wait_s == 0)) {
        return false;
    }
    const int wait = s->caught_up ? s->wait_s : 0;
    mt_buf_clear(&s->asked);
    mt_buf_sv(&s->asked, mt_buf_view(&s->cursor));
    mt_buf_clear(&s->path);
    mt_buf_fmt(&s->path, "/v1/changes?limit=%d", PAGE_LIMIT);
    if (wait > 0) {
        mt_buf_fmt(&s->path, "&wait=%d", wait);
    }
    if (s->cursor.n > 0) {
        mt_buf_str(&s->path, "&cursor=");
        add_escaped(&s->path, mt_buf_view(&s->cursor));
    }
    if (mt_buf_rc(&s->path) != MT_OK || mt_buf_rc(&s->asked) != MT_OK) {
        sync_failed(s, MT_LANE_PULL, false, 0, "The next question can not be put together.");
        return false;
    }
    s->asked_wait = wait > 0;
    s->asked_at = sync_mono(s);
    *out = (struct mt_sync_request){
        .method = "GET",
        .path = mt_buf_text(&s->path),
        .timeout_ms = PULL_TIMEOUT_MS + 1000 * wait,
        .max_answer = s->page.max,
    };
    return true;
}

static void not_understood(struct mt_sync *s, const struct mt_reply *reply) {
    if (s->asked.n > 0) {
        s->restart = true;
        s->page_ready = true;
        mt_buf_clear(&s->page);
    } else {
        sync_failed(s, MT_LANE_PULL, false, reply->retry_after, "The service does not understand what this till asks.");
    }
}

void sync_pull_answer(struct mt_sync *s, const struct mt_reply *reply) {
    switch (sync_reply_kind(reply)) {
    case REPLY_JSON:
        mt_buf_clear(&s->page);
        mt_buf_sv(&s->page, reply->body);
        s->restart = false;
        s->page_date = reply->date;
        s->page_ready = mt_buf_rc(&s->page) == MT_OK;
        if (!s->page_ready) {
            sync_failed(s, MT_LANE_PULL, false, 0, "A page of the service is too large.");
        } else if (reply->date != 0) {
            s->skew_ms = reply->date - s->clock.wall(s->clock.ctx);
        }
        return;
    case REPLY_PROBLEM:
        if (reply->status == 401) {
            sync_pause(s, MT_LANE_PULL);
        } else if (reply->status == 400) {
            not_understood(s, reply);
        } else {
            sync_failed(s, MT_LANE_PULL, reply->status >= 500, reply->retry_after, "The service is not ready.");
        }
        return;
    case REPLY_NONE:
        break;
    }
    sync_failed(s, MT_LANE_PULL, true, reply->retry_after, sync_reply_words(reply));
}

bool mt_sync_page(struct mt_sync *s, struct mt_sync_page *out) {
    if (!s->page_ready) {
        return false;
    }
    s->page_ready = false;
    s->page_out = true;
    *out = (struct mt_sync_page){mt_buf_text(&s->asked), mt_buf_view(&s->page), s->restart};
    return true;
}

void mt_sync_page_done(struct mt_sync *s, enum mt_rc rc, const char *words, const char *cursor,
                       const struct mt_cache_applied *applied) {
    if (!s->page_out) {
        return;
    }
    const bool restarted = s->restart;
    s->page_out = s->restart = false;
    if (cursor != NULL) {
        mt_sync_cursor(s, cursor);
    }
    if (rc != MT_OK) { /* a page that can not be read came from somebody else; a disk that fails is ours */
        sync_failed(s, MT_LANE_PULL, rc == MT_INVALID, 0,
                    rc == MT_INVALID ? "The service's answer can not be read."
                    : words != NULL  ? words
                                     : "");
        return;
    }
    sync_succeeded(s, MT_LANE_PULL, NULL);
    if (!restarted && s->page_date != 0) {
        s->service_time = s->page_date;
    }
    s->caught_up = !restarted && !applied->more;
    s->pulled += restarted ? 0 : (int64_t)applied->changes;
    if (!restarted && applied->changes > 0) {
        sync_feed_moved(s, applied->swapped);
    }
    const int64_t now = sync_mono(s);
    if (s->caught_up && s->asked_wait && applied->changes == 0 && now - s->asked_at < EMPTY_PAUSE_MS) {
        s->lane[MT_LANE_PULL].not_before = now + EMPTY_PAUSE_MS; /* a service that does not wait must not be asked in a circle */
    }
}
