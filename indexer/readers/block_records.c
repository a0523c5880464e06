#include "indexer/readers/block_records.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "base/messages.h"
#include "indexer/readers/plain_records.h"
#include "indexer/readers/reader_text.h"

enum {
    KEPT_ROWS = 10,     /* a header is looked for in so many rows of a table ... */
    KEPT_MAX = 1 << 20, /* ... and bytes */
    GROWTH_MAX = 200,   /* text in cells, to the size of the document ... */
    LOOSE_MAX = 10,     /* more paragraphs in a run outside a ledger's tables are prose, */
    LOOSE_LAG = 3       /* of which the last may be the heading of a table */
};
#define GROWTH_FROM ((uint64_t)256 << 20) /* ... past this many bytes */

typedef enum table_kind { UNDECIDED, LEDGER, PLAIN, BOX } table_kind;

/* What is known of a table while its rows come. */
typedef struct table_state {
    table_kind kind;
    uint32_t ordinal; /* in the document, from 1 */
    sy_kept_rows kept;
    size_t looked_at; /* kept rows before it are no header */
    /* Of a ledger: its header, to know it when it repeats. */
    sy_buf first_head;
    uint64_t header_hash[2];
    size_t header_rows, n_columns;
    bool in_header; /* the first row of it came again */
    bool gap;       /* an empty row, or one across all columns, stood before */
    sy_plain_table plain;
} table_state;

typedef struct maker {
    const sy_document *doc;
    const sy_sink *sink;
    sy_ledger_goals *goals;
    const sy_ledger_events *events;
    sy_blocks blocks;
    bool observing, any_ledger;
    bool no_ledger;       /* headers without any row: what looks like them is text */
    uint64_t ledger_rows; /* of this walk */
    sy_plain plain;
    uint64_t cell_bytes; /* in the rows of this walk */

    sy_table tables[SY_TABLE_DEPTH_MAX + 1]; /* [1] is the outermost */
    sy_kept_rows nested[SY_TABLE_DEPTH_MAX + 1];
    int depth, too_deep; /* of tables that are open; of those below the limit */
    table_state state;   /* of the outermost */
    uint32_t n_tables, n_paragraphs, n_sheets;

    sy_buf sheet;
    bool in_sheet, sheet_hidden;

    sy_loose held[LOOSE_MAX + 1]; /* until it is known what follows */
    size_t n_held;
    bool prose;

    sy_table_header header;
    sy_slice *slices;
    size_t cap_slices;
    sy_buf place, key, scratch;
} maker;

static sy_slice of_buf(const sy_buf *b)
{
    return (sy_slice){sy_buf_cstr(b), b->len};
}

/* The place of a row where the document has no lines: Sheet1!7, table 2/row 5. */
static sy_status locate(maker *m, const table_state *t, const sy_table_row *row, sy_row_at *at,
                        sy_error *err)
{
    unsigned long long number = row->number;
    sy_buf_reset(&m->place);
    if (row->line == 0 && m->in_sheet)
        sy_buf_printf(&m->place, "%s!%llu", sy_buf_cstr(&m->sheet), number);
    else if (row->line == 0)
        sy_buf_printf(&m->place, "table %u/row %llu", t->ordinal, number);
    at->place = of_buf(&m->place);
    at->hidden = m->in_sheet && m->sheet_hidden ? "sheet" : row->hidden ? "row" : "";
    return sy_buf_status(&m->place, err);
}

/* ... and its key: s1r7, t2r5, in CSV r7. Goals have keys of their own. */
static sy_status locate_with_key(maker *m, const table_state *t, const sy_table_row *row,
                                 sy_row_at *at, sy_error *err)
{
    unsigned long long number = row->number;
    sy_status st = locate(m, t, row, at, err);
    sy_buf_reset(&m->key);
    if (m->in_sheet && m->sheet.len == 0)
        sy_buf_printf(&m->key, "r%llu", number);
    else if (m->in_sheet)
        sy_buf_printf(&m->key, "s%ur%llu", m->n_sheets, number);
    else
        sy_buf_printf(&m->key, "t%ur%llu", t->ordinal, number);
    at->key = of_buf(&m->key);
    return st == SY_OK ? sy_buf_status(&m->key, err) : st;
}

