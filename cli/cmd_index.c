/* suoyin index: documents in, a committed index out. */
#include <stdio.h>

#include "base/alloc.h"
#include "cli/cli.h"
#include "cli/term.h"
#include "indexer/index_paths.h"

enum { MEMORY_MOST_MIB = 1 << 20, JOBS_MOST = 1024 };

typedef struct listener {
    sy_progress progress;
    bool quiet;
} listener;

static void on_report(void *ctx, sy_report_kind kind, const char *source, uint32_t line,
                      const char *message)
{
    static const char *const words[] = {"note", "replaced", "skipped"};
    listener *l = ctx;
    if (l->quiet && kind == SY_REPORT_NEWS)
        return;
    sy_progress_clear(&l->progress);
    sy_buf out = SY_BUF_INIT;
    const char *name = source ? source : "suoyin";
    sy_put_visible(&out, name, strlen(name));
    if (source && line > 0)
        sy_buf_printf(&out, ":%u", line);
    sy_buf_printf(&out, ": %s: ", words[kind]);
    sy_put_visible(&out, message, strlen(message));
    sy_buf_putc(&out, '\n');
    if (out.status == SY_OK)
        fwrite(out.data, 1, out.len, stderr);
    sy_buf_release(&out);
}

static void on_progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    listener *l = ctx;
    sy_progress_show(&l->progress, stage, done, total);
}

static void put_documents(sy_buf *out, uint64_t documents, uint64_t records)
{
    sy_put_count(out, documents, "document", "documents");
    sy_buf_puts(out, ", ");
    sy_put_count(out, records, "record", "records");
}

static void say_summary(const sy_index_summary *s, const char *dir)
{
    sy_buf out = SY_BUF_INIT;
    sy_buf_puts(&out, "indexed ");
    put_documents(&out, s->documents, s->records);
    sy_buf_printf(&out, " (new %llu, ", (unsigned long long)(s->documents - s->replaced_documents));
    if (s->replaced_documents > 0)
        sy_buf_printf(&out, "changed %llu, ", (unsigned long long)s->replaced_documents);
    sy_buf_printf(&out, "kept %llu)", (unsigned long long)s->kept_documents);
    if (s->documents > 0) { /* else nothing was learned, which says nothing */
        sy_buf_puts(&out, "; ");
        sy_put_count(&out, s->names, "name", "names");
    }
    if (s->skipped > 0) {
        sy_buf_puts(&out, "; ");
        sy_put_count(&out, s->skipped, "document skipped", "documents skipped");
    }
    if (s->replaced > 0) {
        sy_buf_puts(&out, "; ");
        sy_put_count(&out, s->replaced, "thing replaced", "things replaced");
    }
    sy_buf_printf(&out, "; index %s: ", dir);
    put_documents(&out, s->total_documents, s->total_records);
    sy_say("%s", sy_buf_cstr(&out));
    sy_buf_release(&out);
}

/* Fills options->lexicon_paths from every --lexicon; given to the caller. */
static sy_status read_lexicons(const sy_arguments *args, sy_index_options *options,
                               const char ***paths, sy_error *err)
{
    *paths = sy_calloc(args->n_settings, sizeof **paths);
    if (!*paths)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < args->n_settings; i++)
        if (args->settings[i].option->id == SY_OPT_LEXICON)
            (*paths)[options->n_lexicons++] = args->settings[i].value;
    options->lexicon_paths = *paths;
    return SY_OK;
}

static sy_status read_options(const sy_arguments *args, sy_index_options *options,
                              const char ***lexicons, sy_error *err)
{
    if (args->n_operands == 0)
        return sy_fail(err, SY_E_INPUT, NULL,
                       "no path given; say what to read: suoyin index -i DIR PATH…");
    uint64_t memory, jobs = 0;
    sy_status st = sy_arguments_number(args, SY_OPT_MEMORY, 1, MEMORY_MOST_MIB, 0, &memory, err);
    if (st == SY_OK)
        st = sy_arguments_number(args, SY_OPT_JOBS, 1, JOBS_MOST, 0, &jobs, err);
    options->memory_mib = (unsigned)memory;
    options->jobs = (unsigned)jobs;
    options->schema_path = sy_arguments_value(args, SY_OPT_SCHEMA);
    options->aliases_path = sy_arguments_value(args, SY_OPT_ALIASES);
    options->keep_variants = sy_arguments_on(args, SY_OPT_KEEP_VARIANTS);
    options->rebuild = sy_arguments_on(args, SY_OPT_REBUILD);
    return st == SY_OK ? read_lexicons(args, options, lexicons, err) : st;
}

int sy_cmd_index(const sy_arguments *args)
{
    int status = SY_EXIT_FAILED;
    listener l = {.quiet = sy_arguments_on(args, SY_OPT_QUIET)};
    sy_progress_init(&l.progress, !l.quiet);
    sy_index_options options = {.ctx = &l, .report = on_report, .progress = on_progress};
    sy_index_summary summary = {0};
    sy_buf dir = SY_BUF_INIT;
    const char **lexicons = NULL;
    sy_error err;
    sy_error_clear(&err);
    sy_status st = read_options(args, &options, &lexicons, &err);
    if (st == SY_OK)
        st = sy_find_index(args, true, &dir, &err);
    if (st != SY_OK) {
        sy_say_failure(&err, NULL);
        goto done;
    }
    options.dir = sy_buf_cstr(&dir);
    st = sy_index_paths(&options, args->operands, args->n_operands, &summary, &err);
    sy_progress_clear(&l.progress);
    if (st != SY_OK) {
        /* The hints for opening an index fit only failures of the index itself. */
        bool of_index = st == SY_E_LOCKED || st == SY_E_VERSION || st == SY_E_CORRUPT;
        if (of_index)
            sy_say_index_failure(&err, options.dir);
        else
            sy_say_failure(&err, NULL);
        goto done;
    }
    if (!l.quiet)
        say_summary(&summary, options.dir);
    status = summary.skipped > 0 || summary.replaced > 0 ? SY_EXIT_PARTLY : SY_EXIT_OK;
done:
    sy_free((void *)lexicons);
    sy_buf_release(&dir);
    return status;
}
