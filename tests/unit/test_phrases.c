/* Phrases: what is coded is spelt again, in the original and in normal form; the
 * parse is the shortest; no dictionary, however broken, leads outside its bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "indexer/phrase_trainer.h"
#include "segmenter/normal.h"
#include "store/phrase_matcher.h"
#include "tests/support/check.h"

static sy_error err;

static int setup(void **state)
{
    (void)state;
    sy_error_clear(&err);
    return 0;
}

/* A text that repeats itself, with rare characters, full widths, spaces and NUL. */
static void random_text(sy_buf *out, size_t chars)
{
    static const char *const parts[] = {
        "资金", "短缺", "区商投局",         "有限公司", "，",   "１２％", "①",
        " ",    "abc",  "\xF0\xA0\x80\x80", "。",       "責任", "\n"};
    sy_buf_reset(out);
    for (size_t i = 0; i < chars; i++) {
        if (sy_random_below(8) > 0)
            sy_buf_puts(out, parts[sy_random_below(sizeof parts / sizeof *parts)]);
        else if (sy_random_below(20) == 0)
            sy_buf_append(out, "", 1);
        else
            sy_buf_put_cp(out, 0x4E00 + sy_random_below(3000));
    }
}

typedef struct dictionary {
    sy_phrase_list list;
    sy_phrase_matcher *matcher;
    sy_phrases_writer writer;
    sy_buf bytes;
    sy_phrases phrases;
} dictionary;

static void make_dictionary(dictionary *d, const sy_slice *texts, size_t n)
{
    uint64_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += texts[i].len;
    *d = (dictionary){.bytes = SY_BUF_INIT};
    check_ok(sy_phrases_learn(texts, n, total, &d->list, &err), &err);
    check_ok(sy_phrase_matcher_new(&d->matcher, &err), &err);
    sy_buf normal = SY_BUF_INIT;
    for (size_t i = 0; i < d->list.n; i++) {
        sy_slice s = sy_phrase_at(&d->list, i);
        sy_buf_reset(&normal);
        check_ok(sy_normalize(0, s.data, s.len, &normal, NULL, &err), &err);
        sy_phrases_add(&d->writer, s, (sy_slice){sy_buf_cstr(&normal), normal.len});
        check_ok(
            sy_phrase_matcher_add(d->matcher, s.data, s.len, (uint32_t)i + SY_PHRASE_BYTES, &err),
            &err);
    }
    check_ok(sy_phrase_matcher_build(d->matcher, &err), &err);
    sy_phrases_finish(&d->writer, &d->bytes);
    assert_true(
        sy_phrases_open((const uint8_t *)sy_buf_cstr(&d->bytes), d->bytes.len, &d->phrases));
    sy_buf_release(&normal);
}

static void free_dictionary(dictionary *d)
{
    sy_phrase_list_release(&d->list);
    sy_phrase_matcher_free(d->matcher);
    sy_phrases_writer_release(&d->writer);
    sy_buf_release(&d->bytes);
}

static void code(const dictionary *d, sy_slice text, sy_phrase_parse *parse, sy_buf *codes)
{
    check_ok(sy_phrase_matcher_parse(d->matcher, text.data, text.len, parse, &err), &err);
    sy_buf_reset(codes);
    for (size_t i = 0; i < parse->n; i++)
        sy_buf_put_u16(codes, (uint16_t)parse->codes[i]);
}

