/* tests/support/read.h - what a reader makes of a document, as text to compare. */
#ifndef SY_TESTS_SUPPORT_READ_H
#define SY_TESTS_SUPPORT_READ_H

#include "indexer/reader.h"

/* Reads a document with the reader that is chosen for it, and appends to out a line
 * for each record, "key field=value field=value|value", the line number in front if
 * `lines`, and for each report "note: …". Line ends in values are /. Fields `place`
 * and `hidden` are left out unless `places`. NULL schema: a fresh one. */
typedef struct sy_read {
    const char *name;
    bool lines, places;
    sy_read_options options;
} sy_read;
SY_CHECKED sy_status sy_read_document(const sy_read *how, const sy_buf *bytes, sy_buf *out,
                                      sy_error *err);
/* The document at every few lengths, and with random bits turned over: any status, but
 * an end. */
void sy_read_damaged(const sy_read *how, const sy_buf *bytes);

#endif
