#include "indexer/json.h"

#include <stdint.h>

#include "base/bytes.h"
#include "base/messages.h"
#include "base/utf8.h"

typedef struct reader {
    const char *text;
    size_t len, at;
    sy_json_fn *fn;
    void *ctx;
    sy_buf string; /* a decoded string with escapes */
    size_t lone;
    bool in_object[SY_JSON_DEPTH_MAX]; /* what each open bracket is */
    size_t depth;
    sy_error *err;
} reader;

static void skip_space(reader *r)
{
    while (r->at < r->len && (r->text[r->at] == ' ' || r->text[r->at] == '\t' ||
                              r->text[r->at] == '\n' || r->text[r->at] == '\r'))
        r->at++;
}

/* The byte at hand, 0 at the end (and for a NUL byte, which is an error anyway). */
static char peek(const reader *r)
{
    return r->at < r->len ? r->text[r->at] : '\0';
}

static sy_status fault(reader *r, const char *expected)
{
    if (r->at >= r->len)
        return sy_fail_at(r->err, SY_E_INPUT, NULL, r->at, "it ends where %s should be",
                          sy_tr(expected));
    return sy_fail_at(r->err, SY_E_INPUT, NULL, r->at, "expected %s", sy_tr(expected));
}

static sy_status tell(reader *r, sy_json_event event, const char *text, size_t len, size_t from)
{
    return r->fn(r->ctx, event, (sy_slice){text, len}, from, r->err);
}

/* ---- strings ---- */

/* Four hexadecimal digits at r->at. */
static bool read_hex(reader *r, uint32_t *value)
{
    *value = 0;
    for (size_t i = 0; i < 4; i++) {
        if (r->at + i >= r->len) {
            r->at = r->len;
            return false;
        }
        char c = r->text[r->at + i];
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
            digit = (uint32_t)((c | 0x20) - 'a') + 10;
        else
            return false;
        *value = *value * 16 + digit;
    }
    r->at += 4;
    return true;
}

/* \uXXXX, r->at behind the u. */
static sy_status read_unicode(reader *r)
{
    uint32_t cp, low;
    if (!read_hex(r, &cp))
        return fault(r, "four hexadecimal digits");
    if (cp >= 0xD800 && cp <= 0xDBFF && r->at + 1 < r->len && r->text[r->at] == '\\' &&
        r->text[r->at + 1] == 'u') {
        size_t back = r->at;
        r->at += 2;
        if (!read_hex(r, &low))
            return fault(r, "four hexadecimal digits");
        if (low >= 0xDC00 && low <= 0xDFFF)
            cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
        else
            r->at = back;
    }
    if (cp >= 0xD800 && cp <= 0xDFFF) {
        r->lone++;
        cp = SY_CP_REPLACEMENT;
    }
    sy_buf_put_cp(&r->string, cp);
    return SY_OK;
}

/* An escape, r->at on the backslash. */
static sy_status read_escape(reader *r)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    r->at++;
    char c = peek(r);
    if (c == 'u') {
        r->at++;
        return read_unicode(r);
    }
    const char *name = c != '\0' ? strchr(names, c) : NULL;
    if (!name)
        return fault(r, "an escape such as \\n or \\u4e00");
    sy_buf_putc(&r->string, values[name - names]);
    r->at++;
    return SY_OK;
}

/* Behind the bytes of a string that stand for themselves, eight at once. */
static void skip_plain(reader *r)
{
    while (r->len - r->at >= 8) {
        uint64_t bytes = sy_get_u64(r->text + r->at);
        if (sy_bytes_equal(bytes, '"') | sy_bytes_equal(bytes, '\\') | sy_bytes_below(bytes, ' '))
            break;
        r->at += 8;
    }
}

/* A string, r->at on its quote. */
static sy_status read_string(reader *r, sy_json_event event)
{
    size_t start = r->at++, from = r->at;
    bool escaped = false;
    sy_buf_reset(&r->string);
    for (skip_plain(r); r->at < r->len && r->text[r->at] != '"';) {
        if ((unsigned char)r->text[r->at] < ' ')
            return fault(r, "no control character in a string");
        if (r->text[r->at] != '\\') {
            r->at++;
            continue;
        }
        escaped = true;
        sy_buf_append(&r->string, r->text + from, r->at - from);
        sy_status st = read_escape(r);
        if (st != SY_OK)
            return st;
        from = r->at;
        skip_plain(r);
    }
    if (r->at >= r->len)
        return fault(r, "the end of a string");
    size_t end = r->at++;
    if (!escaped)
        return tell(r, event, r->text + from, end - from, start);
    sy_buf_append(&r->string, r->text + from, end - from);
    sy_status st = sy_buf_status(&r->string, r->err);
    return st == SY_OK ? tell(r, event, sy_buf_cstr(&r->string), r->string.len, start) : st;
}

