/* The indexer's part of the public header: apart, so that a program that only asks
 * need not be linked with the readers of documents and their libraries. */
#include "include/suoyin.h"
#include "indexer/index_paths.h"
#include "library/error.h"

_Static_assert((int)SUOYIN_NEWS == (int)SY_REPORT_NEWS &&
                   (int)SUOYIN_REPLACED == (int)SY_REPORT_REPLACED &&
                   (int)SUOYIN_SKIPPED == (int)SY_REPORT_SKIPPED,
               "reports have the same numbers inside and outside");

static void report(void *ctx, sy_report_kind kind, const char *source, uint32_t line,
                   const char *message)
{
    const suoyin_build *build = ctx;
    build->report(build->ctx, (suoyin_report_kind)kind, source, line, message);
}

suoyin_status suoyin_index_documents(const char *dir, const char *const *paths, size_t n_paths,
                                     const suoyin_build *build, suoyin_summary *summary,
                                     suoyin_error *err)
{
    static const suoyin_build defaults = {0};
    sy_error own;
    sy_error_clear(&own);
    sy_index_summary sum = {0};
    const suoyin_build *b = build ? build : &defaults;
    sy_index_options options = {.dir = dir,
                                .schema_path = b->schema,
                                .lexicon_paths = b->lexicons,
                                .n_lexicons = b->n_lexicons,
                                .aliases_path = b->aliases,
                                .memory_mib = b->memory_mib,
                                .jobs = b->jobs,
                                .keep_variants = b->keep_variants != 0,
                                .rebuild = b->rebuild != 0,
                                .ctx = (void *)(uintptr_t)b,
                                .report = b->report ? report : NULL};
    sy_status st = SY_OK;
    if (!dir || *dir == '\0' || n_paths == 0)
        st = sy_fail(&own, SY_E_INPUT, NULL,
                     n_paths == 0 ? "no path given" : "no folder given for the index");
    else
        st = sy_index_paths(&options, paths, n_paths, &sum, &own);
    if (summary)
        *summary = st != SY_OK ? (suoyin_summary){0}
                               : (suoyin_summary){.documents = sum.documents,
                                                  .records = sum.records,
                                                  .kept_documents = sum.kept_documents,
                                                  .kept_records = sum.kept_records,
                                                  .removed_documents = sum.removed_documents,
                                                  .skipped = sum.skipped,
                                                  .replaced = sum.replaced,
                                                  .total_documents = sum.total_documents,
                                                  .total_records = sum.total_records};
    return sy_public_error(&own, st, err);
}
