/* segmenter/costs_gen.c - learns word costs from raw text on standard input and
 * prints them as word_costs.tsv: word, tab, cost.
 *
 * A program of the project, run by `make word-costs` when there is better text; no
 * part of a build. Nobody has marked words in the text: the words are those that
 * ICU's own cut of it has, and pairs of neighbours in that cut that keep together.
 * A unigram model of them is fitted by expectation and maximisation (forward and
 * backward over all ways to cut a run of Han), and a word costs
 * -ln(probability) * SY_TRIE_COST_SCALE. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "segmenter/array_gen.h"
#include "segmenter/best_path.h"
#include "segmenter/icu_words.h"
#include "segmenter/normal.h"
#include "segmenter/word_tables.h"

enum {
    ROUNDS = 4,      /* more change little */
    PAIR_CHARS = 3,  /* characters of a pair that may be a word, at most */
    PAIR_LEAST = 10, /* its occurrences, at least */
    RUN_MOST = 2000  /* characters of a run, at most; longer ones are cut there */
};

/* In nats. Chosen on the development sets of `make bench-words`. */
static const double pair_cohesion = 3.5; /* of a pair that may be a word */
static const double pair_entropy = 1.0;  /* of what stands on each side of it */
static const double loose_cohesion = 3;  /* of a dictionary word with a clitic */
static const double clitic_cohesion = 6; /* with two, or with a degree */
/* Occurrences that any word has at least, and what the cost of a word that the text
 * does not have follows from. */
static const double least_expected = 1.0;
static const double seen_least = 0.05;

/* A new word neither starts nor ends with these. */
static const char never_first[] = "的了是在和与及或等为对将以有不也都就而被把从于之其这那我他她它们"
                                  "多号仅仍约颇个着地得又并很更最还到上下中一各每"
                                  "某该此但却则已曾正使让向由所者要会能可应须十百千万亿年月日";
static const char never_last[] =
    "过内的了是在和与及或等为对将以有不也都就而被把从于之其这那我他她它们"
    "个着地得又并很更最还到下中一各每"
    "某该此但却则已曾正使让向由所要可应须说十百千万亿";
/* With these at an end, a word of ICU's dictionary must keep together to stay. */
static const char clitics[] = "的了是在也都就我他她它你很还已曾把被且但却着只有";
/* With one of these and another or a clitic, too. */
static const char weak_clitics[] = "不可才将又再能会要多而则";
static const char degrees[] = "最更很较极";
/* A numeral and a measure word are two words. */
static const char numerals[] = "一二两三四五六七八九十几数";
static const char measures[] =
    "年月日天次位条种批项名件片家支份座届场段层台部册卷张封间栋艘辆架枚颗粒块股组队群套双对级号轮";
/* With these at an end a word of three characters is two, whatever holds together:
 * copulas and adverbs, places and results, and who is second. */
static const char loose_first[] = "也都却就他她我不副比据按才再仅仍占给约相";
static const char loose_last[] = "是上下到在内里后时出过好达能起占完";
/* These stay whatever the text says. */
static const char kept[] = " 目的 可能 更新 但是 于是 总是 实在 可是 将军 还原 要点 最后 "
                           "最近 最初 最终 只有 只要 只是 只能 不要 不是 有人 不断 还是 "
                           "或是 不得不 不但 有点 有时 多元 为了 所在 将会 有的 存在 内在 "
                           "现在 正在 外在 潜在 自在 在乎 要求 需要 主要 重要 必要 只好 "
                           "不同 不仅 不过 不少 不足 不良 不利 可以 可靠 可见 可惜 能力 "
                           "能够 能源 有关 有效 有利 有限 有力 有序 有机 具有 所有 拥有 "
                           "还要 更加 更换 更正 极其 极端 就业 就近 再次 再生 再度 又是 "
                           "都市 首都 已经 曾经 才能 人才 被告 把握 并且 而且 然而 从而 "
                           "则是 法则 原则 规则 否则 多少 多数 多样 多次 许多 很多 着力 "
                           "着手 着重 沿着 随着 本着 意味着 副作用 副产物 副产品 副食品 "
                           "原子能 太阳能 多功能 高效能 占便宜 给水管 都柏林 不得已 不小心 "
                           "不定期 不景气 不平等 不平衡 不溶性 不动产 巴格达 西西里 瓦西里 "
                           "看不起 看得起 一路上 比不上 ";

