/* indexer/posting_pool.h - many posting lists that grow at once, in one pool.
 *
 * A list is a chain of slices of growing size, so that a short list takes little
 * and a long one few jumps. Source: the byte slices of Lucene's indexing chain. */
#ifndef SY_INDEXER_POSTING_POOL_H
#define SY_INDEXER_POSTING_POOL_H

#include "base/buf.h"
#include "store/postings.h"

typedef struct sy_posting_pool {
    uint8_t **pages;
    size_t n_pages, cap_pages;
    uint32_t used; /* of the last page */
    bool failed;   /* no memory, or past 4 GiB: lists are short from here on */
} sy_posting_pool;

typedef struct sy_growing_list {
    uint32_t head;        /* position of the first byte                        */
    uint32_t at;          /* where the next byte goes                          */
    uint16_t left, level; /* bytes left in the slice; its size class           */
    sy_docid last;        /* the last record: its posting is not written yet,  */
    uint32_t tf, gap;     /* since its frequency may grow; gap as on disk      */
    uint32_t df;
} sy_growing_list;

/* Counts one occurrence in record doc; docs of a list do not descend. */
void sy_posting_pool_add(sy_posting_pool *pool, sy_growing_list *list, sy_docid doc, bool with_tf);
/* Writes the pending posting; then the bytes of the list (docs/format.md, 5.5,
 * "rest", from docid 0 on) can be appended to out. */
void sy_posting_pool_finish(sy_posting_pool *pool, sy_growing_list *list, bool with_tf,
                            sy_buf *out);
/* Bytes of memory. */
size_t sy_posting_pool_bytes(const sy_posting_pool *pool);
/* Forgets all lists; keeps one page. */
void sy_posting_pool_reset(sy_posting_pool *pool);
void sy_posting_pool_release(sy_posting_pool *pool);

#endif
