#include "indexer/spill.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "tests/support/check.h"

static void fill(sy_spill *s, sy_buf *want, size_t len)
{
    char piece[5000];
    while (want->len < len) {
        size_t n = 1 + sy_random_below(sizeof piece);
        for (size_t i = 0; i < n; i++)
            piece[i] = (char)sy_random_below(256);
        sy_buf_append(want, piece, n);
        check_ok(sy_spill_put(s, piece, n, NULL), NULL);
    }
}

static size_t count_files(const char *dir)
{
    sy_names names;
    check_ok(sy_list_folder(dir, &names, NULL), NULL);
    size_t n = names.n;
    sy_names_release(&names);
    return n;
}

/* Few bytes and many, with and without a folder, one after the other in one spill. */
static void test_bytes(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 1, 5000, 3 << 20, 9 << 20, 100, 12 << 20};
    const char *dirs[] = {NULL, sy_scratch_dir()};
    sy_random_init("test_bytes");
    size_t before = count_files(sy_scratch_dir());
    for (size_t d = 0; d < 2; d++) {
        sy_spill s = {.dir = dirs[d]};
        for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
            sy_buf want = SY_BUF_INIT;
            sy_extent all;
            uint64_t hash;
            fill(&s, &want, lens[i]);
            assert_int_equal(s.len, want.len);
            check_ok(sy_spill_end(&s, &all, &hash, NULL), NULL);
            assert_int_equal(all.len, want.len);
            if (want.len > 0)
                assert_memory_equal(all.data, want.data, want.len);
            assert_int_equal(hash, sy_hash64(sy_buf_cstr(&want), want.len));
            assert_int_equal(all.behind != NULL, dirs[d] && want.len > 4 << 20);
            assert_int_equal(count_files(sy_scratch_dir()), before); /* no name is left */
            sy_spill_clear(&s);
            sy_buf_release(&want);
        }
        sy_spill_release(&s);
    }
}

/* An extent can be passed and read again. */
static void test_pass(void **state)
{
    (void)state;
    sy_spill s = {.dir = sy_scratch_dir()};
    sy_buf want = SY_BUF_INIT;
    sy_extent all;
    sy_random_init("test_pass");
    fill(&s, &want, 20 << 20);
    check_ok(sy_spill_end(&s, &all, NULL, NULL), NULL);
    for (int round = 0; round < 3; round++) {
        for (size_t at = 0; at < all.len; at += 4096) {
            size_t n = all.len - at < 4096 ? all.len - at : 4096;
            assert_memory_equal(all.data + at, want.data + at, n);
            sy_map_pass(all.behind, all.data + at + n);
        }
    }
    sy_spill_release(&s);
    sy_buf_release(&want);
}

/* Every failing operation on files, and every failing allocation, is told, and leaves no file. */
static void test_failures(void **state)
{
    (void)state;
    size_t before = count_files(sy_scratch_dir());
    sy_buf left = SY_BUF_INIT;
    sy_buf_printf(&left, "%s/tmp-document", sy_scratch_dir());
    char *bytes = sy_calloc(1, 5 << 20);
    for (int kind = 0; kind < 2; kind++) {
        bool done = false;
        for (unsigned long n = 1; !done; n++) {
            sy_spill s = {.dir = sy_scratch_dir()};
            sy_extent all;
            if (kind == 0)
                sy_io_fail_at(n, EIO);
            else
                sy_alloc_fail_at(n, false);
            sy_status st = sy_spill_put(&s, bytes, 100, NULL);
            if (st == SY_OK)
                st = sy_spill_put(&s, bytes, 5 << 20, NULL);
            if (st == SY_OK)
                st = sy_spill_end(&s, &all, NULL, NULL);
            unsigned long calls = kind == 0 ? sy_io_fail_at(0, 0) : sy_alloc_fail_at(0, false);
            done = calls < n;
            assert_int_equal(st == SY_OK, done);
            assert_int_equal(s.failed, !done);
            sy_spill_release(&s);
            /* Only a file that cannot be removed is left; the next run of an indexer does it. */
            assert_true(count_files(sy_scratch_dir()) <= before + (kind == 0));
            check_ok(sy_remove_file(left.data, NULL), NULL);
        }
    }
    sy_free(bytes);
    sy_buf_release(&left);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_pass),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
