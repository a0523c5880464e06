/* Values separated by commas (RFC 4180): a header of field names, then a row a
 * record. A cell is quoted only where it must be, and rows end in CR LF. */
#include "cli/print.h"
#include "cli/term.h"

static void put_quoted(sy_buf *out, bool terminal, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        const char *quote = memchr(text + i, '"', len - i);
        size_t n = quote ? (size_t)(quote - text) - i : len - i;
        if (terminal)
            sy_put_visible(out, text + i, n);
        else
            sy_buf_append(out, text + i, n);
        sy_buf_puts(out, quote ? "\"\"" : "");
        i += n + (quote != NULL);
    }
}

static bool needs_quotes(sy_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == '"' || text.data[i] == ',' || text.data[i] == '\n' ||
            text.data[i] == '\r')
            return true;
    return false;
}

void sy_put_csv(sy_buf *out, bool terminal, sy_slice text)
{
    bool quoted = needs_quotes(text);
    sy_buf_puts(out, quoted ? "\"" : "");
    put_quoted(out, terminal, text.data, text.len);
    sy_buf_puts(out, quoted ? "\"" : "");
}

static void put_cell(const sy_printer *p, const sy_shown *hit, sy_field_id field)
{
    sy_cell cell;
    sy_cell_get(hit, field, &cell);
    bool quoted = false;
    for (size_t i = 0; i < cell.n; i++)
        quoted |= needs_quotes(sy_cell_at(&cell, i));
    sy_buf_puts(p->out, quoted ? "\"" : "");
    for (size_t i = 0; i < cell.n; i++) {
        if (i > 0)
            sy_buf_puts(p->out, sy_value_joint(p->schema, field));
        sy_slice value = sy_cell_at(&cell, i);
        put_quoted(p->out, p->terminal, value.data, value.len);
    }
    sy_buf_puts(p->out, quoted ? "\"" : "");
}

static void end_row(const sy_printer *p)
{
    if (p->end == '\n')
        sy_buf_putc(p->out, '\r');
    sy_buf_putc(p->out, p->end);
}

void sy_print_csv_header(const sy_printer *p, bool bom)
{
    sy_buf_puts(p->out, bom ? "\xEF\xBB\xBF" : "");
    for (size_t f = 0; f < p->n_fields; f++) {
        sy_buf_puts(p->out, f > 0 ? "," : "");
        sy_put_csv(p->out, p->terminal, sy_slice_of(sy_schema_name(p->schema, p->fields[f])));
    }
    end_row(p);
}

void sy_print_csv(const sy_printer *p, const sy_shown *hits, size_t n)
{
    for (size_t h = 0; h < n; h++) {
        for (size_t f = 0; f < p->n_fields; f++) {
            sy_buf_puts(p->out, f > 0 ? "," : "");
            put_cell(p, &hits[h], p->fields[f]);
        }
        end_row(p);
    }
}