/* The text as codes of sy_trie_codes; 0 between runs and for unknown characters. */
static uint16_t *text;
static size_t n_text, cap_text;

static void put_code(uint16_t code)
{
    if (n_text == cap_text) {
        cap_text = cap_text > 0 ? 2 * cap_text : 1 << 20;
        text = sy_gen_grown(text, cap_text, sizeof *text);
    }
    text[n_text++] = code;
}

static void read_text(FILE *in)
{
    char *line = NULL;
    size_t cap = 0;
    sy_buf form = SY_BUF_INIT;
    put_code(0);
    for (ssize_t n; (n = getline(&line, &cap, in)) > 0;) {
        sy_error err;
        sy_buf_reset(&form);
        if (sy_normalize(0, line, (size_t)n, &form, NULL, &err) != SY_OK)
            exit(1);
        size_t run = 0;
        for (size_t at = 0; at < form.len;) {
            uint32_t cp;
            at += sy_utf8_decode(form.data + at, form.len - at, &cp);
            uint16_t code = sy_break_class_of(cp) == SY_BREAK_HAN ? sy_trie_code(cp) : 0;
            if (code == 0 ? text[n_text - 1] != 0 : run++ % RUN_MOST == RUN_MOST - 1)
                put_code(0);
            if (code != 0)
                put_code(code);
        }
        if (text[n_text - 1] != 0)
            put_code(0);
    }
    free(line);
    sy_buf_release(&form);
}

/* ---- candidates ------------------------------------------------------------ */

typedef struct entry {
    uint16_t codes[SY_TRIE_WORD_MOST];
    uint8_t n;
    double count;
} entry;

/* A hash table of words, open, of a power of two. */
typedef struct table {
    entry *slots;
    size_t n, size;
} table;

static uint64_t hash_codes(const uint16_t *codes, size_t n)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < n; i++)
        h = (h ^ codes[i]) * 1099511628211u;
    return h ^ h >> 29;
}

static entry *find(const table *t, const uint16_t *codes, size_t n)
{
    size_t i = hash_codes(codes, n) & (t->size - 1);
    while (t->slots[i].n != 0 &&
           (t->slots[i].n != n || memcmp(t->slots[i].codes, codes, n * sizeof *codes) != 0))
        i = (i + 1) & (t->size - 1);
    return &t->slots[i];
}

static void count(table *t, const uint16_t *codes, size_t n, double by)
{
    if (2 * t->n >= t->size) {
        table more = {NULL, t->n, t->size > 0 ? 2 * t->size : 1 << 16};
        more.slots = sy_gen_grown(NULL, more.size, sizeof *more.slots);
        memset(more.slots, 0, more.size * sizeof *more.slots);
        for (size_t i = 0; i < t->size; i++)
            if (t->slots[i].n != 0)
                *find(&more, t->slots[i].codes, t->slots[i].n) = t->slots[i];
        free(t->slots);
        *t = more;
    }
    entry *e = find(t, codes, n);
    if (e->n == 0) {
        memcpy(e->codes, codes, n * sizeof *codes);
        e->n = (uint8_t)n;
        t->n++;
    }
    e->count += by;
}

static size_t run_length(size_t at)
{
    size_t end = at;
    while (text[end] != 0)
        end++;
    return end - at;
}

