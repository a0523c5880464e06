/* suoyin info: what an index holds, and what it was made with. */
#include <stdio.h>
#include <time.h>

#include "base/messages.h"
#include "cli/cli.h"
#include "cli/term.h"
#include "segmenter/cut.h"
#include "segmenter/normal.h"
#include "segmenter/width.h"
#include "store/file.h"
#include "store/format.h"
#include "store/scoring.h"

enum { REGIONS_MOST = 64, TIME_BYTES = 32 };

typedef struct regions {
    sy_region_size items[REGIONS_MOST];
    size_t n;
    uint64_t total;
} regions;

/* Adds the sizes of a segment's regions. */
static void add_regions(const sy_segment *segment, regions *sum)
{
    sy_region_size own[REGIONS_MOST];
    size_t n = sy_segment_regions(segment, own, REGIONS_MOST);
    for (size_t i = 0; i < n && i < REGIONS_MOST; i++) {
        size_t k = 0;
        while (k < sum->n && strcmp(sum->items[k].name, own[i].name) != 0)
            k++;
        if (k == REGIONS_MOST)
            continue;
        if (k == sum->n)
            sum->items[sum->n++] = (sy_region_size){own[i].name, 0};
        sum->items[k].bytes += own[i].bytes;
        sum->total += own[i].bytes;
    }
}

static void put_json_regions(const regions *r, sy_buf *out)
{
    sy_buf_puts(out, "\"bytes\":{");
    for (size_t i = 0; i < r->n; i++) {
        sy_buf_puts(out, i > 0 ? "," : "");
        sy_buf_put_json(out, r->items[i].name, strlen(r->items[i].name));
        sy_buf_printf(out, ":%llu", (unsigned long long)r->items[i].bytes);
    }
    sy_buf_putc(out, '}');
}

static void put_json_segments(const sy_index *index, sy_buf *out)
{
    sy_buf_puts(out, "\"segment_list\":[");
    for (size_t i = 0; i < index->n_segments; i++) {
        const sy_segment *seg = index->segments[i];
        const sy_live *live = &index->live[i];
        regions own = {.n = 0};
        add_regions(seg, &own);
        sy_buf_printf(out,
                      "%s{\"number\":%llu,\"documents\":%zu,\"records\":%u,"
                      "\"deleted_documents\":%zu,\"deleted_records\":%u,\"other_words\":%s,",
                      i > 0 ? "," : "", (unsigned long long)sy_segment_file(seg)->number,
                      live->n_docs, live->n_records, sy_segment_n_docs(seg) - live->n_docs,
                      sy_segment_n_records(seg) - live->n_records,
                      live->other_words ? "true" : "false");
        put_json_regions(&own, out);
        sy_buf_putc(out, '}');
    }
    sy_buf_puts(out, "],");
}

