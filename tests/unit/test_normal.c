#include "segmenter/normal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "tests/support/check.h"

static const UNormalizer2 *nfkc, *nfkd;

static void normalize(unsigned flags, const char *text, size_t len, sy_buf *out)
{
    sy_error err;
    sy_error_clear(&err);
    sy_buf_reset(out);
    check_ok(sy_normalize(flags, text, len, out, NULL, &err), &err);
}

static sy_slice as_slice(const sy_buf *b)
{
    return (sy_slice){sy_buf_cstr(b), b->len};
}

static void check_same(const sy_buf *got, const sy_buf *want, const char *text, size_t len)
{
    if (got->len == want->len && memcmp(sy_buf_cstr(got), sy_buf_cstr(want), got->len) == 0)
        return;
    for (size_t i = 0; i < len; i++)
        print_error("%02X ", (unsigned char)text[i]);
    print_error("\ngot  \"%s\"\nwant \"%s\"\n", sy_buf_cstr(got), sy_buf_cstr(want));
    fail();
}

/* -- The same definition, written slowly over the whole text -- */

enum { SLOW_MAX = 4096 };

typedef struct slow_text {
    UChar32 cp[SLOW_MAX];
    int32_t n;
} slow_text;

static void slow_fold(const UChar32 *cp, int32_t n, slow_text *out)
{
    static UChar a[4 * SLOW_MAX], b[4 * SLOW_MAX];
    UErrorCode status = U_ZERO_ERROR;
    int32_t len;
    u_strFromUTF32(a, 4 * SLOW_MAX, &len, cp, n, &status);
    len = unorm2_normalize(nfkd, a, len, b, 4 * SLOW_MAX, &status);
    len = u_strFoldCase(a, 4 * SLOW_MAX, b, len, U_FOLD_CASE_DEFAULT, &status);
    len = unorm2_normalize(nfkc, a, len, b, 4 * SLOW_MAX, &status);
    u_strToUTF32(out->cp + out->n, SLOW_MAX - out->n, &n, b, len, &status);
    assert_true(U_SUCCESS(status));
    out->n += n;
}

static bool slow_is_han(UChar32 cp)
{
    UErrorCode status = U_ZERO_ERROR;
    return uscript_getScript(cp, &status) == USCRIPT_HAN;
}

/* The pairs of Traditional and Simplified are ICU's and not what is in question:
 * they are asked character by character. */
static UChar32 slow_simplified(UChar32 cp)
{
    static sy_buf out = SY_BUF_INIT;
    char bytes[4];
    uint32_t simple = (uint32_t)cp;
    if (slow_is_han(cp)) {
        normalize(0, bytes, sy_utf8_encode((uint32_t)cp, bytes), &out);
        assert_int_equal(sy_utf8_decode(out.data, out.len, &simple), out.len);
    }
    return (UChar32)simple;
}

