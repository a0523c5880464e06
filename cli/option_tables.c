/* The table itself. Texts are English; who shows them translates them, and po/option_texts.c
 * tells the translators which there are. */
#include "cli/options.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define OPTION_HELP                                                                                \
    {                                                                                              \
        SY_OPT_HELP, 'h', "help", NULL, "Help", "-h: the options; --help: all details", "", true   \
    }

#define INDEX_MORE                                                                                 \
    "Without it: $SUOYIN_INDEX, else the nearest folder .suoyin here or in the folders above"

static const sy_option index_options[] = {
    {SY_OPT_INDEX, 'i', "index", "DIR", "Index", "the folder of the index; made if missing",
     INDEX_MORE ", else .suoyin here.", false},
    {SY_OPT_REBUILD, 0, "rebuild", NULL, "Index", "drop what the index holds and start anew", "",
     false},
    {SY_OPT_ENCODING, 0, "encoding", "NAME", "Reading",
     "encoding of text files, such as GB18030 or Big5",
     "For all text files of this run. Without it the encoding of each is detected.", false},
    {SY_OPT_DELETED, 0, "deleted", NULL, "Reading",
     "read Word's tracked changes as if they were rejected",
     "Without it they are read as if they were accepted: deleted text is not there.", false},
    {SY_OPT_SCHEMA, 0, "schema", "FILE", "Analysis", "fields, their other names and their kinds",
     "A JSON file that adds to the fields that suoyin knows. Without it: the fields that the "
     "index has, or the ones that suoyin knows.",
     false},
    {SY_OPT_LEXICON, 0, "lexicon", "FILE", "Analysis", "words to keep whole, one a line",
     "May be given several times: all the files count. Behind a tab a word may have a weight: then "
     "it is kept where it costs less than other words. Names of name fields enter the lexicon "
     "by themselves. Without it: the words that the index has.",
     false},
    {SY_OPT_ALIASES, 0, "aliases", "FILE", "Analysis", "other names of bureaus, and groups",
     "Lines such as: name = alias, alias; below a line [groups]: group = member, member. "
     "Without it: the aliases that the index has.",
     false},
    {SY_OPT_KEEP_VARIANTS, 0, "keep-variants", NULL, "Analysis",
     "do not fold Traditional Han to Simplified",
     "Part of the index: queries then tell the two apart as well.", false},
    {SY_OPT_MEMORY, 0, "memory", "MIB", "Work", "memory for building, in MiB (256)", "", false},
    {SY_OPT_JOBS, 'j', "jobs", "N", "Work", "threads (one per core)",
     "The index has the same content whatever the number.", false},
    {SY_OPT_REPORT, 0, "report", "FILE", "Work", "write what was read and found as JSON Lines",
     "An object for each document, section with a declared count, note, replacement and omission, "
     "and one for the whole run. "
     "Described in docs/json.md.",
     false},
    {SY_OPT_QUIET, 'q', "quiet", NULL, "Work", "no progress, notes or closing summary",
     "What was skipped or replaced is named all the same.", false},
    OPTION_HELP};

