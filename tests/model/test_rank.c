/* The best records of random queries over random collections: with and without
 * pruning, and by a scorer written from docs/query-language.md, "Order and ranking",
 * that reads every record. SY_ROUNDS sets the number of collections (12). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "query/search.h"
#include "segmenter/cut.h"
#include "segmenter/normal.h"
#include "store/scoring.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/small_index.h"

enum { MOST = 700, FIELDS = 3, PARTS = 400 };

static const char *const field_names[FIELDS] = {"title", "target", "备考"};
static const char *const pieces[] = {"资金", "短缺", "资", "金", "的", "企业", "abc",      "12.5",
                                     "管理", "，",   " ",  "业", "理", "\\n",  "有限公司", "无"};
enum { PIECES = sizeof pieces / sizeof *pieces };

/* ---- a collection ---- */

static void put_text(sy_buf *out, uint32_t most)
{
    /* Frequent and rare pieces, so that lists are long and short. */
    for (uint32_t n = sy_random_below(most + 1); n > 0; n--)
        sy_buf_puts(out, pieces[sy_random_below(1 + sy_random_below(PIECES))]);
}

static void write_records(const char *path, uint32_t n)
{
    sy_buf b = SY_BUF_INIT;
    for (uint32_t i = 0; i < n; i++) {
        sy_buf_printf(&b, "{\"id\":\"%u\"", i);
        for (size_t f = 0; f < FIELDS; f++) {
            if (sy_random_below(4) == 0)
                continue;
            sy_buf_printf(&b, ",\"%s\":\"", field_names[f]);
            put_text(&b, f == 1 ? 40 : 4);
            sy_buf_putc(&b, '"');
        }
        sy_buf_puts(&b, "}\n");
    }
    sy_files_write(path, b.data, b.len);
    sy_buf_release(&b);
}

/* ---- scored by the page ---- */

typedef enum part_kind { PAIR, WORD, CHARACTER, LATIN } part_kind;

typedef struct part {
    char text[64];
    part_kind kind;
    bool fine; /* of the second look */
    uint64_t wanted;
    double weight;
    uint32_t df;
} part;

typedef struct doc {
    sy_buf values[FIELDS];
    bool has[FIELDS];
    uint32_t length;
} doc;

typedef struct world {
    const sy_index *index;
    sy_cutter *cutter;
    doc docs[MOST];
    uint32_t n;
    double average;
    sy_field_id ids[FIELDS];
    part parts[PARTS];
    size_t n_parts;
} world;

/* 'h': Han, 'o': another letter or digit, ' ': neither */
static char kind_of(uint32_t cp)
{
    return sy_cp_is_han(cp) ? 'h' : sy_cp_is_letter(cp) || sy_cp_is_digit(cp) ? 'o' : ' ';
}

/* Han characters and runs of other letters and digits. */
static uint32_t count_length(const sy_buf *text)
{
    uint32_t n = 0;
    char before = ' ';
    for (size_t i = 0; i < text->len;) {
        uint32_t cp;
        i += sy_utf8_decode(text->data + i, text->len - i, &cp);
        n += kind_of(cp) == 'h' || (kind_of(cp) == 'o' && before != 'o');
        before = kind_of(cp);
    }
    return n;
}

