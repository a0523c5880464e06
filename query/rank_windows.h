/* query/rank_windows.h - the best among all records of a segment that have a scored term: the
 * answer of `--any` and of queries that are an OR of such terms.
 *
 * They are taken window by window, which ends where a block of a list does: the postings of the
 * terms that still matter there are added up in an array, and the others only looked up for records
 * that they can lift among the best (MAXSCORE, with the bounds of blocks: see query/rank.h). */
#ifndef SY_QUERY_RANK_WINDOWS_H
#define SY_QUERY_RANK_WINDOWS_H

#include "query/ranker.h"

/* Keeps the best of the current segment, whose sources were started and extras opened. */
SY_CHECKED sy_status sy_rank_windows(sy_ranker *r, sy_error *err);

#endif
