#include "segmenter/orgs.h"

#include "base/alloc.h"
#include "base/utf8.h"

enum {
    NAME_BYTES_LEAST = 6,
    NAME_BYTES_MOST = 90,
    PLACE_CHARS_LEAST = 2, /* of a town's name before 镇 */
    PLACE_CHARS_MOST = 4
};

/* How names of bodies end. */
static const char *const ends[] = {
    "局",   "委",     "办",   "厅",     "部",   "署",   "院",   "会",   "中心", "集团",
    "公司", "镇",     "乡",   "街道",   "政府", "总队", "支队", "大队", "银行", "大学",
    "学校", "医院",   "公室", "办事处", "协会", "联",   "站",   "所",   "处",   "党校",
    "园区", "开发区", "专班", "指挥部", "行",   "党组", "中央", "总社"};
/* What stands for bodies without being a name: 各镇街, 有关部门. */
static const char *const general_ends[] = {"部门", "单位", "方面", "企业", "镇街", "机构"};
/* A new name starts with these, without anything between, behind any end ... */
static const char *const starts[] = {"区",   "县",   "市",   "省",   "各",
                                     "国家", "全国", "中国", "中央", "国务院"};
/* ... unless they are a part of a word. */
static const char *const no_starts[] = {"区域", "区划", "区块", "区位", "区间", "区级",
                                        "县域", "县城", "县级", "县乡", "市场", "市容",
                                        "市政", "市域", "市民", "市郊", "市级", "省级"};
static const char *const towns[] = {"镇", "乡", "街道"};
/* What follows the name of a town in that of a body of the town. */
static const char *const of_towns[] = {"人民政府", "政府", "党委", "办事处"};
static const char *const links[] = {"等和", "以及", "会同"};
static const char *const separators[] = {"、", "，", ",", "；", ";", "。", "\t", "\r", " ", "　"};
/* What ends a piece and is no part of a name, with the role it gives. A longer one stands
 * before those that it ends with. */
static const struct {
    const char *text;
    sy_org_role role;
    sy_org_scope scope;
} tails[] = {{"（牵头单位）", SY_ORG_LEAD, SY_ORG_SAYS_THIS},
             {"（牵头）", SY_ORG_LEAD, SY_ORG_SAYS_THIS},
             {"(牵头)", SY_ORG_LEAD, SY_ORG_SAYS_THIS},
             {"（配合）", SY_ORG_SUPPORT, SY_ORG_SAYS_THIS},
             {"(配合)", SY_ORG_SUPPORT, SY_ORG_SAYS_THIS},
             {"牵头负责", SY_ORG_LEAD, SY_ORG_SAYS_ALL},
             {"牵头落实", SY_ORG_LEAD, SY_ORG_SAYS_ALL},
             {"牵头", SY_ORG_LEAD, SY_ORG_SAYS_ALL},
             {"配合落实", SY_ORG_SUPPORT, SY_ORG_SAYS_ALL},
             {"配合", SY_ORG_SUPPORT, SY_ORG_SAYS_ALL},
             {"参与", SY_ORG_SUPPORT, SY_ORG_SAYS_ALL},
             {"参加", SY_ORG_SUPPORT, SY_ORG_SAYS_ALL},
             {"协助", SY_ORG_SUPPORT, SY_ORG_SAYS_ALL},
             {"协同", SY_ORG_SUPPORT, SY_ORG_SAYS_ALL},
             {"协办", SY_ORG_SUPPORT, SY_ORG_SAYS_ALL},
             {"指导", SY_ORG_SUPPORT, SY_ORG_SAYS_ALL},
             {"负责落实", SY_ORG_PLAIN, SY_ORG_SAYS_ALL},
             {"负责", SY_ORG_PLAIN, SY_ORG_SAYS_ALL},
             {"按职责分工", SY_ORG_PLAIN, SY_ORG_SAYS_NOTHING},
             {"分别", SY_ORG_PLAIN, SY_ORG_SAYS_NOTHING},
             {"共同", SY_ORG_PLAIN, SY_ORG_SAYS_NOTHING},
             {"积极", SY_ORG_PLAIN, SY_ORG_SAYS_NOTHING},
             {"具体", SY_ORG_PLAIN, SY_ORG_SAYS_NOTHING},
             {"等", SY_ORG_PLAIN, SY_ORG_SAYS_NOTHING}};
