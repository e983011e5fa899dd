/* cache.db: pages, cursors and epochs; search over what people type; and that all of it may be lost. */
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DRUG(id, code, name, spec, generic, pinyin)                                                                                \
    "{\"entity\":\"drug\",\"id\":\"" id "\",\"version\":1,\"data\":{\"drug_id\":\"" id "\",\"code\":\"" code "\",\"name\":\"" name \
    "\",\"spec\":\"" spec "\",\"form\":\"tablet\",\"maker\":\"Acme\",\"generic\":\"" generic "\",\"pinyin\":\"" pinyin             \
    "\",\"price\":1280,\"rx\":\"none\",\"vat_bp\":1300,\"shelf\":\"A1\"}}"
#define STOCK(id, version, on_hand)                                                                                                \
    "{\"entity\":\"stock\",\"id\":\"" id "\",\"version\":" version ",\"data\":{\"drug_id\":\"" id "\",\"on_hand\":" on_hand        \
    ",\"reserved\":1,\"lots\":[{\"lot_no\":\"OLD\",\"expires_on\":\"2020-01-31\",\"state\":\"ok\",\"on_hand\":4,\"reserved\":0},"  \
    "{\"lot_no\":\"L1\",\"expires_on\":\"2099-03-31\",\"state\":\"ok\",\"on_hand\":" on_hand ",\"reserved\":1}]}}"
#define PAGE(epoch, cursor, more, changes)                                                                                         \
    "{\"epoch\":\"" epoch "\",\"cursor\":\"" cursor "\",\"more\":" more ",\"changes\":[" changes "]}"
#define CATALOGUE                                                                                                                  \
    DRUG("d1", "3400930000014", "DOLIPRANE 1000 mg, comprimé", "boîte de 8", "paracétamol", "")                                    \
    "," DRUG("d2", "6901234567892", "阿莫西林胶囊", "0.25 g × 24", "amoxicillin",                                                  \
             "amxl") "," DRUG("d3", "4006381333931", "Metformin tabs", "0.5 g × 48", "metformin",                                  \
                              "") "," DRUG("d4", "73513537", "Metformin SR tabs", "0.5 g × 30", "metformin", "")

static struct mt_date day(void) {
    return mt_date_from_civil(2026, 11, 23);
}

static const char *find(struct bench *b, const char *typed) {
    struct mt_cached_drug *found;
    size_t count;
    struct mt_err err = {0};
    struct mt_buf ids;
    if (mt_cache_search(b->reader, mt_sv(typed), day(), 10, &b->arena, &found, &count, &err) != MT_OK) {
        fail_msg("%s: %s", typed, err.text);
    }
    mt_buf_init(&ids, 1000);
    for (size_t i = 0; i < count; i++) {
        mt_buf_fmt(&ids, i > 0 ? " %s" : "%s", found[i].drug.drug_id.s);
    }
    const char *text = mt_arena_str(&b->arena, mt_buf_text(&ids));
    mt_buf_fini(&ids);
    return text;
}

static void test_search(void **state) {
    struct bench *b = *state;
    static const struct {
        const char *typed, *ids;
    } rows[] = {
        {"doliprane 1000", "d1"}, {"1000 doli", "d1"},
        {"1000mg", "d1"},         {"1000 mg", "d1"},
        {"1000m", "d1"},          {"DOLI", "d1"},
        {"paracetamol", "d1"},    {"comprime", "d1"},
        {"阿莫", "d2"},           {"莫西", "d2"},
        {"西林胶", "d2"},         {"林西", ""},
        {"amxl", "d2"},           {"amox", "d2"},
        {"metf", "d3 d4"},        {"sr metf", "d4"},
        {"metf sr x", ""},        {"0.5g", "d3 d4"},
        {"0.5", "d3 d4"},         {"6901234", "d2"},
        {"6901", "d2"},           {"690", ""},
        {"3400930000014", "d1"},  {"1000", "d1"},
        {"acme", "d1 d2 d3 d4"},  {"tabl metf", "d3 d4"},
        {"ｍｅｔｆ", "d3 d4"},    {"zzz", ""},
    };
    bench_cache(b);
    (void)bench_page(b, PAGE("e1", "c1", "false", CATALOGUE));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(find(b, rows[i].typed), rows[i].ids) != 0) {
            fail_msg("“%s” found “%s”, not “%s”", rows[i].typed, find(b, rows[i].typed), rows[i].ids);
        }
    }
}

