/* Words are cut in the normal form and shown in the original spelling. Several
 * words may come from one original character (㍿ gives 株式 and 会社): these are shown
 * as one. */
#include "cli/segment_line.h"

#include "base/alloc.h"
#include "base/utf8.h"

sy_status sy_line_cutter_open(sy_line_cutter *j, const sy_line_form *form,
                              const sy_lexicon *lexicon, sy_error *err)
{
    *j = (sy_line_cutter){.form = form};
    sy_status st = sy_cutter_new(lexicon, &j->cutter, err);
    if (st == SY_OK && form->icu)
        sy_cutter_use_icu(j->cutter);
    return st;
}

void sy_line_cutter_release(sy_line_cutter *j)
{
    sy_cutter_free(j->cutter);
    sy_buf_release(&j->normal);
    sy_buf_release(&j->out);
    sy_norm_map_release(&j->map);
    sy_free(j->units.items);
    sy_free(j->words);
    *j = (sy_line_cutter){.form = NULL};
}

static bool is_space(uint32_t cp)
{
    return (cp >= 0x09 && cp <= 0x0D) || cp == ' ' || cp == 0x85 || cp == 0xA0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 || cp == 0x202F ||
           cp == 0x205F || cp == 0x3000;
}

/* Appends text[len] without its white space, which the normal form dropped. */
static void put_closed_up(sy_buf *out, const char *text, size_t len)
{
    size_t done = 0;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(text + i, len - i, &cp);
        if (is_space(cp)) {
            sy_buf_append(out, text + done, i - done);
            done = i + n;
        }
        i += n;
    }
    sy_buf_append(out, text + done, len - done);
}

static sy_status add_word(sy_line_cutter *j, const sy_unit *unit, sy_error *err)
{
    uint32_t start = j->map.start[unit->start], end = j->map.end[unit->end - 1];
    sy_shown_word *last = j->n_words > 0 ? &j->words[j->n_words - 1] : NULL;
    if (last && start < last->end) {
        last->end = end > last->end ? end : last->end;
        last->kind = unit->kind > last->kind ? unit->kind : last->kind;
        last->n += unit->n_tokens;
        return SY_OK;
    }
    if (!sy_grow((void **)&j->words, j->n_words, &j->cap_words, sizeof *j->words))
        return sy_fail_nomem(err);
    j->words[j->n_words++] = (sy_shown_word){start, end, unit->first, unit->n_tokens, unit->kind};
    return SY_OK;
}

/* Each token as a unit of its own. */
static sy_status take_tokens(sy_line_cutter *j, const sy_token *tokens, size_t n, sy_error *err)
{
    static const sy_unit_kind kinds[] = {[SY_TOKEN_MARK] = SY_UNIT_PUNCTUATION,
                                         [SY_TOKEN_NUMBER] = SY_UNIT_NUMBER,
                                         [SY_TOKEN_WORD] = SY_UNIT_LATIN,
                                         [SY_TOKEN_HAN] = SY_UNIT_WORD};
    sy_status st = SY_OK;
    for (size_t i = 0; st == SY_OK && i < n; i++) {
        sy_unit unit = {tokens[i].start, tokens[i].end, (uint32_t)i, 1, kinds[tokens[i].kind]};
        st = add_word(j, &unit, err);
    }
    return st;
}

static sy_status take_units(sy_line_cutter *j, const sy_token *tokens, size_t n, sy_error *err)
{
    sy_status st = sy_units(j->normal.data, tokens, n, true, &j->units, err);
    for (size_t i = 0; st == SY_OK && i < j->units.n; i++)
        st = add_word(j, &j->units.items[i], err);
    return st;
}

/* Byte offsets of a line as offsets in code points; asked in ascending order
 * mostly, so it counts on from the last one. */
typedef struct counter {
    const char *text;
    size_t byte, character;
} counter;

static size_t count_to(counter *c, size_t byte)
{
    if (byte < c->byte)
        c->character -= sy_utf8_count(c->text + byte, c->byte - byte);
    else
        c->character += sy_utf8_count(c->text + c->byte, byte - c->byte);
    c->byte = byte;
    return c->character;
}

static void put_json_range(sy_buf *out, counter *c, size_t start, size_t end)
{
    sy_buf_puts(out, "{\"text\":");
    sy_buf_put_json(out, c->text + start, end - start);
    size_t from = count_to(c, start);
    sy_buf_printf(out, ",\"start\":%zu,\"end\":%zu", from, count_to(c, end));
}

typedef struct sub_writer {
    sy_line_cutter *j;
    const char *line;
    counter *c; /* of the line, for JSON */
    size_t shown;
} sub_writer;

