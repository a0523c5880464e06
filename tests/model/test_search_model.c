/* Random queries over random records: what a search finds must be what a plain
 * scan over all records finds. The scan shares with the search only the normal
 * form, the cut and the rule for names, which have tests of their own.
 *
 * SY_ROUNDS sets the number of indexes (12), SY_SEED the random numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/utf8.h"
#include "indexer/index_paths.h"
#include "query/search.h"
#include "segmenter/cut.h"
#include "segmenter/names.h"
#include "segmenter/normal.h"
#include "tests/support/check.h"
#include "tests/support/naive_pinyin.h"

enum {
    N_QUERIES = 250,
    RECORDS_MAX = 300,
    DOCUMENTS_MAX = 5,
    DEPTH_MAX = 4,
    CHILDREN_MAX = 4,
    LEAVES_MAX = 256
};

/* ---- random text ---- */

/* clang-format off */
static const char *const pieces[] = {
    "资金", "短缺", "出现", "用地", "进度", "缓慢", "无", "无法", "的", "年", "区", "商", "投",
    "局", "区商投局", "招商", "招商引资", "项目", "完成", "問題", "資金", "無", "體",
    "发展和改革", "发改局", "GDP", "gdp", "gov", "governance", "pm2.5", "ＰＭ２．５", "10",
    "10.1%", "2010", "10", "1,000", "300MW/1800MWh", "it's", "a", "b", "ab", "x-y", "Ａ", "①",
    "②", "⑳", "⒈", "％", "%", "、", "，", "。", "；", "（", "）", "(", ")", "\"", "\\", "*", ":",
    "-", "|", "“四新”", "𠀀", "𠮷", "𪚥野", "豈", "カタカナ", "カメラ", "食べる", "たべる",
    "ひらがな", "か\xE3\x82\x99", "ภาษาไทย", "ขาว", "ไปไหน", "สวย", "ไทย", "한국", "e\xCC\x81",
    "q\xCC\x88", "㈱", "½", "ﬁ", "ß", "İ", "Σ", "😀", "🇨🇳", " ", "  ", "　", "\t", "\n", "\r\n",
    " \n ", "\xC2\xA0",
};
/* clang-format on */

/* clang-format off */
static const char *const names[] = {
    "发改局", "区发改局", "市发改局", "县发改局", "发展和改革局", "区发展和改革局", "发改委",
    "商投局", "区商投局", "财政局", "区财政局", "各镇街", "山城街道", "冯卯镇",
    "区国资事务服务中心", "各镇（街道）", "市场监管局", "区市场监管局", "Ａ局", "a局", "財政局",
    "有关部门",
};
/* clang-format on */

static const char aliases_text[] = "发改局 = 发展和改革局, 发改委\n"
                                   "区财政局 = 区财金局\n"
                                   "[groups]\n"
                                   "各镇街 = 山城街道, 冯卯镇\n"
                                   "各镇（街道） = 冯卯镇\n";

static const char *const lexicon_words[] = {"区商投局", "商投", "招商引资项目", "短缺的", "缺资",
                                            "pm2",      "x-y",  "a局",          "无法",   "ab"};

#define PICK(list) ((list)[sy_random_below(sizeof(list) / sizeof *(list))])

static bool one_in(uint32_t n)
{
    return sy_random_below(n) == 0;
}

static void put_text(sy_buf *out, uint32_t n_most)
{
    for (uint32_t n = sy_random_below(n_most + 1); n > 0; n--)
        sy_buf_puts(out, PICK(pieces));
}

/* ---- records, written as JSON Lines ---- */

typedef enum field_no { F_ITEM, F_STATUS, F_UNIT, F_LEAD, F_NO, F_TAG, F_EXTRA, N_FIELDS } field_no;

static const char *const field_names[N_FIELDS] = {"item", "status", "unit", "lead",
                                                  "no",   "tag",    "extra"};

static const char schema_text[] = "{\"fields\":["
                                  "{\"name\":\"lead\",\"label\":\"牵头单位\",\"kind\":\"names\"},"
                                  "{\"name\":\"extra\",\"label\":\"数\",\"kind\":\"number\"},"
                                  "{\"name\":\"tag\",\"label\":\"标签\",\"kind\":\"keyword\","
                                  "\"pinyin\":true}]}";

static const char *const short_values[] = {"无", "无。", " 无 ", "無", "—",
                                           "",   " ",    "\n",   "。", "1"};

static void put_value(sy_buf *out, field_no field)
{
    sy_buf text = SY_BUF_INIT;
    bool is_name = field == F_UNIT || field == F_LEAD;
    if (is_name && !one_in(8))
        sy_buf_puts(&text, PICK(names));
    else if (one_in(4) || (field == F_NO && !one_in(4)))
        sy_buf_puts(&text, PICK(short_values));
    else
        put_text(&text, field == F_TAG || is_name ? 3 : 12);
    if (is_name && one_in(8))
        sy_buf_puts(&text, "。 ");
    bool overlong = one_in(80); /* past what the term dictionary holds */
    if (overlong && one_in(2))
        sy_buf_reset(&text);
    if (overlong)
        for (int i = 0; i < 400; i++)
            sy_buf_puts(&text, is_name || field == F_TAG ? "商投" : "abc");
    sy_buf_put_json(out, sy_buf_cstr(&text), text.len);
    sy_buf_release(&text);
}

static void put_record(sy_buf *out, uint32_t ordinal)
{
    sy_buf_printf(out, "{\"id\":\"%u%s\"", ordinal, one_in(3) ? "⑦" : "");
    for (int f = 0; f < N_FIELDS; f++) {
        if (one_in(4))
            continue;
        sy_buf_printf(out, ",\"%s\":", field_names[f]);
        uint32_t n = one_in(4) ? sy_random_below(4) : 1;
        if (n != 1)
            sy_buf_putc(out, '[');
        for (uint32_t i = 0; i < n; i++) {
            if (i > 0)
                sy_buf_putc(out, ',');
            put_value(out, (field_no)f);
        }
        if (n != 1)
            sy_buf_putc(out, ']');
    }
    sy_buf_puts(out, "}\n");
}

