/* The catalogue's readers: CSV with its dirt, BDPM with its dirt, and the whole BDPM as published. */
#include <medterm/admin/import.h>
#include <medterm/crypto/crypto.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define CODE_1 "6901000000011"
#define CODE_2 "6901000000028"
#define TODAY mt_date_from_civil(2026, 11, 23)

struct place {
    char *dir;
    struct mt_buf said;
};

static int open_place(void **state) {
    static struct place p;
    mt_temp_dir(&p.dir);
    mt_buf_init(&p.said, 1 << 20);
    *state = &p;
    return 0;
}

static int close_place(void **state) {
    struct place *p = *state;
    mt_temp_dir_remove(p->dir);
    mt_buf_fini(&p->said);
    return 0;
}

static void hear(void *ctx, const char *line) {
    struct place *p = ctx;
    mt_buf_str(&p->said, line);
    mt_buf_char(&p->said, '\n');
}

static char *put_file(struct place *p, const char *name, const char *bytes, size_t n) {
    char *path = mt_path(p->dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    return path;
}

static enum mt_rc read_csv(struct place *p, struct mt_import *in, const char *bytes, size_t n, struct mt_err *err) {
    char *path = put_file(p, "c.csv", bytes, n);
    mt_buf_clear(&p->said);
    mt_import_init(in, hear, p);
    enum mt_rc rc = mt_import_read_csv(in, path, TODAY, err);
    free(path);
    return rc;
}

static void csv_rows_that_are_taken(void **state) {
    struct mt_import in;
    static const char text[] =
        "\xEF\xBB\xBF"
        "price,name,code,rx,spec,vat_bp,lot_no,expires_on,quantity,pinyin,shelf,form,maker,generic\r\n"
        "12.80,\"Amoxi, \"\"caps\"\"\"," CODE_1 ",rx,0.25 g × 24,1300,L1,+90d,50,amxl,A-1,caps,HPG,amoxicillin\r\n"
        "\r\n"
        ",\"阿莫西林\n胶囊\"," CODE_2 ",,,,,,,,,,,\n"
        " 7 , x , 036000291452 ,none,,0,L2,-10d,1,,,,,\n"
        "0.05,\"\x1b[31mred\xe2\x80\xaetxt\t!\",96385074,controlled,,10000,L3,2027-03-31,1000000,,,,,";
    assert_int_equal(read_csv(*state, &in, text, sizeof text - 1, NULL), MT_OK);
    assert_int_equal(in.read, 4);
    assert_int_equal(in.rejected, 0);
    assert_int_equal(in.count, 4);
    char price[MT_MONEY_TEXT];
    const struct mt_import_row *r = &in.rows[0];
    assert_string_equal(r->drug.name, "Amoxi, \"caps\"");
    assert_string_equal(r->drug.code, CODE_1);
    assert_string_equal(r->drug.spec, "0.25 g × 24");
    assert_string_equal(r->drug.pinyin, "amxl");
    assert_string_equal(r->drug.shelf, "A-1");
    assert_string_equal(r->drug.generic, "amoxicillin");
    mt_money_format(r->drug.price, price);
    assert_string_equal(price, "12.80");
    assert_true(r->drug.has_price && r->drug.sellable);
    assert_int_equal(r->drug.rx, MT_RX_REQUIRED);
    assert_int_equal(r->drug.vat_bp, 1300);
    assert_string_equal(r->lot_no, "L1");
    assert_int_equal(r->expires_on.day, TODAY.day + 90);
    assert_int_equal(r->quantity, 50);
    assert_int_equal(r->line, 2);
    r = &in.rows[1];
    assert_string_equal(r->drug.name, "阿莫西林 胶囊");
    assert_false(r->drug.has_price || r->drug.sellable);
    assert_string_equal(r->lot_no, "");
    r = &in.rows[2];
    assert_string_equal(r->drug.code, "0036000291452");
    assert_int_equal(r->expires_on.day, TODAY.day - 10);
    r = &in.rows[3];
    assert_string_equal(r->drug.name, "[31mredtxt !");
    assert_int_equal(r->drug.rx, MT_RX_CONTROLLED);
    mt_import_fini(&in);
}

static void csv_rows_that_are_refused(void **state) {
    struct place *p = *state;
    static const char header[] = "code,name,price,rx,vat_bp,lot_no,expires_on,quantity,spec\n";
    static const struct {
        const char *row, *why;
    } rows[] = {
        {"123,x,1,,,,,,", "code"},
        {"6901000000012,x,1,,,,,,", "check digit"},
        {",x,1,,,,,,", "code"},
        {CODE_1 ",,1,,,,,,", "name is empty"},
        {CODE_1 ",\"\x1b\",1,,,,,,", "name is empty"},
        {CODE_1 ",x,1.234,,,,,,", "price"},
        {CODE_1 ",x,-1,,,,,,", "price"},
        {CODE_1 ",x,1e3,,,,,,", "price"},
        {CODE_1 ",x,NaN,,,,,,", "price"},
        {CODE_1 ",x,99999999999999999999,,,,,,", "price"},
        {CODE_1 ",x,1,maybe,,,,,", "rx"},
        {CODE_1 ",x,1,,10001,,,,", "vat_bp"},
        {CODE_1 ",x,1,,-1,,,,", "vat_bp"},
        {CODE_1 ",x,1,,,L1,,5,", "a lot needs"},
        {CODE_1 ",x,1,,,L1,+90d,,", "a lot needs"},
        {CODE_1 ",x,1,,,,+90d,5,", "a lot needs"},
        {CODE_1 ",x,1,,,L1,2027-02-29,5,", "expires_on"},
        {CODE_1 ",x,1,,,L1,+90,5,", "expires_on"},
        {CODE_1 ",x,1,,,L1,+d,5,", "expires_on"},
        {CODE_1 ",x,1,,,L1,+-9d,5,", "expires_on"},
        {CODE_1 ",x,1,,,L1,+90d,0,", "quantity"},
        {CODE_1 ",x,1,,,L1,+90d,1.5,", "quantity"},
        {CODE_1 ",x,1,,,LOT-NUMBER-OF-TOO-MANY,+90d,5,", "lot_no"},
        {CODE_1 ",x,1,,,L\x1b"
                "1,+90d,5,",
         "lot_no holds control"},
        {CODE_1 ",x,1,,,\xc2\xa0L1,+90d,5,", "lot_no holds control"},
        {CODE_1 ",x,1", "fields"},
        {CODE_1 ",x,1,,,,,,,", "fields"},
        {CODE_1 ",\"x\"y,1,,,,,,", "closing quote"},
        {CODE_1 ",x\"y,1,,,,,,", "quote"},
        {CODE_1 ",\xff,1,,,,,,", "UTF-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_buf text;
        struct mt_import in;
        mt_buf_init(&text, 4096);
        mt_buf_fmt(&text, "%s" CODE_1 ",before,1,,,,,,\n%s\n" CODE_2 ",behind,2,,,,,,\n", header, rows[i].row);
        assert_int_equal(read_csv(p, &in, text.p, text.n, NULL), MT_OK);
        const char *said = mt_buf_text(&p->said);
        if (in.read != 3 || in.rejected != 1 || in.count != 2 || !strstr(said, rows[i].why) ||
            strncmp(said, "c.csv:3: rejected: ", 19) != 0)
            fail_msg("%s: read %d rejected %d taken %zu: %s", rows[i].row, (int)in.read, (int)in.rejected, in.count, said);
        assert_string_equal(in.rows[1].drug.name, "behind");
        mt_import_fini(&in);
        mt_buf_fini(&text);
    }
}

static void csv_files_that_are_refused(void **state) {
    static const struct {
        const char *text, *why;
    } rows[] = {{"", "no header"},
                {"\n\n", "no header"},
                {"code,name\n", "price"},
                {"name,price\n", "code"},
                {"code,name,price,name\n", "twice"},
                {"a;b;c\n1;2;3\n", "missing"},
                {"\"code,name,price\n", "no header"}};
    struct mt_err err;
    struct mt_import in;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(read_csv(*state, &in, rows[i].text, strlen(rows[i].text), &err), MT_INVALID);
        if (!strstr(err.text, rows[i].why))
            fail_msg("%s: %s", rows[i].text, err.text);
        mt_import_fini(&in);
    }
    mt_import_init(&in, NULL, NULL);
    assert_int_equal(mt_import_read_csv(&in, "/nowhere/c.csv", TODAY, &err), MT_NOTFOUND);
    mt_import_fini(&in);
}

static void csv_oddities(void **state) {
    struct place *p = *state;
    struct mt_import in;
    struct mt_buf text;
    mt_buf_init(&text, 1 << 20);
    mt_buf_str(&text, "code,name,price,colour\n" CODE_1 ",\"");
    for (int i = 0; i < 70000; i++)
        mt_buf_char(&text, 'x');
    mt_buf_str(&text, "\",1,red\n" CODE_2 ",ok,1,red\n" CODE_1 ",a");
    mt_buf_add(&text, "\0", 1);
    mt_buf_str(&text, "b,1,red\n" CODE_2 ",\"never closed,1,red\n");
    assert_int_equal(read_csv(p, &in, text.p, text.n, NULL), MT_OK);
    assert_int_equal(in.read, 4);
    assert_int_equal(in.rejected, 3);
    assert_int_equal(in.count, 1);
    assert_non_null(strstr(mt_buf_text(&p->said), "\"colour\" is not known"));
    assert_non_null(strstr(mt_buf_text(&p->said), "too long"));
    assert_non_null(strstr(mt_buf_text(&p->said), "NUL"));
    assert_non_null(strstr(mt_buf_text(&p->said), "never closed"));
    mt_import_fini(&in);
    mt_buf_fini(&text);
}

static void put_gz(struct place *p, const char *name, const char *text, char **path) {
    *path = mt_path(p->dir, name);
    gzFile gz = gzopen(*path, "wb");
    assert_non_null(gz);
    assert_int_equal(gzwrite(gz, text, (unsigned)strlen(text)), (int)strlen(text));
    assert_int_equal(gzclose(gz), Z_OK);
}

static const char cis[] =
    "70000003\tMORPHINE X 10 mg, comprimé\t comprimé\torale\tAutorisation active\tP\tCommercialisée\t01/01/2000\t\t\t LABO "
    "TROIS\tNon\r\n"
    "70000001\tDOLI 1000 mg, comprimé\tcomprimé\torale\tAutorisation active\tP\tCommercialisée\t01/01/2000\t\t\t LABO UN;LABO "
    "DEUX\tNon\n"
    "70000002\tVIEUX, gélule\tgélule\torale\tAutorisation active\tP\tNon commercialisée\t01/01/2000\t\t\t\tNon\r\n";
static const char cpd[] = "70000003\tliste I\r\n70000003\tstupéfiants\r\n70000003\tliste I\r\n70000002\tliste II\n99999999\tliste "
                          "I\n70000001\tréservé\n\n1\n";
static const char compo[] = "70000001\tcomprimé\t1\tPARACÉTAMOL\t1 g\tun comprimé\tSA\t1\t\r\n"
                            "70000001\tcomprimé\t2\tCAFÉINE\t50 mg\tun comprimé\tSA\t2\t\r\n"
                            "70000001\tcomprimé\t3\tCAFÉINE\t50 mg\tun comprimé\tSA\t3\t\r\n"
                            "70000003\tcomprimé\t4\tSULFATE DE MORPHINE\t10 mg\tun comprimé\tSA\t1\t\r\n"
                            "70000003\tcomprimé\t5\tMORPHINE\t7 mg\tun comprimé\tFT\t1\t\r\n";
#define CIP(number, code, rate, price, status, declaration)                                                                        \
    number "\t1234567\tboîte de 8\t" status "\t" declaration "\t01/01/2000\t" code "\toui\t" rate "\t1,00\t" price                 \
           "\t1,02\tpour l¿enfant"
#define ACTIVE "Présentation active"
#define SOLD "Déclaration de commercialisation"
static const char cip[] =
    CIP("70000001", "3400930000014", "65 %", "2,18", ACTIVE, SOLD) "\r\n" CIP("70000003", "3400930000021", "65%", "1,196,29", ACTIVE, SOLD) "\n" CIP(
        "70000002", "3400930000038", "", "5,00",
        ACTIVE,
        SOLD) "\r\n" CIP("70000001", "3400930000045", "", "", ACTIVE,
                         SOLD) "\n" CIP("70000001", "3400930000052", "30%", "5,00", ACTIVE,
                                        "Déclaration d'arrêt de commercialisation") "\n" CIP("70000009", "3400930000069",
                                                                                             "", "1,00", ACTIVE,
                                                                                             SOLD) "\n" CIP("70000001", "3400930000060",
                                                                                                            "", "1,00", ACTIVE,
                                                                                                            SOLD) "\n" CIP("7000000"
                                                                                                                           "1",
                                                                                                                           "3400930"
                                                                                                                           "000076",
                                                                                                                           "",
                                                                                                                           "1,2,3",
                                                                                                                           ACTIVE,
                                                                                                                           SOLD) "\n" CIP("x",
                                                                                                                                          "3400930000083",
                                                                                                                                          "",
                                                                                                                                          "1,00",
                                                                                                                                          ACTIVE,
                                                                                                                                          SOLD) "\n" CIP("70000001",
                                                                                                                                                         "3400930000083",
                                                                                                                                                         "",
                                                                                                                                                         "1;00",
                                                                                                                                                         ACTIVE,
                                                                                                                                                         SOLD);

static const struct mt_drug *drug_of(const struct mt_import *in, const char *code) {
    for (size_t i = 0; i < in->count; i++)
        if (strcmp(in->rows[i].drug.code, code) == 0)
            return &in->rows[i].drug;
    fail_msg("%s is not imported", code);
    return NULL;
}

static void bdpm_and_its_dirt(void **state) {
    struct place *p = *state;
    char *paths[4], price[MT_MONEY_TEXT];
    struct mt_import in;
    put_gz(p, "CIS_CIP_bdpm.txt.gz", cip, &paths[0]);
    paths[1] = put_file(p, "CIS_COMPO_bdpm.txt", compo, sizeof compo - 1);
    put_gz(p, "CIS_CPD_bdpm.txt.gz", cpd, &paths[2]);
    paths[3] = put_file(p, "CIS_bdpm.txt", cis, sizeof cis - 1);
    mt_buf_clear(&p->said);
    mt_import_init(&in, hear, p);
    assert_int_equal(mt_import_format_guess(paths[0]), MT_IMPORT_BDPM);
    assert_int_equal(mt_import_read_bdpm(&in, (const char *const *)paths, 4, NULL), MT_OK);
    const char *said = mt_buf_text(&p->said);
    if (in.read != 10 || in.rejected != 4 || in.count != 6)
        fail_msg("read %d rejected %d taken %zu\n%s", (int)in.read, (int)in.rejected, in.count, said);
    assert_non_null(strstr(said, "CIS_CIP_bdpm.txt.gz:6: rejected: its medicine is not in CIS_bdpm"));
    assert_non_null(strstr(said, ":7: rejected: its CIP13"));
    assert_non_null(strstr(said, ":9: rejected: its medicine"));
    assert_non_null(strstr(said, ":10: rejected: its price"));
    const struct mt_drug *d = drug_of(&in, "3400930000014");
    assert_string_equal(d->name, "DOLI 1000 mg, comprimé");
    assert_string_equal(d->spec, "boîte de 8");
    assert_string_equal(d->maker, "LABO UN;LABO DEUX");
    assert_string_equal(d->generic, "PARACÉTAMOL + CAFÉINE");
    assert_int_equal(d->rx, MT_RX_NONE);
    assert_int_equal(d->vat_bp, 210);
    assert_true(d->has_price && d->sellable);
    d = drug_of(&in, "3400930000021");
    mt_money_format(d->price, price);
    assert_string_equal(price, "1196.29");
    assert_int_equal(d->rx, MT_RX_CONTROLLED);
    assert_string_equal(d->generic, "SULFATE DE MORPHINE");
    assert_string_equal(d->form, "comprimé");
    d = drug_of(&in, "3400930000038");
    assert_int_equal(d->rx, MT_RX_REQUIRED);
    assert_int_equal(d->vat_bp, 1000);
    assert_true(d->has_price && !d->sellable);
    d = drug_of(&in, "3400930000045");
    assert_false(d->has_price || d->sellable);
    assert_false(drug_of(&in, "3400930000052")->sellable);
    mt_money_format(drug_of(&in, "3400930000076")->price, price);
    assert_string_equal(price, "12.30");
    mt_import_fini(&in);
    for (size_t i = 0; i < 4; i++)
        free(paths[i]);
}

static void bdpm_files_by_name(void **state) {
    (void)state;
    static const struct {
        const char *paths[4];
        size_t count;
        const char *why;
    } rows[] = {{{"/x/CIS_bdpm.txt", "/x/CIS_CIP_bdpm.txt"}, 2, "CIS_CPD_bdpm is missing"},
                {{"/x/CIS_CPD_bdpm.txt", "/x/CIS_CIP_bdpm.txt"}, 2, "CIS_bdpm is missing"},
                {{"/x/CIS_bdpm.txt", "/x/CIS_bdpm.txt.gz"}, 2, "twice"},
                {{"/x/CIS_bdpm.txt", "/x/other.txt"}, 2, "not named"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mt_import in;
        struct mt_err err;
        mt_import_init(&in, NULL, NULL);
        assert_int_equal(mt_import_read_bdpm(&in, rows[i].paths, rows[i].count, &err), MT_INVALID);
        if (!strstr(err.text, rows[i].why))
            fail_msg("%s", err.text);
        mt_import_fini(&in);
    }
}

/* The five files as published, when they are there; their folder in out. */
static bool find_bdpm(char out[512]) {
    const char *folder = getenv("MT_DATA_DIR");
    int n = folder ? snprintf(out, 512, "%s/bdpm", folder) : snprintf(out, 512, "%s/../shared/data/bdpm", MT_SOURCE_DIR);
    if (n < 0 || n >= 512)
        return false;
    char *probe = mt_path(out, "CIS_CIP_bdpm.txt.gz");
    FILE *f = fopen(probe, "rb");
    free(probe);
    if (!f)
        return false;
    (void)fclose(f);
    return true;
}

static void the_whole_bdpm(void **state) {
    struct place *p = *state;
    static const char *const names[] = {"CIS_GENER_bdpm.txt.gz", "CIS_CIP_bdpm.txt.gz", "CIS_COMPO_bdpm.txt.gz", "CIS_bdpm.txt.gz",
                                        "CIS_CPD_bdpm.txt.gz"};
    char folder[512], *paths[5], url[400];
    if (!find_bdpm(folder)) {
        print_message("skipped: the BDPM files are not here\n");
        skip();
    }
    for (size_t i = 0; i < 5; i++)
        paths[i] = mt_path(folder, names[i]);
    struct mt_import in;
    struct mt_err err = {0};
    mt_import_init(&in, hear, p);
    assert_int_equal(mt_import_read_bdpm(&in, (const char *const *)paths, 5, &err), MT_OK);
    assert_int_equal(in.read, 20882);
    assert_int_equal(in.rejected, 3);
    struct mt_service *service;
    struct mt_session *x;
    struct mt_import_result done, again;
    assert_int_equal(mt_crypto_init(), MT_OK);
    assert_true(snprintf(url, sizeof url, "sqlite://%s/bdpm.db", p->dir) < (int)sizeof url);
    struct mt_service_options o = {.db_url = url, .clock = mt_clock_system(), .random = mt_random_system()};
    assert_int_equal(mt_service_open(&o, &service, &err), MT_OK);
    assert_int_equal(mt_session_open(service, true, &x, &err), MT_OK);
    assert_int_equal(mt_import_apply(&in, x, NULL, &done, &err), MT_OK);
    assert_int_equal(done.imported, 20879);
    assert_int_equal(done.changed, 20879);
    assert_int_equal(done.imported - done.unpriced, 13096);
    assert_int_equal(mt_import_apply(&in, x, NULL, &again, &err), MT_OK);
    assert_int_equal(again.changed, 0);
    mt_session_close(x);
    mt_service_close(service);
    mt_import_fini(&in);
    for (size_t i = 0; i < 5; i++)
        free(paths[i]);
}

/* A row that can not be stored takes the whole import back. */
static void an_import_is_all_or_nothing(void **state) {
    struct place *p = *state;
    struct mt_import in;
    struct mt_import_result done;
    struct mt_service *service;
    struct mt_session *x;
    struct mt_err err = {0};
    struct mt_id nowhere = {.s = "no-such-store"};
    char url[400];
    static const char text[] = "code,name,price,lot_no,expires_on,quantity\n" CODE_1 ",a,1,,,\n" CODE_2 ",b,1,L1,+9d,5\n";
    assert_true(snprintf(url, sizeof url, "sqlite://%s/one.db", p->dir) < (int)sizeof url);
    struct mt_service_options o = {.db_url = url, .clock = mt_clock_system(), .random = mt_random_system()};
    assert_int_equal(mt_crypto_init(), MT_OK);
    assert_int_equal(mt_service_open(&o, &service, &err), MT_OK);
    assert_int_equal(mt_session_open(service, true, &x, &err), MT_OK);
    assert_int_equal(read_csv(p, &in, text, sizeof text - 1, NULL), MT_OK);
    assert_int_equal(mt_import_apply(&in, x, &nowhere, &done, &err), MT_NOTFOUND);
    assert_int_equal(mt_import_apply(&in, x, NULL, &done, &err), MT_OK);
    assert_int_equal(done.changed, 2); /* so the first attempt left nothing */
    assert_int_equal(done.lots, 0);
    mt_import_fini(&in);
    mt_session_close(x);
    mt_service_close(service);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_rows_that_are_taken),
        cmocka_unit_test(csv_rows_that_are_refused),
        cmocka_unit_test(csv_files_that_are_refused),
        cmocka_unit_test(csv_oddities),
        cmocka_unit_test(bdpm_and_its_dirt),
        cmocka_unit_test(bdpm_files_by_name),
        cmocka_unit_test(the_whole_bdpm),
        cmocka_unit_test(an_import_is_all_or_nothing),
    };
    return cmocka_run_group_tests(tests, open_place, close_place);
}
