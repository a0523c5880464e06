/* suoyin query: one query in, its records out, in one of many forms. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/pager.h"
#include "cli/print_counts.h"
#include "cli/print_format.h"
#include "cli/print_html.h"
#include "cli/query_explain.h"
#include "cli/query_modes.h"
#include "cli/term.h"

enum { FLUSH_AT = 1 << 16, AROUND_MOST = 1000000 };
#define NO_EXCERPTS UINT64_MAX

typedef enum query_form {
    FORM_LINE,
    FORM_CARD,
    FORM_HTML,
    FORM_JSON,
    FORM_TSV,
    FORM_CSV,
    FORM_FORMAT
} query_form;
typedef enum query_want {
    WANT_RECORDS,
    WANT_KEYS,
    WANT_COUNT,
    WANT_DOCUMENTS,
    WANT_COUNT_BY,
    WANT_STATUS /* -q: only the exit status */
} query_want;

typedef struct settings {
    query_form form;
    query_want wanted;
    bool source, group, explain, terminal, bom;
    sy_query_options options;
    char end;
    uint64_t offset, limit; /* limit 0: none */
    uint64_t best;          /* 0: corpus order */
    const char *batch, *count_by, *fields, *format, *sort;
    sy_when color, pager;
    uint64_t around; /* characters beside a match; NO_EXCERPTS: whole values */
} settings;

/* Hits are gathered here until an entry is whole: one hit, or the goals of a row. */
typedef struct entry_hit {
    sy_stored stored;
    sy_matches matches;
} entry_hit;

typedef struct entry {
    entry_hit *hits;
    size_t n, cap;
    sy_shown *shown; /* shown[n] */
    size_t shown_cap;
} entry;

typedef struct run {
    const settings *set;
    const sy_index *index;
    const char *const *exprs; /* exprs[n_exprs]: the question */
    size_t n_exprs;
    sy_search *search;
    sy_printer printer;
    sy_field_id *fields;
    sy_format format;
    sy_buf out;
    entry entry;
    bool waiting; /* `next` is a hit that belongs to the next entry */
    sy_hit next;
    uint64_t n_entries; /* found so far, skipped ones included */
} run;

/* Reads which form was asked for last; a form turned off again gives the default. */
static query_form read_form(const sy_arguments *args, bool terminal)
{
    query_form fallback = terminal ? FORM_CARD : FORM_LINE;
    query_form form = fallback;
    for (size_t i = 0; i < args->n_settings; i++) {
        const sy_setting *s = &args->settings[i];
        query_form named;
        switch (s->option->id) {
        case SY_OPT_LINE:
            named = FORM_LINE;
            break;
        case SY_OPT_CARD:
            named = FORM_CARD;
            break;
        case SY_OPT_HTML:
            named = FORM_HTML;
            break;
        case SY_OPT_JSON:
            named = FORM_JSON;
            break;
        case SY_OPT_TSV:
            named = FORM_TSV;
            break;
        case SY_OPT_CSV:
            named = FORM_CSV;
            break;
        case SY_OPT_FORMAT:
            named = FORM_FORMAT;
            break;
        default:
            continue;
        }
        if (!s->off)
            form = named;
        else if (form == named)
            form = fallback;
    }
    return form;
}

/* As read_form, for what is printed instead of records. */
static query_want read_wanted(const sy_arguments *args)
{
    query_want wanted = WANT_RECORDS;
    for (size_t i = 0; i < args->n_settings; i++) {
        const sy_setting *s = &args->settings[i];
        query_want named;
        switch (s->option->id) {
        case SY_OPT_KEYS:
            named = WANT_KEYS;
            break;
        case SY_OPT_COUNT:
            named = WANT_COUNT;
            break;
        case SY_OPT_DOCUMENTS:
            named = WANT_DOCUMENTS;
            break;
        case SY_OPT_COUNT_BY:
            named = WANT_COUNT_BY;
            break;
        default:
            continue;
        }
        if (!s->off)
            wanted = named;
        else if (wanted == named)
            wanted = WANT_RECORDS;
    }
    return sy_arguments_on(args, SY_OPT_QUIET) ? WANT_STATUS : wanted;
}

/* An option that is auto, always or never. */
static sy_status read_when(const sy_arguments *args, sy_option_id id, const char *name,
                           sy_when *when, sy_error *err)
{
    const char *word = sy_arguments_value(args, id);
    if (word && !sy_when_parse(word, when))
        return sy_fail(err, SY_E_INPUT, NULL, "--%s wants auto, always or never, not '%s'", name,
                       word);
    return SY_OK;
}