/* Whatever is typed, the search answers and never errs. */
static void test_hostile_text(void **state) {
    struct bench *b = *state;
    static const char *const typed[] = {
        "\"",
        "\"\"\"",
        "metf\" OR \"doli",
        "metf OR doli",
        "NEAR(metf doli)",
        "metf*",
        "*",
        "-metf",
        "^metf",
        "terms:metf",
        "{terms}: x",
        "(",
        ")",
        "+",
        "'; DROP TABLE drug; --",
        "\xff\xfe",
        "\xe9\x98",
        "\x1b[31m",
        "",
        " ",
        "\t\n",
        "AND",
        "NOT",
        "a AND",
        "\xe2\x80\xae"
        "abc",
        "—",
        "，。",
        "%_",
        "\\",
        "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
    };
    char long_text[5000];
    memset(long_text, 'm', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    bench_cache(b);
    (void)bench_page(b, PAGE("e1", "c1", "false", CATALOGUE));
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        (void)find(b, typed[i]);
    }
    assert_string_equal(find(b, long_text), "");
    assert_string_equal(find(b, "\""), "");
    assert_string_equal(find(b, "metf\" OR \"doli"), ""); /* words, all of which must be there; "or" is one */
    assert_string_equal(find(b, "metf*"), "d3 d4");
    assert_string_equal(find(b, "(metf)"), "d3 d4");
}

