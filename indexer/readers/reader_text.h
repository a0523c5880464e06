/* indexer/readers/reader_text.h - white space and quoting, for readers. */
#ifndef SY_INDEXER_READERS_READER_TEXT_H
#define SY_INDEXER_READERS_READER_TEXT_H

#include "base/buf.h"
#include "base/slice.h"

/* Bytes of the white space character that s[len] starts with, or 0. Line ends, the
 * ideographic and the zero-width space are white space. */
size_t sy_space_at(const char *s, size_t len);

/* `s`, well-formed, without outer white space. */
sy_slice sy_trim(sy_slice s);

/* Whether the name of a file ends so, in any case; `ending` in small letters. */
bool sy_name_ends(const char *name, const char *ending);

/* Appends `s` in single quotes for a message: control characters as spaces, and cut
 * at a character when it is long. */
void sy_quote(sy_buf *out, sy_slice s);

#endif
