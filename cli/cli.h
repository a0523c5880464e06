/* cli/cli.h - what the subcommands share: exit statuses, messages, the way to
 * the index, the end of standard output. */
#ifndef SY_CLI_CLI_H
#define SY_CLI_CLI_H

#include "cli/options.h"
#include "store/index.h"

enum { SY_EXIT_OK = 0, SY_EXIT_PARTLY = 1, SY_EXIT_NONE = 1, SY_EXIT_FAILED = 2 };

/* The subcommands: each returns the exit status of the program. */
int sy_cmd_index(const sy_arguments *args);
int sy_cmd_query(const sy_arguments *args);
int sy_cmd_segment(const sy_arguments *args);
int sy_cmd_words(const sy_arguments *args);
int sy_cmd_lexicon(const sy_arguments *args);
int sy_cmd_verify(const sy_arguments *args);
int sy_cmd_info(const sy_arguments *args);
int sy_cmd_completion(const sy_arguments *args);

/* Writes "suoyin: …" and a line feed to standard error, control characters as
 * pictures. The format is English, and translated here. */
void sy_say(const char *fmt, ...) SY_PRINTF(1, 2);
/* As sy_say, for a failure: what failed, the subject quoted, the reason; then
 * `hint`, what to do next, unless it is NULL. Returns SY_EXIT_FAILED. */
int sy_say_failure(const sy_error *err, const char *hint);
/* As sy_say_failure, with the hint that fits a failure to open the index `dir`. */
int sy_say_index_failure(const sy_error *err, const char *dir);

/* The folder of the index, appended to `out`: -i, else $SUOYIN_INDEX, else the
 * nearest .suoyin upwards from here, else .suoyin here if `make` (SY_E_INPUT if
 * not). */
SY_CHECKED sy_status sy_find_index(const sy_arguments *args, bool make, sy_buf *out, sy_error *err);

/* Finds and opens the index of a command that reads one; on failure says why and
 * returns false. */
bool sy_open_index(const sy_arguments *args, sy_index **out);

/* Writes what `out` holds to standard output and empties it. */
SY_CHECKED sy_status sy_print_out(sy_buf *out, sy_error *err);
/* Flushes standard output. Both: SY_E_IO when it takes no more, after which there
 * is nothing to say if a reader closed the pipe (err->sys is EPIPE). */
SY_CHECKED sy_status sy_print_flush(sy_error *err);

/* "1 document", "3 documents", translated. */
void sy_put_count(sy_buf *out, uint64_t n, const char *one, const char *many);

#endif
