#include "indexer/occurrences.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tests/support/check.h"

/* One occurrence as the slow way keeps it. */
typedef struct plain {
    uint64_t key;
    uint32_t record;
    unsigned field;
} plain;

static plain *wanted;
static size_t n_wanted, cap_wanted;
static sy_spare spare;

static void note(sy_occurrences *o, uint64_t key, uint32_t record, unsigned field)
{
    assert_true(sy_occurrences_add(o, sy_occurrence(key, record, field)));
    assert_true(sy_grow((void **)&wanted, n_wanted, &cap_wanted, sizeof *wanted));
    wanted[n_wanted++] = (plain){key, record, field};
}

static int by_key(const void *a, const void *b)
{
    const plain *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->record > y->record) - (x->record < y->record);
}

/* Holds what o gives against the occurrences noted, whose keys have been replaced alike. */
static void check_sorted(sy_occurrences *o)
{
    sy_found got;
    if (n_wanted > 0)
        qsort(wanted, n_wanted, sizeof *wanted, by_key);
    for (size_t i = 0; i < n_wanted;) {
        uint64_t fields = 0;
        size_t end = i;
        for (; end < n_wanted && by_key(&wanted[i], &wanted[end]) == 0; end++)
            fields |= UINT64_C(1) << wanted[end].field;
        assert_true(sy_occurrences_next(o, &got));
        assert_true(got.key == wanted[i].key);
        assert_int_equal(got.record, wanted[i].record);
        assert_int_equal(got.n, end - i);
        assert_true(got.fields == fields);
        i = end;
    }
    assert_false(sy_occurrences_next(o, &got));
    n_wanted = 0;
}

static void test_sort(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 127, 128, 129, 255, 256, 257, 5000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (unsigned bits = 0; bits <= 42; bits += 6) {
            sy_occurrences o = {0};
            assert_true(sy_occurrences_empty(&o));
            uint32_t record = 0;
            for (size_t i = 0; i < sizes[s]; i++) {
                if (sy_random_below(8) == 0 && record + 1 < SY_OCC_RECORDS) {
                    record += 1 + sy_random_below(2) * sy_random_below(20);
                    sy_occurrences_begin(&o);
                }
                uint64_t key = sy_random() & ((UINT64_C(1) << bits) - 1);
                note(&o, sy_random_below(2) ? key : key % 7, record, (unsigned)sy_random_below(64));
            }
            assert_int_equal(sy_occurrences_empty(&o), sizes[s] == 0);
            assert_true(sy_occurrences_bytes(&o) >= 2 * 8 * sizes[s]);
            assert_true(sy_occurrences_sort(&o, UINT64_C(1) << bits, &spare));
            check_sorted(&o);
            sy_occurrences_release(&o);
        }
    }
}

static void test_number(void **state)
{
    (void)state;
    sy_occurrences o = {0};
    uint32_t numbers[100];
    for (uint32_t i = 0; i < 100; i++)
        numbers[i] = (i * 37 + 11) % 100;
    for (uint32_t i = 0; i < 3000; i++) {
        sy_occurrences_begin(&o);
        note(&o, sy_random_below(100), i, 0);
    }
    sy_occurrences_number(&o, numbers);
    for (size_t i = 0; i < n_wanted; i++)
        wanted[i].key = numbers[wanted[i].key];
    assert_true(sy_occurrences_sort(&o, 100, &spare));
    check_sorted(&o);
    sy_occurrences_release(&o);
}

static void test_pairs(void **state)
{
    (void)state;
    static const uint32_t some[] = {0, 0x0A, 'a', 0x4E00, 0x8D44, 0x9FFF, 0x20000, 0x10FFFF};
    enum { N = sizeof some / sizeof *some };
    for (uint32_t n = 0; n <= 4000; n = n * 3 + 1) {
        sy_occurrences o = {0};
        for (uint32_t i = 0; i < n; i++) {
            uint64_t first = some[sy_random_below(N)], second = some[sy_random_below(N)];
            if (i % 10 == 0)
                sy_occurrences_begin(&o);
            note(&o, first << SY_OCC_CHAR_BITS | second, i / 10, (unsigned)sy_random_below(3));
        }
        assert_true(sy_occurrences_sort_pairs(&o, &spare));
        check_sorted(&o);
        sy_occurrences_reset(&o);
        assert_true(sy_occurrences_empty(&o));
        sy_occurrences_release(&o);
    }
}

/* A record of millions of occurrences between two small ones takes memory for the distinct
 * ones only. */
static void test_huge_record(void **state)
{
    (void)state;
    enum { KEYS = 2000, TIMES = 2500 };
    sy_occurrences o = {0};
    uint32_t numbers[KEYS + 1];
    sy_found got;
    for (uint32_t i = 0; i <= KEYS; i++)
        numbers[i] = KEYS - i;
    assert_true(sy_occurrences_add(&o, sy_occurrence(5, 6, 1)));
    sy_occurrences_begin(&o);
    for (uint32_t t = 0; t < TIMES; t++) {
        for (uint32_t k = 0; k < KEYS; k++)
            assert_true(sy_occurrences_add(&o, sy_occurrence(k, 7, t % 3)));
    }
    assert_true(sy_occurrences_bytes(&o) < (size_t)8 * KEYS * TIMES);
    sy_occurrences_begin(&o);
    assert_true(sy_occurrences_add(&o, sy_occurrence(5, 8, 2)));
    sy_occurrences_number(&o, numbers);
    assert_true(sy_occurrences_sort(&o, KEYS + 1, &spare));
    for (uint32_t k = KEYS; k-- > 0;) {
        for (uint32_t record = k == 5 ? 6 : 7; record <= (k == 5 ? 8u : 7u); record++) {
            assert_true(sy_occurrences_next(&o, &got));
            assert_int_equal(got.key, numbers[k]);
            assert_int_equal(got.record, record);
            assert_int_equal(got.n, record == 7 ? TIMES : 1);
            assert_int_equal(got.fields, record == 7 ? 7 : record == 6 ? 2 : 4);
        }
    }
    assert_false(sy_occurrences_next(&o, &got));
    sy_occurrences_release(&o);
}

static void test_without_memory(void **state)
{
    (void)state;
    for (unsigned long fail = 1; fail < 8; fail++) {
        sy_occurrences o = {0};
        sy_alloc_fail_at(fail, true);
        bool good = true;
        for (uint32_t i = 0; i < 3000 && good; i++)
            good = sy_occurrences_add(&o, sy_occurrence(i, 0, 0));
        good = good && sy_occurrences_sort_pairs(&o, &spare);
        sy_alloc_fail_at(0, false);
        assert_int_equal(good, fail > 4); /* two to grow, two to sort */
        sy_spare_release(&spare);
        sy_occurrences_release(&o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sort), cmocka_unit_test(test_number), cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_huge_record), cmocka_unit_test(test_without_memory)};
    sy_random_init("test_occurrences");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sy_free(wanted);
    sy_spare_release(&spare);
    return failed;
}
