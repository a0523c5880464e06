/* A whole index as docs/format.md says it is, against ours; what its lists must hold, from
 * its records; and the example of that page, byte for byte.
 *
 * SY_ROUNDS sets the number of random segments, SY_SEED the random numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "indexer/index_paths.h"
#include "segmenter/normal.h"
#include "store/file.h"
#include "store/index.h"
#include "store/record_code.h"
#include "store/segment_part.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/naive_inverter.h"
#include "tests/support/plain_reader.h"

/* ---- random segments ---- */

static void test_segments(void **state)
{
    (void)state;
    sy_random_init("test_format_index");
    static const sy_model_sizes sizes[] = {
        {0, 0, 0, 0},    {1, 1, 0, 0},       {1, 3, 1, 1},     {32, 2, 16, 16},
        {33, 2, 17, 17}, {129, 40, 200, 90}, {257, 2, 90, 33}, {700, 9, 900, 900},
    };
    unsigned rounds = sy_rounds(20);
    for (unsigned i = 0; i < 8 + rounds; i++) {
        sy_model_sizes some = {1 + sy_random_below(400), 1 + sy_random_below(9),
                               sy_random_below(90), sy_random_below(90)};
        const char *path = sy_files_path("segment");
        sy_model m, plain;
        sy_segment *seg;
        plain_file f;
        size_t len;
        sy_model_random(i < 8 ? &sizes[i] : &some, &m);
        unlink(path);
        sy_model_write(&m, path, 7);
        uint8_t *bytes = sy_files_read(path, &len);
        plain_file_open(bytes, len, 2, sy_model_uuid, &f);
        assert_int_equal(f.number, 7);
        plain_segment_read(&f, &plain);
        check_ok(sy_segment_open(path, sy_model_uuid, &seg, NULL), NULL);
        sy_model_check(&m, seg);
        sy_model_check(&plain, seg);
        sy_naive_compare(&plain, &m);
        sy_segment_close(seg);
        sy_model_free(&plain);
        plain_file_close(&f);
        sy_model_free(&m);
    }
}

/* ---- an index as it comes from the indexer ---- */

static void put_records(const char *path, uint32_t n)
{
    static const char *const words[] = {"资金短缺", "区商投局",     "①１０．１％", "無", "。",
                                        "ABC公司",  "2024年",       "\n",          " ",  "𠀀",
                                        "pm2.5",    "发展和改革局", "責任",        "、", "é"};
    static const char *const fields[] = {"target", "unit", "progress", "mark", "经费"};
    sy_buf b = SY_BUF_INIT, text = SY_BUF_INIT;
    for (uint32_t i = 0; i < n; i++) {
        sy_buf_printf(&b, "{\"id\":\"%u\"", i);
        for (size_t f = 0; f < 5; f++) {
            if (sy_random_below(3) == 0)
                continue;
            sy_buf_printf(&b, ",\"%s\":[", fields[f]);
            for (uint32_t v = 0, most = 1 + sy_random_below(3); v < most; v++) {
                sy_buf_reset(&text);
                for (uint32_t k = sy_random_below(9); k > 0; k--)
                    sy_buf_puts(&text, words[sy_random_below(15)]);
                sy_buf_puts(&b, v ? "," : "");
                sy_buf_put_json(&b, sy_buf_cstr(&text), text.len);
            }
            sy_buf_putc(&b, ']');
        }
        sy_buf_puts(&b, "}\n");
    }
    sy_files_write(path, b.data, b.len);
    sy_buf_release(&b);
    sy_buf_release(&text);
}

/* Enough text of a kind that phrases and grams are learned from it. */
static void put_stock(const char *path, int n)
{
    static const char *const stock[] = {"民事诉讼法", "有限责任公司", "的规定", "人民共和國",
                                        "年1月1日",   "ＡＢＣ技术",   "，",     "资金"};
    sy_buf b = SY_BUF_INIT;
    for (int i = 0; i < n; i++) {
        sy_buf_printf(&b, "{\"id\":\"s%d\",\"target\":\"", i);
        for (uint32_t k = 4 + sy_random_below(10); k > 0; k--)
            sy_buf_puts(&b, stock[sy_random_below(8)]);
        sy_buf_puts(&b, "\"}\n");
    }
    sy_files_write(path, b.data, b.len);
    sy_buf_release(&b);
}

