#include "indexer/readers/table_header.h"

#include "base/alloc.h"
#include "indexer/readers/headings.h"

void sy_kept_rows_release(sy_kept_rows *k)
{
    sy_free(k->rows);
    sy_free(k->cells);
    sy_free(k->out);
    sy_buf_release(&k->text);
    *k = (sy_kept_rows){0};
}

void sy_kept_rows_reset(sy_kept_rows *k)
{
    k->n = k->n_cells = 0;
    sy_buf_reset(&k->text);
}

sy_status sy_kept_rows_add(sy_kept_rows *k, const sy_table_row *row, sy_error *err)
{
    if (!sy_grow((void **)&k->rows, k->n, &k->cap, sizeof *k->rows))
        return sy_fail_nomem(err);
    while (k->cap_cells < k->n_cells + row->n) {
        if (!sy_grow((void **)&k->cells, k->cap_cells, &k->cap_cells, sizeof *k->cells))
            return sy_fail_nomem(err);
    }
    k->rows[k->n++] = (sy_kept_row){*row, k->n_cells};
    for (size_t i = 0; i < row->n; i++) {
        const sy_table_cell *c = &row->cells[i];
        k->cells[k->n_cells++] = (sy_kept_cell){k->text.len, c->text.len, c->left, c->above};
        sy_buf_append(&k->text, c->text.data, c->text.len);
    }
    return sy_buf_status(&k->text, err);
}

sy_slice sy_kept_cell_text(const sy_kept_rows *k, size_t i, size_t column)
{
    const sy_kept_row *r = &k->rows[i];
    if (column >= r->row.n)
        return (sy_slice){"", 0};
    const sy_kept_cell *c = &k->cells[r->first + column];
    return c->len ? (sy_slice){k->text.data + c->off, c->len} : (sy_slice){"", 0};
}

sy_status sy_kept_row_get(sy_kept_rows *k, size_t i, sy_table_row *out, sy_error *err)
{
    *out = k->rows[i].row;
    while (k->cap_out < out->n) {
        if (!sy_grow((void **)&k->out, k->cap_out, &k->cap_out, sizeof *k->out))
            return sy_fail_nomem(err);
    }
    for (size_t c = 0; c < out->n; c++) {
        const sy_kept_cell *cell = &k->cells[k->rows[i].first + c];
        k->out[c] = (sy_table_cell){sy_kept_cell_text(k, i, c), cell->left, cell->above};
    }
    out->cells = k->out;
    return SY_OK;
}

void sy_table_header_release(sy_table_header *h)
{
    sy_buf_release(&h->joined);
    sy_buf_release(&h->scratch);
}

static bool is_left(const sy_kept_rows *k, size_t i, size_t column)
{
    const sy_kept_row *r = &k->rows[i];
    return column < r->row.n && k->cells[r->first + column].left;
}

static size_t columns_of(const sy_kept_rows *k, size_t i)
{
    size_t n = k->rows[i].row.n;
    return n < SY_HEADER_COLUMNS_MAX ? n : SY_HEADER_COLUMNS_MAX;
}

/* No heading of its own: it lies under one from the left, or, in CSV, which merges no
 * cells, it is empty or says the same. */
static bool is_under(const sy_kept_rows *k, size_t i, size_t column)
{
    sy_slice text = sy_kept_cell_text(k, i, column);
    return is_left(k, i, column) || text.len == 0 ||
           (column > 0 && sy_slice_equal(text, sy_kept_cell_text(k, i, column - 1)));
}

bool sy_header_may_go_on(const sy_kept_rows *kept, size_t i)
{
    if (kept->rows[i].row.n_own < 2)
        return false;
    for (size_t c = 0; c < columns_of(kept, i); c++) {
        if (is_under(kept, i, c))
            return true;
    }
    return false;
}

/* The column whose heading stands over `column` in row i. */
static size_t group_of(const sy_kept_rows *k, size_t i, size_t column)
{
    while (column > 0 && is_under(k, i, column))
        column--;
    return column;
}

