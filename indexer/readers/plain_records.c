#include "indexer/readers/plain_records.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/messages.h"
#include "indexer/readers/field_name.h"
#include "indexer/readers/headings.h"
#include "indexer/readers/reader_text.h"

static sy_slice of_buf(const sy_buf *b)
{
    return (sy_slice){sy_buf_cstr(b), b->len};
}

/* ---- a record ---- */

static sy_status add_value(sy_plain *p, sy_field_id field, sy_slice text, sy_error *err)
{
    if (!sy_grow((void **)&p->values, p->n_values, &p->cap_values, sizeof *p->values))
        return sy_fail_nomem(err);
    p->values[p->n_values++] = (sy_record_value){field, text};
    return SY_OK;
}

/* Hands out the values as the record p->key. Keys of this kind are unique by how they
 * are made, but ledgers in the document, and columns called id, have their own. */
static sy_status emit(sy_plain *p, sy_record_kind kind, uint32_t line, sy_error *err)
{
    sy_string_table *keys = sy_ledger_goals_keys(p->goals);
    sy_status st = sy_buf_status(&p->key, err);
    bool repeated;
    if (st == SY_OK && (keys->n > 0 || p->any_id))
        st = sy_key_unique(keys, &p->key, &repeated, err);
    size_t bytes = 0;
    for (size_t i = 0; i < p->n_values; i++)
        bytes += p->values[i].text.len;
    if (st == SY_OK && bytes > SY_TEXT_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "record %s has more than 64 MiB of text",
                       sy_buf_cstr(&p->key));
    if (st != SY_OK)
        return st;
    sy_record record = {.key = of_buf(&p->key),
                        .made_key = true,
                        .line = line,
                        .row = sy_ledger_goals_next_row(p->goals),
                        .values = p->values,
                        .n_values = p->n_values,
                        .kind = kind};
    return p->sink->record(p->sink->ctx, &record, err);
}

static sy_status add_context(sy_plain *p, sy_error *err)
{
    sy_status st = SY_OK;
    if (p->title.len > 0)
        st = add_value(p, p->f_title, of_buf(&p->title), err);
    for (int i = 1; i < SY_HEADING_LEVELS && st == SY_OK; i++) {
        if (p->sections[i].len > 0)
            st = add_value(p, p->f_section, of_buf(&p->sections[i]), err);
    }
    return st;
}

static sy_status add_place(sy_plain *p, const sy_row_at *at, sy_error *err)
{
    sy_status st = SY_OK;
    if (at->place.len > 0)
        st = add_value(p, p->f_place, at->place, err);
    if (st == SY_OK && *at->hidden)
        st = add_value(p, p->f_hidden, sy_slice_of(at->hidden), err);
    return st;
}

static sy_status set_key(sy_plain *p, sy_slice key, sy_error *err)
{
    sy_buf_reset(&p->key);
    sy_buf_append(&p->key, key.data, key.len);
    return sy_buf_status(&p->key, err);
}

/* ---- paragraphs ---- */

static sy_status paragraph_record(sy_plain *p, sy_slice text, const sy_loose *at, sy_error *err)
{
    p->n_values = 0;
    sy_buf_reset(&p->place);
    if (at->line == 0)
        sy_buf_printf(&p->place, "paragraph %u", at->ordinal);
    sy_buf_reset(&p->key);
    sy_buf_printf(&p->key, "p%u", at->ordinal);
    sy_row_at where = {of_buf(&p->place), "", {NULL, 0}};
    sy_status st = sy_buf_status(&p->place, err);
    if (st == SY_OK)
        st = add_context(p, err);
    if (st == SY_OK && text.len > 0)
        st = add_value(p, p->f_text, text, err);
    if (st == SY_OK)
        st = add_place(p, &where, err);
    return st == SY_OK ? emit(p, SY_RECORD_PARAGRAPH, at->line, err) : st;
}

sy_status sy_plain_end_heading(sy_plain *p, sy_error *err)
{
    if (!p->pending)
        return SY_OK;
    p->pending = false;
    return paragraph_record(p, (sy_slice){"", 0}, &p->pending_at, err);
}

