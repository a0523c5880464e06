/* store/block_code.h - how up to 128 postings lie on disk: their docids, and their
 * marks, which are how often and in which fields. Bytes: docs/format.md, 5.5.
 *
 * Sources: Elias-Fano as in Vigna, "Quasi-succinct indices" (2013), and frames of
 * reference as in bitpack.h. */
#ifndef SY_STORE_BLOCK_CODE_H
#define SY_STORE_BLOCK_CODE_H

#include "base/buf.h"

enum {
    SY_BLOCK = 128,
    SY_SET_LONGEST = 0,   /* field code: in the record's longest field alone */
    SY_SET_UNKNOWN = 255, /* in fields that have no code together */
};

/* One posting's marks. */
typedef struct sy_mark {
    uint8_t tf;  /* a code of store/scoring.h */
    uint8_t set; /* which fields: a code of the segment's field sets */
} sy_mark;

/* Appends n docids (1 to SY_BLOCK), given as gaps: how many docids lie between each and
 * the one before. */
void sy_gaps_put(sy_buf *out, const uint32_t *gaps, uint32_t n);
/* Reads n docids, the first of which is `first` plus its gap. Returns the byte
 * behind them, or NULL if the bytes do not hold: then docs are void. */
const uint8_t *sy_gaps_get(const uint8_t *at, const uint8_t *end, uint32_t n, uint32_t first,
                           uint32_t *docs);

/* Appends the marks of n postings (1 to SY_BLOCK). */
void sy_marks_put(sy_buf *out, const sy_mark *marks, uint32_t n);
/* Reads the marks of n postings into tfs[n] (NULL: not wanted) and sets[n]; false if the
 * bytes do not hold. */
bool sy_marks_get(const uint8_t *at, const uint8_t *end, uint32_t n, uint8_t *tfs, uint8_t *sets);

#endif
