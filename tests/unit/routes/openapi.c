/* The contract and the program say the same: routes, parameters, codes, names of everything that stands in a table, both ways
 * round. The document is read as it is served. */
#include "rig.h"

#include <medterm/domain/change.h>
#include <medterm/wire/notice.h>

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

static struct rig rig;
static cJSON *doc;
static const struct mt_route_info *routes;
static size_t route_count;

static struct mt_response get(const char *if_none_match) {
    struct mt_request q = {.method = MT_SV("GET"), .path = MT_SV("/openapi.json"), .if_none_match = mt_sv(if_none_match)};
    return rig_ask(&rig, &q, NULL);
}

static int read_the_contract(void **state) {
    (void)state;
    rig_open(&rig);
    routes = mt_routes(&route_count);
    struct mt_response r = get("");
    doc = cJSON_ParseWithLength(r.body.p, r.body.n);
    mt_response_fini(&r);
    assert_non_null(doc);
    return 0;
}

static int put_it_away(void **state) {
    (void)state;
    cJSON_Delete(doc);
    rig_close(&rig);
    return 0;
}

static const cJSON *at(const cJSON *from, const char *key) {
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(from, key);
    if (!found)
        fail_msg("the contract lacks %s", key);
    return found;
}

/* "#/components/schemas/Order" */
static const cJSON *referred(const char *ref) {
    const cJSON *node = doc;
    char key[80];
    assert_int_equal(strncmp(ref, "#/", 2), 0);
    for (ref += 2; *ref; ref += *ref == '/') {
        size_t n = strcspn(ref, "/");
        assert_true(n < sizeof key);
        memcpy(key, ref, n);
        key[n] = '\0';
        node = at(node, key);
        ref += n;
    }
    return node;
}

static const cJSON *resolved(const cJSON *node) {
    const cJSON *ref = cJSON_GetObjectItemCaseSensitive(node, "$ref");
    return ref ? referred(ref->valuestring) : node;
}

static void served_with_a_tag(void **state) {
    (void)state;
    struct mt_response first = get("");
    assert_int_equal(first.status, 200);
    assert_string_equal(first.content_type, "application/json");
    assert_true(strlen(first.etag) > 4);
    struct mt_response again = get(first.etag);
    assert_int_equal(again.status, 304);
    assert_int_equal(again.body.n, first.body.n); /* for its length; it is not sent */
    struct mt_response other = get("\"0\"");
    assert_int_equal(other.status, 200);
    assert_int_equal(other.body.n, first.body.n);
    mt_response_fini(&first);
    mt_response_fini(&again);
    mt_response_fini(&other);
}

/* The path with {} for every {name}, as the table writes it. */
static void plain_path(const char *path, char *out, size_t size) {
    size_t n = 0;
    bool inside = false;
    for (; *path; path++) {
        if (*path == '}')
            inside = false;
        if (!inside && n + 1 < size)
            out[n++] = *path;
        if (*path == '{')
            inside = true;
    }
    out[n] = '\0';
}

static void lower(const char *word, char *out, size_t size) {
    size_t n = 0;
    for (; *word && n + 1 < size; word++)
        out[n++] = (char)(*word >= 'A' && *word <= 'Z' ? *word - 'A' + 'a' : *word);
    out[n] = '\0';
}

static bool is_method(const char *word) {
    static const char *const methods[] = {"get", "put", "post", "delete", "options", "head", "patch", "trace"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(word, methods[i]) == 0)
            return true;
    return false;
}

static const cJSON *described(const struct mt_route_info *route) {
    char path[128], method[8];
    lower(route->method, method, sizeof method);
    const cJSON *item;
    cJSON_ArrayForEach(item, at(doc, "paths")) {
        plain_path(item->string, path, sizeof path);
        if (strcmp(path, route->path) == 0)
            return cJSON_GetObjectItemCaseSensitive(item, method);
    }
    return NULL;
}

static void each_route_is_described(void **state) {
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        const struct mt_route_info *route = &routes[i];
        const cJSON *op = described(route);
        if (!op)
            fail_msg("%s %s is not in the contract", route->method, route->path);
        const cJSON *security = cJSON_GetObjectItemCaseSensitive(op, "security");
        if ((route->callers != MT_FROM_ANYBODY) != (security == NULL))
            fail_msg("%s %s: the contract says otherwise about the token", route->method, route->path);
        if ((route->body != MT_BODY_NONE) != (cJSON_GetObjectItemCaseSensitive(op, "requestBody") != NULL))
            fail_msg("%s %s: the contract says otherwise about the body", route->method, route->path);
    }
}

