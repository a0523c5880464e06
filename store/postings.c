#include "store/postings.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "store/file.h"
#include "store/scoring.h"

/* A list on disk (docs/format.md, 5.5):
 *
 *   skips: full x (u32 last, u32 end) | bounds, a byte a block | full blocks | rest
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

/* False if bytes of the list are damaged. */
static bool is_sound(const sy_postings *p, const uint8_t *at, size_t len)
{
    return !p->ref.file || sy_file_need(p->ref.file, at, len, NULL) == SY_OK;
}

/* Where block b starts, or NULL if its skip data or its bytes do not hold. */
static const uint8_t *block_at(const sy_postings *p, uint32_t b)
{
    size_t start = b == 0 ? 0 : skip_end(p, b - 1), all = (size_t)(p->ref.end - p->blocks);
    size_t end = b < p->n_full ? skip_end(p, b) : all;
    return start <= end && end <= all && is_sound(p, p->blocks + start, end - start)
               ? p->blocks + start
               : NULL;
}

/* The filter wants to know the fields alone. */
static bool decode_marks(sy_postings *p, bool fields_alone)
{
    uint32_t n = p->block < p->n_full ? BLOCK : p->n_all % BLOCK;
    p->marks_decoded = !fields_alone;
    return sy_marks_get(p->marks_at, p->ref.end, n, fields_alone ? NULL : p->tfs, p->sets);
}

static inline bool accepts(const sy_field_filter *f, sy_docid doc, uint8_t set)
{
    bool longest = doc < f->n_records && (f->wanted >> (f->longest[doc] & 63) & 1);
    return set != SY_SET_LONGEST ? f->accept[set] : longest;
}

/* Leaves out postings that are not in the subset. */
static void pick_subset(sy_postings *p)
{
    uint32_t kept = 0, first = p->block * BLOCK;
    for (uint32_t i = 0; i < p->in_block; i++) {
        p->docs[kept] = p->docs[i];
        p->places[kept] = (uint8_t)i;
        kept += p->ref.subset[(first + i) / 8] >> (first + i) % 8 & 1;
    }
    p->in_block = kept;
}

/* Leaves out postings that are not in the subset or that the filter does not accept. Nothing is
 * skipped: which are left is as good as random. */
static bool thin_out(sy_postings *p)
{
    const sy_field_filter *filter = p->ref.marked ? p->ref.filter : NULL;
    for (uint32_t i = 0; i < p->in_block && !p->ref.subset; i++)
        p->places[i] = (uint8_t)i;
    if (p->ref.subset)
        pick_subset(p);
    if (!filter)
        return true;
    if (!decode_marks(p, true))
        return false;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < p->in_block; i++) {
        sy_docid doc = p->docs[i];
        uint8_t place = p->places[i];
        p->docs[kept] = doc;
        p->places[kept] = place;
        kept += accepts(filter, doc, p->sets[place]);
    }
    p->in_block = kept;
    return true;
}

static int compare_docs(const void *a, const void *b)
{
    sy_docid x = *(const sy_docid *)a, y = *(const sy_docid *)b;
    return (x > y) - (x < y);
}

uint32_t sy_postings_merged(const sy_postings_ref *ref, sy_docid *docs)
{
    sy_merged_posting postings[SY_MERGED_MAX];
    uint32_t n = 0;
    bool sound = !ref->file ||
                 sy_file_need(ref->file, ref->at, (uint64_t)(ref->end - ref->at), NULL) == SY_OK;
    if (!sound ||
        !sy_merged_get(ref->at, ref->end, ref->n_all, ref->n_records, ref->first, postings))
        return 0;
    for (uint32_t i = 0; i < ref->n_all; i++) {
        if (ref->second == SY_MERGED_ALL || postings[i].second == ref->second)
            docs[n++] = postings[i].docid;
    }
    return n;
}

