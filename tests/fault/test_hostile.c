/* Indexes with all that a large one has, many blocks of terms, full blocks of postings,
 * many documents, phrases and grams, and damaged: what the checksums see, verify names; what they
 * cannot see, since they were made to fit again, does no harm to a reader.
 *
 * SY_ROUNDS sets the number of random changes, SY_SEED the random numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/bytes.h"
#include "indexer/index_paths.h"
#include "store/file.h"
#include "store/index.h"
#include "store/manifest.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/model.h"
#include "tests/support/read_hostile.h"

enum { SEGMENT = 7, N_FIELDS = 40 };

/* A sound index, what to look up in it, and the folder of its damaged copies. */
typedef struct victim {
    const char *good, *bad;
    uint8_t *segment, *manifest;
    size_t segment_len, manifest_len;
    char segment_name[32];
    sy_probes probes;
} victim;

/* ---- victims ---- */

static void load(victim *v)
{
    uint64_t faults;
    check_ok(sy_index_verify(v->good, NULL, NULL, &faults, NULL), NULL);
    assert_int_equal(faults, 0);
    const char *path = sy_files_segment(v->good);
    snprintf(v->segment_name, sizeof v->segment_name, "%s", strrchr(path, '/') + 1);
    v->segment = sy_files_read(path, &v->segment_len);
    v->manifest = sy_files_read(sy_files_join(v->good, "manifest"), &v->manifest_len);
    sy_files_copy(v->good, v->bad);
    sy_probes_gather(v->good, &v->probes);
}

static void release(victim *v)
{
    sy_probes_release(&v->probes);
    free(v->segment);
    free(v->manifest);
}

/* Commits a manifest to `dir` that names the segment there as it is. */
static void commit(const char *dir, const sy_manifest *like, const uint8_t *segment, size_t len)
{
    sy_manifest m = *like;
    sy_segment_ref ref = like->segments[0];
    ref.len = len;
    ref.checksum = sy_get_u64(segment + len - 16);
    m.segments = &ref;
    m.n_segments = 1;
    check_ok(sy_manifest_commit(dir, &m, NULL), NULL);
}

static victim model_victim(const sy_model_sizes *sizes)
{
    victim v = {.good = sy_files_folder("good"), .bad = sy_files_folder("bad")};
    sy_model model;
    char name[] = "seg-0000000000000007";
    sy_model_random(sizes, &model);
    sy_model_write(&model, sy_files_join(v.good, name), SEGMENT);
    sy_segment_ref ref = {.number = SEGMENT, .n_records = model.n_records, .n_docs = model.n_docs};
    sy_manifest m = {.schema = SY_SCHEMA_INIT, .segments = &ref, .n_segments = 1};
    memcpy(m.info.uuid, sy_model_uuid, sizeof m.info.uuid);
    for (int i = 0; i < N_FIELDS; i++) {
        char field[16];
        sy_field_id id;
        int n = snprintf(field, sizeof field, "f%d", i);
        check_ok(sy_schema_add(&m.schema, field, (size_t)n, NULL, SY_FIELD_TEXT, &id, NULL), NULL);
    }
    size_t len;
    uint8_t *bytes = sy_files_read(sy_files_join(v.good, name), &len);
    commit(v.good, &m, bytes, len);
    free(bytes);
    sy_schema_release(&m.schema);
    sy_model_free(&model);
    load(&v);
    return v;
}

/* A small model: three hundred records, lists of up to two full blocks and a rest. */
static const sy_model_sizes small_sizes = {
    .n_records = 270, .n_docs = 9, .n_bigrams = 40, .n_terms = 60};

static victim ledger_victim(void)
{
    victim v = {.good = sy_files_folder("good"), .bad = sy_files_folder("bad")};
    sy_index_options o = {.dir = v.good, .jobs = 1};
    sy_index_summary sum;
    sy_error err;
    sy_error_clear(&err);
    const char *paths[] = {"corpus/qihe-2023.txt"};
    check_ok(sy_index_paths(&o, paths, 1, &sum, &err), &err);
    assert_true(sum.total_records > 5);
    load(&v);
    return v;
}

