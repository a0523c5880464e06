#include "query/code_search.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "segmenter/normal.h"

/* What a code does while nothing of the string was read: leaves it at that, holds the string, must
 * be read byte by byte (it has a space), does not hold, or leaves so many bytes of the string read,
 * behind FROM. */
enum { NOTHING, FOUND, BY_BYTES, NO_CODE, FROM, N_CODES = 1 << 16, AT_ONCE = 8 };

struct sy_code_search {
    const sy_phrases *phrases;
    size_t len, first; /* bytes of the string, of its first character */
    char string[SY_CODE_SEARCH_MAX];
    /* borders[i]: length of the longest beginning of string[0..i] that is its end, too. */
    uint8_t borders[SY_CODE_SEARCH_MAX];
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

/* What a text does by what it has from text[i] on; NOTHING if the string does not begin there. */
static uint8_t outcome_at(const sy_code_search *s, sy_slice text, size_t i)
{
    size_t n = text.len - i < s->len ? text.len - i : s->len, k = 0;
    while (k < n && text.data[i + k] == s->string[k])
        k++;
    if (k == n)
        return n == s->len ? FOUND : (uint8_t)(FROM + n);
    return k > 0 && text.data[i + k] == ' ' ? BY_BYTES : NOTHING;
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

/* Works out what a code does. */
static void learn(sy_code_search *s, uint32_t code)
{
    char byte;
    sy_slice text;
    uint8_t *outcome = &s->outcomes[code];
    bool holds = sy_phrases_normal(s->phrases, code, &byte, &text);
    *outcome = holds ? NOTHING : NO_CODE;
    for (size_t i = 0; holds && i < text.len && *outcome == NOTHING; i++)
        *outcome = outcome_at(s, text, i);
}

/* Looks in the pool, from *from on, for the last two bytes of the string's first character, or the
 * only one: the first bytes of most Han are the same few. */
static bool find_first(const sy_code_search *s, uint32_t *from)
{
    enum { STEP = 4 * sizeof(lanes) };
    const char *pool = (const char *)s->phrases->pool;
    size_t gap = s->first > 1;
    char a = s->string[s->first - 1 - gap], b = s->string[s->first - 1];
    uint32_t at = *from, end = s->phrases->pool_len;
    lanes before = (lanes){0} + (uint8_t)a, last = (lanes){0} + (uint8_t)b;
    for (; end - at > STEP; at += STEP) {
        const char *here = pool + at;
        lanes found = match(here, gap, before, last) |
                      match(here + sizeof(lanes), gap, before, last) |
                      match(here + 2 * sizeof(lanes), gap, before, last) |
                      match(here + 3 * sizeof(lanes), gap, before, last);
        if (any(found))
            break;
    }
    while (at + gap < end && (pool[at] != a || pool[at + gap] != b))
        at++;
    *from = at;
    return at + gap < end;
}

/* Learns the phrases that have the string's first character, which are found in one run over the
 * pool, where phrases lie in order; the others do nothing. */
static void learn_in_order(sy_code_search *s)
{
    const sy_phrases *p = s->phrases;
    uint32_t at = 0, number = 0;
    for (; find_first(s, &at); at++) {
        char byte;
        sy_slice text;
        number = sy_phrases_at(p, number, at);
        uint32_t code = SY_PHRASE_BYTES + number, start = sy_phrases_offset(p, number);
        size_t before = s->first > 1 ? s->first - 2 : 0; /* of the character */
        if (s->outcomes[code] != NOTHING || at < start + before)
            continue;
        if (!sy_phrases_normal(p, code, &byte, &text))
            s->outcomes[code] = NO_CODE;
        else if (at - start - before < text.len)
            s->outcomes[code] = outcome_at(s, text, at - start - before);
    }
}

/* Works out what all codes do: a look at each would take longer, and one at those that texts have,
 * when they have them, would wait for memory each time. */
static void learn_all(sy_code_search *s)
{
    const sy_phrases *p = s->phrases;
    uint32_t end = SY_PHRASE_BYTES + p->n;
    for (uint32_t code = 0; code < SY_PHRASE_BYTES; code++)
        learn(s, code);
    memset(s->outcomes + end, NO_CODE, N_CODES - end);
    if (sy_phrases_in_order(p)) {
        learn_in_order(s);
        return;
    }
    for (uint32_t code = SY_PHRASE_BYTES; code < end; code++)
        learn(s, code);
}

sy_status sy_code_search_new(const sy_phrases *phrases, sy_slice string, sy_code_search **out,
                             sy_error *err)
{
    sy_code_search *s = *out = sy_calloc(1, sizeof *s);
    if (!s)
        return sy_fail_nomem(err);
    s->phrases = phrases;
    uint32_t cp;
    s->len = string.len;
    s->first = sy_utf8_decode(string.data, string.len, &cp);
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

/* The first code from `i` on that does something, or n_codes. */
static size_t skip_nothing(const sy_code_search *s, const uint8_t *codes, size_t i, size_t n_codes)
{
    for (; n_codes - i >= AT_ONCE; i += AT_ONCE) {
        unsigned some = 0;
        for (size_t k = 0; k < AT_ONCE; k++)
            some |= s->outcomes[sy_get_u16(codes + 2 * (i + k))];
        if (some != NOTHING)
            break;
    }
    while (i < n_codes && s->outcomes[sy_get_u16(codes + 2 * i)] == NOTHING)
        i++;
    return i;
}

sy_code_answer sy_code_search_run(const sy_code_search *s, const uint8_t *codes, size_t n_codes)
{
    progress p = {0, false};
    for (size_t i = 0; i < n_codes; i++) {
        if (p.read == 0 && (i = skip_nothing(s, codes, i, n_codes)) == n_codes)
            break;
        uint32_t code = sy_get_u16(codes + 2 * i);
        uint8_t outcome = s->outcomes[code];
        if (p.read == 0 && outcome != BY_BYTES && outcome != NO_CODE) {
            if (outcome == FOUND)
                return SY_CODES_HAVE;
            p = (progress){(size_t)outcome - FROM, false};
            continue;
        }
        /* Spaces before the string's first character are of no account. */
        p.space &= p.read > 0;
        char byte;
        sy_slice text;
        if (!sy_phrases_normal(s->phrases, code, &byte, &text) || !read_text(s, text, &p))
            return SY_CODES_DO_NOT_TELL;
        if (p.read == s->len)
            return SY_CODES_HAVE;
    }
    return SY_CODES_HAVE_NOT;
}