/* "2026-05-01T08:00:00Z". */
static void format_time(int64_t ns, char out[TIME_BYTES])
{
    time_t seconds = (time_t)(ns / 1000000000);
    struct tm utc;
    if (!gmtime_r(&seconds, &utc) || strftime(out, TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        snprintf(out, TIME_BYTES, "unknown");
}

static bool icu_differs(const sy_index_info *info)
{
    return strcmp(info->icu_version, sy_icu_version()) != 0;
}

static bool rules_differ(const sy_index_info *info)
{
    return info->rules_hash != sy_normal_rules_hash(info->norm_flags);
}

static void put_json_string(sy_buf *out, const char *name, const char *value)
{
    sy_buf_printf(out, "\"%s\":", name);
    sy_buf_put_json(out, value, strlen(value));
}

static double weight_of(const sy_field *field)
{
    return (double)field->weight / SY_WEIGHT_ONE;
}

static void put_json(const sy_index *index, const regions *sum, sy_buf *out)
{
    const sy_index_info *info = &index->info;
    char when[TIME_BYTES];
    format_time(info->committed_ns, when);
    sy_buf_puts(out, "{\"type\":\"info\",");
    put_json_string(out, "path", index->dir);
    sy_buf_printf(out, ",\"format\":%u,\"generation\":%llu,", (unsigned)SY_FORMAT_VERSION,
                  (unsigned long long)info->generation);
    put_json_string(out, "committed", when);
    sy_buf_printf(out,
                  ",\"documents\":%llu,\"records\":%llu,\"segments\":%zu,"
                  "\"deleted_documents\":%llu,\"deleted_records\":%llu,\"fields\":[",
                  (unsigned long long)index->n_documents, (unsigned long long)index->n_records,
                  index->n_segments, (unsigned long long)index->deleted_documents,
                  (unsigned long long)index->deleted_records);
    for (size_t i = 0; i < index->schema.n_fields; i++) {
        const sy_field *field = &index->schema.fields[i];
        sy_buf_puts(out, i > 0 ? ",{" : "{");
        put_json_string(out, "name", field->name);
        sy_buf_putc(out, ',');
        put_json_string(out, "label", field->label);
        sy_buf_putc(out, ',');
        put_json_string(out, "kind", sy_field_kind_name(field->kind));
        sy_buf_printf(out, ",\"pinyin\":%s,\"weight\":%g}", field->pinyin ? "true" : "false",
                      weight_of(field));
    }
    sy_buf_puts(out, "],");
    put_json_segments(index, out);
    put_json_regions(sum, out);
    sy_buf_printf(out, ",\"keep_variants\":%s,",
                  info->norm_flags & SY_NORM_KEEP_VARIANTS ? "true" : "false");
    put_json_string(out, "icu", info->icu_version);
    sy_buf_printf(out, ",\"icu_differs\":%s,\"rules\":\"%016llx\",\"rules_differ\":%s,",
                  icu_differs(info) ? "true" : "false", (unsigned long long)info->rules_hash,
                  rules_differ(info) ? "true" : "false");
    sy_buf_printf(out, "\"icu_words\":%s,", sy_icu_words_are_compiled() ? "true" : "false");
    sy_buf_printf(out, "\"lexicon\":\"%016llx\",\"aliases\":\"%016llx\"}\n",
                  (unsigned long long)info->lexicon_hash, (unsigned long long)info->aliases_hash);
}

static void put_padded(sy_buf *out, const char *text, unsigned width)
{
    unsigned own = (unsigned)sy_text_width(text, strlen(text));
    sy_put_visible(out, text, strlen(text));
    sy_buf_printf(out, "%*s", own < width ? (int)(width - own) : 0, "");
}

static void put_fields(const sy_schema *schema, sy_buf *out)
{
    unsigned names = 0;
    for (size_t i = 0; i < schema->n_fields; i++) {
        const char *name = schema->fields[i].name;
        unsigned width = (unsigned)sy_text_width(name, strlen(name));
        names = width > names ? width : names;
    }
    sy_buf_printf(out, "%s\n", _("fields:"));
    for (size_t i = 0; i < schema->n_fields; i++) {
        const sy_field *field = &schema->fields[i];
        sy_buf_puts(out, "  ");
        put_padded(out, field->name, names + 2);
        put_padded(out, sy_field_kind_name(field->kind), 9);
        sy_put_visible(out, field->label, strlen(field->label));
        sy_buf_puts(out, field->pinyin ? "  py:" : "");
        if (field->weight != SY_WEIGHT_ONE)
            sy_buf_printf(out, "  %s %g", _("weight"), weight_of(field));
        sy_buf_putc(out, '\n');
    }
}

static void put_label(sy_buf *out, const char *label)
{
    put_padded(out, label, 13);
}

static void put_hash(sy_buf *out, const char *label, uint64_t hash)
{
    put_label(out, label);
    sy_buf_printf(out, "%016llx\n", (unsigned long long)hash);
}

static void put_counts(const sy_index *index, sy_buf *out)
{
    put_label(out, _("documents:"));
    sy_buf_printf(out, "%llu\n", (unsigned long long)index->n_documents);
    put_label(out, _("records:"));
    sy_buf_printf(out, "%llu\n", (unsigned long long)index->n_records);
    put_label(out, _("segments:"));
    sy_buf_printf(out, "%zu", index->n_segments);
    if (index->deleted_records > 0)
        sy_buf_printf(out,
                      sy_tr_n("; %llu deleted record stays in them until they are merged",
                              "; %llu deleted records stay in them until they are merged",
                              index->deleted_records),
                      (unsigned long long)index->deleted_records);
    sy_buf_putc(out, '\n');
}

/* What the words of the index were made with, and whether this program has the same. */
static void put_rules(const sy_index_info *info, sy_buf *out)
{
    put_label(out, _("Traditional:"));
    sy_buf_printf(out, "%s\n",
                  info->norm_flags & SY_NORM_KEEP_VARIANTS ? _("kept apart from Simplified")
                                                           : _("folded to Simplified"));
    put_label(out, "ICU:");
    sy_put_visible(out, info->icu_version, strlen(info->icu_version));
    if (icu_differs(info))
        sy_buf_printf(out,
                      _(" (this program has %s: whole words may be cut otherwise than in the "
                        "index; index anew to even that out)"),
                      sy_icu_version());
    sy_buf_putc(out, '\n');
    put_label(out, _("rules:"));
    sy_buf_printf(out, "%016llx%s\n", (unsigned long long)info->rules_hash,
                  rules_differ(info) ? _(" (this program has others: index anew)") : "");
    if (!sy_icu_words_are_compiled()) {
        put_label(out, _("words:"));
        sy_buf_printf(out, "%s\n",
                      _("ICU's dictionary is not the one that this program was built with: suoyin "
                        "segment --icu cuts by ICU's iterator"));
    }
    put_hash(out, _("lexicon:"), info->lexicon_hash);
    put_hash(out, _("aliases:"), info->aliases_hash);
}

static void put_text(const sy_index *index, const regions *sum, sy_buf *out)
{
    const sy_index_info *info = &index->info;
    char when[TIME_BYTES];
    format_time(info->committed_ns, when);
    put_label(out, _("index:"));
    sy_put_visible(out, index->dir, strlen(index->dir));
    sy_buf_putc(out, '\n');
    put_label(out, _("format:"));
    sy_buf_printf(out, "%u\n", (unsigned)SY_FORMAT_VERSION);
    put_label(out, _("committed:"));
    sy_buf_printf(out, _("%s, generation %llu\n"), when, (unsigned long long)info->generation);
    put_counts(index, out);
    put_rules(info, out);
    put_fields(&index->schema, out);
    sy_buf_printf(out, "%s\n", _("bytes:"));
    for (size_t i = 0; i < sum->n; i++)
        sy_buf_printf(out, "  %12llu  %s\n", (unsigned long long)sum->items[i].bytes,
                      sum->items[i].name);
    sy_buf_printf(out, "  %12llu  %s\n", (unsigned long long)sum->total, _("total"));
}

int sy_cmd_info(const sy_arguments *args)
{
    sy_error err;
    sy_error_clear(&err);
    if (args->n_operands > 0) {
        sy_say("info takes no path; name the index with: -i %s", args->operands[0]);
        return SY_EXIT_FAILED;
    }
    sy_index *index;
    if (!sy_open_index(args, &index))
        return SY_EXIT_FAILED;
    regions sum = {.n = 0};
    for (size_t s = 0; s < index->n_segments; s++)
        add_regions(index->segments[s], &sum);
    sy_buf out = SY_BUF_INIT;
    if (sy_arguments_on(args, SY_OPT_JSON))
        put_json(index, &sum, &out);
    else
        put_text(index, &sum, &out);
    sy_status st = sy_print_out(&out, &err);
    if (st == SY_OK)
        st = sy_print_flush(&err);
    sy_buf_release(&out);
    sy_index_close(index);
    return st == SY_OK ? SY_EXIT_OK : sy_say_failure(&err, NULL);
}
