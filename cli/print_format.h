/* cli/print_format.h - query --format: a line a record, made by a pattern of the user's. */
#ifndef SY_CLI_PRINT_FORMAT_H
#define SY_CLI_PRINT_FORMAT_H

#include "cli/print.h"
#include "store/index.h"

typedef struct sy_format_part {
    sy_buf text; /* stands as it is, before ... */
    bool has_field;
    sy_field_id field; /* ... the values of this field */
} sy_format_part;

typedef struct sy_format {
    sy_format_part *parts;
    size_t n, cap;
} sy_format; /* sy_format_release */

/* Reads a pattern: {name} is a field by any of its names, {{ and }} a brace; \t, \n, \0 and \\ as
 * in C. INPUT names what is wrong with it. Even after a failure *out is to be released. */
SY_CHECKED sy_status sy_format_read(const char *pattern, const sy_index *index, sy_format *out,
                                    sy_error *err);
void sy_format_release(sy_format *f);
/* Shows one hit; values as in the line form, their line breaks as spaces. */
void sy_print_format(const sy_printer *p, const sy_format *f, const sy_shown *hit);

#endif
