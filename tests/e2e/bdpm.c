/* The whole French public register, as published, through import, feed and till. */
#include "shop.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BDPM SHARED_DATA "/bdpm/"

static void imported_fed_and_found(void **state) {
    (void)state;
    struct mt_shop shop;
    struct mt_counter till;
    if (access(BDPM "CIS_bdpm.txt.gz", R_OK) != 0) {
        print_message("skipped: no BDPM files in %s\n", BDPM);
        skip();
    }
    mt_shop_open_empty(&shop);
    cJSON *doc = mt_shop_admin(&shop, "catalogue", "import", BDPM "CIS_CIP_bdpm.txt.gz", BDPM "CIS_COMPO_bdpm.txt.gz",
                               BDPM "CIS_CPD_bdpm.txt.gz", BDPM "CIS_GENER_bdpm.txt.gz", BDPM "CIS_bdpm.txt.gz");
    assert_int_equal(mt_number_of(doc, "read"), 20882);
    assert_int_equal(mt_number_of(doc, "rejected"), 3);
    assert_int_equal(mt_number_of(doc, "imported"), 20879);
    cJSON_Delete(doc);
    mt_counter_enrol(&till, &shop, "A03", NULL);
    mt_counter_start(&till);
    mt_counter_sign_in(&till);
    mt_pty_keys(till.screen, "doliprane 1000");
    mt_pty_expect(till.screen, "DOLIPRANE 1000 mg");
    for (int i = 0; i < 14; i++)
        mt_pty_keys(till.screen, "<Backspace>");
    mt_pty_keys(till.screen, "1000mg dolip");
    mt_pty_expect(till.screen, "DOLIPRANE 1000 mg");
    mt_counter_quit(&till);
    mt_counter_close(&till);
    mt_shop_close(&shop);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(imported_fed_and_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
