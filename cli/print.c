#include "cli/print.h"

#include <stdio.h>

#include "base/utf8.h"
#include "cli/term.h"
#include "segmenter/width.h"

void sy_cell_get(const sy_shown *hit, sy_field_id field, sy_cell *out)
{
    const sy_stored *r = hit->record;
    *out = (sy_cell){.field = field, .n = 1};
    if (field == SY_FIELD_KEY) {
        out->one = r->key;
    } else if (field == SY_FIELD_SOURCE) {
        out->one = hit->source;
    } else if (field == SY_FIELD_LINE) {
        int len = snprintf(out->number, sizeof out->number, "%u", r->line);
        out->one = (sy_slice){NULL, (size_t)len};
    } else {
        size_t low = 0, high = r->n_values;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (r->values[middle].field < field)
                low = middle + 1;
            else
                high = middle;
        }
        out->n = 0;
        out->stored = r->values + low;
        while (low + out->n < r->n_values && out->stored[out->n].field == field)
            out->n++;
    }
}

sy_slice sy_cell_at(const sy_cell *cell, size_t i)
{
    if (cell->stored)
        return cell->stored[i].text;
    /* The number lies in the cell, which may have been copied: no pointer to it is kept. */
    return cell->field == SY_FIELD_LINE ? (sy_slice){cell->number, cell->one.len} : cell->one;
}

bool sy_shown_place(const sy_schema *schema, const sy_shown *hit, sy_slice *place)
{
    sy_field_id field;
    sy_cell cell;
    if (hit->record->line > 0 || !sy_schema_find(schema, "place", 5, &field))
        return false;
    sy_cell_get(hit, field, &cell);
    if (cell.n == 0)
        return false;
    *place = sy_cell_at(&cell, 0);
    return place->len > 0;
}

bool sy_cell_shared(const sy_shown *hits, size_t n, sy_field_id field)
{
    sy_cell first;
    sy_cell_get(&hits[0], field, &first);
    for (size_t h = 1; h < n; h++) {
        sy_cell other;
        sy_cell_get(&hits[h], field, &other);
        if (other.n != first.n)
            return false;
        for (size_t i = 0; i < first.n; i++)
            if (!sy_slice_equal(sy_cell_at(&first, i), sy_cell_at(&other, i)))
                return false;
    }
    return true;
}

static bool before(const sy_match *m, sy_field_id field, size_t ordinal)
{
    return m->field != field ? m->field < field : m->ordinal < ordinal;
}

const sy_match *sy_cell_matches(const sy_shown *hit, sy_field_id field, size_t i, size_t *n)
{
    size_t low = 0, high = hit->n_matches;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (before(&hit->matches[middle], field, i))
            low = middle + 1;
        else
            high = middle;
    }
    *n = 0;
    const sy_match *at = hit->matches + low;
    while (low + *n < hit->n_matches && at[*n].field == field && at[*n].ordinal == i)
        ++*n;
    return *n > 0 ? at : NULL;
}

const sy_match *sy_cell_via_group(const sy_match *matches, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (matches[i].via_group)
            return &matches[i];
    return NULL;
}

const char *sy_value_joint(const sy_schema *schema, sy_field_id field)
{
    bool names = field < schema->n_fields && schema->fields[field].kind == SY_FIELD_NAMES;
    return names ? "、" : "; ";
}

void sy_put_style(sy_buf *out, bool color, sy_style style)
{
    static const char *const codes[] = {"\033[0m", "\033[1;31m", "\033[2m", "\033[1m"};
    if (color)
        sy_buf_puts(out, codes[style]);
}

bool sy_marker_at(sy_marker *m, size_t byte)
{
    while (m->next < m->end && m->next->start <= byte) {
        if (m->next->end > m->until)
            m->until = m->next->end;
        m->next++;
    }
    return byte < m->until;
}

/* The character before a byte, which is not 0. */
static size_t one_back(sy_slice text, size_t at, uint32_t *cp)
{
    do
        at--;
    while (at > 0 && ((unsigned char)text.data[at] & 0xC0) == 0x80);
    sy_utf8_decode(text.data + at, text.len - at, cp);
    return at;
}

/* Two of them are a flag. */
static bool is_flag_half(uint32_t cp)
{
    return cp >= 0x1F1E6 && cp <= 0x1F1FF;
}

/* Whether people take the character at a byte for part of the one before it: marks that combine,
 * and what emoji are made of. */
static bool joins(sy_slice text, size_t at)
{
    enum { FLAGS_MOST = 64 };
    uint32_t cp, before;
    sy_utf8_decode(text.data + at, text.len - at, &cp);
    bool skin = cp >= 0x1F3FB && cp <= 0x1F3FF;
    if (at == 0 || sy_cp_width(cp) == 0 || skin)
        return at > 0;
    bool odd = false;
    size_t place = one_back(text, at, &before);
    if (before == 0x200D || !is_flag_half(cp))
        return before == 0x200D;
    for (int n = 0; is_flag_half(before) && n < FLAGS_MOST; n++) {
        odd = !odd;
        before = 0;
        if (place > 0)
            place = one_back(text, place, &before);
    }
    return odd;
}

/* n characters before or behind a byte, as far as the text goes. */
static size_t step_back(sy_slice text, size_t at, size_t n)
{
    uint32_t cp;
    while (at > 0 && n > 0) {
        at = one_back(text, at, &cp);
        n -= !joins(text, at);
    }
    return at;
}

static size_t step_on(sy_slice text, size_t at, size_t n)
{
    uint32_t cp;
    while (at < text.len) {
        bool whole = !joins(text, at);
        if (whole && n == 0)
            break;
        n -= whole;
        at += sy_utf8_decode(text.data + at, text.len - at, &cp);
    }
    return at;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void sy_excerpts_init(sy_excerpts *e, const sy_printer *p, sy_slice text, const sy_match *matches,
                      size_t n)
{
    while (p->excerpts && text.len > 0 && is_blank(text.data[text.len - 1]))
        text.len--; /* left out without a word */
    *e = (sy_excerpts){.text = text,
                       .next = matches,
                       .end = matches ? matches + n : NULL,
                       .around = p->around,
                       .excerpts = p->excerpts};
}

bool sy_excerpts_next(sy_excerpts *e, size_t *start, size_t *stop)
{
    if (!e->excerpts || e->next == e->end) {
        if (e->any)
            return false;
        e->any = true;
        *start = 0;
        *stop = e->excerpts ? step_on(e->text, 0, 2 * e->around) : e->text.len;
        return true;
    }
    *start = step_back(e->text, e->next->start, e->around);
    *start = *start > e->done ? *start : e->done;
    size_t reached = e->next->start;
    do { /* matches whose surroundings touch are one part */
        reached = e->next->end > reached ? e->next->end : reached;
        *stop = step_on(e->text, reached, e->around);
        e->next++;
    } while (e->next != e->end && step_back(e->text, e->next->start, e->around) <= *stop);
    e->done = *stop;
    e->any = true;
    return true;
}

bool sy_field_shown(const sy_printer *p, const sy_shown *hits, size_t n, sy_field_id field)
{
    bool shown = !p->excerpts || p->chosen;
    for (size_t h = 0; h < n && !shown; h++) {
        for (size_t i = 0; i < hits[h].n_matches; i++)
            shown |= hits[h].matches[i].field == field;
    }
    return shown;
}

void sy_print_plain(const sy_printer *p, sy_slice text)
{
    if (p->terminal)
        sy_put_visible(p->out, text.data, text.len);
    else
        sy_buf_append(p->out, text.data, text.len);
}
