#include <inttypes.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/messages.h"
#include "base/utf8.h"
#include "indexer/decode.h"
#include "indexer/json.h"
#include "indexer/reader.h"
#include "indexer/readers/field_name.h"
#include "store/scoring.h"

/* A schema file is {"fields": [{"name", "label", "kind", "pinyin", "weight", "aliases"}, …]}.
 * Members that are not known are an error: a misspelt "alias" would do nothing silently. */

static const unsigned char shipped[] = {
#include "schema_default.inc"
};

enum { FILE_MAX = 4 << 20, WEIGHT_MAX = 16 };

typedef enum member {
    MEMBER_NONE,
    MEMBER_NAME,
    MEMBER_LABEL,
    MEMBER_KIND,
    MEMBER_PINYIN,
    MEMBER_WEIGHT,
    MEMBER_ALIASES
} member;

/* One entry of "fields", collected until its object ends. */
typedef struct entry {
    sy_buf name, label, aliases; /* aliases: each followed by a NUL byte */
    bool has_name, has_label, has_kind, has_pinyin;
    sy_field_kind kind;
    bool pinyin;
    uint8_t weight; /* in quarters; 0: none is given */
} entry;

typedef struct loader {
    const char *where; /* for messages */
    const char *text;
    sy_schema *schema;
    entry entry;
    member member;
    bool grown;   /* the schema is that of an index, with the fields it has met */
    bool shipped; /* no alias may pass from one field to another */
    size_t depth; /* 1: the object, 2: "fields", 3: an entry, 4: its aliases */
    sy_buf scratch;
} loader;

static sy_status wrong(loader *l, size_t offset, sy_error *err, const char *what, sy_slice about)
{
    size_t line = 1;
    for (size_t i = 0; i < offset; i++)
        line += l->text[i] == '\n';
    int len = about.len > 60 ? 60 : (int)about.len;
    return sy_fail_at(err, SY_E_INPUT, l->where, offset, "line %zu: %s%s%.*s%s", line, sy_tr(what),
                      len ? " '" : "", len, len ? about.data : "", len ? "'" : "");
}

static const sy_slice nothing = {"", 0};

/* ---- one field ---- */

/* Takes the name in l->scratch from the field `from`, unless it is its own name or
 * label: a user may know better what 牵头单位 means than the shipped schema. In an
 * index records have been filed under it, so there it stays. */
static sy_status take_alias(loader *l, sy_field_id from, bool *taken, sy_error *err)
{
    sy_buf label = SY_BUF_INIT;
    *taken = false;
    if (l->shipped || l->grown || from >= SY_FIELDS_MAX)
        return SY_OK;
    const sy_field *f = &l->schema->fields[from];
    sy_status st = sy_field_normal(sy_slice_of(f->label), &label, err);
    sy_slice wanted = {l->scratch.data, l->scratch.len};
    *taken = st == SY_OK && !sy_slice_equal(wanted, sy_slice_of(f->name)) &&
             !sy_slice_equal(wanted, (sy_slice){label.data, label.len});
    if (*taken)
        sy_schema_unalias(l->schema, from, wanted.data, wanted.len);
    sy_buf_release(&label);
    return st;
}

static sy_status add_alias(loader *l, sy_field_id id, sy_slice alias, size_t offset, sy_error *err)
{
    sy_field_id taken;
    sy_status st = sy_field_normal(alias, &l->scratch, err);
    if (st != SY_OK)
        return st;
    if (l->scratch.len == 0)
        return wrong(l, offset, err, "an alias is empty", nothing);
    bool is_free =
        !sy_schema_find(l->schema, l->scratch.data, l->scratch.len, &taken) || taken == id;
    if (!is_free)
        st = take_alias(l, taken, &is_free, err);
    if (st != SY_OK)
        return st;
    if (!is_free)
        return wrong(l, offset, err,
                     l->grown ? N_("--rebuild is needed: another field of the index has the name")
                              : N_("another field has the alias"),
                     alias);
    return sy_schema_alias(l->schema, id, l->scratch.data, l->scratch.len, err);
}