/* ---- text outside the tables of a ledger ---- */

static sy_status emit_first_held(maker *m, sy_error *err)
{
    sy_loose first = m->held[0];
    sy_status st = sy_plain_paragraph(&m->plain, &first, err);
    memmove(&m->held[0], &m->held[1], (m->n_held - 1) * sizeof m->held[0]);
    m->held[--m->n_held] = first; /* keeps its memory */
    return st;
}

/* Says what the paragraphs held back are: the last that has the form of a heading
 * opens a section, if the header of a ledger follows or it declares a count; the
 * others are text outside, or prose if there are many. */
static sy_status settle(maker *m, bool before_header, sy_error *err)
{
    sy_heading heading, chosen = {0};
    size_t section = SIZE_MAX;
    for (size_t i = 0; i < m->n_held; i++) {
        bool is = sy_heading_parse(of_buf(&m->held[i].text), &heading);
        if (is && (before_header || heading.counted)) {
            section = i;
            chosen = heading;
        }
    }
    sy_status st = SY_OK;
    for (size_t i = 0; i < m->n_held && st == SY_OK;) {
        const sy_loose *p = &m->held[i];
        size_t end = i + 1;
        if (i == section) {
            st = m->events->section(m->events->ctx, &chosen, p->line, err);
        } else if (m->prose) {
            st = sy_plain_paragraph(&m->plain, p, err);
        } else {
            end = i < section && section < m->n_held ? section : m->n_held;
            st = m->events->outside(m->events->ctx, of_buf(&p->text), end - i, p->line, err);
        }
        i = end;
    }
    m->n_held = 0;
    m->prose = false;
    return st;
}

static sy_status loose_text(maker *m, sy_slice text, int level, uint32_t line, sy_error *err)
{
    text = sy_trim(text);
    if (text.len == 0)
        return SY_OK;
    m->n_paragraphs++;
    if (m->observing)
        return SY_OK;
    sy_loose *p = &m->held[m->n_held++];
    p->level = level;
    p->line = line;
    p->ordinal = m->n_paragraphs;
    sy_buf_reset(&p->text);
    sy_buf_append(&p->text, text.data, text.len);
    sy_status st = sy_buf_status(&p->text, err);
    if (st != SY_OK)
        return st;
    if (!m->any_ledger)
        return emit_first_held(m, err);
    if (m->n_held > LOOSE_MAX)
        m->prose = true;
    while (st == SY_OK && m->prose && m->n_held > LOOSE_LAG)
        st = emit_first_held(m, err);
    return st;
}

/* ---- rows of a ledger ---- */

static sy_status slices_of(maker *m, const sy_table_row *row, size_t n, sy_error *err)
{
    while (m->cap_slices < n) {
        if (!sy_grow((void **)&m->slices, m->cap_slices, &m->cap_slices, sizeof *m->slices))
            return sy_fail_nomem(err);
    }
    for (size_t i = 0; i < n; i++)
        m->slices[i] = i < row->n ? row->cells[i].text : (sy_slice){"", 0};
    return SY_OK;
}

static uint64_t hash_of(const sy_table_row *row)
{
    uint64_t h = 0;
    for (size_t i = 0; i < row->n; i++)
        h = h * 0x9E3779B97F4A7C15u + sy_hash64(row->cells[i].text.data, row->cells[i].text.len);
    return h;
}

/* Whether the row is one of the header's, which tables repeat on each page. */
static bool is_header_again(table_state *t, const sy_table_row *row)
{
    bool again = t->in_header && t->header_rows == 2 && hash_of(row) == t->header_hash[1];
    t->in_header = false;
    if (again)
        return true;
    t->in_header = row->n > 0 && sy_slice_equal(row->cells[0].text, of_buf(&t->first_head)) &&
                   hash_of(row) == t->header_hash[0];
    return t->in_header;
}

