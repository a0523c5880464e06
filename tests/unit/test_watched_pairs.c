/* Pairs that are watched, against a list of them. */
#include "indexer/watched_pairs.h"
#include "tests/support/check.h"

static void test_none(void **state)
{
    (void)state;
    sy_watched_pairs w = {0};
    assert_false(sy_watched_has(&w, 0, 0));
    assert_false(sy_watched_has(&w, 0x4E00, 0x4E01));
    sy_watched_release(&w);
}

static void test_many(void **state)
{
    (void)state;
    enum { SIDE = 90, FAR = 0x10FFFF - SIDE };
    static bool wanted[SIDE][SIDE];
    sy_watched_pairs w = {0};
    size_t n = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        uint32_t a = sy_random_below(SIDE), b = sy_random_below(SIDE);
        if (wanted[a][b])
            continue;
        wanted[a][b] = true;
        n++;
        assert_true(sy_watched_add(&w, a == 0 ? 0 : FAR + a, FAR + b));
    }
    assert_int_equal(w.n, n);
    for (uint32_t a = 0; a < SIDE; a++) {
        for (uint32_t b = 0; b < SIDE; b++) {
            assert_int_equal(sy_watched_has(&w, a == 0 ? 0 : FAR + a, FAR + b), wanted[a][b]);
            assert_false(sy_watched_has(&w, FAR + a, 'a' + b));
        }
    }
    sy_watched_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_none), cmocka_unit_test(test_many)};
    sy_random_init("test_watched_pairs");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
