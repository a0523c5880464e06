#include "tests/support/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "store/format.h"
#include "store/record_code.h"
#include "store/scoring.h"
#include "store/segment_part.h"
#include "store/term_key.h"
#include "tests/support/check.h"

const uint8_t sy_model_uuid[16] = {0x10, 0x21, 0x32, 0x43, 0x54, 0x65, 0x76, 0x87,
                                   0x98, 0xA9, 0xBA, 0xCB, 0xDC, 0xED, 0xFE, 0x0F};

void *sy_model_alloc(sy_model *m, size_t bytes)
{
    assert_true(sy_grow((void **)&m->chunks, m->n_chunks, &m->cap_chunks, sizeof *m->chunks));
    void *p = sy_calloc(bytes, 1);
    assert_non_null(p);
    return m->chunks[m->n_chunks++] = p;
}

void sy_model_free(sy_model *m)
{
    for (size_t i = 0; i < m->n_chunks; i++)
        sy_free(m->chunks[i]);
    sy_free((void *)m->chunks);
    *m = (sy_model){0};
}

/* ---- at random ---- */

/* Few characters, so that keys share much; of all lengths in UTF-8. */
static sy_slice random_text(sy_model *m, uint32_t most)
{
    static const char *const chars[] = {"a", "b", "资", "金", "é", "𠀀", "\n", " ", "。"};
    uint32_t n = sy_random_below(most + 1);
    char *text = sy_model_alloc(m, (size_t)n * 4 + 1);
    size_t len = 0;
    for (uint32_t i = 0; i < n; i++) {
        const char *c = chars[sy_random_below(9)];
        memcpy(text + len, c, strlen(c));
        len += strlen(c);
    }
    return (sy_slice){text, len};
}

static void random_record(sy_model *m, sy_stored *r)
{
    static const uint32_t lines[] = {0, 1, 127, 128, 70000, UINT32_MAX};
    r->line = lines[sy_random_below(6)];
    r->row = lines[sy_random_below(6)];
    r->key = random_text(m, 3);
    r->n_values = sy_random_below(4) ? sy_random_below(5) : 0;
    r->values = sy_model_alloc(m, r->n_values * sizeof *r->values);
    uint32_t field = 0, ordinal = 0;
    for (size_t i = 0; i < r->n_values; i++) {
        uint32_t step = sy_random_below(3);
        ordinal = i > 0 && step == 0 ? ordinal + 1 : 0;
        field += step;
        r->values[i] = (sy_stored_value){
            .field = (sy_field_id)field, .ordinal = ordinal, .simple = sy_random_below(2)};
        r->values[i].text = r->values[i].coded = random_text(m, sy_random_below(9) ? 6 : 300);
    }
}

static void random_docs(sy_model *m, size_t n)
{
    m->docs = sy_model_alloc(m, n * sizeof *m->docs);
    uint32_t first = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t left = m->n_records - first;
        uint32_t take = i + 1 == n ? left : sy_random_below(3) ? sy_random_below(left + 1) : 0;
        m->docs[i] = (sy_segment_doc){.source = random_text(m, 9),
                                      .reader = sy_slice_of(i % 2 ? "jsonl" : "ledger"),
                                      .first = first,
                                      .n_records = take,
                                      .size = sy_random() >> sy_random_below(64),
                                      .mtime_ns = (int64_t)sy_random(),
                                      .hash = sy_random(),
                                      .place = 3 * i + sy_random_below(3)};
        first += take;
    }
    m->n_docs = n;
}

/* Mostly a set with a code; in a model with all codes taken also one without. */
static uint64_t random_set(const sy_model *m)
{
    if (m->n_sets < SY_FIELD_SETS_MAX || sy_random_below(9))
        return m->sets[sy_random_below((uint32_t)m->n_sets)];
    return UINT64_MAX >> 1;
}

/* Facts of records and sets of fields: one, few, or as many as there are codes for. */
static void random_facts(sy_model *m)
{
    static const size_t numbers[] = {1, 9, SY_FIELD_SETS_MAX};
    m->facts = sy_model_alloc(m, m->n_records * sizeof *m->facts);
    for (uint32_t d = 0; d < m->n_records; d++)
        m->facts[d] = (sy_record_facts){sy_random_below(1u << sy_random_below(31)),
                                        (uint8_t)sy_random_below(sy_random_below(2) ? 3 : 64)};
    m->n_sets = numbers[sy_random_below(3)];
    for (size_t i = 0; i < m->n_sets; i++)
        m->sets[i] = i + 1;
    for (size_t i = 0; i < 64; i++)
        m->weights[i] = (uint8_t)sy_random_below(40);
}

