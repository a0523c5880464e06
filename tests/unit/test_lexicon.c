#include "segmenter/lexicon.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "segmenter/normal.h"
#include "tests/support/check.h"

typedef struct fixture {
    sy_buf image;
    sy_lexicon lx;
} fixture;

static void build(fixture *f, const char *const *words, size_t n)
{
    sy_error err;
    sy_error_clear(&err);
    sy_lexicon_builder *b = NULL;
    check_ok(sy_lexicon_builder_new(&b, &err), &err);
    for (size_t i = 0; i < n; i++)
        check_ok(sy_lexicon_builder_add(b, 0, words[i], strlen(words[i]), SY_LEXICON_ALWAYS, &err),
                 &err);
    f->image = (sy_buf)SY_BUF_INIT;
    check_ok(sy_lexicon_builder_finish(b, &f->image, &err), &err);
    sy_lexicon_builder_free(b);
    check_ok(sy_lexicon_open((const uint8_t *)f->image.data, f->image.len, &f->lx, &err), &err);
}

static size_t longest(const fixture *f, const char *text)
{
    return sy_lexicon_longest(&f->lx, text, strlen(text));
}

static void test_words(void **state)
{
    (void)state;
    static const char *const words[] = {
        "区商投局", "商投局", " ＧＤＰ ", "區商投局", "区 商 投 局", "局", "a b",  "局\n长",
        "",         "①号",    "  \n",     "C++",      "区商",        "x",  "𠀀𠀁", "\xFF\xFE",
    };
    fixture f;
    build(&f, words, sizeof words / sizeof *words);
    static const char *const want[] = {"c++", "gdp", "区商", "区商投局", "商投局", "��", "𠀀𠀁"};
    assert_int_equal(f.lx.n_words, sizeof want / sizeof *want);
    for (uint32_t i = 0; i < f.lx.n_words; i++)
        check_slice(sy_lexicon_word(&f.lx, i), want[i]);
    assert_int_equal(longest(&f, "区商投局负责"), strlen("区商投局"));
    assert_int_equal(longest(&f, "区商投资"), strlen("区商"));
    assert_int_equal(longest(&f, "区"), 0);
    assert_int_equal(longest(&f, ""), 0);
    assert_int_equal(longest(&f, "gdp"), 3);
    assert_int_equal(longest(&f, "gd"), 0);
    assert_int_equal(longest(&f, "𠀀𠀁区"), 8);
    assert_true(sy_lexicon_has(&f.lx, "商投局", strlen("商投局")));
    assert_false(sy_lexicon_has(&f.lx, "商投", strlen("商投")));
    assert_false(sy_lexicon_has(&f.lx, "商投局长", strlen("商投局长")));
    assert_false(sy_lexicon_has(&f.lx, "", 0));
    uint32_t i = sy_lexicon_find(&f.lx, "区商投局", strlen("区商投局"));
    check_slice(sy_lexicon_word(&f.lx, sy_lexicon_shorter(&f.lx, i)), "区商");
    assert_int_equal(sy_lexicon_shorter(&f.lx, sy_lexicon_shorter(&f.lx, i)), SY_LEXICON_NONE);
    sy_buf_release(&f.image);
}

/* The example of docs/format.md, "Lexicon image". */
static void test_image(void **state)
{
    (void)state;
    static const uint8_t want[] = {0x53, 0x59, 0x4C, 0x58, 2,    0,    0,    0,    6,    0,    0,
                                   0,    0x12, 0,    0,    0,    0,    0,    0,    0,    6,    0,
                                   0,    0,    0x12, 0,    0,    0,    0xFF, 0xFF, 0xFF, 0xFF, 0,
                                   0,    0,    0,    0,    0,    0,    0,    0,    0x80, 0,    0,
                                   0xE5, 0x8C, 0xBA, 0xE5, 0x95, 0x86, 0xE5, 0x8C, 0xBA, 0xE5, 0x95,
                                   0x86, 0xE6, 0x8A, 0x95, 0xE5, 0xB1, 0x80};
    static const char *const words[] = {"区商投局", "区商"};
    fixture f;
    build(&f, words, 2);
    assert_int_equal(f.image.len, sizeof want);
    assert_memory_equal(f.image.data, want, sizeof want);
    sy_buf_release(&f.image);
}

