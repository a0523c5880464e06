/* cli/print.h - the forms in which hits are shown: line, card, JSON, TSV,
 * CSV.
 *
 * A printer appends to its buffer and never fails: the buffer's status says if
 * memory ran out. Lines and cards never let a control character through; JSON
 * TSV and CSV are exact. Forms: docs/json.md and the man page of query. */
#ifndef SY_CLI_PRINT_H
#define SY_CLI_PRINT_H

#include "query/search.h"

/* One hit as it is shown. Everything is borrowed. */
typedef struct sy_shown {
    sy_slice source;
    const sy_stored *record;
    const sy_match *matches; /* by field, value, start */
    size_t n_matches;
    bool ranked;
    uint64_t score; /* if ranked; SY_SCORE_ONE is 1 */
} sy_shown;

typedef struct sy_printer {
    const sy_schema *schema;
    const sy_query *query;     /* what was asked: its leaves name what groups stand for */
    const sy_field_id *fields; /* in the order to show; reserved ones may be among them */
    size_t n_fields;
    bool chosen; /* the user named the fields */
    bool group;  /* --group row: entries are rows */
    bool color;
    bool excerpts;  /* lines and cards show of values what is around matches */
    size_t around;  /* then: characters before and behind each */
    bool terminal;  /* the output is one: nothing raw there, in no form */
    unsigned width; /* of the terminal */
    char end;       /* ends an entry: '\n' or '\0' */
    sy_buf *out;
} sy_printer;

/* Each shows one entry: hits[n], n >= 1; more than one are the goals of one row. */
void sy_print_line(const sy_printer *p, const sy_shown *hits, size_t n);
void sy_print_card(const sy_printer *p, const sy_shown *hits, size_t n);
void sy_print_json(const sy_printer *p, const sy_shown *hits, size_t n);
void sy_print_tsv(const sy_printer *p, const sy_shown *hits, size_t n);
void sy_print_tsv_header(const sy_printer *p);
void sy_print_csv(const sy_printer *p, const sy_shown *hits, size_t n);
/* `bom`: begins with a byte order mark, by which Excel knows UTF-8. */
void sy_print_csv_header(const sy_printer *p, bool bom);

/* A path or key on a line of its own: exact, but on a terminal visible. */
void sy_print_plain(const sy_printer *p, sy_slice text);
/* A value in the escapes of TSV; what they leave of control characters is made
 * visible if `terminal`. */
void sy_put_tsv(sy_buf *out, bool terminal, sy_slice text);
/* The same as a cell of CSV, in quotes if it must be. */
void sy_put_csv(sy_buf *out, bool terminal, sy_slice text);

/* What the forms share. */

/* The values of a field on one line, joined, their matches coloured. */
void sy_print_cell(const sy_printer *p, const sy_shown *hit, sy_field_id field);

/* The values of one field of a hit; a reserved field has one. */
typedef struct sy_cell {
    sy_field_id field;
    const sy_stored_value *stored; /* values[n] unless reserved */
    size_t n;
    sy_slice one;
    char number[24];
} sy_cell;
void sy_cell_get(const sy_shown *hit, sy_field_id field, sy_cell *out);
sy_slice sy_cell_at(const sy_cell *cell, size_t i);
/* Where in its document a record without a line is: the value of the field `place`,
 * such as Sheet1!7. False if it has a line, or no such value. */
bool sy_shown_place(const sy_schema *schema, const sy_shown *hit, sy_slice *place);
/* All hits have the same values in this field. */
bool sy_cell_shared(const sy_shown *hits, size_t n, sy_field_id field);
/* The matches in value i of a field. */
const sy_match *sy_cell_matches(const sy_shown *hit, sy_field_id field, size_t i, size_t *n);
/* The first of them that comes by way of a group, or NULL. */
const sy_match *sy_cell_via_group(const sy_match *matches, size_t n);
/* "、" between names, "; " between other values. */
const char *sy_value_joint(const sy_schema *schema, sy_field_id field);

typedef enum sy_style { SY_STYLE_PLAIN, SY_STYLE_MATCH, SY_STYLE_DIM, SY_STYLE_BOLD } sy_style;
/* Switches the terminal to a style, if `color`. */
void sy_put_style(sy_buf *out, bool color, sy_style style);

/* Says for each byte, asked in ascending order, whether it lies in a match. */
typedef struct sy_marker {
    const sy_match *next, *end;
    uint32_t until;
} sy_marker;
bool sy_marker_at(sy_marker *m, size_t byte);

/* The parts of a value to show: all of it, or what is around its matches, and if it has none its
 * beginning. Between parts, and where one does not reach the value's end, something is left out. */
typedef struct sy_excerpts {
    sy_slice text;
    const sy_match *next, *end;
    size_t around, done; /* bytes before this were shown or passed over */
    bool excerpts, any;
} sy_excerpts;
void sy_excerpts_init(sy_excerpts *e, const sy_printer *p, sy_slice text, const sy_match *matches,
                      size_t n);
bool sy_excerpts_next(sy_excerpts *e, size_t *start, size_t *stop);
/* Whether a field is shown: with excerpts only one that was chosen or has a match. */
bool sy_field_shown(const sy_printer *p, const sy_shown *hits, size_t n, sy_field_id field);

#endif