static void check_manifest(const plain_manifest *plain, const sy_index *index)
{
    assert_memory_equal(plain->file.uuid, index->info.uuid, 16);
    assert_int_equal(plain->generation, index->info.generation);
    assert_true(plain->committed_ns == index->info.committed_ns);
    assert_int_equal(plain->norm_flags, index->info.norm_flags);
    assert_string_equal(plain->icu_version, index->info.icu_version);
    assert_true(plain->rules_hash == index->info.rules_hash);
    assert_true(plain->lexicon_hash == index->info.lexicon_hash);
    assert_true(plain->aliases_hash == index->info.aliases_hash);
    assert_int_equal(plain->next_segment, index->info.next_segment);
    assert_true(sy_slice_equal(plain->aliases, index->aliases));
    assert_true(sy_slice_equal(plain->user_words, index->user_words));
    assert_true(sy_slice_equal(plain->lexicon, index->lexicon));
    assert_int_equal(plain->n_fields, index->schema.n_fields);
    for (uint64_t i = 0; i < plain->n_fields; i++) {
        const sy_field *ours = &index->schema.fields[i];
        assert_int_equal(plain->fields[i].kind, ours->kind);
        assert_int_equal(plain->fields[i].weight, ours->weight);
        assert_int_equal(plain->fields[i].pinyin, ours->pinyin);
        check_slice(plain->fields[i].name, ours->name);
        check_slice(plain->fields[i].label, ours->label);
        assert_int_equal(plain->fields[i].n_aliases, ours->n_aliases);
        for (uint64_t k = 0; k < ours->n_aliases; k++)
            check_slice(plain->fields[i].aliases[k], ours->aliases[k]);
    }
    assert_int_equal(plain->n_segments, index->n_segments);
}

/* The normal form of each value, with its record. */
typedef struct normals {
    struct {
        sy_slice text;
        sy_docid doc;
    } * items;
    size_t n;
} normals;

/* Where a value is simple, its normal form can be spelt. */
static normals make_normals(const plain_file *f, sy_model *m, unsigned flags)
{
    normals all = {0};
    sy_buf b = SY_BUF_INIT;
    size_t n = 0, simple = 0;
    for (sy_docid d = 0; d < m->n_records; d++)
        n += m->records[d].n_values;
    all.items = sy_model_alloc(m, n * sizeof *all.items);
    for (sy_docid d = 0; d < m->n_records; d++) {
        for (size_t i = 0; i < m->records[d].n_values; i++) {
            const sy_stored_value *v = &m->records[d].values[i];
            sy_buf_reset(&b);
            check_ok(sy_normalize(flags, v->text.data, v->text.len, &b, NULL, NULL), NULL);
            char *text = sy_model_alloc(m, b.len);
            memcpy(text, sy_buf_cstr(&b), b.len);
            sy_slice normal = {text, b.len};
            simple += v->simple;
            assert_true(!v->simple || sy_slice_equal(plain_normal(f, m, v), normal));
            all.items[all.n].text = normal;
            all.items[all.n++].doc = d;
        }
    }
    assert_true(simple > n / 2);
    sy_buf_release(&b);
    return all;
}

static void check_string(const sy_model_term *t, const normals *all)
{
    uint32_t n = 0;
    for (size_t i = 0; i < all->n; i++) {
        sy_slice text = all->items[i].text;
        sy_docid d = all->items[i].doc;
        if (text.len == 0 || !memmem(text.data, text.len, t->key.data + 1, t->key.len - 1) ||
            (n > 0 && t->list.docs[n - 1] == d))
            continue;
        assert_true(n < t->list.n);
        assert_int_equal(t->list.docs[n++], d);
    }
    assert_int_equal(n, t->list.n);
}

/* Grams and frequent characters have the records that hold them; they leave the model,
 * since which there are is the indexer's choice. */
static size_t take_strings(sy_model *m, const normals *all)
{
    size_t n = 0, before = m->n_terms;
    for (size_t i = 0; i < before; i++) {
        const sy_model_term *t = &m->terms[i];
        if (t->key.data[0] == 'g' || t->key.data[0] == 'c')
            check_string(t, all);
        else
            m->terms[n++] = *t;
    }
    m->n_terms = n;
    return before - n;
}