/* The text in ICU's cut, run by run. */
static void for_each_run(void (*fn)(void *ctx, const uint16_t *run, const sy_path *path), void *ctx)
{
    sy_path path = {.codes = NULL};
    for (size_t at = 1; at < n_text;) {
        size_t n = run_length(at);
        for (path.n = 0; path.n < n; path.n++) {
            if (!sy_path_grow(&path))
                exit(1);
            path.codes[path.n] = text[at + path.n];
        }
        sy_path_find(&path, &sy_trie_icu);
        fn(ctx, text + at, &path);
        at += n + 1;
    }
    sy_path_release(&path);
}

static void count_words(void *ctx, const uint16_t *run, const sy_path *path)
{
    table *words = ctx;
    for (size_t i = 0; i < path->n; i += path->lens[i])
        count(words, run + i, path->lens[i], 1);
}

static void count_pairs(void *ctx, const uint16_t *run, const sy_path *path)
{
    table *pairs = ctx;
    for (size_t i = 0, before = 0; i < path->n; i += before) {
        size_t len = path->lens[i];
        if (before > 0 && before + len <= PAIR_CHARS)
            count(pairs, run + i - before, before + len, 1);
        before = len;
    }
}

typedef struct sides {
    table *pairs; /* count 0: of no interest */
    table left, right;
} sides;

/* Counts the characters beside each pair that may be a word. */
static void count_sides(void *ctx, const uint16_t *run, const sy_path *path)
{
    sides *s = ctx;
    uint16_t key[PAIR_CHARS + 1];
    for (size_t i = 0, before = 0; i < path->n; i += before) {
        size_t len = path->lens[i], n = before + len;
        const uint16_t *pair = run + i - before;
        before = len;
        if (n == len || n > PAIR_CHARS || find(s->pairs, pair, n)->count == 0)
            continue;
        memcpy(key, pair, n * sizeof *key);
        key[n] = pair[n];
        count(&s->right, key, n + 1, 1);
        key[n] = pair[-1];
        count(&s->left, key, n + 1, 1);
    }
}

/* Entropy in nats of what stands beside each pair, as its count: the end of a run
 * differs from everything. */
static table entropies(const table *beside)
{
    table sum = {NULL, 0, 0}, total = {NULL, 0, 0};
    for (size_t i = 0; i < beside->size; i++) {
        const entry *e = &beside->slots[i];
        if (e->n == 0)
            continue;
        count(&total, e->codes, e->n - 1u, e->count);
        count(&sum, e->codes, e->n - 1u, e->codes[e->n - 1] != 0 ? e->count * log(e->count) : 0);
    }
    for (size_t i = 0; i < sum.size; i++) {
        entry *e = &sum.slots[i];
        if (e->n == 0)
            continue;
        double n = find(&total, e->codes, e->n)->count;
        e->count = log(n) - e->count / n;
    }
    free(total.slots);
    return sum;
}

static double total_of(const table *t)
{
    double total = 0;
    for (size_t i = 0; i < t->size; i++)
        total += t->slots[i].n != 0 ? t->slots[i].count : 0;
    return total;
}

/* Whether the character with this code stands in `list`. */
static bool is_in(const char *list, uint16_t code)
{
    for (size_t at = 0, len = strlen(list); at < len;) {
        uint32_t cp;
        at += sy_utf8_decode(list + at, len - at, &cp);
        if (sy_trie_code(cp) == code)
            return true;
    }
    return false;
}

/* Cohesion of a pair in nats: the least over the ways to divide it, by the words
 * of ICU's cut. */
static double cohesion(const table *words, const entry *pair, double total)
{
    double least = INFINITY;
    for (size_t i = 1; i < pair->n; i++) {
        double left = find(words, pair->codes, i)->count;
        double right = find(words, pair->codes + i, pair->n - i)->count;
        if (left > 0 && right > 0) {
            double own = log(pair->count * total / (left * right));
            least = own < least ? own : least;
        }
    }
    return least;
}