static void write_file(const char *path, const char *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

/* ---- the scan's own view of the records ---- */

typedef struct model_value {
    sy_field_id field;
    sy_buf normal;
    sy_slice whole;
    sy_token *tokens;
    size_t n_tokens;
} model_value;

typedef struct model_record {
    sy_stored stored;
    const sy_segment *segment;
    sy_slice source;
    model_value *values; /* stored ones, key, source */
    size_t n_values;
} model_record;

typedef struct world {
    char dir[256];
    sy_index *index;
    sy_lexicon lexicon;
    sy_cutter *cutter;
    sy_aliases *aliases;
    model_record *records;
    size_t n;
    sy_error err;
} world;

static sy_slice slice_of_buf(const sy_buf *b)
{
    return (sy_slice){sy_buf_cstr(b), b->len};
}

static bool is_white(char c)
{
    return c == ' ' || c == '\n';
}

static sy_slice model_whole(sy_slice s)
{
    while (s.len > 0 && is_white(s.data[0]))
        s.data++, s.len--;
    while (s.len > 0 && is_white(s.data[s.len - 1]))
        s.len--;
    if (s.len <= 3 || memcmp(s.data + s.len - 3, "。", 3) != 0)
        return s;
    sy_slice cut = {s.data, s.len - 3};
    while (cut.len > 0 && is_white(cut.data[cut.len - 1]))
        cut.len--;
    return cut;
}

static sy_token *cut_text(world *w, sy_slice text, size_t *n)
{
    const sy_token *tokens;
    check_ok(sy_cut(w->cutter, text.data, text.len, &tokens, n, &w->err), &w->err);
    sy_token *copy = calloc(*n + 1, sizeof *copy);
    assert_non_null(copy);
    if (*n > 0)
        memcpy(copy, tokens, *n * sizeof *copy);
    return copy;
}

static void normalize(world *w, sy_slice text, sy_buf *out)
{
    *out = (sy_buf)SY_BUF_INIT;
    check_ok(sy_normalize(w->index->info.norm_flags, text.data, text.len, out, NULL, &w->err),
             &w->err);
}

static void load_value(world *w, model_value *v, sy_field_id field, sy_slice text)
{
    v->field = field;
    normalize(w, text, &v->normal);
    v->whole = model_whole(slice_of_buf(&v->normal));
    v->tokens = cut_text(w, slice_of_buf(&v->normal), &v->n_tokens);
}

static void load_record(world *w, const sy_segment *segment, sy_docid doc)
{
    model_record *r = &w->records[w->n++];
    sy_segment_doc info;
    r->segment = segment;
    check_ok(sy_segment_record(segment, doc, &r->stored, &w->err), &w->err);
    sy_segment_doc_at(segment, r->stored.doc, &info);
    r->source = info.source;
    r->n_values = r->stored.n_values + 2;
    r->values = calloc(r->n_values, sizeof *r->values);
    assert_non_null(r->values);
    for (size_t i = 0; i < r->stored.n_values; i++)
        load_value(w, &r->values[i], r->stored.values[i].field, r->stored.values[i].text);
    load_value(w, &r->values[r->n_values - 2], SY_FIELD_KEY, r->stored.key);
    load_value(w, &r->values[r->n_values - 1], SY_FIELD_SOURCE, info.source);
}

static uint32_t write_documents(world *w, char paths[][320], uint32_t n_documents)
{
    static const uint32_t sizes[] = {1, 2, 3, 20, 127, 128, 129, 300};
    uint32_t n = PICK(sizes), done = 0;
    for (uint32_t d = 0; d < n_documents; d++) {
        sy_buf text = SY_BUF_INIT;
        uint32_t until = d + 1 == n_documents ? n : done + sy_random_below(n - done + 1);
        for (; done < until; done++)
            put_record(&text, done);
        snprintf(paths[d], 320, "%s/%u年%s.jsonl", w->dir, d, one_in(2) ? "资金" : "");
        write_file(paths[d], sy_buf_cstr(&text), text.len);
        sy_buf_release(&text);
    }
    return n;
}

static void make_index(world *w, int round)
{
    char paths[DOCUMENTS_MAX][320], schema[320], aliases[320], lexicon[320], index[320];
    const char *path_list[DOCUMENTS_MAX], *lexicon_list[] = {lexicon};
    snprintf(w->dir, sizeof w->dir, "%s/%d", sy_scratch_dir(), round);
    check_ok(sy_make_dirs(w->dir, &w->err), &w->err);
    snprintf(schema, sizeof schema, "%s/schema.json", w->dir);
    snprintf(aliases, sizeof aliases, "%s/aliases.txt", w->dir);
    snprintf(lexicon, sizeof lexicon, "%s/words.txt", w->dir);
    snprintf(index, sizeof index, "%s/index", w->dir);
    write_file(schema, schema_text, strlen(schema_text));
    write_file(aliases, aliases_text, strlen(aliases_text));
    sy_buf words = SY_BUF_INIT;
    for (uint32_t i = sy_random_below(8); i > 0; i--)
        sy_buf_printf(&words, sy_random_below(3) > 0 ? "%s\n" : "%s\t7\n", PICK(lexicon_words));
    write_file(lexicon, sy_buf_cstr(&words), words.len);
    sy_buf_release(&words);

    uint32_t n_documents = 1 + sy_random_below(DOCUMENTS_MAX);
    uint32_t n = write_documents(w, paths, n_documents);
    for (uint32_t i = 0; i < n_documents; i++)
        path_list[i] = paths[i];
    sy_index_options options = {.dir = index,
                                .schema_path = schema,
                                .lexicon_paths = lexicon_list,
                                .n_lexicons = 1,
                                .aliases_path = one_in(4) ? NULL : aliases,
                                .memory_mib = 1 + sy_random_below(64),
                                .jobs = 1 + sy_random_below(3),
                                .keep_variants = one_in(3)};
    sy_index_summary summary;
    check_ok(sy_index_paths(&options, path_list, n_documents, &summary, &w->err), &w->err);
    assert_int_equal(summary.total_records, n);
    check_ok(sy_index_open(index, &w->index, &w->err), &w->err);
    assert_int_equal(w->index->n_records, n);
}

static void make_world(world *w, int round)
{
    *w = (world){.n = 0};
    sy_error_clear(&w->err);
    make_index(w, round);
    const sy_index *index = w->index;
    check_ok(sy_lexicon_open((const uint8_t *)index->lexicon.data, index->lexicon.len, &w->lexicon,
                             &w->err),
             &w->err);
    check_ok(sy_cutter_new(&w->lexicon, &w->cutter, &w->err), &w->err);
    check_ok(sy_aliases_parse(index->info.norm_flags, "aliases", index->aliases.data,
                              index->aliases.len, &w->aliases, &w->err),
             &w->err);
    w->records = calloc((size_t)index->n_records, sizeof *w->records);
    assert_non_null(w->records);
    for (size_t s = 0; s < index->n_segments; s++)
        for (sy_docid doc = 0; doc < sy_segment_n_records(index->segments[s]); doc++)
            load_record(w, index->segments[s], doc);
}

static void free_world(world *w)
{
    for (size_t i = 0; i < w->n; i++) {
        for (size_t k = 0; k < w->records[i].n_values; k++) {
            sy_buf_release(&w->records[i].values[k].normal);
            free(w->records[i].values[k].tokens);
        }
        free(w->records[i].values);
        sy_stored_release(&w->records[i].stored);
    }
    free(w->records);
    sy_cutter_free(w->cutter);
    sy_aliases_free(w->aliases);
    sy_index_close(w->index);
}

/* ---- the scan ---- */

typedef struct model_node {
    sy_node_kind kind;
    sy_field_id field;
    sy_buf text;   /* leaves: as it is meant */
    sy_buf normal; /* leaves: its normal form */
    sy_token *tokens;
    size_t n_tokens;
    unsigned number;     /* edits, characters between, or the low end of a range */
    unsigned high;       /* of a range */
    uint32_t atoms[128]; /* a pattern; 1 is *, 2 is ? */
    size_t n_atoms;
    sy_pinyin pinyin;
    struct model_node *children[CHILDREN_MAX];
    size_t n_children;
    size_t leaf;   /* leaves: in the order typed */
    bool excluded; /* leaves: under an odd number of NOTs */
} model_node;

static bool boundary(const model_value *v, size_t place)
{
    for (size_t i = 0; i < v->n_tokens; i++)
        if (v->tokens[i].start < place && place < v->tokens[i].end)
            return false;
    return true;
}

static bool has_barrier(sy_slice s)
{
    return s.len > 0 && memchr(s.data, '\n', s.len);
}

/* Whether `part` stands in the value, at words' edges where asked for. */
static bool stands(const model_value *v, sy_slice part, bool word_start, bool word_end)
{
    sy_slice in = slice_of_buf(&v->normal);
    if (part.len == 0 || has_barrier(part))
        return false;
    for (size_t i = 0; i + part.len <= in.len; i++)
        if (memcmp(in.data + i, part.data, part.len) == 0 && (!word_start || boundary(v, i)) &&
            (!word_end || boundary(v, i + part.len)))
            return true;
    return false;
}

static size_t n_chars(sy_slice s)
{
    return sy_utf8_count(s.data, s.len);
}

/* All words of the term, with runs of single Han characters joined. */
static bool all_words(const model_node *leaf, const model_value *v)
{
    sy_slice text = slice_of_buf(&leaf->normal);
    for (size_t i = 0; i < leaf->n_tokens;) {
        sy_token t = leaf->tokens[i++];
        bool single = t.kind == SY_TOKEN_HAN &&
                      n_chars((sy_slice){text.data + t.start, t.end - t.start}) == 1;
        while (single && i < leaf->n_tokens && leaf->tokens[i].kind == SY_TOKEN_HAN &&
               leaf->tokens[i].start == t.end &&
               n_chars((sy_slice){text.data + t.end, leaf->tokens[i].end - t.end}) == 1)
            t.end = leaf->tokens[i++].end;
        bool whole = t.kind != SY_TOKEN_HAN;
        if (t.kind != SY_TOKEN_MARK &&
            !stands(v, (sy_slice){text.data + t.start, t.end - t.start}, whole, whole))
            return false;
    }
    return true;
}

static bool is_names_field(const world *w, sy_field_id field)
{
    return field < w->index->schema.n_fields &&
           w->index->schema.fields[field].kind == SY_FIELD_NAMES;
}

static bool bare_matches(const world *w, const model_node *leaf, const model_value *v)
{
    sy_slice text = slice_of_buf(&leaf->normal);
    size_t han = sy_count_han(text.data, text.len);
    bool word = han > 0, prefix = leaf->kind == SY_NODE_PREFIX;
    for (size_t i = 0; i < text.len;) {
        uint32_t cp;
        i += sy_utf8_decode(text.data + i, text.len - i, &cp);
        word |= sy_cp_is_letter(cp) || sy_cp_is_digit(cp);
    }
    if (!word || v->field >= SY_FIELDS_MAX)
        return stands(v, text, false, false);
    if (is_names_field(w, v->field)) {
        while (text.len > 0 && text.data[0] == ' ')
            text.data++, text.len--;
        while (text.len > 0 && text.data[text.len - 1] == ' ')
            text.len--;
        return !has_barrier(text) && sy_name_matches(w->aliases, text, v->whole) != SY_NAME_NO;
    }
    if (han >= 2)
        return stands(v, text, false, false) || all_words(leaf, v);
    return stands(v, text, true, !prefix);
}

static bool line_matches(const model_node *leaf, uint32_t line)
{
    char digits[16];
    if (leaf->kind == SY_NODE_EXISTS)
        return line > 0;
    if (leaf->kind == SY_NODE_RANGE)
        return line >= leaf->number && line <= leaf->high;
    snprintf(digits, sizeof digits, "%u", line);
    sy_slice text = model_whole(slice_of_buf(&leaf->normal));
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    while (text.len > 1 && text.data[0] == '0')
        text.data++, text.len--;
    if (leaf->kind == SY_NODE_PREFIX)
        return line > 0 && text.len > 0 && strncmp(digits, text.data, text.len) == 0;
    return line > 0 && sy_slice_equal(text, sy_slice_of(digits));
}

/* ---- patterns, by trying everything ---- */

static size_t decode_text(sy_slice text, uint32_t *out, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len && n < most;)
        i += sy_utf8_decode(text.data + i, text.len - i, &out[n++]);
    return n;
}

