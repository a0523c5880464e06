#include "query/code_search.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "segmenter/normal.h"

/* What is known of a code. Of a stop: the text around it must be read, it has the string, or it
 * leaves so many bytes of the string read, behind FROM. */
enum { NO_STOP, READ, FOUND, FROM, N_CODES = 1 << 16, AT_ONCE = 8 };

struct sy_code_search {
    const sy_phrases *phrases;
    size_t len;
    size_t anchor, anchor_len; /* bytes of the string before the anchor, of the anchor */
    char string[SY_CODE_SEARCH_MAX];
    /* borders[i]: length of the longest beginning of string[0..i] that is its end, too. */
    uint8_t borders[SY_CODE_SEARCH_MAX];
    /* A code is a stop if the string can stand about it so that it has the anchor, or if it does
     * not hold. */
    uint8_t outcomes[N_CODES];
};

/* What was read of the string at the end of the text so far. Spaces between Han are none in the
 * normal form, others stay: which they are shows in the character behind them. */
typedef struct progress {
    size_t read; /* bytes; all: it was found */
    bool space;  /* spaces behind them */
} progress;

bool sy_code_search_takes(sy_slice string)
{
    return string.len > 0 && string.len <= SY_CODE_SEARCH_MAX &&
           !memchr(string.data, ' ', string.len);
}

void sy_code_search_free(sy_code_search *s)
{
    sy_free(s);
}

static size_t read_byte(const sy_code_search *s, size_t read, char c)
{
    while (read > 0 && s->string[read] != c)
        read = s->borders[read - 1];
    return read + (s->string[read] == c);
}

static bool ends_in_han(const sy_code_search *s, size_t read)
{
    uint32_t cp;
    size_t at = read - 1;
    while (at > 0 && ((unsigned char)s->string[at] & 0xC0) == 0x80)
        at--;
    sy_utf8_decode(s->string + at, read - at, &cp);
    return sy_cp_is_han(cp);
}

/* Whether a Han character begins at text[at]; *whole: the character is all there. */
static bool begins_with_han(sy_slice text, size_t at, bool *whole)
{
    uint32_t cp;
    size_t n = sy_utf8_decode(text.data + at, text.len - at, &cp);
    *whole = (unsigned char)text.data[at] < 0x80 || n > 1;
    return sy_cp_is_han(cp);
}

/* Reads a code's text. False where it cannot be told what spaces are worth. */
static bool read_text(const sy_code_search *s, sy_slice text, progress *p)
{
    for (size_t i = 0; i < text.len && p->read < s->len; i++) {
        if (text.data[i] == ' ') {
            p->space = true;
            continue;
        }
        if (p->space && p->read > 0) {
            bool whole, han = begins_with_han(text, i, &whole);
            if (!whole)
                return false;
            if (!han || !ends_in_han(s, p->read))
                p->read = 0;
        }
        p->space = false;
        p->read = read_byte(s, p->read, text.data[i]);
    }
    return true;
}

/* Whether the string can stand with its anchor at text[i], as far as the text goes. Behind a space,
 * where *sure becomes false, it is not told. */
static bool may_stand(const sy_code_search *s, sy_slice text, size_t i, bool *sure)
{
    for (size_t k = 0; s->anchor + k < s->len && i + k < text.len; k++) {
        if (text.data[i + k] != s->string[s->anchor + k]) {
            *sure = false;
            return text.data[i + k] == ' ';
        }
    }
    for (size_t k = 1; k <= s->anchor && k <= i; k++) {
        if (text.data[i - k] != s->string[s->anchor - k]) {
            *sure = false;
            return text.data[i - k] == ' ';
        }
    }
    return true;
}

/* 16 bytes at a time, on any processor: GCC and clang make of it what the processor has. */
typedef uint8_t lanes __attribute__((vector_size(16)));

static lanes load(const char *at)
{
    lanes v;
    memcpy(&v, at, sizeof v);
    return v;
}