/* The header that was read last becomes the table's: it stands in rows i to i + rows
 * of those kept. */
static sy_status take_header(maker *m, table_state *t, size_t i, size_t rows, sy_error *err)
{
    sy_table_row row;
    sy_status st = SY_OK;
    for (size_t k = rows; k-- > 0 && st == SY_OK;) {
        st = sy_kept_row_get(&t->kept, i + k, &row, err);
        if (st == SY_OK)
            t->header_hash[k] = hash_of(&row);
    }
    sy_slice first = st == SY_OK && row.n > 0 ? row.cells[0].text : (sy_slice){"", 0};
    sy_buf_reset(&t->first_head);
    sy_buf_append(&t->first_head, first.data, first.len);
    if (st == SY_OK)
        st = sy_buf_status(&t->first_head, err);
    if (st == SY_OK && !m->observing)
        st = settle(m, true, err);
    while (m->header.n > 0 && m->header.heads[m->header.n - 1].len == 0)
        m->header.n--;
    t->kind = LEDGER;
    t->header_rows = rows;
    t->n_columns = m->header.n;
    t->gap = t->in_header = false;
    m->any_ledger = true;
    return st == SY_OK
               ? m->events->header(m->events->ctx, m->header.heads, m->header.n, row.line, err)
               : st;
}

/* A row with one text, in its first column: the heading of a section, or text across
 * the table. *taken: it is no row of the ledger. */
static sy_status across(maker *m, const sy_table_row *row, bool *taken, sy_error *err)
{
    sy_heading heading;
    sy_slice text = row->cells[row->own].text;
    *taken = true;
    if (sy_heading_parse(text, &heading) && (heading.form == SY_HEADING_HAN || heading.counted))
        return m->events->section(m->events->ctx, &heading, row->line, err);
    *taken = row->reach > 1;
    return *taken ? m->events->outside(m->events->ctx, text, 1, row->line, err) : SY_OK;
}

/* Whether one text in the first column, and what it covers, is all of the row. */
static bool is_across(const sy_table_row *row)
{
    bool one = row->n_own == 1 && row->own == 0;
    for (size_t i = 0; i < row->n && one; i++)
        one = row->cells[i].text.len == 0 || !row->cells[i].above;
    return one;
}

static bool is_empty(const sy_table_row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        if (row->cells[i].text.len > 0)
            return false;
    }
    return true;
}

/* After a gap another table may begin in the same sheet. */
static sy_status other_header(maker *m, table_state *t, const sy_table_row *row, bool *found,
                              sy_error *err)
{
    sy_kept_rows_reset(&t->kept);
    sy_status st = sy_kept_rows_add(&t->kept, row, err);
    if (st == SY_OK)
        st = sy_table_header_read(&m->header, &t->kept, 0, false, m->doc->schema, found, err);
    return st == SY_OK && *found ? take_header(m, t, 0, 1, err) : st;
}

static sy_status ledger_row(maker *m, table_state *t, const sy_table_row *row, sy_error *err)
{
    bool taken = false;
    sy_status st = SY_OK;
    if (is_empty(row)) {
        t->gap = true;
        return SY_OK;
    }
    if (is_header_again(t, row))
        return SY_OK;
    if (t->gap && row->n_own >= 2)
        st = other_header(m, t, row, &taken, err);
    if (st == SY_OK && !taken && is_across(row)) {
        st = across(m, row, &taken, err);
        t->gap |= taken;
    }
    if (st != SY_OK || taken)
        return st;
    t->gap = false;
    size_t n = row->n;
    while (n > 0 && row->cells[n - 1].text.len == 0)
        n--;
    n = n > t->n_columns ? n : t->n_columns;
    sy_row_at at;
    st = locate(m, t, row, &at, err);
    if (st == SY_OK)
        st = slices_of(m, row, n, err);
    if (st != SY_OK)
        return st;
    m->ledger_rows++;
    sy_ledger_goals_place(m->goals, at.place, sy_slice_of(at.hidden));
    return m->events->row(m->events->ctx, m->slices, n, row->line, err);
}