static bool slow_is_barrier(UChar32 cp)
{
    return (cp >= 0x0A && cp <= 0x0D) || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

static void slow_spaces(const slow_text *text, sy_buf *out)
{
    for (int32_t i = 0; i < text->n; i++) {
        UChar32 cp = text->cp[i];
        if (slow_is_barrier(cp)) {
            if (cp == '\r' && i + 1 < text->n && text->cp[i + 1] == '\n')
                i++;
            sy_buf_putc(out, SY_BARRIER);
        } else if (u_isUWhiteSpace(cp)) {
            int32_t end = i;
            while (end < text->n && u_isUWhiteSpace(text->cp[end]) &&
                   !slow_is_barrier(text->cp[end]))
                end++;
            if (!(i > 0 && end < text->n && slow_is_han(text->cp[i - 1]) &&
                  slow_is_han(text->cp[end])))
                sy_buf_putc(out, ' ');
            i = end - 1;
        } else {
            sy_buf_put_cp(out, (uint32_t)cp);
        }
    }
}

static void slow_normalize(unsigned flags, const char *bytes, size_t len, sy_buf *out)
{
    static slow_text text, folded;
    text.n = folded.n = 0;
    int32_t piece = 0; /* where the text after the last enclosed number begins */
    for (size_t i = 0; i < len; text.n++) {
        uint32_t cp;
        i += sy_utf8_decode(bytes + i, len - i, &cp);
        text.cp[text.n] = (UChar32)cp;
        if (sy_cp_is_enclosed_number(cp)) {
            slow_fold(text.cp + piece, text.n - piece, &folded);
            folded.cp[folded.n++] = (UChar32)cp;
            piece = text.n + 1;
        }
    }
    slow_fold(text.cp + piece, text.n - piece, &folded);
    for (int32_t i = 0; !(flags & SY_NORM_KEEP_VARIANTS) && i < folded.n; i++)
        folded.cp[i] = slow_simplified(folded.cp[i]);
    sy_buf_reset(out);
    slow_spaces(&folded, out);
}

/* -- Random text -- */

typedef struct range {
    uint32_t first, last;
} range;

static const range kinds[] = {
    {0x00, 0x7F},       {'A', 'z'},         {0xA0, 0x24F},      {0x300, 0x36F},
    {0x340, 0x345},     {0x370, 0x5FF},     {0x590, 0x6FF},     {0x900, 0xDFF},
    {0xDD0, 0xDDF},     {0xF40, 0xFBC},     {0x1100, 0x11FF},   {0x1161, 0x1175},
    {0x11A8, 0x11C2},   {0x1E00, 0x1FFF},   {0x2000, 0x206F},   {0x20D0, 0x20FF},
    {0x2100, 0x214F},   {0x2460, 0x24FF},   {0x2776, 0x2793},   {0x2E80, 0x303F},
    {0x3040, 0x3130},   {0x3099, 0x309C},   {0x3131, 0x318E},   {0x3200, 0x33FF},
    {0x4E00, 0x9FFF},   {0x8A00, 0x9FFF},   {0xAC00, 0xAC40},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFB00, 0xFDFF},   {0xFE00, 0xFEFF},   {0xFF00, 0xFFEF},
    {0xFF66, 0xFF9F},   {0x11000, 0x115FF}, {0x1D158, 0x1D170}, {0x1D400, 0x1D7FF},
    {0x1F100, 0x1F2FF}, {0x20000, 0x2A6DF}, {0x2F800, 0x2FA1D}, {0, 0x2FFFF},
    {0, 0x10FFFF},
};
static const uint32_t spaces[] = {' ',  ' ',    '\t',  0x3000, 0xA0,   0x1680, 0x2003, 0xA8,
                                  0xB4, 0x2017, 0x37A, 0xFC5E, 0xFDFA, 0xFE76, 0x200B, '\n',
                                  '\r', '\v',   '\f',  0x85,   0x2028, 0x2029};

static uint32_t random_cp(void)
{
    if (sy_random_below(6) == 0)
        return spaces[sy_random_below(sizeof spaces / sizeof *spaces)];
    range kind = kinds[sy_random_below(sizeof kinds / sizeof *kinds)];
    return kind.first + sy_random_below(kind.last - kind.first + 1);
}

/* Up to `max` characters: of any kind, or again and again of a few. */
static void random_text(sy_buf *text, uint32_t max, bool ill_formed)
{
    uint32_t few[4], n = sy_random_below(max + 1);
    bool of_few = sy_random_below(3) == 0;
    for (size_t i = 0; i < 4; i++)
        few[i] = random_cp();
    sy_buf_reset(text);
    for (uint32_t i = 0; i < n; i++) {
        if (ill_formed && sy_random_below(20) == 0)
            sy_buf_putc(text, (char)(0x80 + sy_random_below(0x80)));
        else
            sy_buf_put_cp(text, of_few ? few[sy_random_below(4)] : random_cp());
    }
}

/* -- Tests -- */

typedef struct normal_case {
    const char *text, *want;
} normal_case;

