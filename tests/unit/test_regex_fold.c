/* Expressions in normal form, and what they match. */
#include <string.h>

#include "query/query_internal.h"
#include "query/regex_parts.h"
#include "segmenter/regex.h"
#include "tests/support/check.h"

static void check_fold(const char *expr, const char *want)
{
    sy_buf out = SY_BUF_INIT;
    check_ok(sy_regex_fold(0, sy_slice_of(expr), &out, NULL), NULL);
    assert_string_equal(sy_buf_cstr(&out), want);
    sy_buf_release(&out);
}

static void test_fold(void **state)
{
    (void)state;
    check_fold("資金.*短缺", "资金.*短缺");
    check_fold("ABC[A-Z]\\D\\S", "abc[a-z]\\D\\S");
    check_fold("（甲）", "\\(甲\\)");
    check_fold("㎡", "(?:\\Qm2\\E)");
    check_fold("[㎡]", "[㎡]");
    check_fold("\\p{Lu}X\\x{41}\\k<N>", "\\p{Lu}x\\x{41}\\k<N>");
    check_fold("(?<Name>A)(?iX)(?-i:B)", "(?<Name>a)(?ix)(?-i:b)");
    check_fold("[[:Alpha:]A]", "[[:Alpha:]a]");
    check_fold("(?i)[A-Z]資\\d", "[a-z]资\\d");
    check_fold("(?i)é", "(?i)é");
    check_fold("(?i)\\p{Lu}", "(?i)\\p{Lu}");
    check_fold("(?i)[[:Lu:]]", "(?i)[[:Lu:]]");
    check_fold("(?i)", "(?i)");
    check_fold("(?<=A)B\\", "(?<=a)b\\");
    check_fold("１０％", "10%");
    check_fold("\\Q（資[.㎡\\E）", "\\Q(资[.m2\\E\\)");
    check_fold("\\QA", "\\Qa");
    check_fold("", "");
}

static void check_matches(const char *expr, const char *text, const char *want)
{
    sy_regex *re;
    sy_buf got = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_regex_open(sy_slice_of(expr), &re, &err), &err);
    for (int again = 0; again < 2; again++) {
        sy_buf_reset(&got);
        check_ok(sy_regex_start(re, sy_slice_of(text), &err), &err);
        for (bool found = true; found;) {
            size_t start, end;
            check_ok(sy_regex_next(re, &found, &start, &end, &err), &err);
            if (found)
                sy_buf_printf(&got, "%zu-%zu ", start, end);
        }
        assert_string_equal(sy_buf_cstr(&got), want);
    }
    sy_buf_release(&got);
    sy_regex_close(re);
}

static void test_matches(void **state)
{
    (void)state;
    check_matches("资金", "缺资金，资金", "3-9 12-18 ");
    check_matches("𠮷.", "a𠮷b𠮷", "1-6 ");
    check_matches("x*", "axxb", "1-3 ");
    check_matches("^b$", "a\nb\nc", "2-3 ");
    check_matches("a.b", "a\nb", "");
    check_matches("a", "", "");
}

static void test_faults(void **state)
{
    (void)state;
    static const char *const bad[] = {"[a", "(", "a{2", "*", "\\p{Nothing}", "(?<a", "a)"};
    sy_regex *re;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        sy_error err;
        sy_error_clear(&err);
        assert_int_equal(sy_regex_open(sy_slice_of(bad[i]), &re, &err), SY_E_INPUT);
        assert_null(re);
        assert_non_null(strstr(err.msg, "no regular expression: "));
    }
    static char longest[SY_REGEX_MAX + 2];
    memset(longest, 'a', SY_REGEX_MAX + 1);
    assert_int_equal(sy_regex_open((sy_slice){longest, SY_REGEX_MAX + 1}, &re, NULL), SY_E_LIMIT);
    check_ok(sy_regex_open((sy_slice){longest, SY_REGEX_MAX}, &re, NULL), NULL);
    sy_regex_close(re);
}