static void check_segment(const char *dir, const plain_manifest *m, size_t i, const sy_index *index)
{
    const plain_segment_ref *ref = &m->segments[i];
    char name[32];
    size_t len;
    plain_file f;
    sy_model plain, want;
    snprintf(name, sizeof name, "seg-%016llx", (unsigned long long)ref->number);
    uint8_t *bytes = sy_files_read(sy_files_join(dir, name), &len);
    plain_file_open(bytes, len, 2, m->file.uuid, &f);
    assert_int_equal(f.number, ref->number);
    assert_int_equal(f.len, ref->len);
    assert_true(f.checksum == ref->checksum);
    plain_segment_read(&f, &plain);
    assert_int_equal(plain.n_records, ref->n_records);
    assert_int_equal(plain.n_docs, ref->n_docs);
    sy_model_check(&plain, index->segments[i]);
    /* The lists say what the records say. */
    normals all = make_normals(&f, &plain, m->norm_flags);
    size_t n_strings = take_strings(&plain, &all);
    print_message("%zu grams, %zu bytes of phrases\n", n_strings, f.sections[27].len);
    assert_true(n_strings > 20 && f.sections[27].len > 0);
    sy_lexicon lexicon;
    check_ok(sy_lexicon_open((const uint8_t *)m->lexicon.data, m->lexicon.len, &lexicon, NULL),
             NULL);
    want = (sy_model){.records = plain.records, .n_records = plain.n_records};
    sy_naive_invert(&want, &index->schema, m->norm_flags, &lexicon);
    sy_naive_compare(&plain, &want);
    want.records = NULL;
    sy_model_free(&want);
    sy_model_free(&plain);
    plain_file_close(&f);
}

static void test_index(void **state)
{
    (void)state;
    const char *docs = sy_files_folder("docs"), *dir = sy_files_folder("index");
    put_records(sy_files_join(docs, "a.jsonl"), 300);
    put_records(sy_files_join(docs, "b.jsonl"), 1);
    put_records(sy_files_join(docs, "c.jsonl"), 131);
    put_stock(sy_files_join(docs, "d.jsonl"), 1100);
    sy_error err;
    sy_error_clear(&err);
    for (unsigned round = 0; round < 3; round++) {
        sy_index_options o = {.dir = dir, .rebuild = round > 0, .keep_variants = round == 2};
        sy_index_summary sum;
        sy_index *index;
        plain_manifest m;
        const char *paths[] = {docs};
        check_ok(sy_index_paths(&o, paths, 1, &sum, &err), &err);
        assert_int_equal(sum.total_records, 1532);
        check_ok(sy_index_open(dir, &index, &err), &err);
        plain_manifest_read(sy_files_join(dir, "manifest"), &m);
        assert_int_equal(m.norm_flags, round == 2 ? SY_NORM_KEEP_VARIANTS : 0);
        assert_int_equal(m.generation, round + 1);
        check_manifest(&m, index);
        for (size_t i = 0; i < index->n_segments; i++)
            check_segment(dir, &m, i, index);
        plain_manifest_free(&m);
        sy_index_close(index);
    }
}

/* ---- the example of docs/format.md, section 8 ---- */

static void put_example_record(sy_segment_writer *w, uint32_t line, const char *text,
                               const char *unit)
{
    sy_stored_value values[] = {{.field = 0, .simple = true, .coded = sy_slice_of(text)},
                                {.field = 1, .simple = true, .coded = sy_slice_of(unit)}};
    sy_stored r = {.line = line, .row = line, .values = values, .n_values = *unit ? 2 : 1};
    sy_buf bytes = SY_BUF_INIT;
    sy_record_encode(&bytes, &r, 1);
    uint32_t cps[16];
    size_t length = sy_normal_length(cps, sy_utf8_decode_all(text, strlen(text), cps));
    length += sy_normal_length(cps, sy_utf8_decode_all(unit, strlen(unit), cps));
    sy_segment_writer_record(w, bytes.data, bytes.len, (sy_record_facts){(uint32_t)length, 0});
    sy_buf_release(&bytes);
}

static void put_example_lists(sy_segment_writer *w)
{
    static const sy_docid both[] = {0, 1}, second[] = {1};
    static const sy_mark longest[] = {{0, 0}, {0, 0}}, unit[] = {{0, 1}};
    sy_segment_part *pairs, *terms;
    check_ok(sy_segment_part_new(w, &pairs, NULL), NULL);
    sy_segment_part_bigram(pairs, 0x3002, 0x0A, second, longest, 1);
    sy_segment_part_bigram(pairs, 0x5C40, 0x0A, both, unit, 1);
    sy_segment_part_bigram(pairs, 0x8D44, 0x91D1, both, longest, 2);
    sy_segment_part_bigram(pairs, 0x91D1, 0x0A, both, longest, 1);
    sy_segment_part_bigram(pairs, 0x91D1, 0x3002, second, longest, 1);
    sy_segment_writer_join(w, pairs);
    sy_segment_part_free(pairs);
    check_ok(sy_segment_writer_end_bigrams(w, NULL), NULL);
    check_ok(sy_segment_part_new(w, &terms, NULL), NULL);
    sy_segment_part_term(terms, (sy_slice){"f\0\0", 3}, both, longest, 2);
    sy_segment_part_term(terms, (sy_slice){"f\0\1", 3}, both, longest, 1);
    sy_segment_part_term(terms, (sy_slice){"v\0\1局", 6}, both, longest, 1);
    sy_segment_part_term(terms, (sy_slice){"w局", 4}, both, unit, 1);
    sy_segment_writer_join(w, terms);
    sy_segment_part_free(terms);
}

