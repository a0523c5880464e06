/* Keys that stand in several documents. */
#include "indexer/repeated_keys.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "tests/support/check.h"

static void add(sy_seen_keys *keys, uint32_t doc, const char *key)
{
    check_ok(sy_seen_keys_add(keys, doc, sy_slice_of(key), NULL), NULL);
}

static void test_found(void **state)
{
    (void)state;
    sy_seen_keys keys = {0};
    sy_repeated_keys found;
    sy_seen_keys_compare(&keys, 0, &found);
    assert_int_equal(found.n, 0);
    add(&keys, 0, "4⑦");
    add(&keys, 1, "4⑧");
    add(&keys, 2, "4⑦");
    add(&keys, 2, "4⑦"); /* not that a reader gives one twice */
    add(&keys, 3, "4⑦");
    sy_seen_keys_compare(&keys, 2, &found);
    assert_int_equal(found.n, 1);
    assert_true(found.hash == sy_hash64("4⑦", strlen("4⑦")));
    assert_int_equal(found.docs[0], 0);
    assert_int_equal(found.docs[1], 3);
    sy_seen_keys_compare(&keys, 4, &found); /* they were there before */
    assert_int_equal(found.n, 0);
    sy_free(keys.items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
