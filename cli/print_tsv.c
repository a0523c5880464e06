/* Values separated by tabs: a header of field names, then a row a record. */
#include "cli/print.h"
#include "cli/term.h"

static void put_run(sy_buf *out, bool terminal, const char *text, size_t len)
{
    if (terminal)
        sy_put_visible(out, text, len);
    else
        sy_buf_append(out, text, len);
}

void sy_put_tsv(sy_buf *out, bool terminal, sy_slice text)
{
    size_t done = 0; /* bytes already copied */
    for (size_t i = 0; i < text.len; i++) {
        const char *code = NULL;
        switch (text.data[i]) {
        case '\t':
            code = "\\t";
            break;
        case '\n':
            code = "\\n";
            break;
        case '\r':
            code = "\\r";
            break;
        case '\\':
            code = "\\\\";
            break;
        default:
            continue;
        }
        put_run(out, terminal, text.data + done, i - done);
        sy_buf_puts(out, code);
        done = i + 1;
    }
    if (text.len > done)
        put_run(out, terminal, text.data + done, text.len - done);
}

void sy_print_tsv_header(const sy_printer *p)
{
    for (size_t f = 0; f < p->n_fields; f++) {
        if (f > 0)
            sy_buf_putc(p->out, '\t');
        sy_put_tsv(p->out, p->terminal, sy_slice_of(sy_schema_name(p->schema, p->fields[f])));
    }
    sy_buf_putc(p->out, p->end);
}

void sy_print_tsv(const sy_printer *p, const sy_shown *hits, size_t n)
{
    for (size_t h = 0; h < n; h++) {
        for (size_t f = 0; f < p->n_fields; f++) {
            if (f > 0)
                sy_buf_putc(p->out, '\t');
            sy_cell cell;
            sy_cell_get(&hits[h], p->fields[f], &cell);
            for (size_t i = 0; i < cell.n; i++) {
                if (i > 0)
                    sy_buf_puts(p->out, sy_value_joint(p->schema, p->fields[f]));
                sy_put_tsv(p->out, p->terminal, sy_cell_at(&cell, i));
            }
        }
        sy_buf_putc(p->out, p->end);
    }
}
