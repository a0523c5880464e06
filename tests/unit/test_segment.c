#include "store/segment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "store/segment_part.h"
#include "store/term_key.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/model.h"

static sy_segment *written(const sy_model *m)
{
    const char *path = sy_files_path("seg-0000000000000007");
    sy_segment *seg;
    sy_error err;
    sy_error_clear(&err);
    unlink(path);
    sy_model_write(m, path, 7);
    check_ok(sy_segment_open(path, sy_model_uuid, &seg, &err), &err);
    return seg;
}

/* ---- what is not there ---- */

static void check_missing_bigrams(const sy_model *m, const sy_segment *seg)
{
    for (int i = 0; i < 200; i++) {
        uint32_t a = sy_random_below(3) && m->n_bigrams
                         ? m->bigrams[sy_random_below((uint32_t)m->n_bigrams)].a
                         : sy_random_below(0x110001);
        uint32_t b = sy_random_below(3) ? sy_random_below(0x110001) : SY_BIGRAM_END;
        sy_postings_ref ref;
        check_ok(sy_segment_bigram(seg, a, b, &ref, NULL), NULL);
        const sy_model_bigram *want = sy_model_find_bigram(m, a, b);
        assert_int_equal(ref.df, want ? want->list.n : 0);
    }
    static const uint32_t outside[] = {0x110000, 0x1FFFFF, UINT32_MAX};
    for (size_t i = 0; i < 3; i++) {
        sy_bigram_row row;
        check_ok(sy_segment_bigram_row(seg, outside[i], &row, NULL), NULL);
        assert_int_equal(row.first, row.end);
    }
}

static bool starts_with(sy_slice key, sy_slice prefix)
{
    return key.len >= prefix.len && memcmp(key.data, prefix.data, prefix.len) == 0;
}

static void check_prefix(const sy_model *m, const sy_segment *seg, sy_slice prefix)
{
    sy_term_walk walk;
    sy_slice key;
    sy_postings_ref ref;
    bool more, exact = false;
    check_ok(sy_term_walk_open(seg, prefix, &walk, NULL), NULL);
    for (size_t i = 0; i < m->n_terms; i++) {
        if (!starts_with(m->terms[i].key, prefix))
            continue;
        check_ok(sy_term_walk_next(&walk, &more, &key, &ref, NULL), NULL);
        assert_true(more);
        assert_true(sy_slice_equal(key, m->terms[i].key));
        assert_int_equal(ref.df, m->terms[i].list.n);
        exact |= key.len == prefix.len;
    }
    for (int i = 0; i < 3; i++) {
        check_ok(sy_term_walk_next(&walk, &more, &key, &ref, NULL), NULL);
        assert_false(more);
    }
    sy_term_walk_close(&walk);
    check_ok(sy_segment_term(seg, prefix, &ref, NULL), NULL);
    assert_int_equal(ref.df > 0, exact);
}

/* Prefixes of terms, with their last byte moved up or down, and far outside. */
static void check_prefixes(const sy_model *m, const sy_segment *seg)
{
    static const char *const outside[] = {"\x01", "w", "z", "\xFF\xFF", "f", "wa"};
    for (size_t i = 0; i < 6; i++)
        check_prefix(m, seg, sy_slice_of(outside[i]));
    for (size_t i = 0; i < m->n_terms; i += 1 + m->n_terms / 60) {
        sy_slice key = m->terms[i].key;
        char bytes[SY_TERM_KEY_MAX + 1];
        memcpy(bytes, key.data, key.len);
        size_t len = 1 + sy_random_below((uint32_t)key.len);
        check_prefix(m, seg, key);
        check_prefix(m, seg, (sy_slice){bytes, len});
        bytes[len - 1] = (char)(bytes[len - 1] + (sy_random_below(2) ? 1 : -1));
        check_prefix(m, seg, (sy_slice){bytes, len});
        bytes[key.len] = 'x';
        check_prefix(m, seg, (sy_slice){bytes, key.len + 1});
    }
}

static void check_model(const sy_model_sizes *sizes)
{
    sy_model m;
    sy_model_random(sizes, &m);
    sy_segment *seg = written(&m);
    sy_model_check(&m, seg);
    check_missing_bigrams(&m, seg);
    check_prefixes(&m, seg);
    sy_stored record = {0};
    assert_int_equal(sy_segment_record(seg, m.n_records, &record, NULL), SY_E_CORRUPT);
    assert_int_equal(sy_segment_record(seg, UINT32_MAX, &record, NULL), SY_E_CORRUPT);
    sy_stored_release(&record);
    sy_segment_close(seg);
    sy_model_free(&m);
}

