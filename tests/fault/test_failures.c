/* Every allocation and every operation on files fails once, in a build, an update, and an
 * open with queries. Afterwards the index is as it was or as it should become, and the next
 * run leaves nothing behind. What leaks is told by the address sanitizer. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/io.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/small_index.h"

static const char doc_a[] =
    "{\"id\":\"1\",\"item\":\"招商引资\",\"unit\":[\"区商投局\",\"区财政局\"],\"status\":"
    "\"资金短缺\"}\n"
    "{\"id\":\"2\",\"item\":\"城市更新\",\"unit\":[\"区住建局\"],\"status\":\"无\"}\n";
static const char doc_b[] =
    "{\"id\":\"x\",\"item\":\"招商活动\",\"unit\":\"区商投局\",\"status\":\"无\"}\n";
static const char doc_c[] =
    "{\"id\":\"y\",\"item\":\"办两场\",\"unit\":\"区商投局\",\"status\":\"加快\"}\n";

static char docs[320], index_dir[320], base_dir[320], a_path[330], b_path[330];

/* What fails: allocations (once, or from then on), or operations on files with an errno. */
typedef struct failing {
    const char *name;
    bool alloc, sticky;
    int sys;
} failing;

static const failing kinds[] = {{"an allocation", true, false, 0},
                                {"all allocations", true, true, 0},
                                {"a file operation (ENOSPC)", false, false, ENOSPC},
                                {"a file operation (EIO)", false, false, EIO},
                                {"a file operation (EINTR)", false, false, EINTR}};

static void arm(const failing *f, unsigned long n)
{
    if (f->alloc)
        sy_alloc_fail_at(n, f->sticky);
    else
        sy_io_fail_at(n, f->sys);
}

/* Ends failing; true if the n-th call was reached. */
static bool disarm(const failing *f, unsigned long n)
{
    return (f->alloc ? sy_alloc_fail_at(0, false) : sy_io_fail_at(0, 0)) >= n;
}

static void prepare(void)
{
    sy_scratch_path(docs, "docs");
    sy_scratch_path(index_dir, "index");
    sy_scratch_path(base_dir, "base");
    snprintf(a_path, sizeof a_path, "%s/a.jsonl", docs);
    snprintf(b_path, sizeof b_path, "%s/b.jsonl", docs);
    sy_test_remove(docs);
    assert_int_equal(sy_make_dirs(docs, NULL), SY_OK);
    sy_test_write(a_path, doc_a, sizeof doc_a - 1);
    sy_test_write(b_path, doc_b, sizeof doc_b - 1);
}

static bool has_manifest(void)
{
    char path[340];
    sy_path_info info;
    snprintf(path, sizeof path, "%s/manifest", index_dir);
    assert_int_equal(sy_path_look(path, false, &info, NULL), SY_OK);
    return info.kind == SY_PATH_FILE;
}

/* Of the segment behind its header, which has the uuid of the index. */
static uint64_t segment_hash(const char *dir)
{
    enum { HEADER = 48 };
    size_t len;
    uint8_t *bytes = sy_files_read(sy_files_segment(dir), &len);
    uint64_t hash = sy_hash64(bytes + HEADER, len - HEADER);
    free(bytes);
    return hash;
}

/* Runs the indexer once for each n. old_dir NULL: there is no index before. `before` and
 * `after` are the fingerprints of an index without and with the run. */