static void test_round_trip(void **state)
{
    (void)state;
    sy_random_init("test_phrases");
    sy_buf sample[200];
    sy_slice texts[200];
    for (int i = 0; i < 200; i++) {
        sample[i] = (sy_buf)SY_BUF_INIT;
        random_text(&sample[i], 1 + sy_random_below(300));
        texts[i] = (sy_slice){sy_buf_cstr(&sample[i]), sample[i].len};
    }
    dictionary d;
    make_dictionary(&d, texts, 200);
    assert_true(d.list.n > 20);
    sy_phrase_parse parse = {0};
    sy_buf codes = SY_BUF_INIT, spelt = SY_BUF_INIT, text = SY_BUF_INIT, plain = SY_BUF_INIT;
    size_t in = 0, out = 0;
    for (int i = 0; i < 300; i++) {
        random_text(&text, sy_random_below(i < 290 ? 100 : 9000));
        code(&d, (sy_slice){sy_buf_cstr(&text), text.len}, &parse, &codes);
        sy_buf_reset(&spelt);
        assert_true(sy_phrases_spell(&d.phrases, (const uint8_t *)sy_buf_cstr(&codes),
                                     codes.len / 2, false, &spelt));
        assert_int_equal(spelt.len, text.len);
        assert_memory_equal(sy_buf_cstr(&spelt), sy_buf_cstr(&text), text.len);
        in += text.len;
        out += codes.len;
    }
    assert_true(out * 2 < in); /* what repeats itself takes less than half */
    /* Without white space and rare characters the normal form is spelt as well. */
    const char *value = "区商投局，有限公司１２％①責任资金短缺";
    code(&d, sy_slice_of(value), &parse, &codes);
    sy_buf_reset(&spelt);
    assert_true(
        sy_phrases_spell(&d.phrases, (const uint8_t *)codes.data, codes.len / 2, true, &spelt));
    check_ok(sy_normalize(0, value, strlen(value), &plain, NULL, &err), &err);
    bool bytes = false;
    for (size_t i = 0; i < parse.n; i++)
        bytes |= parse.codes[i] < SY_PHRASE_BYTES && parse.codes[i] >= 0x80;
    sy_slice got = {spelt.data, spelt.len};
    assert_false(bytes);
    check_slice(got, sy_buf_cstr(&plain));
    for (int i = 0; i < 200; i++)
        sy_buf_release(&sample[i]);
    sy_buf_release(&codes);
    sy_buf_release(&spelt);
    sy_buf_release(&text);
    sy_buf_release(&plain);
    sy_phrase_parse_release(&parse);
    free_dictionary(&d);
}

/* The fewest codes, found by trying every phrase at every place. */
static size_t fewest(const char *const *phrases, size_t n, const char *text)
{
    size_t len = strlen(text);
    size_t best[64];
    best[0] = 0;
    for (size_t end = 1; end <= len; end++) {
        best[end] = best[end - 1] + 1;
        for (size_t i = 0; i < n; i++) {
            size_t l = strlen(phrases[i]);
            if (l <= end && memcmp(text + end - l, phrases[i], l) == 0 &&
                best[end - l] + 1 < best[end])
                best[end] = best[end - l] + 1;
        }
    }
    return best[len];
}

static void test_parse_is_shortest(void **state)
{
    (void)state;
    static const char *const phrases[] = {"a",  "ab", "abc", "bcd",  "cde",
                                          "de", "bb", "资",  "资金", "金额"};
    enum { N = sizeof phrases / sizeof *phrases };
    sy_phrase_matcher *m;
    sy_phrase_parse parse = {0};
    check_ok(sy_phrase_matcher_new(&m, &err), &err);
    for (uint32_t i = 0; i < N; i++)
        check_ok(
            sy_phrase_matcher_add(m, phrases[i], strlen(phrases[i]), SY_PHRASE_BYTES + i, &err),
            &err);
    check_ok(sy_phrase_matcher_build(m, &err), &err);
    for (int round = 0; round < 3000; round++) {
        char text[64] = "";
        static const char *const pieces[] = {"a", "b", "c", "d", "e", "资", "金", "额"};
        for (uint32_t k = sy_random_below(12); k > 0; k--)
            strcat(text, pieces[sy_random_below(8)]);
        check_ok(sy_phrase_matcher_parse(m, text, strlen(text), &parse, &err), &err);
        assert_int_equal(parse.n, fewest(phrases, N, text));
    }
    sy_phrase_parse_release(&parse);
    sy_phrase_matcher_free(m);
}

/* The numbers that spell text[len]: from the end, the fewest, and of those the longest phrase
 * first. `to` has room for one a byte. */
