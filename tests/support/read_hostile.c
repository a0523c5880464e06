#include "tests/support/read_hostile.h"

#include <string.h>

#include "store/file.h"
#include "store/term_key.h"
#include "tests/support/check.h"

void sy_probes_gather(const char *dir, sy_probes *out)
{
    sy_index *index;
    sy_term_walk walk;
    check_ok(sy_index_open(dir, &index, NULL), NULL);
    const sy_segment *seg = index->segments[0];
    for (uint32_t a = 0; a < 0x110000 && out->n_firsts < SY_PROBES_MOST; a++) {
        sy_bigram_row row;
        check_ok(sy_segment_bigram_row(seg, a, &row, NULL), NULL);
        if (row.first < row.end)
            out->firsts[out->n_firsts++] = a;
    }
    bool more = true;
    check_ok(sy_term_walk_open(seg, (sy_slice){NULL, 0}, &walk, NULL), NULL);
    for (size_t i = 0; more && out->n_keys < SY_PROBES_MOST; i++) {
        sy_slice key;
        sy_postings_ref ref;
        check_ok(sy_term_walk_next(&walk, &more, &key, &ref, NULL), NULL);
        if (more && i % 15 == 0)
            sy_buf_append(&out->keys[out->n_keys++], key.data, key.len);
    }
    sy_term_walk_close(&walk);
    sy_index_close(index);
}

void sy_probes_release(sy_probes *p)
{
    for (size_t i = 0; i < p->n_keys; i++)
        sy_buf_release(&p->keys[i]);
}

static volatile unsigned sink; /* so that reads are not left out */

static void touch(sy_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        sink += (unsigned char)s.data[i];
}

static void walk_list(const sy_postings_ref *ref)
{
    sy_postings p;
    for (int seek = 0; seek < 2; seek++) {
        int64_t last = -1;
        uint32_t n = 0;
        sy_postings_init(&p, ref);
        for (;;) {
            sy_docid d = seek ? sy_postings_seek(&p, (sy_docid)(last + 40)) : sy_postings_next(&p);
            if (d == SY_DOC_END)
                break;
            assert_true((int64_t)d > last && n++ < ref->df);
            sink += sy_postings_mark(&p).tf;
            last = d;
        }
        sy_status st = sy_postings_status(&p, "list", NULL);
        assert_true(st == SY_OK || st == SY_E_CORRUPT);
    }
}

/* Spells out the normal forms as well, simple or not. */
static void read_normal(const sy_segment *seg, const sy_stored *r)
{
    sy_buf normal = SY_BUF_INIT;
    for (size_t i = 0; i < r->n_values; i++) {
        sy_buf_reset(&normal);
        if (sy_segment_normal(seg, &r->values[i], &normal, NULL) == SY_OK)
            touch((sy_slice){sy_buf_cstr(&normal), normal.len});
    }
    sy_buf_release(&normal);
}

static void read_records(const sy_segment *seg)
{
    sy_stored r = {0};
    for (size_t i = 0; i < sy_segment_n_docs(seg); i++) {
        sy_segment_doc doc;
        sy_segment_doc_at(seg, i, &doc);
        touch(doc.source);
        touch(doc.reader);
    }
    for (sy_docid d = 0; d < sy_segment_n_records(seg); d++) {
        if (sy_segment_record(seg, d, &r, NULL) != SY_OK)
            continue;
        assert_true(r.doc < sy_segment_n_docs(seg));
        touch(r.key);
        for (size_t i = 0; i < r.n_values; i++)
            touch(r.values[i].text);
        read_normal(seg, &r);
    }
    sy_stored_release(&r);
}

static void read_bigrams(const sy_probes *p, const sy_segment *seg)
{
    sy_postings_ref ref;
    uint32_t b;
    sy_bigram_row row;
    for (size_t i = 0; i < p->n_firsts; i++) {
        sy_status st = sy_segment_bigram_row(seg, p->firsts[i], &row, NULL);
        for (uint32_t k = row.first; st == SY_OK && k < row.end; k++) {
            if (sy_segment_bigram_at(seg, &row, k, &b, &ref, NULL) == SY_OK)
                walk_list(&ref);
        }
        if (sy_segment_bigram(seg, p->firsts[i], SY_BIGRAM_END, &ref, NULL) == SY_OK)
            walk_list(&ref);
    }
}

static void read_gram(const sy_segment *seg, sy_slice gram)
{
    sy_buf bits = SY_BUF_INIT;
    sy_postings_ref ref;
    if (sy_segment_gram(seg, gram, &bits, &ref, NULL) == SY_OK)
        walk_list(&ref);
    sy_buf_release(&bits);
}

static void walk_terms(const sy_segment *seg, sy_slice prefix)
{
    sy_term_walk walk;
    sy_slice key;
    sy_postings_ref ref;
    bool more = true;
    sy_status st = sy_term_walk_open(seg, prefix, &walk, NULL);
    while (st == SY_OK && more) {
        st = sy_term_walk_next(&walk, &more, &key, &ref, NULL);
        if (st != SY_OK || !more)
            break;
        touch(key);
        if (key.data[0] == SY_TERM_GRAM)
            read_gram(seg, (sy_slice){key.data + 1, key.len - 1});
        else
            walk_list(&ref);
    }
    if (st != SY_OK) { /* who goes on is at the end */
        check_ok(sy_term_walk_next(&walk, &more, &key, &ref, NULL), NULL);
        assert_false(more);
    }
    sy_term_walk_close(&walk);
}

static void read_terms(const sy_probes *p, const sy_segment *seg)
{
    walk_terms(seg, (sy_slice){NULL, 0});
    for (size_t i = 0; i < p->n_keys; i++) {
        sy_slice key = {p->keys[i].data, p->keys[i].len};
        sy_postings_ref ref;
        if (key.data[0] == SY_TERM_GRAM)
            read_gram(seg, (sy_slice){key.data + 1, key.len - 1});
        else if (sy_segment_term(seg, key, &ref, NULL) == SY_OK)
            walk_list(&ref);
        key.len = key.len / 2 + 1;
        walk_terms(seg, key);
    }
}

void sy_read_hostile(const char *dir, const sy_probes *p)
{
    sy_index *index;
    sy_error err;
    uint64_t faults;
    sy_error_clear(&err);
    sy_status st = sy_index_open(dir, &index, &err);
    assert_true(st != SY_E_NOMEM && st != SY_E_LOCKED);
    assert_true(st == SY_OK || (index == NULL && err.status == st && err.msg[0] != '\0'));
    for (size_t s = 0; st == SY_OK && s < index->n_segments; s++) {
        read_records(index->segments[s]);
        read_bigrams(p, index->segments[s]);
        read_terms(p, index->segments[s]);
    }
    sy_index_close(index);
    sy_error_clear(&err);
    st = sy_index_verify(dir, NULL, NULL, &faults, &err);
    assert_true(st == SY_OK || st == SY_E_VERSION);
}
