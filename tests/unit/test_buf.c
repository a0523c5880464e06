#include "base/buf.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "tests/support/check.h"

static void test_append(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 62, 63, 64, 65, 127, 128, 129, 255, 256, 257, 100000};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        sy_buf b = SY_BUF_INIT;
        char *want = sy_alloc(sizes[k] * 3 + 1, 1);
        for (size_t i = 0; i < sizes[k] * 3; i++)
            want[i] = (char)(i * 7);
        for (size_t part = 0; part < 3; part++) {
            sy_buf_append(&b, want + part * sizes[k], sizes[k]);
            if (b.data)
                assert_int_equal(b.data[b.len], '\0');
        }
        check_ok(sy_buf_status(&b, NULL), NULL);
        assert_int_equal(b.len, sizes[k] * 3);
        assert_memory_equal(sy_buf_cstr(&b), want, b.len);
        sy_free(want);
        sy_buf_release(&b);
        assert_null(b.data);
        assert_int_equal(b.len + b.cap, 0);
    }
    sy_buf empty = SY_BUF_INIT;
    assert_string_equal(sy_buf_cstr(&empty), "");
    sy_buf_append(&empty, NULL, 0);
    assert_null(empty.data);
    sy_buf_release(&empty);
}

static void test_numbers(void **state)
{
    (void)state;
    sy_buf b = SY_BUF_INIT;
    sy_buf_put_u16(&b, 0x1234);
    sy_buf_put_u32(&b, 0x89ABCDEF);
    sy_buf_put_u64(&b, 0x0123456789ABCDEF);
    sy_buf_put_varint(&b, 300);
    static const uint8_t want[] = {0x34, 0x12, 0xEF, 0xCD, 0xAB, 0x89, 0xEF, 0xCD,
                                   0xAB, 0x89, 0x67, 0x45, 0x23, 0x01, 0xAC, 0x02};
    assert_int_equal(b.len, sizeof want);
    assert_memory_equal(b.data, want, sizeof want);
    sy_buf_reset(&b);
    assert_string_equal(sy_buf_cstr(&b), "");
    sy_buf_put_cp(&b, 'a');
    sy_buf_put_cp(&b, 0xE9);
    sy_buf_put_cp(&b, 0x8D44);
    sy_buf_put_cp(&b, 0x20000);
    sy_buf_put_cp(&b, 0xD800);
    sy_buf_put_cp(&b, 0x110000);
    assert_string_equal(b.data, "aé资𠀀\uFFFD\uFFFD");
    sy_buf_release(&b);
}

static void test_printf(void **state)
{
    (void)state;
    sy_buf b = SY_BUF_INIT;
    sy_buf_printf(&b, "%s", "");
    sy_buf_printf(&b, "%d-%s", 12, "资金");
    assert_string_equal(sy_buf_cstr(&b), "12-资金");
    for (int width = 1; width < 300; width++) { /* every fit, the exact one too */
        sy_buf c = SY_BUF_INIT;
        sy_buf_putc(&c, '<');
        sy_buf_printf(&c, "%*d", width, 7);
        sy_buf_puts(&c, ">");
        assert_int_equal(c.len, width + 2);
        assert_memory_equal(c.data + width, "7>", 3);
        sy_buf_release(&c);
    }
    sy_buf_release(&b);
}

/* Long strings are looked at eight bytes at a time, short ones a character at a time: whatever one
 * byte is and wherever it stands, the same is made of it. */
