/* Pages of the feed. What this version has no place for (an entity it does not know, or one it keeps nothing of) keeps its id and
 * version and is otherwise skipped, so a newer service never stops an older till. An exception of a kind this
 * version does not know is skipped the same way. */
#include <medterm/wire/changes.h>

#include "print.h"
#include "tree.h"

void mt_changes_begin(struct mt_buf *out, const char *epoch) {
    print_open(out, '{');
    print_text(out, "epoch", epoch);
    print_key(out, "changes");
    print_open(out, '[');
}

static void print_setting(const struct mt_change *c, struct mt_buf *out) {
    print_open(out, '{');
    print_text(out, "name", c->data.setting.name);
    print_text(out, "value", c->data.setting.value);
    print_close(out, '}');
}

static void print_data(const struct mt_change *c, struct mt_buf *out) {
    switch (c->entity) {
    case MT_ENTITY_DRUG:
        mt_drug_print(&c->data.drug, out);
        return;
    case MT_ENTITY_STOCK:
        mt_stock_print(&c->data.stock, out);
        return;
    case MT_ENTITY_ORDER:
        mt_order_print(&c->data.order, MT_ORDER_FULL, out);
        return;
    case MT_ENTITY_STAFF:
        mt_staff_print(&c->data.staff, out);
        return;
    case MT_ENTITY_EXCEPTION:
        mt_exception_print(&c->data.exception, out);
        return;
    case MT_ENTITY_SETTING:
        print_setting(c, out);
        return;
    case MT_ENTITY_USER:
        mt_user_print(&c->data.user, out);
        return;
    case MT_ENTITY_DOCTOR:
        mt_doctor_print(&c->data.doctor, out);
        return;
    case MT_ENTITY_PAYMENT:
    case MT_ENTITY_UNKNOWN:
        break;
    }
    mt_buf_str(out, "null");
}

void mt_changes_add(struct mt_buf *out, const struct mt_change *c) {
    print_open(out, '{');
    print_text(out, "entity", mt_entity_name(c->entity));
    print_text(out, "id", c->id);
    print_int(out, "version", c->version);
    print_key(out, "data");
    if (c->removed)
        mt_buf_str(out, "null");
    else
        print_data(c, out);
    print_close(out, '}');
}

void mt_changes_end(struct mt_buf *out, const char *cursor, bool more) {
    print_close(out, ']');
    print_text(out, "cursor", cursor);
    print_bool(out, "more", more);
    print_close(out, '}');
}

static void setting_read(struct fields *f, struct json *data, struct mt_change *out) {
    out->data.setting.name = field_text(f, data, "name", MUST);
    out->data.setting.value = field_text(f, data, "value", MAY);
}

static bool known_exception(struct json *data) {
    enum mt_exception_kind kind;
    const struct json *name = json_get(data, "kind");
    return name == NULL || name->type != JSON_STRING || mt_exception_kind_parse(mt_sv_n(name->p, name->n), &kind) == MT_OK;
}

static void data_read(struct fields *f, struct json *data, struct mt_change *out) {
    switch (out->entity) {
    case MT_ENTITY_DRUG:
        drug_read(f, data, &out->data.drug);
        out->data.drug.version = out->version;
        break;
    case MT_ENTITY_STOCK:
        stock_read(f, data, &out->data.stock);
        out->data.stock.version = out->version;
        break;
    case MT_ENTITY_ORDER:
        order_read(f, data, &out->data.order);
        break;
    case MT_ENTITY_STAFF:
        staff_read(f, data, &out->data.staff);
        out->data.staff.version = out->version;
        break;
    case MT_ENTITY_EXCEPTION:
        if (!known_exception(data)) {
            out->entity = MT_ENTITY_UNKNOWN;
            break;
        }
        exception_read(f, data, &out->data.exception);
        out->data.exception.version = out->version;
        break;
    case MT_ENTITY_SETTING:
        setting_read(f, data, out);
        break;
    case MT_ENTITY_USER:
        user_read(f, data, &out->data.user);
        break;
    case MT_ENTITY_DOCTOR:
        doctor_read(f, data, &out->data.doctor);
        break;
    case MT_ENTITY_PAYMENT:
    case MT_ENTITY_UNKNOWN:
        break;
    }
}

static enum mt_rc entity_parse(struct mt_sv name, enum mt_entity *out) {
    *out = mt_entity_parse(name);
    return MT_OK;
}

static void change_read(struct fields *f, struct json *n, struct mt_change *out) {
    *out = (struct mt_change){.entity = MT_ENTITY_UNKNOWN};
    (void)field_expect(f, n, JSON_OBJECT);
    FIELD_NAME(f, n, "entity", MUST, entity_parse, &out->entity);
    out->id = field_text(f, n, "id", MUST);
    out->version = field_int(f, n, "version", MUST, 0);
    struct json *data = json_get(n, "data");
    out->removed = data == NULL || data->type == JSON_NULL;
    if (!out->removed && field_expect(f, data, JSON_OBJECT))
        data_read(f, data, out);
}

static void page_read(struct fields *f, struct json *root, void *to) {
    struct mt_changes_page *out = to;
    field_copy(f, root, "epoch", MUST, out->epoch, sizeof out->epoch);
    out->cursor = field_text(f, root, "cursor", MUST);
    out->more = field_bool(f, root, "more", MUST, false);
    const struct json *list = field_array(f, root, "changes", MUST);
    out->changes = tree_array(f, list, sizeof *out->changes, &out->count);
    struct json *n = out->changes != NULL ? list->is.child : NULL;
    for (size_t i = 0; n != NULL; n = n->next, i++)
        change_read(f, n, &out->changes[i]);
}

enum mt_rc mt_changes_parse(struct mt_sv json, struct mt_arena *arena, struct mt_changes_page *out, struct mt_err *err) {
    *out = (struct mt_changes_page){.cursor = ""};
    return fields_answer(json, arena, page_read, out, err);
}
