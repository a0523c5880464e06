/* suoyin index: documents in, a committed index out. */
#include <errno.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/messages.h"
#include "cli/cli.h"
#include "cli/language.h"
#include "cli/term.h"
#include "indexer/decode.h"
#include "indexer/index_paths.h"

enum { MEMORY_MOST_MIB = 1 << 20, JOBS_MOST = 1024 };

typedef struct listener {
    sy_progress progress;
    bool quiet;
    FILE *report; /* JSON Lines, or NULL */
    sy_buf out;   /* of it */
    uint64_t records;
    int64_t begun_ns;
} listener;

/* ---- the report in JSON Lines: docs/json.md ---- */

static void put_string(sy_buf *out, const char *name, const char *value)
{
    sy_buf_printf(out, ",\"%s\":", name);
    if (value)
        sy_buf_put_json(out, value, strlen(value));
    else
        sy_buf_puts(out, "null");
}

static void put_number(sy_buf *out, const char *name, uint64_t value)
{
    sy_buf_printf(out, ",\"%s\":%llu", name, (unsigned long long)value);
}

static void put_kinds(sy_buf *out, const sy_record_counts *c)
{
    static const char *const names[] = {"goals", "rows", "paragraphs", "objects"};
    for (size_t i = 0; i < SY_N_RECORD_KINDS; i++)
        put_number(out, names[i], c->of_kind[i]);
    put_number(out, "declared", c->declared);
    put_number(out, "found", c->found);
}

static void end_object(listener *l)
{
    sy_buf_puts(&l->out, "}\n");
    if (l->out.status == SY_OK)
        fwrite(l->out.data, 1, l->out.len, l->report);
    sy_buf_reset(&l->out);
}

static void write_report(listener *l, const char *type, const char *source, uint32_t line,
                         const char *message)
{
    if (!l->report)
        return;
    sy_buf_printf(&l->out, "{\"type\":\"%s\"", type);
    put_string(&l->out, "source", source);
    put_number(&l->out, "line", line);
    put_string(&l->out, "message", message);
    end_object(l);
}

static void on_document(void *ctx, const sy_index_document *d)
{
    listener *l = ctx;
    l->records += d->records;
    if (!l->report)
        return;
    sy_buf_puts(&l->out, "{\"type\":\"document\"");
    put_string(&l->out, "source", d->source);
    put_string(&l->out, "reader", d->reader);
    put_string(&l->out, "encoding", d->encoding);
    put_number(&l->out, "bytes", d->bytes);
    put_number(&l->out, "records", d->records);
    put_kinds(&l->out, &d->counts);
    put_number(&l->out, "notes", d->notes);
    put_number(&l->out, "replaced", d->replaced);
    put_number(&l->out, "skipped", d->skipped);
    end_object(l);
}

static void on_section(void *ctx, const char *source, const sy_section_count *s)
{
    listener *l = ctx;
    if (!l->report)
        return;
    sy_buf_puts(&l->out, "{\"type\":\"section\"");
    put_string(&l->out, "source", source);
    put_number(&l->out, "line", s->line);
    sy_buf_puts(&l->out, ",\"section\":");
    sy_buf_put_json(&l->out, s->title.data, s->title.len);
    put_number(&l->out, "declared", s->declared);
    put_number(&l->out, "found", s->found);
    end_object(l);
}

static void put_readers(sy_buf *out, const sy_index_summary *s)
{
    const char *separator = "";
    sy_buf_puts(out, ",\"readers\":{");
    for (size_t i = 0; i < SY_N_READERS; i++) {
        if (s->by_reader[i].documents == 0)
            continue;
        sy_buf_printf(out, "%s\"%s\":{\"documents\":%llu", separator, sy_readers[i]->name,
                      (unsigned long long)s->by_reader[i].documents);
        put_number(out, "records", s->by_reader[i].records);
        sy_buf_putc(out, '}');
        separator = ",";
    }
    sy_buf_putc(out, '}');
}

