/* Regular expressions made at random, on random collections: the records found through the texts
 * that an expression needs are those which ICU finds in any of their values. And -w: the
 * records where a text begins and ends with words. SY_ROUNDS sets the number of collections (6). */
#include <stdio.h>
#include <string.h>

#include "query/search.h"
#include "segmenter/cut.h"
#include "segmenter/normal.h"
#include "segmenter/regex.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/small_index.h"

enum { MOST = 3000 };

static const char *const pieces[] = {"资金", "短缺", "资",  "金",  "的", "ab",     "12", "3.5%",
                                     "企业", "，",   " ",   "a",   "b",  "\\n",    "c",  "1",
                                     "缺",   "[x]",  "go ", " 资", "  ", "金 ",    "𠀀", "é",
                                     "Ｂ",   "資",   "\\t", "ß",   "①",  "\\u2028"};
enum { PIECES = sizeof pieces / sizeof *pieces };

/* Many records have texts that are stored as phrases. */
static uint32_t write_records(const char *path, bool many)
{
    sy_buf b = SY_BUF_INIT;
    uint32_t n = many ? MOST : 1 + sy_random_below(300);
    for (uint32_t i = 0; i < n; i++) {
        sy_buf_printf(&b, "{\"id\":\"%u\",\"target\":\"", i);
        for (uint32_t k = sy_random_below(12); k > 0; k--)
            sy_buf_puts(&b, pieces[sy_random_below(1 + sy_random_below(PIECES))]);
        sy_buf_puts(&b, "\",\"next\":\"");
        for (uint32_t k = sy_random_below(4); k > 0; k--)
            sy_buf_puts(&b, pieces[sy_random_below(PIECES)]);
        sy_buf_puts(&b, "\"}\n");
    }
    sy_files_write(path, b.data, b.len);
    sy_buf_release(&b);
    return n;
}

/* ---- expressions ---- */

static void put_expression(sy_buf *out, unsigned depth);

static void put_atom(sy_buf *out, unsigned depth)
{
    static const char *const atoms[] = {
        "资",        "金",    "资金",     "短缺", "a",        "b",   "12",  "[ab]",     "[资短]",
        "[:alpha:]", "[0-9]", "[^，]",    ".",    "\\d",      "\\w", "\\.", "\\b",      "(?=金)",
        "\\Q[x]\\E", "缺",    "\\p{Han}", "資",   "[a-c&&b]", "^",   "$",   "\\x{8D44}"};
    uint32_t pick = sy_random_below(30);
    if (depth < 3 && pick < 5) {
        static const char *const heads[] = {"(", "(?:", "(?>", "(?<n>", "(?!"};
        sy_buf_puts(out, heads[sy_random_below(5)]);
        put_expression(out, depth + 1);
        sy_buf_putc(out, ')');
    } else {
        sy_buf_puts(out, atoms[sy_random_below(sizeof atoms / sizeof *atoms)]);
    }
}

/* With back references: alone, and with something before, between or behind. */
static void put_repetition(sy_buf *out)
{
    static const char *const groups[] = {"(.)",     "(..)",     "([资金a])", "(\\w)",
                                         "(资|金)", "(ab?)",    "(.a)",      "(^.)",
                                         "(?<n>.)", "((.)\\2)", "(\\d.)",    "( )"};
    static const char *const behind[] = {"\\1",  "\\1\\1", "\\1+",   "\\1{2}", "\\1*",
                                         ".\\1", "a?\\1",  "\\b\\1", "\\1$",   "(.)\\2\\1"};
    if (sy_random_below(3) == 0)
        put_atom(out, 1);
    sy_buf_puts(out, groups[sy_random_below(sizeof groups / sizeof *groups)]);
    sy_buf_puts(out, behind[sy_random_below(sizeof behind / sizeof *behind)]);
    if (sy_random_below(3) == 0)
        put_atom(out, 1);
}

