/* library/error.h - from our errors to those of the public header. */
#ifndef SY_LIBRARY_ERROR_H
#define SY_LIBRARY_ERROR_H

#include "base/status.h"
#include "include/suoyin.h"

/* Fills *err (may be NULL) from `own` unless `st` is SY_OK; returns `st` as the header
 * names it. */
suoyin_status sy_public_error(const sy_error *own, sy_status st, suoyin_error *err);

#endif