static void write_summary(listener *l, const sy_index_summary *s)
{
    if (!l->report)
        return;
    sy_buf_puts(&l->out, "{\"type\":\"summary\"");
    put_number(&l->out, "documents", s->documents);
    put_number(&l->out, "records", s->records);
    put_number(&l->out, "kept_documents", s->kept_documents);
    put_number(&l->out, "kept_records", s->kept_records);
    put_number(&l->out, "removed_documents", s->removed_documents);
    put_number(&l->out, "skipped", s->skipped);
    put_number(&l->out, "replaced", s->replaced);
    put_number(&l->out, "no_documents", s->no_documents);
    put_number(&l->out, "total_documents", s->total_documents);
    put_number(&l->out, "total_records", s->total_records);
    put_kinds(&l->out, &s->counts);
    put_readers(&l->out, s);
    end_object(l);
}

/* Closes the report; false, and said, if not all of it could be written. */
static bool close_report(listener *l, const char *path)
{
    sy_buf_release(&l->out);
    if (!l->report)
        return true;
    bool bad = ferror(l->report) != 0;
    bad |= fclose(l->report) != 0;
    l->report = NULL;
    if (bad)
        sy_say("cannot write '%s': %s", path, sy_strerror(errno));
    return !bad;
}

/* ---- the report for people ---- */

static void on_report(void *ctx, sy_report_kind kind, const char *source, uint32_t line,
                      const char *message)
{
    static const char *const words[] = {N_("note"), N_("replaced"), N_("skipped")};
    listener *l = ctx;
    write_report(l, words[kind], source, line, message);
    if (l->quiet && kind == SY_REPORT_NEWS)
        return;
    sy_progress_clear(&l->progress);
    sy_buf out = SY_BUF_INIT;
    const char *name = source ? source : "suoyin";
    sy_put_visible(&out, name, strlen(name));
    if (source && line > 0)
        sy_buf_printf(&out, ":%u", line);
    sy_buf_printf(&out, ": %s: ", sy_tr(words[kind]));
    sy_put_visible(&out, message, strlen(message));
    sy_buf_putc(&out, '\n');
    if (out.status == SY_OK)
        fwrite(out.data, 1, out.len, stderr);
    sy_buf_release(&out);
}

static void on_progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
    listener *l = ctx;
    char text[96];
    if (l->records > 0 && strcmp(stage, "reading") == 0) {
        double seconds = (double)(sy_time_now_ns() - l->begun_ns) / 1e9;
        snprintf(text, sizeof text, _("reading: %llu records, %.0f a second; file"),
                 (unsigned long long)l->records, seconds > 0 ? (double)l->records / seconds : 0);
        stage = text;
    }
    sy_progress_show(&l->progress, sy_tr(stage), done, total);
}

static void put_documents(sy_buf *out, uint64_t documents, uint64_t records)
{
    sy_put_count(out, documents, "document", "documents");
    sy_buf_puts(out, _(", "));
    sy_put_count(out, records, "record", "records");
}

static void say_summary(const sy_index_summary *s, const char *dir)
{
    sy_buf out = SY_BUF_INIT;
    sy_buf_puts(&out, _("indexed "));
    put_documents(&out, s->documents, s->records);
    sy_buf_printf(&out, _(" (new %llu, "),
                  (unsigned long long)(s->documents - s->replaced_documents));
    if (s->replaced_documents > 0)
        sy_buf_printf(&out, _("changed %llu, "), (unsigned long long)s->replaced_documents);
    sy_buf_printf(&out, _("kept %llu)"), (unsigned long long)s->kept_documents);
    if (s->documents > 0) { /* else nothing was learned, which says nothing */
        sy_buf_puts(&out, _("; "));
        sy_put_count(&out, s->names, "name", "names");
    }
    if (s->skipped > 0) {
        sy_buf_puts(&out, _("; "));
        sy_put_count(&out, s->skipped, "document skipped", "documents skipped");
    }
    if (s->replaced > 0) {
        sy_buf_puts(&out, _("; "));
        sy_put_count(&out, s->replaced, "thing replaced", "things replaced");
    }
    if (s->no_documents > 0) {
        sy_buf_puts(&out, _("; passed over "));
        sy_put_count(&out, s->no_documents, "file that is no document",
                     "files that are no documents");
    }
    sy_buf_printf(&out, _("; index %s: "), dir);
    put_documents(&out, s->total_documents, s->total_records);
    sy_say("%s", sy_buf_cstr(&out));
    sy_buf_release(&out);
}

