/* indexer/deep_check.h - whether the lists of an index are those of its records. */
#ifndef SY_INDEXER_DEEP_CHECK_H
#define SY_INDEXER_DEEP_CHECK_H

#include "store/index.h"

/* Makes each segment again from the records that it stores, in a folder of its own below
 * $TMPDIR or /tmp, and compares the files byte by byte: `fault` is told of each that differs (`ctx`
 * is passed on), as by sy_index_verify. Segments whose words were cut with another
 * lexicon than the index has cannot be made again: *n_passed_over counts them. INPUT if
 * this program cuts words otherwise than the one that made the index; IO, NOMEM, CORRUPT. Cost:
 * that of indexing, without reading the documents. */
SY_CHECKED sy_status sy_index_deep_check(const char *dir, sy_fault_fn *fault, void *ctx,
                                         uint64_t *n_faults, size_t *n_passed_over, sy_error *err);

#endif
