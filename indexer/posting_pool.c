#include "indexer/posting_pool.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"

/* Slices end with room for the position of the next one, so a reader that knows
 * the levels can follow them: it never crosses a page. */
enum {
    PAGE_BITS = 17,
    PAGE = 1 << PAGE_BITS,
    MAX_PAGES = 1 << (32 - PAGE_BITS),
    LINK = 4,
    LEVELS = 8
};
static const uint16_t level_size[LEVELS] = {12,  20,  36,  68,
                                            132, 260, 516, 1028}; /* with the link */

static uint8_t *byte_at(const sy_posting_pool *pool, uint32_t at)
{
    return pool->pages[at >> PAGE_BITS] + (at & (PAGE - 1));
}

static bool new_page(sy_posting_pool *pool)
{
    if (pool->n_pages >= MAX_PAGES ||
        !sy_grow((void **)&pool->pages, pool->n_pages, &pool->cap_pages, sizeof *pool->pages))
        return false;
    uint8_t *page = sy_alloc(PAGE, 1);
    if (!page)
        return false;
    pool->pages[pool->n_pages++] = page;
    pool->used = 0;
    return true;
}

/* Position of a new slice; false when there is no memory. */
static bool new_slice(sy_posting_pool *pool, uint32_t level, uint32_t *at)
{
    uint32_t size = level_size[level];
    if (pool->failed)
        return false;
    if ((pool->n_pages == 0 || pool->used + size > PAGE) && !new_page(pool)) {
        pool->failed = true;
        return false;
    }
    *at = (uint32_t)((pool->n_pages - 1) << PAGE_BITS) + pool->used;
    pool->used += size;
    return true;
}

static void put_byte(sy_posting_pool *pool, sy_growing_list *list, uint8_t byte)
{
    if (list->left == 0) {
        uint32_t level = list->level + 1 < LEVELS ? list->level + 1 : LEVELS - 1, next;
        if (!new_slice(pool, level, &next))
            return;
        sy_put_u32(byte_at(pool, list->at), next);
        list->at = next;
        list->level = (uint16_t)level;
        list->left = (uint16_t)(level_size[level] - LINK);
    }
    *byte_at(pool, list->at) = byte;
    list->at++;
    list->left--;
}

static void put_varint(sy_posting_pool *pool, sy_growing_list *list, uint64_t v)
{
    uint8_t bytes[SY_VARINT_MAX];
    size_t n = sy_varint_put(bytes, v);
    for (size_t i = 0; i < n; i++)
        put_byte(pool, list, bytes[i]);
}

static void put_posting(sy_posting_pool *pool, sy_growing_list *list, uint32_t gap, uint32_t tf,
                        bool with_tf)
{
    if (!with_tf) {
        put_varint(pool, list, gap);
    } else if (tf == 1) {
        put_varint(pool, list, (uint64_t)gap << 1);
    } else {
        put_varint(pool, list, (uint64_t)gap << 1 | 1);
        put_varint(pool, list, tf - 2);
    }
}

void sy_posting_pool_add(sy_posting_pool *pool, sy_growing_list *list, sy_docid doc, bool with_tf)
{
    if (list->df > 0 && list->last == doc) {
        if (list->tf < UINT32_MAX)
            list->tf++;
        return;
    }
    uint32_t gap = doc;
    if (list->df == 0) {
        if (!new_slice(pool, 0, &list->head))
            return;
        list->at = list->head;
        list->level = 0;
        list->left = (uint16_t)(level_size[0] - LINK);
    } else {
        put_posting(pool, list, list->gap, list->tf, with_tf);
        gap = doc - list->last - 1;
    }
    list->gap = gap;
    list->last = doc;
    list->tf = 1;
    list->df++;
}

void sy_posting_pool_finish(sy_posting_pool *pool, sy_growing_list *list, bool with_tf, sy_buf *out)
{
    if (list->df == 0)
        return;
    put_posting(pool, list, list->gap, list->tf, with_tf);
    uint32_t at = list->head, level = 0;
    while (level != list->level || at + level_size[level] - LINK < list->at ||
           at > list->at) { /* not the slice that is being filled */
        uint32_t len = (uint32_t)level_size[level] - LINK;
        sy_buf_append(out, byte_at(pool, at), len);
        at = sy_get_u32(byte_at(pool, at + len));
        level = level + 1 < LEVELS ? level + 1 : LEVELS - 1;
    }
    sy_buf_append(out, byte_at(pool, at), list->at - at);
}

size_t sy_posting_pool_bytes(const sy_posting_pool *pool)
{
    return pool->n_pages * (size_t)PAGE;
}

void sy_posting_pool_reset(sy_posting_pool *pool)
{
    while (pool->n_pages > 1)
        sy_free(pool->pages[--pool->n_pages]);
    pool->used = 0;
    pool->failed = false;
}

void sy_posting_pool_release(sy_posting_pool *pool)
{
    for (size_t i = 0; i < pool->n_pages; i++)
        sy_free(pool->pages[i]);
    sy_free(pool->pages);
    *pool = (sy_posting_pool){0};
}
