#include "indexer/index_paths.h"
#include "indexer/old_index.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "store/manifest.h"
#include "tests/support/check.h"
#include "tests/support/small_index.h"

static char docs[320], dir[320], file_path[340];

/* docs/name, good until the next call. */
static const char *doc(const char *name)
{
    snprintf(file_path, sizeof file_path, "%s/%.16s", docs, name);
    return file_path;
}

static void write_doc(const char *name, const char *text)
{
    sy_test_write(doc(name), text, strlen(text));
}

static void set_mtime(const char *path, int64_t seconds, long ns)
{
    const struct timespec times[2] = {{.tv_sec = seconds, .tv_nsec = ns},
                                      {.tv_sec = seconds, .tv_nsec = ns}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static const char one[] = "{\"id\":\"1\",\"status\":\"资金短缺\"}\n";
static const char same_length[] = "{\"id\":\"1\",\"status\":\"用地紧张\"}\n";
static const char two[] = "{\"id\":\"1\",\"status\":\"无\"}\n{\"id\":\"2\",\"status\":\"无\"}\n";

static int fresh(void **state)
{
    (void)state;
    sy_scratch_path(docs, "docs");
    sy_scratch_path(dir, "index");
    sy_test_remove(docs);
    sy_test_remove(dir);
    assert_int_equal(sy_make_dirs(docs, NULL), SY_OK);
    write_doc("a.jsonl", one);
    write_doc("b.jsonl", two);
    return 0;
}

static sy_index_summary run_with(const sy_index_options *options)
{
    sy_error err;
    sy_index_summary sum;
    const char *paths[] = {docs};
    sy_error_clear(&err);
    check_ok(sy_index_paths(options, paths, 1, &sum, &err), &err);
    return sum;
}

static sy_index_summary run(void)
{
    return run_with(&(sy_index_options){.dir = dir, .jobs = 1});
}

static uint64_t generation(void)
{
    sy_index *index;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_index_open(dir, &index, &err), &err);
    uint64_t g = index->info.generation;
    sy_index_close(index);
    return g;
}

/* The first value of the record at a place in corpus order. */
static void check_value(uint32_t place, const char *want)
{
    sy_index *index;
    sy_error err;
    sy_stored record = {0};
    sy_error_clear(&err);
    check_ok(sy_index_open(dir, &index, &err), &err);
    sy_old_index old;
    check_ok(sy_old_index_open(index, &old, &err), &err);
    for (size_t i = 0; i < old.n_docs; i++) {
        sy_segment_doc d;
        sy_old_index_doc(&old, i, &d);
        if (place < d.n_records) {
            const sy_segment *seg = index->segments[old.docs[i].segment];
            check_ok(sy_segment_record(seg, d.first + place, &record, &err), &err);
            check_slice(record.values[0].text, want);
            break;
        }
        place -= d.n_records;
    }
    assert_true(record.n_values > 0);
    sy_old_index_release(&old);
    sy_stored_release(&record);
    sy_index_close(index);
}

static void test_no_change(void **state)
{
    (void)state;
    sy_index_summary sum = run();
    assert_int_equal(sum.documents, 2);
    assert_int_equal(sum.records, 3);
    assert_int_equal(sum.skipped, 0);
    uint64_t print = sy_test_fingerprint(dir);
    for (int i = 0; i < 3; i++) {
        if (i == 1) /* so old that size and time are enough */
            set_mtime(doc("a.jsonl"), 1000000000, 5);
        sum = run();
        assert_int_equal(sum.documents, 0);
        assert_int_equal(sum.kept_documents, 2);
        assert_int_equal(sum.kept_records, 3);
        assert_int_equal(sum.total_records, 3);
        assert_int_equal(generation(), 1);
    }
    assert_int_equal(sy_test_fingerprint(dir), print);
    assert_string_equal(sy_test_listing(dir), "lock manifest seg");
}

static void test_changed_removed_added(void **state)
{
    (void)state;
    run();
    write_doc("a.jsonl", "{\"id\":\"1\",\"status\":\"已改\"}\n");
    sy_index_summary sum = run();
    assert_int_equal(sum.replaced_documents, 1);
    assert_int_equal(sum.kept_documents, 1);
    assert_int_equal(generation(), 2);
    check_value(0, "已改"); /* in its old place */
    write_doc("A.jsonl", one);
    sum = run();
    assert_int_equal(sum.documents, 1);
    assert_int_equal(sum.total_records, 4);
    check_value(3, "资金短缺"); /* behind those that came before */
    assert_int_equal(unlink(doc("a.jsonl")), 0);
    sum = run();
    assert_int_equal(sum.removed_documents, 1);
    assert_int_equal(sum.total_records, 3);
    check_value(0, "无");
    assert_int_equal(generation(), 4);
    assert_string_equal(sy_test_listing(dir), "lock manifest seg seg");
    sy_test_fingerprint(dir);
}

static void test_all_removed(void **state)
{
    (void)state;
    run();
    unlink(doc("a.jsonl"));
    unlink(doc("b.jsonl"));
    sy_index_summary sum = run();
    assert_int_equal(sum.removed_documents, 2);
    assert_int_equal(sum.total_records, 0);
    assert_string_equal(sy_test_listing(dir), "lock manifest");
    sy_test_fingerprint(dir);
    write_doc("a.jsonl", one);
    assert_int_equal(run().total_records, 1);
    sy_test_fingerprint(dir);
}

/* Only what lies below the paths of a run can be gone. */
static void test_other_paths(void **state)
{
    (void)state;
    run();
    char path[340];
    snprintf(path, sizeof path, "%s", doc("b.jsonl"));
    unlink(doc("a.jsonl"));
    sy_index_options options = {.dir = dir, .jobs = 1};
    const char *paths[] = {path};
    sy_index_summary sum;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_index_paths(&options, paths, 1, &sum, &err), &err);
    assert_int_equal(sum.removed_documents, 0);
    assert_int_equal(sum.total_records, 3);
    snprintf(path, sizeof path, "%s", doc("gone.jsonl"));
    assert_int_equal(sy_index_paths(&options, paths, 1, &sum, &err), SY_E_INPUT);
}

