/* indexer/settings.h - what an index is made with: the schema, aliases and lexicons
 * of this run, or else what the index has from before. */
#ifndef SY_INDEXER_SETTINGS_H
#define SY_INDEXER_SETTINGS_H

#include "indexer/index_paths.h"
#include "store/index.h"

typedef struct sy_settings {
    unsigned norm_flags;
    sy_schema schema;
    sy_buf aliases, user_words; /* texts of the files, UTF-8 */
    bool changed;               /* differs from what the index has: all is cut again */
    bool reread;                /* documents must be read again: the schema may name other fields */
} sy_settings;

/* old: the index as it is, or NULL. INPUT and IO name the file. */
SY_CHECKED sy_status sy_settings_load(const sy_index_options *options, const sy_index *old,
                                      sy_settings *out, sy_error *err);
void sy_settings_release(sy_settings *s);

#endif
