/* indexer/readers/ooxml_rels.h - the relations between the parts of an Office Open
 * XML document (ISO/IEC 29500-2, section 9): which part is which. */
#ifndef SY_INDEXER_READERS_OOXML_RELS_H
#define SY_INDEXER_READERS_OOXML_RELS_H

#include "indexer/readers/zip_parts.h"

typedef struct sy_rel {
    size_t id, type, part; /* strings in `text`: the type's last word, the part's full name */
} sy_rel;

typedef struct sy_rels {
    sy_buf text;
    sy_rel *items;
    size_t n, cap;
} sy_rels;

/* Reads the relations of `part` ("": of the whole); none is fine. *rels is zeroed
 * or has been released before. */
SY_CHECKED sy_status sy_rels_read(sy_zip *z, const char *part, sy_rels *rels, sy_error *err);
void sy_rels_release(sy_rels *rels);
/* The part of the first relation of a type such as "styles", or NULL. */
const char *sy_rels_by_type(const sy_rels *rels, const char *type);
const char *sy_rels_by_id(const sy_rels *rels, sy_slice id);

#endif