/* Sizes around the borders of blocks; of the records, each as often as another. */
static sy_model_list random_list(sy_model *m, bool marked)
{
    static const uint32_t sizes[] = {1,   1,   1,   2,   3,   5,   31,  127,
                                     128, 129, 255, 256, 257, 384, 512, UINT32_MAX};
    uint32_t n = sizes[sy_random_below(16)], left = m->n_records;
    n = n < left ? n : left;
    sy_model_list list = {.n = n};
    list.docs = sy_model_alloc(m, n * sizeof *list.docs);
    list.tfs = marked ? sy_model_alloc(m, n * sizeof *list.tfs) : NULL;
    list.fields = marked ? sy_model_alloc(m, n * sizeof *list.fields) : NULL;
    uint32_t plain = sy_random_below(3); /* 0: only the longest field; 1: few others */
    for (uint32_t doc = 0, k = 0; k < n; doc++, left--) {
        if (sy_random_below(left) >= n - k)
            continue;
        list.docs[k] = doc;
        if (marked) {
            list.tfs[k] = sy_random_below(3) ? 1 : 1 + sy_random_below(1u << sy_random_below(12));
            bool longest = plain == 0 || (plain == 1 && sy_random_below(20) > 0);
            list.fields[k] = longest ? UINT64_C(1) << m->facts[doc].longest : random_set(m);
        }
        k++;
    }
    return list;
}

static int compare_bigrams(const void *x, const void *y)
{
    const sy_model_bigram *a = x, *b = y;
    return a->a != b->a ? (a->a > b->a) - (a->a < b->a) : (a->b > b->b) - (a->b < b->b);
}

static void random_bigrams(sy_model *m, size_t n)
{
    static const uint32_t cps[] = {0, ' ', 'a', 'b', 0x8D44, 0x91D1, 0x20000, 0x10FFFF};
    m->bigrams = sy_model_alloc(m, n * sizeof *m->bigrams);
    for (size_t i = 0; i < n; i++) {
        m->bigrams[i].a = sy_random_below(3) ? cps[sy_random_below(8)] : sy_random_below(0x110000);
        m->bigrams[i].b = sy_random_below(3) ? sy_random_below(0x110000) : SY_BIGRAM_END;
    }
    if (n > 1)
        qsort(m->bigrams, n, sizeof *m->bigrams, compare_bigrams);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && compare_bigrams(&m->bigrams[i - 1], &m->bigrams[i]) == 0)
            continue;
        m->bigrams[m->n_bigrams] = m->bigrams[i];
        m->bigrams[m->n_bigrams++].list = random_list(m, true);
    }
}

static int compare_terms(const void *x, const void *y)
{
    return sy_slice_compare(((const sy_model_term *)x)->key, ((const sy_model_term *)y)->key);
}

static sy_slice random_key(sy_model *m)
{
    sy_buf key = SY_BUF_INIT;
    sy_field_id field = (sy_field_id)sy_random_below(3);
    uint32_t kind = sy_random_below(8); /* the list of a character or gram is that of its bigrams */
    if (kind < 5) {
        sy_slice word = random_text(m, sy_random_below(20) ? 7 : 250);
        sy_term_key_word(&key, word.len > 0 ? word : sy_slice_of("x"));
    } else if (kind < 7) {
        sy_term_key_value(&key, field, random_text(m, 9));
    } else if (sy_random_below(2)) {
        sy_term_key_presence(&key, field);
    } else {
        sy_term_key_overlong(&key, field);
    }
    sy_slice out = {sy_model_alloc(m, key.len), key.len};
    memcpy((char *)(uintptr_t)out.data, key.data, key.len);
    sy_buf_release(&key);
    return out;
}

static void random_terms(sy_model *m, size_t n)
{
    m->terms = sy_model_alloc(m, n * sizeof *m->terms);
    for (size_t i = 0; i < n; i++)
        m->terms[i].key = random_key(m);
    if (n > 1)
        qsort(m->terms, n, sizeof *m->terms, compare_terms);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && compare_terms(&m->terms[i - 1], &m->terms[i]) == 0)
            continue;
        m->terms[m->n_terms] = m->terms[i];
        m->terms[m->n_terms].list =
            random_list(m, m->terms[m->n_terms].key.data[0] == SY_TERM_WORD);
        m->n_terms++;
    }
}

