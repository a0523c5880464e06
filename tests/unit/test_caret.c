#include "query/caret.h"

#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/width.h"
#include "tests/support/check.h"

typedef struct caret_case {
    const char *expr;
    uint32_t start, end;
    const char *message;
    const char *want;
} caret_case;

static void test_lines(void **state)
{
    (void)state;
    static const caret_case cases[] = {
        {"unit:(", 6, 6, "expected a term or ')'", "unit:(\n      ^ expected a term or ')'\n"},
        {"", 0, 0, "empty query", "\n^ empty query\n"},
        {"资金 (", 7, 8, "open", "资金 (\n     ^ open\n"},
        {"单位：x", 0, 6, "no", "单位：x\n^~~~ no\n"},
        {"a", 9, 9, "end", "a\n ^ end\n"},
        {"a b", 2, 3, NULL, "a b\n  ^\n"},
        {"a b", 2, 3, "", "a b\n  ^\n"},
        {"a\tb\x1B[31m", 2, 3, "m", "a␉b␛[31m\n  ^ m\n"},
        {"\xE2\x80\xAE x", 4, 5, "m", "<U+202E> x\n         ^ m\n"},
        {"a\xFF"
         "b",
         1, 2, "m", "a<FF>b\n ^~~~ m\n"},
        {"a\xE8\xB5 b", 1, 2, "m", "a<E8><B5> b\n ^~~~ m\n"},
        {"e\xCC\x81 (", 4, 5, "m", "e\xCC\x81 (\n  ^ m\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const caret_case *c = &cases[i];
        sy_buf out = SY_BUF_INIT;
        sy_query_error where = {.start = c->start, .end = c->end};
        sy_query_caret(c->expr, &where, c->message, SY_CARET_COLUMNS, &out);
        assert_string_equal(sy_buf_cstr(&out), c->want);
        sy_buf_release(&out);
    }
}

static size_t column_of_caret(const char *line)
{
    return strspn(line, " ");
}

/* At every place of a long line: no line is wider than the limit, and above the
 * caret stands the character of the place. */
static void check_every_place(const char *expr)
{
    size_t len = strlen(expr);
    for (size_t at = 0; at <= len; at++) {
        if (at < len && ((unsigned char)expr[at] & 0xC0) == 0x80)
            continue;
        sy_buf out = SY_BUF_INIT;
        sy_query_error where = {.start = (uint32_t)at, .end = (uint32_t)at};
        sy_query_caret(expr, &where, "here it is", SY_CARET_COLUMNS, &out);
        const char *text = sy_buf_cstr(&out);
        const char *second = strchr(text, '\n') + 1;
        size_t shown = (size_t)(second - text) - 1;
        size_t column = column_of_caret(second);
        assert_true(sy_text_width(text, shown) <= SY_CARET_COLUMNS);
        assert_true(column < SY_CARET_COLUMNS);
        assert_true(sy_utf8_check(text, out.len) == out.len);
        size_t i = 0, columns = 0;
        while (i < shown && columns < column) {
            uint32_t cp;
            i += sy_utf8_decode(text + i, shown - i, &cp);
            columns += (size_t)sy_cp_width(cp);
        }
        assert_int_equal(columns, column);
        if (at == len)
            assert_int_equal(i, shown);
        else
            assert_memory_equal(text + i, expr + at, 1);
        sy_buf_release(&out);
    }
}

static void test_long(void **state)
{
    (void)state;
    char expr[700];
    for (size_t len = 70; len < 84; len++) {
        memset(expr, 'x', len);
        expr[len] = '\0';
        check_every_place(expr);
    }
    for (size_t n = 20; n < 160; n += 13) {
        expr[0] = '\0';
        for (size_t i = 0; i < n; i++)
            strcat(expr, i % 5 == 3 ? "a" : i % 3 == 0 ? "资" : "（");
        check_every_place(expr);
    }
}

static void test_message_on_its_own_line(void **state)
{
    (void)state;
    char expr[71], message[60];
    memset(expr, 'x', 70);
    expr[70] = '\0';
    memset(message, 'm', 59);
    message[59] = '\0';
    sy_buf out = SY_BUF_INIT;
    sy_query_error where = {.start = 70, .end = 70};
    sy_query_caret(expr, &where, message, SY_CARET_COLUMNS, &out);
    assert_non_null(strstr(sy_buf_cstr(&out), " ^\nmmm"));
    sy_buf_release(&out);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    sy_query_error where = {.start = 1, .end = 2};
    sy_buf out = SY_BUF_INIT;
    sy_alloc_fail_at(1, true);
    sy_query_caret("资金", &where, "m", SY_CARET_COLUMNS, &out);
    sy_alloc_fail_at(0, false);
    assert_int_equal(out.status, SY_E_NOMEM);
    sy_buf_release(&out);
}

/* On a narrow terminal no line is wider than it, wherever the place is. */
static void test_narrow(void **state)
{
    (void)state;
    const char *expr = "存在问题:\"资金短缺而且很长很长的一个引号没有结束的查询";
    for (unsigned columns = SY_CARET_COLUMNS_LEAST; columns < 60; columns++) {
        for (uint32_t start = 0; start <= strlen(expr); start++) {
            sy_query_error where = {0, start, start, ""};
            sy_buf out = SY_BUF_INIT;
            sy_query_caret(expr, &where, NULL, columns, &out);
            const char *feed = strchr(sy_buf_cstr(&out), '\n');
            assert_true(sy_text_width(out.data, (size_t)(feed - out.data)) <= columns);
            assert_true(strlen(feed + 1) - 1 <= columns);
            sy_buf_release(&out);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),         cmocka_unit_test(test_narrow),
        cmocka_unit_test(test_long),          cmocka_unit_test(test_message_on_its_own_line),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
