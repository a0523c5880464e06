/* indexer/workers.h - the threads of a build: runs of lists, made side by side from the spool, and
 * coded records, which are written as they come.
 *
 * What is learned from a sample comes first: the frequent strings, which the lists need, and
 * the phrases, which the coded records need and which take several times as long. So one
 * thread learns phrases while the others make lists, unless memory is short; then all code records,
 * chunk by chunk. What comes out does not depend on the number of threads, but for where a run
 * ends. */
#ifndef SY_INDEXER_WORKERS_H
#define SY_INDEXER_WORKERS_H

#include <pthread.h>
#include <stdatomic.h>

#include "indexer/build.h"
#include "indexer/field_sets.h"
#include "indexer/gram_learner.h"
#include "indexer/pieces.h"
#include "indexer/record_coder.h"
#include "indexer/run.h"
#include "segmenter/lexicon.h"

struct sy_workers;

typedef struct sy_worker {
    struct sy_workers *all;
    unsigned index;
    size_t first, end; /* places of the spool whose records it makes lists of */
    sy_run *runs;      /* in the order of docids */
    size_t n_runs, cap_runs;
    sy_buf facts;        /* of these records: varint length, byte longest field */
    sy_field_sets *sets; /* met by its inverter */
    sy_coding coding;    /* scratch, as bytes is */
    sy_buf bytes;
    pthread_t thread;
    bool started;
    sy_status status;
    sy_error err;
} sy_worker;

typedef struct sy_workers {
    const sy_build *build;
    const sy_spool *spool;
    const sy_lexicon *lexicon;
    sy_sample sample;
    sy_grams grams;         /* once grams_ready */
    sy_record_coder *coder; /* once coder_ready */
    size_t budget;          /* bytes for each thread */
    sy_worker *items;       /* items[n] */
    unsigned n;
    size_t *ends; /* ends[chunks.n]: places of the spool */
    sy_pieces chunks;
    sy_segment_writer *out; /* and how far its records are: */
    unsigned facts_of;      /* the worker that has the facts of the next, */
    size_t facts_at;        /* from here on, */
    sy_segment_doc *docs;   /* docs[spool->n_docs], */
    size_t doc;             /* of which this one has it, or one behind */
    atomic_uint inverted;   /* workers that are done with lists */
    atomic_uint learned;    /* of the two that are learned from the sample */
    _Atomic uint64_t done;  /* bytes of text */
    atomic_flag grams_taken;
    atomic_bool stop;
    pthread_mutex_t lock; /* of the two below and of waiting for them */
    pthread_cond_t told;
    bool grams_ready, coder_ready;
} sy_workers;

/* Does all the work with up to build->jobs threads. Writes phrases and records to `out`, and the
 * lengths of documents to docs[spool->n_docs]; the lists are in the runs of one worker after the
 * other. Borrows all; release in any case. NOMEM, IO. */
SY_CHECKED sy_status sy_workers_run(sy_workers *all, const sy_build *build, const sy_spool *spool,
                                    const sy_lexicon *lexicon, sy_segment_writer *out,
                                    sy_segment_doc *docs, sy_error *err);
/* Removes the files. */
void sy_workers_release(sy_workers *all);

#endif