static sy_status read_settings(const sy_arguments *args, settings *set, sy_error *err)
{
    bool terminal = isatty(STDOUT_FILENO);
    *set = (settings){.form = read_form(args, terminal),
                      .wanted = read_wanted(args),
                      .source = sy_arguments_on(args, SY_OPT_SOURCE),
                      .explain = sy_arguments_on(args, SY_OPT_EXPLAIN),
                      .options = {.any = sy_arguments_on(args, SY_OPT_ANY),
                                  .words = sy_arguments_on(args, SY_OPT_WORDS)},
                      .terminal = terminal,
                      .bom = sy_arguments_on(args, SY_OPT_BOM),
                      .end = sy_arguments_on(args, SY_OPT_NUL) ? '\0' : '\n',
                      .batch = sy_arguments_value(args, SY_OPT_BATCH),
                      .count_by = sy_arguments_value(args, SY_OPT_COUNT_BY),
                      .fields = sy_arguments_value(args, SY_OPT_FIELDS),
                      .format = sy_arguments_value(args, SY_OPT_FORMAT),
                      .sort = sy_arguments_value(args, SY_OPT_SORT)};
    const char *group = sy_arguments_value(args, SY_OPT_GROUP);
    if (group && strcmp(group, "row") != 0)
        return sy_fail(err, SY_E_INPUT, NULL, "--group wants row, not '%s'", group);
    set->group = group != NULL && set->wanted == WANT_RECORDS;
    if (set->group && set->form >= FORM_TSV)
        return sy_fail(err, SY_E_INPUT, NULL, "--group row and --%s do not go together; try --json",
                       set->form == FORM_TSV   ? "tsv"
                       : set->form == FORM_CSV ? "csv"
                                               : "format");
    if (set->bom && set->form != FORM_CSV)
        return sy_fail(err, SY_E_INPUT, NULL, "--bom goes with --csv only");
    sy_status st = read_when(args, SY_OPT_COLOR, "color", &set->color, err);
    if (st == SY_OK)
        st = read_when(args, SY_OPT_PAGER, "pager", &set->pager, err);
    if (st != SY_OK)
        return st;
    if (set->batch && args->n_operands > 0)
        return sy_fail(err, SY_E_INPUT, NULL,
                       "--batch reads its queries from '%s': '%s' is one too many", set->batch,
                       args->operands[0]);
    if (!set->batch && args->n_operands == 0)
        return sy_fail(err, SY_E_INPUT, NULL,
                       "no expression given; every record: suoyin query '*', more: "
                       "suoyin query --help");
    st = sy_arguments_number(args, SY_OPT_CONTEXT, 0, AROUND_MOST, NO_EXCERPTS, &set->around, err);
    if (st == SY_OK && set->around != NO_EXCERPTS && set->form > FORM_HTML)
        return sy_fail(err, SY_E_INPUT, NULL, "-C goes with --line, --card and --html only");
    uint64_t seconds;
    if (st == SY_OK)
        st = sy_arguments_number(args, SY_OPT_REGEX_TIME, 1, SY_REGEX_SECONDS_MAX, SY_REGEX_SECONDS,
                                 &seconds, err);
    if (st == SY_OK)
        set->options.regex_seconds = (unsigned)seconds;
    if (st == SY_OK)
        st = sy_arguments_number(args, SY_OPT_OFFSET, 0, UINT64_MAX, 0, &set->offset, err);
    if (st == SY_OK)
        st = sy_arguments_number(args, SY_OPT_LIMIT, 1, UINT64_MAX, 0, &set->limit, err);
    if (st == SY_OK)
        st = sy_arguments_number(args, SY_OPT_BEST, 1, SY_BEST_MOST, 0, &set->best, err);
    bool no_order = set->group || set->wanted == WANT_DOCUMENTS || set->wanted == WANT_COUNT_BY;
    if (st == SY_OK && set->best > 0 && no_order)
        return sy_fail(err, SY_E_INPUT, NULL,
                       "-k orders records: it does not go with --group, -l or --count-by");
    if (st == SY_OK && set->sort && (no_order || set->best > 0 || set->batch))
        return sy_fail(err, SY_E_INPUT, NULL,
                       "--sort orders records: it does not go with -k, --batch, --group, -l or "
                       "--count-by");
    return st;
}