/* ---- what a table is ---- */

static sy_status box_row(maker *m, table_state *t, const sy_table_row *row, sy_error *err)
{
    sy_row_at at;
    if (m->observing)
        return SY_OK;
    sy_status st = locate_with_key(m, t, row, &at, err);
    return st == SY_OK ? sy_plain_text_row(&m->plain, row, &at, err) : st;
}

static sy_status plain_row(maker *m, table_state *t, const sy_table_row *row, sy_error *err)
{
    sy_row_at at;
    if (m->observing)
        return sy_plain_observe(&m->plain, &t->plain, row, err);
    sy_status st = locate_with_key(m, t, row, &at, err);
    return st == SY_OK ? sy_plain_row(&m->plain, &t->plain, row, &at, err) : st;
}

/* Rows above the header of a ledger are as paragraphs above it. */
static sy_status lead_row(maker *m, table_state *t, const sy_table_row *row, sy_error *err)
{
    sy_status st = SY_OK;
    (void)t;
    for (size_t i = 0; i < row->n && st == SY_OK; i++) {
        if (!row->cells[i].left && !row->cells[i].above)
            st = loose_text(m, row->cells[i].text, SY_LEVEL_TEXT, row->line, err);
    }
    return st;
}

typedef sy_status row_fn(maker *m, table_state *t, const sy_table_row *row, sy_error *err);

static sy_status each_kept(maker *m, table_state *t, sy_kept_rows *kept, size_t from, size_t to,
                           row_fn *fn, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = from; i < to && st == SY_OK; i++) {
        sy_table_row row;
        st = sy_kept_row_get(kept, i, &row, err);
        if (st == SY_OK)
            st = fn(m, t, &row, err);
    }
    return st;
}

/* The table has a ledger's header in rows i to i + rows of those kept. */
static sy_status become_ledger(maker *m, table_state *t, size_t i, size_t rows, sy_error *err)
{
    m->any_ledger = true;
    sy_status st = each_kept(m, t, &t->kept, 0, i, lead_row, err);
    if (st == SY_OK)
        st = take_header(m, t, i, rows, err);
    sy_kept_rows kept = t->kept; /* rows may look for another header there */
    t->kept = (sy_kept_rows){0};
    if (st == SY_OK)
        st = each_kept(m, t, &kept, i + rows, kept.n, ledger_row, err);
    sy_kept_rows_release(&kept);
    return st;
}

/* It has none: its first row names the columns. A table of one row or one column is
 * no table but text in a box. */
static sy_status become_plain(maker *m, table_state *t, bool ends, sy_error *err)
{
    size_t widest = 0, from = 0;
    for (size_t i = 0; i < t->kept.n; i++) {
        if (t->kept.rows[i].row.n_own > widest)
            widest = t->kept.rows[i].row.n_own;
    }
    sy_status st = m->any_ledger && !m->observing ? settle(m, false, err) : SY_OK;
    t->kind = (ends && t->kept.n < 2) || widest < 2 ? BOX : PLAIN;
    if (st == SY_OK && t->kind == BOX)
        return each_kept(m, t, &t->kept, 0, t->kept.n, box_row, err);
    if (st == SY_OK)
        st = sy_plain_name_columns(&m->plain, &t->plain, &t->kept, &from, err);
    if (st == SY_OK && from > 0)
        st = each_kept(m, t, &t->kept, 0, from - 1, box_row, err);
    return st == SY_OK ? each_kept(m, t, &t->kept, from, t->kept.n, plain_row, err) : st;
}

