/* store/segment_part.h - some of the lists of a segment: bigrams of some rows, or terms of some
 * range. Parts are made side by side, by a thread each, and joined in their order; what comes out
 * does not depend on where one part ends and the next begins.
 *
 * Sticky: after a failure calls do nothing, and joining makes it the writer's. Memory: the encoded
 * lists, and 4 bytes a record while there are bigrams. */
#ifndef SY_STORE_SEGMENT_PART_H
#define SY_STORE_SEGMENT_PART_H

#include "store/segment_writer.h"

/* Borrows w, whose documents are written. *out is given: sy_segment_part_free. NOMEM. */
SY_CHECKED sy_status sy_segment_part_new(const sy_segment_writer *w, sy_segment_part **out,
                                         sy_error *err);
/* The next bigram, ascending by a, then b: docs[n] with marks[n], n >= 1. All bigrams of one a are
 * in one part. */
void sy_segment_part_bigram(sy_segment_part *part, uint32_t a, uint32_t b, const sy_docid *docs,
                            const sy_mark *marks, uint32_t n);
/* The next term, ascending by key, but no gram; marks are looked at for words alone. Behind
 * sy_segment_writer_end_bigrams. */
void sy_segment_part_term(sy_segment_part *part, sy_slice key, const sy_docid *docs,
                          const sy_mark *marks, uint32_t n);
/* A gram among the terms, after the grams that it begins with, which are in the same part: its
 * records. */
void sy_segment_part_gram(sy_segment_part *part, sy_slice gram, const sy_docid *docs, uint32_t n);
void sy_segment_part_free(sy_segment_part *part); /* NULL is a no-op */

#endif
