/* segmenter/orgs.h - names of government bodies, recognised by their parts, and
 * the cells that run them together.
 *
 * A name ends as such names end (局 委 办 厅 部 中心 集团 镇 街道 ...). A responsibility
 * cell may set several without anything between (区发改局区自然资源局冯卯镇), and
 * may say who leads (牵头) and who supports (配合). Rules: docs/segmentation.md,
 * "Names of bodies".
 *
 * Who has cut a cell into pieces himself reads each, lets the roles be given and takes the
 * names one by one; sy_orgs_split does all of it for cells of one line. */
#ifndef SY_SEGMENTER_ORGS_H
#define SY_SEGMENTER_ORGS_H

#include "base/slice.h"
#include "base/status.h"

typedef enum sy_org_role {
    SY_ORG_PLAIN,  /* responsible, without more being said */
    SY_ORG_LEAD,   /* 牵头 */
    SY_ORG_SUPPORT /* 配合, 参与, 协助 */
} sy_org_role;

/* What a piece says of roles behind its name. */
typedef enum sy_org_scope {
    SY_ORG_SAYS_NOTHING,
    SY_ORG_SAYS_THIS, /* of this name alone: in brackets */
    SY_ORG_SAYS_ALL,  /* of the names before it, too, as far as nothing was said of them */
    SY_ORG_SAYS_FIRST /* who stands first in the cell leads */
} sy_org_scope;

typedef enum sy_org_start {
    SY_ORG_GOES_ON,
    SY_ORG_NEW_LINE,    /* what is said behind does not reach back over it */
    SY_ORG_NEW_SENTENCE /* nor does what is said in front reach on over it */
} sy_org_start;

/* A part of a cell between two separators. */
typedef struct sy_org_piece {
    sy_slice name; /* without what says a role; empty if there is no more */
    sy_org_start start;
    sy_org_role role; /* of the name; PLAIN until sy_orgs_give_roles */
    sy_org_scope scope;
    sy_org_role said; /* by the words behind the name */
    sy_org_role head; /* by those in front, of all names from here on, if has_head */
    bool has_head;
    bool is_broken; /* by the end of a line: the next piece is its rest; not set here */
} sy_org_piece;

typedef struct sy_org {
    sy_slice name; /* a part of the cell */
    sy_org_role role;
    bool known; /* it ends as a name of a body ends; else it is prose */
} sy_org;

typedef struct sy_org_list {
    sy_org *items; /* sy_free */
    size_t n, cap;
} sy_org_list;

/* Whether a string reads as the name of one body. */
bool sy_is_org(sy_slice name);

/* Whether a piece that starts with `before` ends there though no separator follows: `rest`
 * starts with words between two names (等和, 以及, 会同: *n bytes), or `before` says a role of
 * its name and the next name follows at once (*n is 0). */
bool sy_org_ends(sy_slice before, sy_slice rest, size_t *n);

/* Takes from a piece what says roles; what is left is its name. A piece that would be left
 * with no name of a body stays whole. Cost O(len). */
sy_org_piece sy_org_read(sy_slice text);
/* Gives pieces[n], those of one cell in order, their roles. Cost O(n). */
void sy_orgs_give_roles(sy_org_piece *pieces, size_t n);

/* Whether a name is known to stand by itself. */
typedef bool sy_org_known_fn(const void *ctx, sy_slice name);
/* Bytes of the first name of a piece; all of it, if it is one name or prose. `known` may be
 * NULL. Cost O(1): a name has 90 bytes at most. */
size_t sy_org_first(sy_slice name, sy_org_known_fn *known, const void *ctx);

/* Fills `out`, emptied first, with the bodies of cells, a line each, in order; slices point
 * into `cells`. Cost O(len). Errors: NOMEM. */
SY_CHECKED sy_status sy_orgs_split(sy_slice cells, sy_org_list *out, sy_error *err);

#endif