/* Enough text of a kind that phrases and grams are learned from it. */
static victim rich_victim(void)
{
    static const char *const stock[] = {"民事诉讼法", "有限责任公司", "的规定", "人民共和国",
                                        "年1月1日",   "abc技术",      "，",     "资金"};
    victim v = {.good = sy_files_folder("good"), .bad = sy_files_folder("bad")};
    const char *docs = sy_files_folder("docs");
    sy_buf b = SY_BUF_INIT;
    for (int i = 0; i < 1100; i++) {
        sy_buf_printf(&b, "{\"id\":\"%d\",\"text\":\"", i);
        for (uint32_t n = 4 + sy_random_below(10); n > 0; n--)
            sy_buf_puts(&b, stock[sy_random_below(8)]);
        sy_buf_puts(&b, "\"}\n");
    }
    sy_files_write(sy_files_join(docs, "a.jsonl"), b.data, b.len);
    sy_buf_release(&b);
    sy_index_options o = {.dir = v.good, .jobs = 1};
    sy_index_summary sum;
    check_ok(sy_index_paths(&o, &docs, 1, &sum, NULL), NULL);
    load(&v);
    sy_index *index;
    sy_region_size regions[SY_SECTIONS_MAX];
    sy_buf bits = SY_BUF_INIT;
    sy_postings_ref ref;
    check_ok(sy_index_open(v.good, &index, NULL), NULL);
    for (size_t n = sy_segment_regions(index->segments[0], regions, SY_SECTIONS_MAX); n > 0; n--)
        assert_true(strcmp(regions[n - 1].name, "phrases") != 0 || regions[n - 1].bytes > 0);
    check_ok(sy_segment_gram(index->segments[0], sy_slice_of("诉讼法"), &bits, &ref, NULL), NULL);
    assert_true(ref.df > 0);
    sy_buf_release(&bits);
    sy_index_close(index);
    return v;
}

/* ---- what the checksums see ---- */

static void check_named(const victim *v, const char *what, size_t at)
{
    uint64_t faults;
    sy_status st = sy_index_verify(v->bad, NULL, NULL, &faults, NULL);
    if (st != SY_OK || faults == 0)
        fail_msg("%s at byte %zu: status %d, %llu faults", what, at, (int)st,
                 (unsigned long long)faults);
}

/* One bit of every byte, or of `most` of them. */
static void flip_bits(const victim *v, const char *name, uint8_t *bytes, size_t len, size_t most)
{
    const char *path = sy_files_join(v->bad, name);
    char kept[300];
    snprintf(kept, sizeof kept, "%s", path);
    for (size_t i = 0; i < len && i < most; i++) {
        size_t at = len <= most ? i : sy_random_below((uint32_t)len);
        uint8_t held = bytes[at];
        bytes[at] = (uint8_t)(held ^ 1u << sy_random_below(8));
        sy_files_write(kept, bytes, len);
        bytes[at] = held;
        check_named(v, name, at);
    }
    sy_files_write(kept, bytes, len);
}

static void test_bits(void **state)
{
    (void)state;
    victim v = model_victim(&small_sizes);
    flip_bits(&v, v.segment_name, v.segment, v.segment_len, sy_rounds(1500));
    flip_bits(&v, "manifest", v.manifest, v.manifest_len, SIZE_MAX);
    release(&v);
    v = ledger_victim();
    flip_bits(&v, v.segment_name, v.segment, v.segment_len, sy_rounds(500));
    flip_bits(&v, "manifest", v.manifest, v.manifest_len, sy_rounds(500));
    release(&v);
    v = rich_victim();
    flip_bits(&v, v.segment_name, v.segment, v.segment_len, sy_rounds(60));
    release(&v);
}

static void test_cut(void **state)
{
    (void)state;
    victim v = ledger_victim();
    for (int which = 0; which < 2; which++) {
        const uint8_t *bytes = which ? v.manifest : v.segment;
        size_t len = which ? v.manifest_len : v.segment_len;
        const char *name = which ? "manifest" : v.segment_name;
        unsigned rounds = sy_rounds(300);
        for (unsigned i = 0; i < rounds; i++) {
            size_t cut = i < 100   ? i
                         : i < 200 ? len - 1 - (i - 100)
                                   : sy_random_below((uint32_t)len);
            sy_files_write(sy_files_join(v.bad, name), bytes, cut);
            check_named(&v, name, cut);
            if (i % 8 == 0)
                sy_read_hostile(v.bad, &v.probes);
        }
        sy_files_write(sy_files_join(v.bad, name), bytes, len);
    }
    release(&v);
}

/* ---- what they do not see ---- */

/* A byte of a section that is drawn first, so that small ones are hit as often. */
static size_t draw(const uint8_t *b, size_t len)
{
    const uint8_t *foot = b + len - SY_FOOTER_LEN;
    uint64_t table = sy_get_u64(foot), n = sy_get_u32(foot + 8);
    uint32_t which = sy_random_below((uint32_t)n + 3);
    if (which == n)
        return sy_random_below(SY_HEADER_LEN);
    if (which > n)
        return (size_t)table + sy_random_below((uint32_t)(len - table));
    const uint8_t *e = b + table + which * SY_TABLE_ENTRY_LEN;
    uint64_t offset = sy_get_u64(e + 8), size = sy_get_u64(e + 16);
    if (size == 0)
        return (size_t)table;
    /* The front holds the heads of what follows. */
    return (size_t)offset +
           sy_random_below((uint32_t)(sy_random_below(3) || size < 64 ? size : 64));
}