/* The fields to show: those of --fields, else all of the schema; a table without
 * --fields starts with what every record has beside them. */
static sy_status read_fields(run *r, sy_error *err)
{
    const sy_schema *schema = &r->index->schema;
    const char *list = r->set->fields;
    size_t most = list ? strlen(list) + 1 : schema->n_fields + 3;
    r->fields = sy_alloc(most, sizeof *r->fields);
    if (!r->fields)
        return sy_fail_nomem(err);
    size_t n = 0;
    if (!list) {
        if (r->set->form == FORM_TSV || r->set->form == FORM_CSV) {
            r->fields[n++] = SY_FIELD_KEY;
            r->fields[n++] = SY_FIELD_SOURCE;
            r->fields[n++] = SY_FIELD_LINE;
        }
        for (size_t i = 0; i < schema->n_fields; i++)
            r->fields[n++] = (sy_field_id)i;
    }
    if (list) {
        sy_status st = sy_query_fields(r->index, list, most, r->fields, &n, err);
        if (st != SY_OK)
            return st;
    }
    r->printer.fields = r->fields;
    r->printer.n_fields = n;
    r->printer.chosen = r->set->fields != NULL;
    return SY_OK;
}

/* Adds a hit to the entry. `keep`: its record must outlive the next one's. */
static sy_status load_hit(run *r, const sy_hit *hit, const sy_stored *record, bool keep,
                          sy_error *err)
{
    entry *e = &r->entry;
    size_t had = e->cap;
    if (!sy_grow((void **)&e->hits, e->n, &e->cap, sizeof *e->hits))
        return sy_fail_nomem(err);
    if (e->cap > had) /* room that was never used owns nothing */
        memset(e->hits + had, 0, (e->cap - had) * sizeof *e->hits);
    if (!sy_grow((void **)&e->shown, e->n, &e->shown_cap, sizeof *e->shown))
        return sy_fail_nomem(err);
    entry_hit *slot = &e->hits[e->n];
    slot->matches.n = 0;
    sy_status st = SY_OK;
    bool need_matches = r->printer.color || r->printer.excerpts || r->set->form == FORM_CARD ||
                        r->set->form == FORM_HTML || r->set->form == FORM_JSON;
    if (need_matches)
        st = sy_search_matches(r->search, hit, record, &slot->matches, err);
    if (st == SY_OK && keep)
        st = sy_segment_record(hit->segment, hit->docid, &slot->stored, err);
    if (st != SY_OK)
        return st;
    sy_segment_doc doc;
    sy_segment_doc_at(hit->segment, record->doc, &doc);
    e->shown[e->n++] = (sy_shown){.source = doc.source,
                                  .record = keep ? NULL : record,
                                  .ranked = r->set->best > 0,
                                  .score = hit->score};
    return SY_OK;
}

/* Reads the next entry; it has no hits at the end. */
static sy_status next_entry(run *r, sy_error *err)
{
    entry *e = &r->entry;
    const sy_segment *segment = NULL;
    uint32_t doc = 0, row = 0;
    bool more = true;
    sy_status st = SY_OK;
    e->n = 0;
    do {
        if (!r->waiting)
            st = sy_search_next(r->search, &more, &r->next, err);
        r->waiting = false;
        if (st != SY_OK || !more)
            break;
        const sy_stored *record;
        st = sy_search_record(r->search, &r->next, &record, err);
        if (st != SY_OK)
            break;
        if (e->n > 0 && (r->next.segment != segment || record->doc != doc || record->row != row)) {
            r->waiting = true;
            break;
        }
        segment = r->next.segment;
        doc = record->doc;
        row = record->row;
        st = load_hit(r, &r->next, record, r->set->group, err);
    } while (st == SY_OK && r->set->group);
    /* The arrays stand still only now. */
    for (size_t i = 0; i < e->n; i++) {
        if (!e->shown[i].record)
            e->shown[i].record = &e->hits[i].stored;
        e->shown[i].matches = e->hits[i].matches.items;
        e->shown[i].n_matches = e->hits[i].matches.n;
    }
    return st;
}

/* Hands on what has gathered: at once to a terminal, else in large pieces. */
static sy_status hand_on(run *r, sy_error *err)
{
    if (!r->set->terminal && r->out.len < FLUSH_AT)
        return sy_buf_status(&r->out, err);
    sy_status st = sy_print_out(&r->out, err);
    return st == SY_OK && r->set->terminal ? sy_print_flush(err) : st;
}

