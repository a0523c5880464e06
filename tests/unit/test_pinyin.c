#include "segmenter/pinyin.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "tests/support/check.h"
#include "tests/support/naive_pinyin.h"

static uint32_t first_char(const char *text)
{
    uint32_t cp;
    sy_utf8_decode(text, strlen(text), &cp);
    return cp;
}

/* ---- readings ---- */

static void test_readings(void **state)
{
    (void)state;
    static const struct {
        const char *text, *readings; /* all, the usual one first */
    } cases[] = {
        {"资", "zi"},
        {"金", "jin"},
        {"一", "yi"},
        {"〇", "ling"},
        {"女", "nv"},
        {"略", "lve e"}, /* a slip of the order of zhuyin */
        {"虐", "nve"},
        {"重", "zhong chong"},   /* 重庆, by the rules of Han-Latin */
        {"藏", "cang zang"},     /* 藏文 */
        {"曾", "ceng zeng"},     /* Han-Latin/Names */
        {"单", "dan shan chan"}, /* Names; 单于 is in our file */
        {"谁", "shei shui"},     /* the order of zhuyin */
        {"乾", "qian gan"},      /* the same; it folds to */
        {"干", "gan qian"},      /* this, which takes its readings */
        {"行", "xing hang"},     /* our file */
        {"会", "hui kuai"},
        {"都", "dou du"},
        {"六", "liu lu"},
        {"𠼞", "a"},
        {"𠮷", ""}, /* ICU does not know it */
        {"a", ""},
        {"①", ""},
        {"ひ", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char all[64] = "";
        const char *reading;
        for (size_t k = 0; (reading = sy_pinyin_reading(first_char(cases[i].text), k)); k++)
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", k ? " " : "", reading);
        if (strcmp(all, cases[i].readings) != 0)
            fail_msg("%s: '%s', not '%s'", cases[i].text, all, cases[i].readings);
    }
    assert_null(sy_pinyin_reading(0x10FFFF, 0));
    assert_null(sy_pinyin_reading(0xFFFFFFFF, 0));
    assert_null(sy_pinyin_reading(first_char("资"), 1000));
}

/* Letters only, and none twice. */
static void test_all_readings(void **state)
{
    (void)state;
    size_t with = 0, several = 0;
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        const char *reading;
        size_t n = 0;
        for (; (reading = sy_pinyin_reading(cp, n)) != NULL; n++) {
            size_t len = strlen(reading);
            assert_true(len >= 1 && len <= 6);
            assert_int_equal(strspn(reading, "abcdefghijklmnopqrstuvwxyz"), len);
            for (size_t k = 0; k < n; k++)
                assert_string_not_equal(reading, sy_pinyin_reading(cp, k));
        }
        with += n > 0;
        several += n > 1;
    }
    print_message("%zu characters with readings, %zu with several\n", with, several);
    assert_true(with > 40000 && several > 400);
}

static void test_spelling(void **state)
{
    (void)state;
    sy_buf out = SY_BUF_INIT;
    sy_pinyin_spell(sy_slice_of("区2局（a局）ひ"), &out);
    assert_string_equal(sy_buf_cstr(&out), "qu2juaju");
    sy_buf_release(&out);
}

/* ---- terms ---- */

