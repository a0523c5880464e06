#include "base/alloc.h"

#include <limits.h>
#include <string.h>

#include "tests/support/check.h"

static void test_sizes(void **state)
{
    (void)state;
    char *p = sy_alloc(0, 0);
    assert_non_null(p);
    sy_free(p);
    p = sy_calloc(7, 3);
    assert_non_null(p);
    for (int i = 0; i < 21; i++)
        assert_int_equal(p[i], 0);
    memset(p, 'x', 21);
    p = sy_resize(p, 1000, 1);
    assert_non_null(p);
    for (int i = 0; i < 21; i++)
        assert_int_equal(p[i], 'x');
    sy_free(p);
    p = sy_resize(NULL, 0, 8);
    assert_non_null(p);
    sy_free(p);
    sy_free(NULL);
}

/* A product that wraps round must never give a small piece of memory. */
static void test_overflow(void **state)
{
    (void)state;
    static const size_t wrapping[][2] = {
        {SIZE_MAX, 2}, {2, SIZE_MAX}, {SIZE_MAX / 2 + 1, 2}, {(size_t)1 << 32, (size_t)1 << 32}};
    char *kept = sy_alloc(1, 1);
    assert_non_null(kept);
    kept[0] = 'k';
    for (size_t i = 0; i < sizeof wrapping / sizeof *wrapping; i++) {
        size_t n = wrapping[i][0], size = wrapping[i][1];
        assert_null(sy_alloc(n, size));
        assert_null(sy_calloc(n, size));
        assert_null(sy_resize(kept, n, size));
        assert_null(sy_alloc_large(n, size));
    }
    assert_int_equal(kept[0], 'k');
    sy_free(kept);
    assert_null(sy_strndup("x", SIZE_MAX));
}

static void test_large(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, (1 << 19) - 1, 1 << 19, (2 << 20) - 1, (2 << 20) + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *p = sy_alloc_large(sizes[i], 1);
        assert_non_null(p);
        memset(p, 'x', sizes[i]);
        sy_free_large(p, sizes[i], 1);
    }
    assert_null(sy_alloc_large(SIZE_MAX - 1, 1));
    sy_free_large(NULL, 1, 1);
    sy_free_large(NULL, 2 << 20, 1);
}

static void test_strndup(void **state)
{
    (void)state;
    char *s = sy_strndup("资金短缺", 6);
    assert_string_equal(s, "资金");
    sy_free(s);
    s = sy_strndup(NULL, 0);
    assert_string_equal(s, "");
    sy_free(s);
    s = sy_strndup("a\0b", 3);
    assert_memory_equal(s, "a\0b", 4);
    sy_free(s);
}

static void test_grow(void **state)
{
    (void)state;
    uint32_t *items = NULL;
    size_t cap = 0, moves = 0;
    for (uint32_t n = 0; n < 10000; n++) {
        size_t before = cap;
        assert_true(sy_grow((void **)&items, n, &cap, sizeof *items));
        assert_true(cap > n);
        moves += cap != before;
        if (before == 0)
            assert_true(cap >= 8);
        items[n] = n * n;
    }
    assert_true(moves < 30); /* by a share of its size, not by a constant */
    for (uint32_t n = 0; n < 10000; n++)
        assert_int_equal(items[n], n * n);
    /* With room there is no call that could fail; without, all stays. */
    void *same = items;
    sy_alloc_fail_at(1, true);
    assert_true(sy_grow((void **)&items, cap - 1, &cap, sizeof *items));
    size_t full = cap;
    assert_false(sy_grow((void **)&items, cap, &cap, sizeof *items));
    sy_alloc_fail_at(0, false);
    assert_ptr_equal(items, same);
    assert_int_equal(cap, full);
    assert_int_equal(items[9999], 9999 * 9999);
    sy_free(items);
    /* A capacity that cannot be had is a failure, not a wrap. */
    void *none = NULL;
    size_t huge = SIZE_MAX / 2;
    assert_false(sy_grow(&none, huge, &huge, 16));
    assert_null(none);
}

static void test_fail_at(void **state)
{
    (void)state;
    for (unsigned long at = 1; at <= 3; at++) {
        sy_alloc_fail_at(at, false);
        for (unsigned long i = 1; i <= 5; i++) {
            void *p = i % 2 ? sy_alloc(1, 1) : sy_calloc(1, 1);
            assert_int_equal(p == NULL, i == at);
            sy_free(p);
        }
        sy_alloc_fail_at(at, true);
        for (unsigned long i = 1; i <= 5; i++) {
            void *p = i % 2 ? sy_resize(NULL, 1, 1) : sy_strndup("x", 1);
            assert_int_equal(p == NULL, i >= at);
            sy_free(p);
        }
        assert_int_equal(sy_alloc_fail_at(ULONG_MAX, false), 5);
    }
    sy_free(sy_alloc(1, 1));
    assert_int_equal(sy_alloc_fail_at(0, false), 1);
    sy_free(sy_alloc(1, 1));
    assert_int_equal(sy_alloc_fail_at(0, false), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes), cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_large), cmocka_unit_test(test_strndup),
        cmocka_unit_test(test_grow),  cmocka_unit_test(test_fail_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
