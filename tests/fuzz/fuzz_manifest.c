/* The sections of a manifest under checksums that fit, see sy_fuzz_file. What is read is
 * written again, and read as the same. */
#include "store/format.h"
#include "store/manifest.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/files.h"

static void check_same(const sy_manifest *a, const sy_manifest *b)
{
    assert_true(sy_schema_equal(&a->schema, &b->schema));
    assert_true(sy_slice_equal(a->aliases, b->aliases));
    assert_true(sy_slice_equal(a->user_words, b->user_words));
    assert_true(sy_slice_equal(a->lexicon, b->lexicon));
    assert_int_equal(a->n_segments, b->n_segments);
    for (size_t i = 0; i < a->n_segments; i++) {
        const sy_segment_ref *s = &a->segments[i], *t = &b->segments[i];
        assert_true(s->number == t->number && s->len == t->len && s->checksum == t->checksum);
        assert_true(s->n_records == t->n_records && s->n_docs == t->n_docs);
        assert_true(s->lexicon_hash == t->lexicon_hash && s->n_deleted == t->n_deleted);
        for (size_t k = 0; k < s->n_deleted; k++)
            assert_int_equal(s->deleted[k], t->deleted[k]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t uuid[16] = {1};
    static const char *dir, *copy;
    sy_manifest m, again;
    sy_error err;
    sy_error_clear(&err);
    if (!dir) {
        dir = sy_files_folder("fuzz");
        copy = sy_files_folder("copy");
    }
    sy_fuzz_file(sy_files_join(dir, "manifest"), SY_FILE_MANIFEST, 1, uuid, data, size);
    sy_status st = sy_manifest_read(dir, &m, &err);
    sy_fuzz_status(st, &err);
    if (st == SY_OK) {
        check_ok(sy_manifest_commit(copy, &m, &err), &err);
        check_ok(sy_manifest_read(copy, &again, &err), &err);
        check_same(&m, &again);
        sy_manifest_release(&again);
    }
    sy_manifest_release(&m);
    return 0;
}
