#include "indexer/posting_bytes.h"

enum { FREQUENT = 1, NAMED = 2, FLAG_BITS = 2 };

size_t sy_posting_put(const sy_posting *posting, bool marked, uint32_t next, uint8_t *out)
{
    uint64_t gap = posting->doc - next;
    if (!marked)
        return sy_varint_put(out, gap);
    unsigned flags = (posting->tf > 1 ? FREQUENT : 0u) | (posting->fields != 0 ? NAMED : 0u);
    size_t n = sy_varint_put(out, gap << FLAG_BITS | flags);
    if (posting->tf > 1)
        n += sy_varint_put(out + n, posting->tf - 2);
    if (posting->fields != 0)
        n += sy_varint_put(out + n, posting->fields);
    return n;
}

const uint8_t *sy_posting_get(const uint8_t *at, const uint8_t *end, bool marked, uint32_t next,
                              sy_posting *out)
{
    uint64_t gap;
    *out = (sy_posting){.tf = 1};
    at = sy_varint_get(at, end, &gap);
    unsigned flags = at && marked ? (unsigned)gap & (FREQUENT | NAMED) : 0;
    if (marked)
        gap >>= FLAG_BITS;
    if (at && flags & FREQUENT) {
        at = sy_varint_get32(at, end, &out->tf);
        out->tf = out->tf > UINT32_MAX - 2 ? UINT32_MAX : out->tf + 2;
    }
    if (at && flags & NAMED)
        at = sy_varint_get(at, end, &out->fields);
    if (!at || gap >= SY_DOC_END || next + gap >= SY_DOC_END)
        return NULL;
    out->doc = (sy_docid)(next + gap);
    return at;
}