static size_t spelt_simply(const sy_buf *phrases, size_t n, sy_slice text, uint32_t *to)
{
    size_t *cost = malloc((text.len + 1) * sizeof *cost), *take = malloc(text.len * sizeof *take);
    uint32_t *number = malloc(text.len * sizeof *number);
    assert_true(cost && take && number);
    cost[text.len] = 0;
    for (size_t at = text.len; at-- > 0;) {
        number[at] = (unsigned char)text.data[at]; /* and so inside a character */
        take[at] = 1;
        cost[at] = cost[at + 1] + 1;
        size_t longest = 0;
        for (size_t i = 0; i < n; i++) {
            size_t len = phrases[i].len;
            if (len > text.len - at || memcmp(phrases[i].data, text.data + at, len) != 0)
                continue;
            size_t way = cost[at + len] + 1;
            if (way < cost[at] || (way == cost[at] && len >= longest)) {
                cost[at] = way;
                take[at] = longest = len;
                number[at] = (uint32_t)i + SY_PHRASE_BYTES;
            }
        }
    }
    size_t n_codes = 0;
    for (size_t at = 0; at < text.len; at += take[at])
        to[n_codes++] = number[at];
    free(cost);
    free(take);
    free(number);
    return n_codes;
}

/* Random phrases of all lengths, and texts of pieces of them. */
static void test_parse_is_that_of_a_simple_one(void **state)
{
    (void)state;
    static const uint32_t cps[] = {'a', 0xE9, 0x8D44, 0x91D1, 0x20000, 0x2FFFF, 0x10FFFF};
    enum { N_CPS = sizeof cps / sizeof *cps, N = 120, TEXT_CHARS = 900 };
    sy_phrase_parse parse = {0};
    for (int round = 0; round < 60; round++) {
        sy_buf phrases[N], text = SY_BUF_INIT;
        sy_phrase_matcher *m;
        check_ok(sy_phrase_matcher_new(&m, &err), &err);
        size_t n = 1 + sy_random_below(N - 1), most = round % 3 == 0 ? 2 : 7;
        for (size_t i = 0; i < n; i++) {
            phrases[i] = (sy_buf)SY_BUF_INIT;
            for (uint32_t k = round % 2 && sy_random_below(4) == 0
                                  ? 64
                                  : 1 + sy_random_below((uint32_t)most);
                 k > 0; k--)
                sy_buf_put_cp(&phrases[i], cps[sy_random_below(N_CPS)]);
            check_ok(sy_phrase_matcher_add(m, phrases[i].data, phrases[i].len,
                                           (uint32_t)i + SY_PHRASE_BYTES, &err),
                     &err);
        }
        check_ok(sy_phrase_matcher_build(m, &err), &err);
        uint32_t chars = sy_random_below(TEXT_CHARS);
        while (sy_utf8_count(sy_buf_cstr(&text), text.len) < chars) {
            const sy_buf *from = &phrases[sy_random_below((uint32_t)n)];
            sy_slice piece = {from->data, from->len};
            while (piece.len > 0 && sy_random_below(20) == 0) { /* less its last character */
                while (((unsigned char)piece.data[--piece.len] & 0xC0) == 0x80)
                    continue;
            }
            sy_buf_append(&text, piece.data, piece.len);
            if (sy_random_below(20) == 0)
                sy_buf_put_cp(&text, 0x4E00);
        }
        sy_slice all = {sy_buf_cstr(&text), text.len};
        uint32_t *expected = malloc((text.len + 1) * sizeof *expected);
        assert_non_null(expected);
        size_t n_codes = spelt_simply(phrases, n, all, expected);
        check_ok(sy_phrase_matcher_parse(m, all.data, all.len, &parse, &err), &err);
        assert_int_equal(parse.n, n_codes);
        if (n_codes > 0)
            assert_memory_equal(parse.codes, expected, n_codes * sizeof *expected);
        free(expected);
        for (size_t i = 0; i < n; i++)
            sy_buf_release(&phrases[i]);
        sy_buf_release(&text);
        sy_phrase_matcher_free(m);
    }
    sy_phrase_parse_release(&parse);
}

