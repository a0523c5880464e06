/* The reader of CSV and its kin: RFC 4180, with what is met in practice: separators
 * , ; tab and |, any line ends, quotes in the middle of fields, blank lines.
 *
 * Written here, as libcsv reports no lines and takes one separator: a record must be
 * found again in its file, and a quotation mark that is never closed must not
 * swallow the rest (it is then a character like others). */
#include <strings.h>

#include "indexer/readers/reader_text.h"
#include "indexer/readers/walks.h"

enum {
    SEEN_RECORDS = 30, /* by which the separator is told */
    SEEN_BYTES = 64 << 10,
    TITLES_MAX = 5 /* lines above the table */
};

typedef struct csv {
    const char *at, *end;
    uint32_t line; /* of `at` */
    char separator;
    sy_buf field; /* one that had quotes in it */
} csv;

typedef struct csv_field {
    sy_slice text;
    bool last; /* of its record */
} csv_field;

/* Ends a line: moves past LF, CR LF or CR. */
static void end_line(csv *c)
{
    if (c->at < c->end && *c->at == '\r')
        c->at++;
    if (c->at < c->end && *c->at == '\n')
        c->at++;
    c->line++;
}

static const char *plain_end(const csv *c, const char *p)
{
    /* Bytes of Han, most of a text, are told by one comparison. */
    while (p < c->end &&
           ((unsigned char)*p > '~' || (*p != c->separator && *p != '\n' && *p != '\r')))
        p++;
    return p;
}

/* The mark that closes the quotes opened before p, or NULL. */
static const char *closing_mark(const csv *c, const char *p)
{
    while ((p = memchr(p, '"', (size_t)(c->end - p))) != NULL) {
        if (p + 1 == c->end || p[1] != '"')
            return p;
        p += 2;
        if (p == c->end)
            return NULL;
    }
    return NULL;
}

/* Reads a field in quotes; false, with nothing read, if they are never closed. */
static bool quoted(csv *c, csv_field *out)
{
    const char *from = c->at + 1, *close = from < c->end ? closing_mark(c, from) : NULL;
    if (!close)
        return false;
    const char *behind = plain_end(c, close + 1);
    sy_buf_reset(&c->field);
    for (const char *p = from; p < close;) { /* "" is one mark */
        const char *mark = memchr(p, '"', (size_t)(close - p));
        size_t n = mark ? (size_t)(mark - p) + 1 : (size_t)(close - p);
        sy_buf_append(&c->field, p, n);
        p += mark ? n + 1 : n;
    }
    for (const char *p = from; p < close; p++) {
        bool pair = *p == '\r' && p + 1 < close && p[1] == '\n';
        c->line += (*p == '\n' || *p == '\r') && !pair;
    }
    sy_buf_append(&c->field, close + 1, (size_t)(behind - close - 1));
    out->text = (sy_slice){sy_buf_cstr(&c->field), c->field.len};
    c->at = behind;
    return true;
}

static void next_field(csv *c, csv_field *out)
{
    if (c->at == c->end || *c->at != '"' || !quoted(c, out)) {
        const char *to = plain_end(c, c->at);
        out->text = (sy_slice){c->at, (size_t)(to - c->at)};
        c->at = to;
    }
    out->last = c->at == c->end || *c->at != c->separator;
    if (!out->last)
        c->at++;
    else if (c->at < c->end)
        end_line(c);
}

/* ---- which separator ---- */

/* How a separator divides the first records. */
typedef struct shape {
    char separator;
    size_t titles;  /* lines that it does not divide, before the first that it does */
    size_t records; /* from that one on */
    size_t columns; /* of that one; 0: it divides nothing */
    size_t fits;    /* percentage of the records that have as many */
} shape;

static shape fit(const char *text, size_t len, char separator)
{
    shape s = {.separator = separator};
    csv c = {text, text + (len < SEEN_BYTES ? len : SEEN_BYTES), 1, separator, SY_BUF_INIT};
    size_t same = 0;
    while (c.at < c.end && s.records < SEEN_RECORDS) {
        csv_field f = {.last = false};
        const char *from = c.at;
        size_t n = 0;
        while (!f.last) {
            next_field(&c, &f);
            n++;
        }
        if (n == 1 && sy_trim((sy_slice){from, (size_t)(c.at - from)}).len == 0)
            continue;
        if (c.at == c.end && len > SEEN_BYTES)
            break; /* cut */
        if (s.columns == 0 && n == 1) {
            if (s.titles++ == TITLES_MAX)
                break;
            continue;
        }
        if (s.records++ == 0)
            s.columns = n;
        same += n == s.columns;
    }
    sy_buf_release(&c.field);
    s.fits = s.records > 0 ? same * 100 / s.records : 0;
    return s;
}

