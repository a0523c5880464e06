/* An index that was updated many times against one made at once of the same documents in the
 * same order: all answers are equal, scores to the last bit. Documents come, change and
 * go at random; names come and go with them, so segments are met whose words were cut with another
 * lexicon. SY_ROUNDS sets the number of collections (4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/old_index.h"
#include "query/search.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/small_index.h"

enum { DOCS = 14, STEPS = 40, MOST_HITS = 4000 };

static const char *const pieces[] = {"资金", "短缺", "资",     "金",   "的",   "企业",
                                     "abc",  "12.5", "区商",   "投局", "管理", "，",
                                     " ",    "业",   "局投商", "区",   "商投", "a级"};
enum { PIECES = sizeof pieces / sizeof *pieces };
static const char *const names[] = {"区商投局", "商投", "投局区", "abc局", "资金局",
                                    "管理局",   "a级",  "区的",   "业区",  "企业局"};
enum { NAMES = sizeof names / sizeof *names };

static char folder[320], updated[320], whole[320];

static const char *path_of(int doc)
{
    static char path[400];
    snprintf(path, sizeof path, "%s/d%02d.jsonl", folder, doc);
    return path;
}

static void write_doc(int doc)
{
    sy_buf b = SY_BUF_INIT;
    for (uint32_t n = 1 + sy_random_below(30); n > 0; n--) {
        sy_buf_printf(&b, "{\"id\":\"%d-%u\",\"target\":\"", doc, n);
        for (uint32_t k = sy_random_below(25); k > 0; k--)
            sy_buf_puts(&b, pieces[sy_random_below(1 + sy_random_below(PIECES))]);
        sy_buf_puts(&b, "\",\"unit\":\"");
        sy_buf_puts(&b,
                    sy_random_below(3) ? "" : names[sy_random_below(1 + sy_random_below(NAMES))]);
        sy_buf_puts(&b, "\"}\n");
    }
    sy_files_write(path_of(doc), b.data, b.len);
    sy_buf_release(&b);
}

/* How segments are merged: as usual, early, or without cutting any again. */
static sy_tiers tiers;

static void run(const char *dir, const char *const *paths, size_t n, bool rebuild)
{
    sy_index_summary sum;
    sy_error err;
    sy_error_clear(&err);
    sy_index_options options = {.dir = dir, .jobs = 1, .rebuild = rebuild, .tiers = tiers};
    check_ok(sy_index_paths(&options, paths, n, &sum, &err), &err);
    assert_int_equal(sum.skipped, 0);
}

/* Makes the second index of the documents of the first in their order. */
static void make_whole(const sy_index *index)
{
    char *paths[DOCS];
    sy_old_index docs;
    check_ok(sy_old_index_open(index, &docs, NULL), NULL);
    assert_true(docs.n_docs <= DOCS);
    for (size_t i = 0; i < docs.n_docs; i++) {
        sy_segment_doc d;
        sy_old_index_doc(&docs, i, &d);
        paths[i] = strndup(d.source.data, d.source.len);
    }
    run(whole, (const char *const *)paths, docs.n_docs, true);
    for (size_t i = 0; i < docs.n_docs; i++)
        free(paths[i]);
    sy_old_index_release(&docs);
}

/* ---- answers, as text ---- */

static void put_hit(const sy_segment *segment, sy_docid docid, sy_buf *out)
{
    sy_segment_doc doc;
    sy_slice key;
    sy_segment_doc_at(segment, sy_segment_doc_of(segment, docid), &doc);
    check_ok(sy_segment_key(segment, docid, &key, NULL), NULL);
    sy_buf_printf(out, "%.*s %.*s\n", (int)doc.source.len, doc.source.data, (int)key.len, key.data);
}

/* Hits in runs, with single ones between them. */
static void put_runs(sy_search *s, sy_buf *out)
{
    for (bool more = true; more;) {
        sy_hit hit;
        const sy_segment *segment;
        const sy_docid *docs;
        uint32_t n;
        check_ok(sy_search_next_run(s, &segment, &docs, &n, NULL), NULL);
        for (uint32_t i = 0; i < n; i++)
            put_hit(segment, docs[i], out);
        more = n > 0;
        if (!more || sy_random_below(3) > 0)
            continue;
        check_ok(sy_search_next(s, &more, &hit, NULL), NULL);
        if (more)
            put_hit(hit.segment, hit.docid, out);
    }
}

static void put_hits(sy_search *s, sy_buf *out)
{
    for (bool more = true; more;) {
        sy_hit hit;
        const sy_stored *r;
        sy_segment_doc doc;
        check_ok(sy_search_next(s, &more, &hit, NULL), NULL);
        if (!more)
            break;
        check_ok(sy_search_record(s, &hit, &r, NULL), NULL);
        sy_segment_doc_at(hit.segment, r->doc, &doc);
        sy_buf_printf(out, "%.*s %.*s %llu\n", (int)doc.source.len, doc.source.data,
                      (int)r->key.len, r->key.data, (unsigned long long)hit.score);
    }
}

static void put_facets(sy_search *s, const sy_index *index, sy_buf *out)
{
    sy_field_id unit;
    sy_facets f;
    if (!sy_schema_find(&index->schema, "unit", 4, &unit))
        return;
    check_ok(sy_search_count_by(s, unit, &f, NULL), NULL);
    for (size_t i = 0; i < f.n; i++)
        sy_buf_printf(out, "%.*s: %llu\n", (int)f.items[i].value.len, f.items[i].value.data,
                      (unsigned long long)f.items[i].count);
    sy_buf_printf(out, "without: %llu\n", (unsigned long long)f.without);
    sy_facets_release(&f);
}

