/* The reader of plain text and Markdown: paragraphs under their headings.
 *
 * In plain text a line is a paragraph, as Chinese text is written; lines that were
 * folded at spaces belong together. In Markdown blank lines end paragraphs; headings,
 * entries of lists and tables stand for themselves. In both, lines of cells between
 * tabs below the header of a ledger are a table, as are those between bars. */
#include <strings.h>

#include "indexer/readers/headings.h"
#include "indexer/readers/ledger_numerals.h"
#include "indexer/readers/reader_text.h"
#include "indexer/readers/walks.h"

enum {
    PARAGRAPH_MAX = 64 << 10,
    TITLE_MAX = 120,
    PARAGRAPHS_AHEAD = 16 /* of a cell: so far the next tab is looked for */
};

typedef struct prose {
    const sy_schema *schema;
    sy_blocks *out;
    const char *at, *end;
    uint32_t line; /* of `at` */
    bool markdown, fenced, any;
    sy_buf text; /* of the paragraph at hand, without its last line end */
    uint32_t text_line;
    sy_buf scratch;
} prose;

static sy_slice peek_line(const prose *p, const char *from, const char **next)
{
    const char *to = from;
    while (to < p->end && *to != '\n' && *to != '\r')
        to++;
    sy_slice line = {from, (size_t)(to - from)};
    if (to < p->end && *to == '\r' && to + 1 < p->end && to[1] == '\n')
        to++;
    *next = to < p->end ? to + 1 : to;
    return line;
}

static sy_slice next_line(prose *p)
{
    sy_slice line = peek_line(p, p->at, &p->at);
    p->line++;
    return line;
}

static sy_status emit(prose *p, sy_slice text, int level, uint32_t line, sy_error *err)
{
    sy_block b = {.kind = SY_BLOCK_PARAGRAPH, .text = text, .line = line};
    b.level = level;
    p->any = true;
    return sy_blocks_take(p->out, &b, err);
}

static sy_status flush(prose *p, sy_error *err)
{
    sy_status st = sy_buf_status(&p->text, err);
    if (st == SY_OK && p->text.len > 0)
        st = emit(p, (sy_slice){p->text.data, p->text.len}, SY_LEVEL_TEXT, p->text_line, err);
    sy_buf_reset(&p->text);
    return st;
}

static sy_status add_line(prose *p, sy_slice line, sy_error *err)
{
    sy_status st = SY_OK;
    if (p->text.len > PARAGRAPH_MAX)
        st = flush(p, err);
    if (p->text.len == 0)
        p->text_line = p->line;
    else
        sy_buf_putc(&p->text, '\n');
    sy_buf_append(&p->text, line.data, line.len);
    return st;
}

/* ---- tables of cells between tabs ---- */

static size_t count_cells(sy_slice line)
{
    size_t n = 1;
    for (const char *p = line.data, *end = p + line.len;
         p < end && (p = memchr(p, '\t', (size_t)(end - p))); p++)
        n++;
    return n;
}

/* Takes the first cell off a line; false if there is none any more. */
static bool next_cell(sy_slice *line, sy_slice *cell)
{
    if (!line->data)
        return false;
    const char *tab = line->len > 0 ? memchr(line->data, '\t', line->len) : NULL;
    size_t n = tab ? (size_t)(tab - line->data) : line->len;
    *cell = sy_trim((sy_slice){line->data, n});
    *line = tab ? (sy_slice){tab + 1, line->len - n - 1} : (sy_slice){NULL, 0};
    return true;
}

/* A line without the tabs by which its table is indented. */
static sy_slice without_indent(sy_slice line, size_t indent)
{
    for (; indent > 0 && line.len > 0 && line.data[0] == '\t'; indent--) {
        line.data++;
        line.len--;
    }
    return line;
}

