/* Segments as two readers see them: the store's, and a slow one that was written from
 * docs/format.md alone. SY_ROUNDS sets the number of random segments (30). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/record_code.h"
#include "store/segment_writer.h"
#include "tests/support/check.h"
#include "tests/support/slow_reader.h"
#include "tests/support/small_index.h"

enum { ROUNDS = 30, LIST_MAX = 4000 };

static const uint8_t uuid[16] = {1, 2, 3};

static void dump_postings(const sy_postings_ref *ref, sy_buf *out)
{
    static uint32_t docs[LIST_MAX], tfs[LIST_MAX];
    sy_postings p;
    uint32_t n = 0;
    sy_postings_init(&p, ref);
    for (sy_docid d; (d = sy_postings_next(&p)) != SY_DOC_END && n < LIST_MAX; n++) {
        docs[n] = d;
        tfs[n] = sy_postings_tf(&p);
    }
    assert_int_equal(sy_postings_status(&p, "list", NULL), SY_OK);
    sy_dump_list(out, docs, ref->has_tf ? tfs : NULL, n);
}

/* The same lines as sy_slow_dump, by way of the store. */
static void dump(const sy_segment *seg, const uint32_t *chars, size_t n_chars, sy_buf *out)
{
    sy_stored r = {0};
    for (size_t i = 0; i < sy_segment_n_docs(seg); i++) {
        sy_segment_doc d;
        sy_segment_doc_at(seg, i, &d);
        sy_dump_doc(out, d.first, d.n_records, d.size, d.mtime_ns, d.hash, d.source.data,
                    d.source.len, d.reader.data, d.reader.len);
    }
    for (sy_docid d = 0; d < sy_segment_n_records(seg); d++) {
        assert_int_equal(sy_segment_record(seg, d, &r, NULL), SY_OK);
        sy_segment_doc doc;
        sy_segment_doc_at(seg, r.doc, &doc);
        assert_true(doc.first <= d && d < doc.first + doc.n_records);
        sy_buf_printf(out, "record %u %u %u ", d, r.line, r.row);
        sy_dump_hex(out, r.key.data, r.key.len);
        for (size_t i = 0; i < r.n_values; i++) {
            sy_buf_printf(out, " %u=", r.values[i].field);
            sy_dump_hex(out, r.values[i].text.data, r.values[i].text.len);
        }
        sy_buf_putc(out, '\n');
    }
    sy_stored_release(&r);
    for (size_t c = 0; c < n_chars; c++) {
        uint32_t first, n, b;
        assert_int_equal(sy_segment_bigram_row(seg, chars[c], &first, &n, NULL), SY_OK);
        for (uint32_t i = first; i < first + n; i++) {
            sy_postings_ref ref, again;
            assert_int_equal(sy_segment_bigram_at(seg, i, &b, &ref, NULL), SY_OK);
            assert_int_equal(sy_segment_bigram(seg, chars[c], b, &again, NULL), SY_OK);
            assert_true(ref.at == again.at && ref.df == again.df && ref.only == again.only);
            sy_buf_printf(out, "bigram %u %u:", chars[c], b);
            dump_postings(&ref, out);
        }
    }
    sy_term_walk walk;
    assert_int_equal(sy_term_walk_open(seg, (sy_slice){NULL, 0}, &walk, NULL), SY_OK);
    for (bool more = true;;) {
        sy_slice key;
        sy_postings_ref ref, again;
        assert_int_equal(sy_term_walk_next(&walk, &more, &key, &ref, NULL), SY_OK);
        if (!more)
            break;
        assert_int_equal(sy_segment_term(seg, key, &again, NULL), SY_OK);
        assert_true(ref.at == again.at && ref.df == again.df && ref.only == again.only);
        sy_buf_puts(out, "term ");
        sy_dump_hex(out, key.data, key.len);
        sy_buf_putc(out, ':');
        dump_postings(&ref, out);
    }
    sy_term_walk_close(&walk);
}

/* A list of 1 to LIST_MAX records below n; short ones are more frequent. */
static uint32_t random_list(uint32_t n, uint32_t *docs, uint32_t *tfs)
{
    uint32_t got = 0, one_in = 1 + sy_random_below(1u << sy_random_below(12));
    uint32_t first = sy_random_below(n);
    for (uint32_t d = 0; d < n; d++) {
        if (d != first && sy_random_below(one_in) != 0)
            continue;
        docs[got] = d;
        tfs[got++] = sy_random_below(3) ? 1 : 1 + sy_random_below(1u << sy_random_below(20));
    }
    return got;
}

static void write_records(sy_segment_writer *w, uint32_t n)
{
    static const char text[] = "资金短缺𠀀abc";
    sy_buf b = SY_BUF_INIT;
    for (uint32_t d = 0; d < n; d++) {
        sy_stored_value values[5];
        size_t n_values = sy_random_below(6); /* none, too */
        sy_field_id field = 0;
        for (size_t i = 0; i < n_values; i++) {
            field = (sy_field_id)(field + sy_random_below(300));
            values[i] =
                (sy_stored_value){.field = field, .coded = {text, sy_random_below(sizeof text)}};
        }
        sy_stored r = {.line = d * 3,
                       .row = d + 1,
                       .key = {text, sy_random_below(sizeof text)},
                       .values = values,
                       .n_values = n_values};
        sy_buf_reset(&b);
        sy_record_encode(&b, &r, 1);
        sy_segment_writer_record(w, b.data, b.len);
    }
    sy_buf_release(&b);
}