typedef enum asked { HITS, RUNS, COUNT, BEST, FACETS, EXPLAIN, WHATS } asked;

static void answer(const sy_index *index, const char *text, bool any, asked what, size_t k,
                   sy_buf *out)
{
    sy_query_options options = {.any = any};
    sy_query query;
    sy_search *s;
    sy_buf_reset(out);
    check_ok(sy_query_parse(&text, 1, &index->schema, &options, &query, NULL, NULL), NULL);
    check_ok(sy_search_open(index, &query, &s, NULL), NULL);
    uint64_t n = 0;
    sy_leaf_count counts[8];
    if (what == BEST)
        check_ok(sy_search_rank(s, k, any, true, NULL), NULL);
    if (what == COUNT)
        check_ok(sy_search_count(s, &n, NULL), NULL);
    else if (what == FACETS)
        put_facets(s, index, out);
    else if (what == RUNS)
        put_runs(s, out);
    else if (what != EXPLAIN)
        put_hits(s, out);
    sy_search_close(s);
    if (what == EXPLAIN) {
        assert_true(query.n_leaves <= 8);
        check_ok(sy_search_explain(index, &query, counts, NULL), NULL);
        for (size_t i = 0; i < query.n_leaves; i++)
            sy_buf_printf(out, "%llu %llu\n", (unsigned long long)counts[i].count,
                          counts[i].top_level ? (unsigned long long)counts[i].left : 0);
    }
    sy_buf_printf(out, "%llu\n", (unsigned long long)n);
    sy_query_release(&query);
}

static const char *make_query(void)
{
    static char text[200];
    static const char *const terms[] = {
        "资金",        "资",       "局",         "的",       "abc",      "商投",
        "unit:商投局", "\"金短\"", "资*",        "unit:*",   "区商投局", "a级",
        "-资金",       "\"的\"",   "12.5",       "资金短缺", "=业",      "ab*",
        "target:区",   "业 管理",  "\"区商投\"", "abc局",    "短~2",     "unit=资金局"};
    text[0] = '\0';
    for (uint32_t n = 1 + sy_random_below(3); n > 0; n--) {
        const char *term = terms[sy_random_below(sizeof terms / sizeof *terms)];
        if (strchr("=", term[0]) || strchr(term, '~'))
            term = "资金";
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s",
                 used == 0                                   ? ""
                 : sy_random_below(3) == 0 && term[0] != '-' ? " OR "
                                                             : " ",
                 term);
    }
    return text;
}

static void compare(const sy_index *one, const sy_index *many)
{
    static const size_t ks[] = {1, 3, 10, 50, 1000};
    sy_buf want = SY_BUF_INIT, got = SY_BUF_INIT;
    for (int i = 0; i < 60; i++) {
        char query[200];
        bool any = sy_random_below(2);
        size_t k = ks[sy_random_below(5)];
        strcpy(query, make_query());
        for (asked w = HITS; w < WHATS; w++) {
            answer(one, query, any, w, k, &want);
            answer(many, query, any, w, k, &got);
            if (strcmp(sy_buf_cstr(&want), sy_buf_cstr(&got)) != 0)
                fail_msg("%s%s, kind %d, k %zu, %zu segments:\n%s\nbut at once:\n%s",
                         any ? "--any " : "", query, (int)w, k, many->n_segments, sy_buf_cstr(&got),
                         sy_buf_cstr(&want));
        }
    }
    sy_buf_release(&want);
    sy_buf_release(&got);
}

static void step(bool *there)
{
    for (uint32_t n = 1 + sy_random_below(3); n > 0; n--) {
        int doc = (int)sy_random_below(DOCS);
        if (there[doc] && sy_random_below(3) == 0) {
            unlink(path_of(doc));
            there[doc] = false;
        } else {
            write_doc(doc);
            there[doc] = true;
        }
    }
}

static void test_random(void **state)
{
    (void)state;
    size_t most = 0, others = 0, dead = 0;
    for (unsigned round = sy_rounds(4); round > 0; round--) {
        static const sy_tiers ways[] = {{.recut = 1},
                                        {.factor = 2, .least = 2000, .recut = 1},
                                        {0},
                                        {.factor = 3, .least = 500}};
        bool there[DOCS] = {false};
        tiers = ways[round % 4];
        strcpy(folder, sy_files_folder("docs"));
        strcpy(updated, sy_files_folder("updated"));
        strcpy(whole, sy_files_folder("whole"));
        write_doc(0);
        there[0] = true;
        for (int i = 0; i < STEPS; i++) {
            const char *path = folder;
            sy_index *many, *one;
            step(there);
            bool any = false;
            for (int k = 0; k < DOCS; k++)
                any |= there[k];
            if (!any) {
                write_doc(0);
                there[0] = true;
            }
            run(updated, &path, 1, false);
            if (i % 3 != 0)
                continue;
            sy_test_fingerprint(updated);
            check_ok(sy_index_open(updated, &many, NULL), NULL);
            make_whole(many);
            check_ok(sy_index_open(whole, &one, NULL), NULL);
            assert_int_equal(one->n_segments, 1);
            assert_true(one->n_records == many->n_records && one->n_documents == many->n_documents);
            compare(one, many);
            most = many->n_segments > most ? many->n_segments : most;
            for (size_t k = 0; k < many->n_segments; k++) {
                others += many->live[k].other_words;
                dead += many->live[k].n_dead;
            }
            sy_index_close(one);
            sy_index_close(many);
        }
    }
    print_message("%zu segments at most, %zu of other words, %zu deleted ranges\n", most, others,
                  dead);
    assert_true(most > 3 && others > 0 && dead > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};
    sy_files_in_memory();
    sy_random_init("test_updates");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