static lanes match(const char *at, size_t gap, lanes before, lanes last)
{
    return (lanes)(load(at) == before) & (lanes)(load(at + gap) == last);
}

static bool any(lanes v)
{
    uint64_t half[2];
    memcpy(half, &v, sizeof half);
    return (half[0] | half[1]) != 0;
}

/* Works out whether a phrase is a stop, and of what outcome. */
static void learn(sy_code_search *s, uint32_t code)
{
    char byte;
    sy_slice text;
    unsigned places = 0;
    uint8_t outcome = READ;
    if (!sy_phrases_normal(s->phrases, code, &byte, &text)) {
        s->outcomes[code] = READ;
        return;
    }
    for (size_t i = 0; i + s->anchor_len <= text.len && outcome != FOUND; i++) {
        bool sure = true;
        if (memcmp(text.data + i, s->string + s->anchor, s->anchor_len) != 0 ||
            !may_stand(s, text, i, &sure))
            continue;
        size_t left = i < s->anchor ? 0 : text.len - (i - s->anchor); /* from its beginning on */
        outcome = !sure || left == 0 ? READ : left >= s->len ? FOUND : (uint8_t)(FROM + left);
        places++;
    }
    if (places > 0)
        s->outcomes[code] = places == 1 || outcome == FOUND ? outcome : READ;
}

/* A character that is spelt by its bytes has its last one. */
static void learn_bytes(sy_code_search *s)
{
    char last = s->string[s->anchor + s->anchor_len - 1], byte;
    sy_slice text;
    for (uint32_t code = 0; code < SY_PHRASE_BYTES; code++)
        if (sy_phrases_normal(s->phrases, code, &byte, &text) && byte == last)
            s->outcomes[code] = READ;
}

/* The first of 16 lanes that is not 0; one at least. */
static uint32_t first_of(lanes v)
{
    uint8_t bytes[sizeof v];
    memcpy(bytes, &v, sizeof v);
    uint64_t half = sy_get_u64(bytes);
    return half != 0 ? (uint32_t)__builtin_ctzll(half) / 8
                     : 8 + (uint32_t)__builtin_ctzll(sy_get_u64(bytes + 8)) / 8;
}

/* Looks in the pool, from *from on, for the last two bytes of the anchor, or the only one: the
 * first bytes of most Han are the same few. */
static bool find_anchor(const sy_code_search *s, uint32_t *from)
{
    enum { LANES = sizeof(lanes), STEP = 4 * LANES };
    const char *pool = (const char *)s->phrases->pool;
    size_t gap = s->anchor_len > 1, last_at = s->anchor + s->anchor_len - 1;
    char a = s->string[last_at - gap], b = s->string[last_at];
    uint32_t at = *from, end = s->phrases->pool_len;
    lanes before = (lanes){0} + (uint8_t)a, last = (lanes){0} + (uint8_t)b;
    for (; end - at > STEP; at += STEP) {
        const char *here = pool + at;
        lanes found = match(here, gap, before, last) | match(here + LANES, gap, before, last) |
                      match(here + 2 * LANES, gap, before, last) |
                      match(here + 3 * LANES, gap, before, last);
        if (any(found))
            break;
    }
    for (; end - at > LANES + gap; at += LANES) {
        lanes found = match(pool + at, gap, before, last);
        if (any(found)) {
            *from = at + first_of(found);
            return true;
        }
    }
    while (at + gap < end && (pool[at] != a || pool[at + gap] != b))
        at++;
    *from = at;
    return at + gap < end;
}

/* Learns the phrases that have the anchor, which are found in one run over the pool, where phrases
 * lie in order. */
static void learn_in_order(sy_code_search *s)
{
    const sy_phrases *p = s->phrases;
    uint32_t at = 0, number = 0, learnt = UINT32_MAX;
    for (; find_anchor(s, &at); at++) {
        number = sy_phrases_at(p, number, at);
        if (number != learnt)
            learn(s, SY_PHRASE_BYTES + number);
        learnt = number;
    }
}

/* Works out which codes are stops: a look at each would take longer, and one at those that texts
 * have, when they have them, would wait for memory each time. */
