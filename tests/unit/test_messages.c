/* A translator changes what failures say, and only that. */
#include "base/messages.h"

#include <errno.h>
#include <string.h>

#include "tests/support/check.h"

static const char *chinese(const char *text)
{
    static const char *const pairs[][2] = {{"no %s among %d", "%2$d 个中没有 %1$s"},
                                           {"goal", "个目标"},
                                           {"cannot open", "无法打开"},
                                           {"No such file or directory", "没有那个文件或文件夹"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(pairs[i][0], text) == 0)
            return pairs[i][1];
    return text;
}

static void test_failures_are_translated(void **state)
{
    (void)state;
    sy_error err;
    sy_error_clear(&err);
    sy_messages_set(chinese);
    assert_int_equal(sy_fail(&err, SY_E_INPUT, "x", "no %s among %d", "a", 3), SY_E_INPUT);
    assert_string_equal(err.msg, "3 个中没有 a");
    sy_error_clear(&err);
    sy_fail_sys(&err, "x", ENOENT, "cannot open");
    assert_string_equal(err.msg, "无法打开: 没有那个文件或文件夹");
    sy_messages_set(NULL);
    sy_error_clear(&err);
    sy_fail_sys(&err, "x", ENOENT, "cannot open");
    assert_string_equal(err.msg, "cannot open: No such file or directory");
}

static void test_numbers_have_their_forms(void **state)
{
    (void)state;
    assert_string_equal(sy_tr_n("goal", "goals", 1), "goal");
    assert_string_equal(sy_tr_n("goal", "goals", 0), "goals");
    assert_string_equal(sy_tr_n("goal", "goals", 2), "goals");
    sy_messages_set(chinese);
    assert_string_equal(sy_tr_n("goal", "goals", 1), "个目标");
    assert_string_equal(sy_tr_n("goal", "goals", 2), "个目标");
    assert_string_equal(sy_tr_n("one", "many", 2), "many");
    sy_messages_set(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_failures_are_translated),
                                       cmocka_unit_test(test_numbers_have_their_forms)};
    return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
