/* Whether the lists of an index are those of its records. */
#include "indexer/deep_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "segmenter/cut.h"
#include "store/manifest.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/model.h"
#include "tests/support/small_index.h"

static char heard[400];

static void on_fault(void *ctx, const char *file, uint64_t offset, const char *what)
{
    (void)ctx;
    snprintf(heard, sizeof heard, "%s at %llu: %s", file, (unsigned long long)offset, what);
}

static uint64_t faults(const char *dir, size_t *passed_over)
{
    uint64_t n;
    sy_error err;
    sy_error_clear(&err);
    heard[0] = '\0';
    check_ok(sy_index_deep_check(dir, on_fault, NULL, &n, passed_over, &err), &err);
    return n;
}

static void put(const char *docs, const char *name, const char *text)
{
    sy_files_write(sy_files_join(docs, name), text, strlen(text));
}

static void index_docs(const char *dir, const char *docs)
{
    sy_index_summary sum;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_test_index(dir, docs, &sum, &err), &err);
}

static void test_sound(void **state)
{
    (void)state;
    const char *docs = sy_files_folder("docs"), *dir = sy_files_folder("index");
    size_t passed_over;
    put(docs, "a.jsonl",
        "{\"id\":\"1\",\"unit\":\"区商投局\",\"status\":\"资金短缺，区商投局\"}\n");
    put(docs, "b.jsonl",
        "{\"id\":\"1\",\"status\":\"3d资金短缺\"}\n{\"id\":\"2\",\"status\":\"无\"}\n"
        "{\"id\":\"3\",\"status\":\"无\"}\n{\"id\":\"4\",\"status\":\"无\"}\n");
    index_docs(dir, docs);
    assert_int_equal(faults(dir, &passed_over), 0);
    assert_int_equal(passed_over, 0);
    put(docs, "a.jsonl", "{\"id\":\"1\",\"unit\":\"区财政局\",\"status\":\"资金到位\"}\n");
    index_docs(dir, docs); /* the old record stays in its segment */
    assert_int_equal(faults(dir, &passed_over), 0);
    assert_int_equal(passed_over, 0);
    sy_test_tiers = (sy_tiers){.recut = 1};
    put(docs, "a.jsonl", "{\"id\":\"1\",\"unit\":\"3d资金\",\"status\":\"资金到位\"}\n");
    index_docs(dir, docs); /* its name stands in b.jsonl: those words are of another lexicon */
    assert_int_equal(faults(dir, &passed_over), 0);
    assert_int_equal(passed_over, 1);
    sy_test_tiers = (sy_tiers){0};
}

/* A segment whose lists have nothing to do with its records, under checksums that fit. */
static void write_other(const char *dir, const char *icu)
{
    static const sy_model_sizes sizes = {
        .n_records = 40, .n_docs = 2, .n_bigrams = 30, .n_terms = 30};
    sy_model m;
    size_t len;
    char name[] = "seg-0000000000000007";
    sy_model_random(&sizes, &m);
    sy_model_write(&m, sy_files_join(dir, name), 7);
    uint8_t *bytes = sy_files_read(sy_files_join(dir, name), &len);
    sy_segment_ref ref = {.number = 7,
                          .len = len,
                          .checksum = sy_get_u64(bytes + len - 16),
                          .n_records = 40,
                          .n_docs = 2};
    sy_manifest manifest = {.schema = SY_SCHEMA_INIT, .segments = &ref, .n_segments = 1};
    sy_index *like;
    const char *docs = sy_files_folder("like-docs"), *like_dir = sy_files_folder("like");
    put(docs, "a.jsonl", "{\"id\":\"1\"}\n");
    index_docs(like_dir, docs);
    check_ok(sy_index_open(like_dir, &like, NULL), NULL);
    manifest.info = like->info;
    sy_index_close(like);
    memcpy(manifest.info.uuid, sy_model_uuid, 16);
    strcpy(manifest.info.icu_version, icu);
    for (int i = 0; i < 8; i++) {
        char field[8];
        sy_field_id id;
        int n = snprintf(field, sizeof field, "f%d", i);
        check_ok(sy_schema_add(&manifest.schema, field, (size_t)n, NULL, SY_FIELD_TEXT, &id, NULL),
                 NULL);
    }
    ref.lexicon_hash = manifest.info.lexicon_hash;
    check_ok(sy_manifest_commit(dir, &manifest, NULL), NULL);
    sy_schema_release(&manifest.schema);
    sy_model_free(&m);
    free(bytes);
}

static void test_other_lists(void **state)
{
    (void)state;
    const char *dir = sy_files_folder("other");
    size_t passed_over;
    write_other(dir, sy_icu_version());
    assert_int_equal(faults(dir, &passed_over), 1);
    assert_non_null(strstr(heard, "seg-0000000000000007 at "));
    assert_non_null(strstr(heard, "are not those that its records make"));
}

static void test_other_rules(void **state)
{
    (void)state;
    const char *dir = sy_files_folder("rules");
    uint64_t n;
    size_t passed_over;
    sy_error err;
    sy_error_clear(&err);
    write_other(dir, "1.0");
    assert_int_equal(sy_index_deep_check(dir, on_fault, NULL, &n, &passed_over, &err), SY_E_INPUT);
    assert_non_null(strstr(err.msg, "index anew"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sound),
                                       cmocka_unit_test(test_other_lists),
                                       cmocka_unit_test(test_other_rules)};
    sy_files_in_memory();
    sy_random_init("test_deep_check");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
