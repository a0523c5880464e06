/* base/clock.h - how long something takes. Thread-safe. */
#ifndef SY_BASE_CLOCK_H
#define SY_BASE_CLOCK_H

#include <stdint.h>

/* Nanoseconds of a clock that never goes back. */
int64_t sy_clock_ns(void);

#endif
