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

static size_t bytes_of(uint64_t bits)
{
    return (size_t)((bits + 7) / 8);
}

/* Appends n numbers of `width` bits, low bits first, to a whole byte. */
static void put_bits(sy_buf *out, const uint32_t *numbers, uint32_t n, unsigned width)
{
    size_t len = bytes_of((uint64_t)n * width);
    char *to = sy_buf_reserve(out, len);
    uint64_t held = 0;
    unsigned bits = 0;
    for (uint32_t i = 0; to && i < n && width > 0; i++) {
        held |= (uint64_t)numbers[i] << bits;
        for (bits += width; bits >= 8; bits -= 8, held >>= 8)
            *to++ = (char)(held & 0xFF);
    }
    if (to && bits > 0)
        *to = (char)(held & 0xFF);
    out->len += to ? len : 0;
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

static void put_packed(sy_buf *out, const uint32_t *numbers, unsigned width)
{
    char *at = sy_buf_reserve(out, sy_pack_bytes(width));
    if (!at)
        return;
    sy_pack(numbers, width, (uint8_t *)at);
    out->len += sy_pack_bytes(width);
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
    if (n == SY_BLOCK)
        put_packed(out, lows, low);
    else
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

void sy_gaps_put(sy_buf *out, const uint32_t *gaps, uint32_t n)
{
    size_t start = out->len;
    put_elias_fano(out, gaps, n);
    unsigned width = n == SY_BLOCK ? sy_pack_width(gaps) : 0;
    if (n < SY_BLOCK || out->status != SY_OK || out->len - start <= sy_pack_bytes(width))
        return;
    out->len = start; /* gaps are about the same: packed they are shorter, and read faster */
    sy_buf_putc(out, (char)width);
    put_packed(out, gaps, width);
}

/* Of a byte's set bits, from the lowest on, a byte each: how many bits below it are not set. The
 * highest byte is 8 less their number; if they are eight, that is what it has to be. Made from the
 * highest bit on: a bit that is not set adds to the n numbers so far, one that is goes below. */
#define UNSET(v, n) ((v) + ((n) == 0 ? 0 : UINT64_C(0x0101010101010101) >> 8 * (8 - (n)) % 64))
#define ENTRY(v, n) ((v) | (uint64_t)(8 - (n)) << 56)
#define BITS1(v, n) ENTRY(UNSET(v, n), n), ENTRY((v) << 8, (n) + 1)
#define BITS2(v, n) BITS1(UNSET(v, n), n), BITS1((v) << 8, (n) + 1)
#define BITS3(v, n) BITS2(UNSET(v, n), n), BITS2((v) << 8, (n) + 1)
#define BITS4(v, n) BITS3(UNSET(v, n), n), BITS3((v) << 8, (n) + 1)
#define BITS5(v, n) BITS4(UNSET(v, n), n), BITS4((v) << 8, (n) + 1)
#define BITS6(v, n) BITS5(UNSET(v, n), n), BITS5((v) << 8, (n) + 1)
#define BITS7(v, n) BITS6(UNSET(v, n), n), BITS6((v) << 8, (n) + 1)
static const uint64_t set_bits[256] = {BITS7(UINT64_C(0), 0), BITS7(UINT64_C(0), 1)};

/* The places of the first n bits that are set, each less the number of those before it, into
 * highs[n + 7]. Returns what follows the byte that has the last; NULL if there are fewer, or one
 * has more than a byte. A byte at a time and all of its bits at once: which are set is as good as
 * random, and a branch for each would be guessed wrong too often. */
static const uint8_t *get_highs(const uint8_t *at, const uint8_t *end, uint32_t n, uint8_t *highs)
{
    enum { MOST = (SY_BLOCK + UINT8_MAX) / 8 + 1 }; /* bytes */
    const uint64_t each = UINT64_C(0x0101010101010101);
    const uint8_t *stop = end - at > MOST ? at + MOST : end;
    uint64_t unset = 0; /* of the bits so far */
    for (uint32_t bits = 0; at < stop; bits += 8) {
        uint64_t entry = set_bits[*at++];
        uint64_t i = bits - unset;
        /* Where a sum goes past its byte only bytes above it are wrong, which are rejected. */
        sy_put_u64(highs + i, entry + each * unset);
        uint64_t next = unset + (entry >> 56);
        if (bits + 8 - next >= n)
            return unset + (entry >> 8 * (n - 1 - i) & UINT8_MAX) <= UINT8_MAX ? at : NULL;
        unset = next;
    }
    return NULL;
}

/* Puts numbers together from their high and low bits; false if they do not ascend or one is above
 * INT32_MAX. Inline, so that of a full block the compiler knows the length: it works on four at a
 * time where they are a multiple of four, which the first ones are left out of the loop for. */
static inline bool add_up(const uint8_t *highs, const uint32_t *lows, uint32_t n, unsigned low,
                          uint32_t first, uint32_t *docs)
{
    enum { ALONE = 4 };
    for (uint32_t i = 0; i < n; i++)
        docs[i] = first + ((uint32_t)highs[i] << low | lows[i]) + i;
    uint32_t wrong = docs[0]; /* the highest bit tells */
    for (uint32_t i = 1; i < ALONE && i < n; i++)
        wrong |= docs[i] | (docs[i] - docs[i - 1] - 1);
    for (uint32_t i = ALONE; i < n; i++)
        wrong |= docs[i] | (docs[i] - docs[i - 1] - 1);
    return wrong <= INT32_MAX;
}

static const uint8_t *get_elias_fano(const uint8_t *at, const uint8_t *end, uint32_t n,
                                     unsigned low, uint32_t first, uint32_t *docs)
{
    uint32_t lows[SY_BLOCK];
    if (n < SY_BLOCK) {
        at = get_bits(at, end, n, low, lows);
    } else if ((size_t)(end - at) >= sy_pack_bytes(low)) {
        sy_unpack(at, low, lows);
        at += sy_pack_bytes(low);
    } else {
        return NULL;
    }
    uint8_t highs[SY_BLOCK + 7];
    at = at ? get_highs(at, end, n, highs) : NULL;
    /* The high bits ascend; a sum that goes past 32 bits would not, and is refused below. */
    uint64_t most = at ? (uint64_t)highs[n - 1] << low : 0;
    if (!at || first > INT32_MAX || most + first + n > INT32_MAX)
        return NULL;
    bool ascend = n == SY_BLOCK ? add_up(highs, lows, SY_BLOCK, low, first, docs)
                                : add_up(highs, lows, n, low, first, docs);
    return ascend ? at : NULL;
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

/* ---- places ---- */

/* Which m of n postings: m ascending places in at most n bits, in Elias-Fano form or as
 * a bit for each posting, whatever is shorter. */
typedef struct place_form {
    bool bitmap;
    unsigned low;  /* bits of each place that are stored as they are */
    uint32_t bits; /* in all */
} place_form;

static place_form form_of(uint32_t m, uint32_t n)
{
    place_form f = {false, 0, 0};
    while (n >> (f.low + 1) >= m)
        f.low++;
    f.bits = m * f.low + m + ((n - 1) >> f.low);
    if (f.bits >= n)
        f = (place_form){true, 0, n};
    return f;
}

static void put_places(sy_buf *out, const uint32_t *places, uint32_t m, uint32_t n)
{
    place_form f = form_of(m, n);
    uint8_t bits[SY_BLOCK / 8] = {0};
    for (uint32_t i = 0; i < m; i++) {
        uint32_t low = places[i] & ((1u << f.low) - 1);
        for (unsigned b = 0; b < f.low; b++) {
            uint32_t at = i * f.low + b;
            bits[at / 8] = (uint8_t)(bits[at / 8] | (low >> b & 1) << at % 8);
        }
        uint32_t at = f.bitmap ? places[i] : m * f.low + (places[i] >> f.low) + i;
        bits[at / 8] = (uint8_t)(bits[at / 8] | 1u << at % 8);
    }
    sy_buf_append(out, bits, bytes_of(f.bits));
}

/* The string of at most 128 bits that starts at `at`, from bit `from` on: 57 bits at least. */
static uint64_t bits_from(const uint64_t *words, uint32_t from)
{
    uint64_t low = words[from / 64] >> from % 64;
    return from % 64 == 0 || from >= 64 ? low : low | words[1] << (64 - from % 64);
}

static const uint8_t *get_places(const uint8_t *at, const uint8_t *end, uint32_t m, uint32_t n,
                                 uint8_t *places)
{
    if (!at || m == 0 || m > n)
        return NULL;
    place_form f = form_of(m, n);
    size_t len = bytes_of(f.bits);
    if ((size_t)(end - at) < len)
        return NULL;
    uint8_t bytes[16] = {0};
    memcpy(bytes, at, len);
    uint64_t words[2] = {sy_get_u64(bytes), sy_get_u64(bytes + 8)};
    uint32_t first = m * f.low, i = 0, mask = (1u << f.low) - 1;
    for (uint32_t w = first / 64; w < 2; w++) {
        uint64_t ones = words[w];
        if (w == first / 64)
            ones = ones >> first % 64 << first % 64;
        for (; ones != 0 && i < m; ones &= ones - 1, i++) {
            uint32_t bit = w * 64 + (unsigned)__builtin_ctzll(ones) - first;
            uint32_t place = bit;
            if (!f.bitmap)
                place = (bit - i) << f.low | ((uint32_t)bits_from(words, i * f.low) & mask);
            if (place >= n || (i > 0 && place <= places[i - 1]))
                return NULL;
            places[i] = (uint8_t)place;
        }
    }
    return i == m ? at + len : NULL;
}

/* ---- marks ---- */

/* The first byte: which form the field codes have, and whether frequencies follow. */
enum { ALL_LONGEST = 0, ALL_ONE = 1, BY_PLACE = 2, FORMS = 3, FREQUENCIES = 4 };

static void put_sets(sy_buf *out, const sy_mark *marks, uint32_t n, unsigned form)
{
    uint8_t number_of[256], codes[SY_BLOCK];
    uint32_t places[SY_BLOCK] = {0}, numbers[SY_BLOCK] = {0}, m = 0, n_codes = 0;
    if (form == ALL_ONE)
        sy_buf_putc(out, (char)marks[0].set);
    if (form != BY_PLACE)
        return;
    memset(number_of, 0xFF, sizeof number_of);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t code = marks[i].set;
        if (code == SY_SET_LONGEST)
            continue;
        if (number_of[code] == 0xFF) {
            number_of[code] = (uint8_t)n_codes;
            codes[n_codes++] = code;
        }
        places[m] = i;
        numbers[m++] = number_of[code];
    }
    sy_buf_putc(out, (char)m);
    sy_buf_putc(out, (char)n_codes);
    sy_buf_append(out, codes, n_codes);
    put_places(out, places, m, n);
    put_bits(out, numbers, m, width_of(n_codes - 1));
}

/* Of those above code 0, in unary: as many zeros as the code is above 1, then a one. */
static void put_frequencies(sy_buf *out, const sy_mark *marks, uint32_t n)
{
    uint32_t places[SY_BLOCK] = {0}, m = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (marks[i].tf > 0)
            places[m++] = i;
    }
    sy_buf_putc(out, (char)m);
    put_places(out, places, m, n);
    char bytes[SY_BLOCK * SY_TF_CODES / 8], *to = bytes;
    uint64_t held = 0;
    unsigned bits = 0;
    for (uint32_t i = 0; i < m; i++) {
        unsigned zeros = marks[places[i]].tf - 1u;
        held |= UINT64_C(1) << (bits + zeros);
        for (bits += zeros + 1; bits >= 8; bits -= 8, held >>= 8)
            *to++ = (char)(held & 0xFF);
    }
    if (bits > 0)
        *to++ = (char)(held & 0xFF);
    sy_buf_append(out, bytes, (size_t)(to - bytes));
}

void sy_marks_put(sy_buf *out, const sy_mark *marks, uint32_t n)
{
    bool longest = true, alike = true, frequent = false;
    for (uint32_t i = 0; i < n; i++) {
        longest &= marks[i].set == SY_SET_LONGEST;
        alike &= marks[i].set == marks[0].set;
        frequent |= marks[i].tf > 0;
    }
    unsigned form = longest ? ALL_LONGEST : alike ? ALL_ONE : BY_PLACE;
    sy_buf_putc(out, (char)(form | (frequent ? FREQUENCIES : 0)));
    put_sets(out, marks, n, form);
    if (frequent)
        put_frequencies(out, marks, n);
}

static const uint8_t *get_sets(const uint8_t *at, const uint8_t *end, uint32_t n, uint8_t *sets)
{
    uint8_t places[SY_BLOCK];
    uint32_t numbers[SY_BLOCK];
    if (end - at < 2)
        return NULL;
    uint32_t m = at[0], n_codes = at[1];
    const uint8_t *codes = at + 2;
    if (n_codes == 0 || n_codes > SY_BLOCK || (size_t)(end - codes) < n_codes)
        return NULL;
    at = get_places(codes + n_codes, end, m, n, places);
    at = get_bits(at, end, at ? m : 0, width_of(n_codes - 1), numbers);
    for (uint32_t i = 0; at && i < m; i++) {
        if (numbers[i] >= n_codes)
            return NULL;
        sets[places[i]] = codes[numbers[i]];
    }
    return at;
}

static bool get_frequencies(const uint8_t *at, const uint8_t *end, uint32_t n, uint8_t *tfs)
{
    uint8_t places[SY_BLOCK];
    uint32_t m = at < end ? *at++ : 0, i = 0;
    at = get_places(at, end, m, n, places);
    unsigned zeros = 0; /* since the last one */
    for (; at && i < m && at < end; at++) {
        unsigned byte = *at;
        for (unsigned bit = 0; bit < 8 && i < m; bit++, byte >>= 1) {
            if (!(byte & 1)) {
                if (++zeros > SY_TF_CODES - 2)
                    return false;
                continue;
            }
            tfs[places[i++]] = (uint8_t)(zeros + 1);
            zeros = 0;
        }
    }
    return at && i == m;
}

bool sy_marks_get(const uint8_t *at, const uint8_t *end, uint32_t n, uint8_t *tfs, uint8_t *sets)
{
    if (!at || at >= end || *at >= 2 * FREQUENCIES || (*at & FORMS) == FORMS)
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
    } else if (form == BY_PLACE) {
        at = get_sets(at, end, n, sets);
    }
    return at && (!frequent || !tfs || get_frequencies(at, end, n, tfs));
}
