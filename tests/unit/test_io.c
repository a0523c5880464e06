#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

enum { WRITE_BUFFER = 1 << 18 }; /* of sy_writer */

static sy_error fresh(void)
{
    sy_error err;
    sy_error_clear(&err);
    return err;
}

/* ---- reading ---- */

static void test_map(void **state)
{
    (void)state;
    sy_error err = fresh();
    sy_map map;
    const char *path = sy_files_path("map");
    sy_files_write(path, "abc", 3);
    check_ok(sy_map_open(path, &map, &err), &err);
    assert_int_equal(map.len, 3);
    assert_memory_equal(map.data, "abc", 3);
    sy_map_close(&map);
    assert_null(map.data);
    sy_map_close(&map);
    sy_files_write(path, "", 0);
    check_ok(sy_map_open(path, &map, &err), &err);
    assert_int_equal(map.len, 0);
    assert_null(map.data);
    sy_map_close(&map);
    assert_int_equal(sy_map_open(sy_files_path("no such file"), &map, &err), SY_E_IO);
    assert_int_equal(err.sys, ENOENT);
    assert_int_equal(sy_map_open(sy_scratch_dir(), &map, NULL), SY_E_INPUT);
    assert_int_equal(map.len, 0);
}

/* What is given back comes back, of a small file too. */
static void test_map_pass(void **state)
{
    (void)state;
    enum { LEN = SY_MAP_COPIED };
    static char bytes[LEN];
    const char *path = sy_files_path("passed");
    sy_map map;
    sy_error err = fresh();
    for (size_t i = 0; i < LEN; i++)
        bytes[i] = (char)(i % 255 + 1);
    sy_files_write(path, bytes, LEN);
    check_ok(sy_map_open(path, &map, &err), &err);
    const uint8_t *behind = map.data;
    sy_map_pass_by(&behind, map.data + LEN, 1);
    assert_memory_equal(map.data, bytes, LEN);
    sy_map_rest(&map);
    assert_memory_equal(map.data, bytes, LEN);
    sy_map_close(&map);
    check_ok(sy_map_load(path, &map, &err), &err);
    assert_int_equal(map.len, LEN);
    assert_memory_equal(map.data, bytes, LEN);
    sy_map_close(&map);
}

/* Pieces of a file, up to its end and past it; what cannot be read is named. */
static void test_read_at(void **state)
{
    (void)state;
    static const char text[] = "0123456789";
    const char *path = sy_files_path("pieces");
    uint8_t bytes[20];
    size_t got;
    sy_error err = fresh();
    sy_files_write(path, text, 10);
    check_ok(sy_read_at(path, 3, bytes, 4, &got, &err), &err);
    assert_int_equal(got, 4);
    assert_memory_equal(bytes, "3456", 4);
    check_ok(sy_read_at(path, 8, bytes, 4, &got, &err), &err);
    assert_int_equal(got, 2);
    assert_memory_equal(bytes, "89", 2);
    check_ok(sy_read_at(path, 10, bytes, 4, &got, &err), &err);
    assert_int_equal(got, 0);
    assert_int_equal(sy_read_at(sy_files_path("none"), 0, bytes, 4, &got, &err), SY_E_IO);
    assert_int_equal(got, 0);
    assert_string_equal(err.where, sy_files_path("none"));
}

static void test_read(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 200000};
    const char *path = sy_files_path("read");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t len = sizes[i];
        char *bytes = malloc(len + 1);
        assert_non_null(bytes);
        for (size_t k = 0; k < len; k++)
            bytes[k] = (char)(k * 31);
        sy_files_write(path, bytes, len);
        sy_error err = fresh();
        sy_buf out = SY_BUF_INIT;
        sy_buf_puts(&out, "head");
        check_ok(sy_read_file(path, len, &out, &err), &err);
        assert_int_equal(out.len, len + 4);
        assert_memory_equal(out.data, "head", 4);
        assert_memory_equal(out.data + 4, bytes, len);
        assert_int_equal(out.data[out.len], '\0');
        sy_buf_reset(&out);
        if (len > 0) {
            assert_int_equal(sy_read_file(path, len - 1, &out, &err), SY_E_LIMIT);
            assert_int_equal(out.len, 0); /* refused by its size, before it is read */
        }
        sy_buf_release(&out);
        free(bytes);
    }
    sy_error err = fresh();
    sy_buf out = SY_BUF_INIT;
    assert_int_equal(sy_read_file(sy_scratch_dir(), 10, &out, &err), SY_E_IO);
    assert_int_equal(err.sys, EISDIR);
    sy_buf_release(&out);
}