/* What sy_phrase_matcher_find told, as a text. */
static void note(void *ctx, const uint32_t *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sy_buf_printf(ctx, "%u ", numbers[i]);
}

static void find(const sy_phrase_matcher *m, const sy_buf *text, sy_buf *told)
{
    uint32_t *found = malloc((text->len + 1) * sizeof *found);
    assert_non_null(found);
    size_t n = sy_utf8_decode_all(sy_buf_cstr(text), text->len, found);
    sy_phrase_matcher_find(m, found, n, note, told);
    free(found);
}

/* Random phrases over few characters, of all lengths and planes, against a look at each place;
 * the texts are longer than the matcher's windows. */
static void test_find_is_all(void **state)
{
    (void)state;
    static const uint32_t cps[] = {'a', 0xE9, 0x8D44, 0x91D1, 0x20000, 0x2FFFF, 0x10FFFF};
    enum { N_CPS = sizeof cps / sizeof *cps, N = 200 };
    for (int round = 0; round < 20; round++) {
        sy_buf phrases[N], text = SY_BUF_INIT, told = SY_BUF_INIT, expected = SY_BUF_INIT;
        sy_phrase_matcher *m;
        check_ok(sy_phrase_matcher_new(&m, &err), &err);
        size_t n = sy_random_below(N);
        uint32_t least =
            round % 2 ? 3 : 1; /* 3: places are looked at that have a known head only */
        for (size_t i = 0; i < n; i++) {
            phrases[i] = (sy_buf)SY_BUF_INIT;
            for (uint32_t k = sy_random_below(8) == 0 ? 64 : least + sy_random_below(6); k > 0; k--)
                sy_buf_put_cp(&phrases[i], cps[sy_random_below(N_CPS)]);
            check_ok(
                sy_phrase_matcher_add(m, phrases[i].data, phrases[i].len, (uint32_t)i + 1, &err),
                &err);
        }
        check_ok(sy_phrase_matcher_build(m, &err), &err);
        for (uint32_t k = sy_random_below(3000); k > 0; k--)
            sy_buf_put_cp(&text, sy_random_below(50) == 0 ? 'z' : cps[sy_random_below(N_CPS)]);
        sy_slice all = {sy_buf_cstr(&text), text.len};
        for (size_t at = 0; at < all.len; at++) {
            if (((unsigned char)all.data[at] & 0xC0) == 0x80)
                continue;
            for (size_t len = 1; len <= 256 && at + len <= all.len; len++) {
                uint32_t last = 0; /* of equal phrases */
                for (size_t i = 0; i < n; i++) {
                    if (phrases[i].len == len && memcmp(phrases[i].data, all.data + at, len) == 0)
                        last = (uint32_t)i + 1;
                }
                if (last != 0)
                    note(&expected, &last, 1);
            }
        }
        find(m, &text, &told);
        assert_string_equal(sy_buf_cstr(&told), sy_buf_cstr(&expected));
        for (size_t i = 0; i < n; i++)
            sy_buf_release(&phrases[i]);
        sy_buf_release(&text);
        sy_buf_release(&told);
        sy_buf_release(&expected);
        sy_phrase_matcher_free(m);
    }
}

/* More characters than there are codes: phrases of those that came too late are left out. */
static void test_characters_past_the_codes(void **state)
{
    (void)state;
    sy_phrase_matcher *m;
    sy_buf told = SY_BUF_INIT, text = SY_BUF_INIT;
    check_ok(sy_phrase_matcher_new(&m, &err), &err);
    for (uint32_t i = 0; i < 70000; i++) {
        sy_buf_reset(&text);
        sy_buf_put_cp(&text, 0x10000 + i);
        check_ok(sy_phrase_matcher_add(m, text.data, text.len, i + 1, &err), &err);
    }
    check_ok(sy_phrase_matcher_build(m, &err), &err);
    sy_buf_reset(&text);
    sy_buf_put_cp(&text, 0x10000);
    sy_buf_put_cp(&text, 0x10000 + 65533);
    sy_buf_put_cp(&text, 0x10000 + 65534);
    sy_buf_put_cp(&text, 0x10000 + 69999);
    sy_buf_putc(&text, 'a');
    find(m, &text, &told);
    assert_string_equal(sy_buf_cstr(&told), "1 65534 ");
    sy_buf_release(&told);
    sy_buf_release(&text);
    sy_phrase_matcher_free(m);
}

