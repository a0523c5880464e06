/* What sy_index_verify says of an index whose checksums all hold, but whose content
 * breaks a rule of docs/format.md. Damaged bytes: tests/fault/. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/io.h"
#include "store/index.h"
#include "store/manifest.h"
#include "store/term_key.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/model.h"

static char heard[4000];

static void on_fault(void *ctx, const char *file, uint64_t offset, const char *what)
{
    (void)ctx;
    size_t n = strlen(heard);
    const char *name = strrchr(file, '/');
    snprintf(heard + n, sizeof heard - n, "%s:%llu: %s\n", name ? name + 1 : file,
             (unsigned long long)offset, what);
}

#define NAME "seg-0000000000000007"

enum { N = 20 };

/* A sound model: some records, some lists, frequent enough that none are merged; the
 * tests spoil it before it is written. */
static sy_model sample(void)
{
    static sy_docid all[N + 1];
    static uint32_t ones[N + 1];
    static uint64_t longest[N + 1]; /* field 0 */
    for (uint32_t i = 0; i <= N; i++) {
        all[i] = i;
        ones[i] = 1;
        longest[i] = 1;
    }
    sy_model m = {.n_records = N, .n_docs = 1, .n_bigrams = 3, .n_terms = 3};
    m.docs = sy_model_alloc(&m, sizeof *m.docs);
    m.docs[0] = (sy_segment_doc){.source = {"a", 1}, .n_records = N};
    m.records = sy_model_alloc(&m, N * sizeof *m.records);
    for (size_t i = 0; i < N; i++) {
        sy_stored *r = &m.records[i];
        r->n_values = 1;
        r->values = sy_model_alloc(&m, sizeof *r->values);
        r->values[0].coded = r->values[0].text = sy_slice_of("资金");
    }
    m.facts = sy_model_alloc(&m, (N + 2) * sizeof *m.facts); /* lists name one too many */
    m.bigrams = sy_model_alloc(&m, 3 * sizeof *m.bigrams);
    m.bigrams[0] = (sy_model_bigram){'a', 'b', false, {N, all, ones, longest}};
    m.bigrams[1] = (sy_model_bigram){'a', 'c', false, {N - 1, all, ones, longest}};
    m.bigrams[2] = (sy_model_bigram){'b', SY_BIGRAM_END, false, {N, all, ones, longest}};
    m.terms = sy_model_alloc(&m, 3 * sizeof *m.terms);
    m.terms[0] = (sy_model_term){{"f\0\0", 3}, {N, all, NULL, NULL}};
    m.terms[1] = (sy_model_term){{"wa", 2}, {N, all, ones, longest}};
    m.terms[2] = (sy_model_term){{"wb", 2}, {1, all, ones, longest}};
    return m;
}

/* The index of one segment, as `ref` names it but for its length and checksum. */
static const char *written(const sy_model *m, sy_segment_ref ref)
{
    const char *dir = sy_files_folder("index");
    sy_schema schema = SY_SCHEMA_INIT;
    sy_field_id id;
    size_t len;
    sy_model_write(m, sy_files_join(dir, NAME), 7);
    check_ok(sy_schema_add(&schema, "text", 4, NULL, SY_FIELD_TEXT, &id, NULL), NULL);
    uint8_t *bytes = sy_files_read(sy_files_join(dir, NAME), &len);
    ref.len = len;
    ref.checksum ^= sy_get_u64(bytes + len - 16);
    sy_manifest manifest = {.schema = schema, .segments = &ref, .n_segments = 1};
    memcpy(manifest.info.uuid, sy_model_uuid, 16);
    check_ok(sy_manifest_commit(dir, &manifest, NULL), NULL);
    sy_schema_release(&schema);
    free(bytes);
    return dir;
}

/* NULL: no fault; else just one, with these words. */
static void check_says(const char *dir, const char *want)
{
    uint64_t n, again;
    sy_error err;
    sy_error_clear(&err);
    *heard = '\0';
    check_ok(sy_index_verify(dir, on_fault, NULL, &n, &err), &err);
    assert_int_equal(n, want != NULL);
    if (want && !strstr(heard, want))
        fail_msg("wanted '%s', got '%s'", want, heard);
    check_ok(sy_index_verify(dir, NULL, NULL, &again, &err), &err);
    assert_int_equal(again, n);
}

static const sy_segment_ref sound = {.number = 7, .n_records = N, .n_docs = 1};

static void check_model(sy_model *m, const char *want)
{
    check_says(written(m, sound), want);
    sy_model_free(m);
}

static void test_sound(void **state)
{
    (void)state;
    sy_model m = sample();
    check_model(&m, NULL);
    m = (sy_model){0};
    check_says(written(&m, (sy_segment_ref){.number = 7}), NULL);
}

static void test_records(void **state)
{
    (void)state;
    sy_model m = sample();
    m.records[1].values[0].field = 1;
    check_model(&m, NAME ":");
    assert_non_null(strstr(heard, "a record has a field that the schema lacks"));
    m = sample();
    m.records[0].values[0].coded = sy_slice_of("资\xE9\x87");
    check_model(&m, "a stored text is not UTF-8");
}

