/* tests/support/naive_inverter.h - what the lists of a segment must be, from its
 * records: every pair and every term noted, sorted, counted. docs/format.md, 5.3, 5.4. */
#ifndef SY_TESTS_SUPPORT_NAIVE_INVERTER_H
#define SY_TESTS_SUPPORT_NAIVE_INVERTER_H

#include "segmenter/lexicon.h"
#include "tests/support/model.h"

/* Fills facts, bigrams and terms of m from its records; the sets of fields are not
 * filled. `lexicon` NULL: none. */
void sy_naive_invert(sy_model *m, const sy_schema *schema, unsigned norm_flags,
                     const sy_lexicon *lexicon);
/* Fails unless `got`, a segment as read, says what `want` says. */
void sy_naive_compare(const sy_model *got, const sy_model *want);

#endif