/* The rank of a paragraph that has the form of a heading: 第一章, 一、, （一）. */
static int level_by_form(sy_slice text)
{
    sy_heading h;
    if (!sy_heading_parse(text, &h) || h.form != SY_HEADING_HAN)
        return 0;
    if (text.data[0] == '(' || (text.len >= 3 && memcmp(text.data, "（", 3) == 0))
        return 3;
    return text.len >= 3 && memcmp(text.data, "第", 3) == 0 ? 1 : 2;
}

static sy_status open_heading(sy_plain *p, int level, const sy_loose *at, sy_error *err)
{
    sy_status st = SY_OK;
    if (p->pending && level <= p->pending_level)
        st = sy_plain_end_heading(p, err);
    if (st != SY_OK)
        return st;
    sy_buf *to = level < 0 ? &p->title : &p->sections[level];
    for (int i = level < 0 ? 1 : level; i < SY_HEADING_LEVELS; i++)
        sy_buf_reset(&p->sections[i]);
    sy_buf_reset(to);
    sy_buf_append(to, at->text.data, at->text.len);
    p->pending = true;
    p->pending_level = level;
    p->pending_at = (sy_loose){.line = at->line, .ordinal = at->ordinal};
    return sy_buf_status(to, err);
}

sy_status sy_plain_paragraph(sy_plain *p, const sy_loose *at, sy_error *err)
{
    int level = at->level < SY_HEADING_LEVELS ? at->level : SY_HEADING_LEVELS - 1;
    if (level == SY_LEVEL_TITLE && p->title.len > 0)
        level = 1;
    if (level == SY_LEVEL_TEXT)
        level = level_by_form(of_buf(&at->text));
    if (level != SY_LEVEL_TEXT)
        return open_heading(p, level, at, err);
    p->pending = false;
    return paragraph_record(p, of_buf(&at->text), at, err);
}

sy_status sy_plain_text_row(sy_plain *p, const sy_table_row *row, const sy_row_at *at,
                            sy_error *err)
{
    p->n_values = 0;
    p->pending = false;
    sy_status st = add_context(p, err);
    bool any = false;
    for (size_t i = 0; i < row->n && st == SY_OK; i++) {
        if (row->cells[i].text.len == 0 || row->cells[i].left)
            continue;
        any = true;
        st = add_value(p, p->f_text, row->cells[i].text, err);
    }
    if (st == SY_OK)
        st = add_place(p, at, err);
    if (st == SY_OK)
        st = set_key(p, at->key, err);
    return st == SY_OK && any ? emit(p, SY_RECORD_PARAGRAPH, row->line, err) : st;
}

/* ---- tables ---- */

static bool is_number(sy_slice s)
{
    bool digit = false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] >= '0' && s.data[i] <= '9')
            digit = true;
        else if (!strchr(".,-+%/: ", s.data[i]))
            return false;
    }
    return digit;
}

/* The row that names columns, or SIZE_MAX. The last one names none: with no row below it,
 * what it says would be in no record. */
static size_t naming_row(const sy_kept_rows *kept)
{
    for (size_t i = 0; i + 1 < kept->n; i++) {
        const sy_table_row *row = &kept->rows[i].row;
        if (row->n_own < 2)
            continue;
        for (size_t c = 0; c < row->n; c++) {
            sy_slice head = sy_kept_cell_text(kept, i, c);
            if (is_number(head) || head.len > SY_HEADING_MAX)
                return SIZE_MAX;
        }
        return i;
    }
    return SIZE_MAX;
}

/* The field of a column: by its heading, else c1, c2 … A schema that is full takes no
 * more: values then go to the note. */
static sy_status plain_field(sy_plain *p, sy_slice head, size_t column, sy_field_id *id,
                             sy_error *err)
{
    sy_error why;
    sy_error_clear(&why);
    char name[24];
    if (head.len == 0) {
        int len = snprintf(name, sizeof name, "c%zu", column + 1);
        head = (sy_slice){name, (size_t)len};
    }
    bool renamed;
    sy_status st = sy_field_of(p->schema, head, &p->scratch, id, &renamed, &why);
    if (st == SY_E_LIMIT || st == SY_E_INPUT) {
        *id = p->f_note;
        return SY_OK;
    }
    return st == SY_OK ? SY_OK : sy_fail_nomem(err);
}

