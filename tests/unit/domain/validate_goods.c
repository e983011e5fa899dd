/* The rules of goods in, corrections, counts, quarantine and recall. */
#include "rules.h"

#include <stdlib.h>

#define LINES 2

static struct mt_op stock_op(enum mt_op_kind kind, struct mt_stock_line lines[LINES]) {
    lines[0] = (struct mt_stock_line){.drug_id = id_of("drug-1"), .lot_no = "L1", .expires_on = MT_NO_DATE, .quantity = 5};
    lines[1] = (struct mt_stock_line){.drug_id = id_of("drug-1"), .lot_no = "L2", .expires_on = MT_NO_DATE, .quantity = 7};
    return (struct mt_op){
        .kind = kind,
        .body.stock = {.lines = lines, .line_count = LINES, .reference = "", .reason = kind == MT_OP_STOCK_ADJUST ? "broken" : ""}};
}

static void test_quantities(void **state) {
    (void)state;
    static const struct {
        enum mt_op_kind kind;
        const char *field; /* of line 1 */
        int64_t good[4], bad[4];
        int goods, bads;
    } rows[] = {
        {MT_OP_STOCK_RECEIVE, "lines[1].quantity", {1, 999, 1000000}, {0, -1, 1000001, INT64_MIN}, 3, 4},
        {MT_OP_STOCK_ADJUST, "lines[1].change", {1, -1, 1000000, -1000000}, {0, 1000001, -1000001, INT64_MAX}, 4, 4},
        {MT_OP_STOCK_COUNT, "lines[1].counted", {0, 1, 1000000}, {-1, 1000001, INT64_MIN}, 3, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_stock_line lines[LINES];
        struct mt_op op = stock_op(rows[i].kind, lines);
        for (int k = 0; k < rows[i].goods; k++) {
            lines[1].quantity = rows[i].good[k];
            assert_good(&op);
        }
        for (int k = 0; k < rows[i].bads; k++) {
            lines[1].quantity = rows[i].bad[k];
            assert_bad(&op, rows[i].field);
        }
    }
}

static void test_lines(void **state) {
    (void)state;
    char text[LONG_TEXT_MAX];
    struct mt_stock_line lines[LINES];
    struct mt_op op = stock_op(MT_OP_STOCK_RECEIVE, lines);
    op.body.stock.line_count = 0;
    assert_bad(&op, "lines");
    op = stock_op(MT_OP_STOCK_RECEIVE, lines);
    lines[0].drug_id = id_of("");
    assert_bad(&op, "lines[0].drug_id");
    op = stock_op(MT_OP_STOCK_RECEIVE, lines);
    lines[0].lot_no = " ";
    assert_bad(&op, "lines[0].lot_no");
    static const char *const bad[] = {" L1", "L1 ", "L\x1b", "L\t1", "\xc2\xa0L1", "L1\xe3\x80\x80", "L1\xe2\x80\x8b", "L\xc2\x85"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        lines[0].lot_no = bad[i];
        assert_bad(&op, "lines[0].lot_no");
    }
    lines[0].lot_no = "L1 returned"; /* blanks inside, and letters of any script */
    assert_good(&op);
    lines[0].lot_no = "\xe6\x89\xb9-7";
    assert_good(&op);
    lines[0].lot_no = long_text(text, 65);
    assert_bad(&op, "lines[0].lot_no");
    lines[0].lot_no = long_text(text, 64);
    assert_good(&op);
    op = stock_op(MT_OP_STOCK_RECEIVE, lines);
    lines[1].lot_no = "L1";
    assert_bad(&op, "lines[1].lot_no"); /* one lot of a drug stands once */
    lines[1].drug_id = id_of("drug-2");
    assert_good(&op);
}

static void test_too_many_lines(void **state) {
    (void)state;
    struct mt_stock_line *lines = calloc(MT_ITEMS_MAX + 1, sizeof *lines);
    assert_non_null(lines);
    for (size_t i = 0; i <= MT_ITEMS_MAX; i++) {
        char drug[MT_ID_TEXT];
        assert_true(snprintf(drug, sizeof drug, "drug-%zu", i) > 0);
        lines[i] = (struct mt_stock_line){.drug_id = id_of(drug), .lot_no = "L1", .expires_on = MT_NO_DATE, .quantity = 1};
    }
    struct mt_op op = {.kind = MT_OP_STOCK_COUNT,
                       .body.stock = {.lines = lines, .line_count = MT_ITEMS_MAX, .reference = "", .reason = ""}};
    assert_good(&op);
    op.body.stock.line_count++;
    assert_bad(&op, "lines");
    free(lines);
}

static void test_words(void **state) {
    (void)state;
    char text[LONG_TEXT_MAX];
    struct mt_stock_line lines[LINES];
    struct mt_op op = stock_op(MT_OP_STOCK_RECEIVE, lines);
    op.body.stock.reference = long_text(text, 65);
    assert_bad(&op, "reference");
    op = stock_op(MT_OP_STOCK_ADJUST, lines);
    op.body.stock.reason = "";
    assert_bad(&op, "reason");
    op.body.stock.reason = long_text(text, 256);
    assert_bad(&op, "reason");
    op.body.stock.reason = long_text(text, 255);
    assert_good(&op);
}

static void test_lots(void **state) {
    (void)state;
    static const enum mt_op_kind kinds[] = {MT_OP_LOT_RECALL, MT_OP_LOT_QUARANTINE};
    for (size_t i = 0; i < 2; i++) {
        struct mt_op op = {.kind = kinds[i], .body.lot = {.drug_id = id_of("drug-1"), .lot_no = "L1", .reason = "notice 12"}};
        assert_good(&op);
        op.body.lot.drug_id = id_of("");
        assert_bad(&op, "drug_id");
        op.body.lot.drug_id = id_of("drug-1");
        op.body.lot.lot_no = "";
        assert_bad(&op, "lot_no");
        op.body.lot.lot_no = "L1 ";
        assert_bad(&op, "lot_no");
        op.body.lot.lot_no = "L1";
        op.body.lot.reason = "";
        assert_bad(&op, "reason");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantities), cmocka_unit_test(test_lines), cmocka_unit_test(test_too_many_lines),
        cmocka_unit_test(test_words),      cmocka_unit_test(test_lots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
