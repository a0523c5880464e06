/* Failures in a build that learns phrases and grams and spills several runs, which the
 * small indexes of test_failures.c do not: at random calls, since there are too many to
 * take each. The index is as before, or whole, and the same as if nothing had failed.
 *
 * SY_ROUNDS sets how many calls of each kind are tried, SY_SEED the random numbers. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "indexer/index_paths.h"
#include "store/index.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

enum { N_RECORDS = 1500 };

static void put_documents(const char *docs)
{
    static const char *const stock[] = {"民事诉讼法", "有限责任公司", "的规定", "人民共和国",
                                        "年1月1日",   "abc技术",      "，",     "资金"};
    sy_buf b = SY_BUF_INIT;
    for (uint32_t i = 0; i < N_RECORDS; i++) {
        sy_buf_printf(&b, "{\"id\":\"%u\",\"unit\":\"第%u局\",\"target\":\"", i, i % 40);
        for (uint32_t n = 4 + sy_random_below(8); n > 0; n--)
            sy_buf_puts(&b, stock[sy_random_below(8)]);
        for (uint32_t n = 0; n < 20; n++) /* what fills memory: pairs that are new */
            sy_buf_put_cp(&b, 0x4E00 + sy_random_below(15000));
        sy_buf_puts(&b, "\"}\n");
    }
    sy_files_write(sy_files_join(docs, "a.jsonl"), b.data, b.len);
    sy_buf_release(&b);
}

static sy_status build(const char *dir, const char *docs, sy_index_summary *sum, sy_error *err)
{
    sy_index_options o = {.dir = dir, .jobs = 1, .memory_mib = 1};
    sy_error_clear(err);
    return sy_index_paths(&o, &docs, 1, sum, err);
}

/* The segment behind its header, which has the uuid of the index. */
static void check_same(const char *dir, const uint8_t *want, size_t want_len)
{
    size_t len;
    uint64_t faults;
    check_ok(sy_index_verify(dir, NULL, NULL, &faults, NULL), NULL);
    assert_int_equal(faults, 0);
    uint8_t *got = sy_files_read(sy_files_segment(dir), &len);
    assert_int_equal(len, want_len);
    assert_memory_equal(got + 48, want + 48, len - 48);
    free(got);
}

typedef struct failing {
    bool alloc, sticky;
    int sys;
} failing;

static const failing kinds[] = {
    {true, false, 0}, {true, true, 0}, {false, false, ENOSPC}, {false, false, EIO}};

static void arm(const failing *f, unsigned long n)
{
    if (f->alloc)
        sy_alloc_fail_at(n, f->sticky);
    else
        sy_io_fail_at(n, f->sys);
}

static unsigned long disarm(const failing *f)
{
    return f->alloc ? sy_alloc_fail_at(0, false) : sy_io_fail_at(0, 0);
}

static void test_build(void **state)
{
    (void)state;
    const char *docs = sy_files_folder("docs"), *good = sy_files_folder("good"),
               *dir = sy_files_folder("index");
    sy_index_summary sum;
    sy_error err;
    size_t len;
    put_documents(docs);
    unsigned rounds = sy_rounds(12);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        sy_files_folder("good");
        arm(&kinds[k], ULONG_MAX); /* only counts */
        check_ok(build(good, docs, &sum, &err), &err);
        unsigned long calls = disarm(&kinds[k]);
        uint8_t *want = sy_files_read(sy_files_segment(good), &len);
        for (unsigned r = 0; r < rounds; r++) {
            unsigned long n = 1 + sy_random_below((uint32_t)calls);
            sy_files_folder("index");
            arm(&kinds[k], n);
            sy_status st = build(dir, docs, &sum, &err);
            disarm(&kinds[k]);
            sy_status usual = kinds[k].alloc ? SY_E_NOMEM : SY_E_IO;
            if (st != SY_OK && st != usual)
                fail_msg("kind %zu, call %lu: status %d: %s", k, n, (int)st, err.msg);
            if (sy_files_exists(sy_files_join(dir, "manifest")) && sum.skipped == 0)
                check_same(dir, want, len);
            else
                assert_true(st != SY_OK || sum.skipped > 0);
            if (r % 4 == 0) { /* the next run goes on from there and clears up */
                check_ok(build(dir, docs, &sum, &err), &err);
                check_same(dir, want, len);
                assert_int_equal(sy_files_count(dir, "tmp-"), 0);
            }
        }
        free(want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_build)};
    sy_files_in_memory();
    sy_random_init("test_failures_learned");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
