#include "store/schema.h"

#include <string.h>

#include "base/alloc.h"
#include "store/scoring.h"

/* Names are searched one after the other: a lookup happens once per heading or
 * query term, and readers that look up a name per value keep a cache. The first
 * bytes settle nearly every comparison. */

static const struct {
    const char *name;
    sy_field_id id;
} reserved[] = {{"key", SY_FIELD_KEY}, {"source", SY_FIELD_SOURCE}, {"line", SY_FIELD_LINE}};

static const char *const kind_names[] = {
    [SY_FIELD_TEXT] = "text", [SY_FIELD_NAMES] = "names",     [SY_FIELD_NUMBER] = "number",
    [SY_FIELD_DATE] = "date", [SY_FIELD_KEYWORD] = "keyword",
};

enum {
    N_RESERVED = sizeof reserved / sizeof *reserved,
    N_KINDS = sizeof kind_names / sizeof(char *)
};

static void release_field(sy_field *f)
{
    for (size_t i = 0; i < f->n_aliases; i++)
        sy_free(f->aliases[i]);
    sy_free(f->aliases);
    sy_free(f->name);
    sy_free(f->label);
}

void sy_schema_release(sy_schema *s)
{
    for (size_t i = 0; i < s->n_fields; i++)
        release_field(&s->fields[i]);
    sy_free(s->fields);
    *s = (sy_schema)SY_SCHEMA_INIT;
}

/* `have` is NUL-terminated; name[len] with a NUL byte inside equals nothing. */
static bool same(const char *have, const char *name, size_t len)
{
    size_t i = 0;
    while (i < len && have[i] == name[i] && have[i] != '\0')
        i++;
    return i == len && have[len] == '\0';
}

static bool find_reserved(const char *name, size_t len, sy_field_id *id)
{
    for (size_t i = 0; i < N_RESERVED; i++) {
        if (same(reserved[i].name, name, len)) {
            *id = reserved[i].id;
            return true;
        }
    }
    return false;
}

/* Names go before aliases, whatever their order: an alias never hides a name. */
static bool find_name(const sy_schema *s, const char *name, size_t len, sy_field_id *id)
{
    for (size_t i = 0; i < s->n_fields; i++) {
        if (same(s->fields[i].name, name, len)) {
            *id = (sy_field_id)i;
            return true;
        }
    }
    return false;
}

static bool find_alias(const sy_schema *s, const char *name, size_t len, sy_field_id *id)
{
    for (size_t i = 0; i < s->n_fields; i++) {
        const sy_field *f = &s->fields[i];
        for (size_t k = 0; k < f->n_aliases; k++) {
            if (same(f->aliases[k], name, len)) {
                *id = (sy_field_id)i;
                return true;
            }
        }
    }
    return false;
}

bool sy_schema_find(const sy_schema *s, const char *name, size_t len, sy_field_id *id)
{
    return find_reserved(name, len, id) || find_name(s, name, len, id) ||
           find_alias(s, name, len, id);
}

sy_status sy_schema_add(sy_schema *s, const char *name, size_t len, const char *label,
                        sy_field_kind kind, sy_field_id *id, sy_error *err)
{
    *id = 0;
    if (find_name(s, name, len, id))
        return SY_OK;
    sy_field_id taken;
    if (find_reserved(name, len, &taken))
        return sy_fail(err, SY_E_INPUT, NULL, "'%.*s' is a reserved field name", (int)len, name);
    if (len > 0 && memchr(name, '\0', len))
        return sy_fail(err, SY_E_INPUT, NULL, "a field name holds a NUL character");
    if (s->n_fields >= SY_FIELDS_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "more than %d fields", SY_FIELDS_MAX);
    if (!sy_grow((void **)&s->fields, s->n_fields, &s->cap_fields, sizeof *s->fields))
        return sy_fail_nomem(err);
    sy_field f = {.kind = kind, .weight = SY_WEIGHT_ONE};
    f.name = sy_strndup(name, len);
    f.label = label ? sy_strndup(label, strlen(label)) : sy_strndup(name, len);
    if (!f.name || !f.label) {
        release_field(&f);
        return sy_fail_nomem(err);
    }
    *id = (sy_field_id)s->n_fields;
    s->fields[s->n_fields++] = f;
    return SY_OK;
}

sy_status sy_schema_alias(sy_schema *s, sy_field_id id, const char *alias, size_t len,
                          sy_error *err)
{
    sy_field_id taken;
    return len <= SY_ALIAS_LEN_MAX && sy_schema_find(s, alias, len, &taken)
               ? SY_OK
               : sy_schema_alias_new(s, id, alias, len, err);
}

