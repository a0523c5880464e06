/* A dictionary of phrases, with codes behind it: the first two bytes say how many. */
#include <stdlib.h>

#include "base/bytes.h"
#include "store/phrases.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t n = sy_get_u16(data);
    size -= 2;
    n = n > size / 2 ? size / 2 : n;
    size_t len = size - 2 * n;
    char *dictionary = sy_fuzz_copy(data + 2, len), *codes = sy_fuzz_copy(data + 2 + len, 2 * n);
    sy_phrases p;
    sy_buf out = SY_BUF_INIT;
    if (sy_phrases_open((const uint8_t *)dictionary, len, &p) && p.n > 0) {
        for (int normal = 0; normal < 2; normal++) {
            sy_buf_reset(&out);
            (void)sy_phrases_spell(&p, (const uint8_t *)codes, n, normal, &out);
            assert_int_equal(out.status, SY_OK);
            assert_true(out.len <= n * SY_PHRASE_LEN_MAX);
            sy_fuzz_touch(sy_buf_cstr(&out), out.len);
        }
    }
    sy_buf_release(&out);
    free(dictionary);
    free(codes);
    return 0;
}
