/* query/unit_weights.h - what each scored term weighs: the rarer the more. */
#ifndef SY_QUERY_UNIT_WEIGHTS_H
#define SY_QUERY_UNIT_WEIGHTS_H

#include "query/ranker.h"

/* Opens the sources of all scored terms in all segments, counts in how many records each stands,
 * and sets the weights of units, those of the second look too, the average length and the norms.
 * NOMEM, CORRUPT. */
SY_CHECKED sy_status sy_units_weigh(sy_ranker *r, sy_error *err);

#endif
