/* JSON Lines: docs/json.md says what every member means. */
#include "base/utf8.h"
#include "cli/print.h"

static void put_name(sy_buf *out, const char *name)
{
    sy_buf_put_json(out, name, strlen(name));
    sy_buf_putc(out, ':');
}

static void put_slice(sy_buf *out, sy_slice text)
{
    sy_buf_put_json(out, text.data, text.len);
}

/* A path need not be UTF-8: its very bytes then follow in base 64. */
static void put_source(sy_buf *out, sy_slice source)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    sy_buf_puts(out, "\"source\":");
    put_slice(out, source);
    if (sy_utf8_check(source.data, source.len) == source.len)
        return;
    sy_buf_puts(out, ",\"source_b64\":\"");
    for (size_t i = 0; i < source.len; i += 3) {
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (i + k < source.len ? (uint8_t)source.data[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            sy_buf_putc(out, i + k > source.len ? '=' : digits[group >> (18 - 6 * k) & 63]);
    }
    sy_buf_putc(out, '"');
}

/* "fields":{…} of those whose values are shared by all hits, or are not; a field
 * with one value is a string, with several an array, without any left out. */
static void put_fields(const sy_printer *p, const sy_shown *hits, size_t n, const sy_shown *hit,
                       bool shared)
{
    const char *joint = "";
    sy_buf_puts(p->out, "\"fields\":{");
    for (size_t f = 0; f < p->n_fields; f++) {
        sy_field_id field = p->fields[f];
        if (field >= p->schema->n_fields)
            continue; /* key, source and line have members of their own */
        sy_cell cell;
        sy_cell_get(hit, field, &cell);
        if (cell.n == 0 || sy_cell_shared(hits, n, field) != shared)
            continue;
        sy_buf_puts(p->out, joint);
        joint = ",";
        put_name(p->out, sy_schema_name(p->schema, field));
        if (cell.n > 1)
            sy_buf_putc(p->out, '[');
        for (size_t i = 0; i < cell.n; i++) {
            if (i > 0)
                sy_buf_putc(p->out, ',');
            put_slice(p->out, sy_cell_at(&cell, i));
        }
        if (cell.n > 1)
            sy_buf_putc(p->out, ']');
    }
    sy_buf_putc(p->out, '}');
}

static bool is_shown(const sy_printer *p, sy_field_id field)
{
    if (field >= p->schema->n_fields || !p->chosen)
        return true;
    for (size_t f = 0; f < p->n_fields; f++)
        if (p->fields[f] == field)
            return true;
    return false;
}

/* The text of the value that a match lies in. */
static sy_slice value_of(const sy_shown *hit, const sy_match *m)
{
    sy_cell cell;
    sy_cell_get(hit, m->field, &cell);
    /* Nothing matches in a line number by place; its text would not outlive this call. */
    if (m->ordinal >= cell.n || m->field == SY_FIELD_LINE)
        return (sy_slice){"", 0};
    return sy_cell_at(&cell, m->ordinal);
}

/* Two terms of a query may match the same place: it is given once. */
static bool same_place(const sy_match *a, const sy_match *b)
{
    return a->field == b->field && a->ordinal == b->ordinal && a->start == b->start &&
           a->end == b->end && a->via_group == b->via_group;
}

static void put_matches(const sy_printer *p, const sy_shown *hit)
{
    const char *joint = "";
    sy_slice text = {"", 0};
    size_t byte = 0, character = 0; /* code points before `byte`, counted on as starts ascend */
    const sy_match *last = NULL;
    sy_buf_puts(p->out, "\"matches\":[");
    for (size_t i = 0; i < hit->n_matches; i++) {
        const sy_match *m = &hit->matches[i];
        if (!is_shown(p, m->field) || (last && same_place(last, m)))
            continue;
        if (!last || last->field != m->field || last->ordinal != m->ordinal) {
            text = value_of(hit, m);
            byte = character = 0;
        }
        last = m;
        if (m->end > text.len || m->start > m->end || m->start < byte)
            continue;
        character += sy_utf8_count(text.data + byte, m->start - byte);
        byte = m->start;
        size_t length = sy_utf8_count(text.data + m->start, m->end - m->start);
        sy_buf_puts(p->out, joint);
        joint = ",";
        sy_buf_puts(p->out, "{\"field\":");
        const char *name = sy_schema_name(p->schema, m->field);
        sy_buf_put_json(p->out, name, strlen(name));
        sy_buf_printf(p->out, ",\"value\":%u,\"start\":%zu,\"end\":%zu", m->ordinal, character,
                      character + length);
        if (m->via_group) {
            sy_buf_puts(p->out, ",\"via\":");
            put_slice(p->out, text);
        }
        sy_buf_putc(p->out, '}');
    }
    sy_buf_putc(p->out, ']');
}

/* "line":37 and, where the document has no lines, "place":"Sheet1!7". */
static void put_line(const sy_printer *p, const sy_shown *hit)
{
    sy_slice place;
    sy_buf_printf(p->out, ",\"line\":%u,", hit->record->line);
    if (!sy_shown_place(p->schema, hit, &place))
        return;
    sy_buf_puts(p->out, "\"place\":");
    put_slice(p->out, place);
    sy_buf_putc(p->out, ',');
}

static void put_hit(const sy_printer *p, const sy_shown *hit)
{
    sy_buf_puts(p->out, "{\"type\":\"hit\",\"key\":");
    put_slice(p->out, hit->record->key);
    sy_buf_putc(p->out, ',');
    put_source(p->out, hit->source);
    put_line(p, hit);
    if (hit->ranked)
        sy_buf_printf(p->out, "\"score\":%.6g,", (double)hit->score / SY_SCORE_ONE);
    put_fields(p, hit, 1, hit, true);
    sy_buf_putc(p->out, ',');
    put_matches(p, hit);
    sy_buf_putc(p->out, '}');
}

static void put_row(const sy_printer *p, const sy_shown *hits, size_t n)
{
    sy_buf_puts(p->out, "{\"type\":\"row\",");
    put_source(p->out, hits[0].source);
    put_line(p, &hits[0]);
    put_fields(p, hits, n, &hits[0], true);
    sy_buf_puts(p->out, ",\"hits\":[");
    for (size_t h = 0; h < n; h++) {
        sy_buf_puts(p->out, h > 0 ? ",{\"key\":" : "{\"key\":");
        put_slice(p->out, hits[h].record->key);
        sy_buf_putc(p->out, ',');
        put_fields(p, hits, n, &hits[h], false);
        sy_buf_putc(p->out, ',');
        put_matches(p, &hits[h]);
        sy_buf_putc(p->out, '}');
    }
    sy_buf_puts(p->out, "]}");
}

void sy_print_json(const sy_printer *p, const sy_shown *hits, size_t n)
{
    if (p->group)
        put_row(p, hits, n);
    else
        put_hit(p, &hits[0]);
    sy_buf_putc(p->out, p->end);
}