static bool stands_for(uint32_t cp)
{
    return sy_cp_is_letter(cp) || sy_cp_is_digit(cp) || sy_cp_is_han(cp);
}

/* Whether the atoms describe text[from] and some of what follows; ends where `end`
 * allows. */
static bool glob(const uint32_t *atoms, size_t n_atoms, const uint32_t *text, const bool *end,
                 size_t n)
{
    if (n_atoms == 0)
        return end[0];
    if (atoms[0] == 1)
        return glob(atoms + 1, n_atoms - 1, text, end, n) ||
               (n > 0 && stands_for(text[0]) && glob(atoms, n_atoms, text + 1, end + 1, n - 1));
    bool one = n > 0 && (atoms[0] == 2 ? stands_for(text[0]) : text[0] == atoms[0]);
    return one && glob(atoms + 1, n_atoms - 1, text + 1, end + 1, n - 1);
}

/* The edits from a to b, or something above `most`. */
static unsigned edits(const uint32_t *a, size_t n, const uint32_t *b, size_t m, unsigned most)
{
    while (n > 0 && m > 0 && a[0] == b[0])
        a++, b++, n--, m--;
    if (n == 0 && m == 0)
        return 0;
    if (most == 0)
        return 1;
    unsigned best = most + 1;
    if (n > 0)
        best = 1 + edits(a + 1, n - 1, b, m, most - 1);
    unsigned other = m > 0 ? 1 + edits(a, n, b + 1, m - 1, most - 1) : best;
    best = other < best ? other : best;
    other = n > 0 && m > 0 ? 1 + edits(a + 1, n - 1, b + 1, m - 1, most - 1) : best;
    return other < best ? other : best;
}

static bool pattern_matches(const model_node *leaf, const model_value *v)
{
    sy_slice text = slice_of_buf(&v->normal);
    uint32_t *cps = calloc(text.len + 1, sizeof *cps);
    bool *edge = calloc(text.len + 1, sizeof *edge), *end = calloc(text.len + 1, sizeof *end);
    assert_true(cps && edge && end);
    size_t n = decode_text(text, cps, text.len), byte = 0, han = 0;
    for (size_t i = 0; i <= n; i++) {
        uint32_t cp;
        edge[i] = boundary(v, byte);
        byte += i < n ? sy_utf8_decode(text.data + byte, text.len - byte, &cp) : 0;
    }
    const uint32_t *atoms = leaf->atoms;
    size_t n_atoms = leaf->n_atoms;
    for (size_t i = 0; i < n_atoms; i++)
        han += sy_cp_is_han(atoms[i]);
    bool fuzzy = leaf->kind == SY_NODE_FUZZY;
    bool words = han < (fuzzy ? 1 : 2) && v->field < SY_FIELDS_MAX;
    bool open = !words || atoms[0] == 1, close = !words || atoms[n_atoms - 1] == 1;
    for (size_t i = 0; i <= n; i++)
        end[i] = close || edge[i];
    for (; n_atoms > 0 && atoms[0] == 1; n_atoms--)
        atoms++;
    while (n_atoms > 0 && atoms[n_atoms - 1] == 1)
        n_atoms--;
    bool yes = false;
    for (size_t i = 0; i <= n && !yes && n_atoms > 0; i++) {
        if (!open && !edge[i])
            continue;
        if (!fuzzy)
            yes = glob(atoms, n_atoms, cps + i, end + i, n - i);
        for (size_t k = i; fuzzy && !yes && k <= n && k <= i + n_atoms + leaf->number; k++) {
            if (k > i && cps[k - 1] == '\n')
                break;
            yes = end[k] && n_atoms > leaf->number &&
                  edits(atoms, n_atoms, cps + i, k - i, leaf->number) <= leaf->number;
        }
    }
    free(cps);
    free(edge);
    free(end);
    return yes;
}

