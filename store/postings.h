/* store/postings.h - lists of records: how they lie on disk and how to walk them.
 *
 * A cursor yields docids in strictly ascending order. It starts before the first
 * posting; past the last one it rests on SY_DOC_END, where moves are legal and
 * stay put. Bytes: docs/format.md, "Posting list". One cursor per thread; a
 * cursor is a plain struct that owns nothing and borrows the segment. */
#ifndef SY_STORE_POSTINGS_H
#define SY_STORE_POSTINGS_H

#include "base/buf.h"

typedef uint32_t sy_docid;                /* dense, segment-local, from 0 */
#define SY_DOC_END ((sy_docid)0x7fffffff) /* survives a signed SIMD compare */

enum { SY_POSTINGS_BLOCK = 128 };

/* Where a list lies. df 0: an empty list. */
typedef struct sy_postings_ref {
    uint32_t df;           /* records in the list */
    bool has_tf;           /* term frequencies are stored */
    const uint8_t *at;     /* NULL for a list of one record, which is inlined: */
    const uint8_t *end;    /* bound for reading */
    sy_docid only;         /* that record */
    uint32_t only_tf;      /* and its frequency */
    uint64_t offset;       /* of `at` in its file, for messages */
    const uint8_t *subset; /* not NULL: only postings with their bit here; df counts those */
    uint32_t n_all;        /* then: postings of the list at `at` */
} sy_postings_ref;

typedef struct sy_postings {
    sy_postings_ref ref;
    uint32_t n_all;       /* postings of the list, with those outside a subset */
    uint32_t n_full;      /* full blocks */
    uint32_t block;       /* index of the block that is decoded */
    uint32_t in_block, i; /* docids in it; the current one */
    bool corrupt;
    bool tf_decoded;
    unsigned tf_width; /* of the block, bits */
    const uint8_t *skips, *blocks, *tf_at;
    sy_docid docs[SY_POSTINGS_BLOCK];
    uint32_t tfs[SY_POSTINGS_BLOCK];
} sy_postings;

/* Never fails: a list whose head is damaged starts at its end, with the status. */
void sy_postings_init(sy_postings *p, const sy_postings_ref *ref);
sy_docid sy_postings_next(sy_postings *p); /* amortised O(1) */
/* First docid >= target; a no-op if already there; never moves back. Skips whole
 * blocks undecoded. */
sy_docid sy_postings_seek(sy_postings *p, sy_docid target);
/* Frequency at the current record, >= 1; 1 where none are stored. */
uint32_t sy_postings_tf(sy_postings *p);
/* A bad block ends the walk at SY_DOC_END and is remembered here, so the hot
 * loop tests one thing. Ask once after every walk. */
SY_CHECKED sy_status sy_postings_status(const sy_postings *p, const char *where, sy_error *err);

/* Appends a list of n >= 1 strictly ascending docids, with tfs[n] (each >= 1)
 * unless NULL. */
void sy_postings_encode(sy_buf *out, const sy_docid *docs, const uint32_t *tfs, uint32_t n);

#endif