/* What stands before the names of a role; but for 由 with a colon. */
static const struct {
    const char *text;
    sy_org_role role;
    bool colon;
} heads[] = {{"牵头单位", SY_ORG_LEAD, true},    {"牵头部门", SY_ORG_LEAD, true},
             {"牵头", SY_ORG_LEAD, true},        {"主办单位", SY_ORG_LEAD, true},
             {"主办", SY_ORG_LEAD, true},        {"配合单位", SY_ORG_SUPPORT, true},
             {"配合部门", SY_ORG_SUPPORT, true}, {"配合", SY_ORG_SUPPORT, true},
             {"协办单位", SY_ORG_SUPPORT, true}, {"协办", SY_ORG_SUPPORT, true},
             {"责任单位", SY_ORG_PLAIN, true},   {"责任部门", SY_ORG_PLAIN, true},
             {"由", SY_ORG_PLAIN, false}};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool ends_with(sy_slice s, const char *end)
{
    size_t len = strlen(end);
    return s.len >= len && memcmp(s.data + s.len - len, end, len) == 0;
}

static bool starts_with(sy_slice s, const char *start)
{
    size_t len = strlen(start);
    return s.len >= len && memcmp(s.data, start, len) == 0;
}

static sy_slice behind(sy_slice s, size_t n)
{
    return (sy_slice){s.data + n, s.len - n};
}

/* Bytes of the first of `list` that s starts with, or 0. */
static size_t any_start(sy_slice s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (starts_with(s, list[i]))
            return strlen(list[i]);
    return 0;
}

static bool any_end(sy_slice s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ends_with(s, list[i]))
            return true;
    return false;
}

bool sy_is_org(sy_slice name)
{
    return name.len >= NAME_BYTES_LEAST && name.len <= NAME_BYTES_MOST &&
           any_end(name, ends, COUNT(ends));
}

/* ---- names that run together ------------------------------------------------ */

static bool starts_level(sy_slice s)
{
    return any_start(s, starts, COUNT(starts)) > 0 &&
           any_start(s, no_starts, COUNT(no_starts)) == 0;
}

/* Bytes of the name of a town (冯卯镇) that s starts with, or 0. */
static size_t town_at(sy_slice s)
{
    size_t at = 0;
    for (size_t n = 0; at < s.len && n <= PLACE_CHARS_MOST; n++) {
        size_t end = any_start(behind(s, at), towns, COUNT(towns));
        uint32_t cp;
        if (end > 0 && n >= PLACE_CHARS_LEAST)
            return at + end;
        at += sy_utf8_decode(s.data + at, s.len - at, &cp);
    }
    return 0;
}

/* Whether s starts with a town that ends there or is followed by what may follow one. */
static bool starts_town(sy_slice s)
{
    size_t n = town_at(s);
    sy_slice rest = behind(s, n);
    return n > 0 && (rest.len == 0 || starts_level(rest) || town_at(rest) > 0 ||
                     any_start(rest, of_towns, COUNT(of_towns)) > 0);
}

static bool starts_known(sy_slice s, sy_org_known_fn *known, const void *ctx)
{
    size_t most = s.len < NAME_BYTES_MOST ? s.len : NAME_BYTES_MOST;
    for (size_t at = 0; at < most;) {
        uint32_t cp;
        at += sy_utf8_decode(s.data + at, s.len - at, &cp);
        if (sy_is_org((sy_slice){s.data, at}) && known(ctx, (sy_slice){s.data, at}))
            return true;
    }
    return false;
}