/* Borders of groups of records (32), of term blocks (16), of lists (128). */
static void test_sizes(void **state)
{
    (void)state;
    sy_random_init("test_segment");
    static const sy_model_sizes sizes[] = {
        {0, 0, 0, 0},       {0, 3, 0, 0},      {1, 1, 0, 0},      {1, 1, 1, 1},
        {2, 1, 3, 2},       {31, 2, 15, 15},   {32, 9, 16, 16},   {33, 1, 17, 17},
        {64, 5, 31, 31},    {65, 70, 32, 32},  {127, 3, 33, 33},  {128, 3, 200, 48},
        {129, 3, 200, 49},  {256, 7, 300, 64}, {257, 7, 300, 65}, {600, 12, 900, 1000},
        {5000, 40, 60, 60},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_model(&sizes[i]);
    unsigned rounds = sy_rounds(25);
    for (unsigned i = 0; i < rounds; i++)
        check_model(&(sy_model_sizes){1 + sy_random_below(300), 1 + sy_random_below(6),
                                      sy_random_below(80), sy_random_below(90)});
}

/* Just n terms, n around the border of blocks, each asked for. */
static void test_block_borders(void **state)
{
    (void)state;
    for (uint32_t n = 0; n <= 50; n++) {
        sy_model m = {.n_records = 1};
        m.records = sy_model_alloc(&m, sizeof *m.records);
        m.docs = sy_model_alloc(&m, sizeof *m.docs);
        m.docs[0] = (sy_segment_doc){.n_records = 1};
        m.n_docs = 1;
        m.facts = sy_model_alloc(&m, sizeof *m.facts);
        m.terms = sy_model_alloc(&m, n * sizeof *m.terms + 1);
        sy_docid zero = 0;
        uint32_t tf = 3;
        uint64_t fields = 1;
        for (uint32_t i = 0; i < n; i++) {
            char *key = sy_model_alloc(&m, 3);
            memcpy(key, "wab", 3);
            key[1] = (char)('0' + i);
            m.terms[i] = (sy_model_term){{key, 3}, {1, &zero, &tf, &fields}};
        }
        m.n_terms = n;
        sy_segment *seg = written(&m);
        sy_model_check(&m, seg);
        check_prefixes(&m, seg);
        for (uint32_t i = 0; i < n; i++) {
            char between[8] = "w?b\x01";
            between[1] = (char)('0' + i);
            check_prefix(&m, seg, (sy_slice){between, 4});
            check_prefix(&m, seg, (sy_slice){between, 2});
        }
        sy_segment_close(seg);
        sy_model_free(&m);
    }
}

static void test_longest_key(void **state)
{
    (void)state;
    sy_model m;
    sy_model_random(&(sy_model_sizes){3, 1, 0, 0}, &m);
    char *key = sy_model_alloc(&m, SY_TERM_KEY_MAX + 1),
         *other = sy_model_alloc(&m, SY_TERM_KEY_MAX);
    memset(key, 'x', SY_TERM_KEY_MAX + 1);
    memcpy(key, "v\0\0", 3);
    memcpy(other, key, SY_TERM_KEY_MAX);
    other[SY_TERM_KEY_MAX - 1] = 'y';
    sy_docid docs[] = {0, 2};
    sy_model_term terms[] = {{{key, SY_TERM_KEY_MAX}, {2, docs, NULL, NULL}},
                             {{other, SY_TERM_KEY_MAX}, {1, docs, NULL, NULL}}};
    m.terms = terms;
    m.n_terms = 2;
    sy_segment *seg = written(&m);
    sy_model_check(&m, seg);
    check_prefix(&m, seg, (sy_slice){key, SY_TERM_KEY_MAX + 1});
    check_prefix(&m, seg, (sy_slice){key, SY_TERM_KEY_MAX - 1});
    sy_segment_close(seg);
    sy_model_free(&m);
}

/* Each allocation of the writer fails, alone or with all that follow: told, or the file
 * is whole all the same. So with each operation on files. */
static void test_writer_fails(void **state)
{
    (void)state;
    sy_model m;
    sy_model_random(&(sy_model_sizes){200, 2, 40, 40}, &m);
    const char *path = sy_files_join(sy_files_folder("failing"), "seg");
    char kept[300];
    strcpy(kept, path);
    for (int kind = 0; kind < 3; kind++) {
        bool reached = true;
        for (unsigned long n = 1; reached; n++) {
            unlink(kept);
            if (kind == 2)
                sy_io_fail_at(n, ENOSPC);
            else
                sy_alloc_fail_at(n, kind == 1);
            sy_status st = sy_model_try_write(&m, kept, 1, NULL);
            reached = (kind == 2 ? sy_io_fail_at(0, 0) : sy_alloc_fail_at(0, false)) >= n;
            assert_int_equal(sy_files_exists(kept), st == SY_OK);
            assert_true(st == SY_OK || st == (kind == 2 ? SY_E_IO : SY_E_NOMEM));
            assert_true(st == SY_OK || reached);
            if (st != SY_OK)
                continue;
            sy_segment *seg;
            check_ok(sy_segment_open(kept, sy_model_uuid, &seg, NULL), NULL);
            sy_model_check(&m, seg);
            sy_segment_close(seg);
        }
    }
    sy_model_free(&m);
}

static void test_reader_fails(void **state)
{
    (void)state;
    sy_model m;
    sy_segment *seg;
    sy_model_random(&(sy_model_sizes){200, 2, 40, 40}, &m);
    sy_segment_close(written(&m));
    const char *path = sy_files_path("seg-0000000000000007");
    unsigned long n = 1;
    for (;; n++) {
        sy_alloc_fail_at(n, true);
        sy_status st = sy_segment_open(path, sy_model_uuid, &seg, NULL);
        sy_alloc_fail_at(0, false);
        if (st == SY_OK)
            break;
        assert_int_equal(st, SY_E_NOMEM);
        assert_null(seg);
    }
    assert_in_range(n, 2, 10);
    for (n = 1;; n++) { /* a lookup: none, not "no such term" */
        sy_postings_ref ref;
        sy_slice key = m.terms[m.n_terms - 1].key;
        sy_alloc_fail_at(n, false);
        sy_status st = sy_segment_term(seg, key, &ref, NULL);
        sy_alloc_fail_at(0, false);
        assert_int_equal(ref.df, st == SY_OK ? m.terms[m.n_terms - 1].list.n : 0);
        if (st == SY_OK)
            break;
        assert_int_equal(st, SY_E_NOMEM);
    }
    sy_segment_close(seg);
    sy_model_free(&m);
}

/* A character with many postings gets a list of its records; they may be one. */
static void test_frequent_character(void **state)
{
    (void)state;
    enum { ROW = 131072 };
    static sy_docid docs[] = {1, 2, 4};
    for (uint32_t n = 1; n <= 3; n++) {
        for (uint32_t less = 0; less < 2; less++) { /* just enough postings, or one too few */
            sy_model m;
            sy_model_random(&(sy_model_sizes){5, 1, 0, 0}, &m);
            m.n_bigrams = (ROW + n - 1) / n - less;
            m.bigrams = sy_model_alloc(&m, m.n_bigrams * sizeof *m.bigrams);
            for (uint32_t i = 0; i < m.n_bigrams; i++)
                m.bigrams[i] = (sy_model_bigram){'a', i, false, {n, docs, NULL, NULL}};
            sy_segment *seg = written(&m);
            sy_model_term term = {{"ca", 2}, {n, docs, NULL, NULL}};
            m.terms = &term;
            m.n_terms = !less;
            sy_model_check(&m, seg);
            sy_segment_close(seg);
            sy_model_free(&m);
        }
    }
}

/* ---- grams ---- */

enum { N_GRAMS = 4 };
static const char *const gram_texts[N_GRAMS] = {"abc", "abcd", "bcd", "bce"};

/* Two hundred records, three bigrams with ever less of them, and strings made of these:
 * a subset, a subset of that, all of a bigram, and one whose bigram is not there. */
static sy_status write_grams(const char *path, sy_model_list *lists, sy_error *err)
{
    static sy_docid docs[8][200];
    static const sy_mark marks[200];
    static const uint32_t steps[] = {1, 1, 2, 4, 12, 2, 3}; /* ab, bc, cd; then the grams */
    sy_segment_writer *w;
    sy_segment_part *parts[2] = {NULL, NULL};
    sy_slice grams[N_GRAMS];
    sy_status st = sy_segment_writer_open(path, sy_model_uuid, 1, &w, err);
    if (st != SY_OK)
        return st;
    for (int i = 0; i < 200; i++)
        sy_segment_writer_record(w, "\0\0\0", 3, (sy_record_facts){0});
    for (int i = 0; i < 200; i++)
        sy_segment_writer_key(w, (sy_slice){"", 0});
    sy_segment_writer_docs(w, &(sy_segment_doc){.n_records = 200}, 1);
    for (size_t i = 0; i < N_GRAMS; i++)
        grams[i] = sy_slice_of(gram_texts[i]);
    sy_segment_writer_expect(w, grams, N_GRAMS, NULL, 0);
    for (uint32_t i = 0; i < 7 && st == SY_OK; i++) {
        sy_model_list *l = &lists[i];
        *l = (sy_model_list){.docs = docs[i]};
        for (sy_docid d = 0; d < 200; d += steps[i])
            docs[i][l->n++] = d;
        sy_segment_part **part = &parts[i >= 3];
        if (i == 3) {
            sy_segment_writer_join(w, parts[0]);
            st = sy_segment_writer_end_bigrams(w, err);
        }
        if (st == SY_OK && !*part)
            st = sy_segment_part_new(w, part, err);
        if (st == SY_OK && i < 3)
            sy_segment_part_bigram(*part, 'a' + i, 'b' + i, docs[i], marks, l->n);
        else if (st == SY_OK)
            sy_segment_part_gram(*part, grams[i - 3], docs[i], l->n);
    }
    uint64_t len, checksum;
    if (st == SY_OK) {
        sy_segment_writer_join(w, parts[1]);
        st = sy_segment_writer_finish(w, &len, &checksum, err);
    } else {
        sy_segment_writer_abandon(w);
    }
    sy_segment_part_free(parts[0]);
    sy_segment_part_free(parts[1]);
    return st;
}

static void check_grams(const char *path, const sy_model_list *lists)
{
    sy_segment *seg;
    sy_postings_ref ref;
    sy_buf bits = SY_BUF_INIT;
    check_ok(sy_segment_open(path, sy_model_uuid, &seg, NULL), NULL);
    for (size_t i = 0; i < N_GRAMS; i++) {
        check_ok(sy_segment_gram(seg, sy_slice_of(gram_texts[i]), &bits, &ref, NULL), NULL);
        sy_model_check_list(seg, &ref, &lists[3 + i]);
    }
    static const char *const none[] = {"", "ab", "bc", "abce", "abcde", "xyz"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        check_ok(sy_segment_gram(seg, sy_slice_of(none[i]), &bits, &ref, NULL), NULL);
        assert_int_equal(ref.df, 0);
    }
    sy_buf_release(&bits);
    sy_segment_close(seg);
}

/* What is kept of bigrams for the grams to come may be lost for lack of memory: told,
 * or the grams are right all the same. */
static void test_grams_fail(void **state)
{
    (void)state;
    sy_model_list lists[7];
    char path[300];
    strcpy(path, sy_files_join(sy_files_folder("grams"), "seg"));
    check_ok(write_grams(path, lists, NULL), NULL);
    check_grams(path, lists);
    for (int sticky = 0; sticky < 2; sticky++) {
        bool reached = true;
        for (unsigned long n = 1; reached; n++) {
            unlink(path);
            sy_alloc_fail_at(n, sticky);
            sy_status st = write_grams(path, lists, NULL);
            reached = sy_alloc_fail_at(0, false) >= n;
            assert_true(st == SY_OK || (st == SY_E_NOMEM && reached));
            if (st == SY_OK)
                check_grams(path, lists);
        }
    }
}

static void test_abandon(void **state)
{
    (void)state;
    const char *path = sy_files_path("abandoned");
    sy_segment_writer *w;
    check_ok(sy_segment_writer_open(path, sy_model_uuid, 1, &w, NULL), NULL);
    sy_segment_writer_record(w, "\0\0\0", 3, (sy_record_facts){0});
    sy_segment_writer_abandon(w);
    assert_false(sy_files_exists(path));
    sy_segment_writer_abandon(NULL);
    sy_segment_close(NULL);
}

/* An index of its own: the file is sound, but belongs elsewhere. */
static void test_other_index(void **state)
{
    (void)state;
    sy_model m;
    sy_segment *seg;
    sy_error err;
    sy_error_clear(&err);
    sy_model_random(&(sy_model_sizes){3, 1, 3, 3}, &m);
    sy_segment_close(written(&m));
    uint8_t uuid[16] = {1};
    assert_int_equal(sy_segment_open(sy_files_path("seg-0000000000000007"), uuid, &seg, &err),
                     SY_E_CORRUPT);
    assert_null(seg);
    assert_non_null(strstr(err.msg, "another index"));
    sy_model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_block_borders),
        cmocka_unit_test(test_longest_key),
        cmocka_unit_test(test_writer_fails),
        cmocka_unit_test(test_reader_fails),
        cmocka_unit_test(test_abandon),
        cmocka_unit_test(test_frequent_character),
        cmocka_unit_test(test_grams_fail),
        cmocka_unit_test(test_other_index),
    };
    sy_files_in_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
