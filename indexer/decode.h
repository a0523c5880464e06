/* indexer/decode.h - the bytes of a text as UTF-8: which encoding it is in, and turning it into
 * UTF-8. */
#ifndef SY_INDEXER_DECODE_H
#define SY_INDEXER_DECODE_H

#include "indexer/spill.h"

typedef struct sy_decoded {
    sy_extent text;       /* well-formed UTF-8 without BOM */
    const char *encoding; /* static, or the name that was asked for */
    size_t replaced;      /* ill-formed parts that are U+FFFD now */
    size_t first;         /* byte of the first of them */
} sy_decoded;

/* Decodes a text: BOMs, UTF-16, UTF-8, else GB18030 or Big5 if the whole decodes and it is not
 * UTF-8 with a few faults, else UTF-8 with ill-formed bytes as U+FFFD. `encoding`, unless NULL, is
 * the name of the one it is in. out->text is in `bytes` where that is UTF-8 already, else it is
 * put into the empty `spill`. Text that has NUL bytes and is not UTF-16 is binary: INPUT
 * "not text"; so is an encoding that is not known. Cost: O(n) time, memory of pieces only. */
SY_CHECKED sy_status sy_decode(const char *encoding, const char *name, const sy_extent *bytes,
                               sy_spill *spill, sy_decoded *out, sy_error *err);
/* Fails as sy_decode would if nothing that begins with these bytes is text, whatever encoding is
 * detected: who asks before need not read on. */
SY_CHECKED sy_status sy_decode_check_head(const char *name, const char *head, size_t len,
                                          sy_error *err);
/* Whether an encoding of this name is known. */
bool sy_encoding_known(const char *encoding);

#endif
