/* suoyin segment: text in, the same lines with their words apart. */
#include <unistd.h>

#include "base/io.h"
#include "base/messages.h"
#include "cli/cli.h"
#include "cli/segment_crew.h"

enum { LEXICON_FILE_MOST = 1 << 30 };

typedef struct job {
    sy_line_form form;
    sy_index *index; /* or NULL */
    sy_buf image;    /* the lexicon, unless it is the index's */
    sy_lexicon lexicon;
    sy_crew *crew;
} job;

static void tell_replaced(const sy_crew_repairs *r, const char *path)
{
    sy_say(
        sy_tr_n("'%s': bytes that are not UTF-8 became U+FFFD in %llu place, first in line %llu",
                "'%s': bytes that are not UTF-8 became U+FFFD in %llu places, first in line %llu",
                r->n),
        path, (unsigned long long)r->n, (unsigned long long)r->first);
}

static sy_status segment_file(job *j, const char *path, bool *replaced, sy_error *err)
{
    sy_line_input lines;
    sy_crew_repairs repairs;
    sy_status st = sy_line_input_open(path, &lines, err);
    if (st != SY_OK)
        return st;
    st = sy_crew_cut(j->crew, &lines, &repairs, err);
    if (st == SY_OK && repairs.n > 0) {
        tell_replaced(&repairs, lines.path);
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
        st = sy_lexicon_builder_add(b, flags, word.data, word.len, sy_lexicon_weight(&own, i), err);
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
            st = add_index_words(j->index, j->form.norm_flags, b, err);
        if (st == SY_OK)
            st = add_file_words(args, j->form.norm_flags, b, err);
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

static sy_status make_crew(job *j, const sy_arguments *args, sy_error *err)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t n;
    sy_status st = sy_arguments_number(args, SY_OPT_JOBS, 1, SY_CREW_MOST,
                                       cores < 1              ? 1
                                       : cores > SY_CREW_MOST ? SY_CREW_MOST
                                                              : (uint64_t)cores,
                                       &n, err);
    return st == SY_OK ? sy_crew_new(&j->form, &j->lexicon, (size_t)n, &j->crew, err) : st;
}

static void release(job *j)
{
    sy_crew_free(j->crew);
    sy_buf_release(&j->image);
    sy_index_close(j->index);
}

int sy_cmd_segment(const sy_arguments *args)
{
    job j = {.form = {.sub = sy_arguments_on(args, SY_OPT_SUB),
                      .json = sy_arguments_on(args, SY_OPT_JSON),
                      .normal = sy_arguments_on(args, SY_OPT_NORMAL),
                      .tokens = sy_arguments_on(args, SY_OPT_TOKENS),
                      .icu = sy_arguments_on(args, SY_OPT_ICU)}};
    if (sy_arguments_on(args, SY_OPT_KEEP_VARIANTS))
        j.form.norm_flags = SY_NORM_KEEP_VARIANTS;
    if (sy_arguments_last(args, SY_OPT_INDEX)) {
        if (!sy_open_index(args, &j.index))
            return SY_EXIT_FAILED;
        j.form.norm_flags = j.index->info.norm_flags;
    }
    bool replaced = false;
    sy_error err;
    sy_error_clear(&err);
    sy_status st = make_lexicon(&j, args, &err);
    if (st == SY_OK)
        st = make_crew(&j, args, &err);
    static const char *const standard[] = {"-"};
    const char *const *paths = args->n_operands > 0 ? args->operands : standard;
    size_t n_paths = args->n_operands > 0 ? args->n_operands : 1;
    for (size_t i = 0; st == SY_OK && i < n_paths; i++)
        st = segment_file(&j, paths[i], &replaced, &err);
    if (st != SY_OK)
        sy_say_failure(&err, NULL);
    release(&j);
    if (st != SY_OK)
        return SY_EXIT_FAILED;
    return replaced ? SY_EXIT_PARTLY : SY_EXIT_OK;
}
