#include <stdio.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "store/file.h"
#include "store/format.h"
#include "tests/support/check.h"

/* A sound header of another version, in a file that is long enough. */
static const char *write_version(uint32_t version)
{
    static char path[512];
    uint8_t bytes[SY_HEADER_LEN + 48] = {0};
    memcpy(bytes, SY_MAGIC_FRONT, 8);
    sy_put_u32(bytes + 8, version);
    sy_put_u32(bytes + 12, SY_FILE_MANIFEST);
    sy_put_u64(bytes + 40, sy_hash64(bytes, 40));
    snprintf(path, sizeof path, "%s/manifest", sy_scratch_dir());
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, sizeof bytes, f), sizeof bytes);
    assert_int_equal(fclose(f), 0);
    return path;
}

static void test_versions(void **state)
{
    (void)state;
    static const struct {
        uint32_t version;
        const char *message;
    } cases[] = {
        {SY_FORMAT_VERSION + 1, "written by a newer suoyin"},
        {SY_FORMAT_VERSION - 1, "written by an older suoyin"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_file *file = NULL;
        sy_error err;
        sy_error_clear(&err);
        const char *path = write_version(cases[i].version);
        assert_int_equal(sy_file_open(path, SY_FILE_MANIFEST, NULL, &file, &err), SY_E_VERSION);
        assert_string_equal(err.where, path);
        if (!strstr(err.msg, cases[i].message))
            fail_msg("version %u: %s", (unsigned)cases[i].version, err.msg);
        assert_null(strstr(err.msg, "--rebuild")); /* what to do is for the program to say */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_versions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
