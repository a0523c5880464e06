/* Bytes to UTF-8: the encoding is the first byte's, or detected. */
#include <stdlib.h>

#include "indexer/decode.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {NULL,     "utf-8",    "gb18030",  "gbk",
                                        "gb2312", "utf-16le", "utf-16be", "big5"};
    if (size == 0)
        return 0;
    const char *name = names[data[0] % (sizeof names / sizeof *names)];
    char *copy = sy_fuzz_copy(data + 1, size - 1);
    sy_extent bytes = {copy, size - 1, NULL};
    sy_spill spill = {.dir = NULL};
    sy_decoded d;
    sy_error err;
    sy_error_clear(&err);
    sy_status st = sy_decode(name, "fuzz", &bytes, &spill, &d, &err);
    sy_fuzz_status(st, &err);
    if (st == SY_OK) {
        assert_non_null(d.encoding);
        assert_true(d.replaced == 0 || d.first < size);
        sy_fuzz_text((sy_slice){d.text.data, d.text.len});
        if (!name)
            assert_int_equal(sy_decode_check_head("fuzz", copy, (size - 1) / 2, NULL), SY_OK);
    } else {
        assert_int_equal(st, SY_E_INPUT);
    }
    sy_spill_release(&spill);
    free(copy);
    return 0;
}
