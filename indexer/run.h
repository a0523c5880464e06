/* indexer/run.h - what an inverter spills: sorted bigrams and terms with their
 * lists, in a scratch file; and the merge of all runs into a segment.
 *
 * A run covers a range of docids; runs are merged in the order of their ranges, so
 * lists are joined end to end. The bytes are private to indexer/run.c. */
#ifndef SY_INDEXER_RUN_H
#define SY_INDEXER_RUN_H

#include "base/io.h"
#include "store/segment_writer.h"

typedef struct sy_run_writer {
    sy_writer *out;
    sy_buf head, last_key; /* scratch */
    uint64_t last_bigram;
    bool in_terms;
    bool failed; /* no memory for what is in the file: it is no run */
} sy_run_writer;

/* Creates the scratch file `path`, borrowed until close. */
SY_CHECKED sy_status sy_run_create(const char *path, sy_run_writer *w, sy_error *err);
/* The next bigram (a << 21 | b), ascending. `list` is the df postings as
 * sy_posting_put writes them. */
void sy_run_bigram(sy_run_writer *w, uint64_t bigram, uint32_t df, const sy_buf *list);
/* The next term, ascending; after all bigrams. */
void sy_run_term(sy_run_writer *w, sy_slice key, uint32_t df, const sy_buf *list);
SY_CHECKED sy_status sy_run_close(sy_run_writer *w, sy_error *err);
void sy_run_abandon(sy_run_writer *w);

/* Merges runs (paths[n_runs], in the order of their docids) into w's bigrams and
 * terms, which are marked if they are words. `part` is the path of a scratch file for a second
 * thread, which then merges about half of the bigrams; NULL: one does it all. What comes out is
 * the same. `progress` (may be NULL) is called with bytes merged so far. */
SY_CHECKED sy_status sy_runs_merge(char *const *paths, size_t n_runs, sy_segment_writer *w,
                                   const char *part, void (*progress)(void *ctx, uint64_t done),
                                   void *ctx, sy_error *err);

#endif
