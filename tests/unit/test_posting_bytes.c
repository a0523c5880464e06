#include "indexer/posting_bytes.h"

#include <stdlib.h>

#include "tests/support/check.h"

enum { POSTINGS = 20000 };

static sy_posting next_posting(uint32_t next)
{
    sy_posting p = {.doc = next + sy_random_below(1u << sy_random_below(16)), .tf = 1};
    if (sy_random_below(3) == 0)
        p.tf = sy_random_below(4) ? 2 + sy_random_below(300) : UINT32_MAX;
    if (sy_random_below(3) == 0)
        p.fields = 1 + (sy_random() >> sy_random_below(64)) / 2;
    return p;
}

static void put_and_get(bool marked)
{
    static sy_posting want[POSTINGS];
    static uint8_t bytes[POSTINGS * SY_POSTING_BYTES_MAX];
    uint8_t *to = bytes;
    uint32_t next = 0;
    for (size_t i = 0; i < POSTINGS; i++) {
        want[i] = next_posting(next);
        size_t n = sy_posting_put(&want[i], marked, next, to);
        assert_true(n >= 1 && n <= SY_POSTING_BYTES_MAX);
        to += n;
        next = want[i].doc + 1;
    }
    const uint8_t *at = bytes;
    next = 0;
    for (size_t i = 0; i < POSTINGS; i++) {
        sy_posting got;
        assert_null(sy_posting_get(at, at, marked, next, &got));
        at = sy_posting_get(at, to, marked, next, &got);
        assert_non_null(at);
        assert_int_equal(got.doc, want[i].doc);
        assert_int_equal(got.tf, marked ? want[i].tf : 1);
        assert_true(got.fields == (marked ? want[i].fields : 0));
        next = got.doc + 1;
    }
    assert_ptr_equal(at, to);
}

static void test_marked(void **state)
{
    (void)state;
    put_and_get(true);
}

static void test_unmarked(void **state)
{
    (void)state;
    put_and_get(false);
}

static void test_docids_end(void **state)
{
    (void)state;
    uint8_t bytes[SY_POSTING_BYTES_MAX];
    sy_posting got;
    size_t n = sy_posting_put(&(sy_posting){SY_DOC_END - 1, 1, 0}, true, 0, bytes);
    assert_non_null(sy_posting_get(bytes, bytes + n, true, 0, &got));
    assert_int_equal(got.doc, SY_DOC_END - 1);
    assert_null(sy_posting_get(bytes, bytes + n, true, 1, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_marked),
                                       cmocka_unit_test(test_unmarked),
                                       cmocka_unit_test(test_docids_end)};
    sy_random_init("test_posting_bytes");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
