#include "store/block_code.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

/* The rules of docs/format.md, 5.5, one bit at a time: a block of docids that is not damaged is
 * read as they say, and one that is damaged is refused where they do. */
enum { ELIAS_FANO = 64, BYTES_MAX = 1024 };

static bool bit_at(const uint8_t *bytes, size_t bit)
{
    return bytes[bit / 8] >> bit % 8 & 1;
}

/* Where bit `bit` of the i-th number of `width` bits lies. */
static size_t place_of(uint32_t n, uint32_t i, unsigned width, unsigned bit)
{
    if (n < SY_BLOCK)
        return (size_t)i * width + bit;
    size_t in_lane = (size_t)(i / 4) * width + bit;
    return 8 * (16 * (in_lane / 32) + 4 * (size_t)(i % 4)) + in_lane % 32;
}

static uint64_t number_at(const uint8_t *bytes, uint32_t n, uint32_t i, unsigned width)
{
    uint64_t v = 0;
    for (unsigned bit = 0; bit < width; bit++)
        v |= (uint64_t)bit_at(bytes, place_of(n, i, width, bit)) << bit;
    return v;
}

/* Reads a block of bytes[len]; returns how many were used, or 0 if they do not hold. */
static size_t read_slowly(const uint8_t *bytes, size_t len, uint32_t n, uint64_t first,
                          uint64_t *docs)
{
    if (len == 0)
        return 0;
    unsigned kind = bytes[0];
    bool sums = kind >= ELIAS_FANO;
    unsigned width = sums ? kind - ELIAS_FANO : kind;
    if (sums ? width > 31 : width > 32 || n < SY_BLOCK)
        return 0;
    size_t bit = 0, used = 1 + ((size_t)n * width + 7) / 8,
           n_bits = len > used ? 8 * (len - used) : 0;
    if (used > len)
        return 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t low = number_at(bytes + 1, n, i, width);
        if (!sums) {
            docs[i] = (i == 0 ? first : docs[i - 1] + 1) + low;
        } else {
            while (bit < n_bits && !bit_at(bytes + used, bit))
                bit++;
            if (bit == n_bits || bit - i > UINT8_MAX)
                return 0;
            docs[i] = first + ((uint64_t)(bit++ - i) << width | low) + i;
        }
        if (docs[i] > INT32_MAX || (i > 0 && docs[i] <= docs[i - 1]))
            return 0;
    }
    return used + (bit + 7) / 8;
}

static void compare(const uint8_t *bytes, size_t len, uint32_t n, uint32_t first)
{
    uint32_t docs[SY_BLOCK];
    uint64_t want[SY_BLOCK];
    /* Of just these bytes, so that a tool sees what is read behind them. */
    uint8_t *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    const uint8_t *end = sy_gaps_get(copy, copy + len, n, first, docs);
    size_t used = read_slowly(copy, len, n, first, want);
    if (used > 0 && want[n - 1] == INT32_MAX)
        used = end ? used : 0; /* no docid: it may be refused */
    assert_int_equal(end ? (size_t)(end - copy) : 0, used);
    for (uint32_t i = 0; i < n && used > 0; i++)
        assert_int_equal(docs[i], want[i]);
    free(copy);
}

static void make_gaps(uint32_t n, uint32_t *gaps)
{
    static const uint32_t most[] = {1, 2, 3, 5, 9, 33, 1000, 100000, 10000000};
    uint32_t step = most[sy_random_below(9)], sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        gaps[i] = sy_random_below(sy_random_below(20) == 0 ? 50 * step : step);
        gaps[i] = gaps[i] <= INT32_MAX / 2 - sum ? gaps[i] : 0;
        sum += gaps[i];
    }
}

static void test_docids(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 127, SY_BLOCK, SY_BLOCK, SY_BLOCK};
    for (int round = 0; round < 3000; round++) {
        uint32_t n = sizes[sy_random_below(12)], gaps[SY_BLOCK], docs[SY_BLOCK];
        uint32_t first = sy_random_below(2) ? 0 : sy_random_below(INT32_MAX / 4), doc = first;
        sy_buf bytes = SY_BUF_INIT;
        make_gaps(n, gaps);
        sy_gaps_put(&bytes, gaps, n);
        uint8_t *at = (uint8_t *)bytes.data;
        assert_ptr_equal(sy_gaps_get(at, at + bytes.len, n, first, docs), at + bytes.len);
        for (uint32_t i = 0; i < n; i++, doc++)
            assert_int_equal(docs[i], doc += gaps[i]);
        compare(at, bytes.len, n, first);
        for (size_t len = 0; round % 50 == 0 && len < bytes.len; len++)
            compare(at, len, n, first);
        for (int k = 0; k < 8; k++) {
            size_t place = sy_random_below(4) == 0 ? 0 : sy_random_below((uint32_t)bytes.len);
            uint8_t before = at[place];
            at[place] ^= (uint8_t)(1 << sy_random_below(8));
            compare(at, bytes.len, n, sy_random_below(8) ? first : (uint32_t)sy_random());
            at[place] = sy_random_below(2) ? before : at[place];
        }
        sy_buf_release(&bytes);
    }
}

/* Any bytes, with zeros and ones more often than they should be. */
static void test_any_bytes(void **state)
{
    (void)state;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[BYTES_MAX];
        size_t len = sy_random_below(BYTES_MAX);
        uint32_t rare = 1 + sy_random_below(20), n = 1 + sy_random_below(SY_BLOCK);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)(sy_random_below(rare) ? (round % 2 ? 0 : 0xFF) : sy_random());
        if (len > 0)
            bytes[0] = (uint8_t)(sy_random_below(ELIAS_FANO + 34));
        compare(bytes, len, sy_random_below(2) ? SY_BLOCK : n, sy_random_below(1000));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_docids),
                                       cmocka_unit_test(test_any_bytes)};
    sy_random_init("test_block_code");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
