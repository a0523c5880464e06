#include "indexer/index_paths.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/messages.h"
#include "indexer/build.h"
#include "indexer/decode.h"
#include "indexer/old_index.h"
#include "indexer/reader.h"
#include "indexer/readers/convert.h"
#include "indexer/readers/reader_text.h"
#include "indexer/readers/string_table.h"
#include "indexer/repeated_keys.h"
#include "indexer/settings.h"
#include "indexer/spool.h"
#include "indexer/walk.h"
#include "segmenter/cut.h"
#include "segmenter/normal.h"

/* The way of a run:
 *
 *   paths -> walk -> documents read, those of segments to be merged -> spool
 *         -> lexicon -> inverted runs -> one new segment -> manifest
 *
 * Documents that did not change stay in their segments. The old index is not touched
 * before the manifest is replaced. */

#define TEXT_MAX ((uint64_t)16 << 30) /* bytes of one document that is text */
enum {
    FILE_MAX = 1 << 30, /* bytes of one that is not */
    DEFAULT_MEMORY_MIB = 256,
    RACY_NS = 2000000000 /* a file changed this shortly before it was read may have
                            changed again within one tick of its clock */
};

typedef struct job {
    const sy_index_options *options;
    sy_index_summary *sum;
    sy_index *old;     /* the index as it is, or NULL */
    sy_old_index held; /* its documents; none when it is rebuilt */
    sy_name_learner names;
    sy_seen_keys keys; /* of documents of `held` by their place there, then of those of the spool */
    sy_settings settings;
    sy_walk walk;
    sy_string_table found; /* path -> place in the walk + 1, 0 once it is dealt with */
    sy_spool spool;
    bool spool_open;
    bool anew;    /* all documents go into one new segment */
    bool changed; /* the new index differs from the old one */
    bool made_dir;
    uint64_t next_segment;
    int lock;
} job;

static void report(job *j, sy_report_kind kind, const char *source, uint32_t line,
                   const char *message)
{
    if (kind == SY_REPORT_REPLACED)
        j->sum->replaced++;
    if (j->options->report)
        j->options->report(j->options->ctx, kind, source, line, sy_tr(message));
}

/* ---- before anything is written ---- */

static void on_walk(void *ctx, const char *path, const char *message)
{
    job *j = ctx;
    j->sum->skipped++;
    report(j, SY_REPORT_SKIPPED, path, 0, message);
}

/* The index is no document, nor are its files where it lies among the documents. */
static sy_status ignore_index(job *j, sy_error *err)
{
    const char *dir = j->options->dir;
    sy_names names;
    sy_status st = sy_walk_ignore(&j->walk, dir, err);
    if (st != SY_OK || sy_list_folder(dir, &names, NULL) != SY_OK)
        return st; /* none yet; what else is wrong with it shows when it is opened */
    sy_buf path = SY_BUF_INIT;
    for (size_t i = 0; i < names.n && st == SY_OK; i++) {
        if (!sy_index_owns(names.items[i]))
            continue;
        st = sy_index_path(dir, names.items[i], &path, err);
        if (st == SY_OK)
            st = sy_walk_ignore(&j->walk, path.data, err);
    }
    sy_buf_release(&path);
    sy_names_release(&names);
    return st;
}

static sy_status find_documents(job *j, const char *const *paths, size_t n_paths, sy_error *err)
{
    const sy_index_options *o = j->options;
    sy_status st = ignore_index(j, err);
    if (st == SY_OK && o->schema_path)
        st = sy_walk_ignore(&j->walk, o->schema_path, err);
    if (st == SY_OK && o->aliases_path)
        st = sy_walk_ignore(&j->walk, o->aliases_path, err);
    if (st == SY_OK && o->written_path)
        st = sy_walk_ignore(&j->walk, o->written_path, err);
    for (size_t i = 0; i < o->n_lexicons && st == SY_OK; i++)
        st = sy_walk_ignore(&j->walk, o->lexicon_paths[i], err);
    if (st == SY_OK)
        st = sy_walk_paths(&j->walk, paths, n_paths, on_walk, j, err);
    for (size_t i = 0; i < j->walk.n && st == SY_OK; i++) {
        uint32_t *place = sy_string_table_at(&j->found, sy_slice_of(j->walk.items[i].path));
        if (!place)
            return sy_fail_nomem(err);
        *place = (uint32_t)i + 1;
    }
    return st;
}

/* ---- the old index ---- */

/* Whether nothing was ever committed in the folder. An index whose segment is
 * missing is not that: it is damaged. */
