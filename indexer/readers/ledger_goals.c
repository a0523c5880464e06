#include "indexer/readers/ledger_goals.h"

#include "base/alloc.h"
#include "base/messages.h"
#include "indexer/readers/field_name.h"
#include "indexer/readers/headings.h"
#include "indexer/readers/reader_text.h"

enum {
    NO_COLUMN = -1,
    RECORD_MAX = 64u << 20 /* bytes of text: design section 11 */
};

typedef struct column {
    sy_field_id field;
    bool goal;    /* its marks make goals */
    bool later;   /* an earlier column has the same field */
    int next;     /* the next column of the same field, or NO_COLUMN */
    size_t marks; /* in the row at hand: marks of its cell, at marks[place] */
    size_t place;
    bool split; /* each goal has its own part of the cell */
} column;

typedef struct value {
    sy_field_id field;
    size_t off, len;  /* in ledger.text */
    sy_org_role role; /* of a body in the field `unit` */
} value;

typedef struct goal {
    uint32_t value; /* of its mark; 0 for the one goal of a row without marks */
    sy_slice mark;
} goal;

struct sy_ledger_goals {
    sy_schema *schema;
    const sy_sink *sink;
    bool observing; /* the first walk: only names are looked at */
    sy_ledger_names names;

    sy_field_id f_section, f_no, f_item, f_mark, f_target, f_stretch, f_note, f_unit, f_support;
    column columns[SY_LEDGER_COLUMNS_MAX];
    size_t n_columns;
    int c_section, c_no, c_item, c_mark, c_note; /* NO_COLUMN if the table has none */

    sy_buf section; /* title; empty before the first heading */
    bool in_section, counted;
    bool section_shown; /* a goal has the title */
    uint32_t declared, section_line, section_goals;

    sy_buf no, item, column_section; /* carried down to rows that leave them empty */
    uint32_t row, row_line;
    sy_buf number, note; /* of the row at hand */

    sy_mark *marks; /* of the row's cells: n_marks, and room for those found later */
    size_t n_marks, cap_marks;
    goal goals[SY_MARKS_MAX];
    size_t n_goals;

    sy_buf text, key;
    value *values;
    size_t n_values, cap_values;
    sy_record_value *out;
    size_t cap_out;
    sy_field_id adding; /* for the names of a cell */
    sy_string_table keys;
    bool told_repeated;
    sy_buf message;
    bool untold; /* there was no memory for a message */

    sy_slice place, hidden; /* of the rows at hand */
    sy_ledger_events events;
};

typedef struct sy_ledger_goals ledger;

/* ---- reports ---- */

/* Reports l->message; if there was no memory for it, told() fails. */
static void report(ledger *l, sy_report_kind kind, uint32_t line)
{
    l->untold |= l->message.status != SY_OK;
    if (l->sink->report && l->message.status == SY_OK)
        l->sink->report(l->sink->ctx, kind, line, sy_buf_cstr(&l->message));
    sy_buf_reset(&l->message);
}

static sy_status told(const ledger *l, sy_error *err)
{
    return l->untold ? sy_fail_nomem(err) : SY_OK;
}

static void name_row(ledger *l)
{
    if (l->no.len > 0)
        sy_buf_printf(&l->message, _("row %s"), sy_buf_cstr(&l->no));
    else
        sy_buf_printf(&l->message, _("row %u of the document"), (unsigned)l->row);
}

/* ---- headers and sections ---- */

static sy_status set_buf(sy_buf *b, sy_slice s, sy_error *err)
{
    sy_buf_reset(b);
    sy_buf_append(b, s.data, s.len);
    return sy_buf_status(b, err);
}

static bool is_taken(const ledger *l, size_t n, sy_field_id id)
{
    for (size_t i = 0; i < n; i++) {
        if (l->columns[i].field == id)
            return true;
    }
    return false;
}

/* The field of a heading. What a heading has in brackets (责任单位（盖章）) is passed
 * over, unless another column has that field. */
