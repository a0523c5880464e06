#include "store/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

static const uint8_t uuid[16] = "0123456789abcdef";

static const struct {
    sy_section_kind kind;
    const char *text;
} parts[] = {{SY_SECTION_INFO, "seven b"},
             {SY_SECTION_SCHEMA, ""},
             {SY_SECTION_ALIASES, "eight by"},
             {SY_SECTION_LEXICON, "nine byte"},
             {SY_SECTION_SEGMENTS, ""}};
enum { N_PARTS = 5 };

static const char *write_parts(size_t n, uint64_t *len, uint64_t *checksum)
{
    const char *path = sy_files_path("file");
    sy_file_writer w;
    sy_error err;
    sy_error_clear(&err);
    unlink(path);
    check_ok(sy_file_create(path, SY_FILE_MANIFEST, uuid, 42, &w, &err), &err);
    for (size_t i = 0; i < n; i++) {
        size_t text = strlen(parts[i].text), half = text / 2;
        sy_file_begin(&w, parts[i].kind);
        sy_file_put(&w, parts[i].text, half);
        assert_int_equal(sy_file_section_len(&w), half);
        sy_file_put(&w, parts[i].text + half, text - half);
    }
    check_ok(sy_file_finish(&w, len, checksum, &err), &err);
    sy_file_abandon(&w); /* a no-op now */
    assert_true(sy_files_exists(path));
    return path;
}

static void test_round_trip(void **state)
{
    (void)state;
    for (size_t n = 0; n <= N_PARTS; n++) {
        uint64_t len, checksum;
        const char *path = write_parts(n, &len, &checksum);
        sy_file *f;
        sy_error err;
        sy_error_clear(&err);
        check_ok(sy_file_open(path, SY_FILE_MANIFEST, uuid, &f, &err), &err);
        assert_int_equal(f->map.len, len);
        assert_true(f->checksum == checksum);
        assert_int_equal(f->number, 42);
        assert_memory_equal(f->uuid, uuid, 16);
        assert_int_equal(f->n_sections, n);
        for (size_t i = 0; i < n; i++) {
            const sy_section *s;
            check_ok(sy_file_section(f, parts[i].kind, &s, &err), &err);
            sy_slice text = {(const char *)s->data, s->len};
            check_slice(text, parts[i].text);
            assert_int_equal(s->offset % 8, 0);
            assert_int_equal(s->end % 8, 0);
            check_ok(sy_file_check(f, s, &err), &err);
        }
        const sy_section *none;
        assert_int_equal(sy_file_section(f, SY_SECTION_RECORDS, &none, &err), SY_E_CORRUPT);
        assert_null(none);
        assert_non_null(strstr(err.msg, "records"));
        sy_file_close(f);
    }
    sy_file_close(NULL);
}

/* The bytes of docs/format.md, 3.1, field by field. */
static void test_bytes(void **state)
{
    (void)state;
    uint64_t checksum;
    size_t len;
    uint64_t said;
    uint8_t *b = sy_files_read(write_parts(1, &said, &checksum), &len);
    assert_int_equal(len, 48 + 8 + 32 + 48);
    assert_int_equal(len, said);
    assert_memory_equal(b, "SUOYIN\x1A\n", 8);
    assert_int_equal(sy_get_u32(b + 8), 1);
    assert_int_equal(sy_get_u32(b + 12), 1);
    assert_memory_equal(b + 16, uuid, 16);
    assert_int_equal(sy_get_u64(b + 32), 42);
    assert_true(sy_get_u64(b + 40) == sy_hash64(b, 40));
    assert_memory_equal(b + 48, "seven b\0", 8);
    const uint8_t *e = b + 56, *foot = b + 88;
    assert_int_equal(sy_get_u32(e), SY_SECTION_INFO);
    assert_int_equal(sy_get_u32(e + 4), 0);
    assert_int_equal(sy_get_u64(e + 8), 48);
    assert_int_equal(sy_get_u64(e + 16), 7);
    assert_true(sy_get_u64(e + 24) == sy_hash64(b + 48, 8));
    assert_int_equal(sy_get_u64(foot), 56);
    assert_int_equal(sy_get_u32(foot + 8), 1);
    assert_int_equal(sy_get_u32(foot + 12), 0);
    assert_int_equal(sy_get_u64(foot + 16), len);
    assert_true(sy_get_u64(foot + 24) == sy_hash64(e, 32));
    assert_true(sy_get_u64(foot + 32) == sy_hash64(foot, 32));
    assert_true(sy_get_u64(foot + 32) == checksum);
    assert_memory_equal(foot + 40, "\n\x1ANIYOUS", 8);
    free(b);
}

