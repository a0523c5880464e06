/* Expressions made at random, on random texts: the automaton finds a match where ICU finds one
 * that is not empty; one that is not exact finds more. SY_ROUNDS sets the number of expressions, in
 * hundreds (60). */
#include <stdio.h>
#include <string.h>

#include "segmenter/automaton.h"
#include "segmenter/regex.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

enum { TEXTS = 40 };

static const char *const pieces[] = {"资", "金", "短", "a",  "b", "1", "2", "，", " ",
                                     "\n", "_",  "é",  "𠀀", "%", ".", "-", "]",  "x"};
enum { PIECES = sizeof pieces / sizeof *pieces };

static void put_text(sy_buf *out)
{
    /* Few kinds of characters, so that repetitions match. */
    uint32_t kinds = 1 + sy_random_below(PIECES);
    sy_buf_reset(out);
    for (uint32_t n = sy_random_below(14); n > 0; n--)
        sy_buf_puts(out, pieces[sy_random_below(kinds)]);
}

static void put_expression(sy_buf *out, unsigned depth);

static void put_atom(sy_buf *out, unsigned depth)
{
    static const char *const atoms[] = {
        "资",     "金",       "a",           "b",       ".",           ".",      "\\d",
        "\\w",    "\\s",      "\\D",         "\\W",     "\\S",         "[ab]",   "[^a]",
        "[a-z]",  "[资-金]",  "[[:alpha:]]", "[a[12]]", "[a-z&&[^b]]", "[\\d_]", "[a\\]]",
        "[-a]",   "\\p{Han}", "\\P{Han}",    "\\x{61}", "\\n",         "\\.",    "\\Qa.\\E",
        "^",      "$",        "^",           "$",       "\\h",         "𠀀",     "[\\w--[a]]",
        "[^资a]", "[资a-b]",  "[%,0-9_]",    "[^\\n]",  "\\p{Nd}",     "\\-",    "[%-\\.]",
        "\\t",    "é"};
    /* What has to be left to ICU. */
    static const char *const others[] = {
        "\\b",        "(?=a)",       "(?!a)",      "\\1",        "(?>a*)",  "\\X",
        "(?i)",       "\\B",         "\\2",        "\\11",       "\\k<n>",  "(.)\\1",
        "(..)\\1",    "([ab]).\\1",  "(a|资1)\\1", "(\\w+)b\\1", "(^.)\\1", "(.)(.)\\2\\1",
        "(a|ab)+\\1", "((.)\\2)\\1", "(\\d\\1?)"};
    uint32_t pick = sy_random_below(40);
    if (depth < 3 && pick < 8) {
        static const char *const heads[] = {"(", "(?:", "(?<n>"};
        sy_buf_puts(out, heads[sy_random_below(depth == 0 ? 3 : 2)]);
        put_expression(out, depth + 1);
        sy_buf_putc(out, ')');
    } else if (pick == 39) {
        sy_buf_puts(out, others[sy_random_below(sizeof others / sizeof *others)]);
    } else {
        sy_buf_puts(out, atoms[sy_random_below(sizeof atoms / sizeof *atoms)]);
    }
}

static void put_expression(sy_buf *out, unsigned depth)
{
    static const char *const repeats[] = {"*",  "+",  "?",  "{2}",    "{1,2}", "{0,3}", "{1,}",
                                          "*?", "??", "+?", "{0,2}?", "{0}",   "{3}",   "?+"};
    for (uint32_t n = sy_random_below(5); n > 0; n--) {
        put_atom(out, depth);
        if (sy_random_below(3) == 0)
            sy_buf_puts(out, repeats[sy_random_below(sizeof repeats / sizeof *repeats)]);
    }
    if (sy_random_below(5) == 0) {
        sy_buf_putc(out, '|');
        put_expression(out, depth);
    }
}

typedef struct tally {
    size_t tried, fit, plain, found;
} tally;

/* False if ICU gives up on it. */
static bool find(sy_regex *re, sy_slice text, bool *found)
{
    size_t start, end;
    check_ok(sy_regex_start(re, text, NULL), NULL);
    return sy_regex_next(re, found, &start, &end, NULL) == SY_OK;
}

