/* indexer/run_internal.h - where the merge of a run can begin: run.c notes it, run_merge.c uses
 * it. */
#ifndef SY_INDEXER_RUN_INTERNAL_H
#define SY_INDEXER_RUN_INTERNAL_H

#include "indexer/run.h"

/* Before some bigram or term of a run. */
typedef struct sy_run_place {
    uint64_t offset;
    uint64_t bigram; /* the one before, plus 1; 0 before the first */
    char *key;       /* of the term before: key[key_len]; NULL among bigrams */
    size_t key_len;
} sy_run_place;

#endif
