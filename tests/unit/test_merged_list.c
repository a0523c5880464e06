/* Lists that rare bigrams share: what is written is read, at the limits too; of cut and changed
 * bytes nothing is read that lies outside them or breaks the order. */
#include "store/merged_list.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

static uint32_t fill(sy_merged_posting *postings, uint32_t n_records, uint32_t most)
{
    uint32_t n = 0, seconds = 1 + sy_random_below(sy_merged_seconds_max(n_records)),
             second = sy_random_below(2) ? 10 : sy_random_below(0x8000);
    for (uint32_t j = 0; j < seconds && n < most; j++) {
        uint32_t docid = sy_random_below(n_records);
        for (uint32_t i = 0; i < 15 && docid < n_records && n < most; i++) {
            postings[n++] = (sy_merged_posting){second, docid};
            docid += 1 + sy_random_below(1 + n_records / 8);
        }
        second += 1 + sy_random_below(sy_random_below(8) ? 40 : 5000);
    }
    return n;
}

static void compare(const sy_merged_posting *got, const sy_merged_posting *want, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        assert_true(got[i].second == want[i].second && got[i].docid == want[i].docid);
}

static void test_round_trip(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 2, 100, 65492, 1 << 24, 1 << 30, INT32_MAX};
    sy_merged_posting want[SY_MERGED_MAX], got[SY_MERGED_MAX];
    for (int round = 0; round < 3000; round++) {
        uint32_t n_records = sizes[sy_random_below(7)];
        uint32_t n = fill(want, n_records, 1 + sy_random_below(SY_MERGED_MAX));
        sy_buf out = SY_BUF_INIT;
        sy_merged_put(&out, want, n, n_records);
        assert_int_equal(out.status, SY_OK);
        const uint8_t *bytes = (const uint8_t *)out.data, *end = bytes + out.len;
        assert_true(sy_merged_get(bytes, end, n, n_records, want[0].second, got));
        compare(got, want, n);
        assert_false(sy_merged_get(bytes, end - 1, n, n_records, want[0].second, got));
        sy_buf_release(&out);
    }
}

/* A copy at the end of a block of memory, so that a sanitizer sees reads behind it. */
static void read_damaged(const sy_buf *list, uint32_t n, uint32_t n_records, uint32_t first)
{
    sy_merged_posting got[SY_MERGED_MAX];
    size_t len = list->len - sy_random_below((uint32_t)list->len);
    uint8_t *copy = malloc(len);
    assert_non_null(copy);
    memcpy(copy, list->data, len);
    for (uint32_t i = sy_random_below(4); i > 0; i--)
        copy[sy_random_below((uint32_t)len)] ^= (uint8_t)(1u << sy_random_below(8));
    if (sy_merged_get(copy, copy + len, n, n_records, first, got)) {
        for (uint32_t i = 0; i < n; i++) {
            assert_true(got[i].docid < n_records && got[i].second <= 0x10FFFF);
            assert_true(i == 0 || got[i].second > got[i - 1].second ||
                        (got[i].second == got[i - 1].second && got[i].docid > got[i - 1].docid));
        }
    }
    free(copy);
}

static void test_damage(void **state)
{
    (void)state;
    sy_merged_posting want[SY_MERGED_MAX];
    for (int round = 0; round < 20000; round++) {
        uint32_t n_records = 1 + sy_random_below(70000);
        uint32_t n = fill(want, n_records, 1 + sy_random_below(SY_MERGED_MAX));
        sy_buf out = SY_BUF_INIT;
        sy_merged_put(&out, want, n, n_records);
        read_damaged(&out, sy_random_below(8) ? n : 1 + sy_random_below(SY_MERGED_MAX),
                     sy_random_below(8) ? n_records : 1 + sy_random_below(70000),
                     sy_random_below(8) ? want[0].second : sy_random_below(0x110000));
        sy_buf_release(&out);
    }
}

static void test_limits(void **state)
{
    (void)state;
    static const uint8_t one[] = {1, 0x40, 1};
    sy_merged_posting got[SY_MERGED_MAX];
    assert_int_equal(sy_merged_seconds_max(0), SY_MERGED_MAX);
    assert_int_equal(sy_merged_seconds_max(INT32_MAX), 1);
    assert_true(sy_merged_get(one, one + 3, 1, 1, 0x10FFFF, got));
    assert_false(sy_merged_get(one, one + 3, 1, 1, 0x110000, got));
    assert_false(sy_merged_get(one, one + 3, 1, 0, 10, got));
    assert_false(sy_merged_get(one, one + 3, SY_MERGED_MAX + 1, 1, 10, got));
    assert_false(sy_merged_get(one, one, 1, 1, 10, got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_limits),
    };
    sy_random_init("test_merged_list");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