/* Every window of the text that is not too long. */
static bool near_matches(const world *w, const model_node *leaf, const model_value *v)
{
    (void)w;
    sy_slice text = slice_of_buf(&v->normal), words = slice_of_buf(&leaf->normal);
    size_t most = leaf->number;
    for (size_t i = 0; i < words.len; i++)
        most += ((unsigned char)words.data[i] & 0xC0) != 0x80 && words.data[i] != '\n';
    for (size_t i = 0; i < text.len; i++) {
        size_t end = i, chars = 0;
        while (end < text.len && chars < most && text.data[end] != '\n') {
            uint32_t cp;
            end += sy_utf8_decode(text.data + end, text.len - end, &cp);
            chars++;
        }
        bool all = true;
        for (size_t k = 0; k < words.len && all;) {
            size_t len = 0;
            while (k + len < words.len && words.data[k + len] != '\n')
                len++;
            all = len == 0 || memmem(text.data + i, end - i, words.data + k, len);
            k += len + 1;
        }
        if (all)
            return true;
        while (i + 1 < text.len && ((unsigned char)text.data[i + 1] & 0xC0) == 0x80)
            i++;
    }
    return false;
}

static bool in_range(const model_node *leaf, const model_value *v)
{
    const char *s = sy_buf_cstr(&v->normal);
    while (*s && (*s < '0' || *s > '9'))
        s++;
    if (!*s)
        return false;
    char plain[64] = "";
    size_t n = 0;
    bool minus =
        s > sy_buf_cstr(&v->normal) && s[-1] == '-' && (s - 1 == v->whole.data || s[-2] == ' ');
    for (bool point = false; n < 60; s++) {
        bool digit_next = s[1] >= '0' && s[1] <= '9';
        if (*s == ',' && !point && digit_next)
            continue;
        if (!(*s >= '0' && *s <= '9') && !(*s == '.' && !point && digit_next))
            break;
        point |= *s == '.';
        plain[n++] = *s;
    }
    double value = minus ? -atof(plain) : atof(plain);
    return value >= leaf->number && value <= leaf->high;
}

static bool is_read_so(const model_node *leaf, sy_slice text)
{
    bool yes = false;
    for (size_t end = 1; end <= text.len && !yes; end++)
        yes = naive_pinyin_start(&leaf->pinyin, text, end) != SIZE_MAX;
    return yes;
}

static bool pinyin_matches(const world *w, const model_node *leaf, const model_value *v)
{
    const sy_schema *schema = &w->index->schema;
    return v->field < schema->n_fields && schema->fields[v->field].pinyin &&
           is_read_so(leaf, v->whole);
}

static bool value_matches(const world *w, const model_node *leaf, const model_value *v)
{
    sy_slice text = slice_of_buf(&leaf->normal);
    if (leaf->field == SY_FIELD_PINYIN)
        return pinyin_matches(w, leaf, v);
    if (leaf->field != v->field && (leaf->field != SY_FIELD_ANY || v->field >= SY_FIELDS_MAX))
        return false;
    if (leaf->kind == SY_NODE_EXISTS)
        return v->whole.len > 0;
    if (leaf->kind == SY_NODE_EQUAL)
        return v->whole.len > 0 && sy_slice_equal(v->whole, model_whole(text));
    if (leaf->kind == SY_NODE_QUOTED)
        return stands(v, text, false, false);
    if (leaf->kind == SY_NODE_WILD || leaf->kind == SY_NODE_FUZZY)
        return pattern_matches(leaf, v);
    if (leaf->kind == SY_NODE_NEAR)
        return near_matches(w, leaf, v);
    if (leaf->kind == SY_NODE_RANGE)
        return in_range(leaf, v);
    return bare_matches(w, leaf, v);
}

static bool leaf_matches(const world *w, const model_node *leaf, const model_record *r)
{
    bool yes = leaf->kind == SY_NODE_ALL;
    if (leaf->field == SY_FIELD_LINE)
        return line_matches(leaf, r->stored.line);
    for (size_t i = 0; i < r->n_values && !yes; i++)
        yes = value_matches(w, leaf, &r->values[i]);
    return yes;
}

static bool matches(const world *w, const model_node *node, const model_record *r)
{
    switch (node->kind) {
    case SY_NODE_AND:
        for (size_t i = 0; i < node->n_children; i++)
            if (!matches(w, node->children[i], r))
                return false;
        return true;
    case SY_NODE_OR:
        for (size_t i = 0; i < node->n_children; i++)
            if (matches(w, node->children[i], r))
                return true;
        return false;
    case SY_NODE_NOT:
        return !matches(w, node->children[0], r);
    default:
        return leaf_matches(w, node, r);
    }
}

/* ---- random queries ---- */

typedef struct query_maker {
    world *w;
    sy_buf out; /* as it is typed */
    model_node *leaves[LEAVES_MAX];
    size_t n_leaves;
} query_maker;

static const struct {
    const char *typed;
    sy_field_id id;
} reserved_fields[] = {{"key", SY_FIELD_KEY}, {"source", SY_FIELD_SOURCE}, {"line", SY_FIELD_LINE}};

/* A piece of some value, sometimes altered, or all of it. */
static void put_cut_text(const world *w, sy_field_id field, sy_buf *out)
{
    const sy_stored_value *value = NULL;
    for (int tries = 0; tries < 20 && (!value || value->field != field); tries++) {
        const sy_stored *r = &w->records[sy_random_below((uint32_t)w->n)].stored;
        if (r->n_values > 0)
            value = &r->values[sy_random_below((uint32_t)r->n_values)];
    }
    if (!value)
        return;
    sy_slice text = value->text;
    if (one_in(8)) {
        sy_buf_append(out, text.data, text.len);
        return;
    }
    size_t start = text.len > 0 ? sy_random_below((uint32_t)text.len) : 0;
    while (start > 0 && ((unsigned char)text.data[start] & 0xC0) == 0x80)
        start--;
    if (one_in(4))
        start = 0;
    size_t end = start;
    for (uint32_t n = 1 + sy_random_below(one_in(4) ? 14 : 5); n > 0 && end < text.len; n--) {
        uint32_t cp;
        end += sy_utf8_decode(text.data + end, text.len - end, &cp);
        if (one_in(40))
            sy_buf_puts(out, PICK(pieces));
    }
    if (text.len > 0)
        sy_buf_append(out, text.data + start, end - start);
    if (one_in(12))
        sy_buf_puts(out, PICK(pieces));
}