static sy_status has_manifest(const char *dir, bool *has, sy_error *err)
{
    sy_buf path = SY_BUF_INIT;
    sy_path_info info = {0};
    sy_status st = sy_index_path(dir, "manifest", &path, err);
    if (st == SY_OK)
        st = sy_path_look(path.data, false, &info, err);
    *has = info.kind != SY_PATH_NONE;
    sy_buf_release(&path);
    return st;
}

/* One past the largest number of a segment file, for when no manifest can be read. */
static sy_status number_after_files(const char *dir, uint64_t *next, sy_error *err)
{
    sy_names names;
    sy_status st = sy_list_folder(dir, &names, err);
    *next = 1;
    for (size_t i = 0; st == SY_OK && i < names.n; i++) {
        uint64_t number;
        if (sy_segment_number(names.items[i], &number) && number >= *next)
            *next = number + 1;
    }
    sy_names_release(&names);
    return st;
}

static sy_status open_old(job *j, sy_error *err)
{
    const char *dir = j->options->dir;
    sy_path_info info;
    sy_status st = sy_path_look(dir, true, &info, err);
    if (st != SY_OK)
        return st;
    j->made_dir = info.kind == SY_PATH_NONE;
    st = sy_make_dirs(dir, err);
    sy_buf lock = SY_BUF_INIT;
    if (st == SY_OK)
        st = sy_index_path(dir, "lock", &lock, err);
    if (st == SY_OK)
        st = sy_lock_take(lock.data, &j->lock, err);
    sy_buf_release(&lock);
    if (st != SY_OK)
        return st;
    bool has;
    st = has_manifest(dir, &has, err);
    if (st != SY_OK)
        return st;
    if (!has) {
        sy_index_sweep(dir, NULL);
        return number_after_files(dir, &j->next_segment, err);
    }
    sy_error why;
    sy_error_clear(&why);
    st = sy_index_open(dir, &j->old, &why);
    if (st == SY_OK) {
        j->next_segment = j->old->info.next_segment;
        sy_index_sweep(dir, j->old->manifest);
        return SY_OK;
    }
    if (!j->options->rebuild || st == SY_E_NOMEM) {
        if (err && err->status == SY_OK)
            *err = why;
        return st;
    }
    sy_index_sweep(dir, NULL);
    return number_after_files(dir, &j->next_segment, err);
}

/* ---- records into the spool ---- */

typedef struct reading {
    job *job;
    const char *source;
    bool fatal; /* the run cannot go on */
    uint64_t notes, replaced, skipped;
    sy_record_counts counts;
} reading;

static void on_reader_report(void *ctx, sy_report_kind kind, uint32_t line, const char *message)
{
    reading *r = ctx;
    if (kind == SY_REPORT_SKIPPED)
        r->job->sum->skipped++;
    r->skipped += kind == SY_REPORT_SKIPPED;
    r->replaced += kind == SY_REPORT_REPLACED;
    r->notes += kind == SY_REPORT_NEWS;
    report(r->job, kind, r->source, line, message);
}

static void on_section(void *ctx, const sy_section_count *section)
{
    reading *r = ctx;
    const sy_index_options *o = r->job->options;
    r->counts.declared += section->declared;
    r->counts.found += section->found;
    if (o->section)
        o->section(o->ctx, r->source, section);
}

static sy_status learn_names(job *j, const sy_record *record, sy_error *err)
{
    const sy_schema *schema = &j->settings.schema;
    sy_status st = SY_OK;
    for (size_t i = 0; i < record->n_values && st == SY_OK; i++) {
        const sy_record_value *v = &record->values[i];
        if (v->field < schema->n_fields && schema->fields[v->field].kind == SY_FIELD_NAMES)
            st = sy_name_learner_add(&j->names, v->text, err);
    }
    return st;
}

static sy_status on_record(void *ctx, const sy_record *record, sy_error *err)
{
    reading *r = ctx;
    sy_error why;
    sy_error_clear(&why);
    sy_status st = sy_spool_add(&r->job->spool, record, &why);
    if (st == SY_OK)
        st = learn_names(r->job, record, &why);
    if (st == SY_OK && !record->made_key)
        st = sy_seen_keys_add(&r->job->keys, (uint32_t)(r->job->held.n_docs + r->job->spool.n_docs),
                              record->key, &why);
    if (st == SY_E_LIMIT) { /* the record is left out, the document goes on */
        sy_buf message = SY_BUF_INIT;
        sy_buf_printf(&message, _("record %.*s: %s"), (int)record->key.len, record->key.data,
                      why.msg);
        on_reader_report(ctx, SY_REPORT_SKIPPED, record->line, sy_buf_cstr(&message));
        sy_buf_release(&message);
        return SY_OK;
    }
    if (st != SY_OK) {
        r->fatal = true;
        if (err && err->status == SY_OK)
            *err = why;
        return st;
    }
    r->counts.of_kind[record->kind]++;
    return SY_OK;
}