static void read_world(world *w, const sy_index *index)
{
    sy_stored r = {0};
    double total = 0;
    w->index = index;
    w->n = 0;
    check_ok(sy_cutter_new(NULL, &w->cutter, NULL), NULL);
    for (size_t f = 0; f < FIELDS; f++)
        if (!sy_schema_find(&index->schema, field_names[f], strlen(field_names[f]), &w->ids[f]))
            w->ids[f] = SY_FIELD_ANY;
    for (size_t s = 0; s < index->n_segments; s++) {
        for (sy_docid d = 0; d < sy_segment_n_records(index->segments[s]); d++) {
            doc *to = &w->docs[w->n++];
            *to = (doc){0};
            check_ok(sy_segment_record(index->segments[s], d, &r, NULL), NULL);
            for (size_t i = 0; i < r.n_values; i++) {
                for (size_t f = 0; f < FIELDS; f++) {
                    if (w->ids[f] != r.values[i].field)
                        continue;
                    to->has[f] = true;
                    check_ok(sy_normalize(0, r.values[i].text.data, r.values[i].text.len,
                                          &to->values[f], NULL, NULL),
                             NULL);
                    to->length += count_length(&to->values[f]);
                }
            }
            total += to->length;
        }
    }
    w->average = total / w->n;
    sy_stored_release(&r);
}

static void free_world(world *w)
{
    for (uint32_t d = 0; d < w->n; d++)
        for (size_t f = 0; f < FIELDS; f++)
            sy_buf_release(&w->docs[d].values[f]);
    sy_cutter_free(w->cutter);
}

/* How often a part stands in a record, and in which fields. */
static uint32_t count_part(world *w, const part *p, const doc *d, uint64_t *fields)
{
    uint32_t n = 0;
    size_t len = strlen(p->text);
    *fields = 0;
    for (size_t f = 0; f < FIELDS; f++) {
        const sy_buf *v = &d->values[f];
        uint32_t before = n;
        const sy_token *tokens;
        size_t n_tokens = 0;
        if (p->kind == WORD && v->len > 0)
            check_ok(sy_cut(w->cutter, v->data, v->len, &tokens, &n_tokens, NULL), NULL);
        for (size_t i = 0; i < n_tokens; i++)
            n += tokens[i].kind != SY_TOKEN_MARK && tokens[i].end - tokens[i].start == len &&
                 memcmp(v->data + tokens[i].start, p->text, len) == 0;
        for (size_t i = 0; p->kind != WORD && i + len <= v->len; i++)
            n += memcmp(v->data + i, p->text, len) == 0;
        if (n > before)
            *fields |= UINT64_C(1) << w->ids[f];
    }
    return n;
}

static void add_part(world *w, sy_slice text, part_kind kind, bool fine, uint64_t wanted,
                     double boost)
{
    part p = {.kind = kind, .fine = fine, .wanted = wanted, .weight = boost};
    memcpy(p.text, text.data, text.len);
    for (size_t i = 0; i < w->n_parts; i++) {
        part *q = &w->parts[i];
        if (strcmp(q->text, p.text) == 0 && q->kind == kind && q->fine == fine &&
            q->wanted == wanted) {
            q->weight += boost;
            return;
        }
    }
    for (uint32_t d = 0; d < w->n; d++) {
        uint64_t fields;
        p.df += count_part(w, &p, &w->docs[d], &fields) > 0;
    }
    assert_true(w->n_parts < PARTS);
    w->parts[w->n_parts++] = p;
}

static bool word_ends(const sy_token *tokens, size_t n, size_t at)
{
    bool ends = false;
    for (size_t i = 0; i < n; i++)
        ends |= tokens[i].end == at;
    return ends;
}

