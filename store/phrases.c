#include "store/phrases.h"

#include <string.h>

#include "base/bytes.h"
#include "store/file.h"

/* A place in the pool is offset << 8 | OTHER | length, of a normal form. With OTHER the phrase is
 * another text, which stands behind its normal form and a byte for its length. Behind the last text
 * the pool has as many zero bytes as a text can be long, so that a text is copied with a length
 * that the compiler knows. */
enum { PLACE_LEN = 4, OTHER = 0x80, COPY = SY_PHRASE_LEN_MAX, CHUNK = 256 };

bool sy_phrases_open(const uint8_t *bytes, uint64_t len, sy_phrases *out)
{
    *out = (sy_phrases){0};
    if (len == 0)
        return true;
    if (len < 4)
        return false;
    uint32_t n = sy_get_u32(bytes);
    uint64_t places = (uint64_t)n * PLACE_LEN;
    if (n == 0 || n > SY_PHRASES_MAX || len - 4 < places + COPY || len > UINT32_MAX)
        return false;
    *out = (sy_phrases){.places = bytes + 4,
                        .pool = bytes + 4 + places,
                        .n = n,
                        .pool_len = (uint32_t)(len - 4 - places)};
    return true;
}

/* A byte stands for itself; in normal form a capital letter for the small one. */
static char spell_byte(uint32_t byte, bool normal)
{
    return (char)(normal && byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
}

/* Where the text of a phrase or its normal form lies. NULL if that does not hold; else COPY bytes
 * can be read there. */
static inline const uint8_t *text_of(const sy_phrases *p, uint32_t place, bool normal,
                                     uint32_t *len)
{
    uint32_t at = place >> 8;
    *len = place & (OTHER - 1);
    if (*len > COPY || at > p->pool_len - COPY)
        return NULL;
    if (normal || !(place & OTHER))
        return p->pool + at;
    at += *len; /* at most at the end of the pool */
    if (at + 1 > p->pool_len - COPY)
        return NULL;
    *len = p->pool[at];
    return *len > COPY ? NULL : p->pool + at + 1;
}

bool sy_phrases_normal(const sy_phrases *p, uint32_t code, char *byte, sy_slice *out)
{
    if (code < SY_PHRASE_BYTES) {
        *byte = spell_byte(code, true);
        *out = (sy_slice){byte, 1};
        return true;
    }
    code -= SY_PHRASE_BYTES;
    if (code >= p->n)
        return false;
    uint32_t len;
    const uint8_t *text = text_of(p, sy_get_u32(p->places + (size_t)code * PLACE_LEN), true, &len);
    *out = (sy_slice){(const char *)text, len};
    return text != NULL;
}

/* NULL if the code has none. */
static const uint8_t *place_of(const sy_phrases *p, const uint8_t *code_at)
{
    uint32_t code = sy_get_u16(code_at);
    bool has = code >= SY_PHRASE_BYTES && code - SY_PHRASE_BYTES < p->n;
    return has ? p->places + (size_t)(code - SY_PHRASE_BYTES) * PLACE_LEN : NULL;
}

/* Places and texts lie anywhere: they are fetched in advance, or each would be waited for. */
sy_status sy_phrases_need(const sy_phrases *p, const uint8_t *codes, uint64_t n_codes,
                          sy_error *err)
{
    for (uint64_t i = 0; i < n_codes && p->file; i++) {
        for (uint64_t k = i; i % CHUNK == 0 && k < n_codes && k < i + CHUNK; k++)
            __builtin_prefetch(place_of(p, codes + 2 * k));
        const uint8_t *at = place_of(p, codes + 2 * i);
        if (!at)
            continue;
        sy_status st = sy_file_need(p->file, at, PLACE_LEN, err);
        if (st != SY_OK)
            return st;
        uint32_t place = sy_get_u32(at), len = place & (OTHER - 1), from = place >> 8;
        if (from >= p->pool_len) /* it does not hold, which who reads it will see */
            continue;
        __builtin_prefetch(p->pool + from);
        len += place & OTHER ? 1 + COPY : 0;
        len = len < p->pool_len - from ? len : p->pool_len - from;
        st = sy_file_need(p->file, p->pool + from, len, err);
        if (st != SY_OK)
            return st;
    }
    return SY_OK;
}

sy_status sy_phrases_need_all(const sy_phrases *p, sy_error *err)
{
    uint64_t len = (uint64_t)(p->pool - p->places) + p->pool_len;
    return p->file ? sy_file_need(p->file, p->places, len, err) : SY_OK;
}

uint32_t sy_phrases_offset(const sy_phrases *p, uint32_t number)
{
    return sy_get_u32(p->places + (size_t)number * PLACE_LEN) >> 8;
}

bool sy_phrases_in_order(const sy_phrases *p)
{
    enum { UNKNOWN, YES, NO };
    /* The dictionary stays as it is: this is what is known of it. */
    atomic_uchar *known = &((sy_phrases *)(uintptr_t)p)->order;
    unsigned char order = atomic_load_explicit(known, memory_order_relaxed);
    if (order == UNKNOWN) {
        order = YES;
        for (uint32_t i = 0, end = 0; i < p->n && order == YES; i++) {
            uint32_t place = sy_get_u32(p->places + (size_t)i * PLACE_LEN);
            order = place >> 8 < end ? NO : YES;
            end = (place >> 8) + (place & (OTHER - 1));
        }
        atomic_store_explicit(known, order, memory_order_relaxed);
    }
    return order == YES;
}

uint32_t sy_phrases_at(const sy_phrases *p, uint32_t from, uint32_t offset)
{
    uint32_t step = 1;
    while (step < p->n - from && sy_phrases_offset(p, from + step) <= offset)
        step *= 2;
    uint32_t low = from, high = step < p->n - from ? from + step : p->n;
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (sy_phrases_offset(p, mid) <= offset)
            low = mid;
        else
            high = mid;
    }
    return low;
}