static const sy_option query_options[] = {
    {SY_OPT_INDEX, 'i', "index", "DIR", "Question", "the folder of the index", INDEX_MORE ".",
     false},
    {SY_OPT_ANY, 0, "any", NULL, "Question", "match records with any of the terms, not all",
     "The terms of the top level become optional; those with NOT still exclude.", false},
    {SY_OPT_BATCH, 0, "batch", "FILE", "Question", "read one query a line; - is standard input",
     "Writes one JSON object a line as the lines arrive: query, count and us, the microseconds "
     "inside the engine; with --keys the keys too. A line in error gives query and error, and "
     "exit status 2 at the end. Blank lines are passed over.",
     false},
    {SY_OPT_WORDS, 'w', "words", NULL, "Question", "bare and quoted terms match whole words only",
     "They begin and end where words do, in names too; see suoyin segment.", false},
    {SY_OPT_REGEX_TIME, 0, "regex-time", "N", "Question",
     "seconds that regular expressions may take (10)",
     "For what is left to ICU, such as back references; past it the query ends with an error that "
     "says what was not searched. 1 to 86,400. Places that are shown have a limit of their own.",
     false},
    {SY_OPT_CARD, 0, "card", NULL, "Form", "a card a record, as on a terminal", "", false},
    {SY_OPT_LINE, 0, "line", NULL, "Form", "a line a record, as in a pipe",
     "source:line:key: field=value | field=value ... with the names of a field joined by an "
     "enumeration comma, other values by '; ', line breaks and tabs as a space.",
     false},
    {SY_OPT_JSON, 0, "json", NULL, "Form", "a JSON object a record, one a line",
     "With offsets of the places that match, in characters of the original value. Described in "
     "docs/json.md.",
     false},
    {SY_OPT_TSV, 0, "tsv", NULL, "Form", "values separated by tabs, names of fields first",
     "Tab, line feed, carriage return and backslash inside a value are written \\t \\n \\r \\\\.",
     false},
    {SY_OPT_CSV, 0, "csv", NULL, "Form", "values separated by commas, names of fields first",
     "As RFC 4180 says: cells with commas, quotes or line breaks in quotes; rows end in CR LF.",
     false},
    {SY_OPT_BOM, 0, "bom", NULL, "Form", "with --csv: begin with a byte order mark, for Excel", "",
     false},
    {SY_OPT_FORMAT, 0, "format", "PATTERN", "Form", "a line a record, such as '{key} {unit}'",
     "{name} is a field by any of its names, {{ and }} are braces, \\t \\n \\0 \\\\ as in C. "
     "Values "
     "as with --line.",
     false},
    {SY_OPT_HTML, 0, "html", NULL, "Form", "one page for a browser, with counts of the first names",
     "It needs nothing beside it: the query, how many records each value of the first field of "
     "names has, and the records with what matches marked.",
     false},
    {SY_OPT_CONTEXT, 'C', "context", "N", "Form", "only N characters before and behind each match",
     "With --line, --card and --html: of fields without a match nothing is shown, unless --fields "
     "names them: then how they begin.",
     false},
    {SY_OPT_FIELDS, 0, "fields", "A,B", "Form", "only these fields, in this order",
     "By their English or Chinese names; key, source and line may be among them.", false},
    {SY_OPT_GROUP, 0, "group", "row", "Form", "print the goals of one row as one entry",
     "What the goals have in common is printed once. Not with --tsv or --csv. --limit and --offset "
     "then "
     "count rows.",
     false},
    {SY_OPT_NUL, '0', "null", NULL, "Form", "end records with a NUL byte, not a line feed", "",
     false},
    {SY_OPT_COLOR, 0, "color", "WHEN", "Form", "auto, always or never (auto)",
     "auto: on a terminal, unless NO_COLOR is set or TERM is dumb.", false},
    {SY_OPT_PAGER, 0, "pager", "WHEN", "Form", "auto, always or never (auto)",
     "auto: records go through $SUOYIN_PAGER, $PAGER or else less, if standard output is a "
     "terminal and not dumb. A pager that is empty or cat is none.",
     false},
    {SY_OPT_KEYS, 0, "keys", NULL, "Instead of records", "only the keys, one a line", "", false},
    {SY_OPT_SOURCE, 0, "source", NULL, "Instead of records",
     "with --keys: the document and a colon before each key", "", false},
    {SY_OPT_COUNT, 'c', "count", NULL, "Instead of records", "only the number of records",
     "Of all records that match, whatever --limit and --offset say.", false},
    {SY_OPT_DOCUMENTS, 'l', "documents", NULL, "Instead of records",
     "only the documents with a match, one a line", "", false},
    {SY_OPT_COUNT_BY, 0, "count-by", "A[,B]", "Instead of records",
     "how many records have each value of a field, or of two",
     "Lines of a count, a tab and a value, the largest first; of two fields a line for each two "
     "values that come together, on a terminal a table. With --tsv and --csv a table with names, "
     "with --json objects. A record counts once for each of its names, so the counts are no parts "
     "of a sum; 'all' in a table is how many records there are.",
     false},
    {SY_OPT_QUIET, 'q', "quiet", NULL, "Instead of records", "print nothing: the exit status says",
     "", false},
    {SY_OPT_LIMIT, 'n', "limit", "N", "Which", "at most N records (keys, documents, values)", "",
     false},
    {SY_OPT_BEST, 'k', "best", "N", "Which", "the N best records, best first",
     "With --any, a question can be typed as it is: its words are all optional.", false},
    {SY_OPT_SORT, 0, "sort", "FIELD", "Which", "in the order of a field; FIELD:desc the other way",
     "Fields of numbers and dates, and line, by number; others by their normal form, digits in it "
     "by their number. Records without a value come last.",
     false},
    {SY_OPT_OFFSET, 0, "offset", "N", "Which", "without the first N", "", false},
    {SY_OPT_EXPLAIN, 0, "explain", NULL, "Which",
     "say how the query was read and answered, with times",
     "On standard error: the tree of the query, the lists it is answered from, and for each term "
     "the records it matches alone, those left after it and all before it, those that its lists "
     "name, those whose texts had to be checked, and milliseconds; the term that left nothing, "
     "with names and words like one that nothing has; at the end the steps of the answer. Without "
     "it, no match at all is explained on a terminal.",
     false},
    OPTION_HELP};

