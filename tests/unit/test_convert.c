/* Other programs that turn documents into text: stand-ins on the PATH that are slow, go on
 * without end, write too much, or die. */
#include "indexer/readers/convert.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/support/check.h"
#include "tests/support/small_index.h"

static char bin[320];

static void stand_in(const char *program, const char *script)
{
    char path[360];
    sy_buf text = SY_BUF_INIT;
    snprintf(path, sizeof path, "%s/%s", bin, program);
    sy_buf_printf(&text, "#!/bin/sh\n%s\n", script);
    sy_test_write(path, text.data, text.len);
    assert_int_equal(chmod(path, 0755), 0);
    sy_buf_release(&text);
}

static int set_up(void **state)
{
    (void)state;
    sy_buf path = SY_BUF_INIT;
    sy_scratch_path(bin, "bin");
    sy_test_remove(bin);
    assert_int_equal(sy_make_dirs(bin, NULL), SY_OK);
    sy_buf_printf(&path, "%s:/usr/bin:/bin", bin);
    assert_int_equal(setenv("PATH", path.data, 1), 0);
    sy_buf_release(&path);
    return 0;
}

/* What one second and one MiB give for a Word document. */
static sy_status convert(char *text, size_t size, sy_error *err)
{
    static const sy_convert_limits limits = {.seconds = 1, .mib = 1};
    sy_spill spill = {.dir = NULL};
    sy_extent all = {"", 0, NULL};
    const char *program = "";
    sy_error_clear(err);
    sy_status st = sy_convert(SY_OFFICE_DOC, "a.doc", &limits, &spill, &all, &program, err);
    snprintf(text, size, "%s: %.*s", program, st == SY_OK && all.len < 100 ? (int)all.len : 0,
             all.data);
    sy_spill_release(&spill);
    return st;
}

static void check_converted(const char *want)
{
    char text[128];
    sy_error err;
    check_ok(convert(text, sizeof text, &err), &err);
    assert_string_equal(text, want);
}

/* The program is ended, soon after its time, and waited for. */
static void check_refused(const char *want)
{
    char text[128];
    sy_error err;
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    assert_int_equal(convert(text, sizeof text, &err), SY_E_LIMIT);
    clock_gettime(CLOCK_MONOTONIC, &to);
    assert_string_equal(err.msg, want);
    assert_true(to.tv_sec - from.tv_sec < 30);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void test_time(void **state)
{
    (void)state;
    stand_in("catdoc", "echo no");
    stand_in("antiword", "echo 文; exec sleep 600");
    check_refused("antiword took more than 1 seconds");
    stand_in("antiword", "trap '' TERM; while :; do echo 文; sleep .1; done");
    check_refused("antiword took more than 1 seconds");
    stand_in("antiword", "echo 文; exec >&-; exec sleep 600"); /* its output has an end */
    check_refused("antiword took more than 1 seconds");
}

static void test_size(void **state)
{
    (void)state;
    stand_in("antiword", "head -c 1048576 /dev/zero");
    check_converted("antiword: ");
    stand_in("antiword", "head -c 1048577 /dev/zero; exec sleep 600");
    check_refused("antiword wrote more than 1 MiB of text");
}

static void test_failures(void **state)
{
    (void)state;
    char text[128];
    sy_error err;
    stand_in("antiword", "printf 文");
    stand_in("catdoc", "printf 字");
    check_converted("antiword: 文");
    stand_in("antiword", "printf 半; exit 1");
    check_converted("catdoc: 字");
    stand_in("antiword", "printf 半; kill -9 $$");
    check_converted("catdoc: 字");
    stand_in("catdoc", "exit 2");
    assert_int_equal(convert(text, sizeof text, &err), SY_E_INPUT);
    assert_string_equal(err.msg, "antiword could not read it");
    setenv("PATH", "/nowhere", 1);
    assert_int_equal(convert(text, sizeof text, &err), SY_E_INPUT);
    assert_string_equal(err.msg, "it is read only where antiword or catdoc is installed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup(test_time, set_up),
                                       cmocka_unit_test_setup(test_size, set_up),
                                       cmocka_unit_test_setup(test_failures, set_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
