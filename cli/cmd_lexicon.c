/* suoyin lexicon: add words to a lexicon file, list what files or an index have,
 * check files, take names of bodies out of responsibility cells. */
#include "base/alloc.h"
#include "base/messages.h"
#include "cli/cli.h"
#include "cli/lexicon_file.h"
#include "segmenter/lexicon.h"
#include "segmenter/normal.h"
#include "segmenter/orgs.h"

/* One line of a lexicon file: its word in normal form, its weight as it stands. */
typedef struct entry {
    sy_buf form;
    sy_slice weight; /* behind the tab; data NULL: none */
} entry;

static sy_slice trimmed(const sy_buf *form)
{
    sy_slice s = {sy_buf_cstr(form), form->len};
    while (s.len > 0 && (s.data[0] == ' ' || s.data[0] == SY_BARRIER))
        s = (sy_slice){s.data + 1, s.len - 1};
    while (s.len > 0 && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == SY_BARRIER))
        s.len--;
    return s;
}

/* Calls fn for each line of `text` that is neither blank nor a comment. */
typedef sy_status line_fn(void *ctx, const entry *e, uint64_t number, sy_error *err);
static sy_status each_line(const sy_buf *text, line_fn *fn, void *ctx, sy_error *err)
{
    entry e = {.form = SY_BUF_INIT};
    sy_status st = SY_OK;
    const char *at = sy_buf_cstr(text), *end = at + text->len;
    if (text->len >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    for (uint64_t number = 1; st == SY_OK && at < end; number++) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const char *next = feed ? feed + 1 : end;
        size_t len = (size_t)((feed ? feed : end) - at);
        if (len > 0 && at[len - 1] == '\r')
            len--;
        const char *tab = len > 0 ? memchr(at, '\t', len) : NULL;
        size_t word_len = tab ? (size_t)(tab - at) : len;
        e.weight = tab ? (sy_slice){tab + 1, len - word_len - 1} : (sy_slice){NULL, 0};
        sy_buf_reset(&e.form);
        if (len > 0 && *at != '#') {
            st = sy_normalize(0, at, word_len, &e.form, NULL, err);
            if (st == SY_OK && (trimmed(&e.form).len > 0 || tab))
                st = fn(ctx, &e, number, err);
        }
        at = next;
    }
    sy_buf_release(&e.form);
    return st;
}

/* ---- check ------------------------------------------------------------------ */

typedef struct checker {
    const char *path;
    sy_lexicon_builder *seen;
    size_t n_seen;
    uint64_t n_faults;
    sy_buf out;
} checker;

static sy_status check_line(void *ctx, const entry *e, uint64_t number, sy_error *err)
{
    checker *c = ctx;
    sy_slice word = trimmed(&e->form);
    const char *fault = sy_lexicon_fault(word);
    sy_status st = SY_OK;
    uint32_t weight;
    if (!fault && e->weight.data && !sy_lexicon_weight_read(e->weight, &weight))
        fault = N_("what stands behind the tab is no number");
    else if (!fault && e->weight.data && !sy_lexicon_takes_weight(word))
        fault = N_("only words of Han of up to 20 characters can have a weight");
    if (!fault) {
        st = sy_lexicon_builder_add(c->seen, 0, word.data, word.len, SY_LEXICON_ALWAYS, err);
        size_t n = sy_lexicon_builder_count(c->seen);
        fault = n == c->n_seen ? N_("stands in a line before") : NULL;
        c->n_seen = n;
    }
    if (fault) {
        c->n_faults++;
        sy_buf_printf(&c->out, "%s:%llu: '", c->path, (unsigned long long)number);
        sy_buf_append(&c->out, word.data, word.len);
        sy_buf_printf(&c->out, "': %s\n", sy_tr(fault));
    }
    return st;
}

