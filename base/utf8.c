#include "base/utf8.h"

#include "base/bytes.h"

size_t sy_utf8_decode_any(const char *s, size_t len, uint32_t *cp)
{
    const unsigned char *p = (const unsigned char *)s;
    uint32_t c = p[0];
    if (c < 0x80) {
        *cp = c;
        return 1;
    }
    *cp = SY_CP_REPLACEMENT;
    size_t need;
    unsigned char low = 0x80, high = 0xBF; /* bounds of the second byte */
    if (c >= 0xC2 && c <= 0xDF) {
        need = 2;
        c &= 0x1F;
    } else if (c >= 0xE0 && c <= 0xEF) {
        need = 3;
        if (c == 0xE0)
            low = 0xA0; /* shorter forms exist below */
        if (c == 0xED)
            high = 0x9F; /* surrogates above */
        c &= 0x0F;
    } else if (c >= 0xF0 && c <= 0xF4) {
        need = 4;
        if (c == 0xF0)
            low = 0x90;
        if (c == 0xF4)
            high = 0x8F;
        c &= 0x07;
    } else {
        return 1;
    }
    for (size_t i = 1; i < need; i++) {
        if (i >= len || p[i] < low || p[i] > high)
            return i;
        c = c << 6 | (p[i] & 0x3Fu);
        low = 0x80;
        high = 0xBF;
    }
    *cp = c;
    return need;
}

size_t sy_utf8_encode(uint32_t cp, char *out)
{
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        cp = SY_CP_REPLACEMENT;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

/* A decoded U+FFFD is ill-formed input unless it is the real one, EF BF BD. */
static bool ill_formed(const char *s, size_t n, uint32_t cp)
{
    return cp == SY_CP_REPLACEMENT && !(n == 3 && (unsigned char)s[0] == 0xEF &&
                                        (unsigned char)s[1] == 0xBF && (unsigned char)s[2] == 0xBD);
}

size_t sy_utf8_decode_all(const char *s, size_t len, uint32_t *cps)
{
    size_t n = 0;
    for (size_t i = 0; i < len;)
        i += sy_utf8_decode(s + i, len - i, &cps[n++]);
    return n;
}

size_t sy_utf8_count(const char *s, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; count++) {
        uint32_t cp;
        i += sy_utf8_decode(s + i, len - i, &cp);
    }
    return count;
}

/* Behind the ASCII and the characters of three bytes at s[i]: nearly all of Chinese text. */
static size_t skip_usual(const char *s, size_t i, size_t len)
{
    /* All pairs of continuation bytes are well-formed, but for those behind E0 and ED. */
    const uint32_t plain = 0xFFFF & ~(1u << 0) & ~(1u << 0xD);
    while (len - i >= 8) {
        uint64_t c = sy_get_u64(s + i);
        bool one = (c & 0xC0C0F0) == 0x8080E0 && (plain >> (c & 0x0F) & 1);
        uint64_t next = c >> 24;
        if (one && (next & 0xC0C0F0) == 0x8080E0 && (plain >> (next & 0x0F) & 1))
            i += 6;
        else if (one)
            i += 3;
        else if ((c & SY_EACH_BYTE << 7) == 0)
            i += 8;
        else if ((c & 0x80) == 0)
            i++;
        else
            break;
    }
    return i;
}

size_t sy_utf8_check(const char *s, size_t len)
{
    for (size_t i = 0; (i = skip_usual(s, i, len)) < len;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(s + i, len - i, &cp);
        if (ill_formed(s + i, n, cp))
            return i;
        i += n;
    }
    return len;
}

size_t sy_utf8_repair(const char *s, size_t len, sy_buf *out, size_t *first)
{
    size_t bad = 0;
    *first = len;
    size_t done = 0; /* bytes already copied */
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(s + i, len - i, &cp);
        if (ill_formed(s + i, n, cp)) {
            if (bad++ == 0)
                *first = i;
            sy_buf_append(out, s + done, i - done);
            sy_buf_put_cp(out, SY_CP_REPLACEMENT);
            done = i + n;
        }
        i += n;
    }
    sy_buf_append(out, s + done, len - done);
    return bad;
}