/* A file that changed again within the tick in which it was read: same size, same time. */
static void test_racy_change(void **state)
{
    (void)state;
    struct stat info;
    run();
    assert_int_equal(stat(doc("a.jsonl"), &info), 0);
    write_doc("a.jsonl", same_length);
    set_mtime(doc("a.jsonl"), info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
    sy_index_summary sum = run();
    assert_int_equal(sum.replaced_documents, 1);
    check_value(0, "用地紧张");
}

static void test_rebuild(void **state)
{
    (void)state;
    run();
    uint64_t print = sy_test_fingerprint(dir);
    sy_index_options options = {.dir = dir, .jobs = 1, .rebuild = true};
    sy_index_summary sum = run_with(&options);
    assert_int_equal(sum.documents, 2);
    assert_int_equal(sum.kept_documents, 0);
    assert_int_equal(generation(), 2);
    /* Over a damaged index: refused without --rebuild, which makes it whole. */
    sy_names names;
    assert_int_equal(sy_list_folder(dir, &names, NULL), SY_OK);
    for (size_t i = names.n; i-- > 0;) { /* the segment, then the manifest */
        char path[700];
        snprintf(path, sizeof path, "%s/%s", dir, names.items[i]);
        if (strcmp(names.items[i], "lock") == 0)
            continue;
        assert_int_equal(truncate(path, 100), 0);
        sy_error err;
        sy_error_clear(&err);
        assert_int_equal(sy_test_index(dir, docs, &sum, &err), SY_E_CORRUPT);
        sum = run_with(&options);
        assert_int_equal(sum.documents, 2);
        assert_int_equal(sy_test_fingerprint(dir), print);
        assert_string_equal(sy_test_listing(dir), "lock manifest seg");
    }
    sy_names_release(&names);
}

/* What cannot be read now keeps the records of its last reading. */
static void test_unreadable(void **state)
{
    (void)state;
    run();
    uint64_t print = sy_test_fingerprint(dir);
    sy_test_write(doc("a.jsonl"), "\0\1\2\0", 4);
    sy_index_summary sum = run();
    assert_int_equal(sum.skipped, 1);
    assert_int_equal(sum.total_records, 3);
    assert_int_equal(sy_test_fingerprint(dir), print);
    sy_test_write(doc("a.jsonl"), "", 0);
    assert_int_equal(run().skipped, 1);
    assert_int_equal(sy_test_fingerprint(dir), print);
    if (geteuid() != 0) {
        assert_int_equal(chmod(doc("b.jsonl"), 0), 0);
        assert_int_equal(run().skipped, 2);
        assert_int_equal(sy_test_fingerprint(dir), print);
        assert_int_equal(chmod(doc("b.jsonl"), 0644), 0);
    }
    write_doc("a.jsonl", two);
    assert_int_equal(run().total_records, 4);
}

static void segment_bytes(const char *of, sy_buf *out)
{
    sy_names names;
    assert_int_equal(sy_list_folder(of, &names, NULL), SY_OK);
    for (size_t i = 0; i < names.n; i++) {
        uint64_t number;
        char path[700];
        snprintf(path, sizeof path, "%s/%s", of, names.items[i]);
        if (sy_segment_number(names.items[i], &number))
            sy_test_read(path, out);
    }
    sy_names_release(&names);
    /* The uuid is random; it and the header's checksum are all that differ. */
    assert_true(out->len > 48);
    memset(out->data + 16, 0, 16);
    memset(out->data + 40, 0, 8);
}

/* Threads and memory change how a segment is made, not what it is. */
static void test_jobs_and_memory(void **state)
{
    (void)state;
    static const char *const parts[] = {"资金", "短缺", "用地",     "进度缓慢",
                                        "𠀀野", "gdp",  "10%",      "区财政局",
                                        "。",   "、",   "城市更新", "ABC公司2024年"};
    sy_buf text = SY_BUF_INIT, first = SY_BUF_INIT, other = SY_BUF_INIT;
    for (int i = 0; i < 6000; i++) {
        sy_buf_printf(&text, "{\"id\":\"%d\",\"unit\":\"区%u局\",\"status\":\"", i,
                      sy_random_below(300));
        for (uint32_t k = sy_random_below(60); k > 0; k--)
            sy_buf_puts(&text, parts[sy_random_below(sizeof parts / sizeof *parts)]);
        sy_buf_puts(&text, "\"}\n");
    }
    sy_test_write(doc("a.jsonl"), text.data, text.len);
    for (unsigned jobs = 1; jobs <= 2; jobs++) {
        for (unsigned memory = 1; memory <= 256; memory += 255) {
            sy_test_remove(dir);
            run_with(&(sy_index_options){.dir = dir, .jobs = jobs, .memory_mib = memory});
            segment_bytes(dir, jobs == 1 && memory == 1 ? &first : &other);
            if (jobs == 1 && memory == 1)
                continue;
            assert_int_equal(first.len, other.len);
            assert_memory_equal(first.data, other.data, first.len);
        }
    }
    sy_test_fingerprint(dir);
    sy_buf_release(&text);
    sy_buf_release(&first);
    sy_buf_release(&other);
}

static void test_foreign_files(void **state)
{
    (void)state;
    static const char *const names[] = {"tmp-x", "seg-y", "notes.txt", "seg-00000000000000zz"};
    char path[400];
    run();
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        sy_test_write(path, "mine", 4);
    }
    /* What a writer that died has left goes. */
    static const char *const left[] = {"tmp-manifest", "tmp-records", "tmp-run-0-1",
                                       "seg-00000000000000ff"};
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, left[i]);
        sy_test_write(path, "left", 4);
    }
    write_doc("a.jsonl", two);
    run();
    assert_string_equal(sy_test_listing(dir),
                        "lock manifest notes.txt seg seg-00000000000000zz seg-y tmp-x");
    sy_test_fingerprint(dir);
}