static const sy_option segment_options[] = {
    {SY_OPT_SUB, 0, "sub", NULL, "Form", "add the words inside a word, in brackets after it", "",
     false},
    {SY_OPT_JSON, 0, "json", NULL, "Form", "a JSON object a line, with offsets and kinds",
     "Described in docs/json.md.", false},
    {SY_OPT_NORMAL, 0, "normal", NULL, "Form", "print the normal form of each line, uncut",
     "What suoyin compares. A paragraph end inside a line is written as U+2028.", false},
    {SY_OPT_LEXICON, 0, "lexicon", "FILE", "Words", "words to keep whole, one a line",
     "May be given several times: all the files count. Behind a tab a word may have a weight: then "
     "it is kept where it costs less than other words.",
     false},
    {SY_OPT_INDEX, 'i', "index", "DIR", "Words", "use the lexicon and rules of an index",
     "Only if given: no index is looked for.", false},
    {SY_OPT_KEEP_VARIANTS, 0, "keep-variants", NULL, "Words",
     "do not fold Traditional Han to Simplified", "", false},
    {SY_OPT_TOKENS, 0, "tokens", NULL, "Words", "the tokens that an index matches",
     "Numbers apart from their signs and units, as 10.1 and %, where a reader sees one "
     "word.",
     false},
    {SY_OPT_ICU, 0, "icu", NULL, "Words", "ICU's plain words",
     "Without learned costs and without units; the words of a lexicon still win.", false},
    {SY_OPT_JOBS, 'j', "jobs", "N", "Work", "threads (one per core)", "", false},
    OPTION_HELP};

static const sy_option words_options[] = {
    {SY_OPT_INDEX, 'i', "index", "DIR", "Index", "the folder of the index", INDEX_MORE ".", false},
    {SY_OPT_NEW, 0, "new", NULL, "Words", "list words that the text has and the lexicon has not",
     "A line a word, the best first: word, count, cohesion, entropy of what stands before and "
     "behind, and one place; separated by tabs.",
     false},
    {SY_OPT_ACCEPT, 0, "accept", "FILE", "Words", "add them to a lexicon file instead",
     "Each with its count as weight, behind what the file has.", false},
    {SY_OPT_LIMIT, 'n', "limit", "N", "Words", "at most N words (200)", "", false},
    {SY_OPT_LEAST, 0, "least", "N", "Words", "only words that occur N times (8)", "", false},
    OPTION_HELP};

static const sy_option lexicon_options[] = {{SY_OPT_INDEX, 'i', "index", "DIR", "Index",
                                             "list without a file: the folder of the index",
                                             INDEX_MORE ".", false},
                                            OPTION_HELP};