void sy_model_random(const sy_model_sizes *sizes, sy_model *out)
{
    *out = (sy_model){.n_records = sizes->n_records};
    out->records = sy_model_alloc(out, sizes->n_records * sizeof *out->records);
    for (uint32_t i = 0; i < sizes->n_records; i++)
        random_record(out, &out->records[i]);
    random_docs(out, sizes->n_docs);
    random_facts(out);
    if (sizes->n_records == 0)
        return;
    random_bigrams(out, sizes->n_bigrams);
    random_terms(out, sizes->n_terms);
}

sy_status sy_model_put_front(const sy_model *m, sy_segment_writer *w)
{
    sy_buf bytes = SY_BUF_INIT;
    sy_status st = SY_OK;
    for (uint32_t i = 0; i < m->n_records && st == SY_OK; i++) {
        sy_buf_reset(&bytes);
        sy_record_encode(&bytes, &m->records[i], 1);
        st = sy_buf_status(&bytes, NULL);
        if (st == SY_OK)
            sy_segment_writer_record(w, bytes.data, bytes.len,
                                     m->facts ? m->facts[i] : (sy_record_facts){0});
    }
    sy_buf_release(&bytes);
    for (uint32_t i = 0; i < m->n_records && st == SY_OK; i++)
        sy_segment_writer_key(w, m->records[i].key);
    if (st != SY_OK)
        return st;
    for (size_t i = 0; i < m->n_docs; i++) { /* documents are as long as their records */
        m->docs[i].length = 0;
        for (uint32_t k = 0; m->facts && k < m->docs[i].n_records; k++)
            m->docs[i].length += m->facts[m->docs[i].first + k].length;
    }
    sy_segment_writer_fields(w, m->weights, m->sets, m->n_sets);
    sy_segment_writer_docs(w, m->docs, m->n_docs);
    return st;
}

/* Given: free. Not by sy_alloc, which tests make fail. */
static sy_mark *marks_of(const sy_model *m, const sy_segment_writer *w, const sy_model_list *list)
{
    sy_mark *out = calloc(list->n + 1, sizeof *out);
    assert_non_null(out);
    for (uint32_t i = 0; list->tfs && i < list->n; i++) {
        bool longest = list->fields[i] == UINT64_C(1) << m->facts[list->docs[i]].longest;
        out[i] = sy_segment_writer_mark(w, list->tfs[i], longest ? 0 : list->fields[i]);
    }
    return out;
}

/* Joins the part, and begins another one unless it is the last. */
static sy_status next_part(sy_segment_writer *w, sy_segment_part **part, bool last)
{
    if (*part)
        sy_segment_writer_join(w, *part);
    sy_segment_part_free(*part);
    *part = NULL;
    return last ? SY_OK : sy_segment_part_new(w, part, NULL);
}

static sy_status write_bigrams(const sy_model *m, sy_segment_writer *w)
{
    sy_segment_part *part = NULL;
    sy_status st = SY_OK;
    for (size_t i = 0; i < m->n_bigrams && st == SY_OK; i++) {
        const sy_model_bigram *b = &m->bigrams[i];
        bool new_row = i == 0 || b->a != b[-1].a;
        if (!part || (new_row && b->a % 4 == 1))
            st = next_part(w, &part, false);
        sy_mark *marks = marks_of(m, w, &b->list);
        if (st == SY_OK)
            sy_segment_part_bigram(part, b->a, b->b, b->list.docs, marks, b->list.n);
        free(marks);
    }
    return st == SY_OK ? next_part(w, &part, true) : st;
}

static sy_status write_terms(const sy_model *m, sy_segment_writer *w)
{
    sy_segment_part *part = NULL;
    sy_status st = SY_OK;
    for (size_t i = 0; i < m->n_terms && st == SY_OK; i++) {
        const sy_model_term *t = &m->terms[i];
        if (i % 37 == 0)
            st = next_part(w, &part, false);
        sy_mark *marks = marks_of(m, w, &t->list);
        if (st == SY_OK)
            sy_segment_part_term(part, t->key, t->list.docs, marks, t->list.n);
        free(marks);
    }
    return st == SY_OK ? next_part(w, &part, true) : st;
}

sy_status sy_model_try_write(const sy_model *m, const char *path, uint64_t number, sy_error *err)
{
    sy_segment_writer *w;
    sy_status st = sy_segment_writer_open(path, sy_model_uuid, number, &w, err);
    if (st != SY_OK)
        return st;
    st = sy_model_put_front(m, w);
    if (st == SY_OK)
        st = write_bigrams(m, w);
    if (st == SY_OK)
        st = sy_segment_writer_end_bigrams(w, err);
    if (st == SY_OK)
        st = write_terms(m, w);
    if (st != SY_OK) {
        sy_segment_writer_abandon(w);
        return st == SY_E_NOMEM ? sy_fail_nomem(err) : st;
    }
    uint64_t len, checksum;
    return sy_segment_writer_finish(w, &len, &checksum, err);
}