static sy_status field_of(ledger *l, size_t at, sy_slice heading, uint32_t line, sy_field_id *id,
                          sy_error *err)
{
    sy_known known;
    bool renamed = false;
    sy_schema *schema = l->schema;
    sy_status st = sy_heading_known(schema, heading, &l->key, &known, id, err);
    if (st != SY_OK || known == SY_KNOWN_EXACT || (known == SY_KNOWN_BARE && !is_taken(l, at, *id)))
        return st;
    st = sy_field_of(schema, heading, &l->key, id, &renamed, err);
    if (st == SY_OK && renamed && !l->observing) {
        sy_buf_printf(&l->message, _("column %zu is headed "), at + 1);
        sy_quote(&l->message, heading);
        sy_buf_printf(&l->message, _(": its field is %s"), sy_schema_name(schema, *id));
        report(l, SY_REPORT_NEWS, line);
    }
    return st;
}

static int find_column(const ledger *l, sy_field_id id)
{
    for (size_t i = 0; i < l->n_columns; i++) {
        if (l->columns[i].field == id)
            return (int)i;
    }
    return NO_COLUMN;
}

/* Chains columns that have the same field, and finds those that have a part to play. */
static void arrange_columns(ledger *l)
{
    for (size_t i = 0; i < l->n_columns; i++) {
        column *c = &l->columns[i];
        c->next = NO_COLUMN;
        c->goal = c->field == l->f_target || c->field == l->f_stretch;
        for (size_t k = i; k-- > 0;) {
            if (l->columns[k].field == c->field) {
                l->columns[k].next = (int)i;
                c->later = true;
                break;
            }
        }
    }
    l->c_section = find_column(l, l->f_section);
    l->c_no = find_column(l, l->f_no);
    l->c_item = find_column(l, l->f_item);
    l->c_mark = find_column(l, l->f_mark);
    l->c_note = find_column(l, l->f_note);
    if (find_column(l, l->f_target) == NO_COLUMN && find_column(l, l->f_stretch) == NO_COLUMN &&
        l->c_item != NO_COLUMN)
        l->columns[l->c_item].goal = true;
}

static void forget_row_above(ledger *l)
{
    sy_buf_reset(&l->no);
    sy_buf_reset(&l->item);
    sy_buf_reset(&l->column_section);
}

static sy_status on_header(void *ctx, const sy_slice *cells, size_t n, uint32_t line, sy_error *err)
{
    ledger *l = ctx;
    bool same = n == l->n_columns;
    l->n_columns = n;
    for (size_t i = 0; i < n; i++) {
        sy_field_id before = l->columns[i].field;
        sy_status st = field_of(l, i, cells[i], line, &l->columns[i].field, err);
        if (st != SY_OK)
            return st;
        same = same && before == l->columns[i].field;
        l->columns[i].later = false;
    }
    arrange_columns(l);
    /* The same header again is a page break: its rows may go on. */
    if (!same)
        forget_row_above(l);
    return told(l, err);
}

/* Says what a section declared and did not hold. A title that is in no record, because no
 * row is below it or the table has a column for sections, is text outside. */
static void end_section(ledger *l)
{
    if (l->observing || !l->in_section)
        return;
    sy_section_count count = {
        {sy_buf_cstr(&l->section), l->section.len}, l->section_line, l->declared, l->section_goals};
    if (l->counted && l->sink->section)
        l->sink->section(l->sink->ctx, &count);
    if (l->counted && count.declared != count.found) {
        sy_buf_puts(&l->message, _("section "));
        sy_quote(&l->message, count.title);
        sy_buf_printf(
            &l->message,
            sy_tr_n(" declares %u goal, found %u", " declares %u goals, found %u", count.declared),
            (unsigned)count.declared, (unsigned)count.found);
    } else if (!l->section_shown && count.title.len > 0) {
        sy_buf_puts(&l->message, _("text outside the tables is left out: "));
        sy_quote(&l->message, count.title);
    } else {
        return;
    }
    report(l, SY_REPORT_NEWS, count.line);
}