/* Writes the word in UTF-8, with a NUL behind it. */
static void to_text(const entry *e, char *out)
{
    static uint32_t cp_of[SY_TRIE_CP_END - SY_TRIE_CP_FIRST + 1];
    if (cp_of[1] == 0)
        for (uint32_t cp = SY_TRIE_CP_FIRST; cp < SY_TRIE_CP_END; cp++)
            cp_of[sy_trie_code(cp)] = cp;
    size_t len = 0;
    for (size_t i = 0; i < e->n; i++)
        len += sy_utf8_encode(cp_of[e->codes[i]], out + len);
    out[len] = '\0';
}

static bool is_kept(const entry *e)
{
    char word[4 * SY_TRIE_WORD_MOST + 3] = " ";
    to_text(e, word + 1);
    return strstr(kept, strcat(word, " ")) != NULL;
}

/* Whether a word of three characters is two words, one of them a function word. */
static bool is_loose(const table *words, const entry *e)
{
    return !is_kept(e) &&
           ((is_in(loose_first, e->codes[0]) && find(words, e->codes + 1, 2)->count > 0) ||
            (is_in(loose_last, e->codes[2]) && find(words, e->codes, 2)->count > 0));
}

/* Adds to the words those pairs of neighbours that are words by all we can tell:
 * frequent, together more than by chance, free in what stands beside them, and
 * without function characters at their ends. */
static void add_pairs(table *words, double total)
{
    sides s = {.pairs = &(table){NULL, 0, 0}};
    for_each_run(count_pairs, s.pairs);
    for (size_t i = 0; i < s.pairs->size; i++) {
        entry *e = &s.pairs->slots[i];
        if (e->n != 0 &&
            (e->count < PAIR_LEAST || is_in(never_first, e->codes[0]) ||
             (e->n == 3 && is_loose(words, e)) || is_in(never_last, e->codes[e->n - 1]) ||
             find(words, e->codes, e->n)->count > 0 || cohesion(words, e, total) < pair_cohesion))
            e->count = 0;
    }
    for_each_run(count_sides, &s);
    table left = entropies(&s.left), right = entropies(&s.right);
    for (size_t i = 0; i < s.pairs->size; i++) {
        const entry *e = &s.pairs->slots[i];
        if (e->n != 0 && e->count > 0 && find(&left, e->codes, e->n)->count >= pair_entropy &&
            find(&right, e->codes, e->n)->count >= pair_entropy)
            count(words, e->codes, e->n, 0.01); /* too little to be a part of a pair */
    }
    free(left.slots);
    free(right.slots);
    free(s.left.slots);
    free(s.right.slots);
    free(s.pairs->slots);
}

/* The code of a character as the text has it: its normal form. ICU's dictionary spells
 * words as people do (著名), the text is folded (着名). */
static uint16_t folded_code(uint16_t unit)
{
    char utf8[4];
    uint32_t cp;
    sy_buf form = SY_BUF_INIT;
    sy_error err;
    if (sy_normalize(0, utf8, sy_utf8_encode(unit, utf8), &form, NULL, &err) != SY_OK)
        exit(1);
    sy_utf8_decode(form.data, form.len, &cp);
    sy_buf_release(&form);
    return sy_trie_code(cp);
}

/* Whether the ends of a string allow it to be a word that nobody lists. */
static bool may_be_word(const uint16_t *codes, size_t n)
{
    const char *first = codes[0] == sy_trie_code(0x7740) ? "" : never_first; /* 着名 is 著名 */
    return !is_in(first, codes[0]) && !is_in(never_last, codes[n - 1]) &&
           !(n == 3 && (is_in(loose_first, codes[0]) || is_in(loose_last, codes[2]))) &&
           !(n == 2 && is_in(numerals, codes[0]) && is_in(measures, codes[1]));
}

