#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/utf8.h"
#include "tests/support/check.h"
#include "tests/support/small_index.h"

static void test_alloc(void **state)
{
    (void)state;
    assert_null(sy_alloc(SIZE_MAX / 2, 3));
    assert_null(sy_calloc(SIZE_MAX, 2));
    char *p = sy_alloc(0, 8);
    assert_non_null(p);
    assert_null(sy_resize(p, SIZE_MAX, SIZE_MAX));
    sy_free(p); /* still ours */
    sy_free(NULL);
    p = sy_strndup("ab\0c", 4);
    assert_memory_equal(p, "ab\0c", 5);
    sy_free(p);
    int *array = NULL;
    size_t cap = 0;
    for (int i = 0; i < 1000; i++) {
        assert_true(sy_grow((void **)&array, (size_t)i, &cap, sizeof *array));
        array[i] = i;
    }
    assert_int_equal(array[999], 999);
    sy_free(array);
}

static void test_alloc_fail_at(void **state)
{
    (void)state;
    sy_alloc_fail_at(2, false);
    char *a = sy_alloc(1, 1), *b = sy_alloc(1, 1), *c = sy_alloc(1, 1);
    assert_int_equal(sy_alloc_fail_at(1, true), 3);
    assert_true(a && !b && c);
    assert_null(sy_alloc(1, 1));
    assert_null(sy_resize(a, 100, 1));
    sy_alloc_fail_at(0, false);
    sy_free(a);
    sy_free(c);
}

static void test_buf(void **state)
{
    (void)state;
    sy_buf b = SY_BUF_INIT;
    assert_string_equal(sy_buf_cstr(&b), "");
    for (int i = 0; i < 300; i++) {
        sy_buf_putc(&b, 'x');
        assert_int_equal(b.data[b.len], '\0');
    }
    sy_buf_reset(&b);
    sy_buf_printf(&b, "%s-%d", "资金", 7);
    sy_buf_put_cp(&b, 0x20000);
    sy_buf_put_cp(&b, 0xD800); /* a surrogate */
    sy_buf_put_u16(&b, 0x0102);
    sy_buf_put_u32(&b, 0x01020304);
    sy_buf_put_u64(&b, 0x0102030405060708);
    static const char want[] = "资金-7𠀀\xEF\xBF\xBD\2\1\4\3\2\1\10\7\6\5\4\3\2\1";
    assert_int_equal(b.len, sizeof want - 1);
    assert_memory_equal(b.data, want, sizeof want);
    sy_buf_reset(&b);
    sy_buf_put_json(&b, "a\"\\\n\x01\xFF资", 10 - 1);
    assert_string_equal(b.data, "\"a\\\"\\\\\\n\\u0001\xEF\xBF\xBD资\"");
    size_t len;
    char *taken = sy_buf_detach(&b, &len);
    assert_int_equal(strlen(taken), len);
    assert_true(b.data == NULL && b.len == 0);
    sy_free(taken);
}

static void test_buf_without_memory(void **state)
{
    (void)state;
    sy_buf b = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    sy_alloc_fail_at(1, false);
    sy_buf_puts(&b, "lost");
    sy_buf_puts(&b, "as well"); /* sticky */
    sy_alloc_fail_at(0, false);
    assert_int_equal(b.len, 0);
    assert_int_equal(sy_buf_status(&b, &err), SY_E_NOMEM);
    assert_int_equal(err.status, SY_E_NOMEM);
    assert_null(sy_buf_reserve(&b, 1));
    sy_buf_reset(&b);
    sy_buf_puts(&b, "kept");
    assert_string_equal(sy_buf_cstr(&b), "kept");
    assert_null(sy_buf_reserve(&b, SIZE_MAX - 2));
    sy_buf_release(&b);
}