size_t sy_org_first(sy_slice s, sy_org_known_fn *known, const void *ctx)
{
    size_t most = s.len < NAME_BYTES_MOST ? s.len : NAME_BYTES_MOST;
    if (!any_end(s, ends, COUNT(ends)) && !any_end(s, general_ends, COUNT(general_ends)))
        return s.len;
    for (size_t at = 0; at < most;) {
        uint32_t cp;
        at += sy_utf8_decode(s.data + at, s.len - at, &cp);
        sy_slice name = {s.data, at}, rest = behind(s, at);
        if (!sy_is_org(name) || rest.len < NAME_BYTES_LEAST)
            continue;
        if (starts_level(rest) || starts_town(rest) ||
            (known && known(ctx, name) && starts_known(rest, known, ctx)))
            return at;
    }
    return s.len;
}

/* ---- roles ------------------------------------------------------------------- */

static sy_slice without_head(sy_slice text, sy_org_piece *piece)
{
    for (size_t i = 0; i < COUNT(heads); i++) {
        if (!starts_with(text, heads[i].text))
            continue;
        sy_slice rest = behind(text, strlen(heads[i].text));
        size_t colon = starts_with(rest, "：") ? strlen("：") : starts_with(rest, ":");
        if (heads[i].colon && colon == 0)
            continue;
        piece->has_head = true;
        piece->head = heads[i].role;
        return behind(rest, colon);
    }
    return text;
}

/* Takes the tails off; the last one that says a role counts. */
static sy_slice without_tails(sy_slice text, sy_org_piece *piece)
{
    for (size_t i = 0; i < COUNT(tails); i++) {
        if (!ends_with(text, tails[i].text))
            continue;
        text.len -= strlen(tails[i].text);
        if (tails[i].scope != SY_ORG_SAYS_NOTHING && piece->scope == SY_ORG_SAYS_NOTHING) {
            piece->scope = tails[i].scope;
            piece->said = tails[i].role;
        }
        i = SIZE_MAX; /* there may be one more: 等负责 */
    }
    return text;
}

sy_org_piece sy_org_read(sy_slice text)
{
    sy_org_piece piece = {.name = text}, plain = piece;
    sy_slice rest = without_head(text, &piece);
    sy_slice name = without_tails(rest, &piece);
    if (memmem(text.data, text.len, "第一位", strlen("第一位")) &&
        memmem(text.data, text.len, "牵头", strlen("牵头"))) {
        plain.scope = SY_ORG_SAYS_FIRST;
        return plain;
    }
    piece.name = name;
    bool is_body = any_end(name, ends, COUNT(ends)) ||
                   any_end(name, general_ends, COUNT(general_ends)) || ends_with(name, "）") ||
                   ends_with(name, ")");
    if (is_body || (piece.has_head && rest.len == 0) || (name.len == rest.len && rest.len > 0))
        return piece;
    return plain;
}

bool sy_org_ends(sy_slice before, sy_slice rest, size_t *n)
{
    *n = any_start(rest, links, COUNT(links));
    if (*n == 0 && starts_with(rest, "等有关"))
        *n = strlen("等");
    if (*n > 0)
        return *n < rest.len && any_end(before, ends, COUNT(ends));
    if (rest.len == 0 || !starts_level(rest))
        return false;
    sy_org_piece piece = {.name = before};
    sy_slice name = without_tails(before, &piece);
    return piece.scope == SY_ORG_SAYS_ALL && any_end(name, ends, COUNT(ends));
}

