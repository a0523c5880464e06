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

enum { FREQUENT = 1, NAMED = 2, FLAG_BITS = 2 };

void sy_posting_pool_add(sy_posting_pool *pool, sy_growing_list *list, const sy_posting *posting,
                         bool marked)
{
    if (list->df == 0) {
        if (!new_slice(pool, 0, &list->head))
            return;
        list->at = list->head;
        list->level = 0;
        list->left = (uint16_t)(level_size[0] - LINK);
    }
    uint64_t gap = posting->doc - list->next;
    list->next = posting->doc + 1;
    list->df++;
    if (!marked) {
        put_varint(pool, list, gap);
        return;
    }
    unsigned flags = (posting->tf > 1 ? FREQUENT : 0u) | (posting->fields != 0 ? NAMED : 0u);
    put_varint(pool, list, gap << FLAG_BITS | flags);
    if (posting->tf > 1)
        put_varint(pool, list, posting->tf - 2);
    if (posting->fields != 0)
        put_varint(pool, list, posting->fields);
}

void sy_posting_pool_prefetch(const sy_posting_pool *pool, const sy_growing_list *list)
{
    if (list->df > 0)
        __builtin_prefetch(byte_at(pool, list->at), 1);
}

const uint8_t *sy_posting_get(const uint8_t *at, const uint8_t *end, bool marked, uint32_t next,
                              sy_posting *out)
{
    uint64_t gap;
    *out = (sy_posting){.tf = 1};
    at = sy_varint_get(at, end, &gap);
    unsigned flags = at && marked ? (unsigned)gap & (FREQUENT | NAMED) : 0;
    if (marked)
        gap >>= FLAG_BITS;
    if (at && flags & FREQUENT) {
        at = sy_varint_get32(at, end, &out->tf);
        out->tf = out->tf > UINT32_MAX - 2 ? UINT32_MAX : out->tf + 2;
    }
    if (at && flags & NAMED)
        at = sy_varint_get(at, end, &out->fields);
    if (!at || gap >= SY_DOC_END || next + gap >= SY_DOC_END)
        return NULL;
    out->doc = (sy_docid)(next + gap);
    return at;
}

void sy_posting_pool_finish(const sy_posting_pool *pool, const sy_growing_list *list, sy_buf *out)
{
    if (list->df == 0)
        return;
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
