/* tests/support/plain_reader.h - a whole index, manifest, phrases and grams included,
 * read by docs/format.md alone: shares types with store/, but no code, takes nothing on
 * trust and fails the test at the first byte that the page does not allow. */
#ifndef SY_TESTS_SUPPORT_PLAIN_READER_H
#define SY_TESTS_SUPPORT_PLAIN_READER_H

#include "tests/support/model.h"

enum { PLAIN_KINDS = 64 };

typedef struct plain_file {
    uint8_t *bytes; /* given: plain_file_close */
    size_t len;
    uint8_t uuid[16];
    uint64_t number, checksum;
    sy_slice sections[PLAIN_KINDS]; /* by kind; data NULL: there is none */
} plain_file;

typedef struct plain_segment_ref {
    uint64_t number, len, checksum, n_records, n_docs, lexicon_hash;
    uint64_t *deleted; /* ordinals of documents */
    uint64_t n_deleted;
} plain_segment_ref;

typedef struct plain_field {
    unsigned kind, weight;
    bool pinyin;
    sy_slice name, label;
    sy_slice *aliases;
    uint64_t n_aliases;
} plain_field;

typedef struct plain_manifest {
    plain_file file;
    uint64_t generation, rules_hash, lexicon_hash, aliases_hash, next_segment;
    int64_t committed_ns;
    uint32_t norm_flags;
    char icu_version[32];
    plain_field *fields;
    uint64_t n_fields;
    sy_slice aliases, user_words, lexicon;
    plain_segment_ref *segments;
    uint64_t n_segments;
} plain_manifest;

void plain_manifest_read(const char *path, plain_manifest *out);
void plain_manifest_free(plain_manifest *m);

/* Takes over bytes[len] (malloc). `kind` is 1 or 2; uuid NULL: any. */
void plain_file_open(uint8_t *bytes, size_t len, uint32_t kind, const uint8_t *uuid,
                     plain_file *out);
void plain_file_close(plain_file *f);
/* All that a segment holds, texts spelt out, the lists of grams resolved; slices point
 * into f. sy_model_free. */
void plain_segment_read(const plain_file *f, sy_model *out);
/* What a value's units spell in normal form; memory of m. */
sy_slice plain_normal(const plain_file *f, sy_model *m, const sy_stored_value *value);

#endif