/* Looks for a header in the rows kept; `ends`: no more come. */
static sy_status decide(maker *m, table_state *t, bool ends, sy_error *err)
{
    const sy_schema *schema = m->doc->schema;
    for (size_t i = m->no_ledger ? t->kept.n : t->looked_at; i < t->kept.n; i++) {
        bool found = false, open = sy_header_may_go_on(&t->kept, i), last = i + 1 == t->kept.n;
        sy_status st = SY_OK;
        if (open && last && !ends)
            return SY_OK; /* the next row may belong to it */
        if (open && !last)
            st = sy_table_header_read(&m->header, &t->kept, i, true, schema, &found, err);
        if (st == SY_OK && found)
            return become_ledger(m, t, i, 2, err);
        if (st == SY_OK)
            st = sy_table_header_read(&m->header, &t->kept, i, false, schema, &found, err);
        if (st != SY_OK || found)
            return st == SY_OK ? become_ledger(m, t, i, 1, err) : st;
        t->looked_at = i + 1;
    }
    bool full = t->kept.n >= KEPT_ROWS || t->kept.text.len > KEPT_MAX;
    return full || ends ? become_plain(m, t, ends, err) : SY_OK;
}

static void state_reset(table_state *t, uint32_t ordinal)
{
    t->kind = UNDECIDED;
    t->ordinal = ordinal;
    sy_kept_rows_reset(&t->kept);
    t->looked_at = 0;
}

static void state_release(table_state *t)
{
    sy_kept_rows_release(&t->kept);
    sy_buf_release(&t->first_head);
    sy_plain_table_release(&t->plain);
}

static sy_status table_row(maker *m, table_state *t, const sy_table_row *row, sy_error *err)
{
    if (t->kind == LEDGER)
        return ledger_row(m, t, row, err);
    if (t->kind == PLAIN)
        return plain_row(m, t, row, err);
    if (t->kind == BOX)
        return box_row(m, t, row, err);
    if (is_empty(row))
        return SY_OK;
    sy_status st = sy_kept_rows_add(&t->kept, row, err);
    return st == SY_OK ? decide(m, t, false, err) : st;
}

static sy_status table_end(maker *m, table_state *t, sy_error *err)
{
    return t->kind == UNDECIDED && t->kept.n > 0 ? decide(m, t, true, err) : SY_OK;
}

/* ---- tables inside cells ---- */

/* Whether one of the first rows is the header of a ledger. */
static sy_status is_ledger(maker *m, const sy_kept_rows *kept, bool *found, sy_error *err)
{
    sy_status st = SY_OK;
    *found = false;
    size_t n = m->no_ledger ? 0 : kept->n < KEPT_ROWS ? kept->n : KEPT_ROWS;
    for (size_t i = 0; i < n && st == SY_OK && !*found; i++) {
        st = sy_table_header_read(&m->header, kept, i, false, m->doc->schema, found, err);
        if (st == SY_OK && !*found && i + 1 < kept->n && sy_header_may_go_on(kept, i))
            st = sy_table_header_read(&m->header, kept, i, true, m->doc->schema, found, err);
    }
    return st;
}

/* A table for layout has a ledger in a cell: it is read as if it stood alone. */
static sy_status replay(maker *m, sy_kept_rows *kept, sy_error *err)
{
    table_state t = {.kind = UNDECIDED};
    state_reset(&t, ++m->n_tables);
    sy_status st = each_kept(m, &t, kept, 0, kept->n, table_row, err);
    if (st == SY_OK)
        st = table_end(m, &t, err);
    state_release(&t);
    return st;
}

/* The rows of another table are paragraphs of the cell around it. */
static sy_status flatten(maker *m, const sy_kept_rows *kept, sy_error *err)
{
    sy_table *outer = &m->tables[m->depth];
    for (size_t i = 0; i < kept->n; i++) {
        sy_buf_reset(&m->scratch);
        for (size_t c = 0; c < kept->rows[i].row.n; c++) {
            const sy_kept_cell *cell = &kept->cells[kept->rows[i].first + c];
            if (cell->left || cell->above || cell->len == 0)
                continue;
            if (m->scratch.len > 0)
                sy_buf_putc(&m->scratch, '\t');
            sy_buf_append(&m->scratch, kept->text.data + cell->off, cell->len);
        }
        if (m->scratch.len > 0)
            sy_table_add_paragraph(outer, of_buf(&m->scratch));
    }
    return sy_buf_status(&m->scratch, err);
}

