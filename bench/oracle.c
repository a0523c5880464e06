/* bench/oracle.c - counts by scanning, without any index, what each query must find.
 *
 *     oracle RECORDS.tsv QUERIES.tsv
 *
 * RECORDS.tsv: number, key, then the fields (bench/corpus.py). QUERIES.tsv: "one", "and",
 * "or" or "prefix", then pairs of a field's name (empty: any field) and a text. Prints a
 * line a query: the number of records that hold the texts as substrings of a field as it
 * is written, a tab, and the number that do in suoyin's normal form. A prefix counts as
 * a substring. No match crosses fields or, the texts having none, paragraph ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "segmenter/normal.h"

enum { N_FIELDS = 5, N_FORMS = 2, RAW = 0, NORMAL = 1 };

static const char *const field_names[N_FIELDS] = {"title", "section", "article", "date", "text"};

/* One field of all records in one form. Each value ends with a NUL, which no query has. */
typedef struct column {
    sy_buf text;
    size_t *ends; /* ends[n_records]: just behind each record's NUL */
} column;

typedef struct collection {
    column columns[N_FORMS][N_FIELDS];
    size_t n_records, cap;
} collection;

static _Noreturn void stop(const char *what, const char *name)
{
    fprintf(stderr, "oracle: %s '%s'\n", what, name);
    exit(2);
}

/* Turns \n, \t and \\ of a cell back; returns its new length. */
static size_t unescape(char *cell)
{
    char *out = cell;
    for (const char *in = cell; *in != '\0'; in++) {
        if (*in == '\\' && in[1] != '\0') {
            in++;
            *out++ = (char)(*in == 'n' ? '\n' : *in == 't' ? '\t' : *in);
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
    return (size_t)(out - cell);
}

static void normalize(const char *text, size_t len, sy_buf *out)
{
    sy_error err;
    sy_error_clear(&err);
    if (sy_normalize(0, text, len, out, NULL, &err) != SY_OK)
        stop(err.msg, text);
}

static void grow(collection *all)
{
    size_t cap = all->cap == 0 ? 1024 : 2 * all->cap;
    for (int form = 0; form < N_FORMS; form++) {
        for (int f = 0; f < N_FIELDS; f++) {
            column *c = &all->columns[form][f];
            size_t *ends = sy_resize(c->ends, cap, sizeof *ends);
            if (ends == NULL)
                stop("out of memory at", field_names[f]);
            c->ends = ends;
        }
    }
    all->cap = cap;
}

static void add_value(column *c, size_t record)
{
    sy_buf_putc(&c->text, '\0');
    c->ends[record] = c->text.len;
}

static void add_record(collection *all, char *line)
{
    if (all->n_records == all->cap)
        grow(all);
    strsep(&line, "\t");
    strsep(&line, "\t");
    for (int f = 0; f < N_FIELDS; f++) {
        char *cell = strsep(&line, "\t");
        if (cell == NULL)
            stop("a record without the field", field_names[f]);
        size_t len = unescape(cell);
        sy_buf_append(&all->columns[RAW][f].text, cell, len);
        normalize(cell, len, &all->columns[NORMAL][f].text);
        for (int form = 0; form < N_FORMS; form++)
            add_value(&all->columns[form][f], all->n_records);
    }
    all->n_records++;
}

static FILE *open_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        stop("cannot open", path);
    return file;
}

static void read_records(const char *path, collection *all)
{
    FILE *file = open_file(path);
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    while ((len = getline(&line, &cap, file)) > 0) {
        line[len - (line[len - 1] == '\n')] = '\0';
        add_record(all, line);
    }
    free(line);
    fclose(file);
}

/* Adds 1 << bit to marks[] of the records whose value has the text. */
static void mark(const column *c, const char *text, size_t len, unsigned bit, uint8_t *marks)
{
    const char *at = sy_buf_cstr(&c->text);
    const char *base = at, *end = at + c->text.len;
    size_t record = 0;
    while ((at = memmem(at, (size_t)(end - at), text, len)) != NULL) {
        while (c->ends[record] <= (size_t)(at - base))
            record++;
        marks[record] |= (uint8_t)(1u << bit);
        at = base + c->ends[record];
    }
}

/* The records that hold any part ("or") or all of them, in one form. */
static size_t count(const collection *all, int form, char **cells, size_t n_parts, bool any,
                    uint8_t *marks)
{
    memset(marks, 0, all->n_records);
    for (size_t part = 0; part < n_parts; part++) {
        const char *field = cells[2 * part], *text = cells[2 * part + 1];
        sy_buf normal = SY_BUF_INIT;
        normalize(text, strlen(text), &normal);
        if (form == NORMAL)
            text = sy_buf_cstr(&normal);
        for (int f = 0; f < N_FIELDS; f++)
            if (field[0] == '\0' || strcmp(field, field_names[f]) == 0)
                mark(&all->columns[form][f], text, strlen(text), (unsigned)part, marks);
        sy_buf_release(&normal);
    }
    size_t n = 0;
    unsigned wanted = (1u << n_parts) - 1;
    for (size_t r = 0; r < all->n_records; r++)
        n += any ? marks[r] != 0 : marks[r] == wanted;
    return n;
}

static void answer(const collection *all, char *line, uint8_t *marks)
{
    enum { MAX_CELLS = 16 };
    char *cells[MAX_CELLS];
    size_t n_cells = 0;
    const char *op = strsep(&line, "\t");
    while (line != NULL && n_cells < MAX_CELLS) {
        cells[n_cells] = strsep(&line, "\t");
        unescape(cells[n_cells++]);
    }
    if (n_cells == 0 || n_cells % 2 != 0 || line != NULL)
        stop("a malformed query with the operator", op);
    bool any = strcmp(op, "or") == 0;
    size_t raw = count(all, RAW, cells, n_cells / 2, any, marks);
    size_t normal = count(all, NORMAL, cells, n_cells / 2, any, marks);
    printf("%zu\t%zu\n", raw, normal);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: oracle RECORDS.tsv QUERIES.tsv\n", stderr);
        return 2;
    }
    collection all = {.n_records = 0};
    read_records(argv[1], &all);
    for (int form = 0; form < N_FORMS; form++)
        for (int f = 0; f < N_FIELDS; f++)
            if (all.columns[form][f].text.status != SY_OK)
                stop("out of memory at", field_names[f]);
    uint8_t *marks = sy_calloc(all.n_records + 1, 1);
    if (marks == NULL)
        stop("out of memory at", argv[2]);
    FILE *queries = open_file(argv[2]);
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    while ((len = getline(&line, &cap, queries)) > 0) {
        line[len - (line[len - 1] == '\n')] = '\0';
        answer(&all, line, marks);
    }
    free(line);
    fclose(queries);
    sy_free(marks);
    for (int form = 0; form < N_FORMS; form++) {
        for (int f = 0; f < N_FIELDS; f++) {
            sy_free(all.columns[form][f].ends);
            sy_buf_release(&all.columns[form][f].text);
        }
    }
    return fflush(stdout) == 0 ? 0 : 2;
}
