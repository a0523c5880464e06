#include "indexer/readers/string_table.h"

#include <stdio.h>

#include "base/alloc.h"
#include "tests/support/check.h"

static void test_table(void **state)
{
    (void)state;
    sy_string_table t = SY_STRING_TABLE_INIT;
    char name[32];
    assert_null(sy_string_table_find(&t, sy_slice_of("a")));
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 1000; i++) {
            snprintf(name, sizeof name, "n%u", (unsigned)i);
            *sy_string_table_at(&t, sy_slice_of(name)) += i;
        }
    }
    assert_int_equal(t.n, 1000);
    for (uint32_t i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "n%u", (unsigned)i);
        assert_int_equal(*sy_string_table_find(&t, sy_slice_of(name)), 2 * i);
    }
    /* Empty strings and NUL bytes are strings too. */
    *sy_string_table_at(&t, (sy_slice){"", 0}) = 5;
    *sy_string_table_at(&t, (sy_slice){"a\0b", 3}) = 6;
    assert_int_equal(*sy_string_table_find(&t, (sy_slice){"", 0}), 5);
    assert_int_equal(*sy_string_table_find(&t, (sy_slice){"a\0b", 3}), 6);
    assert_null(sy_string_table_find(&t, (sy_slice){"a\0c", 3}));
    sy_string_table_reset(&t);
    assert_null(sy_string_table_find(&t, sy_slice_of("n1")));
    assert_int_equal(*sy_string_table_at(&t, sy_slice_of("n1")), 0);
    sy_string_table_reset(&t);
    assert_null(sy_string_table_find(&t, sy_slice_of("n1")));
    sy_string_table_release(&t);
    sy_alloc_fail_at(1, true);
    assert_null(sy_string_table_at(&t, sy_slice_of("x")));
    sy_alloc_fail_at(0, false);
    sy_string_table_release(&t);
}

static void check_key(sy_string_table *seen, const char *key, const char *want)
{
    sy_buf b = SY_BUF_INIT;
    sy_error err;
    bool repeated;
    sy_error_clear(&err);
    sy_buf_puts(&b, key);
    check_ok(sy_key_unique(seen, &b, &repeated, &err), &err);
    assert_string_equal(sy_buf_cstr(&b), want);
    assert_int_equal(repeated, strcmp(key, want) != 0);
    sy_buf_release(&b);
}

static void test_keys(void **state)
{
    (void)state;
    sy_string_table seen = SY_STRING_TABLE_INIT;
    check_key(&seen, "1①", "1①");
    check_key(&seen, "1①", "1①#2");
    check_key(&seen, "1②", "1②");
    check_key(&seen, "1①", "1①#3");
    /* A key of the document's own that looks like one of these. */
    check_key(&seen, "1①#4", "1①#4");
    check_key(&seen, "1①", "1①#5");
    check_key(&seen, "1①#2", "1①#2#2");
    check_key(&seen, "", "");
    check_key(&seen, "", "#2");
    /* Many equal keys cost a step each. */
    for (int i = 6; i < 50000; i++) {
        char want[32];
        snprintf(want, sizeof want, "1①#%d", i);
        check_key(&seen, "1①", want);
    }
    sy_string_table_release(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
