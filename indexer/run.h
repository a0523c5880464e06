/* indexer/run.h - what an inverter spills: sorted bigrams and terms with their
 * lists, in a scratch file; and the merge of all runs into a segment.
 *
 * A run covers a range of docids; runs are merged in the order of their ranges, so
 * lists are joined end to end. The bytes are private to indexer/run.c. */
#ifndef SY_INDEXER_RUN_H
#define SY_INDEXER_RUN_H

#include "base/io.h"
#include "indexer/field_sets.h"
#include "store/segment_part.h"

/* A posting in a run is its record, less the run's first, and unless NULL its marks: a frequency's
 * code, and in which fields it stands. */
typedef uint16_t sy_run_mark;
enum { SY_RUN_SET_AT = 4, SY_RUN_RECORDS = 1 << 16 };
static inline sy_run_mark sy_run_mark_of(uint8_t tf_code, uint16_t set_number)
{
    return (sy_run_mark)(tf_code | set_number << SY_RUN_SET_AT); /* 0: the longest field alone */
}

/* A run that is written. */
typedef struct sy_run {
    char *path;                  /* owned */
    sy_docid first;              /* its records are numbered from here */
    const sy_field_sets *sets;   /* whose numbers its marks have; borrowed */
    struct sy_run_place *places; /* where merging can begin: among bigrams, then among terms */
    size_t n_places, n_bigram_places;
    uint64_t len; /* bytes */
} sy_run;
void sy_run_release(sy_run *run); /* removes the file, too */

typedef struct sy_run_writer {
    sy_run *run;
    sy_writer *out;
    sy_buf head, last_key; /* scratch */
    uint64_t last_bigram;
    size_t cap_places;
    bool in_terms;
    bool failed; /* no memory for what is in the file: it is no run */
} sy_run_writer;

/* Creates the scratch file run->path; run has all but its places, borrowed until close. */
SY_CHECKED sy_status sy_run_create(sy_run *run, sy_run_writer *w, sy_error *err);
/* The next bigram (a << 21 | b), ascending: docs[n], ascending, with marks[n]. */
void sy_run_bigram(sy_run_writer *w, uint64_t bigram, const uint16_t *docs,
                   const sy_run_mark *marks, uint32_t n);
/* The next term, ascending; after all bigrams. marks NULL: it has none. */
void sy_run_term(sy_run_writer *w, sy_slice key, const uint16_t *docs, const sy_run_mark *marks,
                 uint32_t n);
SY_CHECKED sy_status sy_run_close(sy_run_writer *w, sy_error *err);
void sy_run_abandon(sy_run_writer *w);

/* Merges runs (in the order of their docids) into w's bigrams and terms, which are marked if they
 * are words, with up to `jobs` threads; what comes out is the same. `progress` (may be NULL) is
 * called, by one thread at a time, with bytes merged so far. */
SY_CHECKED sy_status sy_runs_merge(const sy_run *runs, size_t n_runs, sy_segment_writer *w,
                                   unsigned jobs, void (*progress)(void *ctx, uint64_t done),
                                   void *ctx, sy_error *err);

#endif
