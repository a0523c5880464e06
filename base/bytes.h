/* base/bytes.h - integers as they lie on disk: little-endian and varints.
 *
 * Encoded by shifts, never by struct overlay. A varint holds seven bits a byte,
 * low bits first, the top bit set on all but the last byte (LEB128). */
#ifndef SY_BASE_BYTES_H
#define SY_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

#define SY_VARINT_MAX 10 /* bytes of the longest varint */

static inline uint16_t sy_get_u16(const void *at)
{
    const uint8_t *p = at;
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t sy_get_u32(const void *at)
{
    const uint8_t *p = at;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t sy_get_u64(const void *at)
{
    const uint8_t *p = at;
    return (uint64_t)sy_get_u32(p) | (uint64_t)sy_get_u32(p + 4) << 32;
}

static inline void sy_put_u32(void *at, uint32_t v)
{
    uint8_t *p = at;
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
}

static inline void sy_put_u64(void *at, uint64_t v)
{
    sy_put_u32(at, (uint32_t)v);
    sy_put_u32((uint8_t *)at + 4, (uint32_t)(v >> 32));
}

/* Eight bytes at once: not 0 if one of them is `byte`, or is below `limit` (at most 128). */
#define SY_EACH_BYTE UINT64_C(0x0101010101010101)
static inline uint64_t sy_bytes_below(uint64_t bytes, uint8_t limit)
{
    return (bytes - SY_EACH_BYTE * limit) & ~bytes & SY_EACH_BYTE << 7;
}
static inline uint64_t sy_bytes_equal(uint64_t bytes, uint8_t byte)
{
    return sy_bytes_below(bytes ^ SY_EACH_BYTE * byte, 1);
}

/* Writes v to out[SY_VARINT_MAX]; returns the number of bytes, 1 to 10. */
static inline size_t sy_varint_put(uint8_t *out, uint64_t v)
{
    size_t n = 0;
    while (v >= 0x80) {
        out[n++] = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    out[n++] = (uint8_t)v;
    return n;
}

/* Reads one varint from [p, end). Returns the byte after it, or NULL if the
 * bytes end inside it or it does not fit 64 bits; *v is then 0. */
static inline const uint8_t *sy_varint_get(const uint8_t *p, const uint8_t *end, uint64_t *v)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && p < end; shift += 7) {
        uint64_t b = *p++;
        if (shift == 63 && b > 1)
            break;
        value |= (b & 0x7F) << shift;
        if (b < 0x80) {
            *v = value;
            return p;
        }
    }
    *v = 0;
    return NULL;
}

/* As sy_varint_get, for numbers below 2^32: larger ones are NULL too. */
static inline const uint8_t *sy_varint_get32(const uint8_t *p, const uint8_t *end, uint32_t *v)
{
    uint64_t wide;
    p = sy_varint_get(p, end, &wide);
    if (!p || wide > UINT32_MAX) {
        *v = 0;
        return NULL;
    }
    *v = (uint32_t)wide;
    return p;
}

#endif
