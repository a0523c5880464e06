/* A fuzz target without a fuzzer: runs it on each file that is named, and on each file of
 * each folder that is. Says which it is at, so that a crash has a name. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "tests/support/files.h"

static size_t n_inputs;

static int replay(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info;
    (void)ftw;
    if (type != FTW_F)
        return 0;
    size_t len;
    fprintf(stderr, "%s\n", path);
    uint8_t *bytes = sy_files_read(path, &len);
    LLVMFuzzerTestOneInput(bytes, len);
    free(bytes);
    n_inputs++;
    return 0;
}

int main(int argc, char **argv)
{
    FILE *report = fdopen(dup(STDOUT_FILENO), "w"); /* a target may close standard output */
    assert_non_null(report);
    sy_files_in_memory();
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        struct stat info;
        if (stat(argv[i], &info) == 0) /* a target may have no input that was found */
            nftw(argv[i], replay, 16, FTW_PHYS);
    }
    fprintf(report, "ok 1 - %zu inputs\n", n_inputs);
    return fclose(report);
}