static sy_status on_section(void *ctx, const sy_heading *heading, uint32_t line, sy_error *err)
{
    ledger *l = ctx;
    end_section(l);
    forget_row_above(l);
    l->in_section = true;
    l->section_shown = false;
    l->counted = heading->counted;
    l->declared = heading->declared;
    l->section_line = line;
    l->section_goals = 0;
    sy_status st = told(l, err);
    return st == SY_OK ? set_buf(&l->section, heading->title, err) : st;
}

static sy_status on_outside(void *ctx, sy_slice first, size_t n, uint32_t line, sy_error *err)
{
    ledger *l = ctx;
    if (l->observing)
        return SY_OK;
    sy_buf_puts(&l->message, _("text outside the tables is left out: "));
    sy_quote(&l->message, sy_trim(first));
    if (n > 1)
        sy_buf_printf(&l->message, sy_tr_n(" and %zu more line", " and %zu more lines", n - 1),
                      n - 1);
    report(l, SY_REPORT_NEWS, line);
    return told(l, err);
}

static sy_status on_orphans(void *ctx, size_t n, uint32_t line, sy_error *err)
{
    ledger *l = ctx;
    if (l->observing)
        return SY_OK;
    sy_buf_printf(&l->message,
                  sy_tr_n("%zu cell before any known header left out",
                          "%zu cells before any known header left out", n),
                  n);
    report(l, SY_REPORT_SKIPPED, line);
    return told(l, err);
}

/* ---- a row's goals ---- */

/* Room for the marks of so many cells more. */
static sy_status make_room(ledger *l, size_t n_cells, sy_error *err)
{
    while (l->cap_marks < l->n_marks + n_cells * SY_MARKS_MAX) {
        if (!sy_grow((void **)&l->marks, l->cap_marks, &l->cap_marks, sizeof *l->marks))
            return sy_fail_nomem(err);
    }
    return SY_OK;
}

static sy_status find_marks(ledger *l, const sy_slice *cells, size_t n, sy_error *err)
{
    size_t again = 0; /* cells that find_close_marks may look at */
    l->n_marks = 0;
    for (size_t i = 0; i < l->n_columns; i++) {
        column *c = &l->columns[i];
        c->marks = 0;
        c->place = l->n_marks;
        c->split = false;
        if (i >= n || (int)i == l->c_no || cells[i].len == 0)
            continue;
        sy_status st = make_room(l, 1, err);
        if (st != SY_OK)
            return st;
        c->marks = sy_marks_find(cells[i], l->marks + l->n_marks);
        l->n_marks += c->marks;
        again += c->marks > 0 && !c->goal;
    }
    return make_room(l, again, err);
}

/* Adds a column's marks to the goals, which stay in the order of their numbers. A
 * goal is known by its number; the first column to have it gives the spelling. */
static void add_goals(ledger *l, const column *c, sy_slice cell)
{
    for (size_t i = 0; i < c->marks; i++) {
        const sy_mark *mark = &l->marks[c->place + i];
        size_t at = 0;
        while (at < l->n_goals && l->goals[at].value < mark->value)
            at++;
        if (at < l->n_goals && l->goals[at].value == mark->value)
            continue;
        memmove(&l->goals[at + 1], &l->goals[at], (l->n_goals - at) * sizeof *l->goals);
        l->goals[at] = (goal){mark->value, {cell.data + mark->from, mark->text - mark->from}};
        l->n_goals++;
    }
}

/* Whether marks[n] of a cell are exactly those of the row's goals. */
static bool are_the_goals(const ledger *l, const sy_mark *marks, size_t n)
{
    if (n == 0 || n != l->n_goals || marks[0].from > 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (marks[i].value != l->goals[i].value)
            return false;
    }
    return true;
}

/* Whether what stands between two marks says that they are named, not set: ①②, ①和②,
 * 见第②项. */
static bool is_reference(sy_slice part)
{
    static const char *const before[] = {"第", "见", "同", "和", "与", "及", "至",
                                         "到", "、", "，", "（", "(",  "-",  NULL};
    static const char *const behind[] = {"项", "条", "款", "点", "和", "与", "及", "至",
                                         "到", "、", "，", "）", ")",  "-",  "等", NULL};
    return part.len == 0 || sy_ends_with_any(part, before) || sy_starts_with_any(part, behind);
}

