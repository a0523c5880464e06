/* The sections of a segment under checksums that fit, see sy_fuzz_file, in an index that
 * names it: every reader of it, verify, and queries. */
#include "query/search.h"
#include "store/file.h"
#include "store/manifest.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/files.h"
#include "tests/support/read_hostile.h"

static void ask(const sy_index *index)
{
    static const char *const exprs[] = {"资金短缺",       "\"金短\"~3", "unit:发改局 -status:无",
                                        "第1* OR 10..30", "民事诉讼法", "no=7 OR status=无"};
    for (size_t i = 0; i < sizeof exprs / sizeof *exprs; i++) {
        sy_query query;
        sy_query_options options = {0};
        if (sy_query_parse(&exprs[i], 1, &index->schema, &options, &query, NULL, NULL) == SY_OK)
            sy_fuzz_search(index, &query, true);
        sy_query_release(&query);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *dir;
    static sy_manifest manifest;
    static sy_probes probes;
    if (!dir) {
        dir = sy_fuzz_index();
        sy_probes_gather(dir, &probes);
        check_ok(sy_manifest_read(dir, &manifest, NULL), NULL);
    }
    sy_buf path = SY_BUF_INIT;
    sy_segment *seg;
    sy_index *index;
    sy_segment_ref *ref = &manifest.segments[0];
    check_ok(sy_segment_path(dir, ref->number, &path, NULL), NULL);
    sy_fuzz_file(path.data, SY_FILE_SEGMENT, ref->number, manifest.info.uuid, data, size);
    if (sy_segment_open(path.data, manifest.info.uuid, &seg, NULL) == SY_OK) {
        const sy_file *f = sy_segment_file(seg);
        ref->len = f->map.len;
        ref->checksum = f->checksum;
        ref->n_records = sy_segment_n_records(seg);
        ref->n_docs = sy_segment_n_docs(seg);
        sy_segment_close(seg);
        check_ok(sy_manifest_commit(dir, &manifest, NULL), NULL);
        sy_read_hostile(dir, &probes);
        if (sy_index_open(dir, &index, NULL) == SY_OK) {
            ask(index);
            sy_index_close(index);
        }
    }
    sy_buf_release(&path);
    return 0;
}