/* An expression that needs time without end is stopped. */
static void test_endless(void **state)
{
    (void)state;
    sy_regex *re;
    bool found;
    size_t start, end;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_regex_open(sy_slice_of("(a+)+$b"), &re, NULL), NULL);
    check_ok(
        sy_regex_start(re, sy_slice_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"), NULL),
        NULL);
    assert_int_equal(sy_regex_next(re, &found, &start, &end, &err), SY_E_LIMIT);
    assert_non_null(strstr(err.msg, "takes too long"));
    sy_regex_close(re);
}

/* ---- what an expression needs ---- */

static void put_parts(const sy_parts *p, sy_buf *out)
{
    if (p->kind == SY_PARTS_ANY)
        sy_buf_puts(out, "any");
    if (p->kind == SY_PARTS_TEXT)
        sy_buf_append(out, p->text.data, p->text.len);
    if (p->kind == SY_PARTS_TEXT || p->kind == SY_PARTS_ANY)
        return;
    sy_buf_puts(out, p->kind == SY_PARTS_AND ? "(&" : "(|");
    for (size_t i = 0; i < p->n_children; i++) {
        sy_buf_putc(out, ' ');
        put_parts(p->children[i], out);
    }
    sy_buf_putc(out, ')');
}

static void check_parts(const char *expr, const char *want)
{
    sy_query_memory *memory;
    const sy_parts *parts;
    sy_buf out = SY_BUF_INIT;
    check_ok(sy_query_memory_new(&memory, NULL), NULL);
    check_ok(sy_regex_parts(sy_slice_of(expr), memory, &parts, NULL), NULL);
    put_parts(parts, &out);
    if (strcmp(sy_buf_cstr(&out), want) != 0)
        fail_msg("%s needs %s, not %s", expr, sy_buf_cstr(&out), want);
    sy_buf_release(&out);
    sy_query_memory_free(memory);
}

static void test_parts(void **state)
{
    (void)state;
    check_parts("资金短缺", "资金短缺");
    check_parts("资金.*短缺", "(& 资金 短缺)");
    check_parts("资(金|本)短", "(| 资金短 资本短)");
    check_parts("[甲乙]类", "(| 甲类 乙类)");
    check_parts("a?b", "(| ab b)");
    check_parts("a?", "any");
    check_parts("a*b+c", "(& b c)");
    check_parts("(ab){2}", "abab");
    check_parts("a{2,}b", "(& a b)");
    check_parts("x|.", "any");
    check_parts("\\x{8D44}金", "资金");
    check_parts("[\\x{8D44}\\x{91D1}]x", "(| 资x 金x)");
    check_parts("\\x{110000}x", "x");
    check_parts("[\\x{5b}]x", "x");
    check_parts("\\x{8G}x", "x");
    check_parts("(?=y)x", "(& y x)");
    check_parts("(?i)x", "any");
    check_parts("\\d年", "年");
    check_parts("^资金$", "资金");
    check_parts("\\Qa.b\\E", "a.b");
    check_parts("a\\.b", "a.b");
    check_parts("\\u8D44金", "any");
    check_parts("[^a]b", "b");
    check_parts("[:alpha:]b", "b"); /* a class, not its letters */
    check_parts("[a-]b", "b");
    check_parts("[ab--a]c", "c");
    check_parts("[a-c&&b]d", "d");
    check_parts("(?#note)x", "x");
    check_parts("(?<n>x)\\k<n>", "x");
    check_parts("资 金", "(& 资 金)");
    check_parts("", "any");
    check_parts("(", "any");
    check_parts("a)", "any");
    check_parts("a|b.c", "(| a (& b c))");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold), cmocka_unit_test(test_matches), cmocka_unit_test(test_faults),
        cmocka_unit_test(test_endless), cmocka_unit_test(test_parts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