/* A kind whose whole values are not kept ends pinyin, unless the entry asks for both. */
static sy_status set_pinyin(loader *l, sy_field *field, size_t offset, sy_error *err)
{
    const entry *e = &l->entry;
    bool can = sy_field_has_values(field->kind);
    if (e->has_pinyin && e->pinyin && !can)
        return wrong(l, offset, err, "\"pinyin\" needs the kind names or keyword in field",
                     sy_slice_of(field->name));
    field->pinyin = (e->has_pinyin ? e->pinyin : field->pinyin) && can;
    return SY_OK;
}

/* Segments count the weights of the first fields by themselves (docs/format.md, 5.7). */
static sy_status set_weight(loader *l, sy_field_id id, size_t offset, sy_error *err)
{
    if (l->entry.weight == 0)
        return SY_OK;
    if (id >= SY_OTHER_FIELDS && l->entry.weight != SY_WEIGHT_ONE)
        return wrong(l, offset, err, N_("only the first 63 fields can have a weight, not"),
                     sy_slice_of(l->schema->fields[id].name));
    l->schema->fields[id].weight = l->entry.weight;
    return SY_OK;
}

/* Changes what the file says of a field that was there before. */
static sy_status change_field(loader *l, sy_field_id id, sy_error *err)
{
    sy_field *field = &l->schema->fields[id];
    const entry *e = &l->entry;
    if (e->has_kind)
        field->kind = e->kind;
    if (!e->has_label)
        return SY_OK;
    char *label = sy_strndup(sy_buf_cstr(&e->label), e->label.len);
    if (!label)
        return sy_fail_nomem(err);
    sy_free(field->label);
    field->label = label;
    return SY_OK;
}

static sy_status add_field(loader *l, size_t offset, sy_error *err)
{
    const entry *e = &l->entry;
    sy_slice name = {sy_buf_cstr(&e->name), e->name.len};
    sy_field_id id;
    if (!e->has_name)
        return wrong(l, offset, err, "a field has no name", nothing);
    sy_status st = sy_field_normal(name, &l->scratch, err);
    if (st != SY_OK)
        return st;
    if (l->scratch.len == 0)
        return wrong(l, offset, err, "the name of a field is empty", nothing);
    bool found = sy_schema_find(l->schema, l->scratch.data, l->scratch.len, &id);
    if (found && id >= SY_FIELDS_MAX)
        return wrong(l, offset, err, "every record has this, so no field can be named", name);
    if (found)
        st = change_field(l, id, err);
    else
        st = sy_schema_add(l->schema, l->scratch.data, l->scratch.len,
                           e->has_label ? sy_buf_cstr(&e->label) : name.data,
                           e->has_kind ? e->kind : SY_FIELD_TEXT, &id, err);
    if (st == SY_OK)
        st = set_pinyin(l, &l->schema->fields[id], offset, err);
    if (st == SY_OK)
        st = set_weight(l, id, offset, err);
    if (st == SY_OK && e->has_label)
        st = add_alias(l, id, (sy_slice){sy_buf_cstr(&e->label), e->label.len}, offset, err);
    for (size_t at = 0; st == SY_OK && at < e->aliases.len;) {
        sy_slice alias = sy_slice_of(e->aliases.data + at);
        st = add_alias(l, id, alias, offset, err);
        at += alias.len + 1;
    }
    return st;
}

/* ---- the file ---- */

static void start_entry(loader *l)
{
    entry *e = &l->entry;
    sy_buf_reset(&e->name);
    sy_buf_reset(&e->label);
    sy_buf_reset(&e->aliases);
    e->has_name = e->has_label = e->has_kind = e->has_pinyin = false;
    e->weight = 0;
}