static sy_status end_nested(maker *m, sy_error *err)
{
    sy_kept_rows *kept = &m->nested[m->depth];
    bool ledger = false;
    sy_status st = SY_OK;
    m->depth--;
    if (m->state.kind != LEDGER)
        st = is_ledger(m, kept, &ledger, err);
    if (st == SY_OK)
        st = ledger ? replay(m, kept, err) : flatten(m, kept, err);
    sy_kept_rows_reset(kept);
    return st;
}

/* ---- the stream ---- */

static void begin_table(maker *m)
{
    if (m->depth == SY_TABLE_DEPTH_MAX || m->too_deep > 0) {
        m->too_deep++;
        return;
    }
    if (m->depth == 0)
        state_reset(&m->state, m->in_sheet ? m->n_sheets : ++m->n_tables);
    m->blocks.enough = false;
    m->depth++;
    sy_table_reset(&m->tables[m->depth]);
    sy_kept_rows_reset(&m->nested[m->depth]);
}

static sy_status end_table(maker *m, sy_error *err)
{
    if (m->too_deep > 0) {
        m->too_deep--;
        return SY_OK;
    }
    if (m->depth == 0)
        return SY_OK;
    if (m->depth > 1)
        return end_nested(m, err);
    m->depth = 0;
    return table_end(m, &m->state, err);
}

/* A few long texts that many cells show, or a merged cell of a million rows, make a
 * small document boundless. */
static sy_status check_growth(maker *m, const sy_table_row *row, sy_error *err)
{
    for (size_t i = 0; i < row->n; i++)
        m->cell_bytes += row->cells[i].text.len;
    if (m->cell_bytes > GROWTH_FROM && m->cell_bytes / GROWTH_MAX > m->doc->len)
        return sy_fail(err, SY_E_LIMIT, NULL, "its cells show more than %d times its size of text",
                       GROWTH_MAX);
    return SY_OK;
}

static sy_status end_row(maker *m, sy_error *err)
{
    sy_table_row row;
    sy_table *t = &m->tables[m->depth];
    sy_status st = sy_table_end_row(t, &row, err);
    if (st == SY_OK)
        st = check_growth(m, &row, err);
    if (st != SY_OK)
        return st;
    if (m->depth > 1) {
        if (m->nested[m->depth].text.len + t->text.len > SY_TEXT_MAX)
            return sy_fail(err, SY_E_LIMIT, NULL, "a table in a cell has more than 64 MiB of text");
        return sy_kept_rows_add(&m->nested[m->depth], &row, err);
    }
    st = table_row(m, &m->state, &row, err);
    /* The first walk learns nothing from the rest of a table without names. */
    m->blocks.enough = m->observing && (m->state.kind == BOX ||
                                        (m->state.kind == PLAIN && !m->state.plain.has_names));
    return st;
}

static sy_status on_sheet(maker *m, const sy_block *b, sy_error *err)
{
    sy_status st = m->any_ledger && !m->observing ? settle(m, false, err) : SY_OK;
    m->in_sheet = true;
    m->sheet_hidden = b->hidden;
    m->n_sheets++;
    sy_buf_reset(&m->sheet);
    sy_buf_append(&m->sheet, b->text.data, b->text.len);
    return st == SY_OK ? sy_buf_status(&m->sheet, err) : st;
}

static sy_status on_paragraph(maker *m, const sy_block *b, sy_error *err)
{
    if (m->depth == 0)
        return loose_text(m, b->text, b->level, b->line, err);
    sy_slice text = sy_trim(b->text);
    sy_table *t = &m->tables[m->depth];
    if (text.len > 0)
        sy_table_add_paragraph(t, text);
    if (t->text.len > SY_TEXT_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "a row of a table has more than 64 MiB of text");
    return SY_OK;
}