/* The index folder may lie in the folder that is walked. */
static void test_index_inside(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "%.300s/index", docs);
    sy_test_remove(dir);
    assert_int_equal(run().documents, 2);
    sy_index_summary sum = run();
    assert_int_equal(sum.kept_documents, 2);
    assert_int_equal(sum.documents, 0);
    assert_int_equal(sum.skipped, 0);
    sy_test_remove(dir);
}

static void test_second_writer(void **state)
{
    (void)state;
    run();
    char path[340];
    int fd;
    snprintf(path, sizeof path, "%s/lock", dir);
    assert_int_equal(sy_lock_take(path, &fd, NULL), SY_OK);
    sy_index_summary sum;
    sy_error err;
    sy_error_clear(&err);
    assert_int_equal(sy_test_index(dir, docs, &sum, &err), SY_E_LOCKED);
    sy_test_fingerprint(dir); /* readers do not wait */
    sy_lock_drop(fd);
    run();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup(test_no_change, fresh),
                                       cmocka_unit_test_setup(test_changed_removed_added, fresh),
                                       cmocka_unit_test_setup(test_all_removed, fresh),
                                       cmocka_unit_test_setup(test_other_paths, fresh),
                                       cmocka_unit_test_setup(test_racy_change, fresh),
                                       cmocka_unit_test_setup(test_rebuild, fresh),
                                       cmocka_unit_test_setup(test_unreadable, fresh),
                                       cmocka_unit_test_setup(test_jobs_and_memory, fresh),
                                       cmocka_unit_test_setup(test_foreign_files, fresh),
                                       cmocka_unit_test_setup(test_index_inside, fresh),
                                       cmocka_unit_test_setup(test_second_writer, fresh)};
    sy_random_init("test_index_paths");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