/* The parts of one term of the query; the fine ones: those of the second look. */
static void add_term(world *w, const char *term, bool fine, uint64_t wanted, double boost)
{
    size_t len = strlen(term), before = 0, n_han = 0, n_chars = 0, n_tokens;
    const sy_token *tokens;
    sy_cutter *cutter;
    char kind_before = ' ';
    check_ok(sy_cutter_new(NULL, &cutter, NULL), NULL);
    check_ok(sy_cut(cutter, term, len, &tokens, &n_tokens, NULL), NULL);
    for (size_t i = 0, n; i < len; i += n, n_chars++) {
        uint32_t cp;
        n = sy_utf8_decode(term + i, len - i, &cp);
        char now = kind_of(cp);
        sy_slice pair = {term + i - before, before + n};
        bool across = fine && word_ends(tokens, n_tokens, i);
        n_han += now == 'h';
        if (now == 'h' && kind_before == 'h')
            add_part(w, pair, PAIR, fine, wanted, across ? boost * .8 : boost);
        if (now == 'h' && fine)
            add_part(w, (sy_slice){term + i, n}, CHARACTER, fine, wanted, boost);
        if (now == 'o' && kind_before == 'o' && fine)
            add_part(w, pair, LATIN, fine, wanted, boost * .3);
        before = n;
        kind_before = now;
    }
    for (size_t i = 0; i < n_tokens && !(n_han == n_chars && n_chars > 1); i++) {
        sy_slice token = {term + tokens[i].start, tokens[i].end - tokens[i].start};
        size_t chars = sy_utf8_count(token.data, token.len);
        bool han = sy_count_han(token.data, token.len) == chars;
        if (tokens[i].kind != SY_TOKEN_MARK && !(han && (chars > 1 || fine)))
            add_part(w, token, WORD, fine, wanted, boost);
    }
    sy_cutter_free(cutter);
}

static double full_weight(const world *w, const part *p)
{
    double rarity =
        p->kind == LATIN ? .5 * log(1 + w->n) : log(1 + ((double)w->n - p->df + .5) / (p->df + .5));
    return 65536 * p->weight * rarity;
}

/* The contribution of a part; *hit if the record has it in a wanted field. */
static uint64_t part_score(world *w, const part *p, const doc *d, bool *hit)
{
    uint64_t fields;
    uint32_t n = count_part(w, p, d, &fields);
    if (n == 0 || !(fields & p->wanted))
        return 0;
    *hit = true;
    double tf = p->fine ? n : sy_tf_of(sy_tf_code(n));
    double length = p->fine ? d->length : sy_length_of(sy_length_code(d->length));
    double share = tf / (tf + .8 * (.25 + .75 * length / w->average));
    return (uint64_t)(full_weight(w, p) * share + .5);
}

/* ---- queries ---- */

typedef struct asked {
    char text[400];
    char terms[6][40]; /* that are scored */
    double boosts[6];
    bool scoped[6]; /* to field 1 */
    bool spread[6]; /* may be in pieces: counts more as a whole */
    size_t n;
} asked;

static void make_query(asked *q, bool any)
{
    static const char *const terms[] = {"资金",     "短缺", "企业", "管理",     "资金短缺",
                                        "有限公司", "abc",  "的",   "金的资金", "abc管理资"};
    *q = (asked){.n = 1 + sy_random_below(4)};
    for (size_t i = 0; i < q->n; i++) {
        const char *term = terms[sy_random_below(10)];
        q->boosts[i] = sy_random_below(4) ? 1 : 2.5;
        q->scoped[i] = sy_random_below(5) == 0;
        /* 有限公司 is one word. */
        q->spread[i] = !any && (strcmp(term, "资金短缺") == 0 || strcmp(term, "金的资金") == 0 ||
                                strcmp(term, "abc管理资") == 0);
        strcpy(q->terms[i], term);
        size_t used = strlen(q->text);
        snprintf(q->text + used, sizeof q->text - used, "%s%s%s%s",
                 i == 0               ? ""
                 : sy_random_below(2) ? " "
                 : any                ? " "
                                      : " OR ",
                 q->scoped[i] ? "target:" : "", term, q->boosts[i] > 1 ? "^2.5" : "");
    }
    if (sy_random_below(3) == 0)
        strcat(q->text, " -理");
}

static sy_search *search(const sy_index *index, sy_query *query, const char *text, bool any)
{
    sy_query_options options = {.any = any};
    sy_search *s;
    check_ok(sy_query_parse(&text, 1, &index->schema, &options, query, NULL, NULL), NULL);
    check_ok(sy_search_open(index, query, &s, NULL), NULL);
    return s;
}