static void test_json_at_once(void **state)
{
    (void)state;
    enum { LONGEST = 27, PIECE = 7 };
    sy_buf whole = SY_BUF_INIT, pieces = SY_BUF_INIT, piece = SY_BUF_INIT;
    for (unsigned byte = 0; byte < 256; byte++) {
        for (size_t len = 1; len <= LONGEST; len++) {
            char text[LONGEST];
            memset(text, '~', sizeof text);
            for (size_t at = 0; at < len; at++) {
                text[at] = (char)byte;
                sy_buf_reset(&whole);
                sy_buf_reset(&pieces);
                sy_buf_put_json(&whole, text, len);
                sy_buf_putc(&pieces, '"');
                for (size_t i = 0; i < len; i += PIECE) {
                    sy_buf_reset(&piece);
                    sy_buf_put_json(&piece, text + i, len - i < PIECE ? len - i : PIECE);
                    sy_buf_append(&pieces, piece.data + 1, piece.len - 2);
                }
                sy_buf_putc(&pieces, '"');
                assert_string_equal(sy_buf_cstr(&whole), sy_buf_cstr(&pieces));
                text[at] = ' ';
            }
        }
    }
    sy_buf_release(&whole);
    sy_buf_release(&pieces);
    sy_buf_release(&piece);
}

static void test_json(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        const char *want;
    } cases[] = {
        {"", 0, "\"\""},
        {"资金", 6, "\"资金\""},
        {"a\"b\\c/", 6, "\"a\\\"b\\\\c/\""},
        {"\n\t\r\b\x01\x7F", 6, "\"\\n\\t\\r\\u0008\\u0001\\u007f\""},
        {"\0", 1, "\"\\u0000\""},
        {"a\xFFz", 3, "\"a\uFFFDz\""},
        {"\xE8\xB5", 2, "\"\uFFFD\""},
        {"\uFFFD", 3, "\"\uFFFD\""},
        {"\u2028\u2029", 6, "\"\\u2028\\u2029\""},
        {"𠀀😀", 8, "\"𠀀😀\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_buf b = SY_BUF_INIT;
        sy_buf_put_json(&b, cases[i].text, cases[i].len);
        assert_string_equal(sy_buf_cstr(&b), cases[i].want);
        sy_buf_release(&b);
    }
}

static void test_reserve_detach(void **state)
{
    (void)state;
    sy_buf b = SY_BUF_INIT;
    char *at = sy_buf_reserve(&b, 5);
    assert_non_null(at);
    memcpy(at, "hello", 5);
    b.len += 5;
    assert_non_null(sy_buf_reserve(&b, 0));
    sy_buf_puts(&b, "!");
    size_t len;
    char *text = sy_buf_detach(&b, &len);
    assert_int_equal(len, 6);
    assert_string_equal(text, "hello!");
    assert_null(b.data);
    assert_int_equal(b.len + b.cap, 0);
    sy_buf_puts(&b, "again");
    assert_string_equal(sy_buf_cstr(&b), "again");
    sy_free(text);
    sy_buf_release(&b);
    assert_null(sy_buf_detach(&b, NULL));
}

/* After the first failure nothing is written any more, and it is told at the end. */
static void test_sticky(void **state)
{
    (void)state;
    sy_buf b = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    sy_buf_puts(&b, "before");
    assert_null(sy_buf_reserve(&b, SIZE_MAX));
    assert_null(sy_buf_reserve(&b, 1));
    sy_buf_puts(&b, "x");
    sy_buf_put_varint(&b, 1);
    sy_buf_printf(&b, "%d", 5);
    sy_buf_put_json(&b, "a", 1);
    assert_string_equal(b.data, "before");
    assert_int_equal(sy_buf_status(&b, &err), SY_E_NOMEM);
    assert_int_equal(err.status, SY_E_NOMEM);
    sy_buf_reset(&b);
    sy_buf_puts(&b, "after");
    check_ok(sy_buf_status(&b, NULL), NULL);
    assert_string_equal(b.data, "after");
    sy_buf_release(&b);
    sy_alloc_fail_at(1, false);
    sy_buf_puts(&b, "x");
    sy_alloc_fail_at(0, false);
    assert_int_equal(sy_buf_status(&b, NULL), SY_E_NOMEM);
    assert_string_equal(sy_buf_cstr(&b), "");
    sy_buf_release(&b);
    check_ok(sy_buf_status(&b, NULL), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append),       cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_printf),       cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_at_once), cmocka_unit_test(test_reserve_detach),
        cmocka_unit_test(test_sticky),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