bool sy_phrases_spell(const sy_phrases *p, const uint8_t *codes, uint64_t n_codes, bool normal,
                      sy_buf *out)
{
    while (n_codes > 0) {
        uint64_t n = n_codes < CHUNK ? n_codes : CHUNK;
        char *to = sy_buf_reserve(out, (size_t)(n + 1) * COPY);
        if (!to)
            return true;
        char *start = to;
        for (uint64_t i = 0; i < n; i++) {
            uint32_t code = sy_get_u16(codes + 2 * i), len;
            if (code < SY_PHRASE_BYTES) {
                *to++ = spell_byte(code, normal);
                continue;
            }
            code -= SY_PHRASE_BYTES;
            if (code >= p->n)
                return false;
            const uint8_t *from =
                text_of(p, sy_get_u32(p->places + (size_t)code * PLACE_LEN), normal, &len);
            if (!from)
                return false;
            memcpy(to, from, 16);
            if (len > 16)
                memcpy(to + 16, from + 16, COPY - 16);
            to += len;
        }
        out->len += (size_t)(to - start);
        out->data[out->len] = '\0';
        codes += 2 * n;
        n_codes -= n;
    }
    return true;
}

void sy_phrases_add(sy_phrases_writer *w, sy_slice phrase, sy_slice normal)
{
    bool other = !sy_slice_equal(phrase, normal);
    sy_buf_put_u32(&w->places,
                   (uint32_t)w->pool.len << 8 | (other ? OTHER : 0) | (uint32_t)normal.len);
    sy_buf_append(&w->pool, normal.data, normal.len);
    if (other) {
        sy_buf_putc(&w->pool, (char)phrase.len);
        sy_buf_append(&w->pool, phrase.data, phrase.len);
    }
    w->n++;
}

void sy_phrases_finish(sy_phrases_writer *w, sy_buf *out)
{
    static const char zeros[COPY] = {0};
    if (w->n == 0)
        return;
    sy_buf_put_u32(out, w->n);
    sy_buf_append(out, w->places.data, w->places.len);
    sy_buf_append(out, w->pool.data, w->pool.len);
    sy_buf_append(out, zeros, sizeof zeros);
    if (w->places.status != SY_OK || w->pool.status != SY_OK)
        out->status = SY_E_NOMEM;
}

void sy_phrases_writer_release(sy_phrases_writer *w)
{
    sy_buf_release(&w->places);
    sy_buf_release(&w->pool);
    *w = (sy_phrases_writer){0};
}