/* The document of the index that is looked at again. */
typedef struct before {
    bool is; /* there is one; else the document is new */
    size_t i;
    sy_segment_doc doc;
} before;

/* A document stays as it is. */
static sy_status keep_old(job *j, const before *old, sy_error *err)
{
    j->sum->kept_documents++;
    j->sum->kept_records += old->doc.n_records;
    return j->anew ? sy_old_index_spool(&j->held, old->i, &j->settings.schema, &j->spool, &j->names,
                                        err)
                   : SY_OK;
}

static sy_status skip(job *j, const char *path, const char *why, const before *old, sy_error *err)
{
    sy_buf message = SY_BUF_INIT;
    sy_buf_printf(&message, "%s%s", sy_tr(why),
                  old->is ? _("; its records of the last reading stay in the index") : "");
    j->sum->skipped++;
    report(j, SY_REPORT_SKIPPED, path, 0, sy_buf_cstr(&message));
    sy_buf_release(&message);
    return old->is ? keep_old(j, old, err) : SY_OK;
}

/* What a person is told about a failure that concerns one document. */
static const char *reason(const sy_error *why, sy_buf *out)
{
    sy_buf_reset(out);
    sy_buf_puts(out, why->msg);
    if (why->offset != SY_NO_OFFSET)
        sy_buf_printf(out, _(" (byte %llu)"), (unsigned long long)why->offset);
    return sy_buf_cstr(out);
}

static bool is_blank(const sy_extent *text)
{
    for (size_t i = 0; i < text->len; i++) {
        if (!strchr(" \t\r\n\f\v", text->data[i]))
            return false;
        sy_map_pass(text->behind, text->data + i);
    }
    return true;
}

/* A document's content in the form that its reader takes. */
typedef struct content {
    const char *name; /* by which a reader is chosen, if the content does not tell */
    sy_extent bytes;
    bool binary;
    const char *encoding; /* NULL if binary */
    size_t replaced;
} content;

/* Adds a document to the sums. */
static void count(job *j, const reading *r, const sy_reader *reader, uint64_t records)
{
    sy_record_counts *all = &j->sum->counts;
    const sy_record_counts *its = &r->counts;
    j->sum->documents++;
    j->sum->records += records;
    all->declared += its->declared;
    all->found += its->found;
    for (size_t i = 0; i < SY_N_RECORD_KINDS; i++)
        all->of_kind[i] += its->of_kind[i];
    for (size_t i = 0; i < SY_N_READERS; i++) {
        if (sy_readers[i] != reader)
            continue;
        j->sum->by_reader[i].documents++;
        j->sum->by_reader[i].records += records;
    }
}

static void tell_document(job *j, const reading *r, const content *c, const char *reader,
                          uint64_t records)
{
    sy_index_document d = {.source = r->source,
                           .reader = reader,
                           .encoding = c->encoding,
                           .bytes = c->bytes.len,
                           .records = records,
                           .counts = r->counts,
                           .notes = r->notes,
                           .replaced = r->replaced + (c->replaced > 0),
                           .skipped = r->skipped};
    if (j->options->document)
        j->options->document(j->options->ctx, &d);
}

/* Runs a reader over a document; its records are then in the spool. */
static sy_status run_reader(job *j, const sy_found *f, const content *c, sy_segment_doc *doc,
                            const before *old, sy_error *err)
{
    sy_document document = {.name = c->name,
                            .text = c->bytes.data,
                            .len = c->bytes.len,
                            .behind = c->bytes.behind,
                            .binary = c->binary,
                            .options = j->options->read,
                            .schema = &j->settings.schema};
    bool blank = !c->binary && is_blank(&c->bytes), is_schema = false;
    sy_status st =
        c->binary ? SY_OK : sy_schema_recognise(document.text, document.len, &is_schema, err);
    if (st != SY_OK)
        return st;
    const sy_reader *reader = blank || is_schema ? NULL : sy_reader_for(&document);
    if (!reader)
        return skip(j, f->path,
                    blank       ? N_("the file is empty")
                    : is_schema ? N_("a schema is no document; --schema takes it")
                                : N_("no reader knows this format"),
                    old, err);
    reading r = {.job = j, .source = f->path};
    sy_sink sink = {&r, on_record, on_reader_report, on_section};
    sy_error why;
    sy_error_clear(&why);
    sy_spool_begin(&j->spool);
    sy_name_learner_begin(&j->names);
    size_t keys_before = j->keys.n;
    st = reader->read(&document, &sink, &why);
    if (st == SY_E_NOMEM || r.fatal) {
        if (err && err->status == SY_OK)
            *err = why;
        return st;
    }
    uint32_t n = j->spool.open.doc.n_records;
    if (st != SY_OK || n == 0)
        j->keys.n = keys_before;
    if (st != SY_OK) {
        sy_buf message = SY_BUF_INIT;
        st = skip(j, f->path, reason(&why, &message), old, err);
        sy_buf_release(&message);
        return st;
    }
    if (n == 0)
        return skip(j, f->path, "no record was found in it", old, err);
    doc->reader = sy_slice_of(reader->name);
    count(j, &r, reader, n);
    j->sum->replaced_documents += old->is;
    j->changed = true;
    tell_document(j, &r, c, reader->name, n);
    if (old->is)
        sy_old_index_drop(&j->held, old->i);
    doc->place = old->is ? old->doc.place : j->held.next_place++;
    st = sy_spool_keep(&j->spool, doc, err);
    return st == SY_OK ? sy_name_learner_keep(&j->names, err) : st;
}

