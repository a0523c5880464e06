#include "base/alloc.h"
#include "base/utf8.h"
#include "indexer/decode.h"
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
        sy_extent bytes = {c->bytes, c->len, NULL};
        sy_spill spill = {.dir = NULL};
        sy_decoded d;
        sy_error err;
        sy_error_clear(&err);
        check_ok(sy_decode(NULL, "x", &bytes, &spill, &d, &err), &err);
        if (strcmp(d.encoding, c->encoding) != 0 || d.replaced != c->replaced)
            fail_msg("case %zu: %s, %zu replaced", i, d.encoding, d.replaced);
        check_slice(((sy_slice){d.text.data, d.text.len}), c->text);
        if (d.replaced > 0)
            assert_int_equal(d.first, c->first);
        sy_spill_release(&spill);
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
        sy_extent bytes = {binary[i].bytes, binary[i].len, NULL};
        sy_spill spill = {.dir = NULL};
        sy_decoded d;
        sy_error err;
        sy_error_clear(&err);
        assert_int_equal(sy_decode(NULL, "a.bin", &bytes, &spill, &d, &err), SY_E_INPUT);
        assert_string_equal(err.where, "a.bin");
        assert_non_null(strstr(err.msg, "not text"));
        assert_int_equal(err.offset, binary[i].first);
        assert_int_equal(spill.len, 0);
        sy_spill_release(&spill);
    }
}

/* The first bytes of a file tell that it is no text only if it is none, however it goes on. */
static void test_head(void **state)
{
    (void)state;
    static const char program[] = "\x7F"
                                  "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3E\0";
    sy_error err;
    sy_error_clear(&err);
    assert_int_equal(sy_decode_check_head("a.bin", program, sizeof program - 1, &err), SY_E_INPUT);
    assert_non_null(strstr(err.msg, "not text"));
    assert_int_equal(err.offset, 7);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t len = 0; len <= cases[i].len; len++)
            check_ok(sy_decode_check_head("x", cases[i].bytes, len, NULL), NULL);
    }
}

/* Any bytes: a status, and text that is well-formed. */
static void test_random(void **state)
{
    (void)state;
    sy_random_init("test_random");
    for (int round = 0; round < 5000; round++) {
        char bytes[64];
        size_t len = sy_random_below(sizeof bytes);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)(round % 2 ? sy_random_below(256) : 0x81 + sy_random_below(0x7D));
        sy_extent all = {bytes, len, NULL};
        sy_spill spill = {.dir = NULL};
        sy_decoded d;
        sy_status st = sy_decode(NULL, "x", &all, &spill, &d, NULL);
        assert_true(st == SY_OK || st == SY_E_INPUT);
        if (st == SY_OK)
            assert_int_equal(sy_utf8_check(d.text.data, d.text.len), d.text.len);
        if (sy_decode_check_head("x", bytes, sy_random_below((uint32_t)len + 1), NULL) != SY_OK)
            assert_int_equal(st, SY_E_INPUT);
        sy_spill_release(&spill);
    }
}

/* Characters of one to four bytes, some broken where `faults`; the same in UTF-16LE. */
static void fill_long(sy_buf *utf8, sy_buf *utf16, size_t len, bool faults)
{
    static const uint32_t firsts[] = {' ', 0xC0, 0x4E00, 0x20000};
    while (utf8->len < len) {
        uint32_t cp = firsts[sy_random_below(4)] + sy_random_below(60);
        sy_buf_put_cp(utf8, cp);
        if (cp >= 0x10000) {
            sy_buf_put_u16(utf16, (uint16_t)(0xD800 + ((cp - 0x10000) >> 10)));
            sy_buf_put_u16(utf16, (uint16_t)(0xDC00 + (cp & 0x3FF)));
        } else {
            sy_buf_put_u16(utf16, (uint16_t)cp);
        }
        if (faults && sy_random_below(40) == 0)
            utf8->data[utf8->len - 1] = (char)sy_random_below(256);
        if (faults && utf8->data[utf8->len - 1] == '\0')
            utf8->data[utf8->len - 1] = '0';
    }
}