/* Whether a line is the header of a ledger. */
static sy_status is_tab_header(prose *p, sy_slice line, bool *is, sy_error *err)
{
    sy_headings known = {.columns = 0};
    sy_slice cell;
    sy_status st = SY_OK;
    *is = false;
    if (line.len == 0 || !memchr(line.data, '\t', line.len))
        return SY_OK;
    while (st == SY_OK && !sy_headings_hopeless(&known) && next_cell(&line, &cell))
        st = sy_headings_add(&known, p->schema, cell, true, &p->scratch, err);
    *is = !line.data && sy_headings_enough(&known);
    return st;
}

/* The cells of a line, the first of n; the last one that follows. */
typedef struct tab_row {
    size_t indent, columns; /* of the table; no columns: its header */
    size_t n;               /* cells so far */
    bool numbered;          /* the first is a number */
} tab_row;

static bool has_tab(sy_slice line)
{
    return line.len > 0 && memchr(line.data, '\t', line.len);
}

static bool is_blank(sy_slice line)
{
    return sy_trim(line).len == 0;
}

/* The cells of the first line with a tab among the `most` ones from `at` on, or 0. Blank
 * lines do not count, but end the search unless `over_blank`. */
static size_t cells_ahead(const prose *p, const char *at, int most, bool over_blank)
{
    while (at < p->end && most > 0) {
        sy_slice line = peek_line(p, at, &at);
        bool blank = is_blank(line);
        if (!blank && has_tab(line))
            return count_cells(line);
        if (blank && !over_blank)
            return 0;
        most -= !blank;
    }
    return 0;
}

static bool opens_section(sy_slice line)
{
    sy_heading heading;
    return sy_heading_parse(sy_trim(line), &heading) &&
           (heading.form == SY_HEADING_HAN || heading.counted);
}

static bool is_number(prose *p, sy_slice cell)
{
    sy_slice rest;
    return sy_row_number(cell, &p->scratch, &rest) && rest.len == 0;
}

/* Whether the next line is of the row at hand: a further paragraph of its last cell,
 * and the cells behind that. Rows may lack their last cells, so where tabs are in the
 * line, only numbers tell a new row from the rest of one. */
static bool row_goes_on(prose *p, const tab_row *row)
{
    const char *next;
    if (p->at == p->end || row->columns == 0)
        return false;
    sy_slice line = without_indent(peek_line(p, p->at, &next), row->indent), cell;
    size_t n = count_cells(line);
    if (is_blank(line))
        return false;
    if (n == 1)
        return !opens_section(line) &&
               cells_ahead(p, next, PARAGRAPHS_AHEAD, row->n < row->columns) > 0;
    next_cell(&line, &cell);
    return row->numbered && row->n + n - 1 <= row->columns && cell.len > 0 && !is_number(p, cell);
}

static sy_status put_cells(prose *p, tab_row *row, sy_slice line, sy_error *err)
{
    sy_slice cell;
    sy_status st = SY_OK;
    bool first = true;
    for (line = without_indent(line, row->indent); st == SY_OK && next_cell(&line, &cell);) {
        if (!first || row->n == 0) {
            sy_block b = {.kind = SY_BLOCK_CELL, .column = SY_COLUMN_NEXT};
            if (row->n++ > 0)
                st = sy_blocks_mark(p->out, SY_BLOCK_CELL_END, 0, err);
            if (st == SY_OK)
                st = sy_blocks_take(p->out, &b, err);
        }
        sy_block text = {.kind = SY_BLOCK_PARAGRAPH, .text = cell};
        if (st == SY_OK)
            st = sy_blocks_take(p->out, &text, err);
        first = false;
    }
    return st;
}

/* A row: the line at hand, and those that it goes on in. */
static sy_status put_tab_row(prose *p, sy_slice line, tab_row *row, sy_error *err)
{
    sy_status st = sy_blocks_mark(p->out, SY_BLOCK_ROW, p->line, err);
    sy_slice rest = without_indent(line, row->indent), first;
    row->n = 0;
    row->numbered = next_cell(&rest, &first) && is_number(p, first);
    if (st == SY_OK)
        st = put_cells(p, row, line, err);
    while (st == SY_OK && row_goes_on(p, row))
        st = put_cells(p, row, next_line(p), err);
    if (st == SY_OK)
        st = sy_blocks_mark(p->out, SY_BLOCK_CELL_END, 0, err);
    return st == SY_OK ? sy_blocks_mark(p->out, SY_BLOCK_ROW_END, 0, err) : st;
}