/* Marks that stand behind no stop, ①无②无, count if they are all there and are no
 * references. */
static bool find_close_marks(ledger *l, column *c, sy_slice cell)
{
    sy_mark found[SY_MARKS_MAX];
    size_t n = sy_marks_find_anywhere(cell, found);
    bool fits = are_the_goals(l, found, n);
    for (size_t i = 0; i < n && fits; i++) {
        sy_slice part = {cell.data + found[i].text, found[i].end - found[i].text};
        fits = !is_reference(sy_trim(part));
    }
    if (!fits)
        return false;
    c->marks = n;
    c->place = l->n_marks;
    memcpy(l->marks + l->n_marks, found, n * sizeof *found); /* find_marks left room */
    l->n_marks += n;
    return true;
}

/* Whether a neighbouring cell consists of exactly the marks of the row's goals. */
static bool has_same_marks(ledger *l, column *c, sy_slice cell)
{
    if (c->marks == 0)
        return false;
    return are_the_goals(l, l->marks + c->place, c->marks) ||
           (c->marks < l->n_goals && find_close_marks(l, c, cell));
}

static void find_goals(ledger *l, const sy_slice *cells, size_t n)
{
    int target = find_column(l, l->f_target);
    l->n_goals = 0;
    if (target != NO_COLUMN && (size_t)target < n)
        add_goals(l, &l->columns[target], cells[target]);
    for (size_t i = 0; i < l->n_columns && i < n; i++) {
        if (l->columns[i].goal)
            add_goals(l, &l->columns[i], cells[i]);
    }
    uint32_t style = 0;
    for (size_t i = 0; i < l->n_columns && i < n; i++) {
        column *c = &l->columns[i];
        if (!c->goal)
            continue;
        c->split = c->marks > 0;
        if (c->marks > 0 && (style == 0 || (int)i == target))
            style = l->marks[c->place].style;
    }
    for (size_t i = 0; i < l->n_columns && i < n; i++) {
        column *c = &l->columns[i];
        if (!c->goal && c->marks > 0 && l->marks[c->place].style == style)
            c->split = has_same_marks(l, c, cells[i]);
    }
    if (l->n_goals == 0)
        l->goals[l->n_goals++] = (goal){0, {"", 0}};
}

/* ---- records ---- */

static sy_status add_value(ledger *l, sy_field_id field, sy_slice before, sy_slice s, sy_error *err)
{
    if (!sy_grow((void **)&l->values, l->n_values, &l->cap_values, sizeof *l->values))
        return sy_fail_nomem(err);
    l->values[l->n_values++] = (value){field, l->text.len, before.len + s.len, SY_ORG_PLAIN};
    sy_buf_append(&l->text, before.data, before.len);
    sy_buf_append(&l->text, s.data, s.len);
    return sy_buf_status(&l->text, err);
}

static const sy_slice nothing = {"", 0};

static sy_status add_name(void *ctx, sy_slice name, sy_org_role role, sy_error *err)
{
    ledger *l = ctx;
    sy_status st = add_value(l, l->adding, nothing, name, err);
    if (st == SY_OK && l->adding == l->f_unit)
        l->values[l->n_values - 1].role = role;
    return st;
}

/* Whether the names of a field are those of bodies, and may run together. */
static bool has_bodies(const ledger *l, sy_field_id field)
{
    return field == l->f_unit || field == l->f_support;
}

static sy_status add_text(ledger *l, sy_field_id field, sy_slice before, sy_slice s, sy_error *err)
{
    l->adding = field;
    if (l->schema->fields[field].kind == SY_FIELD_NAMES)
        return sy_ledger_names_split(&l->names, s, has_bodies(l, field), add_name, l, err);
    return add_value(l, field, before, s, err);
}

/* The part of a split cell that is the goal's. The goal's own text keeps its mark and
 * what stands before the first one; in a neighbouring cell the mark only says whose
 * the part is, so 19② has the status 无 if the cell says ②无. */