/* What was read of standard input before, as by another program of a script, does not count. */
static void test_read_rest(void **state)
{
    (void)state;
    const char *path = sy_files_path("input");
    sy_files_write(path, "0123456789", 10);
    int held = dup(STDIN_FILENO), fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && lseek(fd, 7, SEEK_SET) == 7 && dup2(fd, STDIN_FILENO) >= 0);
    sy_error err = fresh();
    sy_buf out = SY_BUF_INIT;
    sy_status st = sy_read_file("-", 3, &out, &err);
    if (held >= 0)
        dup2(held, STDIN_FILENO);
    close(held);
    close(fd);
    check_ok(st, &err);
    assert_string_equal(sy_buf_cstr(&out), "789");
    sy_buf_release(&out);
}

/* ---- writing ---- */

static void test_write(void **state)
{
    (void)state;
    static const size_t sizes[] = {
        0, 1, WRITE_BUFFER - 1, WRITE_BUFFER, WRITE_BUFFER + 1, 3 * WRITE_BUFFER + 7};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t len = sizes[i], got;
        const char *path = sy_files_path("written");
        char *bytes = malloc(len + 1);
        assert_non_null(bytes);
        for (size_t k = 0; k < len; k++)
            bytes[k] = (char)(k * 131 >> 3);
        sy_error err = fresh();
        sy_writer *w;
        unlink(path);
        check_ok(sy_writer_open(path, &w, &err), &err);
        size_t half = len / 3;
        sy_writer_put(w, bytes, half);
        assert_int_equal(sy_writer_offset(w), half);
        assert_true(sy_writer_checksum(w) == sy_hash64(bytes, half));
        sy_writer_put(w, bytes + half, len - half);
        sy_writer_put(w, NULL, 0);
        assert_int_equal(sy_writer_offset(w), len);
        assert_true(sy_writer_checksum(w) == sy_hash64(bytes + half, len - half));
        assert_true(sy_writer_checksum(w) == sy_hash64(NULL, 0));
        check_ok(i % 2 ? sy_writer_close(w, &err) : sy_writer_close_scratch(w, &err), &err);
        uint8_t *back = sy_files_read(path, &got);
        assert_int_equal(got, len);
        assert_memory_equal(back, bytes, len);
        free(back);
        free(bytes);
    }
}

static void test_write_refused(void **state)
{
    (void)state;
    sy_error err = fresh();
    sy_writer *w;
    const char *path = sy_files_path("there");
    sy_files_write(path, "mine", 4);
    assert_int_equal(sy_writer_open(path, &w, &err), SY_E_IO);
    assert_null(w);
    assert_int_equal(err.sys, EEXIST);
    size_t len;
    uint8_t *bytes = sy_files_read(path, &len); /* what was there is left alone */
    assert_int_equal(len, 4);
    free(bytes);
    assert_int_equal(sy_writer_open(sy_files_path("no/such/folder"), &w, NULL), SY_E_IO);
    path = sy_files_path("abandoned");
    check_ok(sy_writer_open(path, &w, NULL), NULL);
    sy_writer_put(w, "x", 1);
    sy_writer_abandon(w);
    assert_false(sy_files_exists(path));
    sy_writer_abandon(NULL);
}