sy_status sy_schema_alias_new(sy_schema *s, sy_field_id id, const char *alias, size_t len,
                              sy_error *err)
{
    if (len > SY_ALIAS_LEN_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "another name of a field has more than %d bytes",
                       SY_ALIAS_LEN_MAX);
    if (s->n_aliases >= SY_ALIASES_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "the fields have more than %d other names",
                       SY_ALIASES_MAX);
    if (id >= s->n_fields)
        return sy_fail(err, SY_E_INPUT, NULL, "an alias for a field that does not exist");
    if (len > 0 && memchr(alias, '\0', len))
        return sy_fail(err, SY_E_INPUT, NULL, "an alias holds a NUL character");
    sy_field *f = &s->fields[id];
    if (!sy_grow((void **)&f->aliases, f->n_aliases, &f->cap_aliases, sizeof *f->aliases))
        return sy_fail_nomem(err);
    char *copy = sy_strndup(alias, len);
    if (!copy)
        return sy_fail_nomem(err);
    f->aliases[f->n_aliases++] = copy;
    s->n_aliases++;
    return SY_OK;
}

void sy_schema_unalias(sy_schema *s, sy_field_id id, const char *alias, size_t len)
{
    sy_field *f = &s->fields[id];
    for (size_t k = 0; k < f->n_aliases; k++) {
        if (!same(f->aliases[k], alias, len))
            continue;
        sy_free(f->aliases[k]);
        f->n_aliases--;
        s->n_aliases--;
        memmove(&f->aliases[k], &f->aliases[k + 1], (f->n_aliases - k) * sizeof *f->aliases);
        return;
    }
}

static const char *reserved_name(sy_field_id id)
{
    for (size_t i = 0; i < N_RESERVED; i++) {
        if (reserved[i].id == id)
            return reserved[i].name;
    }
    return id == SY_FIELD_ANY ? "*" : id == SY_FIELD_PINYIN ? "py" : "";
}

const char *sy_schema_name(const sy_schema *s, sy_field_id id)
{
    return id < s->n_fields ? s->fields[id].name : reserved_name(id);
}

const char *sy_schema_label(const sy_schema *s, sy_field_id id)
{
    return id < s->n_fields ? s->fields[id].label : reserved_name(id);
}

bool sy_field_has_values(sy_field_kind kind)
{
    return kind == SY_FIELD_NAMES || kind == SY_FIELD_KEYWORD;
}

bool sy_schema_has_pinyin(const sy_schema *s)
{
    bool has = false;
    for (size_t i = 0; i < s->n_fields; i++)
        has |= s->fields[i].pinyin;
    return has;
}

const char *sy_field_kind_name(sy_field_kind kind)
{
    return (unsigned)kind < N_KINDS ? kind_names[kind] : "text";
}

bool sy_field_kind_parse(const char *name, sy_field_kind *kind)
{
    for (unsigned i = 0; i < N_KINDS; i++) {
        if (strcmp(kind_names[i], name) == 0) {
            *kind = (sy_field_kind)i;
            return true;
        }
    }
    return false;
}

sy_status sy_schema_copy(const sy_schema *from, sy_schema *to, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; i < from->n_fields && st == SY_OK; i++) {
        const sy_field *f = &from->fields[i];
        sy_field_id id;
        st = sy_schema_add(to, f->name, strlen(f->name), f->label, f->kind, &id, err);
        if (st == SY_OK) {
            to->fields[id].weight = f->weight;
            to->fields[id].pinyin = f->pinyin;
        }
        for (size_t k = 0; k < f->n_aliases && st == SY_OK; k++)
            st = sy_schema_alias(to, id, f->aliases[k], strlen(f->aliases[k]), err);
    }
    return st;
}

static bool fields_equal(const sy_field *a, const sy_field *b)
{
    if (strcmp(a->name, b->name) != 0 || strcmp(a->label, b->label) != 0 || a->kind != b->kind ||
        a->weight != b->weight || a->pinyin != b->pinyin || a->n_aliases != b->n_aliases)
        return false;
    for (size_t i = 0; i < a->n_aliases; i++) {
        if (strcmp(a->aliases[i], b->aliases[i]) != 0)
            return false;
    }
    return true;
}

bool sy_schema_equal(const sy_schema *a, const sy_schema *b)
{
    if (a->n_fields != b->n_fields)
        return false;
    for (size_t i = 0; i < a->n_fields; i++) {
        if (!fields_equal(&a->fields[i], &b->fields[i]))
            return false;
    }
    return true;
}