static size_t take_hits(sy_search *s, sy_hit *out)
{
    size_t n = 0;
    for (bool more = true; more;) {
        check_ok(sy_search_next(s, &more, &out[n], NULL), NULL);
        n += more;
    }
    return n;
}

static size_t ranked(const sy_index *index, const char *text, size_t k, bool any, bool prune,
                     sy_hit *out)
{
    sy_query query;
    sy_search *s = search(index, &query, text, any);
    check_ok(sy_search_rank(s, k, any, prune, NULL), NULL);
    size_t n = take_hits(s, out);
    sy_search_close(s);
    sy_query_release(&query);
    return n;
}

/* Whether a record matches a query of one term, by an ordinary search. */
static void matching(const sy_index *index, const char *text, bool *out, uint32_t n)
{
    static sy_hit hits[MOST + 1];
    sy_query query;
    sy_search *s = search(index, &query, text, false);
    memset(out, 0, n);
    size_t found = take_hits(s, hits);
    for (size_t i = 0; i < found; i++)
        out[hits[i].docid] = true;
    sy_search_close(s);
    sy_query_release(&query);
}

typedef struct scored {
    uint32_t doc;
    uint64_t score, fine; /* at first, and by the second look */
} scored;

static int by_score(const void *a, const void *b)
{
    const scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return (x->doc > y->doc) - (x->doc < y->doc);
}

/* All hits, best first. */
static size_t naive(world *w, const asked *q, bool any, scored *out)
{
    static bool match[MOST], excluded[MOST], quoted[6][MOST];
    size_t n = 0;
    w->n_parts = 0;
    for (size_t i = 0; i < q->n; i++) {
        char text[80];
        uint64_t wanted = q->scoped[i] ? UINT64_C(1) << w->ids[1] : UINT64_MAX;
        add_term(w, q->terms[i], false, wanted, q->boosts[i]);
        if (any)
            add_term(w, q->terms[i], true, wanted, q->boosts[i]);
        snprintf(text, sizeof text, "%s\"%s\"", q->scoped[i] ? "target:" : "", q->terms[i]);
        matching(w->index, text, quoted[i], w->n);
    }
    if (any)
        matching(w->index, strstr(q->text, " -理") ? "理" : "\"~~nothing~~\"", excluded, w->n);
    else
        matching(w->index, q->text, match, w->n);
    for (uint32_t d = 0; d < w->n; d++) {
        scored s = {.doc = d};
        bool hit = false, other;
        for (size_t i = 0; i < w->n_parts; i++) {
            const part *p = &w->parts[i];
            uint64_t one = part_score(w, p, &w->docs[d], p->fine ? &other : &hit);
            s.score += p->fine ? 0 : one;
            s.fine += p->fine ? one : 0;
        }
        for (size_t i = 0; i < q->n; i++) {
            double whole = 0;
            if (!q->spread[i] || !quoted[i][d])
                continue;
            world *one = w; /* the parts of this term alone, each as often as it stands there */
            size_t kept = one->n_parts;
            part held[PARTS];
            memcpy(held, one->parts, sizeof held);
            one->n_parts = 0;
            add_term(one, q->terms[i], false, q->scoped[i] ? UINT64_C(1) << w->ids[1] : UINT64_MAX,
                     1);
            for (size_t p = 0; p < one->n_parts; p++)
                whole += full_weight(one, &one->parts[p]) / one->parts[p].weight;
            memcpy(one->parts, held, sizeof held);
            one->n_parts = kept;
            s.score += (uint64_t)(.5 * q->boosts[i] * whole);
        }
        if (any ? hit && !excluded[d] : match[d])
            out[n++] = s;
    }
    qsort(out, n, sizeof *out, by_score);
    size_t first = n < 300 ? n : 300;
    for (size_t i = 0; any && i < first; i++)
        out[i].score = out[i].fine;
    qsort(out, first, sizeof *out, by_score);
    return n;
}