static sy_status on_key(loader *l, sy_slice key, size_t offset, sy_error *err)
{
    static const struct {
        const char *name;
        member member;
    } members[] = {{"name", MEMBER_NAME},     {"label", MEMBER_LABEL},
                   {"kind", MEMBER_KIND},     {"pinyin", MEMBER_PINYIN},
                   {"weight", MEMBER_WEIGHT}, {"aliases", MEMBER_ALIASES}};
    if (l->depth == 1 && sy_slice_equal(key, sy_slice_of("fields")))
        return SY_OK;
    for (size_t i = 0; l->depth == 3 && i < sizeof members / sizeof *members; i++) {
        if (sy_slice_equal(key, sy_slice_of(members[i].name))) {
            l->member = members[i].member;
            return SY_OK;
        }
    }
    return wrong(l, offset, err, "there is no member", key);
}

static sy_status on_string(loader *l, sy_slice text, size_t offset, sy_error *err)
{
    entry *e = &l->entry;
    if (text.len > 0 && memchr(text.data, '\0', text.len))
        return wrong(l, offset, err, "a text holds a NUL character", nothing);
    if (l->depth == 4) {
        sy_buf_append(&e->aliases, text.data, text.len);
        sy_buf_putc(&e->aliases, '\0');
        return sy_buf_status(&e->aliases, err);
    }
    if (l->depth == 3 && (l->member == MEMBER_NAME || l->member == MEMBER_LABEL)) {
        sy_buf *to = l->member == MEMBER_NAME ? &e->name : &e->label;
        *(l->member == MEMBER_NAME ? &e->has_name : &e->has_label) = true;
        sy_buf_reset(to);
        sy_buf_append(to, text.data, text.len);
        return sy_buf_status(to, err);
    }
    if (l->depth == 3 && l->member == MEMBER_KIND) {
        sy_buf_reset(&l->scratch);
        sy_buf_append(&l->scratch, text.data, text.len);
        sy_status st = sy_buf_status(&l->scratch, err);
        if (st != SY_OK)
            return st;
        e->has_kind = true;
        if (sy_field_kind_parse(sy_buf_cstr(&l->scratch), &e->kind))
            return SY_OK;
        return wrong(l, offset, err, "kinds are text, names, number, date and keyword, not", text);
    }
    return wrong(l, offset, err, "there is no text here, but", text);
}

/* A number as "2", "1.5" or ".75" in quarters; 0 if it is none that a weight can be. The C
 * library's strtod reads another point in other locales. */
static uint8_t quarters_of(sy_slice text)
{
    unsigned hundredths = 0, scale = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool point = text.data[i] == '.';
        if (point ? scale > 0 : text.data[i] < '0' || text.data[i] > '9' || scale > 2)
            return 0;
        hundredths = point ? hundredths : hundredths * 10 + (unsigned)(text.data[i] - '0');
        scale += point || scale > 0;
        if (hundredths > WEIGHT_MAX * 100)
            return 0;
    }
    for (scale = scale > 0 ? scale - 1 : 0; scale < 2; scale++)
        hundredths *= 10;
    return (uint8_t)(hundredths % 25 || hundredths > WEIGHT_MAX * 100 ? 0 : hundredths / 25);
}

static sy_status on_number(loader *l, sy_slice text, size_t offset, sy_error *err)
{
    l->entry.weight = quarters_of(text);
    if (l->entry.weight == 0)
        return wrong(l, offset, err, N_("a weight is .25 to 16 in steps of .25, not"), text);
    return SY_OK;
}

static sy_status on_event(void *ctx, sy_json_event event, sy_slice text, size_t offset,
                          sy_error *err)
{
    loader *l = ctx;
    switch (event) {
    case SY_JSON_OBJECT:
        if (l->depth != 0 && l->depth != 2)
            break;
        start_entry(l);
        l->depth++;
        return SY_OK;
    case SY_JSON_ARRAY:
        if (l->depth != 1 && (l->depth != 3 || l->member != MEMBER_ALIASES))
            break;
        l->depth++;
        return SY_OK;
    case SY_JSON_OBJECT_END:
    case SY_JSON_ARRAY_END:
        return l->depth-- == 3 ? add_field(l, offset, err) : SY_OK;
    case SY_JSON_KEY:
        return on_key(l, text, offset, err);
    case SY_JSON_STRING:
        return on_string(l, text, offset, err);
    case SY_JSON_NUMBER:
        if (l->depth != 3 || l->member != MEMBER_WEIGHT)
            break;
        return on_number(l, text, offset, err);
    case SY_JSON_BOOL:
        if (l->depth != 3 || l->member != MEMBER_PINYIN)
            break;
        l->entry.has_pinyin = true;
        l->entry.pinyin = text.data[0] == 't';
        return SY_OK;
    default:
        break;
    }
    return wrong(l, offset, err, "this has no place in a schema", text);
}