static void check_long(const char *encoding, const sy_buf *bytes, const sy_buf *want,
                       size_t replaced, size_t first)
{
    sy_extent all = {bytes->data, bytes->len, NULL};
    sy_spill spill = {.dir = sy_scratch_dir()}; /* goes into a file */
    sy_decoded d;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_decode(encoding, "x", &all, &spill, &d, &err), &err);
    assert_int_equal(d.replaced, replaced);
    if (replaced > 0)
        assert_int_equal(d.first, first);
    assert_int_equal(d.text.len, want->len);
    assert_memory_equal(d.text.data, want->data, want->len);
    sy_spill_release(&spill);
}

/* Long texts are decoded in pieces: as in one. */
static void test_long(void **state)
{
    (void)state;
    enum { BYTES_LONG = 6 << 20 };
    sy_random_init("test_long");
    for (int faults = 0; faults < 2; faults++) {
        sy_buf utf8 = SY_BUF_INIT, utf16 = SY_BUF_INIT, want = SY_BUF_INIT;
        size_t first;
        fill_long(&utf8, &utf16, BYTES_LONG + sy_random_below(1000), faults);
        size_t replaced = sy_utf8_repair(utf8.data, utf8.len, &want, &first);
        assert_true(faults ? replaced > 1000 : replaced == 0);
        check_long(NULL, &utf8, &want, replaced, first);
        check_long("UTF-8", &utf8, &want, replaced, first);
        if (!faults)
            check_long("UTF-16LE", &utf16, &want, 0, 0);
        sy_buf_release(&utf8);
        sy_buf_release(&utf16);
        sy_buf_release(&want);
    }
}

/* As many bytes of GB18030 and Big5, with a fault far behind: the same as their parts. */
static void test_long_chinese(void **state)
{
    (void)state;
    static const struct {
        const char *encoding, *bytes, *text;
    } of[] = {{"GB18030", "\xD7\xCA\xBD\xF0\xB6\xCC\xC8\xB1\n", "资金短缺\n"},
              {"Big5", "\xB3\x64\xA5\xF4\xB3\xE6\xA6\xEC\xAA\xBA\xB8\xEA\xAA\xF7\xB0\xDD\xC3\x44\n",
               "責任單位的資金問題\n"}};
    for (size_t i = 0; i < 2; i++) {
        for (size_t broken = 0; broken < 2; broken++) {
            sy_buf bytes = SY_BUF_INIT, want = SY_BUF_INIT;
            while (bytes.len < 3 << 20) {
                sy_buf_puts(&bytes, of[i].bytes);
                sy_buf_puts(&want, of[i].text);
            }
            size_t at = bytes.len;
            for (size_t n = 0; n < broken; n++) {
                sy_buf_puts(&bytes, "\xFF\n");
                sy_buf_puts(&want, "\xEF\xBF\xBD\n");
            }
            check_long(NULL, &bytes, &want, broken, at);
            check_long(of[i].encoding, &bytes, &want, broken, at);
            sy_buf_release(&bytes);
            sy_buf_release(&want);
        }
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    for (size_t i = 1; i < sizeof cases / sizeof *cases; i++) {
        sy_extent bytes = {cases[i].bytes, cases[i].len, NULL};
        sy_spill spill = {.dir = NULL};
        sy_decoded d;
        sy_alloc_fail_at(1, true);
        sy_status st = sy_decode(NULL, "x", &bytes, &spill, &d, NULL);
        unsigned long calls = sy_alloc_fail_at(0, false);
        assert_true(calls == 0 ? st == SY_OK : st == SY_E_NOMEM);
        sy_spill_release(&spill);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),     cmocka_unit_test(test_binary),
        cmocka_unit_test(test_head),      cmocka_unit_test(test_random),
        cmocka_unit_test(test_long),      cmocka_unit_test(test_long_chinese),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
