/* tests/support/slow_reader.h - a second reader of segments, written from docs/format.md
 * alone, without the headers of store/: slow, plain, and only for sound files. */
#ifndef SY_TESTS_SUPPORT_SLOW_READER_H
#define SY_TESTS_SUPPORT_SLOW_READER_H

#include "base/buf.h"

/* Appends all that a segment file holds as text, one line each: documents, records,
 * bigrams with their lists, terms with their lists. False, with a line printed, if
 * the file contradicts docs/format.md. */
bool sy_slow_dump(const uint8_t *file, size_t len, sy_buf *out);

/* The lines of the dump. docs and tfs (NULL: none) have n entries. */
void sy_dump_doc(sy_buf *out, uint32_t first, uint32_t records, uint64_t size, int64_t mtime,
                 uint64_t hash, const void *path, size_t path_len, const void *reader,
                 size_t reader_len);
void sy_dump_list(sy_buf *out, const uint32_t *docs, const uint32_t *tfs, uint32_t n);
void sy_dump_hex(sy_buf *out, const void *bytes, size_t len);

#endif