static void test_varints(void **state)
{
    (void)state;
    uint8_t out[SY_VARINT_MAX];
    for (unsigned bits = 0; bits <= 64; bits++) {
        for (int less = 0; less < 2; less++) {
            uint64_t v = (bits == 64 ? 0 : (uint64_t)1 << bits) - (unsigned)less, back;
            size_t n = sy_varint_put(out, v);
            assert_true(n >= 1 && n <= SY_VARINT_MAX);
            assert_ptr_equal(sy_varint_get(out, out + n, &back), out + n);
            assert_true(back == v);
            assert_null(sy_varint_get(out, out + n - 1, &back)); /* cut short */
            uint32_t narrow;
            assert_true((sy_varint_get32(out, out + n, &narrow) != NULL) == (v <= UINT32_MAX));
        }
    }
    assert_int_equal(sy_varint_put(out, 300), 2);
    assert_memory_equal(out, "\xAC\x02", 2);
    static const uint8_t too_large[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2};
    static const uint8_t too_long[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                       0x80, 0x80, 0x80, 0x80, 0};
    uint64_t v;
    assert_null(sy_varint_get(too_large, too_large + sizeof too_large, &v));
    assert_null(sy_varint_get(too_long, too_long + sizeof too_long, &v));
}

static void test_utf8(void **state)
{
    (void)state;
    char out[4];
    for (uint32_t cp = 0; cp < 0x110400; cp++) {
        uint32_t back;
        size_t n = sy_utf8_encode(cp, out);
        assert_int_equal(sy_utf8_decode(out, n, &back), n);
        bool scalar = cp < 0x110000 && (cp < 0xD800 || cp > 0xDFFF);
        assert_int_equal(back, scalar ? cp : SY_CP_REPLACEMENT);
        assert_int_equal(sy_utf8_check(out, n), n);
    }
    /* Unicode 15, table 3-8: one U+FFFD for each maximal subpart. */
    static const char ill[] = "\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64";
    sy_buf b = SY_BUF_INIT;
    size_t first;
    assert_int_equal(sy_utf8_repair(ill, sizeof ill - 1, &b, &first), 6);
    assert_int_equal(first, 1);
    assert_int_equal(sy_utf8_check(ill, sizeof ill - 1), 1);
    assert_int_equal(sy_utf8_count(ill, sizeof ill - 1), 10);
    assert_string_equal(sy_buf_cstr(&b), "a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd");
    /* Overlong forms, surrogates, past the end of Unicode. */
    static const char *const bad[] = {"\xC0\x80",         "\xE0\x80\x80",     "\xED\xA0\x80",
                                      "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xFF"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(sy_utf8_check(bad[i], strlen(bad[i])), 0);
    sy_buf_release(&b);
}

static void test_errors(void **state)
{
    (void)state;
    sy_error err;
    char longer[2000];
    sy_error_clear(&err);
    assert_int_equal(sy_fail_at(&err, SY_E_CORRUPT, "file", 7, "first %d", 1), SY_E_CORRUPT);
    assert_int_equal(sy_fail(&err, SY_E_INPUT, "other", "second"), SY_E_INPUT);
    assert_int_equal(err.status, SY_E_CORRUPT);
    assert_string_equal(err.msg, "first 1");
    assert_int_equal(err.offset, 7);
    sy_error_clear(&err);
    sy_fail_sys(&err, "f", ENOSPC, "cannot write");
    assert_int_equal(err.sys, ENOSPC);
    assert_non_null(strstr(err.msg, strerror(ENOSPC)));
    for (size_t i = 0; i + 3 < sizeof longer; i += 3)
        memcpy(longer + i, "资", 4);
    sy_error_clear(&err);
    sy_fail(&err, SY_E_INPUT, longer, "x%s", longer);
    assert_int_equal(sy_utf8_check(err.msg, strlen(err.msg)), strlen(err.msg));
    assert_int_equal(sy_utf8_check(err.where, strlen(err.where)), strlen(err.where));
    assert_int_equal(sy_fail_nomem(NULL), SY_E_NOMEM);
}

static void test_writer(void **state)
{
    (void)state;
    char path[320];
    sy_writer *w;
    sy_error err;
    sy_error_clear(&err);
    sy_buf want = SY_BUF_INIT, got = SY_BUF_INIT;
    check_ok(sy_writer_open(sy_scratch_path(path, "file"), &w, &err), &err);
    for (int i = 0; i < 200000; i++) { /* past the writer's buffer, at odd lengths */
        sy_writer_put(w, "0123456", (size_t)(i % 8));
        sy_buf_append(&want, "0123456", (size_t)(i % 8));
    }
    assert_int_equal(sy_writer_offset(w), want.len);
    assert_true(sy_writer_checksum(w) == sy_hash64(want.data, want.len));
    assert_true(sy_writer_checksum(w) == sy_hash64("", 0));
    check_ok(sy_writer_close(w, &err), &err);
    sy_test_read(path, &got);
    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.data, want.data, want.len);
    sy_map map;
    check_ok(sy_map_open(path, &map, &err), &err);
    assert_int_equal(map.len, want.len);
    sy_map_close(&map);
    assert_int_equal(sy_writer_open(path, &w, &err), SY_E_IO); /* never over a file */
    assert_int_equal(err.sys, EEXIST);
    sy_error_clear(&err);
    assert_int_equal(sy_read_file(path, want.len - 1, &got, &err), SY_E_LIMIT);
    assert_int_equal(sy_remove_file(path, NULL), SY_OK);
    assert_int_equal(sy_remove_file(path, NULL), SY_OK);
    /* A failed write takes the file away. */
    sy_error_clear(&err);
    check_ok(sy_writer_open(path, &w, &err), &err);
    sy_writer_put(w, "x", 1);
    sy_io_fail_at(1, ENOSPC);
    assert_int_equal(sy_writer_close(w, &err), SY_E_IO);
    sy_io_fail_at(0, 0);
    assert_int_equal(err.sys, ENOSPC);
    sy_path_info info;
    check_ok(sy_path_look(path, true, &info, NULL), NULL);
    assert_int_equal(info.kind, SY_PATH_NONE);
    sy_buf_release(&want);
    sy_buf_release(&got);
}

