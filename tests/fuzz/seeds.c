/* seeds DIR - writes the seeds that are no text: what lies in the files of an index and
 * office documents, as today's writers make them, into DIR/TARGET/. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "store/file.h"
#include "store/manifest.h"
#include "store/phrases.h"
#include "store/postings.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/documents.h"
#include "tests/support/files.h"
#include "tests/support/model.h"

static void put(const char *dir, const char *target, const char *name, const sy_buf *bytes)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", dir, target);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s", dir, target, name);
    sy_files_write(path, sy_buf_cstr(bytes), bytes->len);
}

static void put_index(const char *dir)
{
    sy_buf out = SY_BUF_INIT;
    sy_manifest m;
    size_t len;
    const char *index = sy_fuzz_index();
    sy_fuzz_sections(sy_files_segment(index), SY_FILE_SEGMENT, &out);
    put(dir, "segment", "index", &out);
    sy_buf_reset(&out);
    sy_fuzz_sections(sy_files_join(index, "manifest"), SY_FILE_MANIFEST, &out);
    put(dir, "manifest", "index", &out);
    sy_buf_reset(&out);
    uint8_t *bytes = sy_files_read(sy_files_join(index, "manifest"), &len);
    sy_buf_append(&out, bytes, len);
    put(dir, "file", "index", &out);
    free(bytes);
    check_ok(sy_manifest_read(index, &m, NULL), NULL);
    sy_buf_reset(&out);
    sy_buf_append(&out, m.lexicon.data, m.lexicon.len);
    put(dir, "lexicon", "index", &out);
    sy_manifest_release(&m);
    sy_buf_release(&out);
}

/* A model has lists of all sizes, and more of each structure than a small index. */
static void put_model(const char *dir)
{
    static const sy_model_sizes sizes = {
        .n_records = 200, .n_docs = 4, .n_bigrams = 12, .n_terms = 24};
    sy_model model;
    sy_buf out = SY_BUF_INIT;
    const char *path = sy_files_path("seg-0000000000000007");
    sy_model_random(&sizes, &model);
    sy_model_write(&model, path, 7);
    sy_fuzz_sections(path, SY_FILE_SEGMENT, &out);
    put(dir, "segment", "model", &out);
    sy_model_free(&model);
    sy_buf_release(&out);
}

static void put_postings(const char *dir)
{
    static const uint32_t sizes[] = {2, 127, 128, 300, 3000};
    static sy_docid docs[3000];
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        sy_buf out = SY_BUF_INIT;
        char name[16];
        for (uint32_t i = 0; i < sizes[s]; i++)
            docs[i] = (i > 0 ? docs[i - 1] + 1 : 0) + i * i % 7;
        sy_buf_putc(&out, (char)sizes[s]);
        sy_buf_putc(&out, (char)(sizes[s] >> 8));
        sy_buf_append(&out, "\0\11", 2);
        sy_postings_encode(&out, docs, NULL, sizes[s], NULL);
        snprintf(name, sizeof name, "%u", sizes[s]);
        put(dir, "postings", name, &out);
        sy_buf_release(&out);
    }
}

static void put_phrases(const char *dir)
{
    sy_phrases_writer w = {0};
    sy_buf out = SY_BUF_INIT;
    sy_buf_append(&out, "\4\0", 2);
    sy_phrases_add(&w, sy_slice_of("ＡＢＣ"), sy_slice_of("abc"));
    sy_phrases_add(&w, sy_slice_of("有限责任公司"), sy_slice_of("有限责任公司"));
    sy_phrases_finish(&w, &out);
    sy_buf_append(&out, "\0\1a\0\1\1\2\1", 8);
    put(dir, "phrases", "two", &out);
    sy_phrases_writer_release(&w);
    sy_buf_release(&out);
}

static void put_documents(const char *dir)
{
    static const char *const before[] = {"重点工作任务分解表", "一、项目（共2项）"};
    static const sy_doc_cell cells[] = {{"序号", 1, 1},
                                        {"重点工作", 1, 1},
                                        {"责任单位", 1, 1},
                                        {"存在问题", 1, 1},
                                        {"1", 1, 2},
                                        {"招商①\n引资②", 2, 1},
                                        {NULL, 0, 0},
                                        {"资金短缺", 1, 1},
                                        {NULL, 0, 0},
                                        {"其他", 1, 1},
                                        {"区发改局\n冯卯镇", 1, 1},
                                        {"无", 1, 1}};
    static const sy_doc_table table = {before, 2, cells, 3, 4};
    static const struct {
        const char *target;
        void (*write)(const sy_doc_table *, sy_buf *);
    } forms[] = {{"docx", sy_doc_docx},  {"xlsx", sy_doc_xlsx}, {"odf", sy_doc_odt},
                 {"odf", sy_doc_ods},    {"html", sy_doc_html}, {"csv", sy_doc_csv},
                 {"ledger", sy_doc_dump}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        sy_buf out = SY_BUF_INIT;
        char name[16];
        snprintf(name, sizeof name, "table%zu", i);
        forms[i].write(&table, &out);
        put(dir, forms[i].target, name, &out);
        sy_buf_release(&out);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: seeds DIR\n", stderr);
        return 2;
    }
    sy_files_in_memory();
    mkdir(argv[1], 0777);
    put_index(argv[1]);
    put_model(argv[1]);
    put_postings(argv[1]);
    put_phrases(argv[1]);
    put_documents(argv[1]);
    return 0;
}