static void make_text(const world *w, const model_node *leaf, sy_buf *out)
{
    bool names_field = is_names_field(w, leaf->field);
    if (leaf->field == SY_FIELD_LINE && !one_in(4))
        sy_buf_printf(out, "%u", 1 + sy_random_below(40));
    else if (leaf->field == SY_FIELD_SOURCE && one_in(2))
        sy_buf_puts(out, one_in(2) ? "资金.jsonl" : "1年");
    else if (leaf->field == SY_FIELD_KEY && one_in(2))
        sy_buf_printf(out, "%u%s", sy_random_below(100), one_in(3) ? "⑦" : "");
    else if (one_in(names_field ? 2 : 8))
        sy_buf_puts(out, PICK(names));
    else if (leaf->kind == SY_NODE_EQUAL && one_in(3))
        sy_buf_puts(out, PICK(short_values));
    else if (one_in(2))
        put_text(out, 3);
    else
        put_cut_text(w, leaf->field, out);
}

/* True if the parser takes it for a text at all. */
static bool is_blank(world *w, sy_slice text)
{
    sy_buf normal;
    normalize(w, text, &normal);
    bool blank = true;
    for (size_t i = 0; i < normal.len; i++)
        blank &= is_white(normal.data[i]);
    sy_buf_release(&normal);
    return blank;
}

/* Each character behind a backslash unless it is a Han character. */
static void put_escaped(sy_buf *out, sy_slice text)
{
    for (size_t i = 0; i < text.len;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(text.data + i, text.len - i, &cp);
        if (!sy_cp_is_han(cp))
            sy_buf_putc(out, '\\');
        sy_buf_append(out, text.data + i, n);
        i += n;
    }
}

static void put_leaf_text(const model_node *leaf, sy_buf *out)
{
    sy_slice text = slice_of_buf(&leaf->text);
    bool quoted = leaf->kind == SY_NODE_QUOTED || (leaf->kind == SY_NODE_EQUAL && one_in(2));
    if (quoted)
        sy_buf_puts(out, "\"");
    put_escaped(out, text);
    if (quoted)
        sy_buf_puts(out, "\"");
    if (leaf->kind == SY_NODE_PREFIX)
        sy_buf_putc(out, '*');
}

static sy_field_id random_field(const world *w, const char **typed)
{
    if (one_in(10)) {
        size_t i = sy_random_below(3);
        *typed = reserved_fields[i].typed;
        return reserved_fields[i].id;
    }
    sy_field_id id;
    *typed = PICK(field_names);
    /* A field that no record has is not in the schema. */
    return sy_schema_find(&w->index->schema, *typed, strlen(*typed), &id) ? id : SY_FIELD_ANY;
}

static model_node *new_node(sy_node_kind kind)
{
    model_node *node = calloc(1, sizeof *node);
    assert_non_null(node);
    *node = (model_node){
        .kind = kind, .field = SY_FIELD_ANY, .text = SY_BUF_INIT, .normal = SY_BUF_INIT};
    return node;
}

/* A text of a few characters that no normal form joins across its ends. */
static const char *const words_of_patterns[] = {"资金", "短缺", "资", "金", "招商", "引资", "用",
                                                "gov",  "p",    "10", "局", "区商", "a",    "無"};

static void add_atoms(query_maker *q, model_node *leaf, const char *text)
{
    sy_buf normal;
    normalize(q->w, sy_slice_of(text), &normal);
    leaf->n_atoms +=
        decode_text(slice_of_buf(&normal), leaf->atoms + leaf->n_atoms, 128 - leaf->n_atoms);
    sy_buf_release(&normal);
}

/* Types a leaf of one of the newer kinds and notes what it means. */
static void make_pattern(query_maker *q, model_node *leaf)
{
    sy_buf text = SY_BUF_INIT;
    uint32_t n = 2 + sy_random_below(2);
    leaf->number = 1 + sy_random_below(2);
    if (leaf->kind == SY_NODE_RANGE) {
        leaf->number = sy_random_below(12);
        leaf->high = leaf->number + sy_random_below(2000);
        sy_buf_printf(&q->out, "%u..%u", leaf->number, leaf->high);
        return;
    }
    if (leaf->kind == SY_NODE_NEAR)
        leaf->number = sy_random_below(8);
    for (uint32_t i = 0; i < n; i++) {
        const char *word = PICK(words_of_patterns);
        bool wild = leaf->kind == SY_NODE_WILD;
        if (wild && (i > 0 || one_in(3))) {
            bool run = !one_in(3);
            sy_buf_puts(&text, run ? (one_in(4) ? "＊" : "*") : "?");
            leaf->atoms[leaf->n_atoms++] = run ? 1 : 2;
        }
        if (leaf->kind == SY_NODE_FUZZY && i == 0)
            word = one_in(2) ? "governence" : "区商投资";
        sy_buf_puts(&text, word);
        sy_buf_puts(&text, leaf->kind == SY_NODE_NEAR ? " " : "");
        add_atoms(q, leaf, word);
        sy_buf normal;
        normalize(q->w, sy_slice_of(word), &normal);
        sy_buf_append(&leaf->normal, normal.data, normal.len);
        sy_buf_putc(&leaf->normal, '\n');
        sy_buf_release(&normal);
        if (leaf->kind == SY_NODE_FUZZY && one_in(2))
            break;
    }
    if (leaf->kind == SY_NODE_WILD && one_in(3)) {
        sy_buf_putc(&text, '*');
        leaf->atoms[leaf->n_atoms++] = 1;
    }
    if (leaf->kind == SY_NODE_NEAR)
        sy_buf_printf(&q->out, "\"%s\"~%u", sy_buf_cstr(&text), leaf->number);
    else if (leaf->kind == SY_NODE_FUZZY)
        sy_buf_printf(&q->out, "%s~%u", sy_buf_cstr(&text), leaf->number);
    else
        sy_buf_puts(&q->out, sy_buf_cstr(&text));
    if (one_in(4))
        sy_buf_puts(&q->out, "^2.5");
    sy_buf_release(&text);
}

/* Letters of some value of a field that can be asked for by pinyin; false if it has none. */
static bool make_pinyin(query_maker *q, model_node *leaf)
{
    static const sy_node_kind kinds[] = {SY_NODE_TERM, SY_NODE_QUOTED, SY_NODE_PREFIX,
                                         SY_NODE_EQUAL};
    const model_record *r = &q->w->records[sy_random_below((uint32_t)q->w->n)];
    const model_value *v = &r->values[sy_random_below((uint32_t)r->n_values)];
    char typed[256];
    bool can = v->field < q->w->index->schema.n_fields &&
               q->w->index->schema.fields[v->field].pinyin && v->whole.len < 200;
    if (!can)
        return false;
    naive_pinyin_term(v->whole, typed, sizeof typed);
    if (sy_pinyin_read(sy_slice_of(typed), &leaf->pinyin) != SY_PINYIN_GOOD)
        return false;
    leaf->kind = PICK(kinds);
    leaf->field = SY_FIELD_PINYIN;
    leaf->pinyin.begins = leaf->kind == SY_NODE_PREFIX;
    leaf->pinyin.whole = leaf->kind == SY_NODE_EQUAL;
    sy_buf_puts(&leaf->text, typed);
    sy_buf_puts(&q->out, leaf->kind == SY_NODE_EQUAL ? "py=" : one_in(2) ? "拼音：" : "py:");
    put_leaf_text(leaf, &q->out);
    leaf->leaf = q->n_leaves;
    q->leaves[q->n_leaves++] = leaf;
    return true;
}