/* Puts columns of one field next to each other, in linear time. */
static sy_status order_columns(sy_plain *p, sy_plain_table *t, sy_error *err)
{
    size_t used = 0;
    size_t *next = sy_alloc(t->n_columns, sizeof *next);
    size_t *last = sy_calloc(p->schema->n_fields, sizeof *last); /* column + 1 of a field */
    bool *later = sy_calloc(t->n_columns, sizeof *later);
    sy_status st = next && last && later ? SY_OK : sy_fail_nomem(err);
    for (size_t i = 0; i < t->n_columns && st == SY_OK; i++) {
        size_t *of = &last[t->fields[i]];
        next[i] = SIZE_MAX;
        later[i] = *of > 0;
        if (*of > 0)
            next[*of - 1] = i;
        *of = i + 1;
    }
    for (size_t i = 0; i < t->n_columns && st == SY_OK; i++) {
        for (size_t at = i; !later[i] && at != SIZE_MAX; at = next[at])
            t->order[used++] = at;
    }
    sy_free(next);
    sy_free(last);
    sy_free(later);
    return st;
}

void sy_plain_table_release(sy_plain_table *t)
{
    sy_free(t->fields);
    sy_free(t->order);
    *t = (sy_plain_table){0};
}

static bool is_names(const sy_plain *p, sy_field_id field)
{
    return p->schema->fields[field].kind == SY_FIELD_NAMES;
}

sy_status sy_plain_name_columns(sy_plain *p, sy_plain_table *t, const sy_kept_rows *kept,
                                size_t *from, sy_error *err)
{
    size_t naming = naming_row(kept), n = 0;
    *from = naming == SIZE_MAX ? 0 : naming + 1;
    for (size_t i = 0; i < kept->n; i++) {
        if (kept->rows[i].row.n > n)
            n = kept->rows[i].row.n;
    }
    if (n > SY_HEADER_COLUMNS_MAX)
        n = SY_HEADER_COLUMNS_MAX;
    sy_plain_table_release(t);
    t->fields = sy_alloc(n, sizeof *t->fields);
    t->order = sy_alloc(n, sizeof *t->order);
    if (!t->fields || !t->order)
        return sy_fail_nomem(err);
    t->n_columns = n;
    sy_status st = SY_OK;
    for (size_t i = 0; i < n && st == SY_OK; i++) {
        sy_slice head = *from == 0 ? (sy_slice){"", 0} : sy_kept_cell_text(kept, naming, i);
        st = plain_field(p, head, i, &t->fields[i], err);
        if (st != SY_OK)
            break;
        t->has_names |= is_names(p, t->fields[i]);
        if (strcmp(p->schema->fields[t->fields[i]].name, "id") == 0) {
            t->has_id = p->any_id = true;
            t->id = t->fields[i];
        }
    }
    return st == SY_OK ? order_columns(p, t, err) : st;
}

sy_status sy_plain_observe(sy_plain *p, const sy_plain_table *t, const sy_table_row *row,
                           sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; i < row->n && i < t->n_columns && st == SY_OK; i++) {
        if (is_names(p, t->fields[i]))
            st = sy_ledger_names_observe(sy_ledger_goals_names(p->goals), row->cells[i].text, false,
                                         err);
    }
    return st;
}

typedef struct name_adder {
    sy_plain *plain;
    sy_field_id field;
} name_adder;

/* A name is good for the call only: it is copied to p->names, which has room. */
static sy_status add_name(void *ctx, sy_slice name, sy_org_role role, sy_error *err)
{
    (void)role;
    name_adder *a = ctx;
    sy_buf *names = &a->plain->names;
    size_t off = names->len;
    sy_buf_append(names, name.data, name.len);
    sy_status st = sy_buf_status(names, err);
    sy_slice copy = name.len > 0 ? (sy_slice){names->data + off, name.len} : (sy_slice){"", 0};
    return st == SY_OK ? add_value(a->plain, a->field, copy, err) : st;
}

/* Names are parts of the cells, joined at most: their bytes together are no more. */
static sy_status make_room_for_names(sy_plain *p, const sy_table_row *row, sy_error *err)
{
    size_t bytes = 0;
    for (size_t i = 0; i < row->n; i++)
        bytes += row->cells[i].text.len;
    sy_buf_reset(&p->names);
    return sy_buf_reserve(&p->names, bytes + 1) ? SY_OK : sy_fail_nomem(err);
}

