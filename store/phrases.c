#include "store/phrases.h"

#include <string.h>

#include "base/bytes.h"

/* A place in the pool is offset << 8 | length. Behind the last text the pool has as many zero bytes
 * as a text can be long, so that a text is copied with a length that the compiler knows. */
enum { PLACE_LEN = 4, COPY = SY_PHRASE_LEN_MAX, CHUNK = 256 };

bool sy_phrases_open(const uint8_t *bytes, uint64_t len, sy_phrases *out)
{
    *out = (sy_phrases){0};
    if (len == 0)
        return true;
    if (len < 4)
        return false;
    uint32_t n = sy_get_u32(bytes);
    uint64_t places = (uint64_t)n * 2 * PLACE_LEN;
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
    uint32_t place = sy_get_u32(p->places + ((size_t)p->n + code) * PLACE_LEN);
    uint32_t at = place >> 8, len = place & 0xFF;
    if (len > COPY || at > p->pool_len - COPY)
        return false;
    *out = (sy_slice){(const char *)p->pool + at, len};
    return true;
}

void sy_phrases_fetch(const sy_phrases *p, const uint16_t *codes, size_t n)
{
    const uint8_t *places = p->places + ((size_t)p->n - SY_PHRASE_BYTES) * PLACE_LEN;
    for (size_t i = 0; i < n; i++)
        __builtin_prefetch(places + (size_t)codes[i] * PLACE_LEN);
    for (size_t i = 0; i < n; i++) {
        bool phrase = codes[i] >= SY_PHRASE_BYTES && (uint32_t)(codes[i] - SY_PHRASE_BYTES) < p->n;
        uint32_t at = phrase ? sy_get_u32(places + (size_t)codes[i] * PLACE_LEN) >> 8 : 0;
        if (at < p->pool_len) /* it is not looked at yet */
            __builtin_prefetch(p->pool + at);
    }
}

bool sy_phrases_spell(const sy_phrases *p, const uint8_t *codes, uint64_t n_codes, bool normal,
                      sy_buf *out)
{
    const uint8_t *places = p->places + (normal ? (size_t)p->n * PLACE_LEN : 0);
    while (n_codes > 0) {
        uint64_t n = n_codes < CHUNK ? n_codes : CHUNK;
        char *to = sy_buf_reserve(out, (size_t)(n + 1) * COPY);
        if (!to)
            return true;
        char *start = to;
        for (uint64_t i = 0; i < n; i++) {
            uint32_t code = sy_get_u16(codes + 2 * i);
            if (code < SY_PHRASE_BYTES) {
                *to++ = spell_byte(code, normal);
                continue;
            }
            code -= SY_PHRASE_BYTES;
            if (code >= p->n)
                return false;
            uint32_t place = sy_get_u32(places + (size_t)code * PLACE_LEN);
            uint32_t at = place >> 8, len = place & 0xFF;
            if (len > COPY || at > p->pool_len - COPY)
                return false;
            const uint8_t *from = p->pool + at;
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

static uint32_t put_text(sy_phrases_writer *w, sy_slice s)
{
    uint32_t place = (uint32_t)w->pool.len << 8 | (uint32_t)s.len;
    sy_buf_append(&w->pool, s.data, s.len);
    return place;
}

void sy_phrases_add(sy_phrases_writer *w, sy_slice phrase, sy_slice normal)
{
    uint32_t place = put_text(w, phrase);
    sy_buf_put_u32(&w->places, place);
    sy_buf_put_u32(&w->normals, sy_slice_equal(phrase, normal) ? place : put_text(w, normal));
    w->n++;
}

void sy_phrases_finish(sy_phrases_writer *w, sy_buf *out)
{
    static const char zeros[COPY] = {0};
    if (w->n == 0)
        return;
    sy_buf_put_u32(out, w->n);
    sy_buf_append(out, w->places.data, w->places.len);
    sy_buf_append(out, w->normals.data, w->normals.len);
    sy_buf_append(out, w->pool.data, w->pool.len);
    sy_buf_append(out, zeros, sizeof zeros);
    if (w->places.status != SY_OK || w->normals.status != SY_OK || w->pool.status != SY_OK)
        out->status = SY_E_NOMEM;
}

void sy_phrases_writer_release(sy_phrases_writer *w)
{
    sy_buf_release(&w->places);
    sy_buf_release(&w->normals);
    sy_buf_release(&w->pool);
    *w = (sy_phrases_writer){0};
}