static void fail_everywhere(const failing *f, const char *old_dir, uint64_t before, uint64_t after)
{
    bool reached = true;
    unsigned long n = 1;
    for (; reached; n++) {
        sy_error err;
        sy_index_summary sum;
        sy_error_clear(&err);
        sy_test_remove(index_dir);
        if (old_dir)
            sy_test_copy(old_dir, index_dir);
        arm(f, n);
        sy_status st = sy_test_index(index_dir, docs, &sum, &err);
        reached = disarm(f, n);
        if (st != SY_OK) {
            assert_int_equal(err.status, st);
            assert_true(err.msg[0] != '\0');
        }
        bool there = has_manifest();
        uint64_t now = there ? sy_test_fingerprint(index_dir) : 0;
        if (st == SY_OK && sum.skipped == 0 && now != after)
            fail_msg("%s, call %lu: success, and the index lacks something", f->name, n);
        if (st == SY_OK && sum.skipped == 0 && !old_dir &&
            segment_hash(index_dir) != segment_hash(base_dir))
            fail_msg("%s, call %lu: success, and the segment has other bytes", f->name, n);
        if (st != SY_OK && now != after && now != before)
            fail_msg("%s, call %lu: the index is neither as before nor whole", f->name, n);
        if (st != SY_OK && !there && !f->sticky) /* the folder is gone too */
            assert_non_null(strstr(" none lock ", sy_test_listing(index_dir)));
        sy_error_clear(&err);
        check_ok(sy_test_index(index_dir, docs, &sum, &err), &err);
        assert_int_equal(sy_test_fingerprint(index_dir), after);
        const char *left = sy_test_listing(index_dir);
        assert_int_equal(strncmp(left, "lock manifest seg", 17), 0);
        assert_null(strstr(left, "tmp"));
    }
    print_message("%s: %lu calls\n", f->name, n - 2);
}

static uint64_t build(const char *dir)
{
    sy_error err;
    sy_index_summary sum;
    sy_error_clear(&err);
    check_ok(sy_test_index(dir, docs, &sum, &err), &err);
    assert_int_equal(sum.skipped, 0);
    return sy_test_fingerprint(dir);
}

static void test_build(void **state)
{
    (void)state;
    prepare();
    sy_test_remove(base_dir);
    uint64_t after = build(base_dir);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        fail_everywhere(&kinds[i], NULL, 0, after);
}

static void test_update(void **state)
{
    (void)state;
    char updated[320];
    prepare();
    sy_test_remove(base_dir);
    uint64_t before = build(base_dir);
    sy_test_write(b_path, doc_c, sizeof doc_c - 1);
    sy_test_copy(base_dir, sy_scratch_path(updated, "updated"));
    uint64_t after = build(updated);
    assert_true(before != after);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        fail_everywhere(&kinds[i], base_dir, before, after);
}

/* An update that writes two segments of before again. */
static void test_merge(void **state)
{
    (void)state;
    char updated[320], c_path[340], d_path[340];
    prepare();
    snprintf(c_path, sizeof c_path, "%s/c.jsonl", docs);
    snprintf(d_path, sizeof d_path, "%s/d.jsonl", docs);
    sy_test_remove(base_dir);
    sy_test_tiers = (sy_tiers){.factor = 3, .least = 1 << 20, .recut = 1};
    build(base_dir);
    sy_test_write(c_path, doc_c, sizeof doc_c - 1);
    uint64_t before = build(base_dir);
    assert_string_equal(sy_test_listing(base_dir), "lock manifest seg seg");
    sy_test_write(d_path, doc_c, sizeof doc_c - 1);
    sy_test_copy(base_dir, sy_scratch_path(updated, "updated"));
    uint64_t after = build(updated);
    assert_string_equal(sy_test_listing(updated), "lock manifest seg");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        fail_everywhere(&kinds[i], base_dir, before, after);
    sy_test_tiers = (sy_tiers){0};
}

static void test_open_and_query(void **state)
{
    (void)state;
    prepare();
    sy_test_remove(base_dir);
    build(base_dir);
    uint64_t hits, want_hits;
    check_ok(sy_test_read_all(base_dir, &want_hits, NULL), NULL);
    assert_true(want_hits > 0);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        bool reached = true;
        for (unsigned long n = 1; reached; n++) {
            sy_error err;
            sy_error_clear(&err);
            arm(&kinds[i], n);
            sy_status st = sy_test_read_all(base_dir, &hits, &err);
            reached = disarm(&kinds[i], n);
            sy_status want = kinds[i].alloc ? SY_E_NOMEM : SY_E_IO;
            /* What was not needed may fail: then the answers are all there. */
            if (st == SY_OK ? hits != want_hits : !reached || st != want)
                fail_msg("%s, call %lu of a query: status %d: %s", kinds[i].name, n, (int)st,
                         err.msg);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_build), cmocka_unit_test(test_update),
                                       cmocka_unit_test(test_merge),
                                       cmocka_unit_test(test_open_and_query)};
    /* Thousands of runs, each with its fsyncs: in memory where there is such a folder. */
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
