/* The search over codes tells what a search in the text that they spell tells. */
#include "query/code_search.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "segmenter/normal.h"
#include "tests/support/check.h"

enum { PHRASES = 300 };

/* Few characters, so that strings often stand half: Han, ASCII, spaces, two that are rare. */
static void put_char(sy_buf *out)
{
    static const char *const chars[] = {"资", "金", "短", "资", "金", "，", "a",  "b",
                                        " ",  " ",  "1",  "é",  "Ａ", "Z",  "〇", "𠀋"};
    sy_buf_puts(out, chars[sy_random_below(sizeof chars / sizeof *chars)]);
}

static void put_normal(sy_buf *out, sy_slice text)
{
    check_ok(sy_normalize(0, text.data, text.len, out, NULL, NULL), NULL);
}

static void make_phrases(sy_buf *bytes, sy_phrases *out)
{
    sy_phrases_writer w = {0};
    sy_buf phrase = SY_BUF_INIT, normal = SY_BUF_INIT;
    for (int i = 0; i < PHRASES; i++) {
        sy_buf_reset(&phrase);
        sy_buf_reset(&normal);
        for (uint32_t n = 1 + sy_random_below(5); n > 0; n--)
            put_char(&phrase);
        /* The normal form of a phrase keeps the spaces at its ends: it is a part of a text. */
        for (size_t at = 0; at < phrase.len;) {
            uint32_t cp;
            size_t n = sy_utf8_decode(phrase.data + at, phrase.len - at, &cp);
            if (cp == ' ')
                sy_buf_putc(&normal, ' ');
            else
                put_normal(&normal, (sy_slice){phrase.data + at, n});
            at += n;
        }
        sy_phrases_add(&w, (sy_slice){phrase.data, phrase.len},
                       (sy_slice){normal.data, normal.len});
    }
    bool in_order = sy_random_below(2) == 0;
    uint8_t *places = (uint8_t *)w.places.data;
    for (uint32_t i = 0; i < PHRASES && !in_order; i++) { /* which the format allows */
        uint8_t *one = places + (size_t)4 * i,
                *other = places + (size_t)4 * sy_random_below(PHRASES);
        uint32_t held = sy_get_u32(one);
        sy_put_u32(one, sy_get_u32(other));
        sy_put_u32(other, held);
    }
    sy_phrases_finish(&w, bytes);
    check_ok(sy_buf_status(bytes, NULL), NULL);
    assert_true(sy_phrases_open((const uint8_t *)bytes->data, bytes->len, out));
    sy_phrases_writer_release(&w);
    sy_buf_release(&phrase);
    sy_buf_release(&normal);
}

/* Phrases, and characters that are spelt by their bytes. */
static void random_codes(const sy_phrases *p, sy_buf *codes)
{
    static const char *const rare[] = {"金", "𠀋", "b", " ", "Z", "é", "资"};
    sy_buf_reset(codes);
    for (uint32_t n = sy_random_below(40); n > 0; n--) {
        if (sy_random_below(3) > 0) {
            sy_buf_put_u16(codes, (uint16_t)(SY_PHRASE_BYTES + sy_random_below(p->n)));
            continue;
        }
        const char *c = rare[sy_random_below(sizeof rare / sizeof *rare)];
        for (; *c != '\0'; c++)
            sy_buf_put_u16(codes, (uint8_t)*c);
    }
}

/* A part of the text, or one that was made up; without spaces. */
static void random_string(const sy_buf *text, sy_buf *out)
{
    sy_buf_reset(out);
    if (text->len > 0 && sy_random_below(4) > 0) {
        size_t at = sy_random_below((uint32_t)text->len);
        while (at > 0 && ((unsigned char)text->data[at] & 0xC0) == 0x80)
            at--;
        for (uint32_t n = 1 + sy_random_below(8); n > 0 && at < text->len && text->data[at] != ' ';
             n--) {
            uint32_t cp;
            at += sy_utf8_decode(text->data + at, text->len - at, &cp);
            sy_buf_put_cp(out, cp);
        }
    }
    while (out->len == 0 || sy_random_below(3) == 0) {
        put_char(out);
        while (out->len > 0 && out->data[out->len - 1] == ' ')
            out->data[--out->len] = '\0';
    }
}