static void put_sub(sub_writer *w, const sy_token *sub)
{
    sy_buf *out = &w->j->out;
    size_t start = w->j->map.start[sub->start], end = w->j->map.end[sub->end - 1];
    if (w->j->form->json) {
        sy_buf_puts(out, w->shown > 0 ? "," : "");
        put_json_range(out, w->c, start, end);
        sy_buf_putc(out, '}');
    } else {
        sy_buf_puts(out, w->shown > 0 ? " " : " [");
        put_closed_up(out, w->line + start, end - start);
    }
    w->shown++;
}

/* The words inside a shown word, "[a b]" or JSON objects: its tokens, if they are
 * several, and what is inside each. */
static sy_status put_subwords(sy_line_cutter *j, const char *line, const sy_shown_word *word,
                              const sy_token *tokens, counter *c, sy_error *err)
{
    sub_writer w = {j, line, c, 0};
    for (size_t t = word->first; t < word->first + word->n; t++) {
        const sy_token *subs;
        size_t n_subs;
        if (word->n > 1)
            put_sub(&w, &tokens[t]);
        sy_status st = sy_subwords(j->cutter, j->normal.data, &tokens[t], &subs, &n_subs, err);
        if (st != SY_OK)
            return st;
        for (size_t i = 0; i < n_subs; i++)
            put_sub(&w, &subs[i]);
    }
    if (w.shown > 0 && !j->form->json)
        sy_buf_putc(&j->out, ']');
    return SY_OK;
}

static sy_status put_words(sy_line_cutter *j, sy_slice line, const sy_token *tokens, sy_error *err)
{
    for (size_t i = 0; i < j->n_words; i++) {
        const sy_shown_word *word = &j->words[i];
        if (i > 0)
            sy_buf_putc(&j->out, ' ');
        put_closed_up(&j->out, line.data + word->start, word->end - word->start);
        sy_status st = j->form->sub ? put_subwords(j, line.data, word, tokens, NULL, err) : SY_OK;
        if (st != SY_OK)
            return st;
    }
    return SY_OK;
}

static sy_status put_json(sy_line_cutter *j, sy_slice line, const sy_token *tokens, sy_error *err)
{
    counter c = {line.data, 0, 0};
    sy_buf_puts(&j->out, "{\"text\":");
    sy_buf_put_json(&j->out, line.data, line.len);
    sy_buf_puts(&j->out, ",\"tokens\":[");
    for (size_t i = 0; i < j->n_words; i++) {
        const sy_shown_word *word = &j->words[i];
        sy_buf_puts(&j->out, i > 0 ? "," : "");
        put_json_range(&j->out, &c, word->start, word->end);
        sy_buf_printf(&j->out, ",\"kind\":\"%s\"", sy_unit_kind_name(word->kind));
        if (j->form->sub) {
            sy_buf_puts(&j->out, ",\"sub\":[");
            sy_status st = put_subwords(j, line.data, word, tokens, &c, err);
            if (st != SY_OK)
                return st;
            sy_buf_putc(&j->out, ']');
        }
        sy_buf_putc(&j->out, '}');
    }
    sy_buf_puts(&j->out, "]}\n");
    return SY_OK;
}

/* The normal form on one line: a barrier inside becomes U+2028. */
static void put_normal(sy_line_cutter *j)
{
    for (size_t i = 0; i < j->normal.len;) {
        const char *from = j->normal.data + i;
        const char *barrier = memchr(from, SY_BARRIER, j->normal.len - i);
        size_t len = barrier ? (size_t)(barrier - from) : j->normal.len - i;
        sy_buf_append(&j->out, from, len);
        if (barrier)
            sy_buf_put_cp(&j->out, 0x2028);
        i += len + (barrier != NULL);
    }
}

sy_status sy_line_cutter_put(sy_line_cutter *j, sy_slice line, sy_slice end, sy_error *err)
{
    const sy_line_form *form = j->form;
    const sy_token *tokens = NULL;
    size_t n_tokens = 0;
    j->n_words = 0;
    sy_buf_reset(&j->normal);
    sy_status st = sy_normalize(form->norm_flags, line.data, line.len, &j->normal,
                                form->normal ? NULL : &j->map, err);
    if (st == SY_OK && !form->normal && j->normal.len > 0)
        st = sy_cut(j->cutter, j->normal.data, j->normal.len, &tokens, &n_tokens, err);
    if (st == SY_OK)
        st = form->tokens || form->icu ? take_tokens(j, tokens, n_tokens, err)
                                       : take_units(j, tokens, n_tokens, err);
    if (st != SY_OK)
        return st;
    if (form->normal)
        put_normal(j);
    else if (form->json)
        return put_json(j, line, tokens, err);
    else
        st = put_words(j, line, tokens, err);
    sy_buf_append(&j->out, end.data, end.len);
    return st;
}
