/* indexer/readers/reader_text.h - white space and quoting, for readers. */
#ifndef SY_INDEXER_READERS_READER_TEXT_H
#define SY_INDEXER_READERS_READER_TEXT_H

#include "base/buf.h"
#include "base/slice.h"

/* Bytes of the white space character that s[len] starts with, or 0. Line ends, the
 * ideographic and the zero-width space are white space. */
size_t sy_space_at(const char *s, size_t len);

/* False for bytes with which no white space and no 、 ， ； 。 ！ （ nor their ASCII
 * forms begins: most of a Chinese text, which searches for these pass by. */
static inline bool sy_may_be_sign(char byte)
{
    unsigned char c = (unsigned char)byte;
    return c < 0x40 ? c <= ' ' || c == ',' || c == ';' || c == '('
                    : c == 0xC2 || c == 0xE2 || c == 0xE3 || c == 0xEF;
}

/* `s`, well-formed, without outer white space. */
sy_slice sy_trim(sy_slice s);

/* Whether `s` starts or ends with one of the strings of `list`, which NULL ends. */
bool sy_starts_with_any(sy_slice s, const char *const *list);
bool sy_ends_with_any(sy_slice s, const char *const *list);

/* Whether the name of a file ends so, in any case; `ending` in small letters. */
bool sy_name_ends(const char *name, const char *ending);

/* Whether a line stands below the header of a table in Markdown: |---|:-:|. */
bool sy_is_table_rule(sy_slice line);

/* Appends `s` in single quotes for a message: control characters as spaces, and cut
 * at a character when it is long. */
void sy_quote(sy_buf *out, sy_slice s);

#endif
