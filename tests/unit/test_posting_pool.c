#include "indexer/posting_pool.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "tests/support/check.h"

enum { LISTS = 300, ADDS = 60000 };

/* What one list should hold. */
typedef struct plain {
    sy_posting *items;
    size_t n, cap;
} plain;

static void check_bytes(const sy_buf *bytes, const plain *want, bool marked)
{
    const uint8_t *at = (const uint8_t *)bytes->data, *end = at + bytes->len;
    uint32_t next = 0;
    for (size_t i = 0; i < want->n; i++) {
        sy_posting got;
        at = sy_posting_get(at, end, marked, next, &got);
        assert_non_null(at);
        assert_int_equal(got.doc, want->items[i].doc);
        assert_int_equal(got.tf, marked ? want->items[i].tf : 1);
        assert_true(got.fields == (marked ? want->items[i].fields : 0));
        next = got.doc + 1;
    }
    assert_ptr_equal(at, end);
}

static void fill_and_check(sy_posting_pool *pool, bool marked)
{
    sy_growing_list *lists = calloc(LISTS, sizeof *lists);
    plain *want = calloc(LISTS, sizeof *want);
    sy_buf bytes = SY_BUF_INIT;
    for (uint32_t i = 0; i < ADDS; i++) {
        size_t l = sy_random_below(1 + sy_random_below(LISTS)); /* few are long */
        plain *p = &want[l];
        sy_posting posting = {.doc = p->n > 0 ? p->items[p->n - 1].doc + 1 : 0, .tf = 1};
        posting.doc += sy_random_below(1u << sy_random_below(14));
        if (sy_random_below(3) == 0)
            posting.tf = sy_random_below(4) ? 2 + sy_random_below(300) : UINT32_MAX;
        if (sy_random_below(3) == 0)
            posting.fields = 1 + (sy_random() >> sy_random_below(64)) / 2;
        assert_true(sy_grow((void **)&p->items, p->n, &p->cap, sizeof *p->items));
        p->items[p->n++] = posting;
        sy_posting_pool_prefetch(pool, &lists[l]);
        sy_posting_pool_add(pool, &lists[l], &posting, marked);
    }
    assert_false(pool->failed);
    for (size_t l = 0; l < LISTS; l++) {
        sy_buf_reset(&bytes);
        sy_posting_pool_finish(pool, &lists[l], &bytes);
        assert_int_equal(lists[l].df, want[l].n);
        check_bytes(&bytes, &want[l], marked);
        sy_free(want[l].items);
    }
    sy_buf_release(&bytes);
    free(lists);
    free(want);
}

static void test_lists(void **state)
{
    (void)state;
    sy_posting_pool pool = {0};
    for (int round = 0; round < 4; round++) {
        fill_and_check(&pool, round & 1);
        assert_true(sy_posting_pool_bytes(&pool) > 0);
        sy_posting_pool_reset(&pool);
    }
    sy_posting_pool_release(&pool);
}

static void test_without_memory(void **state)
{
    (void)state;
    sy_posting_pool pool = {0};
    sy_growing_list list = {0};
    sy_alloc_fail_at(1, true);
    for (sy_docid d = 0; d < 1000; d++)
        sy_posting_pool_add(&pool, &list, &(sy_posting){d, 1, 0}, true);
    sy_alloc_fail_at(0, false);
    assert_true(pool.failed);
    sy_posting_pool_release(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lists),
                                       cmocka_unit_test(test_without_memory)};
    sy_random_init("test_posting_pool");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