/* Cells behind the last column are kept as a note. */
static sy_status add_note(sy_plain *p, sy_plain_table *t, const sy_table_row *row, sy_error *err)
{
    sy_status st = SY_OK;
    bool any = false;
    for (size_t i = t->n_columns; i < row->n && st == SY_OK; i++) {
        if (row->cells[i].text.len == 0 || row->cells[i].left)
            continue;
        any = true;
        st = add_value(p, p->f_note, row->cells[i].text, err);
    }
    if (any && !t->told_wide && p->sink->report) {
        t->told_wide = true;
        sy_buf_reset(&p->scratch);
        sy_buf_printf(
            &p->scratch,
            _("row %llu has more cells than its table has columns: the rest is kept as a note"),
            (unsigned long long)row->number);
        if (st == SY_OK)
            st = sy_buf_status(&p->scratch, err);
        if (st == SY_OK)
            p->sink->report(p->sink->ctx, SY_REPORT_NEWS, row->line, sy_buf_cstr(&p->scratch));
    }
    return st;
}

sy_status sy_plain_row(sy_plain *p, sy_plain_table *t, const sy_table_row *row, const sy_row_at *at,
                       sy_error *err)
{
    p->n_values = 0;
    p->pending = false;
    sy_status st = set_key(p, at->key, err);
    if (st == SY_OK && t->has_names)
        st = make_room_for_names(p, row, err);
    bool any = false;
    for (size_t k = 0; k < t->n_columns && st == SY_OK; k++) {
        size_t i = t->order[k];
        sy_slice text = i < row->n ? row->cells[i].text : (sy_slice){"", 0};
        name_adder adder = {p, t->fields[i]};
        any |= text.len > 0;
        if (t->has_names && is_names(p, t->fields[i]))
            st = sy_ledger_names_split(sy_ledger_goals_names(p->goals), text, false, add_name,
                                       &adder, err);
        else
            st = add_value(p, t->fields[i], text, err);
        if (st == SY_OK && t->has_id && t->fields[i] == t->id && text.len > 0 &&
            text.len <= SY_HEADING_MAX)
            st = set_key(p, text, err);
    }
    if (st == SY_OK && row->n > t->n_columns) {
        any = true;
        st = add_note(p, t, row, err);
    }
    if (st == SY_OK)
        st = add_place(p, at, err);
    return st == SY_OK && any ? emit(p, SY_RECORD_ROW, row->line, err) : st;
}

/* ---- the whole ---- */

sy_status sy_plain_init(sy_plain *p, sy_error *err)
{
    const struct {
        const char *name, *label;
        sy_field_kind kind;
        sy_field_id *id;
    } fields[] = {{"title", "标题", SY_FIELD_TEXT, &p->f_title},
                  {"section", NULL, SY_FIELD_KEYWORD, &p->f_section},
                  {"text", "正文", SY_FIELD_TEXT, &p->f_text},
                  {"place", "位置", SY_FIELD_KEYWORD, &p->f_place},
                  {"hidden", "隐藏", SY_FIELD_KEYWORD, &p->f_hidden},
                  {"note", NULL, SY_FIELD_TEXT, &p->f_note}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        sy_status st = sy_schema_add(p->schema, fields[i].name, strlen(fields[i].name),
                                     fields[i].label, fields[i].kind, fields[i].id, err);
        if (st != SY_OK)
            return st;
    }
    return SY_OK;
}

void sy_plain_begin(sy_plain *p)
{
    p->pending = false;
    sy_buf_reset(&p->title);
    for (size_t i = 0; i < SY_HEADING_LEVELS; i++)
        sy_buf_reset(&p->sections[i]);
}

void sy_plain_release(sy_plain *p)
{
    sy_buf *bufs[] = {&p->title, &p->key, &p->place, &p->names, &p->scratch};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        sy_buf_release(bufs[i]);
    for (size_t i = 0; i < SY_HEADING_LEVELS; i++)
        sy_buf_release(&p->sections[i]);
    sy_free(p->values);
}
