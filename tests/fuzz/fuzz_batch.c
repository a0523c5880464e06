/* The input of `suoyin query --batch`, a query a line. */
#include <fcntl.h>
#include <unistd.h>

#include "cli/query_modes.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/files.h"

enum { SIZE_MOST = 2000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static sy_index *index;
    char keys[] = "--keys", source[] = "--source", any[] = "--any";
    char *words[] = {keys, source, any};
    sy_arguments args;
    if (!index) {
        check_ok(sy_index_open(sy_fuzz_index(), &index, NULL), NULL);
        int null = open("/dev/null", O_WRONLY);
        assert_true(null >= 0 && dup2(null, STDOUT_FILENO) >= 0);
        close(null);
    }
    if (size == 0 || size > SIZE_MOST)
        return 0;
    const sy_command *query = sy_command_find("query");
    check_ok(sy_arguments_parse(query, data[0] % 4, words, &args, NULL), NULL);
    const char *path = sy_files_path("batch");
    sy_files_write(path, data + 1, size - 1);
    sy_query_options options = {.any = sy_arguments_on(&args, SY_OPT_ANY)};
    int status = sy_query_batch(&args, index, path, &options);
    assert_in_range(status, 0, 2);
    sy_arguments_release(&args);
    return 0;
}
