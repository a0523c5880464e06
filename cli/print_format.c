#include "cli/print_format.h"

#include <string.h>

#include "base/alloc.h"
#include "cli/query_modes.h"

static sy_status add_part(sy_format *f, sy_error *err)
{
    if (!sy_grow((void **)&f->parts, f->n, &f->cap, sizeof *f->parts))
        return sy_fail_nomem(err);
    f->parts[f->n++] = (sy_format_part){.text = SY_BUF_INIT};
    return SY_OK;
}

static sy_buf *last_text(sy_format *f)
{
    return &f->parts[f->n - 1].text;
}

/* What follows a backslash. */
static sy_status read_escape(sy_format *f, char c, sy_error *err)
{
    static const char names[] = "tn0\\{}", values[] = "\t\n\0\\{}";
    const char *at = c != '\0' ? strchr(names, c) : NULL;
    if (!at)
        return sy_fail(err, SY_E_INPUT, NULL,
                       "--format: a backslash stands before t, n, 0, a brace or a backslash, not "
                       "before '%c'",
                       c != '\0' ? c : ' ');
    sy_buf_putc(last_text(f), values[at - names]);
    return SY_OK;
}

static sy_status read_field(sy_format *f, const sy_index *index, const char *name, size_t len,
                            sy_error *err)
{
    sy_format_part *p = &f->parts[f->n - 1];
    p->has_field = true;
    sy_status st = sy_query_field(index, name, len, &p->field, err);
    return st == SY_OK ? add_part(f, err) : st;
}

sy_status sy_format_read(const char *pattern, const sy_index *index, sy_format *out, sy_error *err)
{
    *out = (sy_format){0};
    sy_status st = add_part(out, err);
    for (const char *at = pattern; *at != '\0' && st == SY_OK; at++) {
        const char *close;
        if (*at == '\\') {
            st = read_escape(out, at[1], err);
            at += at[1] != '\0';
        } else if ((*at == '{' || *at == '}') && at[1] == *at) {
            sy_buf_putc(last_text(out), *at++);
        } else if (*at == '{' && (close = strchr(at, '}')) != NULL) {
            st = read_field(out, index, at + 1, (size_t)(close - at - 1), err);
            at = close;
        } else if (*at == '{' || *at == '}') {
            st = sy_fail(err, SY_E_INPUT, NULL,
                         "--format: '%c' has no partner; write it twice for the sign itself", *at);
        } else {
            sy_buf_putc(last_text(out), *at);
        }
    }
    return st == SY_OK ? sy_buf_status(last_text(out), err) : st;
}

void sy_format_release(sy_format *f)
{
    for (size_t i = 0; i < f->n; i++)
        sy_buf_release(&f->parts[i].text);
    sy_free(f->parts);
    *f = (sy_format){0};
}

void sy_print_format(const sy_printer *p, const sy_format *f, const sy_shown *hit)
{
    for (size_t i = 0; i < f->n; i++) {
        const sy_format_part *part = &f->parts[i];
        sy_buf_append(p->out, sy_buf_cstr(&part->text), part->text.len);
        if (part->has_field)
            sy_print_cell(p, hit, part->field);
    }
    sy_buf_putc(p->out, p->end);
}
