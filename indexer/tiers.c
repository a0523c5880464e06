#include "indexer/tiers.h"

enum { FACTOR = 8, LEAST = 64 << 10, RECUT = 16 << 20, DELETED_PART = 3 };

static unsigned tier_of(const sy_tiers *t, uint64_t bytes)
{
    unsigned factor = t->factor > 1 ? t->factor : FACTOR, tier = 0;
    uint64_t least = t->least > 0 ? t->least : LEAST;
    for (uint64_t size = bytes / least; size >= factor; size /= factor)
        tier++;
    return tier;
}

/* Bytes of the records that count. */
static uint64_t live_bytes(const sy_tier_segment *s)
{
    double part =
        s->n_records > 0 ? (double)(s->n_records - s->n_deleted) / (double)s->n_records : 0;
    return (uint64_t)((double)s->bytes * part);
}

void sy_tiers_choose(const sy_tiers *tiers, uint64_t new_bytes, sy_tier_segment *segments, size_t n)
{
    unsigned factor = tiers->factor > 1 ? tiers->factor : FACTOR;
    uint64_t sum = new_bytes;
    for (size_t i = 0; i < n; i++) {
        sy_tier_segment *s = &segments[i];
        s->merge |= s->n_deleted * DELETED_PART >= s->n_records;
        sum += s->merge ? live_bytes(s) : 0;
    }
    if (sum == 0)
        return;
    for (bool more = true; more;) {
        unsigned tier = tier_of(tiers, sum), same = 1;
        for (size_t i = 0; i < n; i++)
            same += !segments[i].merge && tier_of(tiers, live_bytes(&segments[i])) == tier;
        more = same >= factor;
        for (size_t i = 0; i < n && more; i++) {
            sy_tier_segment *s = &segments[i];
            if (!s->merge && tier_of(tiers, live_bytes(s)) <= tier) {
                s->merge = true;
                sum += live_bytes(s);
            }
        }
    }
}

bool sy_tiers_recut(const sy_tiers *tiers, uint64_t bytes)
{
    return bytes <= (tiers->recut > 0 ? tiers->recut : RECUT);
}