static sy_status add_part(ledger *l, const column *c, const goal *g, sy_slice cell, sy_error *err)
{
    const sy_mark *marks = l->marks + c->place;
    for (size_t i = 0; i < c->marks; i++) {
        if (marks[i].value != g->value)
            continue;
        size_t from = c->goal ? marks[i].from : marks[i].text;
        sy_slice before = {cell.data, c->goal ? marks[0].from : 0};
        sy_slice part = sy_trim((sy_slice){cell.data + from, marks[i].end - from});
        return add_text(l, c->field, before, part, err);
    }
    return SY_OK; /* the column has nothing for this goal */
}

static sy_slice of_buf(const sy_buf *b)
{
    return (sy_slice){sy_buf_cstr(b), b->len};
}

static sy_status add_cell(ledger *l, int at, const goal *g, const sy_slice *cells, size_t n,
                          sy_error *err)
{
    const column *c = &l->columns[at];
    if ((size_t)at >= n)
        return SY_OK;
    if (at == l->c_no)
        return add_value(l, c->field, nothing, of_buf(&l->no), err);
    if (at == l->c_section)
        return add_value(l, c->field, nothing, of_buf(&l->column_section), err);
    if (c->split)
        return add_part(l, c, g, cells[at], err);
    if (at == l->c_item && cells[at].len == 0)
        return add_value(l, c->field, nothing, of_buf(&l->item), err);
    return add_text(l, c->field, nothing, cells[at], err);
}

/* Appends the mark as keys and the field `mark` have it: brackets are ASCII. */
static void append_mark(sy_buf *out, const goal *g)
{
    if (g->mark.len > 0 && (g->mark.data[0] == '(' || g->mark.len > 4))
        sy_buf_printf(out, "(%u)", (unsigned)g->value);
    else
        sy_buf_append(out, g->mark.data, g->mark.len);
}

/* A value of a field that few documents have, so that the others do not get it. */
static sy_status add_rare(ledger *l, const char *name, sy_slice s, sy_error *err)
{
    sy_field_id id;
    if (s.len == 0)
        return SY_OK;
    sy_status st = sy_schema_add(l->schema, name, strlen(name), NULL, SY_FIELD_KEYWORD, &id, err);
    return st == SY_OK ? add_value(l, id, nothing, s, err) : st;
}

/* Gives the bodies that have this role a field of its own besides, unless the table has a
 * column of it. */
static sy_status add_role(ledger *l, sy_org_role role, const char *name, sy_error *err)
{
    sy_status st = SY_OK;
    sy_field_id id = 0;
    size_t n = l->n_values, n_added = 0;
    for (size_t i = 0; st == SY_OK && i < n; i++) {
        if (l->values[i].role != role)
            continue;
        if (n_added++ == 0)
            st = sy_schema_add(l->schema, name, strlen(name), NULL, SY_FIELD_NAMES, &id, err);
        if (st != SY_OK || find_column(l, id) != NO_COLUMN)
            break;
        if (!sy_grow((void **)&l->values, l->n_values, &l->cap_values, sizeof *l->values))
            return sy_fail_nomem(err);
        value copy = l->values[i];
        copy.field = id;
        copy.role = SY_ORG_PLAIN;
        l->values[l->n_values++] = copy;
    }
    return st;
}