void sy_model_write(const sy_model *m, const char *path, uint64_t number)
{
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_model_try_write(m, path, number, &err), &err);
}

/* ---- against a segment ---- */

void sy_model_compare_lists(const sy_model_list *got, const sy_model_list *want)
{
    assert_int_equal(got->n, want->n);
    assert_memory_equal(got->docs, want->docs, want->n * sizeof *want->docs);
    assert_int_equal(got->tfs != NULL, want->tfs != NULL);
    for (uint32_t i = 0; want->tfs && i < want->n; i++) {
        assert_int_equal(got->tfs[i], sy_tf_of(sy_tf_code(want->tfs[i])));
        assert_true(got->fields[i] == UINT64_MAX || got->fields[i] == want->fields[i]);
    }
}

static sy_model_list take_list(const sy_segment *seg, const sy_postings_ref *ref)
{
    sy_model_list l = {.docs = malloc((ref->df + 1) * sizeof *l.docs)};
    if (ref->marked) {
        l.tfs = malloc((ref->df + 1) * sizeof *l.tfs);
        l.fields = malloc((ref->df + 1) * sizeof *l.fields);
    }
    sy_postings p;
    sy_postings_init(&p, ref);
    for (sy_docid d; (d = sy_postings_next(&p)) != SY_DOC_END; l.n++) {
        assert_true(l.n < ref->df);
        l.docs[l.n] = d;
        if (ref->marked) {
            sy_mark mark = sy_postings_mark(&p);
            l.tfs[l.n] = sy_tf_of(mark.tf);
            l.fields[l.n] = sy_segment_fields(seg, d, mark.set);
        }
    }
    check_ok(sy_postings_status(&p, "model", NULL), NULL);
    assert_int_equal(l.n, ref->df);
    return l;
}

static void drop_list(sy_model_list *l)
{
    free(l->docs);
    free(l->tfs);
    free(l->fields);
}

void sy_model_check_list(const sy_segment *seg, const sy_postings_ref *ref,
                         const sy_model_list *want)
{
    sy_model_list got = take_list(seg, ref), docs = got;
    if (!want->tfs) /* of a gram, which may come with the marks of its parent */
        docs.tfs = NULL;
    sy_model_compare_lists(&docs, want);
    drop_list(&got);
}

/* ---- bigrams ---- */

/* Lists that bigrams share have no marks. */
static void compare_bigram(const sy_model_list *got, bool merged, const sy_model_list *want)
{
    sy_model_list docs = *want;
    if (merged)
        docs.tfs = NULL;
    sy_model_compare_lists(got, &docs);
}

void sy_model_compare_bigrams(const sy_model_bigram *got, size_t n_got, const sy_model_bigram *want,
                              size_t n_want)
{
    assert_int_equal(n_got, n_want);
    for (size_t i = 0; i < n_want; i++) {
        assert_true(got[i].a == want[i].a && got[i].b == want[i].b);
        compare_bigram(&got[i].list, got[i].merged, &want[i].list);
    }
}

static void check_docs(const sy_model *m, const sy_segment *seg)
{
    assert_int_equal(sy_segment_n_docs(seg), m->n_docs);
    for (size_t i = 0; i < m->n_docs; i++) {
        const sy_segment_doc *want = &m->docs[i];
        sy_segment_doc got;
        sy_segment_doc_at(seg, i, &got);
        assert_true(sy_slice_equal(got.source, want->source));
        assert_true(sy_slice_equal(got.reader, want->reader));
        assert_int_equal(got.first, want->first);
        assert_int_equal(got.n_records, want->n_records);
        assert_true(got.size == want->size && got.hash == want->hash);
        assert_true(got.mtime_ns == want->mtime_ns);
        assert_true(got.place == want->place && got.length == want->length);
    }
}

static void check_record(const sy_model *m, const sy_segment *seg, sy_docid d, sy_stored *got)
{
    const sy_stored *want = &m->records[d];
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_segment_record(seg, d, got, &err), &err);
    assert_int_equal(got->docid, d);
    assert_true(got->doc < m->n_docs);
    const sy_segment_doc *doc = &m->docs[got->doc];
    assert_true(doc->first <= d && d - doc->first < doc->n_records);
    assert_int_equal(got->line, want->line);
    assert_int_equal(got->row, want->row);
    assert_true(sy_slice_equal(got->key, want->key));
    assert_int_equal(got->n_values, want->n_values);
    for (size_t i = 0; i < want->n_values; i++) {
        assert_int_equal(got->values[i].field, want->values[i].field);
        assert_int_equal(got->values[i].ordinal, want->values[i].ordinal);
        assert_int_equal(got->values[i].simple, want->values[i].simple);
        assert_true(sy_slice_equal(got->values[i].text, want->values[i].text));
    }
}

