/* A till whose clock is set back between two runs: the service's clock of the last contact stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../e2e/shop.h"

#include <medterm/app/app.h>

#include <stdlib.h>

#define BACK_MS (INT64_C(400) * 86400000)

static mt_time wall(void *ctx) {
    const struct mt_clock *real = ctx;
    return real->wall(real->ctx) - BACK_MS;
}

static int64_t mono(void *ctx) {
    const struct mt_clock *real = ctx;
    return real->mono(real->ctx);
}

static int32_t today_of(enum mt_app_use use, const struct mt_counter *till, struct mt_clock *real) {
    struct mt_err err = {0};
    struct mt_app *app = NULL;
    char *cache = mt_path(till->home, "other-cache");
    const struct mt_app_options o = {
        .use = use, .state_dir = till->dir, .cache_dir = cache, .clock = {real, wall, mono}, .random = mt_random_system()};
    if (mt_app_open(&o, &app, &err) != MT_OK) {
        fail_msg("%s", err.text);
    }
    const int32_t day = mt_app_today(app).day;
    mt_app_close(app);
    free(cache);
    return day;
}

static void test_set_back(void **state) {
    struct mt_shop shop;
    struct mt_counter till;
    struct mt_clock real = mt_clock_system();
    (void)state;
    mt_shop_open(&shop);
    const int32_t day = mt_date_of(real.wall(real.ctx)).day;
    mt_counter_enrol(&till, &shop, "A03", shop.url); /* and one contact, by the clock as it is */
    mt_shop_kill(&shop);
    assert_true(today_of(MT_APP_ONCE, &till, &real) >= day);
    assert_true(today_of(MT_APP_READ, &till, &real) >= day);
    mt_counter_close(&till);
    mt_shop_close(&shop);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_set_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
