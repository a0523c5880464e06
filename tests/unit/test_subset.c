#include "store/subset.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

static bool bit(const uint8_t *bits, uint64_t k)
{
    return bits[k / 8] >> k % 8 & 1;
}

/* Exactly as long as they must be, so that a sanitizer sees a read past the end. */
static uint8_t *random_bits(size_t n, uint32_t density)
{
    uint8_t *bits = calloc(n / 8 + 1, 1);
    assert_non_null(bits);
    for (size_t i = 0; i < n; i++) {
        if (sy_random_below(100) < density)
            bits[i / 8] = (uint8_t)(bits[i / 8] | 1u << i % 8);
    }
    return n % 8 == 0 && n > 0 ? realloc(bits, n / 8) : bits;
}

static void check(size_t n_all, uint32_t density, uint64_t n_part)
{
    size_t bytes = (n_all + 7) / 8;
    uint8_t *all = random_bits(n_all, density),
            *part = random_bits(n_part, 1 + sy_random_below(100));
    uint8_t *got = malloc(bytes + 1), *portable = malloc(bytes + 1), *want = calloc(bytes + 1, 1);
    assert_true(all && part && got && portable && want);
    uint64_t k = 0;
    for (size_t i = 0; i < n_all; i++) {
        if (bit(all, i) && k < n_part && bit(part, k))
            want[i / 8] = (uint8_t)(want[i / 8] | 1u << i % 8);
        k += bit(all, i);
    }
    sy_subset_expand(all, n_all, part, n_part, got);
    sy_subset_expand_portable(all, n_all, part, n_part, portable);
    if (memcmp(got, want, bytes) != 0 || memcmp(portable, want, bytes) != 0)
        fail_msg("%zu bits of %u %%, %llu chosen from", n_all, density, (unsigned long long)n_part);
    free(all);
    free(part);
    free(got);
    free(portable);
    free(want);
}

/* The fastest code for this processor and that for all do what one bit after the other does. */
static void test_against_bits(void **state)
{
    (void)state;
    sy_random_init("test_against_bits");
    for (int round = 0; round < 3000; round++) {
        size_t n = sy_random_below(round % 10 == 0 ? 3000 : 200);
        uint32_t density = sy_random_below(101);
        uint64_t near = n * density / 100;
        check(n, density, round % 3 == 0 ? near : sy_random_below((uint32_t)near + 70));
    }
    check(0, 0, 0);
    check(64, 100, 64);
    check(64, 100, 63);
    check(640, 100, 640);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