/* A line between the rows stands across the table. */
static sy_status put_across(prose *p, sy_slice line, const tab_row *row, sy_error *err)
{
    sy_block b = {.kind = SY_BLOCK_CELL_WHOLE, .column = SY_COLUMN_NEXT, .text = sy_trim(line)};
    b.columns = (uint32_t)row->columns;
    sy_status st = sy_blocks_mark(p->out, SY_BLOCK_ROW, p->line, err);
    if (st == SY_OK)
        st = sy_blocks_take(p->out, &b, err);
    return st == SY_OK ? sy_blocks_mark(p->out, SY_BLOCK_ROW_END, 0, err) : st;
}

/* Whether the table goes on with the next line. A row that does not stand directly below
 * another must fill more than half of the columns, so that a line of signatures is none. */
static bool table_goes_on(const prose *p, const tab_row *row, bool gap)
{
    const char *next;
    if (p->at == p->end)
        return false;
    sy_slice line = peek_line(p, p->at, &next);
    if (has_tab(line) && !gap)
        return true;
    size_t n = has_tab(line) ? count_cells(line) : cells_ahead(p, next, 1, true);
    return n > row->indent && 2 * (n - row->indent) > row->columns;
}

static bool skip_blank(prose *p)
{
    const char *next, *from = p->at;
    while (p->at < p->end && is_blank(peek_line(p, p->at, &next)))
        next_line(p);
    return p->at > from;
}

static sy_status tab_table(prose *p, sy_slice head, sy_error *err)
{
    tab_row row = {.columns = 0};
    while (row.indent < head.len && head.data[row.indent] == '\t')
        row.indent++;
    size_t columns = count_cells(without_indent(head, row.indent));
    sy_status st = flush(p, err);
    if (st == SY_OK)
        st = sy_blocks_mark(p->out, SY_BLOCK_TABLE, p->line, err);
    if (st == SY_OK)
        st = put_tab_row(p, head, &row, err);
    row.columns = columns;
    bool gap = skip_blank(p), other = false;
    while (st == SY_OK && table_goes_on(p, &row, gap)) {
        const char *next;
        if (gap)
            st = is_tab_header(p, sy_trim(peek_line(p, p->at, &next)), &other, err);
        if (st != SY_OK || other)
            break; /* another table */
        sy_slice line = next_line(p);
        gap = !has_tab(line);
        st = gap ? put_across(p, line, &row, err) : put_tab_row(p, line, &row, err);
        gap |= skip_blank(p);
    }
    return st == SY_OK ? sy_blocks_mark(p->out, SY_BLOCK_TABLE_END, 0, err) : st;
}

/* ---- tables of cells between bars ---- */

/* The length of a <br> that `s` begins with, or 0. */
static size_t break_at(sy_slice s)
{
    static const char *const breaks[] = {"<br>", "<br/>", "<br />"};
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        size_t n = strlen(breaks[i]);
        if (s.len >= n && strncasecmp(s.data, breaks[i], n) == 0)
            return n;
    }
    return 0;
}