static bool is_given(const job *j, const char *path)
{
    for (size_t i = 0; i < j->walk.n_roots; i++) {
        if (strcmp(j->walk.roots[i], path) == 0)
            return true;
    }
    return false;
}

/* Whether a file's name says that it is a document: then it is named if it cannot be
 * read. Others, below folders, are counted: pictures, programs, what comes with them. */
static bool is_named_document(const char *path)
{
    static const char *const endings[] = {
        ".txt",    ".text", ".md",   ".markdown", ".csv", ".tsv",  ".tab",  ".json", ".jsonl",
        ".ndjson", ".htm",  ".html", ".xml",      ".doc", ".docx", ".docm", ".dot",  ".dotx",
        ".xls",    ".xlsx", ".xlsm", ".xlsb",     ".odt", ".ods",  ".odp",  ".ppt",  ".pptx",
        ".pdf",    ".rtf",  ".wps",  ".et",       ".dps", ".ofd",  ".eml",  ".srt",  ".log"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (sy_name_ends(path, endings[i]))
            return true;
    }
    return false;
}

/* What is no text, though it looked like it: told of where a document was expected. */
static sy_status turn_down(job *j, const sy_found *f, const sy_error *why, const before *old,
                           sy_error *err)
{
    if (!old->is && !is_given(j, f->path) && !is_named_document(f->path)) {
        j->sum->no_documents++;
        return SY_OK;
    }
    sy_buf message = SY_BUF_INIT;
    sy_status st = skip(j, f->path, reason(why, &message), old, err);
    sy_buf_release(&message);
    return st;
}

static void report_replaced(job *j, const char *path, const sy_decoded *d)
{
    sy_buf message = SY_BUF_INIT;
    sy_buf_printf(&message,
                  sy_tr_n("%zu ill-formed part is U+FFFD now (read as %s), the first at byte %zu",
                          "%zu ill-formed parts are U+FFFD now (read as %s), the first at byte %zu",
                          d->replaced),
                  d->replaced, d->encoding, d->first);
    report(j, SY_REPORT_REPLACED, path, 0, sy_buf_cstr(&message));
    sy_buf_release(&message);
}

static sy_status read_text(job *j, const sy_found *f, const char *name, const sy_extent *bytes,
                           sy_segment_doc *doc, const before *old, sy_error *err)
{
    sy_spill spill = {.dir = j->options->dir};
    sy_decoded d;
    sy_error why;
    sy_error_clear(&why);
    sy_status st = sy_decode(j->options->read.encoding, f->path, bytes, &spill, &d, &why);
    if (st == SY_E_NOMEM || spill.failed) {
        if (err && err->status == SY_OK)
            *err = why;
    } else if (st != SY_OK) {
        st = turn_down(j, f, &why, old, err);
    } else {
        content c = {.name = name, .bytes = d.text, .encoding = d.encoding, .replaced = d.replaced};
        if (d.replaced > 0)
            report_replaced(j, f->path, &d);
        j->sum->text_bytes += d.text.len;
        st = run_reader(j, f, &c, doc, old, err);
    }
    sy_spill_release(&spill);
    return st;
}