static void test_same_sample_same_phrases(void **state)
{
    (void)state;
    sy_buf text = SY_BUF_INIT;
    random_text(&text, 5000);
    sy_slice s = {text.data, text.len};
    sy_phrase_list a, b;
    check_ok(sy_phrases_learn(&s, 1, s.len, &a, &err), &err);
    check_ok(sy_phrases_learn(&s, 1, s.len, &b, &err), &err);
    assert_int_equal(a.n, b.n);
    assert_int_equal(a.bytes.len, b.bytes.len);
    assert_memory_equal(a.bytes.data, b.bytes.data, a.bytes.len);
    sy_phrase_list_release(&a);
    sy_phrase_list_release(&b);
    check_ok(sy_phrases_learn(NULL, 0, 0, &a, &err), &err);
    assert_int_equal(a.n, 0);
    sy_buf_release(&text);
}

static void test_broken_dictionaries(void **state)
{
    (void)state;
    sy_buf text = SY_BUF_INIT;
    random_text(&text, 2000);
    sy_slice s = {text.data, text.len};
    dictionary d;
    make_dictionary(&d, &s, 1);
    sy_phrase_parse parse = {0};
    sy_buf codes = SY_BUF_INIT, spelt = SY_BUF_INIT;
    code(&d, s, &parse, &codes);
    for (int round = 0; round < 3000; round++) {
        /* An exact allocation, so that a step outside is seen by a sanitizer. */
        size_t len = sy_random_below(4) == 0 ? sy_random_below((uint32_t)d.bytes.len) : d.bytes.len;
        uint8_t *bytes = malloc(len ? len : 1);
        assert_non_null(bytes);
        memcpy(bytes, d.bytes.data, len);
        for (uint32_t k = sy_random_below(6); k > 0 && len > 0; k--)
            bytes[sy_random_below((uint32_t)len)] ^= (uint8_t)(1u << sy_random_below(8));
        sy_phrases p;
        if (sy_phrases_open(bytes, len, &p) && p.n > 0) {
            sy_buf_reset(&spelt);
            bool held = sy_phrases_spell(&p, (const uint8_t *)codes.data, codes.len / 2,
                                         sy_random_below(2) > 0, &spelt);
            (void)held; /* either is right; what matters is where it looked */
        }
        free(bytes);
    }
    sy_buf_release(&codes);
    sy_buf_release(&spelt);
    sy_buf_release(&text);
    sy_phrase_parse_release(&parse);
    free_dictionary(&d);
}

/* Every allocation fails once: a clean status, nothing leaks. */
static void test_no_memory(void **state)
{
    (void)state;
    sy_buf text = SY_BUF_INIT;
    random_text(&text, 800);
    sy_slice s = {text.data, text.len};
    for (unsigned long n = 1;; n++) {
        sy_phrase_list list;
        sy_alloc_fail_at(n, false);
        sy_status st = sy_phrases_learn(&s, 1, s.len, &list, NULL);
        sy_alloc_fail_at(0, false);
        if (st == SY_OK) {
            sy_phrase_list_release(&list);
            break;
        }
        assert_int_equal(st, SY_E_NOMEM);
        assert_int_equal(list.n, 0);
    }
    sy_buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_round_trip, setup),
        cmocka_unit_test_setup(test_parse_is_shortest, setup),
        cmocka_unit_test_setup(test_parse_is_that_of_a_simple_one, setup),
        cmocka_unit_test_setup(test_find_is_all, setup),
        cmocka_unit_test_setup(test_characters_past_the_codes, setup),
        cmocka_unit_test_setup(test_same_sample_same_phrases, setup),
        cmocka_unit_test_setup(test_broken_dictionaries, setup),
        cmocka_unit_test_setup(test_no_memory, setup),
    };
    return cmocka_run_group_tests_name("phrases", tests, NULL, NULL);
}
