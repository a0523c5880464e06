/* Damaged indexes: cut at every length, one bit of every byte turned, files of another index,
 * and random changes under checksums that were made right again. Verify names each fault of the
 * first three kinds; whatever is read of any, nothing crashes, hangs or takes much memory.
 *
 * SY_ROUNDS sets the number of random changes (1500), SY_SEED the random numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/io.h"
#include "store/manifest.h"
#include "tests/support/check.h"
#include "tests/support/small_index.h"

enum { ROUNDS = 1500, CHANGES_MAX = 3 };

static const char docs_text[] = "{\"id\":\"1\",\"item\":\"招商引资\",\"unit\":[\"区商投局\","
                                "\"区财政局\"],\"status\":\"资金短缺\"}\n"
                                "{\"id\":\"2\",\"item\":\"城市更新𠀀\",\"unit\":[\"区住建局\"],"
                                "\"status\":\"无\",\"next\":\"\"}\n";

static char docs[320], good[320], bad[320];

typedef struct file_copy {
    char name[32];
    sy_buf bytes;
} file_copy;

/* The manifest and the segment of the sound index. */
static file_copy files[2];

static void write_bad(const file_copy *f, const void *bytes, size_t len)
{
    char path[480];
    snprintf(path, sizeof path, "%s/%s", bad, f->name);
    sy_test_write(path, bytes, len);
}

static void load_files(const char *dir)
{
    sy_names names;
    char path[480];
    size_t n = 0;
    assert_int_equal(sy_list_folder(dir, &names, NULL), SY_OK);
    for (size_t i = 0; i < names.n; i++) {
        if (strcmp(names.items[i], "lock") == 0)
            continue;
        assert_true(n < 2);
        snprintf(files[n].name, sizeof files[n].name, "%s", names.items[i]);
        snprintf(path, sizeof path, "%s/%s", dir, names.items[i]);
        sy_test_read(path, &files[n++].bytes);
    }
    assert_int_equal(n, 2);
    sy_names_release(&names);
}

static void make_index(const char *dir, const char *text, size_t len)
{
    sy_error err;
    sy_index_summary sum;
    sy_error_clear(&err);
    sy_test_write(docs, text, len);
    sy_test_remove(dir);
    check_ok(sy_test_index(dir, docs, &sum, &err), &err);
    assert_int_equal(sum.skipped, 0);
}

static int set_up(void **state)
{
    (void)state;
    sy_scratch_path(docs, "docs.jsonl");
    sy_scratch_path(good, "good");
    sy_scratch_path(bad, "bad");
    make_index(good, docs_text, sizeof docs_text - 1);
    load_files(good);
    sy_test_copy(good, bad);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++)
        sy_buf_release(&files[i].bytes);
    return 0;
}

static void check_named(const char *what, const char *name, size_t at)
{
    sy_error err;
    uint64_t faults;
    sy_error_clear(&err);
    sy_status st = sy_index_verify(bad, NULL, NULL, &faults, &err);
    if (st == SY_OK && faults == 0)
        fail_msg("%s: %s at %zu is not named", name, what, at);
}

static void test_sound(void **state)
{
    (void)state;
    sy_error err;
    uint64_t hits;
    sy_error_clear(&err);
    sy_test_fingerprint(good);
    check_ok(sy_test_read_all(good, &hits, &err), &err);
}

static void test_cut(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        for (size_t len = 0; len < files[f].bytes.len; len++) {
            write_bad(&files[f], files[f].bytes.data, len);
            check_named("a cut", files[f].name, len);
            sy_error err;
            sy_error_clear(&err);
            uint64_t hits;
            assert_int_not_equal(sy_test_read_all(bad, &hits, &err), SY_OK);
        }
        write_bad(&files[f], files[f].bytes.data, files[f].bytes.len);
    }
}

static void test_grown(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        sy_buf more = SY_BUF_INIT;
        sy_buf_append(&more, files[f].bytes.data, files[f].bytes.len);
        for (int i = 0; i < 100; i++) {
            sy_buf_putc(&more, '\0');
            write_bad(&files[f], more.data, more.len);
            check_named("bytes behind the end", files[f].name, more.len);
        }
        write_bad(&files[f], files[f].bytes.data, files[f].bytes.len);
        sy_buf_release(&more);
    }
}

static void test_bits(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        char *bytes = files[f].bytes.data;
        for (size_t at = 0; at < files[f].bytes.len; at++) {
            char mask = (char)(1 << sy_random_below(8));
            bytes[at] = (char)(bytes[at] ^ mask);
            write_bad(&files[f], bytes, files[f].bytes.len);
            check_named("a turned bit", files[f].name, at);
            sy_error err;
            uint64_t hits;
            sy_error_clear(&err);
            sy_status st = sy_test_read_all(bad, &hits, &err);
            (void)st; /* what is damaged may lie where nothing was read */
            bytes[at] = (char)(bytes[at] ^ mask);
        }
        write_bad(&files[f], bytes, files[f].bytes.len);
    }
}

static void test_missing(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        char path[480];
        snprintf(path, sizeof path, "%s/%s", bad, files[f].name);
        assert_int_equal(unlink(path), 0);
        check_named("no file", files[f].name, 0);
        sy_error err;
        uint64_t hits;
        sy_error_clear(&err);
        assert_int_equal(sy_test_read_all(bad, &hits, &err), SY_E_IO);
        write_bad(&files[f], files[f].bytes.data, files[f].bytes.len);
    }
}