/* ---- what is refused, and how it is named ---- */

typedef struct change {
    const char *why;
    size_t at; /* from the front, or from the end if `back` */
    bool back;
    bool reseal;  /* checksums made to fit again */
    uint8_t byte; /* written there */
    sy_status status;
    const char *msg;
} change;

static const change changes[] = {
    {"front magic", 0, false, true, 'X', SY_E_CORRUPT, "not a suoyin manifest"},
    {"header", 20, false, false, 'X', SY_E_CORRUPT, "header's checksum"},
    {"newer version", 8, false, true, 2, SY_E_VERSION, "version 2"},
    {"older version", 8, false, true, 0, SY_E_VERSION, "version 0"},
    {"kind", 12, false, true, 2, SY_E_CORRUPT, "another kind"},
    {"uuid", 16, false, true, 'X', SY_E_CORRUPT, "another index"},
    {"back magic", 1, true, true, 'X', SY_E_CORRUPT, "cut short or overwritten"},
    {"footer", 48, true, false, 0xFF, SY_E_CORRUPT, "footer's checksum"},
    {"length", 32, true, true, 0xFF, SY_E_CORRUPT, "another length"},
    {"sections", 40, true, true, 65, SY_E_CORRUPT, "section table lies outside"},
    {"fewer sections", 40, true, true, 1, SY_E_CORRUPT, "section table lies outside"},
    {"footer reserved", 36, true, true, 1, SY_E_CORRUPT, "section table lies outside"},
    {"table offset", 48, true, true, 0, SY_E_CORRUPT, "section table lies outside"},
    {"table", 64, true, false, 0xFF, SY_E_CORRUPT, "section table's checksum"},
    {"entry reserved", 48 + 28, true, true, 1, SY_E_CORRUPT, "outside its place"},
    {"entry offset", 48 + 24, true, true, 49, SY_E_CORRUPT, "outside its place"},
    {"entry length", 48 + 16, true, true, 200, SY_E_CORRUPT, "outside its place"},
    {"last entry shorter", 48 + 16, true, true, 0, SY_E_CORRUPT, "belong to no section"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const change *c = &changes[i];
        uint64_t said;
        size_t len;
        const char *path = write_parts(4, &said, NULL);
        uint8_t *b = sy_files_read(path, &len);
        b[c->back ? len - c->at : c->at] = c->byte;
        if (c->reseal)
            sy_files_reseal(b, len);
        sy_files_write(path, b, len);
        free(b);
        sy_file *f;
        sy_error err;
        sy_error_clear(&err);
        sy_status st = sy_file_open(path, SY_FILE_MANIFEST, uuid, &f, &err);
        if (st != c->status || f != NULL || !strstr(err.msg, c->msg))
            fail_msg("%s: %d '%s'", c->why, (int)st, err.msg);
        assert_string_equal(err.where, path);
    }
}

static void test_cut_short(void **state)
{
    (void)state;
    uint64_t said;
    size_t len;
    const char *path = write_parts(N_PARTS, &said, NULL);
    uint8_t *b = sy_files_read(path, &len);
    sy_file *f;
    for (size_t n = 0; n < len; n++) {
        sy_files_write(path, b, n);
        assert_int_equal(sy_file_open(path, SY_FILE_MANIFEST, NULL, &f, NULL), SY_E_CORRUPT);
        assert_null(f);
    }
    uint8_t *longer = calloc(1, len + 8);
    assert_non_null(longer);
    memcpy(longer, b, len);
    sy_files_write(path, longer, len + 8);
    assert_int_equal(sy_file_open(path, SY_FILE_MANIFEST, NULL, &f, NULL), SY_E_CORRUPT);
    free(longer);
    free(b);
    assert_int_equal(sy_file_open(sy_files_path("none"), SY_FILE_MANIFEST, NULL, &f, NULL),
                     SY_E_IO);
    assert_null(f);
}