/* Documents without records stand before, between and behind the others. */
static void write_docs(sy_segment_writer *w, uint32_t n)
{
    sy_segment_doc docs[5] = {{.n_records = 0},
                              {.n_records = n / 3},
                              {.n_records = 0},
                              {.n_records = n - n / 3},
                              {.n_records = 0}};
    uint32_t first = 0;
    for (size_t i = 0; i < 5; i++) {
        docs[i].first = first;
        docs[i].source = sy_slice_of(i == 2 ? "" : "目录/文件.jsonl");
        docs[i].reader = sy_slice_of("jsonl");
        docs[i].size = sy_random();
        docs[i].mtime_ns = (int64_t)sy_random();
        docs[i].hash = sy_random();
        first += docs[i].n_records;
    }
    sy_segment_writer_docs(w, docs, 5);
}

static const uint32_t chars[] = {1,      ' ',    'a',     0x7F,    0x80,     0xFFFF,
                                 0x4E00, 0x9FFF, 0x20000, 0x3FFFF, 0x10FFFE, 0x10FFFF};
enum { N_CHARS = sizeof chars / sizeof *chars };

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* A segment of n records and n_terms terms, read in both ways. */
static void check_segment(uint32_t n, uint32_t n_terms, bool bigrams)
{
    static uint32_t docs[LIST_MAX], tfs[LIST_MAX];
    char path[320], key[40];
    uint32_t sorted[N_CHARS];
    sy_error err;
    sy_error_clear(&err);
    sy_segment_writer *w;
    sy_buf file = SY_BUF_INIT, ours = SY_BUF_INIT, slow = SY_BUF_INIT;
    memcpy(sorted, chars, sizeof sorted);
    qsort(sorted, N_CHARS, sizeof *sorted, by_number);
    remove(sy_scratch_path(path, "segment"));
    check_ok(sy_segment_writer_open(path, uuid, 7, &w, &err), &err);
    write_records(w, n);
    write_docs(w, n);
    for (size_t a = 0; bigrams && n > 0 && a < N_CHARS; a++) {
        for (size_t b = sy_random_below(N_CHARS); b < N_CHARS; b++)
            sy_segment_writer_bigram(w, sorted[a], sorted[b], docs, random_list(n, docs, tfs));
    }
    for (uint32_t t = 0; n > 0 && t < n_terms; t++) {
        bool word = t >= n_terms / 2; /* 'f' before 'w' */
        int len = snprintf(key, sizeof key, word ? "w词%05u\xFF\1\2" : "f%05u", t);
        sy_segment_writer_term(w, (sy_slice){key, (size_t)len}, docs, word ? tfs : NULL,
                               random_list(n, docs, tfs));
    }
    uint64_t file_len, sum;
    check_ok(sy_segment_writer_finish(w, &file_len, &sum, &err), &err);
    sy_test_read(path, &file);
    assert_int_equal(file.len, file_len);
    assert_true(sy_slow_dump((const uint8_t *)file.data, file.len, &slow));
    sy_segment *seg;
    check_ok(sy_segment_open(path, uuid, &seg, &err), &err);
    dump(seg, sorted, N_CHARS, &ours);
    assert_int_equal(ours.len, slow.len);
    assert_string_equal(sy_buf_cstr(&ours), sy_buf_cstr(&slow));
    sy_postings_ref none;
    check_ok(sy_segment_bigram(seg, 0x5555, 'a', &none, &err), &err);
    assert_int_equal(none.df, 0);
    check_ok(sy_segment_term(seg, sy_slice_of("zz"), &none, &err), &err);
    assert_int_equal(none.df, 0);
    sy_segment_close(seg);
    sy_buf_release(&file);
    sy_buf_release(&ours);
    sy_buf_release(&slow);
}

static void test_edges(void **state)
{
    (void)state;
    static const uint32_t records[] = {1, 2, 31, 32, 33, 64, 127, 128, 129, 255, 256, 257};
    static const uint32_t terms[] = {0, 1, 15, 16, 17, 31, 32, 33};
    for (size_t r = 0; r < sizeof records / sizeof *records; r++) {
        for (size_t t = 0; t < sizeof terms / sizeof *terms; t++)
            check_segment(records[r], terms[t], t & 1);
    }
}

static void test_random(void **state)
{
    (void)state;
    const char *set = getenv("SY_ROUNDS");
    for (int r = set ? atoi(set) : ROUNDS; r > 0; r--)
        check_segment(1 + sy_random_below(LIST_MAX - 1), sy_random_below(100), true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_edges), cmocka_unit_test(test_random)};
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    sy_random_init("test_format_reader");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