static void print_entry(run *r, bool first)
{
    const sy_printer *p = &r->printer;
    const entry *e = &r->entry;
    switch (r->set->form) {
    case FORM_LINE:
        sy_print_line(p, e->shown, e->n);
        break;
    case FORM_HTML:
        sy_print_html(p, e->shown, e->n);
        break;
    case FORM_JSON:
        sy_print_json(p, e->shown, e->n);
        break;
    case FORM_TSV:
        sy_print_tsv(p, e->shown, e->n);
        break;
    case FORM_CSV:
        sy_print_csv(p, e->shown, e->n);
        break;
    case FORM_FORMAT:
        sy_print_format(p, &r->format, e->shown);
        break;
    case FORM_CARD:
        if (!first && p->end == '\n')
            sy_buf_putc(&r->out, '\n');
        sy_print_card(p, e->shown, e->n);
        if (p->end == '\0')
            sy_buf_putc(&r->out, '\0');
        break;
    }
}

/* True if the entry just counted is to be shown; *last if none after it is. */
static bool in_window(run *r, bool *last)
{
    uint64_t ordinal = r->n_entries++;
    const settings *set = r->set;
    bool shown = ordinal >= set->offset;
    *last = shown && set->limit > 0 && ordinal - set->offset + 1 >= set->limit;
    return shown;
}

/* The top of a page, for which the records are found twice: to count them, then to show them. */
static sy_status print_page_head(run *r, sy_error *err)
{
    const sy_schema *schema = &r->index->schema;
    sy_html_head head = {.exprs = r->exprs, .n_exprs = r->n_exprs};
    sy_search *again;
    sy_facets facets = {0};
    sy_status st = sy_search_open(r->index, r->printer.query, &again, err);
    for (size_t i = 0; i < schema->n_fields && !head.facets && st == SY_OK; i++) {
        if (schema->fields[i].kind != SY_FIELD_NAMES)
            continue;
        st = sy_search_count_by(again, (sy_field_id)i, &facets, err);
        sy_search_close(again);
        again = NULL;
        head.facets = &facets;
        head.label = sy_schema_label(schema, (sy_field_id)i);
        if (st == SY_OK)
            st = sy_search_open(r->index, r->printer.query, &again, err);
    }
    if (st == SY_OK)
        st = sy_search_count(again, &head.count, err);
    if (st == SY_OK)
        sy_print_html_head(&r->printer, &head);
    sy_facets_release(&facets);
    sy_search_close(again);
    return st;
}

static sy_status print_records(run *r, sy_error *err)
{
    sy_status st = read_fields(r, err);
    if (st == SY_OK && r->set->form == FORM_HTML)
        st = print_page_head(r, err);
    if (st == SY_OK && r->set->form == FORM_FORMAT)
        st = sy_format_read(r->set->format, r->index, &r->format, err);
    if (st == SY_OK && r->set->form == FORM_TSV)
        sy_print_tsv_header(&r->printer);
    if (st == SY_OK && r->set->form == FORM_CSV)
        sy_print_csv_header(&r->printer, r->set->bom);
    bool last = false;
    while (st == SY_OK && !last) {
        st = next_entry(r, err);
        if (st != SY_OK || r->entry.n == 0)
            break;
        if (!in_window(r, &last))
            continue;
        print_entry(r, r->n_entries == r->set->offset + 1);
        st = hand_on(r, err);
    }
    if (st == SY_OK && r->set->form == FORM_HTML)
        sy_print_html_foot(&r->printer);
    return st;
}

static sy_status print_keys(run *r, sy_error *err)
{
    sy_status st = SY_OK;
    bool last = false;
    sy_key_group group = {.segment = NULL};
    while (st == SY_OK && !last) {
        bool more;
        sy_hit hit;
        sy_slice key;
        st = sy_search_next(r->search, &more, &hit, err);
        if (st != SY_OK || !more)
            break;
        if (!in_window(r, &last))
            continue;
        st = sy_segment_key_near(hit.segment, hit.docid, &group, &key, err);
        if (st != SY_OK)
            break;
        if (r->set->source) {
            sy_segment_doc doc;
            sy_segment_doc_at(hit.segment, sy_segment_doc_of(hit.segment, hit.docid), &doc);
            sy_print_plain(&r->printer, doc.source);
            sy_buf_putc(&r->out, ':');
        }
        sy_print_plain(&r->printer, key);
        sy_buf_putc(&r->out, r->set->end);
        st = hand_on(r, err);
    }
    return st;
}

