#include "indexer/repeated_keys.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"

sy_status sy_seen_keys_add(sy_seen_keys *keys, uint32_t doc, sy_slice key, sy_error *err)
{
    if (!sy_grow((void **)&keys->items, keys->n, &keys->cap, sizeof *keys->items))
        return sy_fail_nomem(err);
    keys->items[keys->n++] = (sy_seen_key){sy_hash64(key.data, key.len), doc};
    return SY_OK;
}

static int compare(const void *a, const void *b)
{
    const sy_seen_key *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->doc > y->doc) - (x->doc < y->doc);
}

void sy_seen_keys_compare(sy_seen_keys *keys, uint32_t from, sy_repeated_keys *out)
{
    *out = (sy_repeated_keys){0};
    if (keys->n > 1)
        qsort(keys->items, keys->n, sizeof *keys->items, compare);
    for (size_t i = 0, end; i < keys->n; i = end) {
        const sy_seen_key *first = &keys->items[i];
        for (end = i + 1; end < keys->n && keys->items[end].hash == first->hash;)
            end++;
        const sy_seen_key *last = &keys->items[end - 1];
        if (first->doc == last->doc || last->doc < from)
            continue;
        if (out->n++ == 0)
            *out = (sy_repeated_keys){1, first->hash, {first->doc, last->doc}};
    }
}