/* The heading of the second row, if it has one of its own. */
static sy_slice second_of(const sy_kept_rows *k, size_t i, size_t column)
{
    const sy_kept_row *r = &k->rows[i + 1];
    bool above = column < r->row.n && k->cells[r->first + column].above;
    sy_slice text = sy_kept_cell_text(k, i + 1, column);
    above |= sy_slice_equal(text, sy_kept_cell_text(k, i, column));
    return above ? (sy_slice){"", 0} : text;
}

/* A heading of the second row stands below one that goes over several columns. */
static bool fits_as_second(const sy_kept_rows *k, size_t i)
{
    size_t own = 0;
    for (size_t c = 0; c < columns_of(k, i + 1); c++) {
        sy_slice text = second_of(k, i, c);
        if (text.len == 0)
            continue;
        bool next = c + 1 < columns_of(k, i + 1) && is_under(k, i, c + 1);
        if (text.len > SY_HEADING_MAX || !(is_under(k, i, c) || next))
            return false;
        own++;
    }
    return own > 0;
}

/* The heading of a column that has one in each row: the lower, if it says what the
 * column is; else the upper, if that does; else both. */
static sy_status join(sy_table_header *h, const sy_schema *schema, sy_slice upper, sy_slice lower,
                      sy_slice *out, sy_error *err)
{
    bool known;
    *out = lower;
    sy_status st = sy_heading_counts(schema, lower, &h->scratch, &known, err);
    if (st != SY_OK || known || upper.len == 0)
        return st;
    *out = upper;
    st = sy_heading_counts(schema, upper, &h->scratch, &known, err);
    if (st != SY_OK || known)
        return st;
    size_t off = h->joined.len; /* there is room: earlier headings point into the buffer */
    sy_buf_append(&h->joined, upper.data, upper.len);
    sy_buf_append(&h->joined, lower.data, lower.len);
    st = sy_buf_status(&h->joined, err);
    if (st == SY_OK)
        *out = (sy_slice){h->joined.data + off, upper.len + lower.len};
    return st;
}

static sy_status fill_heads(sy_table_header *h, const sy_kept_rows *kept, size_t i, bool two,
                            const sy_schema *schema, sy_error *err)
{
    size_t n = columns_of(kept, i), need = 0;
    if (two && columns_of(kept, i + 1) > n)
        n = columns_of(kept, i + 1);
    h->n = n;
    for (size_t c = 0; two && c < n; c++)
        need += sy_kept_cell_text(kept, i, group_of(kept, i, c)).len + second_of(kept, i, c).len;
    sy_buf_reset(&h->joined);
    if (need > 0 && !sy_buf_reserve(&h->joined, need + 1))
        return sy_fail_nomem(err);
    for (size_t c = 0; c < n; c++) {
        sy_slice lower = two ? second_of(kept, i, c) : (sy_slice){"", 0};
        h->heads[c] = sy_kept_cell_text(kept, i, c);
        if (lower.len == 0)
            continue;
        sy_slice upper = sy_kept_cell_text(kept, i, group_of(kept, i, c));
        sy_status st = join(h, schema, upper, lower, &h->heads[c], err);
        if (st != SY_OK)
            return st;
    }
    return SY_OK;
}

sy_status sy_table_header_read(sy_table_header *h, const sy_kept_rows *kept, size_t i, bool two,
                               const sy_schema *schema, bool *found, sy_error *err)
{
    sy_headings known = {.columns = 0};
    *found = false;
    if (kept->rows[i].row.n_own < 2 || (two && !fits_as_second(kept, i)))
        return SY_OK;
    sy_status st = fill_heads(h, kept, i, two, schema, err);
    size_t c = 0;
    for (; st == SY_OK && c < h->n && !sy_headings_hopeless(&known); c++)
        st = sy_headings_add(&known, schema, h->heads[c], two || !is_left(kept, i, c), &h->scratch,
                             err);
    *found = st == SY_OK && c == h->n && sy_headings_enough(&known);
    return st;
}
