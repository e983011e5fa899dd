/* Telling an answer of ours from one of somebody between: a captive portal says 200 with HTML, a proxy redirects or answers by
 * itself. Only JSON counts, and errors only as problem documents. Enrolment reads its one answer here too. */
#include "sync_impl.h"

#include <string.h>
#include <strings.h>

static bool type_is(struct mt_sv type, const char *name) {
    struct mt_sv rest = type;
    const struct mt_sv first = mt_sv_trim(mt_sv_cut(&rest, ';'));
    const size_t n = strlen(name);
    return first.n == n && strncasecmp(first.p, name, n) == 0;
}

enum reply_kind sync_reply_kind(const struct mt_reply *reply) {
    if (reply->transport != MT_OK) {
        return REPLY_NONE;
    }
    if ((reply->status == 200 || reply->status == 201) && type_is(reply->content_type, "application/json")) {
        return REPLY_JSON;
    }
    return reply->status >= 400 && reply->status <= 599 && type_is(reply->content_type, "application/problem+json") ? REPLY_PROBLEM
                                                                                                                    : REPLY_NONE;
}

const char *sync_reply_words(const struct mt_reply *reply) {
    if (reply->transport != MT_OK) {
        return reply->words != NULL && reply->words[0] != '\0' ? reply->words : "The service does not answer.";
    }
    if (reply->status >= 300 && reply->status < 400) {
        return "The address leads elsewhere. Something between answers in place of the service.";
    }
    if (reply->status >= 500) {
        return "The service is not ready.";
    }
    return "Something answers that is not the order service.";
}

void mt_enrol_request(const char *code, const char *instance_id, const char *name, struct mt_buf *body) {
    struct mt_enrolment e = {.code = ""};
    if (mt_sv_copy(mt_sv_trim(mt_sv(code)), e.code, sizeof e.code) != MT_OK ||
        mt_sv_copy(mt_sv(instance_id), e.instance_id, sizeof e.instance_id) != MT_OK) {
        e.code[0] = '\0'; /* too long for a code: the service refuses the empty one in words */
    }
    if (name != NULL && mt_sv_copy(mt_sv(name), e.name, sizeof e.name) != MT_OK) {
        e.name[0] = '\0';
    }
    mt_enrolment_print(&e, body);
}

enum mt_rc mt_enrol_answer(const struct mt_reply *reply, struct mt_register_info *out, struct mt_err *err) {
    struct mt_problem problem;
    switch (sync_reply_kind(reply)) {
    case REPLY_JSON:
        if (mt_register_info_parse(reply->body, out, err) == MT_OK && out->token[0] != '\0') {
            return MT_OK;
        }
        return mt_fail(err, MT_OFFLINE, "The service's answer can not be read. Try again.");
    case REPLY_PROBLEM:
        mt_problem_init(&problem);
        if (mt_problem_parse(reply->body, &problem) == MT_OK && reply->status < 500 && reply->status != 429) {
            return mt_fail(err, MT_DENIED, "%s",
                           problem.detail[0] != '\0' ? problem.detail : "The code is not accepted. Ask for a new one.");
        }
        return mt_fail(err, MT_OFFLINE, "The service is not ready. Try again.");
    case REPLY_NONE:
        break;
    }
    return mt_fail(err, MT_OFFLINE, "%s", sync_reply_words(reply));
}