static void test_limit_of_length(void **state)
{
    (void)state;
    char word[SY_LEXICON_WORD_MAX + 2];
    memset(word, 'a', sizeof word);
    for (size_t len = SY_LEXICON_WORD_MAX - 1; len <= SY_LEXICON_WORD_MAX + 1; len++) {
        sy_error err;
        sy_error_clear(&err);
        sy_lexicon_builder *b = NULL;
        sy_buf image = SY_BUF_INIT;
        sy_lexicon lx;
        check_ok(sy_lexicon_builder_new(&b, &err), &err);
        check_ok(sy_lexicon_builder_add(b, 0, word, len, SY_LEXICON_ALWAYS, &err), &err);
        check_ok(sy_lexicon_builder_finish(b, &image, &err), &err);
        check_ok(sy_lexicon_open((const uint8_t *)image.data, image.len, &lx, &err), &err);
        assert_int_equal(lx.n_words, len <= SY_LEXICON_WORD_MAX);
        assert_int_equal(sy_lexicon_longest(&lx, word, sizeof word),
                         len <= SY_LEXICON_WORD_MAX ? len : 0);
        sy_lexicon_builder_free(b);
        sy_buf_release(&image);
    }
}

static void test_lines(void **state)
{
    (void)state;
    static const char text[] = "\xEF\xBB\xBF商投局\t5\r\n\n# 发改局\n\t无\r住建局\r\n   教体局  ";
    sy_error err;
    sy_error_clear(&err);
    sy_lexicon_builder *b = NULL;
    sy_buf image = SY_BUF_INIT;
    sy_lexicon lx;
    check_ok(sy_lexicon_builder_new(&b, &err), &err);
    check_ok(sy_lexicon_builder_add_lines(b, 0, text, sizeof text - 1, &err), &err);
    check_ok(sy_lexicon_builder_add_lines(b, 0, "", 0, &err), &err);
    check_ok(sy_lexicon_builder_finish(b, &image, &err), &err);
    check_ok(sy_lexicon_open((const uint8_t *)image.data, image.len, &lx, &err), &err);
    assert_int_equal(lx.n_words, 3);
    check_slice(sy_lexicon_word(&lx, 0), "住建局");
    check_slice(sy_lexicon_word(&lx, 1), "商投局");
    check_slice(sy_lexicon_word(&lx, 2), "教体局");
    assert_int_equal(sy_lexicon_weight(&lx, 0), SY_LEXICON_ALWAYS);
    assert_int_equal(sy_lexicon_weight(&lx, 1), 5);
    sy_lexicon_builder_free(b);
    sy_buf_release(&image);
}

static sy_buf image_of(const char *lines)
{
    sy_error err;
    sy_error_clear(&err);
    sy_lexicon_builder *b = NULL;
    sy_buf image = SY_BUF_INIT;
    check_ok(sy_lexicon_builder_new(&b, &err), &err);
    check_ok(sy_lexicon_builder_add_lines(b, 0, lines, strlen(lines), &err), &err);
    check_ok(sy_lexicon_builder_finish(b, &image, &err), &err);
    sy_lexicon_builder_free(b);
    return image;
}