/* Has another program turn the file into text, and reads that. */
static sy_status read_converted(job *j, const sy_found *f, sy_office_kind kind, sy_segment_doc *doc,
                                const before *old, sy_error *err)
{
    sy_spill spill = {.dir = j->options->dir};
    sy_extent text;
    const char *program;
    sy_error why;
    sy_error_clear(&why);
    if (strcmp(f->path, "-") == 0)
        return skip(j, f->path, "this format is read from files only", old, err);
    sy_status st = sy_convert(kind, f->path, NULL, &spill, &text, &program, &why);
    if (st == SY_OK && is_blank(&text))
        st = sy_fail(&why, SY_E_INPUT, NULL, "%s finds no text in it", program);
    if (st == SY_E_NOMEM || spill.failed) {
        if (err && err->status == SY_OK)
            *err = why;
    } else if (st != SY_OK) {
        st = skip(j, f->path, why.msg, old, err);
    } else {
        st = read_text(j, f, kind == SY_OFFICE_XLS ? "converted.csv" : "converted.txt", &text, doc,
                       old, err);
    }
    sy_spill_release(&spill);
    return st;
}

/* Why a file of a known kind is not read; NULL if it is. */
static const char *unread(sy_office_kind kind)
{
    switch (kind) {
    case SY_OFFICE_ZIP:
        return "it is an archive: unpack it first";
    case SY_OFFICE_UNREAD:
        return "this kind of office document is not read";
    case SY_OFFICE_LOCKED:
        return "it is locked with a password";
    case SY_OFFICE_OLE:
        return "it is a compound file without a document that is known";
    case SY_OFFICE_RTF:
        return "RTF is not read: save it as .docx";
    default:
        return NULL;
    }
}

static sy_status read_bytes(job *j, const sy_found *f, const sy_extent *bytes, uint64_t hash,
                            const before *old, sy_error *err)
{
    sy_segment_doc doc = {
        .source = sy_slice_of(f->path), .size = bytes->len, .mtime_ns = f->mtime_ns, .hash = hash};
    if (old->is && !j->settings.reread && doc.hash == old->doc.hash && doc.size == old->doc.size) {
        return keep_old(j, old, err);
    }
    sy_office_kind kind = sy_office_kind_of(bytes->data, bytes->len);
    content c = {.name = f->path, .bytes = *bytes, .binary = true};
    if (kind == SY_OFFICE_NO_MEMORY)
        return sy_fail_nomem(err);
    if (kind == SY_OFFICE_NONE)
        return read_text(j, f, f->path, bytes, &doc, old, err);
    if (unread(kind))
        return skip(j, f->path, unread(kind), old, err);
    if (kind == SY_OFFICE_DOC || kind == SY_OFFICE_XLS || kind == SY_OFFICE_PDF)
        return read_converted(j, f, kind, &doc, old, err);
    j->sum->text_bytes += bytes->len;
    return run_reader(j, f, &c, &doc, old, err);
}

/* A file that is being read into a copy: it may change while it is looked at. */
typedef struct intake {
    const sy_found *f;
    const char *encoding; /* that was asked for, or NULL */
    sy_spill copy;
    uint64_t most;  /* bytes that it may have */
    bool is_binary; /* its first bytes say so */
} intake;

static sy_status too_long(const intake *in, sy_error *err)
{
    return sy_fail(err, SY_E_LIMIT, NULL, "longer than the limit of %llu bytes",
                   (unsigned long long)in->most);
}

/* By its first bytes: how long a file may be, and whether it need be read at all. */
static sy_status look_at_head(intake *in, const char *head, size_t len, sy_error *err)
{
    bool office = sy_office_begins(head, len);
    in->most = office ? FILE_MAX : TEXT_MAX;
    if (in->f->size > in->most)
        return too_long(in, err);
    sy_status st =
        office || in->encoding ? SY_OK : sy_decode_check_head(in->f->path, head, len, err);
    in->is_binary = st != SY_OK;
    return st;
}

static sy_status take_piece(void *ctx, const char *bytes, size_t len, sy_error *err)
{
    intake *in = ctx;
    sy_status st = in->copy.len == 0 ? look_at_head(in, bytes, len, err) : SY_OK;
    if (st == SY_OK && in->copy.len + len > in->most)
        st = too_long(in, err);
    return st == SY_OK ? sy_spill_put(&in->copy, bytes, len, err) : st;
}

static sy_status read_document(job *j, const sy_found *f, const before *old, sy_error *err)
{
    if (f->missed) /* reported by the walk */
        return old->is ? keep_old(j, old, err) : SY_OK;
    intake in = {.f = f, .encoding = j->options->read.encoding, .copy = {.dir = j->options->dir}};
    sy_extent bytes;
    uint64_t hash = 0;
    sy_error why;
    sy_error_clear(&why);
    sy_status st = sy_read_pieces(f->path, TEXT_MAX, take_piece, &in, &why);
    if (st == SY_OK)
        st = sy_spill_end(&in.copy, &bytes, &hash, &why);
    if (st == SY_E_NOMEM || in.copy.failed) {
        if (err && err->status == SY_OK)
            *err = why;
    } else if (in.is_binary) {
        st = turn_down(j, f, &why, old, err);
    } else if (st != SY_OK) {
        st = skip(j, f->path, why.msg, old, err);
    } else {
        st = read_bytes(j, f, &bytes, hash, old, err);
    }
    sy_spill_release(&in.copy);
    return st;
}

