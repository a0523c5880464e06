#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"

void sy_buf_release(sy_buf *b)
{
    sy_free(b->data);
    *b = (sy_buf)SY_BUF_INIT;
}

void sy_buf_reset(sy_buf *b)
{
    b->len = 0;
    b->status = SY_OK;
    if (b->data)
        b->data[0] = '\0';
}

sy_status sy_buf_status(const sy_buf *b, sy_error *err)
{
    return b->status == SY_OK ? SY_OK : sy_fail_nomem(err);
}

char *sy_buf_reserve(sy_buf *b, size_t extra)
{
    if (b->status != SY_OK)
        return NULL;
    if (extra < b->cap - b->len) /* one byte stays for the NUL */
        return b->data + b->len;
    size_t need;
    if (__builtin_add_overflow(b->len, extra, &need) || need > SIZE_MAX / 2 - 64) {
        b->status = SY_E_NOMEM;
        return NULL;
    }
    size_t cap = b->cap + b->cap / 2;
    if (cap < need + 1)
        cap = need + 1;
    if (cap < 64)
        cap = 64;
    char *bigger = sy_resize(b->data, cap, 1);
    if (!bigger) {
        b->status = SY_E_NOMEM;
        return NULL;
    }
    b->data = bigger;
    b->cap = cap;
    b->data[b->len] = '\0';
    return b->data + b->len;
}

void sy_buf_append(sy_buf *b, const void *bytes, size_t len)
{
    if (len == 0)
        return;
    char *at = sy_buf_reserve(b, len);
    if (!at)
        return;
    memcpy(at, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void sy_buf_putc(sy_buf *b, char c)
{
    char *at = sy_buf_reserve(b, 1);
    if (!at)
        return;
    at[0] = c;
    at[1] = '\0';
    b->len++;
}

void sy_buf_puts(sy_buf *b, const char *s)
{
    sy_buf_append(b, s, strlen(s));
}

void sy_buf_printf(sy_buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *at = n < 0 ? NULL : sy_buf_reserve(b, (size_t)n);
    if (at) {
        vsnprintf(at, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void sy_buf_put_cp(sy_buf *b, uint32_t cp)
{
    char bytes[4];
    sy_buf_append(b, bytes, sy_utf8_encode(cp, bytes));
}

void sy_buf_put_u16(sy_buf *b, uint16_t v)
{
    uint8_t bytes[2] = {(uint8_t)v, (uint8_t)(v >> 8)};
    sy_buf_append(b, bytes, sizeof bytes);
}

void sy_buf_put_u32(sy_buf *b, uint32_t v)
{
    uint8_t bytes[4];
    sy_put_u32(bytes, v);
    sy_buf_append(b, bytes, sizeof bytes);
}

void sy_buf_put_u64(sy_buf *b, uint64_t v)
{
    uint8_t bytes[8];
    sy_put_u64(bytes, v);
    sy_buf_append(b, bytes, sizeof bytes);
}

void sy_buf_put_varint(sy_buf *b, uint64_t v)
{
    uint8_t bytes[SY_VARINT_MAX];
    sy_buf_append(b, bytes, sy_varint_put(bytes, v));
}

/* Whether one of twice eight bytes is not ASCII, or is escaped in JSON. */
static bool any_to_escape(const char *eight, const char *other)
{
    typedef uint8_t lanes __attribute__((vector_size(16)));
    typedef uint64_t halves __attribute__((vector_size(16)));
    uint64_t a, b;
    memcpy(&a, eight, sizeof a);
    memcpy(&b, other, sizeof b);
    lanes v = (lanes)(halves){a, b};
    halves found =
        (halves)((lanes)(v < 0x20) | (lanes)(v >= 0x7F) | (lanes)(v == '"') | (lanes)(v == '\\'));
    return (found[0] | found[1]) != 0;
}

/* Whether s[len] is ASCII and nothing in it is escaped; of less than eight bytes it is not told. */
static bool stands_as_it_is(const char *s, size_t len)
{
    if (len < 8)
        return false;
    for (size_t i = 0; i + 16 < len; i += 16) {
        if (any_to_escape(s + i, s + i + 8))
            return false;
    }
    return !any_to_escape(len < 16 ? s : s + len - 16, s + len - 8);
}

void sy_buf_put_json(sy_buf *b, const char *s, size_t len)
{
    if (stands_as_it_is(s, len)) { /* as nearly all keys do */
        char *to = sy_buf_reserve(b, len + 2);
        if (!to)
            return;
        *to = '"';
        if (len <= 16) { /* a copy of two halves, which may overlap, is the fastest */
            memcpy(to + 1, s, 8);
            memcpy(to + 1 + len - 8, s + len - 8, 8);
        } else {
            memcpy(to + 1, s, len);
        }
        to[len + 1] = '"';
        b->len += len + 2;
        b->data[b->len] = '\0';
        return;
    }
    sy_buf_putc(b, '"');
    size_t done = 0; /* bytes already copied */
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(s + i, len - i, &cp);
        bool plain = cp >= 0x20 && cp != '"' && cp != '\\' && cp != 0x7F &&
                     cp != SY_CP_REPLACEMENT && cp != 0x2028 && cp != 0x2029;
        if (!plain) {
            sy_buf_append(b, s + done, i - done);
            done = i + n;
            if (cp == '"' || cp == '\\')
                sy_buf_printf(b, "\\%c", (int)cp);
            else if (cp == '\n')
                sy_buf_puts(b, "\\n");
            else if (cp == '\t')
                sy_buf_puts(b, "\\t");
            else if (cp == '\r')
                sy_buf_puts(b, "\\r");
            else if (cp == SY_CP_REPLACEMENT)
                sy_buf_put_cp(b, cp);
            else
                sy_buf_printf(b, "\\u%04x", (unsigned)cp);
        }
        i += n;
    }
    sy_buf_append(b, s + done, len - done);
    sy_buf_putc(b, '"');
}

char *sy_buf_detach(sy_buf *b, size_t *len)
{
    char *data = b->data;
    if (len)
        *len = b->len;
    *b = (sy_buf)SY_BUF_INIT;
    return data;
}

const char *sy_buf_cstr(const sy_buf *b)
{
    return b->data ? b->data : "";
}