static sy_status fill_values(ledger *l, const goal *g, const sy_slice *cells, size_t n,
                             sy_error *err)
{
    sy_status st = SY_OK;
    l->n_values = 0;
    sy_buf_reset(&l->text);
    if (l->in_section && l->c_section == NO_COLUMN) {
        l->section_shown = true;
        st = add_value(l, l->f_section, nothing, of_buf(&l->section), err);
    }
    for (size_t i = 0; st == SY_OK && i < l->n_columns; i++) {
        if (l->columns[i].later)
            continue;
        for (int at = (int)i; st == SY_OK && at != NO_COLUMN; at = l->columns[at].next)
            st = add_cell(l, at, g, cells, n, err);
        if (st == SY_OK && (int)i == l->c_note && l->note.len > 0)
            st = add_value(l, l->f_note, nothing, of_buf(&l->note), err);
    }
    if (st == SY_OK && l->c_note == NO_COLUMN && l->note.len > 0)
        st = add_value(l, l->f_note, nothing, of_buf(&l->note), err);
    if (st == SY_OK)
        st = add_role(l, SY_ORG_LEAD, "lead", err);
    if (st == SY_OK)
        st = add_role(l, SY_ORG_SUPPORT, "support", err);
    if (st == SY_OK)
        st = add_rare(l, "place", l->place, err);
    if (st == SY_OK)
        st = add_rare(l, "hidden", l->hidden, err);
    if (st == SY_OK && g->value > 0 && l->c_mark == NO_COLUMN) {
        sy_buf_reset(&l->key);
        append_mark(&l->key, g);
        st = add_value(l, l->f_mark, nothing, of_buf(&l->key), err);
    }
    return st;
}

/* Number and mark: 4⑦; r12 for the document's 12th row if it has no number. */
static sy_status make_key(ledger *l, const goal *g, sy_error *err)
{
    bool repeated;
    sy_buf_reset(&l->key);
    if (l->no.len > 0)
        sy_buf_append(&l->key, l->no.data, l->no.len);
    else
        sy_buf_printf(&l->key, "r%u", (unsigned)l->row);
    append_mark(&l->key, g);
    size_t plain = l->key.len;
    sy_status st = sy_buf_status(&l->key, err);
    if (st == SY_OK)
        st = sy_key_unique(&l->keys, &l->key, &repeated, err);
    if (st == SY_OK && repeated && !l->told_repeated) {
        l->told_repeated = true;
        sy_buf_puts(&l->message, _("key "));
        sy_quote(&l->message, (sy_slice){l->key.data, plain});
        sy_buf_puts(&l->message, _(" stands here again and is named "));
        sy_quote(&l->message, of_buf(&l->key));
        sy_buf_puts(&l->message, _(", so are all that repeat"));
        report(l, SY_REPORT_NEWS, l->row_line);
    }
    return st == SY_OK ? told(l, err) : st;
}

static sy_status emit(ledger *l, const goal *g, const sy_slice *cells, size_t n, sy_error *err)
{
    sy_status st = fill_values(l, g, cells, n, err);
    if (st == SY_OK)
        st = make_key(l, g, err);
    if (st != SY_OK)
        return st;
    if (l->text.len > RECORD_MAX) {
        name_row(l);
        sy_buf_puts(&l->message, _(" has more than 64 MiB of text and is left out"));
        report(l, SY_REPORT_SKIPPED, l->row_line);
        return told(l, err);
    }
    while (l->cap_out < l->n_values) {
        if (!sy_grow((void **)&l->out, l->cap_out, &l->cap_out, sizeof *l->out))
            return sy_fail_nomem(err);
    }
    for (size_t i = 0; i < l->n_values; i++) {
        const value *v = &l->values[i];
        l->out[i] = (sy_record_value){
            v->field, v->len > 0 ? (sy_slice){l->text.data + v->off, v->len} : nothing};
    }
    l->section_goals++;
    sy_record record = {.key = of_buf(&l->key),
                        .made_key = l->no.len == 0,
                        .line = l->row_line,
                        .row = l->row,
                        .values = l->out,
                        .n_values = l->n_values,
                        .kind = SY_RECORD_GOAL};
    return l->sink->record(l->sink->ctx, &record, err);
}

/* ---- rows ---- */