static sy_status check_files(const sy_arguments *args, uint64_t *n_faults, sy_error *err)
{
    checker c = {.out = SY_BUF_INIT};
    sy_buf text = SY_BUF_INIT;
    sy_status st = sy_lexicon_builder_new(&c.seen, err);
    for (size_t i = 1; st == SY_OK && i < args->n_operands; i++) {
        c.path = args->operands[i];
        sy_buf_reset(&text);
        st = sy_lexicon_file_read(c.path, &text, err);
        if (st == SY_OK)
            st = each_line(&text, check_line, &c, err);
    }
    sy_put_count(&c.out, c.n_seen, "word", "words");
    sy_buf_puts(&c.out, _(", "));
    sy_put_count(&c.out, c.n_faults, "fault", "faults");
    sy_buf_putc(&c.out, '\n');
    if (st == SY_OK)
        st = sy_print_out(&c.out, err);
    *n_faults = c.n_faults;
    sy_lexicon_builder_free(c.seen);
    sy_buf_release(&text);
    sy_buf_release(&c.out);
    return st;
}

/* ---- list and add -------------------------------------------------------------- */

static sy_status collect_line(void *ctx, const entry *e, uint64_t number, sy_error *err)
{
    (void)number;
    sy_slice word = trimmed(&e->form);
    uint32_t weight;
    if (!e->weight.data || !sy_lexicon_weight_read(e->weight, &weight))
        weight = SY_LEXICON_ALWAYS;
    return sy_lexicon_builder_add(ctx, 0, word.data, word.len, weight, err);
}

static sy_status print_image(const uint8_t *image, size_t len, sy_error *err)
{
    sy_lexicon lexicon;
    sy_buf out = SY_BUF_INIT;
    sy_status st = sy_lexicon_open(image, len, &lexicon, err);
    for (uint32_t i = 0; st == SY_OK && i < lexicon.n_words; i++) {
        sy_slice word = sy_lexicon_word(&lexicon, i);
        uint32_t weight = sy_lexicon_weight(&lexicon, i);
        sy_buf_append(&out, word.data, word.len);
        if (weight != SY_LEXICON_ALWAYS)
            sy_buf_printf(&out, "\t%u", weight);
        sy_buf_putc(&out, '\n');
    }
    if (st == SY_OK)
        st = sy_print_out(&out, err);
    sy_buf_release(&out);
    return st;
}

/* The words of the files, or of the index if there are none, in byte order. */
static sy_status list_words(const sy_arguments *args, const sy_index *index, sy_error *err)
{
    sy_buf text = SY_BUF_INIT, image = SY_BUF_INIT;
    sy_lexicon_builder *b = NULL;
    if (index)
        return print_image((const uint8_t *)index->lexicon.data, index->lexicon.len, err);
    sy_status st = sy_lexicon_builder_new(&b, err);
    for (size_t i = 1; st == SY_OK && i < args->n_operands; i++) {
        sy_buf_reset(&text);
        st = sy_lexicon_file_read(args->operands[i], &text, err);
        if (st == SY_OK)
            st = each_line(&text, collect_line, b, err);
    }
    if (st == SY_OK)
        st = sy_lexicon_builder_finish(b, &image, err);
    if (st == SY_OK)
        st = print_image((const uint8_t *)image.data, image.len, err);
    sy_lexicon_builder_free(b);
    sy_buf_release(&text);
    sy_buf_release(&image);
    return st;
}

/* Appends `word` as a line, unless the builder has it; says so if it can be none. */
static sy_status add_word(sy_lexicon_builder *b, const char *word, sy_buf *text, bool *refused,
                          sy_error *err)
{
    sy_buf form = SY_BUF_INIT;
    sy_status st = sy_normalize(0, word, strlen(word), &form, NULL, err);
    size_t n = sy_lexicon_builder_count(b);
    const char *fault = st == SY_OK ? sy_lexicon_fault(trimmed(&form)) : NULL;
    if (fault) {
        sy_say("'%s' is not added: %s", word, sy_tr(fault));
        *refused = true;
    } else if (st == SY_OK) {
        st = sy_lexicon_builder_add(b, 0, word, strlen(word), SY_LEXICON_ALWAYS, err);
        if (st == SY_OK && sy_lexicon_builder_count(b) > n) {
            sy_buf_puts(text, word);
            sy_buf_putc(text, '\n');
        }
    }
    sy_buf_release(&form);
    return st;
}