/* ---- which documents ---- */

static void tell_reading(job *j, uint64_t done)
{
    if (j->options->progress)
        j->options->progress(j->options->ctx, N_("reading"), done, j->walk.n);
}

static bool is_unchanged(const job *j, const sy_found *f, const sy_segment_doc *doc)
{
    return !j->settings.reread && !f->missed && strcmp(f->path, "-") != 0 && f->size == doc->size &&
           f->mtime_ns == doc->mtime_ns && f->mtime_ns + RACY_NS < j->old->info.committed_ns;
}

/* Whether the document is gone from below the paths. Below a folder that could not be
 * read nothing is known to be gone. */
static bool is_gone(const job *j, const sy_segment_doc *doc)
{
    bool gone =
        !sy_slice_equal(doc->source, sy_slice_of("-")) && sy_walk_covers(&j->walk, doc->source);
    for (size_t i = 0; gone && i < j->walk.n; i++) {
        sy_slice missed = sy_slice_of(j->walk.items[i].path);
        gone = !(j->walk.items[i].missed && doc->source.len > missed.len &&
                 memcmp(doc->source.data, missed.data, missed.len) == 0);
    }
    return gone;
}

static void report_spelling(job *j, const char *path, const char *now)
{
    sy_buf message = SY_BUF_INIT;
    sy_buf_printf(&message, _("read as %s now"), now);
    report(j, SY_REPORT_NEWS, path, 0, sy_buf_cstr(&message));
    sy_buf_release(&message);
}

static sy_status look_at_old(job *j, const before *old, uint64_t *done, sy_error *err)
{
    const sy_segment_doc *doc = &old->doc;
    uint32_t *place = sy_string_table_find(&j->found, doc->source);
    if (place && *place > 0) {
        const sy_found *f = &j->walk.items[*place - 1];
        *place = 0;
        tell_reading(j, (*done)++);
        return is_unchanged(j, f, doc) ? keep_old(j, old, err) : read_document(j, f, old, err);
    }
    char *path = sy_strndup(doc->source.data, doc->source.len);
    bool gone = is_gone(j, doc), same = false;
    size_t at = 0;
    sy_status st = path ? SY_OK : sy_fail_nomem(err);
    if (st == SY_OK)
        st = sy_walk_same(&j->walk, path, &same, &at, err);
    if (st == SY_OK && same)
        report_spelling(j, path, j->walk.items[at].path);
    else if (st == SY_OK && gone)
        report(j, SY_REPORT_NEWS, path, 0, "gone, so its records leave the index");
    sy_free(path);
    if (st != SY_OK || (!gone && !same))
        return st == SY_OK ? keep_old(j, old, err) : st;
    sy_old_index_drop(&j->held, old->i);
    j->sum->removed_documents++;
    j->changed = true;
    return SY_OK;
}

/* Reads what is new or changed, drops what is gone. */
static sy_status fill_spool(job *j, sy_error *err)
{
    uint64_t done = 0;
    sy_status st = sy_spool_open(j->options->dir, &j->spool, err);
    j->spool_open = st == SY_OK;
    for (size_t i = 0; i < j->held.n_docs && st == SY_OK; i++) {
        before old = {.is = true, .i = i};
        sy_old_index_doc(&j->held, i, &old.doc);
        st = look_at_old(j, &old, &done, err);
    }
    for (size_t i = 0; i < j->walk.n && st == SY_OK; i++) {
        const sy_found *f = &j->walk.items[i];
        uint32_t *place = sy_string_table_find(&j->found, sy_slice_of(f->path));
        if (*place == 0)
            continue;
        before none = {.is = false};
        tell_reading(j, done++);
        st = read_document(j, f, &none, err);
    }
    return st;
}

/* The path of a document by its number in `keys`; borrowed. */
static sy_slice seen_source(const job *j, uint32_t doc)
{
    sy_segment_doc d;
    if (doc >= j->held.n_docs)
        return j->spool.docs[doc - j->held.n_docs].doc.source;
    sy_old_index_doc(&j->held, doc, &d);
    return d.source;
}