/* The separator that fits best, '\0' if none divides anything. */
static shape find_separator(const char *text, size_t len)
{
    static const char candidates[] = {'\t', ',', ';', '|'};
    shape best = {.separator = '\0'};
    for (size_t i = 0; i < sizeof candidates; i++) {
        shape s = fit(text, len, candidates[i]);
        if (s.fits > best.fits || (s.fits == best.fits && s.columns > best.columns))
            best = s;
    }
    return best;
}

/* Excel's first line sep=; names the separator. */
static size_t named_separator(const sy_document *doc, char *separator)
{
    if (doc->len < 6 || strncasecmp(doc->text, "sep=", 4) != 0 ||
        (unsigned char)doc->text[4] > '~' || (doc->text[5] != '\n' && doc->text[5] != '\r'))
        return 0;
    *separator = doc->text[4];
    return doc->len > 6 && doc->text[5] == '\r' && doc->text[6] == '\n' ? 7 : 6;
}

/* ---- the reader ---- */

static sy_status walk_record(csv *c, sy_blocks *out, sy_error *err)
{
    sy_status st = sy_blocks_mark(out, SY_BLOCK_ROW, c->line, err);
    csv_field f = {.last = false};
    sy_block cell = {.kind = SY_BLOCK_CELL_WHOLE, .column = SY_COLUMN_NEXT};
    while (st == SY_OK && !f.last) {
        next_field(c, &f);
        cell.text = f.text;
        st = sy_buf_status(&c->field, err);
        if (st == SY_OK)
            st = sy_blocks_take(out, &cell, err);
    }
    return st == SY_OK ? sy_blocks_mark(out, SY_BLOCK_ROW_END, 0, err) : st;
}

sy_status sy_csv_walk(const sy_document *doc, sy_blocks *out, sy_error *err)
{
    char separator = '\0';
    size_t from = named_separator(doc, &separator);
    if (from == 0)
        separator = find_separator(doc->text, doc->len).separator;
    csv c = {doc->text + from, doc->text + doc->len, from > 0 ? 2 : 1, separator ? separator : ',',
             SY_BUF_INIT};
    sy_status st = sy_blocks_mark(out, SY_BLOCK_SHEET, 0, err);
    if (st == SY_OK)
        st = sy_blocks_mark(out, SY_BLOCK_TABLE, 0, err);
    while (st == SY_OK && c.at < c.end && !out->enough) {
        st = walk_record(&c, out, err);
        sy_map_pass(doc->behind, c.at);
    }
    sy_buf_release(&c.field);
    return st == SY_OK ? sy_blocks_mark(out, SY_BLOCK_TABLE_END, 0, err) : st;
}

static sy_status read_csv(const sy_document *doc, const sy_sink *sink, sy_error *err)
{
    return sy_block_records(doc, sink, sy_csv_walk, err);
}

/* Whether the text begins with a table of Markdown, which prose.c reads. */
static bool is_markdown_table(const sy_document *doc)
{
    const char *end = doc->text + doc->len, *line_end = memchr(doc->text, '\n', doc->len);
    const char *rule = line_end ? line_end + 1 : end, *to;
    to = memchr(rule, '\n', (size_t)(end - rule));
    return sy_is_table_rule(sy_trim((sy_slice){rule, (size_t)((to ? to : end) - rule)}));
}

static int recognise_csv(const sy_document *doc)
{
    char separator;
    if (named_separator(doc, &separator) > 0)
        return 85;
    shape s = find_separator(doc->text, doc->len);
    bool named = sy_name_ends(doc->name, ".csv") || sy_name_ends(doc->name, ".tsv") ||
                 sy_name_ends(doc->name, ".tab");
    if (named)
        return s.separator ? 80 : 30;
    bool lines = memchr(doc->text, '\n', doc->len) || memchr(doc->text, '\r', doc->len);
    return lines && s.fits >= 95 && s.columns >= (s.separator == '\t' ? 2 : 3) &&
                   (s.titles == 0 || s.records >= 3) && !is_markdown_table(doc)
               ? 40
               : 0;
}

const sy_reader sy_csv_reader = {"csv", recognise_csv, read_csv, false};
