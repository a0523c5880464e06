/* suoyin segment: text in, the same lines with their words apart.
 *
 * Lines are read into batches; the threads each cut a part of a batch, and the
 * parts are written in order. A batch ends early when there is no more to read
 * yet, so a pipe gets its lines as they come. */
#include <pthread.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/messages.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/line_source.h"
#include "cli/segment_line.h"

enum {
    LEXICON_FILE_MOST = 1 << 30,
    BATCH_BYTES = 1 << 20, /* of text for each thread */
    SMALL_BATCH = 1 << 14, /* below this a thread costs more than it gains */
    THREADS_MOST = 64
};

typedef struct batch_line {
    size_t start, len; /* in the batch's text */
    uint8_t end_len;   /* of the line end behind it */
    uint64_t number;
} batch_line;

typedef struct batch {
    sy_buf text;
    batch_line *lines;
    size_t n, cap;
} batch;

typedef struct worker {
    sy_line_cutter cutter;
    sy_buf repaired;
    const batch *batch;
    size_t first, end;       /* its lines of the batch */
    uint64_t n_replaced;     /* bad bytes of the file */
    uint64_t first_replaced; /* the line of the first */
    sy_status status;
    sy_error err;
} worker;

typedef struct job {
    sy_line_form form;
    sy_index *index; /* or NULL */
    sy_buf image;    /* the lexicon, unless it is the index's */
    sy_lexicon lexicon;
    worker *workers;
    size_t n_workers;
    batch batch;
} job;

/* The line as UTF-8: itself, or a copy in w->repaired with U+FFFD. */
static sy_status repair_line(worker *w, uint64_t number, sy_slice *line, sy_error *err)
{
    if (sy_utf8_check(line->data, line->len) == line->len)
        return SY_OK;
    size_t first;
    sy_buf_reset(&w->repaired);
    if (w->n_replaced == 0)
        w->first_replaced = number;
    w->n_replaced += sy_utf8_repair(line->data, line->len, &w->repaired, &first);
    *line = (sy_slice){sy_buf_cstr(&w->repaired), w->repaired.len};
    return sy_buf_status(&w->repaired, err);
}

static void *cut_lines(void *arg)
{
    worker *w = arg;
    const char *text = sy_buf_cstr(&w->batch->text);
    w->status = SY_OK;
    for (size_t i = w->first; w->status == SY_OK && i < w->end; i++) {
        const batch_line *l = &w->batch->lines[i];
        sy_slice line = {text + l->start, l->len}, end = {text + l->start + l->len, l->end_len};
        w->status = repair_line(w, l->number, &line, &w->err);
        if (w->status == SY_OK)
            w->status = sy_line_cutter_put(&w->cutter, line, end, &w->err);
    }
    return NULL;
}

/* Gives each worker lines of about the same number of bytes; the first one works on
 * this thread, and does the work of threads that cannot be had. */
static void share_out(job *j, size_t n_threads)
{
    pthread_t threads[THREADS_MOST];
    bool started[THREADS_MOST] = {false};
    const batch *b = &j->batch;
    for (size_t t = 0, line = 0; t < n_threads; t++) {
        worker *w = &j->workers[t];
        size_t stop = b->text.len / n_threads * (t + 1);
        w->first = line;
        while (line < b->n && (t + 1 == n_threads || b->lines[line].start < stop))
            line++;
        w->end = line;
        started[t] = t > 0 && pthread_create(&threads[t], NULL, cut_lines, w) == 0;
    }
    for (size_t t = 0; t < n_threads; t++)
        if (!started[t])
            cut_lines(&j->workers[t]);
        else
            pthread_join(threads[t], NULL);
}

/* Cuts and writes the batch, and empties it. */
static sy_status cut_batch(job *j, sy_error *err)
{
    size_t n_threads = j->batch.text.len < SMALL_BATCH ? 1 : j->n_workers;
    sy_status st = sy_buf_status(&j->batch.text, err);
    if (st != SY_OK)
        return st;
    share_out(j, n_threads);
    for (size_t t = 0; st == SY_OK && t < n_threads; t++) {
        worker *w = &j->workers[t];
        st = w->status;
        if (st != SY_OK)
            *err = w->err;
        else
            st = sy_print_out(&w->cutter.out, err);
    }
    sy_buf_reset(&j->batch.text);
    j->batch.n = 0;
    return st;
}