static void compare(world *w, const asked *q, bool any, size_t k)
{
    static sy_hit pruned[MOST], whole[MOST];
    static scored want[MOST];
    size_t n = ranked(w->index, q->text, k, any, true, pruned);
    size_t n_whole = ranked(w->index, q->text, k, any, false, whole);
    size_t n_want = naive(w, q, any, want);
    n_want = n_want < k ? n_want : k;
    if (n != n_want || n_whole != n_want)
        fail_msg("%s%s, k %zu: %zu pruned, %zu whole, %zu wanted", any ? "--any " : "", q->text, k,
                 n, n_whole, n_want);
    for (size_t i = 0; i < n; i++) {
        bool same = pruned[i].docid == whole[i].docid && pruned[i].score == whole[i].score;
        /* A sum of logarithms may be rounded otherwise: by one for each part. */
        uint64_t more = pruned[i].score > want[i].score ? pruned[i].score - want[i].score
                                                        : want[i].score - pruned[i].score;
        if (!same || more > 2)
            fail_msg(
                "%s%s, k %zu, hit %zu: %u %llu, whole %u %llu, wanted %u %llu", any ? "--any " : "",
                q->text, k, i, pruned[i].docid, (unsigned long long)pruned[i].score, whole[i].docid,
                (unsigned long long)whole[i].score, want[i].doc, (unsigned long long)want[i].score);
    }
}

static void test_random(void **state)
{
    (void)state;
    static const size_t ks[] = {1, 2, 10, 40, 350, 100000};
    static world w;
    unsigned rounds = sy_rounds(12);
    for (unsigned round = 0; round < rounds; round++) {
        const char *docs = sy_files_folder("docs"), *dir = sy_files_folder("index");
        sy_index *index;
        sy_index_summary sum;
        sy_index_options options = {.dir = dir, .jobs = 1, .rebuild = true};
        write_records(sy_files_join(docs, "a.jsonl"), 1 + sy_random_below(round % 3 ? MOST : 20));
        check_ok(sy_index_paths(&options, &docs, 1, &sum, NULL), NULL);
        check_ok(sy_index_open(dir, &index, NULL), NULL);
        read_world(&w, index);
        for (int i = 0; i < 40; i++) {
            bool any = i & 1;
            asked q;
            make_query(&q, any);
            compare(&w, &q, any, ks[sy_random_below(6)]);
        }
        free_world(&w);
        sy_index_close(index);
    }
}

/* More records than are added up at once: too many for the scorer of the page, so with and without
 * pruning, and by the scores of all. */
static void test_many(void **state)
{
    (void)state;
    enum { MANY = 9500 };
    static const size_t ks[] = {1, 10, 300};
    static sy_hit pruned[MANY], whole[MANY];
    const char *docs = sy_files_folder("docs"), *dir = sy_files_folder("index");
    sy_index *index;
    sy_index_summary sum;
    sy_index_options options = {.dir = dir, .jobs = 1, .rebuild = true};
    write_records(sy_files_join(docs, "a.jsonl"), MANY);
    check_ok(sy_index_paths(&options, &docs, 1, &sum, NULL), NULL);
    check_ok(sy_index_open(dir, &index, NULL), NULL);
    for (int i = 0; i < 60; i++) {
        asked q;
        bool any = i & 1;
        size_t k = ks[i % 3];
        make_query(&q, any);
        size_t n = ranked(index, q.text, k, any, true, pruned);
        size_t n_whole = ranked(index, q.text, any ? k : MANY, any, false, whole);
        assert_int_equal(n, n_whole < k ? n_whole : k);
        for (size_t h = 0; h < n; h++) {
            if (pruned[h].docid != whole[h].docid || pruned[h].score != whole[h].score)
                fail_msg("%s%s, k %zu, hit %zu", any ? "--any " : "", q.text, k, h);
        }
    }
    sy_index_close(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_many)};
    sy_files_in_memory();
    sy_random_init("test_rank");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
