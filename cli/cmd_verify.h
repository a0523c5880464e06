/* cli/cmd_verify.h - what `suoyin verify` and its --deep share. */
#ifndef SY_CLI_CMD_VERIFY_H
#define SY_CLI_CMD_VERIFY_H

#include "cli/cli.h"

/* As sy_index_deep_check. */
typedef sy_status sy_deep_check_fn(const char *dir, sy_fault_fn *fault, void *ctx,
                                   uint64_t *n_faults, size_t *n_passed_over, sy_error *err);

/* Checks and prints; `deep` unless NULL is called when nothing else was found. The exit
 * status. */
int sy_verify(const sy_arguments *args, sy_deep_check_fn *deep);
/* verify --deep: in the lean program, the full one takes over. */
int sy_cmd_verify_deep(const sy_arguments *args);

#endif
