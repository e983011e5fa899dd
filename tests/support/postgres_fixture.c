/* postgres_fixture start|stop FILE: the cluster of one ctest run. */
#include "postgres.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    if (argc != 3 || (strcmp(argv[1], "start") != 0 && strcmp(argv[1], "stop") != 0)) {
        fprintf(stderr, "postgres_fixture start|stop FILE\n");
        return 2;
    }
    if (strcmp(argv[1], "stop") == 0) {
        mt_postgres_unshare(argv[2]);
        return 0;
    }
    return mt_postgres_share(argv[2]) ? 0 : MT_POSTGRES_SKIP;
}