static void check_cases(unsigned flags, const normal_case *cases, size_t n)
{
    sy_buf out = SY_BUF_INIT;
    for (size_t i = 0; i < n; i++) {
        normalize(flags, cases[i].text, strlen(cases[i].text), &out);
        check_slice(as_slice(&out), cases[i].want);
    }
    sy_buf_release(&out);
}

static void test_cases(void **state)
{
    (void)state;
    static const normal_case cases[] = {
        {"", ""},
        {"Abc xyz~", "abc xyz~"},
        {"ＡＢＣ１２％", "abc12%"},
        {"，：（）", ",:()"},
        {"。、“”…", "。、“”..."},
        {"①１０．１％", "①10.1%"},
        {"⑳㉑㊿⓪⓿❶➀⓵⑴⒈㈠㊀🄀🄁㉈", "⑳㉑㊿⓪⓿❶➀⓵⑴⒈㈠㊀🄀🄁㉈"},
        {"①\xCC\x81", "①\xCC\x81"},
        {"ⒶⓐⅣ㊙㈱", "aaiv秘(株)"},
        {"㍿", "株式会社"},
        {"ﬁ", "fi"},
        {"Straße ẞ", "strasse ss"},
        {"İ", "i\xCC\x87"},
        {"㎡", "m2"},
        {"½", "1⁄2"},
        {"ΑΣς", "ασσ"},
        {"e\xCC\x81", "é"},
        {"E\xCC\x81", "é"},
        {"É", "é"},
        {"\xCC\x84\xCC\x81", "\xCC\x84\xCC\x81"},
        {"\xCD\x84", "\xCC\x88\xCC\x81"},               /* U+0344 */
        {"a\xCC\x81\xCC\xA3", "ạ\xCC\x81"},             /* marks are put in order */
        {"α\xCD\x85\xCC\x81", "άι"},                    /* an iota below, then an accent */
        {"\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "한"}, /* jamo */
        {"하\xE1\x86\xAB", "한"},
        {"ㅎㅏㄴ", "하\xE1\x84\x82"}, /* letters decompose to leading consonants */
        {"ﾊﾞｶﾞﾊﾟ", "バガパ"},
        {"か\xE3\x82\x99", "が"},
        {"神\xEF\xA4\x80", "神岂"}, /* U+F900 */
        {"\xF0\xAF\xA0\x80", "丽"}, /* U+2F800 */
        {"𠀀", "𠀀"},
        {"\xE2\xBC\x80", "一"}, /* a radical */
        {"資金短缺，後續無法", "资金短缺,后续无法"},
        {"乾隆皇后", "干隆皇后"},
        {"苎苧薴", "苎苎苎"},
        {"a\xE2\x80\x8B"
         "b",
         "a\xE2\x80\x8B"
         "b"},                  /* a zero-width space */
        {"1️⃣", "1️⃣"}, /* a keycap is a sequence, not a character */
    };
    check_cases(0, cases, sizeof cases / sizeof *cases);
    sy_buf out = SY_BUF_INIT;
    normalize(0, "a\0B\x7F", 4, &out);
    assert_int_equal(out.len, 4);
    assert_memory_equal(out.data, "a\0b\x7F", 5);
    normalize(0, NULL, 0, &out);
    assert_int_equal(out.len, 0);
    sy_buf_release(&out);
}

static void test_variants(void **state)
{
    (void)state;
    static const normal_case kept[] = {
        {"資金ＡＢ①", "資金ab①"},    {"\xEF\xA4\x80", "豈"}, /* U+F900 */
        {"責 任 单 位", "責任单位"}, {"薴苧", "薴苧"},       {"豈\xCC\x81", "豈\xCC\x81"},
    };
    check_cases(SY_NORM_KEEP_VARIANTS, kept, sizeof kept / sizeof *kept);
    static const normal_case folded[] = {{"豈\xCC\x81", "岂\xCC\x81"}};
    check_cases(0, folded, sizeof folded / sizeof *folded);
}

static void test_spaces(void **state)
{
    (void)state;
    static const normal_case cases[] = {
        {"责 任 单 位", "责任单位"},
        {"责　　任\t单 \t 位", "责任单位"},
        {"〇 々 𠀀 資", "〇々𠀀资"},
        {"責 任", "责任"},
        {"GDP  增长 5 %", "gdp 增长 5 %"},
        {"资金 ， 短缺", "资金 , 短缺"},
        {"① 资金", "① 资金"},
        {" 资金 ", " 资金 "},
        {"  ", " "},
        {"a\xC2\xA0\xE2\x80\x83\xE1\x9A\x80 b", "a b"},
        {"a\nb\rc\r\nd\ve\ff", "a\nb\nc\nd\ne\nf"},
        {"a\xC2\x85\xE2\x80\xA8\xE2\x80\xA9", "a\n\n\n"},
        {"\n\r\n\r\r\n\n", "\n\n\n\n\n"},
        {"资 \n\t金", "资 \n 金"},
        {"资\n金", "资\n金"},
        {"\n\xCC\x81", "\n\xCC\x81"},
        {"资 \xC2\xA8金", "资 \xCC\x88金"},             /* U+00A8: a space and a mark */
        {"资 \xC2\xA8\xCC\xA3", "资 \xCC\xA3\xCC\x88"}, /* the same in a cluster */
        {"资 ㈱", "资 (株)"},
        {"资 ㊙ 料", "资秘料"}, /* judged on normal forms */
        {"资 \xCC\x81金", "资 \xCC\x81金"},
    };
    check_cases(0, cases, sizeof cases / sizeof *cases);
}

static void test_ill_formed(void **state)
{
    (void)state;
    static const normal_case cases[] = {
        {"\xFF", "\xEF\xBF\xBD"},
        {"资\xE8\xB5", "资\xEF\xBF\xBD"},
        {"\xE8\xB5资", "\xEF\xBF\xBD资"},
        {"\xE8 \xB5", "\xEF\xBF\xBD \xEF\xBF\xBD"},
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xC0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xE0\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"e\xCC", "e\xEF\xBF\xBD"},
        {"\xCC\xCC\x81", "\xEF\xBF\xBD\xCC\x81"},
    };
    check_cases(0, cases, sizeof cases / sizeof *cases);
    /* A text ends where its length says, even within a character. */
    sy_buf out = SY_BUF_INIT;
    normalize(0, "资金", 4, &out);
    check_slice(as_slice(&out), "资\xEF\xBF\xBD");
    sy_buf_release(&out);
}

