/* The reader of plain text and Markdown: paragraphs under their headings.
 *
 * In plain text a line is a paragraph, as Chinese text is written; lines that were
 * folded at spaces belong together. In Markdown blank lines end paragraphs; headings,
 * entries of lists and tables stand for themselves. */
#include "indexer/readers/reader_text.h"
#include "indexer/readers/walks.h"

enum { PARAGRAPH_MAX = 64 << 10, TITLE_MAX = 120 };

typedef struct prose {
    sy_blocks *out;
    const char *at, *end;
    uint32_t line; /* of `at` */
    bool markdown, fenced, any;
    sy_buf text; /* of the paragraph at hand, without its last line end */
    uint32_t text_line;
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
    bool title = !p->any && p->text.len == 0 && text.len > 0 && text.len <= TITLE_MAX &&
                 p->at < p->end && below.len == 0;
    if (title)
        return emit(p, text, SY_LEVEL_TITLE, p->line, err);
    sy_status st = text.len > 0 ? add_line(p, text, err) : SY_OK;
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

static bool is_table_rule(sy_slice s)
{
    return is_made_of(s, "|-: ") && memchr(s.data, '-', s.len) && memchr(s.data, '|', s.len);
}

/* | a | b |: cells between bars, \| being a bar in the text. */
static sy_status table_row(prose *p, sy_slice s, sy_error *err)
{
    sy_status st = sy_blocks_mark(p->out, SY_BLOCK_ROW, p->line, err);
    size_t i = s.len > 0 && s.data[0] == '|' ? 1 : 0;
    while (st == SY_OK && i < s.len) {
        sy_buf_reset(&p->text);
        for (; i < s.len && s.data[i] != '|'; i++) {
            i += s.data[i] == '\\' && i + 1 < s.len && s.data[i + 1] == '|';
            sy_buf_putc(&p->text, s.data[i]);
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

static sy_status table(prose *p, sy_slice head, sy_error *err)
{
    sy_status st = sy_blocks_mark(p->out, SY_BLOCK_TABLE, p->line, err);
    if (st == SY_OK)
        st = table_row(p, head, err);
    next_line(p); /* the rule */
    while (st == SY_OK && p->at < p->end) {
        const char *next;
        sy_slice line = sy_trim(peek_line(p, p->at, &next));
        if (line.len == 0 || !memchr(line.data, '|', line.len))
            break;
        next_line(p);
        st = table_row(p, line, err);
    }
    return st == SY_OK ? sy_blocks_mark(p->out, SY_BLOCK_TABLE_END, 0, err) : st;
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
    if (memchr(text.data, '|', text.len) && is_table_rule(below)) {
        sy_status st = flush(p, err);
        return st == SY_OK ? table(p, text, err) : st;
    }
    sy_status st = starts_entry(text) ? flush(p, err) : SY_OK;
    return st == SY_OK ? add_line(p, text, err) : st;
}

/* ---- the reader ---- */

static bool is_markdown(const char *name)
{
    return sy_name_ends(name, ".md") || sy_name_ends(name, ".markdown");
}

sy_status sy_prose_walk(const sy_document *doc, sy_blocks *out, sy_error *err)
{
    prose p = {.out = out, .at = doc->text, .end = doc->text + doc->len};
    p.markdown = is_markdown(doc->name);
    sy_status st = SY_OK;
    while (st == SY_OK && p.at < p.end) {
        sy_slice line = next_line(&p);
        st = p.markdown ? markdown_line(&p, line, err) : plain_line(&p, line, err);
        sy_document_pass(doc, p.at);
    }
    if (st == SY_OK)
        st = flush(&p, err);
    sy_buf_release(&p.text);
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