/* Each operation of a writer fails once: told at the end, and no file is left. */
static void test_write_fails(void **state)
{
    (void)state;
    static const char block[WRITE_BUFFER];
    const char *path = sy_files_path("failing");
    for (unsigned long n = 1;; n++) {
        sy_error err = fresh();
        sy_writer *w;
        sy_io_fail_at(n, ENOSPC);
        sy_status st = sy_writer_open(path, &w, &err);
        if (st == SY_OK) {
            for (int i = 0; i < 3; i++)
                sy_writer_put(w, block, sizeof block - 1);
            st = sy_writer_close(w, &err);
        }
        unsigned long seen = sy_io_fail_at(0, 0);
        if (seen < n) {
            check_ok(st, &err);
            assert_in_range(n, 5, 20); /* open, writes, fsync, close */
            break;
        }
        assert_int_equal(st, SY_E_IO);
        assert_int_equal(err.sys, ENOSPC);
        assert_string_equal(err.where, path);
        assert_false(sy_files_exists(path));
    }
    unlink(path);
    for (unsigned long n = 1; n <= 1; n++) {
        sy_writer *w;
        sy_alloc_fail_at(n, false);
        assert_int_equal(sy_writer_open(path, &w, NULL), SY_E_NOMEM);
        sy_alloc_fail_at(0, false);
        assert_false(sy_files_exists(path));
    }
}

/* ---- folders and names ---- */

static void test_folders(void **state)
{
    (void)state;
    sy_error err = fresh();
    const char *deep = sy_files_path("a//b/c");
    check_ok(sy_make_dirs(deep, &err), &err);
    check_ok(sy_make_dirs(deep, &err), &err);
    check_ok(sy_make_dirs(sy_files_path("a/b/"), &err), &err);
    sy_path_info info;
    check_ok(sy_path_look(deep, true, &info, &err), &err);
    assert_int_equal(info.kind, SY_PATH_FOLDER);
    sy_files_write(sy_files_path("a/file"), "12345", 5);
    assert_int_equal(sy_make_dirs(sy_files_path("a/file"), &err), SY_E_IO);
    err = fresh();
    assert_int_equal(sy_make_dirs(sy_files_path("a/file/x"), &err), SY_E_IO);
    sy_remove_empty_folder(sy_files_path("a"));
    assert_true(sy_files_exists(sy_files_path("a")));
    sy_remove_empty_folder(deep);
    assert_false(sy_files_exists(deep));
    check_ok(sy_fsync_dir(sy_files_path("a"), NULL), NULL);
    assert_int_equal(sy_fsync_dir(sy_files_path("a/file"), NULL), SY_E_IO);
}

