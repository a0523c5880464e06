#include "query/code_search.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "segmenter/normal.h"

/* What a code does while nothing of the string was read: leaves it at that, holds the string, must
 * be read byte by byte (it has a space), or leaves so many bytes of the string read, behind FROM.
 */
enum { UNKNOWN, NOTHING, FOUND, BY_BYTES, FROM, N_CODES = 1 << 16, AHEAD = 64 };

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
    for (size_t i = 1; i < s->len; i++) {
        size_t border = s->borders[i - 1];
        while (border > 0 && s->string[i] != s->string[border])
            border = s->borders[border - 1];
        s->borders[i] = (uint8_t)(border + (s->string[i] == s->string[border]));
    }
    return SY_OK;
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

/* Where the string's first character, or what the text has of it at its end, begins; NULL: it does
 * not. It is looked for by its last byte, since most Han begin with one of few. */
static const char *find_start(const sy_code_search *s, sy_slice text)
{
    size_t last = s->first - 1;
    if (text.len < s->first) /* a byte of a rare character */
        return text.data;
    for (size_t i = last; i < text.len; i++) {
        const char *p = memchr(text.data + i, s->string[last], text.len - i);
        if (!p)
            return NULL;
        if (last == 0 || p[-1] == s->string[last - 1])
            return p - last;
        i = (size_t)(p - text.data);
    }
    return NULL;
}

static uint8_t outcome_of(const sy_code_search *s, sy_slice text)
{
    progress p = {0, false};
    const char *start = find_start(s, text);
    if (!start)
        return NOTHING;
    text = (sy_slice){start, text.len - (size_t)(start - text.data)};
    if (memchr(text.data, ' ', text.len) || !read_text(s, text, &p))
        return BY_BYTES;
    return p.read == s->len ? FOUND : p.read == 0 ? NOTHING : (uint8_t)(FROM + p.read);
}

/* 16 bytes at a time, on any processor: GCC and clang make of it what the processor has. */
typedef uint8_t lanes __attribute__((vector_size(16)));

static lanes load(const char *at)
{
    lanes v;
    memcpy(&v, at, sizeof v);
    return v;
}

/* Whether a phrase may have the string's first character: a look at its last two bytes, with what
 * stands behind the phrase in the pool, of which SY_PHRASE_LEN_MAX bytes can be read. */
static bool may_have_first(const sy_code_search *s, sy_slice phrase)
{
    lanes last = (lanes){0} + (uint8_t)s->string[s->first - 1], none = {0};
    lanes before = (lanes){0} + (uint8_t)(s->first > 1 ? s->string[s->first - 2] : 0);
    for (size_t i = 0; i < phrase.len; i += sizeof(lanes)) {
        if (i + sizeof(lanes) + 1 > SY_PHRASE_LEN_MAX)
            return true;
        lanes found = s->first > 1 ? (lanes)(load(phrase.data + i) == before) &
                                         (lanes)(load(phrase.data + i + 1) == last)
                                   : (lanes)(load(phrase.data + i) == last);
        if (memcmp(&found, &none, sizeof found) != 0)
            return true;
    }
    return false;
}

/* Works out what a code does; false for one that does not hold. */
static bool learn(sy_code_search *s, uint32_t code)
{
    uint8_t at[2];
    char byte;
    sy_slice text;
    sy_put_u16(at, (uint16_t)code);
    if (sy_phrases_need(s->phrases, at, 1, NULL) != SY_OK ||
        !sy_phrases_normal(s->phrases, code, &byte, &text))
        return false;
    bool nothing = code >= SY_PHRASE_BYTES && !may_have_first(s, text);
    s->outcomes[code] = nothing ? NOTHING : outcome_of(s, text);
    return true;
}

/* Works out what codes do that are new, AHEAD of them at a time: each by itself would wait for
 * memory twice. */
static bool learn_all(sy_code_search *s, const uint8_t *codes, size_t n)
{
    uint16_t fresh[AHEAD];
    size_t n_fresh = 0;
    for (size_t i = 0; i < n; i++) {
        fresh[n_fresh] = sy_get_u16(codes + 2 * i);
        n_fresh += s->outcomes[fresh[n_fresh]] == UNKNOWN;
    }
    sy_phrases_fetch(s->phrases, fresh, n_fresh);
    for (size_t i = 0; i < n_fresh; i++) {
        if (!learn(s, fresh[i]))
            return false;
    }
    return true;
}

sy_code_answer sy_code_search_run(sy_code_search *s, const uint8_t *codes, size_t n_codes)
{
    progress p = {0, false};
    for (size_t i = 0; i < n_codes; i++) {
        uint32_t code = sy_get_u16(codes + 2 * i);
        size_t ahead = n_codes - i < AHEAD ? n_codes - i : AHEAD;
        if (i % AHEAD == 0 && !learn_all(s, codes + 2 * i, ahead))
            return SY_CODES_DO_NOT_TELL;
        uint8_t outcome = s->outcomes[code];
        if (p.read == 0 && outcome != BY_BYTES) {
            if (outcome == FOUND)
                return SY_CODES_HAVE;
            if (outcome >= FROM)
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