static void test_terms(void **state)
{
    (void)state;
    static const struct {
        const char *text, *letters;
        sy_pinyin_fault fault;
    } cases[] = {
        {"zijin", "zijin", SY_PINYIN_GOOD},
        {"zi jin", "zijin", SY_PINYIN_GOOD},
        {" 'xi''an’ ", "xian", SY_PINYIN_GOOD},
        {"lü lu: lv", "lvlvlv", SY_PINYIN_GOOD},
        {"qv jü xü yv", "qvjvxvyv", SY_PINYIN_GOOD},
        {"xi‘an", "xian", SY_PINYIN_GOOD},
        {"zījīn", "zijin", SY_PINYIN_GOOD},
        {"āáǎàēéěèêīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeeiiiioooouuuuvvvvvnnnm", SY_PINYIN_GOOD},
        {"no1", "no1", SY_PINYIN_GOOD},
        {"u:", "v", SY_PINYIN_GOOD},
        {"a:", "", SY_PINYIN_OTHER},
        {"u':", "", SY_PINYIN_OTHER},
        {":", "", SY_PINYIN_OTHER},
        {"ù:", "v", SY_PINYIN_GOOD},
        {"v:", "", SY_PINYIN_OTHER},
        {"u::", "", SY_PINYIN_OTHER},
        {"å", "", SY_PINYIN_OTHER},
        {"zi\xCC\x84", "", SY_PINYIN_OTHER}, /* no normal form */
        {"资", "", SY_PINYIN_OTHER},
        {"a\nb", "", SY_PINYIN_OTHER},
        {"A", "", SY_PINYIN_OTHER}, /* no normal form */
        {"", "", SY_PINYIN_EMPTY},
        {" ' ", "", SY_PINYIN_EMPTY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_pinyin p;
        assert_int_equal(sy_pinyin_read(sy_slice_of(cases[i].text), &p), cases[i].fault);
        if (cases[i].fault == SY_PINYIN_GOOD) {
            assert_int_equal(p.n, strlen(cases[i].letters));
            assert_memory_equal(p.letters, cases[i].letters, p.n);
        }
    }
    char many[SY_PINYIN_MAX + 2];
    memset(many, 'a', sizeof many);
    sy_pinyin p;
    assert_int_equal(sy_pinyin_read((sy_slice){many, SY_PINYIN_MAX}, &p), SY_PINYIN_GOOD);
    assert_int_equal(p.n, SY_PINYIN_MAX);
    assert_int_equal(sy_pinyin_read((sy_slice){many, SY_PINYIN_MAX + 1}, &p), SY_PINYIN_LONG);
}

/* ---- places ---- */

static void mark_places(const sy_pinyin *p, const char *text, sy_buf *out)
{
    char marks[512] = {0};
    sy_pinyin_walk w;
    size_t start, end, n = strlen(text);
    sy_pinyin_begin(&w, p, sy_slice_of(text));
    while (sy_pinyin_next(&w, &start, &end)) {
        assert_true(start < end && end <= n && n < sizeof marks);
        memset(marks + start, 1, end - start);
    }
    for (size_t i = 0; i <= n; i++) {
        if (marks[i] != (i > 0 ? marks[i - 1] : 0))
            sy_buf_putc(out, marks[i] ? '[' : ']');
        if (i < n)
            sy_buf_putc(out, text[i]);
    }
}

static void test_places(void **state)
{
    (void)state;
    static const struct {
        const char *term, *marked;
        bool begins, whole;
    } cases[] = {
        {"zijin", "区[资金]局", false, false},
        {"zij", "区资金局", false, false},
        {"zij", "区[资金]局", true, false},
        {"zijj", "区资金局", true, false},
        {"z", "区[资]金局", true, false},
        {"zj", "区[资金]局", false, false},
        {"qzjj", "[区资金局]", false, false},
        {"qzijinj", "区资金局", false, false}, /* neither full nor initials */
        {"xian", "[西安]和[县]", false, false},
        {"xi'an", "[西安]和县", false, false},
        {"x'a", "[西安]和县", false, false},
        {"xia n", "西安和县", false, false},
        {"zhs", "[中山]和[资环省招商]局", false, false},
        {"zs", "[中山]和资环省[招商]局", false, false},
        {"z hs", "中山[资环省]", false, false},
        {"yinhang", "工商[银行]", false, false},
        {"nvlvlue", "[女律略]", false, false},
        {"nulu", "[女律]和[女路]", false, false},
        {"nvlv", "[女律]和女路", false, false},
        {"quju", "[区局]", false, false},
        {"qvjv", "[区局]", false, false},
        {"yvanyvnxve", "[元云学]", false, false},
        {"jiu", "[久]", false, false},
        {"jiv", "久", false, false},
        {"jvcgs", "[jvc公司]", false, false},
        {"jucgs", "jvc公司", false, false},
        {"u", "v", false, false},
        {"abc", "x[abcabc]", false, false},
        {"2lu", "第[2路]", false, false},
        {"diyi", "第 一", false, false},
        {"diyi", "第（一）", false, false},
        {"juju", "[局局局局]", false, false},
        {"zijin", "[资金]", false, true},
        {"zj", "[资金]", false, true},
        {"zijin", "资金局", false, true},
        {"zijin", "区资金", false, true},
        {"zijin", "", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        size_t n = 0;
        sy_pinyin p;
        sy_buf marked = SY_BUF_INIT;
        for (const char *c = cases[i].marked; *c; c++)
            if (*c != '[' && *c != ']')
                text[n++] = *c;
        text[n] = '\0';
        assert_int_equal(sy_pinyin_read(sy_slice_of(cases[i].term), &p), SY_PINYIN_GOOD);
        p.begins = cases[i].begins;
        p.whole = cases[i].whole;
        mark_places(&p, text, &marked);
        const char *want = cases[i].marked;
        if (strcmp(sy_buf_cstr(&marked), want) != 0)
            fail_msg("%s: %s, not %s", cases[i].term, sy_buf_cstr(&marked), want);
        sy_buf_release(&marked);
    }
}

/* ---- against a scan that tries everything ---- */

static void check_against_naive(const sy_pinyin *term, sy_slice text)
{
    sy_pinyin_walk w;
    size_t start = 0, end = 0;
    sy_pinyin_begin(&w, term, text);
    bool more = sy_pinyin_next(&w, &start, &end);
    for (size_t to = 1; to <= text.len; to++) {
        size_t want = naive_pinyin_start(term, text, to);
        size_t got = more && end == to ? start : SIZE_MAX;
        if (got != want)
            fail_msg("'%.*s' in '%s': to byte %zu: from %zu, not %zu", (int)term->n, term->letters,
                     text.data, to, got, want);
        if (got != SIZE_MAX)
            more = sy_pinyin_next(&w, &start, &end);
    }
    assert_false(more);
}

static void test_random(void **state)
{
    (void)state;
    static const char *const chars[] = {"西", "安", "县", "先", "长", "重", "行", "乐", "中", "山",
                                        "资", "环", "省", "了", "略", "女", "恩", "阿", "敢", "干",
                                        "嗯", "区", "局", "儿", "a",  "n",  "2",  "（", " ",  "\n"};
    size_t found = 0;
    for (int round = 0; round < 60000; round++) {
        char text[128] = "", typed[128] = "";
        sy_pinyin term;
        size_t start, end;
        sy_pinyin_walk w;
        for (uint32_t n = 1 + sy_random_below(9); n > 0; n--)
            strcat(text, chars[sy_random_below(sizeof chars / sizeof *chars)]);
        naive_pinyin_term(sy_slice_of(text), typed, sizeof typed);
        if (sy_pinyin_read(sy_slice_of(typed), &term) != SY_PINYIN_GOOD)
            continue;
        term.begins = sy_random_below(4) == 0;
        term.whole = !term.begins && sy_random_below(8) == 0;
        check_against_naive(&term, sy_slice_of(text));
        sy_pinyin_begin(&w, &term, sy_slice_of(text));
        found += sy_pinyin_next(&w, &start, &end);
    }
    print_message("%zu found\n", found);
    assert_true(found > 10000);
}

/* Long terms and texts of which everything is a place. */
static void test_long(void **state)
{
    (void)state;
    enum { CHARS = 20000 };
    static char text[3 * CHARS + 1];
    char letters[SY_PINYIN_MAX];
    sy_pinyin term;
    sy_pinyin_walk w;
    size_t start, end, n = 0;
    for (size_t i = 0; i < CHARS; i++)
        memcpy(text + 3 * i, i % 2 ? "阿" : "安", 3);
    memset(letters, 'a', sizeof letters);
    assert_int_equal(sy_pinyin_read((sy_slice){letters, sizeof letters}, &term), SY_PINYIN_GOOD);
    sy_pinyin_begin(&w, &term, (sy_slice){text, 3 * CHARS});
    for (; sy_pinyin_next(&w, &start, &end); n++)
        assert_int_equal(end - start, 3 * SY_PINYIN_MAX);
    assert_int_equal(n, CHARS - SY_PINYIN_MAX + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readings), cmocka_unit_test(test_all_readings),
        cmocka_unit_test(test_spelling), cmocka_unit_test(test_terms),
        cmocka_unit_test(test_places),   cmocka_unit_test(test_random),
        cmocka_unit_test(test_long),
    };
    sy_random_init("test_pinyin");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