/* A flipped bit in a section or in the zero bytes behind it is found by its check. */
static void test_section_check(void **state)
{
    (void)state;
    uint64_t said;
    size_t len;
    const char *path = write_parts(N_PARTS, &said, NULL);
    uint8_t *b = sy_files_read(path, &len);
    size_t end = len - 48 - 32 * N_PARTS;
    for (size_t at = 48; at < end; at++) {
        b[at] ^= 4;
        sy_files_write(path, b, len);
        b[at] ^= 4;
        sy_file *f;
        check_ok(sy_file_open(path, SY_FILE_MANIFEST, uuid, &f, NULL), NULL);
        size_t bad = 0;
        for (size_t i = 0; i < f->n_sections; i++) {
            sy_error err;
            sy_error_clear(&err);
            const sy_section *s = &f->sections[i];
            if (sy_file_check(f, s, &err) == SY_OK)
                continue;
            bad++;
            assert_true(s->offset <= at && at < s->end);
            assert_int_equal(err.offset, s->offset);
        }
        assert_int_equal(bad, 1);
        sy_file_close(f);
    }
    free(b);
}

static void test_failures(void **state)
{
    (void)state;
    const char *path = sy_files_path("failing");
    for (unsigned long n = 1;; n++) {
        sy_file_writer w;
        sy_error err;
        sy_error_clear(&err);
        sy_io_fail_at(n, EIO);
        sy_status st = sy_file_create(path, SY_FILE_SEGMENT, uuid, 1, &w, &err);
        if (st == SY_OK) {
            sy_file_begin(&w, SY_SECTION_RECORDS);
            sy_file_put(&w, "x", 1);
            st = sy_file_finish(&w, NULL, NULL, &err);
        }
        sy_io_fail_at(0, 0);
        sy_file_abandon(&w);
        assert_int_equal(sy_files_exists(path), st == SY_OK);
        if (st == SY_OK)
            break;
        assert_int_equal(st, SY_E_IO);
    }
    for (unsigned long n = 1;; n++) {
        sy_file *f;
        sy_alloc_fail_at(n, true);
        sy_status st = sy_file_open(path, SY_FILE_SEGMENT, NULL, &f, NULL);
        sy_alloc_fail_at(0, false);
        sy_file_close(f);
        if (st == SY_OK)
            break;
        assert_int_equal(st, SY_E_NOMEM);
        assert_null(f);
    }
}

/* A sound header of another version, in a file that is long enough. */
static const char *write_version(uint32_t version)
{
    const char *path = sy_files_path("manifest");
    uint8_t bytes[SY_HEADER_LEN + 48] = {0};
    memcpy(bytes, SY_MAGIC_FRONT, 8);
    sy_put_u32(bytes + 8, version);
    sy_put_u32(bytes + 12, SY_FILE_MANIFEST);
    sy_put_u64(bytes + 40, sy_hash64(bytes, 40));
    sy_files_write(path, bytes, sizeof bytes);
    return path;
}

static void test_versions(void **state)
{
    (void)state;
    static const struct {
        uint32_t version;
        const char *message;
    } cases[] = {
        {SY_FORMAT_VERSION + 1, "written by a newer suoyin"},
        {SY_FORMAT_VERSION - 1, "written by an older suoyin"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_file *file = NULL;
        sy_error err;
        sy_error_clear(&err);
        const char *path = write_version(cases[i].version);
        assert_int_equal(sy_file_open(path, SY_FILE_MANIFEST, NULL, &file, &err), SY_E_VERSION);
        assert_string_equal(err.where, path);
        if (!strstr(err.msg, cases[i].message))
            fail_msg("version %u: %s", (unsigned)cases[i].version, err.msg);
        assert_null(strstr(err.msg, "--rebuild")); /* what to do is for the program to say */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_refused),       cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_section_check), cmocka_unit_test(test_failures),
        cmocka_unit_test(test_versions),
    };
    sy_files_in_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