static void test_properties(void **state)
{
    (void)state;
    unsigned n_enclosed = 0;
    for (uint32_t cp = 0; cp < 0x110100; cp++) {
        bool real = cp < 0x110000 && !(cp >= 0xD800 && cp <= 0xDFFF);
        bool han = real && slow_is_han((UChar32)cp);
        uint32_t type = real ? U_GET_GC_MASK((UChar32)cp) : 0;
        assert_int_equal(sy_cp_is_han(cp), han);
        assert_int_equal(sy_cp_is_digit(cp), (type & U_GC_ND_MASK) != 0);
        bool letter = han || (type & (U_GC_L_MASK | U_GC_M_MASK | U_GC_NL_MASK)) != 0;
        assert_int_equal(sy_cp_is_letter(cp), letter);
        n_enclosed += sy_cp_is_enclosed_number(cp);
        if (sy_cp_is_enclosed_number(cp))
            assert_true(sy_cp_enclosed_value(cp) == (unsigned)u_getNumericValue((UChar32)cp));
        else
            assert_int_equal(sy_cp_enclosed_value(cp), 0);
    }
    assert_false(sy_cp_is_letter(UINT32_MAX));
    /* In circles 0-20 and 21-50; (1), 1. and 1, ; more circles; dingbats; Han; on squares. */
    assert_int_equal(n_enclosed, 21 + 30 + 20 + 20 + 11 + 21 + 32 + 20 + 8);
}