/* Says once if keys of what was read stand in other documents, too. */
static sy_status report_repeated_keys(job *j, sy_error *err)
{
    sy_repeated_keys found;
    sy_buf message = SY_BUF_INIT, path = SY_BUF_INIT;
    uint32_t first_read = (uint32_t)j->held.n_docs;
    sy_status st = j->sum->documents > 0 ? sy_old_index_keys(&j->held, &j->keys, err) : SY_OK;
    if (st != SY_OK)
        return st;
    sy_seen_keys_compare(&j->keys, first_read, &found);
    if (found.n > 0) {
        sy_slice other = seen_source(j, found.docs[0]), own = seen_source(j, found.docs[1]);
        sy_buf_append(&path, own.data, own.len);
        sy_buf_printf(&message,
                      sy_tr_n("%llu key is also in another document, as in %.*s; key: finds the "
                              "records of all",
                              "%llu keys are also in another document, as in %.*s; key: finds the "
                              "records of all",
                              found.n),
                      (unsigned long long)found.n, (int)other.len, other.data);
        report(j, SY_REPORT_NEWS, sy_buf_cstr(&path), 0, sy_buf_cstr(&message));
    }
    sy_buf_release(&message);
    sy_buf_release(&path);
    return SY_OK;
}

/* Decides which segments go into the new one, once it is known which words the index has. */
static sy_status choose_segments(job *j, sy_buf *lexicon, sy_error *err)
{
    const sy_tiers *tiers = &j->options->tiers;
    sy_status st =
        j->anew ? SY_OK : sy_old_index_learn(&j->held, &j->settings.schema, &j->names, err);
    if (st == SY_OK)
        st = sy_name_learner_finish(&j->names, lexicon, err);
    if (st == SY_OK && j->anew)
        sy_old_index_take_all(&j->held);
    else if (st == SY_OK)
        st = sy_old_index_compare_words(&j->held, tiers, (sy_slice){lexicon->data, lexicon->len},
                                        err);
    if (st == SY_OK && !j->anew)
        st = sy_old_index_merge(&j->held, tiers, &j->settings.schema, &j->spool, err);
    return st;
}

/* ---- the new index ---- */

static unsigned jobs_of(const sy_index_options *o)
{
    long cores = o->jobs > 0 ? (long)o->jobs : sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : (unsigned)cores;
}

static sy_status fill_info(const job *j, sy_manifest *m, const sy_buf *lexicon, sy_error *err)
{
    sy_index_info *info = &m->info;
    sy_status st = SY_OK;
    if (j->old)
        *info = j->old->info;
    else
        st = sy_random_bytes(info->uuid, sizeof info->uuid, err);
    info->generation++;
    info->committed_ns = sy_time_now_ns();
    info->norm_flags = j->settings.norm_flags;
    memset(info->icu_version, 0, sizeof info->icu_version);
    snprintf(info->icu_version, sizeof info->icu_version, "%s", sy_icu_version());
    info->rules_hash = sy_normal_rules_hash(info->norm_flags);
    info->lexicon_hash = sy_hash64(lexicon->data, lexicon->len);
    info->aliases_hash = sy_hash64(j->settings.aliases.data, j->settings.aliases.len);
    info->next_segment = j->next_segment + (j->spool.n_records > 0);
    return st;
}

/* Puts the new segment among those that stay: they are ordered by the places of their first
 * documents. */
static void insert_segment(const job *j, sy_manifest *m, const sy_segment_ref *ref)
{
    uint64_t place = j->spool.docs[0].doc.place;
    size_t at = m->n_segments++;
    for (; at > 0; at--) {
        const sy_segment_ref *before_it = &m->segments[at - 1];
        if (sy_old_index_first_place(&j->held, before_it->number) < place)
            break;
        m->segments[at] = *before_it;
    }
    m->segments[at] = *ref;
}

static sy_status build_new(job *j, sy_manifest *m, sy_error *err)
{
    const sy_index_options *o = j->options;
    unsigned memory = o->memory_mib > 0 ? o->memory_mib : DEFAULT_MEMORY_MIB;
    sy_build b = {.dir = o->dir,
                  .number = j->next_segment,
                  .norm_flags = j->settings.norm_flags,
                  .schema = &j->settings.schema,
                  .memory = (size_t)memory << 20,
                  .jobs = jobs_of(o),
                  .progress = o->progress,
                  .ctx = o->ctx};
    sy_segment_ref ref;
    memcpy(b.uuid, m->info.uuid, sizeof b.uuid);
    sy_status st = sy_build_segment(&b, &j->spool, m->lexicon, &ref, err);
    if (st == SY_OK)
        insert_segment(j, m, &ref);
    return st;
}

