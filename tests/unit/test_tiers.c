/* Which segments are merged: whatever comes, there are few of them, and no record is written
 * often. */
#include <string.h>

#include "indexer/tiers.h"
#include "tests/support/check.h"

enum { MOST = 400, BYTES_A_RECORD = 500 };

typedef struct pile {
    sy_tier_segment segments[MOST];
    size_t n;
    uint64_t written, read;
} pile;

/* A run that read so many records and deleted some of those that were there. */
static void run(pile *p, const sy_tiers *tiers, uint64_t records)
{
    uint64_t sum = records;
    size_t kept = 0;
    sy_tiers_choose(tiers, records * BYTES_A_RECORD, p->segments, p->n);
    for (size_t i = 0; i < p->n; i++) {
        const sy_tier_segment *s = &p->segments[i];
        if (s->merge)
            sum += s->n_records - s->n_deleted;
        else
            p->segments[kept++] = *s;
    }
    p->n = kept;
    p->read += records;
    p->written += sum;
    assert_true(p->n < MOST);
    if (sum > 0)
        p->segments[p->n++] = (sy_tier_segment){.bytes = sum * BYTES_A_RECORD, .n_records = sum};
}

static unsigned tier(uint64_t bytes)
{
    unsigned t = 0;
    for (bytes /= 65536; bytes >= 8; bytes /= 8)
        t++;
    return t;
}

static void test_few(void **state)
{
    (void)state;
    static pile p;
    const sy_tiers usual = {0};
    p = (pile){.n = 0};
    for (int i = 0; i < 20000; i++) {
        run(&p, &usual, 1 + sy_random_below(sy_random_below(50) ? 100 : 20000));
        unsigned of_tier[20] = {0};
        for (size_t k = 0; k < p.n; k++)
            assert_true(++of_tier[tier(p.segments[k].bytes)] < 8);
    }
    print_message("%zu segments, each record written %.1f times\n", p.n,
                  (double)p.written / (double)p.read);
    assert_true(p.written < p.read * 8); /* one for each tier, and a half more */
}

static void test_deleted(void **state)
{
    (void)state;
    const sy_tiers usual = {0};
    sy_tier_segment s[] = {{.bytes = 9000000, .n_records = 300, .n_deleted = 99},
                           {.bytes = 9000000, .n_records = 300, .n_deleted = 100},
                           {.bytes = 9000000, .n_records = 300, .n_deleted = 300}};
    sy_tiers_choose(&usual, 0, s, 3);
    assert_false(s[0].merge);
    assert_true(s[1].merge);
    assert_true(s[2].merge);
}

static void test_nothing(void **state)
{
    (void)state;
    const sy_tiers usual = {0};
    sy_tier_segment s[8];
    for (size_t i = 0; i < 8; i++)
        s[i] = (sy_tier_segment){.bytes = 100, .n_records = 1};
    sy_tiers_choose(&usual, 0, s, 7); /* as many as there may be */
    for (size_t i = 0; i < 7; i++)
        assert_false(s[i].merge);
    sy_tiers_choose(&usual, 1, s, 7);
    for (size_t i = 0; i < 7; i++)
        assert_true(s[i].merge);
    assert_true(sy_tiers_recut(&usual, 16 << 20));
    assert_false(sy_tiers_recut(&usual, (16 << 20) + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_few), cmocka_unit_test(test_deleted),
                                       cmocka_unit_test(test_nothing)};
    sy_random_init("test_tiers");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