/* Groups and references in any order, and what may confuse those who count characters. */
static void put_references(sy_buf *out)
{
    static const char *const parts[] = {
        "(.)",      "(.)",         "(..)",         "(a.)",      "([ab])",  "(a|b)",   "(资|金)",
        "((.)b?)",  "(?:(.)a|b.)", "(?:(.)b)",     "(?=(.))",   "(?>(.))", "(?<n>.)", "\\k<n>",
        "\\1",      "\\1",         "\\2",          "\\3",       "\\12",    "(\\1.)",  "(?:\\1|a)",
        "\\Qab\\E", "\\Qa\\E",     "\\Q\\E",       "(?#x)",     "a",       "b",       "资",
        ".",        "[^a]",        "(?:)",         "(?:.)",     "()",      "(?!\\1)", "\\b",
        "^",        "$",           "(?:(.)|(.)a)", "(?:(a)|b)", "(?<=\\1)"};
    static const char *const repeats[] = {"",  "",    "",    "",      "*",  "+",
                                          "?", "{2}", "{0}", "{1,2}", "+?", "*+"};
    uint32_t n = 2 + sy_random_below(5);
    bool twelve = sy_random_below(12) == 0;
    if (sy_random_below(12) == 0) { /* more parts than are looked at */
        sy_buf_puts(out, "(.)(?:a");
        for (int i = 0; i < 64; i++)
            sy_buf_puts(out, "(?:)");
        sy_buf_puts(out, ")\\1");
    }
    for (uint32_t i = 0; twelve && i < 11; i++)
        sy_buf_puts(out, "(.)");
    for (uint32_t i = 0; i < n; i++) {
        sy_buf_puts(out, parts[sy_random_below(sizeof parts / sizeof *parts)]);
        sy_buf_puts(out, repeats[sy_random_below(sizeof repeats / sizeof *repeats)]);
    }
    if (twelve)
        sy_buf_puts(out, "\\12");
}

/* Sets that are counted, in texts that hardly have so many. */
static void put_count(sy_buf *out)
{
    static const char *const sets[] = {"[^，]", "\\w", "[资金短缺企业的]", "\\p{Han}", ".", "[^a]"};
    sy_buf_printf(out, "%s{%u%s}", sets[sy_random_below(6)], 14 + sy_random_below(12),
                  sy_random_below(2) == 0 ? "," : "");
}

static void put_expression(sy_buf *out, unsigned depth)
{
    static const char *const repeats[] = {"*",     "+",    "?",  "{2}", "{1,2}",
                                          "{0,3}", "{1,}", "*?", "?+"};
    for (uint32_t n = 1 + sy_random_below(4); n > 0; n--) {
        put_atom(out, depth);
        if (sy_random_below(4) == 0)
            sy_buf_puts(out, repeats[sy_random_below(9)]);
    }
    if (sy_random_below(5) == 0) {
        sy_buf_putc(out, '|');
        put_expression(out, depth + 1);
    }
}

/* ---- both ways ---- */

/* False if the expression takes too long. */
static bool find(const sy_index *index, const char *text, bool words, bool *out, uint32_t n)
{
    sy_query_options options = {.words = words};
    sy_query query;
    sy_search *s;
    sy_error err;
    sy_error_clear(&err);
    memset(out, 0, n);
    check_ok(sy_query_parse(&text, 1, &index->schema, &options, &query, NULL, &err), &err);
    check_ok(sy_search_open(index, &query, &s, &err), &err);
    sy_status st = SY_OK;
    for (bool more = true; more && st == SY_OK;) {
        sy_hit hit;
        st = sy_search_next(s, &more, &hit, &err);
        if (st == SY_OK && more)
            out[hit.docid] = true;
    }
    if (st != SY_E_LIMIT)
        check_ok(st, &err);
    sy_search_close(s);
    sy_query_release(&query);
    return st == SY_OK;
}

/* Calls `has` for the normal forms of all values of a field, or of all. */
static void scan(const sy_index *index, sy_field_id field, bool (*has)(void *ctx, sy_slice text),
                 void *ctx, bool *out, uint32_t n)
{
    sy_stored r = {0};
    sy_buf normal = SY_BUF_INIT;
    memset(out, 0, n);
    for (sy_docid d = 0; d < n; d++) {
        check_ok(sy_segment_record(index->segments[0], d, &r, NULL), NULL);
        for (size_t i = 0; i < r.n_values; i++) {
            if (field != SY_FIELD_ANY && r.values[i].field != field)
                continue;
            sy_buf_reset(&normal);
            check_ok(
                sy_normalize(0, r.values[i].text.data, r.values[i].text.len, &normal, NULL, NULL),
                NULL);
            out[d] |= has(ctx, (sy_slice){sy_buf_cstr(&normal), normal.len});
        }
    }
    sy_buf_release(&normal);
    sy_stored_release(&r);
}

typedef struct expression {
    sy_regex *re;
    bool too_long;
} expression;

static bool matches(void *ctx, sy_slice text)
{
    expression *e = ctx;
    bool found = false;
    size_t start, end;
    if (e->too_long)
        return false;
    check_ok(sy_regex_start(e->re, text, NULL), NULL);
    sy_status st = sy_regex_next(e->re, &found, &start, &end, NULL);
    e->too_long = st == SY_E_LIMIT;
    assert_true(st == SY_OK || e->too_long);
    assert_true(!found || (start < end && end <= text.len));
    return found;
}

