/* The test files of this program, each a list of tests. */
#ifndef TESTS_UNIT_TILL_SUITES_H
#define TESTS_UNIT_TILL_SUITES_H

int run_sale(void);
int run_cart(void);
int run_pay(void);
int run_board(void);
int run_sign_in(void);
int run_sync(void);

#endif