/* The lists of a row together: the records of its bigrams [0, n), and as many postings. */
static void check_row(const sy_model *m, const sy_segment *seg, const sy_model_bigram *want,
                      size_t n)
{
    sy_bigram_row row;
    check_ok(sy_segment_bigram_row(seg, want->a, &row, NULL), NULL);
    bool *has = calloc(m->n_records + 1, sizeof *has);
    uint64_t postings = 0, all = 0;
    uint32_t df = 0;
    for (size_t i = 0; i < n; i++) {
        all += want[i].list.n;
        for (uint32_t k = 0; k < want[i].list.n; k++)
            has[want[i].list.docs[k]] = true;
    }
    for (uint32_t i = row.first; i < row.end; i++) {
        sy_postings_ref ref;
        uint32_t b;
        sy_postings list;
        check_ok(sy_segment_bigram_at(seg, &row, i, &b, &ref, NULL), NULL);
        assert_non_null(sy_model_find_bigram(m, want->a, b));
        assert_int_equal(ref.merged, i >= row.merged);
        postings += ref.df;
        sy_postings_init(&list, &ref);
        for (sy_docid d = sy_postings_next(&list); d != SY_DOC_END; d = sy_postings_next(&list))
            assert_true(d < m->n_records && has[d]);
        check_ok(sy_postings_status(&list, "row", NULL), NULL);
    }
    for (uint32_t d = 0; d < m->n_records; d++)
        df += has[d];
    assert_true(postings == all && row.df == df);
    free(has);
}

static void check_bigrams(const sy_model *m, const sy_segment *seg)
{
    for (size_t i = 0, row = 0; i < m->n_bigrams; i++) {
        const sy_model_bigram *want = &m->bigrams[i];
        sy_postings_ref ref;
        check_ok(sy_segment_bigram(seg, want->a, want->b, &ref, NULL), NULL);
        sy_model_list got = take_list(seg, &ref);
        compare_bigram(&got, ref.merged, &want->list);
        drop_list(&got);
        if (i + 1 == m->n_bigrams || want[1].a != want->a) {
            check_row(m, seg, m->bigrams + row, i + 1 - row);
            row = i + 1;
        }
    }
}

static void check_terms(const sy_model *m, const sy_segment *seg)
{
    sy_term_walk walk;
    sy_slice key;
    sy_postings_ref ref;
    sy_buf bits = SY_BUF_INIT;
    bool more;
    check_ok(sy_term_walk_open(seg, (sy_slice){NULL, 0}, &walk, NULL), NULL);
    for (size_t i = 0; i < m->n_terms; i++) {
        check_ok(sy_term_walk_next(&walk, &more, &key, &ref, NULL), NULL);
        assert_true(more);
        assert_true(sy_slice_equal(key, m->terms[i].key));
        if (key.data[0] != SY_TERM_GRAM) {
            sy_model_check_list(seg, &ref, &m->terms[i].list);
            check_ok(sy_segment_term(seg, m->terms[i].key, &ref, NULL), NULL);
        } else {
            sy_slice gram = {m->terms[i].key.data + 1, m->terms[i].key.len - 1};
            check_ok(sy_segment_gram(seg, gram, &bits, &ref, NULL), NULL);
        }
        sy_model_check_list(seg, &ref, &m->terms[i].list);
    }
    for (int i = 0; i < 2; i++) { /* at the end it stays there */
        check_ok(sy_term_walk_next(&walk, &more, &key, &ref, NULL), NULL);
        assert_false(more);
    }
    sy_term_walk_close(&walk);
    sy_buf_release(&bits);
}

void sy_model_check(const sy_model *m, const sy_segment *seg)
{
    assert_int_equal(sy_segment_n_records(seg), m->n_records);
    check_docs(m, seg);
    sy_stored got = {0};
    for (sy_docid d = 0; d < m->n_records; d++)
        check_record(m, seg, d, &got);
    sy_stored_release(&got);
    check_bigrams(m, seg);
    check_terms(m, seg);
}

const sy_model_bigram *sy_model_find_bigram(const sy_model *m, uint32_t a, uint32_t b)
{
    sy_model_bigram wanted = {.a = a, .b = b};
    return m->n_bigrams == 0
               ? NULL
               : bsearch(&wanted, m->bigrams, m->n_bigrams, sizeof *m->bigrams, compare_bigrams);
}
