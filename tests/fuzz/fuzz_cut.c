/* Words, sub-words and units of a text; the first line is a lexicon. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "segmenter/normal.h"
#include "segmenter/units.h"
#include "tests/fuzz/fuzz.h"

static void check_tokens(sy_cutter *c, const char *text, size_t len)
{
    const sy_token *tokens, *subs;
    size_t n, n_subs;
    sy_unit_list units = {0};
    check_ok(sy_cut(c, text, len, &tokens, &n, NULL), NULL);
    for (size_t i = 0; i < n; i++) {
        const sy_token *t = &tokens[i];
        assert_true(t->start < t->end && t->end <= len && (i == 0 || t->start >= t[-1].end));
        check_ok(sy_subwords(c, text, t, &subs, &n_subs, NULL), NULL);
        for (size_t k = 0; k < n_subs; k++)
            assert_true(subs[k].start >= t->start && subs[k].end <= t->end &&
                        subs[k].end - subs[k].start < t->end - t->start);
    }
    for (int joined = 0; joined < 2; joined++) {
        size_t at = 0;
        check_ok(sy_units(text, tokens, n, joined, &units, NULL), NULL);
        for (size_t i = 0; i < units.n; i++) {
            const sy_unit *u = &units.items[i];
            assert_true(u->first == at && u->n_tokens > 0 && at + u->n_tokens <= n);
            assert_true(u->start == tokens[at].start);
            at += u->n_tokens;
            assert_true(u->end == tokens[at - 1].end);
        }
        assert_int_equal(at, n);
    }
    sy_free(units.items);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *feed = size ? memchr(data, '\n', size) : NULL;
    size_t first = feed ? (size_t)(feed - data) : 0;
    sy_lexicon_builder *b;
    sy_buf image = SY_BUF_INIT, normal = SY_BUF_INIT;
    sy_lexicon lexicon;
    sy_cutter *c;
    check_ok(sy_lexicon_builder_new(&b, NULL), NULL);
    for (size_t at = 0; at < first;) { /* words with spaces between */
        size_t len = 0;
        while (at + len < first && data[at + len] != ' ')
            len++;
        uint32_t weight = len > 0 && data[at] % 2 == 0 ? data[at] : SY_LEXICON_ALWAYS;
        check_ok(sy_lexicon_builder_add(b, 0, (const char *)data + at, len, weight, NULL), NULL);
        at += len + 1;
    }
    check_ok(sy_lexicon_builder_finish(b, &image, NULL), NULL);
    check_ok(sy_lexicon_open((const uint8_t *)image.data, image.len, &lexicon, NULL), NULL);
    check_ok(sy_normalize(0, (const char *)data + first, size - first, &normal, NULL, NULL), NULL);
    check_ok(sy_cutter_new(&lexicon, &c, NULL), NULL);
    char *copy = sy_fuzz_copy((const uint8_t *)sy_buf_cstr(&normal), normal.len);
    check_tokens(c, copy, normal.len);
    free(copy);
    /* Not in normal form, nor well-formed. */
    copy = sy_fuzz_copy(data + first, size - first);
    check_tokens(c, copy, size - first);
    free(copy);
    sy_cutter_free(c);
    sy_lexicon_builder_free(b);
    sy_buf_release(&image);
    sy_buf_release(&normal);
    return 0;
}