/* Any character of the string. */
static size_t random_anchor(sy_slice string)
{
    size_t at = sy_random_below((uint32_t)string.len);
    while (((unsigned char)string.data[at] & 0xC0) == 0x80)
        at--;
    return at;
}

static void test_against_text(void **state)
{
    (void)state;
    enum { ROUNDS = 40, STRINGS = 60, TEXTS = 60 };
    size_t told = 0, have = 0, untold = 0;
    sy_buf codes = SY_BUF_INIT, text = SY_BUF_INIT, string = SY_BUF_INIT;
    sy_random_init("test_against_text");
    for (int round = 0; round < ROUNDS; round++) {
        sy_buf bytes = SY_BUF_INIT;
        sy_phrases phrases;
        make_phrases(&bytes, &phrases);
        for (int k = 0; k < STRINGS; k++) {
            sy_code_search *search;
            random_string(&text, &string);
            sy_slice wanted = {string.data, string.len};
            assert_true(sy_code_search_takes(wanted));
            check_ok(sy_code_search_new(&phrases, wanted, random_anchor(wanted), &search, NULL),
                     NULL);
            for (int i = 0; i < TEXTS; i++) {
                random_codes(&phrases, &codes);
                sy_buf_reset(&text);
                assert_true(sy_phrases_spell(&phrases, (const uint8_t *)sy_buf_cstr(&codes),
                                             codes.len / 2, true, &text));
                sy_normal_join_spaces(&text, 0);
                bool want =
                    text.len > 0 && memmem(text.data, text.len, wanted.data, wanted.len) != NULL;
                sy_code_answer got =
                    sy_code_search_run(search, (const uint8_t *)sy_buf_cstr(&codes), codes.len / 2);
                untold += got == SY_CODES_DO_NOT_TELL;
                if (got == SY_CODES_DO_NOT_TELL)
                    continue;
                if (got != (want ? SY_CODES_HAVE : SY_CODES_HAVE_NOT))
                    fail_msg("'%.*s' in '%s': %d", (int)wanted.len, wanted.data, sy_buf_cstr(&text),
                             (int)got);
                told++;
                have += want;
            }
            sy_code_search_free(search);
        }
        sy_buf_release(&bytes);
    }
    assert_true(have > 1000 && told - have > 1000 && untold > 0 && untold < told / 4);
    sy_buf_release(&codes);
    sy_buf_release(&text);
    sy_buf_release(&string);
}

static void test_bounds(void **state)
{
    (void)state;
    char longest[SY_CODE_SEARCH_MAX + 1];
    memset(longest, 'a', sizeof longest);
    assert_false(sy_code_search_takes((sy_slice){"", 0}));
    assert_false(sy_code_search_takes((sy_slice){"a b", 3}));
    assert_false(sy_code_search_takes((sy_slice){longest, sizeof longest}));
    assert_true(sy_code_search_takes((sy_slice){longest, SY_CODE_SEARCH_MAX}));
    sy_buf bytes = SY_BUF_INIT, codes = SY_BUF_INIT;
    sy_phrases phrases;
    sy_code_search *search;
    sy_random_init("test_bounds");
    make_phrases(&bytes, &phrases);
    sy_slice all = {longest, SY_CODE_SEARCH_MAX};
    check_ok(sy_code_search_new(&phrases, all, random_anchor(all), &search, NULL), NULL);
    for (int i = 0; i < SY_CODE_SEARCH_MAX; i++)
        sy_buf_put_u16(&codes, 'A');
    assert_int_equal(sy_code_search_run(search, (const uint8_t *)codes.data, codes.len / 2),
                     SY_CODES_HAVE);
    assert_int_equal(sy_code_search_run(search, (const uint8_t *)codes.data, codes.len / 2 - 1),
                     SY_CODES_HAVE_NOT);
    sy_buf_reset(&codes);
    sy_buf_put_u16(&codes, (uint16_t)(SY_PHRASE_BYTES + phrases.n)); /* no such phrase */
    assert_int_equal(sy_code_search_run(search, (const uint8_t *)codes.data, 1),
                     SY_CODES_DO_NOT_TELL);
    sy_code_search_free(search);
    sy_alloc_fail_at(1, false);
    assert_int_equal(sy_code_search_new(&phrases, (sy_slice){"a", 1}, 0, &search, NULL),
                     SY_E_NOMEM);
    sy_alloc_fail_at(0, false);
    sy_buf_release(&bytes);
    sy_buf_release(&codes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_text),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