static void test_enclosed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned value;
    } cases[] = {{"①", 1},  {"⑳", 20},  {"㉑", 21}, {"㊿", 50}, {"⑴", 1},  {"⒇", 20}, {"⒈", 1},
                 {"㈠", 1}, {"㈩", 10}, {"㊀", 1},  {"❶", 1},   {"❿", 10}, {"➀", 1},  {"⓵", 1},
                 {"⓴", 20}, {"⓪", 0},   {"㉈", 10}, {"🄁", 0},   {"㊙", 0}, {"1", 0},  {"一", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t cp;
        sy_utf8_decode(cases[i].text, strlen(cases[i].text), &cp);
        if (sy_cp_enclosed_value(cp) != cases[i].value)
            fail_msg("%s is not %u", cases[i].text, cases[i].value);
    }
    assert_true(sy_cp_is_enclosed_number(0x24EA));
    assert_false(sy_cp_is_enclosed_number(0x3299)); /* ㊙ */
    assert_false(sy_cp_is_enclosed_number(0x24B6)); /* Ⓐ */
}

static void test_count_han(void **state)
{
    (void)state;
    assert_int_equal(sy_count_han("", 0), 0);
    const char *text = "a资b𠀀〇、\n金\xE8";
    assert_int_equal(sy_count_han(text, strlen(text)), 4);
}

static void test_rules_hash(void **state)
{
    (void)state;
    assert_true(sy_normal_rules_hash(0) == sy_normal_rules_hash(0));
    assert_true(sy_normal_rules_hash(0) != sy_normal_rules_hash(SY_NORM_KEEP_VARIANTS));
}

static void test_every_character(void **state)
{
    (void)state;
    static const uint32_t after[] = {0, 0x301, 0x338, 0x345, 0x3099, 0x1161, 0x11A8};
    sy_buf text = SY_BUF_INIT, got = SY_BUF_INIT, want = SY_BUF_INIT, again = SY_BUF_INIT;
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        if (!u_isdefined((UChar32)cp) || (cp >= 0xD800 && cp <= 0xDFFF))
            continue;
        bool alone = (cp >= 0x3400 && cp <= 0x9FFF) || (cp > 0xAC00 && cp <= 0xD7A3); /* the bulk */
        for (size_t i = 0; i < (alone ? 1 : sizeof after / sizeof *after); i++) {
            sy_buf_reset(&text);
            sy_buf_put_cp(&text, cp);
            if (after[i])
                sy_buf_put_cp(&text, after[i]);
            normalize(0, text.data, text.len, &got);
            slow_normalize(0, text.data, text.len, &want);
            check_same(&got, &want, text.data, text.len);
            normalize(0, got.data, got.len, &again);
            check_same(&again, &got, text.data, text.len);
        }
    }
    sy_buf_release(&text);
    sy_buf_release(&got);
    sy_buf_release(&want);
    sy_buf_release(&again);
}

static void test_random(void **state)
{
    (void)state;
    sy_buf text = SY_BUF_INIT, got = SY_BUF_INIT, want = SY_BUF_INIT, again = SY_BUF_INIT;
    for (int round = 0; round < 60000; round++) {
        unsigned flags = sy_random_below(4) == 0 ? SY_NORM_KEEP_VARIANTS : 0;
        random_text(&text, round % 500 == 0 ? 300 : 12, sy_random_below(4) == 0);
        normalize(flags, sy_buf_cstr(&text), text.len, &got);
        slow_normalize(flags, sy_buf_cstr(&text), text.len, &want);
        check_same(&got, &want, sy_buf_cstr(&text), text.len);
        normalize(flags, got.data, got.len, &again);
        check_same(&again, &got, sy_buf_cstr(&text), text.len);
    }
    sy_buf_release(&text);
    sy_buf_release(&got);
    sy_buf_release(&want);
    sy_buf_release(&again);
}

