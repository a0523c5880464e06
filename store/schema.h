/* store/schema.h - the fields of an index: names, aliases and kinds.
 *
 * Field names and aliases are kept in normal form, so whoever looks one up
 * normalises what the user typed first; `label` is for people. Field ids are
 * dense, given in order of adding, and never change within an index. */
#ifndef SY_STORE_SCHEMA_H
#define SY_STORE_SCHEMA_H

#include "base/buf.h"
#include "base/slice.h"

typedef enum sy_field_kind {
    SY_FIELD_TEXT = 0,
    SY_FIELD_NAMES = 1, /* a list of names of bodies: rule 5 of design section 5 */
    SY_FIELD_NUMBER = 2,
    SY_FIELD_DATE = 3,
    SY_FIELD_KEYWORD = 4 /* short values that are asked for whole */
} sy_field_kind;

typedef uint16_t sy_field_id;

enum {
    SY_FIELDS_MAX = 4096,
    SY_ALIASES_MAX = 4096,   /* of all fields together: each is compared with all */
    SY_ALIAS_LEN_MAX = 1024, /* bytes */
    /* What every record has beside its fields; only asked for by name. */
    SY_FIELD_ANY = 0xFFFF, /* any field of the record */
    SY_FIELD_KEY = 0xFFFE,
    SY_FIELD_SOURCE = 0xFFFD,
    SY_FIELD_LINE = 0xFFFC,
    /* No field: those that can be asked for by pinyin. Only in queries, and only where no
     * field has the name. */
    SY_FIELD_PINYIN = 0xFFFB
};

typedef struct sy_field {
    char *name;  /* normal form: "unit", or the heading if none is known */
    char *label; /* as people read it: "责任单位" */
    sy_field_kind kind;
    uint8_t weight; /* in ranking, in quarters: SY_WEIGHT_ONE is 1 */
    bool pinyin;    /* its values can be asked for by pinyin; see sy_field_has_values */
    char **aliases; /* normal forms of other names and headings */
    size_t n_aliases, cap_aliases;
} sy_field;

typedef struct sy_schema {
    sy_field *fields; /* indexed by sy_field_id */
    size_t n_fields, cap_fields;
    size_t n_aliases; /* of all fields */
} sy_schema;

#define SY_SCHEMA_INIT                                                                             \
    {                                                                                              \
        NULL, 0, 0, 0                                                                              \
    }
void sy_schema_release(sy_schema *s);
/* Copies `from` into the empty schema `to`. NOMEM. */
SY_CHECKED sy_status sy_schema_copy(const sy_schema *from, sy_schema *to, sy_error *err);
/* True if names, labels, kinds, pinyin and aliases are the same, in the same order. */
bool sy_schema_equal(const sy_schema *a, const sy_schema *b);

/* Finds a field by its name or an alias (normal form), the reserved names key,
 * source and line included. Returns false if there is none. */
bool sy_schema_find(const sy_schema *s, const char *name, size_t len, sy_field_id *id);
/* Adds a field, or returns the one that has this name. `label` NULL: the name.
 * Names are borrowed for the call. SY_E_LIMIT past SY_FIELDS_MAX. */
SY_CHECKED sy_status sy_schema_add(sy_schema *s, const char *name, size_t len, const char *label,
                                   sy_field_kind kind, sy_field_id *id, sy_error *err);
/* Adds an alias to a field; one that some field has already is SY_OK and left. LIMIT past
 * SY_ALIASES_MAX and SY_ALIAS_LEN_MAX. */
SY_CHECKED sy_status sy_schema_alias(sy_schema *s, sy_field_id id, const char *alias, size_t len,
                                     sy_error *err);
/* The same for one that no field has, as in the manifest, where asking for each of a hundred would
 * take a twentieth of a query. Of equal ones the first is found. */
SY_CHECKED sy_status sy_schema_alias_new(sy_schema *s, sy_field_id id, const char *alias,
                                         size_t len, sy_error *err);
/* Takes an alias from a field, if it has it. */
void sy_schema_unalias(sy_schema *s, sy_field_id id, const char *alias, size_t len);
/* Name of a field for people and output, reserved ones included. */
const char *sy_schema_name(const sy_schema *s, sy_field_id id);
const char *sy_schema_label(const sy_schema *s, sy_field_id id);
/* Whether the whole values of a field of that kind are in the dictionary (store/term_key.h), as
 * pinyin needs them. */
bool sy_field_has_values(sy_field_kind kind);
/* Whether some field can be asked for by pinyin. */
bool sy_schema_has_pinyin(const sy_schema *s);
/* "text", "names", ...; and back: false if unknown. */
const char *sy_field_kind_name(sy_field_kind kind);
bool sy_field_kind_parse(const char *name, sy_field_kind *kind);

#endif