static void put_record_kinds(sy_buf *out, const sy_record_counts *c)
{
    static const char *const names[][2] = {{N_("goal"), "goals"},
                                           {N_("row"), "rows"},
                                           {N_("paragraph"), "paragraphs"},
                                           {N_("object"), "objects"}};
    const char *separator = "";
    for (size_t i = 0; i < SY_N_RECORD_KINDS; i++) {
        if (c->of_kind[i] == 0)
            continue;
        sy_buf_puts(out, separator);
        sy_put_count(out, c->of_kind[i], names[i][0], names[i][1]);
        separator = _(", ");
    }
}

/* Which readers read how much, what the records are, and what was declared: a line of
 * its own, where that says more than the summary. */
static void say_kinds(const sy_index_summary *s)
{
    sy_buf out = SY_BUF_INIT;
    size_t readers = 0;
    for (size_t i = 0; i < SY_N_READERS; i++) {
        if (s->by_reader[i].documents == 0)
            continue;
        sy_buf_puts(&out, readers++ > 0 ? _("; ") : "");
        sy_buf_printf(&out, "%s ", sy_readers[i]->name);
        put_documents(&out, s->by_reader[i].documents, s->by_reader[i].records);
    }
    sy_buf_puts(&out, _("; "));
    put_record_kinds(&out, &s->counts);
    if (s->counts.declared > 0)
        sy_buf_printf(&out, _("; sections declare %llu, found %llu"),
                      (unsigned long long)s->counts.declared, (unsigned long long)s->counts.found);
    if (readers > 1 || s->counts.declared > 0)
        sy_say("read: %s", sy_buf_cstr(&out));
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
    options->read.deleted = sy_arguments_on(args, SY_OPT_DELETED);
    options->read.encoding = sy_arguments_value(args, SY_OPT_ENCODING);
    if (st == SY_OK && options->read.encoding && !sy_encoding_known(options->read.encoding))
        return sy_fail(err, SY_E_INPUT, NULL, "no encoding '%s' is known", options->read.encoding);
    return st == SY_OK ? read_lexicons(args, options, lexicons, err) : st;
}

int sy_cmd_index(const sy_arguments *args)
{
    int status = SY_EXIT_FAILED;
    listener l = {.quiet = sy_arguments_on(args, SY_OPT_QUIET)};
    sy_progress_init(&l.progress, !l.quiet);
    l.begun_ns = sy_time_now_ns();
    const char *report = sy_arguments_value(args, SY_OPT_REPORT);
    sy_index_options options = {.ctx = &l,
                                .report = on_report,
                                .progress = on_progress,
                                .document = on_document,
                                .section = on_section};
    sy_index_summary summary = {0};
    sy_buf dir = SY_BUF_INIT;
    const char **lexicons = NULL;
    sy_error err;
    sy_error_clear(&err);
    sy_status st = read_options(args, &options, &lexicons, &err);
    if (st == SY_OK)
        st = sy_find_index(args, true, &dir, &err);
    if (report)
        sy_language_plain(); /* notes are in the report */
    if (st == SY_OK && report && !(l.report = fopen(report, "we")))
        st = sy_fail_sys(&err, NULL, errno, "cannot write '%s'", report);
    if (st != SY_OK) {
        sy_say_failure(&err, NULL);
        goto done;
    }
    options.dir = sy_buf_cstr(&dir);
    options.written_path = report;
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
    if (!l.quiet) {
        say_kinds(&summary);
        say_summary(&summary, options.dir);
    }
    write_summary(&l, &summary);
    status = summary.skipped > 0 || summary.replaced > 0 ? SY_EXIT_PARTLY : SY_EXIT_OK;
done:
    if (!close_report(&l, report))
        status = SY_EXIT_FAILED;
    sy_free((void *)lexicons);
    sy_buf_release(&dir);
    return status;
}