static sy_status print_documents(run *r, sy_error *err)
{
    sy_status st = SY_OK;
    bool last = false;
    const sy_segment *segment = NULL;
    sy_segment_doc doc = {0};
    while (st == SY_OK && !last) {
        bool more;
        sy_hit hit;
        st = sy_search_next(r->search, &more, &hit, err);
        if (st != SY_OK || !more)
            break;
        if (hit.segment == segment && hit.docid - doc.first < doc.n_records)
            continue; /* one more of the document just shown */
        sy_slice before = doc.source;
        bool same = segment != NULL;
        segment = hit.segment;
        sy_segment_doc_at(segment, sy_segment_doc_of(segment, hit.docid), &doc);
        /* A large document may go on in the next segment. */
        if ((same && sy_slice_equal(before, doc.source)) || !in_window(r, &last))
            continue;
        sy_print_plain(&r->printer, doc.source);
        sy_buf_putc(&r->out, r->set->end);
        st = hand_on(r, err);
    }
    return st;
}

static sy_status print_count_by(run *r, sy_error *err)
{
    static const sy_counts_form forms[] = {
        [FORM_LINE] = SY_COUNTS_LINES,  [FORM_CARD] = SY_COUNTS_CARD, [FORM_HTML] = SY_COUNTS_LINES,
        [FORM_JSON] = SY_COUNTS_JSON,   [FORM_TSV] = SY_COUNTS_TSV,   [FORM_CSV] = SY_COUNTS_CSV,
        [FORM_FORMAT] = SY_COUNTS_LINES};
    sy_counts how = {.form = forms[r->set->form],
                     .terminal = r->set->terminal,
                     .bom = r->set->bom,
                     .width = r->printer.width,
                     .end = r->set->end,
                     .offset = r->set->offset,
                     .limit = r->set->limit};
    bool any = false;
    sy_status st = sy_query_fields(r->index, r->set->count_by, 2, how.fields, &how.n_fields, err);
    if (st == SY_OK)
        st = sy_print_counts(r->search, &r->index->schema, &how, &r->out, &any, err);
    r->n_entries = any;
    return st;
}

static sy_status answer(run *r, sy_error *err)
{
    sy_status st = SY_OK;
    bool any = false;
    sy_hit hit;
    switch (r->set->wanted) {
    case WANT_RECORDS:
        return print_records(r, err);
    case WANT_KEYS:
        return print_keys(r, err);
    case WANT_DOCUMENTS:
        return print_documents(r, err);
    case WANT_COUNT_BY:
        return print_count_by(r, err);
    case WANT_COUNT:
        st = sy_search_count(r->search, &r->n_entries, err);
        if (st == SY_OK)
            sy_buf_printf(&r->out, "%llu%c", (unsigned long long)r->n_entries, r->set->end);
        return st;
    case WANT_STATUS:
        st = sy_search_next(r->search, &any, &hit, err);
        r->n_entries = any;
        return st;
    }
    return st;
}

static void release(run *r)
{
    for (size_t i = 0; i < r->entry.cap; i++) {
        sy_stored_release(&r->entry.hits[i].stored);
        sy_matches_release(&r->entry.hits[i].matches);
    }
    sy_free(r->entry.hits);
    sy_free(r->entry.shown);
    sy_free(r->fields);
    sy_format_release(&r->format);
    sy_buf_release(&r->out);
    sy_search_close(r->search);
}

/* Puts the hits in the order of --sort: FIELD, or FIELD:desc. */
static sy_status sort_hits(run *r, sy_error *err)
{
    static const char down[] = ":desc", up[] = ":asc";
    const char *name = r->set->sort;
    size_t len = strlen(name);
    bool descending = len > strlen(down) && strcmp(name + len - strlen(down), down) == 0;
    bool ascending = len > strlen(up) && strcmp(name + len - strlen(up), up) == 0;
    len -= descending ? strlen(down) : ascending ? strlen(up) : 0;
    sy_field_id field;
    sy_status st = sy_query_field(r->index, name, len, &field, err);
    return st == SY_OK ? sy_search_sort(r->search, field, descending, err) : st;
}

