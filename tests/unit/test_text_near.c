/* Whether words begin and end at a place, by the clause around it or by the whole text: the same,
 * for random texts of all that may matter. SY_ROUNDS sets the number of texts (3000). */
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "query/record_text.h"
#include "segmenter/normal.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

static const char *const pieces[] = {
    "资金", "短缺", "局", "区商投局", ",",    ";",  "、", "。",       " ",
    "\n",   "的",   "a",  "12",       ",000", "カ", "々", "\xCC\x81", "①",
    "x1",   "，",   "无", "😀",        "ไทย",  ".",  "5g", "（",       "研究生命"};
enum { PIECES = sizeof pieces / sizeof *pieces };

static void put_random(sy_buf *out)
{
    sy_buf text = SY_BUF_INIT;
    for (uint32_t n = sy_random_below(30); n > 0; n--)
        sy_buf_puts(&text, pieces[sy_random_below(PIECES)]);
    check_ok(sy_normalize(0, sy_buf_cstr(&text), text.len, out, NULL, NULL), NULL);
    sy_buf_release(&text);
}

static void check_text(sy_tools *tools, sy_slice normal)
{
    sy_text whole = {.normal = normal};
    check_ok(sy_text_cut(&whole, tools, NULL), NULL);
    for (size_t start = 0; start < normal.len;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(normal.data + start, normal.len - start, &cp), end = start + n;
        for (uint32_t more = sy_random_below(4); more > 0 && end < normal.len; more--)
            end += sy_utf8_decode(normal.data + end, normal.len - end, &cp);
        sy_text fresh = {.normal = normal};
        bool at_start, at_end;
        check_ok(sy_text_near(&fresh, tools, start, end, &at_start, &at_end, NULL), NULL);
        bool want_start = sy_tokens_break_at(whole.tokens, whole.n_tokens, start);
        bool want_end = sy_tokens_break_at(whole.tokens, whole.n_tokens, end);
        if (at_start != want_start || at_end != want_end)
            fail_msg("'%.*s', bytes %zu to %zu: %d %d, not %d %d", (int)normal.len, normal.data,
                     start, end, at_start, at_end, want_start, want_end);
        sy_text_release(&fresh);
        start += n;
    }
    sy_text_release(&whole);
}

static void run(const char *words)
{
    sy_lexicon_builder *b;
    sy_buf image = SY_BUF_INIT;
    check_ok(sy_lexicon_builder_new(&b, NULL), NULL);
    check_ok(sy_lexicon_builder_add_lines(b, 0, words, strlen(words), NULL), NULL);
    check_ok(sy_lexicon_builder_finish(b, &image, NULL), NULL);
    sy_index index = {.lexicon = {image.data, image.len}};
    sy_tools tools = {.index = &index};
    unsigned rounds = sy_rounds(3000);
    for (unsigned i = 0; i < rounds; i++) {
        sy_buf normal = SY_BUF_INIT;
        put_random(&normal);
        check_text(&tools, (sy_slice){sy_buf_cstr(&normal), normal.len});
        sy_buf_release(&normal);
    }
    sy_tools_release(&tools);
    sy_lexicon_builder_free(b);
    sy_buf_release(&image);
}

static void test_plain(void **state)
{
    (void)state;
    run("");
}

static void test_words(void **state)
{
    (void)state;
    run("区商投局\n5g基站\n资金短\n");
}

/* Words that go across what ends a clause. */
static void test_marks(void **state)
{
    (void)state;
    run("资金、短缺\n局，区商投局\n短缺。资金\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_plain), cmocka_unit_test(test_words),
                                       cmocka_unit_test(test_marks)};
    sy_random_init("test_text_near");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
