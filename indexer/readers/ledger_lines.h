/* indexer/readers/ledger_lines.h - a ledger dump line by line: what kind of line
 * it is, and its text without the debris of the word processor. */
#ifndef SY_INDEXER_READERS_LEDGER_LINES_H
#define SY_INDEXER_READERS_LEDGER_LINES_H

#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

typedef enum sy_line_kind {
    SY_LINE_BLANK, /* nothing but white space and debris      */
    SY_LINE_CELL,  /* starts with a tab: a new cell           */
    SY_LINE_TEXT   /* anything else: a paragraph or a heading */
} sy_line_kind;

typedef struct sy_line {
    sy_line_kind kind;
    sy_slice text;   /* borrowed from the document, without the tab and the line end */
    uint32_t number; /* from 1 */
} sy_line;

/* A place in the document; a copy is a bookmark to read on from. */
typedef struct sy_lines {
    const char *at, *end;
    uint32_t number; /* of the line before `at` */
} sy_lines;

static inline sy_lines sy_lines_of(const char *text, size_t len)
{
    return (sy_lines){text, len ? text + len : text, 0};
}

/* The next line; LF, CR LF and CR end one, the last may have no end. False at
 * the end of the document. */
bool sy_lines_next(sy_lines *lines, sy_line *out);

/* Appends `text` without marks such as [bookmark: _GoBack]. */
void sy_line_append(sy_buf *out, sy_slice text);

#endif