static void each_description_is_a_route(void **state) {
    (void)state;
    char path[128], method[8];
    const cJSON *item, *op;
    size_t ops = 0;
    cJSON_ArrayForEach(item, at(doc, "paths")) {
        plain_path(item->string, path, sizeof path);
        cJSON_ArrayForEach(op, item) {
            bool found = false;
            if (!is_method(op->string))
                continue;
            ops++;
            for (size_t i = 0; i < route_count && !found; i++) {
                const struct mt_route_info *route = &routes[i];
                lower(route->method, method, sizeof method);
                found = strcmp(route->path, path) == 0 && strcmp(method, op->string) == 0;
            }
            if (!found)
                fail_msg("no route is %s %s", op->string, item->string);
        }
    }
    assert_int_equal(ops, route_count);
}

static bool has_name(const char *const *names, const char *name) {
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static void parameters_are_the_same(void **state) {
    (void)state;
    for (size_t i = 0; i < route_count; i++) {
        const struct mt_route_info *route = &routes[i];
        const cJSON *item, *op = described(route);
        size_t known = 0, told = 0, segments = 0, keys = 0;
        assert_non_null(op);
        while (route->query && route->query[known])
            known++;
        cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(op, "parameters")) {
            const cJSON *parameter = resolved(item);
            const char *in = at(parameter, "in")->valuestring, *name = at(parameter, "name")->valuestring;
            segments += strcmp(in, "path") == 0;
            keys += strcmp(name, "Idempotency-Key") == 0;
            if (strcmp(in, "query") != 0)
                continue;
            told++;
            if (!has_name(route->query, name))
                fail_msg("%s %s takes no %s", route->method, route->path, name);
        }
        if (told != known)
            fail_msg("%s %s: the contract names %zu of %zu parameters", route->method, route->path, told, known);
        if (keys != route->key)
            fail_msg("%s %s: the contract says otherwise about the key", route->method, route->path);
        for (const char *p = route->path; (p = strstr(p, "{}")) != NULL; p++)
            segments--;
        assert_int_equal(segments, 0);
    }
}

/* Every name of the table stands in the list, and as many stand there. */
static void same_names(const char *what, const cJSON *list, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const cJSON *item;
        bool found = false;
        cJSON_ArrayForEach(item, list) {
            const char *text = item->string ? item->string : item->valuestring;
            found = found || (text && strcmp(text, names[i]) == 0);
        }
        if (!found)
            fail_msg("%s: the contract lacks %s", what, names[i]);
    }
    if (cJSON_GetArraySize(list) != (int)count)
        fail_msg("%s: the contract has %d names, the program %zu", what, cJSON_GetArraySize(list), count);
}

static const cJSON *enum_of(const char *ref) {
    return at(referred(ref), "enum");
}

#define NAME(symbol, name, ...) name,
#define ONLY_NAME(symbol, name) name,
/* Some tables begin or end with a row that has no name: it is left out by `skip` and `count`. */
#define SAME(what, list, table, row, skip, last)                                                                                   \
    do {                                                                                                                           \
        static const char *const names[] = {table(row)};                                                                           \
        same_names(what, list, names + (skip), sizeof names / sizeof names[0] - (skip) - (last));                                  \
    } while (0)

static void names_are_the_same(void **state) {
    (void)state;
    SAME("problem codes", enum_of("#/components/schemas/ProblemCode"), MT_PROBLEM_TABLE, NAME, 1, 0);
    SAME("statuses", enum_of("#/components/schemas/OrderStatus"), MT_ORDER_STATUS_TABLE, NAME, 0, 0);
    SAME("methods of payment", enum_of("#/components/schemas/PayMethod"), MT_PAY_METHOD_TABLE, NAME, 0, 0);
    SAME("statuses of payments", enum_of("#/components/schemas/PayStatus"), MT_PAY_STATUS_TABLE, ONLY_NAME, 0, 0);
    SAME("outcomes", enum_of("#/components/schemas/Outcome"), MT_OUTCOME_TABLE, ONLY_NAME, 0, 0);
    SAME("roles", enum_of("#/components/schemas/Role"), MT_ROLE_TABLE, ONLY_NAME, 0, 0);
    SAME("kinds of exceptions", enum_of("#/components/schemas/ExceptionKind"), MT_EXCEPTION_TABLE, NAME, 0, 0);
    SAME("prescription classes", enum_of("#/components/schemas/Drug/properties/rx"), MT_RX_TABLE, NAME, 0, 0);
    SAME("decisions", enum_of("#/components/schemas/ExceptionResolveBody/properties/action"), MT_RESOLVE_TABLE, NAME, 0, 0);
    SAME("kinds of operations", referred("#/components/schemas/Operation/discriminator/mapping"), MT_OP_TABLE, NAME, 0, 1);
    SAME("entities", referred("#/components/schemas/Change/discriminator/mapping"), MT_ENTITY_TABLE, ONLY_NAME, 0, 1);
}

