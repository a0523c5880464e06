#include "store/subset.h"

#include "base/bytes.h"
#include "base/cpu.h"

#ifdef SY_X86
#include <immintrin.h>
#endif

static inline uint64_t few_bytes(const uint8_t *p, size_t n)
{
    uint64_t word = 0;
    for (size_t i = 0; i < n; i++)
        word |= (uint64_t)p[i] << 8 * i;
    return word;
}

/* 64 bits of bits[n] from bit k on; those past the end are zero. */
static inline uint64_t bits_from(const uint8_t *bits, uint64_t n, uint64_t k)
{
    if (k >= n)
        return 0;
    size_t at = (size_t)(k / 8), left = (size_t)((n + 7) / 8) - at;
    unsigned shift = (unsigned)(k % 8);
    uint64_t word = (left < 8 ? few_bytes(bits + at, left) : sy_get_u64(bits + at)) >> shift;
    if (left > 8 && shift > 0)
        word |= (uint64_t)bits[at + 8] << (64 - shift);
    return n - k < 64 ? word & ((UINT64_C(1) << (n - k)) - 1) : word;
}

/* The k-th set bit of `all`, where bit k of `part` is set. */
static inline uint64_t deposit(uint64_t part, uint64_t all)
{
    uint64_t out = 0;
    for (; part != 0 && all != 0; part >>= 1, all &= all - 1)
        out |= part & 1 ? all & -all : 0;
    return out;
}

/* The loop over words; `put` and what it is compiled for differ. */
#define EXPAND(put)                                                                                \
    size_t bytes = (n_all + 7) / 8;                                                                \
    uint64_t k = 0;                                                                                \
    for (size_t i = 0; i < bytes; i += 8) {                                                        \
        size_t left = bytes - i;                                                                   \
        uint64_t word = left < 8 ? few_bytes(all + i, left) : sy_get_u64(all + i);                 \
        uint64_t kept = put(bits_from(part, n_part, k), word);                                     \
        k += (unsigned)__builtin_popcountll(word);                                                 \
        if (left >= 8)                                                                             \
            sy_put_u64(out + i, kept);                                                             \
        for (size_t b = 0; left < 8 && b < left; b++)                                              \
            out[i + b] = (uint8_t)(kept >> 8 * b);                                                 \
    }

void sy_subset_expand_portable(const uint8_t *all, size_t n_all, const uint8_t *part,
                               uint64_t n_part, uint8_t *out)
{
    EXPAND(deposit)
}

#ifdef SY_X86
__attribute__((target("bmi2,popcnt"))) static void expand_bmi2(const uint8_t *all, size_t n_all,
                                                               const uint8_t *part, uint64_t n_part,
                                                               uint8_t *out)
{
    EXPAND(_pdep_u64)
}
#endif

void sy_subset_expand(const uint8_t *all, size_t n_all, const uint8_t *part, uint64_t n_part,
                      uint8_t *out)
{
#ifdef SY_X86
    if (SY_HAS_BMI2) { /* which no processor has without popcnt */
        expand_bmi2(all, n_all, part, n_part, out);
        return;
    }
#endif
    sy_subset_expand_portable(all, n_all, part, n_part, out);
}