/* | a | b |: cells between bars, \| being a bar in the text and <br> a line end. */
static sy_status bar_row(prose *p, sy_slice s, sy_error *err)
{
    sy_status st = sy_blocks_mark(p->out, SY_BLOCK_ROW, p->line, err);
    size_t i = s.len > 0 && s.data[0] == '|' ? 1 : 0;
    while (st == SY_OK && i < s.len) {
        sy_buf_reset(&p->text);
        for (; i < s.len && s.data[i] != '|'; i++) {
            size_t line_end = s.data[i] == '<' ? break_at((sy_slice){s.data + i, s.len - i}) : 0;
            i += s.data[i] == '\\' && i + 1 < s.len && s.data[i + 1] == '|';
            sy_buf_putc(&p->text, line_end ? '\n' : s.data[i]);
            i += line_end ? line_end - 1 : 0;
        }
        i++;
        sy_block b = {.kind = SY_BLOCK_CELL_WHOLE, .column = SY_COLUMN_NEXT};
        b.text = (sy_slice){sy_buf_cstr(&p->text), p->text.len};
        st = sy_buf_status(&p->text, err);
        if (st == SY_OK)
            st = sy_blocks_take(p->out, &b, err);
    }
    sy_buf_reset(&p->text);
    return st == SY_OK ? sy_blocks_mark(p->out, SY_BLOCK_ROW_END, 0, err) : st;
}

static sy_status bar_table(prose *p, sy_slice head, sy_error *err)
{
    sy_status st = flush(p, err);
    if (st == SY_OK)
        st = sy_blocks_mark(p->out, SY_BLOCK_TABLE, p->line, err);
    if (st == SY_OK)
        st = bar_row(p, head, err);
    next_line(p); /* the rule */
    while (st == SY_OK && p->at < p->end) {
        const char *next;
        sy_slice line = sy_trim(peek_line(p, p->at, &next));
        if (line.len == 0 || !memchr(line.data, '|', line.len))
            break;
        next_line(p);
        st = bar_row(p, line, err);
    }
    return st == SY_OK ? sy_blocks_mark(p->out, SY_BLOCK_TABLE_END, 0, err) : st;
}

/* Takes the table that begins with the line at hand, if one does. */
static sy_status take_table(prose *p, sy_slice line, sy_slice below, bool *is, sy_error *err)
{
    sy_slice text = sy_trim(line);
    *is = text.len > 0 && memchr(text.data, '|', text.len) && sy_is_table_rule(below);
    if (*is)
        return bar_table(p, text, err);
    sy_status st = is_tab_header(p, text, is, err);
    if (st != SY_OK || !*is)
        return st;
    /* Tabs in front are of its rows too; those behind it head no column. */
    return tab_table(p, (sy_slice){line.data, (size_t)(text.data + text.len - line.data)}, err);
}

/* ---- plain text ---- */

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether a line goes on in the next: both are Latin text, the first ends in a word
 * or a comma, the next begins with a small letter. */
static bool goes_on(sy_slice line, sy_slice next)
{
    if (line.len == 0 || next.len == 0)
        return false;
    char last = line.data[line.len - 1];
    return (is_word(last) || last == ',') && next.data[0] >= 'a' && next.data[0] <= 'z';
}

static sy_status plain_line(prose *p, sy_slice line, sy_error *err)
{
    const char *next;
    sy_slice text = sy_trim(line), below = sy_trim(peek_line(p, p->at, &next));
    bool is;
    sy_status st = take_table(p, line, below, &is, err);
    if (st != SY_OK || is)
        return st;
    bool title = !p->any && p->text.len == 0 && text.len > 0 && text.len <= TITLE_MAX &&
                 p->at < p->end && below.len == 0;
    if (title)
        return emit(p, text, SY_LEVEL_TITLE, p->line, err);
    st = text.len > 0 ? add_line(p, text, err) : SY_OK;
    return st == SY_OK && !goes_on(text, below) ? flush(p, err) : st;
}

/* ---- Markdown ---- */

/* The rank of a heading # …, its text without marks; 0 if the line is none. */
static int heading(sy_slice line, sy_slice *text)
{
    size_t n = 0;
    while (n < line.len && line.data[n] == '#')
        n++;
    if (n == 0 || n > 6 || (n < line.len && line.data[n] != ' ' && line.data[n] != '\t'))
        return 0;
    *text = sy_trim((sy_slice){line.data + n, line.len - n});
    size_t end = text->len;
    while (end > 0 && text->data[end - 1] == '#')
        end--;
    if (end == 0 || text->data[end - 1] == ' ')
        text->len = sy_trim((sy_slice){text->data, end}).len;
    return (int)n;
}