static sy_status add_line(batch *b, sy_slice line, sy_slice end, uint64_t number, sy_error *err)
{
    if (!sy_grow((void **)&b->lines, b->n, &b->cap, sizeof *b->lines))
        return sy_fail_nomem(err);
    b->lines[b->n++] = (batch_line){b->text.len, line.len, (uint8_t)end.len, number};
    sy_buf_append(&b->text, line.data, line.len);
    sy_buf_append(&b->text, end.data, end.len);
    return SY_OK;
}

/* Says what was replaced in the file, and forgets it; true if anything was. */
static bool tell_replaced(job *j, const char *path)
{
    uint64_t n = 0, first = UINT64_MAX;
    for (size_t t = 0; t < j->n_workers; t++) {
        worker *w = &j->workers[t];
        if (w->n_replaced > 0 && w->first_replaced < first)
            first = w->first_replaced;
        n += w->n_replaced;
        w->n_replaced = 0;
    }
    if (n == 0)
        return false;
    sy_say(
        sy_tr_n("'%s': bytes that are not UTF-8 became U+FFFD in %llu place, first in line %llu",
                "'%s': bytes that are not UTF-8 became U+FFFD in %llu places, first in line %llu",
                n),
        path, (unsigned long long)n, (unsigned long long)first);
    return true;
}

static sy_status segment_file(job *j, const char *path, bool *replaced, sy_error *err)
{
    sy_line_input lines;
    sy_status st = sy_line_input_open(path, &lines, err);
    for (uint64_t number = 1; st == SY_OK; number++) {
        bool more;
        sy_slice line, end;
        st = sy_line_input_next(&lines, &more, &line, &end, err);
        if (st != SY_OK || !more)
            break;
        if (number == 1 && line.len >= 3 && memcmp(line.data, "\xEF\xBB\xBF", 3) == 0)
            line = (sy_slice){line.data + 3, line.len - 3}; /* a byte order mark is no text */
        st = add_line(&j->batch, line, end, number, err);
        bool idle = lines.at == lines.buf.len && sy_line_input_waits(&lines);
        if (st == SY_OK && (idle || j->batch.text.len >= BATCH_BYTES * j->n_workers))
            st = cut_batch(j, err);
        if (st == SY_OK && idle)
            st = sy_print_flush(err);
    }
    if (st == SY_OK)
        st = cut_batch(j, err);
    if (st == SY_OK) /* before what is said of it */
        st = sy_print_flush(err);
    if (st == SY_OK && tell_replaced(j, lines.path))
        *replaced = true;
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

static sy_status make_workers(job *j, const sy_arguments *args, sy_error *err)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t n;
    sy_status st = sy_arguments_number(args, SY_OPT_JOBS, 1, THREADS_MOST,
                                       cores < 1              ? 1
                                       : cores > THREADS_MOST ? THREADS_MOST
                                                              : (uint64_t)cores,
                                       &n, err);
    if (st != SY_OK)
        return st;
    j->workers = sy_calloc((size_t)n, sizeof *j->workers);
    if (!j->workers)
        return sy_fail_nomem(err);
    for (; st == SY_OK && j->n_workers < n; j->n_workers++) {
        worker *w = &j->workers[j->n_workers];
        w->batch = &j->batch;
        st = sy_line_cutter_open(&w->cutter, &j->form, &j->lexicon, err);
    }
    return st;
}

static void release(job *j)
{
    for (size_t i = 0; i < j->n_workers; i++) {
        sy_line_cutter_release(&j->workers[i].cutter);
        sy_buf_release(&j->workers[i].repaired);
    }
    sy_free(j->workers);
    sy_buf_release(&j->batch.text);
    sy_free(j->batch.lines);
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
        st = make_workers(&j, args, &err);
    static const char *const standard[] = {"-"};
    const char *const *paths = args->n_operands > 0 ? args->operands : standard;
    size_t n_paths = args->n_operands > 0 ? args->n_operands : 1;
    for (size_t i = 0; st == SY_OK && i < n_paths; i++)
        st = segment_file(&j, paths[i], &replaced, &err);
    if (st == SY_OK)
        st = sy_print_flush(&err);
    if (st != SY_OK)
        sy_say_failure(&err, NULL);
    release(&j);
    if (st != SY_OK)
        return SY_EXIT_FAILED;
    return replaced ? SY_EXIT_PARTLY : SY_EXIT_OK;
}
