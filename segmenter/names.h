/* segmenter/names.h - when two names mean one bureau: the rule for a leading
 * 区/县/市, aliases, and groups with members.
 *
 * All names and terms are normal forms. The rule: a == b, or one of them is the
 * other with one leading 区, 县 or 市 removed (区发改局 ~ 发改局; but 区发改局 and
 * 市发改局 are two bureaus). A prefix is not removed where one character or none
 * would be left (市局, 区), nor where it is part of a word: before 场, 容, 域, 划 and
 * 块 (市场监管局, 市容中心, 县域办, 区划科). Where variants are kept, 區 is 区 and 縣 is 县.
 *
 * Aliases join names into classes, closed under the rule: with 发改局 = 发改委, 区发改委
 * is 区发改局 and 发改局, but not 市发改局. So a line about names with a prefix, or with
 * and without one, speaks for all prefixes; only a line that joins two different
 * ones (区政府办 = 市委办) is about these very names. Source: design sections 5.5 and
 * 6; file syntax in docs/query-language.md, "Names". */
#ifndef SY_SEGMENTER_NAMES_H
#define SY_SEGMENTER_NAMES_H

#include "base/buf.h"
#include "base/slice.h"

typedef struct sy_aliases sy_aliases; /* immutable once parsed: share freely */

/* Parses an alias file's text:
 *     # comment
 *     发改局 = 发展和改革局, 发改委
 *     [groups]
 *     各镇街 = 山城街道, 冯卯镇
 * Also , ， or 、 between names, : or ： for =, and [aliases] to return from the
 * groups; letter case, width and white space do not matter. Names that share a
 * class by one line or several are one class. A broken line is SY_E_INPUT with
 * `where` and the line number in the message. Empty text gives an empty set, never
 * NULL. Cost O(len log len). Errors: NOMEM, INPUT, LIMIT past 1 GiB. */
SY_CHECKED sy_status sy_aliases_parse(unsigned norm_flags, const char *where, const char *text,
                                      size_t len, sy_aliases **out, sy_error *err);
void sy_aliases_free(sy_aliases *a);

typedef enum sy_name_match {
    SY_NAME_NO,
    SY_NAME_PART,  /* the term is a contiguous part of the name         */
    SY_NAME_SAME,  /* equal, or equal but for a leading 区/县/市         */
    SY_NAME_ALIAS, /* of one class by the alias file                    */
    SY_NAME_GROUP  /* the name is a group and the term names a member   */
} sy_name_match;

/* How `term` matches `name`, the strongest way first in the order SAME, ALIAS,
 * GROUP, PART. Groups and their members are named as any bureau is: the term may
 * be an alias of a member, the name one of the group; but a member that is a group
 * stands for itself only. A remark in brackets at the end of the name, such as who
 * is responsible there, may be left out: 发改局(张三) is 发改局. Empty terms and names match
 * nothing. `a` may be NULL: no aliases. No allocation; cost: two look-ups by hash and one search
 * for the term in the name, plus, where both are in the alias file, at most 16 look-ups; twice that
 * with a remark. */
sy_name_match sy_name_matches(const sy_aliases *a, sy_slice term, sy_slice name);

/* True if a and b are equal or differ by one leading 区/县/市 (the rule above). */
bool sy_name_same(sy_slice a, sy_slice b);

/* Calls fn for every name, alias, group and member as the file has them (they
 * enter the lexicon), in its order, repeated ones again. A status other than SY_OK
 * from fn ends the walk and is returned. */
typedef sy_status sy_name_fn(void *ctx, sy_slice name, sy_error *err);
SY_CHECKED sy_status sy_aliases_each(const sy_aliases *a, sy_name_fn *fn, void *ctx, sy_error *err);

#endif