static bool is_made_of(sy_slice s, const char *set)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!strchr(set, s.data[i]))
            return false;
    }
    return s.len > 0;
}

static bool starts_entry(sy_slice s)
{
    size_t i = 0;
    if (s.len >= 2 && strchr("-*+", s.data[0]) && s.data[1] == ' ')
        return true;
    while (i < s.len && i < 9 && s.data[i] >= '0' && s.data[i] <= '9')
        i++;
    return i > 0 && i + 1 < s.len && (s.data[i] == '.' || s.data[i] == ')') && s.data[i + 1] == ' ';
}

static sy_status markdown_heading(prose *p, sy_slice text, int level, sy_error *err)
{
    sy_status st = flush(p, err);
    return st == SY_OK ? emit(p, text, level == 1 && !p->any ? SY_LEVEL_TITLE : level, p->line, err)
                       : st;
}

static sy_status markdown_line(prose *p, sy_slice line, sy_error *err)
{
    const char *next;
    sy_slice text = sy_trim(line), below = sy_trim(peek_line(p, p->at, &next)), title;
    bool fence =
        text.len >= 3 && (memcmp(text.data, "```", 3) == 0 || memcmp(text.data, "~~~", 3) == 0);
    if (fence)
        p->fenced = !p->fenced;
    if (fence || (text.len == 0 && !p->fenced))
        return flush(p, err);
    if (p->fenced)
        return add_line(p, line, err);
    int level = heading(text, &title);
    if (level > 0)
        return markdown_heading(p, title, level, err);
    if (p->text.len == 0 && (is_made_of(below, "=") || (below.len > 2 && is_made_of(below, "-")))) {
        level = below.data[0] == '=' ? 1 : 2;
        sy_status st = markdown_heading(p, text, level, err);
        next_line(p);
        return st;
    }
    bool is;
    sy_status st = take_table(p, line, below, &is, err);
    if (st != SY_OK || is)
        return st;
    st = starts_entry(text) ? flush(p, err) : SY_OK;
    return st == SY_OK ? add_line(p, text, err) : st;
}

/* ---- the reader ---- */

static bool is_markdown(const char *name)
{
    return sy_name_ends(name, ".md") || sy_name_ends(name, ".markdown");
}

sy_status sy_prose_walk(const sy_document *doc, sy_blocks *out, sy_error *err)
{
    prose p = {.schema = doc->schema, .out = out, .at = doc->text, .end = doc->text + doc->len};
    p.markdown = is_markdown(doc->name);
    sy_status st = SY_OK;
    while (st == SY_OK && p.at < p.end) {
        sy_slice line = next_line(&p);
        st = p.markdown ? markdown_line(&p, line, err) : plain_line(&p, line, err);
        sy_map_pass(doc->behind, p.at);
    }
    if (st == SY_OK)
        st = flush(&p, err);
    sy_buf_release(&p.text);
    sy_buf_release(&p.scratch);
    return st;
}

static sy_status read_prose(const sy_document *doc, const sy_sink *sink, sy_error *err)
{
    return sy_block_records(doc, sink, sy_prose_walk, err);
}

/* Text is known by its name: sources of programs are text too, but no documents. */
static int recognise_prose(const sy_document *doc)
{
    static const char *const endings[] = {".txt", ".text", ".asc", ".log", ".srt", ".rst"};
    const char *slash = strrchr(doc->name, '/'), *base = slash ? slash + 1 : doc->name;
    if (is_markdown(doc->name))
        return 60;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (sy_name_ends(doc->name, endings[i]))
            return 10;
    }
    return strchr(base, '.') ? 0 : 5;
}

const sy_reader sy_prose_reader = {"text", recognise_prose, read_prose, false};