static sy_status load(const char *where, const char *text, size_t len, bool grown,
                      sy_schema *schema, sy_error *err)
{
    loader l = {.where = where,
                .text = text,
                .schema = schema,
                .grown = grown,
                .shipped = text == (const char *)shipped,
                .entry = {.name = SY_BUF_INIT, .label = SY_BUF_INIT, .aliases = SY_BUF_INIT},
                .scratch = SY_BUF_INIT};
    size_t used, lone;
    sy_error found;
    sy_error_clear(&found);
    sy_status st = sy_json_read(text, len, on_event, &l, &used, &lone, &found);
    if (st == SY_OK && used < len)
        st = wrong(&l, used, err, "there is text behind the schema", nothing);
    else if (st != SY_OK && found.where[0] != '\0')
        st = sy_fail_at(err, st, found.where, found.offset, "%s", found.msg);
    else if (st != SY_OK && found.offset != SY_NO_OFFSET)
        st = wrong(&l, (size_t)found.offset, err, found.msg, nothing);
    else if (st != SY_OK)
        st = sy_fail(err, st, where, "%s", found.msg);
    sy_buf_release(&l.entry.name);
    sy_buf_release(&l.entry.label);
    sy_buf_release(&l.entry.aliases);
    sy_buf_release(&l.scratch);
    return st;
}

/* The file's text as UTF-8 without BOM. */
static sy_status read_schema(const char *path, sy_buf *text, sy_error *err)
{
    sy_buf bytes = SY_BUF_INIT;
    sy_spill spill = {.dir = NULL};
    sy_decoded d;
    sy_status st = sy_read_file(path, FILE_MAX, &bytes, err);
    sy_extent all = {sy_buf_cstr(&bytes), bytes.len, NULL};
    if (st == SY_OK)
        st = sy_decode(NULL, path, &all, &spill, &d, err);
    if (st == SY_OK && d.replaced > 0)
        st = sy_fail_at(err, SY_E_INPUT, path, d.first, "ill-formed %s", d.encoding);
    if (st == SY_OK) {
        sy_buf_append(text, d.text.data, d.text.len);
        st = sy_buf_status(text, err);
    }
    sy_spill_release(&spill);
    sy_buf_release(&bytes);
    return st;
}

sy_status sy_schema_load(const char *path, sy_schema *schema, sy_error *err)
{
    sy_buf text = SY_BUF_INIT;
    bool grown = schema->n_fields > 0;
    sy_status st = SY_OK;
    if (!grown)
        st = load(_("shipped schema"), (const char *)shipped, sizeof shipped, false, schema, err);
    if (st == SY_OK && path) {
        st = read_schema(path, &text, err);
        if (st == SY_OK)
            st = load(path, sy_buf_cstr(&text), text.len, grown, schema, err);
    }
    sy_buf_release(&text);
    return st;
}

sy_status sy_schema_recognise(const char *text, size_t len, bool *is_schema, sy_error *err)
{
    sy_schema schema = SY_SCHEMA_INIT;
    sy_error why;
    sy_error_clear(&why);
    sy_status st = load("", text, len, false, &schema, &why);
    *is_schema = st == SY_OK && schema.n_fields > 0;
    sy_schema_release(&schema);
    return st == SY_E_NOMEM ? sy_fail_nomem(err) : SY_OK;
}
