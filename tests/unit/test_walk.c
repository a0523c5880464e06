#include "indexer/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/small_index.h"

static char root[320];

static void put(const char *name)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", root, name);
    sy_test_write(path, "x", 1);
}

static int set_up(void **state)
{
    (void)state;
    char path[400];
    sy_scratch_path(root, "walk");
    snprintf(path, sizeof path, "%s/b/inner", root);
    assert_int_equal(sy_make_dirs(path, NULL), SY_OK);
    snprintf(path, sizeof path, "%s/.git", root);
    assert_int_equal(sy_make_dirs(path, NULL), SY_OK);
    put("z.txt");
    put("a.txt");
    put(".hidden");
    put(".git/config");
    put("b/2.txt");
    put("b/inner/1.txt");
    snprintf(path, sizeof path, "%s/b/link", root);
    unlink(path);
    assert_int_equal(symlink("../a.txt", path), 0);
    assert_int_equal(chdir(root), 0);
    return 0;
}

static void count(void *ctx, const char *path, const char *message)
{
    (void)path;
    assert_true(message[0] != '\0');
    ++*(int *)ctx;
}

/* The documents found, joined by spaces. */
static void check_found(const char *const *paths, size_t n, const char *ignore, const char *want,
                        int want_reports)
{
    sy_walk w = {0};
    sy_error err;
    sy_buf got = SY_BUF_INIT;
    int reports = 0;
    sy_error_clear(&err);
    if (ignore)
        check_ok(sy_walk_ignore(&w, ignore, &err), &err);
    check_ok(sy_walk_paths(&w, paths, n, count, &reports, &err), &err);
    for (size_t i = 0; i < w.n; i++)
        sy_buf_printf(&got, "%s%s", i ? " " : "", w.items[i].path);
    assert_string_equal(sy_buf_cstr(&got), want);
    assert_int_equal(reports, want_reports);
    sy_buf_release(&got);
    sy_walk_release(&w);
}

static void test_order(void **state)
{
    (void)state;
    /* The link is told of, hidden names are not. */
    check_found((const char *[]){"b"}, 1, NULL, "b/2.txt b/inner/1.txt", 1);
    check_found((const char *[]){"./b//"}, 1, NULL, "b/2.txt b/inner/1.txt", 1);
    check_found((const char *[]){"."}, 1, NULL, "a.txt b/2.txt b/inner/1.txt z.txt", 1);
    check_found((const char *[]){"z.txt", "a.txt", "./z.txt"}, 3, NULL, "z.txt a.txt", 0);
    check_found((const char *[]){"b/link"}, 1, NULL, "b/link", 0); /* a given link is followed */
    check_found((const char *[]){".hidden"}, 1, NULL, ".hidden", 0);
    check_found((const char *[]){"-", "a.txt"}, 2, NULL, "- a.txt", 0);
}

static void test_ignored(void **state)
{
    (void)state;
    check_found((const char *[]){"."}, 1, "b", "a.txt z.txt", 0);
    check_found((const char *[]){"b"}, 1, "./b/2.txt", "b/inner/1.txt", 1);
    check_found((const char *[]){"b"}, 1, "no such file", "b/2.txt b/inner/1.txt", 1);
}

static void test_missing(void **state)
{
    (void)state;
    sy_walk w = {0};
    sy_error err;
    sy_error_clear(&err);
    const char *paths[] = {"a.txt", "missing"};
    assert_int_equal(sy_walk_paths(&w, paths, 2, NULL, NULL, &err), SY_E_INPUT);
    assert_true(err.msg[0] != '\0');
    sy_walk_release(&w);
}

static void test_covers(void **state)
{
    (void)state;
    sy_walk w = {0};
    int reports = 0;
    const char *paths[] = {"b", "a.txt"};
    check_ok(sy_walk_paths(&w, paths, 2, count, &reports, NULL), NULL);
    assert_true(sy_walk_covers(&w, sy_slice_of("b/2.txt")));
    assert_true(sy_walk_covers(&w, sy_slice_of("b/gone/x")));
    assert_true(sy_walk_covers(&w, sy_slice_of("a.txt")));
    assert_false(sy_walk_covers(&w, sy_slice_of("bc")));
    assert_false(sy_walk_covers(&w, sy_slice_of("z.txt")));
    sy_walk_release(&w);
}

/* One file under two spellings is one document; under two names it is two. */
static void test_spellings(void **state)
{
    (void)state;
    char whole[400], link_of[400];
    snprintf(whole, sizeof whole, "%s/a.txt", root);
    snprintf(link_of, sizeof link_of, "%s/hard.txt", root);
    check_found((const char *[]){"a.txt", whole, "b/../a.txt"}, 3, NULL, "a.txt", 0);
    check_found((const char *[]){"b/../z.txt", "z.txt"}, 2, NULL, "b/../z.txt", 0);
    check_found((const char *[]){"b/link", "a.txt"}, 2, NULL, "b/link", 0);
    assert_int_equal(link(whole, link_of), 0);
    check_found((const char *[]){"hard.txt", "a.txt"}, 2, NULL, "hard.txt a.txt", 0);
    sy_walk w = {0};
    int reports = 0;
    bool same;
    size_t at;
    const char *paths[] = {"z.txt", "a.txt", "-"};
    check_ok(sy_walk_paths(&w, paths, 3, count, &reports, NULL), NULL);
    check_ok(sy_walk_same(&w, whole, &same, &at, NULL), NULL);
    assert_true(same && at == 1);
    check_ok(sy_walk_same(&w, "b/../z.txt", &same, &at, NULL), NULL);
    assert_true(same && at == 0);
    static const char *const others[] = {"hard.txt", "b/2.txt", "b", "none", "-"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        check_ok(sy_walk_same(&w, others[i], &same, &at, NULL), NULL);
        assert_false(same);
    }
    sy_walk_release(&w);
    unlink(link_of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order), cmocka_unit_test(test_ignored),
                                       cmocka_unit_test(test_missing),
                                       cmocka_unit_test(test_covers),
                                       cmocka_unit_test(test_spellings)};
    return cmocka_run_group_tests(tests, set_up, NULL);
}
