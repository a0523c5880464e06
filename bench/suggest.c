/* How long it takes to find what may have been meant by a bureau that no record has.
 *
 *     suggest INDEX NAME...
 *
 * Prints for each name the microseconds of the first time and of the fastest of RUNS, and what is
 * proposed. */
#include <stdio.h>

#include "base/clock.h"
#include "query/search.h"

enum { RUNS = 200 };

static sy_status measure(const sy_index *index, const char *name, sy_error *err)
{
    sy_buf out = SY_BUF_INIT;
    int64_t first = 0, best = INT64_MAX;
    sy_status st = SY_OK;
    for (int i = 0; i < RUNS && st == SY_OK; i++) {
        sy_buf_reset(&out);
        int64_t ns = sy_clock_ns();
        st = sy_suggest_terms(index, SY_FIELD_ANY, sy_slice_of(name), &out, err);
        ns = sy_clock_ns() - ns;
        first = i == 0 ? ns : first;
        best = ns < best ? ns : best;
    }
    if (st == SY_OK)
        printf("%s\t%lld\t%lld\t%s\n", name, (long long)first / 1000, (long long)best / 1000,
               sy_buf_cstr(&out));
    sy_buf_release(&out);
    return st;
}

int main(int argc, char **argv)
{
    sy_index *index = NULL;
    sy_error err;
    sy_error_clear(&err);
    if (argc < 3) {
        fprintf(stderr, "usage: suggest INDEX NAME...\n");
        return 2;
    }
    sy_status st = sy_index_open(argv[1], &index, &err);
    for (int i = 2; i < argc && st == SY_OK; i++)
        st = measure(index, argv[i], &err);
    if (st != SY_OK)
        fprintf(stderr, "suggest: %s\n", err.msg);
    sy_index_close(index);
    return st == SY_OK ? 0 : 2;
}
