#include "store/block_code.h"

#include <string.h>

#include "base/bytes.h"
#include "store/bitpack.h"
#include "store/scoring.h"

/* ---- strings of bits ---- */

static unsigned width_of(uint32_t v)
{
    return v == 0 ? 0 : 32u - (unsigned)__builtin_clz(v);
}

/* Appends n numbers of `width` bits, low bits first, to a whole byte. */
static void put_bits(sy_buf *out, const uint32_t *numbers, uint32_t n, unsigned width)
{
    uint64_t held = 0;
    unsigned bits = 0;
    for (uint32_t i = 0; i < n && width > 0; i++) {
        held |= (uint64_t)numbers[i] << bits;
        for (bits += width; bits >= 8; bits -= 8, held >>= 8)
            sy_buf_putc(out, (char)(held & 0xFF));
    }
    if (bits > 0)
        sy_buf_putc(out, (char)(held & 0xFF));
}

static size_t bytes_of(uint64_t bits)
{
    return (size_t)((bits + 7) / 8);
}

/* Reads n numbers of `width` bits. NULL if they are not all there. */
static const uint8_t *get_bits(const uint8_t *at, const uint8_t *end, uint32_t n, unsigned width,
                               uint32_t *numbers)
{
    size_t len = bytes_of((uint64_t)n * width);
    if (!at || (size_t)(end - at) < len)
        return NULL;
    uint64_t held = 0, mask = (UINT64_C(1) << width) - 1;
    unsigned bits = 0;
    const uint8_t *next = at;
    for (uint32_t i = 0; i < n; i++) {
        while (bits < width) {
            if (end - next >= 4 && bits <= 32) {
                held |= (uint64_t)sy_get_u32(next) << bits;
                next += 4;
                bits += 32;
            } else {
                held |= (uint64_t)*next++ << bits;
                bits += 8;
            }
        }
        numbers[i] = (uint32_t)(held & mask);
        held >>= width;
        bits -= width;
    }
    return at + len;
}

/* ---- docids ---- */

/* Kinds of blocks: a width of packed gaps, or this and a number of low bits. */
enum { ELIAS_FANO = 64, LOW_BITS_MAX = 31 };

/* Sums of gaps: ascending numbers, equal where docids follow each other. */
static uint32_t best_low_bits(uint32_t sum, uint32_t n)
{
    uint32_t low = 0;
    while (low < LOW_BITS_MAX && sum >> (low + 1) >= n)
        low++;
    return low;
}

static void put_elias_fano(sy_buf *out, const uint32_t *gaps, uint32_t n)
{
    uint32_t lows[SY_BLOCK] = {0}, highs[SY_BLOCK] = {0}, sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += gaps[i];
    unsigned low = best_low_bits(sum, n);
    sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += gaps[i];
        lows[i] = sum & ((UINT32_C(1) << low) - 1);
        highs[i] = (sum >> low) + i;
    }
    sy_buf_putc(out, (char)(ELIAS_FANO + low));
    put_bits(out, lows, n, low);
    size_t len = highs[n - 1] / 8 + 1;
    char *bits = sy_buf_reserve(out, len);
    if (!bits)
        return;
    memset(bits, 0, len);
    for (uint32_t i = 0; i < n; i++)
        bits[highs[i] / 8] = (char)((unsigned char)bits[highs[i] / 8] | 1u << highs[i] % 8);
    out->len += len;
}

void sy_gaps_put(sy_buf *out, const uint32_t *gaps, uint32_t n, bool fast)
{
    if (!fast || n < SY_BLOCK) {
        put_elias_fano(out, gaps, n);
        return;
    }
    unsigned width = sy_pack_width(gaps);
    sy_buf_putc(out, (char)width);
    char *at = sy_buf_reserve(out, sy_pack_bytes(width));
    if (!at)
        return;
    sy_pack(gaps, width, (uint8_t *)at);
    out->len += sy_pack_bytes(width);
}

static uint64_t word_at(const uint8_t *at, const uint8_t *end)
{
    if (end - at >= 8)
        return sy_get_u64(at);
    uint64_t word = 0;
    for (size_t i = 0; at + i < end; i++)
        word |= (uint64_t)at[i] << 8 * i;
    return word;
}