/* Words of ICU's dictionary that the text does not have stay possible. */
static void add_unseen(void *ctx, const uint16_t *units, size_t n, uint32_t cost)
{
    uint16_t codes[SY_TRIE_WORD_MOST], folded[SY_TRIE_WORD_MOST];
    (void)cost;
    if (n > SY_TRIE_WORD_MOST)
        return;
    for (size_t i = 0; i < n; i++) {
        codes[i] = sy_trie_code(units[i]);
        folded[i] = folded_code(units[i]);
        if (codes[i] == 0 || folded[i] == 0)
            return;
    }
    count(ctx, codes, n, 0);
    if (n > 3 || may_be_word(folded, n))
        count(ctx, folded, n, 0);
}

/* Takes words of ICU's dictionary away that hang a function character on a word
 * and do not keep together: their count becomes 0. */
static void drop_loose(table *words, double total)
{
    for (size_t i = 0; i < words->size; i++) {
        entry *e = &words->slots[i];
        if (e->n < 2 || e->count <= 0 || is_kept(e))
            continue;
        if (e->n == 3 && is_loose(words, e)) {
            e->count = -e->count;
            continue;
        }
        bool degree = is_in(degrees, e->codes[0]);
        if (e->n == 2 && is_in(numerals, e->codes[0]) && is_in(measures, e->codes[1])) {
            e->count = -e->count;
            continue;
        }
        bool first = is_in(clitics, e->codes[0]), last = is_in(clitics, e->codes[e->n - 1]);
        bool both = (first || is_in(weak_clitics, e->codes[0])) &&
                    (last || is_in(weak_clitics, e->codes[e->n - 1]));
        if (!degree && !first && !last && !both)
            continue;
        size_t cut = last ? e->n - 1u : 1;
        double left = find(words, e->codes, cut)->count;
        double right = find(words, e->codes + cut, e->n - cut)->count;
        double together = log(e->count * total / ((left + e->count) * (right + e->count)));
        if (left > 0 && right > 0 && together < (degree || both ? clitic_cohesion : loose_cohesion))
            e->count = -e->count;
    }
}

/* ---- the model ------------------------------------------------------------- */

typedef struct model {
    uint64_t *nodes;
    uint32_t n_nodes;
    double *logp; /* by node: of the word that ends there, or -INFINITY */
    double *expected;
} model;

static uint32_t step(const model *m, uint32_t node, uint16_t code)
{
    uint32_t next = (uint32_t)(m->nodes[node] >> 32) + code;
    return (uint16_t)(m->nodes[next] >> 16) == code && code != 0 ? next : 0;
}

static uint32_t node_of(const model *m, const uint16_t *codes, size_t n)
{
    uint32_t node = 0;
    for (size_t i = 0; i < n; i++)
        node = step(m, node, codes[i]);
    return node;
}

static model new_model(const table *words)
{
    sy_gen_words list = {NULL, 0, 0};
    double total = 0;
    uint32_t most = 0;
    for (size_t i = 0; i < words->size; i++) {
        const entry *e = &words->slots[i];
        if (e->n == 0 || e->count < 0)
            continue;
        sy_gen_word *w = sy_gen_words_add(&list);
        memcpy(w->codes, e->codes, sizeof e->codes);
        w->n = e->n;
        w->cost = 0;
        total += e->count;
        for (size_t k = 0; k < e->n; k++)
            most = e->codes[k] > most ? e->codes[k] : most;
    }
    model m;
    m.nodes = sy_gen_array(&list, most, &m.n_nodes);
    m.logp = sy_gen_grown(NULL, m.n_nodes, sizeof *m.logp);
    m.expected = sy_gen_grown(NULL, m.n_nodes, sizeof *m.expected);
    for (uint32_t i = 0; i < m.n_nodes; i++)
        m.logp[i] = -INFINITY;
    for (size_t i = 0; i < words->size; i++) {
        const entry *e = &words->slots[i];
        if (e->n != 0 && e->count >= 0)
            m.logp[node_of(&m, e->codes, e->n)] = log((e->count + 0.1) / total);
    }
    free(list.items);
    return m;
}

