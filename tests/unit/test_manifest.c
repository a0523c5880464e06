#include "store/manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/io.h"
#include "store/file.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

static void add_field(sy_schema *s, const char *name, const char *label, sy_field_kind kind,
                      const char *alias)
{
    sy_field_id id;
    check_ok(sy_schema_add(s, name, strlen(name), label, kind, &id, NULL), NULL);
    if (alias)
        check_ok(sy_schema_alias(s, id, alias, strlen(alias), NULL), NULL);
}

static const uint32_t deleted[] = {0, 1, 126, 127};
static sy_segment_ref refs[3] = {
    {.number = 1, .len = 96, .checksum = 5, .n_records = 0, .n_docs = 0},
    {.number = 300,
     .len = UINT64_MAX,
     .checksum = UINT64_MAX,
     .n_records = 127,
     .n_docs = 128,
     .lexicon_hash = 12,
     .deleted = deleted,
     .n_deleted = 4},
    {.number = UINT64_MAX,
     .len = 1,
     .checksum = 0,
     .n_records = UINT32_MAX,
     .n_docs = 1,
     .lexicon_hash = UINT64_MAX,
     .deleted = deleted,
     .n_deleted = 1}};

/* Given: sy_schema_release. */
static sy_manifest sample(size_t n_segments)
{
    sy_manifest m = {.schema = SY_SCHEMA_INIT,
                     .aliases = {"局 = 局甲\n", 13},
                     .user_words = {"区商投局\n", 13},
                     .lexicon = {"any\0bytes", 9},
                     .segments = refs,
                     .n_segments = n_segments};
    m.info = (sy_index_info){.generation = 7,
                             .committed_ns = -5,
                             .norm_flags = 1,
                             .rules_hash = 11,
                             .lexicon_hash = 12,
                             .aliases_hash = 13,
                             .next_segment = 301};
    memcpy(m.info.uuid, "fedcba9876543210", 16);
    strcpy(m.info.icu_version, "72.1");
    add_field(&m.schema, "unit", "责任单位", SY_FIELD_NAMES, "责任部门");
    add_field(&m.schema, "经费", NULL, SY_FIELD_TEXT, NULL);
    add_field(&m.schema, "day", "日期", SY_FIELD_DATE, "date");
    add_field(&m.schema, "n", "数", SY_FIELD_NUMBER, NULL);
    add_field(&m.schema, "k", "", SY_FIELD_KEYWORD, NULL);
    m.schema.fields[0].pinyin = m.schema.fields[4].pinyin = true;
    return m;
}

