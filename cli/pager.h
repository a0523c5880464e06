/* cli/pager.h - a program between standard output and the terminal that shows a page at a time. */
#ifndef SY_CLI_PAGER_H
#define SY_CLI_PAGER_H

#include <sys/types.h>

#include "base/status.h"

typedef struct sy_pager {
    pid_t pid; /* 0: none */
} sy_pager;

/* Starts $SUOYIN_PAGER, $PAGER or else less, and gives it what goes to standard output from now on.
 * None is started if it is named empty or cat, or if there is no less. IO. */
SY_CHECKED sy_status sy_pager_start(sy_pager *pager, sy_error *err);
/* Closes standard output and waits until the reader is done. INPUT if the shell could not run it:
 * nothing was shown. */
SY_CHECKED sy_status sy_pager_end(sy_pager *pager, sy_error *err);

#endif
