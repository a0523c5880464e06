/* Frequent strings have lists of their own, subsets of one another: on a collection
 * large enough to have them, quoted strings of every length equal a scan, and the
 * segment does not depend on threads and memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/utf8.h"
#include "indexer/index_paths.h"
#include "query/search.h"
#include "segmenter/normal.h"
#include "store/term_key.h"
#include "tests/support/check.h"

enum { N_RECORDS = 6000, TEXT_MAX = 1200 };

static sy_error err;
static char texts[N_RECORDS][TEXT_MAX]; /* in normal form */
static char folder[300];

/* Sentences from a small stock of phrases that run into each other, so that strings
 * across phrases are frequent as well. */
static void make_text(char *out)
{
    static const char *const stock[] = {"民事诉讼法", "有限责任公司", "的规定",      "人民共和国",
                                        "第三条",     "年1月1日",     "abc技术有限", "公司",
                                        "，",         "资金",         "法律规",      "讼费用"};
    size_t len = 0;
    for (uint32_t n = 1 + sy_random_below(30); n > 0; n--) {
        char rare[8] = "";
        const char *piece = stock[sy_random_below(sizeof stock / sizeof *stock)];
        if (sy_random_below(6) == 0) {
            rare[sy_utf8_encode(0x4E00 + sy_random_below(2000), rare)] = '\0';
            piece = sy_random_below(400) == 0 ? "律规定" : rare;
        }
        size_t l = strlen(piece);
        memcpy(out + len, piece, l);
        len += l;
    }
    out[len] = '\0';
}

