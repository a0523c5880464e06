/* cli/line_source.h - read a file or standard input line by line, as lines arrive.
 *
 * Reads what there is and no more, so that a program at the other end of a pipe
 * gets its answer before it closes the pipe. */
#ifndef SY_CLI_LINE_SOURCE_H
#define SY_CLI_LINE_SOURCE_H

#include "base/buf.h"
#include "base/slice.h"

typedef struct sy_line_input {
    int fd;
    const char *path; /* borrowed; "-" is standard input */
    sy_buf buf;
    size_t at;      /* start of the next line in buf */
    size_t scanned; /* up to here buf has no line end after `at` */
    bool at_end;    /* the file has no more bytes */
} sy_line_input;

SY_CHECKED sy_status sy_line_input_open(const char *path, sy_line_input *out, sy_error *err);
/* The next line without its end, and its end: "\n", "\r\n" or "" for a last line
 * that has none. Borrowed until the next call. *more is false after the last one.
 * A line longer than 1 GiB is SY_E_LIMIT. */
SY_CHECKED sy_status sy_line_input_next(sy_line_input *lines, bool *more, sy_slice *line,
                                        sy_slice *end, sy_error *err);
/* Whether the next line would be waited for, of which at most a part was read: the other end of a
 * pipe or terminal has sent no more, even in so many milliseconds. */
bool sy_line_input_waits(const sy_line_input *lines, int ms);
void sy_line_input_close(sy_line_input *lines);

#endif