/* ---- numbers and words ---- */

static bool skip_digits(reader *r)
{
    size_t from = r->at;
    while (peek(r) >= '0' && peek(r) <= '9')
        r->at++;
    return r->at > from;
}

static sy_status read_number(reader *r)
{
    size_t from = r->at;
    if (peek(r) == '-')
        r->at++;
    if (peek(r) == '0')
        r->at++;
    else if (!skip_digits(r))
        return fault(r, "a digit");
    if (peek(r) == '.') {
        r->at++;
        if (!skip_digits(r))
            return fault(r, "a digit");
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        if (peek(r) == '+' || peek(r) == '-')
            r->at++;
        if (!skip_digits(r))
            return fault(r, "a digit");
    }
    return tell(r, SY_JSON_NUMBER, r->text + from, r->at - from, from);
}

static sy_status read_word(reader *r)
{
    static const struct {
        const char *word;
        sy_json_event event;
    } words[] = {{"true", SY_JSON_BOOL}, {"false", SY_JSON_BOOL}, {"null", SY_JSON_NULL}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i].word), have = r->len - r->at;
        if (memcmp(r->text + r->at, words[i].word, n < have ? n : have) != 0)
            continue;
        if (have < n) {
            r->at = r->len;
            return fault(r, "the end of a word");
        }
        size_t from = r->at;
        r->at += n;
        return tell(r, words[i].event, r->text + from, n, from);
    }
    return fault(r, "a value");
}

/* ---- structure ---- */

static sy_status open_bracket(reader *r)
{
    bool object = peek(r) == '{';
    if (r->depth == SY_JSON_DEPTH_MAX)
        return sy_fail_at(r->err, SY_E_LIMIT, NULL, r->at, "nested more than %d deep",
                          SY_JSON_DEPTH_MAX);
    r->in_object[r->depth++] = object;
    size_t from = r->at++;
    return tell(r, object ? SY_JSON_OBJECT : SY_JSON_ARRAY, r->text + from, 1, from);
}

static sy_status close_bracket(reader *r)
{
    bool object = r->in_object[--r->depth];
    size_t from = r->at++;
    return tell(r, object ? SY_JSON_OBJECT_END : SY_JSON_ARRAY_END, r->text + from, 1, from);
}

/* A key and its colon. */
static sy_status read_key(reader *r)
{
    if (peek(r) != '"')
        return fault(r, "a key in quotes");
    sy_status st = read_string(r, SY_JSON_KEY);
    if (st != SY_OK)
        return st;
    skip_space(r);
    if (peek(r) != ':')
        return fault(r, "':'");
    r->at++;
    skip_space(r);
    return SY_OK;
}

/* One value; brackets are only opened, *opened then says so. */
static sy_status read_value(reader *r, bool *opened)
{
    char c = peek(r);
    *opened = c == '{' || c == '[';
    if (*opened)
        return open_bracket(r);
    if (c == '"')
        return read_string(r, SY_JSON_STRING);
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(r);
    return r->at < r->len ? read_word(r) : fault(r, "a value");
}

/* Whether the innermost bracket closes here. */
static bool closes(const reader *r)
{
    return peek(r) == (r->in_object[r->depth - 1] ? '}' : ']');
}

static sy_status read_all(reader *r)
{
    bool opened;
    skip_space(r);
    sy_status st = read_value(r, &opened);
    while (st == SY_OK) {
        skip_space(r);
        if (opened && closes(r)) {
            st = close_bracket(r);
            opened = false;
            continue;
        }
        if (r->depth == 0)
            return SY_OK;
        if (!opened) {
            if (closes(r)) {
                st = close_bracket(r);
                continue;
            }
            if (peek(r) != ',')
                return fault(r, r->in_object[r->depth - 1] ? N_("',' or '}'") : N_("',' or ']'"));
            r->at++;
            skip_space(r);
        }
        if (r->in_object[r->depth - 1])
            st = read_key(r);
        if (st == SY_OK)
            st = read_value(r, &opened);
    }
    return st;
}

sy_status sy_json_read(const char *text, size_t len, sy_json_fn *fn, void *ctx, size_t *used,
                       size_t *lone, sy_error *err)
{
    reader r = {.text = text, .len = len, .fn = fn, .ctx = ctx, .string = SY_BUF_INIT, .err = err};
    sy_status st = read_all(&r);
    *used = r.at;
    *lone = r.lone;
    sy_buf_release(&r.string);
    return st;
}
