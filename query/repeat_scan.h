/* query/repeat_scan.h - whether a text says something again, as a back reference asks for
 * (sy_repetition): some characters one behind the other, of which some are the same. ICU, which
 * tries the whole expression at each place, takes far longer.
 *
 * Stored texts are read by the characters of their codes, which are looked up once for each code.
 * Memory: 16 KiB; 256 KiB, and up to 10 MiB of characters, for each segment. One thread. */
#ifndef SY_QUERY_REPEAT_SCAN_H
#define SY_QUERY_REPEAT_SCAN_H

#include "segmenter/automaton.h"
#include "store/segment.h"

typedef struct sy_repeat_scan sy_repeat_scan;

/* *out is NULL if the expression asks for no repetition. Borrows it until close. NOMEM. */
SY_CHECKED sy_status sy_repeat_scan_open(sy_automaton *a, sy_repeat_scan **out, sy_error *err);
void sy_repeat_scan_close(sy_repeat_scan *s); /* NULL is a no-op */
/* Behind a search: true if a text in which the repetition was found matches, false if it may. */
bool sy_repeat_scan_whole(const sy_repeat_scan *s);
/* Whether it is in a normal form. */
bool sy_repeat_scan_text(sy_repeat_scan *s, sy_slice normal);
/* Whether it is in the normal form of a value that is `simple` and of a segment with phrases.
 * NOMEM, CORRUPT. */
SY_CHECKED sy_status sy_repeat_scan_value(sy_repeat_scan *s, const sy_segment *segment,
                                          const sy_stored_value *value, bool *found, sy_error *err);

#endif
