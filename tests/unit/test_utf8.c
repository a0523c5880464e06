#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        char out[4];
        uint32_t back;
        size_t len = sy_utf8_encode(cp, out);
        bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        size_t want = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
        if (len != want || sy_utf8_decode(out, len, &back) != len ||
            back != (surrogate ? SY_CP_REPLACEMENT : cp) || sy_utf8_check(out, len) != len)
            fail_msg("U+%04X", cp);
    }
    char out[4];
    assert_int_equal(sy_utf8_encode(UINT32_MAX, out), 3);
    assert_memory_equal(out, "\uFFFD", 3);
}

typedef struct broken_case {
    const char *bytes;
    size_t len, parts; /* maximal subparts: characters and U+FFFD together */
    size_t bad;        /* of them ill-formed */
    size_t first;
} broken_case;

static const broken_case broken[] = {
    {"", 0, 0, 0, 0},
    {"a资𠀀", 8, 3, 0, 8},
    {"\x80", 1, 1, 1, 0},
    {"\xC0\xAF", 2, 2, 2, 0},                                  /* never used as a lead */
    {"\xC1\xBF", 2, 2, 2, 0},                                  /* likewise */
    {"\xE0\x80\xAF", 3, 3, 3, 0},                              /* shorter form exists */
    {"\xED\xA0\x80", 3, 3, 3, 0},                              /* a surrogate */
    {"\xF4\x90\x80\x80", 4, 4, 4, 0},                          /* past U+10FFFF */
    {"\xF5\x80\x80\x80", 4, 4, 4, 0},                          /* likewise */
    {"\xF0\x80\x80\x80", 4, 4, 4, 0},                          /* shorter form exists */
    {"\xE8\xB5", 2, 1, 1, 0},                                  /* cut short: one part */
    {"\xF0\xA0\x80", 3, 1, 1, 0},                              /* likewise */
    {"\xF0\xA0\x80z", 4, 2, 1, 0},                             /* and something behind it */
    {"ab\xFFz", 4, 4, 1, 2},                                   /**/
    {"\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63", 10, 7, 4, 1}, /* Unicode 3.9, table 3-8 */
    {"\uFFFD", 3, 1, 0, 3},                                    /* the real one is well-formed */
    {"\xEF\xBF", 2, 1, 1, 0},
};

static void test_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        const broken_case *c = &broken[i];
        /* Exactly as many bytes: a sanitizer sees a look past the end. */
        char *s = malloc(c->len ? c->len : 1);
        assert_non_null(s);
        memcpy(s, c->bytes, c->len);
        size_t first;
        sy_buf out = SY_BUF_INIT;
        if (sy_utf8_count(s, c->len) != c->parts || sy_utf8_check(s, c->len) != c->first ||
            sy_utf8_repair(s, c->len, &out, &first) != c->bad || first != c->first ||
            sy_utf8_count(sy_buf_cstr(&out), out.len) != c->parts ||
            sy_utf8_check(sy_buf_cstr(&out), out.len) != out.len)
            fail_msg("case %zu", i);
        if (c->bad == 0)
            assert_true(out.len == c->len && memcmp(sy_buf_cstr(&out), s, c->len) == 0);
        sy_buf_release(&out);
        free(s);
    }
}

/* Any bytes: the parts cover them, and a repaired text stays as it is. */
static void test_random(void **state)
{
    (void)state;
    sy_random_init("test_utf8");
    static const unsigned char leads[] = {0x00, 0x7F, 0x80, 0xBF, 0xC2, 0xE0, 0xE8,
                                          0xED, 0xEF, 0xF0, 0xF4, 0xFF, 0x90, 0xA0};
    for (int round = 0; round < 20000; round++) {
        size_t len = sy_random_below(12), at = 0, parts = 0;
        char *s = malloc(len ? len : 1);
        assert_non_null(s);
        for (size_t i = 0; i < len; i++)
            s[i] = (char)(sy_random_below(3) ? leads[sy_random_below(sizeof leads)]
                                             : sy_random_below(256));
        while (at < len) {
            uint32_t cp;
            size_t n = sy_utf8_decode(s + at, len - at, &cp);
            assert_in_range(n, 1, len - at);
            assert_true(cp < 0x110000 && !(cp >= 0xD800 && cp <= 0xDFFF));
            at += n;
            parts++;
        }
        assert_int_equal(sy_utf8_count(s, len), parts);
        size_t first, again;
        sy_buf once = SY_BUF_INIT, twice = SY_BUF_INIT;
        size_t bad = sy_utf8_repair(s, len, &once, &first);
        assert_int_equal(first, sy_utf8_check(s, len));
        assert_int_equal(bad > 0, first < len);
        assert_int_equal(sy_utf8_repair(sy_buf_cstr(&once), once.len, &twice, &again), 0);
        assert_string_equal(sy_buf_cstr(&once), sy_buf_cstr(&twice));
        sy_buf_release(&once);
        sy_buf_release(&twice);
        free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
