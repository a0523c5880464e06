#include "store/scoring.h"

/* Of .8 to 1.6 and .5 to .75 these order the judged questions of four collections best
 * (docs/benchmarks.md). */
static const double K1 = .8, B = .75;

static const uint8_t frequencies[SY_TF_CODES] = {1,  2,  3,  4,  6,  8,   12,  16,
                                                 24, 32, 48, 64, 96, 128, 192, 255};

uint8_t sy_tf_code(uint32_t tf)
{
    uint8_t code = 0;
    while (code + 1 < SY_TF_CODES && frequencies[code + 1] <= tf)
        code++;
    return code;
}

uint32_t sy_tf_of(uint8_t code)
{
    return frequencies[code < SY_TF_CODES ? code : SY_TF_CODES - 1];
}

/* Up to 31 as it is; from there on eight steps to each power of two. */
enum { EXACT = 32, EXACT_BITS = 5, STEPS = 8, STEP_BITS = 3 };

uint8_t sy_length_code(uint32_t length)
{
    if (length < EXACT)
        return (uint8_t)length;
    unsigned e = 31u - (unsigned)__builtin_clz(length);
    return (uint8_t)(EXACT + (e - EXACT_BITS) * STEPS + (length >> (e - STEP_BITS) & (STEPS - 1)));
}

uint32_t sy_length_of(uint8_t code)
{
    if (code < EXACT)
        return code;
    unsigned above = code - (unsigned)EXACT, e = above / STEPS + EXACT_BITS, step = above % STEPS;
    return e > 31 ? UINT32_MAX : (uint32_t)(STEPS + step) << (e - STEP_BITS);
}

int sy_field_extra(uint64_t fields, const uint8_t *weights)
{
    int extra = 0;
    for (; fields != 0; fields &= fields - 1)
        extra += weights[__builtin_ctzll(fields)] - SY_WEIGHT_ONE;
    return extra;
}

double sy_score_norm(double length, double average)
{
    return K1 * (average > 0 ? 1 - B + B * length / average : 1);
}

double sy_score_share(int quarters, double length, double average)
{
    return sy_score_share_of(quarters, sy_score_norm(length, average));
}
