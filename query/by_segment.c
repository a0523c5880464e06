#include "query/by_segment.h"

#include "base/alloc.h"

void *sy_by_segment_get(sy_by_segment *all, const sy_segment *segment, size_t size)
{
    if (all->n > 0 && all->items[all->last].segment == segment)
        return all->items[all->last].known;
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].segment == segment) {
            all->last = i;
            return all->items[i].known;
        }
    }
    void *known = sy_calloc(1, size);
    if (!known || !sy_grow((void **)&all->items, all->n, &all->cap, sizeof *all->items)) {
        sy_free(known);
        return NULL;
    }
    all->last = all->n;
    all->items[all->n++] = (struct sy_of_segment){segment, known};
    return known;
}

void sy_by_segment_release(sy_by_segment *all, void (*end)(void *known))
{
    for (size_t i = 0; i < all->n; i++) {
        if (end)
            end(all->items[i].known);
        sy_free(all->items[i].known);
    }
    sy_free(all->items);
    *all = (sy_by_segment){0};
}