static void test_files(void **state)
{
    (void)state;
    char dir[320], path[330];
    sy_map map;
    sy_names names;
    sy_buf b = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    sy_scratch_path(dir, "a/b/c");
    check_ok(sy_make_dirs(dir, &err), &err);
    check_ok(sy_make_dirs(dir, &err), &err);
    snprintf(path, sizeof path, "%s/empty", dir);
    sy_test_write(path, "", 0);
    check_ok(sy_map_open(path, &map, &err), &err);
    assert_true(map.data == NULL && map.len == 0);
    sy_map_close(&map);
    assert_int_equal(sy_make_dirs(path, NULL), SY_E_IO);
    assert_int_equal(sy_read_file(dir, 100, &b, &err), SY_E_IO);
    assert_int_equal(err.sys, EISDIR);
    check_ok(sy_list_folder(dir, &names, NULL), NULL);
    assert_int_equal(names.n, 1);
    assert_string_equal(names.items[0], "empty");
    sy_names_release(&names);
    sy_remove_empty_folder(dir); /* it is not */
    check_ok(sy_list_folder(dir, &names, NULL), NULL);
    sy_names_release(&names);
    int fd, other;
    snprintf(path, sizeof path, "%s/lock", dir);
    check_ok(sy_lock_take(path, &fd, NULL), NULL);
    assert_int_equal(sy_lock_take(path, &other, NULL), SY_E_LOCKED);
    sy_lock_drop(other);
    sy_lock_drop(fd);
    check_ok(sy_lock_take(path, &fd, NULL), NULL);
    sy_lock_drop(fd);
    sy_buf_release(&b);
}

/* Whatever the processor: XXH3, of bytes of any length and place. */
static void test_hash(void **state)
{
    (void)state;
    static uint8_t bytes[9000];
    sy_random_init("test_hash");
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)sy_random();
    for (size_t len = 0; len < 4200; len++)
        assert_true(sy_hash64(bytes + len % 67, len) == XXH3_64bits(bytes + len % 67, len));
    assert_true(sy_hash64(bytes, sizeof bytes) == XXH3_64bits(bytes, sizeof bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc),   cmocka_unit_test(test_alloc_fail_at),
        cmocka_unit_test(test_buf),     cmocka_unit_test(test_buf_without_memory),
        cmocka_unit_test(test_varints), cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_errors),  cmocka_unit_test(test_writer),
        cmocka_unit_test(test_files),   cmocka_unit_test(test_hash)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