/* Two records of a.jsonl: the first has 资金 in field 0, a text, and 局 in field 1, which
 * holds names; the second has 资金。 in field 0. */
static uint8_t *example(size_t *len)
{
    static const uint8_t uuid[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const char *path = sy_files_path("example");
    sy_segment_writer *w;
    uint64_t file_len, checksum;
    sy_error err;
    sy_error_clear(&err);
    unlink(path);
    check_ok(sy_segment_writer_open(path, uuid, 1, &w, &err), &err);
    put_example_record(w, 1, "资金", "局");
    put_example_record(w, 2, "资金。", "");
    sy_segment_writer_key(w, sy_slice_of("1"));
    sy_segment_writer_key(w, sy_slice_of("2"));
    sy_segment_doc doc = {.source = {"a.jsonl", 7},
                          .reader = {"jsonl", 5},
                          .n_records = 2,
                          .size = 73,
                          .mtime_ns = 1700000000000000000,
                          .hash = 0x1122334455667788,
                          .place = 4,
                          .length = 5};
    static const uint64_t unit_alone = 2; /* field 1 */
    uint8_t weights[64];
    memset(weights, 4, sizeof weights);
    sy_segment_writer_fields(w, weights, &unit_alone, 1);
    sy_segment_writer_docs(w, &doc, 1);
    put_example_lists(w);
    check_ok(sy_segment_writer_finish(w, &file_len, &checksum, &err), &err);
    return sy_files_read(path, len);
}

static int hex_digit(char c)
{
    const char *digits = "0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* The bytes of a line of the dump, "OFFS  XX XX XX  what it is"; 0 if it is none. */
static size_t dump_line(const char *line, size_t *offset, uint8_t *out, size_t cap)
{
    size_t n = 0;
    *offset = 0;
    for (int i = 0; i < 4; i++) {
        if (hex_digit(line[i]) < 0)
            return 0;
        *offset = *offset << 4 | (size_t)hex_digit(line[i]);
    }
    if (strncmp(line + 4, "  ", 2) != 0)
        return 0;
    for (const char *p = line + 6; hex_digit(p[0]) >= 0 && hex_digit(p[1]) >= 0; p += 3) {
        assert_true(n < cap);
        out[n++] = (uint8_t)(hex_digit(p[0]) << 4 | hex_digit(p[1]));
        if (p[2] != ' ')
            break;
    }
    return n;
}

static void test_example(void **state)
{
    (void)state;
    size_t len, page_len, done = 0;
    uint8_t *want = example(&len);
    uint8_t *page = sy_files_read("docs/format.md", &page_len);
    char *text = malloc(page_len + 1);
    assert_non_null(text);
    memcpy(text, page, page_len);
    text[page_len] = '\0';
    char *line = strstr(text, "\n## 8. ");
    assert_non_null(line);
    for (line++; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        uint8_t bytes[64];
        size_t offset, n = dump_line(line, &offset, bytes, sizeof bytes);
        if (n == 0)
            continue;
        assert_int_equal(offset, done);
        assert_true(done + n <= len);
        assert_memory_equal(bytes, want + done, n);
        done += n;
    }
    assert_int_equal(done, len);
    free(text);
    free(page);
    free(want);
}

/* What the page says of those bytes, both readers say as well. */
static void test_example_read(void **state)
{
    (void)state;
    size_t len;
    uint8_t *bytes = example(&len);
    plain_file f;
    sy_model plain;
    sy_segment *seg;
    plain_file_open(bytes, len, 2, NULL, &f);
    plain_segment_read(&f, &plain);
    check_ok(sy_segment_open(sy_files_path("example"), f.uuid, &seg, NULL), NULL);
    sy_model_check(&plain, seg);
    sy_schema schema = SY_SCHEMA_INIT;
    sy_field_id id;
    check_ok(sy_schema_add(&schema, "text", 4, NULL, SY_FIELD_TEXT, &id, NULL), NULL);
    check_ok(sy_schema_add(&schema, "unit", 4, NULL, SY_FIELD_NAMES, &id, NULL), NULL);
    sy_model want = {.records = plain.records, .n_records = plain.n_records};
    sy_naive_invert(&want, &schema, 0, NULL);
    sy_naive_compare(&plain, &want);
    sy_model_free(&want);
    sy_schema_release(&schema);
    sy_segment_close(seg);
    sy_model_free(&plain);
    plain_file_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_index),
        cmocka_unit_test(test_example),
        cmocka_unit_test(test_example_read),
    };
    sy_files_in_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
