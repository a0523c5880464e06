/* base/utf8.h - UTF-8: decoding, counting, checking, repairing. */
#ifndef SY_BASE_UTF8_H
#define SY_BASE_UTF8_H

#include "base/buf.h"

#define SY_CP_REPLACEMENT 0xFFFDu

/* Decodes one code point of s[len], len >= 1. Returns the bytes it takes, 1 to
 * 4. Ill-formed bytes give U+FFFD for each maximal subpart, as Unicode 3.9
 * (table 3-8) recommends. */
static inline size_t sy_utf8_decode(const char *s, size_t len, uint32_t *cp);
/* The same, for whatever is not the usual case. */
size_t sy_utf8_decode_any(const char *s, size_t len, uint32_t *cp);
/* Writes cp as UTF-8 to out[4]; returns 1 to 4. Surrogates and numbers past
 * U+10FFFF are written as U+FFFD. */
size_t sy_utf8_encode(uint32_t cp, char *out);
/* Decodes s[len] into cps[len]; returns how many there are. */
size_t sy_utf8_decode_all(const char *s, size_t len, uint32_t *cps);
/* Code points in s[len], ill-formed parts counted as sy_utf8_decode does. */
size_t sy_utf8_count(const char *s, size_t len);
/* Offset of the first ill-formed byte, or len if there is none. */
size_t sy_utf8_check(const char *s, size_t len);
/* Appends s[len] to out with ill-formed parts as U+FFFD. Returns how many were
 * replaced; *first is the byte offset of the first, or len. */
size_t sy_utf8_repair(const char *s, size_t len, sy_buf *out, size_t *first);

/* ASCII and most of Han, in the place of the call: texts are decoded a dozen times on their way
 * into an index. */
static inline size_t sy_utf8_decode(const char *s, size_t len, uint32_t *cp)
{
    const unsigned char *p = (const unsigned char *)s;
    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    /* E1 to EC: every pair of continuation bytes is well-formed. */
    if (p[0] > 0xE0 && p[0] < 0xED && len >= 3 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80) {
        *cp = (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3Fu);
        return 3;
    }
    return sy_utf8_decode_any(s, len, cp);
}

#endif