static void write_records(void)
{
    char path[400];
    snprintf(folder, sizeof folder, "%s", sy_scratch_dir());
    snprintf(path, sizeof path, "%s/r.jsonl", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    sy_buf normal = SY_BUF_INIT;
    for (int i = 0; i < N_RECORDS; i++) {
        char text[TEXT_MAX];
        make_text(text);
        fprintf(f, "{\"id\":\"%d\",\"text\":\"%s\"}\n", i, text);
        sy_buf_reset(&normal);
        check_ok(sy_normalize(0, text, strlen(text), &normal, NULL, &err), &err);
        snprintf(texts[i], TEXT_MAX, "%s", sy_buf_cstr(&normal));
    }
    assert_int_equal(fclose(f), 0);
    sy_buf_release(&normal);
}

static void build(const char *name, unsigned jobs, unsigned memory, char *dir, size_t cap)
{
    char path[400];
    snprintf(path, sizeof path, "%s/r.jsonl", folder);
    snprintf(dir, cap, "%s/%s", folder, name);
    sy_index_options o = {.dir = dir, .jobs = jobs, .memory_mib = memory};
    sy_index_summary sum;
    const char *paths[] = {path};
    check_ok(sy_index_paths(&o, paths, 1, &sum, &err), &err);
    assert_int_equal(sum.total_records, N_RECORDS);
}

static uint64_t count(const sy_index *index, const char *quoted)
{
    sy_query q;
    sy_search *s;
    uint64_t n, listed = 0;
    sy_query_options o = {.any = false};
    check_ok(sy_query_parse(&quoted, 1, &index->schema, &o, &q, NULL, &err), &err);
    check_ok(sy_search_open(index, &q, &s, &err), &err);
    check_ok(sy_search_count(s, &n, &err), &err);
    sy_search_close(s);
    check_ok(sy_search_open(index, &q, &s, &err), &err);
    for (bool more = true; more; listed += more) {
        sy_hit hit;
        check_ok(sy_search_next(s, &more, &hit, &err), &err);
        if (more)
            assert_non_null(strstr(texts[hit.docid], q.leaves[0]->text.data));
    }
    sy_search_close(s);
    sy_query_release(&q);
    assert_int_equal(n, listed);
    return n;
}

/* Records whose texts are verified for a query. */
static uint64_t verified(const sy_index *index, const char *quoted)
{
    sy_query q;
    sy_search *s;
    uint64_t n;
    sy_query_options o = {.any = false};
    check_ok(sy_query_parse(&quoted, 1, &index->schema, &o, &q, NULL, &err), &err);
    check_ok(sy_search_open(index, &q, &s, &err), &err);
    check_ok(sy_search_count(s, &n, &err), &err);
    n = sy_search_checked(s);
    sy_search_close(s);
    sy_query_release(&q);
    return n;
}

static size_t count_grams(const sy_index *index)
{
    sy_term_walk walk;
    bool more = true;
    size_t n = 0;
    check_ok(sy_term_walk_open(index->segments[0], (sy_slice){"g", 1}, &walk, &err), &err);
    while (more) {
        sy_slice key;
        sy_postings_ref ref;
        check_ok(sy_term_walk_next(&walk, &more, &key, &ref, &err), &err);
        n += more;
    }
    sy_term_walk_close(&walk);
    return n;
}

/* A piece of some text, [start, start + chars) in characters. */
static bool cut_piece(const char *text, char *out, uint32_t chars)
{
    size_t len = strlen(text), total = sy_utf8_count(text, len), at = 0, end;
    if (total < chars)
        return false;
    uint32_t cp;
    for (uint32_t skip = sy_random_below((uint32_t)(total - chars) + 1); skip > 0; skip--)
        at += sy_utf8_decode(text + at, len - at, &cp);
    for (end = at; chars > 0; chars--)
        end += sy_utf8_decode(text + end, len - end, &cp);
    snprintf(out, TEXT_MAX, "\"%.*s\"", (int)(end - at), text + at);
    return true;
}

static void test_equals_scan(void **state)
{
    (void)state;
    char dir[400];
    sy_index *index;
    build("a.idx", 1, 0, dir, sizeof dir);
    check_ok(sy_index_open(dir, &index, &err), &err);
    assert_true(count_grams(index) > 30);
    for (int round = 0; round < 400; round++) {
        char query[TEXT_MAX], needle[TEXT_MAX];
        if (!cut_piece(texts[sy_random_below(N_RECORDS)], query, 3 + sy_random_below(10)))
            continue;
        snprintf(needle, sizeof needle, "%.*s", (int)strlen(query) - 2, query + 1);
        uint64_t wanted = 0;
        for (int i = 0; i < N_RECORDS; i++)
            wanted += strstr(texts[i], needle) != NULL;
        assert_int_equal(count(index, query), wanted);
    }
    uint64_t faults;
    sy_index_close(index);
    check_ok(sy_index_verify(dir, NULL, NULL, &faults, &err), &err);
    assert_int_equal(faults, 0);
}

/* Of frequent pairs, what they are together is in lists however rare it is, and what is in none is
 * nowhere. */
static void test_watched(void **state)
{
    (void)state;
    char dir[400];
    sy_index *index;
    uint32_t n = 0;
    build("w.idx", 1, 0, dir, sizeof dir);
    check_ok(sy_index_open(dir, &index, &err), &err);
    static const char *const frequent[][2] = {
        {"规", "定"}, {"律", "规"}, {"诉", "讼"}, {"讼", "费"}};
    for (size_t i = 0; i < 4; i++) {
        uint32_t a, b;
        sy_postings_ref ref;
        sy_utf8_decode(frequent[i][0], 3, &a);
        sy_utf8_decode(frequent[i][1], 3, &b);
        check_ok(sy_segment_bigram(index->segments[0], a, b, &ref, &err), &err);
        assert_true(ref.watched);
    }
    for (int i = 0; i < N_RECORDS; i++)
        n += strstr(texts[i], "律规定") != NULL;
    assert_int_equal(count(index, "\"律规定\""), n);
    assert_int_equal(verified(index, "\"律规定\""), 0);

    assert_int_equal(count(index, "\"诉讼费\""), 0);
    assert_int_equal(verified(index, "\"诉讼费\""), 0);
    assert_int_equal(verified(index, "\"民事诉讼费用\""), 0);
    sy_index_close(index);
}

/* All of a segment but what tells one index from another: its uuid and checksums. */
static uint64_t same_sections(const char *a, const char *b)
{
    sy_index *x, *y;
    check_ok(sy_index_open(a, &x, &err), &err);
    check_ok(sy_index_open(b, &y, &err), &err);
    sy_region_size p[64], q[64];
    size_t n = sy_segment_regions(x->segments[0], p, 64);
    assert_int_equal(n, sy_segment_regions(y->segments[0], q, 64));
    for (size_t i = 0; i < n; i++)
        assert_int_equal(p[i].bytes, q[i].bytes);
    sy_stored r = {0}, t = {0};
    for (sy_docid d = 0; d < N_RECORDS; d += 97) {
        check_ok(sy_segment_coded(x->segments[0], d, &r, &err), &err);
        check_ok(sy_segment_coded(y->segments[0], d, &t, &err), &err);
        assert_true(sy_slice_equal(r.values[0].coded, t.values[0].coded));
    }
    sy_stored_release(&r);
    sy_stored_release(&t);
    n = count_grams(x);
    assert_int_equal(n, count_grams(y));
    sy_index_close(x);
    sy_index_close(y);
    return n;
}

static void test_threads_and_memory(void **state)
{
    (void)state;
    char a[400], b[400], c[400];
    build("a1.idx", 1, 0, a, sizeof a);
    build("b.idx", 2, 0, b, sizeof b);
    build("c.idx", 2, 1, c, sizeof c);
    assert_true(same_sections(a, b) > 0);
    same_sections(a, c);
}

static int prepare(void **state)
{
    (void)state;
    sy_error_clear(&err);
    sy_random_init("test_grams");
    write_records();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_scan),
        cmocka_unit_test(test_watched),
        cmocka_unit_test(test_threads_and_memory),
    };
    return cmocka_run_group_tests_name("grams", tests, prepare, NULL);
}