static const uint8_t *get_elias_fano(const uint8_t *at, const uint8_t *end, uint32_t n,
                                     unsigned low, uint32_t first, uint32_t *docs)
{
    uint32_t lows[SY_BLOCK];
    at = get_bits(at, end, n, low, lows);
    uint32_t i = 0, base = 0; /* bits of the words before this one */
    uint64_t doc = first;
    if (!at || at >= end)
        return NULL;
    while (i < n) {
        uint64_t word = word_at(at, end);
        for (; word != 0 && i < n; word &= word - 1, i++) {
            uint64_t high = base + (unsigned)__builtin_ctzll(word) - i;
            uint64_t next = first + (high << low | lows[i]) + i;
            if (next > INT32_MAX || (i > 0 && next <= doc))
                return NULL;
            doc = next;
            docs[i] = (uint32_t)doc;
            if (i == n - 1)
                return at + ((unsigned)__builtin_ctzll(word) / 8 + 1);
        }
        if (end - at <= 8 || base > UINT32_MAX - 64)
            return NULL;
        at += 8;
        base += 64;
    }
    return NULL;
}

const uint8_t *sy_gaps_get(const uint8_t *at, const uint8_t *end, uint32_t n, uint32_t first,
                           uint32_t *docs)
{
    if (!at || at >= end)
        return NULL;
    unsigned kind = *at++;
    if (kind >= ELIAS_FANO && kind <= ELIAS_FANO + LOW_BITS_MAX)
        return get_elias_fano(at, end, n, kind - ELIAS_FANO, first, docs);
    if (kind > 32 || n != SY_BLOCK || (size_t)(end - at) < sy_pack_bytes(kind))
        return NULL;
    sy_unpack(at, kind, docs);
    uint64_t doc = first;
    for (uint32_t i = 0; i < n; i++) {
        doc += docs[i];
        docs[i] = (uint32_t)doc;
        doc++;
    }
    return doc <= (uint64_t)INT32_MAX + 1 ? at + sy_pack_bytes(kind) : NULL;
}

/* ---- marks ---- */

/* The first byte: which form the field codes have, and whether frequencies follow. */
enum { ALL_LONGEST = 0, ALL_ONE = 1, BY_PLACE = 2, BY_BITMAP = 3, FORMS = 3, FREQUENCIES = 4 };

/* Field codes other than 0: which there are, and for each posting that has one its
 * place and the number of its code among them. */
typedef struct exceptions {
    uint32_t n, n_codes;
    uint8_t codes[SY_BLOCK];
    uint32_t places[SY_BLOCK], numbers[SY_BLOCK];
} exceptions;

static void find_exceptions(const sy_mark *marks, uint32_t n, exceptions *e)
{
    uint8_t number_of[256];
    memset(number_of, 0xFF, sizeof number_of);
    e->n = e->n_codes = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t code = marks[i].set;
        if (code == SY_SET_LONGEST)
            continue;
        if (number_of[code] == 0xFF) {
            number_of[code] = (uint8_t)e->n_codes;
            e->codes[e->n_codes++] = code;
        }
        e->places[e->n] = i;
        e->numbers[e->n++] = number_of[code];
    }
}

static void put_exceptions(sy_buf *out, const exceptions *e, uint32_t n, unsigned form)
{
    if (form == ALL_ONE) {
        sy_buf_putc(out, (char)e->codes[0]);
        return;
    }
    if (form == BY_PLACE)
        sy_buf_putc(out, (char)e->n);
    sy_buf_putc(out, (char)e->n_codes);
    sy_buf_append(out, e->codes, e->n_codes);
    if (form == BY_PLACE) {
        for (uint32_t i = 0; i < e->n; i++)
            sy_buf_putc(out, (char)e->places[i]);
    } else {
        uint32_t bits[SY_BLOCK] = {0};
        for (uint32_t i = 0; i < e->n; i++)
            bits[e->places[i]] = 1;
        put_bits(out, bits, n, 1);
    }
    put_bits(out, e->numbers, e->n, width_of(e->n_codes - 1));
}

/* Frequencies in unary: as many zeros as the code says, then a one. */
static void put_frequencies(sy_buf *out, const sy_mark *marks, uint32_t n)
{
    uint64_t held = 0;
    unsigned bits = 0;
    for (uint32_t i = 0; i < n; i++) {
        held |= UINT64_C(1) << (bits + marks[i].tf);
        for (bits += marks[i].tf + 1u; bits >= 8; bits -= 8, held >>= 8)
            sy_buf_putc(out, (char)(held & 0xFF));
    }
    if (bits > 0)
        sy_buf_putc(out, (char)(held & 0xFF));
}

