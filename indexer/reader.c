#include "indexer/reader.h"

static sy_status read_nothing(const sy_document *doc, const sy_sink *sink, sy_error *err)
{
    (void)doc, (void)sink;
    return sy_fail_nomem(err);
}

/* Stands for the reader that could not be told. */
static const sy_reader out_of_memory = {"none", NULL, read_nothing, false};

const sy_reader *const sy_readers[SY_N_READERS] = {
    &sy_ledger_reader, &sy_jsonl_reader, &sy_docx_reader, &sy_xlsx_reader,
    &sy_odf_reader,    &sy_html_reader,  &sy_csv_reader,  &sy_prose_reader};

const sy_reader *sy_reader_for(const sy_document *doc)
{
    const sy_reader *best = NULL;
    int surest = 0;
    for (size_t i = 0; i < SY_N_READERS; i++) {
        int sure = sy_readers[i]->binary == doc->binary ? sy_readers[i]->recognise(doc) : 0;
        if (sure == SY_SURE_NO_MEMORY)
            return &out_of_memory;
        if (sure > surest) {
            surest = sure;
            best = sy_readers[i];
        }
    }
    return best;
}