static void check_same(const sy_manifest *got, const sy_manifest *want)
{
    assert_memory_equal(got->info.uuid, want->info.uuid, 16);
    assert_int_equal(got->info.generation, want->info.generation);
    assert_true(got->info.committed_ns == want->info.committed_ns);
    assert_int_equal(got->info.norm_flags, want->info.norm_flags);
    assert_string_equal(got->info.icu_version, want->info.icu_version);
    assert_int_equal(got->info.rules_hash, want->info.rules_hash);
    assert_int_equal(got->info.lexicon_hash, want->info.lexicon_hash);
    assert_int_equal(got->info.aliases_hash, want->info.aliases_hash);
    assert_int_equal(got->info.next_segment, want->info.next_segment);
    assert_true(sy_schema_equal(&got->schema, &want->schema));
    assert_true(sy_slice_equal(got->aliases, want->aliases));
    assert_true(sy_slice_equal(got->user_words, want->user_words));
    assert_true(sy_slice_equal(got->lexicon, want->lexicon));
    assert_int_equal(got->n_segments, want->n_segments);
    for (size_t i = 0; i < want->n_segments; i++) {
        assert_true(got->segments[i].number == want->segments[i].number);
        assert_true(got->segments[i].len == want->segments[i].len);
        assert_true(got->segments[i].checksum == want->segments[i].checksum);
        assert_true(got->segments[i].n_records == want->segments[i].n_records);
        assert_true(got->segments[i].n_docs == want->segments[i].n_docs);
        assert_true(got->segments[i].lexicon_hash == want->segments[i].lexicon_hash);
        assert_int_equal(got->segments[i].n_deleted, want->segments[i].n_deleted);
        for (size_t k = 0; k < want->segments[i].n_deleted; k++)
            assert_int_equal(got->segments[i].deleted[k], want->segments[i].deleted[k]);
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    const char *dir = sy_files_folder("round");
    for (size_t n = 0; n <= 3; n++) { /* each replaces the one before */
        sy_manifest m = sample(n), got;
        sy_error err;
        sy_error_clear(&err);
        check_ok(sy_manifest_commit(dir, &m, &err), &err);
        assert_false(sy_files_exists(sy_files_join(dir, "tmp-manifest")));
        check_ok(sy_manifest_read(dir, &got, &err), &err);
        check_same(&got, &m);
        sy_manifest_release(&got);
        sy_schema_release(&m.schema);
    }
    sy_manifest bare = {.schema = SY_SCHEMA_INIT}, got;
    memset(bare.info.icu_version, 'x', sizeof bare.info.icu_version - 1);
    check_ok(sy_manifest_commit(dir, &bare, NULL), NULL);
    check_ok(sy_manifest_read(dir, &got, NULL), NULL);
    check_same(&got, &bare);
    sy_manifest_release(&got);
    sy_manifest_release(&got);
}

static void test_missing(void **state)
{
    (void)state;
    sy_manifest m;
    sy_error err;
    sy_error_clear(&err);
    assert_int_equal(sy_manifest_read(sy_files_folder("missing"), &m, &err), SY_E_IO);
    assert_int_equal(err.sys, ENOENT);
    assert_null(m.file);
    assert_int_equal(m.schema.n_fields + m.n_segments, 0);
}

/* Bytes that say something else, under checksums that fit. */
static void test_contradictions(void **state)
{
    (void)state;
    const char *dir = sy_files_folder("contradict"), *path = sy_files_join(dir, "manifest");
    sy_manifest m = sample(2), got;
    check_ok(sy_manifest_commit(dir, &m, NULL), NULL);
    sy_schema_release(&m.schema);
    size_t len;
    uint8_t *b = sy_files_read(path, &len);
    const struct {
        size_t at;
        uint8_t byte;
    } changes[] = {
        {48, 8},            /* generation, which the header has too */
        {48 + 20, 1},       /* reserved */
        {48 + 55, 'x'},     /* the ICU version's NUL */
        {48 + 88, 4},       /* one field less */
        {48 + 88, 6},       /* one more */
        {48 + 88 + 1, 5},   /* a kind that is none */
        {48 + 88 + 3, 200}, /* a name past the end */
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        uint8_t held = b[changes[i].at];
        b[changes[i].at] = changes[i].byte;
        sy_files_reseal(b, len);
        sy_files_write(path, b, len);
        b[changes[i].at] = held;
        if (sy_manifest_read(dir, &got, NULL) != SY_E_CORRUPT)
            fail_msg("change %zu", i);
        assert_null(got.file);
    }
    sy_files_reseal(b, len);
    sy_files_write(path, b, len);
    check_ok(sy_manifest_read(dir, &got, NULL), NULL);
    sy_manifest_release(&got);
    free(b);
}

/* Before the rename the old commit stands, after it the new one. */
static void test_commit_fails(void **state)
{
    (void)state;
    const char *dir = sy_files_folder("commit");
    sy_manifest old = sample(1), new = sample(3), got;
    new.info.generation = 8;
    unsigned long n = 1, renamed = 0;
    for (sy_status st = SY_E_IO; st != SY_OK; n++) {
        check_ok(sy_manifest_commit(dir, &old, NULL), NULL);
        sy_io_fail_at(n, ENOSPC);
        st = sy_manifest_commit(dir, &new, NULL);
        sy_io_fail_at(0, 0);
        assert_true(st == SY_OK || st == SY_E_IO);
        check_ok(sy_manifest_read(dir, &got, NULL), NULL);
        bool is_new = got.info.generation == 8;
        renamed += is_new;
        check_same(&got, is_new ? &new : &old);
        assert_true(is_new || st != SY_OK);
        sy_index_sweep(dir, &got);
        assert_int_equal(sy_files_count(dir, "tmp-"), 0);
        sy_manifest_release(&got);
    }
    assert_in_range(n, 8, 14);
    assert_in_range(renamed, 1, 3);
    for (n = 1;; n++) {
        sy_alloc_fail_at(n, true);
        sy_status st = sy_manifest_commit(dir, &new, NULL);
        sy_alloc_fail_at(0, false);
        sy_index_sweep(dir, NULL);
        if (st == SY_OK)
            break;
        assert_int_equal(st, SY_E_NOMEM);
    }
    for (n = 1;; n++) {
        sy_alloc_fail_at(n, true);
        sy_status st = sy_manifest_read(dir, &got, NULL);
        sy_alloc_fail_at(0, false);
        sy_manifest_release(&got);
        if (st == SY_OK)
            break;
        assert_int_equal(st, SY_E_NOMEM);
    }
    sy_schema_release(&old.schema);
    sy_schema_release(&new.schema);
}

/* Only what a writer makes is swept; names that look like it are not. */
static void test_sweep(void **state)
{
    (void)state;
    static const char *const foreign[] = {"tmp-x",
                                          "tmp-runs",
                                          "tmp-",
                                          "seg-y",
                                          "tmp-manifest.bak",
                                          "seg-000000000000000G",
                                          "seg-001",
                                          "SEG-0000000000000002",
                                          "seg-00000000000000002",
                                          "manifest.old",
                                          "lock",
                                          "seg-00000000000000AB"};
    static const char *const scratch[] = {"tmp-manifest", "tmp-records", "tmp-run-0-0",
                                          "tmp-run-12-345"};
    static const char *const live[] = {"seg-0000000000000001", "seg-000000000000012c"};
    static const char *const dead[] = {"seg-0000000000000002", "seg-ffffffffffffffff"};
    const char *dir = sy_files_folder("sweep");
    for (size_t i = 0; i < 12; i++)
        sy_files_write(sy_files_join(dir, foreign[i]), "x", 1);
    sy_manifest m = {.segments = refs, .n_segments = 2};
    for (int round = 0; round < 2; round++) { /* without a manifest, then with */
        for (size_t i = 0; i < 4; i++)
            sy_files_write(sy_files_join(dir, scratch[i]), "x", 1);
        for (size_t i = 0; i < 2; i++) {
            sy_files_write(sy_files_join(dir, live[i]), "x", 1);
            sy_files_write(sy_files_join(dir, dead[i]), "x", 1);
        }
        sy_index_sweep(dir, round ? &m : NULL);
        for (size_t i = 0; i < 12; i++)
            assert_true(sy_files_exists(sy_files_join(dir, foreign[i])));
        for (size_t i = 0; i < 4; i++)
            assert_false(sy_files_exists(sy_files_join(dir, scratch[i])));
        for (size_t i = 0; i < 2; i++) {
            assert_true(sy_files_exists(sy_files_join(dir, live[i])));
            assert_int_equal(sy_files_exists(sy_files_join(dir, dead[i])), round == 0);
        }
    }
    sy_index_sweep(sy_files_join(dir, "no such folder"), &m);
    /* A folder of such a name is no file of ours. */
    assert_int_equal(mkdir(sy_files_join(dir, "tmp-run-folder"), 0777), 0);
    sy_index_sweep(dir, &m);
    assert_true(sy_files_exists(sy_files_join(dir, "tmp-run-folder")));
}

static void test_names(void **state)
{
    (void)state;
    uint64_t n;
    sy_buf path = SY_BUF_INIT;
    static const uint64_t numbers[] = {0, 1, 0xabcdef, UINT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        check_ok(sy_segment_path("d", numbers[i], &path, NULL), NULL);
        assert_true(sy_segment_number(path.data + 2, &n));
        assert_true(n == numbers[i]);
    }
    check_ok(sy_segment_path("a b", 0xAB, &path, NULL), NULL);
    assert_string_equal(path.data, "a b/seg-00000000000000ab");
    check_ok(sy_index_path("d/", "lock", &path, NULL), NULL);
    assert_string_equal(path.data, "d//lock");
    static const char *const wrong[] = {"",
                                        "seg-",
                                        "seg-00000000000000A0",
                                        "seg-000000000000000",
                                        "seg-00000000000000000",
                                        "seg-000000000000000g",
                                        "tmp-0000000000000000"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(sy_segment_number(wrong[i], &n));
    sy_buf_release(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_missing),
        cmocka_unit_test(test_contradictions), cmocka_unit_test(test_commit_fails),
        cmocka_unit_test(test_sweep),          cmocka_unit_test(test_names),
    };
    sy_files_in_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