/* Deeper tables than the limit are paragraphs of the innermost cell. */
static sy_status take_part_of_table(maker *m, const sy_block *b, sy_error *err)
{
    sy_table *t = &m->tables[m->depth];
    if (m->depth == 0 || m->too_deep > 0)
        return SY_OK;
    switch (b->kind) {
    case SY_BLOCK_ROW:
        sy_table_begin_row(t, b);
        return SY_OK;
    case SY_BLOCK_ROW_END:
        return end_row(m, err);
    case SY_BLOCK_CELL:
        sy_table_begin_cell(t, b);
        return SY_OK;
    case SY_BLOCK_CELL_WHOLE:
        sy_table_begin_cell(t, b);
        return sy_table_end_cell(t, err);
    default:
        return sy_table_end_cell(t, err);
    }
}

static sy_status take(void *ctx, const sy_block *b, sy_error *err)
{
    maker *m = ctx;
    switch (b->kind) {
    case SY_BLOCK_PARAGRAPH:
        return on_paragraph(m, b, err);
    case SY_BLOCK_TABLE:
        begin_table(m);
        return SY_OK;
    case SY_BLOCK_TABLE_END:
        return end_table(m, err);
    case SY_BLOCK_SHEET:
        return on_sheet(m, b, err);
    default:
        return take_part_of_table(m, b, err);
    }
}

/* ---- the whole ---- */

static void begin_walk(maker *m, bool observing)
{
    m->observing = observing;
    m->blocks.enough = false;
    m->depth = m->too_deep = 0;
    m->n_tables = m->n_paragraphs = m->n_sheets = 0;
    m->n_held = 0;
    m->cell_bytes = m->ledger_rows = 0;
    m->in_sheet = m->prose = false;
    sy_plain_begin(&m->plain);
    sy_ledger_goals_begin(m->goals, observing);
}

static sy_status end_walk(maker *m, sy_error *err)
{
    if (m->observing) {
        m->no_ledger = m->any_ledger && m->ledger_rows == 0;
        m->any_ledger &= !m->no_ledger;
        return SY_OK;
    }
    sy_status st = m->any_ledger ? settle(m, false, err) : SY_OK;
    if (st == SY_OK)
        st = sy_plain_end_heading(&m->plain, err);
    return st == SY_OK ? sy_ledger_goals_end(m->goals, err) : st;
}

static void release(maker *m)
{
    sy_buf *bufs[] = {&m->sheet, &m->place, &m->key, &m->scratch};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
        sy_buf_release(bufs[i]);
    for (size_t i = 0; i <= LOOSE_MAX; i++)
        sy_buf_release(&m->held[i].text);
    for (size_t i = 0; i <= SY_TABLE_DEPTH_MAX; i++) {
        sy_table_release(&m->tables[i]);
        sy_kept_rows_release(&m->nested[i]);
    }
    state_release(&m->state);
    sy_table_header_release(&m->header);
    sy_plain_release(&m->plain);
    sy_ledger_goals_free(m->goals);
    sy_free(m->slices);
    sy_free(m);
}

/* The first walk says nothing. */
static void tell(void *ctx, sy_report_kind kind, const char *message)
{
    const maker *m = ctx;
    if (!m->observing && m->sink->report)
        m->sink->report(m->sink->ctx, kind, 0, sy_tr(message));
}

sy_status sy_block_records(const sy_document *doc, const sy_sink *sink, sy_blocks_walk_fn *walk,
                           sy_error *err)
{
    maker *m = sy_calloc(1, sizeof *m);
    if (!m)
        return sy_fail_nomem(err);
    m->doc = doc;
    m->sink = sink;
    m->blocks = (sy_blocks){.ctx = m, .take = take, .tell = tell};
    sy_status st = sy_ledger_goals_new(doc->schema, sink, &m->goals, err);
    if (st == SY_OK) {
        m->events = sy_ledger_goals_events(m->goals);
        m->plain.schema = doc->schema;
        m->plain.sink = sink;
        m->plain.goals = m->goals;
        st = sy_plain_init(&m->plain, err);
    }
    for (int pass = 0; pass < 2 && st == SY_OK; pass++) {
        begin_walk(m, pass == 0);
        st = walk(doc, &m->blocks, err);
        if (st == SY_OK)
            st = end_walk(m, err);
    }
    release(m);
    return st;
}
