#include "tests/support/small_index.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"
#include "query/search.h"
#include "store/manifest.h"
#include "tests/support/check.h"

const char *sy_scratch_path(char out[static 320], const char *name)
{
    snprintf(out, 320, "%s/%s", sy_scratch_dir(), name);
    return out;
}

void sy_test_write(const char *path, const void *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(len == 0 ? 0 : fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

void sy_test_read(const char *path, sy_buf *out)
{
    sy_error err;
    sy_error_clear(&err);
    sy_buf_reset(out);
    check_ok(sy_read_file(path, UINT32_MAX, out, &err), &err);
}

void sy_test_remove(const char *dir)
{
    sy_names names;
    char path[640];
    if (sy_list_folder(dir, &names, NULL) != SY_OK)
        return;
    for (size_t i = 0; i < names.n; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names.items[i]);
        unlink(path);
    }
    sy_names_release(&names);
    rmdir(dir);
}

void sy_test_copy(const char *from, const char *to)
{
    sy_names names;
    char path[640];
    sy_buf bytes = SY_BUF_INIT;
    sy_test_remove(to);
    assert_int_equal(sy_make_dirs(to, NULL), SY_OK);
    assert_int_equal(sy_list_folder(from, &names, NULL), SY_OK);
    for (size_t i = 0; i < names.n; i++) {
        snprintf(path, sizeof path, "%s/%s", from, names.items[i]);
        sy_test_read(path, &bytes);
        snprintf(path, sizeof path, "%s/%s", to, names.items[i]);
        sy_test_write(path, bytes.data, bytes.len);
    }
    sy_names_release(&names);
    sy_buf_release(&bytes);
}

sy_tiers sy_test_tiers;

sy_status sy_test_index(const char *dir, const char *docs, sy_index_summary *sum, sy_error *err)
{
    sy_index_options options = {.dir = dir, .jobs = 1, .tiers = sy_test_tiers};
    return sy_index_paths(&options, &docs, 1, sum, err);
}

const char *sy_test_listing(const char *dir)
{
    static char line[1024];
    sy_names names;
    line[0] = '\0';
    if (sy_list_folder(dir, &names, NULL) != SY_OK)
        return "none";
    for (size_t i = 0; i < names.n; i++) {
        uint64_t number;
        const char *name = sy_segment_number(names.items[i], &number) ? "seg" : names.items[i];
        size_t used = strlen(line);
        snprintf(line + used, sizeof line - used, "%s%s", i ? " " : "", name);
    }
    sy_names_release(&names);
    return line;
}

static uint64_t hash_record(sy_buf *b, const sy_segment *seg, const sy_stored *r)
{
    sy_segment_doc doc;
    sy_segment_doc_at(seg, r->doc, &doc);
    sy_buf_reset(b);
    sy_buf_append(b, doc.source.data, doc.source.len);
    sy_buf_printf(b, " %u %u %zu ", r->line, r->row, r->key.len);
    sy_buf_append(b, r->key.data, r->key.len);
    for (size_t i = 0; i < r->n_values; i++) {
        sy_buf_printf(b, " %u.%u %zu ", r->values[i].field, r->values[i].ordinal,
                      r->values[i].text.len);
        sy_buf_append(b, r->values[i].text.data, r->values[i].text.len);
    }
    return sy_hash64(sy_buf_cstr(b), b->len);
}

static void print_fault(void *ctx, const char *file, uint64_t offset, const char *what)
{
    (void)ctx;
    print_error("%s, byte %llu: %s\n", file, (unsigned long long)offset, what);
}

uint64_t sy_test_fingerprint(const char *dir)
{
    sy_error err;
    sy_error_clear(&err);
    uint64_t faults;
    check_ok(sy_index_verify(dir, print_fault, NULL, &faults, &err), &err);
    assert_int_equal(faults, 0);
    sy_index *index;
    sy_buf scratch = SY_BUF_INIT;
    uint64_t sum = 0;
    sy_stored record = {0};
    check_ok(sy_index_open(dir, &index, &err), &err);
    for (size_t s = 0; s < index->n_segments; s++) {
        for (sy_docid d = 0; d < sy_segment_n_records(index->segments[s]); d++) {
            if (sy_live_from(&index->live[s], d) != d)
                continue;
            check_ok(sy_segment_record(index->segments[s], d, &record, &err), &err);
            sum += hash_record(&scratch, index->segments[s], &record);
        }
    }
    sy_stored_release(&record);
    sy_buf_release(&scratch);
    sy_index_close(index);
    return sum;
}

static sy_status read_list(const sy_postings_ref *ref, sy_error *err)
{
    sy_postings p;
    sy_postings_init(&p, ref);
    uint64_t sum = 0;
    while (sy_postings_next(&p) != SY_DOC_END)
        sum += sy_postings_mark(&p).tf;
    (void)sum;
    sy_postings_init(&p, ref);
    for (sy_docid at = 0; sy_postings_seek(&p, at) != SY_DOC_END;)
        at = p.docs[p.i] + 3;
    return sy_postings_status(&p, "list", err);
}

/* Keeps the first status that is not OK, and the reading goes on. */
static void note(sy_status *first, sy_status st)
{
    if (*first == SY_OK)
        *first = st;
}

static sy_status read_segment(const sy_segment *seg, sy_error *err)
{
    sy_status first = SY_OK;
    sy_stored record = {0};
    for (sy_docid d = 0; d < sy_segment_n_records(seg); d++) {
        sy_status st = sy_segment_record(seg, d, &record, err);
        note(&first, st);
        volatile char touched;
        for (size_t i = 0; st == SY_OK && i < record.n_values; i++) {
            if (record.values[i].text.len > 0)
                touched = record.values[i].text.data[record.values[i].text.len - 1];
        }
        (void)touched;
    }
    sy_stored_release(&record);
    for (uint32_t a = 0; a < 0x110000; a += a < 0x100 ? 1 : 0x11) {
        sy_bigram_row row;
        uint32_t b;
        sy_status st = sy_segment_bigram_row(seg, a, &row, err);
        note(&first, st);
        for (uint32_t i = row.first; st == SY_OK && i < row.end && i < row.first + 1000; i++) {
            sy_postings_ref ref;
            st = sy_segment_bigram_at(seg, &row, i, &b, &ref, err);
            note(&first, st == SY_OK ? read_list(&ref, err) : st);
        }
    }
    sy_term_walk walk;
    bool more = true;
    sy_status st = sy_term_walk_open(seg, (sy_slice){NULL, 0}, &walk, err);
    while (st == SY_OK && more) {
        sy_slice key;
        sy_postings_ref ref;
        st = sy_term_walk_next(&walk, &more, &key, &ref, err);
        if (st == SY_OK && more)
            note(&first, read_list(&ref, err));
    }
    sy_term_walk_close(&walk);
    note(&first, st);
    return first;
}

static sy_status ask(const sy_index *index, const char *expr, uint64_t *hits, sy_error *err)
{
    sy_query query;
    sy_search *search;
    sy_matches matches = {0};
    sy_status st = sy_query_parse(&expr, 1, &index->schema, NULL, &query, NULL, err);
    if (st != SY_OK)
        return st;
    st = sy_search_open(index, &query, &search, err);
    for (bool more = st == SY_OK; more && st == SY_OK;) {
        sy_hit hit;
        const sy_stored *record;
        st = sy_search_next(search, &more, &hit, err);
        if (st == SY_OK && more)
            st = sy_search_record(search, &hit, &record, err);
        if (st == SY_OK && more)
            st = sy_search_matches(search, &hit, record, &matches, err);
        *hits += st == SY_OK && more;
    }
    sy_search_close(search);
    sy_matches_release(&matches);
    sy_query_release(&query);
    return st;
}

sy_status sy_test_read_all(const char *dir, uint64_t *hits, sy_error *err)
{
    static const char *const queries[] = {"资金",     "\"资金短缺\"",  "-无",
                                          "区*",      "unit:区商投局", "status=无",
                                          "status:*", "短缺 | 加快"};
    sy_index *index;
    *hits = 0;
    sy_status first = sy_index_open(dir, &index, err);
    if (first != SY_OK)
        return first;
    for (size_t s = 0; s < index->n_segments; s++)
        note(&first, read_segment(index->segments[s], err));
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        sy_status st = ask(index, queries[i], hits, err);
        if (st != SY_E_INPUT) /* a damaged schema may lack a field */
            note(&first, st);
    }
    sy_index_close(index);
    return first;
}
