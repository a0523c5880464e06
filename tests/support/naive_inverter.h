/* tests/support/naive_inverter.h - what the lists of a segment must be, from its
 * records: every pair and every term noted, sorted, counted. docs/format.md, 5.3, 5.4. */
#ifndef SY_TESTS_SUPPORT_NAIVE_INVERTER_H
#define SY_TESTS_SUPPORT_NAIVE_INVERTER_H

#include "segmenter/lexicon.h"
#include "tests/support/model.h"

/* Fills bigrams and terms of m from its records. `lexicon` NULL: none. */
void sy_naive_invert(sy_model *m, const sy_schema *schema, unsigned norm_flags,
                     const sy_lexicon *lexicon);
/* Fails unless both models have the same bigrams and terms with the same lists. */
void sy_naive_compare(const sy_model *got, const sy_model *want);

#endif
