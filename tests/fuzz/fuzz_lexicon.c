/* An image of a lexicon, asked at each place of itself. */
#include <stdlib.h>

#include "segmenter/lexicon.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = sy_fuzz_copy(data, size);
    sy_lexicon lx;
    sy_error err;
    sy_error_clear(&err);
    sy_status st = sy_lexicon_open((const uint8_t *)copy, size, &lx, &err);
    sy_fuzz_status(st, &err);
    assert_true(st == SY_OK || st == SY_E_CORRUPT);
    for (size_t i = 0; st == SY_OK && i < size; i++) {
        uint32_t before = SY_LEXICON_NONE;
        for (uint32_t w = sy_lexicon_find(&lx, copy + i, size - i); w != SY_LEXICON_NONE;
             w = sy_lexicon_shorter(&lx, w)) {
            sy_slice word = sy_lexicon_word(&lx, w);
            sy_fuzz_touch(word.data, word.len);
            assert_true(w < before && word.len <= size - i);
            before = w;
        }
        assert_true(sy_lexicon_longest(&lx, copy + i, size - i) <= size - i);
    }
    for (uint32_t i = 0; st == SY_OK && i < lx.n_words; i++) {
        sy_slice word = sy_lexicon_word(&lx, i);
        assert_true(sy_lexicon_has(&lx, word.data, word.len));
    }
    free(copy);
    return 0;
}
