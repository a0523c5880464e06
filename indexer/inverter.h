/* indexer/inverter.h - records in, sorted runs of posting lists out.
 *
 * For each value: its normal form, the pairs of neighbouring characters, the words.
 * One inverter per thread; what it holds is written as a run when it is full. */
#ifndef SY_INDEXER_INVERTER_H
#define SY_INDEXER_INVERTER_H

#include "indexer/field_sets.h"
#include "indexer/gram_learner.h"
#include "indexer/run.h"
#include "segmenter/lexicon.h"
#include "store/segment_writer.h"

typedef struct sy_inverter sy_inverter;

/* Borrows lexicon, grams and schema. `budget`: bytes of memory after which it is full. */
SY_CHECKED sy_status sy_inverter_new(unsigned norm_flags, const sy_lexicon *lexicon,
                                     const sy_grams *grams, const sy_schema *schema, size_t budget,
                                     sy_inverter **out, sy_error *err);
/* Adds a record; docids ascend. *facts: what the segment keeps of it for ranking.
 * Errors: NOMEM, IO from ICU. */
SY_CHECKED sy_status sy_inverter_add(sy_inverter *inv, sy_docid docid, const sy_stored *record,
                                     sy_record_facts *facts, sy_error *err);
/* The sets of fields met so far, borrowed. */
const sy_field_sets *sy_inverter_sets(const sy_inverter *inv);
/* True if the next record might not fit the budget: flush first. */
bool sy_inverter_full(const sy_inverter *inv);
bool sy_inverter_empty(const sy_inverter *inv);
/* Writes what is held as a run, which has a path, and forgets it. The numbers of sets in the run
 * are those of sy_inverter_sets, whose like the run must have before it is merged. */
SY_CHECKED sy_status sy_inverter_flush(sy_inverter *inv, sy_run *run, sy_error *err);
void sy_inverter_free(sy_inverter *inv); /* NULL is a no-op */

#endif
