/* indexer/readers/string_table.h - strings with a number each: key counters, the
 * evidence for names, caches of field names. */
#ifndef SY_INDEXER_READERS_STRING_TABLE_H
#define SY_INDEXER_READERS_STRING_TABLE_H

#include "base/buf.h"
#include "base/slice.h"

typedef struct sy_string_entry {
    uint64_t hash;
    size_t off, len; /* in bytes.data */
    uint32_t value;
} sy_string_entry;

/* A place of the hash table. What is not the string that is looked for is told by the
 * tag, without a look at its entry, which lies anywhere in memory. */
typedef struct sy_string_slot {
    uint32_t tag;   /* the upper half of the hash */
    uint32_t entry; /* entry + 1, or 0: empty */
} sy_string_slot;

typedef struct sy_string_table {
    sy_buf bytes;
    sy_string_entry *entries; /* in order of adding */
    size_t n, cap;
    sy_string_slot *slots; /* open addressing, n_slots a power of two, half of them empty */
    size_t n_slots;
} sy_string_table;

#define SY_STRING_TABLE_INIT                                                                       \
    {                                                                                              \
        SY_BUF_INIT, NULL, 0, 0, NULL, 0                                                           \
    }

void sy_string_table_release(sy_string_table *t);
/* Empties but keeps the memory. */
void sy_string_table_reset(sy_string_table *t);
/* The number of `s`, or NULL if it was never added. */
uint32_t *sy_string_table_find(const sy_string_table *t, sy_slice s);
/* As above, adding `s` with 0 if needed; NULL when there is no memory. The
 * pointer is good until the next call. */
uint32_t *sy_string_table_at(sy_string_table *t, sy_slice s);

/* Makes a record's key unique within its document: `key` as it is the first
 * time, then key#2, key#3. `key` is replaced in place; *repeated says whether it
 * had to be. */
SY_CHECKED sy_status sy_key_unique(sy_string_table *seen, sy_buf *key, bool *repeated,
                                   sy_error *err);

#endif