static model_node *make_leaf(query_maker *q)
{
    static const sy_node_kind kinds[] = {
        SY_NODE_TERM,   SY_NODE_TERM,  SY_NODE_TERM,   SY_NODE_QUOTED, SY_NODE_QUOTED,
        SY_NODE_PREFIX, SY_NODE_EQUAL, SY_NODE_EXISTS, SY_NODE_ALL,    SY_NODE_WILD,
        SY_NODE_FUZZY,  SY_NODE_NEAR,  SY_NODE_RANGE};
    model_node *leaf = new_node(PICK(kinds));
    const char *typed = "";
    if (one_in(6) && make_pinyin(q, leaf))
        return leaf;
    bool needs_field = leaf->kind == SY_NODE_EQUAL || leaf->kind == SY_NODE_EXISTS;
    if (leaf->kind == SY_NODE_ALL && !one_in(3))
        leaf->kind = SY_NODE_TERM;
    if (leaf->kind != SY_NODE_ALL && (needs_field || one_in(2)))
        leaf->field = random_field(q->w, &typed);
    if (needs_field && leaf->field == SY_FIELD_ANY)
        leaf->kind = SY_NODE_TERM;
    sy_field_id extra;
    if (leaf->kind == SY_NODE_RANGE && sy_schema_find(&q->w->index->schema, "extra", 5, &extra)) {
        typed = one_in(3) ? "line" : "extra";
        leaf->field = *typed == 'l' ? SY_FIELD_LINE : extra;
    } else if (leaf->kind == SY_NODE_RANGE ||
               (leaf->field == SY_FIELD_LINE && leaf->kind > SY_NODE_EQUAL)) {
        leaf->kind = SY_NODE_TERM;
    }
    leaf->leaf = q->n_leaves;
    q->leaves[q->n_leaves++] = leaf;
    if (leaf->field != SY_FIELD_ANY)
        sy_buf_printf(&q->out, "%s%c", typed, leaf->kind == SY_NODE_EQUAL ? '=' : ':');
    if (leaf->kind == SY_NODE_ALL || leaf->kind == SY_NODE_EXISTS) {
        sy_buf_putc(&q->out, '*');
        return leaf;
    }
    if (leaf->kind > SY_NODE_EQUAL) {
        make_pattern(q, leaf);
        return leaf;
    }
    make_text(q->w, leaf, &leaf->text);
    if (is_blank(q->w, slice_of_buf(&leaf->text)))
        sy_buf_puts(&leaf->text, "无");
    put_leaf_text(leaf, &q->out);
    normalize(q->w, slice_of_buf(&leaf->text), &leaf->normal);
    leaf->tokens = cut_text(q->w, slice_of_buf(&leaf->normal), &leaf->n_tokens);
    return leaf;
}

static model_node *make_node(query_maker *q, unsigned depth)
{
    sy_node_kind kind = (sy_node_kind)sy_random_below(depth == 0 ? 1 : 6);
    if (depth == 0 || kind > SY_NODE_NOT || q->n_leaves + 64 > LEAVES_MAX)
        return make_leaf(q);
    model_node *node = new_node(kind);
    node->n_children = kind == SY_NODE_NOT ? 1 : 1 + sy_random_below(CHILDREN_MAX);
    sy_buf_puts(&q->out, kind == SY_NODE_NOT ? "NOT (" : "(");
    for (size_t i = 0; i < node->n_children; i++) {
        if (i > 0)
            sy_buf_puts(&q->out, kind == SY_NODE_OR ? " OR " : one_in(2) ? " AND " : " ");
        node->children[i] = make_node(q, depth - 1);
    }
    sy_buf_putc(&q->out, ')');
    return node;
}

static void free_node(model_node *node)
{
    for (size_t i = 0; i < node->n_children; i++)
        free_node(node->children[i]);
    sy_buf_release(&node->text);
    sy_buf_release(&node->normal);
    free(node->tokens);
    free(node);
}

static void mark_excluded(model_node *node, bool excluded)
{
    node->excluded = excluded;
    for (size_t i = 0; i < node->n_children; i++)
        mark_excluded(node->children[i], excluded != (node->kind == SY_NODE_NOT));
}

/* Parentheses around one operand change nothing. */
static const model_node *bare_operand(const model_node *node)
{
    while ((node->kind == SY_NODE_AND || node->kind == SY_NODE_OR) && node->n_children == 1)
        node = node->children[0];
    return node;
}

/* --any: one of the positive operands, none of the excluded. */
static bool any_matches(const world *w, model_node *const *nodes, size_t n, const model_record *r)
{
    bool positive = false, one = false;
    for (size_t i = 0; i < n; i++) {
        bool yes = matches(w, nodes[i], r);
        if (bare_operand(nodes[i])->kind == SY_NODE_NOT) {
            if (!yes)
                return false;
            continue;
        }
        positive = true;
        one |= yes;
    }
    return one || !positive;
}

/* ---- comparing ---- */

typedef struct question {
    query_maker maker;
    model_node *operands[CHILDREN_MAX]; /* of the top level */
    size_t n_operands;
    bool any;
    sy_query query;
    bool *want; /* want[w->n] */
    size_t n_want;
} question;

static void ask(world *w, question *q)
{
    *q = (question){.maker = {.w = w, .out = SY_BUF_INIT}, .any = one_in(5)};
    q->n_operands = 1 + sy_random_below(CHILDREN_MAX);
    if (one_in(2))
        q->n_operands = 1;
    for (size_t i = 0; i < q->n_operands; i++) {
        if (i > 0)
            sy_buf_putc(&q->maker.out, ' ');
        q->operands[i] = make_node(&q->maker, sy_random_below(DEPTH_MAX));
        mark_excluded(q->operands[i], false);
    }
    const char *expr = sy_buf_cstr(&q->maker.out);
    sy_query_options options = {.any = q->any};
    check_ok(sy_query_parse(&expr, 1, &w->index->schema, &options, &q->query, NULL, &w->err),
             &w->err);
    assert_int_equal(q->query.n_leaves, q->maker.n_leaves);
    q->want = calloc(w->n, sizeof *q->want);
    assert_non_null(q->want);
    for (size_t i = 0; i < w->n; i++) {
        bool all = true;
        for (size_t k = 0; k < q->n_operands && all; k++)
            all = matches(w, q->operands[k], &w->records[i]);
        q->want[i] = q->any ? any_matches(w, q->operands, q->n_operands, &w->records[i]) : all;
        q->n_want += q->want[i];
    }
}

static void forget(question *q)
{
    for (size_t i = 0; i < q->n_operands; i++)
        free_node(q->operands[i]);
    sy_buf_release(&q->maker.out);
    sy_query_release(&q->query);
    free(q->want);
}