void sy_marks_put(sy_buf *out, const sy_mark *marks, uint32_t n)
{
    exceptions e;
    find_exceptions(marks, n, &e);
    unsigned form = ALL_LONGEST;
    if (e.n > 0)
        form = e.n == n && e.n_codes == 1 ? ALL_ONE : e.n + 1 < bytes_of(n) ? BY_PLACE : BY_BITMAP;
    bool frequent = false;
    for (uint32_t i = 0; i < n; i++)
        frequent |= marks[i].tf > 0;
    sy_buf_putc(out, (char)(form | (frequent ? FREQUENCIES : 0)));
    if (e.n > 0)
        put_exceptions(out, &e, n, form);
    if (frequent)
        put_frequencies(out, marks, n);
}

/* Which postings have a code other than 0: places[0 to *count). */
static const uint8_t *get_places(const uint8_t *at, const uint8_t *end, uint32_t n, bool bitmap,
                                 uint32_t count, uint8_t *places, uint32_t *found)
{
    *found = 0;
    size_t len = bitmap ? bytes_of(n) : count;
    if ((size_t)(end - at) < len)
        return NULL;
    for (uint32_t i = 0; !bitmap && i < count; i++) {
        if (at[i] >= n)
            return NULL;
        places[(*found)++] = at[i];
    }
    for (uint32_t i = 0; bitmap && i < n; i++) {
        if (at[i / 8] >> i % 8 & 1)
            places[(*found)++] = (uint8_t)i;
    }
    return at + len;
}

static const uint8_t *get_exceptions(const uint8_t *at, const uint8_t *end, uint32_t n,
                                     unsigned form, uint8_t *sets)
{
    uint8_t places[SY_BLOCK];
    uint32_t numbers[SY_BLOCK], found, count = 0;
    if (form == BY_PLACE && (at >= end || (count = *at++) > n))
        return NULL;
    if (at >= end)
        return NULL;
    unsigned n_codes = *at++;
    const uint8_t *codes = at;
    if (n_codes == 0 || n_codes > SY_BLOCK || (size_t)(end - at) < n_codes)
        return NULL;
    at = get_places(at + n_codes, end, n, form == BY_BITMAP, count, places, &found);
    at = get_bits(at, end, found, width_of(n_codes - 1), numbers);
    for (uint32_t i = 0; at && i < found; i++) {
        if (numbers[i] >= n_codes)
            return NULL;
        sets[places[i]] = codes[numbers[i]];
    }
    return at;
}

static bool get_frequencies(const uint8_t *at, const uint8_t *end, uint32_t n, uint8_t *tfs)
{
    uint32_t i = 0;
    unsigned zeros = 0; /* since the last one */
    for (; i < n && at < end; at += 8) {
        uint64_t word = word_at(at, end);
        unsigned used = 0;
        for (; word != 0 && i < n; i++) {
            unsigned run = (unsigned)__builtin_ctzll(word);
            if (zeros + run >= SY_TF_CODES)
                return false;
            tfs[i] = (uint8_t)(zeros + run);
            zeros = 0;
            word = run == 63 ? 0 : word >> (run + 1);
            used += run + 1;
        }
        zeros += 64 - used;
        if (i < n && zeros >= SY_TF_CODES)
            return false;
        if (end - at <= 8)
            break;
    }
    return i == n;
}

bool sy_marks_get(const uint8_t *at, const uint8_t *end, uint32_t n, uint8_t *tfs, uint8_t *sets)
{
    if (!at || at >= end || *at >= 2 * FREQUENCIES)
        return false;
    unsigned form = *at & FORMS;
    bool frequent = *at & FREQUENCIES;
    at++;
    if (tfs)
        memset(tfs, 0, n);
    memset(sets, SY_SET_LONGEST, n);
    if (form == ALL_ONE) {
        if (at >= end)
            return false;
        memset(sets, *at++, n);
    } else if (form != ALL_LONGEST) {
        at = get_exceptions(at, end, n, form, sets);
    }
    return at && (!frequent || !tfs || get_frequencies(at, end, n, tfs));
}