/* Every query is made of quoted letters, digits and spaces, AND and *. */
static void test_query_shape(void **state) {
    (void)state;
    uint64_t seed = 7;
    for (int round = 0; round < 5000; round++) {
        char typed[24];
        for (size_t i = 0; i < sizeof typed; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1;
            typed[i] = (char)(seed >> 56);
        }
        struct mt_buf query;
        mt_buf_init(&query, 8192);
        mt_search_query(mt_sv_n(typed, sizeof typed), &query);
        assert_int_equal(mt_buf_rc(&query), MT_OK);
        bool inside = false;
        for (const char *p = mt_buf_text(&query); *p != '\0'; p++) {
            if (*p == '"') {
                inside = !inside;
            } else if (inside) {
                assert_true((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == ' ' || (unsigned char)*p >= 0x80);
            } else {
                assert_non_null(strchr("* AND", *p));
            }
        }
        assert_false(inside);
        mt_buf_fini(&query);
    }
}

static void test_ranking(void **state) {
    struct bench *b = *state;
    struct mt_sold sold = {.drug_id = {.s = "d4"}, .packs = 7};
    bench_cache(b);
    (void)bench_page(b, PAGE("e1", "c1", "false", CATALOGUE));
    assert_string_equal(find(b, "metf"), "d3 d4");
    assert_int_equal(mt_cache_rank(b->cache, &sold, 1, NULL), MT_OK);
    assert_string_equal(find(b, "metf"), "d4 d3");
    assert_string_equal(find(b, "acme"), "d4 d1 d2 d3");
    sold = (struct mt_sold){.drug_id = {.s = "d3"}, .packs = 9};
    assert_int_equal(mt_cache_rank(b->cache, &sold, 1, NULL), MT_OK);
    assert_string_equal(find(b, "metf"), "d3 d4");
    (void)bench_page(
        b, PAGE("e1", "c2", "false", DRUG("d4", "73513537", "Metformin XR tabs", "1 g", "metformin", ""))); /* keeps its place */
    assert_string_equal(find(b, "xr metf"), "d4");
    assert_string_equal(find(b, "sr metf"), ""); /* the old words are gone from the index */
    assert_string_equal(find(b, "acme"), "d3 d4 d1 d2");
    sold = (struct mt_sold){.drug_id = {.s = "d9"}, .packs = 99}; /* sold before it is known: ranked when it comes */
    assert_int_equal(mt_cache_rank(b->cache, &sold, 1, NULL), MT_OK);
    (void)bench_page(b, PAGE("e1", "c3", "false", DRUG("d9", "40063813", "Metformin oral", "1 g", "metformin", "")));
    assert_string_equal(find(b, "metf"), "d9 d3 d4");
}

static void test_stock(void **state) {
    struct bench *b = *state;
    struct mt_cached_drug d;
    struct mt_stock stock;
    const struct mt_id d1 = {.s = "d1"};
    bench_cache(b);
    (void)bench_page(b, PAGE("e1", "c1", "false", CATALOGUE "," STOCK("d1", "5", "10")));
    assert_int_equal(mt_cache_by_code(b->reader, "3400930000014", day(), &b->arena, &d, NULL), MT_OK);
    assert_int_equal(d.free, 9);
    assert_int_equal(d.expired, 4);
    assert_int_equal(d.first_expiry.day, mt_date_from_civil(2099, 3, 31).day);
    assert_int_equal(mt_cache_by_code(b->reader, "0000000000000", day(), &b->arena, &d, NULL), MT_NOTFOUND);
    (void)bench_page(b, PAGE("e1", "c2", "false", STOCK("d1", "4", "99"))); /* older: dropped */
    assert_int_equal(mt_cache_stock(b->reader, &d1, &b->arena, &stock, NULL), MT_OK);
    assert_int_equal(stock.version, 5);
    assert_int_equal(stock.on_hand, 10);
    assert_int_equal(stock.lot_count, 2);
    struct mt_cache_facts facts;
    assert_int_equal(mt_cache_facts(b->reader, &b->arena, &facts, NULL), MT_OK);
    assert_int_equal(facts.drugs, 4);
    (void)bench_page(b, PAGE("e1", "c3", "false", "{\"entity\":\"drug\",\"id\":\"d1\",\"version\":2,\"data\":null}"));
    assert_int_equal(mt_cache_by_id(b->reader, &d1, day(), &b->arena, &d, NULL), MT_NOTFOUND);
    assert_string_equal(find(b, "doliprane"), "");
    assert_int_equal(mt_cache_facts(b->reader, &b->arena, &facts, NULL), MT_OK);
    assert_int_equal(facts.drugs, 3);
}

static void test_cursor_with_page(void **state) {
    struct bench *b = *state;
    struct mt_cache_applied applied;
    struct mt_err err = {0};
    bench_cache(b);
    assert_string_equal(mt_cache_cursor(b->cache), "");
    applied = bench_page(b, PAGE("e1", "c1", "true", DRUG("d1", "73513537", "One", "", "", "")));
    assert_true(applied.more && applied.filling);
    assert_int_equal(mt_cache_apply(b->cache, "c1", mt_sv("{\"epoch\":\"e1\"}"), &applied, &err), MT_INVALID);
    assert_int_equal(mt_cache_apply(b->cache, "c1", mt_sv("<html>"), &applied, &err), MT_INVALID);
    assert_string_equal(mt_cache_cursor(b->cache), "c1");
    assert_int_equal(mt_cache_apply(b->cache, "", mt_sv(PAGE("e1", "c9", "false", "")), &applied, &err),
                     MT_OK); /* asked long ago: not taken */
    assert_string_equal(mt_cache_cursor(b->cache), "c1");
    mt_cache_close(b->cache);
    b->cache = NULL;
    bench_cache(b);
    assert_string_equal(mt_cache_cursor(b->cache), "c1");
    applied = bench_page(b, PAGE("e1", "c2", "false", ""));
    assert_false(applied.more || applied.filling);
}

/* Another epoch fills a second file; what is shown stays until that is complete; it also goes on after a restart. */
static void test_epochs(void **state) {
    struct bench *b = *state;
    struct mt_cache_applied applied;
    bench_cache(b);
    (void)bench_page(b, PAGE("e1", "c1", "false", CATALOGUE));
    applied = bench_page(b, PAGE("e2", "x1", "false", "")); /* asked with a cursor of e1: only says that all is new */
    assert_true(applied.more && applied.filling && !applied.swapped);
    assert_string_equal(mt_cache_cursor(b->cache), "");
    assert_string_equal(mt_cache_epoch(b->cache), "e1");
    applied = bench_page(b, PAGE("e2", "x1", "true", DRUG("d7", "73513537", "Newdrug", "", "", "")));
    assert_true(applied.more && !applied.swapped);
    assert_string_equal(find(b, "metf"), "d3 d4");
    assert_string_equal(find(b, "newdrug"), "");
    mt_cache_close(b->cache);
    b->cache = NULL;
    bench_cache(b);
    assert_string_equal(mt_cache_cursor(b->cache), "x1");
    assert_string_equal(mt_cache_epoch(b->cache), "e1");
    applied = bench_page(b, PAGE("e2", "x2", "false", ""));
    assert_true(applied.swapped && !applied.filling);
    assert_string_equal(mt_cache_epoch(b->cache), "e2");
    assert_string_equal(find(b, "metf"), "");
    assert_string_equal(find(b, "newdrug"), "d7");
    assert_int_equal(mt_cache_restart(b->cache, NULL), MT_OK); /* and back into the first file */
    applied = bench_page(b, PAGE("e3", "y1", "false", DRUG("d8", "73513537", "Third", "", "", "")));
    assert_true(applied.swapped);
    assert_string_equal(find(b, "third"), "d8");
    assert_string_equal(find(b, "newdrug"), "");
}

static void test_may_be_lost(void **state) {
    struct bench *b = *state;
    char path[128];
    bench_cache(b);
    (void)bench_page(b, PAGE("e1", "c1", "false", CATALOGUE));
    mt_cache_reader_close(b->reader);
    b->reader = NULL;
    mt_cache_close(b->cache);
    b->cache = NULL;
    (void)snprintf(path, sizeof path, "%s/cache.db", b->dir);
    assert_int_equal(truncate(path, 5000), 0);
    bench_cache(b);
    (void)bench_page(b, PAGE("e1", "c1", "false", CATALOGUE));
    assert_string_equal(find(b, "metf"), "d3 d4");
    assert_int_equal(unlink(path), 0); /* while it is open */
    assert_string_equal(find(b, "metf"), "d3 d4");
    mt_cache_reader_close(b->reader);
    b->reader = NULL;
    mt_cache_close(b->cache);
    b->cache = NULL;
    bench_cache(b);
    assert_string_equal(mt_cache_cursor(b->cache), "");
}

#define STAFF(id, version, name, active)                                                                                           \
    "{\"entity\":\"staff\",\"id\":\"" id "\",\"version\":" version ",\"data\":{\"staff_id\":\"" id "\",\"name\":\"" name           \
    "\",\"role\":\"counter\",\"verifier\":\"$argon2id$x\",\"active\":" active "}}"

static void test_staff_outlives_it(void **state) {
    struct bench *b = *state;
    struct mt_staff *staff;
    size_t count;
    bool changed;
    bench_open(b);
    bench_cache(b);
    assert_true(
        bench_page(b, PAGE("e1", "c1", "false", STAFF("s1", "1", "Chen Mei", "true") "," STAFF("s2", "1", "Bo", "true"))).staff);
    assert_int_equal(mt_register_adopt(b->reg, b->reader, &changed, NULL), MT_OK);
    assert_true(changed);
    assert_int_equal(mt_register_adopt(b->reg, b->reader, &changed, NULL), MT_OK);
    assert_false(changed);
    assert_int_equal(mt_register_staff(b->reg, &b->arena, &staff, &count, NULL), MT_OK);
    assert_int_equal(count, 2);
    assert_string_equal(staff[0].name, "Bo");
    (void)bench_page(b, PAGE("e1", "c2", "false", STAFF("s2", "2", "Bo", "false")));
    assert_int_equal(mt_register_adopt(b->reg, b->reader, &changed, NULL), MT_OK);
    assert_int_equal(mt_register_staff(b->reg, &b->arena, &staff, &count, NULL), MT_OK);
    assert_int_equal(count, 1);
    assert_string_equal(staff[0].staff_id.s, "s1");
    assert_int_equal(mt_cache_restart(b->cache, NULL), MT_OK); /* another service: who is not there is no staff */
    (void)bench_page(b, PAGE("e2", "x1", "false", STAFF("s3", "1", "Di", "true")));
    assert_int_equal(mt_register_adopt(b->reg, b->reader, &changed, NULL), MT_OK);
    assert_int_equal(mt_register_staff(b->reg, &b->arena, &staff, &count, NULL), MT_OK);
    assert_int_equal(count, 1);
    assert_string_equal(staff[0].staff_id.s, "s3");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_search),  BENCH_TEST(test_hostile_text), cmocka_unit_test(test_query_shape),
        BENCH_TEST(test_ranking), BENCH_TEST(test_stock),        BENCH_TEST(test_cursor_with_page),
        BENCH_TEST(test_epochs),  BENCH_TEST(test_may_be_lost),  BENCH_TEST(test_staff_outlives_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