static size_t record_at(const world *w, const sy_hit *hit)
{
    size_t first = 0;
    for (size_t s = 0; s < hit->segment_ordinal; s++)
        first += sy_segment_n_records(w->index->segments[s]);
    return first + hit->docid;
}

static bool in_place(const sy_match *m, const model_record *r, size_t value)
{
    size_t n = r->stored.n_values;
    uint32_t ordinal = value < n ? r->stored.values[value].ordinal : 0;
    return m->field == r->values[value].field && m->ordinal == ordinal;
}

/* The places of one leaf in one value: some if and only if the value matches, in
 * order, apart from each other, on characters' edges; a quoted text is in each, and pinyin is how
 * each is read. */
static void check_places(world *w, const question *q, const sy_matches *m, const model_node *leaf,
                         const model_record *r, size_t value)
{
    bool want = !leaf->excluded && leaf->kind >= SY_NODE_TERM && leaf->field != SY_FIELD_LINE &&
                value_matches(w, leaf, &r->values[value]);
    sy_slice text = value < r->stored.n_values    ? r->stored.values[value].text
                    : value == r->stored.n_values ? r->stored.key
                                                  : r->source;
    uint32_t last = 0;
    bool any = false;
    for (size_t i = 0; i < m->n; i++) {
        const sy_match *p = &m->items[i];
        if (p->leaf != leaf->leaf || !in_place(p, r, value))
            continue;
        assert_true(p->start < p->end && p->end <= text.len && (!any || p->start >= last));
        assert_int_equal(sy_utf8_check(text.data + p->start, p->end - p->start), p->end - p->start);
        last = p->end;
        any = true;
        bool pinyin = leaf->field == SY_FIELD_PINYIN;
        if (leaf->kind != SY_NODE_QUOTED && !pinyin)
            continue;
        sy_buf normal;
        normalize(w, (sy_slice){text.data + p->start, p->end - p->start}, &normal);
        if (pinyin ? !is_read_so(leaf, slice_of_buf(&normal))
                   : !memmem(sy_buf_cstr(&normal), normal.len, leaf->normal.data, leaf->normal.len))
            fail_msg("%s: a place holds \"%.*s\"", sy_buf_cstr(&q->maker.out),
                     (int)(p->end - p->start), text.data + p->start);
        sy_buf_release(&normal);
    }
    if (any != want)
        fail_msg("%s: leaf %zu, value %zu: %s", sy_buf_cstr(&q->maker.out), leaf->leaf, value,
                 any ? "places but no match" : "a match without a place");
}

static void check_matches(world *w, const question *q, const sy_matches *m, const model_record *r)
{
    for (size_t k = 0; k < q->maker.n_leaves; k++)
        for (size_t i = 0; i < r->n_values; i++)
            check_places(w, q, m, q->maker.leaves[k], r, i);
    for (size_t i = 1; i < m->n; i++) {
        const sy_match *a = &m->items[i - 1], *b = &m->items[i];
        assert_true(a->field < b->field ||
                    (a->field == b->field && (a->ordinal < b->ordinal ||
                                              (a->ordinal == b->ordinal && a->start <= b->start))));
    }
}

static void check_hits(world *w, const question *q)
{
    sy_search *search;
    sy_matches m = {0};
    check_ok(sy_search_open(w->index, &q->query, &search, &w->err), &w->err);
    size_t next = 0; /* records before it are dealt with */
    for (;;) {
        bool more;
        sy_hit hit;
        const sy_stored *stored;
        check_ok(sy_search_next(search, &more, &hit, &w->err), &w->err);
        size_t at = more ? record_at(w, &hit) : w->n;
        assert_true(at >= next);
        for (; next < at; next++)
            if (q->want[next])
                fail_msg("%s%s: misses record %zu", sy_buf_cstr(&q->maker.out),
                         q->any ? " (any)" : "", next);
        if (!more)
            break;
        if (!q->want[at])
            fail_msg("%s%s: has record %zu too", sy_buf_cstr(&q->maker.out), q->any ? " (any)" : "",
                     at);
        next = at + 1;
        if (!one_in(4))
            continue;
        check_ok(sy_search_record(search, &hit, &stored, &w->err), &w->err);
        assert_true(sy_slice_equal(stored->key, w->records[at].stored.key));
        check_ok(sy_search_matches(search, &hit, stored, &m, &w->err), &w->err);
        check_matches(w, q, &m, &w->records[at]);
    }
    sy_matches_release(&m);
    sy_search_close(search);
}

static void check_count(world *w, const question *q)
{
    sy_search *search;
    uint64_t count;
    check_ok(sy_search_open(w->index, &q->query, &search, &w->err), &w->err);
    check_ok(sy_search_count(search, &count, &w->err), &w->err);
    assert_int_equal(count, q->n_want);
    sy_search_close(search);
}

/* The hits in runs: each is wanted, and there are as many. */
static void check_runs(world *w, const question *q)
{
    sy_search *search;
    const sy_segment *segment;
    const sy_docid *docs;
    uint32_t n = 1;
    size_t got = 0;
    check_ok(sy_search_open(w->index, &q->query, &search, &w->err), &w->err);
    while (n > 0) {
        check_ok(sy_search_next_run(search, &segment, &docs, &n, &w->err), &w->err);
        sy_hit hit = {.segment = segment};
        while (n > 0 && w->index->segments[hit.segment_ordinal] != segment)
            hit.segment_ordinal++;
        for (uint32_t i = 0; i < n; i++, got++) {
            hit.docid = docs[i];
            assert_true(q->want[record_at(w, &hit)]);
        }
    }
    assert_int_equal(got, q->n_want);
    sy_search_close(search);
}

static void check_explain(world *w, const question *q)
{
    sy_leaf_count counts[LEAVES_MAX];
    check_ok(sy_search_explain(w->index, &q->query, counts, &w->err), &w->err);
    for (size_t k = 0; k < q->maker.n_leaves; k++) {
        uint64_t alone = 0;
        for (size_t i = 0; i < w->n; i++)
            alone += leaf_matches(w, q->maker.leaves[k], &w->records[i]);
        if (counts[k].count != alone)
            fail_msg("%s: leaf %zu alone has %llu, not %llu", sy_buf_cstr(&q->maker.out), k,
                     (unsigned long long)counts[k].count, (unsigned long long)alone);
        if (counts[k].listed < alone || counts[k].ns < 0)
            fail_msg("%s: leaf %zu is listed %llu times, found %llu times",
                     sy_buf_cstr(&q->maker.out), k, (unsigned long long)counts[k].listed,
                     (unsigned long long)alone);
    }
    if (q->any)
        return;
    /* Operands that are ANDs melt into the top level; those that are leaves stay. */
    for (size_t k = 0; k < q->n_operands; k++) {
        uint64_t left = 0;
        if (q->operands[k]->kind < SY_NODE_ALL)
            continue;
        for (size_t i = 0; i < w->n; i++) {
            bool all = true;
            for (size_t j = 0; j <= k && all; j++)
                all = matches(w, q->operands[j], &w->records[i]);
            left += all;
        }
        assert_true(counts[q->operands[k]->leaf].top_level);
        assert_int_equal(counts[q->operands[k]->leaf].left, left);
    }
}