/* The names of an object, as many as fit. */
static size_t names_of(const cJSON *object, const char **names, size_t room) {
    const cJSON *item;
    size_t count = 0;
    cJSON_ArrayForEach(item, object) {
        assert_true(count < room);
        names[count++] = item->string;
    }
    return count;
}

/* What a subscriber is sent is what the contract says it is. */
static void a_notice_is_described(void **state) {
    (void)state;
    const struct mt_notice n = {
        .store_id = "s", .order_id = "o", .order_no = "A03-000001", .from = "", .to = "paid", .version = 1, .at = 1};
    const cJSON *post = at(referred("#/webhooks/order.status"), "post"), *item;
    const cJSON *schema = resolved(at(at(at(at(post, "requestBody"), "content"), "application/json"), "schema"));
    const char *names[16], *headers[3];
    struct mt_buf body;
    mt_buf_init(&body, 1024);
    mt_notice_print(&n, &body);
    assert_int_equal(mt_buf_rc(&body), MT_OK);
    cJSON *sent = cJSON_ParseWithLength(body.p, body.n);
    assert_non_null(sent);
    const size_t count = names_of(sent, names, sizeof names / sizeof names[0]);
    same_names("the notice", at(schema, "properties"), names, count);
    same_names("the notice's required names", at(schema, "required"), names, count);
    assert_string_equal(at(at(at(schema, "properties"), "event"), "enum")->child->valuestring, at(sent, "event")->valuestring);
    size_t told = 0;
    cJSON_ArrayForEach(item, at(post, "parameters")) {
        assert_true(told < 3 && strcmp(at(item, "in")->valuestring, "header") == 0 && cJSON_IsTrue(at(item, "required")));
        headers[told++] = at(item, "name")->valuestring;
    }
    assert_int_equal(told, 3); /* those tests/unit/notify finds in what is sent */
    assert_string_equal(headers[0], "Medterm-Delivery");
    assert_string_equal(headers[1], "Medterm-Timestamp");
    assert_string_equal(headers[2], "Medterm-Signature");
    cJSON_Delete(sent);
    mt_buf_fini(&body);
}

/* Each code's status is an answer of at least one route, so that no refusal is a surprise. 405 is of no route: it is for methods
 * that are not there. */
static void each_status_is_told(void **state) {
    (void)state;
#define STATUS(symbol, code, status, title) status,
    static const int statuses[] = {MT_PROBLEM_TABLE(STATUS)};
    for (size_t i = 1; i < sizeof statuses / sizeof statuses[0]; i++) {
        char key[8];
        bool told = statuses[i] == 405;
        (void)snprintf(key, sizeof key, "%d", statuses[i]);
        for (size_t k = 0; k < route_count && !told; k++) {
            const struct mt_route_info *route = &routes[k];
            told = cJSON_GetObjectItemCaseSensitive(at(described(route), "responses"), key) != NULL;
        }
        if (!told)
            fail_msg("no route of the contract answers %d", statuses[i]);
    }
}

/* All references lead somewhere, and requests take nothing that is not named. */
static void walk(const cJSON *node, size_t depth) {
    const cJSON *item;
    assert_true(depth < 64);
    cJSON_ArrayForEach(item, node) {
        if (item->string && strcmp(item->string, "$ref") == 0)
            (void)referred(item->valuestring);
        walk(item, depth + 1);
    }
}

static void references_lead_somewhere(void **state) {
    (void)state;
    walk(doc, 0);
}

static void bodies_are_closed(void **state) {
    (void)state;
    const cJSON *item;
    size_t bodies = 0;
    cJSON_ArrayForEach(item, referred("#/components/schemas")) {
        const cJSON *type = cJSON_GetObjectItemCaseSensitive(item, "type");
        if (!type || !cJSON_IsString(type) || strcmp(type->valuestring, "object") != 0)
            continue;
        bodies++;
        if (!cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(item, "additionalProperties")))
            fail_msg("%s takes anything", item->string);
    }
    assert_true(bodies > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(served_with_a_tag),           cmocka_unit_test(each_route_is_described),
        cmocka_unit_test(each_description_is_a_route), cmocka_unit_test(parameters_are_the_same),
        cmocka_unit_test(names_are_the_same),          cmocka_unit_test(each_status_is_told),
        cmocka_unit_test(references_lead_somewhere),   cmocka_unit_test(bodies_are_closed),
        cmocka_unit_test(a_notice_is_described),
    };
    return cmocka_run_group_tests(tests, read_the_contract, put_it_away);
}
