/* store/phrases.h - the dictionary of phrases that a segment's texts are spelt with.
 *
 * Each phrase stands with its normal form, so that a text's normal form can be put
 * together without looking at its characters. Bytes: docs/format.md, 5.6. */
#ifndef SY_STORE_PHRASES_H
#define SY_STORE_PHRASES_H

#include <stdatomic.h>

#include "base/buf.h"
#include "base/slice.h"

enum {
    SY_PHRASE_BYTES = 256,        /* codes below stand for single bytes */
    SY_PHRASES_MAX = 65536 - 256, /* so that a code takes 16 bits       */
    SY_PHRASE_LEN_MAX = 40,       /* bytes, of a phrase and its normal form */
    SY_PHRASE_CHARS_MAX = 10
};

/* Views into a section. */
typedef struct sy_phrases {
    const uint8_t *places; /* u32 each */
    const uint8_t *pool;
    uint32_t n; /* 0: texts are stored as they are */
    uint32_t pool_len;
    const struct sy_file *file; /* against whose sums what is read is held; NULL: against none */
    atomic_uchar order;         /* what sy_phrases_in_order found */
} sy_phrases;

/* False if the section's bytes are no such dictionary. An empty one is. out->file is NULL. */
bool sy_phrases_open(const uint8_t *bytes, uint64_t len, sy_phrases *out);
/* Before phrases are read that were not read before: holds what lies there of codes[n_codes] (u16,
 * little-endian) against the sums of p->file. A dictionary is large and a text has few of its
 * phrases. CORRUPT. Cost: about 5 ns a code. */
SY_CHECKED sy_status sy_phrases_need(const sy_phrases *p, const uint8_t *codes, uint64_t n_codes,
                                     sy_error *err);
/* Appends what codes[n_codes] spell, in the original or in
 * normal form. False, with out's status OK, on a code or entry that does not hold. */
bool sy_phrases_spell(const sy_phrases *p, const uint8_t *codes, uint64_t n_codes, bool normal,
                      sy_buf *out);

/* The normal form of one code; a single byte is put at *byte. False for a code that does not hold.
 */
bool sy_phrases_normal(const sy_phrases *p, uint32_t code, char *byte, sy_slice *out);
/* As sy_phrases_need of the whole dictionary. */
SY_CHECKED sy_status sy_phrases_need_all(const sy_phrases *p, sy_error *err);
/* Whether each normal form lies in the pool behind that of the number before, as they are written.
 * Looked at once. */
bool sy_phrases_in_order(const sy_phrases *p);
/* Where phrase `number` < p->n lies in the pool, whether that holds or not. */
uint32_t sy_phrases_offset(const sy_phrases *p, uint32_t number);
/* Of phrases in order: the last from number `from` on that lies at `offset` or before. Costs the
 * logarithm of how far it is. */
uint32_t sy_phrases_at(const sy_phrases *p, uint32_t from, uint32_t offset);

/* Appends a dictionary; each phrase and normal form has 1 (0 for a normal form) to
 * SY_PHRASE_LEN_MAX bytes. */
typedef struct sy_phrases_writer {
    sy_buf places, pool;
    uint32_t n;
} sy_phrases_writer;
void sy_phrases_add(sy_phrases_writer *w, sy_slice phrase, sy_slice normal);
void sy_phrases_finish(sy_phrases_writer *w, sy_buf *out);
void sy_phrases_writer_release(sy_phrases_writer *w);

#endif
