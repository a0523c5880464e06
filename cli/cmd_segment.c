/* suoyin segment: text in, the same lines with their words apart.
 *
 * Words are cut in the normal form and shown in the original spelling. Several
 * tokens may come from one original character (㍿ gives 株式 and 会社): these are
 * shown as one. */
#include "base/alloc.h"
#include "base/io.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/line_source.h"
#include "segmenter/cut.h"
#include "segmenter/normal.h"

enum { FLUSH_AT = 1 << 16, LEXICON_FILE_MOST = 1 << 30 };

/* One word as shown: tokens [first, first + n) that share original characters. */
typedef struct shown_word {
    size_t start, end; /* bytes of the original line */
    size_t first, n;
    sy_token_kind kind;
} shown_word;

typedef struct job {
    unsigned norm_flags;
    bool sub, json, normal;
    sy_index *index; /* or NULL */
    sy_buf image;    /* the lexicon, unless it is the index's */
    sy_lexicon lexicon;
    sy_cutter *cutter;
    sy_buf repaired, form, out;
    sy_norm_map map;
    shown_word *words;
    size_t n_words, cap_words;
    uint64_t n_replaced, first_replaced; /* of the file: how many, in which line */
} job;

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

static sy_status add_word(job *j, const sy_token *token, size_t i, sy_error *err)
{
    size_t start = j->map.start[token->start], end = j->map.end[token->end - 1];
    shown_word *last = j->n_words > 0 ? &j->words[j->n_words - 1] : NULL;
    if (last && start < last->end) {
        last->end = end > last->end ? end : last->end;
        last->kind = token->kind > last->kind ? token->kind : last->kind;
        last->n++;
        return SY_OK;
    }
    if (!sy_grow((void **)&j->words, j->n_words, &j->cap_words, sizeof *j->words))
        return sy_fail_nomem(err);
    j->words[j->n_words++] = (shown_word){start, end, i, 1, token->kind};
    return SY_OK;
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

/* The words inside a shown word: "[a b]" or JSON objects. */
static sy_status put_subwords(job *j, const char *line, const shown_word *word,
                              const sy_token *tokens, counter *c, sy_error *err)
{
    size_t shown = 0;
    for (size_t t = word->first; t < word->first + word->n; t++) {
        const sy_token *subs;
        size_t n_subs;
        sy_status st = sy_subwords(j->cutter, j->form.data, &tokens[t], &subs, &n_subs, err);
        if (st != SY_OK)
            return st;
        for (size_t i = 0; i < n_subs; i++, shown++) {
            size_t start = j->map.start[subs[i].start], end = j->map.end[subs[i].end - 1];
            if (j->json) {
                sy_buf_puts(&j->out, shown > 0 ? "," : "");
                put_json_range(&j->out, c, start, end);
                sy_buf_putc(&j->out, '}');
            } else {
                sy_buf_puts(&j->out, shown > 0 ? " " : " [");
                put_closed_up(&j->out, line + start, end - start);
            }
        }
    }
    if (shown > 0 && !j->json)
        sy_buf_putc(&j->out, ']');
    return SY_OK;
}

static sy_status put_words(job *j, sy_slice line, const sy_token *tokens, sy_error *err)
{
    for (size_t i = 0; i < j->n_words; i++) {
        const shown_word *word = &j->words[i];
        if (i > 0)
            sy_buf_putc(&j->out, ' ');
        put_closed_up(&j->out, line.data + word->start, word->end - word->start);
        sy_status st = j->sub ? put_subwords(j, line.data, word, tokens, NULL, err) : SY_OK;
        if (st != SY_OK)
            return st;
    }
    return SY_OK;
}

static sy_status put_json(job *j, sy_slice line, const sy_token *tokens, sy_error *err)
{
    static const char *const kinds[] = {"mark", "number", "word", "han"};
    counter c = {line.data, 0, 0};
    sy_buf_puts(&j->out, "{\"text\":");
    sy_buf_put_json(&j->out, line.data, line.len);
    sy_buf_puts(&j->out, ",\"tokens\":[");
    for (size_t i = 0; i < j->n_words; i++) {
        const shown_word *word = &j->words[i];
        sy_buf_puts(&j->out, i > 0 ? "," : "");
        put_json_range(&j->out, &c, word->start, word->end);
        sy_buf_printf(&j->out, ",\"kind\":\"%s\"", kinds[word->kind]);
        if (j->sub) {
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
static void put_normal(job *j)
{
    for (size_t i = 0; i < j->form.len;) {
        const char *from = j->form.data + i;
        const char *barrier = memchr(from, SY_BARRIER, j->form.len - i);
        size_t len = barrier ? (size_t)(barrier - from) : j->form.len - i;
        sy_buf_append(&j->out, from, len);
        if (barrier)
            sy_buf_put_cp(&j->out, 0x2028);
        i += len + (barrier != NULL);
    }
}

static sy_status segment_line(job *j, sy_slice line, sy_slice end, sy_error *err)
{
    const sy_token *tokens = NULL;
    size_t n_tokens = 0;
    j->n_words = 0;
    sy_buf_reset(&j->form);
    sy_status st =
        sy_normalize(j->norm_flags, line.data, line.len, &j->form, j->normal ? NULL : &j->map, err);
    if (st == SY_OK && !j->normal && j->form.len > 0)
        st = sy_cut(j->cutter, j->form.data, j->form.len, &tokens, &n_tokens, err);
    for (size_t i = 0; st == SY_OK && i < n_tokens; i++)
        st = add_word(j, &tokens[i], i, err);
    if (st != SY_OK)
        return st;
    if (j->normal)
        put_normal(j);
    else if (j->json)
        return put_json(j, line, tokens, err);
    else
        st = put_words(j, line, tokens, err);
    sy_buf_append(&j->out, end.data, end.len);
    return st;
}

/* The line as UTF-8: itself, or a copy in j->repaired with U+FFFD. */
static sy_status repair_line(job *j, uint64_t number, sy_slice *line, sy_error *err)
{
    if (sy_utf8_check(line->data, line->len) == line->len)
        return SY_OK;
    size_t first;
    sy_buf_reset(&j->repaired);
    if (j->n_replaced == 0)
        j->first_replaced = number;
    j->n_replaced += sy_utf8_repair(line->data, line->len, &j->repaired, &first);
    *line = (sy_slice){sy_buf_cstr(&j->repaired), j->repaired.len};
    return sy_buf_status(&j->repaired, err);
}

static sy_status segment_file(job *j, const char *path, bool *replaced, sy_error *err)
{
    sy_line_input lines;
    sy_status st = sy_line_input_open(path, &lines, err);
    j->n_replaced = 0;
    for (uint64_t number = 1; st == SY_OK; number++) {
        bool more;
        sy_slice line, end;
        st = sy_line_input_next(&lines, &more, &line, &end, err);
        if (st != SY_OK || !more)
            break;
        if (number == 1 && line.len >= 3 && memcmp(line.data, "\xEF\xBB\xBF", 3) == 0)
            line = (sy_slice){line.data + 3, line.len - 3}; /* a byte order mark is no text */
        st = repair_line(j, number, &line, err);
        if (st == SY_OK)
            st = segment_line(j, line, end, err);
        /* A pipe gets its lines when there are no more to read yet. */
        bool idle = lines.at == lines.buf.len;
        if (st == SY_OK && (idle || j->out.len >= FLUSH_AT))
            st = sy_print_out(&j->out, err);
        if (st == SY_OK && idle)
            st = sy_print_flush(err);
    }
    if (st == SY_OK && j->n_replaced > 0) {
        sy_buf text = SY_BUF_INIT;
        sy_buf_printf(&text, "'%s': bytes that are not UTF-8 became U+FFFD in ", lines.path);
        sy_put_count(&text, j->n_replaced, "place", "places");
        sy_buf_printf(&text, ", first in line %llu", (unsigned long long)j->first_replaced);
        sy_say("%s", sy_buf_cstr(&text));
        sy_buf_release(&text);
        *replaced = true;
    }
    sy_line_input_close(&lines);
    return st;
}

/* Adds the words of an index's lexicon to those of the files. */
static sy_status add_index_words(const sy_index *index, unsigned flags, sy_lexicon_builder *b,
                                 sy_error *err)
{
    sy_lexicon own;
    sy_status st =
        sy_lexicon_open((const uint8_t *)index->lexicon.data, index->lexicon.len, &own, err);
    for (uint32_t i = 0; st == SY_OK && i < own.n_words; i++) {
        sy_slice word = sy_lexicon_word(&own, i);
        st = sy_lexicon_builder_add(b, flags, word.data, word.len, err);
    }
    return st;
}

static sy_status add_file_words(const sy_arguments *args, unsigned flags, sy_lexicon_builder *b,
                                sy_error *err)
{
    sy_buf text = SY_BUF_INIT;
    sy_status st = SY_OK;
    for (size_t i = 0; st == SY_OK && i < args->n_settings; i++) {
        if (args->settings[i].option->id != SY_OPT_LEXICON)
            continue;
        sy_buf_reset(&text);
        st = sy_read_file(args->settings[i].value, LEXICON_FILE_MOST, &text, err);
        if (st == SY_OK)
            st = sy_lexicon_builder_add_lines(b, flags, sy_buf_cstr(&text), text.len, err);
    }
    sy_buf_release(&text);
    return st;
}

/* Fills j->lexicon: the files' words and the index's. */
static sy_status make_lexicon(job *j, const sy_arguments *args, sy_error *err)
{
    sy_slice image = {NULL, 0};
    if (sy_arguments_last(args, SY_OPT_LEXICON)) {
        sy_lexicon_builder *b = NULL;
        sy_status st = sy_lexicon_builder_new(&b, err);
        if (st == SY_OK && j->index)
            st = add_index_words(j->index, j->norm_flags, b, err);
        if (st == SY_OK)
            st = add_file_words(args, j->norm_flags, b, err);
        if (st == SY_OK)
            st = sy_lexicon_builder_finish(b, &j->image, err);
        sy_lexicon_builder_free(b);
        if (st != SY_OK)
            return st;
        image = (sy_slice){j->image.data, j->image.len};
    } else if (j->index) {
        image = j->index->lexicon;
    }
    return sy_lexicon_open((const uint8_t *)image.data, image.len, &j->lexicon, err);
}

static void release(job *j)
{
    sy_cutter_free(j->cutter);
    sy_buf_release(&j->image);
    sy_buf_release(&j->repaired);
    sy_buf_release(&j->form);
    sy_buf_release(&j->out);
    sy_norm_map_release(&j->map);
    sy_free(j->words);
    sy_index_close(j->index);
}

int sy_cmd_segment(const sy_arguments *args)
{
    job j = {.sub = sy_arguments_on(args, SY_OPT_SUB),
             .json = sy_arguments_on(args, SY_OPT_JSON),
             .normal = sy_arguments_on(args, SY_OPT_NORMAL)};
    if (sy_arguments_on(args, SY_OPT_KEEP_VARIANTS))
        j.norm_flags = SY_NORM_KEEP_VARIANTS;
    if (sy_arguments_last(args, SY_OPT_INDEX)) {
        if (!sy_open_index(args, &j.index))
            return SY_EXIT_FAILED;
        j.norm_flags = j.index->info.norm_flags;
    }
    bool replaced = false;
    sy_error err;
    sy_error_clear(&err);
    sy_status st = make_lexicon(&j, args, &err);
    if (st == SY_OK)
        st = sy_cutter_new(&j.lexicon, &j.cutter, &err);
    static const char *const standard[] = {"-"};
    const char *const *paths = args->n_operands > 0 ? args->operands : standard;
    size_t n_paths = args->n_operands > 0 ? args->n_operands : 1;
    for (size_t i = 0; st == SY_OK && i < n_paths; i++)
        st = segment_file(&j, paths[i], &replaced, &err);
    if (st == SY_OK)
        st = sy_print_out(&j.out, &err);
    if (st == SY_OK)
        st = sy_print_flush(&err);
    if (st != SY_OK)
        sy_say_failure(&err, NULL);
    release(&j);
    if (st != SY_OK)
        return SY_EXIT_FAILED;
    return replaced ? SY_EXIT_PARTLY : SY_EXIT_OK;
}
