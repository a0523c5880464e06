#include "base/status.h"

#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "tests/support/check.h"

static void test_first_wins(void **state)
{
    (void)state;
    sy_error err;
    sy_error_clear(&err);
    assert_int_equal(err.status, SY_OK);
    assert_true(err.offset == SY_NO_OFFSET);
    assert_int_equal(sy_fail_at(&err, SY_E_CORRUPT, "seg", 17, "damaged: %s", "records"),
                     SY_E_CORRUPT);
    assert_int_equal(sy_fail(&err, SY_E_INPUT, "query", "later"), SY_E_INPUT);
    assert_int_equal(sy_fail_nomem(&err), SY_E_NOMEM);
    assert_int_equal(err.status, SY_E_CORRUPT);
    assert_int_equal(err.offset, 17);
    assert_string_equal(err.where, "seg");
    assert_string_equal(err.msg, "damaged: records");
    sy_error_clear(&err);
    assert_string_equal(err.msg, "");
    assert_int_equal(sy_fail_nomem(&err), SY_E_NOMEM);
    assert_string_equal(err.where, "");
    assert_string_equal(err.msg, "out of memory");
}

static void test_nobody_asks(void **state)
{
    (void)state;
    sy_error_clear(NULL);
    assert_int_equal(sy_fail(NULL, SY_E_LIMIT, "x", "y"), SY_E_LIMIT);
    assert_int_equal(sy_fail_at(NULL, SY_E_CORRUPT, NULL, 0, "y"), SY_E_CORRUPT);
    assert_int_equal(sy_fail_sys(NULL, "x", ENOSPC, "y"), SY_E_IO);
    assert_int_equal(sy_fail_nomem(NULL), SY_E_NOMEM);
}

static void test_system(void **state)
{
    (void)state;
    sy_error err;
    sy_error_clear(&err);
    assert_int_equal(sy_fail_sys(&err, "a/b", ENOENT, "cannot open"), SY_E_IO);
    assert_int_equal(err.sys, ENOENT);
    assert_string_equal(err.msg, "cannot open: No such file or directory");
    assert_true(err.offset == SY_NO_OFFSET);
}

/* A text that does not fit ends before a character, never inside one. */
static void test_cut(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a", "é", "资", "𠀀"};
    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
        for (size_t lead = 0; lead < 5; lead++) {
            char text[700] = "";
            size_t size = strlen(pieces[k]);
            memset(text, '-', lead);
            for (size_t at = lead; at + size < sizeof text; at += size)
                memcpy(text + at, pieces[k], size);
            sy_error err;
            sy_error_clear(&err);
            sy_fail(&err, SY_E_INPUT, text, "%s", text);
            const char *got[] = {err.where, err.msg};
            for (size_t i = 0; i < 2; i++) {
                size_t len = strlen(got[i]);
                assert_int_equal(sy_utf8_check(got[i], len), len);
                assert_in_range(len, sizeof err.msg - size, sizeof err.msg - 1);
                assert_memory_equal(got[i], text, len);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_wins),
        cmocka_unit_test(test_nobody_asks),
        cmocka_unit_test(test_system),
        cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
