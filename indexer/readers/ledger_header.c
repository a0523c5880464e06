#include "indexer/readers/ledger_header.h"

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

static sy_status count_last(sy_ledger_header *h, const sy_schema *schema, sy_headings *known,
                            sy_error *err)
{
    return sy_headings_add(known, schema, cell_at(h, h->n - 1), true, &h->scratch, err);
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
                                bool *found, sy_lines *next, sy_error *err)
{
    sy_lines lines = *from;
    sy_line line;
    sy_headings known = {.columns = 0};
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
                st = count_last(h, schema, &known, err);
            if (st != SY_OK || sy_headings_hopeless(&known))
                return st;
        }
        if (!add_line(h, &line))
            return sy_buf_status(&h->text, err);
        *next = lines;
    }
    st = sy_buf_status(&h->text, err);
    if (st == SY_OK && h->n > 0)
        st = count_last(h, schema, &known, err);
    if (st != SY_OK || h->n < 2)
        return st;
    for (size_t i = 0; i < h->n; i++)
        h->cells[i] = cell_at(h, i);
    *found = sy_headings_enough(&known);
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
