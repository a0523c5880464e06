#include "indexer/readers/ledger_header.h"

#include "indexer/readers/field_name.h"
#include "indexer/readers/reader_text.h"

void sy_ledger_header_release(sy_ledger_header *h)
{
    sy_buf_release(&h->text);
    sy_buf_release(&h->scratch);
}

static sy_slice cell_at(const sy_ledger_header *h, size_t i)
{
    size_t end = i + 1 < h->n ? h->off[i + 1] : h->text.len;
    return sy_trim((sy_slice){sy_buf_cstr(&h->text) + h->off[i], end - h->off[i]});
}

/* Removes the brackets at the end: 责任单位（盖章）. */
static sy_slice without_brackets(sy_slice normal)
{
    if (normal.len < 2 || normal.data[normal.len - 1] != ')')
        return normal;
    size_t at = normal.len;
    while (at > 0 && normal.data[at - 1] != '(')
        at--;
    return at > 1 ? sy_trim((sy_slice){normal.data, at - 1}) : normal;
}

sy_status sy_heading_known(const sy_schema *schema, size_t n_fields, sy_slice heading,
                           sy_buf *scratch, sy_known *known, sy_field_id *id, sy_error *err)
{
    *known = SY_KNOWN_NOT;
    sy_status st = sy_field_normal(heading, scratch, err);
    if (st != SY_OK || scratch->len == 0)
        return st;
    sy_slice normal = {scratch->data, scratch->len}, bare = without_brackets(normal);
    if (sy_schema_find(schema, normal.data, normal.len, id) && *id < n_fields)
        *known = SY_KNOWN_EXACT;
    else if (bare.len < normal.len && sy_schema_find(schema, bare.data, bare.len, id) &&
             *id < n_fields)
        *known = SY_KNOWN_BARE;
    return SY_OK;
}

enum {
    ENOUGH = 3,      /* known headings that make a header */
    FEW_COLUMNS = 4, /* up to which two are enough */
    SEEN_MAX = 16,   /* known headings that are counted */
    PATIENCE = 24    /* columns after which one in eight must be known */
};

typedef struct tally {
    sy_field_id seen[SEEN_MAX]; /* distinct ones */
    size_t known, filled;
} tally;

/* Counts the heading that was read last. */
static sy_status count_heading(sy_ledger_header *h, const sy_schema *schema, size_t n_fields,
                               tally *t, sy_error *err)
{
    sy_slice cell = cell_at(h, h->n - 1);
    sy_known known;
    sy_field_id id;
    t->filled += cell.len > 0;
    if (t->known == SEEN_MAX)
        return SY_OK;
    sy_status st = sy_heading_known(schema, n_fields, cell, &h->scratch, &known, &id, err);
    if (st != SY_OK || known == SY_KNOWN_NOT)
        return st;
    for (size_t i = 0; i < t->known; i++) {
        if (t->seen[i] == id)
            return SY_OK;
    }
    t->seen[t->known++] = id;
    return SY_OK;
}

/* Whether the cell is the number of a first row right below the header: then the
 * dump has no blank lines between rows. */
static bool starts_rows(const sy_line *line, size_t n)
{
    sy_slice text = sy_trim(line->text);
    bool digits = text.len > 0;
    for (size_t i = 0; i < text.len; i++)
        digits &= text.data[i] >= '0' && text.data[i] <= '9';
    return n >= 2 && digits;
}

/* Adds a line to the header; false if it cannot be part of one. */
static bool add_line(sy_ledger_header *h, const sy_line *line)
{
    if (line->kind == SY_LINE_CELL) {
        if (h->n == SY_LEDGER_COLUMNS_MAX)
            return false;
        h->off[h->n++] = h->text.len;
    }
    if (h->n == 0 || line->text.len > SY_HEADING_MAX)
        return false;
    sy_line_append(&h->text, line->text);
    sy_buf_putc(&h->text, '\n');
    return h->text.len - h->off[h->n - 1] <= SY_HEADING_MAX;
}

sy_status sy_ledger_header_read(sy_ledger_header *h, const sy_lines *from, const sy_schema *schema,
                                size_t n_fields, bool *found, sy_lines *next, sy_error *err)
{
    sy_lines lines = *from;
    sy_line line;
    tally t = {.known = 0};
    sy_status st = SY_OK;
    *found = false;
    *next = lines;
    h->n = 0;
    sy_buf_reset(&h->text);
    while (sy_lines_next(&lines, &line) && line.kind != SY_LINE_BLANK) {
        if (line.kind == SY_LINE_CELL) {
            if (starts_rows(&line, h->n))
                break;
            if (h->n > 0)
                st = count_heading(h, schema, n_fields, &t, err);
            if (st != SY_OK || (h->n > PATIENCE && t.known * 8 < h->n))
                return st;
        }
        if (!add_line(h, &line))
            return sy_buf_status(&h->text, err);
        *next = lines;
    }
    st = sy_buf_status(&h->text, err);
    if (st == SY_OK && h->n > 0)
        st = count_heading(h, schema, n_fields, &t, err);
    if (st != SY_OK || h->n < 2)
        return st;
    for (size_t i = 0; i < h->n; i++)
        h->cells[i] = cell_at(h, i);
    *found = t.known >= ENOUGH || (t.known == 2 && t.filled <= FEW_COLUMNS);
    return SY_OK;
}

void sy_ledger_header_merge(const sy_ledger_header *above, sy_ledger_header *below)
{
    /* Each empty cell below continues one above; each run of filled ones is under one. */
    size_t used = 0;
    for (size_t i = 0; i < below->n; i++)
        used += below->cells[i].len == 0 || i == 0 || below->cells[i - 1].len == 0;
    if (used != above->n || below->n <= above->n)
        return;
    used = 0;
    bool in_run = false;
    for (size_t i = 0; i < below->n; i++) {
        bool empty = below->cells[i].len == 0;
        if (empty)
            below->cells[i] = above->cells[used];
        used += empty || !in_run;
        in_run = !empty;
    }
}