static void test_look(void **state)
{
    (void)state;
    sy_path_info info;
    const char *dir = sy_files_folder("look");
    sy_files_write(sy_files_join(dir, "file"), "12345", 5);
    assert_int_equal(symlink("file", sy_files_join(dir, "link")), 0);
    assert_int_equal(symlink("nowhere", sy_files_join(dir, "dangling")), 0);
    assert_int_equal(mkfifo(sy_files_join(dir, "pipe"), 0600), 0);
    static const struct {
        const char *name;
        bool follow;
        sy_path_kind kind;
    } cases[] = {
        {"file", true, SY_PATH_FILE},     {"link", false, SY_PATH_LINK},
        {"link", true, SY_PATH_FILE},     {"dangling", false, SY_PATH_LINK},
        {"dangling", true, SY_PATH_NONE}, {"pipe", false, SY_PATH_OTHER},
        {"nothing", false, SY_PATH_NONE}, {"file/below", false, SY_PATH_NONE},
        {".", false, SY_PATH_FOLDER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_error err = fresh();
        check_ok(sy_path_look(sy_files_join(dir, cases[i].name), cases[i].follow, &info, &err),
                 &err);
        assert_int_equal(info.kind, cases[i].kind);
        if (info.kind == SY_PATH_FILE)
            assert_int_equal(info.size, 5);
    }
    sy_path_info one, other;
    check_ok(sy_path_look(sy_files_join(dir, "file"), true, &one, NULL), NULL);
    check_ok(sy_path_look(sy_files_join(dir, "link"), true, &other, NULL), NULL);
    assert_true(one.ino == other.ino && one.dev == other.dev);
    assert_true(one.mtime_ns <= sy_time_now_ns());
    assert_true(one.mtime_ns > sy_time_now_ns() - (int64_t)3600 * 1000000000);
}

static void test_list(void **state)
{
    (void)state;
    const char *dir = sy_files_folder("list");
    sy_names names;
    check_ok(sy_list_folder(dir, &names, NULL), NULL);
    assert_int_equal(names.n, 0);
    sy_names_release(&names);
    static const char *const in[] = {"b", "资", "B", ".h", "a10", "a1"};
    static const char *const out[] = {".h", "B", "a1", "a10", "b", "资"};
    for (size_t i = 0; i < 6; i++)
        sy_files_write(sy_files_join(dir, in[i]), "", 0);
    check_ok(sy_list_folder(dir, &names, NULL), NULL);
    assert_int_equal(names.n, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(names.items[i], out[i]);
    sy_names_release(&names);
    assert_int_equal(sy_list_folder(sy_files_join(dir, "b"), &names, NULL), SY_E_IO);
    assert_int_equal(names.n, 0);
    unsigned long n = 1;
    for (sy_status st = SY_E_NOMEM; st != SY_OK; n++) {
        sy_alloc_fail_at(n, true);
        st = sy_list_folder(dir, &names, NULL);
        sy_alloc_fail_at(0, false);
        assert_int_equal(names.n, st == SY_OK ? 6 : 0);
        sy_names_release(&names);
    }
    assert_in_range(n, 6, 20);
}

static void test_replace_remove(void **state)
{
    (void)state;
    sy_error err = fresh();
    const char *dir = sy_files_folder("replace"), *from = sy_files_join(dir, "new"),
               *to = sy_files_join(dir, "now");
    sy_files_write(from, "new", 3);
    sy_files_write(to, "old", 3);
    sy_io_fail_at(1, EIO);
    assert_int_equal(sy_replace_file(dir, from, to, NULL), SY_E_IO);
    sy_io_fail_at(0, 0);
    assert_true(sy_files_exists(from));
    check_ok(sy_replace_file(dir, from, to, &err), &err);
    assert_false(sy_files_exists(from));
    size_t len;
    uint8_t *bytes = sy_files_read(to, &len);
    assert_memory_equal(bytes, "new", 3);
    free(bytes);
    check_ok(sy_remove_file(to, &err), &err);
    check_ok(sy_remove_file(to, &err), &err);
    assert_int_equal(sy_remove_file(dir, &err), SY_E_IO);
}

static void test_lock(void **state)
{
    (void)state;
    int first, second;
    const char *path = sy_files_path("lock");
    check_ok(sy_lock_take(path, &first, NULL), NULL);
    assert_true(first >= 0);
    sy_error err = fresh();
    assert_int_equal(sy_lock_take(path, &second, &err), SY_E_LOCKED);
    assert_int_equal(second, -1);
    sy_lock_drop(first);
    sy_lock_drop(-1);
    check_ok(sy_lock_take(path, &second, NULL), NULL);
    sy_lock_drop(second);
    for (unsigned long n = 1; n <= 2; n++) {
        sy_io_fail_at(n, EIO);
        assert_int_equal(sy_lock_take(path, &first, NULL), SY_E_IO);
        sy_io_fail_at(0, 0);
        assert_int_equal(first, -1);
    }
}

static void test_random_bytes(void **state)
{
    (void)state;
    uint8_t a[256] = {0}, b[256] = {0};
    check_ok(sy_random_bytes(a, sizeof a, NULL), NULL);
    check_ok(sy_random_bytes(b, sizeof b, NULL), NULL);
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map),           cmocka_unit_test(test_map_pass),
        cmocka_unit_test(test_read_at),       cmocka_unit_test(test_read),
        cmocka_unit_test(test_read_rest),     cmocka_unit_test(test_write),
        cmocka_unit_test(test_write_refused), cmocka_unit_test(test_write_fails),
        cmocka_unit_test(test_folders),       cmocka_unit_test(test_look),
        cmocka_unit_test(test_list),          cmocka_unit_test(test_replace_remove),
        cmocka_unit_test(test_lock),          cmocka_unit_test(test_random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