/* Number, item and section of the row, or of the row above that it continues. */
static sy_status carry(ledger *l, const sy_slice *cells, size_t n, sy_error *err)
{
    sy_status st = SY_OK;
    bool goes_on = true;
    if (l->c_no != NO_COLUMN && (size_t)l->c_no < n) {
        sy_slice rest;
        if (sy_row_number(cells[l->c_no], &l->number, &rest)) {
            goes_on = sy_slice_equal(of_buf(&l->number), of_buf(&l->no));
            st = set_buf(&l->no, of_buf(&l->number), err);
        }
        sy_buf_append(&l->note, rest.data, rest.len);
        if (st == SY_OK)
            st = sy_buf_status(&l->number, err);
    }
    if (st == SY_OK && l->c_item != NO_COLUMN && (size_t)l->c_item < n &&
        (cells[l->c_item].len > 0 || !goes_on))
        st = set_buf(&l->item, cells[l->c_item], err);
    if (st == SY_OK && l->c_section != NO_COLUMN && (size_t)l->c_section < n &&
        cells[l->c_section].len > 0)
        st = set_buf(&l->column_section, cells[l->c_section], err);
    return st;
}

/* Cells past the last column are kept as a note; missing ones are reported. */
static void check_width(ledger *l, const sy_slice *cells, size_t n)
{
    if (n == l->n_columns)
        return;
    name_row(l);
    if (n < l->n_columns) {
        sy_buf_printf(&l->message, _(" is cut: it has %zu of %zu cells"), n, l->n_columns);
    } else {
        sy_buf_printf(&l->message, _(" has %zu cells for %zu columns: the rest is kept as a note"),
                      n, l->n_columns);
        for (size_t i = l->n_columns; i < n; i++) {
            if (l->note.len > 0 && cells[i].len > 0)
                sy_buf_putc(&l->note, '\n');
            sy_buf_append(&l->note, cells[i].data, cells[i].len);
        }
    }
    report(l, SY_REPORT_REPLACED, l->row_line);
}

static sy_status observe_names(ledger *l, const sy_slice *cells, size_t n, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; st == SY_OK && i < n && i < l->n_columns; i++) {
        if (l->schema->fields[l->columns[i].field].kind == SY_FIELD_NAMES)
            st = sy_ledger_names_observe(&l->names, cells[i], has_bodies(l, l->columns[i].field),
                                         err);
    }
    return st;
}

static bool is_empty(const sy_slice *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (cells[i].len > 0)
            return false;
    }
    return true;
}

/* Whether a row sums up the others: its first text is 合计, 总计, 小计 or 共计. */
static bool is_total(const sy_slice *cells, size_t n)
{
    static const char *const words[] = {"合计", "总计", "小计", "共计"};
    size_t i = 0;
    while (i < n && cells[i].len == 0)
        i++;
    if (i == n || cells[i].len > 24)
        return false;
    char word[25];
    size_t len = 0;
    for (size_t at = 0; at < cells[i].len;) { /* 合 计： is 合计 */
        size_t space = sy_space_at(cells[i].data + at, cells[i].len - at);
        if (space == 0)
            word[len++] = cells[i].data[at];
        at += space ? space : 1;
    }
    word[len] = '\0';
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        size_t known = strlen(words[w]);
        const char *rest = word + known;
        if (strncmp(word, words[w], known) == 0 &&
            (*rest == '\0' || strcmp(rest, ":") == 0 || strcmp(rest, "：") == 0))
            return true;
    }
    return false;
}

static void report_total(ledger *l, const sy_slice *cells, size_t n, uint32_t line)
{
    sy_buf row = SY_BUF_INIT;
    for (size_t i = 0; i < n; i++) {
        if (cells[i].len > 0 && row.len > 0)
            sy_buf_putc(&row, ' ');
        sy_buf_append(&row, cells[i].data, cells[i].len);
    }
    l->untold |= row.status != SY_OK;
    sy_buf_puts(&l->message, _("a row that sums up is no goal and is left out: "));
    sy_quote(&l->message, of_buf(&row));
    sy_buf_release(&row);
    report(l, SY_REPORT_NEWS, line);
}

