/* cli/segment_crew.h - cut the lines of a file on several threads, and write them in order.
 *
 * The text is cut in batches of whole lines. Each thread, the caller's among them, reads a
 * batch, cuts it and puts it down; who puts down the one that is to be written next writes
 * it, and those behind it that are ready. So all threads cut while any reads or writes. A
 * batch ends early when there is no more to read yet: a pipe gets its lines as they come. */
#ifndef SY_CLI_SEGMENT_CREW_H
#define SY_CLI_SEGMENT_CREW_H

#include "cli/line_source.h"
#include "cli/segment_line.h"

enum { SY_CREW_MOST = 64 };

typedef struct sy_crew sy_crew;

/* A crew of n threads, 1 to SY_CREW_MOST. Borrows `form` and `lexicon` until it is freed. */
SY_CHECKED sy_status sy_crew_new(const sy_line_form *form, const sy_lexicon *lexicon, size_t n,
                                 sy_crew **out, sy_error *err);
void sy_crew_free(sy_crew *c); /* NULL is a no-op */

/* Bytes that were not UTF-8 and became U+FFFD. */
typedef struct sy_crew_repairs {
    uint64_t n;
    uint64_t first; /* line of the first, from 1 */
} sy_crew_repairs;

/* Cuts all lines of `lines` and writes them to standard output, flushed. Threads are started
 * for a text that is worth them; what threads cannot be had for, the others do. On failure
 * what is before the place of the failure has been written. */
SY_CHECKED sy_status sy_crew_cut(sy_crew *c, sy_line_input *lines, sy_crew_repairs *repairs,
                                 sy_error *err);

#endif