/* Where a text may be cut without changing its normal form. */
static bool may_cut(const char *text, size_t len, const sy_buf *left, const sy_buf *right)
{
    uint32_t cp;
    sy_utf8_decode(text, len, &cp);
    return unorm2_hasBoundaryBefore(nfkc, (UChar32)cp) && left->len > 0 && right->len > 0 &&
           left->data[left->len - 1] != ' ' && right->data[0] != ' ' &&
           !(left->data[left->len - 1] == SY_BARRIER && right->data[0] == SY_BARRIER);
}

static void test_concatenation(void **state)
{
    (void)state;
    sy_buf text = SY_BUF_INIT, whole = SY_BUF_INIT, left = SY_BUF_INIT, right = SY_BUF_INIT;
    size_t n_cut = 0;
    for (int round = 0; round < 10000; round++) {
        random_text(&text, 12, false);
        normalize(0, sy_buf_cstr(&text), text.len, &whole);
        for (size_t i = 0; i < text.len;) {
            uint32_t cp;
            i += sy_utf8_decode(text.data + i, text.len - i, &cp);
            normalize(0, text.data, i, &left);
            normalize(0, text.data + i, text.len - i, &right);
            if (i == text.len || !may_cut(text.data + i, text.len - i, &left, &right))
                continue;
            n_cut++;
            sy_buf_append(&left, right.data, right.len);
            check_same(&left, &whole, text.data, text.len);
        }
    }
    assert_true(n_cut > 10000);
    sy_buf_release(&text);
    sy_buf_release(&whole);
    sy_buf_release(&left);
    sy_buf_release(&right);
}

static void check_ranges(const char *text, const uint32_t *want, size_t n)
{
    sy_buf out = SY_BUF_INIT;
    sy_norm_map map = {0};
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_normalize(0, text, strlen(text), &out, &map, &err), &err);
    assert_int_equal(map.len, out.len);
    size_t i = 0, k = 0;
    for (uint32_t cp; i < out.len; k++) {
        assert_true(k < n);
        assert_int_equal(map.start[i], want[2 * k]);
        assert_int_equal(map.end[i], want[2 * k + 1]);
        i += sy_utf8_decode(out.data + i, out.len - i, &cp);
    }
    assert_int_equal(k, n);
    sy_buf_release(&out);
    sy_norm_map_release(&map);
}

static void test_map_cases(void **state)
{
    (void)state;
    static const uint32_t dropped[] = {0, 3, 4, 7, 10, 13};
    check_ranges("责 任　单", dropped, 3);
    static const uint32_t run[] = {0, 1, 1, 6, 6, 9};
    check_ranges("A \t　资", run, 3);
    static const uint32_t expanded[] = {0, 3, 0, 3, 0, 3, 0, 3, 3, 4};
    check_ranges("㍿x", expanded, 5);
    static const uint32_t cluster[] = {0, 1, 1, 6, 1, 6, 6, 7};
    check_ranges("xa\xCC\x81\xCC\xA3y", cluster, 4);
    static const uint32_t crlf[] = {0, 1, 1, 3, 3, 4};
    check_ranges("a\r\nb", crlf, 3);
    static const uint32_t bad[] = {0, 3, 3, 5, 5, 8};
    check_ranges("资\xE8\xB5金", bad, 3);
    static const uint32_t joined[] = {0, 3, 3, 6,
                                      4, 6, 6, 9}; /* the space of U+00A8 joins the run */
    check_ranges("资 \xC2\xA8金", joined, 4);
}

