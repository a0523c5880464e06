/* indexer/repeated_keys.h - keys that stand in several documents. A key is unique in its
 * document only; whoever asks for it is given all records that have it, and a run that reads such a
 * document says so once. */
#ifndef SY_INDEXER_REPEATED_KEYS_H
#define SY_INDEXER_REPEATED_KEYS_H

#include "base/slice.h"
#include "base/status.h"

typedef struct sy_seen_key {
    uint64_t hash;
    uint32_t doc;
} sy_seen_key;

typedef struct sy_seen_keys {
    sy_seen_key *items;
    size_t n, cap;
} sy_seen_keys; /* sy_free(items). 16 bytes a record */

/* Notes the key of a record of document `doc`, a number of the caller's. NOMEM. */
SY_CHECKED sy_status sy_seen_keys_add(sy_seen_keys *keys, uint32_t doc, sy_slice key,
                                      sy_error *err);

typedef struct sy_repeated_keys {
    uint64_t n;       /* distinct keys that several documents have, one from `from` on among them */
    uint64_t hash;    /* sy_hash64 of one of them */
    uint32_t docs[2]; /* two documents that have it */
} sy_repeated_keys;

/* Puts the keys in order. Cost: sorting them. */
void sy_seen_keys_compare(sy_seen_keys *keys, uint32_t from, sy_repeated_keys *out);

#endif
