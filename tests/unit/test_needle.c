#include "query/needle.h"

#include <string.h>

#include "tests/support/check.h"

/* All places in order, by comparing at each. */
static void check_places(sy_slice needle_text, sy_slice text)
{
    sy_error err;
    sy_error_clear(&err);
    sy_needle needle;
    check_ok(sy_needle_init(&needle, needle_text, &err), &err);
    sy_finder f;
    sy_finder_init(&f, &needle, text);
    for (size_t i = 0; i + needle_text.len <= text.len && needle_text.len > 0; i++) {
        if (memcmp(text.data + i, needle_text.data, needle_text.len) != 0)
            continue;
        assert_ptr_equal(sy_finder_next(&f), text.data + i);
    }
    assert_null(sy_finder_next(&f));
    assert_null(sy_finder_next(&f));
}

static void test_cases(void **state)
{
    (void)state;
    static const char *const texts[] = {"",          "a",        "aa",   "aaaaaaa", "abab",
                                        "ababababa", "aabaabaa", "资金", "资资资金"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            check_places(sy_slice_of(texts[i]), sy_slice_of(texts[k]));
    check_places(sy_slice_of("a"), (sy_slice){NULL, 0});
}

static void test_random(void **state)
{
    (void)state;
    sy_random_init("needle");
    for (int round = 0; round < 20000; round++) {
        char text[64], needle[16];
        size_t len = sy_random_below(sizeof text), needle_len = sy_random_below(sizeof needle);
        uint32_t letters = 1 + sy_random_below(3);
        for (size_t i = 0; i < len; i++)
            text[i] = (char)('a' + sy_random_below(letters));
        for (size_t i = 0; i < needle_len; i++)
            needle[i] = (char)('a' + sy_random_below(letters));
        check_places((sy_slice){needle, needle_len}, (sy_slice){text, len});
    }
}

static void test_period(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t period;
    } cases[] = {{"a", 1}, {"aaaa", 1}, {"abab", 2}, {"ababa", 2}, {"abc", 3}, {"abca", 3}};
    sy_error err;
    sy_error_clear(&err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_needle n;
        check_ok(sy_needle_init(&n, sy_slice_of(cases[i].text), &err), &err);
        assert_int_equal(n.period, cases[i].period);
    }
}

/* A text that overlaps itself everywhere takes no longer than another. */
static void test_linear(void **state)
{
    (void)state;
    enum { LEN = 1 << 21 };
    sy_error err;
    sy_error_clear(&err);
    char *text = test_malloc(LEN);
    memset(text, 'a', LEN);
    sy_needle n;
    check_ok(sy_needle_init(&n, (sy_slice){text, LEN / 2}, &err), &err);
    sy_finder f;
    sy_finder_init(&f, &n, (sy_slice){text, LEN});
    size_t count = 0;
    while (sy_finder_next(&f))
        count++;
    assert_int_equal(count, LEN / 2 + 1);
    test_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_period),
        cmocka_unit_test(test_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