/* lexicon add FILE WORD... */
static sy_status add_words(const sy_arguments *args, bool *refused, sy_error *err)
{
    const char *path = args->operands[1];
    sy_buf text = SY_BUF_INIT;
    sy_lexicon_builder *b = NULL;
    sy_status st = sy_lexicon_builder_new(&b, err);
    if (st == SY_OK)
        st = sy_lexicon_file_read(path, &text, err);
    if (st == SY_OK)
        st = each_line(&text, collect_line, b, err);
    if (text.len > 0 && text.data[text.len - 1] != '\n')
        sy_buf_putc(&text, '\n');
    for (size_t i = 2; st == SY_OK && i < args->n_operands; i++)
        st = add_word(b, args->operands[i], &text, refused, err);
    if (st == SY_OK)
        st = sy_buf_status(&text, err);
    if (st == SY_OK)
        st = sy_lexicon_file_write(path, &text, err);
    sy_lexicon_builder_free(b);
    sy_buf_release(&text);
    return st;
}

/* ---- names -------------------------------------------------------------------- */

/* lexicon names FILE...: a responsibility cell a line; each body on a line of its
 * own with its role before it. */
static sy_status split_cells(const sy_arguments *args, sy_error *err)
{
    static const char *const roles[] = {
        [SY_ORG_PLAIN] = "-", [SY_ORG_LEAD] = "lead", [SY_ORG_SUPPORT] = "support"};
    sy_buf text = SY_BUF_INIT, out = SY_BUF_INIT;
    sy_org_list list = {NULL, 0, 0};
    sy_status st = SY_OK;
    for (size_t i = 1; st == SY_OK && i < args->n_operands; i++) {
        sy_buf_reset(&text);
        st = sy_lexicon_file_read(args->operands[i], &text, err);
        if (st == SY_OK)
            st = sy_orgs_split((sy_slice){sy_buf_cstr(&text), text.len}, &list, err);
        for (size_t k = 0; st == SY_OK && k < list.n; k++) {
            sy_buf_printf(&out, "%s\t", list.items[k].known ? roles[list.items[k].role] : "?");
            sy_buf_append(&out, list.items[k].name.data, list.items[k].name.len);
            sy_buf_putc(&out, '\n');
        }
    }
    if (st == SY_OK)
        st = sy_print_out(&out, err);
    sy_free(list.items);
    sy_buf_release(&text);
    sy_buf_release(&out);
    return st;
}

int sy_cmd_lexicon(const sy_arguments *args)
{
    sy_error err;
    sy_error_clear(&err);
    sy_index *index = NULL;
    bool refused = false;
    uint64_t n_faults = 0;
    sy_status st;
    const char *verb = args->n_operands > 0 ? args->operands[0] : "";
    if (strcmp(verb, "add") == 0 && args->n_operands >= 3) {
        st = add_words(args, &refused, &err);
    } else if (strcmp(verb, "check") == 0 && args->n_operands >= 2) {
        st = check_files(args, &n_faults, &err);
    } else if (strcmp(verb, "list") == 0) {
        if (args->n_operands == 1 && !sy_open_index(args, &index))
            return SY_EXIT_FAILED;
        st = list_words(args, index, &err);
    } else if (strcmp(verb, "names") == 0 && args->n_operands >= 2) {
        st = split_cells(args, &err);
    } else {
        sy_say("lexicon needs: add FILE WORD..., list [FILE...], check FILE... or names FILE...");
        return SY_EXIT_FAILED;
    }
    if (st == SY_OK)
        st = sy_print_flush(&err);
    sy_index_close(index);
    if (st != SY_OK)
        return sy_say_failure(&err, NULL);
    return refused || n_faults > 0 ? SY_EXIT_PARTLY : SY_EXIT_OK;
}
