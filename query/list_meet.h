/* query/list_meet.h - the records that several lists have in common.
 *
 * They are found a window of docids at a time: the records of the shortest list, less those that
 * are not in the next one, and so on. A list that has about as many records in the window as are
 * left is read through and its records marked, which costs less than a nanosecond each; one that
 * has many more is asked for each that is left, and skips blocks. */
#ifndef SY_QUERY_LIST_MEET_H
#define SY_QUERY_LIST_MEET_H

#include "query/query_internal.h"
#include "store/postings.h"

typedef struct sy_list_meet sy_list_meet;

/* lists[n], n >= 2: the shortest first, not moved; the array and the lists are borrowed.
 * `n_records` is that of the segment. NULL when there is no memory (some 40 KiB). */
sy_list_meet *sy_list_meet_new(sy_query_memory *memory, sy_postings *const *lists, size_t n,
                               uint32_t n_records);
/* From now on records are looked at by their texts, too: a list that hardly ever refuses one costs
 * more than it saves and is left out, so records may come that it does not have. */
void sy_list_meet_be_thrifty(sy_list_meet *m);

/* The first record >= target that all have, or SY_DOC_END; never moves back. */
sy_docid sy_list_meet_seek(sy_list_meet *m, sy_docid target);
/* The records from the last found on that are at hand, a few of them, each once: what is going to
 * be looked at. Returns how many; borrowed until it moves again. */
uint32_t sy_list_meet_ahead(sy_list_meet *m, const sy_docid **docs);
/* The records from the last found on, as far as they are at hand and below `end`, which is behind
 * it; moves to the last of them. Borrowed until it moves again. */
uint32_t sy_list_meet_run(sy_list_meet *m, sy_docid end, const sy_docid **docs);
/* How many there are. It was not moved before, and is at its end then. */
uint64_t sy_list_meet_count(sy_list_meet *m);

/* A list that was found to be damaged, or NULL. Look after every move: what was found is void. */
const sy_postings *sy_list_meet_damaged(const sy_list_meet *m);

/* The lists, shortest first; some may have been left out. */
size_t sy_list_meet_lists(const sy_list_meet *m, sy_postings *const **lists);

#endif