/* What a facet counts is what field=value finds among the hits. */
static uint64_t count_whole(const world *w, const question *q, sy_field_id field, sy_slice whole)
{
    uint64_t count = 0;
    for (size_t i = 0; i < w->n; i++) {
        bool yes = false;
        for (size_t k = 0; k < w->records[i].n_values; k++) {
            const model_value *v = &w->records[i].values[k];
            yes |= v->field == field &&
                   (whole.len == 0 ? v->whole.len > 0 : sy_slice_equal(v->whole, whole));
        }
        count += q->want[i] && yes;
    }
    return count;
}

static void check_facets(world *w, const question *q)
{
    const char *typed;
    sy_field_id field = random_field(w, &typed);
    if (field == SY_FIELD_ANY || field == SY_FIELD_LINE)
        return;
    sy_search *search;
    sy_facets facets;
    check_ok(sy_search_open(w->index, &q->query, &search, &w->err), &w->err);
    check_ok(sy_search_count_by(search, field, &facets, &w->err), &w->err);
    uint64_t with = count_whole(w, q, field, (sy_slice){NULL, 0});
    assert_int_equal(facets.without, q->n_want - with);
    assert_int_equal(facets.n > 0, with > 0);
    for (size_t i = 0; i < facets.n; i++) {
        sy_buf normal;
        normalize(w, facets.items[i].value, &normal);
        assert_int_equal(facets.items[i].count,
                         count_whole(w, q, field, model_whole(slice_of_buf(&normal))));
        if (i > 0)
            assert_true(facets.items[i].count <= facets.items[i - 1].count);
        sy_buf_release(&normal);
    }
    sy_facets_release(&facets);
    sy_search_close(search);
}

static bool has_whole(const model_record *r, sy_field_id field, sy_slice whole)
{
    bool yes = false;
    for (size_t k = 0; k < r->n_values; k++)
        yes |= r->values[k].field == field && sy_slice_equal(r->values[k].whole, whole);
    return yes;
}

/* Each two values that some hit has together, and no others. */
static void check_cross(world *w, const question *q)
{
    const char *typed;
    sy_field_id row = random_field(w, &typed), column = random_field(w, &typed);
    if (row >= SY_FIELDS_MAX || column >= SY_FIELDS_MAX)
        return;
    sy_search *search;
    sy_cross x;
    check_ok(sy_search_open(w->index, &q->query, &search, &w->err), &w->err);
    check_ok(sy_search_cross(search, row, column, &x, &w->err), &w->err);
    assert_int_equal(x.n_records, q->n_want);
    size_t at = 0;
    for (size_t r = 0; r < x.rows.n; r++) {
        sy_buf own, other;
        normalize(w, x.rows.items[r].value, &own);
        sy_slice whole = model_whole(slice_of_buf(&own));
        assert_int_equal(x.rows.items[r].count, count_whole(w, q, row, whole));
        for (size_t c = 0; c < x.columns.n; c++) {
            uint64_t count = 0;
            normalize(w, x.columns.items[c].value, &other);
            sy_slice second = model_whole(slice_of_buf(&other));
            for (size_t i = 0; i < w->n; i++)
                count += q->want[i] && has_whole(&w->records[i], row, whole) &&
                         has_whole(&w->records[i], column, second);
            sy_buf_release(&other);
            if (count == 0)
                continue;
            assert_true(at < x.n_cells && x.cells[at].row == r && x.cells[at].column == c);
            assert_int_equal(x.cells[at++].count, count);
        }
        sy_buf_release(&own);
    }
    assert_int_equal(at, x.n_cells);
    sy_cross_release(&x);
    sy_search_close(search);
}

static void test_random_queries(void **state)
{
    (void)state;
    const char *rounds = getenv("SY_ROUNDS");
    int n_rounds = rounds ? atoi(rounds) : 12;
    sy_random_init("search model");
    size_t hits = 0;
    for (int i = 0; i < n_rounds; i++) {
        world w;
        make_world(&w, i);
        for (int k = 0; k < N_QUERIES; k++) {
            question q;
            ask(&w, &q);
            hits += q.n_want;
            check_hits(&w, &q);
            check_count(&w, &q);
            check_runs(&w, &q);
            if (one_in(8))
                check_explain(&w, &q);
            if (one_in(8))
                check_facets(&w, &q);
            if (one_in(16))
                check_cross(&w, &q);
            forget(&q);
        }
        free_world(&w);
    }
    assert_true(hits > 0);
    sy_scratch_remove();
}

/* Everything a search can be asked for, once. */
static sy_status use_search(const sy_index *index, const sy_query *query, uint64_t *count,
                            sy_error *err)
{
    sy_search *search = NULL;
    sy_matches m = {0};
    sy_cross cross = {0};
    sy_leaf_count counts[LEAVES_MAX];
    bool more = true;
    *count = 0;
    sy_status st = sy_search_open(index, query, &search, err);
    while (st == SY_OK) {
        sy_hit hit;
        const sy_stored *stored;
        st = sy_search_next(search, &more, &hit, err);
        if (st != SY_OK || !more)
            break;
        ++*count;
        st = sy_search_record(search, &hit, &stored, err);
        if (st == SY_OK)
            st = sy_search_matches(search, &hit, stored, &m, err);
    }
    sy_search_close(search);
    search = NULL;
    if (st == SY_OK)
        st = sy_search_open(index, query, &search, err);
    if (st == SY_OK)
        st = sy_search_cross(search, 0, 1, &cross, err);
    if (st == SY_OK)
        st = sy_search_explain(index, query, counts, err);
    sy_cross_release(&cross);
    sy_matches_release(&m);
    sy_search_close(search);
    return st;
}

/* Each allocation fails once: a clean failure each time, never a shorter answer. */
static void test_no_memory(void **state)
{
    (void)state;
    static const char *const exprs[] = {
        "资金短缺 OR unit:发改委 OR gov*",
        "\"资金\" -(status=无 no:*) source:年",
        "key:⑦ OR (无 10.1 line:1)",
        "py:cz OR py=gnczj -py:fag*",
    };
    world w;
    sy_random_init("search model");
    make_world(&w, 0);
    for (size_t i = 0; i < sizeof exprs / sizeof *exprs; i++) {
        sy_query query;
        uint64_t want, count;
        check_ok(sy_query_parse(&exprs[i], 1, &w.index->schema, NULL, &query, NULL, &w.err),
                 &w.err);
        check_ok(use_search(w.index, &query, &want, &w.err), &w.err);
        for (unsigned long n = 1;; n++) {
            sy_error err;
            sy_error_clear(&err);
            sy_alloc_fail_at(n, false);
            sy_status st = use_search(w.index, &query, &count, &err);
            unsigned long calls = sy_alloc_fail_at(0, false);
            if (st == SY_OK)
                assert_int_equal(count, want);
            else
                assert_int_equal(st, SY_E_NOMEM);
            assert_int_equal(err.status, st);
            if (calls < n)
                break;
        }
        sy_query_release(&query);
    }
    free_world(&w);
    sy_scratch_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_queries),
                                       cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