static void learn_all(sy_code_search *s)
{
    const sy_phrases *p = s->phrases;
    uint32_t end = SY_PHRASE_BYTES + p->n;
    learn_bytes(s);
    for (uint32_t code = end; code < N_CODES; code++)
        s->outcomes[code] = READ;
    if (sy_phrases_in_order(p)) {
        learn_in_order(s);
        return;
    }
    for (uint32_t code = SY_PHRASE_BYTES; code < end; code++)
        learn(s, code);
}

sy_status sy_code_search_new(const sy_phrases *phrases, sy_slice string, size_t anchor,
                             sy_code_search **out, sy_error *err)
{
    sy_code_search *s = *out = sy_calloc(1, sizeof *s);
    if (!s)
        return sy_fail_nomem(err);
    s->phrases = phrases;
    uint32_t cp;
    s->len = string.len;
    s->anchor = anchor;
    s->anchor_len = sy_utf8_decode(string.data + anchor, string.len - anchor, &cp);
    memcpy(s->string, string.data, string.len);
    sy_status st = sy_phrases_need_all(phrases, err);
    for (size_t i = 1; i < s->len && st == SY_OK; i++) {
        size_t border = s->borders[i - 1];
        while (border > 0 && s->string[i] != s->string[border])
            border = s->borders[border - 1];
        s->borders[i] = (uint8_t)(border + (s->string[i] == s->string[border]));
    }
    if (st == SY_OK) {
        learn_all(s);
    } else {
        sy_code_search_free(s);
        *out = NULL;
    }
    return st;
}

/* The first stop from `i` on, or n_codes. */
static size_t next_stop(const sy_code_search *s, const uint8_t *codes, size_t i, size_t n_codes)
{
    for (; n_codes - i >= AT_ONCE; i += AT_ONCE) {
        unsigned some = 0;
        for (size_t k = 0; k < AT_ONCE; k++)
            some |= s->outcomes[sy_get_u16(codes + 2 * (i + k))];
        if (some != NO_STOP)
            break;
    }
    while (i < n_codes && s->outcomes[sy_get_u16(codes + 2 * i)] == NO_STOP)
        i++;
    return i;
}

/* Moves *i, a stop, back to where the string would begin that has its anchor there, or before.
 * False for a code that does not hold. */
static bool step_back(const sy_code_search *s, const uint8_t *codes, size_t *i)
{
    for (size_t missing = s->anchor + s->anchor_len - 1; *i > 0 && missing > 0;) {
        char byte;
        sy_slice text;
        if (!sy_phrases_normal(s->phrases, sy_get_u16(codes + 2 * --*i), &byte, &text))
            return false;
        for (size_t k = 0; k < text.len && missing > 0; k++)
            missing -= text.data[k] != ' ';
    }
    return true;
}

sy_code_answer sy_code_search_run(const sy_code_search *s, const uint8_t *codes, size_t n_codes)
{
    for (size_t i = 0; (i = next_stop(s, codes, i, n_codes)) < n_codes;) {
        progress p = {0, false};
        size_t stop = i;
        uint8_t outcome = s->outcomes[sy_get_u16(codes + 2 * i)];
        if (outcome == FOUND)
            return SY_CODES_HAVE;
        if (outcome >= FROM)
            p.read = (size_t)(outcome - FROM);
        else if (!step_back(s, codes, &i))
            return SY_CODES_DO_NOT_TELL;
        for (i += outcome >= FROM; i < n_codes && (i <= stop || p.read > 0); i++) {
            char byte;
            sy_slice text;
            /* Spaces before the string's first character are of no account. */
            p.space &= p.read > 0;
            if (!sy_phrases_normal(s->phrases, sy_get_u16(codes + 2 * i), &byte, &text) ||
                !read_text(s, text, &p))
                return SY_CODES_DO_NOT_TELL;
            if (p.read == s->len)
                return SY_CODES_HAVE;
        }
    }
    return SY_CODES_HAVE_NOT;
}
