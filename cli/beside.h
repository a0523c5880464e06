/* cli/beside.h - finds the files that come with the program. */
#ifndef SY_CLI_BESIDE_H
#define SY_CLI_BESIDE_H

#include <stdbool.h>
#include <stddef.h>

/* Fills `out` with the first of the places that is there and lets us do `mode` of access(2).
 * They are seen from the folder of this program, whatever link that was called by, so that a
 * tree that was moved, or unpacked elsewhere, works. */
bool sy_find_beside(const char *const *places, size_t n, int mode, char *out, size_t cap);

#endif
