#include "indexer/readers/ledger_names.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "indexer/readers/reader_text.h"

enum {
    NAME_MAX = 192,    /* bytes: longer pieces are prose, never joined or counted */
    BRACKET_MAX = 256, /* bytes: how far a closing bracket is looked for */
    TAIL_MAX = 24      /* bytes of a second part that is no name by itself */
};

void sy_ledger_names_release(sy_ledger_names *names)
{
    sy_string_table_release(&names->pieces);
    sy_string_table_release(&names->pairs);
    sy_free(names->cell);
    sy_buf_release(&names->scratch);
    *names = (sy_ledger_names)SY_LEDGER_NAMES_INIT;
}

/* ---- cells into pieces ---- */

typedef enum gap { GAP_NONE, GAP_SPACE, GAP_LINE, GAP_MARK, GAP_SENTENCE } gap;

/* What kind of separator starts s[len]; *n is its length in bytes. */
static gap gap_at(const char *s, size_t len, bool bodies, size_t *n)
{
    *n = strlen("。");
    if (bodies && *n < len && memcmp(s, "。", *n) == 0)
        return GAP_SENTENCE;
    static const char *const marks[] = {"、", "，", ",", "；", ";"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        *n = strlen(marks[i]);
        if (*n <= len && memcmp(s, marks[i], *n) == 0)
            return GAP_MARK;
    }
    *n = sy_space_at(s, len);
    if (*n == 0)
        return GAP_NONE;
    return *s == '\n' || *s == '\v' ? GAP_LINE : GAP_SPACE;
}

/* If a bracket opens at s[len] and is closed soon: bytes up to its end. Names in
 * brackets belong to the name before: 区住建局（区人防办、区城建中心）. */
static size_t bracketed(const char *s, size_t len)
{
    static const char *const open[] = {"（", "("}, *const close[] = {"）", ")"};
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(open[i]);
        if (n > len || memcmp(s, open[i], n) != 0)
            continue;
        const char *end =
            memmem(s, len < BRACKET_MAX ? len : BRACKET_MAX, close[i], strlen(close[i]));
        return end ? (size_t)(end - s) + strlen(close[i]) : 0;
    }
    return 0;
}

/* Whether `s` ends with a space and one more character, or is one character. */
static bool ends_spaced_out(sy_slice s)
{
    size_t at = s.len - 1;
    while (at > 0 && ((unsigned char)s.data[at] & 0xC0) == 0x80)
        at--;
    sy_slice before = {s.data, at};
    return at == 0 || sy_trim(before).len < before.len;
}

/* Adds a piece, or makes the last one longer: characters that are only spaced out
 * (财 政 局) are one name. */
static sy_status add_piece(sy_ledger_names *names, sy_slice text, gap before, bool bodies,
                           sy_error *err)
{
    static const sy_org_start starts[] = {
        [GAP_LINE] = SY_ORG_NEW_LINE, [GAP_SENTENCE] = SY_ORG_NEW_SENTENCE};
    uint32_t cp;
    if (names->n > 0 && before == GAP_SPACE &&
        sy_utf8_decode(text.data, text.len, &cp) == text.len) {
        sy_slice *last = &names->cell[names->n - 1].name;
        if (last->len > 0 && ends_spaced_out(*last)) {
            last->len = (size_t)(text.data + text.len - last->data);
            return SY_OK;
        }
    }
    if (!sy_grow((void **)&names->cell, names->n, &names->cap, sizeof *names->cell))
        return sy_fail_nomem(err);
    sy_org_piece *piece = &names->cell[names->n++];
    *piece = bodies ? sy_org_read(text) : (sy_org_piece){.name = text};
    piece->start = starts[before];
    return SY_OK;
}

static sy_status cut(sy_ledger_names *names, sy_slice cell, bool bodies, sy_error *err)
{
    names->n = 0;
    gap before = GAP_NONE;
    size_t from = 0, at = 0;
    while (at <= cell.len) {
        size_t n = 0;
        sy_slice before_at = {cell.data + from, at - from}, rest = {cell.data + at, cell.len - at};
        bool linked = bodies && at > from && sy_org_ends(before_at, rest, &n);
        if (!linked && at < cell.len && !sy_may_be_sign(cell.data[at])) {
            at++;
            continue;
        }
        gap here = linked || rest.len == 0 ? GAP_MARK : gap_at(rest.data, rest.len, bodies, &n);
        if (here == GAP_NONE) {
            n = bracketed(cell.data + at, cell.len - at);
            at += n > 0 ? n : 1;
            continue;
        }
        if (at > from) {
            sy_status st = add_piece(names, before_at, before, bodies, err);
            if (st != SY_OK)
                return st;
            before = GAP_NONE;
        }
        if (here > before)
            before = here;
        from = at + n;
        at += n > 0 || linked ? n : 1;
    }
    return SY_OK;
}

