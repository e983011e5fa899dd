#include "http.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sink {
    char *text;
    size_t n;
};

static size_t take(char *bytes, size_t size, size_t count, void *user) {
    struct sink *sink = user;
    size_t n = size * count;
    char *more = realloc(sink->text, sink->n + n + 1);
    if (more == NULL)
        return 0;
    sink->text = more;
    memcpy(more + sink->n, bytes, n);
    sink->n += n;
    more[sink->n] = '\0';
    return n;
}

static struct curl_slist *header(struct curl_slist *list, const char *text) {
    struct curl_slist *longer = curl_slist_append(list, text);
    assert_non_null(longer);
    return longer;
}

struct mt_http mt_http(const char *method, const char *base, const char *path, const char *token, const char *extra,
                       const char *body) {
    char url[2048], bearer[512];
    CURL *curl = curl_easy_init();
    struct sink sink = {.text = calloc(1, 1)};
    struct curl_slist *headers = NULL;
    assert_non_null(curl);
    snprintf(url, sizeof url, "%s%s", base, path);
    if (token != NULL) {
        snprintf(bearer, sizeof bearer, "Authorization: Bearer %s", token);
        headers = header(headers, bearer);
    }
    if (extra != NULL)
        headers = header(headers, extra);
    if (body != NULL) {
        if (extra == NULL || strncmp(extra, "Content-Type:", 13) != 0)
            headers = header(headers, "Content-Type: application/json");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 60000L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    long status = 0;
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return (struct mt_http){.status = status, .body = sink.text};
}

void mt_http_free(struct mt_http *answer) {
    free(answer->body);
    answer->body = NULL;
}
