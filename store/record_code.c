#include "store/record_code.h"

#include "base/alloc.h"
#include "base/bytes.h"

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
    sy_buf_put_varint(out, record->key.len);
    sy_buf_put_varint(out, record->n_values);
    for (size_t i = 0; i < record->n_values; i++) {
        const sy_stored_value *v = &record->values[i];
        sy_buf_put_varint(out, (uint64_t)v->field << 1 | v->simple);
        sy_buf_put_varint(out, v->coded.len / unit);
    }
    sy_buf_append(out, record->key.data, record->key.len);
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
    uint32_t key_len, n;
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
    at = read_pair(at, end, &key_len, &n);
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
    uint64_t texts = key_len;
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
    out->key = (sy_slice){(const char *)at, key_len};
    at += key_len;
    for (uint32_t i = 0; i < n; i++) {
        out->values[i].coded.data = (const char *)at;
        at += out->values[i].coded.len;
    }
    out->n_values = n;
    return true;
}
