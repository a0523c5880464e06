#include "query/needle.h"

#include "base/alloc.h"

/* memmem is fast, but starting it again one byte behind each place would make
 * "aaa…" in "aaa…" quadratic. Two places lie at least a period apart; the one at
 * exactly a period shares all but its last bytes with the one before, so these
 * bytes decide. Other overlaps are longer than the needle less its period (Fine
 * and Wilf, 1965), so memmem is started only a few times per needle's length. */

/* The prefix function of Knuth, Morris and Pratt: borders[i] is the length of the
 * longest proper prefix of text[0..i] that is its suffix too. */
sy_status sy_needle_init(sy_needle *n, sy_slice text, sy_error *err)
{
    *n = (sy_needle){.text = text, .period = text.len};
    if (text.len < 2)
        return SY_OK;
    uint32_t *borders = sy_alloc(text.len, sizeof *borders);
    if (!borders)
        return sy_fail_nomem(err);
    borders[0] = 0;
    for (size_t i = 1; i < text.len; i++) {
        uint32_t border = borders[i - 1];
        while (border > 0 && text.data[i] != text.data[border])
            border = borders[border - 1];
        borders[i] = border + (text.data[i] == text.data[border]);
    }
    n->period = text.len - borders[text.len - 1];
    sy_free(borders);
    return SY_OK;
}

void sy_finder_init(sy_finder *f, const sy_needle *needle, sy_slice text)
{
    *f = (sy_finder){.needle = needle, .at = text.data};
    f->end = text.len > 0 ? text.data + text.len : text.data;
}

const char *sy_finder_next(sy_finder *f)
{
    sy_slice text = f->needle->text;
    size_t period = f->needle->period;
    if (text.len == 0 || !f->at)
        return NULL;
    if (f->found) {
        if ((size_t)(f->end - f->at) < text.len + period) {
            f->at = NULL;
            return NULL;
        }
        f->at += period;
        const char *tail = text.data + text.len - period;
        if (memcmp(f->at + text.len - period, tail, period) == 0)
            return f->at;
        f->at++;
    }
    f->at = memmem(f->at, (size_t)(f->end - f->at), text.data, text.len);
    f->found = true;
    return f->at;
}