/* ---- evidence ---- */

static bool is_one_of(sy_slice s, const char *const *list)
{
    for (; *list; list++) {
        if (sy_slice_equal(s, sy_slice_of(*list)))
            return true;
    }
    return false;
}

/* What the name of a body ends with. */
static const char *const body_ends[] = {
    "局",   "委", "办", "厅",   "部", "处",   "科",   "室",   "院", "会", "中心", "集团",
    "公司", "镇", "乡", "街道", "街", "区",   "县",   "市",   "省", "村", "社",   "队",
    "站",   "所", "馆", "校",   "学", "园",   "场",   "厂",   "台", "署", "庭",   "组",
    "班",   "府", "联", "库",   "行", "社区", "基地", "银行", "）", ")",  NULL};

/* Tails that no body is called by alone: what stands before belongs to them. */
static const char *const bare_tails[] = {"局",     "中心",       "公司",     "集团",       "街道",
                                         "办事处", "街道办事处", "镇",       "办公室",     "委员会",
                                         "管委会", "有限公司",   "集团公司", "管理委员会", "分局",
                                         "总公司", "管理处",     "领导小组", NULL};

/* Words that such tails are made of: 服务中心, 综合执法局, 监督管理局. */
static const char *const tail_words[] = {
    "服务", "管理", "监督", "事务", "发展", "保障", "综合", "执法", "行政", "指挥", "推进",
    "建设", "工作", "保护", "促进", "指导", "监测", "救助", "审批", "治理", "协调", "统筹",
    "投资", "运营", "控股", "股份", "开发", "有限", "责任", "和",   "与",   NULL};

/* A line that starts so goes on from the line before. */
static const char *const joiners[] = {"和", "与", "及", "）", ")", NULL};

/* A line that starts so is a name from its beginning. */
static const char *const levels[] = {"区", "县", "市", "省", "州", "各", "镇", "中共", NULL};

static const char *const groups[] = {"各", NULL};

/* Such names need no 区 in front to be whole. */
static const char *const places[] = {"镇",   "乡",   "街道", "街", "村", "公司", "集团",
                                     "社区", "园区", "银行", "区", "县", "市",   NULL};

/* 服务中心, 执法局: nothing but general words before a bare tail. */
static bool is_general_tail(sy_slice s)
{
    while (s.len > 0 && s.len <= TAIL_MAX) {
        if (is_one_of(s, bare_tails))
            return true;
        const char *const *word = tail_words;
        while (*word && !sy_starts_with_any(s, (const char *const[]){*word, NULL}))
            word++;
        if (!*word)
            return false;
        s.data += strlen(*word);
        s.len -= strlen(*word);
    }
    return false;
}

static uint32_t count(const sy_string_table *table, sy_slice s)
{
    const uint32_t *n = sy_string_table_find(table, s);
    return n ? *n : 0;
}

/* Whether `a` and, on the next line, `b` are one name. */
static bool are_one(sy_ledger_names *names, sy_slice a, sy_slice b)
{
    if (a.len == 0 || b.len == 0 || a.len + b.len > NAME_MAX)
        return false;
    if (sy_starts_with_any(b, joiners))
        return true;
    if (sy_starts_with_any(b, levels) || !sy_ends_with_any(b, body_ends))
        return false;
    /* 山城街道|办事处, but 各镇|街道 are the towns and the streets. */
    if (is_one_of(b, bare_tails) && !sy_starts_with_any(a, groups))
        return true;
    sy_buf_reset(&names->scratch);
    sy_buf_append(&names->scratch, a.data, a.len);
    sy_buf_putc(&names->scratch, '\n');
    sy_buf_append(&names->scratch, b.data, b.len);
    uint32_t together = count(&names->pairs, (sy_slice){names->scratch.data, names->scratch.len});
    bool a_alone = count(&names->pieces, a) > together;
    bool b_alone = count(&names->pieces, b) > together;
    names->scratch.len = a.len;
    sy_buf_append(&names->scratch, b.data, b.len);
    sy_slice joined = {names->scratch.data, names->scratch.len};
    if (count(&names->pieces, joined) > 0 && !(a_alone && b_alone))
        return true;
    if (a_alone || sy_ends_with_any(a, body_ends))
        return false;
    /* 区国资事务|服务中心: a tail that is no name completes a line that is none. */
    if (is_general_tail(b))
        return true;
    /* 区交通|运输局: the district stands before the first part only, neither part
     * stands elsewhere, and the second is no place or firm. */
    return !b_alone && b.len <= TAIL_MAX && sy_starts_with_any(a, levels) &&
           !sy_ends_with_any(b, places);
}