static void compare(const char *expression, tally *t)
{
    sy_buf folded = SY_BUF_INIT, text = SY_BUF_INIT;
    sy_regex *re = NULL;
    sy_automaton *a = NULL;
    check_ok(sy_regex_fold(0, sy_slice_of(expression), &folded, NULL), NULL);
    sy_slice form = {sy_buf_cstr(&folded), folded.len};
    check_ok(sy_automaton_open(form, &a, NULL), NULL);
    if (sy_regex_open(form, &re, NULL) == SY_OK) {
        t->tried++;
    } else {
        if (a && sy_automaton_plain(a))
            fail_msg("/%s/ is none of ICU's", expression);
        sy_automaton_close(a);
        a = NULL;
    }
    t->plain += a && sy_automaton_plain(a);
    t->fit += a && sy_automaton_exact(a);
    for (int i = 0; i < TEXTS && a; i++) {
        bool wanted;
        put_text(&text);
        unsigned got = sy_automaton_run(a, (sy_slice){sy_buf_cstr(&text), text.len});
        if (got == SY_STATE_FULL || !find(re, (sy_slice){sy_buf_cstr(&text), text.len}, &wanted))
            continue;
        t->found += wanted;
        bool right =
            (got == SY_STATE_FOUND) == wanted || (!sy_automaton_exact(a) && got == SY_STATE_FOUND);
        if (!right)
            fail_msg("/%s/ in '%s': %s", expression, sy_buf_cstr(&text),
                     wanted ? "not found" : "found");
    }
    sy_automaton_close(a);
    sy_regex_close(re);
    sy_buf_release(&folded);
    sy_buf_release(&text);
}

static void test_random(void **state)
{
    (void)state;
    tally t = {0};
    for (unsigned i = 100 * sy_rounds(60); i > 0; i--) {
        sy_buf expression = SY_BUF_INIT;
        put_expression(&expression, 0);
        compare(sy_buf_cstr(&expression), &t);
        sy_buf_release(&expression);
    }
    print_message("%zu expressions, %zu of them automata, %zu plain; %zu texts found\n", t.tried,
                  t.fit, t.plain, t.found);
    assert_true(t.fit > t.tried / 2 && t.found > t.fit * 5 && t.plain > t.fit / 20);
}

/* Those of which people would think first, and what decides between an empty match and another. */
static void test_chosen(void **state)
{
    (void)state;
    static const char *const chosen[] = {
        "",           ".*",        ".*?",      "a??",       "a|",     "|a",
        "(|a)b",      "x*|a",      "(a|b*)?",  "^",         "$",      "^$",
        "^.{0,3}$",   "(^|，)资",  "资($|\n)", "^a|b$",     "(a*)*b", "(a|ab)*12",
        "[a-b]{2,5}", "\\d{2}",    "a\n^b",    "\n^",       "$\n",    "(a$\n)+^b",
        "a{0}",       "(a{0}|b)1", "(a?){3}b", "((a?)*)*",  "(^)*a",  "[^a]*",
        "金+?1",      "(?:)",      "a()b",     "\\Qab\\E1", "()*",    "()a*"};
    tally t = {0};
    for (size_t i = 0; i < sizeof chosen / sizeof *chosen; i++)
        for (int k = 0; k < 20; k++)
            compare(chosen[i], &t);
    assert_true(t.fit > t.tried / 2);
}

/* What grows without end is given up. */
static void test_limits(void **state)
{
    (void)state;
    static const char *const many[] = {"a.{20}b.{20}c", "(a|aa)*.{25}b"};
    for (size_t k = 0; k < 2; k++) {
        sy_automaton *a;
        sy_buf text = SY_BUF_INIT;
        check_ok(sy_automaton_open(sy_slice_of(many[k]), &a, NULL), NULL);
        for (int i = 0; i < 200000; i++)
            sy_buf_putc(&text, "ab"[sy_random_below(2)]);
        assert_int_equal(sy_automaton_run(a, (sy_slice){text.data, text.len}),
                         k == 0 ? SY_STATE_FULL : SY_STATE_FOUND);
        sy_automaton_close(a);
        sy_buf_release(&text);
    }
    static const char *const large[] = {"a{1000}b{1000}c{1000}", "((a{1000}){1000}){1000}",
                                        "((((){1000}){1000}){1000}){1000}b", "(a?){1001}"};
    for (size_t k = 0; k < sizeof large / sizeof *large; k++) {
        sy_automaton *a;
        check_ok(sy_automaton_open(sy_slice_of(large[k]), &a, NULL), NULL);
        assert_null(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_chosen),
                                       cmocka_unit_test(test_limits)};
    sy_random_init("test_automaton");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
