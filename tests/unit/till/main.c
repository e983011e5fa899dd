#include "suites.h"

int main(void) {
    return run_sale() + run_cart() + run_pay() + run_board() + run_sign_in() + run_sync() > 0 ? 1 : 0;
}
