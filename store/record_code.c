#include "store/record_code.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "store/format.h"

void sy_stored_release(sy_stored *s)
{
    sy_free(s->values);
    sy_buf_release(&s->spelt);
    *s = (sy_stored){0};
}

void sy_record_encode(sy_buf *out, const sy_stored *record, unsigned unit)
{
    sy_buf_put_varint(out, record->line);
    /* Mostly the same: zigzag, so that small differences of either sign are short. */
    int64_t step = (int64_t)record->row - record->line;
    sy_buf_put_varint(out, step < 0 ? (uint64_t)(-step) * 2 - 1 : (uint64_t)step * 2);
    sy_buf_put_varint(out, record->n_values);
    for (size_t i = 0; i < record->n_values; i++) {
        const sy_stored_value *v = &record->values[i];
        sy_buf_put_varint(out, (uint64_t)v->field << 1 | v->simple);
        sy_buf_put_varint(out, v->coded.len / unit);
    }
    for (size_t i = 0; i < record->n_values; i++)
        sy_buf_append(out, record->values[i].coded.data, record->values[i].coded.len);
}

/* Two varints below 2^32; NULL in, NULL out. */
static const uint8_t *read_pair(const uint8_t *at, const uint8_t *end, uint32_t *a, uint32_t *b)
{
    *a = *b = 0;
    at = at ? sy_varint_get32(at, end, a) : NULL;
    return at ? sy_varint_get32(at, end, b) : NULL;
}

bool sy_record_decode(const uint8_t *bytes, size_t len, unsigned unit, sy_stored *out, bool *nomem)
{
    const uint8_t *end = bytes + len, *at = bytes;
    uint32_t n;
    *nomem = false;
    out->n_values = 0;
    uint64_t step = 0;
    at = sy_varint_get32(at, end, &out->line);
    at = at ? sy_varint_get(at, end, &step) : NULL;
    if (!at || step > UINT64_C(2) * UINT32_MAX)
        return false;
    int64_t row = out->line + (step & 1 ? -(int64_t)(step / 2) - 1 : (int64_t)(step / 2));
    if (row < 0 || row > UINT32_MAX)
        return false;
    out->row = (uint32_t)row;
    at = sy_varint_get32(at, end, &n);
    if (!at || n > len / 2) /* a value takes two bytes at least */
        return false;
    if (n > out->cap_values) {
        sy_stored_value *bigger = sy_resize(out->values, n, sizeof *bigger);
        if (!bigger) {
            *nomem = true;
            return false;
        }
        out->values = bigger;
        out->cap_values = n;
    }
    uint64_t texts = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t head, units;
        at = read_pair(at, end, &head, &units);
        uint32_t field = head >> 1;
        if (!at || field >= SY_FIELDS_MAX || (i > 0 && field < out->values[i - 1].field))
            return false;
        bool again = i > 0 && field == out->values[i - 1].field;
        out->values[i] = (sy_stored_value){.field = (sy_field_id)field,
                                           .ordinal = again ? out->values[i - 1].ordinal + 1 : 0,
                                           .simple = head & 1,
                                           .coded = {NULL, (size_t)units * unit}};
        texts += (uint64_t)units * unit;
    }
    if (texts != (uint64_t)(end - at))
        return false;
    for (uint32_t i = 0; i < n; i++) {
        out->values[i].coded.data = (const char *)at;
        at += out->values[i].coded.len;
    }
    out->n_values = n;
    return true;
}

/* ---- keys ---- */

void sy_record_put_key(sy_buf *out, sy_slice key)
{
    sy_buf_put_varint(out, key.len);
    sy_buf_append(out, key.data, key.len);
}

const uint8_t *sy_record_get_key(const uint8_t *at, const uint8_t *end, sy_slice *out)
{
    uint64_t len;
    at = sy_varint_get(at, end, &len);
    if (!at || len > (uint64_t)(end - at))
        return NULL;
    *out = (sy_slice){(const char *)at, (size_t)len};
    return at + len;
}

/* Whether all of n lengths take a byte, as they nearly always do. Reads SY_RECORDS_PER_BASE bytes.
 */
static bool all_short(const uint8_t *lengths, uint32_t n)
{
    uint64_t all = 0;
    for (uint32_t k = 0; k < n; k += 8) {
        uint64_t word = sy_get_u64(lengths + k);
        all |= n - k >= 8 ? word : word & ((UINT64_C(1) << 8 * (n - k)) - 1);
    }
    return (all & UINT64_C(0x8080808080808080)) == 0;
}

bool sy_key_group_decode(const uint8_t *bytes, size_t len, sy_key_group *out)
{
    const uint8_t *at = bytes, *end = bytes + len;
    uint32_t n = out->n;
    uint64_t sum = 0;
    if (len >= SY_RECORDS_PER_BASE && all_short(bytes, n)) {
        for (uint32_t k = 0; k < n; k++)
            out->ends[k] = (uint32_t)(sum += bytes[k]);
        at += n;
    } else {
        for (uint32_t k = 0; k < n; k++) {
            uint32_t one;
            at = sy_varint_get32(at, end, &one);
            sum += one;
            if (!at || sum > len || sum > UINT32_MAX)
                return false;
            out->ends[k] = (uint32_t)sum;
        }
    }
    out->keys = (const char *)at;
    return sum == (uint64_t)(end - at);
}