/* The files of another index of the same documents, one at a time. */
static void test_swapped(void **state)
{
    (void)state;
    char other[320], path[480];
    sy_buf bytes = SY_BUF_INIT;
    make_index(sy_scratch_path(other, "other"), docs_text, sizeof docs_text - 1);
    for (size_t f = 0; f < 2; f++) {
        snprintf(path, sizeof path, "%s/%s", other, files[f].name);
        sy_test_read(path, &bytes);
        write_bad(&files[f], bytes.data, bytes.len);
        check_named("a file of another index", files[f].name, 0);
        sy_error err;
        uint64_t hits;
        sy_error_clear(&err);
        assert_int_equal(sy_test_read_all(bad, &hits, &err), SY_E_CORRUPT);
        write_bad(&files[f], files[f].bytes.data, files[f].bytes.len);
    }
    sy_buf_release(&bytes);
}

/* Makes every checksum of a file right again, as far as its table can be read. */
static void seal(uint8_t *b, size_t len)
{
    enum { HEADER = 48, FOOTER = 48, ENTRY = 32 };
    uint8_t *foot = b + len - FOOTER;
    uint64_t table = sy_get_u64(foot), n = sy_get_u32(foot + 8);
    sy_put_u64(b + 40, sy_hash64(b, 40));
    if (table > len - FOOTER || n > (len - FOOTER - table) / ENTRY)
        table = len - FOOTER, n = 0;
    for (uint64_t i = 0; i < n; i++) {
        uint8_t *entry = b + table + i * ENTRY;
        uint64_t start = sy_get_u64(entry + 8);
        uint64_t end = i + 1 < n ? sy_get_u64(entry + ENTRY + 8) : table;
        if (start <= end && end <= table)
            sy_put_u64(entry + 24, sy_hash64(b + start, end - start));
    }
    sy_put_u64(foot + 24, sy_hash64(b + table, n * ENTRY));
    sy_put_u64(foot + 32, sy_hash64(foot, 32));
}

/* The entry of the one segment in the manifest's last bytes of section 6 follows a new
 * footer checksum of the segment, so that opening goes past it. */
static void rename_segment(sy_buf *manifest, uint64_t old_sum, uint64_t new_sum)
{
    for (size_t at = 0; at + 8 <= manifest->len; at++) {
        if (sy_get_u64(manifest->data + at) == old_sum)
            sy_put_u64(manifest->data + at, new_sum);
    }
    seal((uint8_t *)manifest->data, manifest->len);
}

static uint8_t odd_byte(uint8_t old)
{
    static const uint8_t odd[] = {0, 1, 0x7F, 0x80, 0xFF, 0xFE};
    switch (sy_random_below(3)) {
    case 0:
        return (uint8_t)(old ^ (1 << sy_random_below(8)));
    case 1:
        return odd[sy_random_below(sizeof odd)];
    default:
        return (uint8_t)(old + 1);
    }
}

static void change(const file_copy *f, sy_buf *out)
{
    sy_buf_reset(out);
    sy_buf_append(out, f->bytes.data, f->bytes.len);
    uint32_t n = 1 + sy_random_below(CHANGES_MAX);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t *at = (uint8_t *)out->data + 8 + sy_random_below((uint32_t)out->len - 8);
        *at = odd_byte(*at);
    }
    seal((uint8_t *)out->data, out->len);
}

/* A hostile index: all checksums hold, the content does not. */
static void test_resealed(void **state)
{
    (void)state;
    const char *set = getenv("SY_ROUNDS");
    int rounds = set ? atoi(set) : ROUNDS;
    sy_buf bytes = SY_BUF_INIT, manifest = SY_BUF_INIT;
    const sy_buf *segment = &files[1].bytes;
    for (int r = 0; r < rounds; r++) {
        change(&files[r & 1], &bytes);
        write_bad(&files[r & 1], bytes.data, bytes.len);
        if (r & 1) {
            sy_buf_reset(&manifest);
            sy_buf_append(&manifest, files[0].bytes.data, files[0].bytes.len);
            rename_segment(&manifest, sy_get_u64(segment->data + segment->len - 16),
                           sy_get_u64(bytes.data + bytes.len - 16));
            write_bad(&files[0], manifest.data, manifest.len);
        }
        sy_error err;
        uint64_t faults, hits;
        sy_error_clear(&err);
        sy_status st = sy_index_verify(bad, NULL, NULL, &faults, &err);
        assert_true(st != SY_E_NOMEM);
        st = sy_test_read_all(bad, &hits, &err);
        assert_true(st != SY_E_NOMEM);
        write_bad(&files[0], files[0].bytes.data, files[0].bytes.len);
        write_bad(&files[1], segment->data, segment->len);
    }
    sy_buf_release(&bytes);
    sy_buf_release(&manifest);
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    assert_true(used.ru_maxrss < 1 << 20); /* KiB; a sanitizer's shadow included */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),   cmocka_unit_test(test_cut),
        cmocka_unit_test(test_grown),   cmocka_unit_test(test_bits),
        cmocka_unit_test(test_missing), cmocka_unit_test(test_swapped),
        cmocka_unit_test(test_resealed)};
    /* Tens of thousands of small files: in memory where there is such a folder. */
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    sy_random_init("test_damage");
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