/* How many of the best are wanted: those that --offset passes over as well. */
static uint64_t ranked_until(const settings *set)
{
    return set->offset > SY_BEST_MOST ? SY_BEST_MOST + set->best : set->offset + set->best;
}

/* By itself a pager comes for records only; what else there is to print is short. */
static bool wants_pager(const settings *set)
{
    if (set->pager != SY_WHEN_AUTO)
        return set->pager == SY_WHEN_ALWAYS;
    return set->terminal && set->wanted == WANT_RECORDS && !sy_term_dumb();
}

/* Nanoseconds since *from, which moves to now. */
static int64_t lap(int64_t *from)
{
    int64_t before = *from;
    *from = sy_clock_ns();
    return *from - before;
}

/* Runs a query that was read; returns the exit status. */
static int run_query(const settings *set, const sy_index *index, const sy_query *query,
                     const char *const *exprs, size_t n_exprs, sy_query_steps *steps)
{
    run r = {.set = set, .index = index, .exprs = exprs, .n_exprs = n_exprs};
    r.printer = (sy_printer){.schema = &index->schema,
                             .query = query,
                             .group = set->group,
                             .color = sy_color_wanted(set->color, STDOUT_FILENO),
                             .excerpts = set->around != NO_EXCERPTS,
                             .around = (size_t)set->around,
                             .terminal = set->terminal,
                             .width = sy_term_width(STDOUT_FILENO),
                             .end = set->end,
                             .out = &r.out};
    sy_error err;
    sy_error_clear(&err);
    sy_status st = SY_OK;
    sy_pager pager = {0};
    if (set->explain)
        st = sy_query_explain(index, query, exprs, &err);
    if (st == SY_OK && wants_pager(set))
        st = sy_pager_start(&pager, &err);
    int64_t now = sy_clock_ns();
    if (st == SY_OK)
        st = sy_search_open(index, query, &r.search, &err);
    if (st == SY_OK && set->best > 0) {
        st = sy_search_rank(r.search, ranked_until(set), set->options.any, true, &err);
        steps->rank = lap(&now);
    }
    if (st == SY_OK && set->sort) {
        st = sort_hits(&r, &err);
        steps->sort = lap(&now);
    }
    if (st == SY_OK)
        st = answer(&r, &err);
    /* What was found before a failure is shown all the same. */
    sy_status printed = sy_print_out(&r.out, &err);
    if (printed == SY_OK)
        printed = sy_print_flush(&err);
    if (pager.pid != 0 && printed == SY_E_IO && err.sys == EPIPE) {
        printed = st = SY_OK; /* the reader has seen enough */
        sy_error_clear(&err);
    }
    steps->find = lap(&now);
    sy_status paged = sy_pager_end(&pager, &err);
    if (st == SY_OK && set->explain) {
        steps->checked = sy_search_checked(r.search);
        sy_query_say_steps(steps);
    }
    bool nothing = st == SY_OK && r.n_entries == 0;
    if (st == SY_OK)
        st = printed == SY_OK ? paged : printed;
    if (st == SY_OK && nothing && !set->explain && set->wanted != WANT_STATUS &&
        isatty(STDERR_FILENO))
        st = sy_query_why_none(index, query, exprs, &err);
    uint64_t found = r.n_entries;
    release(&r);
    if (st != SY_OK)
        return sy_say_failure(&err, NULL);
    return found > 0 ? SY_EXIT_OK : SY_EXIT_NONE;
}

int sy_cmd_query(const sy_arguments *args)
{
    settings set;
    sy_error err;
    sy_error_clear(&err);
    if (read_settings(args, &set, &err) != SY_OK)
        return sy_say_failure(&err, NULL);
    sy_index *index;
    sy_query_steps steps = {0};
    int64_t now = sy_clock_ns();
    if (!sy_open_index(args, &index))
        return SY_EXIT_FAILED;
    steps.open = lap(&now);
    int status = SY_EXIT_FAILED;
    sy_query query = {0};
    if (set.batch) {
        status = sy_query_batch(args, index, set.batch, &set.options);
    } else if (sy_query_read(args->operands, args->n_operands, index, &set.options, &query)) {
        steps.read = lap(&now);
        status = run_query(&set, index, &query, args->operands, args->n_operands, &steps);
    }
    sy_query_release(&query);
    sy_index_close(index);
    return status;
}
