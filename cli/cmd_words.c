/* suoyin words: the new words that an index teaches, and into a lexicon with them. */
#include "cli/cli.h"
#include "cli/lexicon_file.h"
#include "segmenter/new_words.h"
#include "segmenter/normal.h"

enum { LIMIT = 200 };

typedef struct job {
    sy_index *index;
    sy_lexicon lexicon;
    sy_cutter *cutter;
    sy_new_words *words;
    sy_stored stored;
    sy_buf form, out;
    bool full;
} job;

static sy_status add_value(job *j, sy_slice text, sy_error *err)
{
    const sy_token *tokens;
    size_t n;
    sy_buf_reset(&j->form);
    sy_status st =
        sy_normalize(j->index->info.norm_flags, text.data, text.len, &j->form, NULL, err);
    if (st == SY_OK)
        st = sy_cut(j->cutter, sy_buf_cstr(&j->form), j->form.len, &tokens, &n, err);
    if (st == SY_OK)
        st = sy_new_words_add(j->words, j->form.data, tokens, n, &j->full, err);
    return st;
}

/* Reads the records, segment by segment. */
static sy_status read_records(job *j, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t s = 0; s < j->index->n_segments; s++) {
        const sy_segment *segment = j->index->segments[s];
        const sy_live *live = &j->index->live[s];
        uint32_t n = sy_segment_n_records(segment);
        for (uint32_t i = 0; st == SY_OK && i < n && !j->full; i++) {
            if (sy_live_from(live, i) != i)
                continue;
            st = sy_segment_record(segment, i, &j->stored, err);
            for (size_t v = 0; st == SY_OK && v < j->stored.n_values; v++)
                st = add_value(j, j->stored.values[v].text, err);
        }
    }
    return st;
}

static void put_words(const sy_new_word *words, size_t n, sy_buf *out)
{
    sy_buf_puts(out, "word\tcount\tcohesion\tleft\tright\tcontext\n");
    for (size_t i = 0; i < n; i++)
        sy_buf_printf(out, "%s\t%u\t%.1f\t%.1f\t%.1f\t%s\n", words[i].text, words[i].count,
                      words[i].cohesion, words[i].left, words[i].right, words[i].context);
}

/* Adds the words to the file's end, each with its count as weight. */
static sy_status accept_words(const char *path, const sy_new_word *words, size_t n, sy_error *err)
{
    sy_buf text = SY_BUF_INIT;
    sy_status st = sy_lexicon_file_read(path, &text, err);
    if (text.len > 0 && text.data[text.len - 1] != '\n')
        sy_buf_putc(&text, '\n');
    for (size_t i = 0; i < n; i++)
        sy_buf_printf(&text, "%s\t%u\n", words[i].text, words[i].count);
    if (st == SY_OK)
        st = sy_buf_status(&text, err);
    if (st == SY_OK)
        st = sy_lexicon_file_write(path, &text, err);
    sy_buf_release(&text);
    return st;
}

static sy_status run(job *j, const sy_arguments *args, sy_error *err)
{
    const sy_new_word *words;
    size_t n;
    uint64_t least, limit; /* least == 0: as the size of the text asks */
    sy_status st = sy_arguments_number(args, SY_OPT_LEAST, 2, UINT32_MAX, 0, &least, err);
    if (st == SY_OK)
        st = sy_arguments_number(args, SY_OPT_LIMIT, 0, UINT32_MAX, LIMIT, &limit, err);
    if (st == SY_OK)
        st = sy_lexicon_open((const uint8_t *)j->index->lexicon.data, j->index->lexicon.len,
                             &j->lexicon, err);
    if (st == SY_OK)
        st = sy_cutter_new(&j->lexicon, &j->cutter, err);
    if (st == SY_OK)
        st = sy_new_words_new(&j->words, err);
    if (st == SY_OK)
        st = read_records(j, err);
    if (st == SY_OK)
        st = sy_new_words_find(j->words, (uint32_t)least, &words, &n, err);
    if (st != SY_OK)
        return st;
    if (j->full)
        sy_say("only the first 16 million characters were read");
    n = n < limit ? n : (size_t)limit;
    const char *path = sy_arguments_value(args, SY_OPT_ACCEPT);
    if (path)
        return accept_words(path, words, n, err);
    put_words(words, n, &j->out);
    st = sy_print_out(&j->out, err);
    return st == SY_OK ? sy_print_flush(err) : st;
}

int sy_cmd_words(const sy_arguments *args)
{
    job j = {.form = SY_BUF_INIT, .out = SY_BUF_INIT};
    sy_error err;
    sy_error_clear(&err);
    if (args->n_operands > 0) {
        sy_say("words takes no path; name the index with: -i %s", args->operands[0]);
        return SY_EXIT_FAILED;
    }
    if (!sy_arguments_on(args, SY_OPT_NEW) && !sy_arguments_value(args, SY_OPT_ACCEPT)) {
        sy_say("words needs --new, to list new words, or --accept=FILE, to add them to a lexicon");
        return SY_EXIT_FAILED;
    }
    if (!sy_open_index(args, &j.index))
        return SY_EXIT_FAILED;
    sy_status st = run(&j, args, &err);
    if (st != SY_OK)
        sy_say_failure(&err, NULL);
    sy_stored_release(&j.stored);
    sy_new_words_free(j.words);
    sy_cutter_free(j.cutter);
    sy_buf_release(&j.form);
    sy_buf_release(&j.out);
    sy_index_close(j.index);
    return st == SY_OK ? SY_EXIT_OK : SY_EXIT_FAILED;
}
