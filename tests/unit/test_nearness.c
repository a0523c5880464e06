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

/* Optimal string alignment, as its definition has it. */
static unsigned edits(const char *a, size_t n, const char *b, size_t m)
{
    unsigned d[12][12];
    for (unsigned i = 0; i <= n; i++) {
        for (unsigned j = 0; j <= m; j++) {
            d[i][j] = i == 0 ? j : i;
            if (i == 0 || j == 0)
                continue;
            unsigned best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = d[i - 1][j] + 1 < best ? d[i - 1][j] + 1 : best;
            best = d[i][j - 1] + 1 < best ? d[i][j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = d[i - 2][j - 2] + 1 < best ? d[i - 2][j - 2] + 1 : best;
            d[i][j] = best;
        }
    }
    return d[n][m];
}

static size_t random_name(char *out)
{
    size_t n = 1 + sy_random_below(10);
    uint32_t kinds = 2 + sy_random_below(12);
    for (size_t i = 0; i < n; i++)
        out[i] = (char)('a' + sy_random_below(kinds));
    out[n] = '\0';
    return n;
}

/* What is passed over for its characters is not near. */
static void test_random(void **state)
{
    (void)state;
    size_t near = 0;
    sy_random_init("test_nearness random");
    for (int round = 0; round < 200000; round++) {
        char a[16], b[16];
        size_t n = random_name(a), m = random_name(b), longer = n > m ? n : m;
        unsigned allowed = longer < 2 ? 0 : longer < 5 ? 1 : longer < 9 ? 2 : 3;
        bool edits_only = sy_random_below(2) == 0;
        bool want = edits(a, n, b, m) <= allowed;
        if (!edits_only)
            want |= strstr(b, a) != NULL || (m > 1 && strstr(a, b) != NULL);
        sy_nearest nearest = {.typed = sy_near_read(sy_slice_of(a)), .edits_only = edits_only};
        sy_nearest_offer(&nearest, sy_slice_of(b), 1);
        if ((nearest.n == 1) != want)
            fail_msg("%s and %s are %snear", a, b, want ? "" : "not ");
        near += want;
    }
    assert_true(near > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_edits), cmocka_unit_test(test_parts),
                                       cmocka_unit_test(test_order), cmocka_unit_test(test_long),
                                       cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