/* `sound` is what b was before. */
static void spoil(const uint8_t *sound, uint8_t *b, size_t len)
{
    static const uint8_t odd[] = {0, 1, 0x7F, 0x80, 0xFF, 0xFE, 0x10, 0x20};
    for (uint32_t k = 1 + sy_random_below(3); k > 0; k--) {
        size_t at = draw(sound, len);
        switch (sy_random_below(4)) {
        case 0:
            b[at] = (uint8_t)(b[at] ^ 1u << sy_random_below(8));
            break;
        case 1:
            b[at] = odd[sy_random_below(sizeof odd)];
            break;
        case 2:
            b[at]++;
            break;
        default: /* a whole number */
            for (size_t i = 0; i < 4 && at + i < len; i++)
                b[at + i] = (uint8_t)(sy_random_below(2) ? 0xFF : sy_random());
            break;
        }
    }
    sy_files_reseal(b, len);
}

/* Spoils the segment; the manifest names it as it is now. */
static void spoil_segment(const victim *v, const sy_manifest *m)
{
    uint8_t *b = malloc(v->segment_len);
    assert_non_null(b);
    memcpy(b, v->segment, v->segment_len);
    spoil(v->segment, b, v->segment_len);
    sy_files_write(sy_files_join(v->bad, v->segment_name), b, v->segment_len);
    commit(v->bad, m, b, v->segment_len);
    free(b);
    sy_read_hostile(v->bad, &v->probes);
    sy_files_write(sy_files_join(v->bad, v->segment_name), v->segment, v->segment_len);
    sy_files_write(sy_files_join(v->bad, "manifest"), v->manifest, v->manifest_len);
}

static void spoil_manifest(const victim *v)
{
    uint8_t *b = malloc(v->manifest_len);
    assert_non_null(b);
    memcpy(b, v->manifest, v->manifest_len);
    spoil(v->manifest, b, v->manifest_len);
    sy_files_write(sy_files_join(v->bad, "manifest"), b, v->manifest_len);
    free(b);
    sy_read_hostile(v->bad, &v->probes);
    sy_files_write(sy_files_join(v->bad, "manifest"), v->manifest, v->manifest_len);
}

static void spoil_victim(const victim *v, unsigned rounds)
{
    sy_manifest m;
    check_ok(sy_manifest_read(v->good, &m, NULL), NULL);
    for (unsigned i = 0; i < rounds; i++) {
        if (i % 4 == 3)
            spoil_manifest(v);
        else
            spoil_segment(v, &m);
    }
    sy_manifest_release(&m);
}

static void test_resealed(void **state)
{
    (void)state;
    victim v = model_victim(&small_sizes);
    spoil_victim(&v, sy_rounds(2400));
    release(&v);
    v = ledger_victim();
    spoil_victim(&v, sy_rounds(150));
    release(&v);
    v = rich_victim();
    spoil_victim(&v, sy_rounds(100));
    release(&v);
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    assert_true(used.ru_maxrss < 1 << 20); /* KiB, with what a sanitizer takes */
}

/* Sections under each other's names, and two of a name. */
static void test_mixed_sections(void **state)
{
    (void)state;
    victim v = model_victim(&small_sizes);
    sy_manifest m;
    check_ok(sy_manifest_read(v.good, &m, NULL), NULL);
    uint8_t *foot = v.segment + v.segment_len - SY_FOOTER_LEN;
    uint8_t *table = v.segment + sy_get_u64(foot);
    uint32_t n = sy_get_u32(foot + 8);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < n; k++) {
            uint8_t *a = table + i * SY_TABLE_ENTRY_LEN, *b = table + k * SY_TABLE_ENTRY_LEN;
            uint32_t kind_a = sy_get_u32(a), kind_b = sy_get_u32(b);
            sy_put_u32(a, kind_b);
            sy_put_u32(b, i < k ? kind_a : kind_b);
            sy_files_reseal(v.segment, v.segment_len);
            sy_files_write(sy_files_join(v.bad, v.segment_name), v.segment, v.segment_len);
            commit(v.bad, &m, v.segment, v.segment_len);
            sy_read_hostile(v.bad, &v.probes);
            if (i != k)
                check_named(&v, "sections", i * 100 + k);
            sy_put_u32(a, kind_a);
            sy_put_u32(b, kind_b);
        }
    }
    sy_manifest_release(&m);
    release(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bits),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_resealed),
        cmocka_unit_test(test_mixed_sections),
    };
    sy_files_in_memory();
    sy_random_init("test_hostile");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
