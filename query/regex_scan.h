/* query/regex_scan.h - whether a regular expression matches stored texts, without spelling them:
 * an automaton that reads the codes that a segment's texts are spelt with. What a phrase does to a
 * state is worked out once, so each later one costs one look into a table.
 *
 * For expressions that are automata (segmenter/automaton.h), while their states have room. Memory:
 * from the first value on 144 KiB, and 128 KiB for each segment; as states and shapes of phrases
 * are met, up to 12 MiB. One thread. */
#ifndef SY_QUERY_REGEX_SCAN_H
#define SY_QUERY_REGEX_SCAN_H

#include "segmenter/automaton.h"
#include "store/segment.h"

typedef struct sy_regex_scan sy_regex_scan;

/* *out is NULL if the expression has to be left to ICU. Borrows it until close. NOMEM. */
SY_CHECKED sy_status sy_regex_scan_open(sy_slice folded, sy_regex_scan **out, sy_error *err);
void sy_regex_scan_close(sy_regex_scan *s); /* NULL is a no-op */
/* See sy_automaton_plain. */
bool sy_regex_scan_plain(const sy_regex_scan *s);

/* What is known of a text. */
typedef enum sy_scanned { SY_SCANNED_NO, SY_SCANNED_YES, SY_SCANNED_NOT /* ask ICU */ } sy_scanned;

/* Whether a value matches that is `simple` and of a segment with phrases. CORRUPT. */
SY_CHECKED sy_status sy_regex_scan_value(sy_regex_scan *s, const sy_segment *segment,
                                         const sy_stored_value *value, sy_scanned *out,
                                         sy_error *err);
/* Whether a normal form matches. */
sy_scanned sy_regex_scan_text(sy_regex_scan *s, sy_slice normal);

#endif
