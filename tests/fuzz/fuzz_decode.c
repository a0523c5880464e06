/* Bytes to UTF-8: the encoding is the first byte's, or detected. */
#include <stdlib.h>

#include "indexer/reader.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {NULL,     "utf-8",    "gb18030",  "gbk",
                                        "gb2312", "utf-16le", "utf-16be", "big5"};
    if (size == 0)
        return 0;
    const char *name = names[data[0] % (sizeof names / sizeof *names)], *encoding = NULL;
    char *copy = sy_fuzz_copy(data + 1, size - 1);
    sy_buf out = SY_BUF_INIT;
    sy_error err;
    size_t replaced = 0, first = 0;
    sy_error_clear(&err);
    sy_status st =
        sy_decode_as(name, "fuzz", copy, size - 1, &out, &encoding, &replaced, &first, &err);
    sy_fuzz_status(st, &err);
    if (st == SY_OK) {
        assert_non_null(encoding);
        assert_true(replaced == 0 || first < size);
        sy_fuzz_text((sy_slice){sy_buf_cstr(&out), out.len});
    } else {
        assert_int_equal(st, SY_E_INPUT);
    }
    sy_buf_release(&out);
    free(copy);
    return 0;
}
