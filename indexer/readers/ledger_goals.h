/* indexer/readers/ledger_goals.h - from the rows of ledger tables to records, one
 * a goal: marks, numbers and items carried down, sections with their declared
 * counts, names, notes. Every format that can hold a ledger feeds this.
 *
 * A document is walked twice: names are told apart by what stands elsewhere in it,
 * so the first walk only looks at names. */
#ifndef SY_INDEXER_READERS_LEDGER_GOALS_H
#define SY_INDEXER_READERS_LEDGER_GOALS_H

#include "indexer/reader.h"
#include "indexer/readers/ledger_names.h"
#include "indexer/readers/ledger_rows.h"

typedef struct sy_ledger_goals sy_ledger_goals;

/* Borrows schema and sink until free. Adds the fields of a ledger to the schema. */
SY_CHECKED sy_status sy_ledger_goals_new(sy_schema *schema, const sy_sink *sink,
                                         sy_ledger_goals **out, sy_error *err);
/* Starts a walk: the first is observing. */
void sy_ledger_goals_begin(sy_ledger_goals *g, bool observing);
/* Where the walk puts headers, rows, sections and text outside; valid until free. */
const sy_ledger_events *sy_ledger_goals_events(const sy_ledger_goals *g);
/* What the records of the rows to come have in the fields `place` and `hidden`;
 * empty: nothing. Borrowed until the next call. */
void sy_ledger_goals_place(sy_ledger_goals *g, sy_slice place, sy_slice hidden);
/* Ends the walk: compares the last section's count. NOMEM. */
SY_CHECKED sy_status sy_ledger_goals_end(sy_ledger_goals *g, sy_error *err);
/* The ordinal of a row of the document that is no goal's. */
uint32_t sy_ledger_goals_next_row(sy_ledger_goals *g);
/* The evidence for names, for cells of name fields outside ledgers. */
sy_ledger_names *sy_ledger_goals_names(sy_ledger_goals *g);
/* The keys given so far. */
sy_string_table *sy_ledger_goals_keys(sy_ledger_goals *g);
void sy_ledger_goals_free(sy_ledger_goals *g); /* NULL is a no-op */

#endif
