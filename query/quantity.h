/* query/quantity.h - what number or date a text says, so that ranges can compare. */
#ifndef SY_QUERY_QUANTITY_H
#define SY_QUERY_QUANTITY_H

#include "base/slice.h"

/* The first number of a text in normal form: digits with commas between, a decimal
 * point, a minus sign in front; what stands around it, such as a unit, is passed
 * over. Under `dates`, year, month and day as the number yyyymmdd; what is missing
 * counts as nothing, or as the last of its kind if `upper`. False if there is none. */
bool sy_quantity(sy_slice text, bool dates, bool upper, double *out);

#endif