/* What a weight may be, and which of several a word has. */
static void test_weights(void **state)
{
    (void)state;
#define LONG20 "一二三四五六七八九十一二三四五六七八九十"
    static const struct {
        const char *lines;
        uint32_t weight; /* of the first word */
    } cases[] = {
        {"甲乙\t7", 7},
        {"甲乙\t 7 \r\n", 7},
        {"甲乙\t0", 1},
        {"甲乙\t007\t8", SY_LEXICON_ALWAYS}, /* no number */
        {"甲乙\t", SY_LEXICON_ALWAYS},
        {"甲乙\t-7", SY_LEXICON_ALWAYS},
        {"甲乙\t7.5", SY_LEXICON_ALWAYS},
        {"甲乙\t4294967294", SY_LEXICON_ALWAYS - 1},
        {"甲乙\t4294967295", SY_LEXICON_ALWAYS - 1},
        {"甲乙\t99999999999999999999999999", SY_LEXICON_ALWAYS - 1},
        {"甲乙\t7\n甲乙\t9\n甲乙\t8", 9},
        {"甲乙\t7\n甲 乙", SY_LEXICON_ALWAYS}, /* without a weight: the strongest */
        {"甲乙\n甲乙\t7", SY_LEXICON_ALWAYS},
        {LONG20 "\t7", 7},
        {LONG20 "一\t7", SY_LEXICON_ALWAYS}, /* too long for one */
        {"5g基站\t7", SY_LEXICON_ALWAYS},    /* not of Han alone */
        {"ai\t7", SY_LEXICON_ALWAYS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sy_error err;
        sy_error_clear(&err);
        sy_lexicon lx;
        sy_buf image = image_of(cases[i].lines);
        check_ok(sy_lexicon_open((const uint8_t *)image.data, image.len, &lx, &err), &err);
        assert_int_equal(sy_lexicon_weight(&lx, 0), cases[i].weight);
        assert_int_equal(lx.weights != NULL, cases[i].weight != SY_LEXICON_ALWAYS);
        sy_buf_release(&image);
    }
    sy_buf one = image_of("甲乙\t7\n丙丁\n戊己\t8"),
           other = image_of("戊己\t8\n甲乙\t6\n丙丁\n甲乙\t7");
    assert_int_equal(one.len, other.len);
    assert_memory_equal(one.data, other.data, one.len);
    sy_buf_release(&one);
    sy_buf_release(&other);
}

/* A damaged image with weights is refused or does no harm. */
static void test_hostile_weights(void **state)
{
    (void)state;
    sy_buf image = image_of("甲乙\t7\n丙丁\n" LONG20 "\t8\n" LONG20 "一");
    sy_error err;
    sy_error_clear(&err);
    sy_lexicon lx;
    check_ok(sy_lexicon_open((const uint8_t *)image.data, image.len, &lx, &err), &err);
    assert_int_equal(lx.n_words, 4);
    uint8_t *weights = (uint8_t *)image.data + image.len - 16;
    static const struct {
        uint32_t at, weight;
        bool sound;
    } cases[] = {{0, SY_LEXICON_ALWAYS, true},
                 {0, 0, false},
                 {1, 7, false}, /* of 21 characters */
                 {2, 7, true},
                 {3, 0, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t was = sy_get_u32(weights + 4 * (size_t)cases[i].at);
        sy_put_u32(weights + 4 * (size_t)cases[i].at, cases[i].weight);
        sy_status st = sy_lexicon_open((const uint8_t *)image.data, image.len, &lx, &err);
        assert_int_equal(st, cases[i].sound ? SY_OK : SY_E_CORRUPT);
        sy_put_u32(weights + 4 * (size_t)cases[i].at, was);
    }
    memset(weights, 0xFF, 16); /* weights that say nothing */
    assert_int_equal(sy_lexicon_open((const uint8_t *)image.data, image.len, &lx, &err),
                     SY_E_CORRUPT);
    sy_buf_release(&image);
}

static void test_empty(void **state)
{
    (void)state;
    fixture f;
    build(&f, NULL, 0);
    assert_int_equal(f.image.len, 0);
    assert_int_equal(f.lx.n_words, 0);
    assert_int_equal(longest(&f, "区商投局"), 0);
    assert_false(sy_lexicon_has(&f.lx, "", 0));
    sy_buf_release(&f.image);
}

/* A word of 1 to 6 letters from a small alphabet, so that words share beginnings. */
static size_t random_word(char *out)
{
    static const char *const letters[] = {"区", "商", "a", "𠀀"};
    size_t len = 0;
    for (uint32_t n = 1 + sy_random_below(6); n > 0; n--) {
        const char *letter = letters[sy_random_below(4)];
        memcpy(out + len, letter, strlen(letter));
        len += strlen(letter);
    }
    out[len] = '\0';
    return len;
}

/* The same words in another order and repeated give the same bytes; find agrees
 * with a scan over all words. */
static void test_random(void **state)
{
    (void)state;
    sy_random_init("test_lexicon");
    for (int round = 0; round < 60; round++) {
        enum { MOST = 150 };
        static char words[MOST][32];
        const char *in[2 * MOST];
        uint32_t n = 1 + sy_random_below(MOST);
        for (uint32_t i = 0; i < n; i++) {
            random_word(words[i]);
            in[i] = words[i];
        }
        fixture f, g;
        build(&f, in, n);
        for (uint32_t i = 0; i < n; i++)
            in[n + i] = words[sy_random_below(n)];
        for (uint32_t i = 0; i < n; i++) {
            uint32_t j = sy_random_below(n);
            const char *t = in[i];
            in[i] = in[j];
            in[j] = t;
        }
        build(&g, in, 2 * (size_t)n);
        assert_int_equal(f.image.len, g.image.len);
        if (f.image.len > 0)
            assert_memory_equal(f.image.data, g.image.data, f.image.len);
        for (int t = 0; t < 200; t++) {
            char text[32];
            size_t len = random_word(text), best = 0;
            for (uint32_t i = 0; i < n; i++) {
                size_t word_len = strlen(words[i]);
                if (word_len <= len && memcmp(words[i], text, word_len) == 0 && word_len > best &&
                    sy_utf8_count(words[i], word_len) > 1)
                    best = word_len;
            }
            assert_int_equal(sy_lexicon_longest(&f.lx, text, len), best);
        }
        sy_buf_release(&f.image);
        sy_buf_release(&g.image);
    }
}

/* Opens bytes that may be anything, in a block of their own so that a sanitizer
 * sees any read past them, and uses what opens. */
static bool try_open(const char *bytes, size_t len)
{
    uint8_t *copy = sy_alloc(len, 1);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    sy_error err;
    sy_error_clear(&err);
    sy_lexicon lx;
    sy_status st = sy_lexicon_open(copy, len, &lx, &err);
    assert_true(st == SY_OK || st == SY_E_CORRUPT);
    assert_int_equal(err.status, st);
    static const char text[] = "区商投局商投发改局gdp";
    for (size_t i = 0; st == SY_OK && i < sizeof text - 1; i++)
        assert_true(sy_lexicon_longest(&lx, text + i, sizeof text - 1 - i) <= sizeof text - 1 - i);
    sy_free(copy);
    return st == SY_OK;
}

static void test_hostile(void **state)
{
    (void)state;
    static const char *const words[] = {"区商投局", "区商", "商投局", "gdp", "发改局"};
    fixture f;
    build(&f, words, 5);
    assert_true(try_open(f.image.data, f.image.len));
    for (size_t len = 1; len < f.image.len; len++)
        assert_false(try_open(f.image.data, len));
    for (size_t i = 0; i < f.image.len; i++)
        for (int bit = 0; bit < 8; bit++) {
            char old = f.image.data[i];
            f.image.data[i] = (char)(old ^ 1 << bit);
            try_open(f.image.data, f.image.len);
            f.image.data[i] = old;
        }
    /* Numbers that overflow sums. */
    for (size_t at = 4; at < 16; at += 4) {
        uint32_t old = sy_get_u32(f.image.data + at);
        static const uint32_t bad[] = {0, UINT32_MAX, 0x7FFFFFFF, 0x80000000u, 0x40000000};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            sy_put_u32(f.image.data + at, bad[i]);
            assert_false(try_open(f.image.data, f.image.len));
        }
        sy_put_u32(f.image.data + at, old);
    }
    sy_buf_release(&f.image);
    sy_random_init("test_lexicon hostile");
    for (int round = 0; round < 2000; round++) {
        char noise[200];
        size_t len = 1 + sy_random_below(sizeof noise);
        for (size_t i = 0; i < len; i++)
            noise[i] = (char)sy_random();
        if (len > 4)
            memcpy(noise, "SYLX", 4);
        assert_false(try_open(noise, len));
    }
}

/* Every allocation fails in turn: NOMEM, and the builder goes on afterwards. */
static void test_no_memory(void **state)
{
    (void)state;
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        sy_error err;
        sy_error_clear(&err);
        sy_lexicon_builder *b = NULL;
        sy_buf image = SY_BUF_INIT;
        static const char text[] = "商投局\n发改局\n区商投局";
        sy_alloc_fail_at(n, false);
        sy_status st = sy_lexicon_builder_new(&b, &err);
        if (st == SY_OK)
            st = sy_lexicon_builder_add_lines(b, 0, text, sizeof text - 1, &err);
        if (st == SY_OK)
            st = sy_lexicon_builder_finish(b, &image, &err);
        sy_alloc_fail_at(0, false);
        failed = st != SY_OK;
        if (failed) {
            assert_int_equal(st, SY_E_NOMEM);
            assert_int_equal(err.status, SY_E_NOMEM);
        }
        sy_error_clear(&err);
        if (failed && b) {
            sy_buf_reset(&image);
            check_ok(sy_lexicon_builder_add_lines(b, 0, text, sizeof text - 1, &err), &err);
            check_ok(sy_lexicon_builder_finish(b, &image, &err), &err);
        }
        sy_lexicon lx = {0};
        if (b)
            check_ok(sy_lexicon_open((const uint8_t *)image.data, image.len, &lx, &err), &err);
        assert_int_equal(lx.n_words, b ? 3 : 0);
        sy_lexicon_builder_free(b);
        sy_buf_release(&image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),           cmocka_unit_test(test_image),
        cmocka_unit_test(test_limit_of_length), cmocka_unit_test(test_lines),
        cmocka_unit_test(test_empty),           cmocka_unit_test(test_random),
        cmocka_unit_test(test_hostile),         cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_weights),         cmocka_unit_test(test_hostile_weights)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
