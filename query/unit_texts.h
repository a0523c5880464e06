/* query/unit_texts.h - where a scored term stands, by the texts of records: for terms whose lists
 * do not say it. Those are pairs so rare that they share a list, words where the word lists are of
 * another lexicon, and fields that have no code. */
#ifndef SY_QUERY_UNIT_TEXTS_H
#define SY_QUERY_UNIT_TEXTS_H

#include "query/ranker.h"

/* Reads a record of the current segment: how often a pair or word stands in it, and in which
 * fields. */
SY_CHECKED sy_status sy_unit_read(sy_ranker *r, const sy_unit *u, sy_docid doc, uint32_t *tf,
                                  uint64_t *fields, sy_error *err);

/* Finds the records of a term by their texts; adds to *df. They are among those of `cursor`, one of
 * the segment entered, and live as long as the memory of the search. Reads them all. */
SY_CHECKED sy_status sy_source_read(sy_ranker *r, sy_score_source *src, sy_cursor *cursor,
                                    uint64_t *df, sy_error *err);

#endif
