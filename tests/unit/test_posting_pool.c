#include "indexer/posting_pool.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "tests/support/check.h"

enum { LISTS = 300, ADDS = 60000 };

/* What one list should hold. */
typedef struct plain {
    sy_docid *docs;
    uint32_t *tfs;
    size_t n, cap, cap_tfs;
} plain;

static void plain_add(plain *p, sy_docid doc)
{
    if (p->n > 0 && p->docs[p->n - 1] == doc) {
        p->tfs[p->n - 1]++;
        return;
    }
    assert_true(sy_grow((void **)&p->docs, p->n, &p->cap, sizeof *p->docs));
    assert_true(sy_grow((void **)&p->tfs, p->n, &p->cap_tfs, sizeof *p->tfs));
    p->docs[p->n] = doc;
    p->tfs[p->n++] = 1;
}

/* The "rest" of docs/format.md, 5.5, from docid 0 on. */
static void check_bytes(const sy_buf *bytes, const plain *want, bool with_tf)
{
    const uint8_t *at = (const uint8_t *)bytes->data, *end = at + bytes->len;
    int64_t before = -1;
    for (size_t i = 0; i < want->n; i++) {
        uint32_t gap, tf = 1;
        at = sy_varint_get32(at, end, &gap);
        assert_non_null(at);
        if (with_tf && gap & 1) {
            at = sy_varint_get32(at, end, &tf);
            assert_non_null(at);
            tf += 2;
        }
        before += 1 + (int64_t)(with_tf ? gap >> 1 : gap);
        assert_int_equal(before, want->docs[i]);
        if (with_tf)
            assert_int_equal(tf, want->tfs[i]);
    }
    assert_ptr_equal(at, end);
}

static void fill_and_check(sy_posting_pool *pool, bool with_tf)
{
    sy_growing_list *lists = calloc(LISTS, sizeof *lists);
    plain *want = calloc(LISTS, sizeof *want);
    sy_buf bytes = SY_BUF_INIT;
    for (sy_docid doc = 0, i = 0; i < ADDS;
         i++, doc += sy_random_below(3) ? 0 : sy_random_below(9)) {
        size_t l = sy_random_below(1 + sy_random_below(LISTS)); /* few are long */
        sy_posting_pool_add(pool, &lists[l], doc, with_tf);
        plain_add(&want[l], doc);
    }
    assert_false(pool->failed);
    for (size_t l = 0; l < LISTS; l++) {
        sy_buf_reset(&bytes);
        if (want[l].n > 0) {
            sy_posting_pool_finish(pool, &lists[l], with_tf, &bytes);
            assert_int_equal(lists[l].df, want[l].n);
            check_bytes(&bytes, &want[l], with_tf);
        }
        sy_free(want[l].docs);
        sy_free(want[l].tfs);
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
        sy_posting_pool_add(&pool, &list, d, true);
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