static const sy_option verify_options[] = {
    {SY_OPT_INDEX, 'i', "index", "DIR", "Index", "the folder of the index", INDEX_MORE ".", false},
    {SY_OPT_DEEP, 0, "deep", NULL, "Index", "make the index again from its records and compare",
     "Takes about as long as indexing, and as much space below $TMPDIR or /tmp.", false},
    {SY_OPT_QUIET, 'q', "quiet", NULL, "Index", "print nothing: the exit status says", "", false},
    OPTION_HELP};

static const sy_option completion_options[] = {OPTION_HELP};

static const sy_option info_options[] = {
    {SY_OPT_INDEX, 'i', "index", "DIR", "Index", "the folder of the index", INDEX_MORE ".", false},
    {SY_OPT_JSON, 0, "json", NULL, "Form", "one JSON object", "Described in docs/json.md.", false},
    OPTION_HELP};

const sy_command sy_commands[] = {
    {"index", "read documents into an index", "[options] PATH...",
     "Reads every document below the paths (ledgers dumped from Word as text, JSON Lines) into "
     "the index; - is standard input. Documents that the index has from before and that are not "
     "below the paths stay. On failure the index is as it was.\n\n"
     "Whatever is skipped or replaced is named on standard error: source:line: what and why.",
     "0 done; 1 done, but something was skipped or replaced; 2 failed", index_options,
     COUNT(index_options), false},
    {"query", "find records", "[options] EXPR...",
     "Several EXPR are joined by AND. In short: word, \"text\" for exactly this text anywhere, "
     "field:word, field=whole-value, field:* for any value, word* for a beginning, -x or NOT x, "
     "OR, parentheses. The whole language: docs/query-language.md.\n\n"
     "A word that begins with '-' is an expression with NOT, not an option, if it has a ':', a "
     "'=' or a character outside ASCII, or if what follows the '-' is no letter or digit. So "
     "-status:x needs no care, while a plain English word goes after --: suoyin query -- -word; "
     "and the argument of a short option that holds such characters is a word of its own.",
     "0 some record matches; 1 none does; 2 error", query_options, COUNT(query_options), true},
    {"segment", "cut text into words", "[options] [FILE...]",
     "Writes the lines of the files (or of standard input) with their words separated by one "
     "space, in the original spelling. The cut is the one that the index uses. With --sub the "
     "words inside a word follow it as [a b].",
     "0 done; 1 done, but bytes that are not UTF-8 were replaced; 2 failed", segment_options,
     COUNT(segment_options), false},
    {"words", "find the new words of an index", "[options]",
     "Reads the text of the index and says which strings of Han are words by all that can be "
     "told without a dictionary: frequent, together more than by chance, free in what stands "
     "beside them, and not cut as words yet. After --accept, index with --lexicon=FILE.",
     "0 done; 2 failed", words_options, COUNT(words_options), false},
    {"lexicon", "add, list and check words, find names of bodies",
     "[options] add|list|check|names [FILE...] [WORD...]",
     "add: appends the words that the file has not; the file may be new. list: the words of the "
     "files, or of the index if no file is named, in normal form and byte order. check: names "
     "each line that cannot be a word, repeats one, or has a weight that it cannot have. names: "
     "takes the names of bodies out of "
     "responsibility cells, a cell a line, each with its role before it: lead, support or -; ? is "
     "text that is no name.",
     "0 done; 1 a word was refused or a fault found; 2 failed", lexicon_options,
     COUNT(lexicon_options), false},
    {"verify", "check every byte of an index", "[options]",
     "Checks all checksums and cross-references and prints each fault: file: offset N: what.",
     "0 sound; 2 faults found, or the check could not be done", verify_options,
     COUNT(verify_options), false},
    {"info", "show what an index holds and was made with", "[options]", "", "0 shown; 2 error",
     info_options, COUNT(info_options), false},
    {"completion", "print what lets a shell complete suoyin's words", "[options] bash|zsh|fish",
     "bash: source <(suoyin completion bash). zsh: suoyin completion zsh >_suoyin in a folder of "
     "$fpath. fish: suoyin completion fish | source. Then commands, options, files, and in a query "
     "the names of fields and of bureaus are completed.",
     "0 printed; 2 error", completion_options, COUNT(completion_options), false}};

const size_t sy_n_commands = COUNT(sy_commands);