/* The records of a merged list in order, each once. False: it is damaged, or has none. */
static bool decode_merged(sy_postings *p)
{
    uint32_t n = sy_postings_merged(&p->ref, p->docs), kept = 0;
    if (p->ref.second == SY_MERGED_ALL)
        qsort(p->docs, n, sizeof *p->docs, compare_docs);
    for (uint32_t i = 0; i < n; i++) {
        if (kept == 0 || p->docs[kept - 1] != p->docs[i])
            p->docs[kept++] = p->docs[i];
    }
    p->block = 0;
    p->in_block = kept;
    p->i = 0;
    return kept > 0 && p->docs[kept - 1] < SY_DOC_END;
}

static bool decode(sy_postings *p, uint32_t b, uint32_t n)
{
    if (p->ref.merged)
        return decode_merged(p);
    const uint8_t *at = block_at(p, b);
    uint32_t first = b == 0 ? 0 : skip_last(p, b - 1) + 1;
    if (first > SY_DOC_END)
        return false;
    p->marks_at = at ? sy_gaps_get(at, p->ref.end, n, first, p->docs) : NULL;
    p->marks_decoded = false;
    p->block = b;
    p->in_block = n;
    p->i = 0;
    return p->marks_at && p->docs[n - 1] < SY_DOC_END &&
           (b == p->n_full || p->docs[n - 1] == skip_last(p, b));
}

/* Decodes block b (n_full: the rest), or the first behind it of which something is
 * left, and stands on its first posting. */
static void load(sy_postings *p, uint32_t b)
{
    for (;; b++) {
        uint32_t rest = p->n_all % BLOCK;
        if (b > p->n_full || (b == p->n_full && rest == 0)) {
            end_walk(p, false);
            return;
        }
        if (!decode(p, b, b < p->n_full ? BLOCK : rest) || (p->thinned && !thin_out(p))) {
            end_walk(p, true);
            return;
        }
        if (p->in_block > 0)
            return;
    }
}

static void init_list(sy_postings *p)
{
    const sy_postings_ref *ref = &p->ref;
    p->n_full = p->n_all / BLOCK;
    size_t skips = (size_t)p->n_full * SKIP_LEN;
    size_t bounds = ref->marked ? ((size_t)p->n_all + BLOCK - 1) / BLOCK : 0;
    if (p->n_all >= SY_DOC_END || (ref->merged && p->n_all > SY_MERGED_MAX) ||
        (size_t)(ref->end - ref->at) < skips + bounds || !is_sound(p, ref->at, skips + bounds)) {
        p->n_full = p->n_all = 0;
        end_walk(p, true);
        return;
    }
    p->skips = ref->at;
    p->bounds = ref->at + skips;
    p->blocks = p->bounds + bounds;
    if (!ref->marked || p->n_full < SY_POSTINGS_COUNTED)
        return;
    size_t left = (size_t)(ref->end - p->blocks);
    if (left == 0 || !is_sound(p, p->blocks, 1) || left - 1 < p->blocks[0] ||
        !is_sound(p, p->blocks, 1 + (size_t)p->blocks[0])) {
        p->n_full = p->n_all = 0;
        end_walk(p, true);
        return;
    }
    p->counts = p->blocks;
    p->blocks += 1 + p->blocks[0];
}

void sy_postings_init(sy_postings *p, const sy_postings_ref *ref)
{
    p->ref = *ref;
    p->n_all = ref->subset || ref->merged ? ref->n_all : ref->df;
    p->corrupt = false;
    p->marks_decoded = false;
    p->thinned = ref->subset || (ref->filter && ref->marked);
    p->n_full = 0;
    /* Before the first posting: block -1 is used up. */
    p->block = (uint32_t)NO_BLOCK;
    p->in_block = 0;
    p->i = 0;
    p->skips = p->bounds = p->counts = p->blocks = p->marks_at = NULL;
    if (ref->df == 0)
        end_walk(p, false);
    else if (ref->at)
        init_list(p);
}

