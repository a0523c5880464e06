#include "store/postings.h"

#include <string.h>

#include "base/bytes.h"
#include "store/bitpack.h"

/* A list on disk (docs/format.md, 5.5):
 *
 *   skips: full x (u32 last, u32 end) | full blocks | rest as varints
 *
 * A cursor decodes one block at a time into docs[]; `block` is its index, n_full
 * for the rest, so block < n_full has a skip entry. */

enum { BLOCK = SY_POSTINGS_BLOCK, SKIP_LEN = 8, NO_BLOCK = -1 };

static void end_walk(sy_postings *p, bool corrupt)
{
    p->corrupt |= corrupt;
    p->docs[0] = SY_DOC_END;
    p->i = 0;
    p->in_block = 1;
    p->block = UINT32_MAX;
}

static sy_docid skip_last(const sy_postings *p, uint32_t block)
{
    return sy_get_u32(p->skips + (size_t)block * SKIP_LEN);
}

static uint32_t skip_end(const sy_postings *p, uint32_t block)
{
    return sy_get_u32(p->skips + (size_t)block * SKIP_LEN + 4);
}

/* Where block b starts, or NULL if its skip data does not hold. */
static const uint8_t *block_at(const sy_postings *p, uint32_t b)
{
    uint32_t start = b == 0 ? 0 : skip_end(p, b - 1);
    return start <= (size_t)(p->ref.end - p->blocks) ? p->blocks + start : NULL;
}

/* Turns gaps into docids above `before` (-1 at the start); false if they leave
 * the range of docids. */
static bool sum_gaps(uint32_t *docs, uint32_t n, int64_t before)
{
    uint64_t doc = (uint64_t)(before + 1);
    for (uint32_t i = 0; i < n; i++) {
        doc += docs[i];
        docs[i] = (uint32_t)doc;
        doc++;
    }
    return doc <= SY_DOC_END;
}

static bool decode_full(sy_postings *p, uint32_t b)
{
    const uint8_t *at = block_at(p, b);
    size_t head = p->ref.has_tf ? 2 : 1;
    if (!at || (size_t)(p->ref.end - at) < head)
        return false;
    unsigned width = at[0], tf_width = p->ref.has_tf ? at[1] : 0;
    if (width > 32 || tf_width > 32 ||
        (size_t)(p->ref.end - at) < head + sy_pack_bytes(width) + sy_pack_bytes(tf_width))
        return false;
    sy_unpack(at + head, width, p->docs);
    p->tf_at = at + head + sy_pack_bytes(width);
    p->tf_width = tf_width;
    p->tf_decoded = false;
    int64_t before = b == 0 ? -1 : (int64_t)skip_last(p, b - 1);
    return sum_gaps(p->docs, BLOCK, before) && p->docs[BLOCK - 1] == skip_last(p, b);
}

static bool decode_rest(sy_postings *p, uint32_t rest)
{
    const uint8_t *at = block_at(p, p->n_full);
    for (uint32_t i = 0; i < rest && at; i++) {
        uint32_t gap, tf = 1;
        at = sy_varint_get32(at, p->ref.end, &gap);
        if (at && p->ref.has_tf) {
            if (gap & 1)
                at = sy_varint_get32(at, p->ref.end, &tf);
            tf = gap & 1 ? tf + 2 : 1;
            gap >>= 1;
        }
        p->docs[i] = gap;
        p->tfs[i] = tf;
    }
    p->tf_decoded = true;
    int64_t before = p->n_full == 0 ? -1 : (int64_t)skip_last(p, p->n_full - 1);
    return at && sum_gaps(p->docs, rest, before);
}

/* Decodes block b (n_full: the rest) and stands on its first posting. */
static void load(sy_postings *p, uint32_t b)
{
    uint32_t rest = p->n_all % BLOCK;
    if (b > p->n_full || (b == p->n_full && rest == 0)) {
        end_walk(p, false);
        return;
    }
    bool good = b < p->n_full ? decode_full(p, b) : decode_rest(p, rest);
    if (!good) {
        end_walk(p, true);
        return;
    }
    p->block = b;
    p->in_block = b < p->n_full ? BLOCK : rest;
    p->i = 0;
}

void sy_postings_init(sy_postings *p, const sy_postings_ref *ref)
{
    p->ref = *ref;
    p->n_all = ref->subset ? ref->n_all : ref->df;
    p->corrupt = false;
    p->tf_decoded = true;
    p->n_full = 0;
    /* Before the first posting: block -1 is used up. */
    p->block = (uint32_t)NO_BLOCK;
    p->in_block = 0;
    p->i = 0;
    p->skips = p->blocks = p->tf_at = NULL;
    if (ref->df == 0) {
        end_walk(p, false);
    } else if (!ref->at) { /* one posting, inlined; it is loaded like a block */
        p->docs[0] = ref->only;
        p->tfs[0] = ref->only_tf;
    } else {
        p->n_full = p->n_all / BLOCK;
        size_t skips = (size_t)p->n_full * SKIP_LEN;
        if (p->n_all > SY_DOC_END || (size_t)(ref->end - ref->at) < skips) {
            end_walk(p, true);
            return;
        }
        p->skips = ref->at;
        p->blocks = ref->at + skips;
    }
}

static sy_docid list_next(sy_postings *p)
{
    if (p->i + 1 < p->in_block)
        return p->docs[++p->i];
    if (p->in_block == 0 && p->ref.df > 0) { /* the first move */
        if (p->ref.at) {
            load(p, 0);
        } else {
            p->in_block = 1;
            p->block = 0;
            if (p->ref.only >= SY_DOC_END)
                end_walk(p, true);
        }
    } else if (p->block != UINT32_MAX) {
        if (p->ref.at)
            load(p, p->block + 1);
        else
            end_walk(p, false);
    }
    return p->docs[p->i];
}

