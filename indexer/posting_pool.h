/* indexer/posting_pool.h - many posting lists that grow at once, in one pool.
 *
 * A list is a chain of slices of growing size, so that a short list takes little
 * and a long one few jumps. Source: the byte slices of Lucene's indexing chain. */
#ifndef SY_INDEXER_POSTING_POOL_H
#define SY_INDEXER_POSTING_POOL_H

#include "base/buf.h"
#include "store/segment_writer.h"

typedef struct sy_posting_pool {
    uint8_t **pages;
    size_t n_pages, cap_pages;
    uint32_t used; /* of the last page */
    bool failed;   /* no memory, or past 4 GiB: lists are short from here on */
} sy_posting_pool;

typedef struct sy_growing_list {
    uint32_t head;        /* position of the first byte */
    uint32_t at;          /* where the next byte goes */
    uint16_t left, level; /* bytes left in the slice; its size class */
    uint32_t df, next;    /* the docid behind the last one */
} sy_growing_list;

/* Adds the next posting, its docid above those before. Unmarked lists keep the docid
 * alone. */
void sy_posting_pool_add(sy_posting_pool *pool, sy_growing_list *list, const sy_posting *posting,
                         bool marked);
/* Tells the processor that a posting will be added soon. */
void sy_posting_pool_prefetch(const sy_posting_pool *pool, const sy_growing_list *list);
/* Appends the bytes of the list to out: for each posting varint gap, or if marked
 *   varint 4*gap + (1 if tf > 1) + (2 if fields are named), varint tf - 2, varint fields */
void sy_posting_pool_finish(const sy_posting_pool *pool, const sy_growing_list *list, sy_buf *out);
/* Reads one posting of those, the docids before it being below `next`. NULL if the
 * bytes do not hold. */
const uint8_t *sy_posting_get(const uint8_t *at, const uint8_t *end, bool marked, uint32_t next,
                              sy_posting *out);
/* Bytes of memory. */
size_t sy_posting_pool_bytes(const sy_posting_pool *pool);
/* Forgets all lists; keeps one page. */
void sy_posting_pool_reset(sy_posting_pool *pool);
void sy_posting_pool_release(sy_posting_pool *pool);

#endif