static sy_status write_index(job *j, sy_error *err)
{
    const sy_settings *set = &j->settings;
    sy_buf lexicon = SY_BUF_INIT;
    sy_manifest m = {.schema = set->schema, /* borrowed: m is not released */
                     .aliases = {set->aliases.data, set->aliases.len},
                     .user_words = {set->user_words.data, set->user_words.len},
                     .segments = sy_calloc(j->held.n_segments + 1, sizeof *m.segments)};
    sy_status st = m.segments ? choose_segments(j, &lexicon, err) : sy_fail_nomem(err);
    if (st == SY_OK)
        st = sy_spool_finish(&j->spool, err);
    m.lexicon = (sy_slice){lexicon.data, lexicon.len};
    if (st == SY_OK)
        st = fill_info(j, &m, &lexicon, err);
    if (st == SY_OK)
        st = sy_old_index_refs(&j->held, m.segments, &m.n_segments, err);
    if (st == SY_OK && j->spool.n_records > 0)
        st = build_new(j, &m, err);
    if (st == SY_OK)
        st = sy_manifest_commit(j->options->dir, &m, err);
    if (st == SY_OK)
        sy_index_sweep(j->options->dir, &m);
    sy_free(m.segments);
    sy_buf_release(&lexicon);
    return st;
}

/* Takes back the folder that this run made and holds the lock of, unless the commit
 * was done and what failed came after it. What cannot be removed is left. */
static void undo_folder(const char *dir)
{
    static const sy_manifest nothing;
    bool has;
    if (has_manifest(dir, &has, NULL) != SY_OK || has)
        return;
    sy_buf lock = SY_BUF_INIT;
    sy_index_sweep(dir, &nothing);
    if (sy_index_path(dir, "lock", &lock, NULL) == SY_OK &&
        sy_remove_file(lock.data, NULL) == SY_OK)
        sy_remove_empty_folder(dir);
    sy_buf_release(&lock);
}

static void release(job *j, bool failed)
{
    if (j->spool_open)
        sy_spool_release(&j->spool);
    sy_name_learner_release(&j->names);
    sy_free(j->keys.items);
    sy_old_index_release(&j->held);
    sy_settings_release(&j->settings);
    sy_walk_release(&j->walk);
    sy_string_table_release(&j->found);
    if (failed && j->made_dir && j->lock >= 0)
        undo_folder(j->options->dir);
    sy_index_close(j->old);
    sy_lock_drop(j->lock);
}

static void report_empty_paths(job *j)
{
    for (size_t i = 0; i < j->walk.n_roots; i++) {
        if (!j->walk.empty[i])
            continue;
        j->sum->skipped++;
        report(j, SY_REPORT_SKIPPED, j->walk.roots[i], 0, "there is no document in it");
    }
}

/* What the run works with, now that the settings are known. */
static sy_status open_held(job *j, sy_error *err)
{
    const sy_index_options *o = j->options;
    const sy_settings *set = &j->settings;
    j->settings.reread |= o->read.encoding || o->read.deleted;
    j->anew = !j->old || o->rebuild || set->changed ||
              strcmp(j->old->info.icu_version, sy_icu_version()) != 0 ||
              j->old->info.rules_hash != sy_normal_rules_hash(set->norm_flags);
    j->changed = j->anew;
    sy_status st = sy_old_index_open(o->rebuild ? NULL : j->old, &j->held, err);
    if (st == SY_OK)
        st = sy_name_learner_open(set->norm_flags, (sy_slice){set->aliases.data, set->aliases.len},
                                  (sy_slice){set->user_words.data, set->user_words.len}, &j->names,
                                  err);
    return st;
}

sy_status sy_index_paths(const sy_index_options *options, const char *const *paths, size_t n_paths,
                         sy_index_summary *out, sy_error *err)
{
    *out = (sy_index_summary){0};
    job j = {.options = options, .sum = out, .lock = -1, .next_segment = 1};
    sy_status st = find_documents(&j, paths, n_paths, err);
    if (st == SY_OK)
        st = open_old(&j, err);
    if (st == SY_OK)
        st = sy_settings_load(options, options->rebuild ? NULL : j.old, &j.settings, err);
    if (st == SY_OK)
        st = open_held(&j, err);
    if (st == SY_OK) {
        report_empty_paths(&j);
        st = fill_spool(&j, err);
    }
    if (st == SY_OK) {
        out->total_documents = out->documents + out->kept_documents;
        out->total_records = out->records + out->kept_records;
        st = report_repeated_keys(&j, err);
        sy_free(j.keys.items); /* else they would count as memory of the build */
        j.keys = (sy_seen_keys){0};
        if (st == SY_OK && j.changed)
            st = write_index(&j, err);
        out->names = j.names.names.n;
    }
    release(&j, st != SY_OK);
    return st;
}