/* The first full block from `from` on whose last docid is >= target, or n_full:
 * by steps that double, then by halves, so near targets are cheap. */
static uint32_t find_block(const sy_postings *p, uint32_t from, sy_docid target)
{
    uint32_t low = from, step = 1;
    while (low < p->n_full && skip_last(p, low) < target) {
        from = low + 1;
        low += step;
        step *= 2;
    }
    uint32_t high = low < p->n_full ? low : p->n_full;
    while (from < high) {
        uint32_t mid = from + (high - from) / 2;
        if (skip_last(p, mid) < target)
            from = mid + 1;
        else
            high = mid;
    }
    return from;
}

static sy_docid list_seek(sy_postings *p, sy_docid target)
{
    if (p->in_block == 0)
        list_next(p);
    sy_docid here = p->docs[p->i];
    if (here >= target)
        return here;
    if (p->docs[p->in_block - 1] < target) {
        if (!p->ref.at) {
            end_walk(p, false);
            return SY_DOC_END;
        }
        /* A block lies wholly behind the one before it, or is damaged. */
        load(p, p->block >= p->n_full ? p->block + 1 : find_block(p, p->block + 1, target));
        if (p->docs[p->in_block - 1] < target) { /* in the rest, past its end */
            end_walk(p, false);
            return SY_DOC_END;
        }
    }
    uint32_t low = p->i, high = p->in_block - 1;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (p->docs[mid] < target)
            low = mid + 1;
        else
            high = mid;
    }
    p->i = low;
    return p->docs[low];
}

/* The first posting from here on that belongs to the subset. */
static sy_docid skip_others(sy_postings *p, sy_docid doc)
{
    while (doc != SY_DOC_END) {
        uint32_t i = p->block * BLOCK + p->i;
        if (p->ref.subset[i / 8] >> i % 8 & 1)
            break;
        doc = list_next(p);
    }
    return doc;
}

sy_docid sy_postings_next(sy_postings *p)
{
    sy_docid doc = list_next(p);
    return p->ref.subset ? skip_others(p, doc) : doc;
}

sy_docid sy_postings_seek(sy_postings *p, sy_docid target)
{
    sy_docid doc = list_seek(p, target);
    return p->ref.subset ? skip_others(p, doc) : doc;
}

uint32_t sy_postings_tf(sy_postings *p)
{
    if (!p->tf_decoded) {
        if (p->ref.has_tf) {
            sy_unpack(p->tf_at, p->tf_width, p->tfs);
            for (uint32_t i = 0; i < BLOCK; i++)
                p->tfs[i] = p->tfs[i] == UINT32_MAX ? UINT32_MAX : p->tfs[i] + 1;
        }
        p->tf_decoded = true;
    }
    return p->ref.has_tf ? p->tfs[p->i] : 1;
}

sy_status sy_postings_status(const sy_postings *p, const char *where, sy_error *err)
{
    if (!p->corrupt)
        return SY_OK;
    return sy_fail_at(err, SY_E_CORRUPT, where, p->ref.offset, "a list of records is damaged");
}

static void encode_full(sy_buf *out, const sy_docid *docs, const uint32_t *tfs, int64_t before)
{
    uint32_t gaps[BLOCK], less[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
        gaps[i] = (uint32_t)((int64_t)docs[i] - before - 1);
        before = docs[i];
        less[i] = tfs ? tfs[i] - 1 : 0;
    }
    unsigned width = sy_pack_width(gaps), tf_width = sy_pack_width(less);
    sy_buf_putc(out, (char)width);
    if (tfs)
        sy_buf_putc(out, (char)tf_width);
    size_t bytes = sy_pack_bytes(width) + sy_pack_bytes(tf_width);
    char *at = sy_buf_reserve(out, bytes);
    if (!at)
        return;
    sy_pack(gaps, width, (uint8_t *)at);
    sy_pack(less, tf_width, (uint8_t *)at + sy_pack_bytes(width));
    out->len += bytes;
}

static void encode_rest(sy_buf *out, const sy_docid *docs, const uint32_t *tfs, uint32_t n,
                        int64_t before)
{
    for (uint32_t i = 0; i < n; i++) {
        uint64_t gap = (uint64_t)((int64_t)docs[i] - before - 1);
        before = docs[i];
        if (!tfs) {
            sy_buf_put_varint(out, gap);
        } else if (tfs[i] == 1) {
            sy_buf_put_varint(out, gap << 1);
        } else {
            sy_buf_put_varint(out, gap << 1 | 1);
            sy_buf_put_varint(out, tfs[i] - 2);
        }
    }
}

void sy_postings_encode(sy_buf *out, const sy_docid *docs, const uint32_t *tfs, uint32_t n)
{
    uint32_t n_full = n / BLOCK;
    size_t skips = out->len, blocks = skips + (size_t)n_full * SKIP_LEN;
    for (uint32_t b = 0; b < n_full; b++)
        sy_buf_put_u64(out, 0);
    int64_t before = -1;
    for (uint32_t b = 0; b < n_full; b++) {
        uint32_t first = b * BLOCK;
        encode_full(out, docs + first, tfs ? tfs + first : NULL, before);
        before = docs[first + BLOCK - 1];
        if (out->status != SY_OK)
            return;
        uint8_t *skip = (uint8_t *)out->data + skips + (size_t)b * SKIP_LEN;
        sy_put_u32(skip, docs[first + BLOCK - 1]);
        sy_put_u32(skip + 4, (uint32_t)(out->len - blocks));
    }
    uint32_t done = n_full * BLOCK;
    encode_rest(out, docs + done, tfs ? tfs + done : NULL, n - done, before);
}