static double add_logs(double a, double b)
{
    double more = a > b ? a : b, less = a > b ? b : a;
    return less == -INFINITY ? more : more + log1p(exp(less - more));
}

/* Adds the expected occurrences of all words in one run. */
static void expect_run(model *m, const uint16_t *run, size_t n)
{
    static double forward[RUN_MOST + 2], backward[RUN_MOST + 2];
    for (size_t i = 0; i <= n; i++)
        forward[i] = backward[i] = -INFINITY;
    forward[0] = backward[n] = 0;
    for (size_t i = n; i-- > 0;) {
        uint32_t node = 0;
        for (size_t end = i; end < n && (node = step(m, node, run[end])) != 0;) {
            end++;
            if (m->logp[node] > -INFINITY)
                backward[i] = add_logs(backward[i], m->logp[node] + backward[end]);
        }
    }
    double all = backward[0];
    for (size_t i = 0; i < n; i++) {
        uint32_t node = 0;
        for (size_t end = i; end < n && (node = step(m, node, run[end])) != 0;) {
            end++;
            if (m->logp[node] == -INFINITY)
                continue;
            double way = forward[i] + m->logp[node];
            forward[end] = add_logs(forward[end], way);
            m->expected[node] += exp(way + backward[end] - all);
        }
    }
}

/* Returns the sum of all expected occurrences. */
static double improve(model *m, const table *words)
{
    double total = 0;
    memset(m->expected, 0, m->n_nodes * sizeof *m->expected);
    for (size_t at = 1; at < n_text;) {
        size_t n = run_length(at);
        expect_run(m, text + at, n);
        at += n + 1;
    }
    for (uint32_t i = 0; i < m->n_nodes; i++)
        total += m->expected[i];
    for (size_t i = 0; i < words->size; i++) {
        const entry *e = &words->slots[i];
        if (e->n == 0 || e->count < 0)
            continue;
        uint32_t node = node_of(m, e->codes, e->n);
        double expected = m->expected[node] > least_expected ? m->expected[node] : least_expected;
        m->logp[node] = log(expected / total);
    }
    return total;
}

static int cost_of(double logp)
{
    return (int)lround(-logp * SY_TRIE_COST_SCALE);
}

/* Words that the text does not have cost as much as `other`, a character that is
 * no word as much as `unknown`. "-": a word of ICU's dictionary that is none. */
static void print_costs(const model *m, const table *words, double total)
{
    int other = cost_of(log(least_expected / total));
    printf("#other\t%d\n#unknown\t%d\n", other, 2 * other);
    for (size_t i = 0; i < words->size; i++) {
        const entry *e = &words->slots[i];
        char word[4 * SY_TRIE_WORD_MOST + 1];
        if (e->n == 0)
            continue;
        to_text(e, word);
        if (e->count < 0)
            printf("%s\t-\n", word);
        else if (m->expected[node_of(m, e->codes, e->n)] >= seen_least)
            printf("%s\t%d\n", word, cost_of(m->logp[node_of(m, e->codes, e->n)]));
    }
}

int main(void)
{
    table words = {NULL, 0, 0};
    read_text(stdin);
    for_each_run(count_words, &words);
    double total = total_of(&words);
    add_pairs(&words, total);
    drop_loose(&words, total);
    sy_icu_words dictionary;
    sy_icu_words_open(&dictionary);
    sy_icu_words_each(&dictionary, add_unseen, &words);
    sy_icu_words_close(&dictionary);
    model m = new_model(&words);
    for (int i = 0; i < ROUNDS; i++)
        total = improve(&m, &words);
    print_costs(&m, &words, total);
    free(m.nodes);
    free(m.logp);
    free(m.expected);
    free(words.slots);
    free(text);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
