/* Which names are near what was typed, and in which order they come. */
#include "query/nearness.h"

#include <string.h>

#include "tests/support/check.h"

static void check(const char *typed, bool edits_only, const char *const *names, size_t n,
                  const char *want)
{
    sy_nearest nearest = {.typed = sy_near_read(sy_slice_of(typed)), .edits_only = edits_only};
    sy_buf out = SY_BUF_INIT;
    for (size_t i = 0; i < n; i++)
        sy_nearest_offer(&nearest, sy_slice_of(names[i]), (uint32_t)i);
    sy_nearest_put(&nearest, &out);
    assert_string_equal(sy_buf_cstr(&out), want);
    sy_buf_release(&out);
}

#define CHECK(typed, edits_only, want, ...)                                                        \
    do {                                                                                           \
        const char *const names[] = {__VA_ARGS__};                                                 \
        check(typed, edits_only, names, sizeof names / sizeof *names, want);                       \
    } while (0)

static void test_edits(void **state)
{
    (void)state;
    CHECK("区商头局", false, "区商投局", "区商投局", "市财政局");
    CHECK("区投商局", false, "区商投局", "区商投局"); /* neighbours changed: one edit */
    CHECK("区商局", false, "区商投局", "区商投局");
    CHECK("abcd", false, "abxd", "abxd", "axxd");                 /* one edit up to four */
    CHECK("abcdefgh", false, "axcdefxh", "axcdefxh", "axcxefxh"); /* two up to eight */
    CHECK("abcdefghi", false, "axcxefxhi", "axcxefxhi", "axcxexxhi");
    CHECK("a", false, "", "b");
    CHECK("", false, "", "a");
}

static void test_parts(void **state)
{
    (void)state;
    CHECK("住建", false, "区住建局, 区住建和交通局", "区住建和交通局", "区住建局");
    CHECK("区住建局办公室", false, "区住建局", "区住建局");
    CHECK("projects", true, "project", "project", "projects of the year");
}

static void test_order(void **state)
{
    (void)state;
    /* by edits, then by weight, which is the place here; three at most, each once */
    CHECK("abcde", false, "abcdx, xxcde, abcxx", "abxxe", "abcxx", "abcdx", "xxcde");
    CHECK("abcd", false, "abcy, abcx", "abcx", "abcy", "abcx");
}

static void test_long(void **state)
{
    (void)state;
    char name[3 * (SY_NEAR_CHARS_MAX + 1) + 1] = "";
    for (int i = 0; i < SY_NEAR_CHARS_MAX; i++)
        strcat(name, "长");
    assert_int_equal(sy_near_read(sy_slice_of(name)).n, SY_NEAR_CHARS_MAX);
    CHECK(name, false, name, name);
    strcat(name, "长");
    assert_int_equal(sy_near_read(sy_slice_of(name)).n, 0);
    CHECK(name, false, "", name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_edits), cmocka_unit_test(test_parts),
                                       cmocka_unit_test(test_order), cmocka_unit_test(test_long)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