/* The first move in a list of one record, which is inlined. */
static void load_only(sy_postings *p)
{
    const sy_postings_ref *ref = &p->ref;
    bool wanted =
        !ref->filter || !ref->marked || accepts(ref->filter, ref->only, ref->only_mark.set);
    if (ref->only >= SY_DOC_END || !wanted) {
        end_walk(p, ref->only >= SY_DOC_END);
        return;
    }
    p->docs[0] = ref->only;
    p->tfs[0] = ref->only_mark.tf;
    p->sets[0] = ref->only_mark.set;
    p->places[0] = 0;
    p->marks_decoded = true;
    p->in_block = 1;
    p->block = 0;
}

sy_docid sy_postings_next(sy_postings *p)
{
    if (p->i + 1 < p->in_block)
        return p->docs[++p->i];
    if (p->block == UINT32_MAX && p->in_block > 0)
        return SY_DOC_END;
    if (p->ref.at)
        load(p, p->block + 1);
    else if (p->in_block == 0)
        load_only(p);
    else
        end_walk(p, false);
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

sy_docid sy_postings_seek(sy_postings *p, sy_docid target)
{
    if (p->in_block == 0 && (!p->ref.at || target == 0))
        sy_postings_next(p);
    if (p->in_block > 0 && p->docs[p->i] >= target)
        return p->docs[p->i];
    /* Of a block that is thinned out the rest may be behind us, so more than one may
     * have to be decoded. */
    while (p->in_block == 0 || p->docs[p->in_block - 1] < target) {
        if (!p->ref.at || (p->in_block > 0 && p->block >= p->n_full)) {
            end_walk(p, false);
            return SY_DOC_END;
        }
        load(p, find_block(p, p->block + 1, target));
        if (p->block == UINT32_MAX)
            return SY_DOC_END;
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

/* Makes tfs[i] and sets[i] the marks of docs[i]. */
static void need_marks(sy_postings *p)
{
    if (p->marks_decoded)
        return;
    if (!p->ref.marked || !decode_marks(p, false)) {
        memset(p->tfs, 0, sizeof p->tfs);
        memset(p->sets, SY_SET_UNKNOWN, sizeof p->sets);
        p->marks_decoded = true;
        p->corrupt |= p->ref.marked;
    }
    for (uint32_t i = 0; p->thinned && i < p->in_block; i++) {
        p->tfs[i] = p->tfs[p->places[i]];
        p->sets[i] = p->sets[p->places[i]];
    }
}

sy_mark sy_postings_mark(sy_postings *p)
{
    if (p->block == UINT32_MAX)
        return (sy_mark){0, SY_SET_UNKNOWN};
    need_marks(p);
    return (sy_mark){p->tfs[p->i], p->sets[p->i]};
}

uint32_t sy_postings_docs(sy_postings *p, sy_docid end, const sy_docid **docs)
{
    uint32_t first = p->i, last = p->in_block - 1;
    while (p->docs[last] >= end) /* not the current one */
        last--;
    *docs = p->docs + first;
    p->i = last;
    return last - first + 1;
}

void sy_postings_run(sy_postings *p, sy_docid end, sy_posting_run *out)
{
    need_marks(p);
    *out = (sy_posting_run){.tfs = p->tfs + p->i, .sets = p->sets + p->i};
    out->n = sy_postings_docs(p, end, &out->docs);
}

uint8_t sy_postings_bound(const sy_postings *p, sy_docid target, sy_docid *last)
{
    *last = SY_DOC_END;
    if (!p->bounds || !p->ref.marked)
        return UINT8_MAX;
    uint32_t from = p->block == UINT32_MAX ? 0 : p->block;
    if (p->block == UINT32_MAX && p->in_block > 0)
        return 0;
    uint32_t b = find_block(p, from, target);
    if (b < p->n_full)
        *last = skip_last(p, b);
    else if (p->n_all % BLOCK == 0)
        return 0;
    return p->bounds[b];
}

uint8_t sy_postings_max(const sy_postings *p)
{
    if (!p->bounds || !p->ref.marked)
        return p->ref.df > 0 ? UINT8_MAX : 0;
    uint32_t n = p->n_full + (p->n_all % BLOCK > 0);
    uint8_t most = 0;
    for (uint32_t b = 0; b < n; b++)
        most = p->bounds[b] > most ? p->bounds[b] : most;
    return most;
}

/* The counts of fields that have postings: u8 bytes | (u8 bit, varint postings) for each. */
bool sy_postings_accepted(const sy_postings *p, uint32_t *n)
{
    const sy_field_filter *filter = p->ref.filter;
    bool one = filter && filter->exact && (filter->wanted & (filter->wanted - 1)) == 0;
    *n = 0;
    if (!p->counts || p->counts[0] == 0 || !one || p->ref.subset)
        return false;
    const uint8_t *at = p->counts + 1, *end = at + p->counts[0];
    while (at && at < end) {
        unsigned bit = *at++;
        uint32_t postings;
        at = sy_varint_get32(at, end, &postings);
        if (at && bit < 64 && filter->wanted >> bit & 1)
            *n = postings;
    }
    return at != NULL;
}

sy_status sy_postings_status(const sy_postings *p, const char *where, sy_error *err)
{
    if (!p->corrupt)
        return SY_OK;
    return sy_fail_at(err, SY_E_CORRUPT, where, p->ref.offset, "a list of records is damaged");
}

static void encode_block(sy_buf *out, const sy_docid *docs, const sy_mark *marks, uint32_t n,
                         int64_t before)
{
    uint32_t gaps[BLOCK] = {0};
    for (uint32_t i = 0; i < n; i++) {
        gaps[i] = (uint32_t)((int64_t)docs[i] - before - 1);
        before = docs[i];
    }
    sy_gaps_put(out, gaps, n);
    if (marks)
        sy_marks_put(out, marks, n);
}

/* Behind the bounds: how many postings are in each field; nothing if that is not known. */
static void put_counts(sy_buf *out, const sy_docid *docs, const sy_mark *marks, uint32_t n,
                       const sy_bounder *bounder)
{
    enum { MOST = UINT8_MAX };
    uint32_t counts[SY_FIELD_BITS] = {0};
    bool known = bounder->count(bounder->ctx, docs, marks, n, counts);
    size_t start = out->len;
    sy_buf_putc(out, 0);
    for (unsigned bit = 0; bit < SY_FIELD_BITS && known; bit++) {
        if (counts[bit] == 0)
            continue;
        sy_buf_putc(out, (char)bit);
        sy_buf_put_varint(out, counts[bit]);
    }
    size_t len = out->len - start - 1;
    if (out->status != SY_OK)
        return;
    if (len > MOST)
        out->len = start + 1;
    out->data[start] = (char)(len > MOST ? 0 : len);
}

void sy_postings_encode(sy_buf *out, const sy_docid *docs, const sy_mark *marks, uint32_t n,
                        const sy_bounder *bounder)
{
    uint32_t n_full = n / BLOCK;
    size_t skips = out->len;
    for (uint32_t b = 0; b < n_full; b++)
        sy_buf_put_u64(out, 0);
    for (uint32_t first = 0; marks && first < n; first += BLOCK) {
        uint32_t len = n - first < BLOCK ? n - first : BLOCK;
        sy_buf_putc(out, (char)bounder->bound(bounder->ctx, docs + first, marks + first, len));
    }
    if (marks && n_full >= SY_POSTINGS_COUNTED)
        put_counts(out, docs, marks, n, bounder);
    size_t blocks = out->len;
    int64_t before = -1;
    for (uint32_t first = 0; first < n; first += BLOCK) {
        uint32_t len = n - first < BLOCK ? n - first : BLOCK;
        encode_block(out, docs + first, marks ? marks + first : NULL, len, before);
        before = docs[first + len - 1];
        if (out->status != SY_OK)
            return;
        if (len < BLOCK)
            break;
        uint8_t *skip = (uint8_t *)out->data + skips + (size_t)(first / BLOCK) * SKIP_LEN;
        sy_put_u32(skip, docs[first + BLOCK - 1]);
        sy_put_u32(skip + 4, (uint32_t)(out->len - blocks));
    }
}