static sy_status count_one(sy_string_table *table, sy_slice s, sy_error *err)
{
    uint32_t *n = sy_string_table_at(table, s);
    if (!n)
        return sy_fail_nomem(err);
    ++*n;
    return SY_OK;
}

sy_status sy_ledger_names_observe(sy_ledger_names *names, sy_slice cell, bool bodies, sy_error *err)
{
    sy_status st = cut(names, cell, bodies, err);
    for (size_t i = 0; st == SY_OK && i < names->n; i++) {
        sy_slice piece = names->cell[i].name;
        if (piece.len == 0 || piece.len > NAME_MAX)
            continue;
        st = count_one(&names->pieces, piece, err);
        if (st != SY_OK || i == 0 || names->cell[i].start != SY_ORG_NEW_LINE)
            continue;
        sy_slice before = names->cell[i - 1].name;
        if (before.len + piece.len > NAME_MAX)
            continue;
        sy_buf_reset(&names->scratch);
        sy_buf_append(&names->scratch, before.data, before.len);
        sy_buf_putc(&names->scratch, '\n');
        sy_buf_append(&names->scratch, piece.data, piece.len);
        st = sy_buf_status(&names->scratch, err);
        if (st == SY_OK)
            st = count_one(&names->pairs, (sy_slice){names->scratch.data, names->scratch.len}, err);
    }
    return st;
}

static void append_piece(sy_buf *out, sy_slice piece)
{
    for (size_t i = 0; i < piece.len; i++) {
        if (piece.data[i] != '\n' && piece.data[i] != '\v')
            sy_buf_putc(out, piece.data[i]);
    }
}

/* Whether a name stands by itself in the document; a tail may do so because a line ends. */
static bool is_known(const void *ctx, sy_slice name)
{
    const sy_ledger_names *names = ctx;
    return count(&names->pieces, name) > 0 && !is_general_tail(name);
}

/* Joins the pieces of names that are broken over two lines: the second one becomes a rest of
 * the first, with what it says of roles. */
static void find_rests(sy_ledger_names *names)
{
    for (size_t i = 1; i < names->n; i++) {
        sy_org_piece *piece = &names->cell[i], *before = piece - 1;
        if (piece->start != SY_ORG_NEW_LINE || piece->has_head || before->is_broken ||
            (i > 1 && piece[-2].is_broken) || before->scope != SY_ORG_SAYS_NOTHING ||
            !are_one(names, before->name, piece->name))
            continue;
        piece->start = SY_ORG_GOES_ON;
        before->is_broken = true;
    }
}

/* Gives a name to fn, or the names of a piece that is to be divided. */
static sy_status give(const sy_ledger_names *names, sy_slice text, sy_org_role role, bool divide,
                      sy_ledger_name_fn *fn, void *ctx, sy_error *err)
{
    sy_status st = SY_OK;
    while (st == SY_OK && text.len > 0) {
        size_t n = divide ? sy_org_first(text, is_known, names) : text.len;
        st = fn(ctx, (sy_slice){text.data, n}, role, err);
        text = (sy_slice){text.data + n, text.len - n};
    }
    return st;
}

sy_status sy_ledger_names_split(sy_ledger_names *names, sy_slice cell, bool bodies,
                                sy_ledger_name_fn *fn, void *ctx, sy_error *err)
{
    sy_buf name = SY_BUF_INIT;
    bool any = false;
    sy_status st = cut(names, cell, bodies, err);
    if (st == SY_OK) {
        find_rests(names);
        sy_orgs_give_roles(names->cell, names->n);
    }
    for (size_t i = 0; st == SY_OK && i < names->n; i++) {
        sy_buf_reset(&name);
        append_piece(&name, names->cell[i].name);
        sy_org_role role = names->cell[i].role;
        bool broken = names->cell[i].is_broken;
        if (broken) {
            append_piece(&name, names->cell[++i].name);
            role = names->cell[i].scope == SY_ORG_SAYS_THIS ? names->cell[i].role : role;
        }
        any |= name.len > 0;
        st = sy_buf_status(&name, err);
        if (st == SY_OK)
            st =
                give(names, (sy_slice){name.data, name.len}, role, bodies && !broken, fn, ctx, err);
    }
    if (st == SY_OK && !any)
        st = fn(ctx, (sy_slice){"", 0}, SY_ORG_PLAIN, err);
    sy_buf_release(&name);
    return st;
}
