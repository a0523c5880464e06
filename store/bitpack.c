#include "store/bitpack.h"

#include <string.h>

#include "base/bytes.h"

enum { LANES = 4, ROWS = SY_PACK_COUNT / LANES };

unsigned sy_pack_width(const uint32_t *numbers)
{
    uint32_t all = 0;
    for (int i = 0; i < SY_PACK_COUNT; i++)
        all |= numbers[i];
    return all == 0 ? 0 : 32u - (unsigned)__builtin_clz(all);
}

void sy_pack(const uint32_t *numbers, unsigned width, uint8_t *out)
{
    uint64_t held[LANES] = {0};
    unsigned bits = 0;
    for (int row = 0; row < ROWS; row++) {
        for (int lane = 0; lane < LANES; lane++)
            held[lane] |= (uint64_t)numbers[row * LANES + lane] << bits;
        bits += width;
        if (bits < 32)
            continue;
        for (int lane = 0; lane < LANES; lane++) {
            sy_put_u32(out + 4 * lane, (uint32_t)held[lane]);
            held[lane] >>= 32;
        }
        out += 4 * LANES;
        bits -= 32;
    }
}

/* Sanitizers make each step of the loop so long that unrolling only costs time. */
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define UNROLL
#endif

/* Four lanes at once: GCC and clang make of it what the processor has, SSE2 or NEON. With
 * such registers it is a tenth of reading a block, so wider ones (AVX2) would gain next to nothing.
 */
typedef uint32_t lanes __attribute__((vector_size(4 * LANES)));

static inline lanes load(const uint8_t *in)
{
    lanes v;
    memcpy(&v, in, sizeof v);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    for (unsigned lane = 0; lane < LANES; lane++)
        v[lane] = sy_get_u32(in + 4 * lane);
#endif
    return v;
}

/* One row of four words at a time; with a constant width all shifts are constants. */
static inline __attribute__((always_inline)) void unpack(const uint8_t *in, unsigned width,
                                                         uint32_t *numbers)
{
    uint32_t mask = width == 32 ? UINT32_MAX : (1u << width) - 1;
#ifdef UNROLL
#pragma GCC unroll 32
#endif
    for (unsigned row = 0; row < ROWS; row++) {
        unsigned at = row * width, word = at / 32, shift = at % 32;
        lanes v = load(in + 4 * LANES * word) >> shift;
        if (shift + width > 32)
            v |= load(in + 4 * LANES * (word + 1)) << (32 - shift);
        v &= mask;
        memcpy(numbers + row * LANES, &v, sizeof v);
    }
}

#define CASE(w)                                                                                    \
    case w:                                                                                        \
        unpack(in, w, numbers);                                                                    \
        break
#define CASES4(w)                                                                                  \
    CASE(w);                                                                                       \
    CASE(w + 1);                                                                                   \
    CASE(w + 2);                                                                                   \
    CASE(w + 3)

void sy_unpack(const uint8_t *in, unsigned width, uint32_t *numbers)
{
    switch (width) {
    case 0:
        memset(numbers, 0, SY_PACK_COUNT * sizeof *numbers);
        break;
        CASES4(1);
        CASES4(5);
        CASES4(9);
        CASES4(13);
        CASES4(17);
        CASES4(21);
        CASES4(25);
        CASES4(29);
    default: /* no such width: the caller has checked it */
        memset(numbers, 0, SY_PACK_COUNT * sizeof *numbers);
        break;
    }
}
