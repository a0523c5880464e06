#include "base/alloc.h"
#include "base/utf8.h"
#include "indexer/reader.h"
#include "tests/support/check.h"

typedef struct decode_case {
    const char *bytes;
    size_t len;
    const char *encoding, *text;
    size_t replaced, first;
} decode_case;

#define BYTES(s) s, sizeof(s) - 1

static const decode_case cases[] = {
    {BYTES(""), "UTF-8", "", 0, 0},
    {BYTES("abc"), "UTF-8", "abc", 0, 0},
    {BYTES("资金\n"), "UTF-8", "资金\n", 0, 0},
    {BYTES("\xEF\xBB\xBF资"), "UTF-8", "资", 0, 0},
    {BYTES("\xEF\xBB\xBF"), "UTF-8", "", 0, 0},
    {BYTES("\xFF\xFE\x44\x8D\x0A\x00"), "UTF-16LE", "资\n", 0, 0},
    {BYTES("\xFE\xFF\x8D\x44\x00\x0A"), "UTF-16BE", "资\n", 0, 0},
    {BYTES("\xFF\xFE\x40\xD8\x0B\xDC"), "UTF-16LE", "𠀋", 0, 0},
    {BYTES("\xFF\xFE\x40\xD8\x41\x00"), "UTF-16LE",
     "\xEF\xBF\xBD"
     "A",
     1, 2},
    {BYTES("\xFE\xFF\x8D\x44\xDC\x0B\x8D"), "UTF-16BE", "资\xEF\xBF\xBD\xEF\xBF\xBD", 2, 4},
    {BYTES("\xFF\xFE"), "UTF-16LE", "", 0, 0},
    /* No mark, but zero bytes where ASCII is. */
    {BYTES("\x09\x00\x44\x8D\x0A\x00"), "UTF-16LE", "\t资\n", 0, 0},
    {BYTES("\x00\x09\x8D\x44\x00\x0A"), "UTF-16BE", "\t资\n", 0, 0},
    /* 一 is U+4E00 and 最 is U+6700: a zero byte on the other side. */
    {BYTES("\x09\x00\x00\x4E\x00\x67\x00\x30\x0A\x00"), "UTF-16LE", "\t一最\u3000\n", 0, 0},
    {BYTES("\x00\x09\x4E\x00\x67\x00\x00\x0A"), "UTF-16BE", "\t一最\n", 0, 0},
    /* 资金短缺 and, with four bytes, 𠀋. */
    {BYTES("\xD7\xCA\xBD\xF0\xB6\xCC\xC8\xB1\n"), "GB18030", "资金短缺\n", 0, 0},
    {BYTES("\xD7\xCA\x95\x32\x83\x37"), "GB18030", "资𠀋", 0, 0},
    /* UTF-8 with a fault is not read as GB18030, nor is what neither can be. */
    {BYTES("责任单位资金\xE8\xB5"), "UTF-8", "责任单位资金\xEF\xBF\xBD", 1, 18},
    {BYTES("\xD7\xCA\xFF"), "UTF-8", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 3, 0},
    {BYTES("\xEF\xBB\xBF\xD7\xCA"), "UTF-8", "\xEF\xBF\xBD\xEF\xBF\xBD", 2, 3},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const decode_case *c = &cases[i];
        sy_buf out = SY_BUF_INIT;
        sy_error err;
        const char *encoding;
        size_t replaced, first;
        sy_error_clear(&err);
        check_ok(
            sy_decode_document("x", c->bytes, c->len, &out, &encoding, &replaced, &first, &err),
            &err);
        if (strcmp(encoding, c->encoding) != 0 || replaced != c->replaced)
            fail_msg("case %zu: %s, %zu replaced", i, encoding, replaced);
        assert_string_equal(sy_buf_cstr(&out), c->text);
        if (replaced > 0)
            assert_int_equal(first, c->first);
        sy_buf_release(&out);
    }
}

static void test_binary(void **state)
{
    (void)state;
    static const decode_case binary[] = {
        {BYTES("abc\0def"), NULL, NULL, 0, 3},
        {BYTES("\x7F"
               "ELF\x02\x01\x01\0\0\0\0\0"),
         NULL, NULL, 0, 7},
        {BYTES("\0\0\0\0"), NULL, NULL, 0, 0},
        {BYTES("\xFF\xFE\0\0\x44\x8D\0\0"), NULL, NULL, 0, 2},
        {BYTES("\xEF\xBB\xBF\0"), NULL, NULL, 0, 3},
        {BYTES("abc\0efghijkl"), NULL, NULL, 0, 3},
        {BYTES("资金短缺a\0\xFFz"), NULL, NULL, 0, 13},
    };
    for (size_t i = 0; i < sizeof binary / sizeof *binary; i++) {
        sy_buf out = SY_BUF_INIT;
        sy_error err;
        const char *encoding;
        size_t replaced, first;
        sy_error_clear(&err);
        assert_int_equal(sy_decode_document("a.bin", binary[i].bytes, binary[i].len, &out,
                                            &encoding, &replaced, &first, &err),
                         SY_E_INPUT);
        assert_string_equal(err.where, "a.bin");
        assert_non_null(strstr(err.msg, "not text"));
        assert_int_equal(err.offset, binary[i].first);
        assert_int_equal(out.len, 0);
        sy_buf_release(&out);
    }
}

/* Any bytes: a status, and text that is well-formed. */
static void test_random(void **state)
{
    (void)state;
    sy_random_init("test_random");
    for (int round = 0; round < 5000; round++) {
        char bytes[64];
        size_t len = sy_random_below(sizeof bytes), replaced, first;
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)(round % 2 ? sy_random_below(256) : 0x81 + sy_random_below(0x7D));
        sy_buf out = SY_BUF_INIT;
        const char *encoding;
        sy_status st =
            sy_decode_document("x", bytes, len, &out, &encoding, &replaced, &first, NULL);
        assert_true(st == SY_OK || st == SY_E_INPUT);
        assert_int_equal(sy_utf8_check(sy_buf_cstr(&out), out.len), out.len);
        sy_buf_release(&out);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    for (size_t i = 1; i < sizeof cases / sizeof *cases; i++) {
        sy_buf out = SY_BUF_INIT;
        const char *encoding;
        size_t replaced, first;
        sy_alloc_fail_at(1, true);
        sy_status st = sy_decode_document("x", cases[i].bytes, cases[i].len, &out, &encoding,
                                          &replaced, &first, NULL);
        unsigned long calls = sy_alloc_fail_at(0, false);
        assert_true(calls == 0 ? st == SY_OK : st == SY_E_NOMEM);
        sy_buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_binary),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
