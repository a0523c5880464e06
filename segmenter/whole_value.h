/* segmenter/whole_value.h - what counts when whole values are compared: `field=x`,
 * names, and the values of the term dictionary. */
#ifndef SY_SEGMENTER_WHOLE_VALUE_H
#define SY_SEGMENTER_WHOLE_VALUE_H

#include "base/slice.h"

/* The part of a value's normal form without outer white space (spaces and
 * barriers) and without one final 。; a value of 。 alone keeps it. Empty only if
 * the value is: nothing but white space. A view into `normal`. Source: design
 * section 5.4. */
sy_slice sy_whole_value(sy_slice normal);

#endif
