#include "tests/support/naive_pinyin.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "tests/support/check.h"

typedef struct naive {
    const sy_pinyin *term;
    sy_slice text;
} naive;

/* Whether the reading, or its first letters, may take letters [from, from + len): typed with u for
 * each ü, or with v. */
static bool takes(const naive *v, const char *reading, size_t from, size_t len)
{
    char with_u[8], with_v[8];
    for (size_t i = 0; i < len; i++) {
        bool yu =
            i == 1 && reading[1] == 'u' &&
            (reading[0] == 'j' || reading[0] == 'q' || reading[0] == 'x' || reading[0] == 'y');
        with_u[i] = reading[i];
        with_v[i] = yu ? 'v' : reading[i];
        if (reading[i] == 'v' && reading[1] != '\0') /* not the letter itself */
            with_u[i] = 'u';
    }
    return from + len <= v->term->n && from + len <= v->term->reach[from] &&
           (memcmp(v->term->letters + from, with_u, len) == 0 ||
            memcmp(v->term->letters + from, with_v, len) == 0);
}

static bool reads(const naive *v, bool full, size_t from, size_t at, size_t end);

/* Whether one reading of the character before byte `next` leads to the end. */
static bool goes_on(const naive *v, bool full, const char *reading, size_t from, size_t next,
                    size_t end)
{
    size_t len = strlen(reading);
    bool two = strncmp(reading, "zh", 2) == 0 || strncmp(reading, "ch", 2) == 0 ||
               strncmp(reading, "sh", 2) == 0;
    if (full && takes(v, reading, from, len) && reads(v, full, from + len, next, end))
        return true;
    if (full && v->term->begins && next == end && v->term->n - from < len &&
        takes(v, reading, from, v->term->n - from))
        return true;
    for (size_t k = 1; !full && k <= (two ? 2u : 1u); k++)
        if (takes(v, reading, from, k) && reads(v, full, from + k, next, end))
            return true;
    return false;
}

/* Whether the text from byte `at` to `end` can be read as the letters from `from` on. */
static bool reads(const naive *v, bool full, size_t from, size_t at, size_t end)
{
    if (at == end || from == v->term->n)
        return at == end && from == v->term->n;
    uint32_t cp;
    size_t next = at + sy_utf8_decode(v->text.data + at, v->text.len - at, &cp);
    if ((cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9'))
        return goes_on(v, full, (char[]){(char)cp, '\0'}, from, next, end);
    const char *reading;
    for (size_t i = 0; (reading = sy_pinyin_reading(cp, i)) != NULL; i++)
        if (goes_on(v, full, reading, from, next, end))
            return true;
    return false;
}

static bool inside_char(sy_slice text, size_t at)
{
    return at < text.len && ((unsigned char)text.data[at] & 0xC0) == 0x80;
}

size_t naive_pinyin_start(const sy_pinyin *term, sy_slice text, size_t end)
{
    naive v = {term, text};
    if (inside_char(text, end) || (term->whole && end < text.len))
        return SIZE_MAX;
    /* A character takes a letter or more. */
    for (size_t at = term->whole ? 1 : end; at-- > 0 && end - at <= 4 * term->n;)
        if (!inside_char(text, at) && (reads(&v, true, 0, at, end) || reads(&v, false, 0, at, end)))
            return at;
    return SIZE_MAX;
}

void naive_pinyin_term(sy_slice text, char *out, size_t cap)
{
    size_t n = 0, at = 0;
    uint32_t cp;
    bool full = sy_random_below(2) == 0;
    out[0] = '\0';
    for (uint32_t skip = sy_random_below(3); skip > 0 && at < text.len; skip--)
        at += sy_utf8_decode(text.data + at, text.len - at, &cp);
    for (uint32_t chars = 1 + sy_random_below(6); chars > 0 && at < text.len; chars--) {
        at += sy_utf8_decode(text.data + at, text.len - at, &cp);
        const char *reading = sy_pinyin_reading(cp, sy_random_below(3));
        if (!reading)
            reading = sy_pinyin_reading(cp, 0);
        char own[2] = {cp > ' ' && cp < 0x7F ? (char)cp : 'x', '\0'};
        int used = snprintf(out + n, cap - n, "%.*s%s", full ? 6 : (int)(1 + sy_random_below(2)),
                            reading ? reading : own, sy_random_below(6) == 0 ? "'" : "");
        n += (size_t)used;
        assert_true(n < cap);
    }
    if (n > 0 && sy_random_below(4) == 0)
        out[sy_random_below((uint32_t)n)] = (char)('a' + sy_random_below(26));
}