static sy_status on_row(void *ctx, const sy_slice *cells, size_t n, uint32_t line, sy_error *err)
{
    ledger *l = ctx;
    if (l->observing)
        return observe_names(l, cells, n, err);
    if (is_empty(cells, n))
        return SY_OK;
    if (is_total(cells, n)) {
        report_total(l, cells, n, line);
        return told(l, err);
    }
    l->row++;
    l->row_line = line;
    sy_buf_reset(&l->note);
    sy_status st = carry(l, cells, n, err);
    if (st != SY_OK)
        return st;
    check_width(l, cells, n);
    st = sy_buf_status(&l->note, err);
    if (st == SY_OK)
        st = told(l, err);
    if (st == SY_OK)
        st = find_marks(l, cells, n, err);
    if (st != SY_OK)
        return st;
    find_goals(l, cells, n);
    for (size_t i = 0; st == SY_OK && i < l->n_goals; i++)
        st = emit(l, &l->goals[i], cells, n, err);
    return st;
}

/* ---- the whole ---- */

void sy_ledger_goals_free(sy_ledger_goals *l)
{
    if (!l)
        return;
    sy_buf *bufs[] = {&l->section, &l->no,   &l->item, &l->column_section, &l->number,
                      &l->note,    &l->text, &l->key,  &l->message};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        sy_buf_release(bufs[i]);
    sy_ledger_names_release(&l->names);
    sy_string_table_release(&l->keys);
    sy_free(l->marks);
    sy_free(l->values);
    sy_free(l->out);
    sy_free(l);
}

/* The fields that have a part to play, whatever schema the user has made. */
static sy_status find_fields(ledger *l, sy_error *err)
{
    const struct {
        const char *name;
        sy_field_id *id;
        sy_field_kind kind;
    } fields[] = {
        {"section", &l->f_section, SY_FIELD_TEXT}, {"no", &l->f_no, SY_FIELD_TEXT},
        {"item", &l->f_item, SY_FIELD_TEXT},       {"mark", &l->f_mark, SY_FIELD_TEXT},
        {"target", &l->f_target, SY_FIELD_TEXT},   {"stretch", &l->f_stretch, SY_FIELD_TEXT},
        {"note", &l->f_note, SY_FIELD_TEXT},       {"unit", &l->f_unit, SY_FIELD_NAMES},
        {"support", &l->f_support, SY_FIELD_NAMES}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        sy_status st = sy_schema_add(l->schema, fields[i].name, strlen(fields[i].name), NULL,
                                     fields[i].kind, fields[i].id, err);
        if (st != SY_OK)
            return st;
    }
    return SY_OK;
}

sy_status sy_ledger_goals_new(sy_schema *schema, const sy_sink *sink, sy_ledger_goals **out,
                              sy_error *err)
{
    *out = NULL;
    ledger *l = sy_calloc(1, sizeof *l);
    if (!l)
        return sy_fail_nomem(err);
    l->schema = schema;
    l->sink = sink;
    l->names = (sy_ledger_names)SY_LEDGER_NAMES_INIT;
    l->keys = (sy_string_table)SY_STRING_TABLE_INIT;
    l->events = (sy_ledger_events){l, on_header, on_row, on_section, on_outside, on_orphans};
    sy_status st = find_fields(l, err);
    if (st == SY_OK)
        *out = l;
    else
        sy_ledger_goals_free(l);
    return st;
}

void sy_ledger_goals_begin(sy_ledger_goals *l, bool observing)
{
    l->observing = observing;
    l->n_columns = 0;
    forget_row_above(l);
    l->in_section = false;
}

const sy_ledger_events *sy_ledger_goals_events(const sy_ledger_goals *l)
{
    return &l->events;
}

void sy_ledger_goals_place(sy_ledger_goals *l, sy_slice place, sy_slice hidden)
{
    l->place = place;
    l->hidden = hidden;
}

sy_status sy_ledger_goals_end(sy_ledger_goals *l, sy_error *err)
{
    end_section(l);
    l->in_section = false;
    return told(l, err);
}

uint32_t sy_ledger_goals_next_row(sy_ledger_goals *l)
{
    return ++l->row;
}

sy_ledger_names *sy_ledger_goals_names(sy_ledger_goals *l)
{
    return &l->names;
}

sy_string_table *sy_ledger_goals_keys(sy_ledger_goals *l)
{
    return &l->keys;
}
