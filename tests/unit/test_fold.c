/* Folded text keeps within its columns, loses no character, and follows the rules of line
 * ends in Chinese. */
#include "cli/fold.c"

#include "tests/support/check.h"

static void check_folded(const char *text, unsigned indent, unsigned width, const char *want)
{
    sy_buf out = SY_BUF_INIT;
    sy_put_folded(&out, text, indent, width);
    assert_string_equal(sy_buf_cstr(&out), want);
    sy_buf_release(&out);
}

static void test_latin_words(void **state)
{
    (void)state;
    check_folded("", 4, 20, "\n");
    check_folded("one two three", 0, 20, "one two three\n");
    check_folded("one two three", 0, 7, "one two\nthree\n");
    check_folded("one two three", 2, 9, "one two\n  three\n");
    check_folded("a\n\nb c", 2, 4, "a\n\n  b\n  c\n");
    check_folded("unbreakable a", 0, 5, "unbreakable\na\n");
}

static void test_chinese(void **state)
{
    (void)state;
    check_folded("资金短缺严重", 0, 8, "资金短缺\n严重\n");
    check_folded("资金短缺严重", 0, 9, "资金短缺\n严重\n");
    /* What closes does not begin a line, what opens does not end one. */
    check_folded("资金短缺，严重", 0, 8, "资金短\n缺，严重\n");
    check_folded("资金（短缺）", 0, 6, "资金\n（短\n缺）\n");
    /* Latin words stay whole; a line may end beside them. */
    check_folded("用index建立", 0, 6, "用\nindex\n建立\n");
    check_folded("如 'a b' 与资金", 0, 8, "如 'a b'\n与资金\n");
}

static void test_random_texts_fit(void **state)
{
    (void)state;
    static const char *const parts[] = {"资", "金", "，", "（", "）", "word", " ", "x", "。", "é"};
    sy_random_init("fold");
    for (int round = 0; round < 2000; round++) {
        sy_buf text = SY_BUF_INIT, out = SY_BUF_INIT;
        unsigned width = 20 + sy_random_below(60), indent = sy_random_below(10);
        for (uint32_t n = sy_random_below(100); n > 0; n--)
            sy_buf_puts(&text, parts[sy_random_below(sizeof parts / sizeof *parts)]);
        sy_put_folded(&out, sy_buf_cstr(&text), indent, width);
        size_t at = 0; /* in the text, blanks aside */
        for (size_t i = 0; i < out.len; i++) {
            if (out.data[i] == ' ' || out.data[i] == '\n')
                continue;
            while (text.data[at] == ' ')
                at++;
            assert_int_equal(out.data[i], text.data[at++]);
        }
        while (at < text.len && text.data[at] == ' ')
            at++;
        assert_int_equal(at, text.len);
        size_t column = indent;
        for (const char *line = sy_buf_cstr(&out); *line != '\0'; column = 0) {
            size_t len = strcspn(line, "\n"), columns = sy_text_width(line, len);
            /* Wider only if it is one piece that cannot be parted. */
            if (column + columns > width) {
                size_t lead = strspn(line, " "), own;
                assert_int_equal(lead + piece(line + lead, &own), len);
            }
            line += len + (line[len] == '\n');
        }
        sy_buf_release(&text);
        sy_buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_latin_words),
                                       cmocka_unit_test(test_chinese),
                                       cmocka_unit_test(test_random_texts_fit)};
    return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