/* Each character comes from a range that normalises to a text with it inside. */
static void check_map(const sy_buf *text, const sy_buf *out, const sy_norm_map *map, sy_buf *part)
{
    assert_int_equal(map->len, out->len);
    for (size_t i = 0; i < out->len;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(out->data + i, out->len - i, &cp);
        uint32_t start = map->start[i], end = map->end[i];
        assert_true(start < end && end <= text->len);
        assert_true(i == 0 || (map->start[i - 1] <= start && map->end[i - 1] <= end));
        for (size_t k = 0; k < n; k++)
            assert_true(map->start[i + k] == start && map->end[i + k] == end);
        assert_true(((unsigned char)text->data[start] & 0xC0) != 0x80);
        normalize(0, text->data + start, end - start, part);
        if (!memmem(part->data, part->len, out->data + i, n))
            check_same(part, out, text->data, text->len);
        i += n;
    }
}

static void test_map_random(void **state)
{
    (void)state;
    sy_buf text = SY_BUF_INIT, out = SY_BUF_INIT, part = SY_BUF_INIT, plain = SY_BUF_INIT;
    sy_norm_map map = {0};
    for (int round = 0; round < 20000; round++) {
        random_text(&text, round % 500 == 0 ? 300 : 12, false);
        sy_buf_reset(&out);
        sy_buf_puts(&out, "before"); /* the map is of what was appended */
        assert_int_equal(sy_normalize(0, sy_buf_cstr(&text), text.len, &out, &map, NULL), SY_OK);
        assert_memory_equal(out.data, "before", 6);
        sy_buf appended = {out.data + 6, out.len - 6, 0, SY_OK};
        check_map(&text, &appended, &map, &part);
        normalize(0, sy_buf_cstr(&text), text.len, &plain);
        check_same(&appended, &plain, sy_buf_cstr(&text), text.len);
    }
    sy_buf_release(&text);
    sy_buf_release(&out);
    sy_buf_release(&part);
    sy_buf_release(&plain);
    sy_norm_map_release(&map);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Ordered by a method that is quadratic, these would take minutes. */
static void test_long_clusters(void **state)
{
    (void)state;
    enum { PAIRS = 250000 };
    sy_buf text = SY_BUF_INIT, want = SY_BUF_INIT, got = SY_BUF_INIT;
    sy_norm_map map = {0};
    sy_buf_puts(&text, "xa");
    for (int i = 0; i < PAIRS; i++)
        sy_buf_puts(&text, "\xCC\x81\xCC\xA3"); /* an acute, a dot below */
    sy_buf_puts(&want, "xạ");
    for (int i = 1; i < PAIRS; i++)
        sy_buf_puts(&want, "\xCC\xA3");
    for (int i = 0; i < PAIRS; i++)
        sy_buf_puts(&want, "\xCC\x81");
    double began = seconds();
    assert_int_equal(sy_normalize(0, text.data, text.len, &got, &map, NULL), SY_OK);
    check_same(&got, &want, text.data, 0);
    assert_int_equal(map.start[1], 1);
    assert_int_equal(map.end[got.len - 1], text.len);
    sy_buf_reset(&text);
    sy_buf_reset(&want);
    for (int i = 0; i < PAIRS; i++) {
        sy_buf_puts(&text, i ? "\xE1\x85\xA1\xE1\x86\xA8" : "\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8");
        sy_buf_puts(&want, i ? "\xE1\x85\xA1\xE1\x86\xA8" : "각"); /* vowels without a consonant */
    }
    normalize(0, text.data, text.len, &got);
    check_same(&got, &want, text.data, 0);
    double took = seconds() - began;
    print_message("2 clusters of 1 MB: %.0f ms\n", took * 1e3);
    assert_true(took < 10);
    sy_buf_release(&text);
    sy_buf_release(&want);
    sy_buf_release(&got);
    sy_norm_map_release(&map);
}

/* Every allocation fails once; the output stays as it was. */
static void test_no_memory(void **state)
{
    (void)state;
    sy_buf text = SY_BUF_INIT;
    sy_buf_puts(&text, "a\xCC\x81\xCC\xA3 资金");
    for (int i = 0; i < 200; i++)
        sy_buf_puts(&text, "\xEF\xB7\xBA"); /* U+FDFA grows elevenfold */
    unsigned long n_failed = 0;
    for (unsigned long at = 1;; at++) {
        sy_buf out = SY_BUF_INIT;
        sy_norm_map map = {0};
        sy_error err;
        sy_error_clear(&err);
        sy_buf_puts(&out, "kept");
        sy_alloc_fail_at(at, false);
        sy_status status = sy_normalize(0, text.data, text.len, &out, &map, &err);
        sy_alloc_fail_at(0, false);
        if (status != SY_OK) {
            n_failed++;
            assert_int_equal(status, SY_E_NOMEM);
            assert_int_equal(err.status, SY_E_NOMEM);
            check_slice(as_slice(&out), "kept");
            assert_int_equal(map.len, 0);
        }
        sy_buf_release(&out);
        sy_norm_map_release(&map);
        if (status == SY_OK)
            break;
    }
    assert_true(n_failed >= 5);
    sy_buf_release(&text);
}

static void test_speed(void **state)
{
    (void)state;
    enum { REPEATS = 20000 };
    sy_buf text = SY_BUF_INIT, out = SY_BUF_INIT;
    sy_norm_map map = {0};
    const char *line =
        "（三）加快推进重点项目建设，全年完成投资３６．５亿元，同比增长10.1%；因资金短缺，"
        "区商投局牵头的2个项目进展缓慢。";
    for (int mapped = 0; mapped < 2; mapped++) {
        double began = seconds();
        for (int i = 0; i < REPEATS; i++) {
            sy_buf_reset(&out);
            assert_int_equal(sy_normalize(0, line, strlen(line), &out, mapped ? &map : NULL, NULL),
                             SY_OK);
        }
        print_message("normal form %s map: %.0f MB/s\n", mapped ? "with" : "without",
                      (double)strlen(line) * REPEATS / 1e6 / (seconds() - began));
    }
    sy_buf_release(&text);
    sy_buf_release(&out);
    sy_norm_map_release(&map);
}

static int set_up(void **state)
{
    (void)state;
    UErrorCode status = U_ZERO_ERROR;
    nfkc = unorm2_getNFKCInstance(&status);
    nfkd = unorm2_getNFKDInstance(&status);
    sy_random_init("test_normal");
    return U_SUCCESS(status) ? 0 : -1;
}

/* Spaces between texts that were put together are as if all were one text. */
static void test_join_spaces(void **state)
{
    (void)state;
    static const struct {
        const char *joined, *want;
    } cases[] = {{"", ""},
                 {" ", " "},
                 {"  ", " "},
                 {"资 金", "资金"},
                 {"资   金", "资金"},
                 {"a  b", "a b"},
                 {"资 a 金", "资 a 金"},
                 {" 资", " 资"},
                 {"资 ", "资 "},
                 {"资 \n 金", "资 \n 金"},
                 {"资 。 金", "资 。 金"},
                 {"𠀀 资", "𠀀资"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_buf b = SY_BUF_INIT;
        sy_buf_puts(&b, "资"); /* what stands before is left alone */
        sy_buf_puts(&b, cases[i].joined);
        sy_normal_join_spaces(&b, strlen("资"));
        assert_int_equal(b.len, strlen("资") + strlen(cases[i].want));
        assert_memory_equal(sy_buf_cstr(&b) + strlen("资"), cases[i].want, strlen(cases[i].want));
        sy_buf_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join_spaces),     cmocka_unit_test(test_cases),
        cmocka_unit_test(test_variants),        cmocka_unit_test(test_spaces),
        cmocka_unit_test(test_ill_formed),      cmocka_unit_test(test_properties),
        cmocka_unit_test(test_enclosed),        cmocka_unit_test(test_count_han),
        cmocka_unit_test(test_rules_hash),      cmocka_unit_test(test_map_cases),
        cmocka_unit_test(test_every_character), cmocka_unit_test(test_random),
        cmocka_unit_test(test_concatenation),   cmocka_unit_test(test_map_random),
        cmocka_unit_test(test_long_clusters),   cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_speed),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