static void test_terms(void **state)
{
    (void)state;
    static sy_docid beyond[N + 1];
    static const struct {
        const char *key;
        size_t len;
        const char *want;
    } keys[] = {
        {"wc", 2, NULL},
        {"v\0\1x", 4, "a term has a field that the schema lacks"},
        {"x\0\0", 3, "a term has no known form"},
        {"v\0\0", 3, "the terms are out of order"},
        {"wa", 2, "a block of terms does not hold"}, /* twice */
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        sy_model m = sample();
        bool word = keys[i].key[0] == 'w';
        m.terms[2].key = (sy_slice){keys[i].key, keys[i].len};
        if (!word)
            m.terms[2].list.tfs = NULL;
        if (i == 1) /* before the words */
            m.n_terms = 2, m.terms[1] = m.terms[2];
        check_model(&m, keys[i].want);
    }
    sy_model m = sample();
    for (uint32_t i = 0; i <= N; i++)
        beyond[i] = i + 1;
    m.terms[0].list.docs = beyond;
    check_model(&m, "does not hold what its head says");
    m = sample();
    m.terms[0].list.docs = beyond;
    m.terms[0].list.n = N + 1;
    check_model(&m, "a block of terms does not hold");
}

/* What the list of a character says, its bigrams say as well. */
static void test_characters(void **state)
{
    (void)state;
    static const char not_said[] = "the list of a character is not that of its bigrams";
    for (uint32_t missing = 0; missing < 2; missing++) {
        sy_model m = sample();
        m.terms[0].key = (sy_slice){"ca", 2};
        m.terms[0].list.n = N - missing;
        check_model(&m, missing ? not_said : NULL);
    }
    sy_model m = sample();
    m.terms[0].key = (sy_slice){"cz", 2};
    check_model(&m, not_said);
    m = sample(); /* bigrams of a know less than the list */
    m.bigrams[0].list.n = N - 1;
    m.terms[0].key = (sy_slice){"ca", 2};
    check_model(&m, not_said);
}

/* A string stands in no record that lacks one of its pairs, whichever it is. */
static void test_grams(void **state)
{
    (void)state;
    static sy_docid others[N]; /* than record 0 */
    for (uint32_t i = 0; i < N; i++)
        others[i] = i + 1;
    for (uint32_t lacking = 0; lacking < 3; lacking++) {
        sy_model m = sample();
        sy_model_list *of_pair = &m.bigrams[lacking == 1 ? 0 : 2].list;
        m.bigrams[2].b = 'c';
        m.terms[0].key = (sy_slice){"gabc", 4};
        m.terms[0].list.n = 1;
        if (lacking > 0) {
            of_pair->docs = others;
            of_pair->n = N - 1;
        }
        check_model(&m, lacking ? "the list of a string has more than its bigrams" : NULL);
    }
}

static void test_bigrams(void **state)
{
    (void)state;
    static sy_docid beyond[N + 1];
    for (uint32_t i = 0; i <= N; i++)
        beyond[i] = i + 1;
    sy_model m = sample();
    m.bigrams[1].b = 'b';
    check_model(&m, "the bigrams of a row are out of order");
    m = sample();
    m.bigrams[2].a = 'A';
    check_model(&m, "the bigram rows are out of order");
    m = sample();
    m.bigrams[2].list.docs = beyond;
    check_model(&m, "does not hold what its head says");
    m = sample();
    m.bigrams[2].list.docs = beyond;
    m.bigrams[2].list.n = N + 1;
    check_model(&m, "a bigram row lies outside its entries");
}

static void test_manifest(void **state)
{
    (void)state;
    static const struct {
        sy_segment_ref ref;
        const char *want;
    } refs[] = {
        {{.number = 7, .n_records = N + 1, .n_docs = 1}, "not as many records or documents"},
        {{.number = 7, .n_records = N, .n_docs = 2}, "not as many records or documents"},
        {{.number = 7, .n_records = N, .n_docs = 1, .checksum = 1}, "not the segment that"},
        {{.number = 8, .n_records = N, .n_docs = 1}, "No such file"},
    };
    for (size_t i = 0; i < sizeof refs / sizeof *refs; i++) {
        sy_model m = sample();
        const char *dir = written(&m, refs[i].ref);
        check_says(dir, refs[i].want);
        sy_index *index;
        assert_true(sy_index_open(dir, &index, NULL) != SY_OK);
        assert_null(index);
        sy_model_free(&m);
    }
    sy_model m = sample();
    const char *dir = written(&m, sound);
    sy_model_free(&m);
    assert_int_equal(unlink(sy_files_join(dir, "manifest")), 0);
    uint64_t n;
    sy_error err;
    sy_error_clear(&err);
    assert_int_equal(sy_index_verify(dir, on_fault, NULL, &n, &err), SY_E_IO);
    assert_int_equal(err.sys, ENOENT);
}

/* Without memory or with a disk that fails there is no verdict of "sound". */
static void test_failures(void **state)
{
    (void)state;
    sy_model m = sample();
    const char *dir = written(&m, sound);
    sy_model_free(&m);
    for (int io = 0; io < 2; io++) {
        bool reached = true;
        for (unsigned long n = 1; reached; n++) {
            uint64_t faults;
            if (io)
                sy_io_fail_at(n, EIO);
            else
                sy_alloc_fail_at(n, false);
            sy_status st = sy_index_verify(dir, NULL, NULL, &faults, NULL);
            reached = (io ? sy_io_fail_at(0, 0) : sy_alloc_fail_at(0, false)) >= n;
            assert_int_equal(reached, st != SY_OK || faults > 0);
            assert_true(st == SY_OK || st == (io ? SY_E_IO : SY_E_NOMEM));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),    cmocka_unit_test(test_records),
        cmocka_unit_test(test_terms),    cmocka_unit_test(test_characters),
        cmocka_unit_test(test_grams),    cmocka_unit_test(test_bigrams),
        cmocka_unit_test(test_manifest), cmocka_unit_test(test_failures),
    };
    sy_files_in_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