static void compare(const char *query, const bool *got, const bool *want, uint32_t n)
{
    for (uint32_t d = 0; d < n; d++)
        if (got[d] != want[d])
            fail_msg("%s: record %u is %s", query, d, got[d] ? "found" : "not found");
}

static void test_expressions(void **state)
{
    (void)state;
    bool got[MOST], want[MOST];
    size_t hits = 0;
    size_t spelt = 0; /* collections of which texts are stored as phrases */
    for (unsigned round = sy_rounds(6); round > 0; round--) {
        const char *docs = sy_files_folder("docs"), *dir = sy_files_folder("index");
        sy_index_summary sum;
        sy_index *index;
        sy_field_id next;
        uint32_t n = write_records(sy_files_join(docs, "a.jsonl"), round % 2 == 0);
        check_ok(sy_test_index(dir, docs, &sum, NULL), NULL);
        check_ok(sy_index_open(dir, &index, NULL), NULL);
        spelt += sy_segment_has_phrases(index->segments[0]);
        assert_true(sy_schema_find(&index->schema, "next", 4, &next));
        for (int i = 0; i < (round % 2 == 0 ? 60 : 150); i++) {
            sy_buf expr = SY_BUF_INIT, query = SY_BUF_INIT, folded = SY_BUF_INIT;
            expression e = {0};
            bool scoped = sy_random_below(4) == 0;
            uint32_t kind = sy_random_below(16);
            if (kind < 3)
                put_repetition(&expr);
            else if (kind == 3)
                put_count(&expr);
            else if (kind < 8)
                put_references(&expr);
            else
                put_expression(&expr, 0);
            sy_buf_printf(&query, "%s/%s/", scoped ? "next:" : "", sy_buf_cstr(&expr));
            check_ok(sy_regex_fold(0, (sy_slice){expr.data, expr.len}, &folded, NULL), NULL);
            if (sy_regex_open((sy_slice){folded.data, folded.len}, &e.re, NULL) == SY_OK &&
                find(index, sy_buf_cstr(&query), false, got, n)) {
                scan(index, scoped ? next : SY_FIELD_ANY, matches, &e, want, n);
                if (!e.too_long) /* else in a record that was no candidate */
                    compare(sy_buf_cstr(&query), got, want, n);
                for (uint32_t d = 0; d < n; d++)
                    hits += got[d];
            }
            sy_regex_close(e.re);
            sy_buf_release(&expr);
            sy_buf_release(&query);
            sy_buf_release(&folded);
        }
        sy_index_close(index);
    }
    print_message("%zu hits\n", hits);
    assert_true(hits > 1000 && spelt > 0);
}

typedef struct wanted {
    sy_cutter *cutter;
    sy_slice text;
} wanted;

static bool has_word(void *ctx, sy_slice text)
{
    const wanted *w = ctx;
    const sy_token *tokens;
    size_t n;
    check_ok(sy_cut(w->cutter, text.data, text.len, &tokens, &n, NULL), NULL);
    for (size_t at = 0; at + w->text.len <= text.len; at++) {
        bool starts = false, ends = false;
        if (memcmp(text.data + at, w->text.data, w->text.len) != 0)
            continue;
        for (size_t i = 0; i < n; i++) {
            starts |= tokens[i].start == at;
            ends |= tokens[i].end == at + w->text.len;
        }
        if (starts && ends)
            return true;
    }
    return false;
}

static void test_words(void **state)
{
    (void)state;
    static const char *const texts[] = {"资金", "资", "金短", "资金短缺", "ab", "12", "a", "企业"};
    bool got[MOST], want[MOST];
    const char *docs = sy_files_folder("docs"), *dir = sy_files_folder("index");
    sy_index_summary sum;
    sy_index *index;
    wanted w;
    uint32_t n = write_records(sy_files_join(docs, "a.jsonl"), false);
    check_ok(sy_test_index(dir, docs, &sum, NULL), NULL);
    check_ok(sy_index_open(dir, &index, NULL), NULL);
    check_ok(sy_cutter_new(NULL, &w.cutter, NULL), NULL);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        w.text = sy_slice_of(texts[i]);
        assert_true(find(index, texts[i], true, got, n));
        scan(index, SY_FIELD_ANY, has_word, &w, want, n);
        compare(texts[i], got, want, n);
    }
    sy_cutter_free(w.cutter);
    sy_index_close(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_expressions),
                                       cmocka_unit_test(test_words)};
    sy_files_in_memory();
    sy_random_init("test_regex");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
