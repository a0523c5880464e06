/* indexer/pieces.h - work in pieces that threads make side by side and that are taken one at a
 * time, in their order: records that are coded and lists that are encoded, on their way into a
 * segment.
 *
 * Whoever has made a piece takes those whose turn it is, so no thread waits for another while
 * there is work. Not too many that were made wait for their turn. */
#ifndef SY_INDEXER_PIECES_H
#define SY_INDEXER_PIECES_H

#include <pthread.h>
#include <stdbool.h>

#include "base/status.h"

typedef struct sy_pieces {
    size_t n;
    void *ctx;
    /* Makes piece i; `scratch` is that of the thread. */
    sy_status (*make)(void *ctx, void *scratch, size_t i, void **made, sy_error *err);
    sy_status (*take)(void *ctx, size_t i, void *made, sy_error *err);
    void (*drop)(void *made); /* what was taken, or will not be */

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t told;
    size_t next, turn; /* to be made, to be taken */
    bool open;         /* pieces may be taken */
    bool taking, stopped;
    void **waiting; /* made, by i % SY_PIECES_WAITING */
} sy_pieces;

enum { SY_PIECES_WAITING = 16 };

/* The fields up to drop are set, the others zero. NOMEM. */
SY_CHECKED sy_status sy_pieces_init(sy_pieces *p, sy_error *err);
/* From now on pieces may be taken. */
void sy_pieces_open(sy_pieces *p);
/* Works until all pieces are taken, or a thread fails. The failure is that of this thread; the
 * others then stop. */
SY_CHECKED sy_status sy_pieces_work(sy_pieces *p, void *scratch, sy_error *err);
/* Opens the pieces and works with `jobs` threads, of which this is one; scratches[jobs]. */
SY_CHECKED sy_status sy_pieces_run(sy_pieces *p, unsigned jobs, void **scratches, sy_error *err);
/* Makes all threads stop. */
void sy_pieces_stop(sy_pieces *p);
/* When no thread is at work. */
void sy_pieces_release(sy_pieces *p);

#endif