void sy_orgs_give_roles(sy_org_piece *pieces, size_t n)
{
    size_t open = 0; /* from here on names wait for a role to be said behind them */
    sy_org_role role = SY_ORG_PLAIN;
    for (size_t i = 0; i < n; i++) {
        sy_org_piece *p = &pieces[i];
        if (p->start != SY_ORG_GOES_ON)
            open = i;
        if (p->start == SY_ORG_NEW_SENTENCE)
            role = SY_ORG_PLAIN;
        if (p->has_head)
            role = p->head;
        p->role = p->scope == SY_ORG_SAYS_THIS ? p->said : role;
        if (p->scope == SY_ORG_SAYS_FIRST)
            pieces[0].role = SY_ORG_LEAD;
        if (p->scope != SY_ORG_SAYS_ALL)
            continue;
        for (size_t k = open; k <= i; k++)
            if (p->said != SY_ORG_PLAIN && pieces[k].scope != SY_ORG_SAYS_THIS)
                pieces[k].role = p->said;
        open = i + 1;
    }
}

/* ---- a whole cell --------------------------------------------------------------- */

typedef struct piece_list {
    sy_org_piece *items;
    size_t n, cap;
} piece_list;

/* Adds the piece between two separators, or the pieces if it has links in it. */
static sy_status add_pieces(piece_list *list, sy_slice text, sy_org_start start, sy_error *err)
{
    for (size_t at = 0; text.len > 0;) {
        sy_slice before = {text.data, at};
        size_t n = 0;
        if (at < text.len && !sy_org_ends(before, behind(text, at), &n)) {
            at++;
            continue;
        }
        if (!sy_grow((void **)&list->items, list->n, &list->cap, sizeof *list->items))
            return sy_fail_nomem(err);
        sy_org_piece piece = sy_org_read(before);
        piece.start = start;
        list->items[list->n++] = piece;
        start = SY_ORG_GOES_ON;
        text = behind(text, at + n);
        at = 0;
    }
    return SY_OK;
}

static sy_status read_cell(sy_slice cell, piece_list *list, sy_error *err)
{
    sy_org_start start = SY_ORG_NEW_SENTENCE;
    sy_status st = SY_OK;
    for (size_t at = 0; st == SY_OK && at < cell.len;) {
        size_t end = at, gap = 0;
        for (; end < cell.len && gap == 0; end += gap == 0)
            gap = any_start(behind(cell, end), separators, COUNT(separators));
        size_t n = list->n;
        st = add_pieces(list, (sy_slice){cell.data + at, end - at}, start, err);
        if (list->n > n)
            start = SY_ORG_GOES_ON;
        if (starts_with(behind(cell, end), "。"))
            start = SY_ORG_NEW_SENTENCE;
        at = end + gap;
    }
    return st;
}

/* Adds the names of pieces that have their roles. */
static sy_status add_names(const piece_list *pieces, sy_org_list *out, sy_error *err)
{
    for (size_t i = 0; i < pieces->n; i++) {
        sy_slice rest = pieces->items[i].name;
        while (rest.len > 0) {
            sy_slice name = {rest.data, sy_org_first(rest, NULL, NULL)};
            rest = behind(rest, name.len);
            if (!sy_grow((void **)&out->items, out->n, &out->cap, sizeof *out->items))
                return sy_fail_nomem(err);
            out->items[out->n++] = (sy_org){name, pieces->items[i].role, sy_is_org(name)};
        }
    }
    return SY_OK;
}

sy_status sy_orgs_split(sy_slice cells, sy_org_list *out, sy_error *err)
{
    piece_list pieces = {NULL, 0, 0};
    sy_status st = SY_OK;
    out->n = 0;
    while (st == SY_OK && cells.len > 0) {
        const char *feed = memchr(cells.data, '\n', cells.len);
        size_t n = feed ? (size_t)(feed - cells.data) : cells.len;
        pieces.n = 0;
        st = read_cell((sy_slice){cells.data, n}, &pieces, err);
        sy_orgs_give_roles(pieces.items, pieces.n);
        if (st == SY_OK)
            st = add_names(&pieces, out, err);
        cells = behind(cells, feed ? n + 1 : n);
    }
    sy_free(pieces.items);
    return st;
}
